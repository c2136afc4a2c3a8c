//! Runs that blow up: stopped within a step, with a report and the last good checkpoint; and the
//! ones that go on with shorter steps.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use rogallo::ledger::{self, Event};
use rustix::process::Signal;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("too_long_a_step_of_a_box_is_named", box_with_long_steps),
        Trial::test("too_long_a_step_of_a_channel_is_named", channel_with_long_steps),
        Trial::test("a_velocity_that_runs_away_under_a_courant_number_is_stopped", runaway),
        Trial::test("a_scalar_that_blows_up_alone_is_named", scalars),
        Trial::test("a_blow_up_is_tried_again_with_shorter_steps", tried_again),
        Trial::test("tries_come_to_an_end", tries_end),
    ]
}

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [16, 33, 16] }
fluid.reynolds_tau = 180
drive.kind = "mass-flux"
initial = { kind = "turbulent", amplitude = 0.3 }
time = { dt = 0.03, steps = 2000 }
checkpoint.every_steps = 1000
"#;

/// Writes the case of a channel as `case.toml`.
fn channel() -> Result<Place, libtest_mimic::Failed> {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CHANNEL)?;
    Ok(place)
}

/// What `blowup.txt` must say, each once.
fn reported(place: &Place, parts: &[&str]) -> Outcome {
    let report = place.read("run/blowup.txt")?;
    for part in
        ["What: ", "Likely reason: ", "Where:", "The last steps:", "end of the spectrum"].iter().chain(parts)
    {
        ensure!(report.contains(part), "\"{part}\" is not in:\n{report}");
    }
    let largest = report
        .lines()
        .filter_map(|line| line.split_whitespace().nth(4)?.parse::<f64>().ok())
        .fold(0.0, f64::max);
    ensure!(largest > 10.0, "the energies do not show the growth:\n{report}");
    Ok(())
}

fn box_with_long_steps() -> Outcome {
    let place = Place::new()?;
    let parts =
        ["\nLikely reason: the step is too long: its Courant number was already 4.42, and the scheme is \
         stable up to 0.83; try time.dt = 4.5e-2, or time.cfl = 0.7\n"];
    let case = "run case.toml --dir run --set time.dt=0.3 --set time.steps=500 --set fluid.viscosity=1e-4";
    let further = [
        "The last good checkpoint is of step 0, in run/checkpoints",
        "end of the spectrum are in run/blowup.txt",
    ];
    place.ends(3, case, 4, &[parts.as_slice(), &further].concat())?;
    reported(&place, &["of the mode k = (", ", on rank ", "Velocity gradients squared over k, "])?;
    ensure!(place.latest("run")? == 0, "a later checkpoint");
    let last = ledger::read(&place.at("run"))?.pop();
    ensure!(
        last.as_ref().is_some_and(|entry| {
            matches!(&entry.event, Event::BlowUp { reason, .. } if reason.contains("the step is too long"))
        }),
        "{last:?}"
    );
    place.ends(
        1,
        "status run",
        0,
        &["run: blew up, 20", "warning       the run blew up: the step is too long"],
    )
}

fn channel_with_long_steps() -> Outcome {
    let place = channel()?;
    place.ends(
        2,
        "run case.toml --dir run",
        4,
        &[
            "\nLikely reason: the step is too long: its Courant number was already ",
            "The last good checkpoint is of step ",
        ],
    )?;
    reported(&place, &[", on rank ", "over k_x, ", "over k_z, ", "over the degree in y, "])
}

/// Its energy would grow to 1e117 before anything is not finite; the checkpoints that are due every
/// step wait.
fn runaway() -> Outcome {
    let place = channel()?;
    place.ends(
        2,
        "run case.toml --dir run --set time.cfl=3 --set checkpoint.every_steps=1",
        4,
        &["rogallo: the velocity runs away at step", "the largest Courant number per time"],
    )?;
    reported(&place, &["where the velocity is ("])?;
    let energy = ledger::read(&place.at("run"))?.into_iter().find_map(|entry| match entry.event {
        Event::BlowUp { energy, .. } => energy,
        _ => None,
    });
    ensure!(energy.is_some_and(|energy| energy < 1e40), "caught late, at an energy of {energy:?}");
    let (saved, blown) =
        (place.latest("run")?, ledger::read(&place.at("run"))?.pop().map_or(0, |entry| entry.step));
    ensure!(saved > 0 && saved < blown, "the last checkpoint is of step {saved}, the blow-up of {blown}");
    // What was saved is sound: it is not a multiple of what the run began with.
    place.python(
        "import h5py, numpy as np
f = h5py.File('run/checkpoints/latest')
assert np.abs(f['state/omega_y'][:]).max() < 1e4, np.abs(f['state/omega_y'][:]).max()",
    )
}

/// A velocity that viscosity keeps sound at any step, and scalars: one that too long a step makes
/// grow, and others that are too large for the numbers. Makes a scalar in the newest checkpoint of
/// `run` almost too large for a number, with the checksum that belongs to it: no case may ask for
/// that.
const HUGE: &str = r#"
import h5py, numpy as np
word = 2**64 - 1
def scramble(z):
    z = (z + 0x9e3779b97f4a7c15) & word
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & word
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & word
    return z ^ (z >> 31)
def term(i, value):
    a, b = (int(np.float64(part).view(np.uint64)) for part in (value.real, value.imag))
    return scramble(scramble(scramble(i) ^ a) ^ b)
