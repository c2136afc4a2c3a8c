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
//! The formulas are those of two real lines, the real and the imaginary parts, in one complex one.

use super::{Column, Columns, ComplexLines, Lanes, Real, vectorised};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;
use std::f64::consts::PI;

/// Complex numbers that are worked on together, and their parts.
const BLOCK: usize = 4;
const PARTS: usize = 2 * BLOCK;

/// Chebyshev transforms of complex lines.
pub struct ChebyshevColumns<T> {
    lines: ComplexLines<T>,
    /// `sin(pi j / N)` and `cos(pi j / N)`, 0 <= j < N / 2, each twice: for both parts of a complex number.
    sines: Vec<T>,
    cosines: Vec<T>,
    work: Vec<Complex<T>>,
}

impl<T: Real> ChebyshevColumns<T> {
    /// The coefficients of `line` to its values at the points, in place.
    pub(super) fn inverse(&mut self, line: &mut [Complex<T>]) {
        // The ends count half in S.
        let last = line.len() - 1;
        (line[0], line[last]) = (line[0].scale(T::of(2.0)), line[last].scale(T::of(2.0)));
        self.cosine_transform(line);
    }

    /// S of `line`, in place.
    fn cosine_transform(&mut self, line: &mut [Complex<T>]) {
        let first = vectorised(
            #[inline(always)]
            || self.fold(line),
        );
        self.lines.inverse(&mut self.work);
        vectorised(
            #[inline(always)]
            || unfold(&self.work, first, line),
        );
    }

    /// h of a line g to `work`; returns S_1.
    #[inline(always)]
    fn fold(&mut self, line: &[Complex<T>]) -> Complex<T> {
        let Self { sines, cosines, work, .. } = self;
        let n = work.len();
        let half = T::of(0.5);
        work[0] = (line[0] + line[n]).scale(half);
        if n.is_multiple_of(2) {
            work[n / 2] = line[n / 2];
        }
        let (g, h): (&[T], &mut [T]) = (cast_slice(line), cast_slice_mut(work));
        let pairs = (n - 1) / 2;
        let blocks = pairs / BLOCK;
        let mut sums = Lanes::all(T::zero());
        for block in 0..blocks {
            fold_pairs::<T, PARTS>(g, h, 1 + BLOCK * block, [sines, cosines], &mut sums);
        }
        let mut first = Lanes::all(T::zero());
        for j in BLOCK * blocks + 1..=pairs {
            fold_pairs::<T, 2>(g, h, j, [sines, cosines], &mut first);
        }
        let parts = sums.numbers().chunks_exact(2).fold(first, |sum, part| sum + Lanes::of([part[0], part[1]]));
        let [re, im] = parts.numbers();
        Complex::new(re, im) + (line[0] - line[n]).scale(half)
    }
}

/// h_j and h_{N-j} for L / 2 numbers from j on, and their share of `S_1 = (g_0 - g_N) / 2 + sum_{0<j<N/2} (g_j - g_{N-j}) cos(pi j / N)`.
#[inline(always)]
fn fold_pairs<T: Real, const L: usize>(g: &[T], h: &mut [T], j: usize, [sines, cosines]: [&[T]; 2], first: &mut Lanes<T, L>) {
    let mirrored = h.len() - 2 * j + 2 - L;
    let (from, to) = (Lanes::<T, L>::load(g, 2 * j), Lanes::load(g, mirrored).reversed());
    let (mean, difference) = ((from + to) * Lanes::all(T::of(0.5)), from - to);
    let turned = difference * Lanes::load(sines, 2 * j);
    (mean - turned).store(h, 2 * j);
    (mean + turned).reversed().store(h, mirrored);
    *first = *first + difference * Lanes::load(cosines, 2 * j);
}

