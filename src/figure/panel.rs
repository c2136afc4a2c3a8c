//! A panel: frame, ticks, labels, layers, legend.

use super::axis::{Ruler, Scale};
use super::label::{CAPITAL, Label};
use super::layer::{Layer, Mark, Marker};
use super::legend::Legend;
use super::map::Bar;
use super::palette::{BLACK, Colour};
use super::scene::{Dash, Path, Point, Rectangle, Scene};
use super::{Panel, TEXT, TICKS};

/// Lengths in points: of major and minor ticks, between parts, and the radius of markers.
const MAJOR: f64 = 4.0;
const MINOR: f64 = 2.2;
const GAP: f64 = 3.0;
const RADIUS: f64 = 1.5;
/// Widths of lines.
const FRAME: f64 = 0.6;
const OUTLINE: f64 = 0.6;
/// Room for a tick and its name, in points.
const PER_TICK: [f64; 2] = [38.0, 26.0];
/// Height of a frame over the width of its panel, at most, if lengths are true to scale.
const TALLEST: f64 = 1.2;
/// Points of a line per point of paper; more cannot be seen.
const DENSITY: f64 = 4.0;
/// Lines that lie closer than this, in points, cannot be told apart.
const APART: f64 = 0.6;

/// A panel with its sizes.
pub struct Drawn<'a> {
    panel: &'a Panel,
    layers: Vec<Layer>,
    x: Ruler,
    y: Ruler,
    frame: Rectangle,
    legend: Legend,
    bar: Option<Bar<'a>>,
    /// With everything.
    pub height: f64,
}

impl<'a> Drawn<'a> {
    /// Fits a panel into a cell; `lettered` if it is one of several. It grows downwards if its legend finds
    /// no place within.
    pub fn new(panel: &'a Panel, width: f64, height: f64, lettered: bool) -> Self {
        let mut layers = panel.layers.clone();
        let xs = layers.iter().flat_map(|layer| &layer.points).map(|point| point.0);
        let ys = layers.iter().flat_map(Layer::heights);
        let map = panel.map.as_ref();
        let edges = |pick: fn(&super::Map) -> &Vec<f64>| map.into_iter().flat_map(pick).copied();
        let x = Ruler::new(&panel.x, xs.chain(edges(|map| &map.x)), width / PER_TICK[0], false);
        let y = Ruler::new(&panel.y, ys.chain(edges(|map| &map.y)), height / PER_TICK[1], map.is_none());
        let bar = map.map(Bar::new);

        let widest = y.major.iter().map(|tick| Label::new(&tick.1, TICKS).width).fold(0.0, f64::max);
        let last = x.major.last().map_or(0.0, |tick| Label::new(&tick.1, TICKS).width);
        let left = GAP + 1.2 * TEXT + GAP + widest + GAP;
        let right = bar.as_ref().map_or(GAP + 0.5 * last, Bar::width);
        let title = if panel.title.is_empty() { 0.0 } else { TEXT + 2.0 * GAP };
        let top = f64::max(title, if y.factor.is_some() { TICKS + 2.0 * GAP } else { 1.5 * GAP });
        let bottom = GAP + CAPITAL * TICKS + 1.5 * GAP + 1.2 * TEXT + GAP;
        let mut frame = Rectangle { left, top, right: width - right, bottom: height - bottom };
        if map.is_some_and(|map| map.true_to_scale) {
            let upright = (y.high - y.low) / (x.high - x.low);
            frame.right = frame.right.min(left + TALLEST * width / upright);
            frame.bottom = top + upright * frame.width();
        }
        let height = frame.bottom + bottom;
        let page = Page { x: &x, y: &y, frame };
        show_coincident(&mut layers, &page);
        let mut legend = Legend::new(&layers);
        let mut covered: Vec<Vec<Point>> = layers.iter().map(|layer| page.covered(layer)).collect();
        if lettered && panel.title.is_empty() {
            covered.push(vec![(frame.left + MAJOR + TEXT, frame.top + MAJOR + 0.5 * TEXT)]);
        }
        legend.place(&frame, &covered);
        let height = height + legend.below();
        Self { panel, layers, x, y, frame, legend, bar, height }
    }

