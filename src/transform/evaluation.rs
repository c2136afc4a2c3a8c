//! The two ends of an evaluation: y-columns to z-lines of planes, `inverse`, and back, `forward`.

use super::fetch::fetch_rows;
use super::phase_times::lap;
use super::{
    ChebyshevColumns, Column, Columns, FourierColumns, Lines, LinesMut, NEIGHBOURS, OnPlanes, Pencils,
    Pieces, Real, Returned, Shift, SpectralField,
};
use crate::parallel::Blocks;
use std::ops::Range;
use std::time::Instant;

/// Columns whose pieces of rows are brought near together: the rows lie in different pages of
/// memory. Groups of columns that are transformed together divide it.
const TILE: usize = 64;

impl<T: Real> Pencils<T, FourierColumns<T>> {
    /// Transforms modes to z-lines of planes: the first half of an evaluation, on the grid
    /// displaced by `shift`.
    pub fn inverse<'a, 'f>(
        &'a mut self,
        fields: impl Iterator<Item = &'f SpectralField<T>> + Clone,
        shift: &'a Shift<T>,
    ) -> OnPlanes<'a, T, FourierColumns<T>> {
        let clock = Instant::now();
        let Self { layout, y: transform, column: exchange, column_counts, .. } = self;
        let (columns, count) = (layout.columns.len(), fields.clone().count());
        let mut send = exchange.to_send(count, column_counts);
        for group in groups(columns, FourierColumns::<T>::ABREAST) {
            fetch_next_tile(&send.as_blocks(), count, columns, &group, FourierColumns::<T>::ABREAST);
            let kept = largest_ny(&layout.columns[group.clone()]);
            transform.displace(&layout.columns[group.clone()], shift);
            for (c, i) in group.clone().enumerate() {
                let column = &layout.columns[i];
                for (f, field) in fields.clone().enumerate() {
                    transform.put(column, &field[layout.range(i)], kept, f, c);
                }
            }
            transform.inverse(count, kept, shift, &mut send, columns, group);
        }
        self.sent(count, shift, clock)
    }
}

impl<T: Real> Returned<'_, T, FourierColumns<T>> {
    /// Transforms z-lines of planes to modes: the last part of an evaluation.
    /// `update(column, range, modes)` gets the modes of each column of this rank in turn; `range`
    /// is where they belong in a [`SpectralField`].
    pub fn forward(self, mut update: impl FnMut(&Column, Range<usize>, Pieces<'_, T>)) {
        let Self { pencils, fields, grid: shift } = self;
        let Pencils { layout, y: transform, phases, column: exchange, column_counts, .. } = pencils;
        let columns = layout.columns.len();
        let received = exchange.received(fields, column_counts);
        let mut clock = Instant::now();
        for group in groups(columns, FourierColumns::<T>::ABREAST) {
            fetch_next_tile(&received, fields, columns, &group, FourierColumns::<T>::ABREAST);
            let kept = largest_ny(&layout.columns[group.clone()]);
            transform.displace(&layout.columns[group.clone()], shift);
            transform.forward(fields, kept, shift, received, columns, group.clone());
            for (c, i) in group.enumerate() {
                let column = &layout.columns[i];
                let modes = transform.take(column, fields, c);
                lap(&mut clock, &mut phases.transform);
                update(column, layout.range(i), modes);
                lap(&mut clock, &mut phases.update);
            }
        }
    }
}

impl<T: Real> Pencils<T, ChebyshevColumns<T>> {
    /// Transforms the Chebyshev coefficients of `count` fields to z-lines of planes: the first half
    /// of an evaluation. `fill(columns, range, lines)` puts them into lines. It gets [`NEIGHBOURS`]
    /// columns at a time, or fewer at the end, and lines of zeros behind the coefficients that are
    /// kept; `range` is where their own coefficients lie in a [`SpectralField`], one column after
    /// the other.
    pub fn inverse(
        &mut self,
        count: usize,
        mut fill: impl FnMut(&[Column], Range<usize>, LinesMut<'_, T>),
    ) -> OnPlanes<'_, T, ChebyshevColumns<T>> {
        let clock = Instant::now();
        let Self { layout, y: transform, column: exchange, column_counts, .. } = self;
        let columns = layout.columns.len();
        let mut send = exchange.to_send(count, column_counts);
        for group in groups(columns, NEIGHBOURS) {
            fetch_next_tile(&send.as_blocks(), count, columns, &group, NEIGHBOURS);
            fill(
                &layout.columns[group.clone()],
                layout.ranges(group.clone()),
                transform.lines_mut(layout.columns[group.start].len()),
            );
            transform.inverse(count, &mut send, columns, group);
        }
        self.sent(count, (), clock)
    }
}

impl<T: Real> Returned<'_, T, ChebyshevColumns<T>> {
    /// Transforms z-lines of planes to Chebyshev coefficients: the last part of an evaluation.
    /// `update(columns, range, lines)` gets them as `fill` of [`Pencils::inverse`] puts them.
    pub fn forward(self, mut update: impl FnMut(&[Column], Range<usize>, Lines<'_, T>)) {
        let Self { pencils, fields, .. } = self;
        let Pencils { layout, y: transform, phases, column: exchange, column_counts, .. } = pencils;
        let columns = layout.columns.len();
        let received = exchange.received(fields, column_counts);
        let mut clock = Instant::now();
        for group in groups(columns, NEIGHBOURS) {
            fetch_next_tile(&received, fields, columns, &group, NEIGHBOURS);
            transform.forward(fields, received, columns, group.clone());
            lap(&mut clock, &mut phases.transform);
            update(&layout.columns[group.clone()], layout.ranges(group), transform.lines());
            lap(&mut clock, &mut phases.update);
        }
    }
}

impl<T: Real, Y: Columns<T>> Pencils<T, Y> {
    /// Exchanges the rows that an inverse transform in y, begun at `clock`, has written.
    fn sent<'a>(&'a mut self, fields: usize, grid: Y::Grid<'a>, mut clock: Instant) -> OnPlanes<'a, T, Y> {
        lap(&mut clock, &mut self.phases.transform);
        self.column.exchange(fields, &self.column_counts, &self.plane_counts);
        lap(&mut clock, &mut self.phases.exchange);
        OnPlanes { pencils: self, fields, grid }
    }
}

/// Groups of `width` columns, the last one perhaps smaller.
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
    fields: usize,
    columns: usize,
    group: &Range<usize>,
    width: usize,
) {
    let next = (group.start / TILE + 1) * TILE;
    if next < columns {
        let (part, parts, width) = (group.start % TILE / width, TILE / width, TILE.min(columns - next));
        for (points, rows) in blocks.rows(fields * columns) {
            for f in 0..fields {
                fetch_rows(&rows[f * columns + next..], fields * columns, width, points.len(), part, parts);
            }
        }
    }
}
