//! Laminar flow in a channel whose walls move, which is steady: what is observed of it, and its scalars.

use crate::channel::new;
use crate::collective::{Check, Outcome};
use crate::ensure;
use crate::flows::{advance, error_at_points, observed};
use rogallo::channel::case::{ChannelInitial, ChannelScalar, Drive, ScalarBoundary, Walls};
use rogallo::channel::{Channel, Parameters};
use rogallo::parallel::World;
use rogallo::time::StepSize;
use std::f64::consts::{PI, TAU};
use std::rc::Rc;

pub static CHECKS: [Check; 2] = [
    Check { name: "series_are_exact", ranks: &[1, 3], run: series },
    Check { name: "velocity_and_scalars_stay", ranks: &[1, 3], run: fields },
];

const NU: f64 = 0.02;
const SCHMIDT: f64 = 0.7;
const M: f64 = -0.1;
const H: f64 = -0.4;
const P: f64 = 1.2;

/// `U = m + h y + P (1 - y^2)` between walls that move at m - h and m + h, where `-dp/dx = 2 nu P`;
/// its mean over the channel is m + 2 P / 3.
fn flow(world: &Rc<World>) -> Result<Channel<f64>, String> {
    let scalar = |name: &str, boundary| ChannelScalar { name: name.into(), schmidt: SCHMIDT, boundary };
    let parameters = Parameters {
        viscosity: NU,
        walls: Walls { velocity: [M - H, M + H], ..Walls::default() },
        drive: Drive::MassFlux { bulk_velocity: M + 2.0 * P / 3.0 },
        scalars: vec![
            scalar("conducted", ScalarBoundary::Values { lower: 0.9, upper: -0.3 }),
            scalar("released", ScalarBoundary::Source { rate: 0.06 }),
        ],
        frame_velocity: 0.5,
        step_size: StepSize::Fixed(0.04),
        ..Parameters::at_rest([TAU, 2.0, PI], [8, 17, 6])
    };
    let mut channel = new(world, parameters)?;
    channel.set(&ChannelInitial::Laminar).map_err(|error| error.to_string())?;
    advance(&mut channel, 0.4)?;
    Ok(channel)
}

fn series(world: &Rc<World>) -> Outcome {
    let mut channel = flow(world)?;
    let (bulk, [lower, upper]) = (M + 2.0 * P / 3.0, [NU * (H + 2.0 * P), NU * (H - 2.0 * P)]);
    let friction_velocity = (0.5 * (lower.abs() + upper.abs())).sqrt();
    for (name, exact) in [
        ("energy", 0.5 * (M * M + H * H / 3.0 + P * P * 8.0 / 15.0 + 4.0 / 3.0 * M * P)),
        ("dissipation", NU * (H * H + 4.0 / 3.0 * P * P)),
        ("bulk_velocity", bulk),
        ("bulk_velocity_z", 0.0),
        ("pressure_gradient", 2.0 * NU * P),
        ("wall_shear_lower", lower),
        ("wall_shear_upper", upper),
        ("friction_velocity", friction_velocity),
        ("re_tau", friction_velocity / NU),
        ("re_bulk", (bulk - M) / NU),
    ] {
        let found = observed(&mut channel, name);
        ensure!((found - exact).abs() < 1e-11 * exact.abs().max(1.0), "{name} is {found}, not {exact}");
    }
    Ok(())
}

/// `theta = 0.3 - 0.6 y` between the values at the walls, and `s (1 - y^2) / (2 D)` of a source s.
fn fields(world: &Rc<World>) -> Outcome {
    let mut channel = flow(world)?;
    let velocity = error_at_points(&mut channel, 0, |[_, y, _]| M + H * y + P * (1.0 - y * y))?;
    let conducted = error_at_points(&mut channel, 3, |[_, y, _]| 0.3 - 0.6 * y)?;
    let released = error_at_points(&mut channel, 4, |[_, y, _]| 0.03 * SCHMIDT / NU * (1.0 - y * y))?;
    for (name, error) in [("U", velocity), ("the conducted", conducted), ("the released", released)] {
        ensure!(error < 1e-12, "{name} is off by {error:e}");
    }
    Ok(())
}
