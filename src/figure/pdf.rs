//! A scene as PDF, for papers: one page of the size of the figure, text as outlines.

use super::palette::Colour;
use super::scene::{Image, Item, Paint, Path, Scene, Step};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, types::LineJoinStyle};
use std::io::Write;

/// The bytes of the PDF file; the same for the same scene, since it holds no date.
///
/// # Errors
/// None that writing to memory has.
pub fn pdf(scene: &Scene) -> std::io::Result<Vec<u8>> {
    let [catalog, pages, page, contents] = [1, 2, 3, 4].map(Ref::new);
    let mut opacities: Vec<f64> = Vec::new();
    let mut content = Content::new();
    // PDF counts y upwards.
    content.transform([1.0, 0.0, 0.0, -1.0, 0.0, scene.height as f32]);
    for (i, image) in scene.images.iter().enumerate() {
        place(&mut content, image, &image_name(i));
    }
    for item in &scene.items {
        draw(&mut content, item, &mut opacities);
    }

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut dictionary = pdf.page(page);
    dictionary
        .media_box(Rect::new(0.0, 0.0, scene.width as f32, scene.height as f32))
        .parent(pages)
        .contents(contents);
    let mut resources = dictionary.resources();
    let mut states = resources.ext_g_states();
    for (i, opacity) in opacities.iter().enumerate() {
        states
            .insert(Name(state_name(i).as_bytes()))
            .start::<pdf_writer::writers::ExtGraphicsState>()
            .non_stroking_alpha(*opacity as f32);
    }
    states.finish();
    let images = (0..scene.images.len()).map(|i| (i, Ref::new(5 + i as i32)));
    let mut objects = resources.x_objects();
    images.clone().for_each(|(i, image)| {
        objects.pair(Name(image_name(i).as_bytes()), image);
    });
    objects.finish();
    resources.finish();
    dictionary.finish();
    pdf.stream(contents, &content.finish());
    for (i, reference) in images {
        let image = &scene.images[i];
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&image.pixels)?;
        let packed = packed.finish()?;
        let mut object = pdf.image_xobject(reference, &packed);
        object.filter(Filter::FlateDecode);
        object.width(image.columns as i32).height(image.rows() as i32);
        object.color_space().device_rgb();
        object.bits_per_component(8);
    }
    Ok(pdf.finish())
}

/// An image is a square of length 1 that is stretched to its place, its first row at the top.
fn place(content: &mut Content, image: &Image, name: &str) {
    let place = image.place;
    let stretch =
        [place.width(), 0.0, 0.0, -place.height(), place.left, place.bottom].map(|entry| entry as f32);
    content.save_state().transform(stretch).x_object(Name(name.as_bytes())).restore_state();
}

fn image_name(index: usize) -> String {
    format!("I{index}")
}

fn draw(content: &mut Content, item: &Item, opacities: &mut Vec<f64>) {
    content.save_state();
    if let Some(clip) = item.clip {
        steps(content, &Path::rectangle(clip));
        content.clip_nonzero().end_path();
    }
    match item.paint {
        Paint::Fill { colour, opacity } => {
            if opacity < 1.0 {
                let known = opacities.iter().position(|known| *known == opacity);
                let state = known.unwrap_or_else(|| {
                    opacities.push(opacity);
                    opacities.len() - 1
                });
                content.set_parameters(Name(state_name(state).as_bytes()));
            }
            let [r, g, b] = rgb(colour);
            content.set_fill_rgb(r, g, b);
            steps(content, &item.path);
            content.fill_nonzero();
        }
        Paint::Stroke { colour, width, dash } => {
            let [r, g, b] = rgb(colour);
            content.set_stroke_rgb(r, g, b);
            content.set_line_width(width as f32).set_line_join(LineJoinStyle::RoundJoin);
            if let Some(pattern) = dash.pattern(width) {
                content.set_dash_pattern(pattern.map(|length| length as f32), 0.0);
            }
            steps(content, &item.path);
            content.stroke();
        }
    }
    content.restore_state();
}

fn steps(content: &mut Content, path: &Path) {
    let single = |(x, y): (f64, f64)| (x as f32, y as f32);
    for step in &path.0 {
        match *step {
            Step::Move(a) => {
                let (x, y) = single(a);
                content.move_to(x, y)
            }
            Step::Line(a) => {
                let (x, y) = single(a);
                content.line_to(x, y)
            }
            Step::Curve(a, b, c) => {
                let [(x1, y1), (x2, y2), (x3, y3)] = [a, b, c].map(single);
                content.cubic_to(x1, y1, x2, y2, x3, y3)
            }
            Step::Close => content.close_path(),
        };
    }
}

fn state_name(index: usize) -> String {
    format!("A{index}")
}

fn rgb(Colour(r, g, b): Colour) -> [f32; 3] {
    [r, g, b].map(|part| f32::from(part) / 255.0)
}
