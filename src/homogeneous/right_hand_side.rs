//! The nonlinear term, from points to modes, and the stage of the Runge-Kutta scheme that takes it up.
//!
//! `N_i = -i k_j FT(u_i u_j)`. A multiple of delta_ij in u_i u_j is absorbed by the pressure, so that five products are enough
//! (Basdevant, J. Comput. Phys. 50 (1983) 209). `v^2` is taken off, since y is transformed last: the derivatives in x and z are
//! then taken where k_x and k_z are at hand, and four fields instead of five go on (M-PSDNS; Lee & Moser count the same):
//!
//! ```text
//!     a = u^2 - v^2, b = uv, c = w^2 - v^2, d = vw, e = uw            at points
//!     A = -i (k_x a + k_z e),  B = -i b,  C = -i (k_x e + k_z c),  D = -i d          at (n_x, y, n_z)
//!     N = (A + k_y B, k_x B + k_z D, C + k_y D)
//! ```
//!
//! The factor -i is gone with the divergence in x and z; from there on real and imaginary parts go through the same real arithmetic.
//! A scalar adds the products `u theta, v theta, w theta` and the fields `E = -i (k_x u theta + k_z w theta)` and `-i v theta`.
//!
//! Where the mean flow makes k_x or k_z depend on n_y ("mixed"), the products themselves go on, times -i, and all derivatives are taken
//! with the update: five fields for the velocity and three for a scalar.

use super::wavenumbers::StageTables;
use crate::transform::{LANES, Pieces, PiecesMut, Products, Real, parts, vectorised};
use num_complex::Complex;

/// How many fields go where, with so many scalars.
pub fn counts(scalars: usize, mixed: bool) -> Products {
    let outputs = if mixed { 5 + 3 * scalars } else { 4 + 2 * scalars };
    Products { inputs: 3 + scalars, products: 5 + 3 * scalars, outputs }
}

/// The products at points: `u, v, w` and the scalars in lines of this length give way to `a, b, c, d, e` and to three products a scalar.
pub fn products<T: Real>(lines: &mut [T], length: usize, scalars: usize) {
    // From the last scalar down, so that none is overwritten before its turn.
    for s in (0..scalars).rev() {
        let (fields, fluxes) = lines.split_at_mut((5 + 3 * s) * length);
        let ([u, v, w], theta) = (std::array::from_fn(|i| &fields[i * length..][..length]), &fields[(3 + s) * length..][..length]);
        fluxes_of(parts(fluxes, length, length), [u, v, w], theta);
    }
    velocity_products(parts(lines, length, length));
}

fn velocity_products<T: Real>([a, b, c, d, e]: [&mut [T]; 5]) {
    vectorised(
        #[inline(always)]
        || {
            let n = a.len();
            let (b, c, d, e) = (&mut b[..n], &mut c[..n], &mut d[..n], &mut e[..n]);
            for j in 0..n {
                let (u, v, w) = (a[j], b[j], c[j]);
                let vv = v * v;
                a[j] = u * u - vv;
                b[j] = u * v;
                c[j] = w * w - vv;
                d[j] = v * w;
                e[j] = u * w;
            }
        },
    );
}

fn fluxes_of<T: Real>(fluxes: [&mut [T]; 3], velocity: [&[T]; 3], theta: &[T]) {
    vectorised(
        #[inline(always)]
        || {
            for (flux, u) in fluxes.into_iter().zip(velocity) {
                flux.iter_mut().zip(u).zip(theta).for_each(|((flux, u), theta)| *flux = *u * *theta);
            }
        },
    );
}

/// `max(sum_j |B_ji u_i| / dxi_j)` over the points of some lines: cells of the moving grid a time. `cells` is `B_ji / dxi_j`.
pub fn courant_rate<T: Real>([u, v, w]: [&[T]; 3], cells: &[[T; 3]; 3]) -> T {
    let larger = |a: T, b: T| if a > b { a } else { b };
    let upright = (0..3).all(|i| (0..3).all(|j| i == j || cells[i][j] == T::zero()));
    let [x, y, z] = [cells[0][0], cells[1][1], cells[2][2]];
    let rate_upright = |u: T, v: T, w: T| u.abs() * x + v.abs() * y + w.abs() * z;
    let across = |row: &[T; 3], u: T, v: T, w: T| (row[0] * u + row[1] * v + row[2] * w).abs();
    let rate = |u: T, v: T, w: T| across(&cells[0], u, v, w) + across(&cells[1], u, v, w) + across(&cells[2], u, v, w);
    vectorised(
        #[inline(always)]
        || {
            // Several running maxima, so that they do not wait for each other; a maximum is the same in any order.
            let mut largest = [T::zero(); LANES];
            for ((u, v), w) in u.chunks(LANES).zip(v.chunks(LANES)).zip(w.chunks(LANES)) {
                let points = u.iter().zip(v).zip(w).zip(&mut largest);
                if upright {
                    points.for_each(|(((u, v), w), largest)| *largest = larger(*largest, rate_upright(*u, *v, *w)));
                } else {
                    points.for_each(|(((u, v), w), largest)| *largest = larger(*largest, rate(*u, *v, *w)));
                }
            }
            largest.into_iter().fold(T::zero(), larger)
        },
    )
}

/// The derivatives in x and z: `[A, B, C, D]` of `[a, b, c, d, e]`, and two fields a scalar, at n_x and n_z = nz, nz + 1, ...; if they are
/// `mixed`, only the factor -i.
pub fn divergence_xz<T: Real>(
    tables: &StageTables<T>,
    (scalars, mixed): (usize, bool),
    nx: usize,
    nz: i64,
    products: Pieces<'_, T>,
    mut outputs: PiecesMut<'_, T>,
) {
    if mixed {
        for p in 0..5 + 3 * scalars {
            let [output] = outputs.from(p);
            output.iter_mut().zip(products.of(p)).for_each(|(output, product)| *output = times_minus_i(*product));
        }
        return;
    }
    divergence_of_velocity(tables, nx, nz, products.from(0), outputs.from(0));
    for s in 0..scalars {
        divergence_of_scalar(tables, nx, nz, products.from(5 + 3 * s), outputs.from(4 + 2 * s));
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
            let (out_a, out_b, out_c, out_d) = (&mut out_a[..n], &mut out_b[..n], &mut out_c[..n], &mut out_d[..n]);
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

#[inline(always)]
fn times_minus_i<T: Real>(z: Complex<T>) -> Complex<T> {
    Complex::new(z.im, -z.re)
}
