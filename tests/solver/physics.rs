//! The homogeneous flow against exact solutions, convergence orders and reference data, on several ranks.

use crate::balance::simpson;
use crate::collective::{Check, Outcome, reference};
use crate::ensure;
use crate::flows::{advance, parameters, random, started, started_in};
use rogallo::flow::{Clock, Flow};
use rogallo::homogeneous::case::{Dealiasing, Develop, Initial, Rescale};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use rogallo::transform::{Real, Values};
use std::f64::consts::TAU;
use std::path::Path;
use std::rc::Rc;

pub static CHECKS: [Check; 13] = [
    Check { name: "abc_flow_decays_exactly", ranks: &[1, 4], run: abc },
    Check { name: "planar_taylor_green_decays_exactly", ranks: &[1, 3], run: planar_taylor_green },
    Check { name: "a_single_mode_decays_exactly_in_any_box", ranks: &[1, 6], run: single_mode },
    Check { name: "temporal_orders_are_two_three_and_four", ranks: &[2], run: orders },
    Check { name: "inviscid_energy_and_helicity_drift_at_the_order", ranks: &[2], run: inviscid },
    Check { name: "phase_shift_alias_error_falls_with_dt", ranks: &[2], run: phase_shift },
    Check { name: "velocity_stays_solenoidal", ranks: &[2], run: divergence },
    Check { name: "energy_balance_holds_at_the_order", ranks: &[1], run: energy_balance },
    Check { name: "random_fields_have_the_spectrum_asked_for", ranks: &[1, 5], run: spectrum },
    Check {
        name: "a_developed_field_has_skewness_and_the_spectrum_asked_for",
        ranks: &[1, 3],
        run: developed,
    },
    Check { name: "single_precision_follows_double", ranks: &[2], run: single_precision },
    Check { name: "taylor_green_follows_its_power_series", ranks: &[2], run: power_series },
    Check { name: "taylor_green_at_re_100_follows_the_reference", ranks: &[2], run: reynolds_100 },
];

const TAYLOR_GREEN: Initial = Initial::TaylorGreen { amplitude: 1.0, dimensions: 3 };

/// All modes of u, v, w of this rank.
fn modes<T: Real>(flow: &Homogeneous<T>) -> Vec<f64> {
    let mut all = Vec::new();
    for (_, values) in flow.state() {
        match values {
            Values::F32(modes) => all.extend(modes.iter().flat_map(|u| [f64::from(u.re), f64::from(u.im)])),
            Values::F64(modes) => all.extend(modes.iter().flat_map(|u| [u.re, u.im])),
        }
    }
    all
}

/// max |a - b| over all ranks.
fn distance(world: &World, a: &[f64], b: &[f64]) -> f64 {
    world.max(a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max))
}

fn observed<T: Real>(flow: &mut Homogeneous<T>, name: &str) -> f64 {
    flow.observe().iter().find(|(n, _)| n == name).map_or(f64::NAN, |(_, value)| *value)
}

/// A field that solves the nonlinear equations exactly: it decays as a whole by exp(-nu k^2 t).
fn decays(world: &Rc<World>, parameters: Parameters, initial: &Initial, k2: f64, tolerance: f64) -> Outcome {
    let viscosity = parameters.viscosity;
    let mut flow = started(world, parameters, initial)?;
    let start = modes(&flow);
    let largest = world.max(start.iter().fold(0.0, |m: f64, u| m.max(u.abs())));
    advance(&mut flow, 1.0)?;
    let factor = (-viscosity * k2).exp();
    let exact: Vec<f64> = start.iter().map(|u| u * factor).collect();
    let error = distance(world, &modes(&flow), &exact) / largest;
    ensure!(error < tolerance, "{initial:?}: off by {error:e}");
    Ok(())
}

fn abc(world: &Rc<World>) -> Outcome {
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShift, Dealiasing::PhaseShiftExact] {
        let initial = Initial::Abc { a: 1.0, b: 0.7, c: 0.43, wavenumber: 2 };
        decays(world, Parameters { dealiasing, ..parameters(16) }, &initial, 4.0, 1e-12)?;
    }
    Ok(())
}

