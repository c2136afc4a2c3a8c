//! What a case takes: resolution, memory, file sizes, before anyone queues. What a flow says of it
//! stands in the room of the flow; here is what every flow has.

mod demands;
pub mod limits;
pub mod precision;

pub use demands::{Demands, Row, missing_file, until};
pub use precision::rounding;

use crate::case::Case;
use crate::error::Result;
use crate::time::Rates;
use crate::transform::Layout;

/// A line for the user if some of so many ranks have nothing to do in some direction.
///
/// # Errors
/// As for [`demands`].
pub fn idle_ranks(case: &Case, ranks: usize) -> Result<Option<String>> {
    Ok(Layout::work(&case.definition().truncation(case)).idle_ranks(demands(case, ranks)?.process_grid))
}

/// What the case takes on so many ranks.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn demands(case: &Case, ranks: usize) -> Result<Demands> {
    case.definition().demands(case, ranks)
}

/// Why the step that the case asks for is too long, where the flow changes at these rates.
pub fn too_long(case: &Case, rates: &Rates) -> Vec<String> {
    limits::warnings(case, rates, &case.definition().stability(case))
}

/// The case in some lines: what it resolves, what it takes on so many ranks, and these notes.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn summary(case: &Case, ranks: usize, notes: &[String]) -> Result<String> {
    let mut rows = case.definition().rows(case, ranks)?;
    rows.extend(idle_ranks(case, ranks)?.map(|idle| ("warning", idle)));
    rows.extend(notes.iter().map(|note| ("note", note.clone())));
    Ok(rows.iter().map(|(name, text)| format!("{name:<16} {text}\n")).collect())
}
