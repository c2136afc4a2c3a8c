//! What a homogeneous case resolves and takes.

use super::{Demands, Row, limits, mean, missing_file, precision_rows, until};
use crate::case::{Case, Homogeneous};
use crate::error::Result;
use crate::homogeneous::{Parameters, Wavenumbers};
use crate::parallel::ProcessGrid;
use crate::time::StepSize;
use crate::transform::Layout;

/// Lines for the table.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn rows(case: &Case, flow: &Homogeneous, ranks: usize) -> Result<Vec<Row>> {
    let parameters = Parameters::new(case, flow);
    let truncation = parameters.truncation();
    let wavenumbers = Wavenumbers::new(case.domain.size, &truncation);
    let demands = demands(case, flow, ranks)?;
    let [nx, ny, nz] = case.domain.grid;
    let spacing: Vec<String> = (0..3).map(|i| format!("{:.4}", case.domain.size[i] / case.domain.grid[i] as f64)).collect();
    let mut rows = vec![
        ("case", format!("{}, homogeneous flow, valid", case.name)),
        ("grid", format!("{nx} x {ny} x {nz} points, spacing {}", spacing.join(", "))),
        (
            "modes",
            format!("{} ({}), k_max {:.4}", Layout::new(truncation, [1, 1], 0, 0).total_modes, truncation.name(), wavenumbers.largest()),
        ),
        ("smallest eddies", format!("k_max eta >= 1.5 while the dissipation is below {:.3e}", largest_dissipation(case, &wavenumbers))),
    ];
    rows.extend(mean::rows(case, &flow.mean, &truncation));
    rows.push(("step", step(case)));
    rows.extend(limits::rows(case, &parameters.rates(&times(case, flow))?, &parameters.stability()));
    rows.extend(precision_rows(case));
    rows.extend(demands.rows());
    rows.extend(missing_file(case));
    Ok(rows)
}

/// The times of the run at which the mean flow changes.
fn times(case: &Case, flow: &Homogeneous) -> Vec<f64> {
    let end = case.time.stop.end.unwrap_or(f64::INFINITY);
    flow.mean.schedule.iter().map(|(time, _)| *time).filter(|time| *time == 0.0 || *time < end).collect()
}

/// What it takes.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn demands(case: &Case, flow: &Homogeneous, ranks: usize) -> Result<Demands> {
    let parameters = Parameters::new(case, flow);
    let truncation = parameters.truncation();
    let grid = ProcessGrid::choose(ranks, parameters.process_grid, &Layout::work(&truncation))?;
    let layout = Layout::new(truncation, grid, 0, 0);
    let stored = 2.0 * (3 + flow.scalars.len()) as f64 * layout.total_modes as f64;
    Demands::new(case, grid, parameters.reals(&layout) as f64, stored)
}

/// The dissipation at which k_max eta = 1.5, eta = (nu^3 / eps)^(1/4).
fn largest_dissipation(case: &Case, wavenumbers: &Wavenumbers) -> f64 {
    case.fluid.viscosity.powi(3) * (wavenumbers.largest() / 1.5).powi(4)
}

/// dt, or an estimate of it from a velocity of order one.
fn step(case: &Case) -> String {
    let until = until(case);
    match case.time.step {
        StepSize::Fixed(dt) => format!("dt = {dt}, {until}"),
        StepSize::Courant(number) => {
            let spacing = (0..3).map(|i| case.domain.size[i] / case.domain.grid[i] as f64).fold(f64::INFINITY, f64::min);
            format!("dt about {:.2e} where sum |u_i| / dx_i is {:.1} (velocities of order 1), {until}", number * spacing, 1.0 / spacing)
        }
    }
}
