//! A map: values over x and y as colours, and the bar that explains them.

use super::axis::{Axis, Ruler};
use super::label::{CAPITAL, Label};
use super::palette::{BLACK, viridis};
use super::scene::{Dash, Path, Point, Rectangle, Scene};
use super::{TEXT, TICKS};

/// Steps of colour: neighbouring cells of one step are drawn together.
const STEPS: f64 = 64.0;
/// Lengths in points: of the bar, its distance from the frame, its ticks, between parts.
const BAR: f64 = 7.0;
const AWAY: f64 = 6.0;
const TICK: f64 = 2.5;
const GAP: f64 = 3.0;

/// Values in cells.
#[derive(Clone, Debug)]
pub struct Map {
    /// Edges of the cells, one more than there are cells, ascending.
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    /// By y, then by x. What is not finite is left white.
    pub values: Vec<f64>,
    /// The axis of the values; only a linear one.
    pub axis: Axis,
}

impl Map {
    pub fn draw(&self, scene: &mut Scene, at: impl Fn(Point) -> Point, frame: Rectangle) {
        let ruler = self.ruler();
        let columns = self.x.len().saturating_sub(1);
        for (j, row) in self.values.chunks(columns.max(1)).enumerate().take(self.y.len().saturating_sub(1)) {
            let step =
                |i: usize| row[i].is_finite().then(|| (ruler.place(row[i]).clamp(0.0, 1.0) * STEPS).round());
            let mut first = 0;
            while first < row.len() {
                let end = (first..row.len()).find(|&i| step(i) != step(first)).unwrap_or(row.len());
                if let Some(step) = step(first) {
                    let ((left, bottom), (right, top)) =
                        (at((self.x[first], self.y[j])), at((self.x[end], self.y[j + 1])));
                    // Cells overlap by a hair, or the page would shine through between them.
                    let cell = Rectangle { left, top: top - 0.1, right: right + 0.1, bottom };
                    scene.fill(Path::rectangle(cell), viridis(step / STEPS), 1.0, Some(frame));
                }
                first = end;
            }
        }
    }

    fn ruler(&self) -> Ruler {
        Ruler::new(&self.axis, self.values.iter().copied(), 6.0, false)
    }
}

/// The bar of colours to the right of a map.
pub struct Bar<'a> {
    ruler: Ruler,
    label: &'a str,
}

impl<'a> Bar<'a> {
    pub fn new(map: &'a Map) -> Self {
        Self { ruler: map.ruler(), label: &map.axis.label }
    }

    fn ticks(&self) -> f64 {
        self.ruler.major.iter().map(|tick| Label::new(&tick.1, TICKS).width).fold(0.0, f64::max)
    }

    /// With its distance from the frame, its ticks and its label.
    pub fn width(&self) -> f64 {
        AWAY + BAR + GAP + self.ticks() + GAP + 1.3 * TEXT
    }

    pub fn draw(&self, scene: &mut Scene, frame: &Rectangle) {
        let (left, right) = (frame.right + AWAY, frame.right + AWAY + BAR);
        let y = |part: f64| frame.bottom - part * frame.height();
        for i in 0..STEPS as usize {
            let [low, high] = [i, i + 1].map(|i| i as f64 / STEPS);
            let cell = Rectangle { left, right, top: y(high) - 0.1, bottom: y(low) };
            scene.fill(Path::rectangle(cell), viridis(0.5 * (low + high)), 1.0, None);
        }
        let all = Rectangle { left, right, top: frame.top, bottom: frame.bottom };
        scene.stroke(Path::rectangle(all), BLACK, 0.6, Dash::Solid, None);
        for (value, text) in &self.ruler.major {
            let (label, y) = (Label::new(text, TICKS), y(self.ruler.place(*value)));
            scene.stroke(Path::polyline([(right, y), (right - TICK, y)]), BLACK, 0.5, Dash::Solid, None);
            scene.text(&label, label.at((right + GAP, y + 0.5 * CAPITAL * TICKS)), BLACK);
        }
        let factor = self.ruler.factor.as_ref().map_or(String::new(), |factor| format!("  ({factor})"));
        let label = Label::new(&format!("{}{factor}", self.label), TEXT);
        let place =
            (right + GAP + self.ticks() + GAP + TEXT, 0.5 * (frame.top + frame.bottom) + 0.5 * label.width);
        scene.text(&label, label.upwards(place), BLACK);
    }
}
