//! The linear terms of the mean flow in a stage: `u x (curl U + 2 Omega)` and `Q = exp(-int A^T dt)`.

use super::sum;
use crate::transform::{Lanes, Real};

/// The terms of the mean flow in a stage.
#[derive(Clone, Copy)]
pub struct MeanTerms<T> {
    /// curl U + 2 Omega.
    pub absolute_vorticity: [T; 3],
    /// Q.
    pub transport: Transport<T>,
}

/// Q - 1 by the form of Q: the products with 0 and 1 cost as much as all the rest of a mean flow does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transport<T> {
    /// Rotation.
    Identity,
    /// Strain along the axes.
    Diagonal([T; 3]),
    /// Shear U = S y: Q_yx.
    Shear(T),
    General([[T; 3]; 3]),
}

impl<T: Real> Transport<T> {
    pub fn of(q: [[f64; 3]; 3]) -> Self {
        let less_one = |i: usize, j: usize| T::of(q[i][j] - if i == j { 1.0 } else { 0.0 });
        let along_axes = (0..3).all(|i| (0..3).all(|j| i == j || q[i][j] == 0.0));
        let sheared =
            (0..3).all(|i| (0..3).all(|j| (i, j) == (1, 0) || q[i][j] == if i == j { 1.0 } else { 0.0 }));
        match (along_axes, sheared) {
            (true, true) => Self::Identity,
            (true, false) => Self::Diagonal(std::array::from_fn(|i| less_one(i, i))),
            (false, true) => Self::Shear(less_one(1, 0)),
            (false, false) => Self::General(std::array::from_fn(|i| std::array::from_fn(|j| less_one(i, j)))),
        }
    }

    /// Adds (Q - 1) (x + gain) to the gain of x.
    #[inline(always)]
    pub(super) fn apply<const L: usize>(
        &self,
        x: [Lanes<T, L>; 3],
        gain: [Lanes<T, L>; 3],
    ) -> [Lanes<T, L>; 3] {
        let all = |i: usize| sum(x[i], gain[i]);
        match *self {
            Self::Identity => gain,
            Self::Diagonal(q) => [
                gain[0] + all(0) * Lanes::all(q[0]),
                gain[1] + all(1) * Lanes::all(q[1]),
                gain[2] + all(2) * Lanes::all(q[2]),
            ],
            Self::Shear(q) => [gain[0], gain[1] + all(0) * Lanes::all(q), gain[2]],
            Self::General(q) => {
                let (u, v, w) = (all(0), all(1), all(2));
                let row = |i: usize| {
                    gain[i] + (u * Lanes::all(q[i][0]) + v * Lanes::all(q[i][1]) + w * Lanes::all(q[i][2]))
                };
                [row(0), row(1), row(2)]
            }
        }
    }
}
