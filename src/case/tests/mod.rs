mod declared;
mod extremes;
mod files;

pub use super::*;
pub use crate::flows::FLOWS;
use crate::homogeneous::case::{Dealiasing, Homogeneous, Initial, Mean};
use crate::parallel::Method;
use crate::time::{RungeKutta, Schedule, StepSize};
use std::fs;

pub const SMALLEST: &str = r#"
[flow]
kind = "homogeneous"
[domain]
grid = [8, 8, 8]
[fluid]
viscosity = 0.01
[initial]
kind = "taylor-green"
[time]
dt = 0.01
end = 1.0
"#;

/// Reads a case of one of the flows of the program.
pub fn parse(name: &str, text: &str, dir: &Path, overrides: &[String]) -> Result<Case> {
    super::parse(FLOWS, name, text, dir, overrides)
}

pub fn load(path: &Path, overrides: &[String]) -> Result<Case> {
    super::load(FLOWS, path, overrides)
}

pub fn read(text: &str, overrides: &[&str]) -> Result<Case> {
    let overrides: Vec<String> = overrides.iter().map(|text| text.to_string()).collect();
    parse("case.toml", text, Path::new(""), &overrides)
}

pub fn with(overrides: &[&str]) -> Case {
    read(SMALLEST, overrides).unwrap()
}

/// What belongs to the flow alone.
pub fn of_flow(case: Case) -> Homogeneous {
    case.flow.of::<Homogeneous>().unwrap().clone()
}

pub fn homogeneous(overrides: &[&str]) -> Homogeneous {
    of_flow(with(overrides))
}

/// The titles and helps of the errors that these overrides of a good case make.
pub fn complaints(overrides: &[&str]) -> String {
    complaints_of(SMALLEST, overrides)
}

pub fn complaints_of(text: &str, overrides: &[&str]) -> String {
    let error = read(text, overrides).unwrap_err();
    assert_eq!(error.kind, crate::error::Kind::Input);
    let lines = error
        .message
        .lines()
        .filter_map(|line| line.strip_prefix("error: ").or(line.trim().strip_prefix("= ")));
    lines.collect::<Vec<_>>().join("; ")
}

#[test]
fn every_default_is_filled_in() {
    let tau = std::f64::consts::TAU;
    let expected = Case {
        name: "case".into(),
        flow: FLOWS.chosen(Box::new(Homogeneous {
            nonlinear: true,
            mean: Mean::default(),
            scalars: Vec::new(),
            forcing: None,
            initial: Initial::TaylorGreen { amplitude: 1.0, dimensions: 3 },
            dealiasing: Dealiasing::TwoThirds,
            scheme: RungeKutta::Rk3,
        })),
        domain: Domain { size: [tau; 3], grid: [8; 3] },
        fluid: Fluid { viscosity: 0.01 },
        numerics: Numerics { precision: Precision::Double, seed: 1 },
        time: Time { step: StepSize::Fixed(0.01), stop: Stop { end: Some(1.0), steps: None }, retry: None },
        parallel: Parallel { process_grid: None, exchange: Method::AllToAll, hang_limit_minutes: Some(30.0) },
        output: Output {
            directory: None,
            series: Schedule { every_steps: Some(10), every_time: None },
            spectra: Schedule::default(),
            snapshots: Schedule::default(),
        },
        checkpoint: Checkpoint {
            every_minutes: Some(30.0),
            every_steps: None,
            keep: 2,
            retain: Schedule::default(),
            give_up_after_minutes: Some(120.0),
            aggregators: None,
        },
    };
    assert_eq!(with(&[]), expected);
}

