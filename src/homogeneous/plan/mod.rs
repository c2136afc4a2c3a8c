//! The resolution and the requirements of a homogeneous case.

mod mean;
mod notes;
mod resolution;
mod steps;

use super::{Parameters, Wavenumbers};
use crate::case::Case;
use crate::error::Result;
use crate::homogeneous::case::Homogeneous;
use crate::plan::{Row, limits, precision};
use crate::transform::Truncation;
use notes::figures;

pub use notes::notes;
pub use resolution::{COARSE, FINE};

/// Lines for the table.
///
/// # Errors
/// Fields or forces that the run would refuse.
pub fn rows(case: &Case, flow: &Homogeneous) -> Result<Vec<Row>> {
    let parameters = Parameters::new(case, flow);
    let truncation = parameters.truncation();
    let wavenumbers = Wavenumbers::new(case.domain.size, &truncation);
    let [nx, ny, nz] = case.domain.grid;
    let spacing: Vec<String> =
        (0..3).map(|i| format!("{:.4}", case.domain.size[i] / case.domain.grid[i] as f64)).collect();
    let mut rows = vec![
        ("case", format!("{}, homogeneous flow, valid", case.name)),
        ("grid", format!("{nx} x {ny} x {nz} points, spacing {}", spacing.join(", "))),
        (
            "modes",
            format!(
                "{} ({}), k_max {:.4}{}",
                truncation.count_modes(),
                truncation.name(),
                wavenumbers.largest(),
                of_directions(&wavenumbers, &truncation)
            ),
        ),
        (
            "smallest eddies",
            format!(
                "k_max eta >= 1.5 while the dissipation is below {:.3e}",
                largest_dissipation(case, &wavenumbers)
            ),
        ),
    ];
    rows.extend(mean::rows(case, &flow.mean, &truncation));
    let survey = parameters.refuse_impossible()?;
    rows.extend(resolution::rows(case, flow, survey.as_ref(), &wavenumbers));
    let start = steps::rates(&parameters, survey.as_ref())?;
    rows.extend(steps::rows(case, flow, survey.as_ref(), &start, wavenumbers.largest()));
    rows.extend(limits::rows(
        case,
        &parameters.rates(&times(case, flow))?.or(&start),
        &parameters.stability(),
    ));
    rows.extend(precision::rows(case, steps::length(case, survey.as_ref(), &start)));
    Ok(rows)
}

/// The k_max of each direction, if they differ: k_max is the smallest.
fn of_directions(wavenumbers: &Wavenumbers, truncation: &Truncation) -> String {
    let labels = [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)];
    let each = [0, 1, 2].map(|i| wavenumbers.unit[i] * labels[i] as f64);
    let largest = each.iter().copied().fold(0.0, f64::max);
    if largest <= wavenumbers.largest() * (1.0 + 1e-6) {
        return String::new();
    }
    format!(", the smallest of {} in x, y, z", each.map(figures).join(", "))
}

/// The times of the run at which the mean flow changes.
fn times(case: &Case, flow: &Homogeneous) -> Vec<f64> {
    let end = case.time.stop.end.unwrap_or(f64::INFINITY);
    flow.mean.schedule.iter().map(|(time, _)| *time).filter(|time| *time == 0.0 || *time < end).collect()
}

/// The dissipation at which k_max eta = 1.5, eta = (nu^3 / eps)^(1/4).
fn largest_dissipation(case: &Case, wavenumbers: &Wavenumbers) -> f64 {
    case.fluid.viscosity.powi(3) * (wavenumbers.largest() / 1.5).powi(4)
}
