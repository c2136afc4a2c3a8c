//! Stopping before the end with a checkpoint, and going on as if nothing had happened.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::trouble::{ENDLESS, goes_on, signal_last_rank};
use libtest_mimic::{Failed, Trial};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_signal_to_one_rank_stops_the_run", signal_to_a_rank),
        Trial::test("sigterm_to_mpirun_leaves_a_checkpoint", signal_to_mpirun),
        Trial::test("signals_without_mpirun_stop_the_run", signal_without_mpirun),
        Trial::test("a_second_interrupt_ends_a_run_at_once", second_interrupt),
        Trial::test("the_walltime_stops_the_run", walltime),
        Trial::test("the_end_time_of_slurm_stops_the_run", slurm),
        Trial::test("the_walltime_of_pbs_stops_the_run", pbs),
        Trial::test("the_end_that_lsf_tells_stops_the_run", lsf),
        Trial::test("more_signals_during_the_checkpoint_do_no_harm", many_signals),
        Trial::test("a_stop_file_stops_the_run", stop_file),
        Trial::test("a_run_that_develops_its_initial_field_stops", developing),
        Trial::test("a_command_file_is_obeyed", command_file),
        Trial::test("a_wrong_command_file_is_told_and_does_no_harm", wrong_command_file),
    ]
}

const STOPPED: &str = "with a checkpoint: run the same command again to continue";

fn signal_to_a_rank() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, ENDLESS)?;
    place.wait_for("run", 20)?;
    signal_last_rank(&place, Signal::USR1)?;
    check(
        &job.finish()?,
        3,
        &["stopping: the job received a signal", STOPPED, "(exit code 3, which mpirun reports as an error)"],
    )?;
    ensure!(place.latest("run")? >= 18, "no checkpoint where it stopped");
    goes_on(&place)
}

