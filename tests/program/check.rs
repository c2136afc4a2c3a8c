//! `check`: it answers any case at once, and refuses what `run` refuses before its first step.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::Path;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("check_answers_any_numbers_at_once", any_numbers),
        Trial::test("a_mean_state_that_cannot_be_steady_is_refused", mean_states),
        Trial::test("check_refuses_what_run_refuses", refusals),
        Trial::test("check_estimates_the_first_step_of_every_config", first_steps),
        Trial::test("what_is_cut_is_noted_by_check_and_run", cut),
        Trial::test("keys_are_explained_and_have_a_schema", keys),
        Trial::test("a_start_with_another_mass_flux_scales_the_profile", another_flux),
    ]
}

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [18, 33, 16] }
fluid.reynolds_tau = 50
drive.kind = "mass-flux"
initial.kind = "laminar"
time = { dt = 0.001, steps = 2 }
"#;

/// What hung or went through for its numbers alone.
fn any_numbers() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    let shear = |rate: &str| format!("check case.toml --set mean={{kind=\"shear\",rate={rate}}}");
    let times = "1.00e20 times until the end, at S t = 1.000e20";
    place.ends(1, &format!("{} --set time.end=1e20", shear("1")), 0, &[times])?;
    place.ends(1, &format!("{} --set time.end=1", shear("1e30")), 0, &["1.00e30 times until the end"])?;
    place.ends(1, &shear("1e308"), 2, &["mean.rate: must be at most 1e50 in magnitude"])?;
    place.ends(1, &format!("{} --ranks 10000000", shear("1")), 0, &["10000000, process grid"])?;
    let size = "domain.size=[1e-300,1,1]";
    place.ends(1, &format!("check case.toml --set {size}"), 2, &["domain.size: must be at least 1e-50"])?;
    place.ends(2, &format!("run case.toml --set {size}"), 2, &["domain.size: must be at least 1e-50"])?;
    place.ends(
        1,
        "check channel.toml --set fluid.reynolds_tau=1e308",
        2,
        &["fluid.reynolds_tau: must be at most 1e50"],
    )?;
    let single = "--set numerics.precision=single --set domain.size=[1e20,1,1]";
    place.ends(
        1,
        &format!("check case.toml {single}"),
        2,
        &["domain.size: single precision cannot compute with 1e20"],
    )
}

fn mean_states() -> Outcome {
    let place = Place::new()?;
    let across = "--set scalar.t={gradient=[1,0,0],buoyancy=[0,1,0]}";
    let why = "scalar.t.gradient: this mean state cannot be steady: no mean pressure balances the buoyancy \
        of the mean scalar";
    place.ends(1, &format!("check case.toml {across}"), 2, &[why])?;
    place.ends(2, &format!("run case.toml {across}"), 2, &[why])?;
    let turned = "--set scalar.t={gradient=[1,0,0],buoyancy=[1,0,0]} --set mean={kind=\"shear\",rate=2}";
    place.ends(
        1,
        &format!("check case.toml {turned}"),
        2,
        &["scalar.t.gradient: this mean state cannot stay steady"],
    )?;
    // A thermal wind U = S z: 2 Omega S = -b_z G_y.
    let wind = "--set mean={kind=\"gradient\",gradient=[[0,0,-1.5],[0,0,0],[0,0,0]],rotation=[0,0,0.7]} \
        --set scalar.t={gradient=[0,2.1,0.3],buoyancy=[0,0,1]}";
    place.ends(1, &format!("run case.toml {wind} --set time.steps=2"), 0, &["done: step 2"])
}

