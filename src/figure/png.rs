//! A scene as PNG: its images, and the SVG of all else, rendered over them.

use super::scene::{Image, Scene};
use super::svg::svg_of_items;
use super::{Figure, RESOLUTION};
use crate::error::{Error, Result};
use resvg::tiny_skia::{Color, Pixmap, PremultipliedColorU8, Transform};
use resvg::usvg::{Options, Tree};
use std::fmt::Display;
use std::fs::File;
use std::io::Write;

/// Rows of pixels that are rendered at a time: a whole page takes 40 MB.
const BAND: u32 = 128;

/// The bytes of the PNG file at a resolution in pixels per inch, which the file states.
///
/// # Errors
/// A size that no picture can have.
pub fn png(scene: &Scene, per_inch: f64) -> Result<Vec<u8>> {
    let (width, height) = size(scene, per_inch);
    let mut bytes = Vec::new();
    let mut writer = begin(&mut bytes, width, height, per_inch).write_header().map_err(failed)?;
    let mut stream = writer.stream_writer().map_err(failed)?;
    render(scene, per_inch, |rows| stream.write_all(rows).map_err(failed))?;
    stream.finish().map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// An animated PNG that is being written.
pub struct Animation<'a> {
    writer: png::Writer<&'a File>,
    size: (u32, u32),
}

impl<'a> Animation<'a> {
    /// Begins a file for so many pictures of the size of `first`, which the caller then adds like the others.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn begin(file: &'a File, first: &Figure, pictures: usize, per_second: u16) -> Result<Self> {
        let size = size(&first.draw(), RESOLUTION);
        let mut encoder = begin(file, size.0, size.1, RESOLUTION);
        encoder.set_animated(pictures as u32, 0).map_err(failed)?;
        encoder.set_frame_delay(1, per_second).map_err(failed)?;
        Ok(Self { writer: encoder.write_header().map_err(failed)?, size })
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// A picture of another size; a file that cannot be written.
    pub fn add(&mut self, figure: &Figure) -> Result<()> {
        let scene = figure.draw();
        let (width, height) = size(&scene, RESOLUTION);
        if (width, height) != self.size {
            return Err(Error::input(format!(
                "its picture has {width} x {height} pixels, the first one {} x {}: the box has changed its form, or the \
                 files are of different runs",
                self.size.0, self.size.1
            )));
        }
        let mut pixels = Vec::with_capacity(3 * width as usize * height as usize);
        render(&scene, RESOLUTION, |rows| {
            pixels.extend_from_slice(rows);
            Ok(())
        })?;
        self.writer.write_image_data(&pixels).map_err(failed)
    }

    /// Writes the end of the file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(self) -> Result<()> {
        self.writer.finish().map_err(failed)
    }
}

/// Pixels in a row and rows.
fn size(scene: &Scene, per_inch: f64) -> (u32, u32) {
    let pixels = |points: f64| (points * per_inch / 72.0).round() as u32;
    (pixels(scene.width), pixels(scene.height))
}

fn begin<'a, W: Write>(to: W, width: u32, height: u32, per_inch: f64) -> png::Encoder<'a, W> {
    let mut encoder = png::Encoder::new(to, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_filter(png::Filter::NoFilter);
    let per_metre = (per_inch / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    encoder
}

/// Renders a scene, and shows `see` its rows of pixels, red, green, blue each, a band at a time.
fn render(scene: &Scene, per_inch: f64, mut see: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let tree = Tree::from_str(&svg_of_items(scene), &Options::default()).map_err(failed)?;
    let (width, height) = size(scene, per_inch);
    let scale = per_inch / 72.0;
    // The size of the tree is in CSS pixels, 96 per inch.
    let factor = (per_inch / 96.0) as f32;
    for top in (0..height).step_by(BAND as usize) {
        let mut pixels = Pixmap::new(width, BAND.min(height - top))
            .ok_or_else(|| failed(format!("{width} x {height} pixels")))?;
        // The last row of pixels may be covered in part.
        pixels.fill(Color::WHITE);
        for image in &scene.images {
            put(image, scale, top, &mut pixels);
        }
        let place = Transform::from_scale(factor, factor).post_translate(0.0, -(top as f32));
        resvg::render(&tree, place, &mut pixels.as_mut());
        let opaque: Vec<u8> =
            pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
        see(&opaque)?;
    }
    Ok(())
}

/// Puts the pixels of an image where the centres of those of the page are, of a band that begins at the row `top`.
fn put(image: &Image, scale: f64, top: u32, band: &mut Pixmap) {
    let (place, rows, width) = (image.place, image.rows(), band.width());
    let within = |centre: f64, first: f64, length: f64, parts: usize| {
        let part = ((centre - first) / length * parts as f64).floor();
        (part >= 0.0 && part < parts as f64).then_some(part as usize)
    };
    let centre = |i: u32| (f64::from(i) + 0.5) / scale;
    let of_columns: Vec<Option<usize>> =
        (0..width).map(|i| within(centre(i), place.left, place.width(), image.columns)).collect();
    for (i, line) in (0..).zip(band.pixels_mut().chunks_mut(width as usize)) {
        let Some(row) = within(centre(top + i), place.top, place.height(), rows) else { continue };
        for (pixel, column) in line.iter_mut().zip(&of_columns) {
            if let Some(column) = column
                && let [r, g, b] = image.pixels[3 * (row * image.columns + column)..][..3]
                && let Some(colour) = PremultipliedColorU8::from_rgba(r, g, b, u8::MAX)
            {
                *pixel = colour;
            }
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
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

fn failed(what: impl Display) -> Error {
    Error::failure(format!("cannot render a figure: {what}"))
}
