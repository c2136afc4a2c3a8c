//! What is observed of a state: the series, budgets, spectra, moments of the derivatives at points.
//! The mode k = 0 is no fluctuation and is left out everywhere.
//!
//! A column of modes, and a line of points, lie whole on one rank: their own sums may be rounded.
//! Columns and lines are added up exactly, so that all figures are the same to the bit on any
//! number of ranks.

mod budget;
mod moments;
mod nonlinear;
mod series;
mod spectra;

pub use spectra::sums_of_spectra;

use super::Homogeneous;
use super::matrix::{COMPONENTS, Matrix};
use super::wavenumbers::Wavenumbers;
use crate::flow::OutputTable;
use crate::transform::{Column, Real};
use num_complex::Complex;

/// A symmetric tensor by [`COMPONENTS`].
type Tensor = [f64; 6];

impl<T: Real> Homogeneous<T> {
    /// The tables of spectra and budgets; collective.
    pub(super) fn tables(&mut self) -> Vec<OutputTable> {
        let state = self.with_nonlinear();
        let (shells, lines, mut budget) = (state.shells(), state.lines(), state.budget());
        budget.extend(self.moments());
        let (columns, row) = budget.into_iter().map(|(name, value)| (name, Some(value))).unzip();
        vec![shells, lines, OutputTable { name: "budget".into(), columns, rows: vec![row] }]
    }

    /// The terms of the budget of `R_ij = <u_i u_j>` as `TERM_ij`, and skewness and flatness of
    /// du/dx, dv/dy and dw/dz; collective.
    pub fn budget(&mut self) -> Vec<(String, f64)> {
        let mut budget = self.with_nonlinear().budget();
        budget.extend(self.moments());
        budget
    }

    /// <f_i u_j + f_j u_i> of the forcing, R being <u_i u_j>.
    fn injection(&self, r: &Tensor) -> Tensor {
        let Some(forcing) = &self.forcing else { return [0.0; 6] };
        let local = forcing.injection(&self.world, &self.velocity[0]);
        std::array::from_fn(|c| local[c] + 2.0 * forcing.growth() * r[c])
    }

    /// The mean velocity gradient A at the time of the clock.
    fn gradient(&self) -> Matrix {
        self.mean.gradient(self.clock.time)
    }
}

/// Calls `visit(j, k)` for every mode of a column but k = 0: its place in the column, and its k.
#[inline(always)]
fn each_mode(wavenumbers: &Wavenumbers, column: &Column, mut visit: impl FnMut(usize, [f64; 3])) {
    let [zero, growth] = wavenumbers.along(column);
    let (m, length) = (column.ny_max(), column.len() as f64);
    for j in usize::from(column.is_mean())..column.len() {
        let ny = if j > m { j as f64 - length } else { j as f64 };
        visit(j, [0, 1, 2].map(|i| zero[i] + ny * growth[i]));
    }
}

/// Mode j of three fields of a column.
#[inline(always)]
fn mode<T: Real>(fields: [&[Complex<T>]; 3], j: usize) -> [Complex<f64>; 3] {
    fields.map(|field| wide(field[j]))
}

#[inline(always)]
fn wide<T: Real>(mode: Complex<T>) -> Complex<f64> {
    Complex::new(mode.re.wide(), mode.im.wide())
}

/// `Re a* b`: its sum over all modes is `<a b>`.
#[inline(always)]
fn product(a: Complex<f64>, b: Complex<f64>) -> f64 {
    a.re * b.re + a.im * b.im
}

#[inline(always)]
fn square(k: [f64; 3]) -> f64 {
    k[0] * k[0] + k[1] * k[1] + k[2] * k[2]
}

/// `-A_ij R_ij`.
fn production(a: &Matrix, r: &Tensor) -> f64 {
    let both = |i: usize, j: usize| if i == j { a[i][i] } else { a[i][j] + a[j][i] };
    -COMPONENTS.iter().zip(r).map(|((_, i, j), r)| both(*i, *j) * r).sum::<f64>()
}

/// 0 stands for what is not defined: no viscosity has no smallest scale, a fluid at rest no length.
fn or_zero(x: f64) -> f64 {
    if x.is_finite() { x } else { 0.0 }
}
