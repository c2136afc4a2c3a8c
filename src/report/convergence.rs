//! Numbers over the time that is averaged, each with the error that it would have had.

use super::gallery::{RUN, points};
use super::plot::{Figure, Part, Plot};
use crate::figure::Axis;

/// Maximum number of averages, each longer than the one before.
const MOST: usize = 40;

/// The numbers of parts, up to all `count`, whose averages are shown.
pub fn lengths(count: usize) -> impl Iterator<Item = usize> {
    let shown = count.min(MOST);
    (1..=shown).map(move |i| count * i / shown)
}

/// The averages of a number from the beginning up to each of these times.
#[derive(Clone, Debug, PartialEq)]
pub struct Convergence {
    /// Markup.
    pub label: &'static str,
    pub time: Vec<f64>,
    pub values: Vec<f64>,
    /// NaN where an average is too short for an error.
    pub errors: Vec<f64>,
}

impl Convergence {
    pub fn new(label: &'static str) -> Self {
        Self { label, time: Vec::new(), values: Vec::new(), errors: Vec::new() }
    }

    /// Adds the average up to a time.
    pub fn push(&mut self, time: f64, value: f64, error: f64) {
        self.time.push(time);
        self.values.push(value);
        self.errors.push(error);
    }
}

/// The figure `convergence`, a plot for each number over the time `axis`; none if there is no number.
pub fn figure(axis: &str, all: &[Convergence]) -> Option<Figure> {
    let plot = |Convergence { label, time, values, errors }: &Convergence| {
        let to = time.last().copied().unwrap_or(1.0);
        let part = Part::line("", RUN, points(time, values)).within(time, values, errors);
        Plot::new(Axis::linear(axis).within(0.0, to), Axis::linear(*label), vec![part])
    };
    (!all.is_empty()).then(|| Figure { name: "convergence", plots: all.iter().map(plot).collect() })
}
