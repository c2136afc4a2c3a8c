//! Published energy spectra: reading them as distributed, and comparing the spectra of a run with them.

use super::{bare, is_time, viscosity};
use crate::error::Result;
use crate::report::series::Spectrum;
use crate::table::{Columns, Row, TextTable, is_energy, is_wavenumber};

/// Spectra to compare with, in the units of their file, labelled by its citation.
pub struct PublishedSpectra {
    pub label: String,
    pub spectra: Vec<PublishedSpectrum>,
    /// Viscosity in the head of the file.
    pub viscosity: Option<f64>,
}

/// E at increasing wavenumbers k, all positive.
pub struct PublishedSpectrum {
    /// Time of the run; none if the file does not state it, which means the last spectrum of the run.
    pub time: Option<f64>,
    pub points: Vec<(f64, f64)>,
}

/// A published spectrum and the sample of the run nearest to its time.
pub struct Matched<'a> {
    pub published: &'a PublishedSpectrum,
    pub sample: usize,
    /// Difference of the two; none if they have fewer than two wavenumbers in common.
    pub distance: Option<Distance>,
}

/// The difference between the spectrum of a run and a published one.
pub struct Distance {
    /// First and last common wavenumber.
    pub range: (f64, f64),
    /// Root mean square of log10 (E_run / E_published) over the published wavenumbers in common.
    pub rms_log: f64,
    /// The energy of the run over the published one, both between the common wavenumbers.
    pub energy_ratio: f64,
}

/// Largest difference between the times of matching spectra, as a fraction of the run.
const TIME_TOLERANCE: f64 = 0.01;

impl PublishedSpectra {
    /// Reads columns k and E, with the time, as a run writes it, or without. None if the columns are of
    /// another form.
    ///
    /// # Errors
    /// Wavenumbers that do not increase, or a negative energy.
    pub fn of(columns: &Columns, label: &str) -> Result<Option<Self>> {
        let (Some(k), Some(energy)) = (columns.find(is_wavenumber)?, columns.find(is_energy)?) else {
            return Ok(None);
        };
        let (time, step) = (columns.find(is_time)?, columns.find(|name| bare(name) == "step")?);
        columns.present(k)?;
        let sample = |row: &Row| [time, step].map(|column| column.map(|column| row.cells[column].to_bits()));
        let mut spectra = Vec::new();
        for rows in columns.table.rows().chunk_by(|a, b| sample(a) == sample(b)) {
            let points = rows.iter().map(|row| (row.line, row.cells[k], row.cells[energy]));
            spectra.push(PublishedSpectrum::new(
                columns.table,
                time.map(|time| rows[0].cells[time]),
                points,
            )?);
        }
        Ok(Some(Self { label: label.into(), spectra, viscosity: viscosity(columns.table) }))
    }

    /// Reads spectra whose columns or blocks the head of the file describes in its own way: at stations
    /// behind a grid, or of AGARD-AR-345. None for any other file.
    ///
    /// # Errors
    /// Those of [`PublishedSpectra::of`]; blocks or rows that are too short or too long.
    pub fn in_blocks(table: &TextTable, label: &str) -> Result<Option<Self>> {
        let spectra = if let Some(times) = station_times(table) {
            stations(table, &times)?
        } else if table.head().any(|line| line.contains("3-d total energy spectra E(k,t)")) {
            agard(table)?
        } else {
            return Ok(None);
        };
        Ok(Some(Self { label: label.into(), spectra, viscosity: viscosity(table) }))
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
        with_sample
            .map(|(published, sample)| Matched {
                published,
                sample,
                distance: published.distance(&run[sample]),
            })
            .collect()
    }
}

impl PublishedSpectrum {
    /// A spectrum from (line, k, E); missing or zero values are left out.
    ///
    /// # Errors
    /// Wavenumbers that do not increase, or a negative energy, named by its line.
    fn new(
        table: &TextTable,
        time: Option<f64>,
        points: impl Iterator<Item = (usize, f64, f64)>,
    ) -> Result<Self> {
        let mut kept: Vec<(f64, f64)> = Vec::new();
        let mut before = f64::NEG_INFINITY;
        for (line, k, energy) in points {
            if k <= before || energy < 0.0 {
                let what = if energy < 0.0 {
                    "E(k) must not be negative".into()
                } else {
                    format!("k must increase: {k} follows {before}")
                };
                return Err(table.wrong(line, &what));
            }
            before = k;
            kept.extend((k > 0.0 && energy > 0.0).then_some((k, energy)));
        }
        Ok(Self { time, points: kept })
    }

