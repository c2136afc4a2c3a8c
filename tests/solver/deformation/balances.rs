//! What turbulence in a mean flow keeps: its balance of energy, and its continuity.

use super::{Outcome, observed, order, started};
use crate::balance::simpson;
use crate::ensure;
use rogallo::flow::Flow;
use rogallo::homogeneous::case::{Dealiasing, Gradient, Initial, Mean, Spectrum};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use std::rc::Rc;

fn turbulence() -> Initial {
    Initial::Random {
        energy: Some(0.5),
        spectrum: Spectrum::PassotPouquet { peak_wavenumber: 3.0 },
        develop: None,
    }
}

/// Mean flows; with these rates the first remesh is at t = 0.5, after the end.
fn means() -> [Mean; 4] {
    let shear = Gradient::Shear { rate: 1.0 };
    let general = Gradient::General([[0.1, 0.7, -0.2], [-0.9, -0.3, 0.5], [0.3, 0.1, 0.2]]);
    [
        (shear, [0.0; 3]),
        (shear, [0.2, 0.3, -0.4]),
        (Gradient::PlaneStrain { rate: 1.0 }, [0.0; 3]),
        (general, [0.0; 3]),
    ]
    .map(|(gradient, rotation)| Mean { gradient, rotation, ..Mean::default() })
}

fn step(flow: &mut Homogeneous<f64>) -> Outcome {
    flow.advance(f64::INFINITY).map_err(|error| error.to_string())?;
    Ok(())
}

/// dE/dt = P - eps: what is left over falls with dt at the order of the scheme.
pub fn energy(world: &Rc<World>) -> Outcome {
    for mean in means() {
        for (scheme, expected) in [(RungeKutta::Rk2, 2.0), (RungeKutta::Rk3, 3.0)] {
            let residual = |dt: f64| -> Result<f64, String> {
                let (mean, step_size) = (mean.clone(), StepSize::Fixed(dt));
                let parameters =
                    Parameters { viscosity: 0.01, mean, scheme, step_size, ..Parameters::at_rest([32; 3]) };
                let mut flow = started(world, &parameters, &turbulence())?;
                let before = observed(&mut flow, "energy");
                let steps = (0.4 / dt).round() as usize;
                let gain = simpson(&mut flow, dt, steps, |flow| {
                    observed(flow, "production") - observed(flow, "dissipation")
                })?;
                Ok((observed(&mut flow, "energy") - before - gain).abs())
            };
            let residuals = [residual(0.02)?, residual(0.01)?];
            let measured = order(residuals);
            println!(
                "{scheme:?}, {mean:?}: energy to {:.2e}, {:.2e}, order {measured:.2}",
                residuals[0], residuals[1]
            );
            ensure!(
                measured > expected - 0.1,
                "{scheme:?}, {mean:?}: the energy balance closes at order {measured}"
            );
        }
    }
    Ok(())
}

/// What a remesh drops is all that is missing from the balance of its step. The rates of that step
/// are known before and after it: what is dropped (D, of dissipation 2 nu k^2 D and of production
/// less than S D) counts in half of them, which is an error of dt/2 (2 nu k_max^2 + S) D < 3e-3 D;
/// that of the trapezium is dt^3/12 of a third derivative below 10 E S^3, 2e-7.
pub fn across_remeshes(world: &Rc<World>) -> Outcome {
    let mean = Mean { gradient: Gradient::Shear { rate: 1.0 }, ..Mean::default() };
    let dt = 1.0 / 256.0;
    let (scheme, step_size) = (RungeKutta::Rk4, StepSize::Fixed(dt));
    let parameters = Parameters { viscosity: 0.002, mean, scheme, step_size, ..Parameters::at_rest([24; 3]) };
    let mut flow = started(world, &parameters, &turbulence())?;
    let now = |flow: &mut Homogeneous<f64>| {
        let rate = observed(flow, "production") - observed(flow, "dissipation");
        [observed(flow, "energy"), rate, observed(flow, "remesh_energy")]
    };
    let (mut before, mut remeshes) = (now(&mut flow), 0);
    while flow.clock().time < 1.9 {
        step(&mut flow)?;
        let after = now(&mut flow);
        let dropped = after[2] - before[2];
        ensure!(dropped >= 0.0, "a remesh drops {dropped:e}");
        if dropped > 0.0 {
            remeshes += 1;
            let residual = after[0] - before[0] - 0.5 * dt * (before[1] + after[1]) + dropped;
            println!("remesh at {}: {dropped:.2e} dropped, balance to {residual:.2e}", flow.clock().time);
            ensure!(dropped > 1e-4, "only {dropped:e} is dropped: this shows nothing");
            ensure!(
                residual.abs() < 3e-3 * dropped + 2e-7,
                "{dropped:e} is dropped, but {residual:e} is missing"
            );
        }
        before = after;
    }
    ensure!(remeshes == 2, "{remeshes} remeshes, not 2");
    Ok(())
}

pub fn divergence(world: &Rc<World>) -> Outcome {
    // Shear through three remeshes; strains until the box is e times as long.
    let mut cases: Vec<(Mean, f64)> = means().into_iter().map(|mean| (mean, 1.0)).collect();
    cases[0].1 = 2.8;
    cases[1].1 = 2.8;
    for (mean, end) in cases {
        for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShift] {
            for viscosity in [0.0, 0.01] {
                let step_size = StepSize::Fixed(0.02);
                let parameters = Parameters {
                    viscosity,
                    mean: mean.clone(),
                    dealiasing,
                    step_size,
                    ..Parameters::at_rest([24; 3])
                };
                let mut flow = started(world, &parameters, &turbulence())?;
                while flow.clock().time < end {
                    for _ in 0..5 {
                        step(&mut flow)?;
                    }
                    let divergence = observed(&mut flow, "divergence");
                    ensure!(
                        divergence < 1e-14,
                        "{divergence:e} at {}, viscosity {viscosity}, {mean:?}",
                        flow.clock().time
                    );
                }
            }
        }
    }
    Ok(())
}
