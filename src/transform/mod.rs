//! From modes to points and back: 1-D transforms, the set of modes that are kept, and the pencil
//! transform that moves and transforms these modes only. The only room that names `rustfft`, in the
//! crate `plans`.

mod abreast;
mod butterflies;
mod chebyshev;
mod choice;
mod columns;
mod evaluation;
mod fetch;
mod instructions;
mod lanes;
mod layout;
mod lines;
mod modes;
mod on_planes;
mod order;
mod pencils;
mod phase_times;
mod pieces;
mod planes;
mod portion;
mod real;
mod real_lines;
mod shift;
mod vectors;

pub use chebyshev::ChebyshevColumns;
pub use choice::Load;
pub use columns::{Columns, FourierColumns};
pub use fetch::fetch;
pub use instructions::{choose_instructions, instruction_set, vectorised};
pub use lanes::{LANES, Lanes};
pub use layout::Layout;
pub use lines::ComplexLines;
pub use modes::{Column, Shape, Truncation};
pub use on_planes::{OnPlanes, Returned};
pub use order::Order;
pub use pencils::{NEIGHBOURS, Pencils};
pub use phase_times::PhaseTimes;
pub use pieces::{Lines, LinesMut, Pieces, PiecesMut, parts};
pub use portion::{ModeList, Portion, Products, Room, Slab, Visited};
pub use real::{MOST_ABREAST, Real, Reals, Values, ValuesMut};
pub use real_lines::RealLines;
pub use shift::Shift;

use num_complex::Complex;
use std::ops::{Deref, DerefMut};

/// One component of a field as its modes: those of this rank, column after column in the order of
/// [`Layout::columns`], and along a column in the order of [`Column::labels`]. Units are those of
/// the field; the modes are the coefficients of `u(x) = sum_k û(k) exp(i k.x)`, so that they do not
/// depend on the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectralField<T>(Vec<Complex<T>>);

impl<T: Real> SpectralField<T> {
    /// A field of zeros on this rank's modes.
    pub fn zeros(layout: &Layout) -> Self {
        Self(vec![Complex::new(T::zero(), T::zero()); layout.modes])
    }
}

impl<T> Deref for SpectralField<T> {
    type Target = [Complex<T>];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> DerefMut for SpectralField<T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
