//! The driver, which takes a case to a finished run directory: it starts or continues, advances the
//! flow, writes the output that is due, and stops.

mod appended;
mod batches;
mod blow_up;
mod command;
mod control;
mod directory;
mod limit;
mod lock;
mod log;
mod memory;
mod notes;
mod output;
mod print;
mod regrid;
mod resume;
mod retry;
mod save;
mod signals;
mod timing;
mod watchdog;

pub use directory::RunDirectory;
pub use regrid::{Target, regrid, stored_case};
pub use signals::heed_signals;

use crate::case::{self, Case};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::files;
use crate::flow::{Clock, Flow, Step};
use crate::ledger::Event;
use crate::parallel::{World, activity};
use crate::plan;
use crate::report;
use crate::statistics::Records;
use crate::store::Rotation;
use control::{Control, Reason};
use log::Log;
use notes::Tally;
use output::Output;
use retry::Shortened;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

/// Options of the command line in addition to the case.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `key=value` pairs that override the case file.
    pub overrides: Vec<String>,
    /// The run directory, overriding that of the case.
    pub directory: Option<PathBuf>,
    /// Start over, even if the directory holds a run.
    pub fresh: bool,
    /// Continue although the case has changed.
    pub accept_changes: bool,
    /// Time limit of the job in seconds.
    pub walltime: Option<f64>,
}

/// The outcome of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The run has reached the end of its case.
    Done,
    /// The run has stopped before that, with a checkpoint: run the same command again.
    Stopped,
}

/// Runs the case at `path`; collective.
///
/// # Errors
/// A bad case, a run directory that cannot be used, a state that is no longer finite, a failure to write.
pub fn run(world: World, flows: Flows, path: &Path, options: &Options) -> Result<Outcome> {
    let load = || files::require_utf8(path).and_then(|()| case::load(flows, path, &options.overrides));
    launch(world, flows, load, options, |world, directory| directory.refuse_case_inside(world, path))
}

/// Continues the run in `directory` with the case recorded there; collective.
///
/// # Errors
/// The same as of [`run`]; a directory without a run to continue.
pub fn continue_run(world: World, flows: Flows, directory: &Path, options: &Options) -> Result<Outcome> {
    let options = Options { directory: Some(directory.to_path_buf()), fresh: false, ..options.clone() };
    let load = || directory::recorded_case(flows, directory, &options.overrides);
    launch(world, flows, load, &options, |world, directory| directory.require_checkpoint(world))
}

