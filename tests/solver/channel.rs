//! The plane channel against exact solutions and linear stability theory, on several ranks.

use crate::collective::{Check, Outcome, process_grids, reference};
use crate::ensure;
use crate::flows::advance;
use num_complex::Complex;
use rogallo::case::Batches;
use rogallo::channel::case::{
    ChannelScalar, Drive, Oscillation, ScalarBoundary, Transpiration, WallSide, Walls,
};
use rogallo::channel::{Channel, Parameters};
use rogallo::flow::{Clock, Flow};
use rogallo::parallel::{ExactSum, World};
use rogallo::statistics::{Record, RecordPart, Records};
use rogallo::time::StepSize;
use rogallo::transform::{Reals, Slab};
use std::f64::consts::{PI, TAU};
use std::rc::Rc;

pub static CHECKS: [Check; 11] = [
    Check { name: "poiseuille_and_couette_are_steady", ranks: &[1, 3], run: laminar },
    Check { name: "stokes_modes_decay_at_second_order", ranks: &[1, 2], run: stokes },
    Check { name: "an_oscillating_wall_drags_the_fluid_at_second_order", ranks: &[2], run: oscillating },
    Check { name: "phases_of_a_stokes_layer_are_those_of_its_samples", ranks: &[1, 3], run: phases },
    Check { name: "convection_alone_is_of_third_order", ranks: &[2], run: convected },
    Check { name: "walls_and_continuity_hold_in_a_disturbed_flow", ranks: &[2], run: walls },
    Check { name: "the_budgets_of_the_statistics_close", ranks: &[1, 6], run: budgets },
    Check { name: "averages_are_means_over_the_points", ranks: &[1, 6], run: averages },
    Check { name: "spectra_add_up_to_the_averages", ranks: &[1, 2, 3, 4, 6], run: spectra },
    Check { name: "convection_neither_makes_nor_destroys_energy", ranks: &[2], run: energy },
    Check { name: "orr_sommerfeld_modes_grow_as_they_should", ranks: &[1, 4], run: orr_sommerfeld },
];

pub fn new(world: &Rc<World>, parameters: Parameters) -> Result<Channel<f64>, String> {
    Channel::new(world.clone(), parameters).map_err(|error| error.to_string())
}

/// The value of a line at y.
pub fn at(line: &[Complex<f64>], y: f64) -> Complex<f64> {
    line.iter().enumerate().map(|(n, a)| a * (n as f64 * y.acos()).cos()).sum()
}

/// The largest difference of a mean profile (0: U, 2: W) from a function, on all ranks.
fn profile_error(
    world: &World,
    channel: &mut Channel<f64>,
    component: usize,
    exact: impl Fn(f64) -> f64,
) -> f64 {
    let here = channel.velocity_of([0, 0]).map_or(0.0, |lines| {
        let errors = (0..=40).map(|j| (j as f64 / 20.0 - 1.0, &lines[component]));
        errors.map(|(y, line)| (at(line, y) - exact(y)).norm()).fold(0.0, f64::max)
    });
    world.max(here)
}

fn laminar(world: &Rc<World>) -> Outcome {
    let nu = 0.01;
    let poiseuille = |y: f64| 1.0 - y * y;
    let drives =
        [Drive::PressureGradient { gradient: 2.0 * nu }, Drive::MassFlux { bulk_velocity: 2.0 / 3.0 }];
    for (points, frame_velocity) in [(33, 0.0), (64, 0.5), (129, 0.6)] {
        for drive in drives {
            let own = Parameters::at_rest([TAU, 2.0, PI], [8, points, 6]);
            let step_size = StepSize::Fixed(0.04);
            let mut channel =
                new(world, Parameters { viscosity: nu, drive, frame_velocity, step_size, ..own })?;
            channel.set_profiles(poiseuille, |_| 0.0);
            advance(&mut channel, 10.0)?;
            let error = profile_error(world, &mut channel, 0, poiseuille);
            ensure!(error < 1e-12, "{points} points: Poiseuille's profile is off by {error:e}");
        }
        // From rest the mass flux is there at once.
        let own = Parameters::at_rest([TAU, 2.0, PI], [8, points, 6]);
        let (drive, step_size) = (Drive::MassFlux { bulk_velocity: 2.0 / 3.0 }, StepSize::Fixed(0.04));
        let mut channel = new(world, Parameters { viscosity: 1.0, drive, step_size, ..own })?;
        advance(&mut channel, 10.0)?;
        let error = profile_error(world, &mut channel, 0, poiseuille);
        ensure!(error < 1e-8, "{points} points: Poiseuille's profile is reached but for {error:e}");
    }
    let own = Parameters::at_rest([TAU, 2.0, PI], [8, 33, 6]);
    let couette = Walls { velocity: [-1.0, 1.0], ..Walls::default() };
    let mut channel =
        new(world, Parameters { viscosity: nu, walls: couette, step_size: StepSize::Fixed(0.04), ..own })?;
    channel.set_profiles(|y| y, |_| 0.0);
    advance(&mut channel, 10.0)?;
    let error = profile_error(world, &mut channel, 0, |y| y);
    ensure!(error < 1e-12, "Couette's profile is off by {error:e}");
    Ok(())
}

/// The measured order of errors at steps of 1, 1/2, 1/4.
fn orders(errors: [f64; 3]) -> [f64; 2] {
    [(errors[0] / errors[1]).log2(), (errors[1] / errors[2]).log2()]
}

