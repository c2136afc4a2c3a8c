//! Figures for papers: panels with axes, lines, bands, markers and maps, written as SVG, PNG and PDF.
//!
//! A figure is a width on paper, panels, and a note that says what was drawn. A panel is two axes and
//! layers, drawn in their order. Labels are markup with mathematics: see [`label`]. The same input gives
//! the same bytes.

mod axis;
mod label;
mod layer;
mod legend;
mod map;
pub mod palette;
mod panel;
mod pdf;
mod png;
mod scene;
mod svg;

pub use axis::{Axis, Scale};
pub use label::plain;
pub use layer::{Layer, Mark, Marker};
pub use map::Map;
pub use palette::{Colour, Colours};
pub use png::Animation;
pub use scene::Dash;

use crate::error::{Error, Result};
use crate::files;
use label::Label;
use panel::Drawn;
use scene::Scene;
use std::path::Path;

/// Sizes of text in points: labels of axes and legends, ticks, the note.
const TEXT: f64 = 8.0;
const TICKS: f64 = 7.0;
const NOTE: f64 = 5.0;
/// Height of a panel with its labels over its width.
const ASPECT: f64 = 0.75;
/// Pixels per inch of the PNG.
const RESOLUTION: f64 = 300.0;
const POINTS_PER_MILLIMETRE: f64 = 72.0 / 25.4;

/// A figure of one panel or several.
#[derive(Clone, Debug)]
pub struct Figure {
    pub panels: Vec<Panel>,
    /// Panels beside each other.
    pub columns: usize,
    /// The width on paper in millimetres.
    pub width: f64,
    /// What was drawn, in small letters below: case, Reynolds number, grid, time, commit. Markup.
    pub note: String,
}

#[derive(Clone, Debug)]
pub struct Panel {
    /// Markup behind the letter of the panel.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub layers: Vec<Layer>,
    pub map: Option<Map>,
}

impl Panel {
    /// A panel without a title.
    pub fn new(x: Axis, y: Axis, layers: Vec<Layer>) -> Self {
        Self { title: String::new(), x, y, layers, map: None }
    }
}

impl Figure {
    /// Writes `name.svg`, `name.png` and `name.pdf` into a folder.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> Result<()> {
        let scene = self.draw();
        let file = |extension: &str| folder.join(format!("{name}.{extension}"));
        files::write(&file("svg"), svg::svg(&scene)?.as_bytes())?;
        files::write(&file("png"), &png::png(&scene, RESOLUTION)?)?;
        let failed = |error| Error::io(format!("cannot make {}", file("pdf").display()), error);
        files::write(&file("pdf"), &pdf::pdf(&scene).map_err(failed)?)
    }

    /// The bytes of a PNG file.
    ///
    /// # Errors
    /// A size that no picture can have.
    pub fn png(&self) -> Result<Vec<u8>> {
        png::png(&self.draw(), RESOLUTION)
    }

    fn draw(&self) -> Scene {
        let columns = self.columns.clamp(1, self.panels.len().max(1));
        let width = self.width * POINTS_PER_MILLIMETRE;
        let cell = width / columns as f64;
        let lettered = self.panels.len() > 1;
        let fit = |panel| Drawn::new(panel, cell, ASPECT * cell, lettered);
        let drawn: Vec<Drawn> = self.panels.iter().map(fit).collect();
        let heights: Vec<f64> = drawn
            .chunks(columns)
            .map(|row| row.iter().map(|panel| panel.height).fold(0.0, f64::max))
            .collect();
        let note = if self.note.is_empty() { 0.0 } else { 1.6 * NOTE };
        let mut scene = Scene::new(width, heights.iter().sum::<f64>() + note);
        let mut top = 0.0;
        for ((row, height), first) in drawn.chunks(columns).zip(&heights).zip((0..).step_by(columns)) {
            for (i, panel) in row.iter().enumerate() {
                let name = (self.panels.len() > 1).then(|| panel_name(first + i));
                panel.draw(&mut scene, (cell * i as f64, top), name);
            }
            top += height;
        }
        if !self.note.is_empty() {
            let label = Label::new(&self.note, NOTE);
            // A long note is set smaller rather than cut.
            let label = Label::new(&self.note, NOTE * (0.97 * width / label.width).min(1.0));
            let place = (width - label.width - 0.01 * width, scene.height - 0.5 * NOTE);
            scene.text(&label, label.at(place), palette::GREY);
        }
        scene
    }
}

impl Scene {
    fn text(&mut self, label: &Label, path: scene::Path, colour: Colour) {
        let paint = scene::Paint::Fill { colour, opacity: 1.0 };
        self.items.push(scene::Item { path, paint, clip: None, text: Some(label.text.clone()) });
    }
}

/// (a), (b), …, and after (z) by number.
fn panel_name(index: usize) -> String {
    match u8::try_from(index) {
        Ok(i) if i < 26 => format!("({})", char::from(b'a' + i)),
        _ => format!("({})", index + 1),
    }
}

#[cfg(test)]
mod tests;
