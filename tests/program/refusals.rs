//! Bad input: one message, exit code 2, and nothing touched.

use crate::ensure;
use crate::place::{Outcome, Place, RANDOM};
use libtest_mimic::Trial;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::symlink;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("bad_cases_are_refused", cases),
        Trial::test("bad_command_lines_are_refused", command_lines),
        Trial::test("initial_fields_that_do_not_fit_are_refused", initial_fields),
        Trial::test(
            "mean_flows_scalars_and_forces_that_do_not_fit_are_refused",
            mean_flows_scalars_and_forces,
        ),
        Trial::test("a_changed_case_is_not_continued", changed_case),
        Trial::test("damaged_checkpoints_are_refused", damaged_checkpoints),
        Trial::test("the_newest_sound_checkpoint_is_taken", newest_sound_checkpoint),
        Trial::test("results_without_checkpoint_are_kept", results_without_checkpoint),
        Trial::test("fresh_starts_over", fresh),
    ]
}

/// Runs `arguments` on 3 ranks, which must be refused with `parts` and leave the directory `run` as it is.
fn refused(place: &Place, arguments: &str, parts: &[&str]) -> Outcome {
    let before = place.files("run")?;
    place.ends(3, &format!("run {arguments} --dir run"), 2, parts)?;
    ensure!(place.files("run")? == before, "`{arguments}` has changed the run directory");
    Ok(())
}

/// A place with a finished run of 2 steps in the directory `run`.
fn with_run() -> Result<Place, libtest_mimic::Failed> {
    let place = Place::new()?;
    place.run(1, "run", "--set time.steps=2")?;
    Ok(place)
}

fn cases() -> Outcome {
    let place = with_run()?;
    let one = "\n1 error in bad.toml; nothing was run.";
    for (right, wrong, parts) in [
        (
            "viscosity = 0.01",
            "viscocity = 0.01\nviscosity = 0.01",
            &["bad.toml:8:1", "fluid.viscocity: unknown key", "did you mean viscosity?", one][..],
        ),
        (
            "viscosity = 0.01",
            "viscosity = \"low\"",
            &["fluid.viscosity: expected a number, found the string", one],
        ),
        (
            "viscosity = 0.01",
            "viscosity = -1",
            &["bad.toml:8:13", "fluid.viscosity: must not be negative", one],
        ),
        ("viscosity = 0.01", "", &["fluid.viscosity is missing", one]),
        ("viscosity = 0.01", "viscosity = ", &["bad.toml:8:", one]),
        ("[24, 20, 18]", "[1, 20, 18]", &["domain.grid: must be at least 4", one]),
        ("[24, 20, 18]", "[24, 20, 22]", &["domain.grid:", one]),
        ("cfl = 0.5", "cfl = 0.5\ndt = 0.1", &["bad.toml:18:", "time.dt", one]),
        ("cfl = 0.5", "", &["dt = 0.01 or cfl = 0.5", one]),
        (
            "steps = 20",
            "steps = 20\nscheem = 1\nend = -1",
            &["time.scheem", "time.end", "\n2 errors in bad.toml; nothing was run."],
        ),
    ] {
        fs::write(place.at("bad.toml"), RANDOM.replace(right, wrong))?;
        refused(&place, "bad.toml --fresh", parts)?;
    }
    Ok(())
}

