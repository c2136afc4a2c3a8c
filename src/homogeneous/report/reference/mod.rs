//! Published data for comparison, as distributed: histories of energy and dissipation, energy spectra,
//! and Reynolds stresses of homogeneous shear flow. The column names of a file determine its kind.

mod history;
mod spectra;
mod stresses;

use crate::error::Result;
use crate::report::{Given, quoted};
use crate::table::{TextTable, canonical, is_energy, is_wavenumber, without_unit};
pub use history::PublishedHistory;
pub use spectra::{Matched, PublishedSpectra};
pub use stresses::PublishedStresses;

const FORMS: &str = "Accepted are histories (t E eps), energy spectra (k E) and stresses over S t \
    (Tau uu vv ww uv); docs/turbulence.md lists the files. To name columns by hand, use --columns, for \
    example --columns time,energy,dissipation.";

/// All references of a run.
#[derive(Default)]
pub struct References {
    pub histories: Vec<PublishedHistory>,
    pub spectra: Vec<PublishedSpectra>,
    pub stresses: Vec<PublishedStresses>,
    /// A line for each remembered one that cannot be used.
    pub gone: Vec<String>,
}

impl References {
    /// Reads the tables; each is labelled by its citation. `viscosity` is that of the run; `foreign` says
    /// what published data of another flow a file holds.
    ///
    /// # Errors
    /// A file that cannot be read, is not a reference, or is malformed, unless it is a remembered one.
    pub fn read(
        references: &[Given],
        viscosity: Option<f64>,
        foreign: &dyn Fn(&TextTable) -> Option<String>,
    ) -> Result<Self> {
        let mut all = Self::default();
        for given in references {
            match all.add(given, viscosity, foreign) {
                Err(error) if given.is_remembered() => all.gone.push(given.gone(&error)),
                added => added?,
            }
        }
        Ok(all)
    }

    /// Whether there is nothing to compare with.
    pub fn is_empty(&self) -> bool {
        self.histories.is_empty() && self.spectra.is_empty() && self.stresses.is_empty()
    }

    fn add(
        &mut self,
        given: &Given,
        viscosity: Option<f64>,
        foreign: &dyn Fn(&TextTable) -> Option<String>,
    ) -> Result<()> {
        for (table, label) in given.tables()? {
            let refused = |found: &str| given.refused("homogeneous turbulence", found, FORMS);
            if table.rows().is_empty() {
                return Err(refused("It has no rows of numbers"));
            }
            if !given.names_columns() {
                if let Some(others) = foreign(&table) {
                    return Err(refused(&format!("It holds {others}")));
                }
                if let Some(spectra) = PublishedSpectra::in_blocks(&table, &label)? {
                    self.spectra.push(spectra);
                    continue;
                }
                if let Some(history) = PublishedHistory::of_agard(&table, &label)? {
                    self.histories.push(history);
                    continue;
                }
            }
            let columns = given.columns(&table, &is_known)?;
            if let Some(spectra) = PublishedSpectra::of(&columns, &label)? {
                self.spectra.push(spectra);
            } else if let Some(stresses) = PublishedStresses::of(&columns, &label)? {
                self.stresses.push(stresses);
            } else if let Some(history) = PublishedHistory::of(&columns, &label, viscosity)? {
                self.histories.push(history);
            } else {
                let of_run = viscosity.map_or(String::new(), |viscosity| {
                    format!(" (this run has 1/viscosity = {})", (1.0 / viscosity).round())
                });
                return Err(refused(&match &columns.names[..] {
                    [] => "No line above its numbers names a known column".to_owned(),
                    names => format!("Its columns are {}{of_run}", quoted(names)),
                }));
            }
        }
        Ok(())
    }
}

/// The kind of data of homogeneous turbulence in `table`; None for another file.
pub fn form(table: &TextTable) -> Option<&'static str> {
    let columns = table.columns(&is_known).ok();
    let has = |is: fn(&str) -> bool| {
        columns.as_ref().is_some_and(|columns| columns.names.iter().any(|name| is(name)))
    };
    if has(is_wavenumber) && has(is_energy) {
        Some("energy spectra")
    } else if has(is_shear) && has(|name| bare(name) == "uv") {
        Some("stresses over S t")
    } else if has(is_time) && has(is_energy) && has(is_dissipation) {
        Some("a history of energy and dissipation")
    } else {
        None
    }
}

