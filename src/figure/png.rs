//! A scene as PNG: its SVG, rendered.

use super::scene::Scene;
use super::svg::svg;
use crate::error::{Error, Result};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::io::Write;

/// Rows of pixels that are rendered at a time: a whole page takes 40 MB.
const BAND: u32 = 128;

/// The bytes of the PNG file at a resolution in pixels per inch, which the file states.
///
/// # Errors
/// A size that no picture can have.
pub fn png(scene: &Scene, per_inch: f64) -> Result<Vec<u8>> {
    let failed = |what: String| Error::failure(format!("cannot render a figure: {what}"));
    let tree = Tree::from_str(&svg(scene), &Options::default()).map_err(|error| failed(error.to_string()))?;
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
        resvg::render(&tree, place, &mut pixels.as_mut());
        let opaque: Vec<u8> =
            pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
        stream.write_all(&opaque).map_err(|error| failed(error.to_string()))?;
    }
    stream.finish().map_err(|error| failed(error.to_string()))?;
    writer.finish().map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}
