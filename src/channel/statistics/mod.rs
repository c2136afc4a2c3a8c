//! Running statistics: sums over samples of plane averages, from which `report` makes profiles and
//! budgets with their sampling errors.
//!
//! A sample is a set of raw averages at each y that include the mean flow: `<u>, <uu>, <p du/dx>,
//! ..`; central moments follow from their sums. Averages over planes are exact sums of sums over
//! lines, so that they are the same to the bit on any number of ranks. Samples are weighted by the
//! time since the previous one and summed over batches of one length ([`crate::statistics`]); the
//! scatter of the batches gives the sampling error.
//!
//! Here y runs from the upper wall down, as the points do; in records it ascends.

mod averages;
mod means;
mod moments;
mod phases;
mod plane_spectra;
mod pressure;
mod scratch;
mod spectra;
mod terms;

use super::kinematics::{Kinematics, Pencils};
use super::wavenumbers::Wavenumbers;
use super::{Channel, Parameters};
use crate::case::Batches;
use crate::error::{Error, Result};
use crate::parallel::ExactSum;
use crate::statistics::{Axis, BatchRecords, Batching, Closed, Record, Records, Sampled, Weight};
use crate::store::StoredRecords;
use crate::transform::{Real, Visited};
use averages::{Averages, Profile, turned};
pub(super) use means::Means;
use phases::Phases;
use plane_spectra::{PlaneSpectra, planes};
pub(crate) use spectra::RecordsOfSpectra;
use spectra::Spectra;
pub(crate) use terms::{sampled, spectra};

/// The sums of the open batch.
pub struct Statistics {
    pub(super) batching: Batching,
    /// Sums of the averages of the samples times their weights.
    moments: Averages,
    phases: Phases,
    spectra: Spectra,
}

impl Statistics {
    /// Empty sums of a channel, on a rank that visits these modes.
    pub fn new(content: &Content, visited: Visited, batches: Batches) -> Self {
        Self {
            batching: Batching::new(Axis::new(batches.length), batches.of_spectra),
            moments: Averages::zeros(sampled(content.scalars), content.points),
            phases: Phases::new(content.phases, content.period, content.points),
            spectra: Spectra::new(content, visited),
        }
    }
}

/// What the statistics of a channel hold.
#[derive(Clone, Debug)]
pub struct Content {
    pub scalars: usize,
    /// Points in y.
    pub points: usize,
    /// Numbers of |k_x| and |k_z|.
    pub waves: [usize; 2],
    /// The indices of the points in y of two-dimensional spectra, ascending.
    pub planes: Vec<usize>,
    /// Number of phases of oscillating walls, and their period.
    pub phases: usize,
    pub period: f64,
}

impl Parameters {
    pub(super) fn content(&self) -> Content {
        let (points, truncation) = (self.grid[1], self.truncation());
        Content {
            scalars: self.scalars.len(),
            points,
            waves: [truncation.nx_max() + 1, truncation.nz_max(0) + 1],
            planes: planes(&self.spectra_2d_at, points),
            phases: self.phases,
            period: self.walls.oscillation.map_or(f64::INFINITY, |wall| wall.period),
        }
    }
}

/// Numbers in double precision that the statistics have of a rank that visits these modes, or of all
/// ranks together on the disk.
pub fn stored(content: &Content, visited: &Visited) -> usize {
    profiles(content) + Spectra::room(content, visited)
}

/// Those of them that are profiles, at phases too.
pub fn profiles(content: &Content) -> usize {
    let Content { scalars, points, phases, .. } = *content;
    sampled(scalars).len() * points + Phases::room(phases, points)
}

/// Those of them that are two-dimensional spectra.
pub fn in_planes(content: &Content, visited: &Visited) -> usize {
    let Content { scalars, planes, waves, .. } = content;
    PlaneSpectra::room(spectra(*scalars).len(), planes, visited, waves[1])
}

/// Bytes that a sample takes for a time on a rank that visits these modes.
pub fn of_sample(content: &Content, visited: &Visited) -> usize {
    let Content { scalars, points, .. } = *content;
    let numbers = 2 * sampled(scalars).len() * points + Spectra::of_sample(scalars, visited);
    size_of::<f64>() * numbers + ExactSum::memory(terms::most_together(scalars) * visited.y.len())
}

/// The state and the solvers from which a sample is taken.
struct Parts<'a, T> {
    pencils: &'a mut Pencils<T>,
    kinematics: Kinematics<'a, T>,
    wavenumbers: &'a Wavenumbers<T>,
    scalars: usize,
    spectra: &'a mut Spectra,
}

impl<T: Real> Channel<T> {
    /// Adds the state to the running statistics; returns a batch that is closed with that. Collective.
    pub(super) fn add_sample(&mut self) -> Option<BatchRecords> {
        let closed = match self.statistics.batching.sample(self.clock.time) {
            Sampled::Opens { left } => left,
            Sampled::Weighs(weight) => {
                let sample = self.averages(&weight);
                let Statistics { batching, moments, phases, spectra } = &mut self.statistics;
                moments.add(&weight, &sample);
                phases.add(self.clock.time, &weight, &sample);
                spectra.add_means(&weight, &sample);
                batching.added(weight)
            }
        };
        closed.map(|closed| self.close(&closed))
    }

    /// The records of a closed batch, whose sums begin again.
    fn close(&mut self, closed: &Closed) -> BatchRecords {
        let records = self.batch_records(closed);
        let points = self.grid.y.len();
        self.statistics.moments.clear(points);
        self.statistics.phases.clear();
        if closed.spectra.is_some() {
            self.statistics.spectra.clear(points);
        }
        BatchRecords { number: closed.number, records }
    }