fn planar_taylor_green(world: &Rc<World>) -> Outcome {
    let initial = Initial::TaylorGreen { amplitude: 1.0, dimensions: 2 };
    let box_ = Parameters { size: [TAU, TAU / 2.0, 3.0], grid: [16, 24, 12], ..parameters(16) };
    decays(world, box_, &initial, 5.0, 1e-12)
}

fn single_mode(world: &Rc<World>) -> Outcome {
    let size = [2.0, 5.0, 7.0];
    for label in [[2_i64, -1, 3], [0, 3, -2], [0, -2, 0], [-1, 0, 0]] {
        let k: [f64; 3] = std::array::from_fn(|i| TAU * label[i] as f64 / size[i]);
        // Any vector across k.
        let across = [[0.0, k[2], -k[1]], [k[2], 0.0, -k[0]], [k[1], -k[0], 0.0]];
        let amplitude = *across.iter().find(|a| a.iter().any(|a| *a != 0.0)).ok_or("no vector across k")?;
        let k2 = k.iter().map(|k| k * k).sum();
        let initial = Initial::Mode { wavenumber: label, amplitude, phase: 0.4 };
        decays(world, Parameters { size, grid: [12, 20, 18], ..parameters(16) }, &initial, k2, 1e-12)?;
    }
    Ok(())
}

fn order(errors: [f64; 2]) -> f64 {
    (errors[0] / errors[1]).log2()
}

fn orders(world: &Rc<World>) -> Outcome {
    let end = 0.5;
    let at_end = |scheme, steps: u32| -> Result<Vec<f64>, String> {
        let step_size = StepSize::Fixed(end / f64::from(steps));
        let mut flow = started(world, Parameters { scheme, step_size, ..parameters(16) }, &random(1.0))?;
        advance(&mut flow, end)?;
        Ok(modes(&flow))
    };
    let exact = at_end(RungeKutta::Rk4, 400)?;
    for (scheme, expected) in [(RungeKutta::Rk2, 2.0), (RungeKutta::Rk3, 3.0), (RungeKutta::Rk4, 4.0)] {
        let measured = order([
            distance(world, &at_end(scheme, 20)?, &exact),
            distance(world, &at_end(scheme, 40)?, &exact),
        ]);
        println!("{scheme:?}: order {measured:.3}");
        ensure!((measured - expected).abs() < 0.1, "{scheme:?} has order {measured}, not {expected}");
    }
    Ok(())
}

/// Truncated to modes whose products are free of aliasing, the Euler equations keep energy and
/// helicity: what changes is the error of the time step.
fn inviscid(world: &Rc<World>) -> Outcome {
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShiftExact] {
        for (scheme, expected) in [(RungeKutta::Rk2, 2.0), (RungeKutta::Rk3, 3.0), (RungeKutta::Rk4, 4.0)] {
            let drift = |dt: f64| -> Result<[f64; 2], String> {
                let parameters = Parameters {
                    viscosity: 0.0,
                    dealiasing,
                    scheme,
                    step_size: StepSize::Fixed(dt),
                    ..parameters(16)
                };
                let mut flow = started(world, parameters, &random(1.0))?;
                let before = ["energy", "helicity"].map(|name| observed(&mut flow, name));
                advance(&mut flow, 0.4)?;
                let after = ["energy", "helicity"].map(|name| observed(&mut flow, name));
                Ok([0, 1].map(|i| (after[i] - before[i]).abs()))
            };
            let (coarse, fine) = (drift(0.02)?, drift(0.01)?);
            for (i, name) in ["energy", "helicity"].iter().enumerate() {
                let measured = order([coarse[i], fine[i]]);
                println!(
                    "{dealiasing:?} {scheme:?}: {name} drifts by {:.2e}, {:.2e}, order {measured:.2}",
                    coarse[i], fine[i]
                );
                ensure!(
                    measured > expected - 0.1,
                    "{dealiasing:?} {scheme:?}: {name} drifts at order {measured}, not {expected}"
                );
            }
        }
    }
    Ok(())
}

