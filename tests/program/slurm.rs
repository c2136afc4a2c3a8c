//! Jobs of `rogallo submit` in a real SLURM: to the end, stopped, requeued, cancelled, and on as if
//! nothing had happened.

use crate::cluster::Cluster;
use crate::ensure;
use crate::place::{Outcome, Place, RANDOM};
use libtest_mimic::{Failed, Trial};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_chain_of_jobs_goes_to_the_end", chain),
        Trial::test("a_job_out_of_time_comes_back_and_goes_on", out_of_time),
        Trial::test("a_cancelled_job_leaves_a_checkpoint_and_stays_away", cancelled),
        Trial::test("a_job_that_slurm_requeues_goes_on", requeued),
        Trial::test("a_job_cancelled_in_the_queue_leaves_nothing", cancelled_in_the_queue),
        Trial::test("a_diverging_job_ends_its_chain", diverging),
    ]
}

/// What every job is submitted with: its output is a spectrum a step.
const JOB: &str =
    "--ranks 2 --set time.dt=1e-3 --set output.series.every_steps=100000 --set output.spectra.every_steps=1";

/// Sets when the case ends, for the jobs that start from now on.
fn end_at(place: &Place, step: u64) -> Outcome {
    Ok(fs::write(place.at("case.toml"), RANDOM.replace("steps = 20", &format!("steps = {step}")))?)
}

/// A place, and in a SLURM the jobs of a case there that has no end; None where there is no SLURM.
fn endless(
    further: &str,
    environment: &[(&str, &str)],
) -> Result<Option<(Place, Cluster, Vec<String>)>, Failed> {
    let Some(cluster) = Cluster::start()? else { return Ok(None) };
    let place = Place::new()?;
    end_at(&place, 100_000_000)?;
    let jobs = cluster.submit(&place, &format!("{JOB} {further}"), environment)?;
    place.wait_for("run", 20)?;
    Ok(Some((place, cluster, jobs)))
}

fn signal_ranks(place: &Place, signal: Signal) -> Outcome {
    let ranks = place.ranks()?;
    ensure!(ranks.len() == 2, "not two ranks but {ranks:?}");
    ranks.into_iter().filter_map(Pid::from_raw).try_for_each(|rank| Ok(kill_process(rank, signal)?))
}

