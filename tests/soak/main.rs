//! Runs that are disturbed at random and started again with the same command until they are done:
//! they end with the same bits as one that nobody disturbed, with each sample once.
//!
//! A short form runs with the other tests.
//! `ROGALLO_SOAK=200 cargo test --profile quick --test soak` disturbs each flow so many times;
//! `ROGALLO_SOAK_SEED` is another sequence.

#[allow(dead_code)] // a part of it is for the other tests of the program
#[path = "../program/place.rs"]
mod place;
#[path = "../support/mod.rs"]
mod support;

mod disturbance;
mod judge;
mod soak_test;

use libtest_mimic::{Arguments, Trial};
use place::{Outcome, Place};
use soak_test::SoakTest;
use std::fs;
use std::process::ExitCode;
use std::str::FromStr;

/// Remeshed, forced at random, with a scalar; a checkpoint in three steps, so that much of the time
/// goes into writing.
const HOMOGENEOUS: &str = r#"
flow.kind = "homogeneous"
domain = { size = ["2 pi", "2 pi", "4/3 pi"], grid = [24, 20, 16] }
fluid.viscosity = 0.02
mean = { kind = "shear", rate = 4 }
scalar.dye = { schmidt = 0.7, gradient = [0, 1, 0] }
initial = { kind = "random", spectrum = "passot-pouquet", peak_wavenumber = 2.0, energy = 0.5 }
forcing = { kind = "ornstein-uhlenbeck", variance = 0.01, correlation_time = 1.0, k_max = 1.5 }
time = { cfl = 0.5, steps = 150 }
output = { series = { every_steps = 2 }, spectra = { every_steps = 7 } }
checkpoint = { every_steps = 3, keep = 2 }
"#;

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [16, 25, 12] }
fluid.reynolds_tau = 60
drive.kind = "mass-flux"
initial = { kind = "turbulent", amplitude = 0.3 }
time = { cfl = 0.5, steps = 100 }
output = { series = { every_steps = 2 }, statistics = { every_steps = 1, batch = 0.05 } }
checkpoint = { every_steps = 3, keep = 2 }
"#;

/// Disturbances of each flow, where the environment does not say.
const SHORT: usize = 15;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(2);
    let trials = vec![
        Trial::test("a_crash_is_refused_whatever_befell", judge::crashes_are_refused),
        Trial::test("a_disturbed_homogeneous_run_ends_with_the_same_bits", || soak(HOMOGENEOUS, 1)),
        Trial::test("a_disturbed_channel_run_ends_with_the_same_bits", || soak(CHANNEL, 2)),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn soak(case: &str, seed: u64) -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), case)?;
    place.run(2, "whole", "")?;
    let seed = from_environment("ROGALLO_SOAK_SEED", 0) + seed;
    let mut soak = SoakTest::new(&place, seed)?;
    while soak.disturbances() < from_environment("ROGALLO_SOAK", SHORT) {
        soak.run_to_the_end(from_environment("ROGALLO_SOAK", SHORT))?;
    }
    println!("{}", soak.summary());
    Ok(())
}

fn from_environment<T: FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
