//! A stage of the Runge-Kutta scheme, column after column; [`super::update`] has its equations.

use super::evaluation::{Evaluated, Nonlinear, piece, piece_mut};
use super::forcing::Forcing;
use super::right_hand_side::first_output;
use super::update::{
    Coefficients, MeanTerms, ScalarColumn, Sums, Transport, VelocityColumn, update, update_scalar,
};
use super::wavenumbers::StageTables;
use super::{MeanFlow, Parameters};
use crate::homogeneous::case::Scalar;
use crate::parallel::ExactSum;
use crate::time::Stage;
use crate::transform::{Column, Pieces, Real, SpectralField};
use num_complex::Complex;
use std::ops::Range;

/// A stage's sweep over the columns.
pub struct Sweep<'a, T> {
    pub stage: &'a Stage,
    /// The length of the step, and the time at the beginning of the stage.
    pub dt: f64,
    pub time: f64,
    pub parameters: &'a Parameters,
    pub mean: &'a MeanFlow,
    pub forcing: Option<&'a Forcing>,
    /// The tables of the stage.
    pub tables: &'a mut StageTables<T>,
    /// The registers of the scheme, the state itself first.
    pub velocity: &'a mut [[SpectralField<T>; 3]],
    pub scalars: &'a mut [Vec<SpectralField<T>>],
    /// Room for the mean gradients of the scalars, and for the force on the modes of a column.
    pub gradients: &'a mut [[T; 3]],
    pub force: &'a mut [Vec<Complex<T>>; 3],
}

impl<T: Real> Sweep<'_, T> {
    /// Advances all R registers by the nonlinear term; returns the sums of `|u|^2` and `k^2 |u|^2`
    /// over all modes of this rank.
    pub fn apply<const R: usize>(self, nonlinear: Evaluated<'_, T>) -> [ExactSum; 2] {
        let Self { stage, dt, time, parameters, mean, forcing, tables, velocity, scalars, gradients, force } =
            self;
        for (gradient, scalar) in gradients.iter_mut().zip(&parameters.scalars) {
            *gradient = mean.carried(scalar.gradient, time).map(T::of);
        }
        let (Some(velocity), Some(scalars)) =
            (velocity.first_chunk_mut::<R>(), scalars.first_chunk_mut::<R>())
        else {
            unreachable!("a scheme has its {R} registers")
        };
        let interval = tables.interval();
        let terms = MeanTerms {
            absolute_vorticity: interval.absolute_vorticity.map(T::of),
            transport: Transport::of(interval.transport),
        };
        let forcing = forcing.filter(|forcing| forcing.is_local());
        let mut columns = ColumnStage {
            coefficients: Coefficients::new(stage, dt),
            mean: (mean.deforms() || interval.absolute_vorticity != [0.0; 3]).then_some(terms),
            first_grid: nonlinear.first_grid(),
            gradients,
            forces: Forces {
                buoyancy: &parameters.scalars,
                is_buoyant: parameters.buoyant().next().is_some(),
                forcing,
                coefficient: forcing.map_or(0.0, Forcing::coefficient),
                next: 0,
                room: force,
            },
            tables,
            velocity,
            scalars,
        };
        let mut sums: [ExactSum; 2] = Default::default();
        nonlinear.forward(|column, range, modes| {
            let of_column = columns.advance(column, &range, modes);
            sums.iter_mut().zip(of_column).for_each(|(sum, term)| sum.add(column.weight() * term));
        });
        sums
    }
}

/// A stage for one column at a time.
struct ColumnStage<'a, T, const R: usize> {
    coefficients: Coefficients<T, R>,
    /// The terms of the mean flow, if there is one.
    mean: Option<MeanTerms<T>>,
    /// N on the first of two grids.
    first_grid: Option<&'a Nonlinear<T>>,
    /// G of each scalar.
    gradients: &'a [[T; 3]],
    forces: Forces<'a, T>,
    tables: &'a mut StageTables<T>,
    velocity: &'a mut [[SpectralField<T>; 3]; R],
    scalars: &'a mut [Vec<SpectralField<T>>; R],
}

