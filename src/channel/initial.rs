//! The state at time zero.

use super::profiles::{pack, unpack};
use super::stability::{Eigenmode, Family, eigenmode};
use super::{Channel, Parameters, boundary};
use crate::channel::case::{ChannelInitial, Drive, Eigenfamily, Nominal, ScalarBoundary, nominal};
use crate::chebyshev::{Points, bulk, derivative};
use crate::error::Result;
use crate::parallel::ExactSum;
use crate::random::{Purpose, uniform};
use crate::transform::Real;
use num_complex::Complex;
use std::f64::consts::TAU;

/// Disturbances have these polynomials in y, times what meets the wall conditions, and wavelengths
/// down to about this (in half-heights).
const POLYNOMIALS: usize = 4;
const SHORTEST_WAVE: f64 = 0.6;

impl<T: Real> Channel<T> {
    /// Sets velocity and scalars; collective.
    ///
    /// # Errors
    /// A field that the grid cannot hold.
    #[inline(never)]
    pub fn set(&mut self, initial: &ChannelInitial) -> Result<()> {
        self.state.iter_mut().for_each(|field| field.fill(Complex::default()));
        let laminar = laminar_profile(&self.parameters);
        match initial {
            ChannelInitial::Laminar => self.set_profiles(laminar, |_| 0.0),
            ChannelInitial::Turbulent { amplitude } => {
                let turbulent = self.turbulent_profile();
                self.set_profiles(turbulent, |_| 0.0);
                self.disturb(*amplitude);
            }
            ChannelInitial::Eigenmode { family, wavenumber, index, amplitude } => {
                let mode = eigenmode_of(&self.parameters, &self.grid, *family, *wavenumber, *index)?;
                // The mode and its conjugate make up the field.
                let half =
                    |line: &[Complex<f64>]| line.iter().map(|a| a * (0.5 * amplitude)).collect::<Vec<_>>();
                self.set_profiles(laminar, |_| 0.0);
                self.add_mode(*wavenumber, &half(&mode.v), &half(&mode.eta));
            }
            // The driver puts the velocity in: flows know no files.
            ChannelInitial::File { .. } => {}
        }
        let turbulent = matches!(initial, ChannelInitial::Turbulent { .. });
        for s in 0..self.parameters.scalars.len() {
            self.set_scalar(s, turbulent);
        }
        Ok(())
    }

    /// Reichardt's (1951) profile of the nominal friction and bulk velocity. The distance from the
    /// wall is taken as `(1 - y^2) / 2`, which is smooth in the centre; the part of walls that move
    /// apart is odd in y.
    fn turbulent_profile(&self) -> impl Fn(f64) -> f64 + use<T> {
        let Nominal { friction_velocity, bulk_velocity } =
            nominal(self.parameters.drive, &self.parameters.walls, self.parameters.viscosity);
        let reynolds = friction_velocity / self.parameters.viscosity;
        let [lower, upper] = self.parameters.walls.velocity;
        let (middle, half) = (0.5 * (upper + lower), 0.5 * (upper - lower));
        let even = move |y: f64| reichardt(0.5 * (1.0 - y * y) * reynolds);
        let mean: f64 = self.grid.y.iter().zip(&self.grid.weights).map(|(y, weight)| weight * even(*y)).sum();
        let odd = move |y: f64| {
            (reichardt((1.0 + y) * reynolds) - reichardt((1.0 - y) * reynolds)) / reichardt(2.0 * reynolds)
        };
        move |y| middle + half * odd(y) + (bulk_velocity - middle) * even(y) / mean
    }

    /// Sets the mean profiles U and W to these functions of y; collective.
    pub fn set_profiles(&mut self, u: impl Fn(f64) -> f64, w: impl Fn(f64) -> f64) {
        self.set_profile(0, u);
        self.set_profile(1, w);
    }

    /// Sets the mean of a field of the state.
    fn set_profile(&mut self, field: usize, profile: impl Fn(f64) -> f64) {
        let Self { pencils, state, grid, operators, .. } = self;
        let Some(mean) = pencils.layout.columns.iter().position(|column| column.is_mean()) else { return };
        let values: Vec<f64> = grid.y.iter().map(|y| profile(*y)).collect();
        let coefficients = grid.coefficients(&values).into_iter().take(operators.kept);
        for (mode, value) in state[field][pencils.layout.range(mean)].iter_mut().zip(coefficients) {
            *mode = pack(value);
        }
    }

