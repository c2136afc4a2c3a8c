//! Averages are over time: whatever the steps, the cadence and the jobs are, each sample weighs the
//! time since the one before, and a run in pieces leaves the files of one in one piece.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;
use std::process::Command;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("the_variance_at_an_oscillating_wall_is_its_average_over_time", oscillating_wall),
        Trial::test("a_later_begin_of_averages_selects_whole_batches", moved_begin),
        Trial::test("averages_go_on_with_other_steps_and_another_cadence", other_steps),
        Trial::test("batches_of_another_length_or_physics_are_not_mixed_in", not_mixed),
        Trial::test("what_an_earlier_end_has_written_is_taken_back", earlier_end),
        Trial::test("checkpoints_carry_batches_that_cannot_be_written", unwritten),
    ]
}

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [18, 33, 16] }
fluid.reynolds_tau = 50
drive = { kind = "mass-flux", bulk_velocity = 10.0 }
initial = { kind = "turbulent", amplitude = 0.1 }
time = { dt = 0.01, end = 2.0 }
output = { series = { every_steps = 1 }, statistics = { every_steps = 1, batch = 0.5 } }
"#;

fn with_channel(text: &str) -> Result<Place, libtest_mimic::Failed> {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), text)?;
    Ok(place)
}

/// Three whole periods of `W = 6 sin(2 pi t)` under a Courant step, which is short where |W| is
/// large: `<W^2> = 18`. The average over samples is 21.85. That over time of values at the ends of
/// intervals of about 1/250 of a period is off by their scatter, some hundredths.
fn oscillating_wall() -> Outcome {
    let place = with_channel(
        r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "pi"], grid = [8, 33, 8] }
fluid.viscosity = 0.02
drive = { kind = "mass-flux", bulk_velocity = 1.0 }
walls.oscillation = { amplitude = 6.0, period = 1.0 }
initial.kind = "laminar"
time = { cfl = 0.05, end = 5.0 }
output = { series = { every_steps = 100 }, statistics = { every_steps = 1, from = 2.0, batch = 1.0 } }
"#,
    )?;
    place.run(2, "run", "")?;
    place.ends(1, "stats run", 0, &["averaged         t = 2 to 5, ", "whole batches of 1: 3\n"])?;
    place.python(
        "import h5py
batches = [h5py.File('run/statistics/%08d.h5' % m) for m in (2, 3, 4)]
weights = [batch['weight'][()] for batch in batches]
assert all(abs(weight - 1) < 1e-12 for weight in weights), weights
for wall in (0, -1):
    ww = sum(batch['ww'][wall] for batch in batches) / sum(weights)
    assert abs(ww - 18.04) < 0.1, ww
assert all(batch['y'][0] == -1 and (batch['y'][1:] > batch['y'][:-1]).all() for batch in batches)
assert all(batch['t_end'][()] == m + 1 and batch['batch'][()] == m for m, batch in zip((2, 3, 4), batches))",
    )
}

