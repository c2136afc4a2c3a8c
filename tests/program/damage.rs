//! Checkpoints damaged at random as the program meets them: `inspect` names the damage, and a run
//! goes on from an older one.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::support::random::Random;
use libtest_mimic::Trial;
use std::fs;
use std::process::Command;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("damaged_checkpoints_are_named_and_passed_over", || damaged(HOMOGENEOUS)),
        Trial::test("damaged_checkpoints_of_a_channel_are_named_and_passed_over", || damaged(CHANNEL)),
    ]
}

const HOMOGENEOUS: &str = r#"
flow.kind = "homogeneous"
domain = { size = ["2 pi", "2 pi", "2 pi"], grid = [12, 10, 8] }
fluid.viscosity = 0.05
scalar.dye = { schmidt = 0.7, gradient = [0, 1, 0] }
initial = { kind = "random", spectrum = "passot-pouquet", peak_wavenumber = 1.5, energy = 0.5 }
forcing = { kind = "ornstein-uhlenbeck", variance = 0.01, correlation_time = 1.0, k_max = 1.5 }
time = { dt = 0.01, steps = 6 }
output.series = { every_steps = 1 }
checkpoint = { every_steps = 3, keep = 2 }
"#;

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [8, 9, 8] }
fluid.reynolds_tau = 60
drive.kind = "mass-flux"
initial = { kind = "turbulent", amplitude = 0.3 }
time = { dt = 0.002, steps = 6 }
output = { series = { every_steps = 1 }, statistics = { every_steps = 1 } }
checkpoint = { every_steps = 3, keep = 2 }
"#;

const DAMAGES: usize = 12;

fn damaged(case: &str) -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), case)?;
    place.run(2, "run", "")?;
    place.run(2, "whole", "--set time.steps=8")?;
    let sound = fs::read(place.at("run/checkpoints/00000006.h5"))?;
    let (mut random, mut named) = (Random::new(7), 0);
    for i in 0..DAMAGES {
        let place_of_damage = random.below(sound.len() as u64) as usize;
        let mut bytes = sound.clone();
        if i % 3 == 0 {
            bytes.truncate(place_of_damage);
        } else {
            bytes[place_of_damage] ^= 1 << (i % 8);
        }
        let _ = fs::remove_dir_all(place.at("again"));
        ensure!(
            Command::new("cp").arg("-a").arg(place.at("run")).arg(place.at("again")).status()?.success(),
            "no copy"
        );
        fs::write(place.at("again/checkpoints/00000006.h5"), bytes)?;

        let told = place.rogallo(1, "inspect again/checkpoints/00000006.h5")?;
        let harmless = told.status.success();
        let advice = "use an older checkpoint";
        ensure!(
            harmless || told.status.code() == Some(2) && told.output.contains(advice),
            "byte {place_of_damage}: {}",
            told.output
        );
        let run = place.rogallo(2, "run case.toml --dir again --set time.steps=8")?;
        let goes_on = run.output.contains("continuing from again/checkpoints/00000006.h5");
        // The list of modes, which a run does not read, may be damaged, or HDF5's own data on it: then
        // it goes on all the same, with the right bits.
        let of_modes = ["incorrect metadata checksum", "the checksum of /modes/"];
        let unread = of_modes.iter().any(|what| told.output.contains(what)) && goes_on;
        let from =
            format!("continuing from again/checkpoints/0000000{}.h5", if harmless || unread { 6 } else { 3 });
        let passed_over = if harmless || unread { vec![] } else { vec!["00000006.h5.aside", advice] };
        check(&run, 0, &[vec![&*from, "done: step 8,"], passed_over].concat())?;
        place.same_state("again", "whole")?;
        place.same_text("again", "whole", "series.csv")?;
        named += usize::from(!harmless);
    }
    println!("of {DAMAGES} damaged checkpoints {named} named, {} harmless", DAMAGES - named);
    ensure!(named >= DAMAGES / 2, "only {named} of {DAMAGES} are named");
    Ok(())
}