with h5py.File(run + "/checkpoints/latest", "r+") as file:
    dye = file["state/dye"]
    i = len(dye) - 1
    before, dye[i] = dye[i], 1e308
    checksum = int(dye.attrs["checksum"]) - term(i, before) + term(i, 1e308 + 0j)
    dye.attrs.modify("checksum", np.uint64(checksum & word))
"#;

fn scalars() -> Outcome {
    let place = Place::new()?;
    fs::write(
        place.at("case.toml"),
        r#"
flow.kind = "homogeneous"
domain = { size = ["2 pi", "2 pi", "2 pi"], grid = [16, 16, 16] }
fluid.viscosity = 1.0
initial = { kind = "abc", a = 1, b = 1, c = 1 }
forcing = { kind = "abc", a = 1, b = 1, c = 1 }
time = { dt = 0.5, steps = 2000 }
scalar.heat = { schmidt = 0.7 }
scalar.dye = { schmidt = 1e4, initial = { kind = "mode", wavenumber = [1, 2, 0], amplitude = 1 } }
"#,
    )?;
    let what = "rogallo: the scalar dye is no longer finite at step";
    place.ends(
        3,
        "run case.toml --dir run",
        4,
        &[
            what,
            "\nLikely reason: the step is too long: its Courant number was already ",
            "The last good checkpoint is of step ",
        ],
    )?;
    let alone = "\nLikely reason: the scalar dye has blown up while the velocity is sound";
    let steps =
        |run: &str, steps: u32| format!("run case.toml --dir {run} --set time={{dt=1e-3,steps={steps}}}");
    place.ends(2, &steps("large", 1), 0, &["done: step 1,"])?;
    place.python(&format!("run = 'large'\n{HUGE}"))?;
    place.ends(
        2,
        &steps("large", 9),
        4,
        &[what, alone, "values of the state are not finite, such as dye of the mode k = ("],
    )?;

    fs::write(
        place.at("case.toml"),
        format!(
            "{CHANNEL}\nscalar.heat = {{ schmidt = 0.7, values = [0, 1] }}\nscalar.dye = \
             {{ schmidt = 0.7, values = [0, 1] }}"
        ),
    )?;
    place.ends(3, &steps("channel", 1), 0, &["done: step 1,"])?;
    place.python(&format!("run = 'channel'\n{HUGE}"))?;
    place.ends(3, &steps("channel", 9), 4, &[what, alone, "such as dye of "])
}

const RETRY: &str = "--set time.dt=0.3 --set time.steps=30 --set fluid.viscosity=1e-4 --set \
    time.retry={factor=0.25,times=3} --set checkpoint.every_steps=100000";

/// Twice a quarter of the step; and once more with a job killed after the first tries, on other ranks.
fn tried_again() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", RETRY)?;
    let events = ledger::read(&place.at("run"))?;
    let retries: Vec<(u64, f64)> = events
        .iter()
        .filter_map(|entry| {
            if let Event::Retry { number, factor } = entry.event { Some((number, factor)) } else { None }
        })
        .collect();
    ensure!(retries == [(1, 0.25)] || retries == [(1, 0.25), (2, 0.0625)], "{retries:?}");
    place.ends(
        1,
        "status run",
        0,
        &["run: done, 20", "the run has blown up and continued with shorter steps"],
    )?;
    let dt = 0.3 * retries[retries.len() - 1].1;
    let series = place.read("run/series.csv")?;
    let rows: Vec<Vec<f64>> = series
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect())
        .collect();
    ensure!(
        rows.iter().skip(1).all(|row| row[2] == dt)
            && rows.iter().map(|row| row[0]).eq((0..=6).map(|n| 5.0 * f64::from(n))),
        "{series}"
    );

    let endless = RETRY.replace("steps=30", "steps=100000000");
    let job = place
        .start(3, &format!("run case.toml --dir killed {endless} --set output.spectra={{every_steps=1}}"))?;
    place.wait_for("killed", 10)?;
    crate::trouble::signal_last_rank(&place, Signal::KILL)?;
    ensure!(!job.finish()?.status.success(), "a killed job ended well");
    place.ends(
        1,
        &format!("run case.toml --dir killed {RETRY}"),
        0,
        &["continuing from killed/checkpoints/00000000.h5, step 0,", "done: step 30,"],
    )?;
    place.same_state("run", "killed")?;
    let started = ledger::read(&place.at("killed"))?
        .iter()
        .rposition(|entry| matches!(entry.event, Event::Continue { .. }))
        .ok_or("it did not go on")?;
    let again = ledger::read(&place.at("killed"))?[started..]
        .iter()
        .any(|entry| matches!(entry.event, Event::BlowUp { .. }));
    ensure!(!again, "the job that went on blew up once more: it has forgotten the shorter step");
    Ok(())
}

fn tries_end() -> Outcome {
    let place = Place::new()?;
    let few = RETRY.replace("factor=0.25,times=3", "factor=0.99,times=2");
    place.ends(
        2,
        &format!("run case.toml --dir run {few}"),
        4,
        &["retry 1 of 2: continuing from", "retry 2 of 2: continuing from", "rogallo: the velocity"],
    )?;
    let retries = ledger::read(&place.at("run"))?
        .iter()
        .filter(|entry| matches!(entry.event, Event::Retry { .. }))
        .count();
    ensure!(retries == 2, "{retries} retries");
    // It has no try left.
    place.ends(1, &format!("run case.toml --dir run {few}"), 4, &["rogallo: the velocity"])
}
