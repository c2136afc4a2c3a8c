//! The third direction, y: lines that lie whole on one rank in spectral space, padded and truncated
//! on the way. As modes they lie one after the other in the fields, as points side by side in the
//! rows of the exchange: neighbouring columns are transformed abreast.

use super::abreast::{Group, Rows, RowsMut, Stages};
use super::butterflies::Numbers;
use super::lines::{Aligned, AlignedReals, aligned, aligned_reals};
use super::{Column, Pieces, Real, Room, Shift};
use crate::parallel::{Blocks, BlocksMut};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// A transform in y: what differs between the flows.
pub trait Columns<T> {
    /// The grid of an evaluation: what a transform back must know of the one there.
    type Grid<'a>: Copy
    where
        T: 'a;

    fn new(points: usize, room: Room) -> Self;

    /// Bytes of its lines.
    fn memory(points: usize, room: Room) -> usize;

    /// The factor by which the forward and inverse transform of a line together multiply it.
    fn there_and_back(points: usize) -> f64;
}

/// Fourier transforms of neighbouring columns, as many as fill a vector or fewer: modes n_y of one
/// (n_x, n_z) to points in y and back.
pub struct FourierColumns<T> {
    stages: Stages<T>,
    /// The modes of a group of columns: `[field][n_y = 0, 1, .., -1][column]`.
    modes: Aligned<T>,
    work: AlignedReals<T>,
    /// Rows of fewer columns.
    few: Aligned<T>,
    /// The modes of one column, one field after the other.
    line: Aligned<T>,
    /// The phase factors of the columns of a group.
    of_columns: Aligned<T>,
}

impl<T: Real> FourierColumns<T> {
    /// Columns of a group.
    pub(super) const ABREAST: usize = T::ABREAST / 2;

    /// The next transforms are of these columns, on the grid displaced by `shift`.
    pub(super) fn displace(&mut self, columns: &[Column], shift: &Shift<T>) {
        self.of_columns
            .iter_mut()
            .zip(columns)
            .for_each(|(factor, column)| *factor = shift.of_column(column));
    }

    /// Puts the modes of a field of a column into its place c in the group, of whose columns none
    /// has larger |n_y| than `kept`.
    pub(super) fn put(&mut self, column: &Column, modes: &[Complex<T>], kept: usize, field: usize, c: usize) {
        let (points, m) = (self.stages.points(), column.ny_max());
        let rows = &mut self.modes[field * points * Self::ABREAST..][..points * Self::ABREAST];
        let (head, rest) = rows.split_at_mut((m + 1) * Self::ABREAST);
        let (middle, tail) = rest.split_at_mut((points - 2 * m - 1) * Self::ABREAST);
        let (head, tail) = (head.chunks_exact_mut(Self::ABREAST), tail.chunks_exact_mut(Self::ABREAST));
        let (upper, lower) = modes.split_at(m + 1);
        head.zip(upper).for_each(|(row, mode)| row[c] = *mode);
        tail.zip(lower).for_each(|(row, mode)| row[c] = *mode);
        // What others of the group have and this column has not.
        let middle = middle.chunks_exact_mut(Self::ABREAST);
        let behind = middle.len() - (kept - m);
        for (_, row) in middle.enumerate().filter(|(i, _)| *i < kept - m || *i >= behind) {
            row[c] = Complex::default();
        }
    }

