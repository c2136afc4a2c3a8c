//! Published histories of energy and dissipation: reading them as distributed, and comparing a run with
//! them.

use super::{bare, is_dissipation, is_time, reynolds, viscosity};
use crate::error::Result;
use crate::report::cubic::interpolate;
use crate::report::series::History;
use crate::table::{Columns, TextTable, is_energy};

/// A history to compare with, labelled by its citation.
pub struct PublishedHistory {
    pub label: String,
    pub history: History,
    /// Viscosity in the head of the file.
    pub viscosity: Option<f64>,
}

/// The largest difference between a run and a reference, as a fraction of the largest value of the
/// reference.
pub struct Deviation {
    pub fraction: f64,
    pub time: f64,
}

impl PublishedHistory {
    /// Reads a history; none if the columns are of another form. If the file has several Reynolds
    /// numbers, the columns for that of the run, 1/`own`, are used.
    ///
    /// # Errors
    /// Times that do not increase, or a value that is missing.
    pub fn of(columns: &Columns, label: &str, own: Option<f64>) -> Result<Option<Self>> {
        let of_run = |name: &str, quantity: &str| {
            own.is_some_and(|own| reynolds(name, quantity) == Some((1.0 / own).round()))
        };
        let time = columns.find(is_time)?;
        let energy = columns.find(|name| is_energy(name) || of_run(name, "e"))?;
        let dissipation = columns.find(is_dissipation)?;
        // Omega = <omega.omega>/2
        let rate =
            columns.find(|name| of_run(name, "omega"))?.map(|column| (column, 2.0 * own.unwrap_or_default()));
        let (Some(time), Some(energy), Some((dissipation, factor))) =
            (time, energy, dissipation.map(|column| (column, 1.0)).or(rate))
        else {
            return Ok(None);
        };
        columns.present(energy)?;
        columns.present(dissipation)?;
        let rows = columns.ascending(time)?;
        let column = |column: usize, factor: f64| rows.iter().map(|row| factor * row.cells[column]).collect();
        let history = History {
            time: column(time, 1.0),
            energy: column(energy, 1.0),
            dissipation: column(dissipation, factor),
        };
        Ok(Some(Self { label: label.into(), history, viscosity: viscosity(columns.table) }))
    }

    /// A history of AGARD-AR-345 (Wray's decay, HOM02): prose with the viscosity, then the names of the
    /// columns time, energy, enstrophy, .. in two lines. The enstrophy is <omega.omega>: eps = nu
    /// <omega.omega>. None for any other file.
    ///
    /// # Errors
    /// Times that do not increase, or a value that is missing.
    pub fn of_agard(table: &TextTable, label: &str) -> Result<Option<Self>> {
        let says = |name: &str| table.head().any(|line| line.split_whitespace().any(|word| word == name));
        let is_history = ["Time", "energy", "enstrophy"].into_iter().all(says);
        let Some(nu) = table.stated("viscosity").filter(|_| is_history) else { return Ok(None) };
        let names: Vec<String> = ["time", "energy", "enstrophy"]
            .into_iter()
            .chain(vec!["-"; table.width()?])
            .map(str::to_owned)
            .collect();
        let columns = table.columns_named(&names[..table.width()?], &|name| {
            ["time", "energy", "enstrophy"].contains(&name)
        })?;
        (0..columns.names.len().min(3)).try_for_each(|column| columns.present(column))?;
        let column = |name: &str, factor: f64| -> Result<Option<Vec<f64>>> {
            let place = columns.find(|own| bare(own) == name)?;
            Ok(place.map(|place| columns.values(place).map(|value| factor * value).collect()))
        };
        let (Some(time), Some(energy), Some(dissipation)) =
            (column("time", 1.0)?, column("energy", 1.0)?, column("enstrophy", nu)?)
        else {
            return Ok(None);
        };
        columns.ascending(0)?;
        Ok(Some(Self {
            label: label.into(),
            history: History { time, energy, dissipation },
            viscosity: Some(nu),
        }))
    }

    /// The first and the last time that the reference and a run have in common, if any.
    pub fn common(&self, run: &History) -> Option<(f64, f64)> {
        let from = run.time.first()?.max(*self.history.time.first()?);
        let to = run.time.last()?.min(*self.history.time.last()?);
        (from <= to).then_some((from, to))
    }

    /// The largest deviations of the energy and of the dissipation at the samples of `run` within the
    /// common times, with cubic interpolation of the reference. None if there is no such sample.
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

#[cfg(test)]
mod tests {
    use super::super::References;
    use super::super::tests::read as read_all;
    use super::*;
    use crate::test_data;
    use std::path::Path;

    fn read(text: &str, viscosity: Option<f64>) -> Result<PublishedHistory> {
        read_all(text, viscosity).map(|mut references| references.histories.remove(0))
    }

    fn read_file(path: &Path, viscosity: Option<f64>) -> PublishedHistory {
        References::read(&[path.to_owned().into()], viscosity, &|_| None).unwrap().histories.remove(0)
    }

