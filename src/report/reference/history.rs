//! Published histories of energy and dissipation: reading them as they are distributed, and how far a run is off.

use std::path::Path;

use super::{FORMS, is_comment, number_after};
use crate::error::{Error, Result};
use crate::report::cubic::interpolate;
use crate::report::series::{History, Table, malformed, numbers};

/// A history to compare with, labelled by the name of its file.
pub struct PublishedHistory {
    pub label: String,
    pub history: History,
}

/// The largest distance of a run from a reference, as a fraction of the largest value of the reference.
pub struct Deviation {
    pub fraction: f64,
    pub time: f64,
}

impl PublishedHistory {
    /// Reads the `text` of `path`, whose form is told by the names of its columns (listed in the error for an unknown
    /// one). Of a file that holds several Reynolds numbers, the one of the run, 1/`viscosity`, is taken.
    pub fn parse(path: &Path, label: String, text: &str, viscosity: Option<f64>) -> Result<Self> {
        let first = text.lines().find(|line| !is_comment(line) && !line.trim().is_empty());
        let history = if first.is_some_and(|line| line.contains(',')) {
            History::of(&Table::parse(path, text)?)?
        } else if let Some(viscosity) = of_agard(text) {
            agard(path, text, viscosity)?
        } else {
            blank_separated(path, text, viscosity)?
        };
        if history.time.is_empty() || !history.time.is_sorted_by(|a, b| a < b) {
            let what = format!("the times of the reference {} must increase, one row a time", path.display());
            return Err(Error::input(what));
        }
        Ok(Self { label, history })
    }

    /// First and last of the times that the reference and a run have in common, if any.
    pub fn common(&self, run: &History) -> Option<(f64, f64)> {
        let from = run.time.first()?.max(*self.history.time.first()?);
        let to = run.time.last()?.min(*self.history.time.last()?);
        (from <= to).then_some((from, to))
    }

    /// Largest deviations of the energy and of the dissipation at the samples of `run` in the common times. The
    /// reference is interpolated there by cubics. None if no sample is.
    pub fn deviations(&self, run: &History) -> Option<(Deviation, Deviation)> {
        let (from, to) = self.common(run)?;
        let own = &self.history;
        let largest = |values: &[f64], of_run: &[f64]| {
            let peak = values.iter().fold(0.0, |peak: f64, value| peak.max(value.abs()));
            run.time
                .iter()
                .zip(of_run)
                .filter(|(time, _)| (from..=to).contains(*time))
                .map(|(&time, value)| {
                    let fraction = (value - interpolate(&own.time, values, time)).abs() / peak;
                    Deviation { fraction, time }
                })
                .max_by(|a, b| a.fraction.total_cmp(&b.fraction))
        };
        Some((largest(&own.energy, &run.energy)?, largest(&own.dissipation, &run.dissipation)?))
    }
}

/// The viscosity in the head of a history of AGARD-AR-345 (Wray's decay, HOM02): prose, then the names of the columns
/// time, energy, enstrophy, .. in two lines. None for any other file.
fn of_agard(text: &str) -> Option<f64> {
    let is_history = ["Time", "energy", "enstrophy"].into_iter().all(|name| text.lines().take(20).any(|line| line.contains(name)));
    if is_history { number_after(text, "viscosity =") } else { None }
}

/// The enstrophy of such a file is <omega.omega>: eps = nu <omega.omega>.
fn agard(path: &Path, text: &str, viscosity: f64) -> Result<History> {
    let is_row = |line: &str| !line.trim().is_empty() && line.split_whitespace().all(|word| word.parse::<f64>().is_ok());
    let mut history = History { time: Vec::new(), energy: Vec::new(), dissipation: Vec::new() };
    for (line, number) in text.lines().zip(1..).skip_while(|(line, _)| !is_row(line)).filter(|(line, _)| !line.trim().is_empty()) {
        let row = numbers(path, number, line.split_whitespace())?;
        let [time, energy, enstrophy, ..] = row[..] else {
            return Err(malformed(path, number, "fewer than three values"));
        };
        history.time.push(time);
        history.energy.push(energy);
        history.dissipation.push(viscosity * enstrophy);
    }
    Ok(history)
}

