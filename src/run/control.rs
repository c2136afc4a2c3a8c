//! The decision to save or to stop: one per step, the same on all ranks.

use super::command::{Requests, Watch};
use super::limit::{Limit, bjobs};
use super::signals::{self, Signals};
use crate::case::Checkpoint;
use crate::error::Result;
use crate::parallel::World;
use std::path::Path;
use std::time::{Duration, Instant};

/// Time after which a failed checkpoint is tried again.
pub const RETRY: Duration = Duration::from_secs(60);

/// A run that was suspended and resumed saves its state only if the last checkpoint is older than
/// this multiple of the time that writing one takes.
const SPARING: u32 = 10;

/// The actions due after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Another job has taken over the run directory: end without writing to it.
    pub lost: bool,
    /// Carry out the command file.
    pub command: bool,
    pub save: bool,
    /// Save and end.
    pub stop: Option<Reason>,
}

/// The reason for an early stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A signal, whose sender may kill the job within a second.
    Signal,
    OutOfTime,
    StopFile,
}

impl Reason {
    /// The message in the log.
    pub fn text(self) -> &'static str {
        match self {
            Self::Signal => "stopping: the job received a signal",
            Self::OutOfTime => "stopping: the job is about to reach its time limit",
            Self::StopFile => "stopping: there is a file `stop` in the run directory",
        }
    }
}

/// The basis of the decision. All clocks are monotonic.
pub struct Control {
    signals: &'static Signals,
    pub limit: Limit,
    /// The files `stop` and `command`; root only.
    watch: Option<Watch>,
    /// Time of the last checkpoint.
    last_saved: Instant,
    /// Time of the last failed attempt since then.
    last_failed: Option<Instant>,
    /// Time of the first failed attempt since then.
    failing_since: Option<Instant>,
    longest_step: Duration,
    longest_save: Duration,
    longest_output: Duration,
    output: Duration,
}

const SIGNALLED: u64 = 1;
const OUT_OF_TIME: u64 = 2;
const DUE: u64 = 4;
const STOP_FILE: u64 = 8;
const COMMAND: u64 = 16;
const LOST: u64 = 32;
const RESUMED: u64 = 64;

impl Control {
    /// Control of a job that began at `begin` and may take `walltime` seconds or, if that is not
    /// given, as long as the batch system says. Only the root asks the batch system.
    pub fn new(begin: Instant, walltime: Option<f64>, world: &World) -> Self {
        let ask = |job: &str| if world.is_root() { bjobs(job) } else { None };
        Self {
            signals: signals::heeded(),
            limit: Limit::new(begin, walltime, |name| std::env::var(name).ok(), ask),
            watch: None,
            last_saved: begin,
            last_failed: None,
            failing_since: None,
            longest_step: Duration::ZERO,
            longest_save: Duration::ZERO,
            longest_output: Duration::ZERO,
            output: Duration::ZERO,
        }
    }

    /// Starts to look for the files `stop` and `command` of the run directory.
    pub fn listen(&mut self, world: &World, directory: &Path) {
        self.watch = world.is_root().then(|| Watch::new(directory));
    }

    /// Returns the text of the command file and removes the file; collective.
    pub fn commands(&mut self, world: &World) -> Result<String> {
        world.root_text(|| Ok(self.watch.as_mut().map_or(String::new(), Watch::take)))
    }

    /// Messages for the log about ignored files `stop` and `command`; root only.
    pub fn notes(&mut self) -> Vec<String> {
        self.watch.as_mut().map_or(Vec::new(), Watch::notes)
    }

    /// Removes the file `stop` at the end of the run.
    pub fn ended(&self) {
        self.watch.iter().for_each(Watch::stopped);
    }

    pub fn stepped(&mut self, duration: Duration) {
        self.longest_step = self.longest_step.max(duration);
    }

    pub fn wrote(&mut self, duration: Duration) {
        self.longest_output = self.longest_output.max(duration);
        self.output += duration;
    }

    /// Records the time for reading a checkpoint: the best estimate for writing one until one is
    /// written.
    pub fn read(&mut self, duration: Duration) {
        self.longest_save = self.longest_save.max(duration);
    }

    pub fn saved(&mut self, duration: Duration) {
        self.longest_save = self.longest_save.max(duration);
        self.last_saved = Instant::now();
        (self.last_failed, self.failing_since) = (None, None);
        self.output += duration;
    }

    /// Records a failed checkpoint. Returns for how long checkpoints have failed.
    pub fn not_saved(&mut self, duration: Duration) -> Duration {
        self.last_failed = Some(Instant::now());
        self.output += duration;
        self.failing_since.get_or_insert_with(Instant::now).elapsed()
    }

    /// Returns whether the last attempt to write a checkpoint failed; the same on all ranks.
    pub fn fails_to_save(&self) -> bool {
        self.last_failed.is_some()
    }

    /// Seconds spent on output and checkpoints so far.
    pub fn output_seconds(&self) -> f64 {
        self.output.as_secs_f64()
    }

    /// The decision after `step` steps; `lost` says whether this rank knows that the run directory is
    /// lost. Collective. The clocks of the ranks differ, so all follow the first rank that decides.
    pub fn verdict(&mut self, world: &World, checkpoint: &Checkpoint, step: u64, lost: bool) -> Verdict {
        // The margin: the longest checkpoint so far, the longest output and the longest step, each twice.
        let margin = 2 * (self.longest_save + self.longest_output + self.longest_step);
        let out_of_time = self.limit.end.is_some_and(|end| Instant::now() + margin >= end);
        let due = match self.last_failed {
            Some(failed) => failed.elapsed() >= RETRY,
            None => checkpoint
                .every_minutes
                .is_some_and(|minutes| self.last_saved.elapsed().as_secs_f64() >= 60.0 * minutes),
        };
        // Reset whether or not it is used.
        let resumed = self.signals.resumed() && self.last_saved.elapsed() >= SPARING * self.longest_save;
        let requests = self.watch.as_mut().map_or(Requests::default(), Watch::look);
        let flags = [
            (SIGNALLED, self.signals.stop()),
            (OUT_OF_TIME, out_of_time),
            (DUE, due),
            (STOP_FILE, requests.stop),
            (COMMAND, requests.command),
            (LOST, lost),
            (RESUMED, resumed),
        ];
        let flags = world.any_bits(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| flag).sum());
        let is = |flag: u64| flags & flag != 0;
        let reasons =
            [(SIGNALLED, Reason::Signal), (OUT_OF_TIME, Reason::OutOfTime), (STOP_FILE, Reason::StopFile)];
        Verdict {
            lost: is(LOST),
            command: is(COMMAND),
            save: is(DUE)
                || is(RESUMED)
                || checkpoint.every_steps.is_some_and(|every| step.is_multiple_of(every)),
            stop: reasons.iter().find(|(flag, _)| is(*flag)).map(|(_, reason)| *reason),
        }
    }
}
