//! Results as they are kept: in checkpoints, so that a run goes on with them, and in files of their own.

/// A small array of real numbers that every rank knows whole, as the mean velocity over y.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub name: String,
    pub units: String,
    pub description: String,
    /// One for each dimension, as `["y", "kx"]`; none for a single number.
    pub axes: Vec<String>,
    /// Length along each axis.
    pub shape: Vec<usize>,
    /// The last axis fastest.
    pub values: Vec<f64>,
}
