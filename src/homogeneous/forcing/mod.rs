//! Forces that keep the turbulence up.
//!
//! All but the linear force act on few modes: those of a band `k_min <= |k| <= k_max`, or of a
//! steady body force. On each of them
//!
//! ```text
//!     f = c u + b
//! ```
//!
//! with c and b constant during a stage. The linear force is part of the viscous factor,
//! `exp(int (rate - nu k^2) dt)`, hence exact; shells are frozen by scaling them back at the end of
//! a step, which is of first order in dt for the single modes.

mod limits;
mod random;
mod restart;

pub use limits::{growth_by_power, without_energy};

use super::initial::{Wave, abc_waves, place, taylor_green_waves};
use super::matrix::{COMPONENTS, dot, length};
use super::wavenumbers::Wavenumbers;
use crate::error::{Error, Result};
use crate::homogeneous::case::{self, BodyForce};
use crate::parallel::{ExactSum, World};
use crate::time::RungeKutta;
use crate::transform::{Layout, Real, SpectralField, Truncation};
use num_complex::Complex;
use random::{gaussian, perpendicular};
use std::collections::HashMap;

/// A force and what it remembers.
#[derive(Clone, Debug)]
pub struct Forcing {
    kind: case::Forcing,
    /// The labels in the band, each pair of conjugates once, the same on all ranks.
    labels: Vec<[i64; 3]>,
    /// The forced modes of this rank, ascending.
    modes: Vec<Forced>,
    /// Ornstein-Uhlenbeck: the process of each label.
    process: Vec<[Complex<f64>; 3]>,
    /// Frozen shells: their energies, the rate c that the last scaling stood for, by shell, and how
    /// many shells there are.
    shells: Vec<f64>,
    scaling: Vec<f64>,
    shell_count: usize,
    /// Root mean square of a body force.
    strength: f64,
    /// Constant power: the energy of the band in this stage, and c where it is the same in all
    /// stages of the step.
    energy: f64,
    even: Option<f64>,
    /// Length of the last step.
    dt: f64,
}

#[derive(Clone, Debug)]
struct Forced {
    /// Index in the fields of this rank.
    mode: usize,
    weight: f64,
    k: [f64; 3],
    /// The place of its shell, or of its process, in the list of all.
    group: usize,
    /// The conjugate of what is listed.
    conjugate: bool,
    /// b.
    force: [Complex<f64>; 3],
}

const ZERO: Complex<f64> = Complex::new(0.0, 0.0);

impl Forcing {
    /// The force at time zero.
    ///
    /// # Errors
    /// A band without modes; a body force that the grid does not hold or that needs a cubic box.
    pub fn new(kind: &case::Forcing, layout: &Layout, wavenumbers: &Wavenumbers) -> Result<Self> {
        let mut forcing = Self {
            kind: kind.clone(),
            labels: Vec::new(),
            modes: Vec::new(),
            process: Vec::new(),
            shells: Vec::new(),
            scaling: Vec::new(),
            shell_count: 0,
            strength: 0.0,
            energy: 0.0,
            even: None,
            dt: 0.0,
        };
        if let case::Forcing::Body(body) = kind {
            let waves = body_waves(body, wavenumbers)?;
            forcing.strength =
                (2.0 * waves.iter().flat_map(|(_, f)| f).map(|f| f.norm_sqr()).sum::<f64>()).sqrt();
            let modes = &mut forcing.modes;
            place(layout, "the body force", &waves, |mode, weight, force| {
                modes.push(Forced { mode, weight, k: [0.0; 3], group: 0, conjugate: false, force });
            })?;
            modes.sort_by_key(|forced| forced.mode);
            return Ok(forcing);
        }
        forcing.find_band(layout, wavenumbers);
        if let (Some((k_min, k_max)), true) = (forcing.band(), forcing.labels.is_empty()) {
            return Err(Error::input(format!(
                "no mode of this box has a wavenumber between forcing.k_min = {k_min} and k_max = {k_max}"
            )));
        }
        Ok(forcing)
    }

