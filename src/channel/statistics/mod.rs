//! Running statistics: sums over samples of plane averages, from which `report` makes profiles and
//! budgets with their sampling errors.
//!
//! A sample is a set of raw averages at each y, of the laboratory and with the mean flow in them:
//! `<u>, <uu>, <p du/dx>, ..`; central moments come of their sums. Averages over planes are exact
//! sums of sums over lines, so that they are the same to the bit on any number of ranks. Samples
//! are weighted by the time since the one before and summed over batches of one length
//! ([`crate::statistics`]); the scatter of the batches gives the sampling error.
//!
//! Here y runs from the upper wall down, as the points do; in records it ascends.

mod means;
mod moments;
mod pressure;
mod spectra;

use super::Channel;
use crate::case::{Batches, ChannelScalar};
use crate::error::{Error, Result};
use crate::statistics::{Axis, BatchRecords, Batching, Closed, Record, Sampled, Weight};
use crate::transform::{Real, Visited};
pub(super) use means::Means;
use spectra::Spectra;

/// The sums of the batch under way.
pub struct Statistics {
    /// The names of the profiles of a sample.
    names: Vec<String>,
    pub(super) batching: Batching,
    /// Of the averages of the samples times their weights, by name and y.
    moments: Vec<f64>,
    spectra: Spectra,
}

impl Statistics {
    /// Nothing yet, of a channel with these scalars and so many points in y, on a rank that visits
    /// these modes.
    pub fn new(scalars: &[ChannelScalar], points: usize, visited: Visited, batches: Batches) -> Self {
        let names = names(scalars);
        Self {
            batching: Batching::new(Axis::new(batches.length), batches.of_spectra),
            moments: vec![0.0; names.len() * points],
            names,
            spectra: Spectra::new(scalars, points, visited),
        }
    }
}

/// The names of the profiles of a sample.
fn names(scalars: &[ChannelScalar]) -> Vec<String> {
    let own = moments::AT_POINTS
        .iter()
        .chain(&moments::OF_VELOCITY)
        .chain(&moments::OF_DERIVATIVES)
        .chain(&moments::OF_VORTICITY);
    let of_scalars =
        scalars.iter().flat_map(|scalar| moments::OF_SCALAR.map(|moment| of_scalar(moment, scalar)));
    own.map(|name| (*name).to_owned()).chain(of_scalars).collect()
}

/// Numbers in double precision that a batch has on the disk, of ranks that visit `all` modes together.
pub fn stored(scalars: &[ChannelScalar], points: usize, all: &Visited) -> usize {
    names(scalars).len() * points + Spectra::room(scalars.len(), points, all)
}

/// Numbers in double precision that the statistics take at most on a rank that visits these modes,
/// `all` of them over all ranks: what it holds, and twice what a checkpoint has of them, while the
/// root makes one or any rank reads one.
pub fn room(scalars: &[ChannelScalar], points: usize, visited: &Visited, all: &Visited) -> usize {
    stored(scalars, points, visited) + 2 * stored(scalars, points, all)
}

/// The name of a moment of s as one of this scalar.
fn of_scalar(moment: &str, scalar: &ChannelScalar) -> String {
    moment.replace('s', &format!("[{}]", scalar.name))
}

/// With y, the axis of lines of this length, from its other end.
fn turned(values: &[f64], length: usize) -> Vec<f64> {
    values.rchunks_exact(length).flatten().copied().collect()
}

fn record(name: &str, description: &str, axes: &[&str], shape: Vec<usize>, values: Vec<f64>) -> Record {
    Record {
        name: name.to_owned(),
        units: "units of the case".to_owned(),
        description: description.to_owned(),
        axes: axes.iter().map(|axis| (*axis).to_owned()).collect(),
        shape,
        values,
    }
}

impl<T: Real> Channel<T> {
    /// Adds the state to the running statistics; returns a batch that is closed with that. Collective.
    pub(super) fn add_sample(&mut self) -> Option<BatchRecords> {
        let closed = match self.statistics.batching.sample(self.clock.time) {
            Sampled::Opens { left } => left,
            Sampled::Weighs(weight) => {
                let sample = self.averages(&weight);
                let points = self.grid.y.len();
                let Statistics { names, batching, moments, spectra } = &mut self.statistics;
                moments.iter_mut().zip(&sample).for_each(|(sum, average)| *sum += weight.value() * average);
                let of_sample = |name: &str| {
                    names.iter().position(|other| other == name).map(|i| &sample[i * points..][..points])
                };
                spectra.add_means(&weight, of_sample);
                batching.added(weight)
            }
        };
        closed.map(|closed| self.close(&closed))
    }

    /// The records of a closed batch, whose sums begin again. Collective.
    fn close(&mut self, closed: &Closed) -> BatchRecords {
        let records = self.batch_records(closed);
        self.statistics.moments.fill(0.0);
        if closed.spectra.is_some() {
            self.statistics.spectra.clear();
        }
        BatchRecords { number: closed.number, records }
    }

