//! The noise of a random force: normal numbers, and their part perpendicular to k.

use crate::homogeneous::matrix::dot;
use crate::random::{Purpose, uniform};
use num_complex::Complex;
use std::f64::consts::TAU;

/// The part of b perpendicular to k.
pub(super) fn perpendicular(b: [Complex<f64>; 3], k: [f64; 3]) -> [Complex<f64>; 3] {
    let along = (b[0] * k[0] + b[1] * k[1] + b[2] * k[2]) / dot(k, k);
    std::array::from_fn(|i| b[i] - along * k[i])
}

/// Two independent normal numbers of variance one for a component of a mode at a step (Box & Muller
/// 1958).
pub(super) fn gaussian(seed: u64, label: [i64; 3], component: usize, step: u64) -> Complex<f64> {
    // The label in one word: forced modes are those of large scales, far below 512.
    let packed = label.iter().fold(0, |word, n| word << 10 | (n + 512) & 1023) << 2 | component as i64;
    let [radius, angle, _] = uniform(seed, Purpose::Force, [packed, step as i64, (step >> 32) as i64]);
    Complex::from_polar((-2.0 * (1.0 - radius).ln()).sqrt(), TAU * angle)
}

#[cfg(test)]
mod tests {
    use super::gaussian;

    #[test]
    fn the_noise_is_normal_and_new_at_every_step_mode_and_component() {
        let (n, mut moments) = (20_000_u64, [0.0; 5]);
        for step in 0..n {
            let [a, b, c] = [
                gaussian(3, [1, -2, 0], 0, step),
                gaussian(3, [1, -2, 0], 1, step),
                gaussian(3, [1, -2, 0], 0, step + 1),
            ];
            let terms = [a.re, a.im * a.re, a.norm_sqr() - 2.0, a.re * b.re, a.re * c.re];
            moments.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        for (i, moment) in moments.into_iter().enumerate() {
            // Standard deviations of the means, times four.
            assert!((moment / n as f64).abs() < 4.0 * 2.0 / (n as f64).sqrt(), "moment {i}: {moment}");
        }
    }
}