/// `U = cos(pi y / 2) exp(-nu pi^2 t / 4)`, `W = sin(pi y) exp(-nu pi^2 t)`.
fn stokes(world: &Rc<World>) -> Outcome {
    let mut errors = [[0.0; 3]; 2];
    for (i, steps) in [10.0, 20.0, 40.0].into_iter().enumerate() {
        let own = Parameters::at_rest([TAU, 2.0, PI], [4, 33, 4]);
        let mut channel =
            new(world, Parameters { viscosity: 0.2, step_size: StepSize::Fixed(1.0 / steps), ..own })?;
        channel.set_profiles(|y| (PI * y / 2.0).cos(), |y| (PI * y).sin());
        advance(&mut channel, 1.0)?;
        let (slow, fast) = ((-0.05 * PI * PI).exp(), (-0.2 * PI * PI).exp());
        errors[0][i] = profile_error(world, &mut channel, 0, |y| slow * (PI * y / 2.0).cos());
        errors[1][i] = profile_error(world, &mut channel, 2, |y| fast * (PI * y).sin());
    }
    for errors in errors {
        let measured = orders(errors);
        ensure!(measured.iter().all(|order| (order - 2.0).abs() < 0.15), "orders {measured:?} of {errors:?}");
    }
    Ok(())
}

/// `W = Im(exp(i omega t) cosh(s y) / cosh(s))`, `s^2 = i omega / nu`.
fn oscillating(world: &Rc<World>) -> Outcome {
    let (nu, period) = (0.05, 1.5);
    let omega = TAU / period;
    let s = Complex::new(0.0, omega / nu).sqrt();
    let exact = |y: f64, t: f64| (Complex::cis(omega * t) * (s * y).cosh() / s.cosh()).im;
    let mut errors = [0.0; 3];
    for (i, steps) in [40.0, 80.0, 160.0].into_iter().enumerate() {
        let own = Parameters::at_rest([TAU, 2.0, PI], [4, 65, 4]);
        let walls = Walls { oscillation: Some(Oscillation { amplitude: 1.0, period }), ..Walls::default() };
        let mut channel =
            new(world, Parameters { viscosity: nu, walls, step_size: StepSize::Fixed(1.0 / steps), ..own })?;
        channel.set_profiles(|_| 0.0, |y| exact(y, 0.0));
        advance(&mut channel, 2.0)?;
        errors[i] = profile_error(world, &mut channel, 2, |y| exact(y, 2.0));
    }
    let measured = orders(errors);
    ensure!(measured.iter().all(|order| (order - 2.0).abs() < 0.15), "orders {measured:?} of {errors:?}");
    Ok(())
}

/// The layer of [`oscillating`], whose W is averaged over the samples nearest to each of six phases: what is
/// known of each sample differs from the averages of W and W^2 by the error of the scheme, of second order. The number of steps in a period is odd, so that no sample lies between two phases.
fn phases(world: &Rc<World>) -> Outcome {
    let (nu, period, number, points) = (0.05, 1.5, 6, 65);
    let s = Complex::new(0.0, TAU / period / nu).sqrt();
    let exact = |y: f64, t: f64| (Complex::cis(TAU * t / period) * (s * y).cosh() / s.cosh()).im;
    let steps = [41.0, 81.0, 161.0];
    let mut errors = [0.0_f64; 3];
    for (error, steps) in errors.iter_mut().zip(steps) {
        let walls = Walls { oscillation: Some(Oscillation { amplitude: 1.0, period }), ..Walls::default() };
        let own = Parameters {
            viscosity: nu,
            walls,
            phases: number,
            batches: Batches { length: 100.0, of_spectra: 1 },
            step_size: StepSize::Fixed(period / steps),
            ..Parameters::at_rest([TAU, 2.0, PI], [4, points, 4])
        };
        let mut channel = new(world, own)?;
        channel.set_profiles(|_| 0.0, |y| exact(y, 0.0));
        channel.sample();
        let (mut times, mut last) = (vec![Vec::new(); number], 0.0);
        while last < 2.5 * period {
            channel.advance(f64::INFINITY).map_err(|error| error.to_string())?;
            channel.sample();
            let time = channel.clock().time;
            let off = |n: usize| {
                let off = (time / period - n as f64 / number as f64).rem_euclid(1.0);
                off.min(1.0 - off)
            };
            let nearest = (0..number).min_by(|&a, &b| off(a).total_cmp(&off(b))).unwrap_or(0);
            times[nearest].push((time, time - last));
            last = time;
        }
        let records = channel.records();
        let find = |name: &str| values(world, &records, name);
        let (y, w, ww, weights) = (find("y"), find("phase_w"), find("phase_ww"), find("phase_weight"));
        for (n, times) in times.iter().enumerate() {
            let weight: f64 = times.iter().map(|(_, weight)| weight).sum();
            let count = find("phase_samples")[n];
            ensure!(
                (weights[n] - weight).abs() < 1e-12 && count == times.len() as f64,
                "phase {n}: {count} samples of the weight {}, not {} of {weight}",
                weights[n],
                times.len()
            );
            let offset: f64 = times
                .iter()
                .map(|(time, weight)| {
                    let off = time / period - n as f64 / number as f64;
                    weight * (off - off.round())
                })
                .sum();
            ensure!(
                (find("phase_offset")[n] - offset).abs() < 1e-12,
                "the offset of phase {n} is not {offset}"
            );
            for (j, y) in y.iter().enumerate() {
                let sum = |value: &dyn Fn(f64) -> f64| -> f64 {
                    times.iter().map(|(time, weight)| weight * value(*time)).sum()
                };
                let [mean, square] = [&w, &ww].map(|sums| sums[n * points + j]);
                let off = [mean - sum(&|t| exact(*y, t)), square - sum(&|t| exact(*y, t).powi(2))];
                *error = off.iter().fold(*error, |error, off| error.max(off.abs() / weight));
            }
        }
    }
    let measured = [0, 1].map(|i| (errors[i] / errors[i + 1]).ln() / (steps[i + 1] / steps[i]).ln());
    ensure!(measured.iter().all(|order| (order - 2.0).abs() < 0.15), "orders {measured:?} of {errors:?}");
    ensure!(errors[2] < 1e-3, "the averages are off by {errors:?}");
    Ok(())
}

