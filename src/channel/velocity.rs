//! The velocity of a column from the Laplacian of v, phi, and from eta = du/dz - dw/dx:
//!
//! ```text
//!     v'' - k^2 v = phi,  v given at the walls
//!     u = i (k_x v' - k_z eta) / k^2,   w = i (k_z v' + k_x eta) / k^2
//! ```
//!
//! so that continuity holds by construction (Kim, Moin & Moser 1987). Where k = 0, phi and eta hold
//! the mean profiles U and W.

use super::helmholtz::Helmholtz;
use super::line::{COEFFICIENT, Group, Operators, by_column, copy_in, copy_out, side_by_side};
use crate::transform::{NEIGHBOURS, Real, vectorised};
use num_complex::Complex;

/// Solves for the velocity, neighbouring columns at a time.
pub struct Velocity<T> {
    problem: Helmholtz<T>,
    phi: Vec<T>,
    eta: Vec<T>,
    v: Vec<T>,
    /// `-i u` and `-i w`.
    minus_iu: Vec<T>,
    minus_iw: Vec<T>,
}

impl<T: Real> Velocity<T> {
    pub fn new(operators: &Operators<T>) -> Self {
        let line = || operators.line();
        Self {
            problem: Helmholtz::new(operators),
            phi: line(),
            eta: line(),
            v: line(),
            minus_iu: line(),
            minus_iw: line(),
        }
    }

    /// Solves for columns of these `[k_x, k_z]` from phi and eta, one column after the other;
    /// `ends` is v at the walls ([`Helmholtz::particular`]). What is found for k = 0 means nothing.
    pub fn solve(
        &mut self,
        operators: &Operators<T>,
        k: [[T; 2]; NEIGHBOURS],
        [phi, eta]: [&[Complex<T>]; 2],
        ends: Group<T>,
    ) {
        self.solve_for_v(operators, k, phi, ends);
        let Self { eta: eta_line, v, minus_iu, minus_iw, .. } = self;
        copy_in(side_by_side(eta, operators.kept), eta_line);
        let over_k2 = |i: usize| by_column(k.map(|k| k[i] / (k[0] * k[0] + k[1] * k[1])));
        let (x, z) = (over_k2(0), over_k2(1));
        vectorised(
            #[inline(always)]
            || {
                operators.with_derivative(
                    v,
                    #[inline(always)]
                    |at, slope| {
                        let eta = Group::load(eta_line, at);
                        (x * slope - z * eta).store(minus_iu, at);
                        (z * slope + x * eta).store(minus_iw, at);
                    },
                );
            },
        );
    }

    /// v alone.
    pub fn solve_for_v(
        &mut self,
        operators: &Operators<T>,
        k: [[T; 2]; NEIGHBOURS],
        phi: &[Complex<T>],
        ends: Group<T>,
    ) {
        let Self { problem, phi: line, v, .. } = self;
        copy_in(side_by_side(phi, operators.kept), line);
        let k2 = by_column(k.map(|k| k[0] * k[0] + k[1] * k[1]));
        let zero = Group::all(T::zero());
        vectorised(
            #[inline(always)]
            || {
                Helmholtz::factor([&mut *problem], operators, [[k2, Group::all(T::one())]]);
                // k^2 v - v'' = -phi
                problem.solve(
                    operators,
                    ends,
                    #[inline(always)]
                    |at| zero - operators.integrated_twice(line, at),
                    v,
                );
            },
        );
    }

    /// Adds `-2 factor omega_z = 2 D (factor u) - 2 factor i k_x v` to `R + 2 D S`.
    pub fn add_spanwise_vorticity(
        &self,
        operators: &Operators<T>,
        k: [[T; 2]; NEIGHBOURS],
        factor: T,
        [r, s]: [&mut [T]; 2],
    ) {
        // What stands behind the coefficients must stay zero.
        for at in (0..operators.kept * COEFFICIENT).step_by(COEFFICIENT) {
            for (column, [kx, _]) in k.into_iter().enumerate() {
                let (re, im) = (at + 2 * column, at + 2 * column + 1);
                // u is i times `minus_iu`.
                (s[re], s[im]) = (s[re] - factor * self.minus_iu[im], s[im] + factor * self.minus_iu[re]);
                let twice = factor * (kx + kx);
                (r[re], r[im]) = (r[re] + twice * self.v[im], r[im] - twice * self.v[re]);
            }
        }
    }

    /// The eta of what was solved, as a line.
    pub fn eta(&self) -> &[T] {
        &self.eta
    }

    /// v of what was solved, as a line.
    pub fn v(&self) -> &[T] {
        &self.v
    }

    /// The Chebyshev coefficients of u, v and w of what was solved, to lines.
    pub fn put(&self, operators: &Operators<T>, [u, v, w]: [&mut [T]; 3]) {
        let numbers = operators.kept * COEFFICIENT;
        v[..numbers].copy_from_slice(&self.v[..numbers]);
        vectorised(
            #[inline(always)]
            || {
                for (line, turned) in [(u, &self.minus_iu), (w, &self.minus_iw)] {
                    for (to, from) in
                        line[..numbers].chunks_exact_mut(COEFFICIENT).zip(turned.chunks_exact(COEFFICIENT))
                    {
                        for (to, from) in to.chunks_exact_mut(2).zip(from.chunks_exact(2)) {
                            (to[0], to[1]) = (-from[1], from[0]);
                        }
                    }
                }
            },
        );
    }

    /// The Chebyshev coefficients of u, v and w of one of the columns that were solved.
    pub fn copy_out(&self, column: usize, [u, v, w]: [&mut [Complex<T>]; 3]) {
        copy_out(&self.v, column, v);
        for (field, line) in [(u, &self.minus_iu), (w, &self.minus_iw)] {
            for (value, numbers) in field.iter_mut().zip(line.chunks_exact(COEFFICIENT)) {
                *value = Complex::new(-numbers[2 * column + 1], numbers[2 * column]);
            }
        }
    }
}
