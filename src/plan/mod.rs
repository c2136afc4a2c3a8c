//! The report of `check` on a case: resolution, memory and file sizes. This module has the lines for
//! every flow; each flow adds its own.

mod demands;
pub mod limits;
pub mod precision;

pub use demands::{Demands, Row, missing_file, until};
pub use precision::rounding;

use crate::case::Case;
use crate::error::Result;
use crate::time::Rates;
use crate::transform::Portion;

/// A line for the user if some of the ranks have nothing to do in some direction.
///
/// # Errors
/// As for `demands`.
pub fn idle_ranks(case: &Case, ranks: usize) -> Result<Option<String>> {
    Ok(Portion::work(&case.flow.truncation(case)).idle_ranks(demands(case, ranks)?.process_grid))
}

/// The memory and disk space that the case needs on a number of ranks.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn demands(case: &Case, ranks: usize) -> Result<Demands> {
    case.flow.demands(case, ranks)
}

/// The reasons why the step of the case is too long for a flow with these rates.
pub fn too_long(case: &Case, rates: &Rates) -> Vec<String> {
    limits::warnings(case, rates, &case.flow.stability(case))
}

/// The report on the case: its resolution, its requirements on a number of ranks, and these notes.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn summary(case: &Case, ranks: usize, notes: &[String]) -> Result<String> {
    let mut rows = case.flow.rows(case, ranks)?;
    rows.extend(idle_ranks(case, ranks)?.map(|idle| ("warning", idle)));
    rows.extend(notes.iter().map(|note| ("note", note.clone())));
    Ok(rows.iter().map(|(name, text)| format!("{name:<16} {text}\n")).collect())
}
