//! Sums over spherical shells of wavenumbers.

use crate::parallel::{ExactSum, World};

/// Shells `(s - 1/2) dk <= k < (s + 1/2) dk`, s = 0, 1, ...
pub struct Shells {
    width: f64,
    sums: Vec<ExactSum>,
}

impl Shells {
    /// Shells of this width up to the wavenumber `largest`.
    pub fn new(width: f64, largest: f64) -> Self {
        Self { width, sums: vec![ExactSum::default(); (largest / width + 0.5) as usize + 1] }
    }

    pub fn add(&mut self, k: f64, value: f64) {
        self.sums[(k / self.width + 0.5) as usize].add(value);
    }

    /// (s dk, sum over the shell / dk) of all ranks; collective.
    pub fn density(mut self, world: &World) -> Vec<(f64, f64)> {
        let sums = ExactSum::totals(&mut self.sums, world).into_iter().enumerate();
        sums.map(|(shell, sum)| (shell as f64 * self.width, sum / self.width)).collect()
    }
}