/// From t = 0 to 1, and on to 2 with averages from 1.5 on; and at once with averages from 1.5 on.
fn moved_begin() -> Outcome {
    let place = with_channel(CHANNEL)?;
    place.run(2, "moved", "--set time.end=1")?;
    place.run(2, "moved", "--set output.statistics.from=1.5")?;
    place.run(1, "fresh", "--set output.statistics.from=1.5")?;
    let names = |run: &str| -> Result<Vec<String>, libtest_mimic::Failed> {
        let mut names: Vec<String> = fs::read_dir(place.at(run).join("statistics"))?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into()))
            .collect::<std::io::Result<_>>()?;
        names.sort();
        Ok(names)
    };
    ensure!(
        names("moved")? == ["00000000.h5", "00000001.h5", "00000003.h5"]
            && names("fresh")? == ["00000003.h5"],
        "{:?}",
        names("moved")?
    );
    let file = "statistics/00000003.h5";
    ensure!(
        fs::read(place.at("moved").join(file))? == fs::read(place.at("fresh").join(file))?,
        "the batches from 1.5 to 2 differ"
    );
    place.same_text("moved", "fresh", "series.csv")?;
    place.same_text("moved", "fresh", "profiles.csv")?;
    let window = "averaged         t = 1.5 to 2, ";
    let left_out = "left out: 2 batches beginning before output.statistics.from = 1.5";
    place.ends(
        1,
        "stats moved",
        0,
        &[window, "; 50 samples; whole batches of 0.5: 1\n", "\nerrors           none: ", left_out],
    )?;
    place.ends(
        1,
        "stats fresh",
        0,
        &[window, "; 50 samples; whole batches of 0.5: 1", "Re_tau           42.6"],
    )?;
    // What was not sampled cannot be averaged, and that is said.
    place.run(1, "fresh", "--set output.statistics.from=0.5")?;
    place.ends(
        1,
        "stats fresh",
        0,
        &[window, "averages begin at t = 1.5, later than output.statistics.from = 0.5"],
    )?;
    place.run(1, "moved", "--set output.statistics.from=0")?;
    let all = ["averaged         t = 0 to 2, ", "; 150 samples; whole batches of 0.5: 3\n"];
    place.ends(1, "stats moved", 0, &all)?;
    // Batches are whole: what is asked in between is told, and other averages are left as they are.
    let rounded = ["averaged         t = 0.5 to 2, ", "averages begin at t = 0.5, later than --from = 0.2"];
    place.ends(1, "stats moved --from 0.2", 0, &rounded)?;
    let cut = ["averaged         t = 0 to 1, ", "averages end at t = 1, earlier than --to = 1.2"];
    place.ends(1, "stats moved --to 1.2", 0, &cut)?;
    place.ends(1, "stats moved --from 7", 0, &["nothing: no batch begins at t = 7 or later"])?;
    place.ends(1, "stats moved --from 3T", 2, &["times of this flow cannot be given in T: use h/u_tau"])?;
    place.ends(1, "stats moved --from soon", 2, &["give a time such as 12.5, 5h/u_tau (channel) or 3T"])
}

