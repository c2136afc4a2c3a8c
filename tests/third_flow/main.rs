//! A flow that rogallo does not have: this program is the command line with one flow more, and runs itself
//! under mpirun. Nothing outside this folder knows the flow.

#[path = "../support/mod.rs"]
mod support;

mod advection;

use advection::{Advection, initial};
use libtest_mimic::{Arguments, Failed, Trial};
use num_complex::Complex;
use rogallo::FLOWS;
use rogallo::case::keys::Variant;
use rogallo::definition::Flows;
use rogallo::program::Program;
use rogallo::{StoredCheckpoint, StoredSnapshot};
use std::f64::consts::TAU;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use support::mpirun::{Job, command};

/// The flows of rogallo and this one.
const WITH_A_THIRD: Flows = Flows(&[
    FLOWS.0[0],
    FLOWS.0[1],
    Variant::flow::<Advection>("advection", "A scalar in a uniform stream."),
]);

const PROGRAM: Program = Program { version: "0.1.0", commit: "test" };

/// Set where this program is the command line.
const AS_PROGRAM: &str = "ROGALLO_THIRD_FLOW";

/// The longest that any run may take.
const LIMIT: Duration = Duration::from_secs(60);

const VELOCITY: [f64; 3] = [1.0, -0.5, 0.25];
const DIFFUSIVITY: f64 = 0.02;
const SIZE: [f64; 3] = [TAU, 2.0 * TAU, 3.0];

const CASE: &str = r#"
[flow]
kind = "advection"
[domain]
size = ["2 pi", "4 pi", 3.0]
grid = [16, 12, 18]
[fluid]
diffusivity = 0.02
velocity = [1.0, -0.5, 0.25]
[time]
dt = 0.03
steps = 40
[output]
series = { every_steps = 4 }
spectra = { every_steps = 8 }
snapshots = { every_steps = 40 }
"#;

