//! Forces that keep the turbulence up.
//!
//! All but the linear force act on few modes: those of a band `k_min <= |k| <= k_max`, or of a steady body force. On each of them
//!
//! ```text
//!     f = c u + b
//! ```
//!
//! with c and b constant during a stage. The linear force is part of the viscous factor, `exp(int (rate - nu k^2) dt)`, hence exact; shells are
//! frozen by scaling them back at the end of a step.

use super::initial::{Wave, abc_waves, place, taylor_green_waves};
use super::random::{Purpose, uniform};
use super::wavenumbers::Wavenumbers;
use crate::case::{self, BodyForce};
use crate::error::{Error, Result};
use crate::parallel::{ExactSum, World};
use crate::transform::{Layout, Real, SpectralField};
use num_complex::Complex;
use std::f64::consts::TAU;

/// A force and what it remembers.
#[derive(Clone, Debug)]
pub struct Forcing {
    kind: case::Forcing,
    /// The forced modes of this rank, ascending.
    modes: Vec<Forced>,
    /// Ornstein-Uhlenbeck: the labels of all forced modes, and the process of each, the same on all ranks.
    labels: Vec<[i64; 3]>,
    process: Vec<[Complex<f64>; 3]>,
    /// Frozen shells: their energies, and the last rate of scaling; by shell.
    shells: Vec<f64>,
    scaling: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Forced {
    /// Index in the fields of this rank.
    mode: usize,
    weight: f64,
    k: [f64; 3],
    /// Of its shell, or of its process in the list of all.
    group: usize,
    /// The conjugate of what is listed.
    conjugate: bool,
    /// b.
    force: [Complex<f64>; 3],
}

const ZERO: Complex<f64> = Complex::new(0.0, 0.0);

impl Forcing {
    /// The force at time zero; collective.
    ///
    /// # Errors
    /// A band without modes; a body force that the grid does not hold or that needs a cubic box.
    pub fn new(kind: &case::Forcing, world: &World, layout: &Layout, wavenumbers: &Wavenumbers) -> Result<Self> {
        let mut forcing = Self {
            kind: kind.clone(),
            modes: Vec::new(),
            labels: Vec::new(),
            process: Vec::new(),
            shells: Vec::new(),
            scaling: Vec::new(),
        };
        if let case::Forcing::Body(body) = kind {
            let mut forced = Vec::new();
            place(layout, "the body force", &body_waves(body, wavenumbers)?, |mode, weight, force| {
                forced.push(Forced { mode, weight, k: [0.0; 3], group: 0, conjugate: false, force });
            })?;
            forced.sort_by_key(|forced| forced.mode);
            forcing.modes = forced;
            return Ok(forcing);
        }
        forcing.find_band(layout, wavenumbers);
        if let Some((k_min, k_max)) = forcing.band() {
            let all = world.max(forcing.modes.len() as f64);
            if all == 0.0 {
                return Err(Error::input(format!(
                    "no mode of this box has a wavenumber between forcing.k_min = {k_min} and k_max = {k_max}"
                )));
            }
        }
        if let case::Forcing::OrnsteinUhlenbeck { .. } = kind {
            forcing.list_all(layout, wavenumbers);
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

    /// The modes of this rank in the band, as it is now.
    pub fn find_band(&mut self, layout: &Layout, wavenumbers: &Wavenumbers) {
        let Some((k_min, k_max)) = self.band() else { return };
        let width = shell_width(wavenumbers);
        self.modes.clear();
        for (c, column) in layout.columns.iter().enumerate() {
            for (mode, ny) in layout.range(c).zip(column.labels()) {
                let k = wavenumbers.of([column.nx as i64, ny, column.nz]);
                let length = k.iter().map(|k| k * k).sum::<f64>().sqrt();
                if length > 0.0 && (k_min..=k_max).contains(&length) {
                    let group = (length / width + 0.5) as usize;
                    self.modes.push(Forced { mode, weight: column.weight(), k, group, conjugate: false, force: [ZERO; 3] });
                }
            }
        }
    }

    /// Lists the labels of all ranks in the band, each pair of conjugates once, and which of them this rank's modes are.
    fn list_all(&mut self, layout: &Layout, wavenumbers: &Wavenumbers) {
        let Some((k_min, k_max)) = self.band() else { return };
        let truncation = layout.truncation;
        let inside = |label: &[i64; 3]| {
            let length = wavenumbers.of(*label).iter().map(|k| k * k).sum::<f64>().sqrt();
            length > 0.0 && (k_min..=k_max).contains(&length)
        };
        for column in truncation.columns(0..truncation.nx_max() + 1) {
            let labels = column.labels().filter(|ny| !column.is_mean() || *ny > 0).map(|ny| [column.nx as i64, ny, column.nz]);
            self.labels.extend(labels.filter(inside));
        }
        self.process = vec![[ZERO; 3]; self.labels.len()];
        let mut own =
            layout.columns.iter().enumerate().flat_map(|(c, column)| {
                layout.range(c).zip(column.labels()).map(move |(mode, ny)| (mode, [column.nx as i64, ny, column.nz]))
            });
        for forced in &mut self.modes {
            let Some((_, label)) = own.find(|(mode, _)| *mode == forced.mode) else { unreachable!("a forced mode is one of this rank's") };
            let group = self.labels.iter().position(|listed| *listed == label);
            forced.conjugate = group.is_none();
            let opposite = label.map(|n| -n);
            forced.group = group.or_else(|| self.labels.iter().position(|listed| *listed == opposite)).unwrap_or(0);
        }
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

    /// The force of a step of length `dt` from now on.
    ///
    /// Ornstein-Uhlenbeck (Eswaran & Pope 1988), exact for any dt: real and imaginary part of each component have the variance sigma^2,
    ///
    /// ```text
    ///     b <- b exp(-dt/T) + sigma sqrt(1 - exp(-2 dt/T)) xi,    f = b - k (k.b) / k^2
    /// ```
    pub fn begin_step(&mut self, seed: u64, step: u64, dt: f64) {
        let case::Forcing::OrnsteinUhlenbeck { variance, correlation_time, .. } = self.kind else { return };
        let (kept, fresh) = ((-dt / correlation_time).exp(), (-variance * (-2.0 * dt / correlation_time).exp_m1()).sqrt());
        for (label, process) in self.labels.iter().zip(&mut self.process) {
            for (i, b) in process.iter_mut().enumerate() {
                *b = *b * kept + gaussian(seed, *label, i, step) * fresh;
            }
        }
        for forced in &mut self.modes {
            let b = self.process[forced.group].map(|b| if forced.conjugate { b.conj() } else { b });
            forced.force = across(b, forced.k);
        }
    }

    /// c of this stage; collective.
    pub fn coefficient<T: Real>(&self, world: &World, velocity: &[SpectralField<T>; 3]) -> f64 {
        let case::Forcing::ConstantPower { power, .. } = self.kind else { return 0.0 };
        let mut energy = ExactSum::default();
        for forced in &self.modes {
            energy.add(0.5 * forced.weight * square(velocity, forced.mode));
        }
        let energy = energy.total(world);
        // A band at rest cannot be forced along itself.
        if energy > 0.0 { power / (2.0 * energy) } else { 0.0 }
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

    /// Brings the shells back to the energies that they had at time zero, after a step of length `dt`; the energy that they gained. Collective.
    pub fn end_step<T: Real>(&mut self, world: &World, dt: f64, velocity: &mut [SpectralField<T>; 3]) -> f64 {
        if self.shells.is_empty() {
            return 0.0;
        }
        let energies = self.shell_energies(world, velocity);
        for ((scaling, wanted), now) in self.scaling.iter_mut().zip(&self.shells).zip(&energies) {
            *scaling = if *now > 0.0 { (wanted / now).sqrt() } else { 1.0 };
        }
        for forced in &self.modes {
            let factor = T::of(self.scaling[forced.group]);
            velocity.iter_mut().for_each(|field| field[forced.mode] = field[forced.mode].scale(factor));
        }
        self.scaling.iter_mut().for_each(|scaling| *scaling = (*scaling - 1.0) / dt);
        self.shells.iter().zip(&energies).filter(|(_, now)| **now > 0.0).map(|(wanted, now)| wanted - now).sum()
    }

    fn shell_energies<T: Real>(&self, world: &World, velocity: &[SpectralField<T>; 3]) -> Vec<f64> {
        // All ranks need the same number of shells, whichever of them they have modes in.
        let last = world.max(self.modes.iter().map(|forced| forced.group).max().unwrap_or(0) as f64) as usize;
        let mut sums = vec![ExactSum::default(); last + 1];
        for forced in &self.modes {
            sums[forced.group].add(0.5 * forced.weight * square(velocity, forced.mode));
        }
        ExactSum::totals(&mut sums, world)
    }

    /// `<f_i u_j + f_j u_i>` for xx, yy, zz, xy, xz, yz; collective.
    pub fn injection<T: Real>(&self, world: &World, velocity: &[SpectralField<T>; 3]) -> [f64; 6] {
        let coefficient = self.coefficient(world, velocity);
        let mut sums: [ExactSum; 6] = Default::default();
        for (i, forced) in self.modes.iter().enumerate() {
            let u = mode_of(velocity, forced.mode);
            let frozen = self.scaling.get(forced.group).copied().unwrap_or(0.0);
            let f = self.force(i, coefficient + frozen, u);
            for (sum, (a, b)) in sums.iter_mut().zip(PAIRS) {
                sum.add(forced.weight * (f[a] * u[b].conj() + f[b] * u[a].conj()).re);
            }
        }
        ExactSum::total_of(sums, world)
    }

    /// What a restart needs, by name.
    pub fn memory(&self) -> Vec<(String, f64)> {
        let shells = self.shells.iter().enumerate().map(|(s, energy)| (format!("shell_energy_{s}"), *energy));
        let process = self.labels.iter().zip(&self.process).flat_map(|(label, process)| {
            process.iter().zip("xyz".chars()).flat_map(move |(b, direction)| {
                let name = |part: &str| format!("force_{direction}_{part}_{}_{}_{}", label[0], label[1], label[2]);
                [(name("re"), b.re), (name("im"), b.im)]
            })
        });
        shells.chain(process).collect()
    }

    /// Takes up what [`Forcing::memory`] gave.
    pub fn recall(&mut self, memory: &[(String, f64)]) {
        let value = |name: &str| memory.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        let shells = (0..).map_while(|s| value(&format!("shell_energy_{s}"))).collect::<Vec<_>>();
        self.scaling = vec![0.0; shells.len()];
        self.shells = shells;
        for (label, process) in self.labels.iter().zip(&mut self.process) {
            for (b, direction) in process.iter_mut().zip("xyz".chars()) {
                let part = |part: &str| value(&format!("force_{direction}_{part}_{}_{}_{}", label[0], label[1], label[2])).unwrap_or(0.0);
                *b = Complex::new(part("re"), part("im"));
            }
        }
    }
}

/// xx, yy, zz, xy, xz, yz.
const PAIRS: [(usize, usize); 6] = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];

/// As wide as the shells of the spectra.
fn shell_width(wavenumbers: &Wavenumbers) -> f64 {
    wavenumbers.unit.into_iter().fold(0.0, f64::max)
}

fn body_waves(body: &BodyForce, wavenumbers: &Wavenumbers) -> Result<Vec<Wave>> {
    match *body {
        // f_x = F sin k y
        BodyForce::Kolmogorov { amplitude, wavenumber } => {
            Ok(vec![([0, wavenumber as i64, 0], [Complex::new(0.0, -0.5 * amplitude), ZERO, ZERO])])
        }
        BodyForce::TaylorGreen { amplitude, wavenumber } => Ok(taylor_green_waves(amplitude, wavenumber as i64, false, wavenumbers)),
        BodyForce::Abc { a, b, c, wavenumber } => abc_waves([a, b, c], wavenumber as i64, wavenumbers, "forcing.kind"),
    }
}

/// What of b is across k.
fn across(b: [Complex<f64>; 3], k: [f64; 3]) -> [Complex<f64>; 3] {
    let along = (b[0] * k[0] + b[1] * k[1] + b[2] * k[2]) / k.iter().map(|k| k * k).sum::<f64>();
    std::array::from_fn(|i| b[i] - along * k[i])
}

/// Two independent normal numbers of variance one for a component of a mode at a step (Box & Muller 1958).
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
            let [a, b, c] = [gaussian(3, [1, -2, 0], 0, step), gaussian(3, [1, -2, 0], 1, step), gaussian(3, [1, -2, 0], 0, step + 1)];
            let terms = [a.re, a.im * a.re, a.norm_sqr() - 2.0, a.re * b.re, a.re * c.re];
            moments.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        for (i, moment) in moments.into_iter().enumerate() {
            // Standard deviations of the means, times four.
            assert!((moment / n as f64).abs() < 4.0 * 2.0 / (n as f64).sqrt(), "moment {i}: {moment}");
        }
    }
}