    /// Pure conduction; from a uniform source into turbulence as much as Reynolds' analogy has,
    /// `theta / (source / u_tau) = U / u_tau`.
    fn set_scalar(&mut self, s: usize, turbulent: bool) {
        let Self { parameters, .. } = self;
        let scalar = &parameters.scalars[s];
        let ([lower, upper], rate) = boundary(scalar);
        let diffusivity = parameters.viscosity / scalar.schmidt;
        let Nominal { friction_velocity, .. } =
            nominal(parameters.drive, &parameters.walls, parameters.viscosity);
        let reynolds = friction_velocity / parameters.viscosity;
        let analogy =
            turbulent && friction_velocity > 0.0 && matches!(scalar.boundary, ScalarBoundary::Source { .. });
        self.set_profile(2 + s, move |y| match analogy {
            true => rate / friction_velocity * reichardt(0.5 * (1.0 - y * y) * reynolds),
            false => {
                0.5 * (upper + lower) + 0.5 * (upper - lower) * y + 0.5 * rate / diffusivity * (1.0 - y * y)
            }
        });
    }

    /// Adds random solenoidal disturbances whose rms velocity is `amplitude` times the bulk
    /// velocity, or half the difference of the walls' velocities where that is larger. Every
    /// wavenumber gets `v ~ (1 - y^2)^2 sum_m c_m T_m / k` and `eta ~ (1 - y^2) sum_m d_m T_m`;
    /// they are the same on any number of ranks. Collective.
    fn disturb(&mut self, amplitude: f64) {
        let seed = self.parameters.seed;
        let columns: Vec<_> =
            self.pencils.layout.columns.iter().copied().filter(|column| !column.is_mean()).collect();
        for column in columns {
            let [kx, kz] = self.wavenumbers.of(&column).map(Real::wide);
            let k = kx.hypot(kz);
            let shape = (-(k * SHORTEST_WAVE / TAU).powi(2)).exp();
            if shape < 1e-12 {
                continue;
            }
            let [mut v, mut eta] = [[Complex::default(); POLYNOMIALS]; 2];
            for m in 0..POLYNOMIALS {
                let [a, b, _] = uniform(seed, Purpose::InitialField, [column.nx as i64, m as i64, column.nz]);
                (v[m], eta[m]) =
                    (Complex::from_polar(shape / k, TAU * a), Complex::from_polar(shape, TAU * b));
            }
            let wall = |line: &[Complex<f64>]| times_one_minus_square(line);
            self.add_mode([column.nx as i64, column.nz], &wall(&wall(&v)), &wall(&eta));
        }
        let [lower, upper] = self.parameters.walls.velocity;
        let nominal = nominal(self.parameters.drive, &self.parameters.walls, self.parameters.viscosity);
        let asked = amplitude
            * (nominal.bulk_velocity - 0.5 * (upper + lower)).abs().max(0.5 * (upper - lower).abs());
        let rms = self.rms_of_disturbances();
        let factor = if rms > 0.0 { T::of(asked / rms) } else { T::zero() };
        let Self { pencils, state, .. } = self;
        for (c, _) in pencils.layout.columns.iter().enumerate().filter(|(_, column)| !column.is_mean()) {
            for field in &mut state[..2] {
                field[pencils.layout.range(c)].iter_mut().for_each(|mode| *mode = mode.scale(factor));
            }
        }
    }

    /// The root of the mean square of the velocity without its mean profiles. Collective.
    fn rms_of_disturbances(&mut self) -> f64 {
        let mut total = ExactSum::default();
        for column in self.pencils.layout.columns.clone().iter().filter(|column| !column.is_mean()) {
            let lines = self.velocity_of([column.nx as i64, column.nz]).into_iter().flatten();
            lines.for_each(|line| total.add(column.weight() * self.grid.mean_square(&line)));
        }
        total.total(&self.world).sqrt()
    }

