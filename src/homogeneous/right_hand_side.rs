//! The nonlinear term, from points to modes, and the stage of the Runge-Kutta scheme that takes it up.
//!
//! `N_i = -i k_j FT(u_i u_j)`. A multiple of delta_ij in u_i u_j is absorbed by the pressure, so that five products are enough
//! (Basdevant, J. Comput. Phys. 50 (1983) 209). `v^2` is taken off, since y is transformed last: the derivatives in x and z are
//! then taken where k_x and k_z are at hand, and four fields instead of five go on (M-PSDNS; Lee & Moser count the same):
//!
//! ```text
//!     a = u^2 - v^2, b = uv, c = w^2 - v^2, d = vw, e = uw            at points
//!     A = i k_x a + i k_z e,  C = i k_x e + i k_z c                    at (n_x, y, n_z)
//!     N_x = -(A + i k_y b),  N_y = -i (k_x b + k_z d),  N_z = -(C + i k_y d)
//! ```

use super::wavenumbers::{ColumnTables, StageTables};
use crate::time::Stage;
use crate::transform::Real;
use num_complex::Complex;

/// The five products at points: `[a, b, c, d, e]` of `[u, v, w]`, all of one length.
pub fn products<T: Real>([u, v, w]: [&[T]; 3], [a, b, c, d, e]: [&mut [T]; 5]) {
    let n = u.len();
    let (v, w) = (&v[..n], &w[..n]);
    let (a, b, c, d, e) = (&mut a[..n], &mut b[..n], &mut c[..n], &mut d[..n], &mut e[..n]);
    for j in 0..n {
        let (u, v, w) = (u[j], v[j], w[j]);
        let vv = v * v;
        a[j] = u * u - vv;
        b[j] = u * v;
        c[j] = w * w - vv;
        d[j] = v * w;
        e[j] = u * w;
    }
}

/// `max(sum_i |u_i| / dx_i)` over the points of some lines.
pub fn courant_rate<T: Real>([u, v, w]: [&[T]; 3], inverse_spacing: [T; 3]) -> T {
    let [x, y, z] = inverse_spacing;
    // Several running maxima, so that they do not wait for each other; a maximum is the same in any order.
    let mut largest = [T::zero(); 8];
    for ((u, v), w) in u.chunks(8).zip(v.chunks(8)).zip(w.chunks(8)) {
        for (((u, v), w), largest) in u.iter().zip(v).zip(w).zip(&mut largest) {
            let rate = u.abs() * x + v.abs() * y + w.abs() * z;
            *largest = if rate > *largest { rate } else { *largest };
        }
    }
    largest.into_iter().fold(T::zero(), |a, b| if a > b { a } else { b })
}

/// The derivatives in x and z: `[A, b, C, d]` of `[a, b, c, d, e]`, at n_x and n_z = nz, nz + 1, ...
pub fn divergence_xz<T: Real>(
    tables: &StageTables<T>,
    nx: usize,
    nz: i64,
    [a, b, c, d, e]: [&[Complex<T>]; 5],
    [big_a, out_b, big_c, out_d]: [&mut [Complex<T>]; 4],
) {
    let (kx, kz) = tables.plane(nx, nz);
    let n = a.len();
    let (kz, c, e) = (&kz[..n], &c[..n], &e[..n]);
    let (big_a, big_c) = (&mut big_a[..n], &mut big_c[..n]);
    for j in 0..n {
        big_a[j] = times_i(a[j].scale(kx) + e[j].scale(kz[j]));
        big_c[j] = times_i(e[j].scale(kx) + c[j].scale(kz[j]));
    }
    out_b.copy_from_slice(b);
    out_d.copy_from_slice(d);
}

/// A stage for one scheme's R registers, in the precision of the fields.
pub struct Coefficients<T, const R: usize> {
    mix: [[T; R]; R],
    add: [T; R],
}

impl<T: Real, const R: usize> Coefficients<T, R> {
    pub fn new(stage: &Stage, dt: f64) -> Self {
        Self {
            mix: std::array::from_fn(|r| std::array::from_fn(|q| T::of(stage.mix[r][q]))),
            add: std::array::from_fn(|r| T::of(dt * stage.add[r])),
        }
    }
}

