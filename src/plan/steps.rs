//! The step that a homogeneous run begins with, and how many there are until its end.

use super::notes::figures;
use super::{Row, until};
use crate::case::{Case, Develop, Forcing, Gradient, Homogeneous, Initial, Rescale};
use crate::error::Result;
use crate::homogeneous::{Band, Parameters, Survey};
use crate::time::{Cause, Rates, StepSize};

/// The skewness of du/dx grows from random phases as `-LIMIT tanh(GROWTH t u'/lambda)`, within 12 % up to 0.5 at Re_lambda = 19, 36 and 96 on 64^3 points: see
/// docs/decisions.md.
const LIMIT: f64 = 0.55;
const GROWTH: f64 = 4.0;

/// The rates of the field at time zero: those that the case knows, and those of its velocity and its scalars.
///
/// # Errors
/// A force that this box or grid cannot have.
pub fn rates(parameters: &Parameters, survey: Option<&Survey>) -> Result<Rates> {
    let mut rates = parameters.rates(&[0.0])?;
    if let (Some(survey), true) = (survey, parameters.nonlinear) {
        rates.raise(Cause::Convection, survey.convection);
        rates.raise(Cause::Buoyancy, survey.buoyancy.sqrt());
        if let Some(Forcing::ConstantPower { power, k_min, k_max }) = parameters.forcing
            && let Some(band) = Band::new(parameters, k_min, k_max)?
        {
            rates.raise(Cause::Growth, power / band.energy());
        }
    }
    Ok(rates)
}

/// Lines for the table.
pub fn rows(case: &Case, flow: &Homogeneous, survey: Option<&Survey>, rates: &Rates, k_max: f64) -> Vec<Row> {
    let until = until(case);
    let text = match case.time.step {
        StepSize::Fixed(dt) => {
            let courant = match survey {
                Some(survey) if flow.nonlinear => format!(", Courant number {} at the start", figures(dt * survey.convection)),
                _ => String::new(),
            };
            format!("dt = {dt}{courant}{} {until}", count(case, dt))
        }
        StepSize::Courant(number) if survey.is_none() => {
            format!("cfl = {number}, of the velocities in initial.file, which are not looked at here; {until}")
        }
        StepSize::Courant(number) => match rates.fastest(number) {
            None => format!("cfl = {number}, and nothing moves at the start; {until}"),
            Some((cause, dt)) => {
                format!("dt about {dt:.2e} at the start, by the {}{} {until}{}", cause.name(), count(case, dt), later(flow))
            }
        },
    };
    let mut rows = vec![("step", text)];
    if let (Initial::Random { develop: Some(develop), .. }, Some(survey)) = (&flow.initial, survey) {
        rows.push(("initial.develop", development(case, *develop, survey, k_max)));
    }
    rows
}

/// The length of the first step, as far as it is known.
pub fn length(case: &Case, survey: Option<&Survey>, rates: &Rates) -> Option<f64> {
    match case.time.step {
        StepSize::Fixed(dt) => Some(dt),
        StepSize::Courant(_) if survey.is_none() => None,
        StepSize::Courant(number) => rates.fastest(number).map(|(_, dt)| dt),
    }
}

/// How many steps of this length there are.
fn count(case: &Case, dt: f64) -> String {
    let by_time = case.time.stop.end.map_or(f64::INFINITY, |end| (end / dt).ceil());
    let steps = by_time.min(case.time.stop.steps.map_or(f64::INFINITY, |steps| steps as f64));
    if steps < 1e6 { format!(": {steps} steps of that length") } else { format!(": {steps:.1e} steps of that length") }
}

/// What becomes of the step.
fn later(flow: &Homogeneous) -> &'static str {
    let growing = flow.mean.gradient != Gradient::None || flow.scalars.iter().any(|scalar| scalar.buoyancy != [0.0; 3]);
    match (&flow.forcing, growing) {
        (Some(_), _) => "; it changes to what suits the velocity that the force brings about",
        (None, true) => "; it changes with the velocity, and there are more where that grows",
        (None, false) => "; fewer where the velocity decays",
    }
}

/// `initial.develop` is a run before the run.
fn development(case: &Case, develop: Develop, survey: &Survey, k_max: f64) -> String {
    let dt = match case.time.step {
        StepSize::Fixed(dt) => dt,
        StepSize::Courant(number) => number / survey.convection,
    };
    let time = (-develop.skewness / LIMIT).min(0.99).atanh() / GROWTH * survey.taylor_length() / survey.mean_square().sqrt();
    let eta = (case.fluid.viscosity.powi(2) / survey.sums.gradient).powf(0.25);
    let doubt = if k_max * eta < 1.0 {
        "; but k_max eta is below 1: the grid cuts the cascade short, and that skewness may take ten times as long, or never come"
    } else if -develop.skewness >= LIMIT {
        "; but decaying turbulence hardly has such a skewness"
    } else {
        " (an estimate, good to a factor of two)"
    };
    let then = match develop.rescale {
        Rescale::Nothing => "; the run begins with what is left of the energy",
        Rescale::Spectrum | Rescale::Energy => "",
    };
    format!(
        "some {} steps before the run, a time of {}, to a skewness of {}{doubt}{then}",
        figures((time / dt).ceil()),
        figures(time),
        develop.skewness
    )
}
