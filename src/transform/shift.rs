//! Evaluating a field on a grid displaced by a fraction of a cell: a phase factor for every mode.

use super::{Column, Real, Truncation, vectorised};
use num_complex::Complex;
use std::f64::consts::TAU;

/// The factors `exp(2 pi i n_i delta_i / N_i)` of a grid displaced by `delta` cells, by label n = -n_max .. n_max in each direction.
#[derive(Clone, Debug)]
pub struct Shift<T> {
    delta: [f64; 3],
    grid: [usize; 3],
    tables: [Vec<Complex<T>>; 3],
}

impl<T: Real> Shift<T> {
    /// The grid as it is.
    pub fn none(truncation: &Truncation) -> Self {
        let largest = [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)];
        let one = Complex::new(T::one(), T::zero());
        Self { delta: [0.0; 3], grid: truncation.grid, tables: largest.map(|n| vec![one; 2 * n + 1]) }
    }

    /// The grid displaced by `delta` cells in x, y, z.
    pub fn set(&mut self, delta: [f64; 3]) {
        if delta == self.delta {
            return;
        }
        self.delta = delta;
        for ((delta, points), table) in delta.iter().zip(self.grid).zip(&mut self.tables) {
            let angle = TAU * delta / points as f64;
            let largest = (table.len() / 2) as f64;
            for (n, factor) in table.iter_mut().enumerate() {
                let (sin, cos) = (angle * (n as f64 - largest)).sin_cos();
                *factor = Complex::new(T::of(cos), T::of(sin));
            }
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.delta == [0.0; 3]
    }

    /// Multiplies the modes of a column of the labels `first, first + 1, ..` by their factors.
    pub(super) fn displace(&self, column: &Column, first: i64, modes: &mut [Complex<T>]) {
        let (of_column, factors) = self.factors(column, first);
        multiply(modes, factors, |factor| factor * of_column);
    }

    /// Undoes [`Shift::displace`].
    pub(super) fn restore(&self, column: &Column, first: i64, modes: &mut [Complex<T>]) {
        let (of_column, factors) = self.factors(column, first);
        multiply(modes, factors, |factor| (factor * of_column).conj());
    }

    fn factors(&self, column: &Column, first: i64) -> (Complex<T>, &[Complex<T>]) {
        let [x, y, z] = &self.tables;
        let from = |table: &Vec<Complex<T>>, n: i64| (n + table.len() as i64 / 2) as usize;
        (x[from(x, column.nx as i64)] * z[from(z, column.nz)], &y[from(y, first)..])
    }
}

/// Each mode times what is made of its factor.
#[inline(always)]
fn multiply<T: Real>(modes: &mut [Complex<T>], factors: &[Complex<T>], make: impl Fn(Complex<T>) -> Complex<T>) {
    vectorised(
        #[inline(always)]
        || {
            for (mode, factor) in modes.iter_mut().zip(factors) {
                *mode *= make(*factor);
            }
        },
    );
}
