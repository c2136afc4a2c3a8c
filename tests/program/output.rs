//! What a run leaves in its directory and prints on the screen.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::stopping::command;
use crate::trouble::{ENDLESS, goes_on};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::Path;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_run_directory_holds_what_it_should", run_directory),
        Trial::test("steps_cut_short_are_told", cut_short),
        Trial::test("as_many_ranks_write_as_the_case_says", aggregators),
        Trial::test("stats_draws_and_compares", stats),
        Trial::test("inspect_tells_and_check_resolves", inspect_and_check),
        Trial::test("help_is_printed_once", help),
        Trial::test("every_config_is_valid_and_runs", configs),
    ]
}

/// By a time at which something is due; not where steps of a given length hit it anyway.
fn cut_short() -> Outcome {
    let place = Place::new()?;
    for (step, cut) in [("", 3), (",dt=0.005", 0), (",dt=0.0075", 3)] {
        let set = format!(
            "--set time={{steps=9{}}} --set output.series={{every_time=0.01}}",
            if step.is_empty() { ",cfl=0.5" } else { step }
        );
        let finished = place.rogallo(1, &format!("run case.toml --dir run --fresh {set}"))?;
        check(&finished, 0, &["done: step 9,"])?;
        let lines = finished
            .output
            .lines()
            .filter(|line| line.starts_with("step ") && line.ends_with(" to end at this time)"))
            .count();
        ensure!(
            if cut == 0 { lines == 0 } else { lines >= cut },
            "{step}: {lines} lines:\n{}",
            finished.output
        );
    }
    Ok(())
}

fn run_directory() -> Outcome {
    let place = Place::new()?;
    let finished = place.rogallo(3, "run case.toml")?;
    check(
        &finished,
        0,
        &[
            "3 ranks",
            "\nstep      5  time",
            "\nstep     20  time",
            "\ntransform ",
            "\nenergy ",
            "\ndone: step 20,",
        ],
    )?;
    let run = "runs/case";
    for name in [
        "case.toml",
        "run.log",
        "series.csv",
        "spectra.csv",
        "spectra_1d.csv",
        "budget.csv",
        "checkpoints/00000020.h5",
        "checkpoints/latest",
    ] {
        ensure!(place.at(run).join(name).exists(), "{name} is missing");
    }
    for figure in ["dissipation", "energy", "spectrum"] {
        for form in ["svg", "png"] {
            ensure!(
                fs::metadata(place.at(run).join(format!("figures/{figure}.{form}")))?.len() > 1000,
                "{figure}.{form} is empty"
            );
        }
    }
    ensure!(
        finished.output.trim_end() == place.read("runs/case/run.log")?.trim_end(),
        "screen and log differ"
    );
    let series = place.read("runs/case/series.csv")?;
    ensure!(series.starts_with("step,time,dt,cfl,energy,dissipation"), "{series}");
    let steps: Vec<&str> = series.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    ensure!(steps == ["0", "5", "10", "15", "20"], "{series}");
    // The resolved case is a case, and gives the same run.
    place.ends(2, "run runs/case/case.toml --dir again", 0, &["done: step 20,"])?;
    place.same_state(run, "again")
}

/// Three, and one from a command on. By itself Open MPI takes one of three on a node; other
/// libraries may not do as they are told on one node.
fn aggregators() -> Outcome {
    let place = Place::new()?;
    let job = place
        .start(3, &format!("{ENDLESS} --set checkpoint.aggregators=3 --set checkpoint.every_steps=1"))?;
    place.wait_for("run", 1)?;
    // The ranks that write fields; the root writes tables as well.
    let writers = |steps: u64| -> Result<usize, Failed> {
        let (ranks, before) = (place.ranks()?, place.latest("run")?);
        let written = || ranks.iter().map(|rank| written_by(*rank)).collect::<Result<Vec<_>, Failed>>();
        let begin = written()?;
        place.wait_for("run", before + steps)?;
        let growth: Vec<u64> = written()?.iter().zip(begin).map(|(end, begin)| end - begin).collect();
        // A third of each field in all of the steps but one, of 16 bytes a mode.
        let third = place.state("run")?.len() as u64 * 16 / 3;
        Ok(growth.iter().filter(|bytes| **bytes > (steps - 1) * third / 2).count())
    };
    let chosen = writers(20)?;
    command(&place, "checkpoint.aggregators = 4")?;
    command(&place, "checkpoint.aggregators = 1")?;
    place.wait_for("run", place.latest("run")? + 2)?;
    let commanded = writers(20)?;
    fs::write(place.at("run/stop"), "")?;
    let refused = "the command file is ignored: checkpoint.aggregators = 4, but there are 3 ranks";
    check(&job.finish()?, 3, &[refused, "commands: checkpoint.aggregators = 1"])?;
    if rogallo::parallel::library_version().starts_with("Open MPI")
        && std::env::var_os("OMPI_MCA_io").is_none()
    {
        ensure!([chosen, commanded] == [3, 1], "{chosen} and {commanded} ranks have written, not 3 and 1");
    }
    goes_on(&place)
}

