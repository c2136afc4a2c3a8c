//! What a case takes: resolution, memory, file sizes, before anyone queues.

mod channel;
mod homogeneous;
mod limits;
mod mean;
mod notes;
mod precision;
mod resolution;
mod steps;

pub use notes::notes;
pub use precision::rounding;

use crate::case::{Case, FlowKind, Precision};
use crate::error::Result;
use crate::parallel::check_aggregators;
use crate::time::{Rates, StepSize};
use crate::transform::Layout;

/// A line of the table: what, and how it is.
type Row = (&'static str, String);

/// What a case takes on so many ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demands {
    pub process_grid: [usize; 2],
    /// Bytes of the fields and statistics of a rank; MPI and HDF5 take some more.
    pub memory: f64,
    /// Bytes of a checkpoint.
    pub checkpoint: f64,
}

impl Demands {
    /// Of a case of which each rank holds `reals` real numbers, and a checkpoint `stored` in all.
    ///
    /// # Errors
    /// More aggregators than ranks.
    fn new(case: &Case, process_grid: [usize; 2], reals: f64, stored: f64) -> Result<Self> {
        check_aggregators(case.checkpoint.aggregators, process_grid.iter().product())?;
        let bytes = match case.numerics.precision {
            Precision::Double => 8.0,
            Precision::Single => 4.0,
        };
        Ok(Self { process_grid, memory: bytes * reals, checkpoint: bytes * stored })
    }

    fn rows(&self) -> [Row; 3] {
        let [p_row, p_col] = self.process_grid;
        [
            ("ranks", format!("{}, process grid [{p_row}, {p_col}]", p_row * p_col)),
            ("memory per rank", format!("{}, and what MPI and HDF5 take", bytes(self.memory))),
            ("checkpoint", bytes(self.checkpoint)),
        ]
    }
}

/// A number of bytes with its unit.
fn bytes(bytes: f64) -> String {
    match bytes {
        _ if bytes < 1e9 => format!("{:.1} MB", bytes / 1e6),
        _ if bytes < 1e12 => format!("{:.1} GB", bytes / 1e9),
        _ => format!("{:.1} TB", bytes / 1e12),
    }
}

/// A line for the user if some of so many ranks have nothing to do in some direction.
///
/// # Errors
/// As for [`demands`].
pub fn idle_ranks(case: &Case, ranks: usize) -> Result<Option<String>> {
    let truncation = match &case.flow {
        FlowKind::Homogeneous(flow) => crate::homogeneous::Parameters::new(case, flow).truncation(),
        FlowKind::Channel(flow) => crate::channel::Parameters::new(case, flow).truncation(),
    };
    Ok(Layout::work(&truncation).idle_ranks(demands(case, ranks)?.process_grid))
}

/// What the case takes on so many ranks.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn demands(case: &Case, ranks: usize) -> Result<Demands> {
    match &case.flow {
        FlowKind::Homogeneous(flow) => homogeneous::demands(case, flow, ranks),
        FlowKind::Channel(flow) => channel::demands(case, flow, ranks),
    }
}

/// Why the step that the case asks for is too long, where the flow changes at these rates.
pub fn too_long(case: &Case, rates: &Rates) -> Vec<String> {
    let stability = match &case.flow {
        FlowKind::Homogeneous(flow) => crate::homogeneous::Parameters::new(case, flow).stability(),
        FlowKind::Channel(flow) => crate::channel::Parameters::new(case, flow).stability(),
    };
    limits::warnings(case, rates, &stability)
}

/// The case in some lines: what it resolves, what it takes on so many ranks, and these notes.
///
/// # Errors
/// A process grid, or aggregators, that do not fit the ranks.
pub fn summary(case: &Case, ranks: usize, notes: &[String]) -> Result<String> {
    let mut rows = match &case.flow {
        FlowKind::Homogeneous(flow) => homogeneous::rows(case, flow, ranks)?,
        FlowKind::Channel(flow) => channel::rows(case, flow, ranks)?,
    };
    rows.extend(idle_ranks(case, ranks)?.map(|idle| ("warning", idle)));
    rows.extend(notes.iter().map(|note| ("note", note.clone())));
    Ok(rows.iter().map(|(name, text)| format!("{name:<16} {text}\n")).collect())
}

/// A warning where the checkpoint that the run starts from is not there.
fn missing_file(case: &Case) -> Option<Row> {
    let path = case.initial_file().filter(|path| !path.exists())?;
    Some(("warning", format!("initial.file: there is no {}", path.display())))
}

/// What single precision means for the step.
fn precision_rows(case: &Case) -> Vec<Row> {
    let dt = if let StepSize::Fixed(dt) = case.time.step { Some(dt) } else { None };
    precision::rows(case, dt)
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
