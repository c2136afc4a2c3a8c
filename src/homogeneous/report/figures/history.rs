//! Figures over the time of the flow: dissipation, energy, the terms of its balance, Reynolds stresses,
//! derivative skewness.

use super::super::Run;
use super::super::balance::{LEAST_SAMPLES, peak};
use super::super::reference::{PublishedHistory, PublishedStresses};
use super::super::timescale::Timescale;
use crate::figure::palette::{BLACK, CURVES, Colour};
use crate::figure::{Axis, Layer, Marker};
use crate::report::gallery::{RUN, points};
use crate::report::plot::{Figure, Part, Plot};
use crate::report::series::{History, Table};

/// Maximum number of markers along the axis; more would hide the curves.
const MOST_MARKERS: f64 = 40.0;
/// Smallest magnitude of a component of the anisotropy that is drawn.
const LEAST_ANISOTROPY: f64 = 1e-3;

/// Dissipation rate over time, with -dE/dt of the run and the references.
pub fn dissipation(of: &Run, references: &[PublishedHistory]) -> Figure {
    let (run, scale) = (&of.history, Timescale::of(of));
    let time = scale.all(&run.time);
    let own = Part::line("$ε$, this run", RUN, points(&time, &run.dissipation)).wide(1.6);
    let own = own.within(&time, &run.dissipation, of.errors("dissipation").unwrap_or_default());
    let mut parts = vec![published_within(own, run, &scale, references, |history| &history.dissipation)];
    if run.time.len() >= LEAST_SAMPLES {
        let (inner, slope) = derivative(&run.time, &run.energy);
        let decay: Vec<f64> = slope.iter().map(|slope| -slope).collect();
        parts.push(Part::line("$-dE/dt$, this run", BLACK, points(&scale.all(&inner), &decay)).wide(0.6));
    }
    let plot = over_time("Dissipation rate  $ε$", &scale, &run.time, parts);
    Figure::of("dissipation", Plot { sources: sources(references), marks: remeshes(of, &scale), ..plot })
}

/// Kinetic energy over time, with the references.
pub fn energy(of: &Run, references: &[PublishedHistory]) -> Figure {
    let (run, scale) = (&of.history, Timescale::of(of));
    let time = scale.all(&run.time);
    let own = Part::line("this run", RUN, points(&time, &run.energy));
    let own = own.within(&time, &run.energy, of.errors("energy").unwrap_or_default());
    let parts = vec![published_within(own, run, &scale, references, |history| &history.energy)];
    let plot = over_time("Kinetic energy  $E$", &scale, &run.time, parts);
    Figure::of("energy", Plot { sources: sources(references), marks: remeshes(of, &scale), ..plot })
}

/// The terms of the energy balance over time, and the residual. None if there is only dissipation.
pub fn balance(of: &Run) -> Option<Figure> {
    let Run { history: run, energy: budget, .. } = of;
    if run.time.len() < 2 || budget.only_dissipates(run) {
        return None;
    }
    let gains = budget.gains();
    let largest = gains.iter().map(|(_, values)| peak(values)).fold(0.0, f64::max);
    let scale = Timescale::of(of);
    let time = scale.all(&run.time);
    let shown = gains.iter().zip(CURVES).filter(|((_, values), _)| peak(values) > 1e-3 * largest);
    let mut parts: Vec<Part> =
        shown.map(|((name, values), colour)| Part::line(*name, colour, points(&time, values))).collect();
    let sink: Vec<f64> = run.dissipation.iter().map(|value| -value).collect();
    parts.push(Part::line("$-ε$", CURVES[3], points(&time, &sink)));
    if let Some(residual) = &budget.residual {
        let rate = |i: usize| (residual[i + 1] - residual[i]) / (run.time[i + 1] - run.time[i]);
        let middle = |i: usize| 0.5 * (time[i] + time[i + 1]);
        let rates = (0..run.time.len() - 1).map(|i| (middle(i), rate(i))).collect();
        parts.push(Part::line("residual", BLACK, rates).wide(0.6));
    }
    let plot = over_time("Terms of the energy balance  $dE/dt$", &scale, &run.time, parts);
    Some(Figure::of("balance", Plot { marks: remeshes(of, &scale), ..plot }))
}

