//! The nonlinear term of the state, for transfer spectra and the slow pressure.

use super::Homogeneous;
use crate::case::Dealiasing;
use crate::homogeneous::step::{outputs, piece_mut};
use crate::homogeneous::update::keep;
use crate::transform::Real;
use num_complex::Complex;

/// The register where it is put; it has no other use between steps.
pub(super) const N: usize = 1;

impl<T: Real> Homogeneous<T> {
    /// Puts N of the state, without what the mean flow and the forces do, into register [`N`]; zero
    /// in a linear run. Its part along k, which the pressure takes, is still there. Collective.
    ///
    /// With an ellipsoid of modes it is the mean over two grids half a cell apart, also for
    /// `phase-shift`: free of aliasing, which that scheme has removed after some steps only.
    pub(super) fn put_nonlinear_term(&mut self) {
        if !self.parameters.nonlinear {
            self.velocity[N].iter_mut().for_each(|field| field.fill(Complex::default()));
            return;
        }
        let now = self.clock.time;
        self.tables.set_interval(self.mean.interval(now, now, now), 0.0);
        self.put_evaluation([0.0; 3], true);
        if self.parameters.dealiasing != Dealiasing::TwoThirds {
            self.put_evaluation([0.5; 3], false);
        }
    }

    /// N on the grid displaced by `delta` cells; the mean of it and of what is there, if it is not
    /// the `first`.
    fn put_evaluation(&mut self, delta: [f64; 3], first: bool) {
        self.shifts[0].set(delta);
        self.evaluate(0, false);
        let Self { pencils, tables, velocity, shifts, parameters, mean, force, .. } = self;
        let mixed = mean.mixes_labels();
        let (outputs, _, _) = outputs(parameters.scalars.len(), mixed);
        pencils.forward(outputs, &shifts[0], |column, range, modes| {
            tables.select(column);
            let tables = tables.column(column, 0);
            if first {
                return keep(&tables, mixed, modes, piece_mut(&mut velocity[N], &range));
            }
            let [x, y, z] = &mut *force;
            let mut second = [x, y, z].map(|field| &mut field[..range.len()]);
            keep(&tables, mixed, modes, second.each_mut().map(|field| &mut **field));
            for (kept, second) in piece_mut(&mut velocity[N], &range).into_iter().zip(second) {
                kept.iter_mut()
                    .zip(second)
                    .for_each(|(kept, second)| *kept = (*kept + *second).scale(T::of(0.5)));
            }
        });
    }
}
