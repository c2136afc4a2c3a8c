//! The limits of the time step: the rates (1 / time) at which a flow changes, each with its cause, and
//! the largest `rate dt` that a scheme can follow.
//!
//! The choice of dt, `check`, and the report of a blow-up use the same list.

use std::f64::consts::TAU;

/// A cause of changes in the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The velocity carries the fluid through cells: `max(sum_i |u_i| / dx_i)`.
    Convection,
    /// The mean flow turns the velocity: `|curl U + 2 Omega|`.
    Vorticity,
    /// The frame turns: `2 |Omega|`.
    Rotation,
    /// The mean flow strains the velocity: the largest principal rate of strain.
    Strain,
    /// Internal waves, or unstable stratification: `N`, the square root of the largest `|b.G|`
    /// across a wavevector.
    Stratification,
    /// The buoyancy `b theta` accelerates the fluid through a cell: `max(sum_i |b_i theta| / dx_i)^(1/2)`.
    Buoyancy,
    /// A force accelerates a fluid at rest through a cell.
    Force,
    /// A force in proportion to the velocity makes it grow.
    Growth,
    /// The correlation time of a random force.
    Correlation,
    /// The walls oscillate: 2 pi over the period.
    Walls,
    /// Transpiration is carried past the moving frame: `|k_x c|`.
    Frame,
}

impl Cause {
    pub const ALL: [Self; 11] = [
        Self::Convection,
        Self::Vorticity,
        Self::Rotation,
        Self::Strain,
        Self::Stratification,
        Self::Buoyancy,
        Self::Force,
        Self::Growth,
        Self::Correlation,
        Self::Walls,
        Self::Frame,
    ];

    /// The cause as it stands in a sentence, with an article if it has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Convection => "convection",
            Self::Vorticity => "the absolute vorticity |curl U + 2 Omega|",
            Self::Rotation => "the rotation 2 Omega",
            Self::Strain => "the mean strain",
            Self::Stratification => "the buoyancy frequency N",
            Self::Buoyancy => "the buoyancy of a fluid at rest",
            Self::Force => "the force on a fluid at rest",
            Self::Growth => "the growth by the force",
            Self::Correlation => "the correlation time of the force",
            Self::Walls => "the oscillation of the walls",
            Self::Frame => "the transpiration past the frame",
        }
    }

    /// The largest `rate dt` of a step with this Courant number. Prescribed motion has at least 20
    /// steps per period, and growth does not depend on cells: a Courant number above one does not
    /// raise these limits.
    pub fn share(self, courant: f64) -> f64 {
        match self {
            Self::Walls | Self::Frame => courant.min(TAU / 20.0),
            Self::Growth | Self::Correlation | Self::Strain => courant.min(1.0),
            _ => courant,
        }
    }

    /// Returns whether a step beyond [`Stability::limit`] is unstable; otherwise it is only inaccurate.
    pub fn is_stiff(self) -> bool {
        matches!(self, Self::Convection | Self::Vorticity | Self::Rotation | Self::Stratification)
    }
}

/// The stability limits of a scheme and a truncation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    /// The largest `omega dt` for which `du/dt = i omega u` does not grow; none for a scheme with which
    /// it always grows.
    pub imaginary: Option<f64>,
    /// The largest `k_i dx_i`: pi without truncation.
    pub reach: f64,
}

impl Stability {
    /// The largest `rate dt` that is stable or, if the cause cannot be unstable, resolved. Convection
    /// changes the smallest eddies at the rate `k_i |u_i| <= reach |u_i| / dx_i`.
    ///
    /// Without a limit on the imaginary axis (rk2), an oscillation grows by `(omega dt)^4 / 8` per
    /// step. For waves of all sizes the limit is set where this is 1/8. For the smallest eddies, which
    /// viscosity damps, it is the limit of rk3, where they would grow by 1.8.
    pub fn limit(&self, cause: Cause) -> f64 {
        match cause {
            Cause::Convection => self.imaginary.unwrap_or(3.0_f64.sqrt()) / self.reach,
            Cause::Vorticity | Cause::Rotation | Cause::Stratification => self.imaginary.unwrap_or(1.0),
            Cause::Walls | Cause::Frame => TAU / 10.0,
            Cause::Strain | Cause::Buoyancy | Cause::Force | Cause::Growth | Cause::Correlation => 1.0,
        }
    }