impl<T: Real, const R: usize> ColumnStage<'_, T, R> {
    /// Advances the scalars and then the velocity of a column, `range` of the fields, of which
    /// `modes` came through the transform; returns the sums of the new velocity.
    fn advance(&mut self, column: &Column, range: &Range<usize>, modes: Pieces<'_, T>) -> Sums {
        let Self { coefficients, mean, first_grid, gradients, forces, tables, velocity, scalars } = self;
        tables.select(column);
        let mixed = tables.mixes_labels();
        let force = forces.on(range, &velocity[0], &scalars[0]);
        for (s, gradient) in gradients.iter().enumerate() {
            let scalar = ScalarColumn {
                modes,
                first: first_output(s, mixed),
                first_grid: first_grid.map(|n| &n.scalars[s][range.clone()]),
                velocity: piece(&velocity[0], range),
                gradient: *gradient,
                registers: scalars.each_mut().map(|fields| &mut fields[s][range.clone()]),
            };
            update_scalar(&tables.column(column, 1 + s), coefficients, scalar);
        }
        let of_velocity = VelocityColumn {
            modes,
            first_grid: first_grid.map(|n| piece(&n.velocity, range)),
            force,
            registers: velocity.each_mut().map(|fields| piece_mut(fields, range)),
        };
        let sums = update(&tables.column(column, 0), coefficients, mean.as_ref(), of_velocity);
        if column.is_mean() {
            let fields = velocity.as_flattened_mut().iter_mut().chain(scalars.iter_mut().flatten());
            fields.for_each(|field| column.make_real(&mut field[range.clone()]));
        }
        sums
    }
}

/// The forces on the modes: buoyancy, and those of a forcing on some of them.
struct Forces<'a, T> {
    /// The scalars, of which some may be buoyant.
    buoyancy: &'a [Scalar],
    is_buoyant: bool,
    forcing: Option<&'a Forcing>,
    coefficient: f64,
    /// The next mode that is forced, of those of the forcing.
    next: usize,
    room: &'a mut [Vec<Complex<T>>; 3],
}

impl<T: Real> Forces<'_, T> {
    /// The force on a column, `range` of the fields, if there is any. Columns come in their order.
    fn on(
        &mut self,
        range: &Range<usize>,
        velocity: &[SpectralField<T>; 3],
        scalars: &[SpectralField<T>],
    ) -> Option<[&[Complex<T>]; 3]> {
        let Self { buoyancy, is_buoyant, forcing, coefficient, next, room } = self;
        let forced = |i: usize| {
            forcing.and_then(|forcing| Some((forcing, forcing.place(i).filter(|mode| range.contains(mode))?)))
        };
        if !*is_buoyant && forced(*next).is_none() {
            return None;
        }
        let mut force = room.each_mut().map(|force| &mut force[..range.len()]);
        force.iter_mut().for_each(|force| force.fill(Complex::default()));
        for (scalar, theta) in buoyancy.iter().zip(scalars) {
            add_buoyancy(scalar.buoyancy, &theta[range.clone()], &mut force);
        }
        while let Some((forcing, mode)) = forced(*next) {
            let u =
                velocity.each_ref().map(|field| Complex::new(field[mode].re.wide(), field[mode].im.wide()));
            for (force, f) in force.iter_mut().zip(forcing.force(*next, *coefficient, u)) {
                force[mode - range.start] += Complex::new(T::of(f.re), T::of(f.im));
            }
            *next += 1;
        }
        Some(force.map(|force| &*force))
    }
}

/// Adds `buoyancy theta` to the force on the modes of a column.
fn add_buoyancy<T: Real>(buoyancy: [f64; 3], theta: &[Complex<T>], force: &mut [&mut [Complex<T>]; 3]) {
    for (force, b) in force.iter_mut().zip(buoyancy).filter(|(_, b)| *b != 0.0) {
        force.iter_mut().zip(theta).for_each(|(force, theta)| *force += theta.scale(T::of(b)));
    }
}
