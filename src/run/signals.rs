//! Signals to a run, which are checked after every step.

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};
use signal_hook::{flag, low_level};
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

/// Time within which a second interrupt counts as the first: `timeout -s INT` sends it to the program
/// and to its group.
const BOUNCE_MS: u64 = 500;

/// The signals received so far.
#[derive(Default)]
pub struct Signals {
    stop: Arc<AtomicBool>,
    resumed: Arc<AtomicBool>,
}

static HEEDED: LazyLock<Signals> = LazyLock::new(|| {
    let signals = Signals::default();
    // A signal that cannot be caught ends the job as it would any other program; the last checkpoint stays.
    for signal in
        [SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU].into_iter().chain((!is_ignored(SIGHUP)).then_some(SIGHUP))
    {
        let _ = flag::register(signal, Arc::clone(&signals.stop));
    }
    let _ = flag::register(SIGCONT, Arc::clone(&signals.resumed));
    let (begin, first, stop) = (Instant::now(), AtomicU64::new(0), Arc::clone(&signals.stop));
    let interrupted = move || {
        let now = 1 + begin.elapsed().as_millis() as u64;
        match first.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => stop.store(true, Ordering::Relaxed),
            // A user who interrupts twice does not want to wait for a checkpoint.
            Err(first) if now.saturating_sub(first) >= BOUNCE_MS => {
                drop(low_level::emulate_default_handler(SIGINT))
            }
            Err(_) => {}
        }
    };
    // SAFETY: the action reads a clock and changes atomic numbers; the function that ends the program
    // is safe to call in a signal handler.
    let _ = unsafe { low_level::register(SIGINT, interrupted) };
    signals
});

/// Returns whether the parent process made this one ignore a signal, as `nohup` does.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Installs the handlers: from now on a signal asks the run to stop. Call this before MPI starts;
/// until then a signal ends the job, as it would any other program.
pub fn heed_signals() {
    LazyLock::force(&HEEDED);
}

/// The signals; installs the handlers if necessary.
pub fn heeded() -> &'static Signals {
    &HEEDED
}

impl Signals {
    /// Returns whether SIGTERM, SIGINT, SIGHUP, SIGXCPU, SIGUSR1 or SIGUSR2 has been received.
    pub fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Returns whether SIGCONT has been received since the last call. Open MPI's `mpirun` sends it a
    /// second before SIGTERM when it ends its ranks; resuming a suspended job sends it too.
    pub fn resumed(&self) -> bool {
        self.resumed.swap(false, Ordering::Relaxed)
    }
}
