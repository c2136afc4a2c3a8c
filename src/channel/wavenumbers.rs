//! The wavenumbers of the periodic directions.

use crate::transform::{Column, NEIGHBOURS, Real, Truncation};
use std::f64::consts::TAU;

/// k_x and k_z by label.
pub struct Wavenumbers<T> {
    kx: Vec<T>,
    /// n_z = -n_max .. n_max.
    kz: Vec<T>,
    /// k_z of the modes of a z-line.
    line: Vec<T>,
}

impl<T: Real> Wavenumbers<T> {
    /// The wavenumbers of a box of these lengths in x, y, z.
    pub fn new(size: [f64; 3], truncation: &Truncation) -> Self {
        let [x, z] = [size[0], size[2]].map(|length| TAU / length);
        let (points, largest) = (truncation.grid[2], truncation.nz_max(0) as i64);
        let of_point = |j: usize| {
            let n = if 2 * j < points { j as i64 } else { j as i64 - points as i64 };
            T::of(if n.abs() <= largest { z * n as f64 } else { 0.0 })
        };
        Self {
            kx: (0..=truncation.nx_max()).map(|n| T::of(x * n as f64)).collect(),
            kz: (-largest..=largest).map(|n| T::of(z * n as f64)).collect(),
            line: (0..points).map(of_point).collect(),
        }
    }

    /// k_x of n_x, and k_z of nz, nz + 1, ..
    pub fn plane(&self, nx: usize, nz: i64) -> (T, &[T]) {
        let zero = (self.kz.len() / 2) as i64;
        (self.kx[nx], &self.kz[(zero + nz) as usize..])
    }

    /// The wavenumbers of neighbouring columns; the last one fills missing places.
    pub fn of_columns(&self, columns: &[Column]) -> [[T; 2]; NEIGHBOURS] {
        std::array::from_fn(|c| self.of(&columns[c.min(columns.len() - 1)]))
    }

    /// k_x by n_x, and k_z of the modes of a padded z-line, n_z = 0, 1, .. and .., -1; zero where
    /// no mode is.
    pub fn lines(&self) -> [&[T]; 2] {
        [&self.kx, &self.line]
    }

    /// k_x and k_z of a column.
    pub fn of(&self, column: &Column) -> [T; 2] {
        let (kx, kz) = self.plane(column.nx, column.nz);
        [kx, kz[0]]
    }
}
