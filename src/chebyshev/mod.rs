//! Chebyshev calculus: polynomials `f(y) = sum_n a_n T_n(y)`, n = 0 .. N, and their values at the
//! Gauss-Lobatto points. All of it is by sums and matrices, O(N^2): fast transforms of columns are
//! in [`crate::transform`], and the operators of a substep in `channel::line`.

mod differences;
mod points;
mod series;

pub use differences::Differences;
pub use points::Points;
pub use series::{bulk, derivative, wall_slopes};
