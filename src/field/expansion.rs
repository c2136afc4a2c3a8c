//! How modes make a field at any place:
//!
//! ```text
//!     f(x) = Re sum_columns w exp(i (kappa_x xi_x + kappa_z xi_z)) sum_n c_n phi_n(xi_y),    xi = B x
//!     kappa_i = 2 pi n_i / L_i,    phi_n = exp(i kappa_y xi_y) in a box, T_n(y) in a channel
//! ```
//!
//! w is 2 where the conjugate of a column is not stored, else 1 ([`Column::weight`]).

use crate::chebyshev::derivative;
use crate::transform::Column;
use num_complex::Complex;
use std::f64::consts::TAU;

/// The functions of y.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    Fourier,
    /// T_n(y), -1 <= y <= 1.
    Chebyshev,
}

/// The functions that the coefficients of a state belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Expansion {
    /// The periods of xi in x and z, and in y that of xi or the height of a channel.
    pub size: [f64; 3],
    /// B of `xi = B x`. If places are those of space, only its diagonal and B_xy are not zero.
    pub deformation: [[f64; 3]; 3],
    pub basis: Basis,
    /// Whether places are x; if not, they are xi, since the planes of the box no longer are those of space.
    pub in_space: bool,
}

impl Expansion {
    /// kappa_i of a label.
    pub fn wavenumber(&self, i: usize, label: i64) -> f64 {
        TAU * label as f64 / self.size[i]
    }

    /// xi of a place.
    pub fn xi(&self, place: [f64; 3]) -> [f64; 3] {
        match self.in_space {
            true => self.deformation.map(|row| (0..3).map(|j| row[j] * place[j]).sum()),
            false => place,
        }
    }

    /// The first place and the length of the axis i: of one period, or of the height of a channel.
    pub fn extent(&self, i: usize) -> [f64; 2] {
        let stretch = if self.in_space { self.deformation[i][i] } else { 1.0 };
        let first = if i == 1 && self.basis == Basis::Chebyshev { -1.0 } else { 0.0 };
        [first, self.size[i] / stretch]
    }

    /// `kappa_x xi_x` and `kappa_z xi_z` of a column, added.
    pub fn phase(&self, column: &Column, xi: [f64; 3]) -> f64 {
        self.wavenumber(0, column.nx as i64) * xi[0] + self.wavenumber(2, column.nz) * xi[2]
    }

    /// The coefficients of `df/dx_j`, the derivative in space:
    ///
    /// ```text
    ///     df/dx_j = sum_i B_ij df/dxi_i
    /// ```
    pub fn derivative(&self, column: &Column, coefficients: &[Complex<f64>], j: usize) -> Vec<Complex<f64>> {
        let along = |i: usize, label: i64| self.deformation[i][j] * self.wavenumber(i, label);
        let in_plane = along(0, column.nx as i64) + along(2, column.nz);
        match (self.basis, j) {
            (Basis::Fourier, _) => column
                .labels()
                .zip(coefficients)
                .map(|(ny, c)| Complex::i() * (in_plane + along(1, ny)) * c)
                .collect(),
            (Basis::Chebyshev, 1) => derivative(coefficients),
            (Basis::Chebyshev, _) => coefficients.iter().map(|c| Complex::i() * in_plane * c).collect(),
        }
    }

    /// phi_n at some xi_y, one after the other, in the order of storage.
    pub fn functions(&self, column: &Column, y: &[f64]) -> Vec<Complex<f64>> {
        match self.basis {
            Basis::Fourier => y
                .iter()
                .flat_map(|y| column.labels().map(move |ny| Complex::cis(self.wavenumber(1, ny) * y)))
                .collect(),
            Basis::Chebyshev => y
                .iter()
                .flat_map(|y| {
                    let angle = y.clamp(-1.0, 1.0).acos();
                    (0..column.len()).map(move |n| Complex::from((n as f64 * angle).cos()))
                })
                .collect(),
        }
    }
}
