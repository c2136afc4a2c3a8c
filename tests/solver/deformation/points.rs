//! Fields at points, as snapshots have them, against one mode at the coordinates that are given with them.

use super::{AMPLITUDE, Outcome, advance, one_mode, started};
use crate::ensure;
use crate::exact::{self, Wave, dot};
use num_complex::Complex;
use rogallo::case::{Gradient, Mean};
use rogallo::flow::Flow;
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use rogallo::transform::Reals;
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
        let error = largest_error(&mut flow, field, |x| 2.0 * (u * Complex::cis(dot(wave.k, x))).re)?;
        let gradient = parameters.mean.gradient;
        ensure!(error < tolerance * AMPLITUDE, "{gradient:?}, t = {time}, field {field}: off by {error:e}");
    }
    Ok(())
}

fn largest_error(
    flow: &mut Homogeneous<f64>,
    field: usize,
    exact: impl Fn([f64; 3]) -> f64,
) -> Result<f64, String> {
    let ([x, y, z], slab) = (flow.coordinates(), flow.slab());
    let Reals::F64(values) = flow.points(field) else { return Err("not in double precision".into()) };
    let points = slab.z.flat_map(|k| slab.y.clone().map(move |j| (j, k)));
    let points = points.flat_map(|(j, k)| (0..x.len()).map(move |i| [i, j, k]));
    let errors = points.zip(values).map(|([i, j, k], value)| (value - exact([x[i], y[j], z[k]])).abs());
    Ok(errors.fold(0.0, f64::max))
}
