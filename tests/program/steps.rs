//! The length of a step: what limits it under a Courant number, what `check` says of it, and what a
//! blow-up is put down to.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::{Failed, Trial};
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("check_names_the_limits_of_a_step", limits_are_named),
        Trial::test("walls_that_oscillate_are_followed", oscillating_walls),
        Trial::test("buoyancy_from_rest_is_followed", buoyancy_from_rest),
        Trial::test("constant_power_reaches_a_quiet_box", constant_power),
        Trial::test("a_blow_up_by_internal_waves_names_them", internal_waves),
    ]
}

/// Walls that oscillate with period 1 past a fluid at rest in z.
const WALLS: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "pi"], grid = [8, 33, 8] }
fluid.viscosity = 0.02
drive = { kind = "mass-flux", bulk_velocity = 0.01 }
walls.oscillation = { amplitude = 1.0, period = 1.0 }
initial.kind = "laminar"
time = { cfl = 0.8, end = 0.3 }
output.series.every_steps = 1
"#;

/// N = 100.
const STRATIFIED: &str = r#"
flow.kind = "homogeneous"
domain.grid = [16, 16, 16]
fluid.viscosity = 0.01
scalar.heat = { gradient = [0.0, 10000.0, 0.0], buoyancy = [0.0, 1.0, 0.0] }
initial = { kind = "mode", wavenumber = [1, 0, 0], amplitude = [0.0, 1e-6, 0.0] }
time = { dt = 0.05, end = 2.0 }
"#;

/// Hot and cold fluid at rest.
const BUOYANT: &str = r#"
flow.kind = "homogeneous"
domain.grid = [24, 24, 24]
fluid.viscosity = 0.02
initial = { kind = "mode", wavenumber = [1, 0, 0], amplitude = [0.0, 1e-9, 0.0] }
time = { cfl = 0.5, end = 2.0 }
output.series.every_steps = 1
[scalar.heat]
buoyancy = [0.0, 1.0, 0.0]
initial = { kind = "random", spectrum = "passot-pouquet", peak_wavenumber = 2.0, energy = 0.5 }
"#;

const POWER: &str = r#"
flow.kind = "homogeneous"
domain = { size = ["2 pi", 3.0, 4.0], grid = [24, 18, 20] }
fluid.viscosity = 0.02
forcing = { kind = "constant-power", power = 0.3, k_max = 3.0 }
initial = { kind = "random", spectrum = "passot-pouquet", peak_wavenumber = 3.0, energy = 1e-12 }
numerics.dealiasing = "phase-shift"
time = { scheme = "rk2", cfl = 0.5, end = 2.0 }
output.series.every_steps = 1
"#;

fn case(text: &str) -> Result<Place, Failed> {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), text)?;
    Ok(place)
}

/// A column of the series of `run`.
fn column(place: &Place, name: &str) -> Result<Vec<f64>, Failed> {
    let text = place.read("run/series.csv")?;
    let mut lines = text.lines();
    let at = lines
        .next()
        .and_then(|line| line.split(',').position(|known| known == name))
        .ok_or(format!("no column {name}"))?;
    Ok(lines.map(|line| line.split(',').nth(at).unwrap_or("").parse()).collect::<Result<_, _>>()?)
}

/// Fails unless it is this to the given part of it.
fn close(what: &str, value: f64, wanted: f64, part: f64) -> Outcome {
    println!("{what}: {value}, wanted {wanted}");
    ensure!((value / wanted - 1.0).abs() < part, "{what}: {value}, not {wanted} to {part}");
    Ok(())
}

fn limits_are_named() -> Outcome {
    let place = case(STRATIFIED)?;
    let long = "warning          time.dt = 0.05 is too long for the buoyancy frequency N: its rate times dt \
        is 5.00, and the scheme is stable up to 1.73; the longest dt is 1.732e-2";
    place.ends(1, "check case.toml", 0, &["limit of dt      1.73e-2 by the buoyancy frequency N", long])?;
    let sound = place.rogallo(1, "check case.toml --set time.dt=0.017")?.output;
    ensure!(!sound.contains("warning"), "{sound}");
    let rotating = "check case.toml --set time.dt=0.01 --set mean={kind=\"rotation\",rotation=[0,0,100]}";
    place.ends(
        1,
        rotating,
        0,
        &["too long for the absolute vorticity |curl U + 2 Omega|: its rate times dt is 2.00"],
    )?;

    let place = Place::new()?;
    place.ends(
        1,
        "check case.toml --set time.cfl=2",
        0,
        &["warning          time.cfl = 2 is beyond 0.83, up to which the scheme is stable"],
    )?;
    place.ends(
        1,
        "check case.toml --set time.scheme=\"rk2\"",
        0,
        &["stability        rk2 has no stable step without viscosity"],
    )?;
    let random = "check case.toml --set time.dt=0.5 --set \
        forcing={kind=\"ornstein-uhlenbeck\",variance=1e-6,correlation_time=0.1,k_max=2.5}";
    place.ends(
        1,
        random,
        0,
        &["too long for the correlation time of the force: its rate times dt is 5.00"],
    )?;

    let place = case(WALLS)?;
    place.ends(1, "check case.toml", 0, &["limit of dt      5.00e-2 by the oscillation of the walls"])?;
    place.ends(
        1,
        "check case.toml --set time.cfl=2",
        0,
        &["warning          time.cfl = 2 is beyond 0.83"],
    )?;
    let fixed = "check case.toml --set time.dt=3.93 --set drive.rotation=2";
    let walls = "too long for the oscillation of the walls: its fraction of a period is 3.93, and it is resolved \
        up to 0.10; the longest dt is 1.000e-1";
    place.ends(
        1,
        fixed,
        0,
        &[
            walls,
            "too long for the rotation 2 Omega: its rate times dt is 15.72, and the \
        scheme is stable up to 1.73",
        ],
    )
}

