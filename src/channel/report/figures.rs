//! The figures of a channel: profiles with their sampling errors as bands and published ones as
//! markers, and the history of the friction.

use std::path::Path;

use super::profiles::{Column, find};
use super::reference::Published;
use super::{Averaged, Run, spectral};
use crate::error::Result;
use crate::report::frame::{
    Curve, Frame, GREY, PARTS, REFERENCES, RUN, Stroke, band, curve, linear, semilogarithmic, zero,
};

/// Maximum number of markers of a published profile; more would hide the curve.
const MOST_MARKERS: f64 = 40.0;
/// The logarithmic law, `U+ = 1/KAPPA ln y+ + INTERCEPT` (Pope 2000, section 7.1.4), and the y+ from
/// which it is drawn.
const KAPPA: f64 = 0.41;
const INTERCEPT: f64 = 5.2;
const LOGARITHMIC_FROM: f64 = 20.0;
/// The y+ from which the mean velocity is drawn, and that up to which budgets and vorticity are.
const NEAREST: f64 = 0.5;
const NEAR_WALL: f64 = 100.0;

/// Draws the figures for which there are data to `dir` and returns their names.
pub fn draw(dir: &Path, run: &Run, viscosity: f64) -> Result<Vec<&'static str>> {
    let mut drawn = Vec::new();
    // A fluid at rest has no wall units.
    let moves = |averaged: &&Averaged| {
        averaged.number("re_tau").is_some_and(|(re_tau, _)| re_tau.is_finite() && re_tau > 0.0)
    };
    if let Some(averaged) = run.averaged.as_ref().filter(moves) {
        let axis = Axis::of(run, averaged);
        mean_velocity(dir, run, averaged)?;
        stresses(dir, run, averaged, &axis)?;
        let axis = axis.near_the_wall();
        vorticity(dir, averaged, &axis)?;
        budget(dir, averaged, &axis)?;
        drawn.extend(["mean_velocity", "stresses", "vorticity", "budget_k"]);
        if !run.flow.scalars.is_empty() {
            scalars(dir, run, averaged, &Axis::of(run, averaged))?;
            drawn.extend(["scalar_mean", "scalar_rms"]);
        }
        if let Some(lines) = &averaged.lines {
            let published = if run.symmetric() { &run.published_lines[..] } else { &[] };
            drawn.extend(spectral::draw(dir, lines, &averaged.findings.profiles[1].values, published)?);
        }
    }
    if friction(dir, run, viscosity)? {
        drawn.push("friction");
    }
    Ok(drawn)
}

/// Name of a column, label, colour, and sign.
type Part<'a> = (&'a str, &'a str, &'static str, f64);

/// y+ if the halves are alike, so that published profiles can be overlaid; else y, from wall to wall.
struct Axis<'a> {
    places: &'a [f64],
    label: &'static str,
    to: f64,
    references: &'a [Published],
}

impl<'a> Axis<'a> {
    fn of(run: &'a Run, averaged: &'a Averaged) -> Self {
        let [y, y_plus] = [0, 1].map(|i| &averaged.findings.profiles[i].values[..]);
        let (places, label) = match run.symmetric() {
            true => (y_plus, "Distance from the wall  y⁺"),
            false => (y, "Distance from the lower wall  y/h"),
        };
        Self { places, label, to: places.last().copied().unwrap_or(1.0), references: run.comparable() }
    }

    /// Limits the axis to the region near the wall.
    fn near_the_wall(mut self) -> Self {
        self.to = self.to.min(NEAR_WALL);
        self
    }

    /// Draws `curves` and, above them, the columns, each with its label, colour and sign.
    fn draw(
        &self,
        dir: &Path,
        name: &str,
        label: &str,
        columns: &[Column],
        parts: &[Part],
        mut curves: Vec<Curve>,
    ) -> Result<()> {
        for (name, label, colour, sign) in parts {
            curves.extend(
                find(columns, name).into_iter().flat_map(|column| self.curves(column, label, colour, *sign)),
            );
        }
        // Colours distinguish the quantities, markers the sources.
        for (reference, (_, marker)) in self.references.iter().zip(REFERENCES.into_iter().cycle()) {
            if parts.iter().any(|(name, ..)| reference.find(name).is_some()) {
                curves.push(Curve {
                    label: reference.label.clone(),
                    colour: GREY,
                    stroke: Stroke::Markers(marker),
                    points: Vec::new(),
                });
            }
        }
        linear(&Frame { dir, name, x: self.label, y: label }, (0.0, self.to), curves)
    }

