//! Averages at phases of oscillating walls. Of N bins, n has the samples whose phase t/T is nearer to n/N
//! than to any other, with their weights.

use super::super::catalogue::*;
use super::averages::{Averages, Profile};
use crate::error::Result;
use crate::statistics::{Record, Weight};
use crate::store::StoredRecords;

/// Sums over the samples of each bin; the same on all ranks.
pub struct Phases {
    /// Number of bins, which may be none.
    number: usize,
    /// The period of the walls.
    period: f64,
    points: usize,
    /// Of each bin: the number of samples, the sum of their weights w, and that of w times the phase less
    /// n/N.
    of_bins: [Vec<f64>; 3],
    /// Sums of w times the averages, `[bin][y]`.
    profiles: Vec<Profile>,
    /// False where the bins of a checkpoint are others, until the sums begin again.
    is_summed: bool,
}

/// The records of the numbers of each bin: names, units and contents.
const OF_BINS: [(&str, &str, &str); 3] = [
    ("phase_samples", "1", "number of samples in each bin"),
    ("phase_weight", "time of the case", "sum of the weights w of the samples in each bin"),
    ("phase_offset", "time of the case", "sum over the samples in each bin of w (t/T - n/N)"),
];

impl Phases {
    /// Empty sums at `points` points in y.
    pub fn new(number: usize, period: f64, points: usize) -> Self {
        let mut empty = Self {
            number,
            period,
            points,
            of_bins: [const { Vec::new() }; 3],
            profiles: OF_PHASES.map(|moment| (moment, Vec::new())).into(),
            is_summed: true,
        };
        empty.clear();
        empty
    }

    /// Numbers in so many bins.
    pub fn room(number: usize, points: usize) -> usize {
        number * (OF_BINS.len() + OF_PHASES.len() * points)
    }

    /// Begins all sums again.
    pub fn clear(&mut self) {
        self.is_summed = true;
        self.of_bins.iter_mut().for_each(|sums| *sums = vec![0.0; self.number]);
        self.profiles.iter_mut().for_each(|(_, sums)| *sums = vec![0.0; self.number * self.points]);
    }

    /// Adds the averages of a sample at this time.
    pub fn add(&mut self, time: f64, weight: &Weight, sample: &Averages) {
        if self.number == 0 || !self.is_summed {
            return;
        }
        let number = self.number as f64;
        let phase = time / self.period * number;
        // Behind the last bin comes the first.
        let bin = phase.round().rem_euclid(number) as usize;
        let of_sample = [1.0, weight.value(), weight.value() * (phase - phase.round()) / number];
        self.of_bins.iter_mut().zip(of_sample).for_each(|(sums, value)| sums[bin] += value);
        for (moment, sums) in &mut self.profiles {
            let line = sample.line(*moment).unwrap_or_default();
            let sums = &mut sums[bin * self.points..][..self.points];
            sums.iter_mut().zip(line).for_each(|(sum, average)| *sum += weight.value() * average);
        }
    }

    /// The phases n/N.
    fn phases(&self) -> Vec<f64> {
        (0..self.number).map(|n| n as f64 / self.number as f64).collect()
    }

    /// The sums as records, with y ascending; none if there are no bins.
    pub fn records(&self) -> Vec<Record> {
        if self.number == 0 || !self.is_summed {
            return Vec::new();
        }
        let of_bins = |(name, units, description): (&str, &str, &str), values: &[f64]| Record {
            name: name.to_owned(),
            units: units.to_owned(),
            description: description.to_owned(),
            axes: vec![PHASE.to_owned()],
            shape: vec![self.number],
            values: values.to_vec(),
        };
        let phase = (PHASE, "1", "n/N of the N bins over the period T of the walls");
        let numbers = OF_BINS.into_iter().zip(&self.of_bins).map(|(of, values)| of_bins(of, values));
        let profiles = self.profiles.iter().map(|(moment, sums)| Record {
            name: at_phases(*moment),
            units: moment.units_of_sum(&[]),
            description: format!(
                "sum over the samples in each bin of w times the average over a plane {}",
                moment.formula(&[])
            ),
            axes: vec![PHASE.to_owned(), "y".to_owned()],
            shape: vec![self.number, self.points],
            values: self.turned(sums),
        });
        [of_bins(phase, &self.phases())].into_iter().chain(numbers).chain(profiles).collect()
    }

    /// Restores the sums of a checkpoint; other bins than its own begin with the next batch. Collective.
    ///
    /// # Errors
    /// A record is missing.
    pub fn recall(&mut self, stored: &mut StoredRecords) -> Result<()> {
        let found = stored.small().iter().find(|record| record.name == PHASE);
        self.is_summed = found.map_or(&[][..], |found| &found.values) == self.phases();
        if self.number == 0 || !self.is_summed {
            return Ok(());
        }
        for ((name, ..), sums) in OF_BINS.iter().zip(&mut self.of_bins) {
            *sums = Record::values(stored.small(), name, self.number)?.to_vec();
        }
        for i in 0..self.profiles.len() {
            let name = at_phases(self.profiles[i].0);
            let sums = stored.read(&name, &[self.number, self.points], &[0..self.number, 0..self.points])?;
            self.profiles[i].1 = self.turned(&sums);
        }
        Ok(())
    }

    /// Reverses the y axis of `[bin][y]`.
    fn turned(&self, values: &[f64]) -> Vec<f64> {
        values.chunks_exact(self.points).flat_map(|line| line.iter().rev().copied()).collect()
    }

    /// How many numbers there are.
    #[cfg(test)]
    pub fn numbers(&self) -> usize {
        let profiles = self.profiles.iter().map(|(_, sums)| sums);
        self.of_bins.iter().chain(profiles).map(Vec::len).sum()
    }
}