/// Rogallo's cheap phase shift: what aliasing is left over a fixed time falls with dt, at second
/// order for the pairs of equal weight.
fn phase_shift(world: &Rc<World>) -> Outcome {
    let end = 0.4;
    let at_end = |dealiasing, scheme, steps: u32, seed| -> Result<Vec<f64>, String> {
        let step_size = StepSize::Fixed(end / f64::from(steps));
        let parameters =
            Parameters { dealiasing, scheme, step_size, seed, viscosity: 0.001, ..parameters(12) };
        // The initial field is drawn with the seed as well: draw it with one, and run with others.
        let mut first = started(world, Parameters { seed: 1, ..parameters.clone() }, &random(1.0))?;
        let mut flow =
            Homogeneous::<f64>::new(world.clone(), parameters).map_err(|error| error.to_string())?;
        copy(&mut first, &mut flow);
        advance(&mut flow, end)?;
        Ok(modes(&flow))
    };
    let exact = at_end(Dealiasing::PhaseShiftExact, RungeKutta::Rk4, 200, 1)?;
    for scheme in [RungeKutta::Rk2, RungeKutta::Rk4] {
        let error = |steps| -> Result<f64, String> {
            let mut sum = 0.0;
            for seed in 0..8 {
                let error = distance(world, &at_end(Dealiasing::PhaseShift, scheme, steps, seed)?, &exact);
                sum += error * error;
            }
            Ok((sum / 8.0).sqrt())
        };
        let errors = [error(20)?, error(80)?];
        let measured = order(errors) / 2.0;
        println!("{scheme:?} with phase shift: {:.2e}, {:.2e}, order {measured:.2}", errors[0], errors[1]);
        ensure!(measured > 0.9, "{scheme:?}: the alias error falls at order {measured} only");
    }
    Ok(())
}

/// The state of one flow into another of the same modes.
fn copy(from: &mut Homogeneous<f64>, to: &mut Homogeneous<f64>) {
    use rogallo::transform::ValuesMut;
    for ((_, from), (_, to)) in from.state().into_iter().zip(to.state_mut()) {
        if let (Values::F64(from), ValuesMut::F64(to)) = (from, to) {
            to.copy_from_slice(from);
        }
    }
}

fn divergence(world: &Rc<World>) -> Outcome {
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShift] {
        for viscosity in [0.0, 0.01] {
            let mut flow =
                started(world, Parameters { viscosity, dealiasing, ..parameters(24) }, &random(0.5))?;
            for _ in 0..20 {
                for _ in 0..20 {
                    flow.advance(f64::INFINITY).map_err(|error| error.to_string())?;
                }
                let divergence = observed(&mut flow, "divergence");
                ensure!(
                    divergence < 1e-14,
                    "{divergence:e} after {} steps, viscosity {viscosity}",
                    flow.clock().step
                );
            }
        }
    }
    Ok(())
}

/// dE/dt = -eps: the change of energy over a step against Simpson's rule for the dissipation, which
/// is better than the schemes.
fn energy_balance(world: &Rc<World>) -> Outcome {
    for (scheme, expected) in [(RungeKutta::Rk2, 2.0), (RungeKutta::Rk3, 3.0)] {
        let residual = |dt: f64| -> Result<f64, String> {
            let parameters = Parameters { scheme, step_size: StepSize::Fixed(dt), ..parameters(24) };
            let mut flow = started(world, parameters, &random(0.5))?;
            let before = observed(&mut flow, "energy");
            let integral =
                simpson(&mut flow, dt, (0.4 / dt).round() as usize, |flow| observed(flow, "dissipation"))?;
            Ok((observed(&mut flow, "energy") - before + integral).abs())
        };
        let residuals = [residual(0.02)?, residual(0.01)?];
        let measured = order(residuals);
        println!(
            "{scheme:?}: energy balance to {:.2e}, {:.2e}, order {measured:.2}",
            residuals[0], residuals[1]
        );
        ensure!(measured > expected - 0.1, "{scheme:?}: the energy balance closes at order {measured}");
    }
    Ok(())
}