#[test]
fn all_that_is_wrong_is_shown_at_once() {
    let text = r#"[flow]
kind = "homogeneous"
[domain]
grid = [62, 64.0, 64]
[fluids]
viscosity = 0.01
[initial]
kind = "abc"
[time]
dt = -0.1
clf = 0.5
scheme = "rk5"
"#;
    let error = read(text, &["output.series.every_step=5"]).unwrap_err();
    let expected = r#"error: domain.grid: 62 has a prime factor other than 2, 3, 5 and 7, which makes its transforms slow
 --> case.toml:4:9
  |
4 | grid = [62, 64.0, 64]
  |         ^^
  |
  = help: the nearest good sizes are 60 and 63

error: domain.grid: expected an integer, found the number 64.0
 --> case.toml:4:13
  |
4 | grid = [62, 64.0, 64]
  |             ^^^^

error: fluids: unknown table
 --> case.toml:5:2
  |
5 | [fluids]
  |  ^^^^^^
  |
  = help: did you mean fluid? allowed here: flow, domain, fluid, mean, scalar, forcing, initial, numerics, time, parallel, output, checkpoint

error: time.end or time.steps is missing
 --> case.toml:9:1
  |
9 | [time]
  | ^^^^^^
  |
  = help: add end = 10.0 or steps = 100 to [time]

error: time.dt: must be greater than 0
  --> case.toml:10:6
   |
10 | dt = -0.1
   |      ^^^^

error: time.clf: unknown key
  --> case.toml:11:1
   |
11 | clf = 0.5
   | ^^^
   |
   = help: did you mean cfl? allowed here: scheme, dt, cfl, end, steps, retry

error: time.scheme: unknown value "rk5"
  --> case.toml:12:10
   |
12 | scheme = "rk5"
   |          ^^^^^
   |
   = help: did you mean "rk2"? allowed here: "rk2", "rk3", "rk4"

error: output.series.every_step: unknown key
 --> --set:1:15
  |
1 | output.series.every_step=5
  |               ^^^^^^^^^^
  |
  = help: did you mean every_steps? allowed here: every_steps, every_time

error: fluid.viscosity is missing
--> case.toml
 = help: add viscosity = 0.005 to [fluid]

9 errors in case.toml and --set; nothing was run."#;
    assert_eq!(error.message, expected);
}

#[test]
fn a_syntax_error_has_its_line_and_hides_what_follows_from_it() {
    let error = read("[flow]\nkind = homogeneous\n[time]\nscheme = rk3 rk4\n", &[]).unwrap_err();
    let expected = "error: string values must be quoted, expected literal string
 --> case.toml:2:8
  |
2 | kind = homogeneous
  |        ^^^^^^^^^^^

error: string values must be quoted, expected literal string
 --> case.toml:4:10
  |
4 | scheme = rk3 rk4
  |          ^^^^^^^

2 errors in case.toml; nothing was run.";
    assert_eq!(error.message, expected);
    assert!(
        read("[time]\ndt = 1.0\ndt = 2.0\n", &[])
            .unwrap_err()
            .message
            .contains("error: duplicate key\n --> case.toml:3:1")
    );
}

#[test]
fn an_empty_file_lacks_the_required_keys() {
    let message = read("", &[]).unwrap_err().message;
    for missing in [
        "flow.kind",
        "domain.grid",
        "fluid.viscosity",
        "initial.kind",
        "time.dt or time.cfl",
        "time.end or time.steps",
    ] {
        assert!(message.contains(&format!("error: {missing} is missing\n--> case.toml\n")), "{message}");
    }
    assert!(message.ends_with("6 errors in case.toml; nothing was run."));
    // The other keys are judged as those of a box whose flow has its defaults.
    let without = SMALLEST.replace("kind = \"homogeneous\"\n", "").replace("dt = 0.01", "cfl = 0.5");
    let text = format!("{without}[forcing]\nkind = \"linear\"\nrate = 0.1\n");
    let message = read(&text, &[]).unwrap_err().message;
    assert!(message.ends_with("1 error in case.toml; nothing was run."), "{message}");
}

#[test]
fn numbers_are_finite_and_in_range() {
    for key in [
        "fluid.viscosity",
        "initial.amplitude",
        "time.dt",
        "time.cfl",
        "time.end",
        "output.spectra.every_time",
    ] {
        for value in ["nan", "inf", "-inf", "1e400"] {
            assert_eq!(complaints(&[&format!("{key}={value}")]), format!("{key}: must be a finite number"));
        }
    }
    for key in ["time.dt", "time.cfl", "output.series.every_time"] {
        assert_eq!(complaints(&[&format!("{key}=0.0")]), format!("{key}: must be greater than 0"));
    }
    for key in ["fluid.viscosity", "time.end"] {
        assert_eq!(complaints(&[&format!("{key}=-1e-9")]), format!("{key}: must not be negative"));
    }
    for key in ["output.series.every_steps", "checkpoint.every_steps", "checkpoint.keep"] {
        assert_eq!(complaints(&[&format!("{key}=0")]), format!("{key}: must be at least 1"));
    }
    assert_eq!(complaints(&["numerics.seed=-1"]), "numerics.seed: this integer is out of range");
    assert_eq!(complaints(&["time.steps=1.5"]), "time.steps: expected an integer, found the number 1.5");
    assert_eq!(
        complaints(&["flow.nonlinear=1"]),
        "flow.nonlinear: expected true or false, found the integer 1"
    );
    assert_eq!(complaints(&["fluid.viscosity=true"]), "fluid.viscosity: expected a number, found a boolean");
    assert_eq!(with(&["fluid.viscosity=0"]).fluid.viscosity, 0.0);
    assert_eq!(with(&["numerics.seed=18446744073709551615"]).numerics.seed, u64::MAX);
}