    /// Adds a disturbance of the wavenumbers of label (n_x, n_z) != 0, given by the Chebyshev
    /// coefficients of v, which meets the wall conditions, and of eta. Collective; a label that is
    /// not kept is ignored.
    #[inline(never)]
    pub fn add_mode(&mut self, label: [i64; 2], v: &[Complex<f64>], eta: &[Complex<f64>]) {
        let Self { pencils, state, operators, wavenumbers, .. } = self;
        for (c, column) in pencils.layout.columns.iter().enumerate() {
            let stored = [column.nx as i64, column.nz];
            let conjugate = stored.map(|n| -n) == label;
            if stored != label && !conjugate {
                continue;
            }
            let k2: f64 = wavenumbers.of(column).iter().map(|k| k.wide() * k.wide()).sum();
            let second = derivative(&derivative(v));
            let range = pencils.layout.range(c);
            for n in 0..operators.kept {
                let at = |line: &[Complex<f64>]| line.get(n).copied().unwrap_or_default();
                let mode = [at(&second) - at(v) * k2, at(eta)];
                for (field, mode) in state.iter_mut().zip(mode) {
                    let mode = if conjugate { mode.conj() } else { mode };
                    field[range.start + n] += Complex::new(T::of(mode.re), T::of(mode.im));
                }
            }
        }
    }

    /// The Chebyshev coefficients of u, v and w of the label (n_x, n_z), if this rank holds it.
    #[inline(never)]
    pub fn velocity_of(&mut self, label: [i64; 2]) -> Option<[Vec<Complex<f64>>; 3]> {
        let Self { pencils, state, operators, wavenumbers, walls, velocity, clock, .. } = self;
        let c = pencils.layout.columns.iter().position(|column| [column.nx as i64, column.nz] == label)?;
        let (column, range) = (&pencils.layout.columns[c], pencils.layout.range(c));
        let [phi, eta] = [0, 1].map(|f: usize| &state[f][range.clone()]);
        if column.is_mean() {
            let [u, w] =
                [phi, eta].map(|profile| profile.iter().map(|packed| unpack(*packed).into()).collect());
            return Some([u, vec![Complex::default(); operators.kept], w]);
        }
        let mut lines: [Vec<Complex<T>>; 3] =
            std::array::from_fn(|_| vec![Complex::default(); operators.kept]);
        let column = std::slice::from_ref(column);
        velocity.solve(
            operators,
            wavenumbers.of_columns(column),
            [phi, eta],
            walls.through(column, clock.time),
        );
        velocity.copy_out(0, lines.each_mut().map(|line| &mut line[..]));
        Some(lines.map(|line| line.iter().map(|a| Complex::new(a.re.wide(), a.im.wide())).collect()))
    }
}

/// `nu U'' = dP/dx` between the walls.
fn laminar_profile(parameters: &Parameters) -> impl Fn(f64) -> f64 + use<> {
    let [lower, upper] = parameters.walls.velocity;
    let (middle, half) = (0.5 * (upper + lower), 0.5 * (upper - lower));
    let parabola = match parameters.drive {
        Drive::MassFlux { bulk_velocity } => 1.5 * (bulk_velocity - middle),
        Drive::PressureGradient { gradient } => 0.5 * gradient / parameters.viscosity,
    };
    move |y| middle + half * y + parabola * (1.0 - y * y)
}

/// The mode of the laminar profile on this grid.
fn eigenmode_of(
    parameters: &Parameters,
    grid: &Points,
    family: Eigenfamily,
    label: [i64; 2],
    index: usize,
) -> Result<Eigenmode> {
    let family = match family {
        Eigenfamily::OrrSommerfeld => Family::OrrSommerfeld,
        Eigenfamily::Squire => Family::Squire,
    };
    let laminar = laminar_profile(parameters);
    let values: Vec<f64> = grid.y.iter().map(|y| laminar(*y)).collect();
    let k = [0, 1].map(|i: usize| TAU * label[i] as f64 / parameters.size[2 * i]);
    eigenmode(family, &grid.coefficients(&values)[..parameters.kept()], parameters.viscosity, k, index)
}

impl Parameters {
    /// Refuses what [`Channel::set`] would refuse.
    ///
    /// # Errors
    /// An eigenmode that does not exist, or that the grid does not resolve.
    pub fn refuse_impossible(&self) -> Result<()> {
        if let Some(ChannelInitial::Eigenmode { family, wavenumber, index, .. }) = &self.initial {
            eigenmode_of(self, &Points::new(self.grid[1]), *family, *wavenumber, *index)?;
        }
        Ok(())
    }
}