/// Runs the case that the root can `load`, unless `refuse` rejects its run directory.
fn launch(
    world: World,
    flows: Flows,
    load: impl FnOnce() -> Result<Case>,
    options: &Options,
    refuse: impl FnOnce(&World, &RunDirectory) -> Result<()>,
) -> Result<Outcome> {
    let begin = Instant::now();
    let mut control = Control::new(begin, options.walltime, &world);
    let world = Rc::new(world);
    let case = shared(&world, flows, load)?;
    world.aggregate(case.checkpoint.aggregators)?;
    let flow = case.flow.build(&world, &case)?;
    let directory = RunDirectory::new(options.directory.as_deref(), &case);
    world.root_does(|| files::require_utf8(&directory.path))?;
    refuse(&world, &directory)?;
    directory.take(&world)?;
    directory.require_places(&world)?;
    control.listen(&world, &directory.path);
    let unwatched = watchdog::start(&world, &directory.path, case.parallel.hang_limit_minutes);
    let mut run = Run::new(world, case, directory, flow, control, Tally::new(begin));
    // Nothing is written until the run is known to be possible: one that is refused leaves the
    // directory as it was.
    let resumed = if options.fresh { None } else { run.resume(options.accept_changes)? };
    let goes_on = resumed.is_some();
    let mut changes = Vec::new();
    let from = match resumed {
        Some(mut resumed) => {
            changes = std::mem::take(&mut resumed.changes);
            Some(run.continue_from(resumed)?)
        }
        None => run.start(options.fresh)?,
    };
    let mut log = Log::new(&run.world, &run.directory, &run.case)?;
    log.heading(&run.world, &run.case, run.flow.as_ref());
    let demands = plan::Demands::new(&run.case, run.world.size(), run.world.ranks_per_node())?;
    let idle = demands.idle().map(|idle| format!("warning: {idle}"));
    run.control.limit.note.iter().chain(&unwatched).chain(&idle).chain(&from).for_each(|note| log.line(note));
    if !goes_on && run.world.is_root() {
        // Errors have been reported before.
        notes(&run.case).unwrap_or_default().iter().for_each(|note| log.line(&format!("note: {note}")));
    }
    let job = notes::job(&run.world, run.flow.as_ref());
    run.note(
        if goes_on { Event::Continue { job } } else { Event::Start { fresh: options.fresh, job } },
        &mut log,
    );
    if !changes.is_empty() {
        run.note(Event::Changed { changes }, &mut log);
    }
    if !goes_on {
        run.write_checkpoint(Records::default(), &mut log)?;
    }
    let end = loop {
        match run.step_to_the_end(&mut log) {
            Ok(End::BlownUp(error)) => run = run.go_back(error, &mut log)?,
            Ok(end) => break end,
            Err(error) => {
                run.note(Event::Failed { message: error.message.clone() }, &mut log);
                return Err(error);
            }
        }
    };
    let stopped = if let End::Stopped(reason) = end { Some(reason) } else { None };
    // The sender of a signal may wait for the checkpoint only.
    if stopped != Some(Reason::Signal) {
        timing::summary(
            &run.world,
            run.flow.as_ref(),
            run.control.output_seconds(),
            begin.elapsed().as_secs_f64(),
            &mut log,
        );
    }
    // The report takes memory where the flow had it.
    let (Clock { step, time }, Run { world, case, directory, flow, control: _control, .. }) =
        (run.clock(), run);
    drop(flow);
    if matches!(stopped, None | Some(Reason::StopFile)) {
        // A figure that cannot be drawn must not turn a successful run into a failure.
        let directories = [directory.path.clone()];
        let options = report::Options { program: world.program(), ..report::Options::default() };
        let report = || report::report(flows, &directories, &[], None, &options);
        match world.root_text(report) {
            Ok(table) => log.line(&table),
            Err(error) => log.line(&format!("no figures: {error}")),
        }
    }
    if stopped != Some(Reason::Signal) {
        memory::summary(&world, &case, &mut log)?;
    }
    if stopped.is_none() {
        log.line(&format!("done: step {step}, time {time}"));
        return Ok(Outcome::Done);
    }
    let code = if world.size() > 1 { " (exit code 3, which mpirun reports as an error)" } else { "" };
    log.line(&format!(
        "stopped early at step {step}, time {time}, with a checkpoint: run the same command again to \
         continue{code}"
    ));
    Ok(Outcome::Stopped)
}

/// Remarks on a case before its first step, one per line, for `check` and for the log.
///
/// # Errors
/// All errors with which a run would refuse the case before its first step, except those of its run
/// directory and those that require reading all of a file.
pub fn notes(case: &Case) -> Result<Vec<String>> {
    let mut notes = case.flow.notes(case)?;
    notes.extend(regrid::notes(case)?);
    Ok(notes)
}

/// Loads the case on the root and broadcasts it to all ranks.
fn shared(world: &World, flows: Flows, load: impl FnOnce() -> Result<Case>) -> Result<Case> {
    let text = world.root_text(|| load().map(|case| format!("{}\n{}", case.name, case.to_toml())))?;
    let (name, resolved) = text.split_once('\n').unwrap_or_default();
    world.agree(case::parse(flows, &format!("{name}.toml"), resolved, Path::new(""), &[]))
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
    watch: blow_up::Watch,
    tally: Tally,
    shortened: Shortened,
    /// The length of the step has been checked.
    judged: bool,
    rotation: Rotation,
    /// The next checkpoint is to be retained.
    retain: bool,
}

/// The reason for the end of the time loop.
enum End {
    /// The end of the case.
    Done,
    Stopped(Reason),
    BlownUp(Error),
}

impl Run {
    fn new(
        world: Rc<World>,
        case: Case,
        directory: RunDirectory,
        flow: Box<dyn Flow>,
        control: Control,
        tally: Tally,
    ) -> Self {
        let (watch, shortened) = Default::default();
        Self {
            world,
            case,
            directory,
            flow,
            control,
            saved: None,
            watch,
            tally,
            shortened,
            judged: false,
            rotation: Rotation::default(),
            retain: false,
        }
    }

    fn clock(&self) -> Clock {
        self.flow.clock()
    }

