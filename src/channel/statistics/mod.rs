//! Running statistics: sums over samples of plane averages, from which `report` makes profiles and budgets with their sampling errors.
//!
//! A sample is a set of raw averages at each y, of the laboratory and with the mean flow in them: `<u>, <uu>, <p du/dx>, ..`; central moments
//! come of their sums. Averages over planes are exact sums of sums over lines, so that they are the same to the bit on any number of ranks; sums over samples are kept in
//! batches of equal numbers of samples, the scatter of which gives the sampling error.

mod moments;
mod pressure;

use super::Channel;
use crate::statistics::{Batches, Record};
use crate::transform::Real;

/// What has been sampled so far.
pub struct Statistics {
    /// The names of the profiles of a sample.
    names: Vec<String>,
    batches: Batches,
}

impl Statistics {
    /// Nothing yet, of a channel with these scalars and so many points in y.
    pub fn new(scalars: &[crate::case::ChannelScalar], points: usize) -> Self {
        let own = moments::AT_POINTS.iter().chain(&moments::OF_VELOCITY).chain(&moments::OF_DERIVATIVES).chain(&moments::OF_VORTICITY);
        let of_scalar = |name: &str| moments::OF_SCALAR.map(|moment| moment.replace('s', &format!("[{name}]")));
        let names = own.map(|name| (*name).to_owned()).chain(scalars.iter().flat_map(|scalar| of_scalar(&scalar.name)));
        let names: Vec<String> = names.collect();
        Self { batches: Batches::new(names.len() * points), names }
    }
}

impl<T: Real> Channel<T> {
    /// Adds the state to the running statistics. Collective.
    pub(super) fn add_sample(&mut self) {
        let sample = self.averages();
        self.statistics.batches.add(&sample);
    }

    /// The averages of the state over planes, by name and y. Collective.
    fn averages(&mut self) -> Vec<f64> {
        // The pressure needs the products of the velocity: what is averaged at points is taken on the way.
        let mut averages = self.put_pressure();
        averages.extend(self.averages_of_velocity());
        averages.extend(self.averages_of_derivatives());
        averages.extend(self.averages_of_vorticity());
        for s in 0..self.parameters.scalars.len() {
            averages.extend(self.averages_of_scalar(s));
        }
        averages
    }

    pub(super) fn statistics_records(&self) -> Vec<Record> {
        let Statistics { names, batches } = &self.statistics;
        if batches.samples() == 0 {
            return Vec::new();
        }
        let points = self.grid.y.len();
        let record = |name: &str, description: &str, axes: &[&str], shape: Vec<usize>, values: Vec<f64>| Record {
            name: name.to_owned(),
            units: "units of the case".to_owned(),
            description: description.to_owned(),
            axes: axes.iter().map(|axis| (*axis).to_owned()).collect(),
            shape,
            values,
        };
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
        [y, samples].into_iter().chain(profiles).collect()
    }

    pub(super) fn recall_statistics(&mut self, records: &[Record]) {
        let find = |name: &str| records.iter().find(|record| record.name == name).map(|record| &record.values[..]);
        let Some(counts) = find("samples") else { return };
        let profiles: Vec<&[f64]> = self.statistics.names.iter().filter_map(|name| find(name)).collect();
        self.statistics.batches.recall(counts, &profiles);
    }
}
