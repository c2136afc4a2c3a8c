//! The nonlinear term of the state, for transfer spectra and the slow pressure.

use super::Homogeneous;
use crate::homogeneous::case::Dealiasing;
use crate::homogeneous::evaluation::{Evaluation, piece_mut};
use crate::homogeneous::update::store_nonlinear;
use crate::transform::{Real, SpectralField};
use num_complex::Complex;

/// The state of a flow, and beside it its nonlinear term N, without what the mean flow and the
/// forces do. The part of N parallel to k, which the pressure takes, is still there.
pub(super) struct WithNonlinear<'a, T> {
    pub flow: &'a Homogeneous<T>,
}

impl<T> WithNonlinear<'_, T> {
    /// N.
    pub fn nonlinear(&self) -> &[SpectralField<T>; 3] {
        &self.flow.velocity[1]
    }
}

/// The velocity and a scratch register, of the registers of a scheme. Between steps nothing is in
/// it.
pub(super) fn velocity_and_scratch<T>(
    registers: &mut [[SpectralField<T>; 3]],
) -> (&[SpectralField<T>; 3], &mut [SpectralField<T>; 3]) {
    let (state, others) = registers.split_at_mut(1);
    (&state[0], &mut others[0])
}

impl<T: Real> Homogeneous<T> {
    /// Evaluates N of the state; zero in a linear run. Collective.
    ///
    /// With an ellipsoid of modes it is the mean over two grids half a cell apart, also for
    /// `phase-shift`: free of aliasing, which that scheme has removed after some steps only.
    pub(super) fn with_nonlinear(&mut self) -> WithNonlinear<'_, T> {
        if self.parameters.nonlinear {
            let now = self.clock.time;
            self.tables.set_interval(self.mean.interval(now, now, now), 0.0);
            self.evaluate([0.0; 3], true);
            if self.parameters.dealiasing != Dealiasing::TwoThirds {
                self.evaluate([0.5; 3], false);
            }
        } else {
            let (_, n) = velocity_and_scratch(&mut self.velocity);
            n.iter_mut().for_each(|field| field.fill(Complex::default()));
        }
        WithNonlinear { flow: self }
    }

    /// Puts N on the grid displaced by `delta` cells into the scratch register, or the mean of it
    /// and of what is there, if it is not the `first`.
    fn evaluate(&mut self, delta: [f64; 3], first: bool) {
        let Self { pencils, tables, velocity, scalars, grids, parameters, mean, wavenumbers, force, .. } =
            self;
        let (velocity, n) = velocity_and_scratch(velocity);
        let deformation = &wavenumbers.deformation;
        let state = Evaluation { parameters, mean, deformation, velocity, scalars: &scalars[0] };
        let [shift, _] = &mut grids.shifts;
        shift.set(delta);
        state.products(pencils, tables, shift, None).forward(|column, range, modes| {
            tables.select(column);
            let tables = tables.column(column, 0);
            if first {
                return store_nonlinear(&tables, modes, piece_mut(n, &range));
            }
            let mut second = force.each_mut().map(|field| &mut field[..range.len()]);
            store_nonlinear(&tables, modes, second.each_mut().map(|field| &mut **field));
            for (n, second) in piece_mut(n, &range).into_iter().zip(second) {
                n.iter_mut().zip(second).for_each(|(n, second)| *n = (*n + *second).scale(T::of(0.5)));
            }
        });
    }
}
