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

use super::initial::{Wave, abc_waves, place, taylor_green_waves};
use super::matrix::{COMPONENTS, dot, length};
use super::wavenumbers::Wavenumbers;
use crate::case::{self, BodyForce};
use crate::error::{Error, Result};
use crate::parallel::{ExactSum, World};
use crate::random::{Purpose, uniform};
use crate::time::{Cause, Rates, RungeKutta};
use crate::transform::{Layout, Real, SpectralField, Truncation};
use num_complex::Complex;
use std::collections::HashMap;
use std::f64::consts::TAU;

/// Energy of a band that constant power acts on, over P times the time in which it moves a fluid at
/// rest through a cell, below which steps are not shortened.
const LEAST_FOLLOWED: f64 = 1e-4;

/// A force and what it remembers.
#[derive(Clone, Debug)]
pub struct Forcing {
    kind: case::Forcing,
    /// The columns of this rank by (n_x, n_z).
    columns: HashMap<(i64, i64), usize>,
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
            columns: layout
                .columns
                .iter()
                .enumerate()
                .map(|(c, column)| ((column.nx as i64, column.nz), c))
                .collect(),
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
            let Some(&c) = self.columns.get(&(label[0], label[2])) else { continue };
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

    /// Growth of all modes, 1 / time.
    pub fn growth(&self) -> f64 {
        if let case::Forcing::Linear { rate } = self.kind { rate } else { 0.0 }
    }

