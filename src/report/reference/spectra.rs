//! Published energy spectra: reading them as they are distributed, and how far the spectra of a run are off.

use std::path::Path;

use super::{csv_names, is_comment, number_after};
use crate::error::{Error, Result};
use crate::report::series::{Spectrum, Table, malformed, numbers, samples};

/// Spectra to compare with, in the units of their file, labelled by its name.
pub struct PublishedSpectra {
    pub label: String,
    pub spectra: Vec<PublishedSpectrum>,
}

/// E at increasing wavenumbers k, all positive.
pub struct PublishedSpectrum {
    /// In the time of the run; none if the file says nothing of it: then the last spectrum of the run is meant.
    pub time: Option<f64>,
    pub points: Vec<(f64, f64)>,
}

/// A published spectrum and the sample of the run nearest to its time.
pub struct Matched<'a> {
    pub published: &'a PublishedSpectrum,
    pub sample: usize,
    /// None if they have no two wavenumbers in common.
    pub distance: Option<Distance>,
}

/// How far the spectrum of a run is from a published one.
pub struct Distance {
    /// First and last common wavenumber.
    pub range: (f64, f64),
    /// Root mean square of log10 (E_run / E_published) over the published wavenumbers in common.
    pub rms_log: f64,
    /// The energy of the run over the published one, both between the common wavenumbers.
    pub energy_ratio: f64,
}

/// A sample is the one meant if its time is off by no more than this part of the run.
const TIME_TOLERANCE: f64 = 0.01;

impl PublishedSpectra {
    /// None if `text` is of another form.
    pub fn parse(path: &Path, label: &str, text: &str) -> Result<Option<Self>> {
        let names = csv_names(text);
        let spectra = if names.contains(&"k") && names.contains(&"energy") {
            csv(&Table::parse(path, text)?)?
        } else if let Some(times) = station_times(text) {
            stations(path, text, &times)?
        } else if text.contains("3-d total energy spectra E(k,t)") {
            agard(path, text)?
        } else {
            return Ok(None);
        };
        if spectra.is_empty() {
            return Err(Error::input(format!("the reference {} holds no spectrum", path.display())));
        }
        Ok(Some(Self { label: label.into(), spectra }))
    }

    /// The published spectra whose times the run has, in their order.
    pub fn matched(&self, run: &[Spectrum]) -> Vec<Matched<'_>> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Vec::new() };
        let tolerance = TIME_TOLERANCE * (last.time - first.time);
        let matched = |published: &'_ PublishedSpectrum| -> Option<usize> {
            let Some(time) = published.time else { return Some(run.len() - 1) };
            let off = |i: usize| (run[i].time - time).abs();
            (0..run.len()).min_by(|&a, &b| off(a).total_cmp(&off(b))).filter(|&i| off(i) <= tolerance)
        };
        let with_sample = self.spectra.iter().filter_map(|published| Some((published, matched(published)?)));
        with_sample.map(|(published, sample)| Matched { published, sample, distance: published.distance(&run[sample]) }).collect()
    }
}

impl PublishedSpectrum {
    fn new(time: Option<f64>, points: impl Iterator<Item = (f64, f64)>) -> Self {
        Self { time, points: points.filter(|&(k, energy)| k > 0.0 && energy > 0.0 && energy.is_finite()).collect() }
    }

    fn distance(&self, run: &Spectrum) -> Option<Distance> {
        let own: Vec<(f64, f64)> = run.positive().map(|(k, energy)| (k.ln(), energy.ln())).collect();
        let both: Vec<(f64, f64, f64)> =
            self.points.iter().filter_map(|&(k, energy)| Some((k, energy, line_through(&own, k.ln())?.exp()))).collect();
        let [(from, ..), .., (to, ..)] = both[..] else { return None };
        let squares: f64 = both.iter().map(|(_, published, run)| (run / published).log10().powi(2)).sum();
        // The same rule for both, so that its error cancels in the ratio.
        let energy = |of: fn(&(f64, f64, f64)) -> f64| -> f64 {
            both.windows(2).map(|pair| 0.5 * (pair[1].0 - pair[0].0) * (of(&pair[0]) + of(&pair[1]))).sum()
        };
        Some(Distance {
            range: (from, to),
            rms_log: (squares / both.len() as f64).sqrt(),
            energy_ratio: energy(|point| point.2) / energy(|point| point.1),
        })
    }
}