    fn page(&self) -> Page<'_> {
        Page { x: &self.x, y: &self.y, frame: self.frame }
    }

    /// Draws the panel with its upper left corner at `origin`.
    pub fn draw(&self, scene: &mut Scene, origin: Point, name: Option<String>) {
        let (first, first_image) = (scene.items.len(), scene.images.len());
        if let (Some(map), Some(bar)) = (&self.panel.map, &self.bar) {
            map.draw(scene, |point| self.page().at(point), self.frame);
            bar.draw(scene, &self.frame);
        }
        for layer in &self.layers {
            self.layer(scene, layer);
        }
        self.axes(scene);
        self.name(scene, name);
        self.legend.draw(scene, &self.frame);
        let shift = |(x, y): Point| (x + origin.0, y + origin.1);
        for item in &mut scene.items[first..] {
            item.path = item.path.map(shift);
            item.clip = item.clip.map(|clip| clip.moved(origin));
        }
        for image in &mut scene.images[first_image..] {
            image.place = image.place.moved(origin);
        }
    }

    /// Draws the letter of the panel in its corner or, with its title, above it.
    fn name(&self, scene: &mut Scene, letter: Option<String>) {
        let (frame, title) = (&self.frame, &self.panel.title);
        let text = format!("{} {title}", letter.unwrap_or_default());
        if text.trim().is_empty() {
            return;
        }
        let label = Label::new(text.trim(), TEXT);
        let place = match title.is_empty() {
            true => (frame.left + 1.5 * MAJOR, frame.top + MAJOR + TEXT),
            false => (0.5 * (frame.left + frame.right - label.width), frame.top - 1.5 * GAP),
        };
        scene.text(&label, label.at(place), BLACK);
    }

    fn layer(&self, scene: &mut Scene, layer: &Layer) {
        let (page, frame) = (self.page(), self.frame);
        match &layer.mark {
            Mark::Line { width, dash } => {
                for piece in pieces(&layer.points, self.y.scale) {
                    let points = thinned(piece.iter().map(|point| page.at(*point)).collect(), &frame);
                    scene.stroke(Path::polyline(points), layer.colour, *width, *dash, Some(frame));
                }
            }
            Mark::Markers(marker) => {
                // Those on the frame are whole.
                let inside = |point: &Point| frame.grown(0.01).holds(*point);
                for point in layer.points.iter().map(|point| page.at(*point)).filter(inside) {
                    draw_marker(scene, *marker, layer.colour, point);
                }
            }
            Mark::Band(upper) => {
                let lower = layer.points.iter().map(|point| page.at(*point));
                let upper = layer.points.iter().zip(upper).map(|(point, upper)| page.at((point.0, *upper)));
                let outline = lower.chain(upper.rev()).filter(|point| point.1.is_finite());
                scene.fill(Path::polygon(outline), layer.colour, 0.25, Some(frame));
            }
            Mark::Upright => {
                for (x, _) in layer.points.iter().map(|point| page.at(*point)) {
                    let line = Path::polyline([(x, frame.bottom), (x, frame.top)]);
                    scene.stroke(line, layer.colour, 0.6, Dash::Dashed, Some(frame));
                }
            }
            Mark::Word(word) => {
                if let Some(point) = layer.points.first() {
                    let label = Label::new(word, TICKS);
                    scene.text(&label, label.at(page.at(*point)), layer.colour);
                }
            }
        }
    }

    fn axes(&self, scene: &mut Scene) {
        let frame = self.frame;
        let mut ticks = Path::default();
        let mut add = |a: Point, b: Point| ticks.0.extend(Path::polyline([a, b]).0);
        for (values, length) in [
            (self.x.major.iter().map(|tick| tick.0).collect::<Vec<f64>>(), MAJOR),
            (self.x.minor.clone(), MINOR),
        ] {
            for x in values.iter().map(|value| frame.left + self.x.place(*value) * frame.width()) {
                add((x, frame.bottom), (x, frame.bottom - length));
                add((x, frame.top), (x, frame.top + length));
            }
        }
        for (values, length) in [
            (self.y.major.iter().map(|tick| tick.0).collect::<Vec<f64>>(), MAJOR),
            (self.y.minor.clone(), MINOR),
        ] {
            for y in values.iter().map(|value| frame.bottom - self.y.place(*value) * frame.height()) {
                add((frame.left, y), (frame.left + length, y));
                if self.bar.is_none() {
                    add((frame.right, y), (frame.right - length, y));
                }
            }
        }
        scene.stroke(ticks, BLACK, 0.8 * FRAME, Dash::Solid, None);
        scene.stroke(Path::rectangle(frame), BLACK, FRAME, Dash::Solid, None);

        let below = frame.bottom + GAP + CAPITAL * TICKS;
        for (value, text) in &self.x.major {
            let label = Label::new(text, TICKS);
            let x = frame.left + self.x.place(*value) * frame.width();
            scene.text(&label, label.at((x - 0.5 * label.width, below)), BLACK);
        }
        let mut widest = 0.0f64;
        for (value, text) in &self.y.major {
            let label = Label::new(text, TICKS);
            let y = frame.bottom - self.y.place(*value) * frame.height();
            widest = widest.max(label.width);
            scene.text(&label, label.at((frame.left - GAP - label.width, y + 0.5 * CAPITAL * TICKS)), BLACK);
        }
        let middle = 0.5 * (frame.left + frame.right);
        let x = Label::new(&self.panel.x.label, TEXT);
        scene.text(&x, x.at((middle - 0.5 * x.width, below + 1.5 * GAP + 0.8 * TEXT)), BLACK);
        let y = Label::new(&self.panel.y.label, TEXT);
        let left = frame.left - GAP - widest - 1.3 * GAP;
        scene.text(&y, y.upwards((left, 0.5 * (frame.top + frame.bottom) + 0.5 * y.width)), BLACK);
        if let Some(factor) = &self.y.factor {
            let label = Label::new(factor, TICKS);
            scene.text(&label, label.at((frame.left, frame.top - GAP)), BLACK);
        }
        if let Some(factor) = &self.x.factor {
            let label = Label::new(factor, TICKS);
            let place = (frame.right - label.width, below + 1.5 * GAP + 0.8 * TEXT);
            scene.text(&label, label.at(place), BLACK);
        }
    }
}

