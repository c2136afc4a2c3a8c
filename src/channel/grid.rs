//! The points between the walls.

use num_complex::Complex;
use std::f64::consts::PI;

/// What belongs to each point in y, from the upper wall, y = 1, to the lower one.
pub struct WallNormal {
    pub y: Vec<f64>,
    /// Half the distance of the neighbours; at the walls the distance of the neighbour.
    pub spacing: Vec<f64>,
    /// `1/2 int f dy = sum_j weight_j f_j`, exact for polynomials up to N (Clenshaw & Curtis 1960).
    pub weights: Vec<f64>,
}

/// `1/2 int f dy` of Chebyshev coefficients.
pub fn bulk(coefficients: &[f64]) -> f64 {
    coefficients.iter().enumerate().step_by(2).map(|(n, f)| f / (1.0 - (n * n) as f64)).sum()
}

impl WallNormal {
    /// The Gauss-Lobatto points `y_j = cos(pi j / N)`, N + 1 of them.
    pub fn new(points: usize) -> Self {
        let last = points - 1;
        let angle = |j: usize| PI * j as f64 / last as f64;
        let y: Vec<f64> = (0..points).map(|j| angle(j).cos()).collect();
        let spacing = (0..points).map(|j| match j {
            0 => y[0] - y[1],
            _ if j == last => y[last - 1] - y[last],
            _ => 0.5 * (y[j - 1] - y[j + 1]),
        });
        let halved = |n: usize| if n == 0 || n == last { 0.5 } else { 1.0 };
        let weight = |j: usize| -> f64 {
            let terms = (0..points).step_by(2).map(|n| {
                halved(n) * ((n * j % (2 * last)) as f64 * PI / last as f64).cos() / (1.0 - (n * n) as f64)
            });
            2.0 * halved(j) / last as f64 * terms.sum::<f64>()
        };
        Self { spacing: spacing.collect(), weights: (0..points).map(weight).collect(), y }
    }

    /// `1/2 int |f|^2 dy` of Chebyshev coefficients, by the sums themselves.
    pub fn mean_square(&self, coefficients: &[Complex<f64>]) -> f64 {
        let last = self.y.len() - 1;
        // T_n(y_j) = cos(pi n j / N) = y_m with m = n j, reflected into 0 .. N.
        let cosine = |n: usize, j: usize| {
            let m = n * j % (2 * last);
            self.y[if m > last { 2 * last - m } else { m }]
        };
        let known = coefficients.iter().rposition(|a| *a != Complex::default()).map_or(0, |n| n + 1);
        let value = |j: usize| {
            coefficients[..known].iter().enumerate().map(|(n, a)| a * cosine(n, j)).sum::<Complex<f64>>()
        };
        (0..=last).map(|j| self.weights[j] * value(j).norm_sqr()).sum()
    }

    /// The Chebyshev coefficients of the function with these values at the points, by the sums
    /// themselves: for a profile or two.
    pub fn coefficients(&self, values: &[f64]) -> Vec<f64> {
        let last = values.len() - 1;
        let halved = |n: usize| if n == 0 || n == last { 0.5 } else { 1.0 };
        let cosine = |n: usize, j: usize| ((n * j % (2 * last)) as f64 * PI / last as f64).cos();
        let of = |n: usize| {
            values.iter().enumerate().map(|(j, value)| halved(j) * value * cosine(n, j)).sum::<f64>()
        };
        (0..=last).map(|n| 2.0 * halved(n) / last as f64 * of(n)).collect()
    }
}

/// Half the difference and half the sum of f'(1) and f'(-1) of Chebyshev coefficients.
pub fn slopes(coefficients: &[f64]) -> [f64; 2] {
    let sum = |first: usize| {
        coefficients.iter().enumerate().skip(first).step_by(2).map(|(n, f)| (n * n) as f64 * f).sum()
    };
    [sum(0), sum(1)]
}

#[cfg(test)]
mod tests {
    use super::WallNormal;

    #[test]
    fn the_quadrature_is_exact_for_polynomials() {
        for points in [9, 10, 33, 64, 129] {
            let grid = WallNormal::new(points);
            for n in 0..points as i32 {
                let mean: f64 = grid.y.iter().zip(&grid.weights).map(|(y, weight)| weight * y.powi(n)).sum();
                let exact = if n % 2 == 0 { 1.0 / f64::from(n + 1) } else { 0.0 };
                assert!((mean - exact).abs() < 1e-14, "{points} points, y^{n}: {mean}");
            }
            assert!(
                (grid.spacing.iter().sum::<f64>() - 2.0 - 0.5 * (grid.spacing[0] + grid.spacing[points - 1]))
                    .abs()
                    < 1e-14
            );
        }
    }
}