/// Columns separated by blanks; the last comment before the numbers names them.
fn blank_separated(path: &Path, text: &str, viscosity: Option<f64>) -> Result<History> {
    let header = text.lines().take_while(|line| is_comment(line)).last().unwrap_or("");
    let names = names(header);
    let reynolds = viscosity.map_or(0.0, |viscosity| (1.0 / viscosity).round());
    let (energy_re, enstrophy_re) = (format!("e_re{reynolds}"), format!("omega_re{reynolds}"));
    let position = |wanted: &dyn Fn(&str) -> bool| names.iter().position(|name| wanted(name));

    let time = position(&|name| name == "t" || name == "time");
    let energy = position(&|name| name == "e" || name == "energy" || name == energy_re);
    let dissipation = position(&|name| name == "eps" || name.starts_with("dissipation"));
    let enstrophy = position(&|name| name == enstrophy_re);
    let (dissipation, factor) = match (dissipation, enstrophy) {
        (None, Some(column)) => (Some(column), 2.0 * viscosity.unwrap_or(0.0)),
        (column, _) => (column, 1.0),
    };
    let (Some(time), Some(energy), Some(dissipation)) = (time, energy, dissipation) else {
        let found = if names.is_empty() { "no names of columns".into() } else { format!("`{}`", names.join("`, `")) };
        let of_run = viscosity.map_or(String::new(), |_| format!(" (this run: 1/viscosity = {reynolds})"));
        let path = path.display();
        return Err(Error::input(format!("{path}: unknown form of a reference, it has {found}; {FORMS}{of_run}")));
    };

    let mut history = History { time: Vec::new(), energy: Vec::new(), dissipation: Vec::new() };
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !is_comment(line) && !line.trim().is_empty()) {
        let row = numbers(path, number, line.split_whitespace())?;
        if row.len() != names.len() {
            let what = format!("{} values under {} names of columns", row.len(), names.len());
            return Err(malformed(path, number, &what));
        }
        history.time.push(row[time]);
        history.energy.push(row[energy]);
        history.dissipation.push(factor * row[dissipation]);
    }
    Ok(history)
}

