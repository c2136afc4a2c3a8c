//! What a run writes while it goes: series, spectra and budgets, snapshots.

use super::log::Log;
use super::{RunDirectory, directory};
use crate::case::{Case, FlowKind, Sampling};
use crate::error::{Error, Result};
use crate::flow::{Flow, ModeList, Sheet, Step};
use crate::parallel::World;
use crate::store::{Block, Snapshot, SnapshotHeader, Table};
use crate::time::Schedule;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The files of a run that grow, and when they do.
pub struct Output {
    directory: PathBuf,
    /// By name; a table is opened at its first rows.
    tables: HashMap<String, Csv>,
    snapshots: PathBuf,
    series_due: Schedule,
    spectra_due: Schedule,
    snapshots_due: Schedule,
    /// Of the running statistics.
    sampling: Sampling,
    size: [f64; 3],
    case: String,
    /// The last step, and those of the last sample and the last spectra.
    step: Step,
    sampled: Option<u64>,
    drawn: Option<u64>,
}

impl Output {
    /// Opens the files, and writes the first sample, spectra and snapshot if the run starts. Collective.
    pub fn open(world: &World, directory: &RunDirectory, case: &Case, flow: &mut dyn Flow, starts: bool) -> Result<Self> {
        let now = flow.clock().step;
        let mut output = Self {
            directory: directory.path.clone(),
            tables: HashMap::new(),
            snapshots: directory.snapshots(),
            series_due: case.output.series,
            spectra_due: case.output.spectra,
            snapshots_due: case.output.snapshots,
            sampling: match &case.flow {
                FlowKind::Channel(channel) => channel.sampling,
                FlowKind::Homogeneous(_) => Sampling { schedule: Schedule::default(), from: f64::INFINITY },
            },
            size: case.domain.size,
            case: case.to_toml(),
            step: Step { dt: 0.0, cfl: 0.0, energy: 0.0, dissipation: None, finite: true, end: None },
            sampled: Some(now),
            drawn: Some(now),
        };
        if starts {
            output.write_series(world, flow)?;
            output.write_spectra(world, flow)?;
            if output.snapshots_due != Schedule::default() {
                output.write_snapshot(world, flow)?;
            }
        }
        Ok(output)
    }

    /// The next time that a step must end at.
    pub fn next_time(&self, time: f64) -> f64 {
        let due = [self.series_due, self.spectra_due, self.snapshots_due, self.sampling.schedule];
        due.iter().map(|due| due.next_time(time)).fold(f64::INFINITY, f64::min)
    }

    /// Writes what is due after a step; collective.
    pub fn write_due(&mut self, world: &World, flow: &mut dyn Flow, step: &Step, log: &mut Log) -> Result<()> {
        self.step = step.clone();
        let clock = flow.clock();
        if self.series_due.is_due(clock.step, clock.time) {
            self.write_series(world, flow)?;
            log.sample();
        }
        if clock.time >= self.sampling.from && self.sampling.schedule.is_due(clock.step, clock.time) {
            flow.sample();
        }
        if self.spectra_due.is_due(clock.step, clock.time) {
            self.write_spectra(world, flow)?;
        }
        if self.snapshots_due.is_due(clock.step, clock.time) {
            self.write_snapshot(world, flow)?;
        }
        Ok(())
    }

    /// The last sample and the last spectra, if they are not written yet; collective.
    pub fn finish(&mut self, world: &World, flow: &mut dyn Flow, log: &mut Log) -> Result<()> {
        let now = Some(flow.clock().step);
        if self.sampled != now {
            self.write_series(world, flow)?;
            log.sample();
        }
        if self.drawn != now {
            self.write_spectra(world, flow)?;
        }
        Ok(())
    }

