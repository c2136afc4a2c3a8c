//! A scene as PNG: its images, and the SVG of all else, rendered over them.

use super::scene::{Image, Scene};
use super::svg::svg_of_items;
use crate::error::{Error, Result};
use resvg::tiny_skia::{Color, Pixmap, PremultipliedColorU8, Transform};
use resvg::usvg::{Options, Tree};
use std::io::Write;

/// Rows of pixels that are rendered at a time: a whole page takes 40 MB.
const BAND: u32 = 128;

/// The bytes of the PNG file at a resolution in pixels per inch, which the file states.
///
/// # Errors
/// A size that no picture can have.
pub fn png(scene: &Scene, per_inch: f64) -> Result<Vec<u8>> {
    let tree = Tree::from_str(&svg_of_items(scene), &Options::default())
        .map_err(|error| failed(error.to_string()))?;
    let scale = per_inch / 72.0;
    let [width, height] = [scene.width, scene.height].map(|points| (points * scale).round() as u32);
    // The size of the tree is in CSS pixels, 96 per inch.
    let factor = (per_inch / 96.0) as f32;

    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let per_metre = (per_inch / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().map_err(|error| failed(error.to_string()))?;
    let mut stream = writer.stream_writer().map_err(|error| failed(error.to_string()))?;
    for top in (0..height).step_by(BAND as usize) {
        let mut pixels = Pixmap::new(width, BAND.min(height - top))
            .ok_or_else(|| failed(format!("{width} x {height} pixels")))?;
        // The last row of pixels may be covered in part.
        pixels.fill(Color::WHITE);
        let place = Transform::from_scale(factor, factor).post_translate(0.0, -(top as f32));
        for image in &scene.images {
            put(image, scale, top, &mut pixels);
        }
        resvg::render(&tree, place, &mut pixels.as_mut());
        let opaque: Vec<u8> =
            pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
        stream.write_all(&opaque).map_err(|error| failed(error.to_string()))?;
    }
    stream.finish().map_err(|error| failed(error.to_string()))?;
    writer.finish().map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}

/// Puts the pixels of an image where the centres of those of the page are, of a band that begins at the row `top`.
fn put(image: &Image, scale: f64, top: u32, band: &mut Pixmap) {
    let (place, rows, width) = (image.place, image.rows(), band.width());
    let within = |centre: f64, first: f64, length: f64, parts: usize| {
        let part = ((centre - first) / length * parts as f64).floor();
        (part >= 0.0 && part < parts as f64).then_some(part as usize)
    };
    let centre = |i: u32| (f64::from(i) + 0.5) / scale;
    for (i, pixel) in (0..).zip(band.pixels_mut()) {
        let row = within(centre(top + i / width), place.top, place.height(), rows);
        let column = within(centre(i % width), place.left, place.width(), image.columns);
        if let Some((row, column)) = row.zip(column)
            && let [r, g, b] = image.pixels[3 * (row * image.columns + column)..][..3]
            && let Some(colour) = PremultipliedColorU8::from_rgba(r, g, b, u8::MAX)
        {
            *pixel = colour;
        }
    }
}

/// A PNG file of pixels, red, green, blue each, row by row.
///
/// # Errors
/// A size that no picture can have.
pub fn encode(columns: usize, rows: usize, pixels: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, columns as u32, rows as u32);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().map_err(|error| failed(error.to_string()))?;
    writer.write_image_data(pixels).map_err(|error| failed(error.to_string()))?;
    writer.finish().map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}

fn failed(what: String) -> Error {
    Error::failure(format!("cannot render a figure: {what}"))
}
