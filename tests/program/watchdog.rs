//! A rank that no longer answers: the watchdog of another one says so once, and ends the job.

use crate::ensure;
use crate::place::{Outcome, Place};
use crate::trouble::{ENDLESS, goes_on};
use libtest_mimic::Trial;
use rogallo::ledger::{self, Event};
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_stopped_rank_is_found_and_the_job_ended", || stopped(2)),
        Trial::test("another_rank_speaks_for_a_stopped_root", || stopped(0)),
        Trial::test("a_job_that_was_suspended_goes_on", suspended),
    ]
}

/// Nine seconds without a sign of life.
const WATCHED: &str = "--set parallel.hang_limit_minutes=0.15 --set checkpoint.every_steps=10";

fn signal_rank(place: &Place, rank: usize, signal: Signal) -> Outcome {
    let ranks = place.ranks()?;
    ensure!(ranks.len() == 3, "not three ranks but {ranks:?}");
    Ok(kill_process(Pid::from_raw(ranks[rank]).ok_or("no rank runs")?, signal)?)
}

fn stopped(rank: usize) -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, &format!("{ENDLESS} {WATCHED}"))?;
    place.wait_for("run", 15)?;
    signal_rank(&place, rank, Signal::STOP)?;
    let begin = Instant::now();
    let finished = job.finish()?;
    let output = &finished.output;
    ensure!(finished.status.code() == Some(1), "ended with {}:\n{output}", finished.status);
    let took = begin.elapsed();
    ensure!(took > Duration::from_secs(8), "ended after {took:?} already");
    for part in
        ["rogallo: warning: no progress since 20", "rogallo: the watchdog ends the job: no progress since 20"]
    {
        ensure!(output.matches(part).count() == 1, "\"{part}\" does not stand once in:\n{output}");
    }
    ensure!(output.contains(&format!("no response from rank {rank}\n")), "{output}");
    ensure!(output.contains(": waiting in a"), "the message does not say where the others wait:\n{output}");
    ensure!(place.read("run/run.log")?.contains("the watchdog ends the job"), "nothing in the log");
    let last = ledger::read(&place.at("run"))?.pop();
    ensure!(last.as_ref().is_some_and(|entry| matches!(entry.event, Event::Hang { .. })), "{last:?}");
    let begin = Instant::now();
    while !place.ranks()?.is_empty() {
        ensure!(begin.elapsed() < Duration::from_secs(10), "ranks are left: {:?}", place.ranks()?);
        std::thread::sleep(Duration::from_millis(50));
    }
    goes_on(&place)
}

/// All ranks stand still for longer than the limit, which is the batch system's doing: it does not
/// reach them all at once, so that some wait for another before they are stopped themselves, and
/// again before that one goes on.
fn suspended() -> Outcome {
    let place = Place::new()?;
    let job = place.start(3, &format!("{ENDLESS} --set parallel.hang_limit_minutes=0.1"))?;
    place.wait_for("run", 15)?;
    let all = |ranks: &[usize], signal, seconds| -> Outcome {
        ranks.iter().try_for_each(|rank| signal_rank(&place, *rank, signal))?;
        std::thread::sleep(Duration::from_secs_f64(seconds));
        Ok(())
    };
    all(&[2], Signal::STOP, 1.0)?;
    all(&[0, 1], Signal::STOP, 8.0)?;
    all(&[0, 1], Signal::CONT, 0.5)?;
    all(&[2], Signal::CONT, 0.0)?;
    let drawn = || {
        place.read("run/spectra.csv").map(|text| {
            text.lines().last().and_then(|line| line.split(',').next()?.parse::<u64>().ok()).unwrap_or(0)
        })
    };
    place.wait_for("run", drawn()? + 10)?;
    signal_rank(&place, 2, Signal::USR1)?;
    crate::place::check(&job.finish()?, 3, &["stopped early"])
}
