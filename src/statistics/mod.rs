//! Accumulators of statistics, exact: the same figures on any number of ranks.

mod bins;

pub use bins::Bins;
