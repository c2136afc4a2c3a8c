//! Homogeneous turbulence in a box that is periodic in all three directions.

use crate::time::RungeKutta;
use std::path::PathBuf;

/// What belongs to this flow alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Homogeneous {
    /// Whether the products of fluctuations are there; without them the run is rapid distortion theory.
    pub nonlinear: bool,
    pub mean: Mean,
    /// In alphabetical order of their names.
    pub scalars: Vec<Scalar>,
    pub forcing: Option<Forcing>,
    pub initial: Initial,
    pub dealiasing: Dealiasing,
    pub scheme: RungeKutta,
}

/// The mean flow of a homogeneous case: `U_i = A_ij x_j` seen from a frame that turns with Omega.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    pub gradient: Gradient,
    /// Omega, radians a time, in x, y, z.
    pub rotation: [f64; 3],
    /// From each time on, the factor of the gradient, >= 0; the first time is 0, times ascend.
    pub schedule: Vec<(f64, f64)>,
}

impl Default for Mean {
    /// A fluid at rest.
    fn default() -> Self {
        Self { gradient: Gradient::None, rotation: [0.0; 3], schedule: vec![(0.0, 1.0)] }
    }
}

/// The mean velocity gradient `A_ij = dU_i / dx_j`; rates are 1 / time and may have either sign for shear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gradient {
    None,
    /// U = S y: A_xy = S.
    Shear {
        rate: f64,
    },
    /// A = diag(a, -a, 0).
    PlaneStrain {
        rate: f64,
    },
    /// A = diag(a, -a/2, -a/2): stretched along x, as in a wind-tunnel contraction.
    AxisymmetricContraction {
        rate: f64,
    },
    /// A = diag(-a, a/2, a/2).
    AxisymmetricExpansion {
        rate: f64,
    },
    /// Any traceless A.
    General([[f64; 3]; 3]),
}

impl Gradient {
    /// A.
    pub fn matrix(self) -> [[f64; 3]; 3] {
        let diagonal = |a: [f64; 3]| [[a[0], 0.0, 0.0], [0.0, a[1], 0.0], [0.0, 0.0, a[2]]];
        match self {
            Self::None => diagonal([0.0; 3]),
            Self::Shear { rate } => [[0.0, rate, 0.0], [0.0; 3], [0.0; 3]],
            Self::PlaneStrain { rate } => diagonal([rate, -rate, 0.0]),
            Self::AxisymmetricContraction { rate } => diagonal([rate, -rate / 2.0, -rate / 2.0]),
            Self::AxisymmetricExpansion { rate } => diagonal([-rate, rate / 2.0, rate / 2.0]),
            Self::General(matrix) => matrix,
        }
    }
}

/// A scalar that the velocity carries: `d theta/dt + u.grad theta + G.u = nu/Sc lap theta`, and
/// `du/dt = .. + buoyancy theta`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// Lower-case letters, digits and `_`; not one of u, v, w, x, y, z.
    pub name: String,
    /// nu over the diffusivity, > 0.
    pub schmidt: f64,
    /// The mean gradient G at time zero; it deforms with the mean flow.
    pub gradient: [f64; 3],
    /// Acceleration per unit of the scalar; zero for a passive one.
    pub buoyancy: [f64; 3],
    pub initial: ScalarInitial,
}

/// A scalar at time zero.
#[derive(Clone, Debug, PartialEq)]
pub enum ScalarInitial {
    Zero,
    /// `amplitude cos(k.x + phase)`.
    Mode {
        wavenumber: [i64; 3],
        amplitude: f64,
        phase: f64,
    },
    /// Random phases with a spectrum of this shape and `1/2 <theta^2> = energy`; `None` takes a
    /// table as it stands.
    Random {
        energy: Option<f64>,
        spectrum: Spectrum,
    },
}

