//! The figures of a channel: profiles with their sampling errors as bands and published ones as
//! markers, and the history of the friction.

mod curve;
mod mean;
mod shape;

use super::profiles::{Column, find};
use super::reference::{Published, References};
use super::{Averaged, Run, convergence, maps, phases, spectral};
use crate::figure::palette::{BLACK, CURVES, Colour, GREY};
use crate::figure::{Axis, Layer, plain};
use crate::report::convergence::figure;
use crate::report::gallery::{RUN, points};
use crate::report::plot::{Figure, Part, Plot};
use curve::Curve;

/// Maximum number of markers of a published profile; more would hide the curve.
const MOST_MARKERS: f64 = 40.0;
/// The y+ up to which budgets and vorticity are drawn.
const NEAR_WALL: f64 = 100.0;

/// The figures for which there are data. Several runs (not `alone`) share figures.
pub fn of(run: &Run, references: &References, alone: bool) -> Vec<Figure> {
    let mut figures = Vec::new();
    // A fluid at rest has no wall units.
    let moves = |averaged: &&Averaged| {
        averaged.number("re_tau").is_some_and(|(re_tau, _)| re_tau.is_finite() && re_tau > 0.0)
    };
    let averaged = run.averaged.as_ref().filter(moves);
    if let Some(averaged) = averaged {
        // In published channels both halves are alike.
        let none = References::default();
        let references = if run.symmetric() { references } else { &none };
        let places = Places::of(run, averaged, &references.profiles);
        figures.extend(mean::velocity(run, averaged, &references.profiles));
        figures.push(stresses(run, averaged, &places));
        let near = Places::of(run, averaged, &references.profiles).near_the_wall();
        figures.push(vorticity(averaged, &near));
        figures.push(shape::moments(averaged, &places));
        figures.extend(budgets(run, averaged, &near));
        figures.extend(phases::figures(&averaged.findings.phases, &near));
        if !run.flow.scalars.is_empty() {
            figures.extend(scalars(run, averaged, &places));
        }
        if let Some(lines) = &averaged.lines {
            let y_plus = &averaged.findings.profiles[1].values;
            figures.extend(spectral::figures(lines, y_plus, &references.lines, alone));
            if alone {
                figures.extend(maps::over_y(lines, y_plus));
            }
        }
        if let Some(spectra) = averaged.plane_spectra.as_ref().filter(|_| alone) {
            figures.extend(maps::over_both(spectra, &run.flow.scalars, run.symmetric()));
        }
    }
    if run.members.is_empty() {
        figures.extend(friction(run));
    }
    figures.extend(averaged.and_then(|averaged| figure(convergence::AXIS, &averaged.convergence)));
    figures
}

/// Name of a column, label, colour, and sign.
type Quantity<'a> = (&'a str, &'a str, Colour, f64);

/// y+ if the halves are alike, so that published profiles can be overlaid; else y, from wall to wall.
pub struct Places<'a> {
    /// Of the points of the curves.
    values: Vec<f64>,
    curve: Curve,
    label: &'static str,
    to: f64,
    references: &'a [Published],
}

impl<'a> Places<'a> {
    fn of(run: &Run, averaged: &'a Averaged, references: &'a [Published]) -> Self {
        let [y, y_plus] = [0, 1].map(|i| &averaged.findings.profiles[i].values[..]);
        let curve = Curve::new(y);
        let (unit, label) = match run.symmetric() {
            true => (y_plus[1] / y[1], "Distance from the wall  $y^+$"),
            false => (1.0, "Distance from the lower wall  $y/h$"),
        };
        let values: Vec<f64> = curve.distances.iter().map(|distance| unit * distance).collect();
        let to = values[values.len() - 1];
        Self { values, curve, label, to, references }
    }

    /// Limits the axis to the region near the wall.
    fn near_the_wall(mut self) -> Self {
        self.to = self.to.min(NEAR_WALL);
        self
    }

    /// A plot of the columns, each with its label, colour and sign.
    fn plot(&self, label: &str, columns: &[Column], quantities: &[Quantity]) -> Plot {
        let part = |(name, label, colour, sign): &Quantity| {
            Some(self.part(find(columns, name)?, label, *colour, *sign))
        };
        self.plot_of(label, quantities.iter().filter_map(part).collect())
    }