/// All but without viscosity, a mode of eta alone is carried along by Couette flow:
/// `eta = (1 - y^2) exp(i (k_x (x - y t) + k_z z))`.
fn convected(world: &Rc<World>) -> Outcome {
    let eta = [0.5, 0.0, -0.5].map(Complex::from);
    let (kx, kz) = (1.0, 2.0);
    let mut errors = [0.0; 3];
    for (i, steps) in [5.0, 10.0, 20.0].into_iter().enumerate() {
        let own = Parameters::at_rest([TAU, 2.0, PI], [8, 49, 8]);
        let walls = Walls { velocity: [-1.0, 1.0], ..Walls::default() };
        let mut channel = new(
            world,
            Parameters { viscosity: 1e-10, walls, step_size: StepSize::Fixed(1.0 / steps), ..own },
        )?;
        channel.set_profiles(|y| y, |_| 0.0);
        channel.add_mode([1, 1], &[Complex::default()], &eta);
        advance(&mut channel, 2.0)?;
        let exact = |y: f64| {
            Complex::cis(-2.0 * kx * y) * (1.0 - y * y) * Complex::new(0.0, -kz / (kx * kx + kz * kz))
        };
        let here = channel.velocity_of([1, 1]).map_or(0.0, |[u, ..]| {
            (0..=40).map(|j| j as f64 / 20.0 - 1.0).map(|y| (at(&u, y) - exact(y)).norm()).fold(0.0, f64::max)
        });
        errors[i] = world.max(here);
    }
    let measured = orders(errors);
    ensure!(measured.iter().all(|order| (order - 3.0).abs() < 0.1), "orders {measured:?} of {errors:?}");
    Ok(())
}

/// A disturbed channel, all modes of which are in motion after some steps.
fn disturbed(world: &Rc<World>, parameters: Parameters) -> Result<Channel<f64>, String> {
    let mut channel = new(world, parameters)?;
    channel.set_profiles(|y| 1.0 - y * y, |y| 0.1 * (PI * y).sin());
    // (1 - y^2)^2 and (1 - y^2) in Chebyshev polynomials.
    let [v, eta] = [vec![0.375, 0.0, -0.5, 0.0, 0.125], vec![0.5, 0.0, -0.5]]
        .map(|line: Vec<f64>| line.into_iter().map(Complex::from).collect::<Vec<_>>());
    for (label, phase) in [([1, 0], 0.3), ([0, 1], 1.1), ([1, 1], 2.0), ([2, -1], 0.7), ([1, -2], 2.9)] {
        let turned = |line: &[Complex<f64>], a: f64| {
            line.iter().map(|x| x * Complex::from_polar(a, phase)).collect::<Vec<_>>()
        };
        channel.add_mode(label, &turned(&v, 0.2), &turned(&eta, 0.4));
    }
    Ok(channel)
}

fn walls(world: &Rc<World>) -> Outcome {
    for (points, dealiase_y) in [(46, false), (49, false), (49, true)] {
        let own = Parameters::at_rest([TAU, 2.0, PI], [16, points, 16]);
        let drive = Drive::MassFlux { bulk_velocity: 2.0 / 3.0 };
        let step_size = StepSize::Fixed(0.01);
        let mut channel = disturbed(
            world,
            Parameters { viscosity: 0.002, drive, dealiase_y, frame_velocity: 0.4, step_size, ..own },
        )?;
        advance(&mut channel, 3.0)?;
        let mut worst = [0.0_f64; 2];
        let mut largest = 0.0_f64;
        for (nx, nz) in (0..=5).flat_map(|nx| (-5..=5).map(move |nz| (nx, nz))) {
            let Some([u, v, w]) = channel.velocity_of([nx, nz]) else { continue };
            for y in [-1.0, 1.0] {
                worst[0] = [&u, &v, &w].iter().map(|line| at(line, y).norm()).fold(worst[0], f64::max);
            }
            let dv = derivative(&v);
            let (kx, kz) = (nx as f64, 2.0 * nz as f64);
            for n in 0..u.len() {
                let divergence = Complex::<f64>::I * (u[n] * kx + w[n] * kz) + dv[n];
                worst[1] = worst[1].max(divergence.norm());
                largest = largest.max(if (nx, nz) == (0, 0) { 0.0 } else { u[n].norm() });
            }
        }
        let [wall, divergence] = worst.map(|worst| world.max(worst));
        ensure!(wall < 1e-12, "{points} points: the velocity at the walls is {wall:e}");
        ensure!(divergence < 1e-12, "{points} points: the divergence is {divergence:e}");
        ensure!(world.max(largest) > 0.02, "nothing moves");
    }
    Ok(())
}

fn derivative(f: &[Complex<f64>]) -> Vec<Complex<f64>> {
    let mut d = vec![Complex::default(); f.len() + 2];
    for n in (0..f.len() - 1).rev() {
        d[n] = d[n + 2] + f[n + 1] * (2.0 * (n + 1) as f64);
    }
    d[0] *= 0.5;
    d.truncate(f.len());
    d
}

