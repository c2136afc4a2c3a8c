//! The channel in a frame that moves in x: what is observed of it is that of the laboratory.

use crate::channel::{at, new};
use crate::collective::{Check, Outcome};
use crate::ensure;
use crate::flows::{advance, observed};
use num_complex::Complex;
use rogallo::channel::case::{Transpiration, WallSide, Walls};
use rogallo::channel::{Channel, Parameters};
use rogallo::flow::Flow;
use rogallo::parallel::World;
use rogallo::time::StepSize;
use rogallo::transform::Reals;
use std::f64::consts::{PI, TAU};
use std::rc::Rc;

pub static CHECKS: [Check; 3] = [
    Check { name: "transpiration_turns_as_the_frame_passes_it", ranks: &[1, 3], run: modes },
    Check { name: "snapshots_show_transpiration_where_it_is", ranks: &[1, 3], run: points },
    Check { name: "steps_have_the_energy_of_the_laboratory", ranks: &[1, 3], run: energy },
];

const LABEL: [i64; 2] = [2, -1];
const AMPLITUDE: f64 = 0.1;
const PHASE: f64 = 0.7;
const FRAME_VELOCITY: f64 = 1.3;
const TIME: f64 = 0.4;

/// `U = 1 - y^2` at the beginning, and at both walls `v = A cos(k_x x + k_z z + phase)`.
fn flow(world: &Rc<World>) -> Result<Channel<f64>, String> {
    let through =
        Transpiration { wall: WallSide::Both, amplitude: AMPLITUDE, wavenumber: LABEL, phase: PHASE };
    let walls = Walls { transpiration: vec![through], ..Walls::default() };
    let (frame_velocity, step_size) = (FRAME_VELOCITY, StepSize::Fixed(0.04));
    let own = Parameters::at_rest([TAU, 2.0, PI], [12, 17, 10]);
    let mut channel = new(world, Parameters { viscosity: 0.05, walls, frame_velocity, step_size, ..own })?;
    channel.set_profiles(|y| 1.0 - y * y, |_| 0.0);
    Ok(channel)
}

/// With `x = x' + c t` the mode in the frame is `A/2 exp(i phase + i k_x c t)`.
fn modes(world: &Rc<World>) -> Outcome {
    let mut channel = flow(world)?;
    advance(&mut channel, TIME)?;
    let exact = Complex::from_polar(0.5 * AMPLITUDE, PHASE + LABEL[0] as f64 * FRAME_VELOCITY * TIME);
    if let Some([_, v, _]) = channel.velocity_of(LABEL) {
        for wall in [-1.0, 1.0] {
            let error = (at(&v, wall) - exact).norm();
            ensure!(error < 1e-14, "v at y = {wall} is off by {error:e}");
        }
    }
    Ok(())
}

fn points(world: &Rc<World>) -> Outcome {
    let mut channel = flow(world)?;
    advance(&mut channel, TIME)?;
    let ([x, y, z], slab) = (channel.coordinates(), channel.slab());
    let Reals::F64(v) = channel.points(1) else { return Err("not in double precision".into()) };
    let lines = slab.z.flat_map(|z| slab.y.clone().map(move |y| (z, y)));
    for ((k, j), line) in lines.zip(v.chunks(x.len())).filter(|((_, j), _)| y[*j].abs() == 1.0) {
        for (x, v) in x.iter().zip(line) {
            let exact = AMPLITUDE * (2.0 * x - 2.0 * z[k] + PHASE).cos();
            ensure!((v - exact).abs() < 1e-13, "v at x = {x}, y = {}, z = {}: {v}, not {exact}", y[j], z[k]);
        }
    }
    Ok(())
}

fn energy(world: &Rc<World>) -> Outcome {
    let mut channel = flow(world)?;
    for _ in 0..3 {
        let before = observed(&mut channel, "energy");
        let step = channel.step(f64::INFINITY).map_err(|error| error.to_string())?;
        let error = (step.energy / before - 1.0).abs();
        ensure!(error < 1e-13, "a step from energy {before} reports {}, off by {error:e}", step.energy);
    }
    Ok(())
}
