//! rogallo: direct numerical simulation of turbulence, pseudo-spectral, on any number of MPI ranks.
//!
//! ```text
//! case file -> Case -> Flow (homogeneous | channel) -> advance … -> statistics, checkpoints -> report
//! ```

pub mod case;
pub mod channel;
pub mod convection;
pub mod diagnosis;
pub mod error;
pub mod files;
pub mod flow;
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

/// A file of published or exact numbers, which `tests/data` says the sources of.
#[cfg(test)]
fn test_data(file: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file)
}
