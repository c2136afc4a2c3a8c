//! The budget of the Reynolds stresses `R_ij = <u_i u_j>`:
//!
//! ```text
//!     dR_ij/dt = P_ij + rapid_ij + slow_ij + rotation_ij + buoyancy_ij + injection_ij - eps_ij
//!     P_ij = -A_il R_lj - A_jl R_li,    eps_ij = 2 nu <d_l u_i d_l u_j>,
//!     rotation_ij = <u_i c_j + u_j c_i>,  c = -2 Omega x u
//!     buoyancy_ij = <u_i b_j + u_j b_i>,  b the sum of buoyancy theta over the scalars
//! ```
//!
//! rapid and slow are the pressure-strain `<p (d_i u_j + d_j u_i)>`. Rapid is that of all pressure
//! linear in the fluctuations: of the mean gradient, `-d_i p = 2 k_i k_l A_lj u_j / k^2`, and of
//! the Coriolis force and the buoyancy, `-k_i k_j (c_j + b_j) / k^2`. Slow is that of the products.
//! N is known only up to a gradient, since `v^2` was taken off `u_i u_j`, so that its part along k
//! is not the pressure. But `<u_i N_j + u_j N_i>` of the whole N vanishes in a homogeneous flow
//! without aliasing, so what is across k carries the pressure's part with the opposite sign, and
//! that part of N knows no gradient:
//!
//! ```text
//!     slow_ij = sum Re (u_i* (P N)_j + u_j* (P N)_i),    (P N)_i = N_i - k_i k_j N_j / k^2
//! ```

use super::nonlinear::WithNonlinear;
use super::{COMPONENTS, Tensor, each_mode, mode, product, square, wide};
use crate::homogeneous::Homogeneous;
use crate::homogeneous::evaluation::piece;
use crate::homogeneous::matrix::Matrix;
use crate::parallel::ExactSum;
use crate::transform::Real;
use num_complex::Complex;

/// The tensors that are summed over modes.
#[derive(Clone, Copy)]
enum Sum {
    R,
    Gradient,
    Rapid,
    Slow,
    Buoyancy,
}

const SUMS: usize = 5;

impl<T: Real> WithNonlinear<'_, T> {
    /// The terms of the budget. Collective.
    pub fn budget(&self) -> Vec<(String, f64)> {
        let sums = self.tensors();
        let of = |sum: Sum| sums[sum as usize];
        let Homogeneous { parameters, .. } = self.flow;
        let (r, a, omega) = (of(Sum::R), self.flow.gradient(), parameters.mean.rotation);
        // -2 Omega x u = -C u
        let coriolis = [[0.0, -omega[2], omega[1]], [omega[2], 0.0, -omega[0]], [-omega[1], omega[0], 0.0]]
            .map(|row| row.map(|c| 2.0 * c));
        let terms = [
            ("R", r),
            ("production", source(&a, &r)),
            ("rapid", of(Sum::Rapid)),
            ("slow", of(Sum::Slow)),
            ("rotation", source(&coriolis, &r)),
            ("buoyancy", of(Sum::Buoyancy)),
            ("injection", self.flow.injection(&r)),
            ("dissipation", of(Sum::Gradient).map(|gradient| 2.0 * parameters.viscosity * gradient)),
        ];
        let named = |(term, tensor): (&'static str, Tensor)| {
            COMPONENTS.into_iter().zip(tensor).map(move |((c, ..), x)| (format!("{term}_{c}"), x))
        };
        terms.into_iter().flat_map(named).collect()
    }

    fn tensors(&self) -> [Tensor; SUMS] {
        let Homogeneous { world, parameters, pencils, wavenumbers, velocity, scalars, .. } = self.flow;
        let layout = &pencils.layout;
        let a = self.flow.gradient();
        let [wx, wy, wz] = parameters.mean.rotation.map(|omega| 2.0 * omega);
        let scalars: Vec<_> = parameters
            .scalars
            .iter()
            .zip(&scalars[0])
            .map(|(scalar, theta)| (scalar.buoyancy, theta))
            .collect();
        let mut sums = vec![ExactSum::default(); 6 * SUMS];
        for (c, column) in layout.columns.iter().enumerate() {
            let range = layout.range(c);
            let (velocity, nonlinear) = (piece(&velocity[0], &range), piece(self.nonlinear(), &range));
            let mut of_column = [[0.0; 6]; SUMS];
            each_mode(wavenumbers, column, |j, k| {
                let k2 = square(k);
                let (u, n) = (mode(velocity, j), mode(nonlinear, j));
                let mut b = [Complex::default(); 3];
                for (buoyancy, theta) in &scalars {
                    let theta = wide(theta[range.start + j]);
                    (0..3).for_each(|i| b[i] += theta * buoyancy[i]);
                }
                let coriolis = [u[1] * wz - u[2] * wy, u[2] * wx - u[0] * wz, u[0] * wy - u[1] * wx];
                let over_k = |v: [Complex<f64>; 3]| (v[0] * k[0] + v[1] * k[1] + v[2] * k[2]) / k2;
                let strain = [0, 1, 2].map(|i| u[0] * a[i][0] + u[1] * a[i][1] + u[2] * a[i][2]);
                let rapid = over_k(strain) * 2.0 - over_k(coriolis) - over_k(b);
                let slow = over_k(n);
                let uu = both(u, u).map(|uu| 0.5 * uu);
                let of_mode = [
                    uu,
                    uu.map(|uu| k2 * uu),
                    both(u, k.map(|k| rapid * k)),
                    both(u, [0, 1, 2].map(|i| n[i] - slow * k[i])),
                    both(u, b),
                ];
                of_column
                    .as_flattened_mut()
                    .iter_mut()
                    .zip(of_mode.as_flattened())
                    .for_each(|(sum, term)| *sum += term);
            });
            sums.iter_mut()
                .zip(of_column.as_flattened())
                .for_each(|(sum, term)| sum.add(column.weight() * term));
        }
        let totals = ExactSum::totals(&mut sums, world);
        std::array::from_fn(|sum| std::array::from_fn(|c| totals[6 * sum + c]))
    }
}

/// `Re (u_i* a_j + u_j* a_i)`.
fn both(u: [Complex<f64>; 3], a: [Complex<f64>; 3]) -> Tensor {
    COMPONENTS.map(|(_, i, j)| product(u[i], a[j]) + product(u[j], a[i]))
}

/// `-M_il R_lj - M_jl R_li`: what `du/dt = -M u` does to R.
fn source(m: &Matrix, r: &Tensor) -> Tensor {
    let [xx, yy, zz, xy, xz, yz] = *r;
    let r = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]];
    COMPONENTS.map(|(_, i, j)| -(0..3).map(|l| m[i][l] * r[l][j] + m[j][l] * r[l][i]).sum::<f64>())
}
