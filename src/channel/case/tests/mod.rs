//! The plane channel.

mod fields;
mod resolved;

use super::*;
use crate::case::tests::*;
use crate::time::{Schedule, StepSize};

pub const CHANNEL: &str = r#"
[flow]
kind = "channel"
[domain]
size = ["4 pi", 2, "4/3 pi"]
grid = [48, 33, 24]
[fluid]
reynolds_tau = 180
[drive]
kind = "mass-flux"
[initial]
kind = "turbulent"
[time]
cfl = 0.8
end = 100.0
"#;

pub fn channel_case(overrides: &[&str]) -> Case {
    read(CHANNEL, overrides).unwrap_or_else(|error| panic!("{overrides:?}: {error}"))
}

pub fn channel(overrides: &[&str]) -> Channel {
    channel_case(overrides).flow.of::<Channel>().unwrap().clone()
}

pub fn assert_complaint(set: &str, expected: &str) {
    assert_eq!(complaints_of(CHANNEL, &[set]), expected, "{set}");
}

pub const AT_REST: Walls = Walls { velocity: [0.0; 2], oscillation: None, transpiration: Vec::new() };
pub const EVERY_TEN: Schedule = Schedule { every_steps: Some(10), every_time: None };

#[test]
fn every_default_is_filled_in() {
    let pi = std::f64::consts::PI;
    let bulk_velocity = bulk_reynolds(180.0) / 180.0;
    let expected = Case {
        name: "case".into(),
        flow: FLOWS.chosen(Box::new(Channel {
            drive: Drive::MassFlux { bulk_velocity },
            rotation: 0.0,
            walls: AT_REST,
            frame_velocity: bulk_velocity,
            scalars: Vec::new(),
            initial: ChannelInitial::Turbulent { amplitude: 0.1 },
            dealiase_y: false,
            sampling: Sampling {
                schedule: EVERY_TEN,
                from: 0.0,
                batches: Batches { length: 1.0, of_spectra: 1 },
            },
            details: Details::default(),
        })),
        domain: Domain { size: [4.0 * pi, 2.0, 4.0 / 3.0 * pi], grid: [48, 33, 24] },
        fluid: Fluid { viscosity: 1.0 / 180.0 },
        numerics: Numerics { precision: Precision::Double, seed: 1 },
        time: Time {
            step: StepSize::Courant(0.8),
            stop: Stop { end: Some(100.0), steps: None },
            retry: None,
        },
        ..with(&[])
    };
    assert_eq!(channel_case(&[]), expected);
    // Kim, Moin & Moser (1987): U_b = 15.63.
    assert!((bulk_velocity / 15.63 - 1.0).abs() < 0.01, "{bulk_velocity}");
}

#[test]
fn all_that_is_wrong_is_shown_at_once() {
    let text = r#"[flow]
kind = "channel"
[domain]
size = ["4 pi", 1, "pi"]
grid = [192, 2, 191]
[fluid]
reynolds_tau = 180
viscosity = 0.01
[drive]
kind = "mass-flux"
gradient = 1.0
[mean]
kind = "shear"
[walls]
transpiration = [{ amplitude = 0.1, wavenumber = [0, 0] }]
[time]
cfl = 0.8
end = 1.0
"#;
    let error = read(text, &[]).unwrap_err();
    let expected = r#"error: domain.size: the height of a channel is 2
 --> case.toml:4:17
  |
4 | size = ["4 pi", 1, "pi"]
  |                 ^
  |
  = help: lengths are in half-heights: the walls are at y = -1 and y = 1

error: domain.grid: must be at least 9
 --> case.toml:5:14
  |
5 | grid = [192, 2, 191]
  |              ^

error: domain.grid: 191 has a prime factor other than 2, 3, 5 and 7, which makes its transforms slow
 --> case.toml:5:17
  |
5 | grid = [192, 2, 191]
  |                 ^^^
  |
  = help: the nearest good sizes are 189 and 192

error: fluid.viscosity: reynolds_tau and viscosity exclude each other
 --> case.toml:8:1
  |
8 | viscosity = 0.01
  | ^^^^^^^^^
  |
  = help: keep one of them: reynolds_tau = 180, reynolds_bulk = 2800 or viscosity = 3.5e-4

error: drive.gradient: unknown key
  --> case.toml:11:1
   |
11 | gradient = 1.0
   | ^^^^^^^^
   |
   = help: allowed here: kind, bulk_velocity, rotation

error: mean: unknown table
  --> case.toml:12:2
   |
12 | [mean]
   |  ^^^^
   |
   = help: allowed here: flow, domain, fluid, drive, walls, scalar, initial, numerics, time, parallel, output, checkpoint

error: walls.transpiration.wavenumber: this has a net flux through the wall
  --> case.toml:15:50
   |
15 | transpiration = [{ amplitude = 0.1, wavenumber = [0, 0] }]
   |                                                  ^^^^^^
   |
   = help: at least one of n_x, n_z must not be 0

error: initial.kind is missing
--> case.toml
 = help: add kind = "turbulent" to [initial]

8 errors in case.toml; nothing was run."#;
    assert_eq!(error.message, expected);
}

