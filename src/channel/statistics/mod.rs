//! Running statistics: sums over samples of plane averages, from which `report` makes profiles and budgets with their sampling errors.
//!
//! A sample is a set of raw averages at each y, of the laboratory and with the mean flow in them: `<u>, <uu>, <p du/dx>, ..`; central moments
//! come of their sums. Averages over planes are exact sums of sums over lines, so that they are the same to the bit on any number of ranks; sums over samples are kept in
//! batches of equal numbers of samples, the scatter of which gives the sampling error. Spectra are one sum over all samples.

mod moments;
mod pressure;
mod spectra;

use super::Channel;
use crate::case::ChannelScalar;
use crate::error::{Error, Result};
use crate::statistics::{Batches, Record};
use crate::transform::{Real, Visited};
use spectra::Spectra;

/// What has been sampled so far.
pub struct Statistics {
    /// The names of the profiles of a sample.
    names: Vec<String>,
    batches: Batches,
    spectra: Spectra,
}

impl Statistics {
    /// Nothing yet, of a channel with these scalars and so many points in y, on a rank that visits these modes.
    pub fn new(scalars: &[ChannelScalar], points: usize, visited: Visited) -> Self {
        let names = names(scalars);
        Self { batches: Batches::new(names.len() * points), names, spectra: Spectra::new(scalars, points, visited) }
    }
}

/// The names of the profiles of a sample.
fn names(scalars: &[ChannelScalar]) -> Vec<String> {
    let own = moments::AT_POINTS.iter().chain(&moments::OF_VELOCITY).chain(&moments::OF_DERIVATIVES).chain(&moments::OF_VORTICITY);
    let of_scalars = scalars.iter().flat_map(|scalar| moments::OF_SCALAR.map(|moment| of_scalar(moment, scalar)));
    own.map(|name| (*name).to_owned()).chain(of_scalars).collect()
}

/// Numbers in double precision that the statistics take at most on a rank that visits these modes, `all` of them over all ranks: what it holds, and twice
/// what a checkpoint has of them, while the root makes one or any rank reads one.
pub fn room(scalars: &[ChannelScalar], points: usize, visited: &Visited, all: &Visited) -> usize {
    let profiles = Batches::room(names(scalars).len() * points);
    let held = |visited| profiles + Spectra::room(scalars.len(), points, visited);
    held(visited) + 2 * held(all)
}

/// The name of a moment of s as one of this scalar.
fn of_scalar(moment: &str, scalar: &ChannelScalar) -> String {
    moment.replace('s', &format!("[{}]", scalar.name))
}

