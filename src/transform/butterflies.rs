//! Transforms of a few complex numbers of several lines at once: the butterflies of [`super::abreast`].

use super::Real;
use super::vectors::{Vector, Vectors};
use pulp::Simd;
use std::ops::{Add, Mul, Sub};

/// Complex numbers of some pairs of lines.
#[derive(Clone, Copy)]
pub struct Numbers<S: Simd, T: Vectors> {
    pub re: Vector<S, T>,
    pub im: Vector<S, T>,
}

impl<S: Simd, T: Real> Numbers<S, T> {
    #[inline(always)]
    pub fn times(self, [cos, sin]: [T; 2]) -> Self {
        Self { re: self.im.times_plus(-sin, self.re * cos), im: self.im.times_plus(cos, self.re * sin) }
    }

    /// `self` times the conjugate of `other`.
    #[inline(always)]
    pub fn times_conjugate(self, other: Self) -> Self {
        Self { re: self.re * other.re + self.im * other.im, im: self.im * other.re - self.re * other.im }
    }

    /// `self + i other`.
    #[inline(always)]
    fn plus_i(self, other: Self) -> Self {
        Self { re: self.re - other.im, im: self.im + other.re }
    }

    /// `self - i other`.
    #[inline(always)]
    pub fn minus_i(self, other: Self) -> Self {
        Self { re: self.re + other.im, im: self.im - other.re }
    }

    /// `self x + other`.
    #[inline(always)]
    pub fn times_plus(self, x: T, other: Self) -> Self {
        Self { re: self.re.times_plus(x, other.re), im: self.im.times_plus(x, other.im) }
    }
}

impl<S: Simd, T: Real> Add for Numbers<S, T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<S: Simd, T: Real> Sub for Numbers<S, T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl<S: Simd, T: Real> Mul for Numbers<S, T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

impl<S: Simd, T: Real> Mul<T> for Numbers<S, T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, x: T) -> Self {
        Self { re: self.re * x, im: self.im * x }
    }
}

/// Transforms of R numbers: `y_r = sum_q exp(2 pi i q r / R) x_q`.
pub trait Butterfly<S: Simd, T: Vectors, const R: usize> {
    fn butterfly(x: [Numbers<S, T>; R], roots: &[[T; 2]]) -> [Numbers<S, T>; R];
}

/// The radices that there are.
pub struct Radix;

impl<S: Simd, T: Real> Butterfly<S, T, 2> for Radix {
    #[inline(always)]
    fn butterfly([a, b]: [Numbers<S, T>; 2], _: &[[T; 2]]) -> [Numbers<S, T>; 2] {
        [a + b, a - b]
    }
}

impl<S: Simd, T: Real> Butterfly<S, T, 4> for Radix {
    #[inline(always)]
    fn butterfly([a, b, c, d]: [Numbers<S, T>; 4], _: &[[T; 2]]) -> [Numbers<S, T>; 4] {
        let (even, odd, difference, turned) = (a + c, b + d, a - c, b - d);
        [even + odd, difference.plus_i(turned), even - odd, difference.minus_i(turned)]
    }
}

impl<S: Simd, T: Real> Butterfly<S, T, 8> for Radix {
    #[inline(always)]
    fn butterfly(x: [Numbers<S, T>; 8], roots: &[[T; 2]]) -> [Numbers<S, T>; 8] {
        let of_four = <Self as Butterfly<S, T, 4>>::butterfly;
        let even = of_four([x[0], x[2], x[4], x[6]], roots);
        let odd = of_four([x[1], x[3], x[5], x[7]], roots);
        // exp(2 pi i / 8) = h (1 + i)
        let h = roots[1][0];
        let (first, third) = (odd[1].plus_i(odd[1]), odd[3].minus_i(odd[3]));
        [
            even[0] + odd[0],
            first.times_plus(h, even[1]),
            even[2].plus_i(odd[2]),
            third.times_plus(-h, even[3]),
            even[0] - odd[0],
            first.times_plus(-h, even[1]),
            even[2].minus_i(odd[2]),
            third.times_plus(h, even[3]),
        ]
    }
}

/// `y_r = sum_b exp(2 pi i b r / 3) sum_a (-1)^{a r} x_{3 a + 2 b}`, a = 0, 1 and b = 0, 1, 2:
/// without twiddles, since 2 and 3 have no common factor (Good 1958; Thomas 1963).
impl<S: Simd, T: Real> Butterfly<S, T, 6> for Radix {
    #[inline(always)]
    fn butterfly(x: [Numbers<S, T>; 6], roots: &[[T; 2]]) -> [Numbers<S, T>; 6] {
        let of_three = <Self as Butterfly<S, T, 3>>::butterfly;
        let roots = [roots[0], roots[2], roots[4]];
        let even = of_three([x[0] + x[3], x[2] + x[5], x[4] + x[1]], &roots);
        let odd = of_three([x[0] - x[3], x[2] - x[5], x[4] - x[1]], &roots);
        [even[0], odd[1], even[2], odd[0], even[1], odd[2]]
    }
}

/// `y_r, y_{R-r} = a_r +- i b_r,  a_r = x_0 + sum_q cos(2 pi q r / R) (x_q + x_{R-q}),  b_r = sum_q sin(2 pi q r / R) (x_q - x_{R-q})`,
/// q up to (R - 1) / 2.
macro_rules! odd_radix {
    ($radix:literal) => {
        impl<S: Simd, T: Real> Butterfly<S, T, $radix> for Radix {
            #[inline(always)]
            #[allow(clippy::reversed_empty_ranges)] // radix 3 has one q only
            fn butterfly(x: [Numbers<S, T>; $radix], roots: &[[T; 2]]) -> [Numbers<S, T>; $radix] {
                let mut y = [x[0]; $radix];
                for q in 1..=$radix / 2 {
                    y[0] = y[0] + (x[q] + x[$radix - q]);
                }
                for r in 1..=$radix / 2 {
                    let [cos, sin] = roots[r];
                    let mut a = (x[1] + x[$radix - 1]).times_plus(cos, x[0]);
                    let difference = x[1] - x[$radix - 1];
                    let mut b = difference * sin;
                    for q in 2..=$radix / 2 {
                        let [cos, sin] = roots[q * r % $radix];
                        a = (x[q] + x[$radix - q]).times_plus(cos, a);
                        b = (x[q] - x[$radix - q]).times_plus(sin, b);
                    }
                    (y[r], y[$radix - r]) = (a.plus_i(b), a.minus_i(b));
                }
                y
            }
        }
    };
}

odd_radix!(3);
odd_radix!(5);
odd_radix!(7);
