//! The Ornstein-Uhlenbeck force (Eswaran & Pope 1988).

use super::{
    Outcome, advance, fields, labels, largest, new, observed, put, rest, started, step, wavevector, with_step,
};
use crate::ensure;
use crate::exact::{C, ZERO, along, dot};
use rogallo::flow::Flow;
use rogallo::homogeneous::case::{Forcing, Gradient, Mean};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use std::collections::HashMap;
use std::rc::Rc;

const VARIANCE: f64 = 0.3;

fn parameters(n: usize, correlation_time: f64, k_max: f64) -> Parameters {
    let forcing =
        Some(Forcing::OrnsteinUhlenbeck { variance: VARIANCE, correlation_time, k_min: 0.5, k_max });
    Parameters { nonlinear: false, forcing, ..Parameters::at_rest([n; 3]) }
}

/// The process b of each label in the memory.
fn process(flow: &Homogeneous<f64>) -> HashMap<[i64; 3], [C; 3]> {
    let mut all: HashMap<[i64; 3], [C; 3]> = HashMap::new();
    for (name, value) in flow.restart_scalars() {
        let words: Vec<&str> = name.split('_').collect();
        if let ["force", direction, part, x, y, z] = words[..] {
            let label = [x, y, z].map(|n| n.parse().expect("a label"));
            let b = &mut all.entry(label).or_insert([ZERO; 3])["xyz".find(direction).expect("a direction")];
            *(if part == "re" { &mut b.re } else { &mut b.im }) = value;
        }
    }
    all
}

/// Mean 0, variance sigma^2, correlation exp(-t/T), parts and components independent; at steps of
/// two lengths. The samples of one part are correlated by `rho = exp(-dt/T)`, their squares by
/// rho^2: the variances of the means of n samples are `sigma^2/n (1 + rho)/(1 - rho)` and for
/// products at most `2 sigma^4/n (1 + rho^2)/(1 - rho^2)`.
fn statistics(world: &Rc<World>, dt: f64) -> Outcome {
    let (time, steps) = (0.2, 3000);
    let parameters = with_step(&parameters(6, time, 1.5), RungeKutta::Rk2, dt);
    let mut flow = started(world, &parameters, &rest())?;
    advance(&mut flow, 20.0 * time)?;
    let rho = (-dt / time).exp();
    let mut history: Vec<Vec<f64>> = Vec::new();
    for _ in 0..steps {
        step(&mut flow)?;
        history.push(
            flow.restart_scalars()
                .into_iter()
                .filter(|(name, _)| name.starts_with("force_"))
                .map(|(_, value)| value)
                .collect(),
        );
    }
    let parts = history[0].len();
    // |k| = 1 and sqrt(2) have 18 modes, 9 of them of their own, of 3 components of 2 parts.
    ensure!(parts == 54, "{parts} numbers of the process");
    let n = (steps * parts) as f64;
    let average = |lag: usize, other: usize| {
        let pairs = history.iter().zip(&history[lag..]);
        let sum: f64 = pairs.flat_map(|(a, b)| (0..parts).map(move |i| a[i] * b[(i + other) % parts])).sum();
        sum / ((steps - lag) * parts) as f64
    };
    let first = history.iter().flatten().sum::<f64>() / n;
    let errors = [
        (VARIANCE / n * (1.0 + rho) / (1.0 - rho)).sqrt(),
        VARIANCE * (2.0 / n * (1.0 + rho * rho) / (1.0 - rho * rho)).sqrt(),
    ];
    let near = |what: &str, value: f64, wanted: f64, error: f64| -> Outcome {
        println!("dt {dt}: {what} {value:.5}, theory {wanted:.5} +- {error:.5}");
        ensure!((value - wanted).abs() < 4.0 * error, "dt {dt}: {what} {value}, not {wanted} +- {error}");
        Ok(())
    };
    near("mean", first, 0.0, errors[0])?;
    for lag in [0, 1, 2, 5] {
        near(
            &format!("correlation at {lag} steps"),
            average(lag, 0),
            VARIANCE * rho.powi(lag as i32),
            errors[1],
        )?;
    }
    for other in [1, 2, 6] {
        near(&format!("correlation with another part ({other})"), average(0, other), 0.0, errors[1])?;
    }
    Ok(())
}

