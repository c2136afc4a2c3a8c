//! The way of a state to another grid or box.

use super::stretch::{Stretch, restart_scalars_in_other_box};
use crate::conversion::{Change, Conversion};
use crate::error::Result;
use num_complex::Complex;

/// From one box to another.
pub struct ToBox {
    /// Where wavenumbers change.
    stretch: Option<Stretch>,
    /// The factors of the labels; `None` in the same box.
    factors: Option<[i64; 3]>,
}

impl ToBox {
    pub fn new(stretch: Stretch, is_other: bool, changes: [Change; 3]) -> Self {
        let stretched = changes.iter().any(|change| !change.repeats());
        Self { stretch: stretched.then_some(stretch), factors: is_other.then(|| changes.map(Change::factor)) }
    }
}

impl Conversion for ToBox {
    fn stretch(&mut self, _: [i64; 2], to: [i64; 2], fields: &mut [(&str, &mut [Complex<f64>])]) {
        let Some(stretch) = &self.stretch else { return };
        let mut velocity = fields
            .iter_mut()
            .filter(|(name, _)| ["u", "v", "w"].contains(name))
            .map(|(_, modes)| &mut **modes);
        if let (Some(u), Some(v), Some(w)) = (velocity.next(), velocity.next(), velocity.next()) {
            stretch.column(to, [u, v, w]);
        }
    }

    fn restart_scalars(&self, numbers: &[(String, f64)]) -> Result<Vec<(String, f64)>> {
        match self.factors {
            Some(factors) => restart_scalars_in_other_box(numbers, factors),
            None => Ok(numbers.to_vec()),
        }
    }
}
