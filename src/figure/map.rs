//! A map: values over x and y as colours, and the bar that explains them.

use super::axis::{Axis, Ruler};
use super::label::{CAPITAL, Label};
use super::palette::{BLACK, Colour, Colours};
use super::scene::{Dash, Image, Path, Point, Rectangle, Scene};
use super::{RESOLUTION, TEXT, TICKS};

/// Steps of colour of the bar, if it has no levels.
const STEPS: usize = 256;
/// Colours of a map, more than are told apart.
const SHADES: usize = 4096;
/// Levels between two ticks of the bar, or between two of its minor ticks if there are few.
const LEVELS: f64 = 2.0;
const FEW: usize = 5;
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
    pub colours: Colours,
    /// Whether a length is as long along both axes.
    pub true_to_scale: bool,
    /// Whether values are interpolated between the middles of cells and shown as levels, whose edges are
    /// contours; else each cell has its own colour.
    pub in_levels: bool,
}

impl Map {
    /// Draws an image of the resolution of figures.
    pub fn draw(&self, scene: &mut Scene, at: impl Fn(Point) -> Point, frame: Rectangle) {
        let ruler = self.ruler();
        let [columns, rows] =
            [frame.width(), frame.height()].map(|length| (length * RESOLUTION / 72.0).ceil() as usize);
        let right = |edge: &f64| at((*edge, self.y[0])).0;
        let down = |edge: &f64| at((self.x[0], *edge)).1;
        let x: Vec<f64> = self.x.iter().map(right).collect();
        // Upwards, as the cells are.
        let y: Vec<f64> = self.y.iter().map(|edge| -down(edge)).collect();
        let cells = |edges: &[f64], place: f64| match self.in_levels {
            true => Between::middles(edges, place),
            false => Between::edges(edges, place),
        };
        let centre = |first: f64, length: f64, i: usize, parts: usize| {
            first + length * (i as f64 + 0.5) / parts as f64
        };
        let of_columns: Vec<Option<Between>> =
            (0..columns).map(|i| cells(&x, centre(frame.left, frame.width(), i, columns))).collect();
        let last = SHADES - 1;
        let shades: Vec<Colour> = (0..SHADES).map(|i| self.colour(&ruler, i as f64 / last as f64)).collect();
        // A cast takes what lies below the bar to zero.
        let colour = |value: f64| shades[((ruler.place(value) * last as f64).round() as usize).min(last)];
        let mut pixels = Vec::with_capacity(3 * columns * rows);
        for j in 0..rows {
            let row = cells(&y, -centre(frame.top, frame.height(), j, rows));
            for column in &of_columns {
                let value = row.zip(*column).map(|(row, column)| self.value(row, column));
                let Colour(r, g, b) = match value.filter(|value| value.is_finite()) {
                    Some(value) => colour(value),
                    None => Colour(255, 255, 255),
                };
                pixels.extend([r, g, b]);
            }
        }
        scene.images.push(Image { place: frame, columns, pixels });
    }

    fn value(&self, row: Between, column: Between) -> f64 {
        let at = |j: usize| column.mix(|i| self.values[j * (self.x.len() - 1) + i]);
        row.mix(at)
    }

    /// The colour of a place on the bar, 0 to 1: that of the middle of its level, if there are levels.
    fn colour(&self, ruler: &Ruler, place: f64) -> Colour {
        let levels = self.levels(ruler);
        let middle = |levels: f64| ((place * levels).floor().clamp(0.0, levels - 1.0) + 0.5) / levels;
        self.colours.at(levels.map_or(place, middle))
    }

    fn levels(&self, ruler: &Ruler) -> Option<f64> {
        let between = |ticks: usize| ticks.saturating_sub(1).max(1);
        let levels = match between(ruler.major.len()) {
            few if few < FEW => between(ruler.minor.len()) as f64,
            many => LEVELS * many as f64,
        };
        self.in_levels.then_some(levels)
    }

