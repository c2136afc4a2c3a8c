//! Chebyshev transforms of columns: coefficients of `f(y) = sum_n a_n T_n(y)`, n = 0 .. N, to the
//! values at the Gauss-Lobatto points `y_j = cos(pi j / N)`, `f_j = sum_n a_n cos(pi n j / N)`, and
//! back.
//!
//! A cosine transform of N + 1 numbers is a Fourier transform of N numbers (Cooley, Lewis & Welch
//! 1970; Press et al., Numerical Recipes, sec. 12.4): with
//!
//! ```text
//!     S_k = (g_0 + (-1)^k g_N) / 2 + sum_{0<j<N} g_j cos(pi j k / N)
//!     h_j = (g_j + g_{N-j}) / 2 - sin(pi j / N) (g_j - g_{N-j}),    Z_k = sum_j h_j exp(2 pi i j k / N)
//!     S_2k = (Z_k + Z_{N-k}) / 2,    S_{2k+1} = S_{2k-1} - i (Z_k - Z_{N-k}) / 2
//! ```
//!
//! The formulas are those of two real lines, the real and the imaginary parts, in one complex one.
//! Neighbouring columns lie abreast, so that nothing is turned but by this: what comes as rows of
//! the exchange goes on as lines of coefficients side by side, and back.

use super::abreast::{Group, Rows, RowsMut, Stages};
use super::butterflies::Numbers;
use super::lines::{AlignedReals, aligned_reals};
use super::{Columns, Lines, LinesMut, NEIGHBOURS, Real, Room};
use crate::parallel::{Blocks, BlocksMut};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;
use pulp::{Simd, WithSimd};
use std::f64::consts::PI;
use std::ops::Range;

/// Real numbers of one point, or coefficient, of a field: those of all neighbouring columns.
const NUMBERS: usize = 2 * NEIGHBOURS;

/// The place of the complex numbers of fields: those of point j, or of coefficient j, of field f
/// from `first + row j + field f` on, and of how many columns they are, for the last ones may be
/// fewer.
#[derive(Clone, Copy)]
struct Place {
    first: usize,
    row: usize,
    field: usize,
    columns: usize,
}

impl Place {
    /// Copies the lines of some fields to rows.
    #[inline(always)]
    fn gather<T: Real>(self, fields: usize, from: &Blocks<'_, T>, rows: &mut [T]) {
        let width = T::ABREAST / 2;
        let rows: &mut [Complex<T>] = cast_slice_mut(rows);
        if fields * self.columns < width {
            rows.fill(Complex::default());
        }
        for (points, from) in from.rows(self.row) {
            let rows = &mut rows[width * points.start..];
            for f in 0..fields {
                let from = &from[self.first + f * self.field..];
                for (to, from) in rows.chunks_exact_mut(width).zip(from.chunks(self.row)) {
                    copy(from, &mut to[f * NEIGHBOURS..], self.columns);
                }
            }
        }
    }

    /// Copies rows to the lines of some fields.
    #[inline(always)]
    fn scatter<T: Real>(self, fields: usize, rows: &[T], to: &mut BlocksMut<'_, T>) {
        let width = T::ABREAST / 2;
        let rows: &[Complex<T>] = cast_slice(rows);
        for (points, to) in to.rows(self.row) {
            let rows = &rows[width * points.start..];
            for f in 0..fields {
                let to = &mut to[self.first + f * self.field..];
                for (from, to) in rows.chunks_exact(width).zip(to.chunks_mut(self.row)) {
                    copy(&from[f * NEIGHBOURS..], to, self.columns);
                }
            }
        }
    }
}

/// Copies the numbers of neighbouring columns, or of fewer.
#[inline(always)]
fn copy<T: Real>(from: &[Complex<T>], to: &mut [Complex<T>], columns: usize) {
    if columns == NEIGHBOURS {
        to[..NEIGHBOURS].copy_from_slice(&from[..NEIGHBOURS]);
    } else {
        to[..columns].copy_from_slice(&from[..columns]);
    }
}

/// Cosine transforms of neighbouring columns, a few fields at a time.
struct Cosines<T> {
    stages: Stages<T>,
    /// `sin(pi j / N)` and `cos(pi j / N)`, 0 <= j < N / 2.
    sines: Vec<T>,
    cosines: Vec<T>,
    /// g and S: `[point or coefficient][field][column]`, complex numbers.
    rows: AlignedReals<T>,
    /// h and Z: `[point][share][real or imaginary][field and column]`. So no field and no column
    /// meets another.
    work: AlignedReals<T>,
}