/// Fields and forces that only the run refused: `check` has the same message.
fn refusals() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    for (case, set, why) in [
        (
            "case",
            "initial={kind=\"mode\",wavenumber=[9,0,0],amplitude=[0,1,0]}",
            "the mode [9, 0, 0], which the grid [24, 20, 18] does not hold",
        ),
        (
            "case",
            "initial={kind=\"mode\",wavenumber=[1,0,0],amplitude=[1,1,0]}",
            "is not normal to the wavevector",
        ),
        (
            "case",
            "initial={kind=\"random\",spectrum=\"top-hat\",k_min=40,k_max=50,energy=1}",
            "no energy at the wavenumbers",
        ),
        ("case", "initial={kind=\"abc\"}", "needs a cubic box"),
        ("case", "scalar.t={initial={kind=\"mode\",wavenumber=[0,9,0]}}", "the mode [0, 9, 0]"),
        (
            "case",
            "forcing={kind=\"constant-power\",power=1,k_max=0.5}",
            "no mode of this box has a wavenumber between",
        ),
        ("case", "forcing={kind=\"kolmogorov\",wavenumber=9}", "the body force has the mode [0, 9, 0]"),
        (
            "channel",
            "initial={kind=\"eigenmode\",wavenumber=[1,0],index=5000}",
            "eigenmode 5000 of OrrSommerfeld",
        ),
    ] {
        let run = place.rogallo(1, &format!("run {case}.toml --set {set}"))?;
        check(&run, 2, &[why])?;
        let checked = place.rogallo(1, &format!("check {case}.toml --set {set}"))?;
        ensure!(checked.output == run.output, "check says {}\nrun says {}", checked.output, run.output);
        check(&checked, 2, &[])?;
    }
    Ok(())
}

/// The reference of the keys, and the schema.
fn keys() -> Outcome {
    let place = Place::new()?;
    let keep =
        "  keep (default 2)\n      Number of checkpoints kept, the newest ones.\n      an integer >= 1\n";
    place.ends(1, "keys checkpoint", 0, &["[checkpoint]", keep])?;
    place.ends(1, "keys", 0, &["[output.series]", "[scalar.NAME.initial]", "[walls.oscillation]"])?;
    place.ends(1, "keys --markdown", 0, &["### `[[walls.transpiration]]`"])?;
    place.ends(1, "keys checkpoints", 2, &["no table [checkpoints]; did you mean checkpoint?"])?;
    let printed = place.rogallo(1, "schema")?;
    check(&printed, 0, &[])?;
    let schema: serde_json::Value = serde_json::from_str(&printed.output)?;
    ensure!(schema["anyOf"].as_array().map(Vec::len) == Some(2), "{schema}");
    Ok(())
}

