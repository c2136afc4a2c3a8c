//! A case as the program sees it: every default filled in, every value checked. Units are those of
//! the case itself (a length, a velocity, their quotient the time); nothing is made dimensionless.

mod channel;
mod homogeneous;

use crate::parallel::Method;
use crate::time::{Schedule, StepSize};
use std::path::{Path, PathBuf};

pub use channel::*;
pub use homogeneous::*;

/// One case: what is computed, how, and what is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The stem of the case file.
    pub name: String,
    pub flow: FlowKind,
    pub domain: Domain,
    pub fluid: Fluid,
    pub numerics: Numerics,
    pub time: Time,
    pub parallel: Parallel,
    pub output: Output,
    pub checkpoint: Checkpoint,
}

impl Case {
    /// The checkpoint that the initial field is taken from, if it is.
    pub fn initial_file(&self) -> Option<&Path> {
        match &self.flow {
            FlowKind::Homogeneous(Homogeneous { initial: Initial::File { path }, .. })
            | FlowKind::Channel(Channel { initial: ChannelInitial::File { path }, .. }) => Some(path),
            _ => None,
        }
    }
}

/// Which equations are solved, with all that belongs to them alone.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowKind {
    Homogeneous(Homogeneous),
    Channel(Channel),
}

/// The box and its grid, in the order x, y, z.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// Length of the box, > 0; a channel has 2 in y.
    pub size: [f64; 3],
    /// Physical points; at least 4, with no prime factors but 2, 3, 5 and 7. A channel has at least 9 in y,
    /// `y_j = cos(pi j / (N_y - 1))`, and it is N_y - 1 that has these factors.
    pub grid: [usize; 3],
}

/// The fluid.
#[derive(Clone, Debug, PartialEq)]
pub struct Fluid {
    /// Kinematic viscosity, length^2 / time, >= 0; in a channel > 0.
    pub viscosity: f64,
}

/// What all discretisations have.
#[derive(Clone, Debug, PartialEq)]
pub struct Numerics {
    pub precision: Precision,
    /// Seed of every random number of the run.
    pub seed: u64,
}

/// Reals of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Double,
    Single,
}

/// How time is stepped, and when the run ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    pub step: StepSize,
    pub stop: Stop,
    /// What to do about a blow-up, beside reporting it; `None` ends the run.
    pub retry: Option<Retry>,
}

/// A run that blows up goes back to its last checkpoint and on with steps shorter by `factor`, 0 <
/// factor < 1, so many times in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    pub factor: f64,
    pub times: u64,
}

/// When the run ends: at whichever comes first; at least one is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Simulated time, >= 0.
    pub end: Option<f64>,
    /// Steps from time zero.
    pub steps: Option<u64>,
}

/// How the fields are shared among the ranks; it does not change a bit of the velocity.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// Rows and columns of the process grid, both >= 1; `None` lets the program choose.
    pub process_grid: Option<[usize; 2]>,
    pub exchange: Method,
    /// Minutes without a sign of life after which the watchdog ends the job, > 0; `None` is never.
    pub hang_limit_minutes: Option<f64>,
}

/// What the run writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The run directory; `None` is `runs/NAME`.
    pub directory: Option<PathBuf>,
    /// Lines of `series.csv`.
    pub series: Schedule,
    /// Lines of `budget.csv`, and all spectra; the first and the last state have theirs in any case.
    pub spectra: Schedule,
    /// Physical fields.
    pub snapshots: Schedule,
}

/// When the state is saved for a restart; a run that ends or is stopped saves it in any case.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Wall time in minutes, > 0.
    pub every_minutes: Option<f64>,
    /// >= 1.
    pub every_steps: Option<u64>,
    /// Checkpoints that are kept, the newest ones; >= 1.
    pub keep: usize,
    /// A run whose checkpoints cannot be written for longer than this ends; >= 0.
    pub give_up_after_minutes: Option<f64>,
    /// Ranks that write and read checkpoints and snapshots for all, >= 1 and at most all; `None`
    /// leaves it to the MPI library.
    pub aggregators: Option<usize>,
}
