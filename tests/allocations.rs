//! A step allocates no memory after the first: counted by an allocator of our own.

#[macro_use]
mod support;

use rogallo::case::{Dealiasing, Initial};
use rogallo::flow::Flow;
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::{Method, World};
use rogallo::time::StepSize;
use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::collective::{self, Check, Outcome};

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

static CHECKS: [Check; 1] = [Check { name: "a_step_allocates_nothing", ranks: &[1, 4], run: allocations, needs: None }];

fn main() -> ExitCode {
    collective::main(&CHECKS, Duration::from_secs(60))
}

fn allocations(world: &Rc<World>) -> Outcome {
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShift, Dealiasing::PhaseShiftExact] {
        for exchange in [Method::AllToAll, Method::Pairwise] {
            for process_grid in support::process_grids(world.size()) {
                let parameters = Parameters {
                    viscosity: 0.01,
                    dealiasing,
                    step_size: StepSize::Courant(0.5),
                    exchange,
                    process_grid: Some(process_grid),
                    ..Parameters::at_rest([16; 3])
                };
                let mut flow = Homogeneous::<f64>::new(world.clone(), parameters).map_err(|error| error.to_string())?;
                flow.set(&Initial::TaylorGreen { amplitude: 1.0, dimensions: 3 }).map_err(|error| error.to_string())?;
                let mut step = || flow.advance(f64::INFINITY).map_err(|error| error.to_string());
                step()?;
                let before = ALLOCATIONS.load(Ordering::Relaxed);
                step()?;
                step()?;
                let count = ALLOCATIONS.load(Ordering::Relaxed) - before;
                ensure!(count == 0, "{dealiasing:?}, {exchange:?}, {process_grid:?}: {count} allocations in two steps");
            }
        }
    }
    Ok(())
}
