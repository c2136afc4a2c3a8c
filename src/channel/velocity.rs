//! The velocity of a column from the Laplacian of v, phi, and from eta = du/dz - dw/dx:
//!
//! ```text
//!     v'' - k^2 v = phi,  v given at the walls          u = i (k_x v' - k_z eta) / k^2,   w = i (k_z v' + k_x eta) / k^2
//! ```
//!
//! so that continuity holds by construction (Kim, Moin & Moser 1987). Where k = 0, phi and eta hold the mean profiles U and W.

use super::helmholtz::Helmholtz;
use super::line::{Operators, QUAD, Quad, copy_in, copy_out};
use crate::transform::{Lanes, Real, vectorised};
use num_complex::Complex;

/// Solves for v, column after column.
pub struct Velocity<T> {
    problem: Helmholtz<T>,
    phi: Vec<T>,
    eta: Vec<T>,
    v: Vec<T>,
    derivative: Vec<T>,
}

impl<T: Real> Velocity<T> {
    pub fn new(operators: &Operators<T>) -> Self {
        let line = || operators.line();
        Self { problem: Helmholtz::new(operators), phi: line(), eta: line(), v: line(), derivative: line() }
    }

    /// u, v and w, as Chebyshev coefficients, of the column of this k_x and k_z, not both zero; `ends` is v at the walls ([`Helmholtz::particular`]).
    pub fn of_column(
        &mut self,
        operators: &Operators<T>,
        [kx, kz]: [T; 2],
        [phi, eta]: [&[Complex<T>]; 2],
        ends: Quad<T>,
        [u_out, v_out, w_out]: [&mut [Complex<T>]; 3],
    ) {
        let Self { problem, phi: phi_line, eta: eta_line, v, derivative } = self;
        copy_in(phi, phi_line);
        copy_in(eta, eta_line);
        vectorised(
            #[inline(always)]
            || {
                let k2 = kx * kx + kz * kz;
                problem.factor(operators, k2, T::one());
                laplace_source(operators, phi_line, v);
                problem.solve(operators, ends, v);
                operators.differentiate(v, derivative);
                let (x, z) = (kx / k2, kz / k2);
                for (n, (u, w)) in u_out.iter_mut().zip(w_out.iter_mut()).enumerate().take(operators.kept) {
                    let (d, eta) = (&derivative[2 * n..2 * n + 2], &eta_line[2 * n..2 * n + 2]);
                    *u = Complex::new(z * eta[1] - x * d[1], x * d[0] - z * eta[0]);
                    *w = Complex::new(-z * d[1] - x * eta[1], z * d[0] + x * eta[0]);
                }
            },
        );
        let kept = operators.kept;
        copy_out(v, &mut v_out[..kept]);
        for line in [u_out, v_out, w_out] {
            line[kept..].fill(Complex::default());
        }
    }

    /// v alone, of a column of this `k^2`.
    pub fn v_of_column(&mut self, operators: &Operators<T>, k2: T, phi: &[Complex<T>], ends: Quad<T>) -> &[Complex<T>] {
        let Self { problem, phi: line, v, .. } = self;
        copy_in(phi, line);
        vectorised(
            #[inline(always)]
            || {
                problem.factor(operators, k2, T::one());
                laplace_source(operators, line, v);
                problem.solve(operators, ends, v);
            },
        );
        bytemuck::cast_slice(&v[..2 * operators.kept])
    }

    /// The halves of difference and sum of v' at the walls ([`Operators::slopes`]) for this phi; `problem` is that of k.
    #[inline(always)]
    pub fn wall_slopes(operators: &Operators<T>, problem: &Helmholtz<T>, phi: &[T], ends: Quad<T>, v: &mut [T]) -> Quad<T> {
        laplace_source(operators, phi, v);
        problem.solve(operators, ends, v);
        operators.slopes(v)
    }
}

/// `-II phi`: the source of `k^2 v - v'' = -phi`.
#[inline(always)]
fn laplace_source<T: Real>(operators: &Operators<T>, phi: &[T], source: &mut [T]) {
    let zero = Lanes::<T, QUAD>::all(T::zero());
    for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
        (zero - operators.integrated_twice(phi, at)).store(source, at);
    }
}