    fn band(&self) -> Option<(f64, f64)> {
        match self.kind {
            case::Forcing::ConstantPower { k_min, k_max, .. }
            | case::Forcing::OrnsteinUhlenbeck { k_min, k_max, .. }
            | case::Forcing::FrozenShells { k_min, k_max } => Some((k_min, k_max)),
            case::Forcing::Linear { .. } | case::Forcing::Body(_) => None,
        }
    }

    /// Finds the modes in the band, as it is now. The process of a mode that comes into the band
    /// begins at zero.
    pub fn find_band(&mut self, layout: &Layout, wavenumbers: &Wavenumbers) {
        let Some(band) = self.band() else { return };
        let before = std::mem::replace(&mut self.labels, in_band(&layout.truncation, wavenumbers, band));
        let random = matches!(self.kind, case::Forcing::OrnsteinUhlenbeck { .. });
        if random {
            let known: HashMap<_, _> = before.into_iter().zip(self.process.drain(..)).collect();
            self.process
                .extend(self.labels.iter().map(|label| known.get(label).copied().unwrap_or([ZERO; 3])));
        }
        let shell = |n: [i64; 3]| wavenumbers.shell(n);
        self.shell_count = self.labels.iter().map(|label| shell(*label) + 1).max().unwrap_or(0);
        self.modes.clear();
        for (index, label) in self.labels.iter().enumerate() {
            let Some(c) = layout.find(label[0] as usize, label[2]) else { continue };
            let (column, first) = (&layout.columns[c], layout.range(c).start);
            // Only the column n_x = n_z = 0 holds the conjugates as well.
            for conjugate in [false, true].into_iter().take(if column.is_mean() { 2 } else { 1 }) {
                let n = if conjugate { label.map(|n| -n) } else { *label };
                let mode =
                    first + if n[1] >= 0 { n[1] as usize } else { (column.len() as i64 + n[1]) as usize };
                let group = if random { index } else { shell(n) };
                self.modes.push(Forced {
                    mode,
                    weight: column.weight(),
                    k: wavenumbers.of(n),
                    group,
                    conjugate,
                    force: [ZERO; 3],
                });
            }
        }
        self.modes.sort_by_key(|forced| forced.mode);
        self.set_force();
    }

    /// A remesh has taken `shift n_x` from n_y; [`Forcing::find_band`] follows.
    pub fn relabel(&mut self, shift: i64) {
        self.labels.iter_mut().for_each(|label| label[1] -= shift * label[0]);
    }

    /// Remembers the state at time zero; collective.
    pub fn start<T: Real>(&mut self, world: &World, velocity: &[SpectralField<T>; 3]) {
        if let case::Forcing::FrozenShells { .. } = self.kind {
            self.shells = self.shell_energies(world, velocity);
            self.scaling = vec![0.0; self.shells.len()];
        }
    }

    /// The force of a step of length `dt` from now on.
    ///
    /// Ornstein-Uhlenbeck (Eswaran & Pope 1988), begun at zero: real and imaginary part of each
    /// component have the variance sigma^2,
    ///
    /// ```text
    ///     b <- b exp(-dt/T) + sigma sqrt(1 - exp(-2 dt/T)) xi,    f = b - k (k.b) / k^2
    /// ```
    ///
    /// exact for any dt. f is constant during the step: a fluid that does not decay takes up the
    /// power `4 N sigma^2 T` from N modes if dt << T, and `(dt / 2T) coth(dt / 2T)` of it in
    /// general.
    ///
    /// Constant power has `c = P / (2 E)` in each stage. A band with less energy than the step
    /// brings is multiplied many times over by it, which no explicit scheme follows: there c is the
    /// same in all stages, the one with which this `scheme` gains P dt.
    pub fn begin_step(&mut self, seed: u64, step: u64, dt: f64, scheme: RungeKutta) {
        self.dt = dt;
        if let case::Forcing::ConstantPower { power, .. } = self.kind {
            let gain = power * dt / self.energy;
            self.even =
                (self.energy > 0.0 && gain > 1.0).then(|| scheme.exponent_of((1.0 + gain).sqrt()) / dt);
        }
        let case::Forcing::OrnsteinUhlenbeck { variance, correlation_time, .. } = self.kind else { return };
        let (kept, fresh) =
            ((-dt / correlation_time).exp(), (-variance * (-2.0 * dt / correlation_time).exp_m1()).sqrt());
        for (label, process) in self.labels.iter().zip(&mut self.process) {
            for (i, b) in process.iter_mut().enumerate() {
                *b = *b * kept + gaussian(seed, *label, i, step) * fresh;
            }
        }
        self.set_force();
    }

