//! Single precision: what it cannot do is said, or left out.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("steps_too_short_for_single_precision_are_warned_of", short_steps),
        Trial::test("round_off_at_walls_has_no_skewness", round_off_at_walls),
    ]
}

const CASE: &str = r#"
flow.kind = "homogeneous"
domain.grid = [8, 8, 8]
fluid.viscosity = 0.02
initial = { kind = "taylor-green", dimensions = 2 }
numerics.precision = "single"
time = { dt = 1e-5, steps = 2 }
"#;

/// Walls at 100 in single precision: what is left of u at the wall is round-off of 100, and has no
/// skewness.
fn round_off_at_walls() -> Outcome {
    let place = Place::new()?;
    let channel = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [18, 33, 16] }
fluid.reynolds_tau = 50
walls.velocity = [100, 100]
drive = { kind = "mass-flux", bulk_velocity = 110.0 }
initial = { kind = "turbulent", amplitude = 0.1 }
numerics = { precision = "single", frame_velocity = 0 }
time = { dt = 0.001, steps = 20 }
output.statistics = { every_steps = 1, batch = 0.01 }
"#;
    fs::write(place.at("channel.toml"), channel)?;
    place.ends(2, "run channel.toml --dir channel", 0, &["done: step 20,"])?;
    let profiles = place.read("channel/profiles.csv")?;
    let lines = profiles.lines().filter(|line| !line.starts_with('#'));
    let mut rows = lines.map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().ok_or("no heading")?;
    let rows: Vec<_> = rows.collect();
    for name in ["skewness_u", "flatness_u"] {
        let at = names.iter().position(|other| *other == name).ok_or("no such column")?;
        ensure!(rows[0][at].is_empty(), "{name} at the wall is {}", rows[0][at]);
        ensure!(!rows[2][at].is_empty(), "{name} is missing beside the wall");
    }
    Ok(())
}

/// sqrt(3 / 12) 8.6e-8 / (nu k^2 dt) of what viscosity takes, k = 1.
fn short_steps() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    let warning = "dt = 1.00e-5 is short for single precision: rounding may change what viscosity takes from \
        the largest scales (k = 1.000) by 21.5 % of it";
    place.ends(1, "check case.toml", 0, &[warning])?;
    place.ends(1, "run case.toml --dir fixed", 0, &[warning, "done: step 2,"])?;
    // With a Courant number the step is that of the initial field.
    place.ends(
        1,
        "check case.toml --set time={cfl=1e-5,steps=2}",
        0,
        &[" is short for single precision: "],
    )?;
    place.ends(
        1,
        "run case.toml --dir courant --set time={cfl=1e-5,steps=2}",
        0,
        &[" is short for single precision: ", "done: step 2,"],
    )?;
    place.ends(1, "run case.toml --dir long --set time.dt=1e-3", 0, &["done: step 2,"])?;
    ensure!(!place.read("long/run.log")?.contains("precision: "), "{}", place.read("long/run.log")?);
    Ok(())
}
