//! Rapid distortion of isotropic turbulence: the Reynolds stresses of a random field against tables
//! for infinitely many modes, and each mode against its closed form.

use super::{Outcome, advance, fields, labels, observed, relabelled, started};
use crate::collective::reference;
use crate::ensure;
use crate::exact::{self, Vector, Wave, ZERO};
use rogallo::homogeneous::case::{Gradient, Initial, Mean, Spectrum};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::{ExactSum, World};
use rogallo::time::{RungeKutta, StepSize};
use std::collections::HashMap;
use std::f64::consts::TAU;
use std::rc::Rc;

const SHEAR: &str = "rdt/rdt_shear.dat";
const PLANE: &str = "rdt/rdt_plane_strain.dat";
const AXISYMMETRIC: &str = "rdt/rdt_axisymmetric_strain.dat";

const STRESSES: [(&str, usize, usize); 4] = [("uu", 0, 0), ("vv", 1, 1), ("ww", 2, 2), ("uv", 0, 1)];

/// A run, and the modes that it began with.
struct Distortion<'a> {
    world: &'a Rc<World>,
    parameters: Parameters,
    flow: Homogeneous<f64>,
    /// Of this rank, without n = 0: label, wave, 2 or 1 as the conjugate is another mode or not.
    start: Vec<([i64; 3], Wave, f64)>,
    /// An error of each mode, over the largest amplitude, that the scheme may make.
    tolerance: f64,
}

impl<'a> Distortion<'a> {
    /// Of energy 1, the same in each mode of 4 <= k <= 15: E ~ k^2.
    fn new(
        world: &'a Rc<World>,
        grid: [usize; 3],
        gradient: Gradient,
        dt: f64,
        tolerance: f64,
    ) -> Result<Self, String> {
        let mean = Mean { gradient, ..Mean::default() };
        let (scheme, step_size) = (RungeKutta::Rk4, StepSize::Fixed(dt));
        let parameters =
            Parameters { nonlinear: false, mean, scheme, step_size, ..Parameters::at_rest(grid) };
        let spectrum = Spectrum::Power { exponent: 2.0, k_min: 4.0, k_max: 15.0 };
        let flow =
            started(world, &parameters, &Initial::Random { energy: Some(1.0), spectrum, develop: None })?;
        let modes = fields(&flow)?;
        let wave = |(mode, n): (usize, [i64; 3])| {
            let k: Vector = std::array::from_fn(|i| TAU * n[i] as f64 / parameters.size[i]);
            let wave = Wave { k, u: [modes[0][mode], modes[1][mode], modes[2][mode]], theta: ZERO };
            (n, wave, if n[0] == 0 && n[2] == 0 { 1.0 } else { 2.0 })
        };
        let start = labels(&flow)
            .into_iter()
            .enumerate()
            .map(wave)
            .filter(|(_, wave, _)| wave.energy() > 0.0)
            .collect();
        Ok(Self { world, parameters, flow, start, tolerance })
    }

    fn sum(&self, terms: impl Iterator<Item = f64>) -> f64 {
        let mut sum = ExactSum::default();
        terms.for_each(|term| sum.add(term));
        sum.total(self.world)
    }

    /// Compares the flow at `time`, when the modes have become `exact` (of the wave at the start)
    /// and `strain` is the total shear, with the stresses of the table.
    ///
    /// The sampling error of `R_ij = sum 2 Re û_i û_j*` over the N pairs of modes: all begin with
    /// the same energy, in directions and with phases that are alike, so it is that of a sum of N
    /// draws, sqrt(N) times the standard deviation of a pair. (Directions on a lattice are spread
    /// more evenly than drawn ones: it is an upper bound.) 4 of it are allowed.
    fn compare(&mut self, time: f64, strain: f64, exact: impl Fn(Wave) -> Wave, table: [f64; 4]) -> Outcome {
        advance(&mut self.flow, time)?;
        let now: Vec<(Wave, f64)> =
            self.start.iter().map(|(_, wave, weight)| (exact(*wave), *weight)).collect();
        self.compare_modes(time, strain, &now)?;
        let pairs = self.sum(now.iter().map(|(_, weight)| weight / 2.0));
        for ((name, i, j), table) in STRESSES.into_iter().zip(table) {
            let of_pair = |wave: &Wave| 2.0 * (wave.u[i] * wave.u[j].conj()).re;
            let total = self.sum(now.iter().map(|(wave, weight)| weight / 2.0 * of_pair(wave)));
            let squares = self
                .sum(now.iter().map(|(wave, weight)| weight / 2.0 * (of_pair(wave) - total / pairs).powi(2)));
            let sampling = squares.sqrt();
            let measured = observed(&mut self.flow, name);
            if self.world.is_root() {
                let (deviation, spread) = (measured - table, (measured - table) / sampling);
                println!(
                    "{time:6.3} {name} {measured:9.6}, table {table:9.6}, {deviation:9.6} is {spread:5.2} of \
                     {sampling:.6}, {pairs} pairs"
                );
            }
            ensure!(
                (measured - table).abs() < 4.0 * sampling,
                "{name} at {time}: {measured}, not {table} +- {sampling}"
            );
            let off = (measured - total).abs();
            // The stress of each mode has at most twice the relative error of its velocity.
            let allowed =
                2.0 * self.tolerance * self.sum(now.iter().map(|(wave, weight)| weight * wave.energy()));
            ensure!(
                off <= allowed,
                "{name} at {time}: {measured}, but its modes have {total}, {off:e} apart"
            );
        }
        let lost = observed(&mut self.flow, "remesh_energy");
        // A flow that is never remeshed need not say so.
        ensure!(lost == 0.0 || lost.is_nan(), "{lost:e} is lost, but the grid holds all modes");
        Ok(())
    }