    /// The averages of the state over planes; adds its spectra on the way. Collective.
    fn averages(&mut self, weight: &Weight) -> Averages {
        let means = self.means();
        let mut averages = self.with_scratch(|channel, scratch| {
            // The pressure needs the products of the velocity: averages at points are taken on the way.
            let (pressure, mut averages) = channel.pressure(scratch, &means);
            averages.extend(channel.sample_fields(&pressure, weight));
            averages.extend(channel.sample_derivatives(&pressure));
            averages
        });
        averages.extend(self.sample_vorticity());
        self.statistics.spectra.add_mean_products(&means, weight);
        means.added_to(averages)
    }

    fn parts(&mut self) -> Parts<'_, T> {
        let Self { pencils, operators, wavenumbers, walls, state, velocity, clock, parameters, .. } = self;
        Parts {
            pencils,
            kinematics: Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time },
            wavenumbers,
            scalars: parameters.scalars.len(),
            spectra: &mut self.statistics.spectra,
        }
    }

    /// The open batch for a checkpoint.
    pub(super) fn statistics_records(&self) -> Records {
        let batching = &self.statistics.batching;
        batching.so_far().map_or_else(Records::default, |so_far| {
            let mut records = self.batch_records(&so_far);
            records.whole.extend(self.world.is_root().then(|| batching.last_sample()));
            records
        })
    }

    /// A batch as it is stored: with spectra if a sum of spectra ends with it.
    fn batch_records(&self, closed: &Closed) -> Records {
        let spectra = closed.spectra.map(|_| self.spectra_records()).unwrap_or_default();
        if !self.world.is_root() {
            return spectra;
        }
        let Statistics { batching, moments, phases, .. } = &self.statistics;
        let scalars = &self.parameters.scalars;
        let y = Record {
            name: "y".to_owned(),
            units: "length of the case".to_owned(),
            description: "distance from the centre, of the points between the walls".to_owned(),
            axes: vec!["y".to_owned()],
            shape: vec![self.grid.y.len()],
            values: turned(&self.grid.y, 1),
        };
        let frame =
            "velocity along x of the frame in which u is measured; add it to u for that of the laboratory";
        let frame =
            Record::scalar("frame_velocity", "velocity of the case", frame, self.parameters.frame_velocity);
        let profiles = moments.records(scalars, |moment| moment.name(scalars), "sum over the samples");
        let mut whole = batching.records(closed);
        whole.extend([y, frame].into_iter().chain(profiles).chain(phases.records()));
        Records { whole, parts: Vec::new() }.and(spectra)
    }

    /// Restores the open batch of a checkpoint, if it has one.
    ///
    /// # Errors
    /// A record is missing; then nothing is restored, since a sum that began later would be divided by
    /// too large a weight.
    pub(super) fn recall_statistics(&mut self, stored: &mut StoredRecords) -> Result<()> {
        let records = stored.small();
        if records.is_empty() {
            return Ok(());
        }
        if records.iter().any(|record| record.name == "samples" && !record.shape.is_empty()) {
            return Err(Error::input("its averages count samples and not time, as those of rogallo 0.1 do"));
        }
        let (scalars, points) = (&self.parameters.scalars, self.grid.y.len());
        let moments = self.statistics.moments.recall(records, points, |moment| moment.name(scalars))?;
        let restored = self
            .recall_spectra(stored)
            .and_then(|()| self.statistics.phases.recall(stored))
            .and_then(|()| self.statistics.batching.recall(stored.small()));
        restored.inspect_err(|_| {
            self.statistics.spectra.clear(points);
            self.statistics.phases.clear();
        })?;
        self.statistics.moments = moments;
        // Sums without samples begin now, whatever the checkpoint has.
        let Statistics { batching, moments, phases, spectra } = &mut self.statistics;
        if let Some(so_far) = batching.so_far() {
            if so_far.moments.samples == 0 {
                moments.clear(points);
                phases.clear();
            }
            if so_far.spectra.is_some_and(|spectra| spectra.samples == 0) {
                spectra.clear(points);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Statistics, stored};
    use crate::case::Batches;
    use crate::channel::Parameters;
    use crate::channel::case::ChannelScalar;
    use crate::transform::{Order, Portion, Visited};

    #[test]
    fn what_is_counted_is_what_the_ranks_hold() {
        let shape = [2, 3];
        let own = Parameters::at_rest([6.0, 2.0, 3.0], [16, 17, 14]);
        let scalar = ChannelScalar::default();
        let own =
            Parameters { scalars: vec![scalar; 2], spectra_2d_at: vec![0.1, 0.3, 1.0], phases: 3, ..own };
        let (content, truncation) = (own.content(), own.truncation());
        assert_eq!(content.planes, [2, 4, 8, 12, 14]);
        let order = Order::new(truncation);
        let held = |visited: Visited| {
            let statistics = Statistics::new(&content, visited, Batches { length: 1.0, of_spectra: 1 });
            let [means, spectra] = statistics.spectra.held();
            [statistics.moments.numbers() + statistics.phases.numbers() + means, spectra]
        };
        let mut all = 0;
        for place in [0, 1].into_iter().flat_map(|row| [0, 1, 2].map(|column| [row, column])) {
            let visited = Portion::new(&order, shape, place).visits();
            let [profiles, spectra] = held(visited.clone());
            assert_eq!(stored(&content, &visited), profiles + spectra, "{place:?}");
            all += spectra;
        }
        // What the ranks have together stands in a batch.
        let [profiles, spectra] = held(Visited::all(&truncation));
        assert_eq!((spectra, stored(&content, &Visited::all(&truncation))), (all, profiles + all));
    }
}