#[test]
fn words_are_checked_and_the_nearest_is_named() {
    let choices = [
        ("numerics.dealiasing=phase-shift-exat", "phase-shift-exact"),
        ("numerics.precision=duoble", "double"),
        ("parallel.exchange=pairwyse", "pairwise"),
        ("initial.kind=taylor_green", "taylor-green"),
        ("flow.kind=homogenous", "homogeneous"),
    ];
    for (set, near) in choices {
        assert!(
            complaints(&[set]).contains(&format!("help: did you mean \"{near}\"? allowed here: ")),
            "{set}"
        );
    }
    let far = "numerics.precision: unknown value \"half\"; help: allowed here: \"double\", \"single\"";
    assert_eq!(complaints(&["numerics.precision=half"]), far);
    assert_eq!(homogeneous(&["numerics.dealiasing=phase-shift"]).dealiasing, Dealiasing::PhaseShift);
    assert_eq!(with(&["numerics.precision=single"]).numerics.precision, Precision::Single);
    assert_eq!(homogeneous(&["time.scheme=rk4"]).scheme, RungeKutta::Rk4);
    assert_eq!(with(&["parallel.exchange=pairwise"]).parallel.exchange, Method::Pairwise);
}

#[test]
fn a_step_is_fixed_or_by_courant_number() {
    let both = SMALLEST.replace("dt = 0.01", "cfl = 0.5\ndt = 0.01");
    let message = read(&both, &[]).unwrap_err().message;
    assert!(
        message.starts_with("error: time.dt: cfl and dt exclude each other\n  --> case.toml:12:1\n"),
        "{message}"
    );
    assert!(message.ends_with("1 error in case.toml; nothing was run."));
    // An override takes the place of the file's choice, also where the file has both.
    assert_eq!(with(&["time.cfl=0.5"]).time.step, StepSize::Courant(0.5));
    assert_eq!(read(&both, &["time.dt=0.1"]).unwrap().time.step, StepSize::Fixed(0.1));
    let two = complaints(&["time.cfl=0.5", "time.dt=0.1"]);
    assert_eq!(two, "time.dt: cfl and dt exclude each other; help: keep one of them: dt = 0.01 or cfl = 0.5");
    assert_eq!(with(&["time.steps=7"]).time.stop, Stop { end: Some(1.0), steps: Some(7) });
}

#[test]
fn parallel_output_and_checkpoint() {
    assert_eq!(with(&["parallel.process_grid=[2, 3]"]).parallel.process_grid, Some([2, 3]));
    assert_eq!(with(&["parallel.process_grid=auto"]).parallel.process_grid, None);
    assert_eq!(
        complaints(&["parallel.process_grid=[0, 1]"]),
        "parallel.process_grid: must be at least 1; help: or \"auto\""
    );
    let output = with(&[
        "output.directory=scratch/a",
        "output.series={}",
        "output.spectra={ every_steps = 3, every_time = 0.5 }",
    ])
    .output;
    assert_eq!(output.directory, Some("scratch/a".into()));
    assert_eq!(
        (output.series, output.spectra),
        (Schedule::default(), Schedule { every_steps: Some(3), every_time: Some(0.5) })
    );
    assert_eq!(complaints(&["output.series=10"]), "output.series: expected a table, found the integer 10");
    assert_eq!(with(&["checkpoint.every_minutes=never"]).checkpoint.every_minutes, None);
    assert_eq!(with(&["checkpoint.give_up_after_minutes=never"]).checkpoint.give_up_after_minutes, None);
    assert_eq!(with(&["checkpoint.give_up_after_minutes=0"]).checkpoint.give_up_after_minutes, Some(0.0));
    let aggregated = with(&["checkpoint.aggregators=3"]);
    assert_eq!(aggregated.checkpoint.aggregators, Some(3));
    assert_eq!(read(&aggregated.to_toml(), &[]).map(|case| case.checkpoint.aggregators), Ok(Some(3)));
    assert_eq!(complaints(&["checkpoint.aggregators=0"]), "checkpoint.aggregators: must be at least 1");
}
