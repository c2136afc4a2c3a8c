//! Tables and figures of runs of this flow: `dissipation` and `energy` and, if the files have the data,
//! `spectrum`, `kolmogorov`, `balance`, `production`, `stresses`, `lumley`, `transfer`, `spectra_1d`,
//! `length_scales`, `skewness`; of a box that decays `decay`, of a forced one `convergence`. The mean
//! spectrum of a forced box goes to `spectrum.csv`, and all tables to `tables.h5`.

mod averages;
mod balance;
mod columns;
mod comparison;
mod decay;
mod ensemble;
mod figures;
mod length_scales;
mod mean_spectrum;
mod reference;
mod shear;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod timescale;
mod verdict;

use super::case::Homogeneous;
use crate::error::{Error, Result};
use crate::figure::plain;
use crate::report::columns::FileColumns;
use crate::report::gallery::Gallery;
use crate::report::plot::together;
use crate::report::rows::errors_noted;
use crate::report::series::{History, Spectrum, Table, spectra};
use crate::report::tables::{FILE, write_csv, write_hdf5};
use crate::report::{Given, Labels, Recorded, Together, names};
use crate::statistics::errors::Sampling;
use crate::table::TextTable;
use averages::Averages;
use balance::EnergyBudget;
use decay::Decay;
use mean_spectrum::MeanSpectrum;
use reference::References;
pub use reference::form;
use shear::Stresses;
use std::borrow::Cow;

/// Draws the figures of a run and returns the table for the screen. Reads `spectra.csv`, `spectra_1d.csv`
/// and `budget.csv` if they exist. The data of `references` are added to the figures and compared in the
/// table.
///
/// # Errors
/// A series without the columns `time`, `energy` and `dissipation`, another malformed file, a reference of
/// unknown form, a full disk.
pub fn report(flow: &Homogeneous, recorded: &Recorded, references: &[Given]) -> Result<String> {
    let run = Run::read(flow, recorded)?;
    let references = read(recorded, references)?;
    let mut facts = run.labels.facts(&run.tables.series);
    facts.extend(run.averages.iter().flatten().map(|averages| errors_noted(&averages.sampling)));
    recorded.make_directories()?;
    let told = tables::facts(recorded, &run);
    if let Some(mean) = &run.mean {
        write_csv(&recorded.tables, &told, &mean.table())?;
    }
    write_hdf5(&recorded.tables, &told, &tables::of(&run)?)?;
    let drawn = Gallery::of_run(recorded, &facts).draw(&figures::of(&run, &references, true)?)?;
    Ok(table::table(&run, &references, &recorded.figures, &drawn))
}

/// Draws the figures of several runs, and returns their table; or averages them as members of an ensemble
/// and writes the tables of the averages.
///
/// # Errors
/// Those of [`report`]; members without a time in common.
pub fn report_together(recorded: &[Recorded], how: Together, references: &[Given]) -> Result<String> {
    let runs = recorded
        .iter()
        .map(|recorded| {
            let case = recorded.case.as_ref().map_err(Clone::clone)?;
            let flow = case.flow.of().ok_or_else(|| Error::failure("a run of another flow"))?;
            Run::read(flow, recorded)
        })
        .collect::<Result<Vec<_>>>()?;
    let (first, names) = (&recorded[0], names(recorded));
    let references = read(first, references)?;
    first.make_directories()?;
    if how == Together::Averaged {
        let told = tables::facts_of_members(first, &names);
        let mean = ensemble::average(&runs, &first.tables, &told)?;
        write_hdf5(&first.tables, &told, &tables::of(&mean)?)?;
        let facts = [plain(&names.join(", ")), errors_noted(&Sampling::of_members(runs.len(), 1.0))];
        let drawn = Gallery::of_run(first, &facts).draw(&figures::of(&mean, &references, true)?)?;
        return Ok(ensemble::table(&names, &runs, &mean, &references, &first.figures, &drawn));
    }
    let figures = runs.iter().map(|run| figures::of(run, &references, false)).collect::<Result<_>>()?;
    let drawn = Gallery::of_runs(first, names.clone()).draw(&together(figures))?;
    Ok(comparison::table(&names, &runs, &references, &first.figures, &drawn))
}

/// The references for a run.
fn read(run: &Recorded, references: &[Given]) -> Result<References> {
    let blank = Homogeneous::default();
    let foreign = |file: &TextTable| run.flows.published_of_others(&blank, file);
    References::read(references, run.labels.viscosity, &foreign)
}

/// The tables of a run: the series, `spectra.csv`, `spectra_1d.csv` and `budget.csv`.
struct Tables<'a> {
    series: Cow<'a, Table>,
    shells: Option<Table>,
    lines: Option<Table>,
    budget: Option<Table>,
}

/// The data of a run.
struct Run<'a> {
    labels: &'a Labels,
    tables: Tables<'a>,
    history: History,
    energy: EnergyBudget,
    stresses: Stresses,
    /// The exponent of its decay, or why there is none; none if something drives the flow.
    decay: Option<std::result::Result<Decay, &'static str>>,
    spectra: Vec<Spectrum>,
    /// The points of the grid, if the case can be read.
    grid: Option<[usize; 3]>,
    /// The averages over time, or why there are none; none if the case cannot be read.
    averages: Option<std::result::Result<Averages, String>>,
    /// The average of the spectra over the same time, if there is one.
    mean: Option<MeanSpectrum>,
}

/// The files that only a report writes.
pub const FILES: [&str; 2] = ["spectrum.csv", FILE];

/// The columns of all tables.
pub fn columns() -> Vec<FileColumns> {
    columns::all()
}

impl<'a> Run<'a> {
    fn read(flow: &Homogeneous, recorded: &'a Recorded) -> Result<Self> {
        let Recorded { dir, labels, series, options, case, .. } = recorded;
        let file = |name: &str| Table::optional(&dir.join(name));
        let tables = Tables {
            series: Cow::Borrowed(series),
            shells: file("spectra.csv")?,
            lines: file("spectra_1d.csv")?,
            budget: file("budget.csv")?,
        };
        let mut run = Self::of(labels, tables)?;
        if let Ok(case) = case {
            run.grid = Some(case.domain.grid);
            let averages = averages::of(flow, series, &run.history, options.span)?;
            run.mean = averages.as_ref().ok().and_then(|averages| MeanSpectrum::of(&run.spectra, averages));
            run.averages = Some(averages);
        }
        Ok(run)
    }

    /// What these tables say.
    fn of(labels: &'a Labels, tables: Tables<'a>) -> Result<Self> {
        let history = History::of(&tables.series)?;
        let energy = EnergyBudget::of(&tables.series, &history);
        Ok(Self {
            labels,
            decay: energy.only_dissipates(&history).then(|| Decay::of(&history)),
            energy,
            stresses: Stresses::of(&tables.series, &history),
            spectra: tables.shells.as_ref().map(spectra).transpose()?.unwrap_or_default(),
            history,
            tables,
            grid: None,
            averages: None,
            mean: None,
        })
    }

    /// A column of the series.
    fn column(&self, name: &str) -> Option<&[f64]> {
        self.tables.series.find(name)
    }

    /// The errors of a column of the series, if the run is the mean of an ensemble.
    fn errors(&self, name: &str) -> Option<&[f64]> {
        self.column(&format!("{name}_error"))
    }
}
