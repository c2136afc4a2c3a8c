//! Memory of the step that the statistics borrow.

use super::super::Channel;
use crate::transform::Real;
use bytemuck::cast_slice_mut;
use num_complex::Complex;

/// Room for a spectral field: II h of phi in a substep, which only the next substep of the same step
/// asks for. Between steps it is free.
pub struct Scratch<'a, T>(pub &'a mut [Complex<T>]);

impl<T: Real> Channel<T> {
    /// Lends the memory to `work`.
    pub(super) fn with_scratch<R>(&mut self, work: impl FnOnce(&mut Self, Scratch<'_, T>) -> R) -> R {
        let mut previous = std::mem::take(&mut self.previous[0]);
        let done = work(self, Scratch(cast_slice_mut(&mut previous)));
        self.previous[0] = previous;
        done
    }
}
