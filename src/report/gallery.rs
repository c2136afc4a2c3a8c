//! What the figures of all flows share: where they go, what they say of the run, colours, and panels of
//! spectra. Drawing is in `src/figure`.

use std::path::Path;

use super::plot::Figure;
use super::{Recorded, Width};
use crate::error::Result;
use crate::figure::palette::{CURVES, Colour, GREY};
use crate::figure::{Axis, Dash, Figure as Page, Layer, Mark, Marker, Panel, Scale, plain};
use crate::ledger;

/// The colour of the run, and colours and markers of the references.
pub const RUN: Colour = CURVES[0];
pub const REFERENCES: [(Colour, Marker); 5] = [
    (CURVES[1], Marker::Circle),
    (CURVES[2], Marker::Square),
    (CURVES[3], Marker::Triangle),
    (CURVES[5], Marker::Diamond),
    (CURVES[4], Marker::Cross),
];
/// Maximum number of markers per decade of wavenumbers.
const MARKERS_PER_DECADE: f64 = 16.0;
/// Decades of a spectrum below its peak that are shown; what lies below is round-off.
const DECADES: i32 = 10;

/// The folder of the figures of one run or of several, and what all of them say of the runs.
pub struct Gallery<'a> {
    folder: &'a Path,
    /// Names of the runs.
    runs: Vec<String>,
    note: String,
    width: Width,
}

impl<'a> Gallery<'a> {
    /// The gallery of a run. `facts` name it: case, Reynolds number, grid, time. Markup.
    pub fn of_run(run: &'a Recorded, facts: &[String]) -> Self {
        Self::new(run, Vec::new(), facts)
    }

    /// The gallery of runs of these names, in the folder of the first of them.
    pub fn of_runs(first: &'a Recorded, runs: Vec<String>) -> Self {
        let facts: Vec<String> = runs.iter().map(|name| plain(name)).collect();
        Self::new(first, runs, &facts)
    }

    fn new(run: &'a Recorded, runs: Vec<String>, facts: &[String]) -> Self {
        let jobs = ledger::read(run.dir).unwrap_or_default();
        let program =
            jobs.iter().rev().find_map(|entry| Some(format!("rogallo {}", entry.event.job()?.rogallo)));
        let facts: Vec<&str> = facts.iter().chain(&program).map(String::as_str).collect();
        Self { folder: &run.figures, runs, note: facts.join(",  "), width: run.options.width }
    }

    /// Writes figures in all formats, and returns their names. One panel has the width of one, several
    /// stand two beside each other.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn draw(&self, figures: &[Figure]) -> Result<Vec<&'static str>> {
        let mut drawn = Vec::new();
        for figure in figures {
            let panels = figure.panels(&self.runs);
            let (columns, width) = match panels.len() {
                0 => continue,
                1 => (1, self.width.of_panel()),
                _ => (2, self.width.of_page()),
            };
            Page { panels, columns, width, note: self.note.clone() }.write(self.folder, figure.name)?;
            drawn.push(figure.name);
        }
        Ok(drawn)
    }
}

/// The points of a line.
pub fn points(x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
    x.iter().copied().zip(y.iter().copied()).collect()
}

/// A dashed line at y = 0 across the figure.
pub fn zero((from, to): (f64, f64)) -> Layer {
    Layer::thin("", Dash::Dashed, vec![(from, 0.0), (to, 0.0)])
}

/// Smallest and largest x of all points; none if there is no point.
pub fn extent(layers: &[Layer]) -> Option<(f64, f64)> {
    let x = || layers.iter().flat_map(|layer| &layer.points).map(|point| point.0);
    x().next()?;
    Some(x().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x))))
}

/// A panel of spectra over wavenumbers, both logarithmic, down to ten decades below the peak, with the line
/// of the inertial range above them.
pub fn spectral_panel(x: &str, y: &str, mut layers: Vec<Layer>) -> Panel {
    let peak = layers.iter().flat_map(|layer| &layer.points).map(|point| point.1).fold(0.0, f64::max);
    let floor = peak * 10f64.powi(-DECADES);
    layers.iter_mut().for_each(|layer| layer.points.retain(|&(_, energy)| energy > floor));
    let (first, last) = extent(&layers).unwrap_or((1.0, 10.0));
    if let Some([(k0, e0), (k1, e1)]) = inertial_slope(&layers, first, last) {
        let middle = (1.2 * (k0 * k1).sqrt(), (e0 * e1).sqrt());
        layers.push(Layer::thin("", Dash::Dashed, vec![(k0, e0), (k1, e1)]));
        layers.push(Layer {
            label: String::new(),
            colour: GREY,
            mark: Mark::Word("$k^{-5/3}$".into()),
            points: vec![middle],
        });
    }
    let last = if first < last { last } else { 10.0 * first };
    Panel::new(Axis::logarithmic(x).within(first, last), Axis::logarithmic(y), layers)
}

/// A line E ~ k^(-5/3) between twice the smallest and half the largest wavenumber, by its ends. It touches no
/// curve: there it lies a factor of two above all of them. None if that range is empty.
fn inertial_slope(layers: &[Layer], first: f64, last: f64) -> Option<[(f64, f64); 2]> {
    let (from, to) = (2.0 * first, 0.5 * last);
    let within = layers.iter().flat_map(|layer| &layer.points).filter(|(k, _)| (from..=to).contains(k));
    let compensated = within.map(|(k, energy)| energy * k.powf(5.0 / 3.0));
    let level = 2.0 * compensated.fold(0.0, f64::max);
    (level > 0.0 && from < to).then(|| [from, to].map(|k| (k, level * k.powf(-5.0 / 3.0))))
}

/// An axis of one scale or the other, from one value to another.
pub fn axis(label: &str, scale: Scale, (from, to): (f64, f64)) -> Axis {
    Axis { label: label.to_owned(), scale, range: Some((from, to)) }
}

/// Points that are far enough apart on the axis of log k to be distinguished.
pub fn sparse(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut next = f64::NEG_INFINITY;
    let far = |&(k, _): &(f64, f64)| {
        let shown = k >= next;
        if shown {
            next = k * 10f64.powf(1.0 / MARKERS_PER_DECADE);
        }
        shown
    };
    points.filter(far).collect()
}
