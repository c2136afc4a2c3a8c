//! A substep of Spalart, Moser & Rogers (J. Comput. Phys. 96 (1991) 297): low-storage Runge-Kutta of third order for the convective terms h, implicit
//! for the viscous one, `L = D^2 - k^2`:
//!
//! ```text
//!     (1 - beta dt nu L) f' = (1 + alpha dt nu L) f + dt (gamma h + zeta h_before)
//! ```
//!
//! In terms of `psi = f' + rho f`, rho = alpha / beta, no second derivative of f is needed:
//!
//! ```text
//!     (1 - beta dt nu L) psi = (1 + rho) f + dt (gamma h + zeta h_before),        f' = psi - rho f
//! ```
//!
//! f is eta or a scalar, given at the walls, a mean profile, or phi = lap v. For phi, whose own values at the walls are not given, v and v' are: psi is a
//! particular solution and the multiples of the two homogeneous ones, even and odd in y, which make v' right at both walls.

use super::helmholtz::Helmholtz;
use super::line::{Operators, QUAD, Quad, copy_in};
use super::velocity::Velocity;
use crate::transform::{Lanes, Pieces, Real, vectorised};
use bytemuck::cast_slice_mut;
use num_complex::Complex;

/// A substep, in the precision of the fields.
#[derive(Clone, Copy, Debug)]
pub struct Substep<T> {
    /// `dt gamma` and `dt zeta`.
    pub take: T,
    pub again: T,
    /// `dt beta`.
    pub implicit: T,
    /// rho.
    pub rho: T,
}

/// A field of a column, and II h of the substep before.
pub struct Evolved<'a, T> {
    pub field: &'a mut [Complex<T>],
    pub before: &'a mut [Complex<T>],
}

/// The lines of one column while it is worked on.
pub struct Update<T> {
    /// Of the substep, `(1 + c k^2) f - c f''`, and of v, `k^2 v - v''`.
    diffusion: Helmholtz<T>,
    laplace: Helmholtz<T>,
    /// What came through the transform: R, S, P, Q, or E, V of a scalar.
    sources: [Vec<T>; 4],
    field: Vec<T>,
    psi: Vec<T>,
    /// II h.
    gained: Vec<T>,
    v: Vec<T>,
}

impl<T: Real> Update<T> {
    pub fn new(operators: &Operators<T>) -> Self {
        let line = || operators.line();
        Self {
            diffusion: Helmholtz::new(operators),
            laplace: Helmholtz::new(operators),
            sources: std::array::from_fn(|_| line()),
            field: line(),
            psi: line(),
            gained: line(),
            v: line(),
        }
    }

    /// The problem of the substep for a field of this diffusivity in a column of this `k^2`.
    pub fn prepare(&mut self, operators: &Operators<T>, substep: &Substep<T>, diffusivity: T, k2: T) {
        let c = substep.implicit * diffusivity;
        vectorised(
            #[inline(always)]
            || self.diffusion.factor(operators, T::one() + c * k2, c),
        );
    }

    /// Takes N = [`Pieces`] `first`, `first + 1`, .. of what came through the transform.
    pub fn load<const N: usize>(&mut self, modes: Pieces<'_, T>, first: usize) {
        for (line, coefficients) in self.sources.iter_mut().zip(modes.from::<N>(first)) {
            copy_in(coefficients, line);
            // The derivative of the last polynomial would leave the others behind.
            line[2 * coefficients.len() - 2..2 * coefficients.len()].fill(T::zero());
        }
    }

