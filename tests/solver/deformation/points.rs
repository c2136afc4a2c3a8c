//! Fields at points, as snapshots have them, against one mode at the coordinates that are given with them.

use super::{AMPLITUDE, Outcome, advance, one_mode, started};
use crate::ensure;
use crate::exact::{self, Wave, dot};
use crate::flows::error_at_points;
use num_complex::Complex;
use rogallo::homogeneous::Parameters;
use rogallo::homogeneous::case::{Gradient, Mean};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use std::rc::Rc;

const LABEL: [i64; 3] = [2, -1, 3];

/// Remeshes in shear come at S t = 5/4, 15/4, ..
fn parameters(gradient: Gradient, dt: f64) -> Parameters {
    let (scheme, step_size) = (RungeKutta::Rk4, StepSize::Fixed(dt));
    let mean = Mean { gradient, ..Mean::default() };
    Parameters { size: [5.0, 2.0, 7.0], mean, scheme, step_size, ..Parameters::at_rest([12, 20, 18]) }
}

/// Upright in space, before and after a remesh, in both directions. RK4 at dt = 1/200 has an error of 1e-9.
pub fn sheared(world: &Rc<World>) -> Outcome {
    for (rate, time) in [(1.0, 0.9), (1.0, 1.6), (-1.0, 0.9), (-1.0, 1.6)] {
        let parameters = parameters(Gradient::Shear { rate }, 0.005);
        compare(world, &parameters, time, 1e-8, |wave| exact::shear(rate, 0.0, 0.0, wave, time))?;
    }
    Ok(())
}

/// Further apart or closer together, by what the box is stretched.
pub fn strained(world: &Rc<World>) -> Outcome {
    let (gradient, time) = (Gradient::PlaneStrain { rate: 0.4 }, 0.5);
    let exact = |wave| exact::strain(gradient.matrix(), 0.0, wave, time);
    compare(world, &parameters(gradient, 0.05), time, 1e-13, exact)
}

fn compare(
    world: &Rc<World>,
    parameters: &Parameters,
    time: f64,
    tolerance: f64,
    exact: impl Fn(Wave) -> Wave,
) -> Outcome {
    let (initial, wave) = one_mode(parameters, LABEL);
    let mut flow = started(world, parameters, &initial)?;
    advance(&mut flow, time)?;
    let wave = exact(wave);
    for (field, u) in wave.u.into_iter().enumerate() {
        let error = error_at_points(&mut flow, field, |x| 2.0 * (u * Complex::cis(dot(wave.k, x))).re)?;
        let gradient = parameters.mean.gradient;
        ensure!(error < tolerance * AMPLITUDE, "{gradient:?}, t = {time}, field {field}: off by {error:e}");
    }
    Ok(())
}
