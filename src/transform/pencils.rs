//! The pencil transform: modes -> points -> products -> modes, one y-plane (or a few) at a time.
//!
//! ```text
//! modes, y-columns    inverse: pad, FFT in y         | exchange in the column of ranks (n_x, n_z kept only)
//! z-lines per plane   planes:  pad, FFT in z         | exchange in the row of ranks (n_x kept only)
//! x-lines                      pad, FFT in x; products of the line while it is in cache; FFT in x, truncate
//! z-lines                      FFT in z, truncate; `combine`, e.g. the divergence in x and z          | exchange in the row
//! y-columns           forward: FFT in y, truncate; `update`, e.g. of the state   | exchange in the column
//! ```
//!
//! The transform in y is that of the flow: Fourier ([`FourierColumns`]) or Chebyshev ([`ChebyshevColumns`]).
//!
//! Fields never exist as a whole at physical points: between the two exchanges of the column a
//! plane is worked off in cache (Luchini & Quadrio 2006; Lee, Malaya & Moser 2013).
//! [`super::planes`] has what happens in a plane. A displaced grid costs a phase factor of each
//! mode, before and after.

use super::fetch::fetch_rows;
use super::phase_times::{PhaseTimes, lap};
use super::planes::Planes;
use super::{
    ChebyshevColumns, Column, Columns, Fields, FourierColumns, Layout, Lines, LinesMut, Pieces, PiecesMut,
    Real, Shift, SpectralField, Truncation,
};
use crate::error::Result;
use crate::parallel::{Blocks, Exchange, Method, ProcessGrid, Traffic};
use std::ops::Range;
use std::time::Instant;

/// Columns whose pieces of rows are brought near together: the rows lie in different pages of
/// memory. Groups of columns that are transformed together divide it.
const TILE: usize = 64;

/// Columns of Chebyshev coefficients that are handed out together, so that recursions in y can go
/// side by side. A tile has a whole number of them.
pub const NEIGHBOURS: usize = 4;

/// How many fields an evaluation has on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Products {
    /// Fields at the points, and products that take their place: as many or more.
    pub inputs: usize,
    pub products: usize,
    /// Fields that go back to the columns.
    pub outputs: usize,
}

impl From<Products> for Fields {
    fn from(products: Products) -> Self {
        Self { columns: products.inputs.max(products.outputs), lines: products.inputs.max(products.products) }
    }
}

/// Plans and buffers of the transform on this rank; `Y` is the transform in y.
pub struct Pencils<T, Y = FourierColumns<T>> {
    pub layout: Layout,
    y: Y,
    planes: Planes<T>,
    /// Exchange within the column of ranks, between z- and y-lines.
    column: Exchange<T>,
    /// Complex numbers a field that go to each rank of the column, as columns and as planes.
    column_counts: Vec<usize>,
    plane_counts: Vec<usize>,
    phases: PhaseTimes,
}

impl<T: Real, Y: Columns<T>> Pencils<T, Y> {
    /// # Errors
    /// Messages too long for MPI.
    pub fn new(truncation: Truncation, grid: ProcessGrid, method: Method, fields: Fields) -> Result<Self> {
        let layout = Layout::on(truncation, &grid);
        let ny = truncation.grid[1];
        let (column_counts, plane_counts) = layout.column_counts();
        Ok(Self {
            planes: Planes::new(&layout, Y::there_and_back(ny), grid.row, method, fields)?,
            y: Y::new(ny, fields),
            column: Exchange::new(grid.column, method, fields.columns, [&column_counts, &plane_counts])?,
            column_counts,
            plane_counts,
            phases: PhaseTimes::default(),
            layout,
        })
    }

    pub fn phases(&self) -> PhaseTimes {
        self.phases
    }

    /// Messages and bytes this rank has sent to others.
    pub fn traffic(&self) -> Traffic {
        let (column, row) = (self.column.traffic(), self.planes.traffic());
        Traffic { messages: column.messages + row.messages, bytes: column.bytes + row.bytes }
    }