/// The energy changes by what dissipation takes and the walls and the drive give, and by nothing
/// else: convection neither makes nor destroys any.
fn energy(world: &Rc<World>) -> Outcome {
    let (nu, gradient) = (0.002, 0.05);
    let mut residuals = [0.0; 2];
    for (i, steps) in [200.0, 400.0].into_iter().enumerate() {
        let own = Parameters::at_rest([TAU, 2.0, PI], [24, 65, 24]);
        let step_size = StepSize::Fixed(1.0 / steps);
        let drive = Drive::PressureGradient { gradient };
        let mut channel =
            disturbed(world, Parameters { viscosity: nu, drive, frame_velocity: 0.5, step_size, ..own })?;
        advance(&mut channel, 0.3)?;
        let value = |series: &[(String, f64)], name: &str| {
            series.iter().find(|(other, _)| other == name).map_or(f64::NAN, |(_, value)| *value)
        };
        let before = value(&channel.observe(), "energy");
        let work = crate::balance::simpson(&mut channel, 1.0 / steps, steps as usize, |channel| {
            let series = channel.observe();
            gradient * value(&series, "bulk_velocity") - value(&series, "dissipation")
        })?;
        residuals[i] = (value(&channel.observe(), "energy") - before - work).abs() / (0.1 * before);
    }
    ensure!(residuals[0] < 1e-5, "of a tenth of the energy {residuals:?} come from nowhere");
    ensure!(residuals[1] < residuals[0] / 3.0, "this does not fall with the step: {residuals:?}");
    Ok(())
}

/// Five states, a step apart from each other.
struct States {
    points: usize,
    dt: f64,
    records: Vec<Vec<Record>>,
}

impl States {
    /// Of a channel whose batches are one sample long.
    fn new(channel: &mut Channel<f64>, points: usize, dt: f64) -> Result<Self, String> {
        let begin = channel.clock().time;
        channel.sample();
        let mut records = Vec::new();
        for step in 1..=5 {
            channel.step(begin + f64::from(step) * dt).map_err(|error| error.to_string())?;
            records.extend(channel.sample().map(|batch| batch.records.whole));
        }
        ensure!(records.len() == 5, "{} batches", records.len());
        Ok(Self { points, dt, records })
    }

    /// An average over planes of one of them, from the upper wall; u is that of the laboratory.
    fn of(&self, name: &str, state: usize) -> Vec<f64> {
        let of_state = |name: &str, length| {
            Record::values(&self.records[state], name, length).unwrap_or_else(|error| panic!("{error}"))
        };
        let weight = of_state("weight", 1)[0];
        of_state(name, self.points).iter().rev().map(|sum| sum / weight).collect()
    }

    /// That of the third.
    fn now(&self, name: &str) -> Vec<f64> {
        self.of(name, 2)
    }

    /// Its rate of change, by differences of fourth order.
    fn rate(&self, name: &str) -> Vec<f64> {
        let [a, b, c, d] = [0, 1, 3, 4].map(|state| self.of(name, state));
        (0..self.points).map(|j| (a[j] - 8.0 * b[j] + 8.0 * c[j] - d[j]) / (12.0 * self.dt)).collect()
    }

    /// The largest difference of the rate from the sum of these terms, over the largest term. It is
    /// an error if they are not finite.
    fn residual(&self, name: &str, terms: &[Vec<f64>]) -> f64 {
        let (rate, mut worst, mut largest) = (self.rate(name), 0.0_f64, 0.0_f64);
        for (j, rate) in rate.iter().enumerate() {
            let off = (rate - terms.iter().map(|term| term[j]).sum::<f64>()).abs();
            worst = if off.is_nan() { f64::INFINITY } else { worst.max(off) };
            largest = terms.iter().fold(largest, |largest, term| largest.max(term[j].abs()));
        }
        worst / largest
    }
}

/// The averages of v over planes. Collective.
fn mean_of_v(world: &World, channel: &mut Channel<f64>, [nx, points, nz]: [usize; 3]) -> Vec<f64> {
    let Slab { y, .. } = channel.slab();
    let Reals::F64(v) = channel.points(1) else { panic!("not in double precision") };
    let mut sums = vec![ExactSum::default(); points];
    for (line, v) in v.chunks_exact(nx).enumerate() {
        v.iter().for_each(|v| sums[y.start + line % y.len()].add(*v));
    }
    ExactSum::totals(&mut sums, world).iter().map(|sum| sum / (nx * nz) as f64).collect()
}

/// The derivative of the polynomial through the points.
fn slope(values: &[f64]) -> Vec<f64> {
    let n = values.len() - 1;
    let half = |m: usize| if m == 0 || m == n { 0.5 } else { 1.0 };
    let cosine = |j: usize, m: usize| (PI * (j * m % (2 * n)) as f64 / n as f64).cos();
    let coefficient = |m: usize| -> f64 {
        let sum: f64 = (0..=n).map(|j| half(j) * values[j] * cosine(j, m)).sum();
        2.0 * half(m) / n as f64 * sum
    };
    let line: Vec<_> = (0..=n).map(|m| Complex::from(coefficient(m))).collect();
    let d = derivative(&line);
    (0..=n).map(|j| d.iter().enumerate().map(|(m, a)| a.re * cosine(j, m)).sum()).collect()
}

/// Sums of profiles, each times a factor.
fn sum(terms: &[(f64, &[f64])]) -> Vec<f64> {
    (0..terms[0].1.len()).map(|j| terms.iter().map(|(factor, values)| factor * values[j]).sum()).collect()
}

