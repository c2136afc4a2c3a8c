//! A substep of Spalart, Moser & Rogers (J. Comput. Phys. 96 (1991) 297): low-storage Runge-Kutta
//! of third order for the convective terms h, implicit for the viscous one, `L = D^2 - k^2`:
//!
//! ```text
//!     (1 - beta dt nu L) f' = (1 + alpha dt nu L) f + dt (gamma h + zeta h_previous)
//! ```
//!
//! It is solved for the increment of f, so that in single precision a small increment is not lost in
//! the rounding of a large f:
//!
//! ```text
//!     (1 - beta dt nu L) (f' - f) = (alpha + beta) dt nu L f + dt (gamma h + zeta h_previous)
//! ```
//!
//! and integrated twice, where `II L f = f - k^2 II f` needs no second derivative.
//!
//! f is eta or a scalar, given at the walls, a mean profile, or phi = lap v. For phi, whose own
//! values at the walls are not given, v and v' are: the gain is a particular solution, and the
//! multiples of the two homogeneous ones, even and odd in y, make v' right at both walls.

use super::helmholtz::Helmholtz;
use super::line::{
    COEFFICIENT, GROUP, Group, Operators, by_column, copy_from, copy_in, copy_out, side_by_side,
};
use crate::chebyshev::bulk;
use crate::time::Substep as Coefficients;
use crate::transform::{Lanes, NEIGHBOURS, Real, vectorised};
use num_complex::Complex;

/// A substep, in the precision of what it advances.
#[derive(Clone, Copy, Debug)]
pub struct Substep<T> {
    /// `dt gamma` and `dt zeta`.
    gamma: T,
    zeta: T,
    /// `dt beta` and `dt (alpha + beta)`.
    implicit: T,
    viscous: T,
    /// Whether the next substep has this h in its zeta term.
    is_remembered: bool,
}

impl<T: Real> Substep<T> {
    /// A substep of a step of length dt.
    pub fn new(coefficients: &Coefficients, dt: f64, is_remembered: bool) -> Self {
        let Coefficients { alpha, beta, gamma, zeta, .. } = *coefficients;
        let [gamma, zeta, implicit, viscous] = [gamma, zeta, beta, alpha + beta].map(|part| T::of(dt * part));
        Self { gamma, zeta, implicit, viscous, is_remembered }
    }

    /// a and c of `(1 + c k^2) f - c f''` for a field of this diffusivity.
    fn problem(&self, diffusivity: T, k2: Group<T>) -> [Group<T>; 2] {
        let c = Group::all(self.implicit * diffusivity);
        [Group::all(T::one()) + c * k2, c]
    }

    /// The factors of f and of II f in `(alpha + beta) dt nu (f - k^2 II f)`.
    fn viscous(&self, diffusivity: T, k2: Group<T>) -> [Group<T>; 2] {
        let c = Group::all(self.viscous * diffusivity);
        [c, c * k2]
    }

    /// `(alpha + beta) dt nu II L f + dt (gamma II h + zeta II h_previous)` from a number on, of
    /// the lines of f, `II h` and `II h_previous`.
    #[inline(always)]
    fn source<'a>(
        &self,
        operators: &'a Operators<T>,
        [of_f, of_twice]: [Group<T>; 2],
        [f, terms, previous]: [&'a [T]; 3],
    ) -> impl Fn(usize) -> Group<T> + use<'a, T> {
        let [gamma, zeta] = [self.gamma, self.zeta].map(Group::all);
        let first = self.zeta == T::zero();
        #[inline(always)]
        move |at| {
            let viscous = of_f * Lanes::load(f, at) - of_twice * operators.integrated_twice(f, at);
            let now = viscous + gamma * Lanes::load(terms, at);
            if first { now } else { now + zeta * Lanes::load(previous, at) }
        }
    }
}

/// A field in neighbouring columns.
pub struct Columns<'a, T> {
    coefficients: &'a mut [Complex<T>],
    kept: usize,
}

impl<'a, T: Real> Columns<'a, T> {
    /// Columns of this length, with their coefficients.
    pub fn new(coefficients: &'a mut [Complex<T>], kept: usize) -> Self {
        Self { coefficients, kept }
    }

    fn load(&self, line: &mut [T]) {
        copy_in(side_by_side(self.coefficients, self.kept), line);
    }

    fn store(&mut self, line: &[T]) {
        for (c, column) in self.coefficients.chunks_exact_mut(self.kept).enumerate() {
            copy_out(line, c, column);
        }
    }
}