    /// `II h_v = I R + S + k^2 II S` of what is loaded.
    pub fn gain_of_phi(&mut self, operators: &Operators<T>, k2: T) {
        let Self { sources: [r, s, ..], gained, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
                    let sum = operators.integrated::<QUAD>(r, at) + Lanes::load(s, at) + Lanes::all(k2) * operators.integrated_twice(s, at);
                    sum.store(gained, at);
                }
            },
        );
    }

    /// `II h_g = I P + II Q`.
    pub fn gain_of_eta(&mut self, operators: &Operators<T>) {
        let Self { sources: [_, _, p, q], gained, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
                    (operators.integrated::<QUAD>(p, at) + operators.integrated_twice(q, at)).store(gained, at);
                }
            },
        );
    }

    /// `II h = -II E - I V` of a scalar.
    pub fn gain_of_scalar(&mut self, operators: &Operators<T>) {
        let Self { sources: [along, across, ..], gained, .. } = self;
        let zero = Quad::all(T::zero());
        vectorised(
            #[inline(always)]
            || {
                for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
                    (zero - operators.integrated_twice(along, at) - operators.integrated(across, at)).store(gained, at);
                }
            },
        );
    }

    /// Adds `factor II f` of another field of the column to the gain.
    pub fn add_gain(&mut self, operators: &Operators<T>, factor: Complex<T>, f: &[Complex<T>]) {
        let Self { field, gained, .. } = self;
        copy_in(f, field);
        for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
            let integral = operators.integrated_twice::<QUAD>(field, at).numbers();
            for (pair, gained) in integral.chunks_exact(2).zip(gained[at..at + QUAD].chunks_exact_mut(2)) {
                let gain = Complex::new(pair[0], pair[1]) * factor;
                (gained[0], gained[1]) = (gained[0] + gain.re, gained[1] + gain.im);
            }
        }
    }

    /// The substep for a field whose ends ([`Helmholtz::particular`]) are `ends` before and after it, with a uniform source of `dt (gamma + zeta) h = uniform`.
    pub fn advance(&mut self, operators: &Operators<T>, substep: &Substep<T>, evolved: Evolved<'_, T>, ends: [Quad<T>; 2], uniform: T) {
        let rho = Quad::all(substep.rho);
        vectorised(
            #[inline(always)]
            || {
                let field = evolved.field;
                self.assemble(operators, substep, field, evolved.before);
                let Self { diffusion, psi, field: line, .. } = self;
                // II 1 = T_2 / 4 + ..
                psi[QUAD] += operators.lower[QUAD] * uniform;
                diffusion.solve(operators, ends[1] + rho * ends[0], psi);
                store(psi, line, substep.rho, field);
            },
        );
    }

    /// Adds what a uniform source brings, as much as the mean profile needs to have this bulk velocity; returns `dt (gamma + zeta) h` of that source.
    pub fn add_flux(&mut self, operators: &Operators<T>, bulk_velocity: T, profile: &mut [Complex<T>]) -> T {
        let Self { diffusion, psi, .. } = self;
        psi.fill(T::zero());
        psi[QUAD] = operators.lower[QUAD];
        diffusion.solve(operators, Quad::all(T::zero()), psi);
        let uniform = (bulk_velocity - operators.bulk(profile.iter().map(|u| u.re))) / operators.bulk(psi.iter().step_by(2).copied());
        for (u, more) in profile.iter_mut().zip(psi.iter().step_by(2)) {
            u.re += uniform * *more;
        }
        uniform
    }

    /// The substep for phi in a column of this `k^2`; `ends` is v at the walls at its end.
    pub fn advance_phi(&mut self, operators: &Operators<T>, substep: &Substep<T>, evolved: Evolved<'_, T>, k2: T, ends: Quad<T>) {
        vectorised(
            #[inline(always)]
            || {
                let phi = evolved.field;
                self.assemble(operators, substep, phi, evolved.before);
                let Self { diffusion, laplace, psi, field: line, v, .. } = self;
                diffusion.particular(operators, psi);
                let rho = Quad::all(substep.rho);
                for at in (0..operators.quads() * QUAD).step_by(QUAD) {
                    (Quad::load(psi, at) - rho * Lanes::load(line, at)).store(psi, at);
                }
                laplace.factor(operators, k2, T::one());
                let zero = Quad::all(T::zero());
                let slopes = Velocity::wall_slopes(operators, laplace, psi, ends, v);
                let of_homogeneous = Velocity::wall_slopes(operators, laplace, &diffusion.homogeneous, zero, v);
                diffusion.add_homogeneous(operators, (zero - slopes) / of_homogeneous, psi);
                let numbers: &mut [T] = cast_slice_mut(phi);
                let length = numbers.len();
                numbers.copy_from_slice(&psi[..length]);
            },
        );
    }

    /// `II ((1 + rho) f + dt (gamma h + zeta h_before))`, into psi.
    #[inline(always)]
    fn assemble(&mut self, operators: &Operators<T>, substep: &Substep<T>, field: &[Complex<T>], before: &mut [Complex<T>]) {
        let Self { field: line, psi, gained, .. } = self;
        copy_in(field, line);
        let before: &mut [T] = cast_slice_mut(before);
        let (take, again) = (Quad::all(substep.take), Quad::all(substep.again));
        let keep = Quad::all(T::one() + substep.rho);
        let whole = before.len() - before.len() % QUAD;
        for at in (QUAD..whole).step_by(QUAD) {
            let gain = Quad::load(gained, at);
            let sum = keep * operators.integrated_twice(line, at) + take * gain + again * Lanes::load(before, at);
            sum.store(psi, at);
            gain.store(before, at);
        }
        if whole < before.len() {
            // Half a quad.
            let mut rest = [T::zero(); QUAD];
            rest[..2].copy_from_slice(&before[whole..]);
            let gain = Quad::load(gained, whole);
            let sum = keep * operators.integrated_twice(line, whole) + take * gain + again * Quad::of(rest);
            let [re, im, ..] = sum.numbers();
            Quad::of([re, im, T::zero(), T::zero()]).store(psi, whole);
            before[whole..].copy_from_slice(&gain.numbers()[..2]);
        }
    }
}

/// `f' = psi - rho f`.
#[inline(always)]
fn store<T: Real>(psi: &[T], line: &[T], rho: T, field: &mut [Complex<T>]) {
    let numbers: &mut [T] = cast_slice_mut(field);
    for ((f, psi), before) in numbers.iter_mut().zip(psi).zip(line) {
        *f = *psi - rho * *before;
    }
}
