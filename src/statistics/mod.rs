//! Accumulators of statistics, exact: the same figures on any number of ranks. And the records that their results are kept in.

mod bins;
mod record;

pub use bins::Bins;
pub use record::Record;