/// S of Z and of S_1.
#[inline(always)]
fn unfold<T: Real>(z: &[Complex<T>], first: Complex<T>, line: &mut [Complex<T>]) {
    let n = z.len();
    (line[0], line[1]) = (z[0], first);
    let half = T::of(0.5);
    let mut odd = [first.re, first.im];
    let (z, s): (&[T], &mut [T]) = (cast_slice(z), cast_slice_mut(line));
    let pairs = (n - 1) / 2;
    let blocks = pairs / BLOCK;
    for block in 0..blocks {
        let k = 1 + BLOCK * block;
        let (from, to) = (Lanes::<T, PARTS>::load(z, 2 * k), Lanes::load(z, 2 * (n - k - BLOCK + 1)).reversed());
        let even = ((from + to) * Lanes::all(half)).numbers();
        let difference = ((from - to) * Lanes::all(half)).numbers();
        // The sums within a block do not wait for those before it.
        let mut sum = [T::zero(); 2];
        let mut numbers = [T::zero(); 2 * PARTS];
        for (i, numbers) in numbers.chunks_exact_mut(4).enumerate() {
            sum = [sum[0] + difference[2 * i + 1], sum[1] - difference[2 * i]];
            numbers.copy_from_slice(&[even[2 * i], even[2 * i + 1], odd[0] + sum[0], odd[1] + sum[1]]);
        }
        odd = [numbers[2 * PARTS - 2], numbers[2 * PARTS - 1]];
        s[4 * k..4 * k + 2 * PARTS].copy_from_slice(&numbers);
    }
    for k in BLOCK * blocks + 1..=pairs {
        let ([from, from_im], [to, to_im]) = (Lanes::<T, 2>::load(z, 2 * k).numbers(), Lanes::load(z, 2 * (n - k)).numbers());
        odd = [odd[0] + (from_im - to_im) * half, odd[1] - (from - to) * half];
        s[4 * k..4 * k + 4].copy_from_slice(&[(from + to) * half, (from_im + to_im) * half, odd[0], odd[1]]);
    }
    if n.is_multiple_of(2) {
        s[2 * n..].copy_from_slice(&z[n..n + 2]);
    }
}

impl<T: Real> Columns<T> for ChebyshevColumns<T> {
    fn new(points: usize) -> Self {
        let n = points - 1;
        let angle = |j: usize| PI * j as f64 / n as f64;
        Self {
            lines: ComplexLines::new(n),
            sines: (0..n.next_multiple_of(2)).map(|part| T::of(angle(part / 2).sin())).collect(),
            cosines: (0..n.next_multiple_of(2)).map(|part| T::of(angle(part / 2).cos())).collect(),
            work: vec![Complex::default(); n],
        }
    }

    fn there_and_back(points: usize) -> f64 {
        (points - 1) as f64 / 2.0
    }

    fn points(&self) -> usize {
        self.lines.points() + 1
    }

    fn forward(&mut self, _: &Column, line: &mut [Complex<T>]) {
        self.cosine_transform(line);
        let last = line.len() - 1;
        (line[0], line[last]) = (line[0].scale(T::of(0.5)), line[last].scale(T::of(0.5)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Shape, Truncation};
    use super::{ChebyshevColumns, Columns};
    use num_complex::Complex;
    use std::f64::consts::PI;

    #[test]
    fn values_and_coefficients_of_all_lengths() {
        let column = Truncation { grid: [8, 9, 8], shape: Shape::Chebyshev { kept: 9 } }.columns(0..1).next().unwrap();
        for points in [3_usize, 4, 5, 6, 8, 9, 13, 17, 26, 33, 64, 65, 97, 129, 193, 1025] {
            let n = points - 1;
            let coefficient = |m: usize| Complex::new((m as f64 * 1.3).cos(), (m as f64 * 0.7).sin()) / (1.0 + m as f64);
            let original: Vec<_> = (0..points).map(coefficient).collect();
            let mut transform = ChebyshevColumns::<f64>::new(points);
            assert_eq!(transform.points(), points);
            let mut line = original.clone();
            transform.inverse(&mut line);
            for j in (0..points).step_by(n / 7 + 1) {
                let direct: Complex<f64> = (0..points).map(|m| original[m] * (PI * ((m * j) % (2 * n)) as f64 / n as f64).cos()).sum();
                assert!((line[j] - direct).norm() < 3e-14, "{points} points, {j}: {} {direct}", line[j]);
            }
            transform.forward(&column, &mut line);
            for (m, coefficient) in original.iter().enumerate() {
                let back = line[m] / ChebyshevColumns::<f64>::there_and_back(points);
                assert!((back - coefficient).norm() < 1e-14, "{points} points, coefficient {m}: {back} {coefficient}");
            }
        }
    }
}
