//! The report of `check` on a case: resolution, memory and file sizes. This module has the lines for
//! every flow; each flow adds its own.

mod demands;
pub mod limits;
mod memory;
pub mod precision;
mod retained;
#[cfg(test)]
mod tests;

pub use demands::{Demands, Row, memory_of_rank, missing_file, until};
pub use memory::Memory;
pub use precision::rounding;

use crate::case::Case;
use crate::error::Result;
use crate::time::Rates;

/// The reasons why the step of the case is too long for a flow with these rates.
pub fn too_long(case: &Case, rates: &Rates) -> Vec<String> {
    limits::warnings(case, rates, &case.flow.stability(case))
}

/// The case in some lines: what it resolves, its demands, and these notes.
///
/// # Errors
/// Fields or forces that the run would refuse.
pub fn summary(case: &Case, demands: &Demands, notes: &[String]) -> Result<String> {
    let mut rows = case.flow.rows(case)?;
    rows.extend(demands.rows());
    rows.extend(missing_file(case));
    rows.extend(demands.idle().map(|idle| ("warning", idle.to_owned())));
    rows.extend(notes.iter().map(|note| ("note", note.clone())));
    Ok(rows.iter().map(|(name, text)| format!("{name:<16} {text}\n")).collect())
}
