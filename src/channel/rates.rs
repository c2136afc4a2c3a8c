//! The limits of a step of the channel that do not depend on the state: see [`crate::time::Cause`].

use super::Parameters;
use crate::channel::case::Drive;
use crate::time::{Cause, Rates, RungeKutta, Stability};
use std::f64::consts::{PI, TAU};

impl Parameters {
    /// The rates that follow from the case alone.
    pub fn rates(&self) -> Rates {
        let mut rates = Rates::default();
        rates.raise(Cause::Rotation, 2.0 * self.rotation.abs());
        if let Some(oscillation) = self.walls.oscillation.filter(|oscillation| oscillation.amplitude != 0.0) {
            rates.raise(Cause::Walls, TAU / oscillation.period);
        }
        for transpiration in
            self.walls.transpiration.iter().filter(|transpiration| transpiration.amplitude != 0.0)
        {
            let kx = TAU / self.size[0] * transpiration.wavenumber[0] as f64;
            rates.raise(Cause::Frame, (kx * self.frame_velocity).abs());
        }
        if let Drive::PressureGradient { gradient } = self.drive {
            rates.raise(Cause::Force, (gradient.abs() * self.grid[0] as f64 / self.size[0]).sqrt());
        }
        rates
    }

    /// The stability limits of scheme and truncation. The explicit part is Wray's
    /// scheme; in x and z k_i is at most 2/3 of pi / dx_i. In y all polynomials may be kept, but v
    /// vanishes at the walls, where their points are close.
    pub fn stability(&self) -> Stability {
        Stability { imaginary: RungeKutta::Rk3.imaginary_limit(), reach: 2.0 / 3.0 * PI }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::case::{Oscillation, Transpiration, WallSide, Walls};

    #[test]
    fn walls_frame_rotation_and_drive_have_their_rates() {
        let at_rest = Parameters::at_rest([PI, 2.0, PI], [16, 33, 16]);
        assert_eq!(at_rest.rates(), Rates::default());
        let through = |amplitude, nx| Transpiration {
            wall: WallSide::Lower,
            amplitude,
            wavenumber: [nx, 1],
            phase: 0.0,
        };
        let walls = Walls {
            velocity: [0.0; 2],
            oscillation: Some(Oscillation { amplitude: 1.0, period: 0.5 }),
            transpiration: vec![through(0.1, -3), through(0.0, 7)],
        };
        let drive = Drive::PressureGradient { gradient: -PI };
        let rates = Parameters { walls, drive, rotation: -4.0, frame_velocity: 0.5, ..at_rest }.rates();
        let found = [Cause::Rotation, Cause::Walls, Cause::Frame, Cause::Force].map(|cause| rates.of(cause));
        assert!(
            found.iter().zip([8.0, 2.0 * TAU, 3.0, 4.0]).all(|(found, exact)| (found - exact).abs() < 1e-13),
            "{found:?}"
        );
    }
}