/// Ten steps of one length and every fifth a sample, then of half of it and every one a sample.
fn other_steps() -> Outcome {
    let small = "--set domain.grid=[12,17,12] --set output.statistics.batch=0.1";
    let place = with_channel(CHANNEL)?;
    place.run(2, "run", &format!("{small} --set time.end=0.1 --set output.statistics.every_steps=5"))?;
    let story = "the case has changed; averages continue:\n  time.dt: 0.01 -> 0.005\n  output.statistics: ";
    place.ends(
        3,
        &format!("run case.toml --dir run {small} --set time.end=0.2 --set time.dt=0.005"),
        0,
        &[story, "done: step 30,"],
    )?;
    ensure!(
        place.read("run/ledger.jsonl")?.contains(r#""event":"changed","changes":["time.dt: 0.01 -> 0.005","#),
        "not in the ledger"
    );
    let all = ["averaged         t = 0 to 0.2, ", "; 22 samples; whole batches of 0.1: 2\n"];
    place.ends(1, "stats run", 0, &all)?;
    place.python(
        "import h5py
first, second = (h5py.File('run/statistics/%08d.h5' % m) for m in (0, 1))
assert (first['samples'][()], second['samples'][()]) == (2, 20)
assert abs(first['weight'][()] - 0.1) < 1e-15 and abs(second['weight'][()] - 0.1) < 1e-15
assert abs(first['weight_squares'][()] - 2 * 0.05 ** 2) < 1e-12 and abs(second['weight_squares'][()] - 20 * \
0.005 ** 2) < 1e-12",
    )?;
    // A Courant number in the place of a step, and steps that may be tried again.
    let other = "--set time.end=0.21 --set time.retry={times=1}";
    fs::write(place.at("case.toml"), CHANNEL.replace("dt = 0.01", "cfl = 0.5"))?;
    place.ends(
        2,
        &format!("run case.toml --dir run {small} {other}"),
        0,
        &["  time.dt: 0.005 -> (none)\n  time.cfl: (none) -> 0.5\n  time.retry: ", "done: step"],
    )
}

fn not_mixed() -> Outcome {
    let small = "--set domain.grid=[12,17,12]";
    let place = with_channel(CHANNEL)?;
    place.run(2, "run", &format!("{small} --set time.end=0.25 --set output.statistics.batch=0.1"))?;
    // With sampling off in between another length is no change of the case: batches of the old one
    // are put aside, whatever their numbers.
    ensure!(
        Command::new("cp").arg("-a").arg(place.at("run")).arg(place.at("gap")).status()?.success(),
        "no copy"
    );
    place.run(2, "gap", &format!("{small} --set time.end=0.3 --set output.statistics={{}}"))?;
    let gap = format!(
        "run case.toml --dir gap {small} --set time.end=0.4 --set \
         output.statistics={{every_steps=1,batch=0.05}}"
    );
    place.ends(
        1,
        &gap,
        0,
        &[
            "the current batch of averages, of length 0.1, is dropped",
            "2 batches of another length renamed to .aside in gap/statistics",
        ],
    )?;
    let left = ["00000000.h5.aside", "00000001.h5.aside", "00000006.h5", "00000007.h5"];
    ensure!(left.iter().all(|name| place.at("gap/statistics").join(name).exists()), "not as said");
    // A run without its checkpoints and its series still has results.
    fs::remove_dir_all(place.at("gap/checkpoints"))?;
    fs::remove_file(place.at("gap/series.csv"))?;
    place.ends(1, &gap, 2, &["holds results but no checkpoint to continue from"])?;
    let longer =
        format!("run case.toml --dir run {small} --set time.end=0.5 --set output.statistics.batch=0.05");
    place.ends(2, &longer, 2, &["output.statistics.batch: 0.1 -> 0.05", "--accept-changes"])?;
    let aside = "2 batches of another length renamed to .aside in run/statistics";
    place.ends(
        2,
        &format!("{longer} --accept-changes"),
        0,
        &["averages start afresh", aside, "averaged         t = 0.26 to 0.5, "],
    )?;
    ensure!(
        place.at("run/statistics/00000001.h5.aside").exists()
            && place.at("run/statistics/00000006.h5").exists(),
        "not as said"
    );
    let thinner = format!("{} --set fluid.reynolds_tau=60", longer.replace("end=0.5", "end=0.6"));
    let left_out = "left out: 5 batches with other physics (fluid.viscosity: 0.02 -> 0.01";
    place.ends(
        3,
        &format!("{thinner} --accept-changes"),
        0,
        &["averages start afresh", left_out, "averaged         t = 0.51 to 0.6, "],
    )
}

/// A run to 1.1875, which is off every schedule, and on to 2; and one to 2. Steps are exact in
/// binary, so that the same steps end at the same times.
fn earlier_end() -> Outcome {
    let place = Place::new()?;
    fs::write(
        place.at("case.toml"),
        r#"
flow.kind = "homogeneous"
domain.grid = [8, 8, 8]
fluid.viscosity = 0.1
initial.kind = "taylor-green"
time = { dt = 0.015625, end = 2.0 }
output = { series = { every_time = 0.125 }, spectra = { every_time = 0.375 }, snapshots = { every_time = 0.5 } }
"#,
    )?;
    place.run(2, "whole", "")?;
    // The rows of the first state stay, though the next state is the last one for once.
    place.run(1, "pieces", "--set time.steps=1")?;
    place.run(2, "pieces", "--set time.end=1.1875")?;
    let row = |text: String| text.lines().last().is_some_and(|line| line.starts_with("76,1.1875,"));
    for file in ["series.csv", "spectra.csv", "budget.csv", "spectra_1d.csv"] {
        ensure!(row(place.read(&format!("pieces/{file}"))?), "{file} has no row of the last state");
    }
    ensure!(place.at("pieces/snapshots/00000076.h5").exists(), "the last state has no snapshot");
    // The same command once more has nothing to do, and takes nothing back.
    let before = place.read("pieces/series.csv")?;
    place.run(3, "pieces", "--set time.end=1.1875")?;
    ensure!(
        place.read("pieces/series.csv")? == before && place.at("pieces/snapshots/00000076.h5").exists(),
        "what was finished has changed"
    );
    place.run(3, "pieces", "")?;
    for file in ["series.csv", "spectra.csv", "budget.csv", "spectra_1d.csv"] {
        place.same_text("whole", "pieces", file)?;
    }
    let snapshots = |run: &str| -> Result<Vec<_>, libtest_mimic::Failed> {
        let mut names: Vec<_> = fs::read_dir(place.at(run).join("snapshots"))?
            .map(|entry| Ok(entry?.file_name()))
            .collect::<std::io::Result<_>>()?;
        names.sort();
        Ok(names)
    };
    ensure!(snapshots("whole")? == snapshots("pieces")?, "{:?}", snapshots("pieces")?);
    ensure!(
        place.read("pieces/snapshots/series.xdmf")? == place.read("whole/snapshots/series.xdmf")?,
        "other snapshots in series.xdmf"
    );
    // A row on schedule stays, and a snapshot that was asked for.
    place.run(1, "pieces", "--set time.end=2.5")?;
    place.run(1, "whole", "--fresh --set time.end=2.5")?;
    place.same_text("whole", "pieces", "series.csv")
}

/// Batches that cannot be written are in the checkpoints, and a job that goes on writes them. What
/// cannot be a folder of results is found before the run.
fn unwritten() -> Outcome {
    let small = "--set domain.grid=[12,17,12] --set output.statistics.batch=0.04 --set time.steps=12 --set \
        checkpoint.every_steps=3";
    let place = with_channel(CHANNEL)?;
    fs::create_dir(place.at("run"))?;
    fs::write(place.at("run/statistics"), "a user's own")?;
    let run = format!("run case.toml --dir run {small}");
    place.ends(2, &run, 1, &["rogallo: run/statistics is not a directory; move it away"])?;
    fs::rename(place.at("run/statistics"), place.at("elsewhere"))?;
    // Where the file of the first batch is to grow, there is something that cannot be replaced.
    let obstacle = place.at("run/statistics/.00000000.h5.partial/a user's own");
    fs::create_dir_all(&obstacle)?;
    let told = [
        "warning: cannot remove run/statistics/.00000000.h5.partial: Is a directory (os error 21). The batch \
         of statistics stays in memory and in checkpoints until it can be written",
        "checkpoint run/checkpoints/00000012.h5",
        "Batches of statistics could not be written. The last checkpoint holds them: fix the problem, and run \
         the same command again",
    ];
    place.ends(2, &run, 1, &told)?;
    ensure!(
        !place.at("run/statistics/00000000.h5").exists() && !place.at("run/statistics/00000002.h5").exists(),
        "written all the same"
    );
    // Not mended: refused before anything is lost.
    place.ends(3, &run, 1, &["rogallo: cannot remove run/statistics/.00000000.h5.partial"])?;
    fs::remove_dir_all(place.at("run/statistics/.00000000.h5.partial"))?;
    place.ends(3, &run, 0, &["continuing from run/checkpoints/00000012.h5", "done: step 12,"])?;
    place.run(1, "whole", small)?;
    for m in 0..3 {
        let file = format!("statistics/{m:08}.h5");
        ensure!(
            fs::read(place.at("run").join(&file))? == fs::read(place.at("whole").join(&file))?,
            "{file} differs"
        );
    }
    place.same_text("run", "whole", "profiles.csv")
}
