//! The output of a run: series, spectra and budgets, snapshots, batches of statistics.

use super::appended::Appended;
use super::batches::BatchFiles;
use super::log::Log;
use super::{RunDirectory, directory};
use crate::case::{self, Case, Precision, Sampling};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::flow::{Clock, Flow, OutputTable, Step};
use crate::parallel::World;
use crate::point_boxes::MOST_POINTS;
use crate::statistics::{Axis, Records};
use crate::store::{Block, Header, Snapshot, SnapshotHeader, Table};
use crate::time::{Rates, Schedule};
use crate::transform::Reals;
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

/// The growing files of a run and their schedules. A failure to write does not end the run: it is
/// reported, and rows are kept in memory.
pub struct Output {
    directory: PathBuf,
    flows: Flows,
    /// Tables by name; root only. A table is created with its first rows.
    tables: HashMap<String, Appended>,
    snapshots: PathBuf,
    series_due: Schedule,
    spectra_due: Schedule,
    snapshots_due: Schedule,
    /// Sampling of the statistics, if there is any.
    sampling: Option<Sampling>,
    batches: BatchFiles,
    size: [f64; 3],
    precision: Precision,
    case: String,
    /// The part of the case that batches belong to.
    physics: String,
    /// The last step.
    step: Step,
    /// Steps of the last sample, the last spectra and the last snapshot.
    sampled: Option<u64>,
    drawn: Option<u64>,
    pictured: Option<u64>,
}

impl Output {
    /// Prepares the output and, if the run `starts`, writes the first sample, spectra and snapshot.
    /// Collective.
    pub fn open(
        world: &World,
        directory: &RunDirectory,
        case: &Case,
        flow: &mut dyn Flow,
        starts: bool,
        log: &mut Log,
    ) -> Self {
        let now = flow.clock().step;
        let mut output = Self {
            directory: directory.path.clone(),
            flows: case.flow.flows,
            tables: HashMap::new(),
            snapshots: directory.snapshots(),
            series_due: Schedule::default(),
            spectra_due: Schedule::default(),
            snapshots_due: Schedule::default(),
            sampling: None,
            batches: BatchFiles::new(directory.batches()),
            size: case.domain.size,
            precision: case.numerics.precision,
            case: String::new(),
            physics: String::new(),
            step: Step {
                dt: 0.0,
                cfl: 0.0,
                rates: Rates::default(),
                energy: 0.0,
                dissipation: None,
                remesh: None,
                broken: None,
                end: None,
            },
            sampled: Some(now),
            drawn: Some(now),
            pictured: Some(now),
        };
        output.schedule(case);
        if starts {
            output.write_series(world, flow, log);
            output.write_spectra(world, flow, log);
            if output.snapshots_due != Schedule::default() {
                output.write_snapshot(world, flow, log);
            }
            output.sample(world, flow, log);
        }
        output
    }

    /// Adopts the schedules of this case.
    pub fn schedule(&mut self, case: &Case) {
        (self.series_due, self.spectra_due, self.snapshots_due) =
            (case.output.series, case.output.spectra, case.output.snapshots);
        let sampling = case.flow.sampling();
        self.sampling = sampling.filter(|sampling| sampling.schedule != Schedule::default());
        self.case = case.to_toml();
        self.physics = case::physics_text(case);
    }

    /// The next time that a step must end at.
    pub fn next_time(&self, time: f64) -> f64 {
        // Even before samples begin, so that the steps do not depend on their beginning.
        let of_statistics = self
            .sampling
            .iter()
            .flat_map(|sampling| [sampling.schedule, Axis::new(sampling.batches.length).boundaries()]);
        let due = [self.series_due, self.spectra_due, self.snapshots_due].into_iter().chain(of_statistics);
        due.map(|due| due.next_time(time)).fold(f64::INFINITY, f64::min)
    }

    /// Writes the output that is due after a step; collective.
    pub fn write_due(&mut self, world: &World, flow: &mut dyn Flow, step: &Step, log: &mut Log) {
        self.step = step.clone();
        let clock = flow.clock();
        if self.series_due.is_due(clock.step, clock.time) {
            self.write_series(world, flow, log);
            log.sample();
        }
        self.sample(world, flow, log);
        if self.spectra_due.is_due(clock.step, clock.time) {
            self.write_spectra(world, flow, log);
        }
        if self.snapshots_due.is_due(clock.step, clock.time) {
            self.write_snapshot(world, flow, log);
        }
    }

    /// Samples the statistics if a sample is due, and at the boundaries of batches. Collective.
    fn sample(&mut self, world: &World, flow: &mut dyn Flow, log: &mut Log) {
        let Clock { step, time } = flow.clock();
        let axis = |sampling: &Sampling| Axis::new(sampling.batches.length);
        let Some(sampling) = self.sampling.filter(|sampling| axis(sampling).reaches(time, sampling.from))
        else {
            return flow.interrupt_sampling();
        };
        if !sampling.schedule.is_due(step, time) && !axis(&sampling).boundaries().is_due(step, time) {
            return;
        }
        if let Some(batch) = flow.sample() {
            let (flow, layout, case) = (flow.name().into(), flow.modes().name, self.physics.clone());
            let header = Header { flow, step, time, case, layout, numbers: Vec::new() };
            self.batches.append(world, header, batch).iter().for_each(|note| log.line(note));
        }
    }

    /// Writes tables and batches to the disk before a checkpoint from which they will be continued.
    /// Collective.
    pub fn settle(&mut self, world: &World, log: &mut Log) {
        self.flush(world, log);
        self.tables.values().for_each(Appended::sync);
    }