fn command_lines() -> Outcome {
    let place = with_run()?;
    refused(&place, "missing.toml --fresh", &["there is no case file missing.toml", "nothing was run"])?;
    refused(
        &place,
        "case.toml --fresh --set fluid.viscosity",
        &["an override is KEY=VALUE", "1 error in --set; nothing was run."],
    )?;
    let several = "--set fluid.viscosity=-1 --set time.scheem=rk3 --set domain.grid=[1,16,16]";
    refused(
        &place,
        &format!("case.toml --fresh {several}"),
        &[
            "fluid.viscosity: must not be negative",
            "time.scheem: unknown key",
            "domain.grid: must be at least 4",
            "3 errors in --set; nothing was run.",
        ],
    )?;
    let grids = "the best grids for it: [1, 3], [3, 1], or \"auto\"";
    refused(
        &place,
        "case.toml --fresh --set parallel.process_grid=[2,2]",
        &["parallel.process_grid = [2, 2] has 4 places", "3 ranks", grids],
    )?;
    refused(&place, "case.toml --fresh --walltime soon", &["--walltime", "expected H:MM:SS"])?;
    let bulk = "--set fluid.viscosity replaces fluid.reynolds_tau, which defines the unit of velocity: give \
        --set fluid.reynolds_tau=.. instead, or --set drive.bulk_velocity=.. as well";
    let channel = std::path::Path::new("configs/channel-180.toml").canonicalize()?;
    place.ends(
        1,
        &format!("check {} --set fluid.viscosity=0.01", channel.display()),
        2,
        &["drive.bulk_velocity is missing", bulk],
    )?;
    fs::create_dir(place.at("foreign"))?;
    place.ends(
        1,
        "stats foreign",
        2,
        &["foreign is not a run directory: it has no series.csv. Give the directory of a run"],
    )?;
    let idle = "this grid has work for 80 ranks at most, as a process grid [8, 10]";
    place.ends(
        1,
        "check case.toml --ranks 100000",
        0,
        &["warning          some of the 100000 ranks", idle],
    )?;
    place.ends(1, "check case.toml --ranks 2", 0, &[])?;
    let large = "check case.toml --set domain.grid=[2048,2048,2048] --ranks 64";
    place.ends(1, large, 0, &["memory per rank  ", " GB, root ", "checkpoint       61.0 GB"])?;
    let aggregators =
        "checkpoint.aggregators = 4, but there are 3 ranks: choose at most as many, or omit the key";
    place.ends(3, "run case.toml --dir many --set checkpoint.aggregators=4", 2, &[aggregators])?;
    place.ends(1, "check case.toml --ranks 3 --set checkpoint.aggregators=4", 2, &[aggregators])?;
    ensure!(!place.at("many").exists(), "a refused run has made its directory");
    place.ends(
        8,
        "run case.toml --set parallel.process_grid=[3,3]",
        2,
        &["8 ranks", "[2, 4], [1, 8], [4, 2]"],
    )
}

fn initial_fields() -> Outcome {
    let place = with_run()?;
    let (random, mode) = (
        ["kind = \"random\"", "spectrum = \"passot-pouquet\"\npeak_wavenumber = 2.0\nenergy = 0.5\n"],
        "kind = \"mode\"",
    );
    fs::write(place.at("mode.toml"), RANDOM.replace(random[0], mode).replace(random[1], ""))?;
    let set = |wavenumber: &str, amplitude: &str| {
        format!("mode.toml --fresh --set initial.wavenumber={wavenumber} --set initial.amplitude={amplitude}")
    };
    refused(
        &place,
        &set("[9,0,0]", "[0,1,0]"),
        &["the mode [9, 0, 0], which the grid [24, 20, 18] does not hold"],
    )?;
    refused(&place, &set("[1,0,0]", "[1,1,0]"), &["is not normal to the wavevector"])?;
    let missing = "case.toml --fresh --set \
        initial={kind=\"random\",spectrum=\"power\",exponent=-2,k_min=40,k_max=50,energy=1}";
    refused(&place, missing, &["no energy at the wavenumbers"])?;
    refused(&place, "case.toml --fresh --set initial={kind=\"abc\"}", &["needs a cubic box"])
}

