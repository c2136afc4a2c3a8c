//! Mean flows that change in time: after a strain, relaxation.

use super::{Outcome, advance, error, one_mode, relabelled, started};
use crate::ensure;
use crate::exact;
use rogallo::homogeneous::Parameters;
use rogallo::homogeneous::case::{Gradient, Mean};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use std::rc::Rc;

const SIZE: [f64; 3] = [5.0, 2.0, 7.0];
const LABELS: [[i64; 3]; 3] = [[1, 2, -3], [-1, 3, 2], [0, 3, -2]];

/// A strain that ends at t = 0.7, within a step: inviscid, the velocity is steady from then on;
/// viscous, it decays.
pub fn strain(world: &Rc<World>) -> Outcome {
    for gradient in [Gradient::PlaneStrain { rate: 0.9 }, Gradient::AxisymmetricExpansion { rate: 1.1 }] {
        for (viscosity, nonlinear) in [(0.0, false), (0.02, true)] {
            for label in LABELS {
                let mean = Mean { gradient, schedule: vec![(0.0, 1.0), (0.7, 0.0)], ..Mean::default() };
                let step_size = StepSize::Fixed(0.25);
                let parameters = Parameters {
                    size: SIZE,
                    viscosity,
                    nonlinear,
                    mean,
                    step_size,
                    ..Parameters::at_rest([12, 20, 18])
                };
                let (initial, wave) = one_mode(&parameters, label);
                let mut flow = started(world, &parameters, &initial)?;
                let strained = |t: f64| exact::strain(gradient.matrix(), viscosity, wave, t.min(0.7));
                for time in [0.5, 0.7, 1.3, 2.0] {
                    advance(&mut flow, time)?;
                    let exact =
                        exact::strain([[0.0; 3]; 3], viscosity, strained(time), (time - 0.7).max(0.0));
                    let error = error(world, &flow, label, &exact)?;
                    ensure!(error < 1e-12, "{gradient:?}, {label:?} at {time}: off by {error:e}");
                }
            }
        }
    }
    Ok(())
}

/// Shear at 1, 1/2, 0 and 3/2 times its rate, through a remesh (S t = 1.25) and within steps; the
/// error of RK4 as for one mode.
pub fn shear(world: &Rc<World>) -> Outcome {
    let rate = 1.2;
    let schedule = vec![(0.0, 1.0), (0.503, 0.5), (0.801, 0.0), (1.007, 1.5)];
    for (viscosity, nonlinear) in [(0.0, false), (0.01, true)] {
        for label in LABELS {
            let mean =
                Mean { gradient: Gradient::Shear { rate }, schedule: schedule.clone(), ..Mean::default() };
            let (scheme, step_size) = (RungeKutta::Rk4, StepSize::Fixed(0.0025));
            let parameters = Parameters {
                size: SIZE,
                viscosity,
                nonlinear,
                mean,
                scheme,
                step_size,
                ..Parameters::at_rest([12, 20, 18])
            };
            let (initial, wave) = one_mode(&parameters, label);
            let mut flow = started(world, &parameters, &initial)?;
            let end = 1.7;
            advance(&mut flow, end)?;
            let (mut exact, mut total) = (wave, 0.0);
            for (i, (from, factor)) in schedule.iter().enumerate() {
                let duration = schedule.get(i + 1).map_or(end, |next| next.0) - from;
                exact = exact::shear(rate * factor, viscosity, 0.0, exact, duration);
                total += rate * factor * duration;
            }
            let error = error(world, &flow, relabelled(label, &parameters, total), &exact)?;
            ensure!(error < 1e-10, "{label:?}, viscosity {viscosity}: off by {error:e}");
        }
    }
    Ok(())
}