#[test]
fn a_channel_lacks_what_has_no_default() {
    let message = read("flow.kind = \"channel\"", &[]).unwrap_err().message;
    let fluid = "fluid.reynolds_tau or fluid.reynolds_bulk or fluid.viscosity";
    for missing in [
        "domain.size",
        "domain.grid",
        fluid,
        "drive.kind",
        "initial.kind",
        "time.dt or time.cfl",
        "time.end or time.steps",
    ] {
        assert!(message.contains(&format!("error: {missing} is missing\n--> case.toml\n")), "{message}");
    }
    assert!(message.ends_with("7 errors in case.toml; nothing was run."), "{message}");
}

#[test]
fn the_box_has_height_two_and_good_sizes() {
    assert_eq!(channel_case(&["domain.size=[1, '2', 3]"]).domain.size, [1.0, 2.0, 3.0]);
    let height = "domain.size: the height of a channel is 2; help: lengths are in half-heights: the walls \
        are at y = -1 and y = 1";
    assert_complaint("domain.size=[1, '2 pi', 3]", height);
    assert_complaint("domain.size=[0, 1, 3]", &format!("domain.size: must be greater than 0; {height}"));
    for points in [9, 10, 97, 129, 193, 641, 65537] {
        assert_eq!(channel_case(&[&format!("domain.grid=[4, {points}, 4]")]).domain.grid, [4, points, 4]);
    }
    let slow = "has a prime factor other than 2, 3, 5 and 7, which makes its transforms slow; help: the \
        nearest good sizes are";
    assert_complaint("domain.grid=[48, 633, 24]", &format!("domain.grid: 633 - 1 = 632 {slow} 631 and 641"));
    assert_complaint("domain.grid=[48, 12, 24]", &format!("domain.grid: 12 - 1 = 11 {slow} 11 and 13"));
    assert_complaint(
        "domain.grid=[33, 32, 24]",
        &format!("domain.grid: 33 {slow} 32 and 35; domain.grid: 32 - 1 = 31 {slow} 31 and 33"),
    );
    assert_complaint("domain.grid=[48, 2, 24]", "domain.grid: must be at least 9");
    assert_complaint(
        "domain.grid=[3, 8, 65537]",
        "domain.grid: must be at least 4; domain.grid: must be at least 9; domain.grid: must be at most \
         65536",
    );
    assert_complaint("domain.grid=[48, 65538, 24]", "domain.grid: must be at most 65537");
}