    /// Transforms the modes of some fields of a group to values at the points, displaced by `shift`:
    /// into rows of `columns` complex numbers per field, those of `own` columns.
    pub(super) fn inverse(
        &mut self,
        fields: usize,
        kept: usize,
        shift: &Shift<T>,
        rows: &mut BlocksMut<'_, T>,
        columns: usize,
        own: Range<usize>,
    ) {
        let Self { stages, modes, work, few, of_columns, .. } = self;
        let (points, row) = (stages.points(), fields * columns);
        let phases = PhaseFactors { of_y: shift.of_y(), of_columns: cast_slice(of_columns) };
        for (f, modes) in modes.chunks_exact(points * Self::ABREAST).take(fields).enumerate() {
            if own.len() == Self::ABREAST {
                let first = f * columns + own.start;
                stages.arch.dispatch(ToPoints {
                    stages,
                    modes: cast_slice(modes),
                    kept,
                    phases,
                    work,
                    rows: rows.again(),
                    row,
                    first,
                });
                continue;
            }
            let of_few = BlocksMut::of_one(few);
            stages.arch.dispatch(ToPoints {
                stages,
                modes: cast_slice(modes),
                kept,
                phases,
                work,
                rows: of_few,
                row: Self::ABREAST,
                first: 0,
            });
            for (of_rows, rows) in rows.rows(row) {
                for (y, row) in of_rows.zip(rows.chunks_exact_mut(row)) {
                    row[f * columns..][own.clone()].copy_from_slice(&few[y * Self::ABREAST..][..own.len()]);
                }
            }
        }
    }

    /// Rows, as those of [`FourierColumns::inverse`], to modes.
    pub(super) fn forward(
        &mut self,
        fields: usize,
        kept: usize,
        shift: &Shift<T>,
        rows: Blocks<'_, T>,
        columns: usize,
        own: Range<usize>,
    ) {
        let Self { stages, modes, work, few, of_columns, .. } = self;
        let (points, row) = (stages.points(), fields * columns);
        let phases = PhaseFactors { of_y: shift.of_y(), of_columns: cast_slice(of_columns) };
        for (f, modes) in modes.chunks_exact_mut(points * Self::ABREAST).take(fields).enumerate() {
            let modes = cast_slice_mut(modes);
            if own.len() == Self::ABREAST {
                let first = f * columns + own.start;
                stages.arch.dispatch(ToModes { stages, modes, kept, phases, work, rows, row, first });
                continue;
            }
            for (of_rows, rows) in rows.rows(row) {
                for (y, row) in of_rows.zip(rows.chunks_exact(row)) {
                    few[y * Self::ABREAST..][..own.len()].copy_from_slice(&row[f * columns..][own.clone()]);
                }
            }
            stages.arch.dispatch(ToModes {
                stages,
                modes,
                kept,
                phases,
                work,
                rows: Blocks::of_one(few),
                row: Self::ABREAST,
                first: 0,
            });
        }
    }

    /// The modes of some fields of a column, which has the place c in the group, in the order of
    /// storage.
    pub(super) fn take(&mut self, column: &Column, fields: usize, c: usize) -> Pieces<'_, T> {
        let Self { stages, modes, line, .. } = self;
        let (points, m) = (stages.points(), column.ny_max());
        for (line, modes) in
            line.chunks_exact_mut(points).zip(modes.chunks_exact(points * Self::ABREAST)).take(fields)
        {
            let (upper, lower) = line[..column.len()].split_at_mut(m + 1);
            let rows = modes.chunks_exact(Self::ABREAST);
            upper.iter_mut().zip(rows.clone()).for_each(|(mode, row)| *mode = row[c]);
            lower.iter_mut().zip(rows.skip(points - m)).for_each(|(mode, row)| *mode = row[c]);
        }
        Pieces::new(line, points, column.len())
    }
}

impl<T: Real> Columns<T> for FourierColumns<T> {
    type Grid<'a>
        = &'a Shift<T>
    where
        T: 'a;

    fn new(points: usize, room: Room) -> Self {
        let group = points * Self::ABREAST;
        Self {
            stages: Stages::new(points),
            modes: aligned(room.columns * group),
            work: aligned_reals(2 * group),
            few: aligned(group),
            line: aligned(room.columns * points),
            of_columns: aligned(Self::ABREAST),
        }
    }

    fn memory(points: usize, room: Room) -> usize {
        let group = points * Self::ABREAST;
        (room.columns * (group + points) + 2 * group) * size_of::<Complex<T>>()
    }

    fn there_and_back(points: usize) -> f64 {
        points as f64
    }
}

/// The phase factors of the modes of a group of columns: those of n_y = -n_max .. n_max, none on a
/// grid that is not displaced, and those of the columns.
#[derive(Clone, Copy)]
struct PhaseFactors<'a, T> {
    of_y: &'a [Complex<T>],
    of_columns: &'a [T],
}