/// The value at `at` of the straight lines that join `points`; none outside them.
fn line_through(points: &[(f64, f64)], at: f64) -> Option<f64> {
    // Round-off of a logarithm must not lose the first or the last shell.
    let margin = 1e-12 * at.abs().max(1.0);
    let (first, last) = (points.first()?, points.last()?);
    if at < first.0 - margin || at > last.0 + margin {
        return None;
    }
    let after = points.partition_point(|point| point.0 < at).clamp(1, points.len().max(2) - 1);
    let ((x0, y0), (x1, y1)) = (points[after - 1], *points.get(after)?);
    Some(y0 + (y1 - y0) * (at - x0) / (x1 - x0))
}

/// Rows `k,energy`, or `step,time,k,energy` as a run writes them.
fn csv(table: &Table) -> Result<Vec<PublishedSpectrum>> {
    let (k, energy) = (table.column("k")?, table.column("energy")?);
    let points = |rows: std::ops::Range<usize>| k[rows.clone()].iter().copied().zip(energy[rows].iter().copied());
    match table.find("time") {
        None => Ok(vec![PublishedSpectrum::new(None, points(0..k.len()))]),
        Some(time) => Ok(samples(table)?.into_iter().map(|rows| PublishedSpectrum::new(Some(time[rows.start]), points(rows))).collect()),
    }
}

/// Spectra at stations behind a grid (Comte-Bellot & Corrsin 1971, table 3): a comment names the columns, as in
/// `k[1/cm]  E(tU0/M=42)  E(98)  E(171)`, another gives M and U_0. The times (t U_0/M - that of the first station) M/U_0
/// in seconds; None if `text` is of another form.
fn station_times(text: &str) -> Option<Vec<f64>> {
    let comments = || text.lines().filter(|line| is_comment(line));
    let names = comments().find(|line| line.contains("tU0/M=") && line.contains("  E("))?;
    let inside = |name: &str| name.rsplit(['=', '(']).next()?.trim_end_matches(')').parse::<f64>().ok();
    let stations: Vec<f64> = names.split_whitespace().filter(|name| name.starts_with("E(")).map(inside).collect::<Option<_>>()?;
    let speed = comments().find_map(|line| number_after(line, "U0 ="))?;
    let mesh: f64 = comments().find_map(|line| line[..line.find(" cm grid")?].split_whitespace().last()?.parse().ok())?;
    let first = *stations.first()?;
    Some(stations.iter().map(|station| (station - first) * mesh / (100.0 * speed)).collect())
}

fn stations(path: &Path, text: &str, times: &[f64]) -> Result<Vec<PublishedSpectrum>> {
    let mut rows = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !is_comment(line) && !line.trim().is_empty()) {
        let row = numbers(path, number, line.split_whitespace())?;
        if row.len() != times.len() + 1 {
            return Err(malformed(path, number, &format!("{} values under {} names of columns", row.len(), times.len() + 1)));
        }
        rows.push(row);
    }
    let of = |(&time, column): (&f64, usize)| PublishedSpectrum::new(Some(time), rows.iter().map(move |row| (row[0], row[column])));
    Ok(times.iter().zip(1..).map(of).collect())
}

/// Blocks of `nk t` and nk values at k = 0, 1, .. nk - 1 under a head of prose (AGARD-AR-345, HOM02: Wray's decay).
fn agard(path: &Path, text: &str) -> Result<Vec<PublishedSpectrum>> {
    let is_row = |line: &str| line.split_whitespace().next().is_some_and(|word| word.parse::<f64>().is_ok());
    let mut lines = text.lines().zip(1..).skip_while(|(line, _)| !is_row(line)).filter(|(line, _)| !line.trim().is_empty());
    let mut spectra = Vec::new();
    while let Some((line, number)) = lines.next() {
        let [count, time] = numbers(path, number, line.split_whitespace())?[..] else {
            return Err(malformed(path, number, "a number of wavenumbers and a time were expected here"));
        };
        let mut energy = Vec::new();
        for (line, number) in lines.by_ref().take(count as usize) {
            energy.extend(numbers(path, number, line.split_whitespace())?);
        }
        if energy.len() != count as usize {
            return Err(malformed(path, number, &format!("{} values follow where {count} were announced", energy.len())));
        }
        spectra.push(PublishedSpectrum::new(Some(time), energy.into_iter().enumerate().map(|(k, energy)| (k as f64, energy))));
    }
    Ok(spectra)
}

#[cfg(test)]
mod tests {
    use super::super::tests::shared;
    use super::*;