/// The terms of the equation of a raw moment, in names of averages and their factors.
struct Equation {
    name: String,
    /// The average that v carries.
    carried: String,
    /// Of `lap <..>` and of the products of gradients, along the walls and along y.
    diffused: f64,
    dissipated: (f64, [String; 2]),
    /// Averages whose slopes are terms, and averages that are terms.
    moved: Vec<(f64, String)>,
    added: Vec<(f64, String)>,
    /// A uniform source.
    source: f64,
}

/// The equations of all raw moments of first and second order, from those of the fields
///
/// ```text
///     du/dt = .. - dp/dx + nu lap u + G + 2 Omega v,    dv/dt = .. - dp/dy + nu lap v - 2 Omega (u + c),
///     dw/dt = .. - dp/dz + nu lap w,                    ds/dt = .. + kappa lap s + q
/// ```
///
/// u being measured in the frame that moves with c.
fn equations(parameters: &Parameters, gradient: f64) -> Vec<Equation> {
    let (nu, two_omega) = (parameters.viscosity, 2.0 * parameters.rotation);
    let c = parameters.frame_velocity;
    let named =
        |terms: &[(f64, &str)]| terms.iter().map(|(factor, name)| (*factor, (*name).to_owned())).collect();
    let stress = |name: &str, carried: &str, moved: &[(f64, &str)], added: &[(f64, &str)]| Equation {
        name: name.to_owned(),
        carried: carried.to_owned(),
        diffused: nu,
        dissipated: (2.0 * nu, ["e_", "d_"].map(|part| format!("{part}{name}"))),
        moved: named(moved),
        added: named(added),
        source: 0.0,
    };
    let mean = |name: &str, carried: &str, diffused: f64, source: f64| Equation {
        diffused,
        dissipated: (0.0, [name.to_owned(), name.to_owned()]),
        source,
        ..stress(name, carried, &[], &[])
    };
    let mut all = vec![
        mean("u", "uv", nu, gradient),
        mean("w", "vw", nu, 0.0),
        stress("uu", "uuv", &[], &[(2.0, "p_ux"), (2.0 * two_omega, "uv"), (2.0 * gradient, "u")]),
        stress("vv", "vvv", &[(-2.0, "pv")], &[(2.0, "p_vy"), (-2.0 * two_omega, "uv")]),
        stress("ww", "vww", &[], &[(2.0, "p_wz")]),
        stress(
            "uv",
            "uvv",
            &[(-1.0, "pu")],
            &[(1.0, "p_uy"), (1.0, "p_vx"), (two_omega, "vv"), (-two_omega, "uu"), (-two_omega * c, "u")],
        ),
        stress("uw", "uvw", &[], &[(1.0, "p_uz"), (1.0, "p_wx"), (two_omega, "vw"), (gradient, "w")]),
        stress(
            "vw",
            "vvw",
            &[(-1.0, "pw")],
            &[(1.0, "p_vz"), (1.0, "p_wy"), (-two_omega, "uw"), (-two_omega * c, "w")],
        ),
    ];
    for ChannelScalar { name, schmidt, boundary } in &parameters.scalars {
        let (s, kappa) = (format!("[{name}]"), nu / schmidt);
        let q = if let ScalarBoundary::Source { rate } = boundary { *rate } else { 0.0 };
        let [us, vs] = ["u", "v"].map(|field| format!("{field}{s}"));
        let further = [
            vec![(gradient, s.clone()), (two_omega, vs), (q, "u".to_owned())],
            vec![(-two_omega, us), (-two_omega * c, s.clone())],
            vec![(q, "w".to_owned())],
        ];
        all.push(mean(&s, &format!("v{s}"), kappa, q));
        all.push(Equation {
            diffused: kappa,
            dissipated: (2.0 * kappa, ["e_", "d_"].map(|part| format!("{part}{s}{s}"))),
            added: vec![(2.0 * q, s.clone())],
            ..stress(&format!("{s}{s}"), &format!("v{s}{s}"), &[], &[])
        });
        for ((field, carried, along), further) in
            [("u", "uv", "x"), ("v", "vv", "y"), ("w", "vw", "z")].into_iter().zip(further)
        {
            let mut moved = vec![(kappa - nu, format!("{field}_{s}y"))];
            moved.extend((field == "v").then(|| (-1.0, format!("p{s}"))));
            let strained = (1.0, format!("p_{s}{along}"));
            all.push(Equation {
                dissipated: (nu + kappa, ["e_", "d_"].map(|part| format!("{part}{field}{s}"))),
                moved,
                added: [strained].into_iter().chain(further).collect(),
                ..stress(&format!("{field}{s}"), &format!("{carried}{s}"), &[], &[])
            });
        }
    }
    all
}

/// What the equations of the raw moments are off by, of their largest term, at the third of five
/// states: name and part.
fn residuals(states: &States, parameters: &Parameters, gradient: f64) -> Vec<(String, f64)> {
    let times = |factor: f64, values: &[f64]| sum(&[(factor, values)]);
    let residual = |equation: Equation| {
        let Equation { name, carried, diffused, dissipated: (rate, products), moved, added, source } =
            equation;
        let mut terms = vec![
            times(-1.0, &slope(&states.now(&carried))),
            times(diffused, &slope(&slope(&states.now(&name)))),
            vec![source; states.points],
        ];
        terms.extend(products.iter().map(|product| times(-rate, &states.now(product))));
        terms.extend(moved.iter().map(|(factor, name)| times(*factor, &slope(&states.now(name)))));
        terms.extend(added.iter().map(|(factor, name)| times(*factor, &states.now(name))));
        let off = states.residual(&name, &terms);
        (name, off)
    };
    equations(parameters, gradient).into_iter().map(residual).collect()
}

