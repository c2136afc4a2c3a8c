//! How long the phases of an evaluation take.

use std::time::Instant;

/// Seconds that a rank has spent in each phase so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct PhaseTimes {
    pub transform: f64,
    pub exchange: f64,
    pub products: f64,
    pub update: f64,
}

/// Adds the time since the last lap to a phase.
pub(super) fn lap(clock: &mut Instant, phase: &mut f64) {
    let now = Instant::now();
    *phase += (now - *clock).as_secs_f64();
    *clock = now;
}
