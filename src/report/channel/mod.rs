//! What is reported of a channel. From `statistics.h5` come profiles and budgets in wall units with their sampling errors: to `profiles.csv` and
//! `budgets.csv`, to the table, and to the figures `mean_velocity`, `stresses`, `vorticity`, `budget_k`, `scalar_mean` and `scalar_rms`; `friction` is the history of the series. Spectra and
//! two-point correlations at all y go to `spectra_x.csv`, `correlations_x.csv` and those of z; the figures of the same names have some of them.

mod budgets;
mod differences;
mod errors;
mod figures;
mod lines;
mod moments;
mod profiles;
mod published_lines;
mod reference;
mod samples;
mod spectra;
mod spectral;
mod symmetry;
mod table;

use std::path::{Path, PathBuf};

use super::series::Table;
use super::{Labels, place_of_figures};
use crate::case::{self, Case, Channel, FlowKind};
use crate::channel::grid::WallNormal;
use crate::error::{Error, Result};
use crate::files;
use crate::store;
use differences::Differences;
use lines::Directed;
use profiles::{Column, Findings, Setting};
use published_lines::PublishedLine;
use reference::Published;
use samples::Samples;
use spectra::Spectra;
use symmetry::Symmetry;

/// What a run has averaged so far.
struct Averaged {
    findings: Findings,
    /// Spectra and correlations over x and z.
    lines: Option<[Directed; 2]>,
    /// Samples, the batches of their errors, and the time of the last checkpoint, up to which they go.
    samples: f64,
    batches: usize,
    until: f64,
}

impl Averaged {
    /// A number and its error.
    fn number(&self, name: &str) -> Option<(f64, f64)> {
        let column = profiles::find(&self.findings.numbers, name)?;
        Some((*column.values.first()?, *column.errors.first()?))
    }
}

/// A channel as its files say it is.
struct Run<'a> {
    labels: &'a Labels,
    series: &'a Table,
    flow: Channel,
    averaged: Option<Averaged>,
    references: Vec<Published>,
    published_lines: Vec<PublishedLine>,
}

impl Run<'_> {
    /// Whether the halves are alike.
    fn symmetric(&self) -> bool {
        Symmetry::of(&self.flow).holds
    }

    /// What is published is of channels whose halves are alike.
    fn comparable(&self) -> &[Published] {
        if self.symmetric() { &self.references } else { &[] }
    }
}

/// Writes tables and figures of `run_dir` and returns the table for the screen.
///
/// # Errors
/// A damaged case or `statistics.h5`, a series without the columns of a channel, a reference of unknown form, a full disk.
pub fn report(run_dir: &Path, labels: &Labels, series: &Table, references: &[PathBuf]) -> Result<String> {
    let (flow, viscosity) = flow(run_dir)?;
    let averaged = averages(run_dir, &flow, viscosity)?;
    if let Some(Averaged { findings, lines, .. }) = &averaged {
        write(&run_dir.join("profiles.csv"), &findings.profiles)?;
        write(&run_dir.join("budgets.csv"), &findings.budgets)?;
        let [y, y_plus] = [0, 1].map(|i| &findings.profiles[i].values[..]);
        lines.iter().flatten().try_for_each(|lines| lines.write(run_dir, y, y_plus))?;
    }
    let (published_lines, others) = PublishedLine::read(references)?;
    let run = Run { labels, series, flow, averaged, references: Published::read(&others)?, published_lines };
    let dir = place_of_figures(run_dir)?;
    let drawn = figures::draw(&dir, &run, viscosity)?;
    table::table(&run, &dir, &drawn)
}

/// The flow of the resolved case, and the viscosity.
fn flow(run_dir: &Path) -> Result<(Channel, f64)> {
    let path = run_dir.join("case.toml");
    let Case { flow, fluid, .. } = case::load(&path, &[])?;
    match flow {
        FlowKind::Channel(flow) => Ok((flow, fluid.viscosity)),
        FlowKind::Homogeneous(_) => Err(Error::input(format!("{} is no case of a channel", path.display()))),
    }
}

/// None before the first sample is in a checkpoint.
fn averages(run_dir: &Path, flow: &Channel, viscosity: f64) -> Result<Option<Averaged>> {
    let path = run_dir.join("statistics.h5");
    if !path.exists() {
        return Ok(None);
    }
    let (header, mut records) = store::read_statistics(&path)?;
    let symmetry = Symmetry::of(flow);
    let spectra = Spectra::take(&mut records, &symmetry)?;
    let samples = Samples::new(records)?;
    let setting = Setting {
        viscosity,
        rotation: flow.rotation,
        walls: flow.walls.velocity,
        scalars: flow.scalars.clone(),
        symmetry,
        grid: WallNormal::new(samples.y.len()),
        differences: Differences::new(samples.y.len()),
    };
    let findings = errors::findings(&samples, &setting)?;
    let lines = spectra.map(|spectra| Directed::new(&spectra, &findings, viscosity));
    Ok(Some(Averaged { findings, lines, samples: samples.number(), batches: samples.batches(), until: header.time }))
}

/// A CSV file: y (from the lower wall, in half-heights) and y_plus (from the nearest wall), then each column and its error; what is not there is empty.
fn write(path: &Path, columns: &[Column]) -> Result<()> {
    let places = &columns[..2];
    let others = &columns[2..];
    let names = places.iter().map(|column| column.name.clone());
    let names: Vec<String> = names.chain(others.iter().flat_map(|Column { name, .. }| [name.clone(), format!("{name}_error")])).collect();
    let row = |i: usize| {
        let values = places.iter().map(|column| column.values[i]);
        let cells = values.chain(others.iter().flat_map(|column| [column.values[i], column.errors[i]])).map(cell);
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    let rows: String = (0..columns[0].values.len()).map(row).collect();
    files::write(path, (names.join(",") + "\n" + &rows).as_bytes())
}

/// A number in a table; what is none is not there.
fn cell(value: f64) -> String {
    if value.is_finite() { format!("{value:e}") } else { String::new() }
}

#[cfg(test)]
mod tests;