/// At every y the rate of change of each average of first and second order, of scalars as well, is what
/// transport, pressure, diffusion and dissipation say: this sees an error in any of the averages of
/// up to three factors, and in the pressure. Between walls at rest, and between walls that move,
/// oscillate and transpire, with scalars; in a frame that turns, and moves.
fn budgets(world: &Rc<World>) -> Outcome {
    let (gradient, points) = (0.05, 65);
    let own = Parameters::at_rest([TAU, 2.0, PI], [16, points, 16]);
    let own = Parameters {
        viscosity: 0.01,
        drive: Drive::PressureGradient { gradient },
        rotation: 0.3,
        frame_velocity: 0.3,
        ..own
    };
    let wave = |wall, amplitude, wavenumber, phase| Transpiration { wall, amplitude, wavenumber, phase };
    let walls = Walls {
        velocity: [-0.5, 0.8],
        oscillation: Some(Oscillation { amplitude: 0.6, period: 0.7 }),
        transpiration: vec![
            wave(WallSide::Lower, 0.2, [1, 1], 0.3),
            wave(WallSide::Upper, 0.1, [2, -1], 1.1),
        ],
    };
    let scalar = |name: &str, schmidt, boundary| ChannelScalar { name: name.into(), schmidt, boundary };
    let scalars = vec![
        scalar("dye", 1.4, ScalarBoundary::Values { lower: -1.0, upper: 3.0 }),
        scalar("heat", 0.7, ScalarBoundary::Source { rate: 1.5 }),
    ];
    let all = Parameters { walls, scalars, ..own.clone() };
    // The scheme is of second order where walls oscillate: 2e-3 of the largest term at the longer
    // step, that of ww.
    for (what, parameters, steps, limit) in
        [("walls at rest", own, &[1e-3][..], 2e-5), ("all at once", all, &[1e-3, 5e-4], 1e-3)]
    {
        let mut found: Vec<Vec<(String, f64)>> = Vec::new();
        for &dt in steps {
            let batches = Batches { length: dt, of_spectra: 1 };
            let parameters = Parameters { step_size: StepSize::Fixed(dt), batches, ..parameters.clone() };
            let mut channel = disturbed(world, parameters.clone())?;
            let [lower, upper] = parameters.walls.velocity;
            channel.set_profiles(
                |y| 1.0 - y * y + 0.5 * (lower + upper + (upper - lower) * y),
                |y| 0.1 * (PI * y).sin(),
            );
            advance(&mut channel, 0.2)?;
            let states = States::new(&mut channel, points, dt)?;
            let v = mean_of_v(world, &mut channel, parameters.grid);
            ensure!(v.iter().all(|v| v.abs() < 1e-14), "{what}: there is a mean wall-normal velocity");
            if !world.is_root() {
                continue;
            }
            let trace = sum(&["p_ux", "p_vy", "p_wz"]
                .map(|name| states.now(name))
                .each_ref()
                .map(|strain| (1.0, &strain[..])));
            ensure!(trace.iter().all(|trace| trace.abs() < 1e-12), "{what}: the pressure strain has a trace");
            found.push(residuals(&states, &parameters, gradient));
        }
        for (name, residual) in found.last().into_iter().flatten() {
            ensure!(
                *residual < limit,
                "{what}: the budget of {name} is off by {residual:e} of its largest term"
            );
        }
        for ((name, at_first), (_, residual)) in found.iter().flatten().zip(found.iter().skip(1).flatten()) {
            ensure!(
                *residual < at_first / 1.5,
                "{what}: the budget of {name} is off by {at_first:e} and, at half the step, {residual:e}"
            );
        }
    }
    Ok(())
}

/// The averages of products of fields are means over the points of the planes. The frame has moved by the
/// distance of one point, so that aliasing of fourth powers is the same at the points of the laboratory.
fn averages(world: &Rc<World>) -> Outcome {
    let grid = [16, 17, 14];
    let c = TAU / 16.0 / 0.75;
    let boundary = ScalarBoundary::Values { lower: 0.5, upper: 2.0 };
    let scalars = ["dye", "heat"].map(|name| ChannelScalar { name: name.into(), schmidt: 0.7, boundary });
    let own = Parameters {
        viscosity: 0.01,
        frame_velocity: c,
        scalars: scalars.to_vec(),
        ..Parameters::at_rest([TAU, 2.0, PI], grid)
    };
    let mut channel = disturbed(world, own)?;
    advance(&mut channel, 0.5)?;
    channel.sample();
    // The same state, a quarter of a time later.
    channel.resume(Clock { step: 1000, time: 0.75 }, &[]);
    channel.sample();
    let Slab { y: own, .. } = channel.slab();
    let mut fields = Vec::new();
    for field in 0..5 {
        let Reals::F64(values) = channel.points(field) else { panic!("not in double precision") };
        fields
            .push(values.iter().map(|value| value - if field == 0 { c } else { 0.0 }).collect::<Vec<f64>>());
    }
    let records = channel.records();
    let names = "u w uu vv ww uv uw vw uuu uuv uuw uvv uvw uww vvv vvw vww www uuuu vvvv wwww d dd ud vd wd \
        uvd vvd vwd vdd ddd dddd h hh uh vh wh uvh vvh vwh vhh hhh hhhh";
    for name in names.split_whitespace() {
        let factors: Vec<&Vec<f64>> =
            name.chars().map(|field| &fields["uvwdh".find(field).unwrap_or_default()]).collect();
        let mut sums = vec![ExactSum::default(); grid[1]];
        for point in 0..factors[0].len() {
            let product: f64 = factors.iter().map(|field| field[point]).product();
            sums[own.start + point / grid[0] % own.len()].add(product);
        }
        let means = ExactSum::totals(&mut sums, world);
        let recorded = values(world, &records, &name.replace('d', "[dye]").replace('h', "[heat]"));
        for (sum, recorded) in means.iter().zip(recorded) {
            let (mean, recorded) = (sum / (grid[0] * grid[2]) as f64, 4.0 * recorded);
            ensure!(
                (mean - recorded).abs() < 1e-13 * (1.0 + mean.abs()),
                "<{name}> is {recorded}, not {mean}"
            );
        }
    }
    Ok(())
}

