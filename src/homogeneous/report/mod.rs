//! Tables and figures of a run of this flow: `dissipation` and `energy` and, if the files have the data,
//! `spectrum`, `balance`, `stresses`, `transfer`, `spectra_1d`, `skewness`; of a forced box `convergence`.

mod averages;
mod balance;
mod figures;
mod reference;
mod shear;
mod table;
#[cfg(test)]
mod tests;
mod verdict;

use super::case::Homogeneous;
use crate::error::Result;
use crate::report::convergence;
use crate::report::gallery::Gallery;
use crate::report::rows::errors_noted;
use crate::report::series::{History, Spectrum, Table, spectra};
use crate::report::{Given, Labels, Recorded, figures_directory};
use crate::table::TextTable;
use averages::Averages;
use balance::EnergyBudget;
use reference::References;
pub use reference::form;
use shear::Stresses;

/// Draws the figures of a run and returns the table for the screen. Reads `spectra.csv`, `spectra_1d.csv`
/// and `budget.csv` if they exist. The data of `references` are added to the figures and compared in the
/// table.
///
/// # Errors
/// A series without the columns `time`, `energy` and `dissipation`, another malformed file, a reference of
/// unknown form, a full disk.
pub fn report(flow: &Homogeneous, run: &Recorded, references: &[Given]) -> Result<String> {
    let Recorded { dir: run_dir, labels, series, options, .. } = run;
    let foreign = |file: &TextTable| run.flows.published_of_others(flow, file);
    let file = |name: &str| Table::optional(&run_dir.join(name));
    let (spectra_csv, spectra_1d, budget) =
        (file("spectra.csv")?, file("spectra_1d.csv")?, file("budget.csv")?);
    let history = History::of(series)?;
    let averages =
        run.case.is_ok().then(|| averages::of(flow, series, &history, options.span)).transpose()?;
    let run = Findings {
        grid: run.case.as_ref().ok().map(|case| case.domain.grid),
        averages,
        references: References::read(references, labels.viscosity, &foreign)?,
        labels,
        energy: EnergyBudget::of(series, &history),
        stresses: Stresses::of(series, &history),
        spectra: spectra_csv.as_ref().map(spectra).transpose()?.unwrap_or_default(),
        series,
        history,
        budget,
    };

    let dir = figures_directory(run_dir)?;
    let gallery = Gallery::new(&dir, run_dir, &labels.facts(series), options.width);
    let Findings { history, references, spectra, .. } = &run;
    figures::dissipation(&gallery, history, &references.histories)?;
    figures::energy(&gallery, history, &references.histories)?;
    let mut drawn = vec!["dissipation", "energy"];
    if !spectra.is_empty() {
        figures::spectrum(&gallery, spectra, &references.spectra)?;
        drawn.push("spectrum");
    }
    let mut note = |name, is_drawn| drawn.extend(if is_drawn { Some(name) } else { None });
    note("balance", figures::balance(&gallery, history, &run.energy)?);
    note("stresses", figures::stresses(&gallery, history, &run.stresses, &references.stresses)?);
    if let Some(table) = &spectra_csv {
        note("transfer", figures::transfer(&gallery, table, history)?);
    }
    if let Some(table) = &spectra_1d {
        note("spectra_1d", figures::spectra_1d(&gallery, table)?);
    }
    if let Some(table) = &run.budget {
        note("skewness", figures::skewness(&gallery, table)?);
    }
    if let Some(Ok(averages)) = &run.averages {
        let facts = [labels.facts(series), vec![errors_noted(&averages.sampling)]].concat();
        let gallery = Gallery::new(&dir, run_dir, &facts, options.width);
        note("convergence", convergence::draw(&gallery, "Time averaged  $t / T$", &averages.convergence)?);
    }
    Ok(table::table(&run, &dir, &drawn))
}

/// The data of a run, and the references for comparison.
struct Findings<'a> {
    labels: &'a Labels,
    series: &'a Table,
    history: History,
    energy: EnergyBudget,
    stresses: Stresses,
    spectra: Vec<Spectrum>,
    budget: Option<Table>,
    references: References,
    /// The points of the grid, if the case can be read.
    grid: Option<[usize; 3]>,
    /// The averages over time, or why there are none.
    averages: Option<std::result::Result<Averages, String>>,
}
