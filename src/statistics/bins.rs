//! Sums over wavenumbers of about the same magnitude: over spherical shells of |k|, or over planes of
//! one component of k.

use crate::parallel::{ExactSum, World};

/// Bins `(s - 1/2) width <= k < (s + 1/2) width`, s = 0, 1, .., with the sums of several quantities each.
pub struct Bins {
    width: f64,
    quantities: usize,
    /// Sums, ordered by bin.
    sums: Vec<ExactSum>,
}

impl Bins {
    /// Empty bins of this width up to the wavenumber `largest`.
    pub fn new(width: f64, largest: f64, quantities: usize) -> Self {
        let bins = Self::number(width, largest);
        Self { width, quantities, sums: vec![ExactSum::default(); bins * quantities] }
    }

    /// How many bins of this width there are up to the wavenumber `largest`.
    pub fn number(width: f64, largest: f64) -> usize {
        (largest / width + 0.5) as usize + 1
    }

    /// Adds a mode with the wavenumber k >= 0.
    pub fn add(&mut self, k: f64, values: impl IntoIterator<Item = f64>) {
        let bin = (k / self.width + 0.5) as usize;
        self.sums[bin * self.quantities..][..self.quantities]
            .iter_mut()
            .zip(values)
            .for_each(|(sum, value)| sum.add(value));
    }

    /// The sums over all ranks divided by the width, ordered by bin; collective.
    pub fn densities(mut self, world: &World) -> Vec<Vec<f64>> {
        let sums = ExactSum::totals(&mut self.sums, world);
        sums.chunks(self.quantities).map(|bin| bin.iter().map(|sum| sum / self.width).collect()).collect()
    }
}
