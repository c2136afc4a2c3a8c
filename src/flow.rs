//! The interface between the driver and a flow. What a flow says of a case before it is built is in
//! `definition`.

use crate::case::Case;
use crate::error::Result;
use crate::field::Modes;
use crate::parallel::World;
pub use crate::point_boxes::SeeBox;
use crate::statistics::{BatchRecords, Records};
use crate::store::StoredRecords;
use crate::time::{Rates, Stability, StepSize};
pub use crate::transform::ModeList;
use crate::transform::{PhaseTimes, Reals, Slab, Values, ValuesMut};
use std::fmt;

/// A flow on all ranks. Its fields are velocity and scalars. Every method that computes is collective.
pub trait Flow: Modes {
    /// The name of the flow, as in `flow.kind`.
    fn name(&self) -> &'static str;

    /// Sets the initial state that the flow was built with. A long preparation calls `between` from
    /// time to time, on all ranks.
    ///
    /// # Errors
    /// A field that the box or the grid cannot hold; an error of `between`.
    fn start(&mut self, between: Between<'_>) -> Result<()>;

    /// Updates everything that depends on the fields of [`Flow::start`] after they have been
    /// overwritten from a checkpoint of the case `from`.
    ///
    /// # Errors
    /// A force that has nothing to act on in these fields.
    fn started_elsewhere(&mut self, _from: &Case) -> Result<()> {
        Ok(())
    }

    fn clock(&self) -> Clock;

    /// Takes one step, which is cut short if it would go beyond the time `until`: the clock then shows
    /// exactly `until`.
    ///
    /// # Errors
    /// A step without a length: a Courant number with a fluid at rest.
    fn advance(&mut self, until: f64) -> Result<Step>;

    /// Sets the step size from the next step on.
    fn set_step_size(&mut self, step_size: StepSize);

    /// The state, as it goes into checkpoints: this rank's modes of each component.
    fn state(&self) -> Vec<(&str, Values<'_>)>;

    /// The state, to be overwritten from a checkpoint before [`Flow::resume`].
    fn state_mut(&mut self) -> Vec<(&str, ValuesMut<'_>)>;

    /// Numbers, the same on all ranks, that an exact restart needs in addition to the state, by name.
    fn restart_scalars(&self) -> Vec<(String, f64)>;

    /// Continues from the restored state at this time.
    fn resume(&mut self, clock: Clock, restart_scalars: &[(String, f64)]);

    /// The open batch of statistics for a checkpoint.
    fn records(&self) -> Records {
        Records::default()
    }

    /// Restores the open batch of a checkpoint; there may be none. Called after [`Flow::resume`].
    ///
    /// # Errors
    /// The same on all ranks: missing or unknown records; nothing is restored then.
    fn recall(&mut self, _records: &mut StoredRecords) -> Result<()> {
        Ok(())
    }

    /// The place of this rank's modes in the list of all modes.
    fn modes(&self) -> ModeList;

    /// Samples of the series: name and value, in the order of the file; the first two are `energy`
    /// and `dissipation`.
    fn observe(&mut self) -> Vec<(String, f64)>;

    /// Adds the state to the statistics, if the flow has any, with the time since the previous sample
    /// as its weight; the first sample opens the window and adds nothing. Returns a batch that this
    /// sample completes, to be written. Collective.
    fn sample(&mut self) -> Option<BatchRecords> {
        None
    }

    /// Interrupts sampling: the next sample opens a window.
    fn interrupt_sampling(&mut self) {}

    /// The tables that are written less often: spectra, budgets.
    fn spectra(&mut self) -> Vec<OutputTable>;

    /// The unit of a field of the state or at points.
    fn unit(&self, field: &str) -> &'static str {
        match field {
            "u" | "v" | "w" => "velocity of the case",
            _ => "scalar of the case",
        }
    }

    /// Shows `see` one of [`Modes::fields`] at the points of this rank, in boxes of at most so many
    /// `planes` of y: the planes, and the points ordered (z, y, x) with x fastest, in the order of
    /// [`Flow::coordinates`]. Collective.
    fn visit_points(&mut self, field: usize, planes: usize, see: SeeBox<'_>);

    /// One of [`Modes::fields`] at all points of this rank, in one such box. Collective.
    fn points(&mut self, field: usize) -> Reals {
        let mut whole = Reals::F64(Vec::new());
        self.visit_points(field, usize::MAX, &mut |_, points| whole = points);
        whole
    }

    /// The coordinates of all points in x, in y and in z, ascending, as programs that draw rectilinear
    /// grids require. If the axes of a moving box are no longer those of space, these are the moving
    /// coordinates; a shear in x alone keeps x, y, z.
    fn coordinates(&self) -> [Vec<f64>; 3];

    /// The matrix B of the coordinates `xi = B x` that move with the mean flow.
    fn deformation(&self) -> [[f64; 3]; 3];

    /// The points of this rank, as indices into [`Flow::coordinates`].
    fn slab(&self) -> Slab;

    /// Diagnoses a blow-up: its place, and the smallest scales. Collective.
    fn diagnose(&mut self) -> Diagnosis;

    /// Describes the distribution of the work over the ranks, for the log.
    fn decomposition(&self) -> String;

    /// Seconds this rank has spent in each phase so far.
    fn phases(&self) -> PhaseTimes;
}

/// A callback between the parts of a long preparation, which receives a line about its progress. An
/// error ends the preparation. Collective.
pub type Between<'a> = &'a mut dyn FnMut(&str) -> Result<()>;

/// Number of steps done, and the time reached.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    pub step: u64,
    pub time: f64,
}

/// The result of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub dt: f64,
    /// The Courant number `dt max(sum_i |u_i| / dx_i)` at the beginning of the step.
    pub cfl: f64,
    /// All that limits a step, at its beginning.
    pub rates: Rates,
    /// Kinetic energy per unit mass, for the log: at the end of the step or, if only that is available,
    /// at its beginning.
    pub energy: f64,
    /// Dissipation at the end of the step, if available.
    pub dissipation: Option<f64>,
    /// The kinetic energy that a remesh at its end has dropped, if there was one.
    pub remesh: Option<f64>,
    /// The part of the state that is not finite at the end of the step. If there is one, the run ends.
    pub broken: Option<Broken>,
    /// The reason why the run must end here, with its state saved: the flow has outgrown the box.
    pub end: Option<String>,
}

/// A part of the state that is no longer finite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    Velocity,
    /// The scalar with this name, while the velocity is sound.
    Scalar(String),
}

impl Broken {
    /// The bit of a scalar in [`Broken::of`].
    pub fn bit(scalar: usize) -> u64 {
        // From the 63rd on they share a bit.
        1 << (scalar + 1).min(63)
    }

    /// The part that is not finite on any rank. `bits` marks the parts that are not finite on this
    /// rank: the lowest bit the velocity, then one for each scalar. Collective.
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

/// The diagnosis of a blow-up ([`Flow::diagnose`]), the same on all ranks.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// Sentences about the places where the state is not finite or largest.
    pub places: Vec<String>,
    pub tails: Vec<Tail>,
    /// Stability limits of scheme and truncation.
    pub stability: Stability,
}

/// A spectrum of the velocity gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    /// The quantity over which the spectrum is given.
    pub of: String,
    pub rows: Vec<(f64, f64)>,
}

/// A table of the state at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputTable {
    /// Its file is `NAME.csv`; it is among [`crate::definition::Definition::tables`].
    pub name: String,
    pub columns: Vec<String>,
    /// A value for each column; None is an empty cell.
    pub rows: Vec<Vec<Option<f64>>>,
}