/// The change of the mean profile of another run to the walls and the mass flux of this one. Otherwise
/// the first step would enforce them by an impulse at the walls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanChange {
    /// The velocities of the lower and the upper wall, in the other run and in this one. The
    /// profile is seen from the straight line between them, which is replaced.
    pub walls: [[f64; 2]; 2],
    pub flux: FluxChange,
}

/// The change of the mass flux, seen from the walls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FluxChange {
    Nothing,
    /// Multiplies the profile by this factor, which keeps its shape.
    Scaled(f64),
    /// Adds a parabola of this flux, if no multiple of the profile has the flux.
    Added(f64),
}

impl FluxChange {
    /// From the bulk velocity `found` to `bulk_velocity`, relative to the walls.
    fn new(found: f64, bulk_velocity: f64) -> Self {
        let factor = bulk_velocity / found;
        if (bulk_velocity - found).abs() <= 1e-6 * bulk_velocity.abs().max(found.abs()) {
            Self::Nothing
        } else if (0.1..=10.0).contains(&factor) {
            Self::Scaled(factor)
        } else {
            Self::Added(bulk_velocity - found)
        }
    }
}

impl MeanChange {
    /// From a profile of the bulk velocity `found` between the walls `before` to the `drive` and
    /// the walls `now`.
    pub fn new(found: f64, before: [f64; 2], drive: Drive, now: [f64; 2]) -> Self {
        let middle = |[lower, upper]: [f64; 2]| 0.5 * (lower + upper);
        let flux = match drive {
            Drive::MassFlux { bulk_velocity } => {
                FluxChange::new(found - middle(before), bulk_velocity - middle(now))
            }
            Drive::PressureGradient { .. } => FluxChange::Nothing,
        };
        Self { walls: [before, now], flux }
    }

    /// Changes the Chebyshev coefficients of U.
    fn apply(self, u: &mut [f64]) {
        let [before, now] = self.walls.map(|[lower, upper]| [0.5 * (lower + upper), 0.5 * (upper - lower)]);
        let factor = if let FluxChange::Scaled(factor) = self.flux { factor } else { 1.0 };
        u.iter_mut().for_each(|u| *u *= factor);
        for ((u, before), now) in u.iter_mut().zip(before).zip(now) {
            *u += now - factor * before;
        }
        // 3/2 (1 - y^2) = 3/4 (T_0 - T_2)
        if let FluxChange::Added(more) = self.flux {
            u[0] += 0.75 * more;
            u[2] -= 0.75 * more;
        }
    }
}

impl<T: Real> Channel<T> {
    /// Brings a mean profile that was taken from a file, of a run between the walls `before`, to
    /// the walls and the mass flux of the case.
    pub(super) fn meet_walls_and_flux(&mut self, before: [f64; 2]) {
        let Some(range) = self.mean_column() else { return };
        let Parameters { drive, walls, .. } = &self.parameters;
        let mut u: Vec<f64> = self.state[0][range.clone()].iter().map(|u| unpack(*u)).collect();
        MeanChange::new(bulk(u.iter().copied()), before, *drive, walls.velocity).apply(&mut u);
        self.state[0][range].iter_mut().zip(u).for_each(|(mode, u)| *mode = pack(u));
    }
}

/// `(1 - y^2) f`, by `T_2 T_n = (T_{n+2} + T_{|n-2|}) / 2`.
fn times_one_minus_square(f: &[Complex<f64>]) -> Vec<Complex<f64>> {
    let mut product = vec![Complex::default(); f.len() + 2];
    for (n, f) in f.iter().enumerate() {
        product[n] += f * 0.5;
        product[n + 2] -= f * 0.25;
        product[n.abs_diff(2)] -= f * 0.25;
    }
    product
}

/// U+ at y+ (Reichardt 1951).
fn reichardt(y: f64) -> f64 {
    const KAPPA: f64 = 0.41;
    (1.0 + KAPPA * y).ln() / KAPPA + 7.8 * (1.0 - (-y / 11.0).exp() - y / 11.0 * (-y / 3.0).exp())
}