    /// The meaning of [`Stability::limit`] in words, to be followed by the number.
    pub fn up_to(&self, cause: Cause) -> &'static str {
        match (cause.is_stiff(), self.imaginary) {
            (true, Some(_)) => "the scheme is stable up to",
            (true, None) => "rk2, which has no stable step without viscosity, should not go beyond",
            (false, _) => "it is resolved up to",
        }
    }
}

/// The rate of each cause; zero if the cause is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rates([f64; Cause::ALL.len()]);

/// A step that is too long for one of the rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excess {
    pub cause: Cause,
    pub rate: f64,
    /// `rate dt`.
    pub number: f64,
    /// The largest stable or resolved `rate dt`.
    pub limit: f64,
}

impl Excess {
    /// The longest step within the limit.
    pub fn longest(&self) -> f64 {
        self.limit / self.rate
    }

    /// Describes the excessive number and its limit for this scheme.
    pub fn describe(&self, stability: &Stability) -> String {
        let Self { cause, number, limit, .. } = *self;
        let (what, turn) = match cause {
            Cause::Convection => ("its Courant number", 1.0),
            Cause::Walls | Cause::Frame => ("its fraction of a period", TAU),
            _ => ("its rate times dt", 1.0),
        };
        format!("{what} is {:.2}, and {} {:.2}", number / turn, stability.up_to(cause), limit / turn)
    }
}

impl Rates {
    pub fn of(&self, cause: Cause) -> f64 {
        self.0[cause as usize]
    }

    /// Raises the rate of a cause to this one if it is larger.
    pub fn raise(&mut self, cause: Cause, rate: f64) {
        let known = &mut self.0[cause as usize];
        *known = known.max(rate);
    }

    /// The larger rate of each cause.
    pub fn or(mut self, other: &Self) -> Self {
        Cause::ALL.into_iter().for_each(|cause| self.raise(cause, other.of(cause)));
        self
    }

    /// The rates that are not zero.
    pub fn iter(&self) -> impl Iterator<Item = (Cause, f64)> {
        Cause::ALL.into_iter().zip(self.0).filter(|(_, rate)| *rate > 0.0)
    }