    fn compare_modes(&self, time: f64, strain: f64, now: &[(Wave, f64)]) -> Outcome {
        let label = |(start, (wave, _)): (&([i64; 3], Wave, f64), &(Wave, f64))| {
            (relabelled(start.0, &self.parameters, strain), *wave)
        };
        let exact: HashMap<[i64; 3], Wave> = self.start.iter().zip(now).map(label).collect();
        let fields = fields(&self.flow)?;
        let (mut worst, mut largest) = (0.0_f64, 0.0_f64);
        for (mode, label) in labels(&self.flow).into_iter().enumerate() {
            let u = exact.get(&label).map_or([ZERO; 3], |wave| wave.u);
            for i in 0..3 {
                let error = (fields[i][mode] - u[i]).norm();
                worst = if error <= worst { worst } else { error };
                largest = largest.max(u[i].norm());
            }
        }
        let [worst, largest] =
            [worst, largest].map(|value| self.world.max(if value.is_nan() { f64::INFINITY } else { value }));
        let error = worst / largest;
        ensure!(error < self.tolerance, "modes at {time} are off by {error:e}");
        Ok(())
    }
}

/// The rows of a table in which `column` is one of `values`.
fn rows(file: &str, column: usize, values: impl Iterator<Item = f64>) -> Result<Vec<Vec<f64>>, String> {
    let text = std::fs::read_to_string(reference(file)).map_err(|error| error.to_string())?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let all: Vec<Vec<f64>> =
        lines.map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect()).collect();
    let row = |value: f64| all.iter().find(|row| (row[column] - value).abs() < 1e-9).cloned();
    values.map(|value| row(value).ok_or(format!("{file} has no row {value}"))).collect()
}

/// The grid is long in y, so that after five remeshes it holds all modes still: |n_y| <= 15 sqrt(1
/// + 5^2) < 80.
///
/// The error of RK4 at dt = 1/40 in a time of 5, with rates of change lambda <= 2 where a mode
/// turns (for a time of about 2): (lambda dt)^4 lambda 2 / 120 is 2e-7.
pub fn shear(world: &Rc<World>) -> Outcome {
    let mut run = Distortion::new(world, [48, 240, 48], Gradient::Shear { rate: 1.0 }, 0.025, 2e-7)?;
    for row in rows(SHEAR, 0, [0.0, 0.4, 1.0, 2.0, 3.0, 4.0, 5.0].into_iter())? {
        let t = row[0];
        run.compare(t, t, |wave| exact::shear(1.0, 0.0, 0.0, wave, t), [row[1], row[2], row[3], row[4]])?;
    }
    Ok(())
}

/// Labels stay what they are in strain: any grid that holds the modes at the start holds them.
/// Steps make no error.
fn strain(
    world: &Rc<World>,
    gradient: Gradient,
    rows: Vec<Vec<f64>>,
    stresses: impl Fn(&[f64]) -> [f64; 3],
) -> Outcome {
    let mut run = Distortion::new(world, [48, 48, 48], gradient, 0.1, 1e-12)?;
    for row in rows {
        let t = row[1].abs();
        // The tables are in terms of R_11 at the start, two thirds of the energy.
        let [uu, vv, ww] = stresses(&row).map(|r| r * 2.0 / 3.0);
        run.compare(t, 0.0, |wave| exact::strain(gradient.matrix(), 0.0, wave, t), [uu, vv, ww, 0.0])?;
    }
    Ok(())
}

pub fn plane(world: &Rc<World>) -> Outcome {
    let rows = rows(PLANE, 1, [0.0, 0.2, 0.5, 1.0, 1.5].into_iter())?;
    strain(world, Gradient::PlaneStrain { rate: 1.0 }, rows, |row| [row[2], row[3], row[4]])
}

pub fn axisymmetric(world: &Rc<World>) -> Outcome {
    for (sign, gradient) in [
        (1.0, Gradient::AxisymmetricContraction { rate: 1.0 }),
        (-1.0, Gradient::AxisymmetricExpansion { rate: 1.0 }),
    ] {
        let rows = rows(AXISYMMETRIC, 1, [0.0, 0.2, 0.5, 1.0].into_iter().map(|t| sign * t))?;
        strain(world, gradient, rows, |row| [row[2], row[3], row[3]])?;
    }
    Ok(())
}