    #[test]
    fn the_form_is_told_by_the_names_of_the_columns() {
        for text in [
            "# Code\n# Time  -  Energy  -  Dissipation rate (-dE/dt) - Enstrophy\n0 2 3 9\n0.5 1 2 9\n",
            "# Re=100\n# t  E=<u.u>/2  eps=2 nu Omega  energy in modes |k|>9\n 0.0 2 3 9\n 5e-1 1 2 9\n",
            "# t  Omega_Euler  E_Re10  Omega_Re10  E_Re20  Omega_Re20\n0 9 9 9 2 30\n0.5 9 9 9 1 20\n",
            "time,other,dissipation,energy\n0,9,3,2\n0.5,9,2,1\n",
            "\u{feff}step;time;energy;dissipation\r\n0;0;2;3\r\n9;0,5;1;2",
            "! t [s] E [-] eps [-]\n0.5D+00 1 2\n0 2 3 ! turned round\n",
            "A.A.Wray, 512x512 nodes.\nThe viscosity = 0.5.\n  Time Total Total Scale\n  energy \
             enstrophy\n\n0 2 6 9\n0.5 1 4 9\n",
        ] {
            let history = read(text, Some(0.05)).unwrap_or_else(|error| panic!("{error}\n{text}")).history;
            assert_eq!(history.time, [0.0, 0.5], "{text}");
            assert_eq!(history.energy, [2.0, 1.0], "{text}");
            assert_eq!(history.dissipation, [3.0, 2.0], "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (text, expected) in [
            ("# t  E  eps\n0 1 1\n0 1 1 1\n", "x.dat:3: 4 numbers where line 2 has 3"),
            ("# t  E  eps\n0 1\n1 1\n", "Its columns are `t`, `E`"),
            ("t,E,eps\n0,1\n1,1\n", "x.dat:2: 2 numbers under 3 names"),
            ("# t  E  eps\n0 1 1\n0 1 1\n", "x.dat:3: `t` must increase: 0 follows 0"),
            ("# t  E  eps\n0 nan 1\n1 1 1\n", "x.dat:2: no value of `E`"),
            ("# t  E  energy  eps\n0 1 1 1\n", "the columns `E` and `energy` mean the same"),
            ("time,energy,dissipation\n0,1,1\n1,1", "x.dat:3: 2 numbers where line 2 has 3"),
        ] {
            let error = read(text, Some(0.05)).err().unwrap();
            assert!(error.message.contains(expected), "{error}");
        }
    }

    #[test]
    fn deviations_are_found_where_they_are() {
        let cubic = |t: f64| 1.0 - 0.3 * t + 0.02 * t * t * t;
        let text: String =
            (0..=12).map(|i| format!("{0} {1} {1}\n", 0.25 * i as f64, cubic(0.25 * i as f64))).collect();
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
        let files =
            ["tgv/own_dns_Re400.dat", "tgv/tgv_short_time_reference.dat", "tgv/spectral_Re1600_512.gdiag"];
        let [dns, short, spectral] = files.map(test_data);
        let viscosity = Some(1.0 / 400.0);
        let dns = read_file(&dns, viscosity);
        let (energy, dissipation) = read_file(&short, viscosity).deviations(&dns.history).unwrap();
        assert!(
            energy.fraction < 1e-9 && dissipation.fraction < 1e-8,
            "{} {}",
            energy.fraction,
            dissipation.fraction
        );

        let spectral = read_file(&spectral, None).history;
        let peak = spectral.dissipation.iter().copied().fold(0.0, f64::max);
        assert_eq!(spectral.time.len(), 100);
        assert!((0.012..0.0135).contains(&peak), "{peak}");
    }

    #[test]
    fn the_decay_of_wray_is_read_as_distributed() {
        let [agard, derived] = ["CB512.f_t", "derived_history.dat"]
            .map(|name| read_file(&test_data("hit_decay/Wray1997_AGARD_HOM02").join(name), None));
        assert_eq!(agard.history.time, derived.history.time);
        // Five digits in both.
        let (energy, dissipation) = agard.deviations(&derived.history).unwrap();
        assert!(
            energy.fraction < 1e-12 && dissipation.fraction < 5e-5,
            "{} {}",
            energy.fraction,
            dissipation.fraction
        );
    }

    /// The references that the program has are those files.
    #[test]
    fn shipped_vortices_are_the_published_ones() {
        for (name, file, viscosity, label) in [
            ("taylor-green-400", "tgv/own_dns_Re400.dat", 1.0 / 400.0, "another program, 128³ points"),
            ("taylor-green-1600", "tgv/spectral_Re1600_512.gdiag", 1.0 / 1600.0, "van Rees et al. 2011"),
        ] {
            let [own, other] =
                [Path::new(name), &test_data(file)].map(|path| read_file(path, Some(viscosity)));
            assert_eq!((&*own.label, own.viscosity), (label, Some(viscosity)));
            let (energy, dissipation) = own.deviations(&other.history).unwrap();
            assert!(energy.fraction < 1e-8 && dissipation.fraction < 1e-8, "{}", dissipation.fraction);
            let peak = own.history.dissipation.iter().copied().fold(0.0, f64::max);
            assert!((0.0109..0.0130).contains(&peak), "{peak}");
        }
    }
}
