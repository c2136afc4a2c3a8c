//! The entries of a run in its ledger; only the root writes them.

use super::Run;
use super::log::Log;
use crate::flow::Flow;
use crate::ledger::{self, Event, Job, Pace};
use crate::parallel::{World, library_version};
use std::time::{Duration, Instant};

/// The progress of a job so far.
pub struct Tally {
    begin: Instant,
    steps: u64,
    stepping: Duration,
    /// The warning about a ledger that cannot be written has been given.
    warned: bool,
}

impl Tally {
    pub fn new(begin: Instant) -> Self {
        Self { begin, steps: 0, stepping: Duration::ZERO, warned: false }
    }

    pub fn stepped(&mut self, duration: Duration) {
        self.steps += 1;
        self.stepping += duration;
    }

    pub fn pace(&self) -> Pace {
        let seconds_per_step = (self.steps > 0).then(|| self.stepping.as_secs_f64() / self.steps as f64);
        Pace { steps: self.steps, job_seconds: self.begin.elapsed().as_secs_f64(), seconds_per_step }
    }
}

/// The description of this job: ranks, process grid, host, job id and versions.
pub fn job(world: &World, flow: &dyn Flow) -> Job {
    let ids = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"].iter().filter_map(|name| std::env::var(name).ok());
    Job {
        ranks: world.size(),
        decomposition: flow.decomposition(),
        host: ledger::host(),
        id: ids.into_iter().find(|id| !id.is_empty()),
        rogallo: world.program().to_string(),
        mpi: library_version(),
        hdf5: crate::store::library_version(),
    }
}

impl Run {
    /// Appends an event to the ledger. A failure to write it must not end the run.
    pub(super) fn note(&mut self, event: Event, log: &mut Log) {
        // A job that has taken over the directory writes its own events.
        if !self.world.is_root() || self.directory.is_lost() {
            return;
        }
        let clock = self.clock();
        if let Err(error) = ledger::append(&self.directory.path, clock.step, Some(clock.time), event)
            && !self.tally.warned
        {
            self.tally.warned = true;
            log.line(&format!("warning: {error}; the run goes on without its ledger"));
        }
    }
}