fn mean_flows_scalars_and_forces() -> Outcome {
    let place = with_run()?;
    let set = |key: &str| format!("case.toml --fresh --set {key}");
    let one = "\n1 error in --set; nothing was run.";
    let with_trace = "mean={kind=\"gradient\",gradient=[[1,0,0],[0,0,0],[0,0,0]]}";
    refused(
        &place,
        &set(with_trace),
        &["mean.gradient: the diagonal adds up to 1", "is not incompressible", one],
    )?;
    let unsteady = "mean={kind=\"shear\",rate=1,rotation=[0,1,0]}";
    refused(&place, &set(unsteady), &["this mean flow cannot be steady: no mean pressure balances it", one])?;
    refused(
        &place,
        &set("scalar.u={schmidt=1}"),
        &["scalar.u: a velocity or a direction has this name", one],
    )?;
    let no_modes = "forcing={kind=\"constant-power\",power=1,k_max=0.5}";
    refused(
        &place,
        &set(no_modes),
        &["no mode of this box has a wavenumber between forcing.k_min = 0 and k_max = 0.5"],
    )?;
    refused(&place, &set("forcing={kind=\"abc\"}"), &["forcing.kind = \"abc\" needs a cubic box"])?;
    let too_fine = "forcing={kind=\"kolmogorov\",wavenumber=9}";
    refused(
        &place,
        &set(too_fine),
        &["the body force has the mode [0, 9, 0], which the grid [24, 20, 18] does not hold"],
    )?;
    let moving = "forcing={kind=\"frozen-shells\",k_max=2.5} --set mean={kind=\"shear\",rate=1}";
    refused(&place, &set(moving), &["shells of constant energy need a box at rest", one])?;
    // A mean flow is part of the case that a checkpoint belongs to.
    refused(
        &place,
        "case.toml --set mean={kind=\"shear\",rate=1}",
        &["the case has changed since run/checkpoints/00000002.h5"],
    )
}

fn changed_case() -> Outcome {
    let place = with_run()?;
    let advice = "Undo this, or continue anyway with --accept-changes, or use another run directory \
        (--dir), or start over with --fresh";
    let changed = "the case has changed since run/checkpoints/00000002.h5 was written";
    refused(
        &place,
        "case.toml --set fluid.viscosity=0.02",
        &[changed, "fluid.viscosity: 0.01 -> 0.02", advice],
    )?;
    refused(&place, "case.toml --set time.scheme=\"rk2\"", &[changed, "time.scheme: \"rk3\" -> \"rk2\""])?;
    let other =
        ["run/checkpoints/00000002.h5 is of another case", "two-thirds 24x20x18", "two-thirds 16x16x16"];
    refused(&place, "case.toml --set domain.grid=[16,16,16]", &other)?;
    refused(
        &place,
        "case.toml --set numerics.precision=\"single\"",
        &["numerics.precision: \"double\" -> \"single\""],
    )?;
    let other_box = [
        "domain.size: [",
        "a run cannot continue with another domain.size. Start a new run from this state (initial.kind = ",
    ];
    refused(&place, "case.toml --accept-changes --set domain.size=[6,6,4]", &other_box)?;
    // What is neither physics nor numbers may change.
    place.run(2, "run", "--set time.steps=4 --set output.series.every_steps=1 --set checkpoint.keep=5")
}

fn damaged_checkpoints() -> Outcome {
    let place = with_run()?;
    fs::remove_file(place.at("run/checkpoints/00000000.h5"))?;
    let (file, none) = (place.at("run/checkpoints/00000002.h5"), "No checkpoint in run is sound");
    let sound = fs::read(&file)?;
    let damaged = "run/checkpoints/00000002.h5 is damaged";
    fs::write(&file, &sound[..sound.len() / 2])?;
    refused(&place, "case.toml", &[damaged, none, "start over with --fresh"])?;
    place.ends(1, "inspect run/checkpoints/latest", 2, &["is damaged"])?;

    fs::write(&file, "not HDF5")?;
    refused(&place, "case.toml", &[damaged, "not an HDF5 file", none])?;

    let mut flipped = sound.clone();
    flipped[sound.len() / 2] ^= 0x10;
    fs::write(&file, &flipped)?;
    refused(
        &place,
        "case.toml",
        &["in run/checkpoints/00000002.h5 are damaged: their checksum does not match", none],
    )?;
    place.ends(1, "inspect run/checkpoints/latest", 2, &["the checksum of /state/", "DAMAGED"])?;

    fs::write(&file, &sound)?;
    place.run(3, "run", "--set time.steps=3")
}