/// The exit code is then mpirun's own. It no longer reads what the ranks print: a run that prints a
/// line per step must not wait for it.
fn signal_to_mpirun() -> Outcome {
    let place = Place::new()?;
    // So many steps that more is printed in a second than the 4096 bytes that a terminal holds.
    let many =
        ENDLESS.replace("series.every_steps=100000", "series.every_steps=1") + " --set domain.grid=[8,8,8]";
    let mut reached = 0;
    for signal in [Signal::TERM, Signal::INT] {
        let mut job = place.start(3, &many)?;
        place.wait_for("run", reached + 20)?;
        job.signal(signal)?;
        let begin = Instant::now();
        // mpirun itself may hang where it has killed a rank that had begun to end (Open MPI 4.1.4,
        // in `PMIx_server_finalize`).
        while !place.ranks()?.is_empty() || (!job.ended() && begin.elapsed() < Duration::from_secs(8)) {
            ensure!(begin.elapsed() < Duration::from_secs(20), "the ranks do not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        if job.ended() {
            let finished = job.finish()?;
            ensure!(!finished.status.success(), "ended with {}", finished.status);
        }
        let log = place.read("run/run.log")?;
        ensure!(log.contains("stopping: the job received a signal"), "{log}");
        ensure!(place.latest("run")? >= reached + 18, "no checkpoint where it stopped:\n{log}");
        reached = place.latest("run")?;
    }
    let until = many.replace("100000000", &(reached + 5).to_string());
    place.ends(
        3,
        &until,
        0,
        &[
            &format!("continuing from run/checkpoints/{reached:08}.h5"),
            &format!("done: step {},", reached + 5),
        ],
    )
}

/// Before that mpirun sends SIGCONT, which makes the run save its state, and go on.
fn signal_without_mpirun() -> Outcome {
    let place = Place::new()?;
    let job = place.start(1, ENDLESS)?;
    place.wait_for("run", 20)?;
    let begin = Instant::now();
    while place.latest("run")? == 0 {
        // One that has saved its state a moment ago does not heed it.
        job.signal(Signal::CONT)?;
        ensure!(begin.elapsed() < Duration::from_secs(20), "a resumed run does not save its state");
        std::thread::sleep(Duration::from_millis(20));
    }
    place.wait_for("run", place.latest("run")? + 3)?;
    job.signal(Signal::INT)?;
    check(&job.finish()?, 3, &["stopping: the job received a signal", STOPPED])?;
    // The terminal is closed.
    let job = place.start(1, ENDLESS)?;
    place.wait_for("run", place.latest("run")? + 3)?;
    job.signal(Signal::HUP)?;
    check(&job.finish()?, 3, &["stopping: the job received a signal", STOPPED])?;
    let log = place.read("run/run.log")?;
    ensure!(
        log.lines().last().is_some_and(|line| line.contains(STOPPED)),
        "the last line does not say how to go on:\n{log}"
    );
    ensure!(!place.at("run/figures").exists(), "figures are drawn before the run has stopped");
    goes_on(&place)
}

/// While it watches the lock of another node, a run heeds no signal.
fn second_interrupt() -> Outcome {
    let place = Place::new()?;
    fs::create_dir(place.at("run"))?;
    let lock = "host = \"node17\"\nboot = \"another\"\nprocess = 7\njob = \"12\"\nrestart = 0\ntoken \
        = \"another\"\nseconds = 10.0\nbeat = \"0000000001\"\n";
    fs::write(place.at("run/lock"), lock)?;
    let mut job = place.start(1, ENDLESS)?;
    let begin = Instant::now();
    let caught =
        || {
            let status =
                fs::read_to_string(format!("/proc/{}/status", place.ranks()?.first().ok_or("no process")?))?;
            Ok::<bool, Failed>(status.lines().any(|line| {
                line.starts_with("SigCgt:") && line.ends_with(|end: char| "2367abef".contains(end))
            }))
        };
    while !caught().unwrap_or(false) {
        ensure!(begin.elapsed() < Duration::from_secs(20), "the run does not listen to signals");
        std::thread::sleep(Duration::from_millis(20));
    }
    // Twice at once is one interrupt.
    job.signal(Signal::INT)?;
    job.signal(Signal::INT)?;
    std::thread::sleep(Duration::from_millis(700));
    ensure!(!job.ended(), "one interrupt ends the run at once");
    job.signal(Signal::INT)?;
    let status = job.finish()?.status;
    ensure!(status.signal() == Some(Signal::INT.as_raw()), "ended with {status}");
    Ok(())
}

fn walltime() -> Outcome {
    let place = Place::new()?;
    place.ends(
        3,
        &format!("{ENDLESS} --walltime 0:01"),
        3,
        &["stopping: the job is about to reach its time limit", STOPPED],
    )?;
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
    check(&job.finish()?, 3, &["stopping: the job is about to reach its time limit", STOPPED])?;
    // A batch script may set it to nothing where SLURM does not tell.
    let job = place.start_in(2, "run case.toml --dir other", &[("SLURM_JOB_END_TIME", "")])?;
    check(&job.finish()?, 0, &["done: step 20,"])
}

fn pbs() -> Outcome {
    let place = Place::new()?;
    let job = place.start_in(2, ENDLESS, &[("PBS_WALLTIME", "3"), ("PBS_JOBID", "1.host")])?;
    check(
        &job.finish()?,
        3,
        &[
            "(PBS_WALLTIME, counted from the start",
            "stopping: the job is about to reach its time limit",
            STOPPED,
        ],
    )?;
    // A batch system that does not say.
    let job = place.start_in(2, "run case.toml --dir other", &[("LSB_JOBID", "12")])?;
    check(
        &job.finish()?,
        0,
        &["LSB_JOBID is set, but the time limit of the job is unknown: give --walltime", "done: step 20,"],
    )
}

/// LSF has no variable for the end of a job: its `bjobs` is asked, once.
fn lsf() -> Outcome {
    let place = Place::new()?;
    let bjobs = |says: &str| -> Result<String, Failed> {
        let script = place.at("bin/bjobs");
        fs::create_dir_all(place.at("bin"))?;
        fs::write(&script, format!("#!/bin/sh\necho \"$@\" >>{}\n{says}\n", place.at("asked").display()))?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        Ok(format!("{}:{}", place.at("bin").display(), std::env::var("PATH")?))
    };
    let path = bjobs("echo '0:00:03 L'")?;
    let job = place.start_in(2, ENDLESS, &[("LSB_JOBID", "12"), ("PATH", &path)])?;
    check(
        &job.finish()?,
        3,
        &[
            "the job must end within 0:00:03 (bjobs)",
            "stopping: the job is about to reach its time limit",
            STOPPED,
        ],
    )?;
    ensure!(
        fs::read_to_string(place.at("asked"))? == "-noheader -o time_left 12\n",
        "bjobs was asked otherwise"
    );
    // Where it does not answer.
    let path = bjobs("echo 'Job <12> is not found' >&2; exit 255")?;
    let job = place.start_in(2, "run case.toml --dir other", &[("LSB_JOBID", "12"), ("PATH", &path)])?;
    check(
        &job.finish()?,
        0,
        &["LSB_JOBID is set, but the time limit of the job is unknown: give --walltime", "done: step 20,"],
    )
}

/// Signals to all ranks, from the first until they are gone.
fn many_signals() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, ENDLESS)?;
    place.wait_for("run", 20)?;
    let begin = Instant::now();
    loop {
        let ranks = place.ranks()?;
        if ranks.is_empty() {
            break;
        }
        ensure!(begin.elapsed() < Duration::from_secs(30), "the run does not stop");
        for signal in [Signal::USR1, Signal::TERM, Signal::USR2] {
            for rank in ranks.iter().filter_map(|rank| Pid::from_raw(*rank)) {
                // It may have ended since.
                let _ = kill_process(rank, signal);
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    check(&job.finish()?, 3, &["stopping: the job received a signal", STOPPED])?;
    goes_on(&place)
}

fn stop_file() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, ENDLESS)?;
    place.wait_for("run", 20)?;
    fs::write(place.at("run/stop"), "")?;
    check(&job.finish()?, 3, &["stopping: there is a file `stop` in the run directory", STOPPED])?;
    ensure!(!place.at("run/stop").exists(), "the file would stop the next job too");
    goes_on(&place)
}

