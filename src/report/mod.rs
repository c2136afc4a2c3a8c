//! Tables and figures of a run, from the files in its run directory. Serial. Here is what is general; what a
//! flow reports is in its `report`.

pub mod convergence;
pub mod cubic;
pub mod gallery;
mod given;
pub mod rows;
pub mod series;
mod span;
pub mod stationarity;
mod status;
mod width;

use std::fs;
use std::path::{Path, PathBuf};

use crate::case::{self, Case};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::figure::plain;
use crate::files;
pub use given::{Given, quoted};
use rows::significant;
use series::Table;
pub use span::{Instant, Span, Unit};
pub use status::status;
pub use width::Width;

/// What a report is to average and to draw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The time to average.
    pub span: Span,
    /// The width of figures.
    pub width: Width,
}

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

/// Draws the figures of `run_dir` as `figures/NAME.{svg,png,pdf}` and returns the table for the screen.
///
/// Reads `series.csv` and, if it exists, `case.toml`, and what else the flow has written. The data of
/// `references` are added to the figures and compared in the table.
///
/// # Errors
/// A missing directory, a missing, empty or malformed `series.csv`, another malformed file, a
/// reference of unknown form, a full disk.
pub fn report(flows: Flows, run_dir: &Path, references: &[Given], options: Options) -> Result<String> {
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
    let case = case::load(flows, &run_dir.join("case.toml"), &[]);
    let flow = match &case {
        Ok(case) => case.flow.clone(),
        Err(_) => labels.flow.as_ref().and_then(|name| flows.named(name)).unwrap_or(flows.first()),
    };
    flow.report(&Recorded { dir: run_dir, labels, series, case, flows, options }, references)
}

/// A run as its directory has it.
pub struct Recorded<'a> {
    pub dir: &'a Path,
    pub labels: Labels,
    /// At least one sample.
    pub series: Table,
    /// The resolved case, or why it cannot be read.
    pub case: Result<Case>,
    pub flows: Flows,
    pub options: Options,
}

/// Creates the directory of the figures.
pub fn figures_directory(run_dir: &Path) -> Result<PathBuf> {
    let dir = run_dir.join("figures");
    fs::create_dir_all(&dir).map_err(|error| Error::io(format!("cannot create {}", dir.display()), error))?;
    Ok(dir)
}

/// The facts about the case in the table; any of them may be missing.
pub struct Labels {
    name: String,
    grid: Option<String>,
    pub viscosity: Option<f64>,
    flow: Option<String>,
}

impl Labels {
    /// What figures say of the run: its name, grid, viscosity, and times. Markup.
    pub fn facts(&self, series: &Table) -> Vec<String> {
        let times = series.find("time").and_then(|time| Some((*time.first()?, *time.last()?)));
        let rows = [
            Some(plain(&self.name)),
            self.grid.as_ref().map(|grid| grid.replace(" x ", " × ")),
            self.viscosity.map(|viscosity| format!("$ν = {}$", significant(viscosity, 4))),
            times.map(|(from, to)| format!("$t = {}$ to ${}$", significant(from, 4), significant(to, 4))),
        ];
        rows.into_iter().flatten().collect()
    }

    /// Reads the resolved case. A run without a readable case can still report its series.
    pub fn read(run_dir: &Path) -> Self {
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
            flow: key("flow", "kind").and_then(toml::Value::as_str).map(str::to_owned),
        }
    }
}
