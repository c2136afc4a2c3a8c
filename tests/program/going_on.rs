//! The same command again: from which state it goes on, and that nothing is recorded twice or missing.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::{Failed, Trial};
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("changes_of_the_case_are_accepted_when_the_user_says_so", accepted_changes),
        Trial::test("averages_begin_anew_after_accepted_changes", averages),
        Trial::test("damaged_checkpoints_do_not_count", damaged_do_not_count),
        Trial::test("a_missing_link_to_the_latest_is_told", missing_link),
        Trial::test("checkpoints_of_other_names_are_named", other_names),
        Trial::test("continue_goes_on_with_the_recorded_case", recorded_case),
        Trial::test("snapshots_are_cut_back", snapshots),
        Trial::test("the_first_samples_are_made_up_for", first_samples),
    ]
}

/// The names in a folder, ascending.
fn names(place: &Place, folder: &str) -> Result<Vec<String>, Failed> {
    let mut names: Vec<String> = fs::read_dir(place.at(folder))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    names.sort();
    Ok(names)
}

fn accepted_changes() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", "--set time.steps=10")?;
    let changed = "--set fluid.viscosity=0.05 --set time.steps=15";
    let story = [
        "the case has changed, as accepted:\n  fluid.viscosity: 0.01 -> 0.05\ncontinuing from",
        "done: step 15,",
    ];
    place.ends(3, &format!("run case.toml --dir run {changed} --accept-changes"), 0, &story)?;
    ensure!(place.read("run/run.log")?.contains("fluid.viscosity: 0.01 -> 0.05"), "the log does not say so");
    ensure!(place.read("run/case.toml")?.contains("viscosity = 0.05"), "case.toml is the old one");
    // It is the case of this run now.
    place.ends(2, "run case.toml --dir run", 2, &["fluid.viscosity: 0.05 -> 0.01"])?;
    place.ends(
        2,
        "run case.toml --dir run --set fluid.viscosity=0.05 --set time.steps=20",
        0,
        &["continuing from run/checkpoints/00000015.h5"],
    )?;
    // And it has been at work: more is dissipated than with the old one.
    place.run(2, "old", "")?;
    let energy = |run: &str| -> Result<f64, Failed> {
        let series = place.read(&format!("{run}/series.csv"))?;
        Ok(series.lines().last().and_then(|line| line.split(',').nth(4)).ok_or("no energy")?.parse()?)
    };
    ensure!(energy("run")? < 0.99 * energy("old")?, "{} and {}", energy("run")?, energy("old")?);
    place.ends(2, "run case.toml --dir run --fresh --accept-changes", 2, &["cannot be used with"])
}

fn averages() -> Outcome {
    let place = Place::new()?;
    let channel = "run channel.toml --dir run --set output.statistics={every_steps=1}";
    fs::copy("configs/channel-180-minimal.toml", place.at("channel.toml"))?;
    let small = format!("{channel} --set domain.grid=[24,33,24]");
    place.ends(2, &format!("{small} --set time.steps=4"), 0, &["done: step 4,"])?;
    let changed = format!("{small} --set time.steps=6 --set numerics.seed=5 --accept-changes");
    place.ends(2, &changed, 0, &["numerics.seed: ", "averages start afresh", "done: step 6,"])?;
    place.python(
        "import h5py
f = h5py.File('run/checkpoints/latest')['statistics']
before = h5py.File('run/checkpoints/00000004.h5').attrs['time']
assert f['samples'][()] == 1 and f['t_begin'][()] > before, (f['samples'][()], f['t_begin'][()])",
    )
}

/// One that was passed over as damaged must not take the place of a sound one.
fn damaged_do_not_count() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", "--set checkpoint.every_steps=5 --set checkpoint.keep=2 --set time.steps=10")?;
    fs::OpenOptions::new().write(true).open(place.at("run/checkpoints/00000010.h5"))?.set_len(10_000)?;
    let arguments = "run case.toml --dir run --set time.steps=6";
    let story = [
        "00000010.h5 is damaged",
        "continuing from run/checkpoints/00000005.h5",
        "put aside, since damaged or of later steps: run/checkpoints/00000010.h5.aside",
    ];
    place.ends(3, arguments, 0, &story)?;
    ensure!(
        names(&place, "run/checkpoints")? == ["00000005.h5", "00000006.h5", "00000010.h5.aside", "latest"],
        "{:?}",
        names(&place, "run/checkpoints")?
    );
    place.run(2, "run", "")?;
    place.run(1, "whole", "")?;
    place.same_state("run", "whole")
}

fn missing_link() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", "--set time.steps=10")?;
    fs::remove_file(place.at("run/checkpoints/latest"))?;
    place.ends(
        3,
        "run case.toml --dir run",
        0,
        &["run/checkpoints/latest cannot be followed", "continuing from run/checkpoints/00000010.h5"],
    )
}