    /// The force on each mode from the process that it has.
    fn set_force(&mut self) {
        for forced in self.modes.iter_mut().filter(|_| !self.process.is_empty()) {
            let b = self.process[forced.group].map(|b| if forced.conjugate { b.conj() } else { b });
            forced.force = perpendicular(b, forced.k);
        }
    }

    /// Looks at the velocity that a stage begins with; collective.
    pub fn begin_stage<T: Real>(&mut self, world: &World, velocity: &[SpectralField<T>; 3]) {
        if let case::Forcing::ConstantPower { .. } = self.kind {
            self.energy = self.band_energy(world, velocity);
        }
    }

    /// The energy of the modes in the band; collective.
    fn band_energy<T: Real>(&self, world: &World, velocity: &[SpectralField<T>; 3]) -> f64 {
        let mut energy = ExactSum::default();
        for forced in &self.modes {
            energy.add(0.5 * forced.weight * square(velocity, forced.mode));
        }
        energy.total(world)
    }

    /// c in the stage that has begun.
    pub fn coefficient(&self) -> f64 {
        self.even.unwrap_or_else(|| self.proportional(self.energy))
    }

    /// `c = P / (2 E)` where the band has the energy E.
    fn proportional(&self, energy: f64) -> f64 {
        match self.kind {
            case::Forcing::ConstantPower { power, .. } if energy > 0.0 => power / (2.0 * energy),
            _ => 0.0,
        }
    }

    /// Whether single modes are forced during a stage.
    pub fn is_local(&self) -> bool {
        !matches!(self.kind, case::Forcing::Linear { .. } | case::Forcing::FrozenShells { .. })
    }

    /// The places of the forced modes of this rank, ascending.
    pub fn place(&self, i: usize) -> Option<usize> {
        self.modes.get(i).map(|forced| forced.mode)
    }

    /// The force on the i-th forced mode, which has the velocity u.
    pub fn force(&self, i: usize, coefficient: f64, u: [Complex<f64>; 3]) -> [Complex<f64>; 3] {
        std::array::from_fn(|j| u[j] * coefficient + self.modes[i].force[j])
    }

    /// Brings the shells back to the energies that they had at time zero, after a step; the energy
    /// and the dissipation that they gained. Collective.
    pub fn end_step<T: Real>(
        &mut self,
        world: &World,
        viscosity: f64,
        velocity: &mut [SpectralField<T>; 3],
    ) -> [f64; 2] {
        if self.shells.is_empty() {
            return [0.0; 2];
        }
        let energies = self.shell_energies(world, velocity);
        for ((scaling, frozen), now) in self.scaling.iter_mut().zip(&self.shells).zip(&energies) {
            *scaling = if *now > 0.0 { (frozen / now).sqrt() } else { 1.0 };
        }
        let mut gained: [ExactSum; 2] = Default::default();
        for forced in &self.modes {
            let (factor, before) = (T::of(self.scaling[forced.group]), square(velocity, forced.mode));
            velocity.iter_mut().for_each(|field| field[forced.mode] = field[forced.mode].scale(factor));
            let gain = forced.weight * (square(velocity, forced.mode) - before);
            gained[0].add(0.5 * gain);
            gained[1].add(viscosity * dot(forced.k, forced.k) * gain);
        }
        // 2 c dt times the energy that a shell has now is what it gained.
        let dt = self.dt;
        self.scaling
            .iter_mut()
            .for_each(|s| *s = if *s > 0.0 { (1.0 - (*s * *s).recip()) / (2.0 * dt) } else { 0.0 });
        ExactSum::total_of(gained, world)
    }

