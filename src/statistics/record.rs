//! Results as they are kept: in checkpoints, so that a run goes on with them, and in files of their own.

use crate::error::{Error, Result};
use ndarray::ArrayViewD;

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

impl Record {
    /// The values as an array, its axes in the order of [`Record::axes`].
    ///
    /// # Errors
    /// Values that do not fill the shape.
    pub fn view(&self) -> Result<ArrayViewD<'_, f64>> {
        ArrayViewD::from_shape(&self.shape[..], &self.values)
            .map_err(|error| Error::input(format!("{}: {error}", self.name)))
    }

    /// The prefix of names in a checkpoint, of the records of closed batches that could not be
    /// written to files of their own.
    pub const KEPT: &str = "kept_";

    /// Whether it is one of those.
    pub fn is_kept(&self) -> bool {
        self.name.starts_with(Self::KEPT)
    }

    /// A single number.
    pub fn scalar(name: &str, units: &str, description: &str, value: f64) -> Self {
        let [name, units, description] = [name, units, description].map(str::to_owned);
        Self { name, units, description, axes: Vec::new(), shape: Vec::new(), values: vec![value] }
    }

    /// The single number of this name.
    ///
    /// # Errors
    /// There is none of this name, or it is not one number.
    pub fn number(records: &[Self], name: &str) -> Result<f64> {
        Ok(Self::values(records, name, 1)?[0])
    }

    /// The values of this name.
    ///
    /// # Errors
    /// There are none of this name, or another number of them.
    pub fn values<'a>(records: &'a [Self], name: &str, length: usize) -> Result<&'a [f64]> {
        match records.iter().find(|record| record.name == name) {
            Some(record) if record.values.len() == length => Ok(&record.values),
            Some(record) => Err(Error::input(format!(
                "its statistics \"{name}\" are {} numbers, not {length}",
                record.values.len()
            ))),
            None => Err(Error::input(format!("it has statistics, but no \"{name}\""))),
        }
    }
}

/// A batch that a flow has closed, to be written: all of it at the root; the other ranks may have only some.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRecords {
    pub number: u64,
    pub records: Vec<Record>,
}