/// Anisotropy of the Reynolds stresses, over the total shear if the mean flow is a shear. None if there is
/// nothing to draw.
pub fn stresses(of: &Run, references: &[PublishedStresses]) -> Option<Figure> {
    let Run { history: run, stresses, .. } = of;
    let seen = |values: &[f64]| values.iter().any(|value| value.abs() > LEAST_ANISOTROPY);
    if run.time.len() < 2 || !stresses.anisotropy.iter().any(|(_, values)| seen(values)) {
        return None;
    }
    let scale = Timescale::of(of);
    let x = &scale.all(&run.time)[..];
    let (from, to) = (x[0], x[x.len() - 1]);
    let within = |shear: &f64| (from..=to).contains(shear);
    let shown = stresses.anisotropy.iter().zip(CURVES).enumerate();
    let parts = shown.filter(|(_, ((_, values), _))| seen(values)).map(|(i, ((name, values), colour))| {
        let errors = of.errors(&format!("b_{name}")).unwrap_or_default();
        let part = Part::line(format!("$b_{{{name}}}$"), colour, points(x, values));
        let mut part = part.within(x, values, errors);
        for (source, reference) in references.iter().enumerate().filter(|_| stresses.shear.is_some()) {
            let Some(published) = reference.anisotropy.get(i) else { continue };
            let stations = points(&reference.shear, published).into_iter();
            part = part.published(source, stations.filter(|(shear, _)| within(shear)).collect());
        }
        part
    });
    let y = Axis::linear("Anisotropy  $b_{ij} = ⟨u_i u_j⟩/q^2 - δ_{ij}/3$");
    let plot = Plot::new(Axis::linear(scale.label()).within(from, to), y, parts.collect()).with_zero();
    let sources = references.iter().map(|reference| reference.label.clone()).collect();
    Some(Figure::of("stresses", Plot { sources, ..plot }))
}

/// Skewness of the longitudinal derivatives over time. None if there is none.
pub fn skewness(of: &Run, budget: &Table) -> Option<Figure> {
    let scale = Timescale::of(of);
    let time = budget.find("time").filter(|time| time.len() >= 2)?;
    let names = [("skewness_x", "$∂u/∂x$"), ("skewness_y", "$∂v/∂y$"), ("skewness_z", "$∂w/∂z$")];
    let columns = names.into_iter().filter_map(|(column, label)| Some((label, budget.find(column)?)));
    let columns: Vec<(&str, &[f64])> = columns.collect();
    if !columns.iter().flat_map(|(_, values)| *values).any(|skewness| skewness.abs() > 1e-10) {
        return None;
    }
    // The samples are far apart: between them the line is not known.
    let part = |((label, values), (colour, marker)): ((&str, &[f64]), (Colour, Marker))| {
        Part::line(label, colour, points(&scale.all(time), values)).wide(0.6).marked(marker)
    };
    let parts = columns.into_iter().zip(CURVES.into_iter().zip(Marker::ALL)).map(part).collect();
    Some(Figure::of("skewness", over_time("Skewness of the derivatives", &scale, time, parts)))
}

/// dy/dx at the inner samples: the derivative of the parabola through three neighbours with any spacing.
pub fn derivative(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let slope = |i: usize| (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
    let inner = 1..x.len() - 1;
    let at = |i: usize| {
        let (before, after) = (x[i] - x[i - 1], x[i + 1] - x[i]);
        (after * slope(i - 1) + before * slope(i)) / (before + after)
    };
    (x[inner.clone()].to_vec(), inner.map(at).collect())
}

/// Marks at the first sample after each remeshing that dropped energy.
pub fn remeshes(run: &Run, scale: &Timescale) -> Vec<Layer> {
    let (time, dropped) = (&run.history.time, run.column("remesh_energy").unwrap_or_default());
    let after = (1..dropped.len()).filter(|&i| dropped[i] > dropped[i - 1]);
    let label = |first| if first { "remeshed" } else { "" };
    after.enumerate().map(|(n, i)| Layer::upright(label(n == 0), scale.at(time[i]))).collect()
}

/// A part with the references as markers within the times of the run, spaced so that they hide neither the
/// run nor each other.
fn published_within(
    mut part: Part,
    run: &History,
    scale: &Timescale,
    references: &[PublishedHistory],
    values: fn(&History) -> &Vec<f64>,
) -> Part {
    for (source, reference) in references.iter().enumerate() {
        let Some((from, to)) = reference.common(run) else { continue };
        let distance = (run.time[run.time.len() - 1] - run.time[0]) / MOST_MARKERS;
        let mut next = from + distance * source as f64 / references.len() as f64;
        let mut shown = Vec::new();
        for (time, value) in points(&reference.history.time, values(&reference.history)) {
            if (next..=to).contains(&time) {
                shown.push((scale.at(time), value));
                next = time + distance;
            }
        }
        part = part.published(source, shown);
    }
    part
}

fn sources(references: &[PublishedHistory]) -> Vec<String> {
    references.iter().map(|reference| reference.label.clone()).collect()
}

/// A plot over the times of the run, in the unit of its flow.
pub fn over_time(label: &str, scale: &Timescale, time: &[f64], parts: Vec<Part>) -> Plot {
    let [from, to] = [time[0], time[time.len() - 1]].map(|time| scale.at(time));
    Plot::new(Axis::linear(scale.label()).within(from, to), Axis::linear(label), parts)
}