    /// Writes kept rows and batches without waiting for the disk. Collective.
    pub fn flush(&mut self, world: &World, log: &mut Log) {
        self.tables.values_mut().filter_map(Appended::flush).for_each(|note| log.line(&note));
        self.batches.flush(world).iter().for_each(|note| log.line(note));
    }

    /// Records of the batches of statistics that are not written yet, for a checkpoint.
    pub fn kept(&self, world: &World) -> Records {
        self.batches.kept(world)
    }

    /// Writes the last sample, spectra and, if the run has any, snapshot, unless they are written
    /// already. Not for a run that has stopped early: there they would be off schedule. A run that
    /// continues beyond its end removes them. Collective.
    pub fn write_last(&mut self, world: &World, flow: &mut dyn Flow, log: &mut Log) {
        let now = Some(flow.clock().step);
        if self.sampled != now {
            self.write_series(world, flow, log);
            log.sample();
        }
        if self.drawn != now {
            self.write_spectra(world, flow, log);
        }
        if self.pictured != now && self.snapshots_due != Schedule::default() {
            self.write_snapshot(world, flow, log);
        }
    }

    /// Writes everything that is kept, at the end of the run. Collective.
    ///
    /// # Errors
    /// Rows of a table, or a batch of statistics, that cannot be written.
    pub fn finish(&mut self, world: &World, log: &mut Log) -> Result<()> {
        self.settle(world, log);
        self.batches.write_all(world)?;
        world.root_does(|| match self.tables.values().find_map(Appended::unwritten) {
            Some(what) => {
                Err(Error::failure(format!("{what}: they could not be written before the end of the run")))
            }
            None => Ok(()),
        })
    }

    fn write_series(&mut self, world: &World, flow: &mut dyn Flow, log: &mut Log) {
        let (clock, step) = (flow.clock(), self.step.clone());
        self.sampled = Some(clock.step);
        let samples = flow.observe();
        if world.is_root() {
            let names = samples.iter().map(|(name, _)| &**name);
            let header: Vec<&str> = ["step", "time", "dt", "cfl"].into_iter().chain(names).collect();
            let values =
                [clock.time, step.dt, step.cfl].into_iter().chain(samples.iter().map(|(_, value)| *value));
            let values: Vec<String> = values.map(|value| format!("{value:?}")).collect();
            self.append("series", &header.join(","), &format!("{},{}\n", clock.step, values.join(",")), log);
        }
    }

    fn write_spectra(&mut self, world: &World, flow: &mut dyn Flow, log: &mut Log) {
        let clock = flow.clock();
        self.drawn = Some(clock.step);
        let tables = flow.spectra();
        if world.is_root() {
            for OutputTable { name, columns, rows } in &tables {
                let row = |row: &Vec<Option<f64>>| {
                    let cells =
                        row.iter().map(|cell| cell.map_or_else(String::new, |value| format!("{value:?}")));
                    format!("{},{:?},{}\n", clock.step, clock.time, cells.collect::<Vec<_>>().join(","))
                };
                let rows: String = rows.iter().map(row).collect();
                self.append(name, &format!("step,time,{}", columns.join(",")), &rows, log);
            }
        }
    }

    /// Adds rows to a table; root only.
    fn append(&mut self, name: &str, header: &str, rows: &str, log: &mut Log) {
        let new =
            || Appended::new(directory::table(&self.directory, self.flows, name), format!("{header}\n"));
        let note = self.tables.entry(name.to_owned()).or_insert_with(new).append(rows);
        note.iter().for_each(|note| log.line(note));
    }

    /// Writes a snapshot of the state. A failure is reported, and the snapshot is missing. Collective.
    pub fn write_snapshot(&mut self, world: &World, flow: &mut dyn Flow, log: &mut Log) {
        self.pictured = Some(flow.clock().step);
        if let Err(error) = self.try_snapshot(world, flow) {
            log.line(&format!("warning: the snapshot of step {} is missing: {error}", flow.clock().step));
        }
    }

    fn try_snapshot(&self, world: &World, flow: &mut dyn Flow) -> Result<()> {
        let clock = flow.clock();
        let (slab, coordinates) = (flow.slab(), flow.coordinates());
        let nx = coordinates[0].len();
        let block =
            |y: Range<usize>| Block { start: [slab.z.start, y.start, 0], shape: [slab.z.len(), y.len(), nx] };
        let planes = (MOST_POINTS / (slab.z.len() * nx).max(1)).max(1);
        let planes = world.min_u64(planes as u64) as usize;
        // The number of rounds is small enough to be exact as a float.
        let rounds = world.max(slab.y.len().div_ceil(planes) as f64) as usize;
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
            snapshot.field(name, flow.unit(name), self.precision, |boxes| {
                let mut given = 0;
                flow.visit_points(field, planes, &mut |y, points| {
                    boxes.write(block(y), &points);
                    given += 1;
                });
                // The other ranks may have more planes.
                (given..rounds).for_each(|_| boxes.write(block(0..0), &Reals::F64(Vec::new())));
            })?;
        }
        snapshot.finish().map(drop)
    }
}

/// Columns of modes as pieces of the tables of a checkpoint.
pub fn tables(columns: &[[i64; 4]]) -> Vec<Table> {
    let table = |name: &str, i: usize, description: &str| Table {
        name: name.into(),
        units: "1".into(),
        description: description.into(),
        values: columns.iter().map(|column| column[i]).collect(),
    };
    vec![
        table("nx", 0, "label n_x of each column of modes; k_x = 2 pi n_x / L_x"),
        table("nz", 1, "label n_z of each column of modes"),
        table(
            "first",
            2,
            "index of the first mode of each column: n_y = 0, 1, .. m, -m, .. -1 in a periodic box, the \
             Chebyshev polynomials 0, 1, .. in a channel",
        ),
        table("count", 3, "modes of each column"),
    ]
}