fn cut() -> Outcome {
    let place = Place::new()?;
    let set = "--set initial={kind=\"random\",spectrum=\"table\",table=[[1,0.1],[10,0.1],[100,0.1]]} --set \
        forcing={kind=\"constant-power\",power=1,k_max=30}";
    let checked = place.rogallo(1, &format!("check case.toml {set}"))?;
    check(
        &checked,
        0,
        &["initial: the grid holds ", "forcing.k_max = 30 lies beyond k_max = 6 of the grid"],
    )?;
    let run = place.rogallo(2, &format!("run case.toml {set} --set time.steps=1"))?;
    let noted = |output: &str, start: &str| {
        output
            .lines()
            .filter_map(|line| line.strip_prefix(start))
            .map(str::trim)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let notes = noted(&run.output, "note: ");
    ensure!(
        notes.len() == 2 && notes == noted(&checked.output, "note "),
        "{}\n{}",
        run.output,
        checked.output
    );
    // The figure is the energy that the run begins with.
    let energy = value(&place, "runs/case", 0, "energy")?;
    let held: f64 = notes[0]
        .strip_prefix("initial: the grid holds an energy of ")
        .and_then(|text| text.split(' ').next())
        .ok_or("no figure")?
        .parse()?;
    ensure!((held / energy - 1.0).abs() < 5e-3, "{held} is noted and the run begins with {energy}");
    let plain = place.rogallo(1, "check case.toml")?;
    ensure!(!plain.output.contains("\nnote "), "{}", plain.output);
    Ok(())
}

/// A row of series.csv, by its number, in the column of this name.
fn value(place: &Place, run: &str, row: usize, column: &str) -> Result<f64, Failed> {
    let text = place.read(&format!("{run}/series.csv"))?;
    let names = text.lines().next().ok_or("no heading")?;
    let at = names.split(',').position(|name| name == column).ok_or("no such column")?;
    Ok(text.lines().nth(row + 1).and_then(|line| line.split(',').nth(at)).ok_or("no such row")?.parse()?)
}

/// From the mass flux of 10 to that of 12: the profile is scaled, nothing is torn off at the walls.
fn another_flux() -> Outcome {
    let place = Place::new()?;
    let turbulent = CHANNEL
        .replace("\"laminar\"", "\"turbulent\"")
        .replace("\"mass-flux\"", "\"mass-flux\"\ndrive.bulk_velocity = 10.0");
    fs::write(place.at("first.toml"), format!("{turbulent}output.series.every_steps = 1\n"))?;
    place.ends(1, "run first.toml", 0, &["done: step 2"])?;
    let other = "--set drive.bulk_velocity=12 --set \
        initial={kind=\"file\",file=\"runs/first/checkpoints/latest\"} --dir other";
    let note = "initial.file has the bulk velocity 10.000000, the case 12.000000: the mean profile \
        relative to the walls is multiplied by 1.200000";
    place.ends(2, &format!("run first.toml {other}"), 0, &[note])?;
    place.ends(1, &format!("check first.toml {}", other.replace("--dir other", "")), 0, &[note])?;
    let of = |run: &str, row: usize, column: &str| value(&place, run, row, column);
    ensure!(
        (of("other", 0, "bulk_velocity")? - 12.0).abs() < 1e-12,
        "the first state does not have the flux of the case"
    );
    // Friction is linear in the mean profile; the impulse raised it six times, by a pressure
    // gradient of 2000.
    for step in [0, 1, 2] {
        let (before, after) =
            (of("runs/first", 2, "wall_shear_lower")?, of("other", step, "wall_shear_lower")?);
        ensure!(
            (after / before / 1.2 - 1.0).abs() < 0.05,
            "step {step}: wall shear {before} has become {after}"
        );
    }
    let gradient = of("other", 1, "pressure_gradient")?;
    ensure!(gradient.abs() < 50.0, "the pressure gradient of the first step is {gradient}");
    // The same flux: nothing is changed, nothing noted.
    let same = place.rogallo(
        1,
        &format!("run first.toml {}", other.replace("=12", "=10").replace("--dir other", "--dir same")),
    )?;
    ensure!(!same.output.contains("note:"), "{}", same.output);
    // The same flow seen from elsewhere: walls and flux both 5 more, and the walls alone.
    let note = "the walls of initial.file move with [0.0, 0.0], those of the case with [5.0, 5.0]: the mean \
        profile moves with them";
    let file =
        "--set walls.velocity=[5,5] --set initial={kind=\"file\",file=\"runs/first/checkpoints/latest\"}";
    place.ends(1, &format!("run first.toml {file} --set drive.bulk_velocity=15 --dir moved"), 0, &[note])?;
    let gradient = "--set drive={kind=\"pressure-gradient\",gradient=1}";
    place.ends(1, &format!("run first.toml {file} {gradient} --dir driven"), 0, &[note])?;
    let expected = of("runs/first", 2, "wall_shear_lower")?;
    for run in ["moved", "driven"] {
        for step in [0, 1, 2] {
            let shear = of(run, step, "wall_shear_lower")?;
            ensure!((shear / expected - 1.0).abs() < 0.05, "{run}, step {step}: wall shear {shear}");
        }
    }
    Ok(())
}

/// On small grids: the configs have others, but the estimate is made in the same way. The Gaussian
/// maximum scatters by some 10 % from one field to another, and the grid has the maximum of the
/// points only.
fn first_steps() -> Outcome {
    let place = Place::new()?;
    let mut count = 0;
    for entry in fs::read_dir(Path::new("configs").canonicalize()?)? {
        let path = entry?.path();
        let text = if path.extension().is_some_and(|extension| extension == "toml") {
            fs::read_to_string(&path)?
        } else {
            continue;
        };
        if text.contains("kind = \"channel\"") {
            continue;
        }
        let develops = if text.contains("develop = ") { "--set initial.develop.skewness=-0.05" } else { "" };
        let courant = if text.contains("cfl = ") { "" } else { "--set time={cfl=0.5,end=5}" };
        let case = format!("{} {courant} {develops} --set domain.grid=[24,24,24]", path.display());
        let checked = place.rogallo(1, &format!("check {case}"))?;
        check(&checked, 0, &[])?;
        let estimate = checked
            .output
            .lines()
            .find_map(|line| line.strip_prefix("step")?.trim().strip_prefix("dt about "));
        let estimate: f64 = estimate.and_then(|text| text.split(' ').next()).ok_or("no dt")?.parse()?;
        place.ends(
            1,
            &format!("run {case} --dir run --fresh --set time.steps=1 --set output.series.every_steps=1"),
            0,
            &["done: step 1,"],
        )?;
        let taken = value(&place, "run", 1, "dt")?;
        ensure!(
            (1.0 / 1.5..1.5).contains(&(taken / estimate)),
            "{case}: check says {estimate}, the run takes {taken}"
        );
        count += 1;
    }
    ensure!(count >= 12, "only {count} homogeneous configs");
    Ok(())
}
