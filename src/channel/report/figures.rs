//! The figures of a channel: profiles with their sampling errors as bands and published ones as
//! markers, and the history of the friction.

use super::profiles::{Column, find};
use super::reference::Published;
use super::{Averaged, Run, convergence, maps, phases, spectral};
use crate::error::Result;
use crate::figure::palette::{BLACK, CURVES, Colour, GREY};
use crate::figure::{Axis, Dash, Layer, Panel, Scale, plain};
use crate::report;
use crate::report::gallery::{Gallery, REFERENCES, RUN, axis, points, zero};

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

/// Draws the figures for which there are data and returns their names.
pub fn draw(gallery: &Gallery, run: &Run, viscosity: f64) -> Result<Vec<String>> {
    let mut drawn: Vec<String> = Vec::new();
    // A fluid at rest has no wall units.
    let moves = |averaged: &&Averaged| {
        averaged.number("re_tau").is_some_and(|(re_tau, _)| re_tau.is_finite() && re_tau > 0.0)
    };
    if let Some(averaged) = run.averaged.as_ref().filter(moves) {
        let places = Places::of(run, averaged);
        mean_velocity(gallery, run, averaged)?;
        stresses(gallery, run, averaged, &places)?;
        let places = places.near_the_wall();
        vorticity(gallery, averaged, &places)?;
        drawn.extend(["mean_velocity", "stresses", "vorticity"].map(str::to_owned));
        drawn.extend(budgets(gallery, run, averaged, &places)?);
        if !averaged.findings.phases.is_empty() {
            drawn.extend(phases::draw(gallery, &averaged.findings.phases, &places)?);
        }
        if !run.flow.scalars.is_empty() {
            scalars(gallery, run, averaged, &Places::of(run, averaged))?;
            drawn.extend(["scalar_mean", "scalar_rms"].map(str::to_owned));
        }
        if let Some(lines) = &averaged.lines {
            let published = if run.symmetric() { &run.published_lines[..] } else { &[] };
            let y_plus = &averaged.findings.profiles[1].values;
            drawn.extend(spectral::draw(gallery, lines, y_plus, published)?.into_iter().map(str::to_owned));
            drawn.extend(maps::draw_lines(gallery, lines, y_plus)?);
        }
        if let Some(spectra) = &averaged.plane_spectra {
            drawn.extend(maps::draw_planes(gallery, spectra, &run.flow.scalars)?);
        }
    }
    if friction(gallery, run, viscosity)? {
        drawn.push("friction".to_owned());
    }
    if let Some(averaged) = run.averaged.as_ref().filter(moves)
        && report::convergence::draw(gallery, convergence::AXIS, &averaged.convergence)?
    {
        drawn.push("convergence".to_owned());
    }
    Ok(drawn)
}

/// Name of a column, label, colour, and sign.
type Part<'a> = (&'a str, &'a str, Colour, f64);

/// y+ if the halves are alike, so that published profiles can be overlaid; else y, from wall to wall.
pub struct Places<'a> {
    values: &'a [f64],
    label: &'static str,
    pub to: f64,
    references: &'a [Published],
}

impl<'a> Places<'a> {
    fn of(run: &'a Run, averaged: &'a Averaged) -> Self {
        let [y, y_plus] = [0, 1].map(|i| &averaged.findings.profiles[i].values[..]);
        let (values, label) = match run.symmetric() {
            true => (y_plus, "Distance from the wall  $y^+$"),
            false => (y, "Distance from the lower wall  $y/h$"),
        };
        Self { values, label, to: values.last().copied().unwrap_or(1.0), references: run.comparable() }
    }

    /// Limits the axis to the region near the wall.
    fn near_the_wall(mut self) -> Self {
        self.to = self.to.min(NEAR_WALL);
        self
    }

    /// Draws `layers` and, above them, the columns, each with its label, colour and sign.
    pub fn draw(
        &self,
        gallery: &Gallery,
        name: &str,
        label: &str,
        columns: &[Column],
        parts: &[Part],
        mut layers: Vec<Layer>,
    ) -> Result<()> {
        for (name, label, colour, sign) in parts {
            let column = find(columns, name).into_iter();
            layers.extend(column.flat_map(|column| self.layers(column, label, *colour, *sign)));
        }
        // Colours distinguish the quantities, markers the sources.
        for (reference, (_, marker)) in self.references.iter().zip(REFERENCES.into_iter().cycle()) {
            if parts.iter().any(|(name, ..)| reference.find(name).is_some()) {
                layers.push(Layer::markers(plain(&reference.label), GREY, marker, Vec::new()));
            }
        }
        let x = Axis::linear(self.label).within(0.0, self.to);
        gallery.draw(name, Panel::new(x, Axis::linear(label), layers))
    }

