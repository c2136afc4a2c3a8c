//! The first step of a homogeneous run, and the number of steps until its end.

use super::super::{Band, Parameters, Survey, growth_by_power};
use super::notes::figures;
use crate::case::Case;
use crate::error::Result;
use crate::homogeneous::case::{Develop, Forcing, Gradient, Homogeneous, Initial, Rescale};
use crate::plan::{Row, until};
use crate::time::{Cause, Rates, StepSize};

/// The skewness of du/dx grows from random phases as `-LIMIT tanh(GROWTH t u'/lambda)`, within 12 %
/// up to 0.5 at Re_lambda = 19, 36 and 96 on 64^3 points: see docs/decisions.md.
const LIMIT: f64 = 0.55;
const GROWTH: f64 = 4.0;

/// The rates of the field at time zero: those given by the case, and those of its velocity and scalars.
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
            rates.raise(Cause::Growth, growth_by_power(power, band.energy(), rates.of(Cause::Force)));
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
                Some(survey) if flow.nonlinear => {
                    format!(", Courant number {} at the start", figures(dt * survey.convection))
                }
                _ => String::new(),
            };
            format!("dt = {dt}{courant}{} {until}", count(case, dt))
        }
        StepSize::Courant(number) if survey.is_none() => {
            format!(
                "cfl = {number}, with the velocities of initial.file, which `check` does not read; {until}"
            )
        }
        StepSize::Courant(number) => match rates.fastest(number) {
            None => format!("cfl = {number}; the fluid is at rest at the start; {until}"),
            Some((cause, dt)) => {
                format!(
                    "dt about {dt:.2e} at the start, by {}{} {until}{}",
                    cause.name(),
                    count(case, dt),
                    later(flow)
                )
            }
        },
    };
    let mut rows = vec![("step", text)];
    if let (Initial::Random { develop: Some(develop), .. }, Some(survey)) = (&flow.initial, survey) {
        rows.push(("initial.develop", development(case, *develop, survey, k_max)));
    }
    rows
}

/// The length of the first step, if it is known.
pub fn length(case: &Case, survey: Option<&Survey>, rates: &Rates) -> Option<f64> {
    match case.time.step {
        StepSize::Fixed(dt) => Some(dt),
        StepSize::Courant(_) if survey.is_none() => None,
        StepSize::Courant(number) => rates.fastest(number).map(|(_, dt)| dt),
    }
}

/// Describes the number of steps of this length.
fn count(case: &Case, dt: f64) -> String {
    let by_time = case.time.stop.end.map_or(f64::INFINITY, |end| (end / dt).ceil());
    let steps = by_time.min(case.time.stop.steps.map_or(f64::INFINITY, |steps| steps as f64));
    if steps < 1e6 {
        format!(": {steps} steps of that length")
    } else {
        format!(": {steps:.1e} steps of that length")
    }
}

/// Describes how the step changes later.
fn later(flow: &Homogeneous) -> &'static str {
    let growing =
        flow.mean.gradient != Gradient::None || flow.scalars.iter().any(|scalar| scalar.buoyancy != [0.0; 3]);
    match (&flow.forcing, growing) {
        (Some(_), _) => "; it changes with the velocity that the force drives",
        (None, true) => "; it changes with the velocity: more steps if that grows",
        (None, false) => "; fewer if the velocity decays",
    }
}

/// Describes the decay of `initial.develop`.
fn development(case: &Case, develop: Develop, survey: &Survey, k_max: f64) -> String {
    let dt = match case.time.step {
        StepSize::Fixed(dt) => dt,
        StepSize::Courant(number) => number / survey.convection,
    };
    let time = (-develop.skewness / LIMIT).min(0.99).atanh() / GROWTH * survey.taylor_length()
        / survey.mean_square().sqrt();
    let eta = (case.fluid.viscosity.powi(2) / survey.sums.gradient).powf(0.25);
    let doubt = if k_max * eta < 1.0 {
        "; but k_max eta is below 1: the grid cuts off the cascade, and this skewness may take ten times \
         as long, or never be reached"
    } else if -develop.skewness >= LIMIT {
        "; but decaying turbulence hardly reaches this skewness"
    } else {
        " (estimate, within a factor of two)"
    };
    let then = match develop.rescale {
        Rescale::Nothing => "; the run begins with the remaining energy",
        Rescale::Spectrum | Rescale::Energy => "",
    };
    format!(
        "about {} steps of decay before time zero, over a time of {}, to a skewness of {}{doubt}{then}",
        figures((time / dt).ceil()),
        figures(time),
        develop.skewness
    )
}

#[cfg(test)]
mod tests {
    use crate::case;
    use crate::plan::Demands;
    use std::path::Path;

