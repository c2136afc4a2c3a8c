//! Without vector instructions, results differ by round-off, and are the same to the bit on any ranks.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("without_vector_instructions_the_same_bits_on_any_ranks", on_any_ranks),
        Trial::test("vector_instructions_that_are_not_known_are_refused", unknown),
    ]
}

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [18, 33, 16] }
fluid.reynolds_tau = 100
drive.kind = "mass-flux"
scalar.dye = { schmidt = 0.7, values = [-1.0, 1.0] }
initial = { kind = "turbulent", amplitude = 0.2 }
time = { dt = 0.002, steps = 10 }
output = { series = { every_steps = 1 }, statistics = { every_steps = 1, batch = 0.01 } }
"#;

/// Of the largest mode.
const ROUND_OFF: f64 = 1e-12;

fn on_any_ranks() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    for case in ["case", "channel"] {
        let run = |ranks: usize, name: &str, environment: &[(&str, &str)]| -> Outcome {
            let arguments = format!("run {case}.toml --fresh --dir {name}");
            let instructions =
                if environment.is_empty() { "kernels in " } else { "kernels in no vector instructions" };
            check(
                &place.start_in(ranks, &arguments, environment)?.finish()?,
                0,
                &["\ndone: step", instructions],
            )
        };
        let none = [("ROGALLO_VECTORS", "none")];
        run(1, "vectors", &[])?;
        run(1, "on-1", &none)?;
        run(3, "on-3", &none)?;
        place.same_state("on-1", "on-3").map_err(|error| format!("{case}: {error:?}"))?;
        place.same_text("on-1", "on-3", "series.csv")?;
        let [vectors, scalar] = ["vectors", "on-1"].map(|name| place.state(name));
        let numbers =
            |state: Vec<[u64; 2]>| state.into_iter().flatten().map(f64::from_bits).collect::<Vec<_>>();
        let [vectors, scalar] = [numbers(vectors?), numbers(scalar?)];
        let most = |numbers: &mut dyn Iterator<Item = f64>| numbers.fold(0.0, f64::max);
        let largest = most(&mut vectors.iter().map(|x| x.abs()));
        let off = most(&mut vectors.iter().zip(&scalar).map(|(a, b)| (a - b).abs())) / largest;
        println!("{case}: {off:e} of the largest mode");
        ensure!(
            vectors.len() == scalar.len() && off < ROUND_OFF,
            "{case}: off by {off:e} of the largest mode"
        );
    }
    Ok(())
}

fn unknown() -> Outcome {
    let place = Place::new()?;
    for ranks in [1, 2] {
        let finished =
            place.start_in(ranks, "run case.toml --dir run", &[("ROGALLO_VECTORS", "avx")])?.finish()?;
        check(&finished, 2, &["the environment variable ROGALLO_VECTORS is \"avx\": set it to none"])?;
        ensure!(!place.at("run").exists(), "the run began");
    }
    Ok(())
}