/// A column name in lower case, without marks and unit.
fn bare(name: &str) -> String {
    without_unit(&canonical(name)).to_owned()
}

fn is_time(name: &str) -> bool {
    matches!(&*bare(name), "t" | "time")
}

fn is_dissipation(name: &str) -> bool {
    matches!(&*bare(name), "eps" | "epsilon" | "dissipation" | "dissipationrate")
}

/// The total shear S t.
fn is_shear(name: &str) -> bool {
    matches!(&*bare(name), "tau" | "st")
}

/// The Reynolds number 1/viscosity in `E_Re400` and `Omega_Re400`.
fn reynolds(name: &str, quantity: &str) -> Option<f64> {
    canonical(name).strip_prefix(quantity)?.strip_prefix("re")?.parse().ok()
}

fn is_known(name: &str) -> bool {
    let others = ["step", "uu", "vv", "ww", "uv", "omega", "enstrophy"];
    let kinds: [fn(&str) -> bool; 5] = [is_time, is_energy, is_dissipation, is_wavenumber, is_shear];
    let at_reynolds = |quantity: &str| reynolds(name, quantity).is_some();
    kinds.iter().any(|is| is(name))
        || others.contains(&&*bare(name))
        || at_reynolds("e")
        || at_reynolds("omega")
}

/// The viscosity in the head of a file.
fn viscosity(table: &TextTable) -> Option<f64> {
    table.stated("viscosity").or_else(|| table.stated("nu"))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::fs;

    fn foreign(file: &TextTable) -> Option<String> {
        crate::FLOWS.published_of_others(&crate::homogeneous::case::Homogeneous::default(), file)
    }

    /// Reads `text` as the reference `x.dat` of a run with this viscosity.
    pub fn read(text: &str, viscosity: Option<f64>) -> Result<References> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.dat");
        fs::write(&path, text).unwrap();
        References::read(&[path.into()], viscosity, &foreign).map_err(|mut error| {
            error.message = error.message.replace(&format!("{}/", dir.path().display()), "");
            error
        })
    }

    #[test]
    fn what_a_file_holds_is_told_by_its_words() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::write(&path, text).unwrap();
            Given::from(path)
        };
        let paths = [
            file("a.csv", "time,energy,dissipation\n0,1,1\n"),
            file("b.csv", "step,time,k,energy\n0,0,1,1\n"),
            file("c.csv", "% c\n\nTau,uu,vv,ww,uv\n1,1,1,1,0\n"),
        ];
        let references = References::read(&paths, None, &foreign).unwrap();
        assert_eq!(
            (references.histories.len(), references.spectra.len(), references.stresses.len()),
            (1, 1, 1)
        );
        assert_eq!(references.stresses[0].label, "c");
        let error = References::read(&[dir.path().join("none").into()], None, &foreign).err().unwrap();
        assert!(error.message.contains("none: No such file"), "{error}");
    }

    #[test]
    fn what_is_not_a_reference_is_refused_in_three_lines() {
        for (text, part) in [
            ("1 2 3\n", "No line above its numbers names a known column."),
            ("Re = 5, words\n", "It has no rows of numbers."),
            ("# n  Omega\n0 1\n", "Its columns are `n`, `Omega` (this run has 1/viscosity = 20)."),
            (
                "# t  E_Re100  Omega_Re100\n0 1 1\n",
                "Its columns are `t`, `E_Re100`, `Omega_Re100` (this run has 1/viscosity = 20).",
            ),
            ("time,energy\n0,1\n", "Its columns are `time`, `energy`"),
            ("# y/h y+ U+ uu+\n0 0 0 0\n", "It holds profiles of a channel."),
        ] {
            let message = read(text, Some(0.05)).err().unwrap().message;
            assert!(
                message.starts_with("x.dat is not a reference for homogeneous turbulence:\n")
                    && message.contains(part),
                "{message}"
            );
            assert!(message.lines().count() == 3 && message.len() < 400, "{message}");
        }
        let message = read("# t  E  eps\n0 1 1\n0 1 1 1\n", None).err().unwrap().message;
        assert_eq!(message, "x.dat:3: 4 numbers where line 2 has 3; --columns can name them");
    }
}
