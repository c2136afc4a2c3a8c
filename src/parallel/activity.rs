//! Signs of life of this process, for a watchdog in another thread: its current activity, and a count
//! that grows at every change of activity. A sign costs one relaxed store.

use std::sync::atomic::{AtomicU64, Ordering};

/// The activity of the process, if it may have to wait for other ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The process computes, or reads and writes its own files.
    Nowhere,
    Exchange,
    Reduction,
}

/// Steps done, and the count of signs with the place in its lowest bits. Written by the main thread alone.
static STEP: AtomicU64 = AtomicU64::new(0);
static SIGNS: AtomicU64 = AtomicU64::new(0);
const PLACES: u64 = 4;

fn sign(place: Waiting) {
    let count = SIGNS.load(Ordering::Relaxed) / PLACES + 1;
    SIGNS.store(count * PLACES + place as u64, Ordering::Relaxed);
}

/// Records the current or last step.
pub fn at_step(step: u64) {
    STEP.store(step, Ordering::Relaxed);
    sign(Waiting::Nowhere);
}

/// Records that this process waits for others until the guard is dropped.
pub(super) fn waits(place: Waiting) -> impl Drop {
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            sign(Waiting::Nowhere);
        }
    }
    sign(place);
    Guard
}

/// The last sign of life; equal to an earlier one if there was none in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    pub step: u64,
    signs: u64,
}

impl Sign {
    pub fn last() -> Self {
        Self { step: STEP.load(Ordering::Relaxed), signs: SIGNS.load(Ordering::Relaxed) }
    }

    pub fn place(&self) -> Waiting {
        match self.signs % PLACES {
            1 => Waiting::Exchange,
            2 => Waiting::Reduction,
            _ => Waiting::Nowhere,
        }
    }
}