/// Waits until no rank runs any more.
fn all_have_ended(place: &Place) -> Outcome {
    let begin = Instant::now();
    while !place.ranks()?.is_empty() {
        ensure!(begin.elapsed() < Duration::from_secs(30), "the ranks do not end");
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// The last step that has its line in the spectra.
fn reached(place: &Place) -> Result<u64, Failed> {
    let text = place.read("run/spectra.csv")?;
    let steps = text.lines().filter_map(|line| line.split(',').next()?.parse().ok());
    Ok(steps.max().ok_or("no spectra")?)
}

/// Fails unless the run is at the end that the case names now, with what a run has that nothing disturbed.
fn as_if_undisturbed(place: &Place) -> Outcome {
    place.run(1, "whole", &JOB[JOB.find("--set").unwrap_or(0)..])?;
    ensure!(place.latest("run")? == place.latest("whole")?, "the run is at step {}", place.latest("run")?);
    place.same_state("run", "whole")?;
    place.same_text("run", "whole", "spectra.csv")
}

fn chain() -> Outcome {
    let Some((place, cluster, jobs)) = endless("--walltime 10:00 --chain 3", &[])? else { return Ok(()) };
    let [first, second, third] = &jobs[..] else { return Err(format!("not three jobs: {jobs:?}").into()) };
    ensure!(
        cluster.of(second, "Dependency")?.starts_with(&format!("afterany:{first}")),
        "the second job does not wait for the first"
    );
    // Far enough for the first job to stop before, near enough for the second to get there.
    end_at(&place, reached(&place)? + 1000)?;
    cluster.slurm(&format!("scancel --batch --signal=USR1 {first}"))?;
    cluster.ends(first, 3)?;
    cluster.ends(second, 0)?;
    let log = place.read("run/run.log")?;
    ensure!(
        log.matches("stopping: the job received a signal").count() == 1,
        "the first job did not stop:\n{log}"
    );
    cluster.ends(third, 0)?;
    ensure!(
        place.read(&format!("run/job-{third}.log"))?.contains("\ndone"),
        "the third job does not say that all is done"
    );
    as_if_undisturbed(&place)
}

/// SLURM counts time limits in minutes. The ranks stand still until theirs is nearly up, so that
/// the undisturbed run is short.
fn out_of_time() -> Outcome {
    let Some((place, cluster, jobs)) = endless("--walltime 0:01:00 --requeue", &[])? else { return Ok(()) };
    let job = &jobs[0];
    signal_ranks(&place, Signal::STOP)?;
    let begin = Instant::now();
    while !place.read(&format!("run/job-{job}.log"))?.contains("asked to stop") {
        ensure!(
            begin.elapsed() < Duration::from_secs(80),
            "SLURM does not send a signal before the time is up"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    signal_ranks(&place, Signal::CONT)?;
    cluster.wait_for(job, &["PENDING"])?;
    all_have_ended(&place)?;
    ensure!(cluster.of(job, "Restarts")? == "1", "the job is not back in the queue");
    end_at(&place, place.latest("run")? + 20)?;
    cluster.ends(job, 0)?;
    as_if_undisturbed(&place)
}

/// The job ends with the exit code of its ranks, as with an MPI that waits for them; Open MPI's
/// mpirun has one of its own after SIGTERM.
fn cancelled() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mpirun = folder.path().join("mpirun");
    let real = std::env::var("MPIRUN").unwrap_or("mpirun".into());
    fs::write(&mpirun, format!("#!/bin/bash\ntrap '' TERM USR1\n{real} \"$@\"\nexit 3\n"))?;
    fs::set_permissions(&mpirun, fs::Permissions::from_mode(0o755))?;
    let Some((place, cluster, jobs)) =
        endless("--walltime 10:00 --requeue", &[("MPIRUN", &mpirun.to_string_lossy())])?
    else {
        return Ok(());
    };
    let job = &jobs[0];
    let before = reached(&place)?;
    cluster.slurm(&format!("scancel {job}"))?;
    let begin = Instant::now();
    while !cluster.slurm(&format!("squeue -h -j {job}"))?.trim().is_empty() {
        ensure!(begin.elapsed() < Duration::from_secs(30), "the cancelled job stays in the queue");
        std::thread::sleep(Duration::from_millis(100));
    }
    ensure!(
        cluster.of(job, "JobState")? == "CANCELLED" && cluster.of(job, "Restarts")? == "0",
        "the cancelled job comes back"
    );
    ensure!(cluster.of(job, "ExitCode")? == "3:0", "the job ended with {}", cluster.of(job, "ExitCode")?);
    ensure!(place.latest("run")? >= before, "no checkpoint where it was cancelled");
    end_at(&place, place.latest("run")? + 20)?;
    let jobs = cluster.submit(&place, &format!("{JOB} --walltime 10:00"), &[])?;
    cluster.ends(&jobs[0], 0)?;
    as_if_undisturbed(&place)
}

/// As when a node fails or the job is preempted.
fn requeued() -> Outcome {
    let Some((place, cluster, jobs)) = endless("--walltime 10:00", &[])? else { return Ok(()) };
    let (job, before) = (&jobs[0], reached(&place)?);
    cluster.slurm(&format!("scontrol requeue {job}"))?;
    cluster.wait_for(job, &["PENDING"])?;
    all_have_ended(&place)?;
    ensure!(place.latest("run")? >= before, "no checkpoint where it was requeued");
    end_at(&place, place.latest("run")? + 20)?;
    cluster.ends(job, 0)?;
    ensure!(cluster.of(job, "Restarts")? == "1", "the job was not requeued");
    as_if_undisturbed(&place)
}

fn cancelled_in_the_queue() -> Outcome {
    let Some((place, cluster, _)) = endless("--walltime 10:00", &[])? else { return Ok(()) };
    let other = Place::new()?;
    let jobs = cluster.submit(&other, &format!("{JOB} --walltime 10:00"), &[])?;
    cluster.wait_for(&jobs[0], &["PENDING"])?;
    cluster.slurm(&format!("scancel {}", jobs[0]))?;
    cluster.wait_for(&jobs[0], &["CANCELLED"])?;
    let files: Vec<_> = other.files("run")?.into_iter().map(|(path, _)| path).collect();
    ensure!(files == [other.at("run/job.sh")], "it has left {files:?}");
    place.wait_for("run", reached(&place)? + 1)
}

fn diverging() -> Outcome {
    let Some(cluster) = Cluster::start()? else { return Ok(()) };
    let place = Place::new()?;
    let words = "--ranks 2 --walltime 0:10:00 --chain 2 --set time.dt=3 --set fluid.viscosity=0 --set \
        time.steps=1000";
    let jobs = cluster.submit(&place, words, &[])?;
    let [first, second] = &jobs[..] else { return Err(format!("not two jobs: {jobs:?}").into()) };
    cluster.ends(first, 4)?;
    cluster.ends(second, 4)?;
    let log = place.read(&format!("run/job-{second}.log"))?;
    ensure!(log.starts_with("an earlier job ended with an error") && !log.contains("rogallo 0"), "{log}");
    // Submitted again it is tried again.
    let jobs = cluster.submit(&place, words, &[])?;
    cluster.ends(&jobs[0], 4)?;
    ensure!(
        place.read(&format!("run/job-{}.log", jobs[0]))?.contains("the velocity is no longer finite"),
        "it was not tried again"
    );
    Ok(())
}