impl<T: Real> PhaseFactors<'_, T> {
    #[inline(always)]
    fn of_y(&self, n: i64) -> [T; 2] {
        let factor = self.of_y[(self.of_y.len() as i64 / 2 + n) as usize];
        [factor.re, factor.im]
    }

    #[inline(always)]
    fn displaced<S: Simd>(&self, mode: Numbers<S, T>, n: i64, of_columns: Numbers<S, T>) -> Numbers<S, T> {
        if self.of_y.is_empty() { mode } else { mode.times(self.of_y(n)) * of_columns }
    }

    #[inline(always)]
    fn put_back<S: Simd>(&self, mode: Numbers<S, T>, n: i64, of_columns: Numbers<S, T>) -> Numbers<S, T> {
        if self.of_y.is_empty() { mode } else { mode.times(self.of_y(-n)).times_conjugate(of_columns) }
    }
}

/// The modes of a field to rows, of `row` complex numbers each; its own are those from `first` on.
struct ToPoints<'a, T> {
    stages: &'a Stages<T>,
    modes: &'a [T],
    kept: usize,
    phases: PhaseFactors<'a, T>,
    work: &'a mut [T],
    rows: BlocksMut<'a, T>,
    row: usize,
    first: usize,
}

impl<T: Real> WithSimd for ToPoints<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { stages, modes, kept, phases, work, mut rows, row, first } = self;
        let (points, width) = (stages.points(), T::ABREAST / 2);
        let mut group = Group::new(simd, work);
        for part in 0..Group::<S, T>::PARTS {
            group.part = part;
            let modes = Rows::new(simd, modes, part);
            let of_columns = Rows::new(simd, phases.of_columns, part).load(0);
            for n in 0..=kept {
                group.store::<false>(n, phases.displaced(modes.load(n), n as i64, of_columns));
            }
            group.fill_with_zeros(kept + 1..points - kept);
            for n in points - kept..points {
                group
                    .store::<false>(n, phases.displaced(modes.load(n), n as i64 - points as i64, of_columns));
            }
            stages.to_points(&mut group);
            for (of_rows, rows) in rows.rows(row) {
                for (y, numbers) in of_rows.zip(rows.chunks_exact_mut(row)) {
                    let numbers = cast_slice_mut(&mut numbers[first..][..width]);
                    RowsMut::new(simd, numbers, part)
                        .store(0, group.load::<false>(stages.place(y) / T::ABREAST));
                }
            }
        }
    }
}

/// Rows, as those of [`ToPoints`], to the modes of a field.
struct ToModes<'a, T> {
    stages: &'a Stages<T>,
    modes: &'a mut [T],
    kept: usize,
    phases: PhaseFactors<'a, T>,
    work: &'a mut [T],
    rows: Blocks<'a, T>,
    row: usize,
    first: usize,
}

impl<T: Real> WithSimd for ToModes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { stages, modes, kept, phases, work, rows, row, first } = self;
        let (points, width) = (stages.points(), T::ABREAST / 2);
        let mut group = Group::new(simd, work);
        for part in 0..Group::<S, T>::PARTS {
            group.part = part;
            for (of_rows, rows) in rows.rows(row) {
                for (y, numbers) in of_rows.zip(rows.chunks_exact(row)) {
                    let numbers = Rows::new(simd, cast_slice(&numbers[first..][..width]), part).load(0);
                    group.store::<false>(stages.place(y) / T::ABREAST, numbers);
                }
            }
            stages.to_modes(&mut group);
            let mut modes = RowsMut::new(simd, modes, part);
            let of_columns = Rows::new(simd, phases.of_columns, part).load(0);
            for n in 0..=kept {
                modes.store(n, phases.put_back(group.load::<false>(n), n as i64, of_columns));
            }
            for n in points - kept..points {
                modes.store(n, phases.put_back(group.load::<false>(n), n as i64 - points as i64, of_columns));
            }
        }
    }
}