    /// The averages of the state over planes, by name and y; adds its spectra on the way. Collective.
    fn averages(&mut self, weight: &Weight) -> Vec<f64> {
        let means = self.means();
        // The pressure needs the products of the velocity: what is averaged at points is taken on the way.
        let mut averages = self.put_pressure(&means);
        averages.extend(self.averages_of_velocity(weight));
        averages.extend(self.averages_of_derivatives());
        averages.extend(self.averages_of_vorticity());
        for s in 0..self.parameters.scalars.len() {
            averages.extend(self.averages_of_scalar(s, weight));
        }
        self.statistics.spectra.add_mean_products(&means, weight);
        means.add_to(&self.statistics.names, &self.parameters.scalars, &mut averages);
        averages
    }

    /// The batch under way, for a checkpoint: whole at the root, the other ranks lack the spectra.
    /// Collective.
    pub(super) fn statistics_records(&self) -> Vec<Record> {
        let batching = &self.statistics.batching;
        batching.so_far().map_or_else(Vec::new, |so_far| {
            let mut records = self.batch_records(&so_far);
            records.push(batching.last_sample());
            records
        })
    }

    /// A batch as it is kept: with its spectra where its sums of spectra end with it. Collective.
    fn batch_records(&self, closed: &Closed) -> Vec<Record> {
        let Statistics { names, batching, moments, .. } = &self.statistics;
        let points = self.grid.y.len();
        let description = "distance from the centre, of the points between the walls";
        let y = record("y", description, &["y"], vec![points], turned(&self.grid.y, 1));
        let frame =
            "velocity along x of the frame in which u is measured; add it to u for that of the laboratory";
        let frame =
            Record::scalar("frame_velocity", "velocity of the case", frame, self.parameters.frame_velocity);
        let profiles = names.iter().zip(moments.chunks_exact(points)).map(|(name, sums)| {
            record(
                name,
                "sum over the samples of w times an average over planes",
                &["y"],
                vec![points],
                turned(sums, 1),
            )
        });
        let mut records = batching.records(closed);
        records.extend([y, frame].into_iter().chain(profiles));
        if closed.spectra.is_some() {
            records.extend(self.spectra_records());
        }
        records
    }

    /// Goes on with the batch of a checkpoint, if it has one.
    ///
    /// # Errors
    /// A part that is missing would shift all others, and one that began later would be divided by
    /// too large a weight: all are there, or none is taken.
    pub(super) fn recall_statistics(&mut self, records: &[Record]) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        if records.iter().any(|record| record.name == "samples" && !record.shape.is_empty()) {
            return Err(Error::input("its averages count samples and not time, as those of rogallo 0.1 do"));
        }
        let points = self.grid.y.len();
        let moments: Vec<&[f64]> = self
            .statistics
            .names
            .iter()
            .map(|name| Record::values(records, name, points))
            .collect::<Result<_>>()?;
        let moments = moments.iter().flat_map(|sums| turned(sums, 1)).collect();
        self.recall_spectra(records)?;
        let Statistics { batching, spectra, .. } = &mut self.statistics;
        batching.recall(records).inspect_err(|_| spectra.clear())?;
        self.statistics.moments = moments;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{ChannelScalar, Statistics, room};
    use crate::case::{Batches, ScalarBoundary};
    use crate::channel::Parameters;
    use crate::transform::Layout;

    #[test]
    fn the_room_is_what_the_ranks_hold_and_twice_what_they_hold_in_all() {
        let scalar = |name: &str| ChannelScalar {
            name: name.into(),
            schmidt: 0.7,
            boundary: ScalarBoundary::Source { rate: 1.0 },
        };
        let scalars = [scalar("heat"), scalar("dye")];
        let points = 17;
        let truncation = Parameters::at_rest([6.0, 2.0, 3.0], [16, points, 14]).truncation();
        // What vectors of a rank hold: profiles, mean profiles of the spectra, spectra.
        let held = |[p_row, p_col]: [usize; 2], row: usize, column: usize| {
            let visited = Layout::new(truncation, [p_row, p_col], row, column).visited([row, column]);
            let statistics =
                Statistics::new(&scalars, points, visited, Batches { length: 1.0, of_spectra: 1 });
            let [means, spectra] = statistics.spectra.held();
            [statistics.moments.len(), means, spectra]
        };
        let [profiles, means, _] = held([1, 1], 0, 0);
        for (shape, places) in [([1, 1], vec![[0, 0]]), ([2, 3], vec![[0, 0], [1, 0], [0, 2], [1, 2]])] {
            // Over all ranks of the grid.
            let all: usize = (0..shape[0])
                .flat_map(|row| (0..shape[1]).map(move |column| held(shape, row, column)[2]))
                .sum();
            for [row, column] in places {
                let visited = |shape, place: [usize; 2]| {
                    Layout::new(truncation, shape, place[0], place[1]).visited(place)
                };
                let found = room(&scalars, points, &visited(shape, [row, column]), &visited([1, 1], [0, 0]));
                let own = held(shape, row, column);
                assert_eq!(
                    found,
                    own.iter().sum::<usize>() + 2 * (profiles + means + all),
                    "{shape:?}, {row}, {column}"
                );
            }
        }
    }
}
