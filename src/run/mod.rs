//! The driver: from a case to a finished run directory. Starts or goes on, steps, writes what is due, stops when it must.

mod control;
mod directory;
mod flow;
mod log;
mod output;
mod regrid;
mod timing;

pub use directory::RunDirectory;
pub use regrid::regrid;

use crate::case::{self, Case};
use crate::error::{Error, Kind, Result};
use crate::flow::{Clock, Flow};
use crate::parallel::World;
use crate::report;
use crate::statistics::Record;
use crate::store::{self, Header};
use control::{Control, Verdict};
use log::Log;
use output::Output;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

/// What the command line adds to a case.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `key=value` in the place of what the file says.
    pub overrides: Vec<String>,
    /// The run directory in the place of the case's.
    pub directory: Option<PathBuf>,
    /// Start over where there is a run.
    pub fresh: bool,
    /// Seconds after which the run must be over.
    pub walltime: Option<f64>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The end that the case names.
    Done,
    /// Before it, with a checkpoint: run the same command again.
    Stopped,
}

/// Runs the case at `path`; collective.
///
/// # Errors
/// A bad case, a run directory that cannot be used, a state that is no longer finite, a failure to write.
pub fn run(world: World, path: &Path, options: &Options) -> Result<Outcome> {
    let begin = Instant::now();
    let control = Control::new(begin, options.walltime);
    let world = Rc::new(world);
    let case = load(&world, path, &options.overrides)?;
    let flow = flow::from_case(&world, &case)?;
    let directory = RunDirectory::new(options.directory.as_deref(), &case);
    directory.refuse_case_inside(&world, path)?;
    directory.take(&world)?;
    let mut run = Run { world, case, directory, flow, control, saved: None };
    // Nothing is written until the run is known to be possible: one that is refused leaves the directory as it was.
    let resumed = if options.fresh { None } else { run.resume()? };
    let started = match resumed {
        Some(_) => {
            run.directory.cut_back(&run.world, run.clock().step)?;
            run.write_statistics(&run.header(), &run.flow.records())?;
            None
        }
        None => run.start(options.fresh)?,
    };
    let mut log = Log::new(&run.world, &run.directory, &run.case)?;
    log.heading(&run.world, &run.case, run.flow.as_ref());
    if let Some(from) = resumed.as_ref().or(started.as_ref()) {
        log.line(from);
    }
    if resumed.is_none() {
        run.save(&mut log)?;
    }
    let outcome = run.step_to_the_end(&mut log, resumed.is_none())?;
    timing::summary(&run.world, run.flow.as_ref(), run.control.output_seconds(), begin.elapsed().as_secs_f64(), &mut log);
    // A figure that cannot be drawn must not make a failure of a run that ended well.
    match run.world.root_text(|| report::report(&run.directory.path, &[])) {
        Ok(table) => log.line(&table),
        Err(error) => log.line(&format!("no figures: {error}")),
    }
    match outcome {
        Outcome::Done => log.line(&format!("done: step {}, time {}", run.clock().step, run.clock().time)),
        Outcome::Stopped => log.line(&format!(
            "stopped early at step {}, time {}, with a checkpoint: run the same command again to go on",
            run.clock().step,
            run.clock().time
        )),
    }
    Ok(outcome)
}

/// The case, read by the root alone and made the same on all ranks.
fn load(world: &World, path: &Path, overrides: &[String]) -> Result<Case> {
    let text = world.root_text(|| case::load(path, overrides).map(|case| format!("{}\n{}", case.name, case.to_toml())))?;
    let (name, resolved) = text.split_once('\n').unwrap_or_default();
    world.agree(case::parse(&format!("{name}.toml"), resolved, Path::new(""), &[]))
}

/// Why a run does not go on from a checkpoint.
enum Unusable {
    /// An older one may be sound.
    Damaged(Error),
    /// It is of another case, or the disk fails: an older one would be no better.
    Foreign(Error),
}

impl From<Error> for Unusable {
    fn from(error: Error) -> Self {
        match error.kind {
            Kind::Input => Self::Damaged(error),
            _ => Self::Foreign(error),
        }
    }
}

