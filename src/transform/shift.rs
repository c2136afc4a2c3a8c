//! Evaluating a field on a grid displaced by a fraction of a cell: a phase factor for every mode, one table a direction.

use super::{Real, Truncation, vectorised};
use num_complex::Complex;
use std::f64::consts::TAU;

/// The factors `exp(2 pi i n_i delta_i / N_i)` of a grid displaced by `delta` cells, by label in each direction.
#[derive(Clone, Debug)]
pub struct Shift<T> {
    delta: [f64; 3],
    grid: [usize; 3],
    tables: [PhaseTable<T>; 3],
}

/// Factors of n = -n_max .. n_max.
#[derive(Clone, Debug)]
pub(super) struct PhaseTable<T>(Vec<Complex<T>>);

impl<T: Real> Shift<T> {
    /// The grid as it is.
    pub fn none(truncation: &Truncation) -> Self {
        let largest = [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)];
        let one = Complex::new(T::one(), T::zero());
        Self { delta: [0.0; 3], grid: truncation.grid, tables: largest.map(|n| PhaseTable(vec![one; 2 * n + 1])) }
    }

    /// The grid displaced by `delta` cells in x, y, z.
    pub fn set(&mut self, delta: [f64; 3]) {
        if delta == self.delta {
            return;
        }
        self.delta = delta;
        for ((delta, points), table) in delta.iter().zip(self.grid).zip(&mut self.tables) {
            let angle = TAU * delta / points as f64;
            let largest = (table.0.len() / 2) as f64;
            for (n, factor) in table.0.iter_mut().enumerate() {
                let (sin, cos) = (angle * (n as f64 - largest)).sin_cos();
                *factor = Complex::new(T::of(cos), T::of(sin));
            }
        }
    }

    fn table(&self, direction: usize) -> Option<&PhaseTable<T>> {
        (self.delta[direction] != 0.0).then(|| &self.tables[direction])
    }

    pub(super) fn x(&self) -> Option<&PhaseTable<T>> {
        self.table(0)
    }

    pub(super) fn y(&self) -> Option<&PhaseTable<T>> {
        self.table(1)
    }

    pub(super) fn z(&self) -> Option<&PhaseTable<T>> {
        self.table(2)
    }
}

impl<T: Real> PhaseTable<T> {
    /// Multiplies the modes of the labels `first, first + 1, ..` by their factors.
    pub(super) fn displace(&self, first: i64, modes: &mut [Complex<T>]) {
        let factors = self.from(first);
        vectorised(
            #[inline(always)]
            || {
                for (mode, factor) in modes.iter_mut().zip(factors) {
                    let (re, im) = (mode.re, mode.im);
                    *mode = Complex::new(re * factor.re - im * factor.im, re * factor.im + im * factor.re);
                }
            },
        );
    }

    /// Undoes [`PhaseTable::displace`].
    pub(super) fn restore(&self, first: i64, modes: &mut [Complex<T>]) {
        let factors = self.from(first);
        vectorised(
            #[inline(always)]
            || {
                for (mode, factor) in modes.iter_mut().zip(factors) {
                    let (re, im) = (mode.re, mode.im);
                    *mode = Complex::new(re * factor.re + im * factor.im, im * factor.re - re * factor.im);
                }
            },
        );
    }

    fn from(&self, first: i64) -> &[Complex<T>] {
        &self.0[(first + self.0.len() as i64 / 2) as usize..]
    }
}