    /// A column times `sign`, with its error and the published values.
    pub fn layers(&self, column: &Column, label: &str, colour: Colour, sign: f64) -> Vec<Layer> {
        let shown: Vec<usize> =
            (0..self.values.len()).filter(|&i| self.values[i] <= self.to * (1.0 + 1e-12)).collect();
        let of = |values: &[f64], sign: f64| shown.iter().map(|&i| sign * values[i]).collect::<Vec<f64>>();
        let (x, values, errors) = (of(self.values, 1.0), of(&column.values, sign), of(&column.errors, 1.0));
        let own =
            [Layer::band(colour, &x, &values, &errors), Layer::line(label, colour, points(&x, &values))];
        let published = self.references.iter().zip(REFERENCES.into_iter().cycle()).filter_map(
            |(reference, (_, marker))| {
                let profile = reference.find(&column.name)?;
                let points = profile.y_plus.iter().zip(&profile.values).map(|(x, value)| (*x, sign * value));
                let points = apart(points.filter(|(x, _)| *x <= self.to), self.to / MOST_MARKERS, |x| x);
                Some(Layer::markers("", colour, marker, points))
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
fn mean_velocity(gallery: &Gallery, run: &Run, averaged: &Averaged) -> Result<()> {
    let profiles = &averaged.findings.profiles;
    let (y, y_plus) = (&profiles[0].values, &profiles[1].values);
    let Some(mean) = find(profiles, "U") else { return Ok(()) };
    // y is 1 and y+ is Re_tau in the centre.
    let to = averaged.number("re_tau").map_or(1.0, |re_tau| re_tau.0);
    let from = NEAREST.min(0.1 * to);
    let mut layers = Vec::new();
    let halves: &[(&str, Colour, usize)] = match run.symmetric() {
        true => &[("this run", RUN, 0)],
        false => &[("this run, lower wall", RUN, 0), ("upper wall", CURVES[1], 1)],
    };
    for &(label, colour, wall) in halves {
        let shown = |i: &usize| y_plus[*i] >= from && (y[*i] > 1.0) == (wall == 1);
        let mut places: Vec<usize> = (0..y.len()).filter(shown).collect();
        if wall == 1 {
            places.reverse();
        }
        let of = |value: &dyn Fn(usize) -> f64| places.iter().map(|&i| value(i)).collect::<Vec<f64>>();
        let (x, u, error) = (of(&|i| y_plus[i]), of(&|i| mean.values[i].abs()), of(&|i| mean.errors[i]));
        layers.push(Layer::band(colour, &x, &u, &error));
        layers.push(Layer::line(label, colour, points(&x, &u)).wide(1.6));
    }
    let viscous = (0..=40).map(|i| from * (12.0f64.min(to) / from).powf(f64::from(i) / 40.0));
    layers.push(Layer::thin("$U^+ = y^+$", Dash::Dotted, viscous.map(|y| (y, y)).collect()));
    if to > 2.0 * LOGARITHMIC_FROM {
        let law = [LOGARITHMIC_FROM, to].map(|y| (y, y.ln() / KAPPA + INTERCEPT)).to_vec();
        layers.push(Layer::thin(format!("$(\"ln\" y^+) / {KAPPA} + {INTERCEPT}$"), Dash::Dashed, law));
    }
    for (reference, (colour, marker)) in run.comparable().iter().zip(REFERENCES.into_iter().cycle()) {
        let Some(profile) = reference.find("U") else { continue };
        let within =
            points(&profile.y_plus, &profile.values).into_iter().filter(|(y, _)| (from..=to).contains(y));
        let shown = apart(within, (to / from).ln() / MOST_MARKERS, f64::ln);
        layers.push(Layer::markers(plain(&reference.label), colour, marker, shown));
    }
    let label = match run.symmetric() {
        true => "Mean velocity  $U^+$",
        false => "Mean velocity relative to the nearer wall  $U^+$,  in $u_τ$ of both",
    };
    let x = axis("Distance from the wall  $y^+$", Scale::Logarithmic, (from, to));
    gallery.draw("mean_velocity", Panel::new(x, Axis::linear(label), layers))
}

fn stresses(gallery: &Gallery, run: &Run, averaged: &Averaged, places: &Places) -> Result<()> {
    // Positive in the half that is drawn.
    let (shear, sign) = if run.symmetric() { ("$-⟨u'v'⟩$", -1.0) } else { ("$⟨u'v'⟩$", 1.0) };
    let parts = [
        ("uu", "$⟨u'^2⟩$", CURVES[0], 1.0),
        ("vv", "$⟨v'^2⟩$", CURVES[1], 1.0),
        ("ww", "$⟨w'^2⟩$", CURVES[2], 1.0),
        ("uv", shear, CURVES[3], sign),
    ];
    places.draw(
        gallery,
        "stresses",
        "Reynolds stresses  $⟨u_i'u_j'⟩ / u_τ^2$",
        &averaged.findings.profiles,
        &parts,
        vec![zero((0.0, places.to))],
    )
}

/// Mean and rms of all scalars, each in its own theta_tau.
fn scalars(gallery: &Gallery, run: &Run, averaged: &Averaged, places: &Places) -> Result<()> {
    for (figure, of, label) in
        [("scalar_mean", "mean", "Mean scalar  $Θ / θ_τ$"), ("scalar_rms", "rms", "$θ_\"rms\" / θ_τ$")]
    {
        let names: Vec<String> =
            run.flow.scalars.iter().map(|scalar| format!("{}_{of}", scalar.name)).collect();
        let labels: Vec<String> = run.flow.scalars.iter().map(|scalar| plain(&scalar.name)).collect();
        let parts = names.iter().zip(&labels).zip(CURVES.into_iter().cycle());
        let parts: Vec<Part> =
            parts.map(|((name, label), colour)| (&**name, &**label, colour, 1.0)).collect();
        places.draw(gallery, figure, label, &averaged.findings.profiles, &parts, Vec::new())?;
    }
    Ok(())
}

fn vorticity(gallery: &Gallery, averaged: &Averaged, places: &Places) -> Result<()> {
    let parts = [
        ("omega_x_rms", "$ω_x$", CURVES[0], 1.0),
        ("omega_y_rms", "$ω_y$", CURVES[1], 1.0),
        ("omega_z_rms", "$ω_z$", CURVES[2], 1.0),
    ];
    places.draw(
        gallery,
        "vorticity",
        "Rms vorticity  $ω_i ν / u_τ^2$",
        &averaged.findings.profiles,
        &parts,
        Vec::new(),
    )
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

/// The budget of k; those of uw and vw where they do not vanish by symmetry; those of the scalars.
fn budgets(gallery: &Gallery, run: &Run, averaged: &Averaged, places: &Places) -> Result<Vec<String>> {
    let spanwise = !run.flow.walls.alike_in_z();
    let stress = |name: &str, symbol: &str| (name.to_owned(), format!("${symbol}$  in  $u_τ^4 / ν$"));
    let mut quantities = vec![stress("k", "k")];
    if spanwise {
        quantities.extend([stress("uw", "⟨u'w'⟩"), stress("vw", "⟨v'w'⟩")]);
    }
    for scalar in &run.flow.scalars {
        let (name, shown) = (&scalar.name, plain(&scalar.name));
        let of_variance = format!("$⟨θ'^2⟩$ of {shown}  in  $u_τ^2 θ_τ^2 / ν$");
        quantities.push((format!("{name}_{name}"), of_variance));
        for field in ["u", "v", "w"].into_iter().filter(|field| *field != "w" || spanwise) {
            let of_flux = format!("$⟨{field}'θ'⟩$ of {shown}  in  $u_τ^3 θ_τ / ν$");
            quantities.push((format!("{field}_{name}"), of_flux));
        }
    }
    let budgets = &averaged.findings.budgets;
    let mut drawn = Vec::new();
    for (quantity, label) in quantities {
        let names = TERMS.map(|(term, ..)| format!("{term}_{quantity}"));
        if find(budgets, &format!("residual_{quantity}")).is_none() {
            continue;
        }
        let parts = names.iter().zip(TERMS).map(|(name, (_, label, colour))| (&**name, label, colour, 1.0));
        // Continuity: the pressure strain of k vanishes.
        let parts: Vec<Part> = parts.filter(|(name, ..)| *name != "pressure_strain_k").collect();
        let (figure, label) = (format!("budget_{quantity}"), format!("Budget of {label}"));
        places.draw(gallery, &figure, &label, budgets, &parts, vec![zero((0.0, places.to))])?;
        drawn.push(figure);
    }
    Ok(drawn)
}

/// Draws Re_tau over time, from the wall shear and from the pressure gradient G, `sqrt(|G|) / nu`,
/// and marks the beginning of the averages. False for a series without these columns.
fn friction(gallery: &Gallery, run: &Run, viscosity: f64) -> Result<bool> {
    let series = run.series;
    let (Some(time), Some(re_tau)) = (series.find("time"), series.find("re_tau")) else { return Ok(false) };
    let mut layers = vec![Layer::line("from the wall shear", RUN, points(time, re_tau))];
    if let Some(gradient) =
        series.find("pressure_gradient").filter(|values| values.iter().any(|value| *value != 0.0))
    {
        // It is not known before the first step.
        let held: Vec<f64> = gradient
            .iter()
            .map(|value| if *value == 0.0 { f64::NAN } else { value.abs().sqrt() / viscosity })
            .collect();
        let label = "from the pressure gradient, $|dP/dx|^{1/2} / ν$";
        layers.push(Layer::line(label, BLACK, points(time, &held)).wide(0.6));
    }
    let (from, to) = (time[0], time[time.len() - 1]);
    let begin = run.window.from;
    if run.averaged.is_some() && (from..=to).contains(&begin) {
        layers.push(Layer::upright("averages begin", begin));
    }
    let y = Axis::linear("Friction Reynolds number  $Re_τ$");
    gallery.draw("friction", Panel::new(Axis::linear("Time  $t$").within(from, to), y, layers))?;
    Ok(true)
}