/// The points in y, from the lower wall, of the spectra over both directions.
const PLANES: [usize; 7] = [0, 3, 6, 8, 10, 13, 16];

/// All values of a record, on every rank.
fn values(world: &World, records: &Records, name: &str) -> Vec<f64> {
    let mut values = Vec::new();
    if let Some(part) = records.parts.iter().find(|part| part.record.name == name) {
        let RecordPart { record, place: [rows, columns] } = part;
        let waves: usize = record.shape[1..].iter().product();
        values.resize(record.shape[0] * waves, 0.0);
        for (row, line) in rows.clone().zip(record.values.chunks(columns.len().max(1))) {
            values[row * waves..][columns.clone()].copy_from_slice(line);
        }
        world.assemble(&mut values);
    } else {
        let found = records.whole.iter().find(|record| record.name == name);
        values.extend(found.iter().flat_map(|record| &record.values));
        world.broadcast(0, &mut values);
    }
    assert!(!values.is_empty(), "no record {name}");
    values
}

/// On every process grid, at every y: the sum over k_x or k_z of a spectrum is the average that is
/// taken by itself, and a single mode is in its bins. Summed over one direction, spectra over both are those
/// over the other.
fn spectra(world: &Rc<World>) -> Outcome {
    let points = 17;
    for process_grid in process_grids(world.size()) {
        let scalar = ChannelScalar {
            name: "t".into(),
            schmidt: 0.7,
            boundary: ScalarBoundary::Values { lower: 0.5, upper: 2.0 },
        };
        let own = Parameters::at_rest([TAU, 2.0, PI], [16, points, 14]);
        let own = Parameters {
            viscosity: 0.01,
            rotation: 0.2,
            scalars: vec![scalar],
            process_grid: Some(process_grid),
            // The walls, the points 3 and 6 and the centre.
            spectra_2d_at: vec![0.0, 1.0 - (3.0 * PI / 16.0).cos(), 0.63, 1.0],
            ..own
        };
        let mut channel = disturbed(world, own.clone())?;
        channel.sample();
        for _ in 0..3 {
            let time = channel.clock().time;
            advance(&mut channel, time + 0.1)?;
            channel.sample();
        }
        let records = channel.records();
        let find = |name: &str| values(world, &records, name);
        for name in ["uu", "vv", "ww", "uv", "pp", "[t][t]", "u[t]", "v[t]"] {
            let of_batch = find(name);
            let average = |j: usize| of_batch[j];
            let largest = (0..points).map(|j| average(j).abs()).fold(0.0, f64::max);
            ensure!(largest > 1e-6, "{name} is zero");
            for (direction, waves) in [("x", 6), ("z", 5)] {
                let spectrum = find(&format!("spectrum_{direction}_{name}"));
                ensure!(
                    spectrum.len() == points * waves,
                    "{name}: {} numbers over k{direction}",
                    spectrum.len()
                );
                let off = (0..points)
                    .map(|j| (spectrum[j * waves..][..waves].iter().sum::<f64>() - average(j)).abs())
                    .fold(0.0, f64::max);
                ensure!(
                    off < 1e-12 * largest,
                    "{process_grid:?}, {name} over k{direction}: off by {off:e} of {largest}"
                );
            }
            let of_planes = find(&format!("spectrum_xz_{name}"));
            let of_lines = ["x", "z"].map(|direction| find(&format!("spectrum_{direction}_{name}")));
            ensure!(of_planes.len() == PLANES.len() * 6 * 5, "{name}: {} numbers", of_planes.len());
            for (plane, y) in of_planes.chunks_exact(6 * 5).zip(PLANES) {
                let over_z = |m: usize| (0..5).map(|n| plane[m * 5 + n]).sum::<f64>();
                let over_x = |n: usize| (0..6).map(|m| plane[m * 5 + n]).sum::<f64>();
                let off_x = (0..6).map(|m| (over_z(m) - of_lines[0][y * 6 + m]).abs());
                let off_z = (0..5).map(|n| (over_x(n) - of_lines[1][y * 5 + n]).abs());
                let off = off_x.chain(off_z).fold(0.0, f64::max);
                ensure!(
                    off < 1e-14 * largest,
                    "{process_grid:?}, {name} over kx and kz at point {y}: off by {off:e} of {largest}"
                );
            }
        }

        let mut channel = new(world, own)?;
        channel.add_mode([3, -2], &[0.375, 0.0, -0.5, 0.0, 0.125].map(Complex::from), &[]);
        channel.sample();
        // The same state, half a time later.
        channel.resume(Clock { step: 1, time: 0.5 }, &[]);
        channel.sample();
        let records = channel.records();
        let find = |name: &str| values(world, &records, name);
        let y = find("y");
        let in_planes = find("spectrum_xz_vv");
        for (i, value) in in_planes.iter().enumerate() {
            // v = 2 (1 - y^2)^2 cos(3 x - 4 z)
            let there = i % 30 == 3 * 5 + 2;
            let exact = if there { (1.0 - y[PLANES[i / 30]].powi(2)).powi(4) } else { 0.0 };
            ensure!(
                (value - exact).abs() < 1e-13,
                "{process_grid:?}: {value}, not {exact}, in bin {i} of kx, kz"
            );
        }
        for (direction, waves, bin) in [("x", 6, 3), ("z", 5, 2)] {
            let spectrum = find(&format!("spectrum_{direction}_vv"));
            for (i, value) in spectrum.iter().enumerate() {
                // v = 2 (1 - y^2)^2 cos(3 x - 4 z)
                let exact =
                    0.5 * if i % waves == bin { 2.0 * (1.0 - y[i / waves].powi(2)).powi(4) } else { 0.0 };
                ensure!(
                    (value - exact).abs() < 1e-13,
                    "{process_grid:?}: {value}, not {exact}, in bin {} of k{direction}",
                    i % waves
                );
            }
        }
    }
    Ok(())
}