    fn step_to_the_end(&mut self, log: &mut Log) -> Result<End> {
        // The checkpoint of this state is written.
        self.retain = false;
        // A run may have been killed between its first checkpoint and its first sample.
        let from_the_beginning = self.clock().step == 0;
        let mut output = Output::open(
            &self.world,
            &self.directory,
            &self.case,
            self.flow.as_mut(),
            from_the_beginning,
            log,
        );
        while !self.finished() {
            let time = self.clock().time;
            let end = self.case.time.stop.end.unwrap_or(f64::INFINITY);
            // Output due at the end may differ from it by round-off, as 3 * 0.7 from 2.1; this must
            // not cost an extra step.
            let due = output.next_time(time).min(self.case.checkpoint.retain.next_time(time));
            let until = if due >= end * (1.0 - 1e-12) { end } else { due };
            let start = Instant::now();
            let step = self.flow.advance(until)?;
            activity::at_step(self.clock().step);
            self.control.stepped(start.elapsed());
            self.tally.stepped(start.elapsed());
            let full = self.shortened.apply(self.case.time.step).length(&step.rates);
            log.progress(self.clock(), &self.case.time.stop, &step, full);
            if let Some(dropped) = step.remesh {
                let Clock { step: number, time } = self.clock();
                let share = 100.0 * dropped / (step.energy + dropped);
                log.line(&format!(
                    "remesh at step {number}, time {time}: dropped {dropped:.3e} of the energy \
                     ({share:.2} %)"
                ));
            }
            self.warn_of_step(&step, log);
            if let Some(what) = self.watch.judge(self.clock(), &step) {
                return Ok(End::BlownUp(self.report_blow_up(&what, &step, log)));
            }
            let writing = Instant::now();
            output.write_due(&self.world, self.flow.as_mut(), &step, log);
            self.control.wrote(writing.elapsed());
            if let Some(reason) = step.end {
                self.end(&mut output, log, None)?;
                return Err(Error::diverged(reason));
            }
            let is_to_retain = self.is_to_retain();
            self.retain |= is_to_retain;
            let verdict = self.control.verdict(
                &self.world,
                &self.case.checkpoint,
                self.clock().step,
                self.directory.is_lost(),
            );
            if verdict.lost {
                return Err(self.directory.taken_over());
            }
            self.control.notes().iter().for_each(|note| log.line(&format!("warning: {note}")));
            let asked = verdict.command && self.carry_out_commands(&mut output, log)?;
            if let Some(reason) = verdict.stop {
                log.line(reason.text());
                if reason == Reason::Signal {
                    log.hurry();
                }
                if self.finished() {
                    break;
                }
                self.end(&mut output, log, Some(reason))?;
                self.note(Event::Stop { reason: reason.text().into(), pace: self.tally.pace() }, log);
                return Ok(End::Stopped(reason));
            }
            // A failed one is tried again when the verdict says so.
            let save = verdict.save || is_to_retain || self.retain && !self.control.fails_to_save();
            if save && !self.watch.is_doubtful() || asked {
                output.settle(&self.world, log);
                self.save(output.kept(&self.world), log)?;
            }
        }
        self.end(&mut output, log, None)?;
        self.note(Event::Done { pace: self.tally.pace() }, log);
        Ok(End::Done)
    }

    /// Warns once, at the first step of the job, of a step that is too long or too short: the rates
    /// of the state, and with a Courant number the length of a step, are not known before.
    fn warn_of_step(&mut self, step: &Step, log: &mut Log) {
        if !std::mem::replace(&mut self.judged, true) {
            let warnings = plan::too_long(&self.case, &step.rates)
                .into_iter()
                .chain(plan::rounding(&self.case, step.dt));
            warnings.for_each(|warning| log.line(&format!("warning: {warning}")));
        }
    }

    /// Writes the last checkpoint and, unless the run has stopped early, the last samples.
    fn end(&mut self, output: &mut Output, log: &mut Log, stopped: Option<Reason>) -> Result<()> {
        match stopped {
            // The checkpoint comes first, since mpirun leaves a job about one second after a signal.
            // Rows that the system has received survive the job.
            Some(Reason::Signal) => output.flush(&self.world, log),
            Some(_) => output.settle(&self.world, log),
            None => {
                // Before the checkpoint: if the job is killed in between, the next one writes them.
                output.write_last(&self.world, self.flow.as_mut(), log);
                output.settle(&self.world, log);
            }
        }
        let saved = self.save_last(output.kept(&self.world), log);
        let sampled = output.finish(&self.world, log);
        self.control.ended();
        saved.and(sampled)
    }

    fn finished(&self) -> bool {
        let (clock, stop) = (self.clock(), &self.case.time.stop);
        stop.end.is_some_and(|end| clock.time >= end) || stop.steps.is_some_and(|steps| clock.step >= steps)
    }
}