/// The place of values on the page.
struct Page<'a> {
    x: &'a Ruler,
    y: &'a Ruler,
    frame: Rectangle,
}

impl Page<'_> {
    fn at(&self, (x, y): Point) -> Point {
        let frame = &self.frame;
        (frame.left + self.x.place(x) * frame.width(), frame.bottom - self.y.place(y) * frame.height())
    }

    /// Points on the page that a layer covers, dense enough that no line crosses a legend unseen.
    fn covered(&self, layer: &Layer) -> Vec<Point> {
        let mut points: Vec<Point> = layer.points.iter().map(|point| self.at(*point)).collect();
        if let Mark::Band(upper) = &layer.mark {
            points.extend(layer.points.iter().zip(upper).map(|(point, upper)| self.at((point.0, *upper))));
        }
        if layer.mark == Mark::Upright {
            let frame = self.frame;
            points = points.iter().flat_map(|&(x, _)| [(x, frame.top), (x, frame.bottom)]).collect();
        } else if !matches!(layer.mark, Mark::Line { .. }) {
            return points;
        }
        let between = |pair: &[Point]| {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let parts = ((x1 - x0).abs().max((y1 - y0).abs()) / 2.0).ceil().clamp(1.0, 200.0) as usize;
            (0..parts)
                .map(move |i| i as f64 / parts as f64)
                .map(move |t| (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t))
        };
        points.windows(2).flat_map(between).chain(points.last().copied()).collect()
    }
}

