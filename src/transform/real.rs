//! The two real precisions.

use super::instructions::is_scalar;
use super::vectors::Vectors;
use crate::parallel::Element;
use num_complex::Complex;
use num_traits::{Float, NumAssign};
use rogallo_plans::{FftNum, Plans};

/// A real number of the computation: `f32` or `f64`. Times, wavenumber tables and statistics are
/// always `f64`.
pub trait Real: FftNum + Float + NumAssign + Element + Vectors {
    /// Bytes of one real.
    const BYTES: usize = size_of::<Self>();

    /// x-lines that are transformed and worked on together ([`super::RealLines`]): their pairs fill
    /// the longest vectors there are.
    const ABREAST: usize = 128 / size_of::<Self>();

    /// Whether gains that are small beside what they are added to are summed apart from it, so that
    /// they survive its rounding. In double precision they do anyway, and the sums cost 5 % of a
    /// right-hand side.
    const SUMS_GAINS: bool = size_of::<Self>() == 4;

    /// The nearest number of this precision.
    fn of(value: f64) -> Self;

    /// Exact.
    fn wide(self) -> f64;

    /// Complex numbers as the file room takes them.
    fn values(values: &[Complex<Self>]) -> Values<'_>;

    fn values_mut(values: &mut [Complex<Self>]) -> ValuesMut<'_>;

    fn reals(values: Vec<Self>) -> Reals;

    /// Plans of RustFFT for complex lines of this length.
    fn plans(points: usize) -> Plans<Self>;
}

/// The largest [`Real::ABREAST`] of all precisions.
pub const MOST_ABREAST: usize = f32::ABREAST;

/// Complex numbers in either precision, for reading.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    F32(&'a [Complex<f32>]),
    F64(&'a [Complex<f64>]),
}

/// Complex numbers in either precision, to be overwritten.
#[derive(Debug)]
pub enum ValuesMut<'a> {
    F32(&'a mut [Complex<f32>]),
    F64(&'a mut [Complex<f64>]),
}

/// Real numbers in either precision.
#[derive(Clone, Debug, PartialEq)]
pub enum Reals {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

macro_rules! real {
    ($real:ident, $variant:ident) => {
        impl Real for $real {
            #[inline]
            fn of(value: f64) -> Self {
                value as $real
            }

            #[inline]
            fn wide(self) -> f64 {
                f64::from(self)
            }

            fn values(values: &[Complex<Self>]) -> Values<'_> {
                Values::$variant(values)
            }

            fn values_mut(values: &mut [Complex<Self>]) -> ValuesMut<'_> {
                ValuesMut::$variant(values)
            }

            fn reals(values: Vec<Self>) -> Reals {
                Reals::$variant(values)
            }

            fn plans(points: usize) -> Plans<Self> {
                rogallo_plans::$real(points, is_scalar())
            }
        }
    };
}

real!(f32, F32);
real!(f64, F64);
