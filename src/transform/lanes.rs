//! A few numbers at a time, in loops that the compiler turns into vector instructions.

use super::Real;
use num_complex::Complex;
use std::array::from_fn;
use std::ops::{Add, Div, Mul, Sub};

/// Numbers that are worked on together: the longest vector of doubles of common processors.
pub const LANES: usize = 8;

/// Runs a loop in the widest vector instructions of this processor. No operations are contracted or reordered, so the result has the
/// same bits on all of them. The closure is to be `#[inline(always)]`.
#[inline(always)]
pub fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Real numbers side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<T>([T; LANES]);

/// Complex numbers side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComplexLanes<T> {
    re: Lanes<T>,
    im: Lanes<T>,
}

impl<T: Real> Lanes<T> {
    #[inline(always)]
    pub fn all(value: T) -> Self {
        Self([value; LANES])
    }

    /// The first `count` numbers, and zeros.
    #[inline(always)]
    pub fn load(from: &[T], count: usize) -> Self {
        match from.first_chunk() {
            Some(whole) if count == LANES => Self(*whole),
            _ => Self(from_fn(|l| if l < count { from[l] } else { T::zero() })),
        }
    }

    /// These numbers, but 1 in the place of 0.
    #[inline(always)]
    pub fn or_one(self) -> Self {
        Self(from_fn(|l| if self.0[l] == T::zero() { T::one() } else { self.0[l] }))
    }

    /// Their sum, in double precision.
    #[inline(always)]
    pub fn sum(self) -> f64 {
        self.0.iter().map(|x| x.wide()).sum()
    }
}

impl<T: Real> ComplexLanes<T> {
    /// The first `count` numbers, and zeros.
    #[inline(always)]
    pub fn load(from: &[Complex<T>], count: usize) -> Self {
        match from.first_chunk::<LANES>() {
            Some(whole) if count == LANES => Self { re: Lanes(from_fn(|l| whole[l].re)), im: Lanes(from_fn(|l| whole[l].im)) },
            _ => {
                let at = |l: usize| if l < count { from[l] } else { Complex::new(T::zero(), T::zero()) };
                Self { re: Lanes(from_fn(|l| at(l).re)), im: Lanes(from_fn(|l| at(l).im)) }
            }
        }
    }

    /// The first `count` of these to the beginning of `to`.
    #[inline(always)]
    pub fn store(self, to: &mut [Complex<T>], count: usize) {
        match to.first_chunk_mut::<LANES>() {
            Some(whole) if count == LANES => *whole = from_fn(|l| Complex::new(self.re.0[l], self.im.0[l])),
            _ => to[..count].iter_mut().enumerate().for_each(|(l, z)| *z = Complex::new(self.re.0[l], self.im.0[l])),
        }
    }

    #[inline(always)]
    pub fn scale(self, factor: T) -> Self {
        self * Lanes::all(factor)
    }

    /// -i z.
    #[inline(always)]
    pub fn times_minus_i(self) -> Self {
        Self { re: self.im, im: Lanes(from_fn(|l| -self.re.0[l])) }
    }

    /// |z|^2.
    #[inline(always)]
    pub fn norm_sqr(self) -> Lanes<T> {
        self.re * self.re + self.im * self.im
    }
}

macro_rules! elementwise {
    ($operator:ident, $method:ident) => {
        impl<T: Real> $operator for Lanes<T> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(from_fn(|l| self.0[l].$method(other.0[l])))
            }
        }
    };
}

elementwise!(Add, add);
elementwise!(Sub, sub);
elementwise!(Mul, mul);
elementwise!(Div, div);

impl<T: Real> Add for ComplexLanes<T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<T: Real> Sub for ComplexLanes<T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

/// Each number by a real one.
impl<T: Real> Mul<Lanes<T>> for ComplexLanes<T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, factor: Lanes<T>) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }
}

#[cfg(test)]
mod tests {
    use super::{ComplexLanes, LANES, Lanes};
    use num_complex::Complex;

    #[test]
    fn a_short_rest_is_loaded_and_stored_as_such() {
        let numbers: Vec<Complex<f64>> = (0..LANES).map(|l| Complex::new(l as f64, -1.0)).collect();
        for count in 1..=LANES {
            let mut stored = vec![Complex::new(9.0, 9.0); LANES];
            ComplexLanes::load(&numbers, count).times_minus_i().store(&mut stored, count);
            for (l, z) in stored.iter().enumerate() {
                let expected = if l < count { Complex::new(-1.0, -(l as f64)) } else { Complex::new(9.0, 9.0) };
                assert_eq!(*z, expected);
            }
        }
        assert_eq!(Lanes::load(&[2.0, 3.0], 2).sum(), 5.0);
        assert_eq!(Lanes::load(&[0.0, 3.0], 2).or_one().sum(), LANES as f64 + 2.0);
    }
}
