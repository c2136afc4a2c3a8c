//! The third direction, y: lines that lie whole on one rank in spectral space, padded and truncated on the way.

use super::{Column, ComplexLines, Real, Shift};
use num_complex::Complex;

/// Fourier transforms of columns: modes n_y of one (n_x, n_z) to points in y and back.
pub struct FourierColumns<T> {
    lines: ComplexLines<T>,
}

impl<T: Real> FourierColumns<T> {
    pub fn new(points: usize) -> Self {
        Self { lines: ComplexLines::new(points) }
    }

    pub fn points(&self) -> usize {
        self.lines.points()
    }

    /// The modes of a column to the values of `line` at all points, on the grid displaced by `shift`.
    pub(super) fn inverse(&mut self, column: &Column, modes: &[Complex<T>], shift: &Shift<T>, line: &mut [Complex<T>]) {
        let (upper, lower) = modes.split_at(column.ny_max + 1);
        let tail = line.len() - lower.len();
        line[..upper.len()].copy_from_slice(upper);
        line[upper.len()..tail].fill(Complex::default());
        line[tail..].copy_from_slice(lower);
        if !shift.is_none() {
            shift.displace(column, 0, &mut line[..upper.len()]);
            shift.displace(column, -(column.ny_max as i64), &mut line[tail..]);
        }
        self.lines.inverse(line);
    }

    /// The values of `line` at all points to the modes of a column, left in the order of storage at the beginning of `line`.
    pub(super) fn forward(&mut self, column: &Column, shift: &Shift<T>, line: &mut [Complex<T>]) {
        self.lines.forward(line);
        let points = line.len();
        line.copy_within(points - column.ny_max.., column.ny_max + 1);
        let (upper, lower) = line[..column.len()].split_at_mut(column.ny_max + 1);
        if !shift.is_none() {
            shift.restore(column, 0, upper);
            shift.restore(column, -(column.ny_max as i64), lower);
        }
        if column.is_mean() {
            // The modes of this column are each other's conjugates; rounding must not let them drift apart.
            upper[0].im = T::zero();
            for (low, up) in lower.iter_mut().rev().zip(&upper[1..]) {
                *low = up.conj();
            }
        }
    }
}
