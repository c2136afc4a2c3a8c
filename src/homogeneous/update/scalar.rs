//! A stage of a scalar: `theta <- F (M (theta, ..) + dt b (N - G.u))`.

use super::{Coefficients, Place, advanced, sum};
use crate::homogeneous::wavenumbers::ColumnTables;
use crate::transform::{LANES, Lanes, Pieces, Real, vectorised};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;

/// A scalar of one column: the fields from `first` on that came through the transform (two, or
/// three of mixed labels), N on the first grid if there are two, the velocity before the stage and
/// the mean gradient G, the registers.
pub struct ScalarColumn<'a, T, const R: usize> {
    pub modes: Pieces<'a, T>,
    pub first: usize,
    pub first_grid: Option<&'a [Complex<T>]>,
    pub velocity: [&'a [Complex<T>]; 3],
    pub gradient: [T; 3],
    pub registers: [&'a mut [Complex<T>]; R],
}

/// Advances a scalar of a column by a stage.
pub fn update_scalar<T: Real, const R: usize>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    column: ScalarColumn<'_, T, R>,
) {
    let ScalarColumn { modes, first: field, first_grid, velocity, gradient, registers } = column;
    let sources = ScalarSources {
        fields: scalar_fields(modes, field, tables.mixed),
        first_grid: first_grid.map(cast_slice),
        velocity: velocity.map(cast_slice),
        gradient,
    };
    let mut registers: [&mut [T]; R] = registers.map(|field| cast_slice_mut(field));
    vectorised(
        #[inline(always)]
        || {
            for (first, run) in tables.runs() {
                let length = run.loss.len();
                let whole = length - length % LANES;
                for j in (0..whole).step_by(LANES) {
                    let place = Place { tables, run, j, at: first + j };
                    scalar_stage::<T, R, LANES>(place, coefficients, &sources, &mut registers);
                }
                for j in (whole..length).step_by(2) {
                    let place = Place { tables, run, j, at: first + j };
                    scalar_stage::<T, R, 2>(place, coefficients, &sources, &mut registers);
                }
            }
        },
    );
}

/// The sources of a scalar of a column in a stage.
struct ScalarSources<'a, T> {
    fields: [&'a [T]; 3],
    first_grid: Option<&'a [T]>,
    velocity: [&'a [T]; 3],
    gradient: [T; 3],
}

/// Advances L reals of a scalar of a column.
#[inline(always)]
fn scalar_stage<T: Real, const R: usize, const L: usize>(
    place: Place<'_, T>,
    coefficients: &Coefficients<T, R>,
    sources: &ScalarSources<'_, T>,
    registers: &mut [&mut [T]; R],
) {
    let at = place.at;
    let mut n = scalar_nonlinear::<T, L>(place, &sources.fields);
    if let Some(first_grid) = sources.first_grid {
        n = (n + Lanes::load(first_grid, at)) * Lanes::all(T::of(0.5));
    }
    for i in 0..3 {
        n = n - Lanes::load(sources.velocity[i], at) * Lanes::all(sources.gradient[i]);
    }
    let loss = place.loss();
    let mut x = [Lanes::all(T::zero()); R];
    for r in 0..R {
        if coefficients.reads[r] {
            x[r] = Lanes::load(registers[r], at);
        }
    }
    for (r, register) in registers.iter_mut().enumerate() {
        if coefficients.writes[r] {
            let [whole, gain] = advanced(coefficients, r, x, n, loss);
            sum(whole, gain).store(register, at);
        }
    }
}

/// Stores N of a scalar of a column, for the mean with that on a second grid.
pub fn store_nonlinear_of_scalar<T: Real>(
    tables: &ColumnTables<'_, T>,
    modes: Pieces<'_, T>,
    field: usize,
    n: &mut [Complex<T>],
) {
    let (fields, stored) = (scalar_fields(modes, field, tables.mixed), cast_slice_mut(n));
    for (first, run) in tables.runs() {
        for j in (0..run.loss.len()).step_by(2) {
            let place = Place { tables, run, j, at: first + j };
            scalar_nonlinear::<T, 2>(place, &fields).store(stored, place.at);
        }
    }
}

/// The fields of a scalar from `field` on, as reals; the third only of mixed labels.
fn scalar_fields<'a, T: Real>(modes: Pieces<'a, T>, field: usize, mixed: bool) -> [&'a [T]; 3] {
    let [first, second] = modes.from(field).map(cast_slice);
    [first, second, if mixed { cast_slice(modes.of(field + 2)) } else { &[] }]
}

/// `E + k_y V`; of mixed labels, `k_x U + k_y V + k_z W` of the fluxes times -i.
#[inline(always)]
fn scalar_nonlinear<T: Real, const L: usize>(place: Place<'_, T>, fields: &[&[T]; 3]) -> Lanes<T, L> {
    let load = |f: usize| Lanes::load(fields[f], place.at);
    if place.tables.mixed {
        let k = place.k_from::<L, true>();
        load(0) * k[0] + load(1) * k[1] + load(2) * k[2]
    } else {
        load(0) + load(1) * Lanes::load(place.run.from[1], place.j)
    }
}