/// At least 20 steps per period, whatever the Courant number: of a flow at rest in z, and of one
/// whose own steps would take periods.
fn oscillating_walls() -> Outcome {
    let place = case(WALLS)?;
    let disturbed = "--set walls.oscillation.period=0.002 --set initial={kind=\"turbulent\",amplitude=0.1} \
        --set time.end=0.001";
    for (further, period) in [("", 1.0), (disturbed, 0.002)] {
        place.run(1, "run", &format!("--fresh {further}"))?;
        let longest = column(&place, "dt")?.into_iter().fold(0.0, f64::max);
        ensure!(
            longest > 0.04 * period && longest < 0.051 * period,
            "a step of {longest} at a period of {period}"
        );
    }
    Ok(())
}

/// With dt = 0.01 the energy is 0.83825 and the variance 0.5886. Here steps are ten times as long
/// at most: RK3 is off by about `(omega dt)^3 / 24` with an omega of order one, 4e-5.
fn buoyancy_from_rest() -> Outcome {
    let place = case(BUOYANT)?;
    place.run(2, "run", "")?;
    let [steps, energy, variance] =
        [column(&place, "dt")?, column(&place, "energy")?, column(&place, "heat_variance")?];
    let longest = steps.iter().fold(0.0_f64, |longest, dt| longest.max(*dt));
    // (dx / theta)^(1/2) with a largest theta of three standard deviations or more.
    ensure!(longest < 0.148, "a step of {longest}");
    ensure!(
        variance.windows(2).all(|pair| pair[1] < pair[0]),
        "a variance without a source grows: {variance:?}"
    );
    close("energy", energy[energy.len() - 1], 0.83825, 2e-4)?;
    close("variance", variance[variance.len() - 1], 0.5886, 2e-4)
}

/// `E + int eps dt = P t`. With dt = 0.004, RK4 and two grids E is 0.45781; RK2 with the Courant
/// number 1/2 is off by 1e-3 of it at most, and so is the trapezium rule of its steps.
fn constant_power() -> Outcome {
    let place = case(POWER)?;
    place.run(1, "run", "")?;
    let [time, energy, dissipation] =
        [column(&place, "time")?, column(&place, "energy")?, column(&place, "dissipation")?];
    let dissipated: f64 =
        (1..time.len()).map(|n| 0.5 * (time[n] - time[n - 1]) * (dissipation[n] + dissipation[n - 1])).sum();
    let last = energy[energy.len() - 1];
    close("energy and what was dissipated", last + dissipated, 0.6, 1e-3)?;
    close("energy", last, 0.45781, 1e-3)?;
    // A step far longer than E / P brings P dt all the same.
    let one = "run case.toml --dir run --fresh --set time.dt=0.002 --set time.steps=1";
    place.ends(
        1,
        one,
        0,
        &[
            "\nwarning: time.dt = 0.002 is too long for the growth by the force",
            "the energy gained is exact nevertheless",
        ],
    )?;
    close("energy of one step", column(&place, "energy")?[1], 0.3 * 0.002, 2e-3)?;
    let nothing = "run case.toml --dir none --set initial={kind=\"taylor-green\"} --set forcing.k_max=1";
    place.ends(
        1,
        nothing,
        2,
        &["the initial velocity has no energy between forcing.k_min = 0 and k_max = 1"],
    )?;
    let shells = "run case.toml --dir none --set initial={kind=\"taylor-green\"} --set \
        forcing={kind=\"frozen-shells\",k_max=1}";
    place.ends(
        1,
        shells,
        2,
        &["the initial velocity has no energy between forcing.k_min = 0 and k_max = 1"],
    )?;
    ensure!(!place.at("none/series.csv").exists(), "a refused run has begun");
    Ok(())
}

/// The rate of the waves before the blow-up, not the velocity that has blown up; and the step that
/// is advised does not blow up.
fn internal_waves() -> Outcome {
    let place = case(STRATIFIED)?;
    let reason = "\nLikely reason: the step is too long for the buoyancy frequency N, 1.000e2 per time: its \
        rate times dt is 5.00, and the scheme is stable up to 1.73 \
        (dt = 1.73e-2); try time.dt = 1.4e-2, or time.cfl = 0.7\n";
    let warned =
        "\nwarning: time.dt = 0.05 is too long for the buoyancy frequency N: its rate times dt is 5.00";
    place.ends(1, "run case.toml --dir run", 4, &[warned, reason])?;
    place.run(1, "run", "--fresh --set time.dt=1.4e-2")
}
