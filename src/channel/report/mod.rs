//! The report of a channel. The batches of its statistics give profiles and budgets in wall units
//! with their sampling errors. They go to `profiles.csv` and `budgets.csv`, to the table, and to the
//! figures `mean_velocity`, `stresses`, `vorticity`, `budget_k`, `scalar_mean` and `scalar_rms`;
//! `friction` shows the history of the series. Spectra and two-point correlations at all y go to
//! `spectra_x.csv`, `correlations_x.csv` and those of z; the figures of the same names show some of
//! them.

mod budgets;
mod chosen;
mod errors;
mod figures;
mod lines;
mod moments;
mod names;
mod profiles;
mod published_budgets;
mod published_lines;
mod reference;
mod samples;
mod spectra;
mod spectral;
mod symmetry;
mod table;

use std::path::Path;

use crate::case::Case;
use crate::channel::case::Channel;
use crate::chebyshev::{Differences, Points};
use crate::error::Result;
use crate::files;
use crate::report::gallery::Gallery;
use crate::report::series::Table;
use crate::report::{Given, Labels, Recorded, figures_directory};
use crate::statistics::{Tally, Window};
use crate::table::TextTable;
use chosen::Chosen;
use lines::Directed;
use profiles::{Column, Findings, Setting};
use published_lines::PublishedLine;
use reference::Published;
pub use reference::holds_profiles;
use samples::Samples;
use spectra::Spectra;
use symmetry::Symmetry;

/// The averages of a run so far.
struct Averaged {
    findings: Findings,
    /// Spectra and correlations over x and z.
    lines: Option<[Directed; 2]>,
    /// The time, weight and number of the samples.
    tally: Tally,
    /// Number and length of the batches from which errors are computed.
    batches: usize,
    batch_length: f64,
}

impl Averaged {
    /// A number and its error.
    fn number(&self, name: &str) -> Option<(f64, f64)> {
        let column = profiles::find(&self.findings.numbers, name)?;
        Some((*column.values.first()?, *column.errors.first()?))
    }
}

/// The data of a run of a channel, and the references for comparison.
struct Run<'a> {
    labels: &'a Labels,
    series: &'a Table,
    flow: Channel,
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
pub const FILES: [&str; 7] = [
    "statistics.h5",
    "profiles.csv",
    "budgets.csv",
    "spectra_x.csv",
    "spectra_z.csv",
    "correlations_x.csv",
    "correlations_z.csv",
];

/// Writes tables and figures of a run and returns the table for the screen.
///
/// # Errors
/// A damaged case or batch of statistics, a series without the columns of a channel, a reference of
/// unknown form, a full disk.
pub fn report(flow: &Channel, recorded: &Recorded, references: &[Given]) -> Result<String> {
    let Recorded { dir: run_dir, labels, series, case, flows } = recorded;
    let case = case.as_ref().map_err(Clone::clone)?;
    let viscosity = case.fluid.viscosity;
    let (averaged, notes) = averages(run_dir, case, flow)?;
    if let Some(Averaged { findings, lines, .. }) = &averaged {
        write(&run_dir.join("profiles.csv"), &findings.profiles)?;
        write(&run_dir.join("budgets.csv"), &findings.budgets)?;
        let places = [0, 1].map(|i| &findings.profiles[i].values[..]);
        lines.iter().flatten().try_for_each(|lines| lines.write(run_dir, places, &flow.scalars))?;
    }
    let foreign = |file: &TextTable| flows.published_of_others(flow, file);
    let (references, published_lines) = reference::read(references, &foreign)?;
    let run = Run { labels, series, flow: flow.clone(), averaged, notes, references, published_lines };
    let dir = figures_directory(run_dir)?;
    let gallery = Gallery::new(&dir, run_dir, &run.labels.facts(run.series));
    let drawn = figures::draw(&gallery, &run, viscosity)?;
    table::table(&run, &dir, &drawn)
}

/// The averages over the batches from `output.statistics.from` on, if any has a sample, and notes on
/// what they leave out.
fn averages(run_dir: &Path, case: &Case, flow: &Channel) -> Result<(Option<Averaged>, Vec<String>)> {
    let window = Window { from: flow.sampling.from, to: f64::INFINITY };
    let chosen = Chosen::read(run_dir, case, flow, window)?;
    let (Some(tally), Some(first)) = (chosen.tally(), chosen.batches.first()) else {
        let mut notes = chosen.notes;
        if run_dir.join("statistics.h5").exists() {
            let old = "statistics.h5 was written by rogallo 0.1, whose averages have no times: read it with \
                `rogallo stats` of that version";
            notes.push(old.to_owned());
        }
        return Ok((None, notes));
    };
    let samples = Samples::new(&chosen.batches, &flow.scalars)?;
    let symmetry = Symmetry::of(flow);
    let spectra = chosen.spectra.as_ref();
    let spectra = spectra.map(|sums| Spectra::new(sums, &flow.scalars, &symmetry)).transpose()?;
    let setting = Setting {
        precision: case.numerics.precision,
        viscosity: case.fluid.viscosity,
        rotation: flow.rotation,
        frame_velocity: samples.frame_velocity,
        walls: flow.walls.velocity,
        scalars: flow.scalars.clone(),
        symmetry,
        grid: Points::new(samples.y.len()),
        differences: Differences::new(samples.y.len()),
    };
    let findings = errors::findings(&samples, &setting)?;
    let lines =
        spectra.map(|spectra| Directed::new(&spectra, &findings, case.fluid.viscosity, &flow.scalars));
    let batch_length = samples.merged() as f64 * first.axis.length();
    Ok((Some(Averaged { findings, lines, tally, batches: samples.batches(), batch_length }), chosen.notes))
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