#[test]
fn the_fluid_scales_the_drive() {
    let pressure = "drive.kind=pressure-gradient";
    let flux = |bulk_velocity| Drive::MassFlux { bulk_velocity };
    let gradient = |gradient| Drive::PressureGradient { gradient };
    // A Reynolds number of the file gives way to what the command line has.
    for (fluid, viscosity, by_flux, by_pressure) in [
        ("fluid.reynolds_tau=180", 1.0 / 180.0, flux(bulk_reynolds(180.0) / 180.0), gradient(1.0)),
        (
            "fluid.reynolds_bulk=2800",
            1.0 / 2800.0,
            flux(1.0),
            gradient((friction_reynolds(2800.0) / 2800.0).powi(2)),
        ),
    ] {
        assert_eq!(channel_case(&[fluid]).fluid.viscosity, viscosity);
        assert_eq!(channel(&[fluid]).drive, by_flux);
        assert_eq!(channel(&[fluid, pressure]).drive, by_pressure);
        assert_eq!(channel(&[fluid, "drive.bulk_velocity=-0.5"]).drive, flux(-0.5));
        // By default it is the same flow for any observer.
        if let Drive::MassFlux { bulk_velocity } = by_flux {
            assert_eq!(channel(&[fluid, "walls.velocity=[3, 3]"]).drive, flux(3.0 + bulk_velocity));
        }
        assert_eq!(channel(&[fluid, pressure, "drive.gradient=0"]).drive, gradient(0.0));
    }
    let viscous = "fluid={ viscosity = 0.01 }";
    assert_eq!(channel_case(&[viscous, "drive.bulk_velocity=2"]).fluid.viscosity, 0.01);
    assert_eq!(channel(&[viscous, pressure, "drive.gradient=2"]).drive, gradient(2.0));
    assert_eq!(channel(&["drive.rotation=-0.3"]).rotation, -0.3);

    assert_complaint(viscous, "drive.bulk_velocity is missing; help: add bulk_velocity = 1.0 to [drive]");
    let missing = "drive.gradient is missing; help: add gradient = 1.0 to [drive]";
    assert_eq!(complaints_of(CHANNEL, &[viscous, pressure]), missing);
    for key in ["reynolds_tau", "reynolds_bulk", "viscosity"] {
        for value in ["0", "-1"] {
            let set = [&format!("fluid.{key}={value}"), "drive.bulk_velocity=1"];
            assert_eq!(complaints_of(CHANNEL, &set), format!("fluid.{key}: must be greater than 0"));
        }
        let set = [&format!("fluid.{key}=nan"), "drive.bulk_velocity=1"];
        assert_eq!(complaints_of(CHANNEL, &set), format!("fluid.{key}: must be a finite number"));
    }
    let help = "help: keep one of them: reynolds_tau = 180, reynolds_bulk = 2800 or viscosity = 3.5e-4";
    assert_complaint(
        "fluid={ reynolds_tau = 180, viscosity = 0.01 }",
        &format!("fluid.viscosity: reynolds_tau and viscosity exclude each other; {help}"),
    );
    let two = format!("fluid.reynolds_bulk: reynolds_tau and reynolds_bulk exclude each other; {help}");
    assert_complaint("fluid={ reynolds_tau = 180, reynolds_bulk = 2800 }", &two);
    // Without a fluid it is not known whether the drive has a default.
    let none = "fluid.reynolds_tau or fluid.reynolds_bulk or fluid.viscosity is missing; help: add ";
    let found = complaints_of(CHANNEL, &["fluid={}"]);
    assert!(found.starts_with(none) && found.matches("missing").count() == 1, "{found}");
}

#[test]
fn a_drive_has_the_keys_of_its_kind() {
    assert_complaint(
        "drive.gradient=1",
        "drive.gradient: unknown key; help: allowed here: kind, bulk_velocity, rotation",
    );
    let bulk = "drive.bulk_velocity: unknown key; help: allowed here: kind, gradient, rotation";
    assert_complaint("drive={ kind = 'pressure-gradient', bulk_velocity = 1 }", bulk);
    assert_complaint("drive={}", "drive.kind is missing; help: add kind = \"mass-flux\" to [drive]");
    let kind = "drive.kind: unknown value \"mass_flux\"; help: did you mean \"mass-flux\"? allowed \
        here: \"mass-flux\", \"pressure-gradient\"";
    assert_complaint("drive.kind=mass_flux", kind);
    assert_complaint("drive.rotation=inf", "drive.rotation: must be a finite number");
}

