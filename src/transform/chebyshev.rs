//! Chebyshev transforms of columns: coefficients of `f(y) = sum_n a_n T_n(y)`, n = 0 .. N, to the values at the Gauss-Lobatto points
//! `y_j = cos(pi j / N)`, `f_j = sum_n a_n cos(pi n j / N)`, and back.
//!
//! A cosine transform of N + 1 numbers is a Fourier transform of N numbers (Cooley, Lewis & Welch 1970; Press et al., Numerical Recipes, sec. 12.4): with
//!
//! ```text
//!     S_k = (g_0 + (-1)^k g_N) / 2 + sum_{0<j<N} g_j cos(pi j k / N)
//!     h_j = (g_j + g_{N-j}) / 2 - sin(pi j / N) (g_j - g_{N-j}),    Z_k = sum_j h_j exp(2 pi i j k / N)
//!     S_2k = (Z_k + Z_{N-k}) / 2,    S_{2k+1} = S_{2k-1} - i (Z_k - Z_{N-k}) / 2
//! ```
//!
//! The formulas are those of two real lines, the real and the imaginary parts, in one complex one. Neighbouring columns lie abreast, so that nothing is
//! turned but by this: what comes as rows of the exchange goes on as lines of coefficients side by side, and back.

use super::abreast::Stages;
use super::lines::{AlignedReals, aligned_reals};
use super::{Columns, Fields, Lanes, Lines, LinesMut, MOST_ABREAST, NEIGHBOURS, Real, vectorised};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;
use std::f64::consts::PI;
use std::ops::Range;

/// Numbers of one point, or coefficient, of a field: those of all neighbouring columns.
const NUMBERS: usize = 2 * NEIGHBOURS;

type Numbers<T> = Lanes<T, NUMBERS>;

/// The real, or the imaginary parts of numbers.
type Parts<T> = Lanes<T, NEIGHBOURS>;

#[inline(always)]
fn apart<T: Real>(numbers: Numbers<T>) -> [Parts<T>; 2] {
    let numbers = numbers.numbers();
    [0, 1].map(|part| Lanes::of(std::array::from_fn(|c| numbers[2 * c + part])))
}

#[inline(always)]
fn together<T: Real>(parts: [Parts<T>; 2]) -> Numbers<T> {
    let parts = parts.map(Lanes::numbers);
    Lanes::of(std::array::from_fn(|lane| parts[lane % 2][lane / 2]))
}

/// Fields that are transformed together, at most.
const MOST_FIELDS: usize = MOST_ABREAST / NUMBERS;

/// Where the numbers of fields lie: those of point j, or of coefficient j, of field f from `first + row j + field f` on.
#[derive(Clone, Copy)]
struct Place {
    first: usize,
    row: usize,
    field: usize,
}

impl Place {
    #[inline(always)]
    fn of(self, j: usize, field: usize) -> usize {
        self.first + j * self.row + field * self.field
    }
}

