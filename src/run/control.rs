//! When to save and when to stop: one decision a step, the same on all ranks.

use super::command::{Found, Watch};
use super::limit::{Limit, bjobs};
use super::signals::{self, Signals};
use crate::case::Checkpoint;
use crate::error::Result;
use crate::parallel::World;
use std::path::Path;
use std::time::{Duration, Instant};

/// A checkpoint that could not be written is tried again after this.
pub const RETRY: Duration = Duration::from_secs(60);

/// A run that was resumed saves its state only if the last checkpoint is older than this many times
/// what one takes.
const SPARING: u32 = 10;

/// What to do after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Another job has taken the run directory: end without a word in it.
    pub lost: bool,
    /// Obey the command file.
    pub command: bool,
    pub save: bool,
    /// Save and end.
    pub stop: Option<Reason>,
}

/// Why a run stops early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Whoever sent it may kill the job within a second.
    Signal,
    OutOfTime,
    StopFile,
}

impl Reason {
    /// For the log.
    pub fn text(self) -> &'static str {
        match self {
            Self::Signal => "stopping: the job was sent a signal",
            Self::OutOfTime => "stopping: the job's time is up but for a checkpoint",
            Self::StopFile => "stopping: there is a file `stop` in the run directory",
        }
    }
}

/// What the decision rests on. All clocks are monotonic.
pub struct Control {
    signals: &'static Signals,
    pub limit: Limit,
    /// On the root.
    watch: Option<Watch>,
    /// The last checkpoint, and the last that could not be written since; when the first of those was tried.
    last_saved: Instant,
    last_failed: Option<Instant>,
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
    /// For a job that began at `begin` and may take `walltime` seconds; without it, as long as the
    /// batch system says, which only the root asks.
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

    /// From now on looks for the files `stop` and `command` of the run directory.
    pub fn listen(&mut self, world: &World, directory: &Path) {
        self.watch = world.is_root().then(|| Watch::new(directory));
    }

    /// Takes the commands of the command file; collective.
    pub fn commands(&mut self, world: &World) -> Result<String> {
        world.root_text(|| Ok(self.watch.as_mut().map_or(String::new(), Watch::take)))
    }

    /// What the log is to be told of files `stop` and `command` that are not heeded; on the root.
    pub fn notes(&mut self) -> Vec<String> {
        self.watch.as_mut().map_or(Vec::new(), Watch::notes)
    }

    /// The run ends: a file that asked for it has done its work.
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

    /// What reading a checkpoint took: the best guess of what writing one takes until one is written.
    pub fn read(&mut self, duration: Duration) {
        self.longest_save = self.longest_save.max(duration);
    }

    pub fn saved(&mut self, duration: Duration) {
        self.longest_save = self.longest_save.max(duration);
        self.last_saved = Instant::now();
        (self.last_failed, self.failing_since) = (None, None);
        self.output += duration;
    }

    /// A checkpoint could not be written. For how long that has been so.
    pub fn not_saved(&mut self, duration: Duration) -> Duration {
        self.last_failed = Some(Instant::now());
        self.output += duration;
        self.failing_since.get_or_insert_with(Instant::now).elapsed()
    }

    /// Seconds spent on output and checkpoints so far.
    pub fn output_seconds(&self) -> f64 {
        self.output.as_secs_f64()
    }

    /// The decision after `step` steps, where this rank knows that the run directory is `lost`;
    /// collective. The clocks of the ranks differ, so all follow whichever rank is first.
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
        // Taken whether it is heeded or not.
        let resumed = self.signals.resumed() && self.last_saved.elapsed() >= SPARING * self.longest_save;
        let found = self.watch.as_mut().map_or(Found::default(), Watch::look);
        let flags = [
            (SIGNALLED, self.signals.stop()),
            (OUT_OF_TIME, out_of_time),
            (DUE, due),
            (STOP_FILE, found.stop),
            (COMMAND, found.command),
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
