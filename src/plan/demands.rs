//! The memory and disk space that a case needs on a number of ranks, and lines of `check` for every flow.

use crate::case::{Case, Precision};
use crate::error::Result;
use crate::parallel::check_aggregators;

/// A line of the table: name and value.
pub type Row = (&'static str, String);

/// Requirements of a case on a number of ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demands {
    pub process_grid: [usize; 2],
    /// Bytes of fields and statistics per rank, without those of MPI and HDF5.
    pub memory: f64,
    /// Bytes of a checkpoint.
    pub checkpoint: f64,
}

impl Demands {
    /// The requirements of a case that has `reals` real numbers per rank and `stored` per checkpoint.
    ///
    /// # Errors
    /// More aggregators than ranks.
    pub fn new(case: &Case, process_grid: [usize; 2], reals: f64, stored: f64) -> Result<Self> {
        check_aggregators(case.checkpoint.aggregators, process_grid.iter().product())?;
        let bytes = match case.numerics.precision {
            Precision::Double => 8.0,
            Precision::Single => 4.0,
        };
        Ok(Self { process_grid, memory: bytes * reals, checkpoint: bytes * stored })
    }

    pub fn rows(&self) -> [Row; 3] {
        let [p_row, p_col] = self.process_grid;
        [
            ("ranks", format!("{}, process grid [{p_row}, {p_col}]", p_row * p_col)),
            ("memory per rank", format!("{}, plus MPI and HDF5", bytes(self.memory))),
            ("checkpoint", bytes(self.checkpoint)),
        ]
    }
}

/// Formats a number of bytes with its unit.
fn bytes(bytes: f64) -> String {
    match bytes {
        _ if bytes < 1e9 => format!("{:.1} MB", bytes / 1e6),
        _ if bytes < 1e12 => format!("{:.1} GB", bytes / 1e9),
        _ => format!("{:.1} TB", bytes / 1e12),
    }
}

/// A warning if the checkpoint from which the run starts does not exist.
pub fn missing_file(case: &Case) -> Option<Row> {
    let path = case.flow.initial_file().filter(|path| !path.exists())?;
    Some(("warning", format!("initial.file: there is no {}", path.display())))
}

/// Describes when the run ends.
pub fn until(case: &Case) -> String {
    match (case.time.stop.end, case.time.stop.steps) {
        (Some(end), Some(steps)) => format!("until time {end} or step {steps}"),
        (Some(end), None) => format!("until time {end}"),
        (None, Some(steps)) => format!("until step {steps}"),
        (None, None) => String::new(),
    }
}
