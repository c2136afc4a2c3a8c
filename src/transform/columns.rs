//! The third direction, y: lines that lie whole on one rank in spectral space, padded and truncated on the way.

use super::lines::{Aligned, aligned};
use super::pencils::TILE;
use super::planes::stride;
use super::{Column, ComplexLines, Fields, Real, Shift, vectorised};
use num_complex::Complex;
use std::ops::Range;

/// A transform in y: what differs between the flows.
pub trait Columns<T> {
    fn new(points: usize, fields: Fields) -> Self;

    /// What the transforms of a line of so many points, there and back, multiply it by.
    fn there_and_back(points: usize) -> f64;
}

/// Fourier transforms of columns: modes n_y of one (n_x, n_z) to points in y and back.
pub struct FourierColumns<T> {
    lines: ComplexLines<T>,
    /// Lines of all fields in [`TILE`] columns.
    pub(super) tile: Aligned<T>,
    /// The phase factors of the modes of a column, in the order of storage; empty if there are none.
    factors: Vec<Complex<T>>,
}

impl<T: Real> FourierColumns<T> {
    /// The next transforms are of this column, on the grid displaced by `shift`.
    pub(super) fn displace(&mut self, column: &Column, shift: &Shift<T>) {
        shift.factors(column, &mut self.factors);
    }

    pub(super) fn points(&self) -> usize {
        self.lines.points()
    }

    /// Where in the tile the line of a field in its column c is.
    fn line(&self, field: usize, c: usize) -> Range<usize> {
        let stride = stride::<T>(self.points());
        let first = (field * TILE + c) * stride;
        first..first + self.points()
    }

    /// The modes of a column, the tile's column c, to the values at all points.
    pub(super) fn inverse(&mut self, column: &Column, modes: &[Complex<T>], field: usize, c: usize) {
        let range = self.line(field, c);
        let line = &mut self.tile[range];
        let tail = line.len() - column.ny_max();
        let (head, rest) = line.split_at_mut(column.ny_max() + 1);
        let (middle, tail) = rest.split_at_mut(tail - head.len());
        let (upper, lower) = modes.split_at(head.len());
        middle.fill(Complex::default());
        if self.factors.is_empty() {
            head.copy_from_slice(upper);
            tail.copy_from_slice(lower);
        } else {
            let (of_upper, of_lower) = self.factors.split_at(head.len());
            vectorised(
                #[inline(always)]
                || {
                    head.iter_mut().zip(upper).zip(of_upper).for_each(|((to, mode), factor)| *to = mode * factor);
                    tail.iter_mut().zip(lower).zip(of_lower).for_each(|((to, mode), factor)| *to = mode * factor);
                },
            );
        }
        self.lines.inverse(line);
    }

    /// The values at all points to the modes of a column, the tile's column c, left in the order of storage at the beginning of its line.
    pub(super) fn forward(&mut self, column: &Column, field: usize, c: usize) {
        let range = self.line(field, c);
        let line = &mut self.tile[range];
        self.lines.forward(line);
        let points = line.len();
        line.copy_within(points - column.ny_max().., column.ny_max() + 1);
        vectorised(
            #[inline(always)]
            || line.iter_mut().zip(&self.factors).for_each(|(mode, factor)| *mode *= factor.conj()),
        );
    }
}

impl<T: Real> Columns<T> for FourierColumns<T> {
    fn new(points: usize, fields: Fields) -> Self {
        Self {
            lines: ComplexLines::new(points),
            tile: aligned(fields.columns * TILE * stride::<T>(points)),
            factors: Vec::with_capacity(points),
        }
    }

    fn there_and_back(points: usize) -> f64 {
        points as f64
    }
}