    /// The lines of `check` with this name, for a case of configs.
    fn rows(config: &str, overrides: &[&str], name: &str) -> String {
        let overrides: Vec<String> = overrides.iter().map(|set| set.to_string()).collect();
        let case = case::load(crate::FLOWS, Path::new(&format!("configs/{config}.toml")), &overrides)
            .unwrap_or_else(|error| panic!("{error}"));
        let text = crate::plan::summary(&case, &Demands::new(&case, 1, 1).unwrap(), &[])
            .unwrap_or_else(|error| panic!("{error}"));
        let found: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix(name)).map(str::trim).collect();
        found.join("; ")
    }

    #[test]
    fn the_first_step_is_that_of_the_field() {
        // |u| + |v| is at most 1 in the vortices: dt = 0.5 (2 pi / 64).
        let coarse = "domain.grid=[64, 64, 64]";
        let vortices = rows("taylor-green", &[coarse, "time.end=10"], "step ");
        assert!(
            vortices.starts_with(
                "dt about 4.91e-2 at the start, by convection: 204 steps of that length until time 10"
            ),
            "{vortices}"
        );
        let twice = rows("taylor-green", &[coarse, "initial.amplitude=2", "time.steps=7"], "step ");
        assert!(twice.starts_with("dt about 2.45e-2 at the start, by convection: 7 steps"), "{twice}");
        // One mode: |v| = 3, N / L = 64 / 2 pi.
        let mode = "initial={ kind = 'mode', wavenumber = [2, 0, 5], amplitude = [0, 3, 0] }";
        let fixed = rows("taylor-green", &[coarse, mode, "time={ dt = 0.01, end = 1.0 }"], "step ");
        assert_eq!(
            fixed,
            "dt = 0.01, Courant number 0.306 at the start: 100 steps of that length until time 1"
        );
        // Grid turbulence in cm and s: 1.96e-1 was said for velocities of order 1.
        let grid: f64 = rows("decaying-cbc", &[], "step ")
            .trim_start_matches("dt about ")
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!((3.5e-4..6.5e-4).contains(&grid), "{grid}");
        // Rotation is faster than a slow flow.
        let turning = rows("rotating", &["mean.rotation=[0, 0, 500]"], "step ");
        assert!(turning.starts_with("dt about 5.00e-4 at the start, by the absolute vorticity"), "{turning}");
    }

    #[test]
    fn the_steps_of_a_development_are_those_that_were_measured() {
        // 64^3, Re_lambda = 36: the skewness was -0.4 after 18 steps.
        let text = rows("stratified", &[], "initial.develop");
        let steps: f64 = text.trim_start_matches("about ").split(' ').next().unwrap().parse().unwrap();
        assert!(
            (9.0..36.0).contains(&steps) && text.ends_with("(estimate, within a factor of two)"),
            "{text}"
        );
        assert!(rows("decaying-cbc", &[], "initial.develop").contains("the grid cuts off the cascade"));
        assert_eq!(rows("decaying-isotropic", &[], "initial.develop"), "");
    }

    #[test]
    fn a_band_that_development_fills_is_accepted() {
        let summary = |rescale: &str| {
            let develop = if rescale.is_empty() {
                String::new()
            } else {
                format!(", develop = {{ skewness = -0.3, rescale = '{rescale}' }}")
            };
            let initial = format!(
                "initial={{ kind = 'random', spectrum = 'top-hat', k_min = 4, k_max = 8, \
                 energy = 0.5{develop} }}"
            );
            let forcing = "forcing={ kind = 'constant-power', power = 0.1, k_max = 2.5 }".to_owned();
            let case =
                case::load(crate::FLOWS, Path::new("configs/forced-isotropic.toml"), &[initial, forcing])
                    .unwrap_or_else(|error| panic!("{error}"));
            crate::plan::summary(&case, &Demands::new(&case, 1, 1).unwrap(), &[])
                .map_err(|error| error.message)
        };
        for rescale in ["", "spectrum"] {
            assert!(summary(rescale).unwrap_err().contains("no energy between forcing.k_min"), "{rescale}");
        }
        for rescale in ["energy", "nothing"] {
            assert!(summary(rescale).is_ok(), "{rescale}: {:?}", summary(rescale));
        }
    }

    #[test]
    fn resolution_has_a_verdict() {
        // eps = nu <omega^2> = 3/4 nu at the start, 0.0129 at the peak of Re = 1600 (van Rees et
        // al. 2011): k_max eta 0.246.
        let coarse = ["domain.grid=[64, 64, 64]"];
        let vortices = rows("taylor-green", &coarse, "k_max eta");
        let start = 21.0 * (6.25e-4_f64.powi(2) / 0.75).powf(0.25);
        assert!(
            vortices.starts_with(&format!(
                "{start:.3} at the start, 0.228 to 0.271 at the peak of the dissipation"
            )),
            "{vortices}"
        );
        let warning = rows("taylor-green", &coarse, "warning");
        assert_eq!(
            warning,
            "k_max eta is 0.564 at the start, which is coarse: 1 resolves the dissipation, 1.5 the \
             derivatives"
        );
        let fine = ["domain.grid=[512, 512, 512]", "fluid.viscosity=0.002"];
        assert_eq!(rows("taylor-green", &fine, "warning"), "");
        // Fine at the start, coarse at the peak.
        let later = rows("taylor-green", &["domain.grid=[128, 128, 128]"], "warning");
        assert!(
            later.starts_with("k_max eta is 0.541 or less at the peak of the dissipation, by estimate"),
            "{later}"
        );
        // No peak is known where energy grows.
        for (config, sets) in [
            ("homogeneous-shear", &[][..]),
            ("plane-strain", &[]),
            ("stratified", &["scalar.temperature.gradient=[0, -4, 0]"]),
            ("scalar-gradient", &[]),
            ("abc", &[]),
        ] {
            assert!(rows(config, sets, "k_max eta").ends_with(" at the start"), "{config}");
        }
        assert!(
            rows("forced-isotropic", &[], "k_max eta")
                .ends_with(", 1.49 where the dissipation balances the power")
        );
        // The coarsest direction of a box with other cells in each.
        let box_of_three = rows("taylor-green", &["domain.grid=[64, 96, 48]"], "modes");
        assert!(
            box_of_three.ends_with("k_max 15.0000, the smallest of 21, 31, 15 in x, y, z"),
            "{box_of_three}"
        );
    }
}
