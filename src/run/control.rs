//! When to save and when to stop: one decision a step, the same on all ranks.

use crate::case::Checkpoint;
use crate::parallel::World;
use signal_hook::consts::{SIGTERM, SIGUSR1, SIGUSR2};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What to do after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    GoOn,
    Save,
    /// Save and end; the reason, for the log.
    Stop(String),
}

/// What the decision rests on.
pub struct Control {
    signalled: Arc<AtomicBool>,
    /// The job's end.
    deadline: Option<Instant>,
    last_saved: Instant,
    longest_step: Duration,
    longest_save: Duration,
    longest_output: Duration,
    output: Duration,
}

const SIGNALLED: u64 = 1;
const OUT_OF_TIME: u64 = 2;
const DUE: u64 = 4;

impl Control {
    /// For a job that began at `begin` and may take `walltime` seconds; without it, until the end time that SLURM has put into
    /// the environment, if it has.
    pub fn new(begin: Instant, walltime: Option<f64>) -> Self {
        let signalled = Arc::new(AtomicBool::new(false));
        for signal in [SIGTERM, SIGUSR1, SIGUSR2] {
            // A signal that cannot be caught ends the job as it would any other program; the last checkpoint stays.
            let _ = signal_hook::flag::register(signal, Arc::clone(&signalled));
        }
        let job_end = std::env::var("SLURM_JOB_END_TIME").ok().and_then(|text| text.parse::<u64>().ok());
        let job_end = job_end.and_then(|end| UNIX_EPOCH.checked_add(Duration::from_secs(end)));
        let until_end = job_end.and_then(|end| end.duration_since(SystemTime::now()).ok());
        let deadline = walltime
            .map(|seconds| begin + Duration::from_secs_f64(seconds))
            .or(until_end.and_then(|left| Instant::now().checked_add(left)));
        Self {
            signalled,
            deadline,
            last_saved: begin,
            longest_step: Duration::ZERO,
            longest_save: Duration::ZERO,
            longest_output: Duration::ZERO,
            output: Duration::ZERO,
        }
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
        self.output += duration;
    }

    /// Seconds spent on output and checkpoints so far.
    pub fn output_seconds(&self) -> f64 {
        self.output.as_secs_f64()
    }

    /// The decision after `step` steps; collective. The clocks of the ranks differ, so all follow whichever rank is first.
    pub fn verdict(&self, world: &World, checkpoint: &Checkpoint, step: u64) -> Verdict {
        let mut flags = 0;
        if self.signalled.load(Ordering::Relaxed) {
            flags |= SIGNALLED;
        }
        // The margin: the longest checkpoint so far, the longest output and the longest step, each twice.
        let margin = 2 * (self.longest_save + self.longest_output + self.longest_step);
        if self.deadline.is_some_and(|deadline| Instant::now() + margin >= deadline) {
            flags |= OUT_OF_TIME;
        }
        if checkpoint.every_minutes.is_some_and(|minutes| self.last_saved.elapsed().as_secs_f64() >= 60.0 * minutes) {
            flags |= DUE;
        }
        let flags = world.any_bits(flags);
        if flags & SIGNALLED != 0 {
            Verdict::Stop("stopping: the job was sent a signal".into())
        } else if flags & OUT_OF_TIME != 0 {
            Verdict::Stop("stopping: the job's time is up but for a checkpoint".into())
        } else if flags & DUE != 0 || checkpoint.every_steps.is_some_and(|every| step.is_multiple_of(every)) {
            Verdict::Save
        } else {
            Verdict::GoOn
        }
    }
}