/// As a user leaves a file that is to be gone on from.
fn other_names() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", "--set time.steps=3 --set checkpoint.keep=1")?;
    place.run(1, "whole", "--set time.steps=5")?;
    fs::create_dir_all(place.at("new/checkpoints"))?;
    fs::copy(place.at("run/checkpoints/00000003.h5"), place.at("new/checkpoints/coarse.h5"))?;
    fs::write(place.at("new/checkpoints/3.hdf5"), "not HDF5")?;
    let before = place.files("new")?;
    let told = [
        "no file in new/checkpoints is named like a checkpoint (STEP.h5",
        "new/checkpoints/coarse.h5 is a checkpoint of step 3, but is not named after it; to use it, \
         rename it: mv 'new/checkpoints/coarse.h5' 'new/checkpoints/00000003.h5'",
        "new/checkpoints/3.hdf5 is damaged or not an HDF5 file",
        "--fresh, which deletes them",
    ];
    place.ends(3, "run case.toml --dir new", 2, &told)?;
    ensure!(place.files("new")? == before, "a refused run has changed its directory");
    fs::copy(place.at("new/checkpoints/coarse.h5"), place.at("new/checkpoints/00000003.h5"))?;
    let told = [
        "ignored: new/checkpoints/coarse.h5 is a checkpoint of step 3, but is not named after it\n",
        "continuing from new/checkpoints/00000003.h5",
    ];
    place.ends(2, "run case.toml --dir new --set time.steps=5", 0, &told)?;
    place.same_state("new", "whole")
}

/// Without the file of the case and what the command line has changed in it.
fn recorded_case() -> Outcome {
    let place = Place::new()?;
    let changed = "--set fluid.viscosity=0.02 --set scalar.heat={gradient=[0,1,0]}";
    place.run(2, "run", &format!("{changed} --set time.steps=3"))?;
    place.run(1, "whole", &format!("{changed} --set time.steps=6"))?;
    let here = [
        "the run writes its resolved case to run/case.toml, and would overwrite your file there",
        "to continue the run that wrote it, use `rogallo continue run`",
    ];
    place.ends(3, "run run/case.toml --dir run", 2, &here)?;
    place.ends(
        3,
        "run run",
        2,
        &["run is a directory, not a case file: `rogallo continue run` continues its run; nothing \
            was run."],
    )?;
    fs::remove_file(place.at("case.toml"))?;
    place.ends(
        3,
        "continue run",
        0,
        &[
            "continuing from run/checkpoints/00000003.h5, step 3,",
            "\ncase case: homogeneous flow",
            "done: step 3,",
        ],
    )?;
    place.ends(
        3,
        "continue run --set fluid.viscosity=0.05",
        2,
        &["fluid.viscosity: 0.02 -> 0.05", "--accept-changes"],
    )?;
    place.ends(
        3,
        "continue run --set time.steps=6",
        0,
        &["continuing from run/checkpoints/00000003.h5, step 3,", "done: step 6,"],
    )?;
    place.same_state("run", "whole")?;
    place.same_text("run", "whole", "case.toml")?;

    fs::create_dir(place.at("empty"))?;
    place.ends(
        3,
        "continue empty",
        2,
        &["empty is not a run directory: it has no case.toml. `rogallo run CASE.toml --dir empty` starts a \
            run there"],
    )?;
    place.ends(3, "continue none", 2, &["there is no directory none"])?;
    place.ends(
        3,
        "continue run/case.toml",
        2,
        &["run/case.toml is a file; `rogallo continue` needs the run directory, perhaps run\n"],
    )?;
    fs::copy(place.at("run/case.toml"), place.at("empty/case.toml"))?;
    place.ends(
        3,
        "continue empty",
        2,
        &["there is no checkpoint in empty to continue from; `rogallo run CASE.toml --dir empty` starts the \
            run"],
    )?;
    ensure!(
        place.files("empty")?.len() == 1 && !place.at("none").exists(),
        "a refused run has left something"
    );
    Ok(())
}

fn snapshots() -> Outcome {
    let place = Place::new()?;
    place.run(
        2,
        "run",
        "--set checkpoint.every_steps=4 --set checkpoint.keep=9 --set output.snapshots.every_steps=2 --set \
         time.steps=10",
    )?;
    for step in ["08", "10"] {
        fs::write(place.at(&format!("run/checkpoints/000000{step}.h5")), "damaged")?;
    }
    place.run(3, "run", "--set output.snapshots.every_steps=5 --set time.steps=5")?;
    let there: Vec<String> = ["00", "02", "04", "05"]
        .iter()
        .flat_map(|step| [format!("000000{step}.h5"), format!("000000{step}.xdmf")])
        .chain(["series.vtkhdf.series".into(), "series.xdmf".into()])
        .collect();
    ensure!(names(&place, "run/snapshots")? == there, "{:?}", names(&place, "run/snapshots")?);
    let series = place.read("run/snapshots/series.xdmf")?;
    ensure!(
        !series.contains("00000006.h5") && series.contains("00000004.h5") && series.contains("00000005.h5"),
        "{series}"
    );
    Ok(())
}

/// As left by a run that was killed between its first checkpoint and its first sample, or shortly after.
fn first_samples() -> Outcome {
    let place = Place::new()?;
    place.run(1, "whole", "")?;
    for table in ["", "step,time,dt,cfl\n0,0.0,0.0"] {
        place.run(2, "run", "--fresh --set time.steps=0")?;
        fs::write(place.at("run/series.csv"), table)?;
        fs::remove_file(place.at("run/spectra.csv"))?;
        place.ends(
            3,
            "run case.toml --dir run",
            0,
            &["continuing from run/checkpoints/00000000.h5", "done: step 20,"],
        )?;
        place.same_text("run", "whole", "series.csv")?;
        place.same_text("run", "whole", "spectra.csv")?;
        place.same_text("run", "whole", "budget.csv")?;
    }
    Ok(())
}
