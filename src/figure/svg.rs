//! A scene as SVG. Text is drawn as outlines, so that it looks alike in every program.

use super::palette::Colour;
use super::png;
use super::scene::{Image, Item, Paint, Path, Rectangle, Scene, Step};
use crate::error::Result;
use base64::prelude::{BASE64_STANDARD, Engine};
use std::fmt::Write;

/// The text of the SVG file.
///
/// # Errors
/// A size that no image can have.
pub fn svg(scene: &Scene) -> Result<String> {
    let (width, height) = (number(scene.width), number(scene.height));
    let mut below = format!("<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n");
    for image in &scene.images {
        below += &element(image)?;
    }
    Ok(page(scene, &below))
}

/// The text without ground and images.
pub fn svg_of_items(scene: &Scene) -> String {
    page(scene, "")
}

fn element(image: &Image) -> Result<String> {
    let data = BASE64_STANDARD.encode(png::encode(image.columns, image.rows(), &image.pixels)?);
    let Rectangle { left, top, .. } = image.place;
    let [left, top, width, height] = [left, top, image.place.width(), image.place.height()].map(number);
    Ok(format!(
        "<image x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
         href=\"data:image/png;base64,{data}\"/>\n"
    ))
}

fn page(scene: &Scene, below: &str) -> String {
    let (width, height) = (number(scene.width), number(scene.height));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}pt\" height=\"{height}pt\" \
         viewBox=\"0 0 {width} {height}\">\n{below}"
    );
    let mut clips = 0;
    // Items in one group are clipped together, which takes a fraction of the time.
    for group in scene.items.chunk_by(|a, b| a.clip == b.clip) {
        if let Some(clip) = group[0].clip {
            let path = data(&Path::rectangle(clip));
            let _ = writeln!(text, "<clipPath id=\"c{clips}\"><path d=\"{path}\"/></clipPath>");
            let _ = writeln!(text, "<g clip-path=\"url(#c{clips})\">");
            clips += 1;
        }
        group.iter().for_each(|item| write_item(&mut text, item));
        if group[0].clip.is_some() {
            text += "</g>\n";
        }
    }
    text + "</svg>\n"
}

fn write_item(text: &mut String, item: &Item) {
    // Writing to a String cannot fail.
    let _ = match item.paint {
        Paint::Fill { colour, opacity } if opacity < 1.0 => {
            write!(text, "<path fill=\"{}\" fill-opacity=\"{opacity}\"", hex(colour))
        }
        Paint::Fill { colour, .. } => write!(text, "<path fill=\"{}\"", hex(colour)),
        Paint::Stroke { colour, width, dash } => {
            let dashes = dash.pattern(width).map_or(String::new(), |[dash, gap]| {
                format!(" stroke-dasharray=\"{} {}\"", number(dash), number(gap))
            });
            let (colour, width) = (hex(colour), number(width));
            write!(
                text,
                "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
                 stroke-linejoin=\"round\"{dashes}"
            )
        }
    };
    if let Some(label) = &item.text {
        let _ = write!(text, " aria-label=\"{}\"", escape(label));
    }
    let _ = writeln!(text, " d=\"{}\"/>", data(&item.path));
}

fn data(path: &Path) -> String {
    let mut text = String::new();
    let point = |(x, y)| format!("{} {}", number(x), number(y));
    for step in &path.0 {
        let _ = match *step {
            Step::Move(a) => write!(text, "M{}", point(a)),
            Step::Line(a) => write!(text, "L{}", point(a)),
            Step::Curve(a, b, c) => write!(text, "C{} {} {}", point(a), point(b), point(c)),
            Step::Close => write!(text, "Z"),
        };
    }
    text
}

/// To a thousandth of a point, which no printer resolves.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

fn hex(Colour(r, g, b): Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
