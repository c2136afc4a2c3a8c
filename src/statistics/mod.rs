//! Statistics: sums that are the same figures on any number of ranks, averages over time in
//! batches, and the records that results are kept in.

mod batches;
mod bins;
mod record;

pub use batches::{Axis, Batch, Batching, Closed, Sampled, Tally, Weight, Window};
pub use bins::Bins;
pub use record::{BatchRecords, Record};
