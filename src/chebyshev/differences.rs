//! Derivatives of values at the points, by a matrix.

use std::f64::consts::PI;

/// The derivative at the points of the polynomial through the values there, as a matrix,
///
/// ```text
///     D_jk = (c_j / c_k) (-1)^(j+k) / (y_j - y_k),   c = 2 at the walls, else 1
///     D_jj = - sum_(k != j) D_jk
/// ```
///
/// with `y_j - y_k = 2 sin(pi (j + k) / 2N) sin(pi (k - j) / 2N)`, which loses no digits near the
/// walls (Don & Solomonoff 1995).
pub struct Differences {
    points: usize,
    /// Row after row.
    matrix: Vec<f64>,
}

impl Differences {
    pub fn new(points: usize) -> Self {
        let last = points - 1;
        let sine = |n: f64| (PI * n / (2 * last) as f64).sin();
        let end = |j: usize| if j == 0 || j == last { 2.0 } else { 1.0 };
        let mut matrix = vec![0.0; points * points];
        for (j, row) in matrix.chunks_exact_mut(points).enumerate() {
            for k in (0..points).filter(|&k| k != j) {
                let sign = if (j + k) % 2 == 0 { 1.0 } else { -1.0 };
                row[k] = sign * end(j) / end(k) / (2.0 * sine((j + k) as f64) * sine(k as f64 - j as f64));
            }
            row[j] = -row.iter().sum::<f64>();
        }
        Self { points, matrix }
    }

    /// The derivative of these values.
    pub fn of(&self, values: &[f64]) -> Vec<f64> {
        let row = |row: &[f64]| row.iter().zip(values).map(|(d, value)| d * value).sum();
        self.matrix.chunks_exact(self.points).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Differences;
    use crate::chebyshev::Points;

    #[test]
    fn polynomials_are_differentiated_exactly() {
        for points in [9, 10, 65] {
            let y = Points::new(points).y;
            let differences = Differences::new(points);
            let values: Vec<f64> = y.iter().map(|y| 3.0 - y + 2.0 * y.powi(7)).collect();
            let once = differences.of(&values);
            let twice = differences.of(&once);
            for (j, y) in y.iter().enumerate() {
                assert!((once[j] + 1.0 - 14.0 * y.powi(6)).abs() < 1e-11, "{points}, {y}: {}", once[j]);
                assert!((twice[j] - 84.0 * y.powi(5)).abs() < 1e-8, "{points}, {y}: {}", twice[j]);
            }
        }
    }
}