/// What keeps the turbulence up.
#[derive(Clone, Debug, PartialEq)]
pub enum Forcing {
    /// `f = P / (2 E_band) u` on `k_min <= k <= k_max`: the injected power P is constant.
    ConstantPower { power: f64, k_min: f64, k_max: f64 },
    /// Eswaran & Pope (1988): an Ornstein-Uhlenbeck process of this variance (acceleration^2) and
    /// correlation time for each component of each mode with k_min <= k <= k_max, projected.
    OrnsteinUhlenbeck { variance: f64, correlation_time: f64, k_min: f64, k_max: f64 },
    /// `f = rate u` on all modes (Lundgren 2003; Rosales & Meneveau 2005).
    Linear { rate: f64 },
    /// The energy of each shell with `k_min <= k <= k_max` stays what it was at time zero (Chen et al. 1993).
    FrozenShells { k_min: f64, k_max: f64 },
    /// A steady body force `f`.
    Body(BodyForce),
}

/// Steady forces; wavenumbers are waves to a box length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BodyForce {
    /// `f_x = F sin(k y)`.
    Kolmogorov { amplitude: f64, wavenumber: usize },
    /// `f = F (sin x cos y cos z, -cos x sin y cos z, 0)`.
    TaylorGreen { amplitude: f64, wavenumber: usize },
    /// `f = (A sin kz + C cos ky, B sin kx + A cos kz, C sin ky + B cos kx)`.
    Abc { a: f64, b: f64, c: f64, wavenumber: usize },
}

/// The velocity at time zero.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    /// Taylor-Green vortices of velocity `amplitude` in 3 or 2 `dimensions`, one wavelength in each
    /// direction of the box.
    TaylorGreen { amplitude: f64, dimensions: usize },
    /// The Arnold-Beltrami-Childress flow of velocities `a`, `b`, `c` with `wavenumber` >= 1 waves
    /// in the box.
    Abc { a: f64, b: f64, c: f64, wavenumber: usize },
    /// One Fourier mode: integer labels of its wavenumber (not all zero), velocity amplitude, phase
    /// in radians.
    Mode { wavenumber: [i64; 3], amplitude: [f64; 3], phase: f64 },
    /// A random solenoidal field of the given energy spectrum; its seed is `numerics.seed`.
    Random {
        /// Mean kinetic energy a unit mass, velocity^2, > 0, that the spectrum is scaled to; `None`
        /// takes a table as it stands.
        energy: Option<f64>,
        spectrum: Spectrum,
        /// Let the field decay first, without mean flow, forcing and scalars, until it is turbulence.
        develop: Option<Develop>,
    },
    /// A checkpoint of this flow, of any grid or box.
    File { path: PathBuf },
}

/// A run before the run, from random phases to developed turbulence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Develop {
    /// It ends when the skewness of du/dx, averaged over the three directions, is this or less; in (-1, 0).
    pub skewness: f64,
    /// What the field is then scaled to.
    pub rescale: Rescale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rescale {
    /// The spectrum that it started with, shell by shell.
    Spectrum,
    /// The energy that it started with.
    Energy,
    Nothing,
}

/// Shape of an energy spectrum E(k) over the physical wavenumber k (radians a length).
#[derive(Clone, Debug, PartialEq)]
pub enum Spectrum {
    /// E ~ k^4 exp(-2 (k / peak)^2).
    PassotPouquet { peak_wavenumber: f64 },
    /// von Karman's energy range joined to Pao's dissipation range of this Kolmogorov length;
    /// `None` is 1 / (50 k_p).
    VonKarmanPao { peak_wavenumber: f64, kolmogorov_length: Option<f64> },
    /// E ~ k^exponent for k_min <= k <= k_max, zero elsewhere.
    Power { exponent: f64, k_min: f64, k_max: f64 },
    /// Pairs (k, E), joined by straight lines in log k and log E: k > 0 ascending, E >= 0 and not all zero.
    Table { table: Vec<(f64, f64)> },
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
