//! Chebyshev series `sum a_n T_n(y)` apart from the hot loops: derivatives, values and integrals at
//! Gauss-Lobatto points.

use num_traits::Zero;
use std::f64::consts::PI;
use std::ops::Mul;

/// Coefficients b of the derivative, as many as those of the series:
///
/// ```text
///     c_n b_n = b_(n+2) + 2 (n+1) a_(n+1),   c_0 = 2, else 1
/// ```
pub fn derivative<T: Copy + Zero + Mul<f64, Output = T>>(a: &[T]) -> Vec<T> {
    let mut b = vec![T::zero(); a.len() + 1];
    for n in (0..a.len().saturating_sub(1)).rev() {
        b[n] = (b[n + 2] + a[n + 1] * (2 * (n + 1)) as f64) * if n == 0 { 0.5 } else { 1.0 };
    }
    b.truncate(a.len());
    b
}

/// The points `y_j = cos(pi j / n)`, j = 0 .. n.
pub struct Points {
    n: usize,
    /// cos(pi j / n), j = 0 .. 2n - 1
    cosines: Vec<f64>,
}

impl Points {
    pub fn new(n: usize) -> Self {
        Self { n, cosines: (0..2 * n).map(|j| (PI * j as f64 / n as f64).cos()).collect() }
    }

    /// `T_n(y_j) = cos(pi n j / N)` summed to the values of the series.
    pub fn values<T: Copy + Zero + Mul<f64, Output = T>>(&self, a: &[T]) -> Vec<T> {
        let value = |j: usize| {
            a.iter().enumerate().fold(T::zero(), |sum, (n, a)| sum + *a * self.cosines[n * j % (2 * self.n)])
        };
        (0..=self.n).map(value).collect()
    }

    /// Weights of Clenshaw and Curtis (1960), exact for polynomials of degree n; n is even:
    ///
    /// ```text
    ///     w_j = (c_j / n) (1 - sum_(k=1)^(n/2) b_k cos(2 pi j k / n) / (4 k^2 - 1)),   c = 1 at the walls, else 2;   b_(n/2) = 1, else 2
    /// ```
    pub fn weights(&self) -> Vec<f64> {
        let half = self.n / 2;
        let weight = |j: usize| {
            let term = |k: usize| {
                let b = if k == half { 1.0 } else { 2.0 };
                b * self.cosines[2 * j * k % (2 * self.n)] / (4 * k * k - 1) as f64
            };
            let c = if j == 0 || j == self.n { 1.0 } else { 2.0 };
            c / self.n as f64 * (1.0 - (1..=half).map(term).sum::<f64>())
        };
        (0..=self.n).map(weight).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_and_integrals_of_polynomials() {
        // T_5 = 16 y^5 - 20 y^3 + 5 y, T_4 = 8 y^4 - 8 y^2 + 1
        let series = [0.0, 0.0, 0.0, 0.0, 2.0, 1.0];
        let points = Points::new(10);
        for (j, value) in points.values(&derivative(&series)).iter().enumerate() {
            let y = (PI * j as f64 / 10.0).cos();
            let exact = 80.0 * y.powi(4) - 60.0 * y * y + 5.0 + 2.0 * (32.0 * y.powi(3) - 16.0 * y);
            assert!((value - exact).abs() < 1e-12, "{value} {exact}");
        }
        let integral: f64 = points.weights().iter().zip(points.values(&series)).map(|(w, f)| w * f * f).sum();
        // 4 int T_4^2 + int T_5^2, int T_n^2 = 1 - 1 / (4 n^2 - 1)
        assert!((integral - 4.0 * (1.0 - 1.0 / 63.0) - (1.0 - 1.0 / 99.0)).abs() < 1e-14, "{integral}");
    }
}
