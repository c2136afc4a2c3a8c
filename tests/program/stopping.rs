//! Stopping before the end with a checkpoint, and going on as if nothing had happened.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::trouble::{ENDLESS, goes_on, signal_last_rank};
use libtest_mimic::Trial;
use rustix::process::Signal;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_signal_to_one_rank_stops_the_run", signal_to_a_rank),
        Trial::test("sigterm_to_mpirun_leaves_a_checkpoint", signal_to_mpirun),
        Trial::test("sigterm_without_mpirun_stops_the_run", signal_without_mpirun),
        Trial::test("the_walltime_stops_the_run", walltime),
        Trial::test("the_end_time_of_slurm_stops_the_run", slurm),
    ]
}

const STOPPED: &str = "with a checkpoint: run the same command again to go on";

fn signal_to_a_rank() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, ENDLESS)?;
    place.wait_for("run", 20)?;
    signal_last_rank(&place, Signal::USR1)?;
    check(&job.finish()?, 3, &["stopping: the job was sent a signal", STOPPED])?;
    ensure!(place.latest("run")? >= 18, "no checkpoint where it stopped");
    goes_on(&place)
}

/// The exit code is then mpirun's own, and it may not pass on what the ranks print: the log tells.
fn signal_to_mpirun() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, ENDLESS)?;
    place.wait_for("run", 20)?;
    job.signal(Signal::TERM)?;
    let finished = job.finish()?;
    ensure!(!finished.status.success(), "ended with {}", finished.status);
    let log = place.read("run/run.log")?;
    ensure!(log.contains("stopping: the job was sent a signal"), "{log}\nprinted:\n{}", finished.output);
    ensure!(place.latest("run")? >= 18, "no checkpoint where it stopped:\n{log}");
    goes_on(&place)
}

fn signal_without_mpirun() -> Outcome {
    let place = Place::new()?;
    let job = place.start(1, ENDLESS)?;
    place.wait_for("run", 20)?;
    job.signal(Signal::TERM)?;
    check(&job.finish()?, 3, &["stopping: the job was sent a signal", STOPPED])?;
    goes_on(&place)
}

fn walltime() -> Outcome {
    let place = Place::new()?;
    place.ends(3, &format!("{ENDLESS} --walltime 0:01"), 3, &["stopping: the job's time is up", STOPPED])?;
    goes_on(&place)?;
    // So short that there is time for one step only: each job gets on by that.
    let tight = "run case.toml --dir tight --set time.steps=3 --walltime 0";
    place.ends(2, tight, 3, &["stopped early at step 1,"])?;
    place.ends(2, tight, 3, &["stopped early at step 2,"])?;
    place.ends(2, tight, 0, &["done: step 3,"])?;
    place.ends(2, tight, 0, &["done: step 3,"])
}

fn slurm() -> Outcome {
    let place = Place::new()?;
    let end = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() + 3;
    let job = place.start_in(2, ENDLESS, &[("SLURM_JOB_END_TIME", &end.to_string())])?;
    check(&job.finish()?, 3, &["stopping: the job's time is up", STOPPED])?;
    // A batch script may set it to nothing where SLURM does not tell.
    let job = place.start_in(2, "run case.toml --dir other", &[("SLURM_JOB_END_TIME", "")])?;
    check(&job.finish()?, 0, &["done: step 20,"])
}
