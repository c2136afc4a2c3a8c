//! The report of a channel. The batches of its statistics give profiles and budgets in wall units
//! with their sampling errors. They go to `profiles.csv`, `budgets.csv` and `numbers.csv`, all together to
//! `tables.h5`, to the table on the screen, and to the figures `mean_velocity`, `stresses`, `vorticity`,
//! `moments`, `budget_k`, .., `scalar_mean` and `scalar_rms`; `friction` shows the history of the series, and
//! `convergence` the numbers of the table over the time that is averaged. Spectra and two-point correlations
//! at all y go to `spectra_x.csv`, `correlations_x.csv` and those of z; the figures of the same names show
//! some of them, and `premultiplied_x` and `_z` maps. Spectra over both k_x and k_z at chosen y go to
//! `spectra_xz.csv` and to figures `spectra_xz_uu`, ..; profiles at phases of oscillating walls to
//! `phases.csv` and figures `phases_W`, ..

mod averaged;
mod budgets;
mod chosen;
mod columns;
mod comparison;
mod convergence;
mod density;
mod errors;
mod figures;
mod lines;
mod maps;
mod moments;
mod names;
mod phase_sums;
mod phases;
mod plane_spectra;
mod profiles;
mod published_budgets;
mod published_lines;
mod reference;
mod round_off;
mod samples;
mod scalar_budgets;
mod scalars;
mod spectra;
mod spectral;
mod spectral_sums;
mod stationarity;
mod symmetry;
mod table;

use crate::channel::case::Channel;
use crate::error::{Error, Result};
use crate::figure::plain;
use crate::report::columns::FileColumns;
use crate::report::gallery::Gallery;
use crate::report::plot::together;
use crate::report::rows::{errors_noted, errors_told, number};
use crate::report::series::Table;
use crate::report::tables::{self, Dimension, Facts, Quantity, ReportTable};
use crate::report::{Given, Labels, Recorded, Together};
use crate::statistics::errors::Sampling;
use crate::statistics::{Tally, Window};
use crate::table::TextTable;
use averaged::Averaged;
pub use maps::memory as memory_of_maps;
use profiles::{Column, Findings};
use reference::References;
pub use reference::holds_profiles;
pub use samples::MOST_GROUPS;
pub use spectral_sums::groups_held;
use symmetry::Symmetry;

/// The data of a run of a channel.
struct Run<'a> {
    labels: &'a Labels,
    series: &'a Table,
    flow: Channel,
    viscosity: f64,
    /// The time that was to be averaged.
    window: Window,
    averaged: Option<Averaged>,
    /// Notes on what the averages leave out.
    notes: Vec<String>,
    /// The names of the members, if it is the average of an ensemble.
    members: Vec<String>,
}

impl<'a> Run<'a> {
    fn read(recorded: &'a Recorded) -> Result<Self> {
        let run = Self::blank(recorded)?;
        let case = recorded.case.as_ref().map_err(Clone::clone)?;
        let (averaged, notes) = averaged::read(recorded, case, &run.flow, run.window)?;
        Ok(Self { averaged, notes, ..run })
    }

    /// A run without its averages.
    fn blank(recorded: &'a Recorded) -> Result<Self> {
        let Recorded { labels, series, case, .. } = recorded;
        let case = case.as_ref().map_err(Clone::clone)?;
        let flow = case.flow.of::<Channel>().ok_or_else(|| Error::failure("a run of another flow"))?;
        let viscosity = case.fluid.viscosity;
        let window = averaged::window(recorded, flow, viscosity)?;
        let (averaged, notes, members) = (None, Vec::new(), Vec::new());
        Ok(Self { labels, series, flow: flow.clone(), viscosity, window, averaged, notes, members })
    }

    /// Returns whether the halves are alike.
    fn symmetric(&self) -> bool {
        Symmetry::of(&self.flow).holds
    }

    /// Writes the tables of the averages.
    fn write(&self, recorded: &Recorded) -> Result<()> {
        let Some(averaged) = &self.averaged else { return Ok(()) };
        let (facts, tables) = (self.facts(recorded, averaged), self.tables(averaged));
        tables.iter().try_for_each(|table| tables::write_csv(&recorded.tables, &facts, table))?;
        tables::write_hdf5(&recorded.tables, &facts, &tables)
    }

    /// What the lines at the top of the tables say.
    fn facts(&self, recorded: &Recorded, averaged: &Averaged) -> Facts {
        let Averaged { tally: Tally { begin, end, samples, .. }, sampling, .. } = averaged;
        let value = |name: &str| averaged.number(name).map_or(f64::NAN, |number| number.0);
        let [from, to, units] = [*begin, *end, (end - begin) * value("u_tau")].map(number);
        let members = (!self.members.is_empty()).then(|| ("ensemble", self.members.join(", ")));
        let own = [
            ("averages", format!("t = {from} to {to}, {units} h/u_tau; {samples} samples")),
            ("errors", errors_told(sampling, *begin)),
            ("Re_tau", number(value("re_tau"))),
            ("normalisation", "wall units: u_tau, nu and the density; h is half the height".to_owned()),
        ];
        tables::facts(recorded, members.into_iter().chain(own).collect())
    }

