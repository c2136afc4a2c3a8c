//! The effect of single precision on slow changes.
//!
//! A stage rounds each mode once, to a last place of 2^-24 to 2^-23 of its value, 8.6e-8 on average;
//! the rms error of a rounding is 1 / sqrt(12) last places. In a flow that changes little from step to
//! step, the error is the same in every step and acts like a force. The relative error of the viscous
//! loss of a mode, `nu k^2 dt` per step, is then
//!
//! ```text
//!     sqrt(S / 12) 8.6e-8 / (nu k^2 dt)
//! ```
//!
//! with S stages, on average; more than twice that is rare. If the increments of a stage change by a
//! last place or more from step to step, as they do in turbulence, the error is random and falls with
//! the root of the number of steps. The mean profiles of a channel are in double precision.

use super::Row;
use crate::case::{Case, Precision};
use crate::definition::Slowest;

/// The last place of a number divided by the number, on average.
const LAST_PLACE: f64 = 8.6e-8;
/// The error above which there is a warning.
const NOTABLE: f64 = 0.01;

/// The rounding of the largest scales, which change most slowly.
struct Rounding {
    scale: String,
    /// The relative error of their viscous loss, times dt.
    error_times_dt: f64,
}

impl Rounding {
    /// The rounding in a case in single precision.
    fn of(case: &Case) -> Option<Self> {
        if case.numerics.precision == Precision::Double || case.fluid.viscosity == 0.0 {
            return None;
        }
        let Slowest { k2, stages, name: scale } = case.flow.slowest(case);
        Some(Self {
            scale,
            error_times_dt: (stages as f64 / 12.0).sqrt() * LAST_PLACE / (case.fluid.viscosity * k2),
        })
    }
}

/// A warning if steps of this length are so short that rounding is a notable part of the viscous loss
/// of the largest scales.
pub fn rounding(case: &Case, dt: f64) -> Option<String> {
    let Rounding { scale, error_times_dt } = Rounding::of(case)?;
    let error = error_times_dt / dt;
    (error > NOTABLE).then(|| {
        format!(
            "dt = {dt:.2e} is short for single precision: rounding may change what viscosity takes from \
             {scale} by {:.1} % of it while the flow is \
             steady or laminar (in turbulence the error is random and averages out); dt above {:.1e}, or \
             numerics.precision = \"double\", keeps it below {:.0} %",
            100.0 * error,
            error_times_dt / NOTABLE,
            100.0 * NOTABLE
        )
    })
}

/// Lines for the table; `dt` if it is known.
pub fn rows(case: &Case, dt: Option<f64>) -> Vec<Row> {
    let Some(Rounding { scale, error_times_dt }) = Rounding::of(case) else { return Vec::new() };
    match dt.map(|dt| rounding(case, dt)) {
        Some(warning) => warning.into_iter().map(|warning| ("warning", warning)).collect(),
        None => {
            let least = error_times_dt / NOTABLE;
            let text = format!(
                "single: where dt < {least:.1e} rounding may change the viscous loss of {scale} by more than \
                 {:.0} %",
                100.0 * NOTABLE
            );
            vec![("precision", text)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{rounding, rows};
    use crate::case::{self, Case};
    use std::path::Path;

    fn of(overrides: &[&str]) -> Case {
        let text = "flow.kind = \"homogeneous\"\ndomain.grid = [24, 24, 24]\nfluid.viscosity = 0.02\ninitial \
            = { kind = \"taylor-green\", dimensions = 2 }\n\
                    numerics.precision = \"single\"\ntime = { dt = 1e-5, steps = 3000 }\n";
        let overrides: Vec<String> = overrides.iter().map(|set| set.to_string()).collect();
        case::parse(crate::FLOWS, "case.toml", text, Path::new(""), &overrides)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn steps_whose_losses_are_lost_in_rounding_are_warned_of() {
        // sqrt(3 / 12) 8.6e-8 / (0.02 1e-5) = 0.215
        let text = rounding(&of(&[]), 1e-5).unwrap();
        assert!(
            text.starts_with("dt = 1.00e-5 is short for single precision: ")
                && text.contains(" by 21.5 % of it "),
            "{text}"
        );
        assert!(text.contains("dt above 2.2e-4,"), "{text}");
        assert_eq!(rounding(&of(&[]), 1e-3), None);
        assert_eq!(rounding(&of(&["numerics.precision=double"]), 1e-9), None);
        assert_eq!(rounding(&of(&["fluid.viscosity=0"]), 1e-9), None);
        // A box of half the size has scales that lose four times as much; two stages round less
        // often than four.
        assert!(
            rounding(&of(&["domain.size=[3.14159,3.14159,3.14159]"]), 1e-5)
                .is_some_and(|text| text.contains(" by 5.4 % "))
        );
        let of_scheme = |scheme: &str| rounding(&of(&[&format!("time.scheme={scheme}")]), 1e-5).unwrap();
        assert!(
            of_scheme("rk2").contains(" by 17.6 % ") && of_scheme("rk4").contains(" by 24.8 % "),
            "{}",
            of_scheme("rk4")
        );
    }

    #[test]
    fn the_table_has_the_limit_where_the_step_is_not_known() {
        let (single, double) = (of(&[]), of(&["numerics.precision=double"]));
        assert_eq!(rows(&single, None)[0].0, "precision");
        assert!(rows(&single, None)[0].1.starts_with("single: where dt < 2.2e-4 "));
        assert_eq!(rows(&single, Some(1e-5))[0].0, "warning");
        assert!(rows(&single, Some(1e-2)).is_empty() && rows(&double, None).is_empty());
    }
}
