//! The energy spectrum of a stationary box, averaged over time, with its sampling error at each wavenumber.

use super::averages::Averages;
use super::columns::{explain, title};
use crate::report::series::Spectrum;
use crate::report::stationarity::parts;
use crate::report::tables::{Dimension, Quantity, ReportTable};
use crate::statistics::errors::Sampling;
use crate::statistics::stationarity::{mean, means};

/// Least number of parts into which the time is divided.
const LEAST_PARTS: usize = 5;

/// E(k) averaged over time; an error is NaN if the average is too short for it.
pub struct MeanSpectrum {
    pub begin: f64,
    pub end: f64,
    pub samples: usize,
    pub wavenumber: Vec<f64>,
    pub energy: Vec<f64>,
    pub errors: Vec<f64>,
}

impl MeanSpectrum {
    /// The mean of the spectra in the time of the averages; between samples they are linear. Each
    /// wavenumber has its own integral time, at least that of the averages. None for too few samples, or
    /// for shells that change.
    pub fn of(spectra: &[Spectrum], averages: &Averages) -> Option<Self> {
        let within = |spectrum: &&Spectrum| (averages.begin..=averages.end).contains(&spectrum.time);
        let inside: Vec<&Spectrum> = spectra.iter().filter(within).collect();
        let time: Vec<f64> = inside.iter().map(|spectrum| spectrum.time).collect();
        let (parts, first) = (parts(inside.len()), inside.first()?);
        let same = inside.iter().all(|spectrum| spectrum.wavenumber == first.wavenumber);
        if parts < LEAST_PARTS || !same || !time.is_sorted_by(|a, b| a < b) {
            return None;
        }
        let (begin, end) = (time[0], time[time.len() - 1]);
        let (known, floor) = (averages.sampling.integral_time, averages.floor.clone());
        let of_shell = |shell: usize| {
            let values: Vec<f64> = inside.iter().map(|spectrum| spectrum.energy[shell]).collect();
            let means = means(&time, &values, [begin, end], parts);
            let (length, signal) = ((end - begin) / parts as f64, vec![vec![means.clone()]]);
            let sampling = Sampling::slower_than(known, parts, length, &signal, vec![floor.clone()]);
            (mean(&means), sampling.error(&means))
        };
        let (energy, errors) = (0..first.wavenumber.len()).map(of_shell).unzip();
        let (samples, wavenumber) = (inside.len(), first.wavenumber.clone());
        Some(Self { begin, end, samples, wavenumber, energy, errors })
    }

    /// The points (k, E) that a logarithmic axis can show.
    pub fn positive(&self) -> Vec<(f64, f64)> {
        let points = self.wavenumber.iter().copied().zip(self.energy.iter().copied());
        points.filter(|&(k, energy)| k > 0.0 && energy > 0.0 && energy.is_finite()).collect()
    }

    /// The table of the average.
    pub fn table(&self) -> ReportTable<'_> {
        let [k, energy] = ["k", "energy"].map(|column| explain("spectrum.csv", column));
        let at = Quantity { variable: Some("k_mean".into()), ..Quantity::exact(k, &self.wavenumber) };
        let energy = Quantity {
            column: energy,
            variable: Some("spectrum_mean".into()),
            values: (&self.energy).into(),
            errors: Some((&self.errors).into()),
        };
        ReportTable {
            name: "spectrum",
            title: title("spectrum.csv"),
            over: vec![Dimension { at, beside: Vec::new() }],
            quantities: vec![energy],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::averages;
    use super::super::averages::tests::{forced, series};
    use super::*;
    use crate::report::Span;

    /// Shells whose energies fluctuate as the energy of the box, slowly, and not at all.
    #[test]
    fn each_shell_has_the_error_of_its_own_fluctuations() {
        let (table, history) = series(1000);
        let averages = averages::of(&forced(), &table, &history, Span::default()).unwrap().unwrap();
        let spectra: Vec<Spectrum> = (0..500)
            .map(|i| {
                let t = 0.2 * f64::from(i);
                let fast = 1.0 + 0.1 * ((2.0 * t).sin() + (1.3 * t).cos() + (3.1 * t + 1.0).sin());
                let slow = 0.5 + 0.1 * (0.05 * t).sin();
                let (wavenumber, energy) = (vec![0.0, 1.0, 2.0, 3.0], vec![0.0, fast, slow, 0.25]);
                Spectrum { time: t, wavenumber, energy, errors: Vec::new() }
            })
            .collect();
        let mean = MeanSpectrum::of(&spectra, &averages).unwrap();
        assert!((mean.energy[1] - 1.0).abs() < 0.01 && (mean.energy[3] - 0.25).abs() < 1e-12);
        let [fast, slow, still] = [1, 2, 3].map(|i| mean.errors[i]);
        assert!(fast > 1e-3 && fast < 0.03, "{:?}", mean.errors);
        // Less than a period of 0.05 t, of which nothing is known.
        assert!(slow.is_nan() && still < 1e-12, "{:?}", mean.errors);
        assert_eq!(mean.positive().len(), 3);
        assert!(MeanSpectrum::of(&spectra[..8], &averages).is_none());
        assert_eq!(*mean.table().quantities[0].values, mean.energy);
    }
}
