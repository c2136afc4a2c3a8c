//! The closed forms against the equations of one mode, integrated in small steps: what they say
//! must be right before a solver is measured by them.

use super::Outcome;
use crate::ensure;
use crate::exact::{self, C, Equations, Matrix, Vector, Wave, along, dot};
use crate::noise;
use rogallo::parallel::World;
use std::rc::Rc;

const STEPS: usize = 4000;
/// Rates of change, lambda, are below 6 in a time of 1: (lambda / STEPS)^4 lambda / 120 is below
/// 3e-13, and 4000 roundings add to about 1e-14.
const TOLERANCE: f64 = 2e-12;

/// A wave of solenoidal, complex velocity.
fn wave(salt: u64) -> Wave {
    let mut next = salt * 100;
    let mut random = || {
        next += 1;
        2.0 * noise(next)
    };
    let k: Vector = std::array::from_fn(|_| random());
    let u = std::array::from_fn(|_| C::new(random(), random()));
    let compression = along(k, u) / dot(k, k);
    Wave { k, u: std::array::from_fn(|i| u[i] - compression * k[i]), theta: C::new(random(), random()) }
}

fn compare(name: &str, equations: Equations, wave: Wave, exact: Wave) -> Outcome {
    let end = equations.integrate(wave, 1.0, STEPS);
    let size = exact.u.iter().map(|u| u.norm()).fold(exact.theta.norm(), f64::max);
    let error =
        (0..3).map(|i| (end.u[i] - exact.u[i]).norm()).fold((end.theta - exact.theta).norm(), f64::max)
            / size;
    let in_k = (0..3).map(|i| (end.k[i] - exact.k[i]).abs()).fold(0.0, f64::max);
    let compression = along(exact.k, exact.u).norm() / (dot(exact.k, exact.k).sqrt() * size);
    let all = [error, in_k, compression];
    ensure!(
        all.iter().all(|e| *e < TOLERANCE),
        "{name}: off by {error:e}, k by {in_k:e}, k.u {compression:e} for {wave:?}"
    );
    Ok(())
}

pub fn solve(_: &Rc<World>) -> Outcome {
    for salt in 0..20 {
        let wave = wave(salt);
        let (without_x, without_scalar) = (flat(wave), Wave { theta: C::default(), ..wave });
        for viscosity in [0.0, 0.05] {
            let still = Equations { viscosity, diffusivity: viscosity, ..Equations::default() };
            for rate in [1.7, -1.2] {
                let sheared = Equations {
                    gradient: [[0.0, rate, 0.0], [0.0; 3], [0.0; 3]],
                    scalar_gradient: [0.0, 0.8, 0.0],
                    ..still
                };
                compare("shear", sheared, wave, exact::shear(rate, viscosity, 0.8, wave, 1.0))?;
                compare(
                    "shear of k_x = 0",
                    sheared,
                    without_x,
                    exact::shear(rate, viscosity, 0.8, without_x, 1.0),
                )?;
                for omega in [0.3, -0.4, 1.5, rate / 2.0, 0.0] {
                    let turned =
                        Equations { rotation: [0.0, 0.0, omega], scalar_gradient: [0.0; 3], ..sheared };
                    let wave = flat(without_scalar);
                    compare(
                        "rotating shear",
                        turned,
                        wave,
                        exact::rotating_shear(rate, omega, viscosity, wave, 1.0),
                    )?;
                }
            }
            for gradient in strains(salt) {
                let strained = Equations { gradient, ..still };
                compare(
                    "strain",
                    strained,
                    without_scalar,
                    exact::strain(gradient, viscosity, without_scalar, 1.0),
                )?;
            }
            for omega in [[1.1, 0.0, 0.0], [0.0, -0.9, 0.0], [0.0, 0.0, 1.3], [0.5, -0.8, 0.7]] {
                let turned = Equations { rotation: omega, ..still };
                compare(
                    "rotation",
                    turned,
                    without_scalar,
                    exact::rotation(omega, viscosity, without_scalar, 1.0),
                )?;
            }
            let (e, gamma, beta) = ([0.36, 0.48, -0.8], 1.3, 0.9);
            let stratified =
                Equations { scalar_gradient: e.map(|e| gamma * e), buoyancy: e.map(|e| beta * e), ..still };
            compare(
                "internal wave",
                stratified,
                wave,
                exact::internal_wave(e, gamma, beta, viscosity, wave, 1.0),
            )?;
        }
    }
    Ok(())
}

/// The wave with k_x = 0.
fn flat(wave: Wave) -> Wave {
    let k = [0.0, wave.k[1], wave.k[2]];
    let compression = along(k, wave.u) / dot(k, k);
    Wave { k, u: std::array::from_fn(|i| wave.u[i] - compression * k[i]), ..wave }
}

/// Plane and axisymmetric strain, and one in oblique axes.
fn strains(salt: u64) -> [Matrix; 4] {
    let diagonal = |a: Vector| [[a[0], 0.0, 0.0], [0.0, a[1], 0.0], [0.0, 0.0, a[2]]];
    let [xx, yy, xy, xz, yz] = std::array::from_fn(|i| noise(7000 + 10 * salt + i as u64));
    let oblique = [[xx, xy, xz], [xy, yy, yz], [xz, yz, -xx - yy]];
    [diagonal([0.8, -0.8, 0.0]), diagonal([1.0, -0.5, -0.5]), diagonal([-1.0, 0.5, 0.5]), oblique]
}
