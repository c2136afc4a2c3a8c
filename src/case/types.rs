//! A case as the program sees it: every default filled in, every value checked. Units are those of the case itself
//! (a length, a velocity, their quotient the time); nothing is made dimensionless.

use crate::parallel::Method;
use crate::time::{RungeKutta, Schedule, StepSize};
use std::path::PathBuf;

/// One case: what is computed, how, and what is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The stem of the case file.
    pub name: String,
    pub flow: FlowKind,
    pub domain: Domain,
    pub fluid: Fluid,
    pub initial: Initial,
    pub numerics: Numerics,
    pub time: Time,
    pub parallel: Parallel,
    pub output: Output,
    pub checkpoint: Checkpoint,
}

/// Which equations are solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowKind {
    /// Homogeneous turbulence in a box that is periodic in all three directions.
    Homogeneous,
}

/// The box and its grid, in the order x, y, z.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// Length of the box, > 0.
    pub size: [f64; 3],
    /// Physical points; at least 4, with no prime factors but 2, 3, 5 and 7.
    pub grid: [usize; 3],
}

/// The fluid.
#[derive(Clone, Debug, PartialEq)]
pub struct Fluid {
    /// Kinematic viscosity, length^2 / time, >= 0.
    pub viscosity: f64,
}

/// The velocity at time zero.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    /// Taylor-Green vortices of velocity `amplitude` in 3 or 2 `dimensions`, one wavelength in each direction of the box.
    TaylorGreen { amplitude: f64, dimensions: usize },
    /// The Arnold-Beltrami-Childress flow of velocities `a`, `b`, `c` with `wavenumber` >= 1 waves in the box.
    Abc { a: f64, b: f64, c: f64, wavenumber: usize },
    /// One Fourier mode: integer labels of its wavenumber (not all zero), velocity amplitude, phase in radians.
    Mode { wavenumber: [i64; 3], amplitude: [f64; 3], phase: f64 },
    /// A random solenoidal field of the given energy spectrum; its seed is `numerics.seed`.
    Random {
        /// Mean kinetic energy a unit mass, velocity^2, > 0, that the spectrum is scaled to; `None` takes a table as it stands.
        energy: Option<f64>,
        spectrum: Spectrum,
    },
}

/// Shape of an energy spectrum E(k) over the physical wavenumber k (radians a length).
#[derive(Clone, Debug, PartialEq)]
pub enum Spectrum {
    /// E ~ k^4 exp(-2 (k / peak)^2).
    PassotPouquet { peak_wavenumber: f64 },
    /// von Karman's energy range joined to Pao's dissipation range.
    VonKarmanPao { peak_wavenumber: f64 },
    /// E ~ k^exponent for k_min <= k <= k_max, zero elsewhere.
    Power { exponent: f64, k_min: f64, k_max: f64 },
    /// Pairs (k, E), joined by straight lines in log k and log E: k > 0 ascending, E >= 0 and not all zero.
    Table { table: Vec<(f64, f64)> },
}

/// How the equations are discretised.
#[derive(Clone, Debug, PartialEq)]
pub struct Numerics {
    pub dealiasing: Dealiasing,
    pub precision: Precision,
    /// Seed of every random number of the run.
    pub seed: u64,
}

/// How aliases of the products are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dealiasing {
    /// Truncation to |n| < N/3 in each direction; exact.
    TwoThirds,
    /// Randomly shifted grids from stage to stage, truncation to an ellipsoid of radius sqrt(2)/3 N.
    PhaseShift,
    /// The same truncation, both grids evaluated in every stage.
    PhaseShiftExact,
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
    pub scheme: RungeKutta,
    pub step: StepSize,
    pub stop: Stop,
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
}

/// What the run writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The run directory; `None` is `runs/NAME`.
    pub directory: Option<PathBuf>,
    /// Lines of `series.csv`.
    pub series: Schedule,
    /// Energy spectra; the first and the last state have theirs in any case.
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
}
