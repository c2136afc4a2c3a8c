//! An evaluation of the nonlinear term, from the state to what comes back to the columns, on the
//! one or two grids of a stage.

use super::matrix::{Matrix, dot};
use super::right_hand_side::{counts, divergence_xz, first_output};
use super::update::{store_nonlinear, store_nonlinear_of_scalar};
use super::wavenumbers::StageTables;
use super::{MeanFlow, Parameters};
use crate::convection::{courant_rate, largest_magnitude, products};
use crate::homogeneous::case::Scalar;
use crate::parallel::World;
use crate::time::{Cause, Rates};
use crate::transform::{Column, Layout, Pencils, Pieces, Real, Returned, Shift, SpectralField, Truncation};
use num_complex::Complex;
use std::ops::Range;

/// A state, and the box that it stands in.
pub struct Evaluation<'a, T> {
    pub parameters: &'a Parameters,
    pub mean: &'a MeanFlow,
    /// B: the moving coordinates are `xi = B x`.
    pub deformation: &'a Matrix,
    pub velocity: &'a [SpectralField<T>; 3],
    pub scalars: &'a [SpectralField<T>],
}

/// The largest of what limits a step, at the points of this rank.
#[derive(Default)]
pub struct AtPoints {
    /// `sum_j |B_ji u_i| / dxi_j`.
    courant_rate: f64,
    /// `sum_j |B_ji b_i theta| / dxi_j` of one scalar times the number of those that are buoyant,
    /// which is a bound of their sum and the same on any ranks.
    acceleration: f64,
}

impl AtPoints {
    /// Raises the rates by what all ranks have found. Collective.
    pub fn raise(self, rates: &mut Rates, world: &World) {
        let [convection, acceleration] = world.maxima([self.courant_rate, self.acceleration]);
        rates.raise(Cause::Convection, convection);
        rates.raise(Cause::Buoyancy, acceleration.sqrt());
    }
}

impl<T: Real> Evaluation<'_, T> {
    /// Evaluates the products of velocity and scalars on the grid displaced by `shift`, as far as
    /// the z-lines of what goes back to the columns; `at_points` takes what limits a step there.
    pub fn products<'p>(
        &self,
        pencils: &'p mut Pencils<T>,
        tables: &StageTables<T>,
        shift: &'p Shift<T>,
        mut at_points: Option<&mut AtPoints>,
    ) -> Returned<'p, T> {
        let Self { parameters, mean, deformation: b, velocity, scalars } = *self;
        // The velocity in cells of the moving grid: dxi_j/dt = B_ji u_i.
        let cells = std::array::from_fn(|j| {
            std::array::from_fn(|i| T::of(b[j][i] * parameters.grid[j] as f64 / parameters.size[j]))
        });
        let buoyant = parameters.buoyant().count() as f64;
        // The acceleration by a scalar of one.
        let pull = |scalar: &Scalar| {
            let through = (0..3)
                .map(|j| dot(b[j], scalar.buoyancy).abs() * parameters.grid[j] as f64 / parameters.size[j]);
            buoyant * through.sum::<f64>()
        };
        pencils.inverse(velocity.iter().chain(scalars), shift).products(
            counts(scalars.len(), mean.mixes_labels()),
            |_, lines, length| {
                if let Some(AtPoints { courant_rate: rate, acceleration }) = at_points.as_deref_mut() {
                    let here = courant_rate(std::array::from_fn(|i| &lines[i * length..][..length]), &cells);
                    *rate = rate.max(here.wide());
                    for (s, scalar) in parameters
                        .scalars
                        .iter()
                        .enumerate()
                        .filter(|(_, scalar)| scalar.buoyancy != [0.0; 3])
                    {
                        let theta = &lines[(3 + s) * length..][..length];
                        *acceleration = acceleration.max(pull(scalar) * largest_magnitude(theta).wide());
                    }
                }
                products(lines, length, scalars.len());
            },
            |nx, nz, products, outputs| divergence_xz(tables, scalars.len(), nx, nz, products, outputs),
        )
    }
}

/// N of the velocity and of the scalars, without what the mean flow and the forces do.
pub struct Nonlinear<T> {
    pub velocity: [SpectralField<T>; 3],
    pub scalars: Vec<SpectralField<T>>,
}

