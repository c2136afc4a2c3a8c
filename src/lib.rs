//! rogallo: direct numerical simulation of turbulence, pseudo-spectral, on any number of MPI ranks.
//!
//! ```text
//! case file -> Case -> Flow (homogeneous | channel) -> advance … -> statistics, checkpoints -> report
//! ```
//!
//! The program is the way to compute. Another program can run a case ([`run()`]) and read its results with
//! this library: a case ([`case::load`] of [`FLOWS`]), a checkpoint ([`StoredCheckpoint`]), a snapshot
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

#[cfg(not(target_pointer_width = "64"))]
compile_error!("rogallo needs a 64-bit system: fields and files have more than 2^32 elements");

// The engine: public for the program, its tests and its benches, which are other crates. It may change at
// any time.
#[doc(hidden)]
pub mod channel;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod conversion;
#[doc(hidden)]
pub mod definition;
#[doc(hidden)]
pub mod field;
#[doc(hidden)]
pub mod flow;
#[doc(hidden)]
pub mod homogeneous;
#[doc(hidden)]
pub mod ledger;
#[doc(hidden)]
pub mod memory;
#[doc(hidden)]
pub mod parallel;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod point_boxes;
#[doc(hidden)]
pub mod program;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod statistics;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod time;
#[doc(hidden)]
pub mod transform;

pub mod case;
pub mod error;

mod chebyshev;
mod convection;
mod diagnosis;
mod figure;
mod files;
mod flows;
mod random;
mod submit;
mod table;
mod view;

pub use error::{Error, Result};
pub use flows::FLOWS;
pub use parallel::{Session, World};
pub use program::Program;
pub use run::{Options, Outcome, run};
pub use statistics::{Batch, Record};
pub use store::{Header, StoredCheckpoint, StoredColumn, StoredSnapshot, read_batch};

/// A file of published or exact numbers, with its source in `tests/data/README.md`.
#[cfg(test)]
fn test_data(file: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file)
}
