//! Checkpoints that stay: written at their times, the right states, and there to the end.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use libtest_mimic::{Failed, Trial};
use num_complex::Complex;
use std::fs;
use std::os::unix::fs::symlink;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("checkpoints_at_chosen_steps_stay", of_steps),
        Trial::test("checkpoints_at_chosen_times_stay", of_times),
    ]
}

/// The steps of the checkpoints of a run, ascending.
fn steps(place: &Place, run: &str) -> Result<Vec<u64>, Failed> {
    let names = fs::read_dir(place.at(run).join("checkpoints"))?;
    let mut steps = Vec::new();
    for name in names {
        let name = name?.file_name().to_string_lossy().into_owned();
        steps.extend(name.strip_suffix(".h5").map(str::parse::<u64>).transpose()?);
    }
    steps.sort_unstable();
    Ok(steps)
}

/// The fields of a checkpoint.
fn state(place: &Place, file: &str) -> Result<Vec<Complex<f64>>, Failed> {
    let file = hdf5::File::open(place.at(file))?;
    let fields = file.group("state")?.datasets()?;
    let fields: Vec<Vec<Complex<f64>>> =
        fields.iter().map(|field| field.read_raw()).collect::<hdf5::Result<_>>()?;
    Ok(fields.concat())
}

fn of_steps() -> Outcome {
    let place = Place::new()?;
    let usual = "--set checkpoint.keep=1 --set checkpoint.every_steps=1";
    let retain = "--set checkpoint.retain.every_steps=2";
    place.run(2, "run", &format!("{usual} {retain} --set time.steps=7"))?;
    ensure!(steps(&place, "run")? == [0, 2, 4, 6, 7], "{:?}", steps(&place, "run")?);
    place.run(1, "short", "--set time.steps=4")?;
    ensure!(
        state(&place, "run/checkpoints/00000004.h5")? == state(&place, "short/checkpoints/latest")?,
        "step 4 is another state"
    );
    // The mark is in the file: they stay where the key is gone.
    place.run(3, "run", &format!("{usual} --set time.steps=9"))?;
    ensure!(steps(&place, "run")? == [0, 2, 4, 6, 9], "{:?}", steps(&place, "run")?);
    for (step, is_marked) in [(0, true), (4, true), (6, true), (9, false)] {
        let said = place.rogallo(1, &format!("inspect run/checkpoints/{step:08}.h5"))?;
        check(&said, 0, &[&format!("{step:08}.h5 (")])?;
        let says = said.output.lines().any(|line| line.starts_with("retained "));
        ensure!(says == is_marked, "step {step}: {}", said.output);
    }
    // From an earlier one, the same files are written again.
    fs::remove_file(place.at("run/checkpoints/latest"))?;
    symlink("00000004.h5", place.at("run/checkpoints/latest"))?;
    place.run(2, "run", &format!("{usual} {retain} --set time.steps=7"))?;
    ensure!(steps(&place, "run")? == [0, 2, 4, 6, 7], "{:?}", steps(&place, "run")?);
    ensure!(
        state(&place, "run/checkpoints/00000006.h5")? == state(&place, "run/checkpoints/00000006.h5.aside")?,
        "step 6 is another state"
    );
    // Another run that starts from one does not inherit its mark.
    place.ends(1, "regrid run/checkpoints/00000004.h5 to.h5 --grid 16,16,16", 0, &["step 4"])?;
    let said = place.rogallo(1, "inspect to.h5")?;
    ensure!(!said.output.contains("retained"), "{}", said.output);
    Ok(())
}

fn of_times() -> Outcome {
    let place = Place::new()?;
    let until = |end: &str| {
        format!(
            "--set time.steps=1000 --set time.end={end} --set checkpoint.retain={{every_time=0.1}} --set \
             checkpoint.keep=1"
        )
    };
    let told = "  retained       about 4 until the end, ";
    place.ends(1, &format!("check case.toml {}", until("0.3")), 0, &[told])?;
    place.run(2, "run", &until("0.15"))?;
    place.run(3, "run", &until("0.3"))?;
    let mut found = Vec::new();
    for step in steps(&place, "run")? {
        let file = hdf5::File::open(place.at(&format!("run/checkpoints/{step:08}.h5")))?;
        found.push(file.attr("time")?.read_scalar::<f64>()?);
    }
    ensure!(found == [0.0, 0.1, 0.2, 0.3], "{found:?}");
    Ok(())
}