pub fn process_of_two_steps(world: &Rc<World>) -> Outcome {
    [0.1, 0.03].into_iter().try_for_each(|dt| statistics(world, dt))
}

/// What a step of length dt adds to a fluid at rest, against dt times the process across k;
/// relative to the largest.
fn force_error(
    world: &World,
    flow: &Homogeneous<f64>,
    size: [f64; 3],
    dt: f64,
    force: &HashMap<[i64; 3], [C; 3]>,
) -> (f64, f64) {
    let (fields, mut errors, mut all) = (fields(flow), Vec::new(), Vec::new());
    for (mode, label) in labels(flow).into_iter().enumerate() {
        let listed = force.get(&label).copied();
        let b = listed
            .or_else(|| force.get(&label.map(|n| -n)).map(|b| b.map(|b| b.conj())))
            .unwrap_or([ZERO; 3]);
        let k = wavevector(flow, size, label);
        let outside = along(k, b) / dot(k, k).max(1e-300);
        for i in 0..3 {
            let f = b[i] - outside * k[i];
            all.push(f.norm());
            errors.push((fields[i][mode] / dt - f).norm());
        }
    }
    (largest(world, errors.into_iter()), largest(world, all.into_iter()))
}

/// At rest and linear: `u = sum dt f`, on all ranks and in all modes, exactly.
pub fn force(world: &Rc<World>) -> Outcome {
    let dt = 0.05;
    for (scheme, size) in [
        (RungeKutta::Rk2, [6.0, 6.0, 6.0]),
        (RungeKutta::Rk3, [7.0, 5.0, 6.0]),
        (RungeKutta::Rk4, [6.0, 7.0, 5.0]),
    ] {
        let parameters = Parameters { size, ..with_step(&parameters(12, 0.2, 3.0), scheme, dt) };
        let mut flow = started(world, &parameters, &rest())?;
        let mut sum: HashMap<[i64; 3], [C; 3]> = HashMap::new();
        for _ in 0..10 {
            step(&mut flow)?;
            for (label, b) in process(&flow) {
                let sum = sum.entry(label).or_insert([ZERO; 3]);
                (0..3).for_each(|i| sum[i] += b[i]);
            }
        }
        let (error, scale) = force_error(world, &flow, size, dt, &sum);
        ensure!(scale > 0.1 && error < 1e-13 * scale, "{scheme:?}: the force is off by {error:e} of {scale}");
        let divergence = observed(&mut flow, "divergence");
        ensure!(divergence < 1e-14, "divergence {divergence:e}");
    }
    Ok(())
}

