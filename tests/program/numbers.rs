//! Every column of every table against numbers that Python computes from the checkpoints, with no code of
//! the program (`tests/numpy`), on one rank and on three.

use crate::ensure;
use crate::place::{Outcome, Place, check, python};
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("every_number_of_a_box_is_that_of_its_fields", boxes),
        Trial::test("every_number_of_a_channel_is_that_of_its_fields", channels),
    ]
}

/// A sheared and rotating box with a remesh, an active and a passive scalar.
const SHEAR: &str = r#"
flow.kind = "homogeneous"
domain = { size = ["4 pi", "2 pi", "2 pi"], grid = [18, 16, 14] }
fluid.viscosity = 0.02
mean = { kind = "shear", rate = 4.0, rotation = [0.0, 0.0, 0.6] }
scalar.dye = { schmidt = 1.4, gradient = [0.4, 0.7, 0.2] }
time = { dt = 0.02, steps = 20 }
[scalar.heat]
schmidt = 0.7
gradient = [0.0, 1.0, 0.0]
buoyancy = [0.0, -0.3, 0.0]
initial = { kind = "random", spectrum = "passot-pouquet", peak_wavenumber = 2.0, energy = 0.3 }
"#;

/// A band forced with constant power, on grids at random places, long enough for averages.
const FORCED: &str = r#"
flow.kind = "homogeneous"
domain.grid = [16, 14, 12]
fluid.viscosity = 0.02
forcing = { kind = "constant-power", power = 0.2, k_max = 2.5 }
scalar.heat = { schmidt = 0.7, gradient = [0.5, 1.0, 0.0] }
numerics.dealiasing = "phase-shift"
time = { scheme = "rk2", dt = 0.02, steps = 40 }
"#;

/// Oblique axes, a mean flow that changes in time, and a random force.
const OBLIQUE: &str = r#"
flow.kind = "homogeneous"
domain = { size = ["2 pi", "2.5 pi", "3 pi"], grid = [18, 16, 14] }
fluid.viscosity = 0.02
forcing = { kind = "ornstein-uhlenbeck", variance = 0.3, correlation_time = 0.4, k_max = 2.2 }
scalar.heat = { schmidt = 0.7, gradient = [0.4, 0.7, 0.2] }
time = { dt = 0.02, steps = 20 }
[mean]
kind = "gradient"
gradient = [[0.3, 1.5, 0.2], [1.5, -0.4, 0.1], [0.2, 0.1, 0.1]]
schedule = [[0.0, 1.0], [0.15, 0.5]]
"#;

/// What the boxes have in common.
const OF_BOXES: &str = r#"
[initial]
kind = "random"
spectrum = "passot-pouquet"
peak_wavenumber = 2.0
energy = 0.5
[checkpoint]
every_steps = 1
keep = 100
"#;

/// Walls that move differently, a rotating frame, batches that are complete; points in y of which the cosine
/// of the centre is 2.8e-16, and not 6e-17.
const ROTATING: &str = r#"
drive = { kind = "mass-flux", bulk_velocity = 13.0, rotation = 0.3 }
walls.velocity = [-0.5, 1.5]
scalar.dye = { schmidt = 1.5, source = 1.0 }
domain = { size = ["2 pi", 2, "pi"], grid = [18, 31, 16] }
time = { dt = 0.002, steps = 12 }
output = { series = { every_steps = 4 }, statistics = { every_steps = 4, batch = 0.008 } }
"#;

/// Two halves that are alike, and walls that oscillate.
const SYMMETRIC: &str = r#"
drive.kind = "pressure-gradient"
walls.oscillation = { amplitude = 3.0, period = 0.2 }
scalar.dye = { schmidt = 1.5, source = 1.0 }
domain = { size = ["2 pi", 2, "pi"], grid = [16, 31, 18] }
time = { dt = 0.002, steps = 12 }
output = { series = { every_steps = 4 }, statistics = { every_steps = 4 } }
"#;

