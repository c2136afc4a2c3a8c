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

use super::{Column, Columns, ComplexLines, Real, vectorised};
use num_complex::Complex;
use std::f64::consts::PI;

/// Chebyshev transforms of complex lines.
pub struct ChebyshevColumns<T> {
    lines: ComplexLines<T>,
    /// `sin(pi j / N)` and `cos(pi j / N)`, j = 0 .. N - 1.
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
        let Self { lines, sines, cosines, work, .. } = self;
        let n = line.len() - 1;
        let half = T::of(0.5);
        let first = vectorised(
            #[inline(always)]
            || {
                let mut first = Complex::new(T::zero(), T::zero());
                let reversed = line[1..].iter().rev();
                for (((h, g), mirrored), (sine, cosine)) in
                    work.iter_mut().zip(&line[..n]).zip(reversed).zip(sines.iter().zip(cosines.iter()))
                {
                    *h = (*g + *mirrored).scale(half) - (*g - *mirrored).scale(*sine);
                    first += g.scale(*cosine);
                }
                // j = 0 has come with weight 1, and j = N not at all.
                first - (line[0] + line[n]).scale(half)
            },
        );
        lines.inverse(work);
        line[0] = work[0];
        line[1] = first;
        let mut odd = first;
        for k in 1..=n / 2 {
            let (z, mirrored) = (work[k], work[n - k]);
            line[2 * k] = (z + mirrored).scale(half);
            if 2 * k < n {
                let d = (z - mirrored).scale(half);
                odd += Complex::new(d.im, -d.re);
                line[2 * k + 1] = odd;
            }
        }
    }
}

impl<T: Real> Columns<T> for ChebyshevColumns<T> {
    fn new(points: usize) -> Self {
        let n = points - 1;
        let angle = |j: usize| PI * j as f64 / n as f64;
        Self {
            lines: ComplexLines::new(n),
            sines: (0..n).map(|j| T::of(angle(j).sin())).collect(),
            cosines: (0..n).map(|j| T::of(angle(j).cos())).collect(),
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