/// The grids of a stage.
pub struct Grids<T> {
    /// Displacements of the one grid, or of both.
    pub shifts: [Shift<T>; 2],
    /// N on the first grid, if there are two.
    first: Option<Nonlinear<T>>,
    /// The products of a column in a linear run.
    zeros: Vec<Complex<T>>,
}

/// The nonlinear term of a stage, half-way.
pub enum Evaluated<'a, T: Real> {
    /// N on the last grid, half-way, and on the first one if there are two.
    Nonlinear { last_grid: Returned<'a, T>, first_grid: Option<&'a Nonlinear<T>> },
    /// None, for these modes.
    Linear { layout: &'a Layout, zeros: &'a [Complex<T>] },
}

impl<T: Real> Grids<T> {
    /// Room for the grids that the parameters ask for.
    pub fn new(parameters: &Parameters, truncation: &Truncation, layout: &Layout) -> Self {
        let field = || SpectralField::zeros(layout);
        let nonlinear = || Nonlinear {
            velocity: std::array::from_fn(|_| field()),
            scalars: parameters.scalars.iter().map(|_| field()).collect(),
        };
        Self {
            shifts: [Shift::none(truncation), Shift::none(truncation)],
            first: parameters.dealiasing.evaluates_twice().then(nonlinear),
            zeros: vec![Complex::default(); 2 * truncation.ny_max() + 1],
        }
    }

    /// Evaluates the nonlinear term of stage `s` of this step, on the first grid to its end.
    pub fn evaluate<'a>(
        &'a mut self,
        state: &Evaluation<'_, T>,
        pencils: &'a mut Pencils<T>,
        tables: &mut StageTables<T>,
        step: u64,
        s: usize,
        mut at_points: Option<&mut AtPoints>,
    ) -> Evaluated<'a, T> {
        let Parameters { nonlinear, dealiasing, scheme, seed, .. } = *state.parameters;
        let Self { shifts: [shift, second_shift], first, zeros } = self;
        if !nonlinear {
            return Evaluated::Linear { layout: &pencils.layout, zeros };
        }
        let (delta, second_delta) = dealiasing.displacements(scheme, seed, step, s);
        shift.set(delta);
        let (Some(second_delta), Some(first)) = (second_delta, first) else {
            let last_grid = state.products(pencils, tables, shift, at_points);
            return Evaluated::Nonlinear { last_grid, first_grid: None };
        };
        let mixed = state.mean.mixes_labels();
        let on_first = state.products(pencils, tables, shift, at_points.as_deref_mut());
        on_first.forward(|column, range, modes| {
            tables.select(column);
            store_nonlinear(&tables.column(column, 0), modes, piece_mut(&mut first.velocity, &range));
            for (s, n) in first.scalars.iter_mut().enumerate() {
                let tables = tables.column(column, 1 + s);
                store_nonlinear_of_scalar(&tables, modes, first_output(s, mixed), &mut n[range.clone()]);
            }
        });
        second_shift.set(second_delta);
        let last_grid = state.products(pencils, tables, second_shift, at_points);
        Evaluated::Nonlinear { last_grid, first_grid: Some(first) }
    }
}

impl<'a, T: Real> Evaluated<'a, T> {
    /// N on the first grid, if there are two.
    pub fn first_grid(&self) -> Option<&'a Nonlinear<T>> {
        match self {
            Self::Nonlinear { first_grid, .. } => *first_grid,
            Self::Linear { .. } => None,
        }
    }

    /// Gives every column of this rank its modes: see [`Returned::forward`].
    pub fn forward(self, mut update: impl FnMut(&Column, Range<usize>, Pieces<'_, T>)) {
        match self {
            Self::Nonlinear { last_grid, .. } => last_grid.forward(update),
            Self::Linear { layout, zeros } => {
                for (c, column) in layout.columns.iter().enumerate() {
                    update(column, layout.range(c), Pieces::new(zeros, 0, column.len()));
                }
            }
        }
    }
}

/// The same piece of each of three fields.
pub fn piece<'a, T: Real>(fields: &'a [SpectralField<T>; 3], range: &Range<usize>) -> [&'a [Complex<T>]; 3] {
    fields.each_ref().map(|field| &field[range.clone()])
}

/// The same piece of each of three fields, to be written.
pub fn piece_mut<'a, T: Real>(
    fields: &'a mut [SpectralField<T>; 3],
    range: &Range<usize>,
) -> [&'a mut [Complex<T>]; 3] {
    fields.each_mut().map(|field| &mut field[range.clone()])
}
