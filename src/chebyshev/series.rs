//! Integrals and derivatives of Chebyshev series.

use num_traits::Zero;
use std::ops::Mul;

/// The coefficients b of the derivative, as many as those of the series:
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

/// The mean over y, `1/2 int f dy`: the sum over even n of `a_n / (1 - n^2)`.
pub fn bulk(series: impl IntoIterator<Item = f64>) -> f64 {
    series.into_iter().enumerate().step_by(2).map(|(n, a)| a / (1.0 - (n * n) as f64)).sum()
}

/// The derivatives at the lower and the upper wall: `T_n'(1) = n^2`, `T_n'(-1) = -(-1)^n n^2`.
pub fn wall_slopes(series: &[f64]) -> [f64; 2] {
    // Half the difference of both is that of the even terms, half the sum that of the odd ones.
    let sum = |first: usize| -> f64 {
        series.iter().enumerate().skip(first).step_by(2).map(|(n, a)| (n * n) as f64 * a).sum()
    };
    let [even, odd] = [sum(0), sum(1)];
    [odd - even, odd + even]
}

#[cfg(test)]
mod tests {
    use super::{bulk, derivative, wall_slopes};

    #[test]
    fn a_polynomial_is_integrated_and_differentiated() {
        // f = 1 + 2 y + 3 y^2 + 4 y^3, y^2 = (1 + T_2) / 2, y^3 = (3 T_1 + T_3) / 4
        let series = [2.5, 5.0, 1.5, 1.0];
        assert_eq!(bulk(series), 2.0);
        // f' = 2 + 6 y + 12 y^2
        assert_eq!(derivative(&series), [8.0, 6.0, 6.0, 0.0]);
        assert_eq!(wall_slopes(&series), [8.0, 20.0]);
    }
}
