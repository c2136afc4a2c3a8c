//! Sums over modes that are the same to the bit on any number of ranks, for arrays of points.

use crate::parallel::{ExactSum, World};
use num_complex::Complex;

/// Bits of a sum.
const BITS: i32 = 62;
/// Exponent of the least bound: its unit is a normal number.
const LEAST: i32 = -900;

/// Sums of complex numbers in fixed point: integers add up to the same in any order. A bound of the sum of all
/// magnitudes sets the unit, 2^-62 of it or less, so that nothing overflows.
pub struct FixedSums {
    unit: f64,
    /// Real and imaginary parts.
    parts: Vec<u64>,
}

/// A bound of a sum of magnitudes.
#[derive(Clone, Default)]
pub struct Bound(ExactSum);

impl Bound {
    /// Adds the magnitudes of some numbers.
    pub fn add(&mut self, magnitude: f64) {
        self.0.add(magnitude);
    }

    /// The bound on all ranks. Collective.
    pub fn total(self, world: &World) -> f64 {
        self.0.total(world)
    }
}

impl FixedSums {
    /// So many sums of zero, with a bound of their terms; None if that is not finite.
    pub fn new(sums: usize, bound: f64) -> Option<Self> {
        // The next power of two above twice the bound: each term may be rounded up.
        let exponent = if bound > 0.0 { ((2.0 * bound).log2().ceil() as i32 + 1).max(LEAST) } else { 0 };
        bound.is_finite().then(|| Self { unit: 2.0f64.powi(exponent - BITS), parts: vec![0; 2 * sums] })
    }

    /// Adds a term to a sum.
    pub fn add(&mut self, sum: usize, term: Complex<f64>) {
        for (part, value) in self.parts[2 * sum..2 * sum + 2].iter_mut().zip([term.re, term.im]) {
            *part = part.wrapping_add((value / self.unit).round() as i64 as u64);
        }
    }

    /// The sums over all ranks. Collective.
    pub fn totals(mut self, world: &World) -> Vec<Complex<f64>> {
        world.sum_u64(&mut self.parts);
        let value = |part: u64| part as i64 as f64 * self.unit;
        self.parts.as_chunks::<2>().0.iter().map(|[re, im]| Complex::new(value(*re), value(*im))).collect()
    }
}
