//! MPI: the ranks, their process grid, the exchanges between them, reductions that do not depend on
//! how many they are, and agreement on errors. The only room that names the `mpi` crate.

pub mod activity;
mod blocks;
mod exact_sum;
mod exchange;
mod file_hints;
mod process_grid;
mod world;

pub use blocks::{Blocks, BlocksMut};
pub use exact_sum::ExactSum;
pub use exchange::{Exchange, Method, Traffic};
pub use file_hints::{FileHints, check_aggregators};
pub use process_grid::{ProcessGrid, Share, Work};
pub use world::{Session, World, library_version};

/// What may travel between ranks: the two real precisions (complex numbers travel as pairs of them).
pub trait Element: mpi::traits::Equivalence + bytemuck::Pod + Default {}
impl Element for f32 {}
impl Element for f64 {}