    fn shell_energies<T: Real>(&self, world: &World, velocity: &[SpectralField<T>; 3]) -> Vec<f64> {
        let mut sums = vec![ExactSum::default(); self.shell_count];
        for forced in &self.modes {
            sums[forced.group].add(0.5 * forced.weight * square(velocity, forced.mode));
        }
        ExactSum::totals(&mut sums, world)
    }

    /// `<f_i u_j + f_j u_i>` by [`COMPONENTS`]; collective.
    pub fn injection<T: Real>(&self, world: &World, velocity: &[SpectralField<T>; 3]) -> [f64; 6] {
        let coefficient = self.proportional(self.band_energy(world, velocity));
        let mut sums: [ExactSum; 6] = Default::default();
        for (i, forced) in self.modes.iter().enumerate() {
            let u = mode_of(velocity, forced.mode);
            let frozen = self.scaling.get(forced.group).copied().unwrap_or(0.0);
            let f = self.force(i, coefficient + frozen, u);
            for (sum, (_, a, b)) in sums.iter_mut().zip(COMPONENTS) {
                sum.add(forced.weight * (f[a] * u[b].conj() + f[b] * u[a].conj()).re);
            }
        }
        ExactSum::total_of(sums, world)
    }
}

/// The labels with `k_min <= |k| <= k_max` that the grid holds, each pair of conjugates once: that
/// which is stored, or in the column n_x = n_z = 0 the one with n_y > 0.
fn in_band(truncation: &Truncation, wavenumbers: &Wavenumbers, (k_min, k_max): (f64, f64)) -> Vec<[i64; 3]> {
    let [mx, my, mz] = wavenumbers.labels_within(k_max);
    let columns = (0..=mx).flat_map(|nx| (if nx == 0 { 0 } else { -mz }..=mz).map(move |nz| (nx, nz)));
    let labels = columns
        .flat_map(|(nx, nz)| (if (nx, nz) == (0, 0) { 1 } else { -my }..=my).map(move |ny| [nx, ny, nz]));
    labels
        .filter(|label| truncation.holds(*label) && (k_min..=k_max).contains(&length(wavenumbers.of(*label))))
        .collect()
}

fn body_waves(body: &BodyForce, wavenumbers: &Wavenumbers) -> Result<Vec<Wave>> {
    match *body {
        // f_x = F sin k y
        BodyForce::Kolmogorov { amplitude, wavenumber } => {
            Ok(vec![([0, wavenumber as i64, 0], [Complex::new(0.0, -0.5 * amplitude), ZERO, ZERO])])
        }
        BodyForce::TaylorGreen { amplitude, wavenumber } => {
            Ok(taylor_green_waves(amplitude, wavenumber as i64, false, wavenumbers))
        }
        BodyForce::Abc { a, b, c, wavenumber } => {
            abc_waves([a, b, c], wavenumber as i64, wavenumbers, "forcing.kind")
        }
    }
}

fn mode_of<T: Real>(velocity: &[SpectralField<T>; 3], mode: usize) -> [Complex<f64>; 3] {
    velocity.each_ref().map(|field| Complex::new(field[mode].re.wide(), field[mode].im.wide()))
}

/// |u|^2.
fn square<T: Real>(velocity: &[SpectralField<T>; 3], mode: usize) -> f64 {
    mode_of(velocity, mode).iter().map(|u| u.norm_sqr()).sum()
}