    fn parse(text: &str) -> Result<Option<PublishedSpectra>> {
        PublishedSpectra::parse("spectra.dat".as_ref(), "spectra", text)
    }

    #[test]
    fn all_forms_are_understood() {
        for (text, times) in [
            ("k,energy\n1,4\n2,3\n", vec![None]),
            ("step,time,k,energy\n0,0,0,0\n0,0,1,4\n0,0,2,3\n5,0.5,1,4\n5,0.5,2,3\n", vec![Some(0.0), Some(0.5)]),
            ("# 2.00 cm grid, U0 = 20 m/s\n# k[1/cm]  E(tU0/M=10)  E(60)\n1 4 4\n2 3 3\n3 nan nan\n", vec![Some(0.0), Some(0.05)]),
            ("head\n3-d total energy spectra E(k,t)\nnk t\n\n 3 0.5\n0\n4\n3\n 3 1.0\n0\n4\n3\n", vec![Some(0.5), Some(1.0)]),
        ] {
            let spectra = parse(text).unwrap().unwrap().spectra;
            assert_eq!(spectra.iter().map(|spectrum| spectrum.time).collect::<Vec<_>>(), times, "{text}");
            assert!(spectra.iter().all(|spectrum| spectrum.points == [(1.0, 4.0), (2.0, 3.0)]), "{text}");
        }
        assert!(parse("# t  E  eps\n0 1 1\n").unwrap().is_none());
        let error = parse("3-d total energy spectra E(k,t)\n 3 0.5\n0\n4\n").err().unwrap();
        assert!(error.message.contains("2 values follow where 3"), "{error}");
    }

    #[test]
    fn the_distance_of_a_power_law_is_exact() {
        let published = parse("step,time,k,energy\n0,0.5,2,1\n0,0.5,3,1\n0,0.5,8,1\n0,0.5,64,1\n1,7,1,1\n").unwrap().unwrap();
        let spectrum = |time: f64, level: f64| {
            let wavenumber: Vec<f64> = (0..=8).map(f64::from).collect();
            let energy = wavenumber.iter().map(|k| level * f64::from(*k > 0.0)).collect();
            Spectrum { time, wavenumber, energy }
        };
        let run = [spectrum(0.0, 1.0), spectrum(0.501, 10.0), spectrum(1.0, 1.0)];
        let matched = published.matched(&run);
        assert_eq!((matched.len(), matched[0].sample), (1, 1));
        let distance = matched[0].distance.as_ref().unwrap();
        assert_eq!(distance.range, (2.0, 8.0));
        assert!((distance.rms_log - 1.0).abs() < 1e-12 && (distance.energy_ratio - 10.0).abs() < 1e-10);
    }

    #[test]
    fn comte_bellot_and_corrsin_are_read_as_distributed() {
        let Some(path) = shared("hit_decay/ComteBellotCorrsin1971/table3_E3D_M5.08cm.dat") else { return };
        let spectra = PublishedSpectra::parse(&path, "", &std::fs::read_to_string(&path).unwrap()).unwrap().unwrap().spectra;
        for (spectrum, (time, count, first)) in spectra.iter().zip([(0.0, 19, 0.2), (0.28448, 19, 0.2), (0.65532, 18, 0.15)]) {
            assert!((spectrum.time.unwrap() - time).abs() < 1e-12);
            assert_eq!((spectrum.points.len(), spectrum.points[0].0), (count, first));
        }
    }

    /// E of each spectrum sums to the energy of the history at its time (five digits, 0.1 % in the balance).
    #[test]
    fn the_spectra_of_wray_sum_to_his_energy() {
        let files = ["CB512.es", "CB512.f_t"].map(|name| shared(&format!("hit_decay/Wray1997_AGARD_HOM02/{name}")));
        let [Some(spectra), Some(history)] = files else { return };
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        let history = super::super::PublishedHistory::parse(&history, String::new(), &text(&history), None).unwrap().history;
        let spectra = PublishedSpectra::parse(&spectra, "", &text(&spectra)).unwrap().unwrap().spectra;
        assert_eq!(spectra.len(), 28);
        for spectrum in spectra {
            let sum: f64 = spectrum.points.iter().map(|point| point.1).sum();
            let energy = crate::report::cubic::interpolate(&history.time, &history.energy, spectrum.time.unwrap());
            assert!((sum / energy - 1.0).abs() < 2e-3, "{sum} {energy} at {:?}", spectrum.time);
        }
    }
}
