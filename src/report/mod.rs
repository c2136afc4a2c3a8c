//! Tables and figures of a run of the homogeneous flow, from the files in its run directory. Serial.

mod figures;
mod reference;
pub mod series;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use reference::Reference;
use series::{History, Table, spectra};

/// Draws `figures/{dissipation,energy,spectrum}.{svg,png}` in `run_dir` and returns the table for the screen.
///
/// Reads `series.csv`, and `spectra.csv` and `case.toml` where they are there. The histories in the files
/// `references` (their formats: `report/reference.rs`) are laid over the figures and compared in the table.
///
/// # Errors
/// A missing directory, a missing, empty or malformed `series.csv`, a reference of unknown form, a full disk.
pub fn report(run_dir: &Path, references: &[PathBuf]) -> Result<String> {
    if !run_dir.is_dir() {
        return Err(Error::input(format!("no run directory {}; `rogallo run CASE.toml` makes one", run_dir.display())));
    }
    let series = Table::read(&run_dir.join("series.csv"))?;
    if series.is_empty() {
        let path = series.path().display();
        return Err(Error::input(format!("{path} holds no sample yet; let the run go on to its first one")));
    }
    let history = History::of(&series)?;
    let spectra = match run_dir.join("spectra.csv") {
        path if path.exists() => spectra(&Table::read(&path)?)?,
        _ => Vec::new(),
    };
    let labels = Labels::read(run_dir);
    let references = references.iter().map(|path| Reference::read(path, labels.viscosity)).collect::<Result<Vec<_>>>()?;

    let dir = run_dir.join("figures");
    fs::create_dir_all(&dir).map_err(|error| Error::io(format!("cannot make {}", dir.display()), error))?;
    figures::dissipation(&dir, &history, &references)?;
    figures::energy(&dir, &history, &references)?;
    if !spectra.is_empty() {
        figures::spectrum(&dir, &spectra)?;
    }
    Ok(table::table(&labels, &series, &history, &references, &dir, !spectra.is_empty()))
}

/// What the table says about the case; all of it may be missing.
struct Labels {
    name: String,
    grid: Option<String>,
    viscosity: Option<f64>,
}

impl Labels {
    /// From the resolved case. A run directory without a readable one still has its series to report.
    fn read(run_dir: &Path) -> Self {
        let case = fs::read_to_string(run_dir.join("case.toml")).ok().and_then(|text| text.parse::<toml::Table>().ok()).unwrap_or_default();
        let key = |topic: &str, key: &str| case.get(topic).and_then(|table| table.get(key));
        let full = fs::canonicalize(run_dir).unwrap_or_else(|_| run_dir.to_owned());
        let number = |value: &toml::Value| value.as_float().or(value.as_integer().map(|value| value as f64));
        Self {
            name: full.file_name().map_or_else(|| "run".into(), |name| name.to_string_lossy().into_owned()),
            grid: key("domain", "grid")
                .and_then(toml::Value::as_array)
                .map(|points| points.iter().map(toml::Value::to_string).collect::<Vec<_>>().join(" x ")),
            viscosity: key("fluid", "viscosity").and_then(number),
        }
    }
}

#[cfg(test)]
mod tests;
