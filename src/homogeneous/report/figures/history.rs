//! Figures over time: dissipation, energy, the terms of its balance, Reynolds stresses, derivative
//! skewness.

use super::super::Run;
use super::super::balance::{EnergyBudget, LEAST_SAMPLES};
use super::super::reference::{PublishedHistory, PublishedStresses};
use crate::figure::palette::{BLACK, CURVES, Colour};
use crate::figure::{Axis, Marker};
use crate::report::gallery::{RUN, points};
use crate::report::plot::{Figure, Part, Plot};
use crate::report::series::{History, Table};

/// Maximum number of markers along the axis; more would hide the curves.
const MOST_MARKERS: f64 = 40.0;
/// Smallest magnitude of a component of the anisotropy that is drawn.
const LEAST_ANISOTROPY: f64 = 1e-3;

/// Dissipation rate over time, with -dE/dt of the run and the references.
pub fn dissipation(of: &Run, references: &[PublishedHistory]) -> Figure {
    let run = &of.history;
    let own = Part::line("$ε$, this run", RUN, points(&run.time, &run.dissipation)).wide(1.6);
    let own = own.within(&run.time, &run.dissipation, of.errors("dissipation").unwrap_or_default());
    let mut parts = vec![published_within(own, run, references, |history| &history.dissipation)];
    if run.time.len() >= LEAST_SAMPLES {
        let (time, decay) = decay(run);
        parts.push(Part::line("$-dE/dt$, this run", BLACK, points(&time, &decay)).wide(0.6));
    }
    let plot = over_time("Dissipation rate  $ε$", &run.time, parts);
    Figure::of("dissipation", Plot { sources: sources(references), ..plot })
}

/// Kinetic energy over time, with the references.
pub fn energy(of: &Run, references: &[PublishedHistory]) -> Figure {
    let run = &of.history;
    let own = Part::line("this run", RUN, points(&run.time, &run.energy));
    let own = own.within(&run.time, &run.energy, of.errors("energy").unwrap_or_default());
    let parts = vec![published_within(own, run, references, |history| &history.energy)];
    let plot = over_time("Kinetic energy  $E$", &run.time, parts);
    Figure::of("energy", Plot { sources: sources(references), ..plot })
}

/// The terms of the energy balance over time, and the residual. None if there is only dissipation.
pub fn balance(run: &History, budget: &EnergyBudget) -> Option<Figure> {
    let peak = |values: &[f64]| {
        values.iter().filter(|value| value.is_finite()).fold(0.0, |peak: f64, value| peak.max(value.abs()))
    };
    let gains = [
        ("production", &budget.production),
        ("injection", &budget.injection),
        ("buoyancy flux", &budget.buoyancy_flux),
    ];
    let largest = gains.iter().map(|(_, values)| peak(values)).fold(0.0, f64::max);
    if run.time.len() < 2 || largest <= 1e-12 * peak(&run.dissipation) || largest == 0.0 {
        return None;
    }
    let shown = gains.iter().zip(CURVES).filter(|((_, values), _)| peak(values) > 1e-3 * largest);
    let mut parts: Vec<Part> =
        shown.map(|((name, values), colour)| Part::line(*name, colour, points(&run.time, values))).collect();
    let sink: Vec<f64> = run.dissipation.iter().map(|value| -value).collect();
    parts.push(Part::line("$-ε$", CURVES[3], points(&run.time, &sink)));
    if let Some(residual) = &budget.residual {
        let rate = |i: usize| (residual[i + 1] - residual[i]) / (run.time[i + 1] - run.time[i]);
        let middle = |i: usize| 0.5 * (run.time[i] + run.time[i + 1]);
        let rates = (0..run.time.len() - 1).map(|i| (middle(i), rate(i))).collect();
        parts.push(Part::line("residual", BLACK, rates).wide(0.6));
    }
    Some(Figure::of("balance", over_time("Terms of the energy balance  $dE/dt$", &run.time, parts)))
}

/// Anisotropy of the Reynolds stresses, over the total shear if the mean flow is a shear. None if there is
/// nothing to draw.
pub fn stresses(of: &Run, references: &[PublishedStresses]) -> Option<Figure> {
    let Run { history: run, stresses, .. } = of;
    let seen = |values: &[f64]| values.iter().any(|value| value.abs() > LEAST_ANISOTROPY);
    if run.time.len() < 2 || !stresses.anisotropy.iter().any(|(_, values)| seen(values)) {
        return None;
    }
    let (x, label) =
        stresses.shear.as_ref().map_or((&run.time, "Time  $t$"), |shear| (shear, "Total shear  $S t$"));
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
    let plot = Plot::new(Axis::linear(label).within(from, to), y, parts.collect()).with_zero();
    let sources = references.iter().map(|reference| reference.label.clone()).collect();
    Some(Figure::of("stresses", Plot { sources, ..plot }))
}

/// Skewness of the longitudinal derivatives over time. None if there is none.
pub fn skewness(budget: &Table) -> Option<Figure> {
    let time = budget.find("time").filter(|time| time.len() >= 2)?;
    let names = [("skewness_x", "$∂u/∂x$"), ("skewness_y", "$∂v/∂y$"), ("skewness_z", "$∂w/∂z$")];
    let columns = names.into_iter().filter_map(|(column, label)| Some((label, budget.find(column)?)));
    let columns: Vec<(&str, &[f64])> = columns.collect();
    if !columns.iter().flat_map(|(_, values)| *values).any(|skewness| skewness.abs() > 1e-10) {
        return None;
    }
    // The samples are far apart: between them the line is not known.
    let part = |((label, values), (colour, marker)): ((&str, &[f64]), (Colour, Marker))| {
        Part::line(label, colour, points(time, values)).wide(0.6).marked(marker)
    };
    let parts = columns.into_iter().zip(CURVES.into_iter().zip(Marker::ALL)).map(part).collect();
    Some(Figure::of("skewness", over_time("Skewness of the derivatives", time, parts)))
}

/// -dE/dt at the inner samples: the derivative of the parabola through three neighbours with any
/// spacing.
fn decay(run: &History) -> (Vec<f64>, Vec<f64>) {
    let slope = |i: usize| (run.energy[i + 1] - run.energy[i]) / (run.time[i + 1] - run.time[i]);
    let inner = 1..run.time.len() - 1;
    let derivative = |i: usize| {
        let (before, after) = (run.time[i] - run.time[i - 1], run.time[i + 1] - run.time[i]);
        -(after * slope(i - 1) + before * slope(i)) / (before + after)
    };
    (run.time[inner.clone()].to_vec(), inner.map(derivative).collect())
}

/// A part with the references as markers within the times of the run, spaced so that they hide neither the
/// run nor each other.
fn published_within(
    mut part: Part,
    run: &History,
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
                shown.push((time, value));
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

fn over_time(label: &str, time: &[f64], parts: Vec<Part>) -> Plot {
    Plot::new(Axis::linear("Time  $t$").within(time[0], time[time.len() - 1]), Axis::linear(label), parts)
}
