//! What is drawn in a panel: lines, markers, bands.

use super::palette::{Colour, GREY};
use super::scene::{Dash, Point};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
}

impl Marker {
    /// In the order of use.
    pub const ALL: [Self; 5] = [Self::Circle, Self::Square, Self::Triangle, Self::Diamond, Self::Cross];
}

#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Width in points.
    Line {
        width: f64,
        dash: Dash,
    },
    Markers(Marker),
    /// The area between the points and these upper ones, which lie at the same x.
    Band(Vec<f64>),
    /// A dashed line across the panel at the x of the first point.
    Upright,
    /// A word at the first point.
    Word(String),
}

#[derive(Clone, Debug)]
pub struct Layer {
    /// Markup of its entry in the legend; none if it is empty.
    pub label: String,
    pub colour: Colour,
    pub mark: Mark,
    /// A layer without points is an entry of the legend only. What is not finite is a gap.
    pub points: Vec<Point>,
}

impl Layer {
    pub fn line(label: impl Into<String>, colour: Colour, points: Vec<Point>) -> Self {
        Self { label: label.into(), colour, mark: Mark::Line { width: 1.1, dash: Dash::Solid }, points }
    }

    /// A thin grey line: a law, a limit, zero.
    pub fn thin(label: impl Into<String>, dash: Dash, points: Vec<Point>) -> Self {
        Self { label: label.into(), colour: GREY, mark: Mark::Line { width: 0.6, dash }, points }
    }

    /// A dashed line across the panel at this x.
    pub fn upright(label: impl Into<String>, x: f64) -> Self {
        Self { label: label.into(), colour: GREY, mark: Mark::Upright, points: vec![(x, f64::NAN)] }
    }

    pub fn markers(label: impl Into<String>, colour: Colour, marker: Marker, points: Vec<Point>) -> Self {
        Self { label: label.into(), colour, mark: Mark::Markers(marker), points }
    }

    /// The range of `error` to either side of a line; where it is not known there is no band.
    pub fn band(colour: Colour, x: &[f64], y: &[f64], error: &[f64]) -> Self {
        let known: Vec<usize> = (0..x.len()).filter(|&i| y[i].is_finite() && error[i].is_finite()).collect();
        Self {
            label: String::new(),
            colour,
            mark: Mark::Band(known.iter().map(|&i| y[i] + error[i]).collect()),
            points: known.iter().map(|&i| (x[i], y[i] - error[i])).collect(),
        }
    }

    /// A line with this dash.
    pub fn dashed(mut self, new: Dash) -> Self {
        if let Mark::Line { dash, .. } = &mut self.mark {
            *dash = new;
        }
        self
    }

    /// A line of this width.
    pub fn wide(mut self, new: f64) -> Self {
        if let Mark::Line { width, .. } = &mut self.mark {
            *width = new;
        }
        self
    }

    /// The values in y that the axis has to show.
    pub fn heights(&self) -> impl Iterator<Item = f64> {
        let upper = if let Mark::Band(upper) = &self.mark { &upper[..] } else { &[] };
        let words = matches!(self.mark, Mark::Word(_));
        self.points.iter().filter(move |_| !words).map(|point| point.1).chain(upper.iter().copied())
    }
}
