//! The points between the walls.

use num_complex::Complex;
use num_traits::Zero;
use std::f64::consts::PI;
use std::ops::Mul;

/// The Gauss-Lobatto points `y_j = cos(pi j / N)`, j = 0 .. N, and what belongs to each of them.
pub struct Points {
    /// From the upper wall, y = 1, to the lower one.
    pub y: Vec<f64>,
    /// Half the distance of the neighbours; at the walls the distance of the neighbour.
    pub spacing: Vec<f64>,
    /// `1/2 int f dy = sum_j weight_j f_j`, exact for polynomials up to N (Clenshaw & Curtis 1960).
    pub weights: Vec<f64>,
    /// `cos(pi m / N)`, m = 0 .. 2N - 1.
    cosines: Vec<f64>,
}

impl Points {
    /// N + 1 points.
    pub fn new(points: usize) -> Self {
        let last = points - 1;
        let cosines: Vec<f64> = (0..2 * last).map(|m| (PI * m as f64 / last as f64).cos()).collect();
        let y = cosines[..points].to_vec();
        let spacing = (0..points).map(|j| match j {
            0 => y[0] - y[1],
            _ if j == last => y[last - 1] - y[last],
            _ => 0.5 * (y[j - 1] - y[j + 1]),
        });
        // The values at the points have these coefficients, and T_n, n even, the mean 1 / (1 -
        // n^2).
        let weight = |j: usize| -> f64 {
            let terms = (0..points)
                .step_by(2)
                .map(|n| halved(n, last) * cosines[n * j % (2 * last)] / (1.0 - (n * n) as f64));
            2.0 * halved(j, last) / last as f64 * terms.sum::<f64>()
        };
        Self { spacing: spacing.collect(), weights: (0..points).map(weight).collect(), y, cosines }
    }

    /// The values at the points of a series: `sum_n a_n cos(pi n j / N)`.
    pub fn values<T: Copy + Zero + Mul<f64, Output = T>>(&self, series: &[T]) -> Vec<T> {
        let value = |j: usize| {
            series.iter().enumerate().fold(T::zero(), |sum, (n, a)| sum + *a * self.polynomial(n, j))
        };
        (0..self.y.len()).map(value).collect()
    }

    /// The coefficients of the polynomial with these values at the points.
    pub fn coefficients(&self, values: &[f64]) -> Vec<f64> {
        let last = values.len() - 1;
        let sum = |n: usize| {
            let terms = values.iter().enumerate();
            terms.map(|(j, value)| halved(j, last) * value * self.polynomial(n, j)).sum::<f64>()
        };
        (0..=last).map(|n| 2.0 * halved(n, last) / last as f64 * sum(n)).collect()
    }

    /// `1/2 int |f|^2 dy` of a series.
    pub fn mean_square(&self, series: &[Complex<f64>]) -> f64 {
        let last = self.y.len() - 1;
        // T_n(y_j) = y_m with m = n j, reflected into 0 .. N.
        let polynomial = |n: usize, j: usize| {
            let m = n * j % (2 * last);
            self.y[if m > last { 2 * last - m } else { m }]
        };
        let known = series.iter().rposition(|a| *a != Complex::default()).map_or(0, |n| n + 1);
        let value = |j: usize| {
            series[..known].iter().enumerate().map(|(n, a)| a * polynomial(n, j)).sum::<Complex<f64>>()
        };
        (0..=last).map(|j| self.weights[j] * value(j).norm_sqr()).sum()
    }

    /// `T_n(y_j) = cos(pi n j / N)`.
    fn polynomial(&self, n: usize, j: usize) -> f64 {
        self.cosines[n * j % self.cosines.len()]
    }
}

/// The factor of the first and the last term of a cosine sum.
fn halved(n: usize, last: usize) -> f64 {
    if n == 0 || n == last { 0.5 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::Points;
    use crate::chebyshev::{bulk, derivative};
    use num_complex::Complex;

    #[test]
    fn the_quadrature_is_exact_for_polynomials() {
        for number in [9, 10, 33, 64, 129] {
            let points = Points::new(number);
            for n in 0..number as i32 {
                let mean: f64 =
                    points.y.iter().zip(&points.weights).map(|(y, weight)| weight * y.powi(n)).sum();
                let exact = if n % 2 == 0 { 1.0 / f64::from(n + 1) } else { 0.0 };
                assert!((mean - exact).abs() < 1e-14, "{number} points, y^{n}: {mean}");
            }
            let [first, last] = [points.spacing[0], points.spacing[number - 1]];
            assert!((points.spacing.iter().sum::<f64>() - 2.0 - 0.5 * (first + last)).abs() < 1e-14);
        }
    }

    #[test]
    fn values_derivatives_and_means_of_a_polynomial() {
        // T_5 = 16 y^5 - 20 y^3 + 5 y, T_4 = 8 y^4 - 8 y^2 + 1
        let series = [0.0, 0.0, 0.0, 0.0, 2.0, 1.0];
        for number in [10, 11] {
            let points = Points::new(number);
            let (values, slopes) = (points.values(&series), points.values(&derivative(&series)));
            for ((y, value), slope) in points.y.iter().zip(&values).zip(&slopes) {
                let (t4, t5) =
                    (8.0 * y.powi(4) - 8.0 * y * y + 1.0, 16.0 * y.powi(5) - 20.0 * y.powi(3) + 5.0 * y);
                assert!((value - 2.0 * t4 - t5).abs() < 1e-13, "{y}: {value}");
                let exact = 80.0 * y.powi(4) - 60.0 * y * y + 5.0 + 2.0 * (32.0 * y.powi(3) - 16.0 * y);
                assert!((slope - exact).abs() < 1e-12, "{y}: {slope}");
            }
            let coefficients = points.coefficients(&values);
            let padded = series.iter().chain(&[0.0; 5]);
            assert!(coefficients.iter().zip(padded).all(|(found, a)| (found - a).abs() < 1e-14));
            // 1/2 int T_4 dy = -1/15
            assert!((bulk(coefficients) + 2.0 / 15.0).abs() < 1e-14);
            // 1/2 (4 int T_4^2 + int T_5^2) dy, int T_n^2 dy = 1 - 1 / (4 n^2 - 1)
            let exact = 2.0 * (1.0 - 1.0 / 63.0) + 0.5 * (1.0 - 1.0 / 99.0);
            // Squares are of degree 10.
            if number > 10 {
                let mean_square = points.mean_square(&series.map(|a| Complex::new(0.0, a)));
                assert!((mean_square - exact).abs() < 1e-14, "{mean_square}");
            }
        }
    }
}
