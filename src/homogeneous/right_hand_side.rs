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

use super::wavenumbers::{ColumnTables, Run, StageTables};
use crate::time::{RungeKutta, Stage};
use crate::transform::{LANES, Lanes, Real, vectorised};
use bytemuck::{cast_slice, cast_slice_mut};
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

/// The derivatives in x and z: `[A, B, C, D]` of `[a, b, c, d, e]`, at n_x and n_z = nz, nz + 1, ...
pub fn divergence_xz<T: Real>(
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

#[inline(always)]
fn times_minus_i<T: Real>(z: Complex<T>) -> Complex<T> {
    Complex::new(z.im, -z.re)
}

/// A stage for one scheme's R registers, in the precision of the fields.
pub struct Coefficients<T, const R: usize> {
    mix: [[T; R]; R],
    add: [T; R],
    /// Registers that the stage needs, and those it changes.
    reads: [bool; R],
    writes: [bool; R],
}

impl<T: Real, const R: usize> Coefficients<T, R> {
    pub fn new(stage: &Stage, dt: f64) -> Self {
        Self {
            mix: std::array::from_fn(|r| std::array::from_fn(|q| T::of(stage.mix[r][q]))),
            add: std::array::from_fn(|r| T::of(dt * stage.add[r])),
            reads: std::array::from_fn(|r| stage.mix.iter().any(|row| row[r] != 0.0)),
            writes: std::array::from_fn(|r| stage.add[r] != 0.0 || stage.mix[r] != [0.0; RungeKutta::REGISTERS]),
        }
    }
}

/// N of a column, kept until a second evaluation is added.
pub fn keep<T: Real>(tables: &ColumnTables<'_, T>, modes: [&[Complex<T>]; 4], kept: [&mut [Complex<T>]; 3]) {
    let (modes, mut kept) = (modes.map(cast_slice), kept.map(|field| cast_slice_mut(field)));
    vectorised(
        #[inline(always)]
        || {
            for (first, (ky, _)) in tables.runs() {
                let whole = ky.len() - ky.len() % LANES;
                for j in (0..whole).step_by(LANES) {
                    keep_some::<T, LANES>(tables, ky, j, first + j, modes, &mut kept);
                }
                for j in (whole..ky.len()).step_by(2) {
                    keep_some::<T, 2>(tables, ky, j, first + j, modes, &mut kept);
                }
            }
        },
    );
}

#[inline(always)]
fn keep_some<T: Real, const L: usize>(
    tables: &ColumnTables<'_, T>,
    ky: &[T],
    j: usize,
    at: usize,
    modes: [&[T]; 4],
    kept: &mut [&mut [T]; 3],
) {
    let n = nonlinear::<T, L>(tables, Lanes::load(ky, j), modes, at);
    for i in 0..3 {
        n[i].store(kept[i], at);
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
    let (modes, kept) = (modes.map(cast_slice), kept.map(|fields| fields.map(cast_slice)));
    let mut registers = registers.map(|fields| fields.map(|field| cast_slice_mut(field)));
    vectorised(
        #[inline(always)]
        || {
            let (mut sum, mut rest) = (Lanes::all(T::zero()), Lanes::all(T::zero()));
            for (first, run) in tables.runs() {
                let length = run.0.len();
                let whole = length - length % LANES;
                for j in (0..whole).step_by(LANES) {
                    update_some::<T, R, LANES>(tables, coefficients, (first, run, j), modes, kept, &mut registers, &mut sum);
                }
                for j in (whole..length).step_by(2) {
                    update_some::<T, R, 2>(tables, coefficients, (first, run, j), modes, kept, &mut registers, &mut rest);
                }
            }
            sum.sum() + rest.sum()
        },
    )
}

/// [`update`] for L reals from j on of a run of a column. Adds `|u|^2` to the sum.
#[inline(always)]
fn update_some<T: Real, const R: usize, const L: usize>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    (first, (ky, factor), j): (usize, Run<'_, T>, usize),
    modes: [&[T]; 4],
    kept: Option<[&[T]; 3]>,
    registers: &mut [[&mut [T]; 3]; R],
    sum: &mut Lanes<T, L>,
) {
    let at = first + j;
    let (ky, factor) = (Lanes::<T, L>::load(ky, j), Lanes::load(factor, j));
    let zero = Lanes::all(T::zero());
    let k = [Lanes::all(tables.kx), ky, Lanes::all(tables.kz)];
    let mut n = nonlinear(tables, ky, modes, at);
    if let Some(kept) = kept {
        for i in 0..3 {
            n[i] = (n[i] + Lanes::load(kept[i], at)) * Lanes::all(T::of(0.5));
        }
    }
    let k2 = k[0] * k[0] + k[1] * k[1] + k[2] * k[2];
    // k = 0 has N = 0, so that any divisor will do.
    let along = (n[0] * k[0] + n[1] * k[1] + n[2] * k[2]) / k2.or_one();
    let decay = factor * Lanes::all(tables.factor);
    for i in 0..3 {
        let projected = n[i] - along * k[i];
        let mut x = [zero; R];
        for r in 0..R {
            if coefficients.reads[r] {
                x[r] = Lanes::load(registers[r][i], at);
            }
        }
        for (r, register) in registers.iter_mut().enumerate() {
            if coefficients.writes[r] {
                let mut mixed = projected * Lanes::all(coefficients.add[r]);
                for (x, mix) in x.iter().zip(coefficients.mix[r]) {
                    mixed = mixed + *x * Lanes::all(mix);
                }
                let new = mixed * decay;
                new.store(register[i], at);
                if r == 0 {
                    *sum = *sum + new * new;
                }
            }
        }
    }
}

/// N of the modes `[A, B, C, D]`, L reals from `at` on.
#[inline(always)]
fn nonlinear<T: Real, const L: usize>(
    tables: &ColumnTables<'_, T>,
    ky: Lanes<T, L>,
    [a, b, c, d]: [&[T]; 4],
    at: usize,
) -> [Lanes<T, L>; 3] {
    let (a, b, c, d) = (Lanes::load(a, at), Lanes::load(b, at), Lanes::load(c, at), Lanes::load(d, at));
    [a + b * ky, b * Lanes::all(tables.kx) + d * Lanes::all(tables.kz), c + d * ky]
}