    /// The cause that limits a step with this Courant number, and the length of that step. None if
    /// nothing changes.
    pub fn fastest(&self, courant: f64) -> Option<(Cause, f64)> {
        self.iter()
            .map(|(cause, rate)| (cause, cause.share(courant) / rate))
            .min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The rates for which a step of length `dt` is too long, the worst first.
    pub fn beyond(&self, dt: f64, stability: &Stability) -> Vec<Excess> {
        let all = self.iter().map(|(cause, rate)| Excess {
            cause,
            rate,
            number: rate * dt,
            limit: stability.limit(cause),
        });
        let mut beyond: Vec<Excess> = all.filter(|excess| excess.number > excess.limit).collect();
        beyond.sort_by(|a, b| (b.number / b.limit).total_cmp(&(a.number / a.limit)));
        beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{RungeKutta, SPALART_MOSER_ROGERS, Stage};
    use num_complex::Complex;

    /// |u| after a step of `du/dt = i omega u` from 1, with `omega dt`.
    fn amplification(stages: &[Stage], omega: f64) -> f64 {
        let mut x = [Complex::new(1.0, 0.0), Complex::default(), Complex::default()];
        for stage in stages {
            let n = Complex::new(0.0, omega) * x[0];
            x = std::array::from_fn(|r| {
                stage.mix[r].iter().zip(x).map(|(m, x)| x * *m).sum::<Complex<f64>>() + n * stage.add[r]
            });
        }
        x[0].norm()
    }

    #[test]
    fn limits_are_where_oscillations_begin_to_grow() {
        for scheme in [RungeKutta::Rk3, RungeKutta::Rk4] {
            let limit = scheme.imaginary_limit().unwrap();
            assert!(amplification(scheme.stages(), limit * (1.0 - 1e-9)) <= 1.0, "{scheme:?}");
            assert!(amplification(scheme.stages(), limit * (1.0 + 1e-9)) > 1.0, "{scheme:?}");
        }
        // |1 + i z - z^2/2|^2 = 1 + z^4/4
        assert_eq!(RungeKutta::Rk2.imaginary_limit(), None);
        let rk2 = amplification(RungeKutta::Rk2.stages(), 0.1);
        assert!((rk2 - (1.0 + 1e-4 / 4.0_f64).sqrt()).abs() < 1e-15, "{rk2}");
        // The explicit part of the channel's scheme is Wray's.
        for (wray, substep) in RungeKutta::Rk3.stages().iter().zip(SPALART_MOSER_ROGERS) {
            assert_eq!(
                [wray.add[0], wray.mix[0][1], wray.from, wray.to],
                [substep.gamma, substep.zeta, substep.from, substep.to]
            );
        }
    }

    #[test]
    fn the_fastest_cause_limits_the_step() {
        let mut rates = Rates::default();
        assert_eq!(rates.fastest(0.5), None);
        rates.raise(Cause::Convection, 10.0);
        rates.raise(Cause::Convection, 5.0);
        rates.raise(Cause::Walls, 8.0);
        // Walls: 20 steps per period 2 pi / 8; at small Courant numbers more.
        assert_eq!(rates.fastest(0.8), Some((Cause::Walls, TAU / 160.0)));
        assert_eq!(rates.fastest(0.1), Some((Cause::Convection, 0.01)));
        rates.raise(Cause::Growth, 50.0);
        assert_eq!(
            [rates.fastest(0.1), rates.fastest(3.0)],
            [Some((Cause::Growth, 0.002)), Some((Cause::Growth, 0.02))]
        );
        assert_eq!(
            rates.iter().map(|(cause, _)| cause).collect::<Vec<_>>(),
            [Cause::Convection, Cause::Growth, Cause::Walls]
        );
        assert!(Cause::ALL.into_iter().enumerate().all(|(n, cause)| cause as usize == n));
    }

    #[test]
    fn a_step_too_long_names_its_worst_cause() {
        let stability = Stability {
            imaginary: RungeKutta::Rk3.imaginary_limit(),
            reach: 2.0 / 3.0 * std::f64::consts::PI,
        };
        let mut rates = Rates::default();
        rates.raise(Cause::Convection, 10.0);
        rates.raise(Cause::Stratification, 100.0);
        assert_eq!(rates.beyond(0.01, &stability), []);
        let [excess] = rates.beyond(0.05, &stability)[..] else { panic!("not one") };
        assert_eq!((excess.cause, excess.number), (Cause::Stratification, 5.0));
        assert!((excess.longest() - 0.017_320_508).abs() < 1e-9);
        let both = rates.beyond(0.1, &stability);
        assert_eq!(
            both.iter().map(|excess| excess.cause).collect::<Vec<_>>(),
            [Cause::Stratification, Cause::Convection]
        );
        // The Courant number of the two-thirds rule and rk3.
        assert!((stability.limit(Cause::Convection) - 0.827).abs() < 1e-3);
    }

    /// rk2 has no limit of its own: it is held to that of rk3.
    #[test]
    fn convection_in_rk2_is_held_to_the_limit_of_rk3() {
        let [rk2, rk3] = [RungeKutta::Rk2, RungeKutta::Rk3].map(|scheme| {
            Stability { imaginary: scheme.imaginary_limit(), reach: 2.0 }.limit(Cause::Convection)
        });
        assert!((rk2 / rk3 - 1.0).abs() < 1e-14, "{rk2} {rk3}");
    }
}