/// Flow through walls that move and oscillate, fewer polynomials, steps of different lengths.
const TRANSPIRED: &str = r#"
drive = { kind = "mass-flux", bulk_velocity = 11.0 }
domain = { size = ["2 pi", 2, "pi"], grid = [16, 41, 18] }
numerics.dealiase_y = true
time = { cfl = 0.15, steps = 12 }
output = { series = { every_steps = 4 }, statistics = { every_steps = 4 } }
[walls]
velocity = [2.0, 2.0]
oscillation = { amplitude = 3.0, period = 0.2 }
[[walls.transpiration]]
wall = "lower"
amplitude = 0.2
wavenumber = [1, 0]
[[walls.transpiration]]
amplitude = 0.1
wavenumber = [1, -1]
phase = 0.4
"#;

/// What the channels have in common.
const OF_CHANNELS: &str = r#"
flow.kind = "channel"
fluid.reynolds_tau = 60
initial = { kind = "turbulent", amplitude = 0.2 }
scalar.heat = { schmidt = 0.7, values = [-0.3, 1.0] }
checkpoint = { every_steps = 1, keep = 100 }
"#;

const BOX_TABLES: [&str; 4] = ["series.csv", "spectra.csv", "spectra_1d.csv", "budget.csv"];
const CHANNEL_TABLES: [&str; 7] = [
    "series.csv",
    "profiles.csv",
    "budgets.csv",
    "spectra_x.csv",
    "spectra_z.csv",
    "correlations_x.csv",
    "correlations_z.csv",
];

fn boxes() -> Outcome {
    let place = Place::new()?;
    let cases: [(_, _, _, &[usize]); 3] =
        [("shear", SHEAR, 5, &[1, 3]), ("forced", FORCED, 1, &[3]), ("oblique", OBLIQUE, 5, &[3])];
    for (name, text, every, ranks) in cases {
        let spectra = every.max(2);
        let output =
            format!("output = {{ series.every_steps = {every}, spectra.every_steps = {spectra} }}\n");
        run(&place, name, &[&output, text, OF_BOXES].concat(), ranks, &BOX_TABLES)?;
    }
    compare("box_tables.py", &place, "shear forced oblique")?;
    ensemble(&place, "shear")?;
    compare("box_tables.py", &place, "--ensemble shear shear2 shear3 shear/ensemble")
}

fn channels() -> Outcome {
    let place = Place::new()?;
    let cases: [(_, _, &[usize]); 3] =
        [("rotating", ROTATING, &[1, 3]), ("symmetric", SYMMETRIC, &[1]), ("transpired", TRANSPIRED, &[3])];
    for (name, text, ranks) in cases {
        run(&place, name, &[OF_CHANNELS, text].concat(), ranks, &CHANNEL_TABLES)?;
    }
    compare("channel_tables.py", &place, "rotating symmetric transpired")?;
    ensemble(&place, "symmetric")?;
    compare("channel_tables.py", &place, "--ensemble symmetric symmetric2 symmetric3 symmetric/ensemble")
}

/// Runs a case on the first number of ranks, and keeps what it prints of the tables; on the other numbers it
/// must write the same ones.
fn run(place: &Place, name: &str, text: &str, ranks: &[usize], tables: &[&str]) -> Outcome {
    fs::write(place.at(&format!("{name}.toml")), text)?;
    for (number, ranks) in ranks.iter().enumerate() {
        let directory = if number == 0 { name.to_owned() } else { format!("{name}-on-{ranks}") };
        let finished = place.rogallo(*ranks, &format!("run {name}.toml --dir {directory}"))?;
        check(&finished, 0, &["\ndone: step"])?;
        fs::write(place.at(&directory).join("stats.txt"), &finished.output)?;
        tables.iter().try_for_each(|table| match number {
            0 => Ok(()),
            _ => place.same_text(name, &directory, table),
        })?;
    }
    Ok(())
}

/// Two more runs of a case, and the tables of all three as an ensemble.
fn ensemble(place: &Place, name: &str) -> Outcome {
    for seed in [2, 3] {
        let run = format!("run {name}.toml --dir {name}{seed} --set numerics.seed={seed}");
        place.ends(1, &run, 0, &["\ndone: step"])?;
    }
    place.ends(1, &format!("stats {name} {name}2 {name}3 --ensemble"), 0, &["3 members: "])
}

fn compare(script: &str, place: &Place, arguments: &str) -> Outcome {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/numpy").join(script);
    let mut command = python();
    command.arg(script).args(arguments.split_whitespace()).current_dir(place.at(""));
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").output()?;
    let [printed, wrong] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    ensure!(output.status.success() && wrong.is_empty(), "{wrong}\n{printed}");
    Ok(())
}