fn main() -> ExitCode {
    if std::env::var_os(AS_PROGRAM).is_some() {
        return rogallo::cli::main(PROGRAM, WITH_A_THIRD);
    }
    let trials = vec![
        Trial::test("a_third_flow_is_one_folder_and_one_line", everything),
        Trial::test("a_third_flow_has_its_keys", keys),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs this program on so many ranks in `directory`. Returns what it printed.
fn rogallo(directory: &Path, ranks: usize, arguments: &str) -> Result<String, Failed> {
    let mut command = command(ranks, &std::env::current_exe()?);
    command.args(arguments.split_whitespace()).env(AS_PROGRAM, "1").current_dir(directory);
    let finished = Job::start(&mut command, LIMIT)?.finish()?;
    ensure!(finished.status.success(), "`{arguments}` on {ranks} ranks:\n{}", finished.output);
    Ok(finished.output)
}

fn contains(text: &str, parts: &[&str]) -> Result<(), Failed> {
    for part in parts {
        ensure!(text.contains(part), "no `{part}` in\n{text}");
    }
    Ok(())
}

/// Checked, run, interrupted, continued on other ranks, reported, taken to another grid.
fn everything() -> Result<(), Failed> {
    let place = tempfile::tempdir()?;
    let dir = place.path();
    std::fs::write(dir.join("case.toml"), CASE)?;
    contains(&rogallo(dir, 1, "check case.toml --ranks 2")?, &["velocity", "process grid"])?;
    rogallo(dir, 2, "run case.toml --dir whole")?;
    rogallo(dir, 3, "run case.toml --dir pieces --set time.steps=17")?;
    rogallo(dir, 1, "continue pieces --set time.steps=40")?;
    let [whole, pieces] = ["whole", "pieces"].map(|run| modes(&dir.join(run)));
    let (whole, pieces) = (whole?, pieces?);
    ensure!(whole == pieces, "the run in two pieces has other bits");
    for table in ["series.csv", "variance.csv"] {
        let [a, b] = ["whole", "pieces"].map(|run| std::fs::read_to_string(dir.join(run).join(table)));
        ensure!(a? == b?, "{table} differs");
    }
    exact(&whole, 40.0 * 0.03)?;
    points(&dir.join("whole/snapshots/00000040.h5"), &whole)?;
    contains(&rogallo(dir, 1, "stats whole")?, &["16 x 12 x 18", "step 40, 11 samples", "variance left"])?;
    contains(&rogallo(dir, 1, "status whole")?, &["done", "health        energy"])?;
    rogallo(dir, 2, "regrid whole/checkpoints/latest --to-run finer --grid 24,18,20")?;
    rogallo(dir, 2, "continue finer --set time.steps=44")?;
    exact(&modes(&dir.join("finer"))?, 44.0 * 0.03)?;
    rogallo(dir, 2, "run case.toml --dir whole --fresh --set time.steps=2")?;
    Ok(())
}

/// The labels and the value of a mode.
type Mode = ([i64; 3], Complex<f64>);

/// The modes of the newest checkpoint of a run.
fn modes(run: &Path) -> Result<Vec<Mode>, Failed> {
    let checkpoint = StoredCheckpoint::open(&run.join("checkpoints/latest"))?;
    let values = checkpoint.field("c")?;
    let mut modes = Vec::new();
    for column in checkpoint.columns() {
        let m = column.modes.len() as i64 / 2;
        let labels = (0..=m).chain(-m..0).map(|ny| [column.nx, ny, column.nz]);
        modes.extend(labels.zip(column.modes.clone().map(|mode| values[mode])));
    }
    Ok(modes)
}

fn wavevector(n: [i64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| TAU * n[i] as f64 / SIZE[i])
}

/// Compares with the exact solution at this time; modes that the first grid did not hold are zero. Each of
/// some 40 steps rounds a mode by a few units of 1e-16.
fn exact(modes: &[Mode], time: f64) -> Result<(), Failed> {
    let held = |n: [i64; 3]| n.iter().zip([16, 12, 18]).all(|(n, points)| 3 * n.abs() < points);
    ensure!(modes.iter().filter(|(n, _)| held(*n)).count() > 400, "{} modes", modes.len());
    for (n, value) in modes {
        let k = wavevector(*n);
        let k_u: f64 = k.iter().zip(VELOCITY).map(|(k, u)| k * u).sum();
        let k2: f64 = k.iter().map(|k| k * k).sum();
        let solution = initial(*n) * Complex::new(-DIFFUSIVITY * k2 * time, -k_u * time).exp();
        let expected = if held(*n) { solution } else { Complex::default() };
        ensure!((value - expected).norm() <= 1e-13 * expected.norm(), "{n:?}: {value}, not {expected}");
    }
    Ok(())
}

/// Compares a snapshot with the sum over the modes at some points.
fn points(file: &Path, modes: &[Mode]) -> Result<(), Failed> {
    let snapshot = StoredSnapshot::open(file)?;
    let field = snapshot.field("c")?;
    for [x, y, z] in [[0, 0, 0], [3, 7, 11], [15, 11, 17]] {
        let at: [f64; 3] = [x as f64 / 16.0, y as f64 / 12.0, z as f64 / 18.0];
        let sum: f64 = modes
            .iter()
            .map(|(n, value)| {
                let phase: f64 = TAU * (0..3).map(|i| n[i] as f64 * at[i]).sum::<f64>();
                let weight = if n[0] == 0 && n[2] == 0 { 1.0 } else { 2.0 };
                weight * (value * Complex::new(0.0, phase).exp()).re
            })
            .sum();
        let value = field[[z, y, x]];
        ensure!((value - sum).abs() < 1e-12, "{value} at {at:?}, not {sum}");
    }
    Ok(())
}

fn keys() -> Result<(), Failed> {
    let place = tempfile::tempdir()?;
    let text = rogallo(place.path(), 1, "keys fluid")?;
    contains(&text, &["flow.kind = \"advection\": A scalar in a uniform stream.", "diffusivity (required)"])?;
    contains(&rogallo(place.path(), 1, "schema")?, &["\"advection\"", "\"channel\""])
}