    /// The tables of the averages.
    fn tables<'b>(&self, averaged: &'b Averaged) -> Vec<ReportTable<'b>> {
        let (Findings { profiles, budgets, numbers, .. }, scalars) = (&averaged.findings, &self.flow.scalars);
        let quantity = |column: &'b Column| Quantity {
            column: columns::explain(&column.name, scalars),
            variable: None,
            values: (&column.values).into(),
            errors: Some((&column.errors).into()),
        };
        let place = |i: usize| Quantity { errors: None, ..quantity(&profiles[i]) };
        let y = Dimension { at: place(0), beside: vec![place(1)] };
        let table = |name: &'static str, over: Vec<Dimension<'b>>, all: &'b [Column]| ReportTable {
            name,
            title: columns::title(&format!("{name}.csv")),
            over,
            quantities: all.iter().map(quantity).collect(),
        };
        let mut tables = vec![
            table("profiles", vec![y.clone()], &profiles[2..]),
            table("budgets", vec![y.clone()], &budgets[2..]),
            table("numbers", Vec::new(), numbers),
        ];
        tables.extend(phases::table(&averaged.findings, &y));
        tables.extend(averaged.lines.iter().flatten().flat_map(|lines| lines.tables(&y, scalars)));
        tables.extend(averaged.plane_spectra.as_ref().map(|spectra| spectra.table(scalars)));
        tables
    }
}

/// The files that a report writes; `statistics.h5` is of an older version.
pub const FILES: [&str; 11] = [
    "statistics.h5",
    "numbers.csv",
    tables::FILE,
    "profiles.csv",
    "budgets.csv",
    "phases.csv",
    "spectra_x.csv",
    "spectra_z.csv",
    "spectra_xz.csv",
    "correlations_x.csv",
    "correlations_z.csv",
];

/// Writes tables and figures of a run and returns the table for the screen.
///
/// # Errors
/// A damaged case or batch of statistics, a series without the columns of a channel, a reference of
/// unknown form, a full disk.
pub fn report(recorded: &Recorded, references: &[Given]) -> Result<String> {
    let run = Run::read(recorded)?;
    recorded.make_directories()?;
    run.write(recorded)?;
    let references = read(recorded, references)?;
    let mut facts = run.labels.facts(run.series);
    facts.extend(run.averaged.as_ref().map(|averaged| errors_noted(&averaged.sampling)));
    let drawn = Gallery::of_run(recorded, &facts).draw(&figures::of(&run, &references, true))?;
    table::table(&run, &references, &recorded.figures, &drawn)
}

/// Draws the figures of several runs, and returns their table; or averages them as members of an ensemble,
/// and writes the tables of the averages.
///
/// # Errors
/// Those of [`report`].
pub fn report_together(recorded: &[Recorded], how: Together, references: &[Given]) -> Result<String> {
    if how == Together::Averaged {
        return report_mean(recorded, references);
    }
    let runs = recorded.iter().map(Run::read).collect::<Result<Vec<_>>>()?;
    let references = read(&recorded[0], references)?;
    let figures = runs.iter().map(|run| figures::of(run, &references, false)).collect();
    let names = crate::report::names(recorded);
    recorded[0].make_directories()?;
    let drawn = Gallery::of_runs(&recorded[0], names.clone()).draw(&together(figures))?;
    Ok(comparison::table(&names, &runs, &references, &recorded[0].figures, &drawn))
}

/// The report of an ensemble.
fn report_mean(members: &[Recorded], references: &[Given]) -> Result<String> {
    let first = &members[0];
    let (averaged, notes) = averaged::of_members(members)?;
    let names = crate::report::names(members);
    let mut run = Run { averaged, notes, ..Run::blank(first)? };
    run.members = names.clone();
    first.make_directories()?;
    run.write(first)?;
    let references = read(first, references)?;
    let facts = [plain(&names.join(", ")), errors_noted(&Sampling::of_members(names.len(), 1.0))];
    let drawn = Gallery::of_run(first, &facts).draw(&figures::of(&run, &references, true))?;
    table::table(&run, &references, &first.figures, &drawn)
}

/// The references for a run.
fn read(run: &Recorded, references: &[Given]) -> Result<References> {
    let blank = Channel::default();
    let foreign = |file: &TextTable| run.flows.published_of_others(&blank, file);
    References::read(references, &foreign)
}

/// The columns of all tables.
pub fn columns() -> Vec<FileColumns> {
    columns::all()
}

#[cfg(test)]
mod tests;
