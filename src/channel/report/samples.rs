//! The samples of a channel: averages over all batches, over the first ones, and over all but one.
//!
//! Sampling errors come from batch means: see [`crate::statistics::errors`]. Whole batches have equal
//! weights, their length. A partial batch, at the beginning, at the end or where sampling was
//! interrupted, counts in the averages but not in their errors.

use super::phase_sums::PhaseSums;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::Moment;
use crate::channel::sampled;
use crate::error::{Error, Result};
use crate::statistics::{Batch, Record};
use std::rc::Rc;

/// Maximum number of groups of whole batches: more would not make the errors better, only their
/// computation longer.
pub const MOST_GROUPS: usize = 200;

/// Averages over planes and time, each at all points in y.
#[derive(Clone, Debug)]
pub struct Averages {
    pub scalars: Rc<[ChannelScalar]>,
    pub lines: Vec<(Moment, Vec<f64>)>,
    /// Those at phases of oscillating walls, with the mean phase of the samples.
    pub phases: Vec<(f64, Self)>,
}

impl Averages {
    /// A moment, if it was sampled.
    pub fn find(&self, moment: Moment) -> Option<&[f64]> {
        self.lines.iter().find(|(other, _)| *other == moment).map(|(_, values)| &values[..])
    }

    /// # Errors
    /// This moment was not sampled.
    pub fn get(&self, moment: Moment) -> Result<&[f64]> {
        self.find(moment).ok_or_else(|| {
            Error::input(format!(
                "the statistics have no record `{}`; another version of rogallo wrote them",
                moment.name(&self.scalars)
            ))
        })
    }

    /// The mean of each average and its mirror image `mirrored(averages, moment)`.
    pub fn with_mirror(&self, mirrored: &dyn Fn(&Self, Moment) -> Result<Vec<f64>>) -> Result<Self> {
        let both = |(moment, values): &(Moment, Vec<f64>)| {
            let other = mirrored(self, *moment)?;
            Ok((*moment, values.iter().zip(other).map(|(a, b)| 0.5 * (a + b)).collect()))
        };
        let lines = self.lines.iter().map(both).collect::<Result<_>>()?;
        let at_phase = |(phase, averages): &(f64, Self)| Ok((*phase, averages.with_mirror(mirrored)?));
        let phases = self.phases.iter().map(at_phase).collect::<Result<_>>()?;
        Ok(Self { scalars: self.scalars.clone(), lines, phases })
    }
}

/// The sums of the batches.
pub struct Samples {
    /// The points, from the upper wall, y = 1, to the lower one.
    pub y: Vec<f64>,
    /// The velocity of the frame in which u is measured.
    pub frame_velocity: f64,
    /// The sum of weights of each batch.
    weights: Vec<f64>,
    scalars: Rc<[ChannelScalar]>,
    /// The sums of each moment, batch after batch.
    sums: Vec<(Moment, Vec<f64>)>,
    /// Names of the moments that some batches lack.
    lacking: Vec<String>,
    phases: PhaseSums,
    /// The group that each batch belongs to, if it is in one.
    group: Vec<Option<usize>>,
    groups: usize,
    /// Number of whole batches in a group.
    grouped: usize,
}

impl Samples {
    /// Takes the moments that this version samples and all batches have; batches of earlier versions lack
    /// some, and hold others too.
    ///
    /// # Errors
    /// Batches of another flow, or batches that do not fit the first one.
    pub fn new(batches: &[Batch], scalars: &[ChannelScalar]) -> Result<Self> {
        let foreign = |what: &str| Error::input(format!("the statistics are not those of a channel: {what}"));
        let first = batches.first().map_or(&[][..], |batch| &batch.records);
        let y = first.iter().find(|record| record.name == "y").map_or(Vec::new(), |y| y.values.clone());
        if y.is_empty() {
            return Err(foreign("there is no y, or no sample"));
        }
        let frame_velocity = Record::number(first, "frame_velocity")?;
        let has = |batch: &Batch, name: &String| batch.records.iter().any(|record| record.name == *name);
        let named = sampled(scalars.len()).into_iter().map(|moment| (moment, moment.name(scalars)));
        let (named, lacking): (Vec<(Moment, String)>, Vec<_>) =
            named.partition(|(_, name)| batches.iter().all(|batch| has(batch, name)));
        let mut sums: Vec<(Moment, Vec<f64>)> =
            named.iter().map(|(moment, _)| (*moment, Vec::new())).collect();
        for batch in batches {
            if Record::number(&batch.records, "frame_velocity")? != frame_velocity {
                return Err(foreign("their velocities are measured in different frames"));
            }
            for ((_, sums), (_, name)) in sums.iter_mut().zip(&named) {
                sums.extend(Record::values(&batch.records, name, y.len())?);
            }
        }
        let weights = batches.iter().map(|batch| batch.moments.weight).collect();
        let whole: Vec<usize> = (0..batches.len()).filter(|b| batches[*b].is_whole()).collect();
        let grouped = whole.len().div_ceil(MOST_GROUPS).max(1);
        let mut group = vec![None; batches.len()];
        // The first whole batches belong to no group if they do not fill one.
        for (position, batch) in whole.iter().skip(whole.len() % grouped).enumerate() {
            group[*batch] = Some(position / grouped);
        }
        let groups = whole.len() / grouped;
        let lacking = lacking.into_iter().map(|(_, name)| name).collect();
        let phases = PhaseSums::new(batches, y.len())?;
        Ok(Self {
            y,
            frame_velocity,
            weights,
            scalars: scalars.into(),
            sums,
            lacking,
            phases,
            group,
            groups,
            grouped,
        })
    }

