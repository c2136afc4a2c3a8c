//! Statistics: sums that do not depend on the number of ranks, averages over time in batches, and
//! records of results.

mod batches;
mod bins;
pub mod errors;
mod record;
pub mod stationarity;

pub use batches::{Axis, Batch, Batching, Closed, Sampled, Tally, Weight, Window};
pub use bins::Bins;
pub use record::{BatchRecords, Record, RecordPart, Records};
