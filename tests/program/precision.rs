//! Single precision: what a user is told of it.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("steps_too_short_for_single_precision_are_warned_of", short_steps)]
}

const CASE: &str = r#"
flow.kind = "homogeneous"
domain.grid = [8, 8, 8]
fluid.viscosity = 0.02
initial = { kind = "taylor-green", dimensions = 2 }
numerics.precision = "single"
time = { dt = 1e-5, steps = 2 }
"#;

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
