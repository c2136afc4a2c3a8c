//! What goes wrong while a run goes: one message, the right exit code, no hang, and the last good
//! checkpoint stays.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use libtest_mimic::{Failed, Trial};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_directory_that_cannot_be_written_is_an_error", unwritable_directory),
        Trial::test("a_diverging_run_ends_with_4", divergence),
        Trial::test("a_strained_box_that_no_longer_resolves_ends_with_4", strained_too_far),
        Trial::test("a_sheared_box_that_comes_back_goes_on", sheared_on),
        Trial::test("a_killed_rank_ends_the_job", killed_rank),
    ]
}

/// A run that lasts until it is stopped, with a spectrum a step. It prints little: mpirun does not
/// read any more while it ends a job.
pub const ENDLESS: &str = "run case.toml --dir run --set time.dt=1e-3 --set time.steps=100000000 --set \
    output.series.every_steps=100000 --set output.spectra.every_steps=1";

/// Goes on with the run `ENDLESS` for 5 steps after its last checkpoint, and compares it with one
/// that was never stopped.
pub fn goes_on(place: &Place) -> Outcome {
    let step = place.latest("run")?;
    let until = |run: &str, fresh: &str| {
        ENDLESS
            .replace("100000000", &(step + 5).to_string())
            .replace("--dir run", &format!("--dir {run} {fresh}"))
    };
    let from = format!("continuing from run/checkpoints/{step:08}.h5, step {step},");
    place.ends(2, &until("run", ""), 0, &[&from, &format!("done: step {},", step + 5)])?;
    place.ends(1, &until("whole", "--fresh"), 0, &["done: step"])?;
    place.same_state("run", "whole")?;
    place.same_text("run", "whole", "spectra.csv")
}

/// Every checkpoint of the run is sound; how many there are.
pub fn sound_checkpoints(place: &Place) -> Result<usize, Failed> {
    let mut count = 0;
    for entry in fs::read_dir(place.at("run/checkpoints"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ensure!(!name.contains("partial"), "{name} is left");
        if name.ends_with(".h5") {
            place.ends(1, &format!("inspect run/checkpoints/{name}"), 0, &["/state/u"])?;
            count += 1;
        }
    }
    Ok(count)
}

fn unwritable_directory() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("file"), "")?;
    place.ends(3, "run case.toml --dir file/run", 1, &["cannot create the run directory file/run"])?;
    place.ends(3, "run case.toml --dir file", 1, &["cannot create the run directory file"])?;
    // What stands where a folder of the run should be.
    fs::create_dir(place.at("run"))?;
    fs::write(place.at("run/checkpoints"), "")?;
    place.ends(3, "run case.toml --dir run", 1, &["run/checkpoints"])
}

fn divergence() -> Outcome {
    let place = Place::new()?;
    place.run(1, "run", "--set time.dt=3 --set fluid.viscosity=0 --set time.steps=1")?;
    let arguments = "run case.toml --dir run --set time.dt=3 --set fluid.viscosity=0 --set time.steps=1000";
    place.ends(
        3,
        arguments,
        4,
        &[
            "rogallo: the velocity is no longer finite at step",
            "The last good checkpoint is of step 1, in run/checkpoints",
        ],
    )?;
    ensure!(
        place.latest("run")? == 1 && sound_checkpoints(&place)? == 2,
        "the last good checkpoint does not stay"
    );
    Ok(())
}

/// The cells grow with the strain along x until they no longer resolve the dissipation.
fn strained_too_far() -> Outcome {
    let place = Place::new()?;
    let arguments = "run case.toml --dir run --set mean={kind=\"plane-strain\",rate=2} --set time.steps=100";
    let message = [
        "rogallo: the strained box no longer resolves the flow: at step",
        "start with shorter cells in the direction that is stretched",
    ];
    place.ends(3, arguments, 4, &message)?;
    let step = place.latest("run")?;
    ensure!(
        step > 0 && step < 100 && sound_checkpoints(&place)? == 2,
        "the last state is not kept: step {step}"
    );
    let series = place.read("run/series.csv")?;
    ensure!(series.lines().last().is_some_and(|line| line.starts_with(&format!("{step},"))), "{series}");
    Ok(())
}

/// A long box that is sheared has as long cells just before it is remeshed, coarse as it may be: it goes on.
fn sheared_on() -> Outcome {
    let place = Place::new()?;
    let set = "--set domain={size=[50,6,4],grid=[240,20,18]} --set mean={kind=\"shear\",rate=20} --set \
        time.steps=20";
    let finished = place.rogallo(3, &format!("run case.toml --dir run {set}"))?;
    check(&finished, 0, &["done: step 20,"])?;
    let series = place.read("run/series.csv")?;
    let column = series
        .lines()
        .next()
        .and_then(|header| header.split(',').position(|name| name == "remesh_energy"))
        .ok_or("no column")?;
    let dropped = series.lines().last().and_then(|line| line.split(',').nth(column)?.parse::<f64>().ok());
    ensure!(dropped.is_some_and(|energy| energy > 0.0), "the run has not met a remesh:\n{series}");
    let told = finished.output.lines().filter_map(|line| {
        line.strip_prefix("remesh at step ")?.split_once("dropped ")?.1.split(' ').next()?.parse::<f64>().ok()
    });
    let off = dropped.unwrap_or(0.0) / told.sum::<f64>() - 1.0;
    // Four digits are told.
    ensure!(off.abs() < 1e-3, "not all that remeshes drop is told: {off}\n{}", finished.output);
    Ok(())
}

/// Sends the signal to the last rank alone.
pub fn signal_last_rank(place: &Place, signal: Signal) -> Outcome {
    let ranks = place.ranks()?;
    let last = ranks.last().copied().and_then(Pid::from_raw).ok_or("no rank runs")?;
    Ok(kill_process(last, signal)?)
}

fn killed_rank() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, &format!("{ENDLESS} --set checkpoint.every_steps=10"))?;
    place.wait_for("run", 35)?;
    ensure!(place.ranks()?.len() == 3, "not three ranks but {:?}", place.ranks()?);
    signal_last_rank(&place, Signal::KILL)?;
    let begin = Instant::now();
    let finished = job.finish()?;
    ensure!(!finished.status.success(), "a job with a killed rank ended well");
    ensure!(begin.elapsed() < Duration::from_secs(10), "it took {:?} to end the job", begin.elapsed());
    ensure!(place.ranks()?.is_empty(), "ranks are left: {:?}", place.ranks()?);
    ensure!(place.latest("run")? >= 30, "the last checkpoint is of step {}", place.latest("run")?);
    goes_on(&place)
}
