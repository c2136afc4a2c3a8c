//! `check`: it answers any case at once, and refuses what `run` refuses before its first step.

use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("check_answers_any_numbers_at_once", any_numbers),
        Trial::test("a_mean_state_that_cannot_be_steady_is_refused", mean_states),
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
    place.ends(1, "check channel.toml --set fluid.reynolds_tau=1e308", 2, &["fluid.reynolds_tau: must be at most 1e50"])?;
    let single = "--set numerics.precision=single --set domain.size=[1e20,1,1]";
    place.ends(1, &format!("check case.toml {single}"), 2, &["domain.size: single precision cannot compute with 1e20"])
}

fn mean_states() -> Outcome {
    let place = Place::new()?;
    let across = "--set scalar.t={gradient=[1,0,0],buoyancy=[0,1,0]}";
    let why = "scalar.t.gradient: this mean state cannot be steady: no mean pressure balances the buoyancy of the mean scalar";
    place.ends(1, &format!("check case.toml {across}"), 2, &[why])?;
    place.ends(2, &format!("run case.toml {across}"), 2, &[why])?;
    let turned = "--set scalar.t={gradient=[1,0,0],buoyancy=[1,0,0]} --set mean={kind=\"shear\",rate=2}";
    place.ends(1, &format!("check case.toml {turned}"), 2, &["scalar.t.gradient: this mean state cannot stay steady"])?;
    // A thermal wind U = S z: 2 Omega S = -b_z G_y.
    let wind = "--set mean={kind=\"gradient\",gradient=[[0,0,-1.5],[0,0,0],[0,0,0]],rotation=[0,0,0.7]} --set scalar.t={gradient=[0,2.1,0.3],buoyancy=[0,0,1]}";
    place.ends(1, &format!("run case.toml {wind} --set time.steps=2"), 0, &["done: step 2"])
}
