//! The report of a channel against closed forms, its tables and figures, and published channels.

mod findings;
mod flow;
mod published;
mod spectra;
mod tables;

pub use flow::batch;