    /// A column times `sign`, with its error and the published values.
    fn curves(&self, column: &Column, label: &str, colour: &'static str, sign: f64) -> Vec<Curve> {
        let shown: Vec<usize> =
            (0..self.places.len()).filter(|&i| self.places[i] <= self.to * (1.0 + 1e-12)).collect();
        let of = |values: &[f64], sign: f64| shown.iter().map(|&i| sign * values[i]).collect::<Vec<f64>>();
        let (x, values, errors) = (of(self.places, 1.0), of(&column.values, sign), of(&column.errors, 1.0));
        let own = [band(colour, &x, &values, &errors), curve(label, colour, Stroke::Line(2.5), &x, &values)];
        let published = self.references.iter().zip(REFERENCES.into_iter().cycle()).filter_map(
            |(reference, (_, marker))| {
                let profile = reference.find(&column.name)?;
                let points = profile.y_plus.iter().zip(&profile.values).map(|(x, value)| (*x, sign * value));
                let points = apart(points.filter(|(x, _)| *x <= self.to), self.to / MOST_MARKERS, |x| x);
                Some(Curve { label: String::new(), colour, stroke: Stroke::Markers(marker), points })
            },
        );
        own.into_iter().chain(published).collect()
    }
}

/// The points that are at least `distance` apart in `scale` of x.
fn apart(
    points: impl Iterator<Item = (f64, f64)>,
    distance: f64,
    scale: impl Fn(f64) -> f64,
) -> Vec<(f64, f64)> {
    let mut next = f64::NEG_INFINITY;
    let far = |point: &(f64, f64)| {
        let is_far = scale(point.0) >= next;
        if is_far {
            next = scale(point.0) + distance;
        }
        is_far
    };
    points.filter(far).collect()
}

/// U+ relative to the nearer wall over y+, with `U+ = y+` and the logarithmic law.
fn mean_velocity(dir: &Path, run: &Run, averaged: &Averaged) -> Result<()> {
    let profiles = &averaged.findings.profiles;
    let (y, y_plus) = (&profiles[0].values, &profiles[1].values);
    let Some(mean) = find(profiles, "U") else { return Ok(()) };
    // y is 1 and y+ is Re_tau in the centre.
    let to = averaged.number("re_tau").map_or(1.0, |re_tau| re_tau.0);
    let from = NEAREST.min(0.1 * to);
    let mut curves = Vec::new();
    let halves: &[(&str, &str, usize)] = match run.symmetric() {
        true => &[("this run", RUN, 0)],
        false => &[("this run, lower wall", RUN, 0), ("upper wall", PARTS[5], 1)],
    };
    for &(label, colour, wall) in halves {
        let shown = |i: &usize| y_plus[*i] >= from && (y[*i] > 1.0) == (wall == 1);
        let mut points: Vec<usize> = (0..y.len()).filter(shown).collect();
        if wall == 1 {
            points.reverse();
        }
        let of = |value: &dyn Fn(usize) -> f64| points.iter().map(|&i| value(i)).collect::<Vec<f64>>();
        let (x, u, error) = (of(&|i| y_plus[i]), of(&|i| mean.values[i].abs()), of(&|i| mean.errors[i]));
        curves.extend([band(colour, &x, &u, &error), curve(label, colour, Stroke::Line(4.0), &x, &u)]);
    }
    let top =
        (0..=40).map(|i| from * (12.0f64.min(to) / from).powf(f64::from(i) / 40.0)).map(|y| (y, y)).collect();
    curves
        .push(Curve { label: "U⁺ = y⁺".into(), colour: "black", stroke: Stroke::Line(1.0), points: top });
    if to > 2.0 * LOGARITHMIC_FROM {
        let points = [LOGARITHMIC_FROM, to].map(|y| (y, y.ln() / KAPPA + INTERCEPT)).to_vec();
        curves.push(Curve {
            label: format!("ln y⁺ / {KAPPA} + {INTERCEPT}"),
            colour: GREY,
            stroke: Stroke::Dashed(1.5),
            points,
        });
    }
    for (reference, (colour, marker)) in run.comparable().iter().zip(REFERENCES.into_iter().cycle()) {
        let Some(profile) = reference.find("U") else { continue };
        let within = profile
            .y_plus
            .iter()
            .copied()
            .zip(profile.values.iter().copied())
            .filter(|(y, _)| (from..=to).contains(y));
        let points = apart(within, (to / from).ln() / MOST_MARKERS, f64::ln);
        curves.push(Curve {
            label: reference.label.clone(),
            colour,
            stroke: Stroke::Markers(marker),
            points,
        });
    }
    let label = match run.symmetric() {
        true => "Mean velocity  U⁺",
        false => "Mean velocity relative to the nearer wall, in u_τ of both  U⁺",
    };
    let frame = Frame { dir, name: "mean_velocity", x: "Distance from the wall  y⁺", y: label };
    semilogarithmic(&frame, (from, to), curves)
}

