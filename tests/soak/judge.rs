//! What may become of a job after what befell it.

use crate::disturbance::Disturbance;
use crate::ensure;
use crate::place::{Outcome, Place};
use crate::support::mpirun::Finished;
use libtest_mimic::Failed;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::ExitStatusExt;
use std::thread::sleep;
use std::time::Duration;

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    Done,
    /// To be started again.
    Early,
    /// Only a new start is possible.
    Lost,
}

/// By which a program ends itself, or is ended for what it did. None of them is ever sent to a disturbed run.
const OF_CRASHES: [Signal; 5] = [Signal::ILL, Signal::ABORT, Signal::BUS, Signal::FPE, Signal::SEGV];

/// Fails if the job ended otherwise than it may after what befell it.
pub fn judge(finished: &Finished, befell: &[Disturbance]) -> Result<End, Failed> {
    let Finished { status, output } = finished;
    let says = |text: &str| output.contains(text);
    let fell = |kinds: &[Disturbance]| befell.iter().any(|kind| kinds.contains(kind));
    ensure!(!says("panicked") && !says("internal error"), "{befell:?}: {output}");
    if fell(&[Disturbance::SignalLauncher]) && launcher_crashed(finished) {
        return Ok(End::Early);
    }
    ensure!(!crashed(finished), "a rank crashed, {status}, after {befell:?}:\n{output}");
    let orderly = &[Disturbance::Signal, Disturbance::SignalTwice];
    match status.code() {
        Some(0) => Ok(End::Done),
        Some(2) if says("holds results but no checkpoint to continue from") => Ok(End::Lost),
        Some(3) if fell(orderly) => Ok(End::Early),
        Some(code) if fell(orderly) && output.is_empty() && died_before_it_listened(code) => Ok(End::Early),
        Some(1) if fell(&[Disturbance::FullDisk]) && (says("No space left") || says("no room")) => {
            Ok(End::Early)
        }
        // MPI and HDF5 have other words for a file that has gone while they wrote it; the first
        // checkpoint must be written.
        Some(1)
            if fell(&[Disturbance::CheckpointsDeleted])
                && (says("No such file") || says(".h5.partial: ")) =>
        {
            Ok(End::Early)
        }
        _ if befell.iter().any(|kind| kind.ends_job() && !orderly.contains(kind)) => Ok(End::Early),
        _ => Err(format!("ended with {status} after {befell:?}:\n{output}").into()),
    }
}

/// While the program is still being loaded a signal ends it as it ends any other.
fn died_before_it_listened(code: i32) -> bool {
    [Signal::TERM, Signal::USR1, Signal::USR2].iter().any(|signal| code == 128 + signal.as_raw())
}

/// mpirun ends with 128 and the signal of the first rank that died; the MPI library tells of those
/// that it catches. Where mpirun was killed, that is all there is to know.
fn crashed(Finished { status, output }: &Finished) -> bool {
    let of_crash = |signal: i32| OF_CRASHES.iter().any(|crash| crash.as_raw() == signal);
    status.signal().or_else(|| status.code()?.checked_sub(128)).is_some_and(of_crash)
        || ["*** Process received signal ***", "Segmentation fault", "double free", "corrupted size"]
            .iter()
            .any(|text| output.contains(text))
}

/// Open MPI 4.1's mpirun itself crashes if it is signalled while it ends a job of which a rank has
/// failed (in `PMIx_Finalize`, called by `mca_ess_hnp`, which is in mpirun alone). Its ranks have
/// not: none of them is in what is printed.
fn launcher_crashed(Finished { status, output }: &Finished) -> bool {
    status.signal() == Some(Signal::SEGV.as_raw())
        && output.contains("mca_ess_hnp.so")
        && !output.contains("rogallo(")
}

/// Real jobs of which a rank crashes, or is killed, some steps after they began: none that crashed
/// may pass, whatever befell it.
pub fn crashes_are_refused() -> Outcome {
    for signal in OF_CRASHES.into_iter().chain([Signal::KILL]) {
        let place = Place::new()?;
        let mut job = place.start(
            2,
            "run case.toml --dir run --set time.dt=1e-3 --set time.steps=100000000 --set \
                output.spectra.every_steps=1",
        )?;
        place.wait_for("run", 5)?;
        let ranks = place.ranks()?;
        // The runtime of Rust lets the first SIGSEGV pass that is sent and not due to an access.
        while !job.ended() {
            // It may have ended a moment ago.
            let _ = ranks.last().and_then(|rank| Pid::from_raw(*rank)).map(|rank| kill_process(rank, signal));
            sleep(Duration::from_millis(20));
        }
        let finished = job.finish()?;
        for befell in Disturbance::OF_A_JOB {
            let verdict = judge(&finished, &[befell]);
            let refused = verdict.as_ref().is_err_and(|error| {
                error.message().is_some_and(|message| message.starts_with("a rank crashed, "))
            });
            ensure!(
                refused == (signal != Signal::KILL),
                "{signal:?} and {befell:?}: {verdict:?}\n{}",
                finished.output
            );
        }
    }
    Ok(())
}