/// The working lines of neighbouring columns.
pub struct Update<T> {
    /// The problems of the substep, `(1 + c k^2) f - c f''`, and of v, `k^2 v - v''`.
    diffusion: Helmholtz<T>,
    laplace: Helmholtz<T>,
    /// [`Substep::viscous`].
    viscous: [Group<T>; 2],
    /// The sources that came through the transform: R, S, P, Q, or E, V of a scalar.
    sources: [Vec<T>; 4],
    field: Vec<T>,
    psi: Vec<T>,
    /// II h.
    terms: Vec<T>,
    /// The lines of v of the particular solution and of the homogeneous ones.
    v: [Vec<T>; 2],
}

impl<T: Real> Update<T> {
    pub fn new(operators: &Operators<T>) -> Self {
        let line = || operators.line();
        Self {
            diffusion: Helmholtz::new(operators),
            laplace: Helmholtz::new(operators),
            viscous: [Group::all(T::zero()); 2],
            sources: std::array::from_fn(|_| line()),
            field: line(),
            psi: line(),
            terms: line(),
            v: [line(), line()],
        }
    }

    /// The problem of the substep for a field of this diffusivity in columns of these `k^2`.
    pub fn prepare(&mut self, operators: &Operators<T>, substep: &Substep<T>, diffusivity: T, k2: Group<T>) {
        let of_field = substep.problem(diffusivity, k2);
        self.viscous = substep.viscous(diffusivity, k2);
        vectorised(
            #[inline(always)]
            || Helmholtz::factor([&mut self.diffusion], operators, [of_field]),
        );
    }

    /// The problem of phi and eta, and that of v.
    pub fn prepare_with_v(
        &mut self,
        operators: &Operators<T>,
        substep: &Substep<T>,
        viscosity: T,
        k2: Group<T>,
    ) {
        self.viscous = substep.viscous(viscosity, k2);
        let of_each = [substep.problem(viscosity, k2), [k2, Group::all(T::one())]];
        vectorised(
            #[inline(always)]
            || Helmholtz::factor([&mut self.diffusion, &mut self.laplace], operators, of_each),
        );
    }

    /// Takes what came through the transform into the sources: `of(i)` is source i as a line, and
    /// which of its columns is the first of these.
    pub fn load<'a>(
        &mut self,
        operators: &Operators<T>,
        number: usize,
        of: impl Fn(usize) -> (&'a [T], usize),
    ) {
        let last = (operators.kept - 1) * COEFFICIENT;
        for (i, line) in self.sources.iter_mut().take(number).enumerate() {
            let (from, first) = of(i);
            copy_from(from, first, operators.kept - 1, line);
            // The derivative of the last polynomial would leave the others behind.
            line[last..last + COEFFICIENT].fill(T::zero());
        }
    }

