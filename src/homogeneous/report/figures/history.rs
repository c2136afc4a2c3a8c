//! Figures over time: dissipation, energy, the terms of its balance, Reynolds stresses, derivative
//! skewness.

use super::super::balance::{EnergyBudget, LEAST_SAMPLES};
use super::super::reference::{PublishedHistory, PublishedStresses};
use super::super::shear::Stresses;
use crate::error::Result;
use crate::figure::palette::{BLACK, CURVES, GREY};
use crate::figure::{Axis, Layer, Marker, Panel, plain};
use crate::report::gallery::{Gallery, REFERENCES, RUN, points, zero};
use crate::report::series::{History, Table};

/// Maximum number of markers along the axis; more would hide the curves.
const MOST_MARKERS: f64 = 40.0;
/// Smallest magnitude of a component of the anisotropy that is drawn.
const LEAST_ANISOTROPY: f64 = 1e-3;

/// Dissipation rate over time, with -dE/dt of the run and the references.
pub fn dissipation(gallery: &Gallery, run: &History, references: &[PublishedHistory]) -> Result<()> {
    let mut layers = vec![Layer::line("$ε$, this run", RUN, points(&run.time, &run.dissipation)).wide(1.6)];
    if run.time.len() >= LEAST_SAMPLES {
        let (time, decay) = decay(run);
        layers.push(Layer::line("$-dE/dt$, this run", BLACK, points(&time, &decay)).wide(0.6));
    }
    layers.extend(references_within(run, references, |history| &history.dissipation));
    over_time(gallery, "dissipation", "Dissipation rate  $ε$", &run.time, layers)
}

/// Kinetic energy over time, with the references.
pub fn energy(gallery: &Gallery, run: &History, references: &[PublishedHistory]) -> Result<()> {
    let mut layers = vec![Layer::line("this run", RUN, points(&run.time, &run.energy))];
    layers.extend(references_within(run, references, |history| &history.energy));
    over_time(gallery, "energy", "Kinetic energy  $E$", &run.time, layers)
}

/// The terms of the energy balance over time, and the residual. False if there is only dissipation.
pub fn balance(gallery: &Gallery, run: &History, budget: &EnergyBudget) -> Result<bool> {
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
    let shown = gains.iter().zip(CURVES).filter(|((_, values), _)| peak(values) > 1e-3 * largest);
    let mut layers: Vec<Layer> =
        shown.map(|((name, values), colour)| Layer::line(*name, colour, points(&run.time, values))).collect();
    let sink: Vec<f64> = run.dissipation.iter().map(|value| -value).collect();
    layers.push(Layer::line("$-ε$", CURVES[3], points(&run.time, &sink)));
    if let Some(residual) = &budget.residual {
        let rate = |i: usize| (residual[i + 1] - residual[i]) / (run.time[i + 1] - run.time[i]);
        let middle = |i: usize| 0.5 * (run.time[i] + run.time[i + 1]);
        let rates = (0..run.time.len() - 1).map(|i| (middle(i), rate(i))).collect();
        layers.push(Layer::line("residual", BLACK, rates).wide(0.6));
    }
    over_time(gallery, "balance", "Terms of the energy balance  $dE/dt$", &run.time, layers).map(|()| true)
}

/// Anisotropy of the Reynolds stresses, over the total shear if the mean flow is a shear. False if
/// there is nothing to draw.
pub fn stresses(
    gallery: &Gallery,
    run: &History,
    stresses: &Stresses,
    references: &[PublishedStresses],
) -> Result<bool> {
    let seen = |values: &[f64]| values.iter().any(|value| value.abs() > LEAST_ANISOTROPY);
    let shown: Vec<_> =
        stresses.anisotropy.iter().zip(CURVES).filter(|((_, values), _)| seen(values)).collect();
    if shown.is_empty() || run.time.len() < 2 {
        return Ok(false);
    }
    let (x, label) =
        stresses.shear.as_ref().map_or((&run.time, "Time  $t$"), |shear| (shear, "Total shear  $S t$"));
    let (from, to) = (x[0], x[x.len() - 1]);
    let mut layers = vec![zero((from, to))];
    layers.extend(
        shown.iter().map(|((name, values), colour)| {
            Layer::line(format!("$b_{{{name}}}$"), *colour, points(x, values))
        }),
    );
    let overlaid = references.iter().filter(|_| stresses.shear.is_some()).zip(REFERENCES.into_iter().cycle());
    for (reference, (_, marker)) in overlaid {
        let within = |shear: &f64| (from..=to).contains(shear);
        if !reference.shear.iter().any(within) {
            continue;
        }
        for (values, colour) in reference.anisotropy.iter().zip(CURVES) {
            let stations = points(&reference.shear, values).into_iter().filter(|(shear, _)| within(shear));
            layers.push(Layer::markers("", colour, marker, stations.collect()));
        }
        layers.push(Layer::markers(plain(&reference.label), GREY, marker, Vec::new()));
    }
    let y = "Anisotropy  $b_{ij} = ⟨u_i u_j⟩/q^2 - δ_{ij}/3$";
    gallery.draw("stresses", Panel::new(Axis::linear(label).within(from, to), Axis::linear(y), layers))?;
    Ok(true)
}

/// Skewness of the longitudinal derivatives over time. False if there is none.
pub fn skewness(gallery: &Gallery, budget: &Table) -> Result<bool> {
    let Some(time) = budget.find("time").filter(|time| time.len() >= 2) else { return Ok(false) };
    let names = [("skewness_x", "$∂u/∂x$"), ("skewness_y", "$∂v/∂y$"), ("skewness_z", "$∂w/∂z$")]
        .into_iter()
        .zip(CURVES);
    let layers: Vec<Layer> = names
        .zip(Marker::ALL)
        .filter_map(|(((column, label), colour), marker)| {
            let values = points(time, budget.find(column)?);
            // The samples are far apart: between them the line is not known.
            let line = Layer::line("", colour, values.clone()).wide(0.6);
            Some([line, Layer::markers(label, colour, marker, values)])
        })
        .flatten()
        .collect();
    if !layers.iter().flat_map(|layer| &layer.points).any(|(_, skewness)| skewness.abs() > 1e-10) {
        return Ok(false);
    }
    over_time(gallery, "skewness", "Skewness of the derivatives", time, layers).map(|()| true)
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
) -> Vec<Layer> {
    let mut layers = Vec::new();
    for (i, (reference, (colour, marker))) in
        references.iter().zip(REFERENCES.into_iter().cycle()).enumerate()
    {
        let Some((from, to)) = reference.common(run) else { continue };
        let distance = (run.time[run.time.len() - 1] - run.time[0]) / MOST_MARKERS;
        let mut next = from + distance * i as f64 / references.len() as f64;
        let mut shown = Vec::new();
        for (time, value) in points(&reference.history.time, values(&reference.history)) {
            if (next..=to).contains(&time) {
                shown.push((time, value));
                next = time + distance;
            }
        }
        layers.push(Layer::markers(plain(&reference.label), colour, marker, shown));
    }
    layers
}

fn over_time(gallery: &Gallery, name: &str, label: &str, time: &[f64], layers: Vec<Layer>) -> Result<()> {
    let x = Axis::linear("Time  $t$").within(time[0], time[time.len() - 1]);
    gallery.draw(name, Panel::new(x, Axis::linear(label), layers))
}