    /// The planes of this rank, from the z-lines of the inputs to those of the outputs.
    ///
    /// * `multiply(y, groups, length)` at the points of a group of x-lines at the y of this index,
    ///   in an order that is the same for all fields: each input is a group of this length, the
    ///   products replace them. Every [`Real::ABREAST`]th number is one of the same line; where
    ///   lines are missing there are zeros;
    /// * `combine(nx, nz, products, outputs)` at the modes n_x and n_z = nz, nz + 1, .. at one y.
    pub fn planes(
        &mut self,
        fields: Products,
        mut multiply: impl FnMut(usize, &mut [T], usize),
        mut combine: impl FnMut(usize, i64, Pieces<'_, T>, PiecesMut<'_, T>),
    ) {
        let Products { inputs, products, outputs } = fields;
        let Self { layout, planes, column, plane_counts: counts, phases, .. } = self;
        // Outputs may take the place of inputs of planes that are done ([`Exchange`]).
        for batch in batches(layout, planes.batch(), inputs > outputs) {
            planes.inverse(layout, batch.clone(), inputs, column.received(inputs, counts), phases);
            planes.multiply(layout, batch.clone(), (inputs, products), phases, &mut multiply);
            planes.forward(
                layout,
                batch,
                (products, outputs),
                &mut column.to_send(outputs, counts),
                phases,
                &mut combine,
            );
        }
        let mut clock = Instant::now();
        self.column.exchange(outputs, &self.plane_counts, &self.column_counts);
        lap(&mut clock, &mut self.phases.exchange);
    }

    /// The planes of this rank, from the z-lines of some fields to their points:
    /// `visit(y, z, lines)` for every x-line, which has the values of one field after the other.
    /// The points of the plane of index y are displaced in x by `displacement(y)` lengths of the
    /// box.
    pub fn visit(
        &mut self,
        fields: usize,
        displacement: impl Fn(usize) -> f64,
        mut visit: impl FnMut(usize, usize, &[T]),
    ) {
        let Self { layout, planes, column, plane_counts: counts, phases, .. } = self;
        let mut lines = vec![T::zero(); fields * layout.truncation.grid[0]];
        for batch in batches(layout, planes.batch(), false) {
            planes.inverse(layout, batch.clone(), fields, column.received(fields, counts), phases);
            planes.visit(layout, batch, &displacement, &mut lines, &mut visit);
        }
    }

