//! A page of filled and stroked paths, in points (1/72 inch) from its upper left corner, y downwards.

use super::palette::Colour;

pub type Point = (f64, f64);

/// A step of a path. Curves are cubic Bezier curves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Move(Point),
    Line(Point),
    Curve(Point, Point, Point),
    Close,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(pub Vec<Step>);

/// A rectangle from its upper left to its lower right corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// How a line is interrupted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dash {
    Solid,
    Dashed,
    Dotted,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    Fill { colour: Colour, opacity: f64 },
    Stroke { colour: Colour, width: f64, dash: Dash },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub path: Path,
    pub paint: Paint,
    pub clip: Option<Rectangle>,
    /// The text that the path shows, for programs that read aloud or search.
    pub text: Option<String>,
}

/// A picture of pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub place: Rectangle,
    /// Pixels in a row.
    pub columns: usize,
    /// Red, green, blue of each, row by row from the top.
    pub pixels: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub width: f64,
    pub height: f64,
    /// Below all items.
    pub images: Vec<Image>,
    pub items: Vec<Item>,
}

impl Dash {
    /// Dash and gap of a line of this width; none if it is solid.
    pub fn pattern(self, width: f64) -> Option<[f64; 2]> {
        match self {
            Dash::Solid => None,
            Dash::Dashed => Some([4.0, 3.0]),
            Dash::Dotted => Some([width, 1.2 + width]),
        }
    }
}

impl Rectangle {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The rectangle with each side moved outwards.
    pub fn grown(&self, by: f64) -> Self {
        let Self { left, top, right, bottom } = self;
        Self { left: left - by, top: top - by, right: right + by, bottom: bottom + by }
    }

    pub fn moved(&self, (x, y): Point) -> Self {
        let Self { left, top, right, bottom } = self;
        Self { left: left + x, top: top + y, right: right + x, bottom: bottom + y }
    }

    pub fn holds(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

impl Image {
    pub fn rows(&self) -> usize {
        self.pixels.len() / (3 * self.columns.max(1))
    }
}

impl Path {
    pub fn polyline(points: impl IntoIterator<Item = Point>) -> Self {
        let steps = points.into_iter().enumerate();
        Self(steps.map(|(i, point)| if i == 0 { Step::Move(point) } else { Step::Line(point) }).collect())
    }

    pub fn polygon(points: impl IntoIterator<Item = Point>) -> Self {
        let mut path = Self::polyline(points);
        path.0.push(Step::Close);
        path
    }

    pub fn rectangle(r: Rectangle) -> Self {
        Self::polygon([(r.left, r.top), (r.right, r.top), (r.right, r.bottom), (r.left, r.bottom)])
    }

    /// A circle of four Bezier curves; its radius is off by at most 0.03 %.
    pub fn circle((x, y): Point, radius: f64) -> Self {
        let (r, h) = (radius, 0.552_284_75 * radius);
        let quarter = |a: Point, b: Point, c: Point| {
            Step::Curve((x + a.0, y + a.1), (x + b.0, y + b.1), (x + c.0, y + c.1))
        };
        Self(vec![
            Step::Move((x + r, y)),
            quarter((r, h), (h, r), (0.0, r)),
            quarter((-h, r), (-r, h), (-r, 0.0)),
            quarter((-r, -h), (-h, -r), (0.0, -r)),
            quarter((h, -r), (r, -h), (r, 0.0)),
            Step::Close,
        ])
    }

    /// The path with each of its points mapped.
    pub fn map(&self, f: impl Fn(Point) -> Point) -> Self {
        let mapped = |step: &Step| match *step {
            Step::Move(a) => Step::Move(f(a)),
            Step::Line(a) => Step::Line(f(a)),
            Step::Curve(a, b, c) => Step::Curve(f(a), f(b), f(c)),
            Step::Close => Step::Close,
        };
        Self(self.0.iter().map(mapped).collect())
    }
}

impl Scene {
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, images: Vec::new(), items: Vec::new() }
    }

    pub fn fill(&mut self, path: Path, colour: Colour, opacity: f64, clip: Option<Rectangle>) {
        self.items.push(Item { path, paint: Paint::Fill { colour, opacity }, clip, text: None });
    }

    pub fn stroke(&mut self, path: Path, colour: Colour, width: f64, dash: Dash, clip: Option<Rectangle>) {
        self.items.push(Item { path, paint: Paint::Stroke { colour, width, dash }, clip, text: None });
    }
}