impl<T: Real> Cosines<T> {
    /// Fields that are transformed together.
    const FIELDS: usize = T::ABREAST / NUMBERS;

    fn new(n: usize) -> Self {
        let angle = |j: usize| PI * j as f64 / n as f64;
        Self {
            stages: Stages::new(n),
            sines: (0..n.div_ceil(2)).map(|j| T::of(angle(j).sin())).collect(),
            cosines: (0..n.div_ceil(2)).map(|j| T::of(angle(j).cos())).collect(),
            rows: aligned_reals((n + 1) * T::ABREAST),
            work: aligned_reals(n * T::ABREAST),
        }
    }

    /// S of some fields g. The ends are multiplied by the first number before and by the other
    /// one after it.
    fn transform(
        &mut self,
        g: (Blocks<'_, T>, Place),
        s: (BlocksMut<'_, T>, Place),
        fields: usize,
        ends: [T; 2],
    ) {
        let Self { stages, sines, cosines, rows, work } = self;
        stages.arch.dispatch(Transform { stages, tables: [sines, cosines], rows, work, g, s, fields, ends });
    }
}

struct Transform<'a, T> {
    stages: &'a Stages<T>,
    /// Sines and cosines.
    tables: [&'a [T]; 2],
    rows: &'a mut [T],
    work: &'a mut [T],
    g: (Blocks<'a, T>, Place),
    s: (BlocksMut<'a, T>, Place),
    fields: usize,
    ends: [T; 2],
}

impl<T: Real> WithSimd for Transform<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { stages, tables, rows, work, g: (g, from), s: (mut s, to), fields, ends: [before, after] } =
            self;
        from.gather(fields, &g, rows);
        let mut group = Group::new(simd, work);
        for part in 0..Group::<S, T>::PARTS {
            group.part = part;
            let first = fold(&Rows::new(simd, rows, part), &mut group, tables, before);
            stages.to_points(&mut group);
            unfold(&group, &mut RowsMut::new(simd, rows, part), stages, first, after);
        }
        to.scatter(fields, rows, &mut s);
    }
}

/// h of g; returns `S_1 = (g_0 - g_N) / 2 + sum_{0<j<N/2} (g_j - g_{N-j}) cos(pi j / N)`.
#[inline(always)]
fn fold<S: Simd, T: Real>(
    g: &Rows<'_, S, T>,
    h: &mut Group<'_, S, T>,
    [sines, cosines]: [&[T]; 2],
    ends: T,
) -> Numbers<S, T> {
    let half = T::of(0.5);
    let n = h.points();
    let (upper, lower) = (g.load(0), g.load(n));
    h.store::<false>(0, (upper + lower) * (half * ends));
    let mut first = (upper - lower) * (half * ends);
    for (j, (sine, cosine)) in sines.iter().zip(cosines).enumerate().skip(1) {
        let (g, mirrored) = (g.load(j), g.load(n - j));
        let (mean, difference) = ((g + mirrored) * half, g - mirrored);
        h.store::<false>(j, difference.times_plus(-*sine, mean));
        h.store::<false>(n - j, difference.times_plus(*sine, mean));
        first = difference.times_plus(*cosine, first);
    }
    if n.is_multiple_of(2) {
        h.store::<false>(n / 2, g.load(n / 2));
    }
    first
}

/// S of Z and of S_1.
#[inline(always)]
fn unfold<S: Simd, T: Real>(
    z: &Group<'_, S, T>,
    s: &mut RowsMut<'_, S, T>,
    stages: &Stages<T>,
    first: Numbers<S, T>,
    ends: T,
) {
    let half = T::of(0.5);
    let n = stages.points();
    let z = |k: usize| z.load::<false>(stages.place(k) / T::ABREAST);
    s.store(0, z(0) * ends);
    s.store(1, if n == 1 { first * ends } else { first });
    let mut odd = first;
    for k in 1..n.div_ceil(2) {
        let (z, mirrored) = (z(k), z(n - k));
        s.store(2 * k, (z + mirrored) * half);
        odd = odd.minus_i((z - mirrored) * half);
        s.store(2 * k + 1, if 2 * k + 1 == n { odd * ends } else { odd });
    }
    if n.is_multiple_of(2) {
        s.store(n, z(n / 2) * ends);
    }
}

/// Chebyshev transforms of the lines of neighbouring columns.
pub struct ChebyshevColumns<T> {
    points: usize,
    cosines: Cosines<T>,
    /// Coefficients: `[field][n][column]`.
    lines: AlignedReals<T>,
}

impl<T: Real> ChebyshevColumns<T> {
    /// The lines of all fields; they have zeros behind the first `kept` coefficients.
    pub(super) fn lines_mut(&mut self, kept: usize) -> LinesMut<'_, T> {
        let length = NUMBERS * self.points;
        self.lines.chunks_exact_mut(length).for_each(|line| line[NUMBERS * kept..].fill(T::zero()));
        LinesMut { numbers: &mut self.lines, length }
    }

    pub(super) fn lines(&self) -> Lines<'_, T> {
        Lines { numbers: &self.lines, length: NUMBERS * self.points }
    }

