//! MPI: the ranks, their process grid, exchanges between them, reductions that do not depend on their
//! number, and agreement on errors. No other module uses the `mpi` crate.

pub mod activity;
mod aggregators;
mod blocks;
mod exact_sum;
mod exchange;
mod launcher;
mod node;
mod process_grid;
mod world;

pub use aggregators::check_aggregators;
pub use blocks::{Blocks, BlocksMut};
pub use exact_sum::ExactSum;
pub use exchange::{Exchange, Method, Traffic};
pub use launcher::ranks_of_node;
pub use node::Node;
pub use process_grid::{Cost, ProcessGrid, Share, Work, idle_in_y};
pub use world::{Session, Spread, World, library_version};

/// Element types of messages: the two real precisions (complex numbers are sent as pairs).
pub trait Element: mpi::traits::Equivalence + bytemuck::Pod + Default {}
impl Element for f32 {}
impl Element for f64 {}
