//! Accumulators of statistics, exact: the same figures on any number of ranks.

mod shells;

pub use shells::Shells;
