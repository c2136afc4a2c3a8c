//! Tables and figures of a run, from the files in its run directory. Serial. Here is what is
//! reported of the homogeneous flow; `channel` has the other one.

mod balance;
mod channel;
mod cubic;
mod figures;
mod reference;
pub mod series;
mod shear;
mod status;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;
use balance::EnergyBudget;
pub use reference::Given;
use reference::References;
use series::{History, Spectrum, Table, spectra};
use shear::Stresses;
pub use status::status;

/// Checks that there is a directory of this name.
///
/// # Errors
/// There is none, or a file has its name.
fn require_directory(run_dir: &Path) -> Result<()> {
    let shown = run_dir.display();
    match run_dir.is_dir() {
        true => Ok(()),
        false if run_dir.is_file() => Err(Error::input(format!(
            "{shown} is a file: give the directory of a run, for instance runs/NAME"
        ))),
        false => {
            Err(Error::input(format!("there is no run directory {shown}; `rogallo run CASE.toml` makes one")))
        }
    }
}

/// Draws the figures of `run_dir` as `figures/NAME.{svg,png}` and returns the table for the screen.
/// Those of a channel, and what is read and written for them, are told in `report/channel`. Of the
/// homogeneous flow they are `dissipation` and `energy`, and as far as the files have something to
/// see: `spectrum`, `balance`, `stresses`, `transfer`, `spectra_1d`, `skewness`.
///
/// Reads `series.csv`; `spectra.csv`, `spectra_1d.csv`, `budget.csv` and `case.toml` where they are
/// there. Of the columns only `time`, `energy` and `dissipation` must be. What is in the files
/// `references` (their forms: `report/reference`) is laid over the figures and compared in the
/// table.
///
/// # Errors
/// A missing directory, a missing, empty or malformed `series.csv`, another malformed file, a
/// reference of unknown form, a full disk.
pub fn report(run_dir: &Path, references: &[Given]) -> Result<String> {
    require_directory(run_dir)?;
    if !run_dir.join("series.csv").exists() {
        let shown = run_dir.display();
        return Err(Error::input(if run_dir.join("case.toml").exists() {
            format!("{shown} has no series.csv yet: let the run go on to its first sample")
        } else {
            format!(
                "{shown} is not a run directory: it has no series.csv. Give the directory of a run; without \
                 --dir that is runs/NAME"
            )
        }));
    }
    let labels = Labels::read(run_dir);
    let series = Table::read(&run_dir.join("series.csv"))?;
    if series.is_empty() {
        let path = series.path().display();
        return Err(Error::input(format!("{path} holds no sample yet; let the run go on to its first one")));
    }
    if labels.is_channel {
        return channel::report(run_dir, &labels, &series, references);
    }
    let file = |name: &str| Table::optional(&run_dir.join(name));
    let (spectra_csv, spectra_1d, budget) =
        (file("spectra.csv")?, file("spectra_1d.csv")?, file("budget.csv")?);
    let history = History::of(&series)?;
    let run = Findings {
        references: References::read(references, labels.viscosity)?,
        labels,
        energy: EnergyBudget::of(&series, &history),
        stresses: Stresses::of(&series, &history),
        spectra: spectra_csv.as_ref().map(spectra).transpose()?.unwrap_or_default(),
        series,
        history,
        budget,
    };

    let dir = place_of_figures(run_dir)?;
    let Findings { history, references, spectra, .. } = &run;
    figures::dissipation(&dir, history, &references.histories)?;
    figures::energy(&dir, history, &references.histories)?;
    let mut drawn = vec!["dissipation", "energy"];
    if !spectra.is_empty() {
        figures::spectrum(&dir, spectra, &references.spectra)?;
        drawn.push("spectrum");
    }
    let mut note = |name, is_drawn| drawn.extend(if is_drawn { Some(name) } else { None });
    note("balance", figures::balance(&dir, history, &run.energy)?);
    note("stresses", figures::stresses(&dir, history, &run.stresses, &references.stresses)?);
    if let Some(table) = &spectra_csv {
        note("transfer", figures::transfer(&dir, table, history)?);
    }
    if let Some(table) = &spectra_1d {
        note("spectra_1d", figures::spectra_1d(&dir, table)?);
    }
    if let Some(table) = &run.budget {
        note("skewness", figures::skewness(&dir, table)?);
    }
    Ok(table::table(&run, &dir, &drawn))
}

/// Where the figures go.
fn place_of_figures(run_dir: &Path) -> Result<PathBuf> {
    let dir = run_dir.join("figures");
    fs::create_dir_all(&dir).map_err(|error| Error::io(format!("cannot make {}", dir.display()), error))?;
    Ok(dir)
}

/// What the files of a run say, and what it is compared with.
struct Findings {
    labels: Labels,
    series: Table,
    history: History,
    energy: EnergyBudget,
    stresses: Stresses,
    spectra: Vec<Spectrum>,
    budget: Option<Table>,
    references: References,
}

/// What the table says about the case; all of it may be missing.
struct Labels {
    name: String,
    grid: Option<String>,
    viscosity: Option<f64>,
    is_channel: bool,
}

impl Labels {
    /// From the resolved case. A run directory without a readable one still has its series to report.
    fn read(run_dir: &Path) -> Self {
        let case = files::read_text(&run_dir.join("case.toml"), files::TABLE).ok();
        let case = case.and_then(|text| text.parse::<toml::Table>().ok()).unwrap_or_default();
        let key = |topic: &str, key: &str| case.get(topic).and_then(|table| table.get(key));
        let full = fs::canonicalize(run_dir).unwrap_or_else(|_| run_dir.to_owned());
        let number = |value: &toml::Value| value.as_float().or(value.as_integer().map(|value| value as f64));
        Self {
            name: full.file_name().map_or_else(|| "run".into(), |name| name.to_string_lossy().into_owned()),
            grid: key("domain", "grid")
                .and_then(toml::Value::as_array)
                .map(|points| points.iter().map(toml::Value::to_string).collect::<Vec<_>>().join(" x ")),
            viscosity: key("fluid", "viscosity").and_then(number),
            is_channel: key("flow", "kind").and_then(toml::Value::as_str) == Some("channel"),
        }
    }
}

#[cfg(test)]
mod tests;
