//! The nonlinear term N of the velocity of a column, from the fields that came through the transform.

use super::Place;
use crate::homogeneous::wavenumbers::ColumnTables;
use crate::transform::{LANES, Lanes, Pieces, Real, vectorised};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;

/// Stores N of a column, for the mean with that on a second grid.
pub fn store_nonlinear<T: Real>(
    tables: &ColumnTables<'_, T>,
    modes: Pieces<'_, T>,
    n: [&mut [Complex<T>]; 3],
) {
    if tables.mixed {
        store_all::<T, true>(tables, modes, n)
    } else {
        store_all::<T, false>(tables, modes, n)
    }
}

fn store_all<T: Real, const MIXED: bool>(
    tables: &ColumnTables<'_, T>,
    modes: Pieces<'_, T>,
    n: [&mut [Complex<T>]; 3],
) {
    let (fields, mut stored) = (Fields::<T, MIXED>::new(modes), n.map(|field| cast_slice_mut(field)));
    vectorised(
        #[inline(always)]
        || {
            for (first, run) in tables.runs() {
                let length = run.loss.len();
                let whole = length - length % LANES;
                for j in (0..whole).step_by(LANES) {
                    let place = Place { tables, run, j, at: first + j };
                    let n = fields.nonlinear::<LANES>(place);
                    (0..3).for_each(|i| n[i].store(stored[i], place.at));
                }
                for j in (whole..length).step_by(2) {
                    let place = Place { tables, run, j, at: first + j };
                    let n = fields.nonlinear::<2>(place);
                    (0..3).for_each(|i| n[i].store(stored[i], place.at));
                }
            }
        },
    );
}

/// The fields that came through the transform, as reals; the fifth only of mixed labels.
pub(super) struct Fields<'a, T, const MIXED: bool>([&'a [T]; 5]);

impl<'a, T: Real, const MIXED: bool> Fields<'a, T, MIXED> {
    pub(super) fn new(modes: Pieces<'a, T>) -> Self {
        let [a, b, c, d] = modes.from(0).map(cast_slice);
        Self([a, b, c, d, if MIXED { cast_slice(modes.of(4)) } else { &[] }])
    }

    /// N, L reals of it, of `[A, B, C, D]`; of mixed labels, of -i times the products
    /// `[a, b, c, d, e]`.
    #[inline(always)]
    pub(super) fn nonlinear<const L: usize>(&self, place: Place<'_, T>) -> [Lanes<T, L>; 3] {
        let [kx, ky, kz] = place.k_from::<L, MIXED>();
        let load = |f: usize| Lanes::load(self.0[f], place.at);
        let (a, b, c, d) = (load(0), load(1), load(2), load(3));
        if MIXED {
            let e = load(4);
            [a * kx + b * ky + e * kz, b * kx + d * kz, e * kx + d * ky + c * kz]
        } else {
            [a + b * ky, b * kx + d * kz, c + d * ky]
        }
    }
}

/// The nonlinear term and the force of the velocity of a column.
pub(super) struct Sources<'a, T, const MIXED: bool> {
    pub(super) fields: Fields<'a, T, MIXED>,
    pub(super) first_grid: Option<[&'a [T]; 3]>,
    pub(super) force: Option<[&'a [T]; 3]>,
}

impl<T: Real, const MIXED: bool> Sources<'_, T, MIXED> {
    /// `N + f`, L reals of it; N is the mean of that on both grids if there are two.
    #[inline(always)]
    pub(super) fn nonlinear<const L: usize>(&self, place: Place<'_, T>) -> [Lanes<T, L>; 3] {
        let mut n = self.fields.nonlinear(place);
        if let Some(first_grid) = self.first_grid {
            for i in 0..3 {
                n[i] = (n[i] + Lanes::load(first_grid[i], place.at)) * Lanes::all(T::of(0.5));
            }
        }
        if let Some(force) = self.force {
            for i in 0..3 {
                n[i] = n[i] + Lanes::load(force[i], place.at);
            }
        }
        n
    }
}