    /// Transforms the lines of `fields` fields to values at the points: into rows of `columns` complex
    /// numbers per field, those of `own` columns.
    pub(super) fn inverse(
        &mut self,
        fields: usize,
        rows: &mut BlocksMut<'_, T>,
        columns: usize,
        own: Range<usize>,
    ) {
        for field in (0..fields).step_by(Cosines::<T>::FIELDS) {
            let (in_lines, in_rows) = (self.in_lines(field), Self::in_rows(field, fields, columns, &own));
            // The ends count half in S.
            let ends = [T::of(2.0), T::one()];
            let lines = Blocks::of_one(cast_slice(&self.lines));
            self.cosines.transform(
                (lines, in_lines),
                (rows.again(), in_rows),
                Cosines::<T>::FIELDS.min(fields - field),
                ends,
            );
        }
    }

    /// Rows, as those of [`ChebyshevColumns::inverse`], to lines, but for a factor.
    pub(super) fn forward(&mut self, fields: usize, rows: Blocks<'_, T>, columns: usize, own: Range<usize>) {
        for field in (0..fields).step_by(Cosines::<T>::FIELDS) {
            let (in_lines, in_rows) = (self.in_lines(field), Self::in_rows(field, fields, columns, &own));
            let ends = [T::one(), T::of(0.5)];
            let lines = BlocksMut::of_one(cast_slice_mut(&mut self.lines));
            self.cosines.transform(
                (rows, in_rows),
                (lines, in_lines),
                Cosines::<T>::FIELDS.min(fields - field),
                ends,
            );
        }
    }

    /// The place of the fields from `field` on in lines.
    fn in_lines(&self, field: usize) -> Place {
        let length = NEIGHBOURS * self.points;
        Place { first: field * length, row: NEIGHBOURS, field: length, columns: NEIGHBOURS }
    }

    /// The place of the fields from `field` on in rows.
    fn in_rows(field: usize, fields: usize, columns: usize, own: &Range<usize>) -> Place {
        Place {
            first: field * columns + own.start,
            row: fields * columns,
            field: columns,
            columns: own.len(),
        }
    }
}

impl<T: Real> Columns<T> for ChebyshevColumns<T> {
    /// The Gauss-Lobatto points.
    type Grid<'a>
        = ()
    where
        T: 'a;

    fn new(points: usize, room: Room) -> Self {
        Self {
            points,
            cosines: Cosines::new(points - 1),
            lines: aligned_reals(room.columns * points * NUMBERS),
        }
    }

    fn memory(points: usize, room: Room) -> usize {
        (room.columns * NUMBERS + 2 * T::ABREAST) * points * size_of::<T>()
    }

    fn there_and_back(points: usize) -> f64 {
        (points - 1) as f64 / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NEIGHBOURS, Real, Room};
    use super::{ChebyshevColumns, Columns, NUMBERS};
    use crate::parallel::{Blocks, BlocksMut};
    use num_complex::Complex;
    use std::f64::consts::PI;

