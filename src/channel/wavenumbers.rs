//! The wavenumbers of the periodic directions.

use crate::transform::{Column, Real, Truncation};
use std::f64::consts::TAU;

/// k_x and k_z by label.
pub struct Wavenumbers<T> {
    kx: Vec<T>,
    /// n_z = -n_max .. n_max.
    kz: Vec<T>,
}

impl<T: Real> Wavenumbers<T> {
    /// Of a box of these lengths in x, y, z.
    pub fn new(size: [f64; 3], truncation: &Truncation) -> Self {
        let [x, z] = [size[0], size[2]].map(|length| TAU / length);
        let largest = truncation.nz_max(0) as i64;
        Self {
            kx: (0..=truncation.nx_max()).map(|n| T::of(x * n as f64)).collect(),
            kz: (-largest..=largest).map(|n| T::of(z * n as f64)).collect(),
        }
    }

    /// k_x of n_x, and k_z of nz, nz + 1, ..
    pub fn plane(&self, nx: usize, nz: i64) -> (T, &[T]) {
        let zero = (self.kz.len() / 2) as i64;
        (self.kx[nx], &self.kz[(zero + nz) as usize..])
    }

    /// k_x and k_z of a column.
    pub fn of(&self, column: &Column) -> [T; 2] {
        let (kx, kz) = self.plane(column.nx, column.nz);
        [kx, kz[0]]
    }
}