/// Bytes that a process has written so far.
fn written_by(process: i32) -> Result<u64, Failed> {
    let text = fs::read_to_string(format!("/proc/{process}/io"))?;
    Ok(text.lines().find_map(|line| line.strip_prefix("wchar: ")).ok_or("no wchar")?.parse()?)
}

fn stats() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", "")?;
    fs::remove_dir_all(place.at("run/figures"))?;
    // The run is its own reference, with its energy larger by 10 %.
    let series = place.read("run/series.csv")?;
    let rows = series.lines().skip(1).map(|line| {
        let values: Vec<f64> = line.split(',').filter_map(|value| value.parse().ok()).collect();
        format!("{:?},{:?},{:?}\n", values[1], 1.1 * values[4], values[5])
    });
    fs::write(place.at("published.csv"), format!("time,energy,dissipation\n{}", rows.collect::<String>()))?;
    place.ends(1, "stats run", 0, &["time reached", "\nfigures  "])?;
    let plain = fs::read(place.at("run/figures/energy.svg"))?;
    place.ends(1, "stats run --reference published.csv", 0, &["\nfigures  ", "published"])?;
    ensure!(fs::read(place.at("run/figures/energy.svg"))? != plain, "the reference is not in the figure");
    // As a spreadsheet writes it, of another viscosity; and the run itself.
    let spreadsheet = place.read("published.csv")?.replace(',', ";").replace('.', ",").replace('\n', "\r\n");
    fs::write(place.at("published.csv"), format!("# nu = 1.0D-04\n{spreadsheet}"))?;
    let parts = [
        "0.0001 in the reference, 0.01 in this run: the flows differ",
        "published, t = 0 to",
        "series, t = 0 to",
        "spectra, ",
    ];
    let references = "--reference published.csv --reference run/series.csv --reference run/spectra.csv";
    place.ends(1, &format!("stats run {references}"), 0, &parts)?;
    place.ends(
        1,
        "check case.toml --set initial={kind='random',spectrum='table',file='run/spectra.csv'}",
        0,
        &[],
    )?;
    place.ends(1, "stats run --reference missing.csv", 2, &["missing.csv"])?;
    place.ends(1, "stats nowhere", 2, &["no run directory nowhere"])
}

fn inspect_and_check() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", "")?;
    place.ends(
        1,
        "inspect run/checkpoints/latest",
        0,
        &["homogeneous", "two-thirds 24x20x18", "\nstep                20", "/state/w"],
    )?;
    place.ends(1, "inspect run/checkpoints/none.h5", 2, &["none.h5"])?;
    place.ends(
        1,
        "check case.toml --ranks 6",
        0,
        &["24 x 20 x 18 points", "6, process grid", "memory per rank"],
    )?;
    let shear = "check case.toml --set mean={kind=\"shear\",rate=10} --set time.end=0.5";
    place.ends(
        1,
        shear,
        0,
        &["mean flow        shear, remeshed at S t = 0.5000", "5 times until the end, at S t = 5.0000"],
    )?;
    let resolved = place.rogallo(3, "check case.toml --resolved --set fluid.viscosity=0.02")?;
    check(&resolved, 0, &["viscosity = 0.02", "exchange = \"all-to-all\""])?;
    fs::write(place.at("resolved.toml"), &resolved.output)?;
    let again = place.rogallo(1, "check resolved.toml --resolved")?;
    let keys = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    ensure!(keys(&again.output) == keys(&resolved.output), "{}\n{}", again.output, resolved.output);
    place.ends(1, "check case.toml --set fluid.viscosity=-1", 2, &["must not be negative"])
}

fn help() -> Outcome {
    let place = Place::new()?;
    place.ends(3, "--help", 0, &["direct numerical simulation", "Exit codes: 0 done; 3 stopped early"])?;
    place.ends(3, "run --help", 0, &["--walltime"])?;
    place.ends(3, "--version", 0, &[&format!("rogallo {}", env!("CARGO_PKG_VERSION"))])?;
    place.ends(3, "run case.toml --frsh", 2, &["unexpected argument '--frsh'"])
}

fn configs() -> Outcome {
    let place = Place::new()?;
    let here = Path::new("configs").canonicalize()?;
    let mut count = 0;
    for entry in fs::read_dir(&here)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let case = path.to_str().ok_or("a name that is not UTF-8")?;
            place.ends(1, &format!("check {case}"), 0, &["valid"])?;
            let text = fs::read_to_string(&path)?;
            if text.contains("kind = \"channel\"") {
                // Their grids are for serious runs.
                let run =
                    format!("run {case} --dir run --fresh --set time.steps=2 --set domain.grid=[24,33,24]");
                place.ends(2, &run, 0, &["done: step 2,"])?;
                count += 1;
                continue;
            }
            // A field that develops may stop at once.
            let develops = text.contains("develop = ");
            let short = if develops {
                "--set initial.develop.skewness=-1e-9 --set time.steps=2"
            } else {
                "--set time.steps=2"
            };
            place.ends(2, &format!("run {case} --dir run --fresh {short}"), 0, &["done: step 2,"])?;
            count += 1;
        }
    }
    ensure!(count >= 19, "only {count} ready cases in {}", here.display());
    Ok(())
}