    fn values_and_coefficients<T: Real>([of_values, of_coefficients]: [f64; 2]) {
        let fields = 3;
        for points in [3_usize, 4, 5, 6, 8, 9, 13, 17, 26, 33, 64, 65, 97, 129, 193, 1025] {
            let n = points - 1;
            let coefficient = |f: usize, m: usize, column: usize| {
                let amplitude = 1.0 - 0.2 * f as f64 - 0.02 * column as f64;
                Complex::new((m as f64 * 1.3).cos(), (m as f64 * 0.7).sin()) * amplitude / (1.0 + m as f64)
            };
            let mut transform = ChebyshevColumns::<T>::new(points, Room { columns: fields, lines: fields });
            // Six columns: one group, and one of fewer.
            let columns = 6;
            let mut rows = vec![Complex::new(T::zero(), T::zero()); points * fields * columns];
            for own in [0..NEIGHBOURS, NEIGHBOURS..columns] {
                let mut lines = transform.lines_mut(points);
                for f in 0..fields {
                    for m in 0..points {
                        for (c, column) in own.clone().enumerate() {
                            let a = coefficient(f, m, column);
                            lines.of(f)[NUMBERS * m + 2 * c..][..2]
                                .copy_from_slice(&[T::of(a.re), T::of(a.im)]);
                        }
                    }
                }
                transform.inverse(fields, &mut BlocksMut::of_one(&mut rows), columns, own);
            }
            for (f, column) in (0..fields).flat_map(|f| (0..columns).map(move |column| (f, column))) {
                for j in (0..points).step_by(n / 7 + 1) {
                    let cosine = |m: usize| (PI * ((m * j) % (2 * n)) as f64 / n as f64).cos();
                    // The small ones first, so that their sum is more exact than the transform.
                    let direct: Complex<f64> =
                        (0..points).rev().map(|m| coefficient(f, m, column) * cosine(m)).sum();
                    let value = rows[(j * fields + f) * columns + column];
                    let error = (Complex::new(value.re.wide(), value.im.wide()) - direct).norm();
                    assert!(
                        error < of_values,
                        "{points} points, {j}, field {f}, column {column}: off by {error:e}"
                    );
                }
            }
            for own in [0..NEIGHBOURS, NEIGHBOURS..columns] {
                transform.forward(fields, Blocks::of_one(&rows), columns, own.clone());
                for (f, m) in (0..fields).flat_map(|f| (0..points).map(move |m| (f, m))) {
                    for (c, column) in own.clone().enumerate() {
                        let numbers = &transform.lines().of(f)[NUMBERS * m + 2 * c..][..2];
                        let back = Complex::new(numbers[0].wide(), numbers[1].wide())
                            / ChebyshevColumns::<T>::there_and_back(points);
                        let error = (back - coefficient(f, m, column)).norm();
                        assert!(
                            error < of_coefficients,
                            "{points} points, coefficient {m}, field {f}, column {column}: off by {error:e}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn values_and_coefficients_of_all_lengths() {
        values_and_coefficients::<f64>([3e-14, 1e-14]);
        values_and_coefficients::<f32>([2e-5, 2e-5]);
    }

    #[test]
    fn fields_and_columns_do_not_meet() {
        let (points, fields, columns) = (17, 3, NEIGHBOURS);
        let rows_of = |broken: Option<(usize, usize)>| {
            let mut transform = ChebyshevColumns::<f64>::new(points, Room { columns: fields, lines: fields });
            let mut lines = transform.lines_mut(points);
            for (f, i) in (0..fields).flat_map(|f| (0..points * NUMBERS).map(move |i| (f, i))) {
                let is_broken = broken == Some((f, i % NUMBERS / 2));
                lines.of(f)[i] = if is_broken { f64::NAN } else { ((f * 100 + i) as f64).sin() };
            }
            let mut rows = vec![Complex::default(); points * fields * columns];
            transform.inverse(fields, &mut BlocksMut::of_one(&mut rows), columns, 0..columns);
            let values = rows.clone();
            transform.forward(fields, Blocks::of_one(&rows), columns, 0..columns);
            let back: Vec<f64> = (0..fields).flat_map(|f| transform.lines().of(f).to_vec()).collect();
            (values, back)
        };
        let (values, back) = rows_of(None);
        for (field, column) in (0..fields).flat_map(|f| (0..columns).map(move |c| (f, c))) {
            let (others, others_back) = rows_of(Some((field, column)));
            for (i, (other, value)) in others.iter().zip(&values).enumerate() {
                let own = (i / columns % fields, i % columns) == (field, column);
                assert!(
                    if own { other.is_nan() } else { other == value },
                    "a value of field {}, column {}",
                    i / columns % fields,
                    i % columns
                );
            }
            for (i, (other, value)) in others_back.iter().zip(&back).enumerate() {
                let own = (i / (NUMBERS * points), i % NUMBERS / 2) == (field, column);
                assert!(
                    if own { other.is_nan() } else { other == value },
                    "a coefficient of field {}, {i}",
                    i / (NUMBERS * points)
                );
            }
        }
    }
}