/// It leaves nothing behind, and the same command then runs as if nothing had been.
fn developing() -> Outcome {
    let place = Place::new()?;
    // Steps so short that this would take for ever.
    let endless = "run case.toml --dir run --set time.dt=1e-7 --set initial.develop={skewness=-0.9}";
    let again = "without a checkpoint: run the same command again to start it";
    let progress = "initial.develop: step 1, time 0.0000, skewness -0.0";
    let begin = Instant::now();
    let job = place.start(3, endless)?;
    while !place.at("run/lock").exists() {
        ensure!(begin.elapsed() < Duration::from_secs(20), "the job does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(500));
    signal_last_rank(&place, Signal::USR1)?;
    check(
        &job.finish()?,
        3,
        &[
            "rogallo: stopping: the job received a signal\nstopped early before the run began \
             (initial.develop: step ",
            again,
            progress,
        ],
    )?;
    ensure!(place.files("run")?.is_empty(), "left behind: {:?}", place.files("run")?);
    place.ends(
        2,
        &format!("{endless} --walltime 0:01"),
        3,
        &["stopping: the job is about to reach its time limit", again],
    )?;

    let short = "run case.toml --dir run --set initial.develop={skewness=-0.2}";
    fs::write(place.at("run/stop"), "")?;
    place.ends(2, short, 3, &["stopping: there is a file `stop` in the run directory", again])?;
    ensure!(place.files("run")?.is_empty(), "left behind: {:?}", place.files("run")?);
    place.ends(2, short, 0, &["initial.develop: step 1,", "done: step 20,"])?;
    place.ends(3, &short.replace("--dir run", "--dir whole"), 0, &["done: step 20,"])?;
    place.same_state("run", "whole")
}

/// Writes the command file, and waits until it has been taken.
pub fn command(place: &Place, text: &str) -> Outcome {
    fs::write(place.at("run/command"), text)?;
    let begin = Instant::now();
    while place.at("run/command").exists() {
        ensure!(begin.elapsed() < Duration::from_secs(20), "the command file is not taken");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn command_file() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, ENDLESS)?;
    place.wait_for("run", 20)?;
    command(&place, "# as soon as possible\ncheckpoint\nsnapshot\noutput.spectra.every_steps = 1000000\n")?;
    let begin = Instant::now();
    while place.latest("run")? == 0 {
        ensure!(begin.elapsed() < Duration::from_secs(20), "there is no checkpoint");
        std::thread::sleep(Duration::from_millis(5));
    }
    let step = place.latest("run")?;
    ensure!(place.at(&format!("run/snapshots/{step:08}.h5")).exists(), "there is no snapshot of step {step}");
    // The time that stays is enough for many spectra.
    std::thread::sleep(Duration::from_millis(500));
    command(&place, "time.steps = 1")?;
    let commands = [
        "commands: # as soon as possible; checkpoint; snapshot; output.spectra.every_steps = 1000000",
        "commands: time.steps = 1",
        "done: step",
    ];
    check(&job.finish()?, 0, &commands)?;
    let spectra = place.read("run/spectra.csv")?;
    let mut drawn: Vec<u64> = spectra
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next()?.parse().ok())
        .filter(|drawn| *drawn > step)
        .collect();
    drawn.dedup();
    ensure!(drawn == [place.latest("run")?] && drawn[0] > step + 3, "spectra after step {step}: {drawn:?}");
    Ok(())
}

fn wrong_command_file() -> Outcome {
    let place = Place::new()?;
    let job = place.start(2, ENDLESS)?;
    place.wait_for("run", 20)?;
    command(&place, "checkpoint\nfluid.viscosity = 1\n")?;
    command(&place, "output.series.every_steps = -1\n")?;
    ensure!(place.latest("run")? == 0, "a wrong command file is obeyed in part");
    fs::write(place.at("run/stop"), "")?;
    let told = [
        "the command file is ignored: \"fluid.viscosity = 1\" is not a command; the commands \
         are checkpoint, snapshot, and KEY=VALUE for the keys output.series",
        "the command file is ignored: error: output.series.every_steps: must be at least 1",
    ];
    check(&job.finish()?, 3, &told)?;
    goes_on(&place)
}
