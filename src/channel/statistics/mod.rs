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
        let own = moments::AT_POINTS.iter().chain(&moments::OF_VELOCITY).chain(&moments::OF_DERIVATIVES).chain(&moments::OF_VORTICITY);
        let of_scalars = scalars.iter().flat_map(|scalar| moments::OF_SCALAR.map(|moment| of_scalar(moment, scalar)));
        let names: Vec<String> = own.map(|name| (*name).to_owned()).chain(of_scalars).collect();
        Self { batches: Batches::new(names.len() * points), names, spectra: Spectra::new(scalars, points, visited) }
    }
}

/// The name of a moment of s as one of this scalar.
fn of_scalar(moment: &str, scalar: &ChannelScalar) -> String {
    moment.replace('s', &format!("[{}]", scalar.name))
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

    pub(super) fn recall_statistics(&mut self, records: &[Record]) {
        let find = |name: &str| records.iter().find(|record| record.name == name).map(|record| &record.values[..]);
        let Some(counts) = find("samples") else { return };
        let profiles: Vec<&[f64]> = self.statistics.names.iter().filter_map(|name| find(name)).collect();
        self.statistics.batches.recall(counts, &profiles);
        self.recall_spectra(records);
    }
}