    /// The planes of this rank, as modes in x and z: `visit(y, n_x, lines)` for every n_x of this
    /// rank; each line has N_z numbers, n_z = 0, 1, .. and zeros and .., -1, and where n_x = 0 also
    /// those n_z that are not stored.
    pub fn visit_modes(&mut self, fields: usize, mut visit: impl FnMut(usize, usize, Pieces<'_, T>)) {
        let Self { layout, planes, column, plane_counts: counts, .. } = self;
        for batch in batches(layout, planes.batch(), false) {
            planes.visit_modes(layout, batch, fields, column.received(fields, counts), &mut visit);
        }
    }

    /// The planes of this rank, as modes in x and z: `visit(y, n_x, lines)` for every n_x,
    /// ascending. This rank has some |n_z| ([`Layout::visited`]); each line has the modes of n_z
    /// and of -n_z, where n_z = 0 a zero, one n_z after the other.
    pub fn visit_pairs(&mut self, fields: usize, mut visit: impl FnMut(usize, usize, Pieces<'_, T>)) {
        let Self { layout, planes, column, plane_counts: counts, .. } = self;
        for batch in batches(layout, planes.batch(), false) {
            planes.visit_pairs(layout, batch, fields, column.received(fields, counts), &mut visit);
        }
    }
}

impl<T: Real> Pencils<T, FourierColumns<T>> {
    /// Modes of the fields to z-lines of planes: the first half of an evaluation, on the grid
    /// displaced by `shift`.
    pub fn inverse<'a>(
        &mut self,
        fields: impl Iterator<Item = &'a SpectralField<T>> + Clone,
        shift: &Shift<T>,
    ) {
        let mut clock = Instant::now();
        let Self { layout, y: transform, column: exchange, column_counts, .. } = self;
        let (columns, count) = (layout.columns.len(), fields.clone().count());
        let mut send = exchange.to_send(count, column_counts);
        for group in groups(columns, FourierColumns::<T>::ABREAST) {
            fetch_next_tile(&send.as_blocks(), [count, columns], &group, FourierColumns::<T>::ABREAST);
            let kept = largest_ny(&layout.columns[group.clone()]);
            transform.displace(&layout.columns[group.clone()], shift);
            for (c, i) in group.clone().enumerate() {
                let column = &layout.columns[i];
                for (f, field) in fields.clone().enumerate() {
                    transform.put(column, &field[layout.range(i)], kept, f, c);
                }
            }
            transform.inverse((count, kept), shift, &mut send, columns, group);
        }
        lap(&mut clock, &mut self.phases.transform);
        self.column.exchange(count, &self.column_counts, &self.plane_counts);
        lap(&mut clock, &mut self.phases.exchange);
    }

    /// z-lines of planes to modes: the last part of an evaluation. `update(column, range, modes)`
    /// gets the modes of each column of this rank in turn; `range` is where they belong in a
    /// [`super::SpectralField`].
    pub fn forward(
        &mut self,
        outputs: usize,
        shift: &Shift<T>,
        mut update: impl FnMut(&Column, Range<usize>, Pieces<'_, T>),
    ) {
        let Self { layout, y: transform, phases, column: exchange, column_counts, .. } = self;
        let columns = layout.columns.len();
        let received = exchange.received(outputs, column_counts);
        let mut clock = Instant::now();
        for group in groups(columns, FourierColumns::<T>::ABREAST) {
            fetch_next_tile(&received, [outputs, columns], &group, FourierColumns::<T>::ABREAST);
            let kept = largest_ny(&layout.columns[group.clone()]);
            transform.displace(&layout.columns[group.clone()], shift);
            transform.forward((outputs, kept), shift, received, columns, group.clone());
            for (c, i) in group.enumerate() {
                let column = &layout.columns[i];
                let modes = transform.take(column, outputs, c);
                lap(&mut clock, &mut phases.transform);
                update(column, layout.range(i), modes);
                lap(&mut clock, &mut phases.update);
            }
        }
    }
}

impl<T: Real> Pencils<T, ChebyshevColumns<T>> {
    /// `fill(columns, range, lines)` puts the Chebyshev coefficients of `count` fields into lines,
    /// which go to z-lines of planes: the first half of an evaluation. It gets [`NEIGHBOURS`]
    /// columns at a time, or fewer at the end, and lines of zeros behind the coefficients that are
    /// kept; `range` is where their own coefficients lie in a [`super::SpectralField`], one column
    /// after the other.
    pub fn inverse(&mut self, count: usize, mut fill: impl FnMut(&[Column], Range<usize>, LinesMut<'_, T>)) {
        let mut clock = Instant::now();
        let Self { layout, y: transform, column: exchange, column_counts, .. } = self;
        let columns = layout.columns.len();
        let mut send = exchange.to_send(count, column_counts);
        for group in groups(columns, NEIGHBOURS) {
            fetch_next_tile(&send.as_blocks(), [count, columns], &group, NEIGHBOURS);
            fill(
                &layout.columns[group.clone()],
                layout.ranges(group.clone()),
                transform.lines_mut(layout.columns[group.start].len()),
            );
            transform.inverse(count, &mut send, columns, group);
        }
        lap(&mut clock, &mut self.phases.transform);
        self.column.exchange(count, &self.column_counts, &self.plane_counts);
        lap(&mut clock, &mut self.phases.exchange);
    }

    /// z-lines of planes to Chebyshev coefficients: the last part of an evaluation.
    /// `update(columns, range, lines)` as for [`Pencils::inverse`].
    pub fn forward(&mut self, outputs: usize, mut update: impl FnMut(&[Column], Range<usize>, Lines<'_, T>)) {
        let Self { layout, y: transform, phases, column: exchange, column_counts, .. } = self;
        let columns = layout.columns.len();
        let received = exchange.received(outputs, column_counts);
        let mut clock = Instant::now();
        for group in groups(columns, NEIGHBOURS) {
            fetch_next_tile(&received, [outputs, columns], &group, NEIGHBOURS);
            transform.forward(outputs, received, columns, group.clone());
            lap(&mut clock, &mut phases.transform);
            update(&layout.columns[group.clone()], layout.ranges(group), transform.lines());
            lap(&mut clock, &mut phases.update);
        }
    }
}

/// So many columns, `width` at a time, or fewer at the end.
fn groups(columns: usize, width: usize) -> impl Iterator<Item = Range<usize>> {
    (0..columns).step_by(width).map(move |first| first..columns.min(first + width))
}

/// The largest |n_y| of these columns.
fn largest_ny(columns: &[Column]) -> usize {
    columns.iter().map(Column::ny_max).max().unwrap_or(0)
}

/// Has a part of the rows of the next tile brought near while this group of columns, one of those
/// of `width`, is worked on: all of them until its turn comes.
fn fetch_next_tile<T>(
    blocks: &Blocks<'_, T>,
    [fields, columns]: [usize; 2],
    group: &Range<usize>,
    width: usize,
) {
    let next = (group.start / TILE + 1) * TILE;
    if next < columns {
        let (part, parts, width) = (group.start % TILE / width, TILE / width, TILE.min(columns - next));
        for (points, rows) in blocks.rows(fields * columns) {
            for f in 0..fields {
                fetch_rows(&rows[f * columns + next..], fields * columns, [width, points.len()], part, parts);
            }
        }
    }
}

/// The planes of this rank, so many at a time, from the first to the last or backwards.
fn batches(layout: &Layout, batch: usize, backwards: bool) -> impl Iterator<Item = Range<usize>> + use<> {
    let planes = layout.slab.y.len();
    let number = planes.div_ceil(batch);
    (0..number).map(move |i| {
        let first = batch * if backwards { number - 1 - i } else { i };
        first..planes.min(first + batch)
    })
}
