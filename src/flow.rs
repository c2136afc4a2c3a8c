//! What the driver asks of a flow. A third flow is one more room that implements this, and one more
//! line in `run::flow`.

use crate::case::Case;
use crate::error::Result;
use crate::parallel::World;
use crate::statistics::{BatchRecords, Record};
use crate::time::{Rates, Stability, StepSize};
pub use crate::transform::ModeList;
use crate::transform::{PhaseTimes, Reals, Slab, Values, ValuesMut};
use std::fmt;

/// A flow on all ranks. Every method that computes is collective.
pub trait Flow {
    /// As in `flow.kind`.
    fn name(&self) -> &'static str;

    /// Sets the state at time zero that the flow was built with. What takes long calls `between`
    /// from time to time, on all ranks.
    ///
    /// # Errors
    /// A field that the box or the grid cannot hold; that of `between`.
    fn start(&mut self, between: Between<'_>) -> Result<()>;

    /// Called when fields of [`Flow::start`] have been overwritten from a checkpoint of the case
    /// `from`: sets what hangs on them.
    ///
    /// # Errors
    /// A force that has nothing to act on in them.
    fn started_elsewhere(&mut self, _from: &Case) -> Result<()> {
        Ok(())
    }

    fn clock(&self) -> Clock;

    /// One step, cut short where it would go beyond the time `until`: then the clock shows `until` itself.
    ///
    /// # Errors
    /// A step of no length: a Courant number was asked for of a fluid at rest.
    fn advance(&mut self, until: f64) -> Result<Step>;

    /// From the next step on.
    fn set_step_size(&mut self, step_size: StepSize);

    /// The state, as it goes into checkpoints: this rank's modes of each component.
    fn state(&self) -> Vec<(&str, Values<'_>)>;

    /// To be overwritten from a checkpoint; then [`Flow::resume`].
    fn state_mut(&mut self) -> Vec<(&str, ValuesMut<'_>)>;

    /// Numbers, the same on all ranks, that an exact restart needs beside the state, by name.
    fn restart_scalars(&self) -> Vec<(String, f64)>;

    /// Goes on from the state that was put in, at this time.
    fn resume(&mut self, clock: Clock, restart_scalars: &[(String, f64)]);

    /// The batch of statistics under way, for a checkpoint: all of it at the root; the other ranks
    /// may have only some. Collective.
    fn records(&self) -> Vec<Record> {
        Vec::new()
    }

    /// Goes on with the batch of a checkpoint, in alphabetical order; there may be none. Called
    /// after [`Flow::resume`].
    ///
    /// # Errors
    /// A part of them is missing, or another one: nothing is taken then.
    fn recall(&mut self, _records: Vec<Record>) -> Result<()> {
        Ok(())
    }

    /// Where this rank's modes lie in the list of all modes.
    fn modes(&self) -> ModeList;

    /// Samples of the series: name and value, in the order of the file; the first two are `energy`
    /// and `dissipation`.
    fn observe(&mut self) -> Vec<(String, f64)>;

    /// Adds the state to running statistics, if the flow has any, with the time since the sample
    /// before as its weight; the first one opens the window and adds nothing. A batch that is
    /// closed with that is returned, to be written. Collective.
    fn sample(&mut self) -> Option<BatchRecords> {
        None
    }

    /// No samples are taken at this time: the next one opens a window.
    fn interrupt_sampling(&mut self) {}

    /// The tables that are written less often: spectra, budgets.
    fn spectra(&mut self) -> Vec<Sheet>;

    /// The names of the fields at points.
    fn fields(&self) -> Vec<String>;

    /// One of [`Flow::fields`] at the points of this rank, ordered (z, y, x) with x fastest, in the
    /// order of [`Flow::coordinates`].
    fn points(&mut self, field: usize) -> Reals;

    /// The coordinates of all points in x, in y and in z, ascending: programs that draw rectilinear
    /// grids find no point in others. Where the axes of a moving box are no longer those of space
    /// these are the moving coordinates; a shear in x alone keeps x, y, z.
    fn coordinates(&self) -> [Vec<f64>; 3];

    /// B: the coordinates that move with the mean flow are `xi = B x`.
    fn deformation(&self) -> [[f64; 3]; 3];

    /// The points of this rank, as indices into [`Flow::coordinates`].
    fn slab(&self) -> Slab;

    /// After a blow-up: where, and what the smallest scales are like. Collective.
    fn diagnose(&mut self) -> Diagnosis;

    /// How the work is dealt out, for the log.
    fn decomposition(&self) -> String;

    /// Seconds this rank has spent in each phase so far.
    fn phases(&self) -> PhaseTimes;
}

/// Between the parts of a long preparation: takes a line that says how far it has come. An error
/// ends the preparation. Collective.
pub type Between<'a> = &'a mut dyn FnMut(&str) -> Result<()>;

/// Steps done, and the time reached.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    pub step: u64,
    pub time: f64,
}

/// What one step was.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub dt: f64,
    /// The Courant number `dt max(sum_i |u_i| / dx_i)` at the beginning of the step.
    pub cfl: f64,
    /// All that limits a step, at its beginning.
    pub rates: Rates,
    /// Kinetic energy a unit mass, for the log: at its end, or at its beginning where that is what
    /// is at hand.
    pub energy: f64,
    /// At its end, where it is at hand.
    pub dissipation: Option<f64>,
    /// The kinetic energy that a remesh at its end has dropped, if there was one.
    pub remesh: Option<f64>,
    /// What of the state at its end is not finite. Where something is not, the run ends.
    pub broken: Option<Broken>,
    /// Why the run must end here, with its state saved: the box no longer holds the flow.
    pub end: Option<String>,
}

/// A part of the state that is no longer finite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    Velocity,
    /// The one of this name, while the velocity is sound.
    Scalar(String),
}

impl Broken {
    /// The bit of a scalar in [`Broken::of`].
    pub fn bit(scalar: usize) -> u64 {
        // From the 63rd on they share a bit.
        1 << (scalar + 1).min(63)
    }

    /// What is not finite on any rank, where the bits of a rank say what is not there: the lowest
    /// the velocity, then one for each scalar. Collective.
    pub fn of<'a>(bits: u64, scalars: impl IntoIterator<Item = &'a str>, world: &World) -> Option<Self> {
        match world.any_bits(bits).trailing_zeros() as usize {
            0 => Some(Self::Velocity),
            n => scalars.into_iter().nth(n - 1).map(|name| Self::Scalar(name.to_owned())),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Velocity => f.write_str("the velocity"),
            Self::Scalar(name) => write!(f, "the scalar {name}"),
        }
    }
}

/// What a flow says of itself after a blow-up ([`Flow::diagnose`]); the same on all ranks.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// Sentences that say where the state is not finite or largest.
    pub places: Vec<String>,
    pub tails: Vec<Tail>,
    /// What scheme and truncation can follow.
    pub stability: Stability,
}

/// A spectrum of the velocity gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    /// What it is ordered by.
    pub of: String,
    pub rows: Vec<(f64, f64)>,
}

/// A table of the state at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Its file is `NAME.csv`; the run directory must know it (`run::directory`).
    pub name: String,
    pub columns: Vec<String>,
    /// A value for each column; None is an empty cell.
    pub rows: Vec<Vec<Option<f64>>>,
}