fn spectrum(world: &Rc<World>) -> Outcome {
    let mut flow =
        started(world, Parameters { dealiasing: Dealiasing::PhaseShift, ..parameters(48) }, &random(0.5))?;
    let energy = observed(&mut flow, "energy");
    ensure!((energy - 0.5).abs() < 1e-13, "energy {energy}");
    ensure!(observed(&mut flow, "divergence") < 1e-15, "not solenoidal");
    // |û|^2 = E(k) / (2 pi k^2) for each mode, so that the spectrum is a sum over the modes of each shell: no
    // sampling error.
    let (mut expected, mut total) = (vec![0.0; 48], 0.0);
    let reach = -24..24_i64;
    for n in
        reach.clone().flat_map(|x| reach.clone().flat_map(move |y| (-24..24_i64).map(move |z| [x, y, z])))
    {
        let k2 = n.iter().map(|n| n * n).sum::<i64>();
        if k2 > 0 && 9 * k2 < 2 * 48 * 48 {
            let k = (k2 as f64).sqrt();
            let energy = k.powi(4) * (-2.0 * (k / 2.0).powi(2)).exp() / (k * k);
            expected[(k + 0.5) as usize] += energy;
            total += energy;
        }
    }
    let tables = flow.spectra();
    let (k, e) = (&tables[0].columns[0], &tables[0].columns[1]);
    ensure!((&*tables[0].name, &**k, &**e) == ("spectra", "k", "energy"), "{:?}", tables[0]);
    for (row, expected) in tables[0].rows.iter().zip(expected) {
        let (k, e, expected) =
            (row[0].unwrap_or(f64::NAN), row[1].unwrap_or(f64::NAN), 0.5 * expected / total);
        ensure!((e - expected).abs() < 1e-13, "E({k}) = {e}, not {expected}");
    }
    // Fields of different labels are independent: the components share the energy.
    for name in ["uu", "vv", "ww"] {
        let part = 0.5 * observed(&mut flow, name) / energy;
        ensure!((part - 1.0 / 3.0).abs() < 0.1, "{name} is {part} of the energy");
    }
    Ok(())
}

/// Random phases have no skewness; after the run before the run the derivatives have, and each
/// shell has its energy again.
fn developed(world: &Rc<World>) -> Outcome {
    let parameters = Parameters { viscosity: 0.01, step_size: StepSize::Courant(0.5), ..parameters(32) };
    let with = |develop| match random(0.5) {
        Initial::Random { energy, spectrum, .. } => Initial::Random { energy, spectrum, develop },
        other => other,
    };
    let look = |develop| -> Result<(f64, Vec<f64>), String> {
        let mut flow = started(world, parameters.clone(), &with(develop))?;
        ensure!(flow.clock() == Clock::default(), "the run begins at {:?}", flow.clock());
        ensure!(observed(&mut flow, "divergence") < 1e-15, "not solenoidal");
        let skewness =
            flow.budget().iter().filter(|(name, _)| name.starts_with("skewness")).map(|(_, s)| s / 3.0).sum();
        let tables = flow.spectra();
        Ok((skewness, tables[0].rows.iter().map(|row| row[1].unwrap_or(f64::NAN)).collect()))
    };
    let (before, wanted) = look(None)?;
    let (after, spectrum) = look(Some(Develop { skewness: -0.4, rescale: Rescale::Spectrum }))?;
    println!("skewness {before:.3}, developed {after:.3}");
    // Some 10^3 energetic modes: the skewness of random phases has an error of a few hundredths.
    // The phases keep theirs when the spectrum is cut back, though not all of it.
    ensure!(before.abs() < 0.1 && after < before - 0.1, "skewness {before}, developed {after}");
    let peak = wanted.iter().copied().fold(0.0, f64::max);
    for (shell, (wanted, found)) in wanted.iter().zip(&spectrum).enumerate() {
        ensure!((wanted - found).abs() < 1e-14 * peak, "shell {shell}: {found:e}, not {wanted:e}");
    }
    let (unchanged, unscaled) = look(Some(Develop { skewness: -0.4, rescale: Rescale::Energy }))?;
    let (sum, all): (f64, f64) = (unscaled.iter().sum(), wanted.iter().sum());
    ensure!(
        unchanged <= -0.4 && (sum / all - 1.0).abs() < 1e-13,
        "skewness {unchanged}, energy {sum}, not {all}"
    );
    ensure!(
        unscaled.iter().zip(&wanted).any(|(a, b)| (a - b).abs() > 0.01 * peak),
        "the field has not changed"
    );
    let viscous = Parameters { viscosity: 1.0, ..parameters.clone() };
    match started(world, viscous, &with(Some(Develop { skewness: -0.4, rescale: Rescale::Energy }))) {
        Err(error) if error.contains("initial.develop") && error.contains("Reynolds number") => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err("a field that cannot develop is taken".into()),
    }
}

