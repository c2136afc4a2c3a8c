//! The legend: samples of lines and markers with their names, where they cover nothing.

use super::TICKS;
use super::label::{CAPITAL, Label};
use super::layer::{Layer, Mark};
use super::palette::{BLACK, Colour};
use super::panel::draw_marker;
use super::scene::{Dash, Path, Point, Rectangle, Scene};

/// Lengths in points: of a sample, between it and its name, from the frame, from entry to entry.
const SAMPLE: f64 = 16.0;
const GAP: f64 = 3.0;
const INSET: f64 = 6.0;
const LINE: f64 = 1.35 * TICKS;

pub struct Legend {
    entries: Vec<(Mark, Colour, Label)>,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// The upper left corner.
    Within(Point),
    /// Below the panel: number of columns, height.
    Below { columns: usize, height: f64 },
}

impl Legend {
    pub fn new(layers: &[Layer]) -> Self {
        let named = layers.iter().filter(|layer| !layer.label.is_empty());
        let entry = |layer: &Layer| (layer.mark.clone(), layer.colour, Label::new(&layer.label, TICKS));
        Self { entries: named.map(entry).collect(), place: Place::Within((0.0, 0.0)) }
    }

    fn width(&self) -> f64 {
        SAMPLE + GAP + self.entries.iter().map(|entry| entry.2.width).fold(0.0, f64::max)
    }

    /// Places it in a corner, else anywhere in the frame where it covers none of the points, else below.
    pub fn place(&mut self, frame: &Rectangle, covered: &[Vec<Point>]) {
        if self.entries.is_empty() {
            return;
        }
        let (width, height) = (self.width(), LINE * self.entries.len() as f64);
        let (left, right) = (frame.left + INSET, frame.right - INSET - width);
        let (top, bottom) = (frame.top + INSET, frame.bottom - INSET - height);
        let free = |&(x, y): &Point| {
            let own = Rectangle { left: x, top: y, right: x + width, bottom: y + height }.grown(0.5 * GAP);
            !covered.iter().flatten().any(|point| own.holds(*point))
        };
        let corners = [(right, top), (left, top), (left, bottom), (right, bottom)];
        let steps = |from: f64, to: f64| (0..=24).map(move |i| from + (to - from) * f64::from(i) / 24.0);
        let anywhere = steps(top, bottom).flat_map(|y| steps(right, left).map(move |x| (x, y)));
        let fits = right >= left && bottom >= top;
        let found = corners.into_iter().chain(anywhere).find(|corner| fits && free(corner));
        self.place = found.map_or_else(
            || {
                let room = frame.right;
                let columns = ((room / (width + 2.0 * INSET)).floor() as usize).clamp(1, self.entries.len());
                let rows = self.entries.len().div_ceil(columns);
                Place::Below { columns, height: LINE * rows as f64 + GAP }
            },
            Place::Within,
        );
    }

    /// The height it takes below the panel.
    pub fn below(&self) -> f64 {
        match self.place {
            Place::Below { height, .. } => height,
            Place::Within(_) => 0.0,
        }
    }

    pub fn draw(&self, scene: &mut Scene, frame: &Rectangle) {
        for (i, (mark, colour, label)) in self.entries.iter().enumerate() {
            let (x, y) = match self.place {
                Place::Within((x, y)) => (x, y + LINE * i as f64),
                Place::Below { columns, .. } => {
                    let rows = self.entries.len().div_ceil(columns);
                    let step = (frame.right - INSET) / columns as f64;
                    // Below the ticks and the label of the axis.
                    let top = frame.bottom + 4.2 * TICKS;
                    (INSET + step * (i / rows) as f64, top + LINE * (i % rows) as f64)
                }
            };
            let middle = y + 0.5 * LINE;
            sample(scene, mark, *colour, (x, middle));
            let place = (x + SAMPLE + GAP, middle + 0.5 * CAPITAL * TICKS);
            scene.text(label, label.at(place), BLACK);
        }
    }
}

/// Draws what a layer looks like, from this point on.
fn sample(scene: &mut Scene, mark: &Mark, colour: Colour, (x, y): Point) {
    match mark {
        Mark::Line { width, dash } => {
            scene.stroke(Path::polyline([(x, y), (x + SAMPLE, y)]), colour, *width, *dash, None);
        }
        Mark::Markers(marker) => draw_marker(scene, *marker, colour, (x + 0.5 * SAMPLE, y)),
        Mark::Band(_) => {
            let area = Rectangle { left: x, top: y - 2.5, right: x + SAMPLE, bottom: y + 2.5 };
            scene.fill(Path::rectangle(area), colour, 0.25, None);
        }
        Mark::Upright | Mark::Word(_) => {
            scene.stroke(Path::polyline([(x, y), (x + SAMPLE, y)]), colour, 0.6, Dash::Dashed, None);
        }
    }
}