type Line = Vec<Complex<f64>>;

/// v and eta of a file of eigenfunctions, and c.
fn eigenmode(file: &str) -> Result<(Complex<f64>, [Line; 2]), String> {
    let text = std::fs::read_to_string(reference(file)).map_err(|error| error.to_string())?;
    let header = text.lines().next().unwrap_or_default();
    let c =
        header.split("c = ").nth(1).and_then(|rest| rest.split(" ;").next()).ok_or("no c in the header")?;
    let mut parts = c.trim_end_matches('i').split_whitespace().map(|word| word.parse::<f64>().unwrap());
    let c = Complex::new(parts.next().unwrap(), parts.next().unwrap());
    let mut lines = [vec![Complex::default(); 200], vec![Complex::default(); 200]];
    for row in text.lines().filter(|line| !line.starts_with('#')) {
        let numbers: Vec<f64> = row.split_whitespace().map(|word| word.parse().unwrap()).collect();
        for (part, line) in numbers.chunks(3).zip(&mut lines) {
            line[part[0] as usize] = Complex::new(part[1], part[2]);
        }
    }
    Ok((c, lines))
}

/// Small eigenmodes of `U = 1 - y^2` grow and travel with c: in both directions of travel, at both
/// signs of beta.
fn orr_sommerfeld(world: &Rc<World>) -> Outcome {
    let rows = [
        ("Re7500_a1_b0", 7500.0, 1.0, 0.0),
        ("Re10000_a1_b0", 1e4, 1.0, 0.0),
        ("Re5000_a1.12_b2.1", 5000.0, 1.12, 2.1),
    ];
    for (name, reynolds, alpha, beta) in rows {
        let (c, [v, eta]) = eigenmode(&format!("stability/os_eigfun_{name}.dat"))?;
        for (direction, sign) in [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0)] {
            if beta == 0.0 && sign < 0.0 {
                continue;
            }
            let size = [TAU / alpha, 2.0, if beta == 0.0 { PI } else { TAU / beta }];
            let own = Parameters::at_rest(size, [4, 129, 4]);
            let drive = Drive::PressureGradient { gradient: 2.0 * direction / reynolds };
            let (frame_velocity, step_size) = (0.4 * direction, StepSize::Fixed(0.0025));
            let mut channel = new(
                world,
                Parameters { viscosity: 1.0 / reynolds, drive, frame_velocity, step_size, ..own },
            )?;
            channel.set_profiles(|y| direction * (1.0 - y * y), |_| 0.0);
            // Mirrored in x or in z, eta changes its sign.
            let label = [direction as i64, if beta == 0.0 { 0 } else { sign as i64 }];
            let scale = |line: &[Complex<f64>], factor: f64| {
                line.iter().map(|a| a * 1e-7 * factor).collect::<Vec<_>>()
            };
            channel.add_mode(label, &scale(&v, 1.0), &scale(&eta, sign * direction));
            let stored = if direction > 0.0 { label } else { label.map(|n| -n) };
            let before = channel.velocity_of(stored);
            advance(&mut channel, 2.0)?;
            let after = channel.velocity_of(stored);
            let (Some(before), Some(after)) = (before, after) else { continue };
            for component in [0, 1, 2] {
                let product = |a: &[Complex<f64>], b: &[Complex<f64>]| {
                    a.iter().zip(b).map(|(a, b)| a * b.conj()).sum::<Complex<f64>>()
                };
                let norm = product(&before[component], &before[component]).re;
                if norm < 1e-24 {
                    continue;
                }
                let grown = product(&after[component], &before[component]) / norm;
                // exp(-i alpha c t) in the laboratory; the frame is 0.4 t further on.
                let travelled = (c - 0.4) * Complex::new(0.0, -alpha * 2.0);
                let expected = travelled.exp();
                let rate = grown.norm().ln() / 2.0;
                let error = (rate / (alpha * c.im) - 1.0).abs();
                ensure!(
                    error < 1e-6,
                    "{name}, {direction} {sign}, component {component}: growth rate {rate}, not {}, off by \
                     {error:e}",
                    alpha * c.im
                );
                let turned = if direction > 0.0 { grown } else { grown.conj() };
                ensure!(
                    (turned / expected - 1.0).norm() < 1e-6,
                    "{name}, {direction}, {component}: {turned}, not {expected}"
                );
            }
        }
    }
    Ok(())
}
