//! What a force asks of the length of a step, and of the field that it acts on.

use super::Forcing;
use crate::error::{Error, Result};
use crate::homogeneous::case;
use crate::parallel::World;
use crate::time::{Cause, Rates};
use crate::transform::{Real, SpectralField};

/// Energy of a band that constant power acts on, over P times the time in which it moves a fluid at
/// rest through a cell, below which steps are not shortened.
const LEAST_FOLLOWED: f64 = 1e-4;

impl Forcing {
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
            // <|f|^2> = 4 sigma^2 per mode: two components perpendicular to k, of two parts each
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
