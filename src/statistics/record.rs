//! Records of results, which are stored in checkpoints, from which a run continues, and in separate
//! files.

use crate::error::{Error, Result};
use ndarray::ArrayViewD;
use std::ops::Range;

/// An array of real numbers, such as the mean velocity over y.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub name: String,
    pub units: String,
    pub description: String,
    /// Name of each axis, such as `["y", "kx"]`; empty for a single number.
    pub axes: Vec<String>,
    /// Length along each axis.
    pub shape: Vec<usize>,
    /// Values, the last axis fastest.
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

    /// Prefix of the records in a checkpoint that belong to closed batches whose files could not be
    /// written.
    pub const KEPT: &str = "kept_";

    /// Returns whether the record belongs to such a batch.
    pub fn is_kept(&self) -> bool {
        self.name.starts_with(Self::KEPT)
    }

    /// A record of a single number.
    pub fn scalar(name: &str, units: &str, description: &str, value: f64) -> Self {
        let [name, units, description] = [name, units, description].map(str::to_owned);
        Self { name, units, description, axes: Vec::new(), shape: Vec::new(), values: vec![value] }
    }

    /// The single number with this name.
    ///
    /// # Errors
    /// There is no such record, or it is not a single number.
    pub fn number(records: &[Self], name: &str) -> Result<f64> {
        Ok(Self::values(records, name, 1)?[0])
    }

    /// The values with this name.
    ///
    /// # Errors
    /// There is no such record, or it has another length.
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

/// A large record of two axes or more, of which each rank has a box; together they are the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordPart {
    /// Its shape is that of the whole, its values those of the box.
    pub record: Record,
    /// The rows of the box, along the first axis, and its columns, along the others one after the other;
    /// they may be empty.
    pub place: [Range<usize>; 2],
}

/// Results of all ranks to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    /// At the root, nothing elsewhere.
    pub whole: Vec<Record>,
    /// The same on all ranks but for the box.
    pub parts: Vec<RecordPart>,
}

impl Records {
    /// All of these and of the others.
    pub fn and(mut self, others: Self) -> Self {
        self.whole.extend(others.whole);
        self.parts.extend(others.parts);
        self
    }
}

/// A closed batch to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRecords {
    pub number: u64,
    pub records: Records,
}

#[cfg(test)]
mod tests {
    use super::Record;

    #[test]
    fn a_view_has_the_last_axis_fastest_and_all_values() {
        let [name, units, description] = ["uu", "velocity^2", "energy"].map(str::to_owned);
        let axes = ["y", "kx"].map(str::to_owned).into();
        let values = (0..6).map(f64::from).collect();
        let record = Record { name, units, description, axes, shape: vec![2, 3], values };
        assert_eq!(record.view().unwrap()[[1, 2]], 5.0);
        assert_eq!(record.view().unwrap()[[0, 1]], 1.0);
        let short = Record { shape: vec![2, 4], ..record };
        assert!(short.view().unwrap_err().message.starts_with("uu: "));
    }
}
