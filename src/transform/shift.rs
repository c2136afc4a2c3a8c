//! Evaluating a field on a grid displaced by a fraction of a cell: a phase factor for every mode, one table a direction.

use super::{Real, Truncation};
use num_complex::Complex;
use std::f64::consts::TAU;

/// The factors `exp(2 pi i n_i delta_i / N_i)` of a grid displaced by `delta` cells, by label in each direction.
#[derive(Clone, Debug)]
pub struct Shift<T> {
    delta: [f64; 3],
    grid: [usize; 3],
    tables: [PhaseTable<T>; 3],
}

/// Factors of n = 0, 1, .. n_max; those of -n are their conjugates.
#[derive(Clone, Debug)]
pub(super) struct PhaseTable<T>(Vec<Complex<T>>);

impl<T: Real> Shift<T> {
    /// The grid as it is.
    pub fn none(truncation: &Truncation) -> Self {
        let largest = [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)];
        let one = Complex::new(T::one(), T::zero());
        Self { delta: [0.0; 3], grid: truncation.grid, tables: largest.map(|n| PhaseTable(vec![one; n + 1])) }
    }

    /// The grid displaced by `delta` cells in x, y, z.
    pub fn set(&mut self, delta: [f64; 3]) {
        if delta == self.delta {
            return;
        }
        self.delta = delta;
        for ((delta, points), table) in delta.iter().zip(self.grid).zip(&mut self.tables) {
            let angle = TAU * delta / points as f64;
            for (n, factor) in table.0.iter_mut().enumerate() {
                let (sin, cos) = (angle * n as f64).sin_cos();
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
    /// Multiplies the modes of the labels `first, first + 1, ..` (all of one sign) by their factors.
    pub(super) fn displace(&self, first: i64, modes: &mut [Complex<T>]) {
        self.multiply(first, modes, false);
    }

    /// Undoes [`PhaseTable::displace`].
    pub(super) fn restore(&self, first: i64, modes: &mut [Complex<T>]) {
        self.multiply(first, modes, true);
    }

    fn multiply(&self, first: i64, modes: &mut [Complex<T>], inverse: bool) {
        if first >= 0 {
            let factors = &self.0[first as usize..][..modes.len()];
            for (mode, factor) in modes.iter_mut().zip(factors) {
                *mode *= if inverse { factor.conj() } else { *factor };
            }
        } else {
            let last = (-first) as usize + 1;
            let factors = &self.0[last - modes.len()..last];
            for (mode, factor) in modes.iter_mut().zip(factors.iter().rev()) {
                *mode *= if inverse { *factor } else { factor.conj() };
            }
        }
    }
}
