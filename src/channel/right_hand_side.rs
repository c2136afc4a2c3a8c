//! The convective terms of the plane channel, in the form of Kim, Moin & Moser (J. Fluid Mech. 177
//! (1987) 133): those of the Laplacian of v and of `eta = du/dz - dw/dx`, with the five products a,
//! b, c, d, e of [`crate::convection`]:
//!
//! ```text
//!     H = -(da/dx + db/dy + de/dz, db/dx + dd/dz, de/dx + dd/dy + dc/dz)        but for a gradient
//!     h_v = -d/dy (dH_x/dx + dH_z/dz) + (d2/dx2 + d2/dz2) H_y  =  D R + D^2 S + k^2 S
//!     h_g = dH_x/dz - dH_z/dx                                  =  D P + Q
//!
//!     R = -(k_x^2 a + 2 k_x k_z e + k_z^2 c)       S = i (k_x b + k_z d)
//!     P = i (k_x d - k_z b)                        Q = k_x k_z (a - c) - (k_x^2 - k_z^2) e
//! ```
//!
//! R, S, P and Q are formed where k_x and k_z are at hand, before the transform in y: four fields
//! of five products go on. Where k = 0 they would all vanish: there R = -b and P = -d stand for the
//! mean profiles, `dU/dt = D R + .., dW/dt = D P + ..`. A scalar has `h = -E - D V`,
//! `E = i (k_x u theta + k_z w theta)`, `V = v theta`.
//!
//! All of this is used integrated twice in y (`channel::line`): `II h_v = I R + S + k^2 II S` and
//! `II h_g = I P + II Q` need no derivative.

use super::wavenumbers::Wavenumbers;
use crate::convection::times_minus_i;
use crate::transform::{Pieces, PiecesMut, Products, Real, Room, vectorised};
use num_complex::Complex;

/// The number of products at points and of the outputs made of them, for a number of scalars.
pub fn counts(scalars: usize) -> Products {
    Products { at_points: 5 + 3 * scalars, outputs: 4 + 2 * scalars }
}

/// The room that the transform must have: the statistics have one product more, `v^2`.
pub fn room(scalars: usize) -> Room {
    let room = counts(scalars).room(3 + scalars);
    Room { lines: room.lines.max(6), ..room }
}

/// `[R, S, P, Q]` of `[a, b, c, d, e]`, and `[E, V]` of the three products of each scalar, at n_x
/// and n_z = nz, nz + 1, ...
pub fn sources<T: Real>(
    wavenumbers: &Wavenumbers<T>,
    scalars: usize,
    nx: usize,
    nz: i64,
    products: Pieces<'_, T>,
    mut outputs: PiecesMut<'_, T>,
) {
    sources_of_velocity(wavenumbers, nx, nz, products.from(0), outputs.from(0));
    for s in 0..scalars {
        sources_of_scalar(wavenumbers, nx, nz, products.from(5 + 3 * s), outputs.from(4 + 2 * s));
    }
}

fn sources_of_velocity<T: Real>(
    wavenumbers: &Wavenumbers<T>,
    nx: usize,
    nz: i64,
    [a, b, c, d, e]: [&[Complex<T>]; 5],
    [r, s, p, q]: [&mut [Complex<T>]; 4],
) {
    let (kx, kz) = wavenumbers.plane(nx, nz);
    vectorised(
        #[inline(always)]
        || {
            let n = a.len();
            let (kz, b, c, d, e) = (&kz[..n], &b[..n], &c[..n], &d[..n], &e[..n]);
            let (r, s, p, q) = (&mut r[..n], &mut s[..n], &mut p[..n], &mut q[..n]);
            let twice = kx + kx;
            for j in 0..n {
                let (kxx, kxz, kzz) = (kx * kx, kx * kz[j], kz[j] * kz[j]);
                r[j] = -(a[j].scale(kxx) + e[j].scale(twice * kz[j]) + c[j].scale(kzz));
                s[j] = -times_minus_i(b[j].scale(kx) + d[j].scale(kz[j]));
                p[j] = -times_minus_i(d[j].scale(kx) - b[j].scale(kz[j]));
                q[j] = (a[j] - c[j]).scale(kxz) - e[j].scale(kxx - kzz);
            }
        },
    );
    if nx == 0 && nz == 0 {
        (r[0], p[0]) = (-b[0], -d[0]);
    }
}

/// `[R, S, v^2]` of `[a, b, c, d, e, v^2]`, for the pressure.
pub fn sources_of_pressure<T: Real>(
    wavenumbers: &Wavenumbers<T>,
    nx: usize,
    nz: i64,
    products: Pieces<'_, T>,
    mut outputs: PiecesMut<'_, T>,
) {
    let (kx, kz) = wavenumbers.plane(nx, nz);
    let [a, b, c, d, e, vv] = products.from(0);
    let [r, s, square] = outputs.from(0);
    square.copy_from_slice(vv);
    for j in 0..a.len() {
        let kz = kz[j];
        r[j] = -(a[j].scale(kx * kx) + e[j].scale((kx + kx) * kz) + c[j].scale(kz * kz));
        s[j] = -times_minus_i(b[j].scale(kx) + d[j].scale(kz));
    }
}

fn sources_of_scalar<T: Real>(
    wavenumbers: &Wavenumbers<T>,
    nx: usize,
    nz: i64,
    [u, v, w]: [&[Complex<T>]; 3],
    [e, v_theta]: [&mut [Complex<T>]; 2],
) {
    let (kx, kz) = wavenumbers.plane(nx, nz);
    vectorised(
        #[inline(always)]
        || {
            let n = u.len();
            let (kz, v, w, e, v_theta) = (&kz[..n], &v[..n], &w[..n], &mut e[..n], &mut v_theta[..n]);
            for j in 0..n {
                e[j] = -times_minus_i(u[j].scale(kx) + w[j].scale(kz[j]));
                v_theta[j] = v[j];
            }
        },
    );
}