fn stresses(dir: &Path, run: &Run, averaged: &Averaged, axis: &Axis) -> Result<()> {
    // Positive in the half that is drawn.
    let (shear, sign) = if run.symmetric() { ("−⟨uv⟩", -1.0) } else { ("⟨uv⟩", 1.0) };
    let parts = [
        ("uu", "⟨uu⟩", PARTS[0], 1.0),
        ("vv", "⟨vv⟩", PARTS[1], 1.0),
        ("ww", "⟨ww⟩", PARTS[2], 1.0),
        ("uv", shear, PARTS[3], sign),
    ];
    axis.draw(
        dir,
        "stresses",
        "Reynolds stresses / u_τ²",
        &averaged.findings.profiles,
        &parts,
        vec![zero(0.0, axis.to)],
    )
}

/// Mean and rms of all scalars, each in its own theta_tau.
fn scalars(dir: &Path, run: &Run, averaged: &Averaged, axis: &Axis) -> Result<()> {
    for (figure, of, label) in
        [("scalar_mean", "mean", "Mean scalar / θ_τ"), ("scalar_rms", "rms", "Rms of the scalar / θ_τ")]
    {
        let names: Vec<String> =
            run.flow.scalars.iter().map(|scalar| format!("{}_{of}", scalar.name)).collect();
        let parts = names.iter().zip(&run.flow.scalars).zip(PARTS.into_iter().cycle());
        let parts: Vec<Part> =
            parts.map(|((name, scalar), colour)| (&**name, &*scalar.name, colour, 1.0)).collect();
        axis.draw(dir, figure, label, &averaged.findings.profiles, &parts, Vec::new())?;
    }
    Ok(())
}

fn vorticity(dir: &Path, averaged: &Averaged, axis: &Axis) -> Result<()> {
    let parts = [
        ("omega_x_rms", "ω_x", PARTS[0], 1.0),
        ("omega_y_rms", "ω_y", PARTS[1], 1.0),
        ("omega_z_rms", "ω_z", PARTS[2], 1.0),
    ];
    axis.draw(
        dir,
        "vorticity",
        "Rms of the vorticity  ν / u_τ²",
        &averaged.findings.profiles,
        &parts,
        Vec::new(),
    )
}

fn budget(dir: &Path, averaged: &Averaged, axis: &Axis) -> Result<()> {
    let parts = [
        ("production_k", "production", PARTS[0], 1.0),
        ("transport_k", "turbulent transport", PARTS[1], 1.0),
        ("viscous_k", "viscous diffusion", PARTS[2], 1.0),
        ("pressure_transport_k", "pressure transport", PARTS[3], 1.0),
        ("dissipation_k", "dissipation", PARTS[5], 1.0),
        ("residual_k", "residual", "black", 1.0),
    ];
    axis.draw(
        dir,
        "budget_k",
        "Budget of k  ν / u_τ⁴",
        &averaged.findings.budgets,
        &parts,
        vec![zero(0.0, axis.to)],
    )
}

/// Draws Re_tau over time, from the wall shear and from the pressure gradient G, `sqrt(|G|) / nu`,
/// and marks the beginning of the averages. False for a series without these columns.
fn friction(dir: &Path, run: &Run, viscosity: f64) -> Result<bool> {
    let series = run.series;
    let (Some(time), Some(re_tau)) = (series.find("time"), series.find("re_tau")) else { return Ok(false) };
    let mut curves = vec![curve("from the wall shear", RUN, Stroke::Line(4.0), time, re_tau)];
    if let Some(gradient) =
        series.find("pressure_gradient").filter(|values| values.iter().any(|value| *value != 0.0))
    {
        // It is not known before the first step.
        let held: Vec<f64> = gradient
            .iter()
            .map(|value| if *value == 0.0 { f64::NAN } else { value.abs().sqrt() / viscosity })
            .collect();
        curves.push(curve(
            "from the pressure gradient, |dP/dx|^½ / ν",
            "black",
            Stroke::Line(1.0),
            time,
            &held,
        ));
    }
    let (from, to) = (time[0], time[time.len() - 1]);
    let begin = run.flow.sampling.from;
    if run.averaged.is_some() && (from..=to).contains(&begin) {
        let values = || curves.iter().flat_map(|curve| &curve.points).map(|point| point.1);
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let points = vec![(begin, low), (begin, high)];
        curves.push(Curve {
            label: "averages begin".into(),
            colour: GREY,
            stroke: Stroke::Dashed(1.5),
            points,
        });
    }
    linear(
        &Frame { dir, name: "friction", x: "Time  t", y: "Friction Reynolds number  Re_τ" },
        (from, to),
        curves,
    )
    .map(|()| true)
}
