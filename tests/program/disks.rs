//! Disks that are full, read-only or emptied while a run goes on: it goes on as long as it may, and
//! nothing that was good is harmed.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::support::disk::Disk;
use crate::trouble::{ENDLESS, goes_on, signal_last_rank, sound_checkpoints};
use libtest_mimic::{Failed, Trial};
use rustix::process::Signal;
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::thread::sleep;
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_full_disk_at_the_end_is_an_error_and_harms_nothing", full_at_the_end),
        Trial::test("a_run_outlives_a_full_disk", full_for_a_while),
        Trial::test("a_run_that_cannot_save_for_too_long_ends", full_for_too_long),
        Trial::test("a_run_outlives_a_disk_that_is_read_only", read_only),
        Trial::test("a_run_directory_that_is_removed_is_made_again", removed),
    ]
}

/// A disk of its own at `run`.
fn disk(place: &Place, options: &str) -> Result<Option<Disk>, Failed> {
    fs::create_dir(place.at("run"))?;
    let disk = Disk::mount(&place.at("run"), options);
    if disk.is_none() {
        eprintln!("skipped: only root can mount a small disk");
    }
    Ok(disk)
}

/// With a checkpoint now and then.
pub fn saving() -> String {
    format!("{ENDLESS} --set checkpoint.every_steps=20 --set checkpoint.keep=100")
}

/// Waits for a checkpoint of a later step than `step`.
pub fn wait_for_checkpoint(place: &Place, step: u64) -> Outcome {
    let begin = Instant::now();
    while place.latest("run").map_or(true, |latest| latest <= step) {
        ensure!(begin.elapsed() < Duration::from_secs(30), "there is no checkpoint after step {step}");
        sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Takes all the room of the disk, until no row has been added to the table of spectra for a while:
/// some hundred steps. (The table is seen longer for a moment when it is tried again, and cut back.
/// Waiting long for more would let the run have more rows than it keeps.)
fn fill(place: &Place) -> Outcome {
    let (begin, mut unchanged, mut before) = (Instant::now(), Instant::now(), 0);
    let mut filler = fs::File::create(place.at("run/filler"))?;
    while unchanged.elapsed() < Duration::from_secs(1) {
        ensure!(begin.elapsed() < Duration::from_secs(40), "the disk does not fill");
        while filler.write_all(&[0; 4096]).is_ok() {}
        sleep(Duration::from_millis(5));
        let length = fs::metadata(place.at("run/spectra.csv")).map_or(0, |file| file.len());
        if length != before {
            (unchanged, before) = (Instant::now(), length);
        }
    }
    Ok(())
}

fn full_at_the_end() -> Outcome {
    let place = Place::new()?;
    let Some(disk) = disk(&place, "size=600k")? else { return Ok(()) };
    let arguments = "run case.toml --dir run --set checkpoint.every_steps=2 --set checkpoint.keep=100";
    let end = [
        "rogallo: no room on the disk for run/checkpoints",
        "The final state, of step 20, is not saved. The last checkpoint is of step",
    ];
    place.ends(
        3,
        arguments,
        1,
        &[&end[..], &["warning: cannot save step 18: no room on the disk"]].concat(),
    )?;
    ensure!(sound_checkpoints(&place)? >= 2, "the checkpoints before the disk was full are gone");
    // Still full: the run starts where it was and ends with the same message.
    place.ends(3, arguments, 1, &[&end[..], &["continuing from"]].concat())?;
    ensure!(sound_checkpoints(&place)? >= 2, "the checkpoints before the disk was full are gone");
    disk.remount("size=10m")?;
    place.ends(2, arguments, 0, &["continuing from", "done: step 20,"])?;
    place.run(1, "whole", "")?;
    place.same_state("run", "whole")?;
    place.same_text("run", "whole", "series.csv")
}

fn full_for_a_while() -> Outcome {
    let place = Place::new()?;
    let Some(disk) = disk(&place, "size=2m")? else { return Ok(()) };
    let job = place.start(2, &saving())?;
    wait_for_checkpoint(&place, 0)?;
    fill(&place)?;
    let before = place.latest("run")?;
    disk.remount("size=200m")?;
    wait_for_checkpoint(&place, before)?;
    signal_last_rank(&place, Signal::USR1)?;
    let finished = job.finish()?;
    check(
        &finished,
        3,
        &["run/spectra.csv can be written again; no lines are lost", "stopping: the job received a signal"],
    )?;
    for part in [
        "warning: cannot save step",
        "The last checkpoint is of step",
        "warning: cannot write run/spectra.csv",
    ] {
        ensure!(finished.output.contains(part), "\"{part}\" is missing in:\n{}", finished.output);
    }
    goes_on(&place)
}

fn full_for_too_long() -> Outcome {
    let place = Place::new()?;
    let Some(_disk) = disk(&place, "size=600k")? else { return Ok(()) };
    let arguments = format!("{} --set checkpoint.give_up_after_minutes=0.01", saving());
    let end = "minutes (checkpoint.give_up_after_minutes = 0.01), so the run ends at step";
    place.ends(2, &arguments, 1, &["rogallo: no room on the disk for run/checkpoints", end])?;
    ensure!(sound_checkpoints(&place)? >= 1, "the checkpoints before the disk was full are gone");
    Ok(())
}

fn read_only() -> Outcome {
    let place = Place::new()?;
    let Some(disk) = disk(&place, "size=200m")? else { return Ok(()) };
    // The lock, whose file is always open, would keep the disk from being made read-only.
    fs::write(place.at("elsewhere"), "")?;
    symlink(place.at("elsewhere"), place.at("run/lock"))?;
    let job = place.start(2, &saving())?;
    wait_for_checkpoint(&place, 0)?;
    disk.remount("ro")?;
    let before = place.latest("run")?;
    sleep(Duration::from_secs(1));
    ensure!(place.latest("run")? == before, "the disk is not read-only");
    disk.remount("rw")?;
    wait_for_checkpoint(&place, before)?;
    signal_last_rank(&place, Signal::USR1)?;
    let finished = job.finish()?;
    check(
        &finished,
        3,
        &["run/spectra.csv can be written again; no lines are lost", "stopping: the job received a signal"],
    )?;
    ensure!(finished.output.contains("Read-only file system"), "{}", finished.output);
    goes_on(&place)
}

fn removed() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, &saving())?;
    wait_for_checkpoint(&place, 0)?;
    let begin = Instant::now();
    while fs::remove_dir_all(place.at("run")).is_err() {
        ensure!(begin.elapsed() < Duration::from_secs(20), "the directory cannot be removed");
    }
    wait_for_checkpoint(&place, 0)?;
    signal_last_rank(&place, Signal::USR1)?;
    check(&job.finish()?, 3, &["stopping: the job received a signal"])?;
    for name in ["case.toml", "run.log", "spectra.csv"] {
        ensure!(place.at("run").join(name).exists(), "{name} is missing");
    }
    let step = place.latest("run")?;
    let until = |run: &str| {
        ENDLESS.replace("100000000", &(step + 2).to_string()).replace("--dir run", &format!("--dir {run}"))
    };
    place.ends(2, &until("run"), 0, &["continuing from", "done: step"])?;
    place.ends(1, &until("whole"), 0, &["done: step"])?;
    place.same_state("run", "whole")
}