    /// `II h_v = I R + S + k^2 II S` of what is loaded.
    pub fn terms_of_phi(&mut self, operators: &Operators<T>, k2: Group<T>) {
        let Self { sources: [r, s, ..], terms, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
                    let sum = operators.integrated::<GROUP>(r, at)
                        + Lanes::load(s, at)
                        + k2 * operators.integrated_twice(s, at);
                    sum.store(terms, at);
                }
            },
        );
    }

    /// `II h_g = I P + II Q`.
    pub fn terms_of_eta(&mut self, operators: &Operators<T>) {
        let Self { sources: [_, _, p, q], terms, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
                    (operators.integrated::<GROUP>(p, at) + operators.integrated_twice(q, at))
                        .store(terms, at);
                }
            },
        );
    }

    /// `II h = -II E - I V` of a scalar.
    pub fn terms_of_scalar(&mut self, operators: &Operators<T>) {
        let Self { sources: [e, v, ..], terms, .. } = self;
        let zero = Group::all(T::zero());
        vectorised(
            #[inline(always)]
            || {
                for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
                    (zero - operators.integrated_twice(e, at) - operators.integrated(v, at)).store(terms, at);
                }
            },
        );
    }

    /// `II h = factor I V + II source` of a mean profile, V being what is loaded.
    pub fn terms_of_profile(&mut self, operators: &Operators<T>, factor: T, source: T) {
        let Self { sources: [v, ..], terms, .. } = self;
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
            (Group::all(factor) * operators.integrated(v, at)).store(terms, at);
        }
        // II 1 = T_2 / 4 + ..
        for n in (GROUP..GROUP + COEFFICIENT).step_by(2) {
            terms[n] += operators.lower[n] * source;
        }
    }

    /// Adds `i factor II f` to the terms, f being a line.
    pub fn add_to_terms(&mut self, operators: &Operators<T>, factor: [T; NEIGHBOURS], f: &[T]) {
        let factor = by_column(factor);
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
            let term = (factor * operators.integrated_twice::<GROUP>(f, at)).numbers();
            for (sum, term) in self.terms[at..at + GROUP].chunks_exact_mut(2).zip(term.chunks_exact(2)) {
                (sum[0], sum[1]) = (sum[0] - term[1], sum[1] + term[0]);
            }
        }
    }

    /// The substep for a field whose ends ([`Helmholtz::particular`]) are `ends` after it;
    /// `previous` has II h of the substep before, and then of this one. Returns whether all of it
    /// is finite.
    pub fn advance(
        &mut self,
        operators: &Operators<T>,
        substep: &Substep<T>,
        mut field: Columns<'_, T>,
        previous: &mut [T],
        ends: Group<T>,
    ) -> bool {
        field.load(&mut self.field);
        vectorised(
            #[inline(always)]
            || {
                let Self { diffusion, viscous, psi, field, terms, .. } = self;
                let without = diffusion.particular_beside(
                    operators,
                    substep.source(operators, *viscous, [field, terms, previous]),
                    field,
                    psi,
                );
                let amount = diffusion.amount(ends, without);
                for at in (0..operators.groups() * GROUP).step_by(GROUP) {
                    let gain = Group::load(psi, at) + amount * Lanes::load(&diffusion.homogeneous, at);
                    (Group::load(field, at) + gain).store(psi, at);
                }
            },
        );
        field.store(&self.psi);
        self.remember(substep, previous)
    }

    /// The substep for phi, as [`Update::advance`]; `ends` is v at the walls at its end.
    pub fn advance_phi(
        &mut self,
        operators: &Operators<T>,
        substep: &Substep<T>,
        mut phi: Columns<'_, T>,
        previous: &mut [T],
        ends: Group<T>,
    ) -> bool {
        phi.load(&mut self.field);
        vectorised(
            #[inline(always)]
            || {
                let Self { diffusion, laplace, viscous, psi, field, terms, v, .. } = self;
                diffusion.particular(
                    operators,
                    substep.source(operators, *viscous, [field, terms, previous]),
                    psi,
                );
                for at in (0..operators.groups() * GROUP).step_by(GROUP) {
                    (Group::load(field, at) + Lanes::load(psi, at)).store(psi, at);
                }
                let zero = Group::all(T::zero());
                let [slopes, of_homogeneous] =
                    laplace.wall_slopes(operators, [ends, zero], [psi, &diffusion.homogeneous], v);
                diffusion.add_homogeneous(operators, (zero - slopes) / of_homogeneous, psi);
            },
        );
        phi.store(&self.psi);
        self.remember(substep, previous)
    }

    /// Keeps II h for the next substep. Returns whether psi is finite: the wall conditions make its
    /// first coefficients depend on all others.
    fn remember(&self, substep: &Substep<T>, previous: &mut [T]) -> bool {
        if substep.is_remembered {
            previous.copy_from_slice(&self.terms);
        }
        self.psi[..GROUP].iter().all(|number| number.is_finite())
    }
}

impl Update<f64> {
    /// Adds the effect of the uniform source that gives the mean profile this bulk velocity; returns
    /// `dt (gamma + zeta) h` of that source.
    pub fn add_flux(
        &mut self,
        operators: &Operators<f64>,
        bulk_velocity: f64,
        profile: &mut [Complex<f64>],
    ) -> f64 {
        let Self { diffusion, psi, .. } = self;
        let zero = Group::all(0.0);
        let one = operators.lower[GROUP];
        let one = Group::of(std::array::from_fn(
            |lane| if lane < COEFFICIENT && lane % 2 == 0 { one } else { 0.0 },
        ));
        diffusion.solve(operators, zero, |at| if at == GROUP { one } else { zero }, psi);
        let more = || psi.iter().step_by(COEFFICIENT).copied();
        let uniform = (bulk_velocity - bulk(profile.iter().map(|u| u.re))) / bulk(more());
        profile.iter_mut().zip(more()).for_each(|(u, more)| u.re += uniform * more);
        uniform
    }
}
