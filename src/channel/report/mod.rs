//! The report of a channel. The batches of its statistics give profiles and budgets in wall units
//! with their sampling errors. They go to `profiles.csv` and `budgets.csv`, to the table, and to the
//! figures `mean_velocity`, `stresses`, `vorticity`, `budget_k`, `scalar_mean` and `scalar_rms`;
//! `friction` shows the history of the series, and `convergence` the numbers of the table over the time
//! that is averaged. Spectra and two-point correlations at all y go to
//! `spectra_x.csv`, `correlations_x.csv` and those of z; the figures of the same names show some of
//! them, and `premultiplied_x` maps. Spectra over both k_x and k_z at chosen y go to `spectra_xz.csv` and to
//! figures of this name; profiles at phases of oscillating walls to `phases.csv` and figures `phases_W`, ..

mod averaged;
mod budgets;
mod chosen;
mod convergence;
mod errors;
mod figures;
mod lines;
mod maps;
mod moments;
mod names;
mod phases;
mod plane_spectra;
mod profiles;
mod published_budgets;
mod published_lines;
mod reference;
mod samples;
mod scalar_budgets;
mod scalars;
mod spectra;
mod spectral;
mod stationarity;
mod symmetry;
mod table;

use std::path::Path;

use crate::channel::case::Channel;
use crate::error::Result;
use crate::files;
use crate::report::gallery::Gallery;
use crate::report::rows::errors_noted;
use crate::report::series::Table;
use crate::report::{Given, Labels, Recorded, figures_directory};
use crate::statistics::Window;
use crate::table::TextTable;
use averaged::Averaged;
use profiles::Column;
use published_lines::PublishedLine;
use reference::Published;
pub use reference::holds_profiles;
use symmetry::Symmetry;

/// The data of a run of a channel, and the references for comparison.
struct Run<'a> {
    labels: &'a Labels,
    series: &'a Table,
    flow: Channel,
    /// The time that was to be averaged.
    window: Window,
    averaged: Option<Averaged>,
    /// Notes on what the averages leave out.
    notes: Vec<String>,
    references: Vec<Published>,
    published_lines: Vec<PublishedLine>,
}

impl Run<'_> {
    /// Returns whether the halves are alike.
    fn symmetric(&self) -> bool {
        Symmetry::of(&self.flow).holds
    }

    /// The references, if the halves are alike as in all published channels.
    fn comparable(&self) -> &[Published] {
        if self.symmetric() { &self.references } else { &[] }
    }
}

/// The files that a report writes; `statistics.h5` is of an older version.
pub const FILES: [&str; 9] = [
    "statistics.h5",
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
pub fn report(flow: &Channel, recorded: &Recorded, references: &[Given]) -> Result<String> {
    let Recorded { dir: run_dir, labels, series, case, flows, .. } = recorded;
    let case = case.as_ref().map_err(Clone::clone)?;
    let viscosity = case.fluid.viscosity;
    let window = averaged::window(recorded, flow, viscosity)?;
    let (averaged, notes) = averaged::read(recorded, case, flow, window)?;
    if let Some(Averaged { findings, lines, plane_spectra, .. }) = &averaged {
        write(&run_dir.join("profiles.csv"), &findings.profiles)?;
        write(&run_dir.join("budgets.csv"), &findings.budgets)?;
        phases::write(run_dir, findings)?;
        let places = [0, 1].map(|i| &findings.profiles[i].values[..]);
        lines.iter().flatten().try_for_each(|lines| lines.write(run_dir, places, &flow.scalars))?;
        plane_spectra.iter().try_for_each(|spectra| spectra.write(run_dir, &flow.scalars))?;
    }
    let foreign = |file: &TextTable| flows.published_of_others(flow, file);
    let (references, published_lines) = reference::read(references, &foreign)?;
    let run =
        Run { labels, series, flow: flow.clone(), window, averaged, notes, references, published_lines };
    let dir = figures_directory(run_dir)?;
    let mut facts = run.labels.facts(run.series);
    facts.extend(run.averaged.as_ref().map(|averaged| errors_noted(&averaged.sampling)));
    let gallery = Gallery::new(&dir, run_dir, &facts, recorded.options.width);
    let drawn = figures::draw(&gallery, &run, viscosity)?;
    table::table(&run, &dir, &drawn)
}

/// Writes a CSV file: y (from the lower wall, in half-heights) and y_plus (from the nearest wall),
/// then each column and its error; missing values are empty.
fn write(path: &Path, columns: &[Column]) -> Result<()> {
    let places = &columns[..2];
    let others = &columns[2..];
    let names = places.iter().map(|column| column.name.clone());
    let names: Vec<String> = names
        .chain(others.iter().flat_map(|Column { name, .. }| [name.clone(), format!("{name}_error")]))
        .collect();
    let row = |i: usize| {
        let values = places.iter().map(|column| column.values[i]);
        let cells =
            values.chain(others.iter().flat_map(|column| [column.values[i], column.errors[i]])).map(cell);
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    let rows: String = (0..columns[0].values.len()).map(row).collect();
    files::write(path, (names.join(",") + "\n" + &rows).as_bytes())
}

/// Formats a number for a CSV file; NaN is an empty cell.
fn cell(value: f64) -> String {
    if value.is_finite() { format!("{value:e}") } else { String::new() }
}

#[cfg(test)]
mod tests;