/// Cosine transforms of neighbouring columns, a few fields at a time.
struct Cosines<T> {
    stages: Stages<T>,
    /// `sin(pi j / N)` and `cos(pi j / N)`, 0 <= j < N / 2.
    sines: Vec<T>,
    cosines: Vec<T>,
    /// h and Z: `[point][real or imaginary][field][column]`. So no field and no column meets another.
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
            work: aligned_reals(n * T::ABREAST),
        }
    }

    /// S of so many fields g. The ends are multiplied by `before` before and by `after` after it.
    fn transform(&mut self, g: (&[T], Place), s: (&mut [T], Place), fields: usize, [before, after]: [T; 2]) {
        let first = vectorised(
            #[inline(always)]
            || self.fold(g, fields, before),
        );
        self.stages.inverse(&mut self.work);
        vectorised(
            #[inline(always)]
            || self.unfold(first, s, fields, after),
        );
    }

    /// h of g; returns `S_1 = (g_0 - g_N) / 2 + sum_{0<j<N/2} (g_j - g_{N-j}) cos(pi j / N)`.
    #[inline(always)]
    fn fold(&mut self, (from, place): (&[T], Place), fields: usize, ends: T) -> [Numbers<T>; MOST_FIELDS] {
        let n = self.stages.points();
        let half = Numbers::all(T::of(0.5));
        let ends = half * Numbers::all(ends);
        let mut first = [Numbers::all(T::zero()); MOST_FIELDS];
        for (f, first) in first.iter_mut().enumerate().take(Self::FIELDS) {
            let work = &mut self.work;
            let mut store = |j: usize, numbers: Numbers<T>| {
                let [re, im] = apart(numbers);
                re.store(work, j * T::ABREAST + f * NEIGHBOURS);
                im.store(work, j * T::ABREAST + T::ABREAST / 2 + f * NEIGHBOURS);
            };
            if f >= fields {
                (0..n).for_each(|j| store(j, Numbers::all(T::zero())));
                continue;
            }
            let g = |j: usize| Numbers::load(from, place.of(j, f));
            let (upper, lower) = (g(0), g(n));
            store(0, (upper + lower) * ends);
            let mut sum = (upper - lower) * ends;
            for (j, (sine, cosine)) in self.sines.iter().zip(&self.cosines).enumerate().skip(1) {
                let (g, mirrored) = (g(j), g(n - j));
                let (mean, difference) = ((g + mirrored) * half, g - mirrored);
                let turned = difference * Numbers::all(*sine);
                store(j, mean - turned);
                store(n - j, mean + turned);
                sum = sum + difference * Numbers::all(*cosine);
            }
            if n.is_multiple_of(2) {
                store(n / 2, g(n / 2));
            }
            *first = sum;
        }
        first
    }

    /// S of Z and of S_1.
    #[inline(always)]
    fn unfold(&self, first: [Numbers<T>; MOST_FIELDS], (to, place): (&mut [T], Place), fields: usize, ends: T) {
        let n = self.stages.points();
        let (half, ends) = (Parts::all(T::of(0.5)), Numbers::all(ends));
        for (f, first) in first.into_iter().enumerate().take(fields) {
            let z = |k: usize| {
                let at = self.stages.place(k) + f * NEIGHBOURS;
                [Parts::load(&self.work, at), Parts::load(&self.work, at + T::ABREAST / 2)]
            };
            let mut store = |k: usize, s: Numbers<T>| s.store(to, place.of(k, f));
            store(0, together(z(0)) * ends);
            store(1, if n == 1 { first * ends } else { first });
            let mut odd = apart(first);
            for k in 1..n.div_ceil(2) {
                let (z, mirrored) = (z(k), z(n - k));
                store(2 * k, together([(z[0] + mirrored[0]) * half, (z[1] + mirrored[1]) * half]));
                odd = [odd[0] + (z[1] - mirrored[1]) * half, odd[1] - (z[0] - mirrored[0]) * half];
                store(2 * k + 1, if 2 * k + 1 == n { together(odd) * ends } else { together(odd) });
            }
            if n.is_multiple_of(2) {
                store(n, together(z(n / 2)) * ends);
            }
        }
    }
}

/// Chebyshev transforms of the lines of neighbouring columns.
pub struct ChebyshevColumns<T> {
    points: usize,
    cosines: Cosines<T>,
    /// Coefficients: `[field][n][column]`.
    lines: AlignedReals<T>,
    /// Rows of fewer columns: `[point][field][column]`.
    few: Vec<T>,
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

    /// The lines of so many fields to the values at the points: into rows of `columns` complex numbers a field, those of `own` columns.
    pub(super) fn inverse(&mut self, fields: usize, rows: &mut [Complex<T>], columns: usize, own: Range<usize>) {
        let Self { points, cosines, lines, few } = self;
        let length = NUMBERS * *points;
        let rows: &mut [T] = cast_slice_mut(rows);
        for field in (0..fields).step_by(Cosines::<T>::FIELDS) {
            let together = Cosines::<T>::FIELDS.min(fields - field);
            let from = (&lines[..], Place { first: field * length, row: NUMBERS, field: length });
            let place = Place { first: 2 * (field * columns + own.start), row: 2 * fields * columns, field: 2 * columns };
            // The ends count half in S.
            let ends = [T::of(2.0), T::one()];
            if own.len() == NEIGHBOURS {
                cosines.transform(from, (rows, place), together, ends);
            } else {
                cosines.transform(from, (few, Self::OF_FEW), together, ends);
                for (j, f) in (0..*points).flat_map(|j| (0..together).map(move |f| (j, f))) {
                    rows[place.of(j, f)..][..2 * own.len()].copy_from_slice(&few[Self::OF_FEW.of(j, f)..][..2 * own.len()]);
                }
            }
        }
    }