    /// The rates that limit a step, where a cell is `1 / cells` wide: a fluid at rest must not be
    /// pushed through many of them in its first step. An acceleration f takes it through one in
    /// about `(dx / f)^(1/2)`, a power P in `(dx^2 / P)^(1/3)`, both long in turbulence; a random
    /// force must be resolved, and so must the growth of a band that P acts on, `dE/dt = P`.
    pub fn rates(&self, cells: f64) -> Rates {
        let mut rates = Rates::default();
        match self.kind {
            case::Forcing::ConstantPower { power, .. } => {
                let through = (power * cells * cells).cbrt();
                rates.raise(Cause::Force, through);
                if self.energy > 0.0 {
                    rates.raise(Cause::Growth, growth_by_power(power, self.energy, through));
                }
            }
            // <|f|^2> = 4 sigma^2 a mode: two components perpendicular k, of two parts each
            case::Forcing::OrnsteinUhlenbeck { variance, correlation_time, .. } => {
                let strength = (8.0 * variance * self.labels.len() as f64).sqrt();
                rates.raise(Cause::Force, (strength * cells).sqrt());
                rates.raise(Cause::Correlation, correlation_time.recip());
            }
            case::Forcing::Linear { rate } => rates.raise(Cause::Growth, rate.abs()),
            case::Forcing::FrozenShells { .. } => {}
            case::Forcing::Body(_) => rates.raise(Cause::Force, (self.strength * cells).sqrt()),
        }
        rates
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

    /// Collective.
    ///
    /// # Errors
    /// The force multiplies the velocity of a band that is at rest.
    pub fn refuse_rest<T: Real>(&self, world: &World, velocity: &[SpectralField<T>; 3]) -> Result<()> {
        let (case::Forcing::ConstantPower { k_min, k_max, .. }
        | case::Forcing::FrozenShells { k_min, k_max }) = self.kind
        else {
            return Ok(());
        };
        if self.band_energy(world, velocity) > 0.0 {
            return Ok(());
        }
        Err(without_energy(k_min, k_max))
    }

    /// The reason why the force no longer acts: the mean flow has carried all modes out of the
    /// band, or the band has no energy.
    pub fn idle(&self) -> Option<String> {
        let (k_min, k_max) = self.band()?;
        let lost = match self.kind {
            case::Forcing::ConstantPower { .. } => self.labels.is_empty() || self.energy == 0.0,
            _ => self.labels.is_empty(),
        };
        lost.then(|| {
            format!(
                "the force has nothing left to act on: no mode of the deformed box with energy has a \
                 wavenumber between forcing.k_min = {k_min} and \
                 k_max = {k_max}; widen the band, enlarge the box in the direction that is compressed \
                 (domain.size), or end at an earlier time"
            )
        })
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

    /// The numbers that a restart needs, by name.
    pub fn restart_scalars(&self) -> Vec<(String, f64)> {
        let shells = self.shells.iter().enumerate().map(|(s, energy)| (format!("shell_energy_{s}"), *energy));
        let scaling = self.scaling.iter().enumerate().map(|(s, rate)| (format!("shell_rate_{s}"), *rate));
        let process = self.labels.iter().zip(&self.process).flat_map(|(label, process)| {
            process.iter().zip("xyz".chars()).flat_map(move |(b, direction)| {
                let name =
                    |part: &str| format!("force_{direction}_{part}_{}_{}_{}", label[0], label[1], label[2]);
                [(name("re"), b.re), (name("im"), b.im)]
            })
        });
        shells.chain(scaling).chain(process).collect()
    }

    /// Restores the force from its [`Forcing::restart_scalars`], once the band is the one of that
    /// time.
    pub fn recall(&mut self, restart_scalars: &[(String, f64)]) {
        let value =
            |name: &str| restart_scalars.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        let all = |name: &str| (0..).map_while(|s| value(&format!("{name}_{s}"))).collect::<Vec<_>>();
        (self.shells, self.scaling) = (all("shell_energy"), all("shell_rate"));
        for (label, process) in self.labels.iter().zip(&mut self.process) {
            for (b, direction) in process.iter_mut().zip("xyz".chars()) {
                let part = |part: &str| {
                    value(&format!("force_{direction}_{part}_{}_{}_{}", label[0], label[1], label[2]))
                        .unwrap_or(0.0)
                };
                *b = Complex::new(part("re"), part("im"));
            }
        }
        self.set_force();
    }
}

/// A force along the velocity where there is none.
pub fn without_energy(k_min: f64, k_max: f64) -> Error {
    Error::input(format!(
        "forcing.kind: this force acts along the velocity, and the initial velocity has no energy between \
         forcing.k_min = {k_min} and k_max = {k_max}: \
             it would inject nothing. Give an initial field with energy in that band, another band, or \
             forcing.kind = \"ornstein-uhlenbeck\""
    ))
}

/// P / E of a band with this energy that steps follow, where P moves a fluid at rest at the rate
/// `through` through a cell. Less energy is not followed: one step takes it there (see
/// `Forcing::begin_step`).
pub fn growth_by_power(power: f64, energy: f64, through: f64) -> f64 {
    (power / energy).min(through / LEAST_FOLLOWED)
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

/// The part of b perpendicular to k.
fn perpendicular(b: [Complex<f64>; 3], k: [f64; 3]) -> [Complex<f64>; 3] {
    let along = (b[0] * k[0] + b[1] * k[1] + b[2] * k[2]) / dot(k, k);
    std::array::from_fn(|i| b[i] - along * k[i])
}

/// Two independent normal numbers of variance one for a component of a mode at a step (Box & Muller
/// 1958).
fn gaussian(seed: u64, label: [i64; 3], component: usize, step: u64) -> Complex<f64> {
    // The label in one word: forced modes are those of large scales, far below 512.
    let packed = label.iter().fold(0, |word, n| word << 10 | (n + 512) & 1023) << 2 | component as i64;
    let [radius, angle, _] = uniform(seed, Purpose::Force, [packed, step as i64, (step >> 32) as i64]);
    Complex::from_polar((-2.0 * (1.0 - radius).ln()).sqrt(), TAU * angle)
}

fn mode_of<T: Real>(velocity: &[SpectralField<T>; 3], mode: usize) -> [Complex<f64>; 3] {
    velocity.each_ref().map(|field| Complex::new(field[mode].re.wide(), field[mode].im.wide()))
}

/// |u|^2.
fn square<T: Real>(velocity: &[SpectralField<T>; 3], mode: usize) -> f64 {
    mode_of(velocity, mode).iter().map(|u| u.norm_sqr()).sum()
}

#[cfg(test)]
mod tests {
    use super::gaussian;

    #[test]
    fn the_noise_is_normal_and_new_at_every_step_mode_and_component() {
        let (n, mut moments) = (20_000_u64, [0.0; 5]);
        for step in 0..n {
            let [a, b, c] = [
                gaussian(3, [1, -2, 0], 0, step),
                gaussian(3, [1, -2, 0], 1, step),
                gaussian(3, [1, -2, 0], 0, step + 1),
            ];
            let terms = [a.re, a.im * a.re, a.norm_sqr() - 2.0, a.re * b.re, a.re * c.re];
            moments.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        for (i, moment) in moments.into_iter().enumerate() {
            // Standard deviations of the means, times four.
            assert!((moment / n as f64).abs() < 4.0 * 2.0 / (n as f64).sqrt(), "moment {i}: {moment}");
        }
    }
}