/// A run under way.
struct Run {
    world: Rc<World>,
    case: Case,
    directory: RunDirectory,
    flow: Box<dyn Flow>,
    control: Control,
    /// The step of the last checkpoint.
    saved: Option<u64>,
}

impl Run {
    fn clock(&self) -> Clock {
        self.flow.clock()
    }

    fn step_to_the_end(&mut self, log: &mut Log, from_the_beginning: bool) -> Result<Outcome> {
        let mut output = Output::open(&self.world, &self.directory, &self.case, self.flow.as_mut(), from_the_beginning)?;
        while !self.finished() {
            let time = self.clock().time;
            let end = self.case.time.stop.end.unwrap_or(f64::INFINITY);
            let start = Instant::now();
            let step = self.flow.advance(end.min(output.next_time(time))).map_err(|error| self.add_way_back(error))?;
            self.control.stepped(start.elapsed());
            log.progress(self.clock(), &self.case.time.stop, &step);
            let writing = Instant::now();
            output.write_due(&self.world, self.flow.as_mut(), &step, log)?;
            self.control.wrote(writing.elapsed());
            if let Some(reason) = step.end {
                output.finish(&self.world, self.flow.as_mut(), log)?;
                self.save_if_new(log)?;
                return Err(Error::diverged(reason));
            }
            match self.control.verdict(&self.world, &self.case.checkpoint, self.clock().step) {
                Verdict::GoOn => {}
                Verdict::Save => self.save(log)?,
                Verdict::Stop(reason) => {
                    log.line(&reason);
                    // First what must not be lost: mpirun gives a job that was sent a signal a second or so.
                    self.save_if_new(log)?;
                    output.finish(&self.world, self.flow.as_mut(), log)?;
                    return Ok(if self.finished() { Outcome::Done } else { Outcome::Stopped });
                }
            }
        }
        output.finish(&self.world, self.flow.as_mut(), log)?;
        self.save_if_new(log)?;
        Ok(Outcome::Done)
    }

    fn finished(&self) -> bool {
        let (clock, stop) = (self.clock(), &self.case.time.stop);
        stop.end.is_some_and(|end| clock.time >= end) || stop.steps.is_some_and(|steps| clock.step >= steps)
    }

    fn save_if_new(&mut self, log: &mut Log) -> Result<()> {
        if self.saved == Some(self.clock().step) { Ok(()) } else { self.save(log) }
    }

    fn save(&mut self, log: &mut Log) -> Result<()> {
        let start = Instant::now();
        let (header, modes, records) = (self.header(), self.flow.modes(), self.flow.records());
        let fields = self.flow.state();
        let piece = store::Piece { offset: modes.before, total: modes.total };
        let fields: Vec<store::Field> =
            fields.into_iter().map(|(name, values)| store::Field { name, units: output::units(name), values }).collect();
        let tables = if self.world.is_root() { output::tables(&modes) } else { Vec::new() };
        let contents = store::Contents { header: &header, tables: &tables, piece, fields: &fields, records: &records };
        let written = store::write_checkpoint(&self.world, &self.directory.checkpoints(), self.case.checkpoint.keep, &contents)?;
        self.saved = Some(header.step);
        self.write_statistics(&header, &records)?;
        self.control.saved(start.elapsed());
        let seconds = start.elapsed().as_secs_f64();
        log.line(&format!("checkpoint {} ({:.1} MB in {seconds:.2} s)", written.path.display(), written.bytes as f64 / 1e6));
        Ok(())
    }

    fn header(&self) -> Header {
        Header {
            flow: self.flow.name().into(),
            step: self.clock().step,
            time: self.clock().time,
            case: self.case.to_toml(),
            layout: self.flow.modes().name,
            numbers: self.flow.memory(),
        }
    }

    /// The records of the last checkpoint once more, in a file of their own. Where a run goes on, one that is damaged, or of
    /// a later step, becomes right again. Collective.
    fn write_statistics(&self, header: &Header, records: &[Record]) -> Result<()> {
        match records {
            [] => Ok(()),
            _ => store::write_statistics(&self.world, &self.directory.file("statistics.h5"), header, records),
        }
    }

