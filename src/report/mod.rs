//! Tables and figures of a run, from the files in its run directory. Serial. Here is what is general; what a
//! flow reports is in its `report`.

pub mod columns;
pub mod convergence;
pub mod cubic;
pub mod ensemble;
pub mod gallery;
mod members;
pub mod plot;
pub mod references;
pub mod rows;
pub mod series;
mod span;
pub mod stationarity;
mod status;
pub mod tables;
mod width;

use std::fs;
use std::path::{Path, PathBuf};

use crate::case::{self, Case};
use crate::definition::{Chosen, Flows};
use crate::error::{Error, Result};
use crate::figure::plain;
use crate::files;
use crate::program::Program;
pub use members::differences;
use references::Remembered;
pub use references::{Forget, Given, quoted};
use rows::significant;
use series::Table;
pub use span::{Instant, Span, Unit};
pub use status::status;
pub use width::Width;

/// What a report is to average and to draw, and where.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The time to average.
    pub span: Span,
    /// The width of figures.
    pub width: Width,
    /// The directory for tables and figures, if not that of the run.
    pub out: Option<PathBuf>,
    /// Whether several runs are members of an ensemble.
    pub ensemble: bool,
    /// The program that reports, which its tables name.
    pub program: Program,
}

/// Folders in the directory of the first of several runs.
pub const COMPARISON: &str = "comparison";
pub const ENSEMBLE: &str = "ensemble";

/// Why runs are reported together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// They are laid over each other.
    Compared,
    /// They are members of an ensemble, to be averaged.
    Averaged,
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

/// Draws the figures of one run, of several beside each other, or of an ensemble, and returns the table
/// for the screen. Drops the references that are to be forgotten; each run remembers the others.
///
/// # Errors
/// A missing directory, a missing, empty or malformed `series.csv`, another malformed file, a reference of
/// unknown form, runs of different flows, members of different cases, a full disk.
pub fn report(
    flows: Flows,
    directories: &[PathBuf],
    given: &[Given],
    forget: Option<&Forget>,
    options: &Options,
) -> Result<String> {
    let runs = directories
        .iter()
        .map(|directory| Recorded::read(flows, directory, directories.len() > 1, options))
        .collect::<Result<Vec<_>>>()?;
    let mut remembered =
        directories.iter().map(|directory| Remembered::read(directory)).collect::<Result<Vec<_>>>()?;
    if let Some(forget) = forget {
        remembered.iter_mut().try_for_each(|remembered| remembered.forget(forget))?;
    }
    let references = references::of_all(&remembered, given);
    let text = match &runs[..] {
        [] => return Err(Error::input("give the directory of a run")),
        [one] if !options.ensemble => one.flow().report(one, &references)?,
        [one] => {
            let shown = one.dir.display();
            return Err(Error::input(format!(
                "an ensemble has at least two members, and {shown} is one: give the directories of all of them"
            )));
        }
        several => {
            require_one_flow(several)?;
            let together = if options.ensemble { Together::Averaged } else { Together::Compared };
            if together == Together::Averaged {
                members::require(several)?;
            }
            several[0].flow().report_together(several, together, &references)?
        }
    };
    remembered.into_iter().try_for_each(|remembered| remembered.keep(given))?;
    Ok(text)
}

/// # Errors
/// Runs of different flows, one that is given twice, or one whose case cannot be read.
fn require_one_flow(runs: &[Recorded]) -> Result<()> {
    for (i, run) in runs.iter().enumerate() {
        let place = |run: &Recorded| fs::canonicalize(run.dir).ok();
        if runs[..i].iter().any(|other| place(other) == place(run)) {
            return Err(Error::input(format!("{} is given twice", run.dir.display())));
        }
        run.case.as_ref().map_err(Clone::clone)?;
    }
    if runs.iter().all(|run| run.flow().is_like(&runs[0].flow())) {
        return Ok(());
    }
    let flow = |run: &Recorded| run.labels.flow.clone().unwrap_or_default();
    let each: Vec<String> =
        runs.iter().map(|run| format!("  {}: {}", run.dir.display(), flow(run))).collect();
    Err(Error::input(format!(
        "runs of different flows cannot be reported together; give runs of one flow:\n{}",
        each.join("\n")
    )))
}

/// A run as its directory has it.
pub struct Recorded<'a> {
    pub dir: &'a Path,
    /// The directories of tables and of figures.
    pub tables: PathBuf,
    pub figures: PathBuf,
    pub labels: Labels,
    /// At least one sample.
    pub series: Table,
    /// The resolved case, or why it cannot be read.
    pub case: Result<Case>,
    pub flows: Flows,
    pub options: &'a Options,
}

impl<'a> Recorded<'a> {
    /// Reads `series.csv` and, if it exists, `case.toml` of a run, alone or among `several`. Creates the
    /// directories of what is to be written.
    ///
    /// # Errors
    /// A missing directory, a missing, empty or malformed `series.csv`, a full disk.
    pub fn read(flows: Flows, dir: &'a Path, several: bool, options: &'a Options) -> Result<Self> {
        require_directory(dir)?;
        let shown = dir.display();
        if !dir.join("series.csv").exists() {
            return Err(Error::input(if dir.join("case.toml").exists() {
                format!("{shown} has no series.csv yet; wait for the first sample of the run")
            } else {
                format!(
                    "{shown} is not a run directory: it has no series.csv. Give the directory of a run, \
                     which is runs/NAME unless --dir was given"
                )
            }));
        }
        let series = Table::read(&dir.join("series.csv"))?;
        if series.is_empty() {
            let path = series.path().display();
            return Err(Error::input(format!(
                "{path} has no samples yet; wait for the first sample of the run"
            )));
        }
        let own = match (several, options.ensemble) {
            (false, _) => [dir.to_owned(), dir.join("figures")],
            (true, false) => [COMPARISON, COMPARISON].map(|name| dir.join(name)),
            (true, true) => [ENSEMBLE, ENSEMBLE].map(|name| dir.join(name)),
        };
        let [tables, figures] = options.out.clone().map_or(own, |out| [out.clone(), out]);
        Ok(Self {
            dir,
            tables,
            figures,
            labels: Labels::read(dir),
            series,
            case: case::load(flows, &dir.join("case.toml"), &[]),
            flows,
            options,
        })
    }

    /// The flow of its case or, if that cannot be read, a blank one of its name.
    fn flow(&self) -> Chosen {
        match &self.case {
            Ok(case) => case.flow.clone(),
            Err(_) => self
                .labels
                .flow
                .as_ref()
                .and_then(|name| self.flows.named(name))
                .unwrap_or(self.flows.first()),
        }
    }

    /// Creates the directories of tables and figures.
    ///
    /// # Errors
    /// They cannot be created.
    pub fn make_directories(&self) -> Result<()> {
        [&self.tables, &self.figures].into_iter().try_for_each(|dir| {
            fs::create_dir_all(dir)
                .map_err(|error| Error::io(format!("cannot create {}", dir.display()), error))
        })
    }
}

/// The names of several runs: those of their directories or, where they are alike, the whole paths.
pub fn names(runs: &[Recorded]) -> Vec<String> {
    let is_alone =
        |run: &Recorded| runs.iter().filter(|other| other.labels.name == run.labels.name).count() == 1;
    let name = |run: &Recorded| match is_alone(run) {
        true => run.labels.name.clone(),
        false => run.dir.display().to_string(),
    };
    runs.iter().map(name).collect()
}

/// The facts about the case in the table; any of them may be missing.
pub struct Labels {
    pub name: String,
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