/// The numbers that a checkpoint has under this name.
fn stored<'a>(records: &'a [Record], name: &str, length: usize) -> Result<&'a [f64]> {
    match records.iter().find(|record| record.name == name) {
        Some(record) if record.values.len() == length => Ok(&record.values),
        Some(record) => Err(Error::input(format!("its statistics \"{name}\" are {} numbers, not {length}", record.values.len()))),
        None => Err(Error::input(format!("it has statistics, but no \"{name}\""))),
    }
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
    /// Adds the state to the running statistics. Collective.
    pub(super) fn add_sample(&mut self) {
        let sample = self.averages();
        let points = self.grid.y.len();
        let Statistics { names, batches, spectra } = &mut self.statistics;
        batches.add(&sample);
        spectra.add_means(|name| names.iter().position(|other| other == name).map(|i| &sample[i * points..][..points]));
    }

    /// The averages of the state over planes, by name and y; adds its spectra on the way. Collective.
    fn averages(&mut self) -> Vec<f64> {
        // The pressure needs the products of the velocity: what is averaged at points is taken on the way.
        let mut averages = self.put_pressure();
        averages.extend(self.averages_of_velocity());
        self.add_spectra_of_velocity();
        averages.extend(self.averages_of_derivatives());
        averages.extend(self.averages_of_vorticity());
        for s in 0..self.parameters.scalars.len() {
            averages.extend(self.averages_of_scalar(s));
            self.add_spectra_of_scalar(s);
        }
        averages
    }

    /// All that is averaged, at the root; the profiles on all ranks. Collective.
    pub(super) fn statistics_records(&self) -> Vec<Record> {
        let Statistics { names, batches, .. } = &self.statistics;
        if batches.samples() == 0 {
            return Vec::new();
        }
        let points = self.grid.y.len();
        let y = record("y", "distance from the centre, of the points between the walls", &["y"], vec![points], self.grid.y.clone());
        let counts = batches.counts();
        let samples = record("samples", "number of samples in each batch", &["batch"], vec![counts.len()], counts.clone());
        let profiles = names.iter().enumerate().map(|(i, name)| {
            let values = batches.part(i * points..(i + 1) * points);
            record(
                name,
                "sum over the samples of each batch of an average over planes",
                &["batch", "y"],
                vec![counts.len(), points],
                values,
            )
        });
        [y, samples].into_iter().chain(profiles).chain(self.spectra_records()).collect()
    }

    /// Goes on with the statistics of a checkpoint, if it has any.
    ///
    /// # Errors
    /// One that is missing would shift all others, and one that began later would be divided by too many samples: all are there, or none is taken.
    pub(super) fn recall_statistics(&mut self, records: &[Record]) -> Result<()> {
        let Some(counts) = records.iter().find(|record| record.name == "samples").map(|record| &record.values) else { return Ok(()) };
        let length = counts.len() * self.grid.y.len();
        let profiles: Vec<&[f64]> = self.statistics.names.iter().map(|name| stored(records, name, length)).collect::<Result<_>>()?;
        self.recall_spectra(records)?;
        self.statistics.batches.recall(counts, &profiles);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{ChannelScalar, Statistics, room};
    use crate::case::ScalarBoundary;
    use crate::channel::Parameters;
    use crate::transform::Layout;

    #[test]
    fn the_room_is_what_the_ranks_hold_and_twice_what_they_hold_in_all() {
        let scalar = |name: &str| ChannelScalar { name: name.into(), schmidt: 0.7, boundary: ScalarBoundary::Source { rate: 1.0 } };
        let scalars = [scalar("heat"), scalar("dye")];
        let points = 17;
        let truncation = Parameters::at_rest([6.0, 2.0, 3.0], [16, points, 14]).truncation();
        // What vectors of a rank hold once all batches are full: profiles, mean profiles of the spectra, spectra.
        let held = |[p_row, p_col]: [usize; 2], row: usize, column: usize| {
            let visited = Layout::new(truncation, [p_row, p_col], row, column).visited([row, column]);
            let mut statistics = Statistics::new(&scalars, points, visited);
            let sample = vec![1.0; statistics.names.len() * points];
            (0..100).for_each(|_| statistics.batches.add(&sample));
            while statistics.batches.counts().len() < 32 {
                statistics.batches.add(&sample);
            }
            let [means, spectra] = statistics.spectra.held();
            [statistics.batches.part(0..sample.len()).len(), means, spectra]
        };
        let [profiles, means, _] = held([1, 1], 0, 0);
        for (shape, places) in [([1, 1], vec![[0, 0]]), ([2, 3], vec![[0, 0], [1, 0], [0, 2], [1, 2]])] {
            // Over all ranks of the grid.
            let all: usize = (0..shape[0]).flat_map(|row| (0..shape[1]).map(move |column| held(shape, row, column)[2])).sum();
            for [row, column] in places {
                let visited = |shape, place: [usize; 2]| Layout::new(truncation, shape, place[0], place[1]).visited(place);
                let found = room(&scalars, points, &visited(shape, [row, column]), &visited([1, 1], [0, 0]));
                let own = held(shape, row, column);
                assert_eq!(found, own.iter().sum::<usize>() + 2 * (profiles + means + all), "{shape:?}, {row}, {column}");
            }
        }
    }
}
