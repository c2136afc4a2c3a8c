//! Figures over time: dissipation, energy, the terms of its balance, Reynolds stresses, derivative
//! skewness.

use std::path::Path;

use super::super::balance::{EnergyBudget, LEAST_SAMPLES};
use super::super::reference::{PublishedHistory, PublishedStresses};
use super::super::shear::Stresses;
use crate::error::Result;
use crate::report::frame::{Curve, Frame, GREY, PARTS, REFERENCES, RUN, Stroke, curve, linear, zero};
use crate::report::series::{History, Table};

/// Maximum number of markers along the axis; more would hide the curves.
const MOST_MARKERS: f64 = 40.0;
/// Smallest magnitude of a component of the anisotropy that is drawn.
const LEAST_ANISOTROPY: f64 = 1e-3;

/// Dissipation rate over time, with -dE/dt of the run and the references.
pub fn dissipation(dir: &Path, run: &History, references: &[PublishedHistory]) -> Result<()> {
    let mut curves = vec![curve("ε, this run", RUN, Stroke::Line(4.0), &run.time, &run.dissipation)];
    if run.time.len() >= LEAST_SAMPLES {
        let (time, decay) = decay(run);
        curves.push(curve("−dE/dt, this run", "black", Stroke::Line(1.0), &time, &decay));
    }
    curves.extend(references_within(run, references, |history| &history.dissipation));
    over_time(dir, "dissipation", "Dissipation rate  ε", &run.time, curves)
}

/// Kinetic energy over time, with the references.
pub fn energy(dir: &Path, run: &History, references: &[PublishedHistory]) -> Result<()> {
    let mut curves = vec![curve("this run", RUN, Stroke::Line(4.0), &run.time, &run.energy)];
    curves.extend(references_within(run, references, |history| &history.energy));
    over_time(dir, "energy", "Kinetic energy  E", &run.time, curves)
}

/// The terms of the energy balance over time, and the residual. False if there is only dissipation.
pub fn balance(dir: &Path, run: &History, budget: &EnergyBudget) -> Result<bool> {
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
        return Ok(false);
    }
    let shown = gains.iter().zip(PARTS).filter(|((_, values), _)| peak(values) > 1e-3 * largest);
    let mut curves: Vec<Curve> = shown
        .map(|((name, values), colour)| curve(name, colour, Stroke::Line(2.5), &run.time, values))
        .collect();
    let sink: Vec<f64> = run.dissipation.iter().map(|value| -value).collect();
    curves.push(curve("−ε", PARTS[5], Stroke::Line(2.5), &run.time, &sink));
    if let Some(residual) = &budget.residual {
        let rate = |i: usize| (residual[i + 1] - residual[i]) / (run.time[i + 1] - run.time[i]);
        let (middle, rates): (Vec<f64>, Vec<f64>) =
            (0..run.time.len() - 1).map(|i| (0.5 * (run.time[i] + run.time[i + 1]), rate(i))).unzip();
        curves.push(curve("residual", "black", Stroke::Line(1.0), &middle, &rates));
    }
    over_time(dir, "balance", "Terms of the energy balance  dE/dt", &run.time, curves).map(|()| true)
}

/// Anisotropy of the Reynolds stresses, over the total shear if the mean flow is a shear. False if
/// there is nothing to draw.
pub fn stresses(
    dir: &Path,
    run: &History,
    stresses: &Stresses,
    references: &[PublishedStresses],
) -> Result<bool> {
    let seen = |values: &[f64]| values.iter().any(|value| value.abs() > LEAST_ANISOTROPY);
    let shown: Vec<_> =
        stresses.anisotropy.iter().zip(PARTS).filter(|((_, values), _)| seen(values)).collect();
    if shown.is_empty() || run.time.len() < 2 {
        return Ok(false);
    }
    let (x, label) =
        stresses.shear.as_ref().map_or((&run.time, "Time  t"), |shear| (shear, "Total shear  S t"));
    let (from, to) = (x[0], x[x.len() - 1]);
    let mut curves = vec![zero(from, to)];
    curves.extend(
        shown.iter().map(|((name, values), colour)| {
            curve(&format!("b_{name}"), colour, Stroke::Line(2.5), x, values)
        }),
    );
    let overlaid = references.iter().filter(|_| stresses.shear.is_some()).zip(REFERENCES.into_iter().cycle());
    for (reference, (_, marker)) in overlaid {
        let within = |shear: &f64| (from..=to).contains(shear);
        if !reference.shear.iter().any(within) {
            continue;
        }
        for (values, component) in reference.anisotropy.iter().zip(0..) {
            let stations = reference.shear.iter().copied().zip(values.iter().copied());
            let points = stations.filter(|(shear, _)| within(shear)).collect();
            curves.push(Curve {
                label: String::new(),
                colour: PARTS[component],
                stroke: Stroke::Markers(marker),
                points,
            });
        }
        curves.push(Curve {
            label: reference.label.clone(),
            colour: GREY,
            stroke: Stroke::Markers(marker),
            points: Vec::new(),
        });
    }
    let frame = Frame { dir, name: "stresses", x: label, y: "Anisotropy  b = ⟨u u⟩/q² − δ/3" };
    linear(&frame, (from, to), curves).map(|()| true)
}

/// Skewness of the longitudinal derivatives over time. False if there is none.
pub fn skewness(dir: &Path, budget: &Table) -> Result<bool> {
    let Some(time) = budget.find("time").filter(|time| time.len() >= 2) else { return Ok(false) };
    let names = [("skewness_x", "∂u/∂x"), ("skewness_y", "∂v/∂y"), ("skewness_z", "∂w/∂z")];
    let directions = names
        .iter()
        .zip(PARTS)
        .filter_map(|((column, label), colour)| Some((label, colour, budget.find(column)?)));
    let curves: Vec<Curve> = directions
        .map(|(label, colour, values)| curve(label, colour, Stroke::Line(2.0), time, values))
        .collect();
    if !curves.iter().flat_map(|curve| &curve.points).any(|(_, skewness)| skewness.abs() > 1e-10) {
        return Ok(false);
    }
    over_time(dir, "skewness", "Skewness of the derivatives", time, curves).map(|()| true)
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

/// The references as markers within the times of the run, spaced so that they hide neither the run nor
/// each other.
fn references_within(
    run: &History,
    references: &[PublishedHistory],
    values: fn(&History) -> &Vec<f64>,
) -> Vec<Curve> {
    let mut curves = Vec::new();
    for (i, (reference, (colour, marker))) in
        references.iter().zip(REFERENCES.into_iter().cycle()).enumerate()
    {
        let Some((from, to)) = reference.common(run) else { continue };
        let distance = (run.time[run.time.len() - 1] - run.time[0]) / MOST_MARKERS;
        let mut next = from + distance * i as f64 / references.len() as f64;
        let mut points = Vec::new();
        for (&time, &value) in reference.history.time.iter().zip(values(&reference.history)) {
            if (next..=to).contains(&time) {
                points.push((time, value));
                next = time + distance;
            }
        }
        curves.push(Curve {
            label: reference.label.clone(),
            colour,
            stroke: Stroke::Markers(marker),
            points,
        });
    }
    curves
}

fn over_time(dir: &Path, name: &str, label: &str, time: &[f64], curves: Vec<Curve>) -> Result<()> {
    linear(&Frame { dir, name, x: "Time  t", y: label }, (time[0], time[time.len() - 1]), curves)
}