/// Modes of N of a column, kept until a second evaluation is added.
pub fn keep<T: Real>(tables: &ColumnTables<'_, T>, modes: [&[Complex<T>]; 4], mut kept: [&mut [Complex<T>]; 3]) {
    let upper = tables.upper.0.len();
    for (j, ky) in tables.upper.0.iter().enumerate() {
        let n = nonlinear(tables, *ky, modes.map(|m| m[j]));
        (0..3).for_each(|i| kept[i][j] = n[i]);
    }
    for (j, ky) in tables.lower.0.iter().enumerate() {
        let n = nonlinear(tables, *ky, modes.map(|m| m[upper + j]));
        (0..3).for_each(|i| kept[i][upper + j] = n[i]);
    }
}

/// `X <- F (M X + dt b P N)` for the modes of one column, `P_ij = delta_ij - k_i k_j / k^2` the pressure; N is the mean of this
/// evaluation and the `kept` one, if there is one. Returns `sum |u|^2` of the new u.
pub fn update<T: Real, const R: usize>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    modes: [&[Complex<T>]; 4],
    kept: Option<[&[Complex<T>]; 3]>,
    registers: [[&mut [Complex<T>]; 3]; R],
) -> f64 {
    let at = tables.upper.0.len();
    let (mut upper, mut lower) = (registers, std::array::from_fn(|_| Default::default()));
    for (up, low) in upper.iter_mut().zip(&mut lower) {
        *low = std::array::from_fn(|i| {
            let (head, tail) = std::mem::take(&mut up[i]).split_at_mut(at);
            up[i] = head;
            tail
        });
    }
    let half = T::of(0.5);
    let run = |first: usize, (ky, factor): (&[T], &[T]), registers: [[&mut [Complex<T>]; 3]; R]| {
        let n = ky.len();
        let modes = modes.map(|m| &m[first..first + n]);
        match kept {
            None => update_run(tables, coefficients, (ky, factor), registers, |j| nonlinear(tables, ky[j], modes.map(|m| m[j]))),
            Some(kept) => {
                let kept = kept.map(|k| &k[first..first + n]);
                update_run(tables, coefficients, (ky, factor), registers, |j| {
                    let now = nonlinear(tables, ky[j], modes.map(|m| m[j]));
                    std::array::from_fn(|i| (now[i] + kept[i][j]).scale(half))
                })
            }
        }
    };
    run(0, tables.upper, upper) + run(at, tables.lower, lower)
}

#[inline(always)]
fn update_run<T: Real, const R: usize>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    (ky, factor): (&[T], &[T]),
    registers: [[&mut [Complex<T>]; 3]; R],
    nonlinear: impl Fn(usize) -> [Complex<T>; 3],
) -> f64 {
    let n = ky.len();
    let factor = &factor[..n];
    let registers = registers.map(|r| r.map(|x| &mut x[..n]));
    let (kx, kz) = (tables.kx, tables.kz);
    let kxz2 = kx * kx + kz * kz;
    let mut sum = T::zero();
    for j in 0..n {
        let k = [kx, ky[j], kz];
        let k2 = kxz2 + k[1] * k[1];
        let inverse = if k2 > T::zero() { T::one() / k2 } else { T::zero() };
        let full = nonlinear(j);
        let along = (full[0].scale(k[0]) + full[1].scale(k[1]) + full[2].scale(k[2])).scale(inverse);
        let decay = tables.factor * factor[j];
        for i in 0..3 {
            let projected = full[i] - along.scale(k[i]);
            let x: [Complex<T>; R] = std::array::from_fn(|r| registers[r][i][j]);
            for r in 0..R {
                let mixed = x.iter().zip(&coefficients.mix[r]).fold(projected.scale(coefficients.add[r]), |s, (x, m)| s + x.scale(*m));
                registers[r][i][j] = mixed.scale(decay);
            }
            sum += registers[0][i][j].norm_sqr();
        }
    }
    sum.wide()
}

/// `[N_x, N_y, N_z]` of `[A, b, C, d]`.
#[inline(always)]
fn nonlinear<T: Real>(tables: &ColumnTables<'_, T>, ky: T, [a, b, c, d]: [Complex<T>; 4]) -> [Complex<T>; 3] {
    [-(a + times_i(b.scale(ky))), -times_i(b.scale(tables.kx) + d.scale(tables.kz)), -(c + times_i(d.scale(ky)))]
}

#[inline(always)]
fn times_i<T: Real>(z: Complex<T>) -> Complex<T> {
    Complex::new(-z.im, z.re)
}
