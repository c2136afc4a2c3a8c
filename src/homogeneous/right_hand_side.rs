//! The nonlinear term, from points to modes, as the stages of the Runge-Kutta scheme need it.
//!
//! `N_i = -i k_j FT(u_i u_j)`. The derivatives in x and z of the products ([`crate::convection`])
//! are taken where k_x and k_z are at hand, before the transform in y: four fields instead of five
//! go on (M-PSDNS; Lee & Moser count the same):
//!
//! ```text
//!     A = -i (k_x a + k_z e),  B = -i b,  C = -i (k_x e + k_z c),  D = -i d          at (n_x, y, n_z)
//!     N = (A + k_y B, k_x B + k_z D, C + k_y D)
//! ```
//!
//! The factor -i is gone with the divergence in x and z; from there on real and imaginary parts go
//! through the same real arithmetic. A scalar adds the products `u theta, v theta, w theta` and the
//! fields `E = -i (k_x u theta + k_z w theta)` and `-i v theta`.
//!
//! Where the mean flow makes k_x or k_z depend on n_y ("mixed"), the products themselves go on,
//! times -i, and all derivatives are taken with the update: five fields for the velocity and three
//! for a scalar.

use super::wavenumbers::StageTables;
use crate::convection::times_minus_i;
use crate::transform::{Pieces, PiecesMut, Products, Real, vectorised};
use num_complex::Complex;

/// The number of products at points and of the outputs made of them, for a number of scalars.
pub fn counts(scalars: usize, mixed: bool) -> Products {
    Products { at_points: 5 + 3 * scalars, outputs: first_output(scalars, mixed) }
}

/// The first output of a scalar: those of the velocity and of the scalars before it come first.
pub fn first_output(scalar: usize, mixed: bool) -> usize {
    if mixed { 5 + 3 * scalar } else { 4 + 2 * scalar }
}

/// The derivatives in x and z: `[A, B, C, D]` of `[a, b, c, d, e]`, and two fields per scalar, at n_x
/// and n_z = nz, nz + 1, ...; of mixed labels only the factor -i.
pub fn divergence_xz<T: Real>(
    tables: &StageTables<T>,
    scalars: usize,
    nx: usize,
    nz: i64,
    products: Pieces<'_, T>,
    mut outputs: PiecesMut<'_, T>,
) {
    if tables.mixes_labels() {
        for p in 0..5 + 3 * scalars {
            let [output] = outputs.from(p);
            output
                .iter_mut()
                .zip(products.of(p))
                .for_each(|(output, product)| *output = times_minus_i(*product));
        }
        return;
    }
    divergence_of_velocity(tables, nx, nz, products.from(0), outputs.from(0));
    for s in 0..scalars {
        divergence_of_scalar(tables, nx, nz, products.from(5 + 3 * s), outputs.from(first_output(s, false)));
    }
}

fn divergence_of_velocity<T: Real>(
    tables: &StageTables<T>,
    nx: usize,
    nz: i64,
    [a, b, c, d, e]: [&[Complex<T>]; 5],
    [out_a, out_b, out_c, out_d]: [&mut [Complex<T>]; 4],
) {
    let (kx, kz) = tables.plane(nx, nz);
    vectorised(
        #[inline(always)]
        || {
            let n = a.len();
            let (kz, b, c, d, e) = (&kz[..n], &b[..n], &c[..n], &d[..n], &e[..n]);
            let (out_a, out_b, out_c, out_d) =
                (&mut out_a[..n], &mut out_b[..n], &mut out_c[..n], &mut out_d[..n]);
            for j in 0..n {
                out_a[j] = times_minus_i(a[j].scale(kx) + e[j].scale(kz[j]));
                out_b[j] = times_minus_i(b[j]);
                out_c[j] = times_minus_i(e[j].scale(kx) + c[j].scale(kz[j]));
                out_d[j] = times_minus_i(d[j]);
            }
        },
    );
}

fn divergence_of_scalar<T: Real>(
    tables: &StageTables<T>,
    nx: usize,
    nz: i64,
    [u, v, w]: [&[Complex<T>]; 3],
    [out_xz, out_y]: [&mut [Complex<T>]; 2],
) {
    let (kx, kz) = tables.plane(nx, nz);
    vectorised(
        #[inline(always)]
        || {
            let n = u.len();
            let (kz, v, w, out_xz, out_y) = (&kz[..n], &v[..n], &w[..n], &mut out_xz[..n], &mut out_y[..n]);
            for j in 0..n {
                out_xz[j] = times_minus_i(u[j].scale(kx) + w[j].scale(kz[j]));
                out_y[j] = times_minus_i(v[j]);
            }
        },
    );
}
