//! Remeshes in shear: modes keep their velocity under a new label, or leave.

use super::{Outcome, advance, error, observed, one_mode, relabelled, scalar_mode, started};
use crate::ensure;
use crate::exact;
use rogallo::homogeneous::Parameters;
use rogallo::homogeneous::case::{Dealiasing, Gradient, Mean};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use std::rc::Rc;

const ALL_DEALIASING: [Dealiasing; 2] = [Dealiasing::TwoThirds, Dealiasing::PhaseShift];

/// A remesh at S t = L_x/L_y (1/2, 3/2, 5/2, ..).
fn parameters(size: [f64; 3], rate: f64, dt: f64) -> Parameters {
    let mean = Mean { gradient: Gradient::Shear { rate }, ..Mean::default() };
    let (scheme, step_size) = (RungeKutta::Rk4, StepSize::Fixed(dt));
    Parameters { size, mean, scheme, step_size, ..Parameters::at_rest([12, 30, 18]) }
}

/// Three and four remeshes; the steps meet none of them.
///
/// The error of RK4 at dt = 1/300 with rates of change lambda <= 2.6 is (lambda dt)^4 lambda t /
/// 120, about 2e-10 of the velocity at its largest, were all of it at that rate all the time; half
/// of that is allowed.
pub fn retained(world: &Rc<World>) -> Outcome {
    for (size, end) in [([2.0, 4.0, 3.0], 1.5), ([3.0, 4.0, 5.0], 2.2)] {
        for (rate, labels) in [
            (1.0, [[1, 2, -2], [2, 4, 1], [-1, -1, 3], [0, 3, 2]]),
            (-1.3, [[1, -2, -2], [2, -3, 1], [-1, 2, 3], [0, -2, 0]]),
        ] {
            for (viscosity, nonlinear) in [(0.0, false), (0.01, true)] {
                for (i, label) in labels.into_iter().enumerate() {
                    let dealiasing = ALL_DEALIASING[i % 2];
                    let scalars = vec![scalar_mode(label, 1.0, [0.0, 0.8, 0.0], [0.0; 3])];
                    let parameters = Parameters {
                        viscosity,
                        nonlinear,
                        scalars,
                        dealiasing,
                        ..parameters(size, rate, 1.0 / 300.0)
                    };
                    let (initial, wave) = one_mode(&parameters, label);
                    let mut flow = started(world, &parameters, &initial)?;
                    let time = end / f64::abs(rate);
                    advance(&mut flow, time)?;
                    let now = relabelled(label, &parameters, rate * time);
                    let error = error(world, &flow, now, &exact::shear(rate, viscosity, 0.8, wave, time))?;
                    ensure!(
                        error < 1e-10,
                        "{label:?}, now {now:?}, rate {rate}, viscosity {viscosity}: off by {error:e}"
                    );
                }
            }
        }
    }
    Ok(())
}

/// The steps end at the remeshes, so that what is dropped is known: 1/2 <u_i u_i> and 2 nu k^2
/// times it, then.
pub fn dropped(world: &Rc<World>) -> Outcome {
    let size = [2.0, 4.0, 3.0];
    for (rate, label) in [(1.0, [1, -8, 1]), (1.0, [-2, 5, 1]), (-1.0, [1, 8, -1]), (-1.0, [2, 5, 0])] {
        for dealiasing in ALL_DEALIASING {
            let viscosity = 0.002;
            let parameters =
                Parameters { viscosity, nonlinear: false, dealiasing, ..parameters(size, rate, 1.0 / 512.0) };
            let (initial, wave) = one_mode(&parameters, label);
            let mut flow = started(world, &parameters, &initial)?;
            let remesh = |n: u32| 0.5 * (f64::from(n) + 0.5);
            let holds = |n: u32| {
                parameters.truncation().holds(relabelled(label, &parameters, rate * (remesh(n) + 0.1)))
            };
            let last = (0..8).find(|n| !holds(*n)).ok_or("the mode stays")?;
            advance(&mut flow, remesh(last) - 1.0 / 64.0)?;
            let none = observed(&mut flow, "remesh_energy");
            ensure!(none == 0.0, "{label:?}: {none:e} dropped too early");
            let before = relabelled(label, &parameters, rate * (remesh(last) - 1.0 / 64.0));
            let off = error(
                world,
                &flow,
                before,
                &exact::shear(rate, viscosity, 0.0, wave, remesh(last) - 1.0 / 64.0),
            )?;
            ensure!(off < 1e-10, "{label:?}: off by {off:e} before the remesh");
            advance(&mut flow, remesh(last) + 1.0 / 64.0)?;
            for field in super::fields(&flow)? {
                let left = field.iter().filter(|u| u.norm() != 0.0).count();
                ensure!(left == 0, "{label:?}: {left} modes are not zero after the remesh");
            }
            let gone = exact::shear(rate, viscosity, 0.0, wave, remesh(last));
            let exact = [gone.energy(), 2.0 * viscosity * exact::dot(gone.k, gone.k) * gone.energy()];
            for (name, exact) in ["remesh_energy", "remesh_dissipation"].into_iter().zip(exact) {
                let value = observed(&mut flow, name);
                // Twice the relative error of the velocity.
                ensure!((value / exact - 1.0).abs() < 2e-10, "{label:?}: {name} is {value:e}, not {exact:e}");
            }
        }
    }
    Ok(())
}
