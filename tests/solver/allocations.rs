//! A step allocates no memory after the first: counted by an allocator of our own.

use crate::collective::{Check, Outcome, process_grids};
use crate::ensure;
use rogallo::channel::case::{ChannelInitial, ChannelScalar, Drive, ScalarBoundary};
use rogallo::channel::{self, Channel};
use rogallo::flow::Flow;
use rogallo::homogeneous::case::{Dealiasing, Initial};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::{Method, World};
use rogallo::time::StepSize;
use std::alloc::{GlobalAlloc, Layout, System};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed on as it is to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

pub static CHECKS: [Check; 2] = [
    Check { name: "a_step_allocates_nothing", ranks: &[1, 4], run: homogeneous },
    Check { name: "a_step_of_a_channel_allocates_nothing", ranks: &[1, 4], run: channel },
];

fn homogeneous(world: &Rc<World>) -> Outcome {
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShift, Dealiasing::PhaseShiftExact] {
        for exchange in [Method::AllToAll, Method::Pairwise] {
            for process_grid in process_grids(world.size()) {
                let parameters = Parameters {
                    viscosity: 0.01,
                    dealiasing,
                    step_size: StepSize::Courant(0.5),
                    exchange,
                    process_grid: Some(process_grid),
                    ..Parameters::at_rest([16; 3])
                };
                let mut flow =
                    Homogeneous::<f64>::new(world.clone(), parameters).map_err(|error| error.to_string())?;
                flow.set(&Initial::TaylorGreen { amplitude: 1.0, dimensions: 3 })
                    .map_err(|error| error.to_string())?;
                count(&mut flow)
                    .map_err(|error| format!("{dealiasing:?}, {exchange:?}, {process_grid:?}: {error}"))?;
            }
        }
    }
    Ok(())
}

fn channel(world: &Rc<World>) -> Outcome {
    let scalar =
        ChannelScalar { name: "t".into(), schmidt: 0.7, boundary: ScalarBoundary::Source { rate: 1.0 } };
    for process_grid in process_grids(world.size()) {
        let parameters = channel::Parameters {
            viscosity: 0.01,
            drive: Drive::MassFlux { bulk_velocity: 1.0 },
            rotation: 0.1,
            scalars: vec![scalar.clone()],
            initial: Some(ChannelInitial::Turbulent { amplitude: 0.1 }),
            step_size: StepSize::Courant(0.5),
            process_grid: Some(process_grid),
            ..channel::Parameters::at_rest([6.0, 2.0, 3.0], [16, 17, 16])
        };
        let mut flow = Channel::<f64>::new(world.clone(), parameters).map_err(|error| error.to_string())?;
        flow.start(&mut |_| Ok(())).map_err(|error| error.to_string())?;
        count(&mut flow).map_err(|error| format!("{process_grid:?}: {error}"))?;
    }
    Ok(())
}

/// Counts what two steps allocate after a first one.
fn count(flow: &mut impl Flow) -> Outcome {
    let mut step = || flow.advance(f64::INFINITY).map_err(|error| error.to_string());
    step()?;
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    step()?;
    step()?;
    let count = ALLOCATIONS.load(Ordering::Relaxed) - before;
    ensure!(count == 0, "{count} allocations in two steps");
    Ok(())
}