/// Draws a marker, also that of a legend.
pub fn draw_marker(scene: &mut Scene, marker: Marker, colour: Colour, (x, y): Point) {
    let r = RADIUS;
    let path = match marker {
        Marker::Circle => Path::circle((x, y), r),
        Marker::Square => {
            let r = 0.9 * r;
            Path::rectangle(Rectangle { left: x - r, top: y - r, right: x + r, bottom: y + r })
        }
        Marker::Triangle => {
            Path::polygon([(x, y - 1.25 * r), (x + 1.1 * r, y + 0.7 * r), (x - 1.1 * r, y + 0.7 * r)])
        }
        Marker::Diamond => {
            Path::polygon([(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)])
        }
        Marker::Cross => {
            let mut path = Path::polyline([(x - r, y - r), (x + r, y + r)]);
            path.0.extend(Path::polyline([(x - r, y + r), (x + r, y - r)]).0);
            path
        }
    };
    if marker != Marker::Cross {
        scene.fill(path.clone(), Colour(255, 255, 255), 1.0, None);
    }
    scene.stroke(path, colour, OUTLINE, Dash::Solid, None);
}

/// The parts of a line between the points that cannot be drawn.
fn pieces(points: &[Point], scale: Scale) -> impl Iterator<Item = &[Point]> {
    let shown = move |point: &Point| {
        point.0.is_finite() && point.1.is_finite() && (scale == Scale::Linear || point.1 > 0.0)
    };
    points.split(move |point| !shown(point)).filter(|piece| piece.len() > 1)
}

/// The points of a line as dense as can be seen. Of those at one place, the first, lowest, highest and
/// last are kept, so that no extreme is lost.
fn thinned(points: Vec<Point>, frame: &Rectangle) -> Vec<Point> {
    let places = (DENSITY * frame.width()).ceil();
    if (points.len() as f64) < 4.0 * places || !points.is_sorted_by(|a, b| a.0 <= b.0) {
        return points;
    }
    let place = |point: &Point| ((point.0 - frame.left) * DENSITY).floor();
    let mut kept = Vec::new();
    for group in points.chunk_by(|a, b| place(a) == place(b)) {
        let by_height = |a: &usize, b: &usize| group[*a].1.total_cmp(&group[*b].1);
        let indices = || 0..group.len();
        let mut shown =
            [Some(0), indices().min_by(by_height), indices().max_by(by_height), group.len().checked_sub(1)];
        shown.sort_unstable();
        let mut last = None;
        for index in shown.into_iter().flatten() {
            if last != Some(index) {
                kept.push(group[index]);
            }
            last = Some(index);
        }
    }
    kept
}

/// Dashes a line that lies on an earlier one, so that both are seen.
fn show_coincident(layers: &mut [Layer], page: &Page) {
    let lines: Vec<Vec<Point>> =
        layers.iter().map(|layer| layer.points.iter().map(|point| page.at(*point)).collect()).collect();
    let is_line = |layer: &Layer| matches!(layer.mark, Mark::Line { dash: Dash::Solid, .. });
    for later in 1..layers.len() {
        let hides = is_line(&layers[later])
            && (0..later)
                .any(|earlier| is_line(&layers[earlier]) && coincide(&lines[earlier], &lines[later]));
        if hides && let Mark::Line { dash, .. } = &mut layers[later].mark {
            *dash = Dash::Dashed;
        }
    }
}

/// Whether most of a line lies on another with the same abscissae.
fn coincide(one: &[Point], other: &[Point]) -> bool {
    if one.len() != other.len() || one.len() < 3 {
        return false;
    }
    let on = |(a, b): &(&Point, &Point)| (a.0 - b.0).abs() < APART && (a.1 - b.1).abs() < APART;
    5 * one.iter().zip(other).filter(on).count() > 4 * one.len()
}
