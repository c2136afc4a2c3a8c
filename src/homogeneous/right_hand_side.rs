//! The nonlinear term, from points to modes, and the stage of the Runge-Kutta scheme that takes it up.
//!
//! `N_i = -i k_j FT(u_i u_j)`. A multiple of delta_ij in u_i u_j is absorbed by the pressure, so that five products are enough
//! (Basdevant, J. Comput. Phys. 50 (1983) 209). `v^2` is taken off, since y is transformed last: the derivatives in x and z are
//! then taken where k_x and k_z are at hand, and four fields instead of five go on (M-PSDNS; Lee & Moser count the same):
//!
//! ```text
//!     a = u^2 - v^2, b = uv, c = w^2 - v^2, d = vw, e = uw            at points
//!     A = k_x a + k_z e,  C = k_x e + k_z c                            at (n_x, y, n_z)
//!     N = -i M,  M = (A + k_y b, k_x b + k_z d, C + k_y d)
//! ```

use super::wavenumbers::{ColumnTables, StageTables};
use crate::time::Stage;
use crate::transform::{ComplexLanes, LANES, Lanes, Real, vectorised};
use num_complex::Complex;

/// The five products at points: `u, v, w` in the first three lines give way to `a, b, c, d, e`, all of one length.
pub fn products<T: Real>([a, b, c, d, e]: [&mut [T]; 5]) {
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

/// `max(sum_i |u_i| / dx_i)` over the points of some lines.
pub fn courant_rate<T: Real>([u, v, w]: [&[T]; 3], inverse_spacing: [T; 3]) -> T {
    let larger = |a: T, b: T| if a > b { a } else { b };
    let [x, y, z] = inverse_spacing;
    vectorised(
        #[inline(always)]
        || {
            // Several running maxima, so that they do not wait for each other; a maximum is the same in any order.
            let mut largest = [T::zero(); LANES];
            for ((u, v), w) in u.chunks(LANES).zip(v.chunks(LANES)).zip(w.chunks(LANES)) {
                for (((u, v), w), largest) in u.iter().zip(v).zip(w).zip(&mut largest) {
                    *largest = larger(*largest, u.abs() * x + v.abs() * y + w.abs() * z);
                }
            }
            largest.into_iter().fold(T::zero(), larger)
        },
    )
}

/// The derivatives in x and z but for the factor i: `[A, b, C, d]` of `[a, b, c, d, e]`, at n_x and n_z = nz, nz + 1, ...
pub fn divergence_xz<T: Real>(
    tables: &StageTables<T>,
    nx: usize,
    nz: i64,
    [a, b, c, d, e]: [&[Complex<T>]; 5],
    [big_a, out_b, big_c, out_d]: [&mut [Complex<T>]; 4],
) {
    let (kx, kz) = tables.plane(nx, nz);
    vectorised(
        #[inline(always)]
        || {
            let n = a.len();
            let (kz, c, e) = (&kz[..n], &c[..n], &e[..n]);
            let (big_a, big_c) = (&mut big_a[..n], &mut big_c[..n]);
            for j in 0..n {
                big_a[j] = a[j].scale(kx) + e[j].scale(kz[j]);
                big_c[j] = e[j].scale(kx) + c[j].scale(kz[j]);
            }
        },
    );
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

/// M of a column, kept until a second evaluation is added.
pub fn keep<T: Real>(tables: &ColumnTables<'_, T>, modes: [&[Complex<T>]; 4], mut kept: [&mut [Complex<T>]; 3]) {
    for (first, (ky, _)) in tables.runs() {
        for j in (0..ky.len()).step_by(LANES) {
            let (at, count) = (first + j, LANES.min(ky.len() - j));
            let m = nonlinear(tables, Lanes::load(&ky[j..], count), modes, at, count);
            kept.iter_mut().zip(m).for_each(|(kept, m)| m.store(&mut kept[at..], count));
        }
    }
}

/// `X <- F (M X + dt b P N)` for the modes of one column, `P_ij = delta_ij - k_i k_j / k^2` the pressure; N is the mean of this
/// evaluation and the `kept` one, if there is one. Returns `sum |u|^2` of the new u.
pub fn update<T: Real, const R: usize>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    modes: [&[Complex<T>]; 4],
    kept: Option<[&[Complex<T>]; 3]>,
    mut registers: [[&mut [Complex<T>]; 3]; R],
) -> f64 {
    vectorised(
        #[inline(always)]
        || {
            let (one, half) = (Lanes::all(T::one()), T::of(0.5));
            let (kx, kz) = (Lanes::all(tables.kx), Lanes::all(tables.kz));
            let mut sum = Lanes::all(T::zero());
            for (first, (ky, factor)) in tables.runs() {
                for j in (0..ky.len()).step_by(LANES) {
                    let (at, count) = (first + j, LANES.min(ky.len() - j));
                    let k = [kx, Lanes::load(&ky[j..], count), kz];
                    let mut m = nonlinear(tables, k[1], modes, at, count);
                    if let Some(kept) = kept {
                        for i in 0..3 {
                            m[i] = (m[i] + ComplexLanes::load(&kept[i][at..], count)).scale(half);
                        }
                    }
                    let k2 = k[0] * k[0] + k[1] * k[1] + k[2] * k[2];
                    // k = 0 has M = 0, so that any divisor will do.
                    let along = (m[0] * k[0] + m[1] * k[1] + m[2] * k[2]) * (one / k2.or_one());
                    let decay = Lanes::load(&factor[j..], count) * Lanes::all(tables.factor);
                    for i in 0..3 {
                        let n = (m[i] - along * k[i]).times_minus_i();
                        let mut x = [n; R];
                        for (x, register) in x.iter_mut().zip(&registers) {
                            *x = ComplexLanes::load(&register[i][at..], count);
                        }
                        for (r, register) in registers.iter_mut().enumerate() {
                            let mut mixed = n.scale(coefficients.add[r]);
                            for (x, mix) in x.iter().zip(coefficients.mix[r]) {
                                mixed = mixed + x.scale(mix);
                            }
                            let new = mixed * decay;
                            new.store(&mut register[i][at..], count);
                            if r == 0 {
                                sum = sum + new.norm_sqr();
                            }
                        }
                    }
                }
            }
            sum.sum()
        },
    )
}

/// M of the modes `[A, b, C, d]` at .. at + count.
#[inline(always)]
fn nonlinear<T: Real>(
    tables: &ColumnTables<'_, T>,
    ky: Lanes<T>,
    [a, b, c, d]: [&[Complex<T>]; 4],
    at: usize,
    count: usize,
) -> [ComplexLanes<T>; 3] {
    let (a, b) = (ComplexLanes::load(&a[at..], count), ComplexLanes::load(&b[at..], count));
    let (c, d) = (ComplexLanes::load(&c[at..], count), ComplexLanes::load(&d[at..], count));
    [a + b * ky, b.scale(tables.kx) + d.scale(tables.kz), c + d * ky]
}
