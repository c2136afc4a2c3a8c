//! Physical wavenumbers of the modes, and the viscous factor between two times.
//!
//! A mode keeps its label n and its label wavenumber `kappa_i = 2 pi n_i / L_i`; its physical wavenumber is `k(t) = B(t)^T kappa`
//! (Rogallo 1981). Here the box is at rest, B = I. Everything that depends on B is in this file: the hot loops see, per
//! column, k_x, k_z and a table of k_y.

use crate::transform::{Column, Real, Truncation};

/// Wavenumbers of a box of size L.
#[derive(Clone, Debug)]
pub struct Wavenumbers {
    /// 2 pi / L_i.
    pub unit: [f64; 3],
    largest: [usize; 3],
}

impl Wavenumbers {
    pub fn new(size: [f64; 3], truncation: &Truncation) -> Self {
        Self {
            unit: size.map(|length| std::f64::consts::TAU / length),
            largest: [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)],
        }
    }

    /// `k` of the label `n`.
    pub fn of(&self, n: [i64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| self.unit[i] * n[i] as f64)
    }

    /// k_max: the radius of the largest sphere in k that is retained, along the axes.
    pub fn largest(&self) -> f64 {
        (0..3).map(|i| self.unit[i] * self.largest[i] as f64).fold(f64::INFINITY, f64::min)
    }

    /// At least |k| of every mode.
    pub fn corner(&self) -> f64 {
        (0..3).map(|i| (self.unit[i] * self.largest[i] as f64).powi(2)).sum::<f64>().sqrt()
    }
}

/// k_y and exp(-nu int k_y^2 dt) of consecutive labels n_y, each twice: for the real and for the imaginary part of the mode.
pub type Run<'a, T> = (&'a [T], &'a [T]);

/// What a stage needs along the columns, by label, in the precision of the fields.
pub struct StageTables<T> {
    kx: Vec<T>,
    /// By n_z + n_z,max.
    kz: Vec<T>,
    /// By n_y + n_y,max, each twice.
    ky: Vec<T>,
    factor_x: Vec<T>,
    /// By |n_z|.
    factor_z: Vec<T>,
    factor_y: Vec<T>,
}

/// Of one column: k_x, k_z, and along y `k_y` and the viscous factor F of the mode, in the order of storage.
pub struct ColumnTables<'a, T> {
    pub kx: T,
    pub kz: T,
    /// exp(-nu int (k_x^2 + k_z^2) dt), to be multiplied by that of k_y.
    pub factor: T,
    /// The labels 0 .. ny_max, and -ny_max .. -1.
    upper: Run<'a, T>,
    lower: Run<'a, T>,
}

impl<'a, T> ColumnTables<'a, T> {
    /// The two runs of a column: where each begins, counted in reals, and its tables.
    pub fn runs(&self) -> [(usize, Run<'a, T>); 2] {
        [(0, self.upper), (self.upper.0.len(), self.lower)]
    }
}

impl<T: Real> StageTables<T> {
    pub fn new(wavenumbers: &Wavenumbers) -> Self {
        let [nx, ny, nz] = wavenumbers.largest.map(|n| n as i64);
        let k = |direction: usize, n: i64| T::of(wavenumbers.unit[direction] * n as f64);
        Self {
            kx: (0..=nx).map(|n| k(0, n)).collect(),
            kz: (-nz..=nz).map(|n| k(2, n)).collect(),
            ky: (-ny..=ny).flat_map(|n| [k(1, n); 2]).collect(),
            factor_x: vec![T::one(); nx as usize + 1],
            factor_z: vec![T::one(); nz as usize + 1],
            factor_y: vec![T::one(); 2 * (2 * ny as usize + 1)],
        }
    }

    /// Sets the viscous factors over a time `dt`: `exp(-nu k^2 dt)`, a product of one factor a direction.
    pub fn set_viscous(&mut self, wavenumbers: &Wavenumbers, viscosity: f64, dt: f64) {
        let factor = |direction: usize, n: f64| T::of((-viscosity * dt * (wavenumbers.unit[direction] * n).powi(2)).exp());
        self.factor_x.iter_mut().enumerate().for_each(|(n, f)| *f = factor(0, n as f64));
        self.factor_z.iter_mut().enumerate().for_each(|(n, f)| *f = factor(2, n as f64));
        let ny = wavenumbers.largest[1] as f64;
        self.factor_y.chunks_exact_mut(2).enumerate().for_each(|(n, f)| f.fill(factor(1, n as f64 - ny)));
    }

    /// k_x of n_x, and k_z of n_z = nz, nz + 1, ...
    pub fn plane(&self, nx: usize, nz: i64) -> (T, &[T]) {
        (self.kx[nx], &self.kz[(nz + self.kz.len() as i64 / 2) as usize..])
    }

    pub fn column(&self, column: &Column) -> ColumnTables<'_, T> {
        let (kx, kz) = self.plane(column.nx, column.nz);
        let kz = kz[0];
        let zero = self.ky.len() / 4;
        let (upper, lower) = (2 * zero..2 * (zero + column.ny_max + 1), 2 * (zero - column.ny_max)..2 * zero);
        ColumnTables {
            kx,
            kz,
            factor: self.factor_x[column.nx] * self.factor_z[column.nz.unsigned_abs() as usize],
            upper: (&self.ky[upper.clone()], &self.factor_y[upper]),
            lower: (&self.ky[lower.clone()], &self.factor_y[lower]),
        }
    }
}
