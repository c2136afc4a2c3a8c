//! Fields on the planes of a rank, between the two exchanges of the column of ranks: what
//! [`Pencils`] have on their way.

use super::phase_times::lap;
use super::{Columns, FourierColumns, Layout, Pencils, Pieces, PiecesMut, Products, Real};
use crate::parallel::ExactSum;
use std::ops::Range;
use std::time::Instant;

/// Fields as z-lines of the planes of this rank, as an inverse transform left them. They lie in the
/// buffers of the transform, which no other evaluation can have meanwhile:
///
/// ```compile_fail,E0499
/// use rogallo::transform::{Pencils, Shift, SpectralField};
///
/// fn visit_too_late(pencils: &mut Pencils<f64>, shift: &Shift<f64>, [a, b]: [&SpectralField<f64>; 2]) {
///     let mut a_on_planes = pencils.inverse([a].into_iter(), shift);
///     let mut b_on_planes = pencils.inverse([b].into_iter(), shift);
///     a_on_planes.visit(|_| 0.0, |_, _, _| ());
///     b_on_planes.visit(|_| 0.0, |_, _, _| ());
/// }
/// ```
///
/// In the right order the same compiles:
///
/// ```
/// use rogallo::transform::{Pencils, Shift, SpectralField};
///
/// fn visit_in_time(pencils: &mut Pencils<f64>, shift: &Shift<f64>, [a, b]: [&SpectralField<f64>; 2]) {
///     let mut a_on_planes = pencils.inverse([a].into_iter(), shift);
///     a_on_planes.visit(|_| 0.0, |_, _, _| ());
///     let mut b_on_planes = pencils.inverse([b].into_iter(), shift);
///     b_on_planes.visit(|_| 0.0, |_, _, _| ());
/// }
/// ```
#[must_use]
pub struct OnPlanes<'a, T, Y: Columns<T> = FourierColumns<T>> {
    pub(super) pencils: &'a mut Pencils<T, Y>,
    pub(super) fields: usize,
    pub(super) grid: Y::Grid<'a>,
}

/// Fields that came back from the planes of all ranks, as z-lines: [`Returned::forward`] transforms
/// them to columns.
#[must_use]
pub struct Returned<'a, T, Y: Columns<T> = FourierColumns<T>> {
    pub(super) pencils: &'a mut Pencils<T, Y>,
    pub(super) fields: usize,
    pub(super) grid: Y::Grid<'a>,
}

impl<'a, T: Real, Y: Columns<T>> OnPlanes<'a, T, Y> {
    /// Multiplies the fields at their points, and brings the outputs made of the products back.
    ///
    /// * `multiply(y, groups, length)` at the points of a group of x-lines at the y of this index,
    ///   in an order that is the same for all fields: each field is a group of this length, the
    ///   products replace them. Every [`Real::ABREAST`]th number is one of the same line; where
    ///   lines are missing there are zeros;
    /// * `combine(nx, nz, products, outputs)` at the modes n_x and n_z = nz, nz + 1, .. at one y.
    pub fn products(
        self,
        products: Products,
        mut multiply: impl FnMut(usize, &mut [T], usize),
        mut combine: impl FnMut(usize, i64, Pieces<'_, T>, PiecesMut<'_, T>),
    ) -> Returned<'a, T, Y> {
        let Self { pencils, fields, grid } = self;
        let outputs = products.outputs;
        let Pencils { layout, planes, column, plane_counts: counts, phases, .. } = pencils;
        // Outputs may take the place of fields of planes that are done
        // ([`crate::parallel::Exchange`]).
        for batch in batches(layout, planes.batch(), fields > outputs) {
            planes.inverse(layout, batch.clone(), fields, column.received(fields, counts), phases);
            planes.multiply(layout, batch.clone(), fields, products, phases, &mut multiply);
            planes.forward(
                layout,
                batch,
                products,
                &mut column.to_send(outputs, counts),
                phases,
                &mut combine,
            );
        }
        let mut clock = Instant::now();
        column.exchange(outputs, counts, &pencils.column_counts);
        lap(&mut clock, &mut phases.exchange);
        Returned { pencils, fields: outputs, grid }
    }

    /// Visits the points: `visit(y, z, lines)` for every x-line of this rank, which has the values
    /// of one field after the other. The points of the plane of index y are displaced in x by
    /// `displacement(y)` lengths of the box.
    pub fn visit(&mut self, displacement: impl Fn(usize) -> f64, mut visit: impl FnMut(usize, usize, &[T])) {
        let fields = self.fields;
        let Pencils { layout, planes, column, plane_counts: counts, phases, .. } = &mut *self.pencils;
        let mut lines = vec![T::zero(); fields * layout.truncation.grid[0]];
        for batch in batches(layout, planes.batch(), false) {
            planes.inverse(layout, batch.clone(), fields, column.received(fields, counts), phases);
            planes.visit(layout, batch, &displacement, &mut lines, &mut visit);
        }
    }

    /// Visits the modes in x and z: `visit(y, n_x, lines)` for every n_x of this rank; each line
    /// has N_z numbers, n_z = 0, 1, .. and zeros and .., -1, and where n_x = 0 also those n_z that
    /// are not stored.
    pub fn visit_modes(&mut self, mut visit: impl FnMut(usize, usize, Pieces<'_, T>)) {
        let fields = self.fields;
        let Pencils { layout, planes, column, plane_counts: counts, .. } = &mut *self.pencils;
        for batch in batches(layout, planes.batch(), false) {
            planes.visit_modes(layout, batch, fields, column.received(fields, counts), &mut visit);
        }
    }

    /// [`Pencils::totals`], of sums over the planes that were visited. Collective.
    pub fn totals(&self, quantities: usize, of_planes: Vec<ExactSum>) -> Vec<f64> {
        self.pencils.totals(quantities, of_planes)
    }

    /// The planes of this rank.
    pub fn planes(&self) -> Range<usize> {
        self.pencils.layout.slab.y.clone()
    }

    /// The largest n_x.
    pub fn last_nx(&self) -> usize {
        self.pencils.layout.truncation.nx_max()
    }

    /// Visits the modes in x and z: `visit(y, n_x, lines)` for every n_x, ascending. This rank has
    /// some |n_z| ([`Layout::visited`]); each line has the modes of n_z and of -n_z, where n_z = 0
    /// a zero, one n_z after the other.
    pub fn visit_pairs(&mut self, mut visit: impl FnMut(usize, usize, Pieces<'_, T>)) {
        let fields = self.fields;
        let Pencils { layout, planes, column, plane_counts: counts, .. } = &mut *self.pencils;
        for batch in batches(layout, planes.batch(), false) {
            planes.visit_pairs(layout, batch, fields, column.received(fields, counts), &mut visit);
        }
    }
}

/// The planes of this rank, a batch at a time, from the first to the last or backwards.
fn batches(layout: &Layout, batch: usize, backwards: bool) -> impl Iterator<Item = Range<usize>> + use<> {
    let planes = layout.slab.y.len();
    let number = planes.div_ceil(batch);
    (0..number).map(move |i| {
        let first = batch * if backwards { number - 1 - i } else { i };
        first..planes.min(first + batch)
    })
}