    /// The same of an ensemble, each member of which, with so many of the batches, is a group.
    ///
    /// # Errors
    /// Those of [`Samples::new`].
    pub fn of_members(batches: &[Batch], members: &[usize], scalars: &[ChannelScalar]) -> Result<Self> {
        let group = members.iter().enumerate().flat_map(|(m, count)| vec![Some(m); *count]).collect();
        Ok(Self { group, groups: members.len(), grouped: 1, ..Self::new(batches, scalars)? })
    }

    /// The note on averages that some batches lack.
    pub fn lacking(&self) -> Option<String> {
        let (first, number) = (self.lacking.first()?, self.lacking.len());
        Some(format!(
            "left out: {number} averages that batches of an earlier version lack, such as `{first}`"
        ))
    }

    /// The note on phases of oscillating walls without samples.
    pub fn empty_phases(&self) -> Option<String> {
        let empty = self.phases.empty();
        let told = || format!("no samples at the phases t/T = {}: take samples more often", empty.join(", "));
        (!empty.is_empty()).then(told)
    }

    /// Number of groups of whole batches.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Number of whole batches in a group.
    pub fn grouped(&self) -> usize {
        self.grouped
    }

    /// Averages over all samples.
    pub fn all(&self) -> Averages {
        self.over(|_| true)
    }

    /// Averages over all groups but one.
    pub fn without(&self, group: usize) -> Averages {
        self.over(|b| self.group[b].is_some_and(|other| other != group))
    }

    /// Averages over the first `groups` groups.
    pub fn first(&self, groups: usize) -> Averages {
        self.over(|b| self.group[b].is_some_and(|other| other < groups))
    }

    /// `sum_b S_b / sum_b w_b` over the batches taken, with S the sums of their samples and w those
    /// of the weights.
    fn over(&self, taken: impl Fn(usize) -> bool) -> Averages {
        let taken: Vec<usize> = (0..self.weights.len()).filter(|b| taken(*b)).collect();
        let weight: f64 = taken.iter().map(|b| self.weights[*b]).sum();
        let points = self.y.len();
        let mean = |sums: &[f64]| {
            let mut mean = vec![0.0; points];
            for b in &taken {
                mean.iter_mut().zip(&sums[b * points..]).for_each(|(mean, sum)| *mean += sum / weight);
            }
            mean
        };
        let lines = self.sums.iter().map(|(moment, sums)| (*moment, mean(sums))).collect();
        let phases = self.phases.over(&taken, &self.scalars, points);
        Averages { scalars: self.scalars.clone(), lines, phases }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::batch;
    use super::*;
    use crate::channel::catalogue::{U, UU, W};

    /// Batches of the length 4 with these weights and means of u.
    fn samples(weights: &[f64], means: &[f64]) -> Samples {
        let batch = |(number, (weight, mean)): (usize, (&f64, &f64))| {
            // The last one was written by an earlier version.
            let moments = [(U.name(&[]), mean * weight), (UU.name(&[]), 7.0 * weight), ("e_uw".into(), 1.0)];
            batch(
                number as u64,
                4.0,
                *weight,
                &[1.0, 0.0, -1.0],
                &moments.map(|(name, sum)| (name, vec![sum; 3])),
            )
        };
        Samples::new(&weights.iter().zip(means).enumerate().map(batch).collect::<Vec<_>>(), &[]).unwrap()
    }

    #[test]
    fn means_are_over_all_of_the_time_and_a_part_is_left_out() {
        let samples = samples(&[1.0, 4.0, 4.0, 4.0, 1.0], &[3.0, 1.0, 2.0, 6.0, 10.0]);
        assert_eq!(samples.groups(), 3);
        assert!((samples.all().get(U).unwrap()[0] - 49.0 / 14.0).abs() < 1e-14);
        assert!((samples.without(1).get(U).unwrap()[0] - 3.5).abs() < 1e-14);
        assert!((samples.without(1).get(UU).unwrap()[1] - 7.0).abs() < 1e-14);
        assert!((samples.first(2).get(U).unwrap()[0] - 1.5).abs() < 1e-14);
        assert!(samples.all().get(W).unwrap_err().message.contains("no record `w`"));
    }

    /// Many batches are grouped, the last ones first.
    #[test]
    fn there_are_at_most_two_hundred_groups() {
        let means: Vec<f64> = (0..401).map(f64::from).collect();
        let samples = samples(&[4.0; 401], &means);
        assert_eq!((samples.groups(), samples.grouped()), (133, 3));
        // Groups begin with the batches 2, 5, ..
        assert!((samples.first(1).get(U).unwrap()[0] - 3.0).abs() < 1e-12);
        let rest = (2..401).map(f64::from).sum::<f64>() - 9.0;
        assert!((samples.without(0).get(U).unwrap()[0] - rest / 396.0).abs() < 1e-10);
    }

    #[test]
    fn records_of_another_shape_are_refused() {
        let of = |number, values: Vec<f64>| batch(number, 1.0, 1.0, &[1.0], &[(UU.name(&[]), values)]);
        let (sound, other_shape) = (of(0, vec![1.0]), of(1, vec![1.0, 2.0]));
        let mut other_frame = sound.clone();
        other_frame
            .records
            .iter_mut()
            .filter(|record| record.name == "frame_velocity")
            .for_each(|frame| frame.values[0] = 3.0);
        for (batches, part) in [
            (vec![], "no sample"),
            (vec![sound.clone(), other_shape], "\"uu\" are 2 numbers, not 1"),
            (vec![sound, other_frame], "in different frames"),
        ] {
            assert!(Samples::new(&batches, &[]).err().unwrap().message.contains(part));
        }
    }
}
