//! rogallo: direct numerical simulation of turbulence, pseudo-spectral, on any number of MPI ranks.
//!
//! ```text
//! case file -> Case -> Flow (homogeneous | channel) -> advance … -> statistics, checkpoints -> report
//! ```
//!
//! The program is the way to compute. Programs that analyse its results can read them with this
//! library: a case ([`case::load`] of [`FLOWS`]), a checkpoint ([`StoredCheckpoint`]), a snapshot
//! ([`StoredSnapshot`]) and a batch of statistics ([`read_batch`]). Fields are `ndarray` arrays.
//!
//! ```no_run
//! use rogallo::{StoredCheckpoint, StoredSnapshot, read_batch};
//! use std::path::Path;
//!
//! # fn main() -> rogallo::Result<()> {
//! let run = Path::new("runs/taylor-green");
//! let snapshot = StoredSnapshot::open(&run.join("snapshots/00000200.h5"))?;
//! let u = snapshot.field("u")?; // ndarray::Array3<f64>, axes (z, y, x)
//! println!("t = {}: u at the origin is {}", snapshot.time, u[[0, 0, 0]]);
//!
//! let checkpoint = StoredCheckpoint::open(&run.join("checkpoints/latest"))?;
//! let u = checkpoint.field("u")?; // ndarray::Array1<Complex<f64>>
//! for column in checkpoint.columns() {
//!     println!("({}, n_y, {}): {}", column.nx, column.nz, u.slice(ndarray::s![column.modes]));
//! }
//!
//! let (header, batch) = read_batch(Path::new("runs/channel/statistics/00000003.h5"))?;
//! println!("{} samples up to t = {}", batch.moments.samples, header.time);
//! # Ok(())
//! # }
//! ```

pub mod case;
pub mod channel;
#[doc(hidden)]
pub mod cli;
pub mod convection;
pub mod conversion;
pub mod definition;
pub mod diagnosis;
pub mod error;
pub mod files;
pub mod flow;
mod flows;
pub mod homogeneous;
pub mod ledger;
pub mod memory;
pub mod parallel;
pub mod plan;
pub mod program;
pub mod report;
pub mod run;
pub mod statistics;
pub mod store;
pub mod submit;
mod table;
pub mod time;
pub mod transform;

mod chebyshev;
mod random;

pub use error::{Error, Result};
pub use flows::FLOWS;
pub use store::{StoredCheckpoint, StoredColumn, StoredSnapshot, read_batch};

/// A file of published or exact numbers, with its source in `tests/data/README.md`.
#[cfg(test)]
fn test_data(file: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file)
}
