//! What a case takes: resolution, memory, file sizes, before anyone queues.

mod homogeneous;
mod mean;

use crate::case::{Case, FlowKind, Precision};
use crate::error::Result;

/// A line of the table: what, and how it is.
type Row = (&'static str, String);

/// The case in some lines: what it resolves, and what it takes on so many ranks.
///
/// # Errors
/// A process grid that does not fit the ranks.
pub fn summary(case: &Case, ranks: usize) -> Result<String> {
    let rows = match &case.flow {
        FlowKind::Homogeneous(flow) => homogeneous::rows(case, flow, ranks)?,
    };
    Ok(rows.iter().map(|(name, text)| format!("{name:<16} {text}\n")).collect())
}

/// Bytes of a real of the fields.
fn bytes(precision: Precision) -> f64 {
    match precision {
        Precision::Double => 8.0,
        Precision::Single => 4.0,
    }
}

/// When the run ends.
fn until(case: &Case) -> String {
    match (case.time.stop.end, case.time.stop.steps) {
        (Some(end), Some(steps)) => format!("until time {end} or step {steps}"),
        (Some(end), None) => format!("until time {end}"),
        (None, Some(steps)) => format!("until step {steps}"),
        (None, None) => String::new(),
    }
}