fn single_precision(world: &Rc<World>) -> Outcome {
    let mut double = started(world, parameters(32), &TAYLOR_GREEN)?;
    let mut single = started_in::<f32>(world, parameters(32), &TAYLOR_GREEN)?;
    advance(&mut double, 1.0)?;
    advance(&mut single, 1.0)?;
    let error = distance(world, &modes(&single), &modes(&double));
    ensure!(error < 2e-6, "off by {error:e}");
    ensure!(error > 1e-9, "single precision seems to be double");
    Ok(())
}

const POWER_SERIES: &str = "tgv/tgv_short_time_reference.dat";
const REYNOLDS_100: &str = "tgv/own_dns_Re100.dat";

/// Rows of numbers of a text file with # comments.
fn rows(path: &Path) -> Result<Vec<Vec<f64>>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Ok(lines.map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect()).collect())
}

fn power_series(world: &Rc<World>) -> Outcome {
    let parameters = Parameters { viscosity: 1.0 / 1600.0, ..parameters(64) };
    let mut flow = started(world, parameters, &TAYLOR_GREEN)?;
    let mut worst = 0.0_f64;
    for row in rows(&reference(POWER_SERIES))? {
        let [time, energy] = [row[0], row[row.len() - 2]];
        if time <= 1.5 {
            advance(&mut flow, time)?;
            worst = worst.max((observed(&mut flow, "energy") - energy).abs());
        }
    }
    println!("energy off by {worst:.2e}");
    ensure!(worst < 1e-8, "energy off by {worst:e}");
    Ok(())
}

fn reynolds_100(world: &Rc<World>) -> Outcome {
    let mut flow = started(
        world,
        Parameters { scheme: RungeKutta::Rk4, step_size: StepSize::Fixed(0.02), ..parameters(96) },
        &TAYLOR_GREEN,
    )?;
    let [mut energy_error, mut dissipation_error] = [0.0_f64; 2];
    for row in rows(&reference(REYNOLDS_100))? {
        // The peak is at 4.886.
        if row[0] <= 5.2 && (row[0] * 5.0).fract() < 1e-9 {
            advance(&mut flow, row[0])?;
            energy_error = energy_error.max((observed(&mut flow, "energy") / row[1] - 1.0).abs());
            dissipation_error =
                dissipation_error.max((observed(&mut flow, "dissipation") / row[2] - 1.0).abs());
        }
    }
    println!("energy off by {energy_error:.2e}, dissipation by {dissipation_error:.2e}");
    // 1e-6 is the error that the reference gives for itself.
    ensure!(
        energy_error < 1e-6 && dissipation_error < 1e-6,
        "energy off by {energy_error:e}, dissipation by {dissipation_error:e}"
    );
    Ok(())
}
