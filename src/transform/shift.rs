//! Evaluating a field on a grid displaced by a fraction of a cell: a phase factor for every mode.

use super::{Column, Real, Truncation};
use num_complex::Complex;
use std::f64::consts::TAU;

/// The factors `exp(2 pi i n_i delta_i / N_i)` of a grid displaced by `delta` cells, by label n =
/// -n_max .. n_max in each direction.
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

    /// The factors of n_y = -n_max .. n_max; none if the grid is not displaced.
    pub(super) fn of_y(&self) -> &[Complex<T>] {
        if self.delta == [0.0; 3] { &[] } else { &self.tables[1] }
    }

    /// The factor of the n_x and n_z of a column.
    pub(super) fn of_column(&self, column: &Column) -> Complex<T> {
        let [x, _, z] = &self.tables;
        let zero = |table: &[Complex<T>]| table.len() / 2;
        x[zero(x) + column.nx] * z[(zero(z) as i64 + column.nz) as usize]
    }
}
