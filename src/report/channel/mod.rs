//! What is reported of a channel. From `statistics.h5` come profiles and budgets in wall units with their sampling errors: to `profiles.csv` and
//! `budgets.csv`, to the table, and to the figures `mean_velocity`, `stresses`, `vorticity` and `budget_k`; `friction` is the history of the series.

mod budgets;
mod differences;
mod errors;
mod figures;
mod moments;
mod profiles;
mod reference;
mod samples;
mod symmetry;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use super::series::Table;
use super::{Labels, place_of_figures};
use crate::case::{self, Case, Channel, FlowKind};
use crate::channel::grid::WallNormal;
use crate::error::{Error, Result};
use crate::store;
use differences::Differences;
use profiles::{Column, Findings, Setting};
use reference::Published;
use samples::Samples;
use symmetry::Symmetry;

/// What a run has averaged so far.
struct Averaged {
    findings: Findings,
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
    if let Some(Averaged { findings, .. }) = &averaged {
        write(&run_dir.join("profiles.csv"), &findings.profiles)?;
        write(&run_dir.join("budgets.csv"), &findings.budgets)?;
    }
    let run = Run { labels, series, flow, averaged, references: Published::read(references)? };
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
    let (header, records) = store::read_statistics(&path)?;
    let samples = Samples::new(records)?;
    let setting = Setting {
        viscosity,
        rotation: flow.rotation,
        walls: flow.walls.velocity,
        scalars: flow.scalars.clone(),
        symmetry: Symmetry::of(flow),
        grid: WallNormal::new(samples.y.len()),
        differences: Differences::new(samples.y.len()),
    };
    let findings = errors::findings(&samples, &setting)?;
    Ok(Some(Averaged { findings, samples: samples.number(), batches: samples.batches(), until: header.time }))
}

/// A CSV file: y (from the lower wall, in half-heights) and y_plus (from the nearest wall), then each column and its error; what is not there is empty.
fn write(path: &Path, columns: &[Column]) -> Result<()> {
    let places = &columns[..2];
    let others = &columns[2..];
    let names = places.iter().map(|column| column.name.clone());
    let names: Vec<String> = names.chain(others.iter().flat_map(|Column { name, .. }| [name.clone(), format!("{name}_error")])).collect();
    let cell = |value: f64| if value.is_finite() { format!("{value:e}") } else { String::new() };
    let row = |i: usize| {
        let values = places.iter().map(|column| column.values[i]);
        let cells = values.chain(others.iter().flat_map(|column| [column.values[i], column.errors[i]])).map(cell);
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    let rows: String = (0..columns[0].values.len()).map(row).collect();
    fs::write(path, names.join(",") + "\n" + &rows).map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
}

#[cfg(test)]
mod tests;
