//! One run directory, one job; also when the other one runs on another node, or did.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::trouble::{ENDLESS, goes_on, signal_last_rank};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::fs;
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_run_directory_belongs_to_one_job", same_node),
        Trial::test("a_lock_of_a_dead_job_on_another_node_is_taken_over", dead),
        Trial::test("a_lock_of_a_job_on_another_node_is_respected", alive),
        Trial::test("a_requeued_job_does_not_wait_for_itself", requeued),
        Trial::test("a_job_whose_directory_is_taken_over_ends", taken_over),
    ]
}

/// What a job on another node writes into its lock.
fn lock_of(job: &str, beat: u32) -> String {
    format!(
        "host = \"node17\"\nboot = \"another\"\nprocess = 7\njob = \"{job}\"\nrestart = 0\ntoken \
         = \"another\"\nseconds = 0.5\n\
         beat = \"{beat:010}\"\n"
    )
}

const WATCHING: &str = "rogallo: run/lock belongs to job 12, process 7 on node17: watching for 3 s";

fn same_node() -> Outcome {
    let place = Place::new()?;
    let first = place.start(2, ENDLESS)?;
    place.wait_for("run", 5)?;
    for fresh in ["", "--fresh"] {
        place.ends(
            3,
            &format!("run case.toml --dir run {fresh}"),
            1,
            &["the run directory run is in use by another job (process"],
        )?;
    }
    signal_last_rank(&place, Signal::USR1)?;
    check(&first.finish()?, 3, &["stopped early at step"])?;
    ensure!(!place.at("run/lock").exists(), "the lock is left");
    goes_on(&place)
}

fn dead() -> Outcome {
    let place = Place::new()?;
    fs::create_dir(place.at("run"))?;
    fs::write(place.at("run/lock"), lock_of("12", 1))?;
    place.ends(
        2,
        "run case.toml --dir run",
        0,
        &[WATCHING, "job 12, process 7 on node17 is presumed dead", "done: step 20,"],
    )
}

fn alive() -> Outcome {
    let place = Place::new()?;
    fs::create_dir(place.at("run"))?;
    fs::write(place.at("run/lock"), lock_of("12", 1))?;
    let job = place.start(3, "run case.toml --dir run")?;
    let begin = Instant::now();
    let mut beat = 1;
    while !place.ranks()?.is_empty() || begin.elapsed() < Duration::from_secs(2) {
        ensure!(begin.elapsed() < Duration::from_secs(30), "the job does not end");
        std::thread::sleep(Duration::from_millis(200));
        beat += 1;
        fs::write(place.at("run/lock"), lock_of("12", beat))?;
    }
    check(
        &job.finish()?,
        1,
        &["rogallo: the run directory run is in use by another job (job 12, process 7 on node17)"],
    )?;
    ensure!(place.files("run")?.len() == 1, "the job has written to the directory of another");
    Ok(())
}

fn requeued() -> Outcome {
    let place = Place::new()?;
    fs::create_dir(place.at("run"))?;
    fs::write(place.at("run/lock"), lock_of("77", 1))?;
    let job = place.start_in(
        2,
        "run case.toml --dir run",
        &[("SLURM_JOB_ID", "77"), ("SLURM_RESTART_COUNT", "1")],
    )?;
    let finished = job.finish()?;
    check(&finished, 0, &["done: step 20,"])?;
    ensure!(!finished.output.contains("watching"), "{}", finished.output);
    Ok(())
}

fn taken_over() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, ENDLESS)?;
    place.wait_for("run", 5)?;
    let checkpoints = place.latest("run")?;
    fs::write(place.at("run/lock"), lock_of("12", 1))?;
    check(&job.finish()?, 1, &["rogallo: another job has taken over the run directory run"])?;
    ensure!(place.latest("run")? == checkpoints, "a checkpoint was written to the directory of another job");
    ensure!(place.read("run/lock")? == lock_of("12", 1), "the lock of another job was removed");
    Ok(())
}