    /// Rows, as those of [`ChebyshevColumns::inverse`], to lines, but for a factor.
    pub(super) fn forward(&mut self, fields: usize, rows: &[Complex<T>], columns: usize, own: Range<usize>) {
        let Self { points, cosines, lines, few } = self;
        let length = NUMBERS * *points;
        let rows: &[T] = cast_slice(rows);
        for field in (0..fields).step_by(Cosines::<T>::FIELDS) {
            let together = Cosines::<T>::FIELDS.min(fields - field);
            let place = Place { first: 2 * (field * columns + own.start), row: 2 * fields * columns, field: 2 * columns };
            let to = (&mut lines[..], Place { first: field * length, row: NUMBERS, field: length });
            let ends = [T::one(), T::of(0.5)];
            if own.len() == NEIGHBOURS {
                cosines.transform((rows, place), to, together, ends);
            } else {
                few.fill(T::zero());
                for (j, f) in (0..*points).flat_map(|j| (0..together).map(move |f| (j, f))) {
                    few[Self::OF_FEW.of(j, f)..][..2 * own.len()].copy_from_slice(&rows[place.of(j, f)..][..2 * own.len()]);
                }
                cosines.transform((few, Self::OF_FEW), to, together, ends);
            }
        }
    }

    const OF_FEW: Place = Place { first: 0, row: T::ABREAST, field: NUMBERS };
}

impl<T: Real> Columns<T> for ChebyshevColumns<T> {
    fn new(points: usize, fields: Fields) -> Self {
        Self {
            points,
            cosines: Cosines::new(points - 1),
            lines: aligned_reals(fields.columns * points * NUMBERS),
            few: vec![T::zero(); points * T::ABREAST],
        }
    }

    fn there_and_back(points: usize) -> f64 {
        (points - 1) as f64 / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fields, NEIGHBOURS, Real};
    use super::{ChebyshevColumns, Columns, NUMBERS};
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
            let mut transform = ChebyshevColumns::<T>::new(points, Fields { columns: fields, lines: fields });
            // Six columns: one group, and one of fewer.
            let columns = 6;
            let mut rows = vec![Complex::new(T::zero(), T::zero()); points * fields * columns];
            for own in [0..NEIGHBOURS, NEIGHBOURS..columns] {
                let mut lines = transform.lines_mut(points);
                for f in 0..fields {
                    for m in 0..points {
                        for (c, column) in own.clone().enumerate() {
                            let a = coefficient(f, m, column);
                            lines.of(f)[NUMBERS * m + 2 * c..][..2].copy_from_slice(&[T::of(a.re), T::of(a.im)]);
                        }
                    }
                }
                transform.inverse(fields, &mut rows, columns, own);
            }
            for (f, column) in (0..fields).flat_map(|f| (0..columns).map(move |column| (f, column))) {
                for j in (0..points).step_by(n / 7 + 1) {
                    let cosine = |m: usize| (PI * ((m * j) % (2 * n)) as f64 / n as f64).cos();
                    // The small ones first, so that their sum is more exact than the transform.
                    let direct: Complex<f64> = (0..points).rev().map(|m| coefficient(f, m, column) * cosine(m)).sum();
                    let value = rows[(j * fields + f) * columns + column];
                    let error = (Complex::new(value.re.wide(), value.im.wide()) - direct).norm();
                    assert!(error < of_values, "{points} points, {j}, field {f}, column {column}: off by {error:e}");
                }
            }
            for own in [0..NEIGHBOURS, NEIGHBOURS..columns] {
                transform.forward(fields, &rows, columns, own.clone());
                for (f, m) in (0..fields).flat_map(|f| (0..points).map(move |m| (f, m))) {
                    for (c, column) in own.clone().enumerate() {
                        let numbers = &transform.lines().of(f)[NUMBERS * m + 2 * c..][..2];
                        let back = Complex::new(numbers[0].wide(), numbers[1].wide()) / ChebyshevColumns::<T>::there_and_back(points);
                        let error = (back - coefficient(f, m, column)).norm();
                        assert!(error < of_coefficients, "{points} points, coefficient {m}, field {f}, column {column}: off by {error:e}");
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
            let mut transform = ChebyshevColumns::<f64>::new(points, Fields { columns: fields, lines: fields });
            let mut lines = transform.lines_mut(points);
            for (f, i) in (0..fields).flat_map(|f| (0..points * NUMBERS).map(move |i| (f, i))) {
                let is_broken = broken == Some((f, i % NUMBERS / 2));
                lines.of(f)[i] = if is_broken { f64::NAN } else { ((f * 100 + i) as f64).sin() };
            }
            let mut rows = vec![Complex::default(); points * fields * columns];
            transform.inverse(fields, &mut rows, columns, 0..columns);
            let values = rows.clone();
            transform.forward(fields, &rows, columns, 0..columns);
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
                assert!(if own { other.is_nan() } else { other == value }, "a coefficient of field {}, {i}", i / (NUMBERS * points));
            }
        }
    }
}
