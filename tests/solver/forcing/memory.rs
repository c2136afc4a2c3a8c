//! A restart from the state, the clock and the memory.

use super::{Outcome, distance, fields, labels, new, put, started, step, turbulence};
use crate::ensure;
use rogallo::flow::Flow;
use rogallo::homogeneous::Parameters;
use rogallo::homogeneous::case::{Forcing, Gradient, Mean, Scalar, ScalarInitial};
use rogallo::parallel::World;
use rogallo::time::StepSize;
use std::collections::HashMap;
use std::rc::Rc;

/// Each force goes on to the bit, also in a box that moves, before and after a remesh at t = 0.5.
pub fn goes_on(world: &Rc<World>) -> Outcome {
    let band = (0.5, 2.5);
    let power = Forcing::ConstantPower { power: 0.3, k_min: band.0, k_max: band.1 };
    let random =
        Forcing::OrnsteinUhlenbeck { variance: 0.02, correlation_time: 0.3, k_min: band.0, k_max: band.1 };
    let frozen = Forcing::FrozenShells { k_min: band.0, k_max: band.1 };
    let shear = Gradient::Shear { rate: 1.0 };
    let linear = Forcing::Linear { rate: 0.2 };
    let runs = [
        (power.clone(), Gradient::None),
        (random.clone(), Gradient::None),
        (frozen, Gradient::None),
        (power, shear),
        (random, shear),
        (linear, shear),
    ];
    for (forcing, gradient) in runs {
        let initial = ScalarInitial::Mode { wavenumber: [1, 0, 2], amplitude: 0.2, phase: 0.3 };
        let scalar = Scalar {
            name: "theta".into(),
            schmidt: 0.7,
            gradient: [0.1, 0.5, 0.2],
            buoyancy: [0.0, 0.3, 0.0],
            initial,
        };
        let parameters = Parameters {
            viscosity: 0.02,
            forcing: Some(forcing.clone()),
            mean: Mean { gradient, ..Mean::default() },
            scalars: vec![scalar],
            step_size: StepSize::Fixed(0.05),
            ..Parameters::at_rest([18; 3])
        };
        let mut flow = started(world, &parameters, &turbulence(0.5))?;
        for saved_at in [4, 13] {
            while flow.clock().step < saved_at {
                step(&mut flow)?;
            }
            let mut other = new(world, &parameters)?;
            let saved = fields(&flow);
            let at: HashMap<[i64; 3], usize> =
                labels(&flow).into_iter().enumerate().map(|(mode, label)| (label, mode)).collect();
            put(&mut other, |label, field| saved[field][at[&label]]);
            other.resume(flow.clock(), &flow.restart_scalars());
            ensure!(
                other.restart_scalars() == flow.restart_scalars(),
                "{forcing:?}, {gradient:?}: not what was remembered"
            );
            for _ in 0..6 {
                step(&mut flow)?;
                step(&mut other)?;
            }
            let apart = distance(world, &fields(&flow), &fields(&other));
            ensure!(apart == 0.0, "{forcing:?}, {gradient:?}, saved at step {saved_at}: {apart:e} apart");
            ensure!(
                other.restart_scalars() == flow.restart_scalars(),
                "{forcing:?}, {gradient:?}: memories part"
            );
        }
    }
    Ok(())
}
