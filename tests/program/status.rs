//! The ledger of a run, and `status`, through all that may happen to a job.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::trouble::{ENDLESS, signal_last_rank};
use libtest_mimic::{Failed, Trial};
use rogallo::ledger::{self, Entry, Event};
use rustix::process::Signal;
use std::fs::{self, OpenOptions};
use std::io::Write;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("the_ledger_and_status_tell_of_every_job", every_job),
        Trial::test("a_ledger_that_cannot_be_written_ends_no_run", unwritable_ledger),
        Trial::test("status_of_what_is_no_run_is_refused", refused),
    ]
}

fn entries(place: &Place) -> Result<Vec<Entry>, Failed> {
    Ok(ledger::read(&place.at("run"))?)
}

/// The names of the events, checkpoints aside.
fn events(place: &Place) -> Result<Vec<&'static str>, Failed> {
    let name = |entry: &Entry| match entry.event {
        Event::Start { fresh: false, .. } => Some("start"),
        Event::Start { fresh: true, .. } => Some("fresh"),
        Event::Continue { .. } => Some("continue"),
        Event::Changed { .. } => Some("changed"),
        Event::Checkpoint { .. } => None,
        Event::NotSaved { .. } => Some("not saved"),
        Event::BlowUp { .. } => Some("blow-up"),
        Event::Retry { .. } => Some("retry"),
        Event::Stop { .. } => Some("stop"),
        Event::Done { .. } => Some("done"),
        Event::Failed { .. } => Some("failed"),
        Event::Hang { .. } => Some("hang"),
    };
    Ok(entries(place)?.iter().filter_map(name).collect())
}

fn status(place: &Place, parts: &[&str]) -> Outcome {
    place.ends(1, "status run", 0, parts)
}

/// Started, stopped, gone on with, killed, gone on with to its end, started over.
fn every_job() -> Outcome {
    let place = Place::new()?;
    let endless = format!("{ENDLESS} --set checkpoint.every_steps=10");
    let job = place.start(2, &endless)?;
    place.wait_for("run", 25)?;
    status(
        &place,
        &[
            "run: running\n",
            "started at step 0 on 2 ranks, process grid [1, 2]",
            "steps per second",
            "checkpoint    000000",
            "health        energy",
        ],
    )?;
    signal_last_rank(&place, Signal::USR1)?;
    check(&job.finish()?, 3, &["stopped early"])?;
    ensure!(events(&place)? == ["start", "stop"], "{:?}", events(&place)?);
    let stopped = place.latest("run")?;
    let at_stop = "run: stopped: the job received a signal, 20";
    status(&place, &[at_stop, &format!("checkpoint    {stopped:08}.h5"), "about "])?;
    let first = entries(&place)?.remove(0);
    ensure!(
        matches!(&first.event, Event::Start { job, .. }
            if job.ranks == 2 && job.hdf5.starts_with("HDF5") && !job.host.is_empty()),
        "{first:?}"
    );
    let written = fs::metadata(place.at(&format!("run/checkpoints/{stopped:08}.h5")))?.len();
    let noted = entries(&place)?.into_iter().filter_map(|entry| match entry.event {
        Event::Checkpoint { bytes, pace, .. } => Some((entry.step, bytes, pace.steps)),
        _ => None,
    });
    ensure!(
        noted.collect::<Vec<_>>().pop() == Some((stopped, written, stopped)),
        "the last checkpoint is not noted"
    );

    let job = place.start(3, &endless)?;
    place.wait_for("run", stopped + 25)?;
    signal_last_rank(&place, Signal::KILL)?;
    ensure!(!job.finish()?.status.success(), "a killed job ended well");
    ensure!(events(&place)? == ["start", "stop", "continue"], "{:?}", events(&place)?);
    // As a job that is killed while it writes leaves it.
    OpenOptions::new()
        .append(true)
        .open(place.at("run/ledger.jsonl"))?
        .write_all(b"{\"at\":\"2026-01-01T00:00:00Z\",\"st")?;
    status(
        &place,
        &[
            "run: killed after 20",
            "warning       the last job was killed",
            &format!("from step {stopped} on 3 ranks"),
        ],
    )?;

    let end = place.latest("run")? + 5;
    place.ends(2, &ENDLESS.replace("100000000", &end.to_string()), 0, &["done: step"])?;
    ensure!(events(&place)? == ["start", "stop", "continue", "continue", "done"], "{:?}", events(&place)?);
    status(&place, &["run: done, 20", "left          nothing", &format!("now           step {end},")])?;
    let before = place.read("run/ledger.jsonl")?;
    place.run(1, "run", "--fresh")?;
    ensure!(place.read("run/ledger.jsonl")?.starts_with(&before), "the ledger has lost lines");
    ensure!(events(&place)?.ends_with(&["done", "fresh", "done"]), "{:?}", events(&place)?);
    status(&place, &["run: done, 20", "now           step 20,", "started at step 0 on 1 rank,"])?;
    place.run(1, "other", "")?;
    place.ends(1, "status run other", 0, &["run    step 20, time", "other  step 20, time"])
}

fn unwritable_ledger() -> Outcome {
    let place = Place::new()?;
    fs::create_dir_all(place.at("run/ledger.jsonl"))?;
    place.ends(
        2,
        "run case.toml --dir run",
        0,
        &["warning: cannot write run/ledger.jsonl", "\ndone: step 20,"],
    )
}

fn refused() -> Outcome {
    let place = Place::new()?;
    fs::create_dir(place.at("foreign"))?;
    place.ends(1, "status nowhere", 2, &["rogallo: there is no run directory nowhere"])?;
    place.ends(
        1,
        "status foreign",
        2,
        &["rogallo: foreign is not a run directory: it has neither ledger.jsonl nor case.toml"],
    )
}