    fn write_series(&mut self, world: &World, flow: &mut dyn Flow) -> Result<()> {
        let (clock, step) = (flow.clock(), self.step.clone());
        self.sampled = Some(clock.step);
        let samples = flow.observe();
        world.root_does(|| {
            let names = samples.iter().map(|(name, _)| &**name);
            let header: Vec<&str> = ["step", "time", "dt", "cfl"].into_iter().chain(names).collect();
            let values = [clock.time, step.dt, step.cfl].into_iter().chain(samples.iter().map(|(_, value)| *value));
            let values: Vec<String> = values.map(|value| format!("{value:?}")).collect();
            self.table("series").append(&header.join(","), &format!("{},{}\n", clock.step, values.join(",")))
        })
    }

    fn write_spectra(&mut self, world: &World, flow: &mut dyn Flow) -> Result<()> {
        let clock = flow.clock();
        self.drawn = Some(clock.step);
        let sheets = flow.spectra();
        world.root_does(|| {
            sheets.iter().try_for_each(|Sheet { name, columns, rows }| {
                let row = |row: &Vec<Option<f64>>| {
                    let cells = row.iter().map(|cell| cell.map_or_else(String::new, |value| format!("{value:?}")));
                    format!("{},{:?},{}\n", clock.step, clock.time, cells.collect::<Vec<_>>().join(","))
                };
                self.table(name).append(&format!("step,time,{}", columns.join(",")), &rows.iter().map(row).collect::<String>())
            })
        })
    }

    fn table(&mut self, name: &str) -> &mut Csv {
        self.tables.entry(name.to_owned()).or_insert_with(|| Csv::new(directory::table(&self.directory, name)))
    }

    fn write_snapshot(&mut self, world: &World, flow: &mut dyn Flow) -> Result<()> {
        let clock = flow.clock();
        let (slab, coordinates) = (flow.slab(), flow.coordinates());
        let block = Block { start: [slab.z.start, slab.y.start, 0], shape: [slab.z.len(), slab.y.len(), coordinates[0].len()] };
        let header = SnapshotHeader {
            step: clock.step,
            time: clock.time,
            size: self.size,
            deformation: flow.deformation(),
            coordinates,
            case: self.case.clone(),
        };
        let mut snapshot = Snapshot::create(world, &self.snapshots, header)?;
        for (field, name) in flow.fields().iter().enumerate() {
            let values = flow.points(field);
            snapshot.field(name, units(name), block, &values)?;
        }
        snapshot.finish().map(drop)
    }
}

/// What a field of the state is measured in.
pub fn units(name: &str) -> &'static str {
    match name {
        "u" | "v" | "w" => "velocity of the case",
        "laplacian_v" => "velocity of the case / length^2",
        "omega_y" => "velocity of the case / length",
        _ => "scalar of the case",
    }
}

/// A table that grows by rows, on the root; it is opened at the first row, with its header if it is new.
struct Csv {
    path: PathBuf,
    file: Option<File>,
}

impl Csv {
    fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    fn append(&mut self, header: &str, rows: &str) -> Result<()> {
        let Self { path, file } = self;
        let mut write = || -> std::io::Result<()> {
            let file = match file {
                Some(file) => file,
                None => file.insert(open(path, header)?),
            };
            file.write_all(rows.as_bytes())
        };
        write().map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
    }
}

fn open(path: &Path, header: &str) -> std::io::Result<File> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    if file.metadata()?.len() == 0 {
        writeln!(file, "{header}")?;
    }
    Ok(file)
}

/// The columns of the list of modes, as they go into a checkpoint.
pub fn tables(modes: &ModeList) -> Vec<Table> {
    let table = |name: &str, i: usize, description: &str| Table {
        name: name.into(),
        units: "1".into(),
        description: description.into(),
        values: modes.columns.iter().map(|column| column[i]).collect(),
    };
    vec![
        table("nx", 0, "label n_x of each column of modes; k_x = 2 pi n_x / L_x"),
        table("nz", 1, "label n_z of each column of modes"),
        table("first", 2, "index of the first mode of each column; its modes have n_y = 0, 1, .. m, -m, .. -1"),
        table("count", 3, "modes of each column, 2 m + 1"),
    ]
}