    /// A plot of these parts.
    pub fn plot_of(&self, label: &str, parts: Vec<Part>) -> Plot {
        let sources = self.references.iter().map(|reference| reference.label.clone()).collect();
        let plot = Plot::new(Axis::linear(self.label).within(0.0, self.to), Axis::linear(label), parts);
        Plot { sources, ..plot }
    }

    /// A column times `sign`, with its error and the published values.
    pub fn part(&self, column: &Column, label: &str, colour: Colour, sign: f64) -> Part {
        let shown: Vec<usize> =
            (0..self.values.len()).filter(|&i| self.values[i] <= self.to * (1.0 + 1e-12)).collect();
        let of = |values: &[f64], sign: f64| shown.iter().map(|&i| sign * values[i]).collect::<Vec<f64>>();
        let (values, errors) = (self.curve.values(&column.values), self.curve.linear(&column.errors));
        let (x, values, errors) = (of(&self.values, 1.0), of(&values, sign), of(&errors, 1.0));
        let mut part = Part::line(label, colour, points(&x, &values)).within(&x, &values, &errors);
        for (source, reference) in self.references.iter().enumerate() {
            let Some(profile) = reference.find(&column.name) else { continue };
            let points = profile.y_plus.iter().zip(&profile.values).map(|(x, value)| (*x, sign * value));
            let points = apart(points.filter(|(x, _)| *x <= self.to), self.to / MOST_MARKERS, |x| x);
            part = part.published(source, points);
        }
        part
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

fn stresses(run: &Run, averaged: &Averaged, places: &Places) -> Figure {
    // Positive in the half that is drawn.
    let (shear, sign) = if run.symmetric() { ("$-⟨u'v'⟩$", -1.0) } else { ("$⟨u'v'⟩$", 1.0) };
    let quantities = [
        ("uu", "$⟨u'^2⟩$", CURVES[0], 1.0),
        ("vv", "$⟨v'^2⟩$", CURVES[1], 1.0),
        ("ww", "$⟨w'^2⟩$", CURVES[2], 1.0),
        ("uv", shear, CURVES[3], sign),
    ];
    let label = "Reynolds stresses  $⟨u_i'u_j'⟩ / u_τ^2$";
    Figure::of("stresses", places.plot(label, &averaged.findings.profiles, &quantities).with_zero())
}

/// Mean and rms of all scalars, each in its own theta_tau.
fn scalars(run: &Run, averaged: &Averaged, places: &Places) -> [Figure; 2] {
    let of = |figure: &'static str, of: &str, label: &str| {
        let names: Vec<String> =
            run.flow.scalars.iter().map(|scalar| format!("{}_{of}", scalar.name)).collect();
        let labels: Vec<String> = run.flow.scalars.iter().map(|scalar| plain(&scalar.name)).collect();
        let quantities = names.iter().zip(&labels).zip(CURVES.into_iter().cycle());
        let quantities: Vec<Quantity> =
            quantities.map(|((name, label), colour)| (&**name, &**label, colour, 1.0)).collect();
        Figure::of(figure, places.plot(label, &averaged.findings.profiles, &quantities))
    };
    [of("scalar_mean", "mean", "Mean scalar  $Θ / θ_τ$"), of("scalar_rms", "rms", "$θ_\"rms\" / θ_τ$")]
}

/// The rms of vorticity and pressure.
fn vorticity(averaged: &Averaged, places: &Places) -> Figure {
    let quantities = [
        ("omega_x_rms", "$ω_x$", CURVES[0], 1.0),
        ("omega_y_rms", "$ω_y$", CURVES[1], 1.0),
        ("omega_z_rms", "$ω_z$", CURVES[2], 1.0),
    ];
    let label = "Rms vorticity  $ω_i ν / u_τ^2$";
    let vorticity = places.plot(label, &averaged.findings.profiles, &quantities);
    let pressure = [("p_rms", "", CURVES[3], 1.0)];
    let pressure = places.plot("Rms pressure  $p / u_τ^2$", &averaged.findings.profiles, &pressure);
    Figure { name: "vorticity".to_owned(), plots: vec![vorticity, pressure] }
}

/// Terms of budgets: their names in the tables, labels and colours.
const TERMS: [(&str, &str, Colour); 10] = [
    ("production", "production", CURVES[0]),
    ("transport", "turbulent transport", CURVES[1]),
    ("viscous", "viscous diffusion", CURVES[2]),
    ("molecular", "molecular diffusion", CURVES[2]),
    ("pressure_transport", "pressure transport", CURVES[3]),
    ("pressure_strain", "pressure strain", CURVES[4]),
    ("pressure_scrambling", "pressure scrambling", CURVES[4]),
    ("dissipation", "dissipation", CURVES[5]),
    ("rotation", "rotation", GREY),
    ("residual", "residual", BLACK),
];

/// The budgets of k and of the stresses, without those that vanish by symmetry, and of the scalars.
fn budgets(run: &Run, averaged: &Averaged, places: &Places) -> Vec<Figure> {
    let spanwise = !run.flow.walls.alike_in_z();
    let stress = |name: &str, symbol: &str| (name.to_owned(), format!("${symbol}$  in  $u_τ^4 / ν$"));
    let mut named = vec![stress("k", "k")];
    let stresses = [("uu", "⟨u'^2⟩"), ("vv", "⟨v'^2⟩"), ("ww", "⟨w'^2⟩"), ("uv", "⟨u'v'⟩")];
    named.extend(stresses.map(|(name, symbol)| stress(name, symbol)));
    if spanwise {
        named.extend([stress("uw", "⟨u'w'⟩"), stress("vw", "⟨v'w'⟩")]);
    }
    for scalar in &run.flow.scalars {
        let (name, shown) = (&scalar.name, plain(&scalar.name));
        let of_variance = format!("$⟨θ'^2⟩$ of {shown}  in  $u_τ^2 θ_τ^2 / ν$");
        named.push((format!("{name}_{name}"), of_variance));
        for field in ["u", "v", "w"].into_iter().filter(|field| *field != "w" || spanwise) {
            let of_flux = format!("$⟨{field}'θ'⟩$ of {shown}  in  $u_τ^3 θ_τ / ν$");
            named.push((format!("{field}_{name}"), of_flux));
        }
    }
    let columns = &averaged.findings.budgets;
    named.retain(|(name, _)| find(columns, &format!("residual_{name}")).is_some());
    let budget = |(quantity, label): (String, String)| {
        let names = TERMS.map(|(term, ..)| format!("{term}_{quantity}"));
        let terms = names.iter().zip(TERMS).map(|(name, (_, label, colour))| (&**name, label, colour, 1.0));
        // Continuity: the pressure strain of k vanishes.
        let terms: Vec<Quantity> = terms.filter(|(name, ..)| *name != "pressure_strain_k").collect();
        let plot = places.plot(&format!("Budget of {label}"), columns, &terms);
        Figure::of(format!("budget_{quantity}"), plot.with_zero())
    };
    named.into_iter().map(budget).collect()
}

/// Re_tau over time, from the wall shear and from the pressure gradient G, `sqrt(|G|) / nu`, with a mark
/// where the averages begin. None for a series without these columns.
fn friction(run: &Run) -> Option<Figure> {
    let series = run.series;
    let (time, re_tau) = (series.find("time")?, series.find("re_tau")?);
    let mut parts = vec![Part::line("from the wall shear", RUN, points(time, re_tau))];
    if let Some(gradient) =
        series.find("pressure_gradient").filter(|values| values.iter().any(|value| *value != 0.0))
    {
        // It is not known before the first step.
        let held: Vec<f64> = gradient
            .iter()
            .map(|value| if *value == 0.0 { f64::NAN } else { value.abs().sqrt() / run.viscosity })
            .collect();
        let label = "from the pressure gradient, $|dP/dx|^{1/2} / ν$";
        parts.push(Part::line(label, BLACK, points(time, &held)).wide(0.6));
    }
    let (from, to) = (time[0], time[time.len() - 1]);
    let begin = run.window.from;
    let begins = (run.averaged.is_some() && (from..=to).contains(&begin))
        .then(|| Layer::upright("averages begin", begin));
    let y = Axis::linear("Friction Reynolds number  $Re_τ$");
    let plot = Plot::new(Axis::linear("Time  $t$").within(from, to), y, parts);
    Some(Figure::of("friction", Plot { marks: begins.into_iter().collect(), ..plot }))
}
