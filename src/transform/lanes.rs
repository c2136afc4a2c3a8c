//! A few numbers at a time, in loops that the compiler turns into vector instructions.

use super::Real;
use std::ops::{Add, Div, Mul, Sub};

/// Numbers that are worked on together: the longest vector of doubles of common processors.
pub const LANES: usize = 8;

/// Real numbers side by side: [`LANES`] of them, or fewer at the end of a loop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<T, const L: usize>([T; L]);

impl<T: Real, const L: usize> Lanes<T, L> {
    #[inline(always)]
    pub fn all(value: T) -> Self {
        Self([value; L])
    }

    /// The numbers `at`, `at + 1`, ..
    #[inline(always)]
    pub fn load(from: &[T], at: usize) -> Self {
        let mut lanes = [T::zero(); L];
        lanes.copy_from_slice(&from[at..at + L]);
        Self(lanes)
    }

    #[inline(always)]
    pub fn of(numbers: [T; L]) -> Self {
        Self(numbers)
    }

    #[inline(always)]
    pub fn numbers(self) -> [T; L] {
        self.0
    }

    #[inline(always)]
    pub fn store(self, to: &mut [T], at: usize) {
        to[at..at + L].copy_from_slice(&self.0);
    }

    /// These numbers, but 1 in the place of 0.
    #[inline(always)]
    pub fn or_one(mut self) -> Self {
        for x in &mut self.0 {
            *x = if *x == T::zero() { T::one() } else { *x };
        }
        self
    }

    /// The sum of the lanes, in double precision.
    #[inline(always)]
    pub fn sum(self) -> f64 {
        self.0.iter().map(|x| x.wide()).sum()
    }
}

macro_rules! elementwise {
    ($operator:ident, $method:ident) => {
        impl<T: Real, const L: usize> $operator for Lanes<T, L> {
            type Output = Self;

            #[inline(always)]
            fn $method(mut self, other: Self) -> Self {
                for (x, y) in self.0.iter_mut().zip(other.0) {
                    *x = x.$method(y);
                }
                self
            }
        }
    };
}

elementwise!(Add, add);
elementwise!(Sub, sub);
elementwise!(Mul, mul);
elementwise!(Div, div);

#[cfg(test)]
mod tests {
    use super::{LANES, Lanes};

    #[test]
    fn lanes_are_loaded_worked_on_and_stored_in_their_place() {
        let numbers: Vec<f64> = (0..20).map(f64::from).collect();
        let mut stored = vec![-1.0; 20];
        (Lanes::<f64, LANES>::load(&numbers, 3) * Lanes::all(2.0)).store(&mut stored, 5);
        for (j, x) in stored.iter().enumerate() {
            assert_eq!(*x, if (5..5 + LANES).contains(&j) { 2.0 * (j as f64 - 2.0) } else { -1.0 });
        }
        assert_eq!(Lanes::<f64, 2>::load(&[0.0, 3.0], 0).or_one(), Lanes([1.0, 3.0]));
    }
}