    /// The axis of the bar; with levels it ends at ticks, so that these are edges of levels.
    fn ruler(&self) -> Ruler {
        Ruler::new(&self.axis, self.values.iter().copied(), 6.0, self.in_levels)
    }
}

/// Two cells, or the same one twice, and the weight of the second.
#[derive(Clone, Copy)]
struct Between {
    cells: [usize; 2],
    weight: f64,
}

impl Between {
    /// The cell with this place between its edges, which ascend.
    fn edges(edges: &[f64], place: f64) -> Option<Self> {
        let after = edges.partition_point(|edge| *edge <= place);
        (1..edges.len()).contains(&after).then(|| Self { cells: [after - 1; 2], weight: 0.0 })
    }

    /// The cells between whose middles a place lies; at the ends it is one cell.
    fn middles(edges: &[f64], place: f64) -> Option<Self> {
        let cell = Self::edges(edges, place)?.cells[0];
        let middle = |cell: usize| 0.5 * (edges[cell] + edges[cell + 1]);
        let first = if place < middle(cell) { cell.checked_sub(1) } else { Some(cell) };
        Some(match first.filter(|first| first + 2 < edges.len()) {
            Some(first) => {
                let weight = (place - middle(first)) / (middle(first + 1) - middle(first));
                Self { cells: [first, first + 1], weight }
            }
            None => Self { cells: [cell; 2], weight: 0.0 },
        })
    }

    fn mix(self, value: impl Fn(usize) -> f64) -> f64 {
        let [first, second] = self.cells;
        if self.weight == 0.0 {
            return value(first);
        }
        (1.0 - self.weight) * value(first) + self.weight * value(second)
    }
}

/// The bar of colours to the right of a map.
pub struct Bar<'a> {
    ruler: Ruler,
    map: &'a Map,
}

impl<'a> Bar<'a> {
    pub fn new(map: &'a Map) -> Self {
        Self { ruler: map.ruler(), map }
    }

    fn ticks(&self) -> f64 {
        self.ruler.major.iter().map(|tick| Label::new(&tick.1, TICKS).width).fold(0.0, f64::max)
    }

    /// With its distance from the frame, its ticks and its label.
    pub fn width(&self) -> f64 {
        AWAY + BAR + GAP + self.ticks() + GAP + 1.5 * TEXT
    }

    pub fn draw(&self, scene: &mut Scene, frame: &Rectangle) {
        let (left, right) = (frame.right + AWAY, frame.right + AWAY + BAR);
        let y = |part: f64| frame.bottom - part * frame.height();
        let steps = self.map.levels(&self.ruler).map_or(STEPS, |levels| levels as usize);
        for i in 0..steps {
            let [low, high] = [i, i + 1].map(|i| i as f64 / steps as f64);
            let cell = Rectangle { left, right, top: y(high) - 0.1, bottom: y(low) };
            scene.fill(Path::rectangle(cell), self.map.colour(&self.ruler, 0.5 * (low + high)), 1.0, None);
        }
        let all = Rectangle { left, right, top: frame.top, bottom: frame.bottom };
        scene.stroke(Path::rectangle(all), BLACK, 0.6, Dash::Solid, None);
        for (value, text) in &self.ruler.major {
            let (label, y) = (Label::new(text, TICKS), y(self.ruler.place(*value)));
            scene.stroke(Path::polyline([(right, y), (right - TICK, y)]), BLACK, 0.5, Dash::Solid, None);
            scene.text(&label, label.at((right + GAP, y + 0.5 * CAPITAL * TICKS)), BLACK);
        }
        let factor = self.ruler.factor.as_ref().map_or(String::new(), |factor| format!("  ({factor})"));
        let label = Label::new(&format!("{}{factor}", self.map.axis.label), TEXT);
        let place =
            (right + GAP + self.ticks() + GAP + TEXT, 0.5 * (frame.top + frame.bottom) + 0.5 * label.width);
        scene.text(&label, label.upwards(place), BLACK);
    }
}