/// Names in a comment line, in lower case and without their definitions (`E=<u.u>/2` is `e`). Names hold single
/// blanks, so what separates them is a dash between blanks or at least two blanks.
fn names(header: &str) -> Vec<String> {
    let separator = if header.contains(" - ") { " - " } else { "  " };
    header
        .trim_start_matches(['#', ' '])
        .split(separator)
        .map(|name| name.split('=').next().unwrap_or("").trim().to_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::shared;
    use super::*;

    fn read(text: &str, viscosity: Option<f64>) -> Result<PublishedHistory> {
        PublishedHistory::parse("reference.dat".as_ref(), "reference".into(), text, viscosity)
    }

    fn read_file(path: &Path, viscosity: Option<f64>) -> PublishedHistory {
        PublishedHistory::parse(path, String::new(), &std::fs::read_to_string(path).unwrap(), viscosity).unwrap()
    }

    #[test]
    fn the_form_is_told_by_the_names_of_the_columns() {
        for text in [
            "# Code\n# Time  -  Energy  -  Dissipation rate (-dE/dt) - Enstrophy\n0 2 3 9\n0.5 1 2 9\n",
            "# Re=100\n# t  E=<u.u>/2  eps=2 nu Omega  energy in modes |k|>9\n 0.0 2 3 9\n 5e-1 1 2 9\n",
            "# t  Omega_Euler  E_Re10  Omega_Re10  E_Re20  Omega_Re20\n0 9 9 9 2 30\n0.5 9 9 9 1 20\n",
            "time,other,dissipation,energy\n0,9,3,2\n0.5,9,2,1\n",
        ] {
            let history = read(text, Some(0.05)).unwrap().history;
            assert_eq!(history.time, [0.0, 0.5], "{text}");
            assert_eq!(history.energy, [2.0, 1.0], "{text}");
            assert_eq!(history.dissipation, [3.0, 2.0], "{text}");
        }
    }

    #[test]
    fn an_unknown_form_is_refused_with_what_is_understood() {
        for (text, expected) in [
            ("1 2 3\n", "it has no names of columns; understood are a CSV file"),
            ("# n  Omega_n\n0 1\n", "it has `n`, `omega_n`"),
            ("# t  E_Re100  Omega_Re100\n0 1 1\n", "this run: 1/viscosity = 20"),
            ("# t  E  eps\n0 1 1\n0 1 1 1\n", "reference.dat:3: 4 values under 3 names"),
            ("# t  E  eps\n0 1 1\n0 1 1\n", "must increase"),
            ("time,energy\n0,1\n", "no column `dissipation`"),
        ] {
            let error = read(text, Some(0.05)).err().unwrap();
            assert!(error.message.contains(expected), "{error}");
        }
    }

    #[test]
    fn deviations_are_found_where_they_are() {
        let cubic = |t: f64| 1.0 - 0.3 * t + 0.02 * t * t * t;
        let text: String = (0..=12).map(|i| format!("{0} {1} {1}\n", 0.25 * i as f64, cubic(0.25 * i as f64))).collect();
        let reference = read(&format!("# t  E  eps\n{text}"), None).unwrap();
        let time: Vec<f64> = (0..50).map(|i| 0.1 * i as f64).collect();
        let energy: Vec<f64> = time.iter().map(|&t| cubic(t)).collect();
        let mut dissipation = energy.clone();
        dissipation[17] += 0.01;
        let run = History { time, energy, dissipation };
        assert_eq!(reference.common(&run), Some((0.0, 3.0)));
        let (energy, dissipation) = reference.deviations(&run).unwrap();
        assert!(energy.fraction < 1e-14, "{}", energy.fraction);
        assert!((dissipation.fraction - 0.01).abs() < 1e-14, "{}", dissipation.fraction);
        assert_eq!(dissipation.time, run.time[17]);
    }

    #[test]
    fn published_files_agree_with_each_other() {
        let files = ["tgv/own_dns_Re400.dat", "tgv/tgv_short_time_reference.dat", "tgv/spectral_Re1600_512.gdiag"];
        let [Some(dns), Some(short), Some(spectral)] = files.map(shared) else { return };
        let viscosity = Some(1.0 / 400.0);
        let dns = read_file(&dns, viscosity);
        let (energy, dissipation) = read_file(&short, viscosity).deviations(&dns.history).unwrap();
        assert!(energy.fraction < 1e-9 && dissipation.fraction < 1e-8, "{} {}", energy.fraction, dissipation.fraction);

        let spectral = read_file(&spectral, None).history;
        let peak = spectral.dissipation.iter().copied().fold(0.0, f64::max);
        assert_eq!(spectral.time.len(), 2000);
        assert!((0.012..0.0135).contains(&peak), "{peak}");
    }

    #[test]
    fn the_decay_of_wray_is_read_as_distributed() {
        let files = ["CB512.f_t", "derived_history.dat"].map(|name| shared(&format!("hit_decay/Wray1997_AGARD_HOM02/{name}")));
        let [Some(agard), Some(derived)] = files else { return };
        let (agard, derived) = (read_file(&agard, None), read_file(&derived, None));
        assert_eq!(agard.history.time, derived.history.time);
        // Five digits in both.
        let (energy, dissipation) = agard.deviations(&derived.history).unwrap();
        assert!(energy.fraction < 1e-12 && dissipation.fraction < 5e-5, "{} {}", energy.fraction, dissipation.fraction);
    }
}