    /// Sets the initial field, and says of which file it is, if it is of one; with `fresh` the results of an earlier run are removed then.
    /// Collective.
    fn start(&mut self, fresh: bool) -> Result<Option<String>> {
        if !fresh {
            self.directory.refuse_results(&self.world)?;
        }
        self.flow.start()?;
        let from = regrid::take_initial(&self.world, &self.case, self.flow.as_mut())?;
        if fresh {
            self.directory.clear(&self.world)?;
        }
        Ok(from)
    }

    /// Takes up the state of the newest checkpoint that is sound. Says which that is, and what was wrong with newer ones; None if
    /// there is no checkpoint at all. Collective.
    ///
    /// # Errors
    /// Checkpoints of which none is sound; a checkpoint of another case.
    fn resume(&mut self) -> Result<Option<String>> {
        let mut damage = String::new();
        for checkpoint in store::checkpoints(&self.world, &self.directory.checkpoints())? {
            let start = Instant::now();
            match self.take_up(&checkpoint) {
                Ok(()) => {
                    self.control.read(start.elapsed());
                    let (clock, name) = (self.clock(), checkpoint.display());
                    return Ok(Some(format!("{damage}continuing from {name}, step {}, time {}", clock.step, clock.time)));
                }
                Err(Unusable::Damaged(error)) => damage += &format!("{error}\n"),
                Err(Unusable::Foreign(error)) => return Err(error),
            }
        }
        if damage.is_empty() {
            return Ok(None);
        }
        let directory = self.directory.path.display();
        Err(Error::input(format!("{damage}No checkpoint in {directory} is sound: put a copy there, or use --fresh to start over")))
    }

    fn take_up(&mut self, checkpoint: &Path) -> std::result::Result<(), Unusable> {
        let header = store::read_header(&self.world, checkpoint)?;
        self.refuse_other_case(checkpoint, &header).map_err(Unusable::Foreign)?;
        let modes = self.flow.modes();
        let piece = store::Piece { offset: modes.before, total: modes.total };
        let fields = self.flow.state_mut();
        let mut fields: Vec<store::FieldMut> = fields.into_iter().map(|(name, values)| store::FieldMut { name, values }).collect();
        store::read_fields(&self.world, checkpoint, piece, &mut fields)?;
        let records = store::read_records(&self.world, checkpoint)?;
        self.flow.resume(Clock { step: header.step, time: header.time }, &header.numbers);
        self.flow.recall(records);
        self.saved = Some(header.step);
        Ok(())
    }

    fn refuse_other_case(&self, checkpoint: &Path, header: &Header) -> Result<()> {
        let name = checkpoint.display();
        let modes = self.flow.modes().name;
        if header.flow != self.flow.name() || header.layout != modes {
            return Err(Error::input(format!(
                "{name} is of another case: flow \"{}\" with modes \"{}\", but this case has \"{}\" with \"{modes}\"; use another run \
                 directory (--dir), or --fresh to start over",
                header.flow,
                header.layout,
                self.flow.name(),
            )));
        }
        let stored = case::parse(&format!("{}.toml", self.case.name), &header.case, Path::new(""), &[])
            .map_err(|error| Error::failure(format!("the case in {name} cannot be read: {error}")))?;
        let differences = case::physics_differences(&stored, &self.case);
        if !differences.is_empty() {
            return Err(Error::input(format!(
                "the case has changed since {name} was written:\n  {}\nUndo this, or use another run directory (--dir), or --fresh to start over",
                differences.join("\n  ")
            )));
        }
        Ok(())
    }

    /// A blow-up says from where one can go on.
    fn add_way_back(&self, error: Error) -> Error {
        match (error.kind, self.saved) {
            (Kind::Diverged, Some(step)) => {
                let directory = self.directory.path.display();
                Error { message: format!("{error}\nThe last good checkpoint, of step {step}, stays in {directory}/checkpoints"), ..error }
            }
            _ => error,
        }
    }
}
