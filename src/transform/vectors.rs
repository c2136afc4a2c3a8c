//! Vectors of the processor at hand, in either precision, for loops that the compiler would not
//! turn into vector instructions by itself.

use pulp::Simd;
use std::ops::{Add, Mul, Sub};

/// A precision that has vectors. `Of<S>` are those of the instructions S.
pub trait Vectors: Copy + 'static {
    type Of<S: Simd>: Copy;

    fn splat<S: Simd>(simd: S, number: Self) -> Self::Of<S>;
    fn plus<S: Simd>(simd: S, a: Self::Of<S>, b: Self::Of<S>) -> Self::Of<S>;
    fn minus<S: Simd>(simd: S, a: Self::Of<S>, b: Self::Of<S>) -> Self::Of<S>;
    fn times<S: Simd>(simd: S, a: Self::Of<S>, b: Self::Of<S>) -> Self::Of<S>;
    /// `a b + c`, rounded once where the processor can.
    fn times_plus<S: Simd>(simd: S, a: Self::Of<S>, b: Self::Of<S>, c: Self::Of<S>) -> Self::Of<S>;

    /// The vectors of numbers that are a whole number of them.
    fn vectors<S: Simd>(numbers: &[Self]) -> &[Self::Of<S>];
    fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [Self::Of<S>];

    /// N vectors of numbers a, b, .., a, b, .. to one of each, in an order that is undone by
    /// [`Vectors::interleave`].
    fn deinterleave<S: Simd, const N: usize>(simd: S, vectors: [Self::Of<S>; N]) -> [Self::Of<S>; N];
    fn interleave<S: Simd, const N: usize>(simd: S, vectors: [Self::Of<S>; N]) -> [Self::Of<S>; N];
}

macro_rules! vectors {
    ($real:ident, $of:ident, $splat:ident, $add:ident, $sub:ident, $mul:ident, $mul_add:ident, $split:ident, $split_mut:ident, $apart:ident, $together:ident) => {
        impl Vectors for $real {
            type Of<S: Simd> = S::$of;

            #[inline(always)]
            fn splat<S: Simd>(simd: S, number: Self) -> S::$of {
                simd.$splat(number)
            }

            #[inline(always)]
            fn plus<S: Simd>(simd: S, a: S::$of, b: S::$of) -> S::$of {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn minus<S: Simd>(simd: S, a: S::$of, b: S::$of) -> S::$of {
                simd.$sub(a, b)
            }

            #[inline(always)]
            fn times<S: Simd>(simd: S, a: S::$of, b: S::$of) -> S::$of {
                simd.$mul(a, b)
            }

            #[inline(always)]
            fn times_plus<S: Simd>(simd: S, a: S::$of, b: S::$of, c: S::$of) -> S::$of {
                simd.$mul_add(a, b, c)
            }

            #[inline(always)]
            fn vectors<S: Simd>(numbers: &[Self]) -> &[S::$of] {
                S::$split(numbers).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [S::$of] {
                S::$split_mut(numbers).0
            }

            #[inline(always)]
            fn deinterleave<S: Simd, const N: usize>(simd: S, vectors: [S::$of; N]) -> [S::$of; N] {
                simd.$apart(vectors)
            }

            #[inline(always)]
            fn interleave<S: Simd, const N: usize>(simd: S, vectors: [S::$of; N]) -> [S::$of; N] {
                simd.$together(vectors)
            }
        }
    };
}

vectors!(
    f32,
    f32s,
    splat_f32s,
    add_f32s,
    sub_f32s,
    mul_f32s,
    mul_add_e_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    deinterleave_shfl_f32s,
    interleave_shfl_f32s
);
vectors!(
    f64,
    f64s,
    splat_f64s,
    add_f64s,
    sub_f64s,
    mul_f64s,
    mul_add_e_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    deinterleave_shfl_f64s,
    interleave_shfl_f64s
);

/// A vector with its instructions.
#[derive(Clone, Copy)]
pub struct Vector<S: Simd, T: Vectors> {
    simd: S,
    pub numbers: T::Of<S>,
}

impl<S: Simd, T: Vectors> Vector<S, T> {
    #[inline(always)]
    pub fn new(simd: S, numbers: T::Of<S>) -> Self {
        Self { simd, numbers }
    }

    /// `self number + other`.
    #[inline(always)]
    pub fn times_plus(self, number: T, other: Self) -> Self {
        Self::new(
            self.simd,
            T::times_plus(self.simd, self.numbers, T::splat(self.simd, number), other.numbers),
        )
    }
}

impl<S: Simd, T: Vectors> Add for Vector<S, T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::new(self.simd, T::plus(self.simd, self.numbers, other.numbers))
    }
}

impl<S: Simd, T: Vectors> Sub for Vector<S, T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::new(self.simd, T::minus(self.simd, self.numbers, other.numbers))
    }
}

impl<S: Simd, T: Vectors> Mul<T> for Vector<S, T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, number: T) -> Self {
        Self::new(self.simd, T::times(self.simd, self.numbers, T::splat(self.simd, number)))
    }
}

impl<S: Simd, T: Vectors> Mul for Vector<S, T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::new(self.simd, T::times(self.simd, self.numbers, other.numbers))
    }
}