/// In a shear: the force is on those modes that are in the band at the time, and a process keeps to
/// its wavevector through a remesh.
pub fn in_shear(world: &Rc<World>) -> Outcome {
    for rate in [1.0, -1.0] {
        let (k_max, tiny) = (2.2, 1e-7);
        let mean = Mean { gradient: Gradient::Shear { rate }, ..Mean::default() };
        let parameters = Parameters { mean, step_size: StepSize::Fixed(0.05), ..parameters(12, 0.4, k_max) };
        let mut flow = started(world, &parameters, &rest())?;
        for n in 1..12 {
            advance(&mut flow, 0.15 * f64::from(n) - 0.01)?;
            // From rest, in a step without a remesh; the process is for its own step, and the band
            // that of its beginning.
            put(&mut flow, |_, _| ZERO);
            let in_band = |flow: &Homogeneous<f64>| {
                let near =
                    (-3..=3_i64).flat_map(|x| (-3..=3).flat_map(move |y| (-3..=3).map(move |z| [x, y, z])));
                near.filter(|n| {
                    (0.25..=k_max * k_max).contains(&dot(
                        wavevector(flow, [std::f64::consts::TAU; 3], *n),
                        wavevector(flow, [std::f64::consts::TAU; 3], *n),
                    ))
                })
                .count()
            };
            let expected = in_band(&flow);
            let known = process(&flow).len();
            ensure!(2 * known == expected, "{known} processes for {expected} modes at {}", flow.clock().time);
            let now = flow.clock().time;
            advance(&mut flow, now + tiny)?;
            let (error, scale) = force_error(world, &flow, parameters.size, tiny, &process(&flow));
            // The box moves by S dt during the step, and 1e-9 is the rounding of the time.
            ensure!(scale > 0.1 && error < 1e-6 * scale, "the force is off by {error:e} of {scale} at {now}");
        }
        // Across the remesh at |S| t = 1/2: in so short a step the process does not change, but for
        // sigma sqrt(2 dt/T) xi.
        let mut flow = started(world, &parameters, &rest())?;
        advance(&mut flow, 0.5 - 1e-9)?;
        let before = process(&flow);
        advance(&mut flow, 0.5)?;
        let (after, shift) = (process(&flow), rate as i64);
        let mut kept = 0;
        for (label, b) in before {
            if let Some(after) = after.get(&[label[0], label[1] - shift * label[0], label[2]]) {
                kept += 1;
                let change = (0..3).map(|i| (after[i] - b[i]).norm()).fold(0.0, f64::max);
                ensure!(change < 1e-3, "{label:?}: the process jumps by {change} at the remesh");
            }
        }
        ensure!(kept > 10 && kept == after.len(), "{kept} of {} processes kept", after.len());
    }
    Ok(())
}

/// From rest, without viscosity: `u = dt sum_m f_m` of a process that begins at zero. Each part of
/// each of the two components across k has the variance
/// `sigma^2 (1 - rho^2) sum_j ((1 - rho^j) / (1 - rho))^2`, so that N modes have on average the
/// energy 2 N dt^2 of it, a chi-square of 2 N degrees of freedom. For dt << T << t this is the
/// power `4 N sigma^2 T` of Eswaran & Pope.
pub fn power(world: &Rc<World>) -> Outcome {
    let (time, end, seeds) = (0.05, 2.0, 400);
    for dt in [0.01, 0.1] {
        let (mut energy, mut modes) = (0.0, 0);
        for seed in 0..seeds {
            let parameters =
                Parameters { seed, ..with_step(&parameters(12, time, 3.5), RungeKutta::Rk2, dt) };
            let mut flow = new(world, &parameters)?;
            advance(&mut flow, end)?;
            energy += observed(&mut flow, "energy") / seeds as f64;
            modes = 2 * process(&flow).len();
        }
        let (n, rho, steps) = (modes as f64, (-dt / time).exp(), (end / dt).round() as i32);
        let sum: f64 = (1..=steps).map(|j| ((1.0 - rho.powi(j)) / (1.0 - rho)).powi(2)).sum();
        let wanted = 2.0 * n * dt * dt * VARIANCE * (1.0 - rho * rho) * sum;
        let error = wanted / (n * seeds as f64).sqrt();
        let asymptotic = 4.0 * n * VARIANCE * time * end;
        println!(
            "dt {dt}, {modes} modes: energy {energy:.3}, theory {wanted:.3} +- {error:.3}; 4 N sigma^2 T t = \
             {asymptotic:.3}"
        );
        ensure!((energy - wanted).abs() < 4.0 * error, "dt {dt}: energy {energy}, not {wanted} +- {error}");
        // The start costs T^2 / T t, and dt^2 / 12 T^2 is small.
        ensure!(
            dt > time || (wanted / asymptotic - 1.0).abs() < 1.5 * time / end,
            "{wanted} is far from {asymptotic}"
        );
    }
    Ok(())
}