#[test]
fn numerics_time_and_statistics() {
    let flow = channel(&[
        "numerics={ dealiase_y = true, dealiasing = 'two-thirds', precision = 'single', seed = 3 }",
        "time.scheme=rk3",
    ]);
    assert!(flow.dealiase_y);
    let sampling = |text: &str| channel(&[&format!("output.statistics={text}")]).sampling;
    let every_time = Schedule { every_steps: None, every_time: Some(0.5) };
    let batches = sampling("{}").batches;
    assert_eq!(
        sampling("{ every_time = 0.5, from = 20 }"),
        Sampling { schedule: every_time, from: 20.0, batches }
    );
    assert_eq!(sampling("{ from = 20 }"), Sampling { schedule: EVERY_TEN, from: 20.0, batches });
    assert_eq!(sampling("{}"), Sampling { schedule: Schedule::default(), from: 0.0, batches });
    let batches = Batches { length: 0.5, of_spectra: 4 };
    assert_eq!(
        sampling("{ batch = 0.5, spectra_batch = 4 }"),
        Sampling { schedule: EVERY_TEN, from: 0.0, batches }
    );
    // h / u_tau, or the nearest whole number of periods.
    let length = |sets: &[&str]| channel(sets).sampling.batches.length;
    let given = "drive={ kind = 'pressure-gradient', gradient = 4 }";
    assert_eq!(length(&[given]), 0.5);
    for (period, batch) in [("0.2", 0.6), ("0.3", 0.6), ("7", 7.0)] {
        let found = length(&[given, &format!("walls.oscillation={{ amplitude = 1, period = {period} }}")]);
        assert_eq!(found, batch, "{period}");
    }
    assert_eq!(length(&["drive={ kind = 'pressure-gradient', gradient = 0 }"]), 1.0);
    let series = channel_case(&["output.series={ every_steps = 3 }"]).output.series;
    assert_eq!(series, Schedule { every_steps: Some(3), every_time: None });

    assert_complaint("output.statistics={ from = -1 }", "output.statistics.from: must not be negative");
    assert_complaint(
        "output.statistics={ every_steps = 0 }",
        "output.statistics.every_steps: must be at least 1",
    );
    assert_complaint("output.statistics={ batch = 0 }", "output.statistics.batch: must be greater than 0");
    assert_complaint(
        "output.statistics={ spectra_batch = 0 }",
        "output.statistics.spectra_batch: must be at least 1",
    );
    let unknown = "output.statistics.since: unknown key; help: allowed here: every_steps, every_time, from, \
        batch, spectra_batch, spectra_2d_at, phases";
    assert_complaint("output.statistics={ since = 1 }", unknown);
    let places = |text: &str| channel(&[&format!("output.statistics={{ spectra_2d_at = {text} }}")]);
    assert_eq!(places("[15, 100.5]").details.spectra_2d_at, [15.0, 100.5]);
    assert_eq!((places("[15]").sampling.schedule, places("[]").details), (EVERY_TEN, Details::default()));
    assert_complaint(
        "output.statistics={ phases = 16 }",
        "output.statistics.phases: the walls do not oscillate, and have no phases; help: remove this key, or \
         set walls.oscillation",
    );
    let oscillating = "walls.oscillation={ amplitude = 5.0, period = 0.5 }";
    assert_eq!(channel(&[oscillating, "output.statistics={ phases = 16 }"]).details.phases, Some(16));
    assert_complaint(
        "output.statistics={ spectra_2d_at = [15, 181] }",
        "output.statistics.spectra_2d_at: y+ = 181 lies beyond the centre of the channel; help: y+ of the \
         centre is 180.0, with the nominal friction velocity",
    );
    assert_complaint(
        "output.statistics={ spectra_2d_at = 15 }",
        "output.statistics.spectra_2d_at: expected an array, found the integer 15",
    );
    assert_complaint(
        "numerics.dealiase_y=2",
        "numerics.dealiase_y: expected true or false, found the integer 2",
    );
    assert_complaint(
        "numerics.dealiasing=phase-shift",
        "numerics.dealiasing: unknown value \"phase-shift\"; help: allowed here: \"two-thirds\"",
    );
    assert_complaint(
        "time.scheme=rk4",
        "time.scheme: unknown value \"rk4\"; help: did you mean \"rk3\"? allowed here: \"rk3\"",
    );
}

#[test]
fn keys_of_one_flow_are_unknown_to_the_other() {
    let tables =
        "flow, domain, fluid, drive, walls, scalar, initial, numerics, time, parallel, output, checkpoint";
    for table in ["mean", "forcing"] {
        assert_complaint(
            &format!("{table}.kind=none"),
            &format!("{table}: unknown table; help: allowed here: {tables}"),
        );
    }
    assert_complaint("flow.nonlinear=false", "flow.nonlinear: unknown key; help: allowed here: kind");
    assert_complaint(
        "initial.spectrum=table",
        "initial.spectrum: unknown key; help: allowed here: kind, amplitude",
    );

    let tables =
        "flow, domain, fluid, mean, scalar, forcing, initial, numerics, time, parallel, output, checkpoint";
    for table in ["drive", "walls"] {
        let found = complaints(&[&format!("{table}.kind=none")]);
        assert_eq!(found, format!("{table}: unknown table; help: allowed here: {tables}"));
    }
    assert_eq!(
        complaints(&["fluid.reynolds_tau=180"]),
        "fluid.reynolds_tau: unknown key; help: allowed here: viscosity"
    );
    let numerics = "help: allowed here: dealiasing, precision, seed";
    let frame = complaints(&["numerics.frame_velocity=auto"]);
    assert_eq!(frame, format!("numerics.frame_velocity: unknown key; {numerics}"));
    assert!(complaints(&["numerics.dealiase_y=true"]).starts_with("numerics.dealiase_y: unknown key; "));
    assert!(complaints(&["output.statistics={}"]).starts_with("output.statistics: unknown table; "));
    // Which keys there are is not known where the flow is not.
    let kind = "flow.kind: unknown value \"chanel\"; help: did you mean \"channel\"? allowed \
        here: \"homogeneous\", \"channel\"";
    assert_complaint("flow.kind=chanel", kind);
}
