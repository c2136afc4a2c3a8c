//! The limits of the step, and the check that the step of the case is short enough.

use super::Row;
use crate::case::Case;
use crate::time::{Cause, Rates, Stability, StepSize};

/// The limits of the step that are known before the run, the strictest one first, and warnings if dt
/// or the Courant number is too large for the scheme.
pub fn rows(case: &Case, rates: &Rates, stability: &Stability) -> Vec<Row> {
    let longest = |cause: Cause, rate: f64| match case.time.step {
        StepSize::Fixed(_) => stability.limit(cause) / rate,
        StepSize::Courant(number) => cause.share(number) / rate,
    };
    let mut limits: Vec<(Cause, f64)> =
        rates.iter().map(|(cause, rate)| (cause, longest(cause, rate))).collect();
    limits.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut rows: Vec<Row> = limits
        .into_iter()
        .map(|(cause, dt)| ("limit of dt", format!("{dt:.2e} by {}", cause.name())))
        .collect();
    if stability.imaginary.is_none() {
        rows.push(("stability", without_limit(case, stability)));
    }
    rows.extend(warnings(case, rates, stability).into_iter().map(|warning| ("warning", warning)));
    rows
}

/// `|1 + i z - z^2/2| - 1 = (1 + z^4/4)^(1/2) - 1`, z = omega dt.
fn without_limit(case: &Case, stability: &Stability) -> String {
    let text =
        "rk2 has no stable step without viscosity: an oscillation omega grows by (omega dt)^4 / 8 per step"
            .to_owned();
    match case.time.step {
        StepSize::Fixed(_) => text,
        StepSize::Courant(number) => {
            let z = number * stability.reach;
            let growth = 100.0 * ((1.0 + 0.25 * z.powi(4)).sqrt() - 1.0);
            format!(
                "{text}, the smallest eddies at cfl = {number} by up to {growth:.1} %, which viscosity must \
                 damp"
            )
        }
    }
}

/// The reasons why dt or the Courant number is too large for the scheme.
pub fn warnings(case: &Case, rates: &Rates, stability: &Stability) -> Vec<String> {
    match case.time.step {
        StepSize::Fixed(dt) => {
            let beyond = rates.beyond(dt, stability).into_iter();
            beyond
                .map(|excess| {
                    let (what, longest) = (excess.describe(stability), excess.longest());
                    let exact = if excess.cause == Cause::Growth {
                        "; the energy gained is exact nevertheless"
                    } else {
                        ""
                    };
                    format!(
                        "time.dt = {dt} is too long for {}: {what}; the longest dt is \
                        {longest:.3e}{exact}",
                        excess.cause.name()
                    )
                })
                .collect()
        }
        StepSize::Courant(number) => {
            let limit = stability.limit(Cause::Convection);
            let scheme = if stability.imaginary.is_some() {
                "up to which the scheme is stable"
            } else {
                "up to which viscosity may hold rk2"
            };
            (number > limit)
                .then(|| {
                    format!(
                        "time.cfl = {number} is beyond {limit:.2}, {scheme}; try time.cfl = {:.1}",
                        0.8 * limit
                    )
                })
                .into_iter()
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rows;
    use crate::case;
    use crate::time::{Cause, Rates, RungeKutta, Stability};
    use std::path::Path;

    fn of(time: &str, scheme: RungeKutta, rates: &[(Cause, f64)]) -> Vec<String> {
        let text = format!(
            "flow.kind = \"homogeneous\"\ndomain.grid = [8, 8, 8]\nfluid.viscosity = 0.1\ninitial.kind \
             = \"abc\"\ntime = {{ {time}, end = 1.0 }}\n"
        );
        let case = case::parse(crate::FLOWS, "case.toml", &text, Path::new(""), &[])
            .unwrap_or_else(|error| panic!("{error}"));
        let mut all = Rates::default();
        rates.iter().for_each(|(cause, rate)| all.raise(*cause, *rate));
        let stability =
            Stability { imaginary: scheme.imaginary_limit(), reach: 2.0 / 3.0 * std::f64::consts::PI };
        rows(&case, &all, &stability).into_iter().map(|(name, text)| format!("{name}: {text}")).collect()
    }

    #[test]
    fn the_limit_that_binds_comes_first() {
        let rates = [(Cause::Rotation, 2.0), (Cause::Walls, std::f64::consts::TAU)];
        let both = [
            "limit of dt: 5.00e-2 by the oscillation of the walls",
            "limit of dt: 2.50e-1 by the rotation 2 Omega",
        ];
        assert_eq!(of("cfl = 0.5", RungeKutta::Rk3, &rates), both);
        // No warnings if dt is given and is stable and resolved.
        let both = [
            "limit of dt: 1.00e-1 by the oscillation of the walls",
            "limit of dt: 8.66e-1 by the rotation 2 Omega",
        ];
        assert_eq!(of("dt = 0.1", RungeKutta::Rk3, &rates), both);
    }

    #[test]
    fn a_step_beyond_the_scheme_is_warned_of() {
        let stiff = of("dt = 0.05", RungeKutta::Rk3, &[(Cause::Stratification, 100.0)]);
        let wanted = "warning: time.dt = 0.05 is too long for the buoyancy frequency N: its rate times dt is \
            5.00, and the scheme is stable up to 1.73; the longest dt \
                      is 1.732e-2";
        assert_eq!(stiff[1..], [wanted]);
        let walls = of("dt = 3.93", RungeKutta::Rk3, &[(Cause::Walls, std::f64::consts::TAU)]);
        assert!(
            walls[1].contains(
                "its fraction of a period is 3.93, and it is resolved up to 0.10; the longest dt is 1.000e-1"
            ),
            "{walls:?}"
        );
        assert_eq!(of("cfl = 0.82", RungeKutta::Rk3, &[]), [""; 0]);
        assert_eq!(
            of("cfl = 2.0", RungeKutta::Rk3, &[]),
            ["warning: time.cfl = 2 is beyond 0.83, up to which the scheme is stable; try time.cfl = 0.7"]
        );
        assert_eq!(of("cfl = 1.3", RungeKutta::Rk4, &[]), [""; 0]);
        let rk2 = of("cfl = 0.5", RungeKutta::Rk2, &[]);
        assert!(
            rk2.len() == 1 && rk2[0].starts_with("stability: rk2 has no stable step without viscosity"),
            "{rk2:?}"
        );
        assert!(rk2[0].contains("the smallest eddies at cfl = 0.5 by up to 14.0 %"), "{rk2:?}");
    }
}