/// Newer ones that are damaged are named, and passed over.
fn newest_sound_checkpoint() -> Outcome {
    let place = Place::new()?;
    place.run(1, "whole", "")?;
    place.run(3, "run", "--set checkpoint.every_steps=4 --set checkpoint.keep=4 --set time.steps=15")?;
    fs::OpenOptions::new().write(true).open(place.at("run/checkpoints/00000015.h5"))?.set_len(10_000)?;
    let mut file = fs::OpenOptions::new().write(true).open(place.at("run/checkpoints/00000012.h5"))?;
    file.seek(SeekFrom::Start(40_000))?;
    file.write_all(b"x")?;
    place.python("import h5py\nh5py.File('run/checkpoints/00000008.h5', 'r+')['statistics/uu'] = [1.0]")?;
    let damage = [
        "00000015.h5 is damaged",
        "00000012.h5 are damaged",
        "\"/statistics/uu\" in run/checkpoints/00000008.h5 are damaged",
    ];
    let end = ["continuing from run/checkpoints/00000004.h5, step 4,", "done: step 20,"];
    place.ends(3, "run case.toml --dir run", 0, &[&damage[..], &end].concat())?;
    place.same_state("whole", "run")?;
    place.same_text("whole", "run", "series.csv")?;
    place.same_text("whole", "run", "spectra.csv")?;

    // A link that leads nowhere: the newest file.
    fs::remove_file(place.at("run/checkpoints/latest"))?;
    symlink("00000099.h5", place.at("run/checkpoints/latest"))?;
    place.ends(
        2,
        "run case.toml --dir run --set time.steps=21",
        0,
        &["continuing from run/checkpoints/00000020.h5"],
    )?;
    // A `latest` that is a file of another kind does no harm either.
    fs::remove_file(place.at("run/checkpoints/latest"))?;
    fs::write(place.at("run/checkpoints/latest"), "not HDF5")?;
    place.ends(
        2,
        "run case.toml --dir run --set time.steps=22",
        0,
        &["continuing from run/checkpoints/00000021.h5"],
    )?;
    ensure!(place.latest("run")? == 22, "no link to the last checkpoint");
    Ok(())
}

fn results_without_checkpoint() -> Outcome {
    let place = with_run()?;
    fs::remove_dir_all(place.at("run/checkpoints"))?;
    refused(
        &place,
        "case.toml",
        &["holds results but no checkpoint to continue from", "--fresh to remove them"],
    )?;
    place.run(3, "run", "--fresh --set time.steps=2")
}

fn fresh() -> Outcome {
    let place = with_run()?;
    fs::write(place.at("run/notes.txt"), "a user's own")?;
    fs::create_dir(place.at("run/statistics"))?;
    for name in ["statistics.h5", "statistics/00000001.h5"] {
        fs::write(place.at("run").join(name), "of the earlier run")?;
    }
    let arguments = "run case.toml --dir run --fresh --set fluid.viscosity=0.02 --set time.steps=3";
    place.ends(3, arguments, 0, &["checkpoint run/checkpoints/00000000.h5", "done: step 3,"])?;
    place.run(1, "other", "--set fluid.viscosity=0.02 --set time.steps=3")?;
    place.same_state("run", "other")?;
    place.same_text("run", "other", "series.csv")?;
    for name in ["checkpoints/00000002.h5", "statistics.h5", "statistics"] {
        ensure!(!place.at("run").join(name).exists(), "{name} of the earlier run is left");
    }
    ensure!(place.read("run/notes.txt")? == "a user's own", "--fresh removed what is not its own");
    ensure!(!place.read("run/run.log")?.contains("done: step 2,"), "the log of the earlier run is left");
    Ok(())
}
