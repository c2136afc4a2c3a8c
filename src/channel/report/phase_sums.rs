//! The sums of the batches at phases of oscillating walls, and averages over them.

use super::samples::Averages;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Moment, OF_PHASES, PHASE, at_phases};
use crate::error::Result;
use crate::statistics::{Batch, Record};
use std::rc::Rc;

/// The sums, batch after batch; zeros in a batch that has other phases than the last one with phases.
pub struct PhaseSums {
    /// n/N.
    phases: Vec<f64>,
    /// The weights of the samples, and the sums of these times their phases less n/N: `[batch][phase]`.
    weights: Vec<f64>,
    offsets: Vec<f64>,
    /// `[batch][phase][y]`
    sums: Vec<(Moment, Vec<f64>)>,
}

impl PhaseSums {
    /// # Errors
    /// Records of another shape.
    pub fn new(batches: &[Batch], points: usize) -> Result<Self> {
        let phases = |batch: &Batch| {
            let found = batch.records.iter().find(|record| record.name == PHASE);
            found.map_or(Vec::new(), |record| record.values.clone())
        };
        let own = batches.iter().rev().map(phases).find(|phases| !phases.is_empty()).unwrap_or_default();
        let collect = |name: &str, of_phase: usize| -> Result<Vec<f64>> {
            let (mut all, number) = (Vec::new(), own.len() * of_phase);
            for batch in batches.iter().filter(|_| number > 0) {
                match phases(batch) == own {
                    true => all.extend(Record::values(&batch.records, name, number)?),
                    false => all.resize(all.len() + number, 0.0),
                }
            }
            Ok(all)
        };
        let profiles = OF_PHASES.into_iter().map(|of| Ok((of, collect(&at_phases(of), points)?)));
        Ok(Self {
            weights: collect("phase_weight", 1)?,
            offsets: collect("phase_offset", 1)?,
            sums: profiles.collect::<Result<_>>()?,
            phases: own,
        })
    }

    /// The averages over some batches, with the mean phase of the samples.
    pub fn over(
        &self,
        taken: &[usize],
        scalars: &Rc<[ChannelScalar]>,
        points: usize,
    ) -> Vec<(f64, Averages)> {
        let number = self.phases.len();
        let at = |(n, phase): (usize, &f64)| {
            let total = |values: &[f64]| taken.iter().map(|b| values[b * number + n]).sum::<f64>();
            let weight = total(&self.weights);
            let mean = |sums: &[f64]| {
                let mut mean = vec![0.0; points];
                for line in taken.iter().map(|b| &sums[(b * number + n) * points..]) {
                    mean.iter_mut().zip(line).for_each(|(mean, sum)| *mean += sum / weight);
                }
                mean
            };
            let lines = self.sums.iter().map(|(moment, sums)| (*moment, mean(sums))).collect();
            let averages = Averages { scalars: scalars.clone(), lines, phases: Vec::new() };
            (phase + total(&self.offsets) / weight, averages)
        };
        self.phases.iter().enumerate().map(at).collect()
    }

    /// The phases without samples, as n/N.
    pub fn empty(&self) -> Vec<String> {
        let Self { phases, weights, .. } = self;
        let number = phases.len();
        let is_empty = |n: &usize| weights.iter().skip(*n).step_by(number).all(|weight| *weight == 0.0);
        (0..number).filter(is_empty).map(|n| format!("{n}/{number}")).collect()
    }
}
