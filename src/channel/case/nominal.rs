//! Estimates of the friction and the bulk velocity of a channel from correlations. The half-height
//! is 1.

use super::{Channel, Drive, Walls};

/// Velocities of a channel; estimates if they are not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nominal {
    /// u_tau, the square root of the larger wall stress over the density.
    pub friction_velocity: f64,
    /// U_b, with its sign, in the laboratory.
    pub bulk_velocity: f64,
}

impl Channel {
    /// Estimates the velocities from drive, walls and viscosity.
    pub fn nominal(&self, viscosity: f64) -> Nominal {
        nominal(self.drive, &self.walls, viscosity)
    }
}

pub fn nominal(drive: Drive, walls: &Walls, viscosity: f64) -> Nominal {
    let [lower, upper] = walls.velocity;
    let middle = walls.mean_velocity();
    let (by_pressure, bulk_velocity) = match drive {
        Drive::MassFlux { bulk_velocity } => {
            (viscosity * friction_reynolds((bulk_velocity - middle).abs() / viscosity), bulk_velocity)
        }
        Drive::PressureGradient { gradient } => {
            let friction = gradient.abs().sqrt();
            (friction, middle + gradient.signum() * viscosity * bulk_reynolds(friction / viscosity))
        }
    };
    let by_walls = viscosity * couette_reynolds(0.5 * (upper - lower).abs() / viscosity);
    Nominal { friction_velocity: by_pressure.max(by_walls), bulk_velocity }
}

/// Re_tau at `Re_b = U_b h / nu`: `0.09 (2 Re_b)^0.88`, the friction law of the logarithmic profile
/// (Pope 2000, section 7.1.5), nearly the same as Dean's (1978) `c_f = 0.073 (2 Re_b)^-1/4`; the
/// laminar `Re_tau^2 = 3 Re_b` where that is larger.
pub fn friction_reynolds(bulk: f64) -> f64 {
    (0.09 * (2.0 * bulk).powf(0.88)).max((3.0 * bulk).sqrt())
}

/// Re_b at Re_tau by the same law.
pub fn bulk_reynolds(friction: f64) -> f64 {
    (0.5 * (friction / 0.09).powf(1.0 / 0.88)).min(friction * friction / 3.0)
}

/// Re_tau of Couette flow between walls of velocity U_w and -U_w at `Re_w = U_w h / nu`:
/// `u_tau / U_w = 0.19 / log10 Re_w` (Robertson 1959), and `Re_tau^2 = Re_w` if it is laminar.
fn couette_reynolds(wall: f64) -> f64 {
    /// Re_w at which the two laws cross.
    const LAMINAR: f64 = 119.57;
    if wall < LAMINAR { wall.sqrt() } else { 0.19 * wall / wall.log10() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Re_tau and U_b h / nu of Kim, Moin & Moser (1987), Moser, Kim & Mansour (1999), Hoyas &
    /// Jimenez (2006), Lee & Moser (2015).
    const CHANNELS: [(f64, f64); 4] =
        [(180.0, 2800.0), (587.2, 10975.0), (2003.0, 43650.0), (5186.0, 125000.0)];

    fn walls(lower: f64, upper: f64) -> Walls {
        Walls { velocity: [lower, upper], oscillation: None, transpiration: Vec::new() }
    }

    fn assert_near(a: f64, b: f64, part: f64) {
        assert!((a / b - 1.0).abs() < part, "{a} and {b}");
    }

    #[test]
    fn friction_is_that_of_published_channels() {
        for (friction, bulk) in CHANNELS {
            // The correlation is good to a few per cent.
            assert_near(friction_reynolds(bulk), friction, 0.03);
            assert_near(bulk_reynolds(friction), bulk, 0.03);
        }
        // Bech et al. (1995): Re_w = 1300, Re_tau = 82.2.
        assert_near(couette_reynolds(1300.0), 82.2, 0.05);
    }

    #[test]
    fn the_laws_are_inverse_and_continuous_and_laminar_where_friction_is_low() {
        for bulk in [1e-3, 1.0, 100.0, 470.0, 490.0, 1e4, 1e7] {
            assert_near(bulk_reynolds(friction_reynolds(bulk)), bulk, 1e-12);
        }
        assert_near(friction_reynolds(100.0), 300.0_f64.sqrt(), 1e-15);
        assert_near(couette_reynolds(119.569), couette_reynolds(119.571), 1e-4);
        assert_eq!((friction_reynolds(0.0), bulk_reynolds(0.0), couette_reynolds(0.0)), (0.0, 0.0, 0.0));
    }

    #[test]
    fn nominal_velocities_follow_drive_and_walls() {
        let nu = 1.0 / 180.0;
        let pressure = |gradient| Drive::PressureGradient { gradient };
        let at_rest = nominal(pressure(1.0), &walls(0.0, 0.0), nu);
        assert_eq!(at_rest.friction_velocity, 1.0);
        assert_near(at_rest.bulk_velocity, 15.66, 0.01);
        assert_eq!(
            nominal(pressure(-1.0), &walls(0.0, 0.0), nu),
            Nominal { bulk_velocity: -at_rest.bulk_velocity, ..at_rest }
        );
        // Walls that move together carry the fluid along; this mass flux causes no friction.
        assert_near(
            nominal(pressure(1.0), &walls(3.0, 3.0), nu).bulk_velocity,
            at_rest.bulk_velocity + 3.0,
            1e-15,
        );
        let flux = |bulk_velocity| Drive::MassFlux { bulk_velocity };
        assert_eq!(
            nominal(flux(3.0), &walls(3.0, 3.0), nu),
            Nominal { friction_velocity: 0.0, bulk_velocity: 3.0 }
        );
        let couette = Nominal { friction_velocity: couette_reynolds(1300.0) / 1300.0, bulk_velocity: 0.0 };
        assert_eq!(nominal(pressure(0.0), &walls(-1.0, 1.0), 1.0 / 1300.0), couette);
        assert_eq!(nominal(flux(0.0), &walls(-1.0, 1.0), 1.0 / 1300.0), couette);
    }
}
