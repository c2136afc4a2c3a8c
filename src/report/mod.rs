//! Tables and figures of a run, from the files in its run directory. Serial. This module reports the
//! homogeneous flow, and `channel` the channel.

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

/// Checks that the directory exists.
///
/// # Errors
/// There is no such directory, or it is a file.
fn require_directory(run_dir: &Path) -> Result<()> {
    let shown = run_dir.display();
    match run_dir.is_dir() {
        true => Ok(()),
        false if run_dir.is_file() => Err(Error::input(format!(
            "{shown} is a file; give the directory of a run, for example runs/NAME"
        ))),
        false => Err(Error::input(format!(
            "there is no run directory {shown}; `rogallo run CASE.toml` creates one"
        ))),
    }
}

/// Draws the figures of `run_dir` as `figures/NAME.{svg,png}` and returns the table for the screen.
/// `report/channel` describes the figures and files of a channel. The figures of the homogeneous flow
/// are `dissipation` and `energy` and, if the files have the data: `spectrum`, `balance`, `stresses`,
/// `transfer`, `spectra_1d`, `skewness`.
///
/// Reads `series.csv` and, if they exist, `spectra.csv`, `spectra_1d.csv`, `budget.csv` and
/// `case.toml`. Only the columns `time`, `energy` and `dissipation` are required. The data of
/// `references` (their forms: `report/reference`) are added to the figures and compared in the table.
///
/// # Errors
/// A missing directory, a missing, empty or malformed `series.csv`, another malformed file, a
/// reference of unknown form, a full disk.
pub fn report(run_dir: &Path, references: &[Given]) -> Result<String> {
    require_directory(run_dir)?;
    if !run_dir.join("series.csv").exists() {
        let shown = run_dir.display();
        return Err(Error::input(if run_dir.join("case.toml").exists() {
            format!("{shown} has no series.csv yet; wait for the first sample of the run")
        } else {
            format!(
                "{shown} is not a run directory: it has no series.csv. Give the directory of a run, which is \
                 runs/NAME unless --dir was given"
            )
        }));
    }
    let labels = Labels::read(run_dir);
    let series = Table::read(&run_dir.join("series.csv"))?;
    if series.is_empty() {
        let path = series.path().display();
        return Err(Error::input(format!("{path} has no samples yet; wait for the first sample of the run")));
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

    let dir = figures_directory(run_dir)?;
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

/// Creates the directory of the figures.
fn figures_directory(run_dir: &Path) -> Result<PathBuf> {
    let dir = run_dir.join("figures");
    fs::create_dir_all(&dir).map_err(|error| Error::io(format!("cannot create {}", dir.display()), error))?;
    Ok(dir)
}

/// The data of a run, and the references for comparison.
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

/// The facts about the case in the table; any of them may be missing.
struct Labels {
    name: String,
    grid: Option<String>,
    viscosity: Option<f64>,
    is_channel: bool,
}

impl Labels {
    /// Reads the resolved case. A run without a readable case can still report its series.
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