    fn distance(&self, run: &Spectrum) -> Option<Distance> {
        let own: Vec<(f64, f64)> = run.positive().map(|(k, energy)| (k.ln(), energy.ln())).collect();
        let both: Vec<(f64, f64, f64)> = self
            .points
            .iter()
            .filter_map(|&(k, energy)| Some((k, energy, line_through(&own, k.ln())?.exp())))
            .collect();
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

/// Spectra at stations behind a grid (Comte-Bellot & Corrsin 1971, table 3): a line names the columns, as
/// in `k[1/cm]  E(tU0/M=42)  E(98)  E(171)`, another gives M and U_0. The times (t U_0/M - that of the
/// first station) M/U_0 in seconds; None if the file is of another form.
fn station_times(table: &TextTable) -> Option<Vec<f64>> {
    let names = table.head().find(|line| line.contains("tU0/M=") && line.contains(" E("))?;
    let inside = |name: &str| name.rsplit(['=', '(']).next()?.trim_end_matches(')').parse::<f64>().ok();
    let stations: Vec<f64> =
        names.split_whitespace().filter(|name| name.starts_with("E(")).map(inside).collect::<Option<_>>()?;
    let speed = table.stated("U0")?;
    let mesh: f64 = table
        .head()
        .find_map(|line| line[..line.find(" cm grid")?].split_whitespace().last()?.parse().ok())?;
    let first = *stations.first()?;
    Some(stations.iter().map(|station| (station - first) * mesh / (100.0 * speed)).collect())
}

fn stations(table: &TextTable, times: &[f64]) -> Result<Vec<PublishedSpectrum>> {
    let rows = table.rows();
    if table.width()? != times.len() + 1 {
        let what = format!("{} numbers under {} names of columns", table.width()?, times.len() + 1);
        return Err(table.wrong(rows[0].line, &what));
    }
    let points = |column: usize| rows.iter().map(move |row| (row.line, row.cells[0], row.cells[column]));
    times
        .iter()
        .zip(1..)
        .map(|(&time, column)| PublishedSpectrum::new(table, Some(time), points(column)))
        .collect()
}

/// Blocks of `nk t` and nk values at k = 0, 1, .. nk - 1 under a head of prose (AGARD-AR-345, HOM02: Wray's
/// decay).
fn agard(table: &TextTable) -> Result<Vec<PublishedSpectrum>> {
    let mut rows = table.rows().iter();
    let mut spectra = Vec::new();
    while let Some(row) = rows.next() {
        let (count, time) = match row.cells[..] {
            [count, time] if count >= 1.0 && count.fract() == 0.0 && time.is_finite() => {
                (count as usize, time)
            }
            _ => return Err(table.wrong(row.line, "a number of wavenumbers and a time were expected here")),
        };
        let block = rows.as_slice();
        let block = &block[..count.min(block.len())];
        let energy: Vec<(usize, f64)> =
            block.iter().flat_map(|row| row.cells.iter().map(|value| (row.line, *value))).collect();
        if energy.len() != count {
            return Err(table
                .wrong(row.line, &format!("{} values follow where {count} were announced", energy.len())));
        }
        rows = table.rows()[table.rows().len() - rows.len() + count..].iter();
        let points = energy.iter().enumerate().map(|(k, (line, energy))| (*line, k as f64, *energy));
        spectra.push(PublishedSpectrum::new(table, Some(time), points)?);
    }
    Ok(spectra)
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::super::{PublishedHistory, References};
    use super::*;
    use crate::test_data;

    fn parse(text: &str) -> Result<PublishedSpectra> {
        read(text, None).map(|mut references| references.spectra.remove(0))
    }

    #[test]
    fn all_forms_are_understood() {
        for (text, times) in [
            ("k,energy\n1,4\n2,3\n", vec![None]),
            ("! k [1/m] E [m3/s2]\n1.0D+00 4\n2 3", vec![None]),
            ("\u{feff}k;E\r\n1;4\r\n2;3\r\n", vec![None]),
            (
                "step,time,k,energy\n0,0,0,0\n0,0,1,4\n0,0,2,3\n5,0.5,1,4\n5,0.5,2,3\n",
                vec![Some(0.0), Some(0.5)],
            ),
            (
                "# 2.00 cm grid, U0 = 20 m/s\n# k[1/cm]  E(tU0/M=10)  E(60)\n1 4 4\n2 3 3\n3 nan nan\n",
                vec![Some(0.0), Some(0.05)],
            ),
            (
                "head\n3-d total energy spectra E(k,t)\nnk t\n\n 3 0.5\n0\n4\n3\n 3 1.0\n0\n4\n3\n",
                vec![Some(0.5), Some(1.0)],
            ),
        ] {
            let spectra = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")).spectra;
            assert_eq!(spectra.iter().map(|spectrum| spectrum.time).collect::<Vec<_>>(), times, "{text}");
            assert!(spectra.iter().all(|spectrum| spectrum.points == [(1.0, 4.0), (2.0, 3.0)]), "{text}");
        }
        assert!(read("# t  E  eps\n0 1 1\n", None).unwrap().spectra.is_empty());
        for (text, part) in [
            ("3-d total energy spectra E(k,t)\n 3 0.5\n0\n4\n", "2 values follow where 3"),
            (
                "3-d total energy spectra E(k,t)\n 3.5 0.5\n0\n4\n",
                "x.dat:2: a number of wavenumbers and a time",
            ),
            ("k,energy\n1,4\n1,3\n", "x.dat:3: k must increase: 1 follows 1"),
            ("k,energy\n1,4\n2,-3\n", "x.dat:3: E(k) must not be negative"),
            ("k,energy\n1,4\n,3\n", "x.dat:3: no value of `k`"),
        ] {
            let error = parse(text).err().unwrap();
            assert!(error.message.contains(part), "{error}");
        }
    }

    #[test]
    fn the_distance_of_a_power_law_is_exact() {
        let published =
            parse("step,time,k,energy\n0,0.5,2,1\n0,0.5,3,1\n0,0.5,8,1\n0,0.5,64,1\n1,7,1,1\n").unwrap();
        let spectrum = |time: f64, level: f64| {
            let wavenumber: Vec<f64> = (0..=8).map(f64::from).collect();
            let energy = wavenumber.iter().map(|k| level * f64::from(*k > 0.0)).collect();
            Spectrum { time, wavenumber, energy, errors: Vec::new() }
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
        let path = std::path::PathBuf::from("comte-bellot-corrsin");
        let spectra = References::read(&[path.into()], None, &|_| None).unwrap().spectra.remove(0).spectra;
        for (spectrum, (time, count, first)) in
            spectra.iter().zip([(0.0, 19, 0.2), (0.28448, 19, 0.2), (0.65532, 18, 0.15)])
        {
            assert!((spectrum.time.unwrap() - time).abs() < 1e-12);
            assert_eq!((spectrum.points.len(), spectrum.points[0].0), (count, first));
        }
    }

    /// E of each spectrum sums to the energy of the history at its time (five digits, 0.1 % in the balance).
    #[test]
    fn the_spectra_of_wray_sum_to_his_energy() {
        let [spectra, history] =
            ["CB512.es", "CB512.f_t"].map(|name| test_data("hit_decay/Wray1997_AGARD_HOM02").join(name));
        let mut read = References::read(&[history.into(), spectra.into()], None, &|_| None).unwrap();
        let (PublishedHistory { history, .. }, spectra) =
            (read.histories.remove(0), read.spectra.remove(0).spectra);
        assert_eq!(spectra.len(), 2);
        for spectrum in spectra {
            let sum: f64 = spectrum.points.iter().map(|point| point.1).sum();
            let energy =
                crate::report::cubic::interpolate(&history.time, &history.energy, spectrum.time.unwrap());
            assert!((sum / energy - 1.0).abs() < 2e-3, "{sum} {energy} at {:?}", spectrum.time);
        }
    }
}
