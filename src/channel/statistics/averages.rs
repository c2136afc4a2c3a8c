//! Profiles of moments, as sums and as averages of a sample, and as records.

use super::super::catalogue::Moment;
use crate::channel::case::ChannelScalar;
use crate::error::Result;
use crate::statistics::{Record, Weight};

/// A moment at all points in y, from the upper wall down. An empty one is not summed: see
/// [`Averages::recall`].
pub type Profile = (Moment, Vec<f64>);

/// Profiles of moments.
pub struct Averages(Vec<Profile>);

impl Averages {
    pub fn new(profiles: Vec<Profile>) -> Self {
        Self(profiles)
    }

    /// Zeros at `points` points.
    pub fn zeros(moments: impl IntoIterator<Item = Moment>, points: usize) -> Self {
        Self(moments.into_iter().map(|moment| (moment, vec![0.0; points])).collect())
    }

    pub fn line(&self, moment: Moment) -> Option<&[f64]> {
        self.0.iter().find(|(other, _)| *other == moment).map(|(_, line)| &line[..])
    }

    pub fn line_mut(&mut self, moment: Moment) -> Option<&mut [f64]> {
        self.0.iter_mut().find(|(other, _)| *other == moment).map(|(_, line)| &mut line[..])
    }

    /// Adds these moments of a sample, times its weight.
    pub fn add(&mut self, weight: &Weight, sample: &Self) {
        for (moment, sums) in &mut self.0 {
            let line = sample.line(*moment).unwrap_or_default();
            sums.iter_mut().zip(line).for_each(|(sum, average)| *sum += weight.value() * average);
        }
    }

    /// Begins all sums again, at `points` points.
    pub fn clear(&mut self, points: usize) {
        self.0.iter_mut().for_each(|(_, sums)| *sums = vec![0.0; points]);
    }

    /// The sums as records, with y ascending; `over` says what is summed.
    pub fn records(
        &self,
        scalars: &[ChannelScalar],
        name: impl Fn(Moment) -> String,
        over: &str,
    ) -> Vec<Record> {
        let record = |(moment, sums): &Profile| Record {
            name: name(*moment),
            units: moment.units_of_sum(scalars),
            description: format!("{over} of w times the average over a plane {}", moment.formula(scalars)),
            axes: vec!["y".to_owned()],
            shape: vec![sums.len()],
            values: turned(sums, 1),
        };
        self.0.iter().filter(|(_, sums)| !sums.is_empty()).map(record).collect()
    }

    /// Reads the same moments from records. Those that an earlier version did not sample are left out
    /// until the sums begin again: what began later would be divided by too large a weight.
    ///
    /// # Errors
    /// Another record is missing.
    pub fn recall(&self, records: &[Record], points: usize, name: impl Fn(Moment) -> String) -> Result<Self> {
        let recall = |(moment, _): &Profile| {
            let name = name(*moment);
            if moment.is_added() && records.iter().all(|record| record.name != name) {
                return Ok((*moment, Vec::new()));
            }
            Ok((*moment, turned(Record::values(records, &name, points)?, 1)))
        };
        Ok(Self(self.0.iter().map(recall).collect::<Result<_>>()?))
    }

    /// Number of values.
    #[cfg(test)]
    pub fn numbers(&self) -> usize {
        self.0.iter().map(|(_, line)| line.len()).sum()
    }
}

/// Reverses the y axis, with lines of this length.
pub fn turned(values: &[f64], length: usize) -> Vec<f64> {
    values.rchunks_exact(length.max(1)).flatten().copied().collect()
}
