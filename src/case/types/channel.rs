//! The plane channel between walls at y = -1 and y = 1: x streamwise, y normal to the walls, z
//! spanwise; x and z are periodic. Lengths are in half-heights.

use crate::time::Schedule;
use std::path::PathBuf;

/// What belongs to this flow alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    pub drive: Drive,
    /// Angular velocity of the frame about z, Omega, radians a time.
    pub rotation: f64,
    pub walls: Walls,
    /// Speed in x of the frame that the flow is computed in: the equations do not depend on it, the
    /// length of the steps does. Case, statistics and output are those of the laboratory.
    pub frame_velocity: f64,
    /// In alphabetical order of their names.
    pub scalars: Vec<ChannelScalar>,
    pub initial: ChannelInitial,
    /// Products are evaluated on the N_y points, but only 2/3 of the Chebyshev polynomials are kept.
    pub dealiase_y: bool,
    pub sampling: Sampling,
}

/// What drives the flow along x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drive {
    /// The mean over y of the mean velocity, in the laboratory; the pressure gradient follows.
    MassFlux { bulk_velocity: f64 },
    /// -dP/dx over the density, acceleration; 0 leaves all to the walls (Couette flow).
    PressureGradient { gradient: f64 },
}

/// What the walls do, the lower one first; by default nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walls {
    /// U of each wall, in the laboratory.
    pub velocity: [f64; 2],
    pub oscillation: Option<Oscillation>,
    pub transpiration: Vec<Transpiration>,
}

impl Walls {
    /// The mean of U of both walls: what a bulk velocity is relative to, so that it does not depend
    /// on the observer.
    pub fn mean_velocity(&self) -> f64 {
        0.5 * (self.velocity[0] + self.velocity[1])
    }
}

/// Both walls move along z: `W = amplitude sin(2 pi t / period)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Oscillation {
    pub amplitude: f64,
    /// > 0.
    pub period: f64,
}

/// Steady blowing and suction without net flux:
/// `v = amplitude cos(2 pi (n_x x / L_x + n_z z / L_z) + phase)` at a wall, positive along +y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transpiration {
    pub wall: WallSide,
    pub amplitude: f64,
    /// n_x, n_z: not both zero, and modes that the grid keeps.
    pub wavenumber: [i64; 2],
    /// Radians.
    pub phase: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallSide {
    Lower,
    Upper,
    Both,
}

/// A passive scalar: `d theta/dt + u.grad theta = nu/Sc lap theta + source`; it starts from the
/// profile of pure conduction.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelScalar {
    /// As for [`super::Scalar`].
    pub name: String,
    /// nu over the diffusivity, > 0.
    pub schmidt: f64,
    pub boundary: ScalarBoundary,
}

/// How a scalar gets its mean gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScalarBoundary {
    /// Its values at the walls.
    Values { lower: f64, upper: f64 },
    /// A uniform source, with 0 at both walls.
    Source { rate: f64 },
}

/// The velocity at time zero.
#[derive(Clone, Debug, PartialEq)]
pub enum ChannelInitial {
    /// The laminar profile of drive and walls.
    Laminar,
    /// Reichardt's mean profile and random solenoidal disturbances, whose rms `amplitude` is a
    /// fraction of the bulk velocity, >= 0.
    Turbulent { amplitude: f64 },
    /// An eigenmode of the linear problem on top of the laminar profile.
    Eigenmode {
        family: Eigenfamily,
        /// n_x, n_z: not both zero, and modes that the grid keeps.
        wavenumber: [i64; 2],
        /// 0 is the least stable one.
        index: usize,
        /// The largest of its velocity components.
        amplitude: f64,
    },
    /// A checkpoint of this flow, of any grid or box.
    File { path: PathBuf },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eigenfamily {
    /// With a velocity normal to the walls.
    OrrSommerfeld,
    /// Without: vorticity normal to the walls only.
    Squire,
}

/// When profiles and spectra are added to the running sums, and how these are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    pub schedule: Schedule,
    /// Not before this time.
    pub from: f64,
    pub batches: Batches,
}

/// Sums over samples are kept in batches, stretches of time of one length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batches {
    /// > 0.
    pub length: f64,
    /// Batches that a sum of spectra covers, >= 1.
    pub of_spectra: u64,
}
