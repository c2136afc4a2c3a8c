//! What is left of a central moment after rounding. Averages are stored of full fields, so that
//! `<a'^n>` is a difference of terms as large as `A^n`, and at a wall it is nothing else.

use crate::case::Precision;

/// Rounding of an average of n factors relative to `A^n`, with a margin of three digits: a moment that is
/// larger has them at least.
const OF_AVERAGES: f64 = 1e-13;

/// The largest variance of a field over y, times the fraction below which there are no fluctuations, as at
/// a wall.
#[derive(Clone, Copy)]
pub struct RoundOff(f64);

impl RoundOff {
    pub fn new(precision: Precision, variances: impl Iterator<Item = f64>) -> Self {
        let fraction = match precision {
            Precision::Double => 1e-20,
            Precision::Single => 1e-13,
        };
        Self(fraction * variances.fold(0.0, f64::max))
    }

    /// Whether a moment of order n is round-off where the field has this variance and this mean.
    pub fn hides(self, order: u8, variance: f64, mean: f64) -> bool {
        let least = OF_AVERAGES.powf(2.0 / f64::from(order)) * mean * mean;
        !(variance > self.0 && variance > least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variance that is left of `<aa> - A^2` where nothing fluctuates, and a fluctuation of a
    /// thousandth of the mean: its fourth moment, 1e-12 of `A^4`, is known to some digits; that of a
    /// ten-thousandth is not.
    #[test]
    fn higher_moments_are_lost_first() {
        let round_off = RoundOff::new(Precision::Double, [0.0, 1.0].into_iter());
        let hidden = |variance: f64| [2, 3, 4].map(|order| round_off.hides(order, variance, 10.0));
        assert_eq!(hidden(1e-14), [true; 3]);
        assert_eq!(hidden(1e-4), [false; 3]);
        assert_eq!(hidden(1e-6), [false, false, true]);
        assert_eq!(hidden(1e-9), [false, true, true]);
        assert!(round_off.hides(2, 1e-21, 0.0) && !round_off.hides(4, 1e-19, 0.0));
        assert!(RoundOff::new(Precision::Single, [1.0].into_iter()).hides(2, 1e-14, 0.0));
        assert!(round_off.hides(2, f64::NAN, 0.0) && round_off.hides(2, -1e-15, 0.0));
    }
}
