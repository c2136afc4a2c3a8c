//! The same piece of each of several fields that follow each other in a buffer.

use num_complex::Complex;

/// Of every field `length` modes; those of the next field begin `distance` further on.
#[derive(Clone, Copy)]
pub struct Pieces<'a, T> {
    buffer: &'a [Complex<T>],
    distance: usize,
    length: usize,
}

impl<'a, T> Pieces<'a, T> {
    pub fn new(buffer: &'a [Complex<T>], distance: usize, length: usize) -> Self {
        Self { buffer, distance, length }
    }

    /// Those of field `f`.
    pub fn of(&self, f: usize) -> &'a [Complex<T>] {
        &self.buffer[f * self.distance..][..self.length]
    }

    /// Those of the fields `first`, `first + 1`, ..
    pub fn from<const N: usize>(&self, first: usize) -> [&'a [Complex<T>]; N] {
        std::array::from_fn(|f| self.of(first + f))
    }
}

/// [`Pieces`] to be written.
pub struct PiecesMut<'a, T> {
    buffer: &'a mut [Complex<T>],
    distance: usize,
    length: usize,
}

impl<'a, T> PiecesMut<'a, T> {
    pub fn new(buffer: &'a mut [Complex<T>], distance: usize, length: usize) -> Self {
        Self { buffer, distance, length }
    }

    /// Those of the fields `first`, `first + 1`, ..
    pub fn from<const N: usize>(&mut self, first: usize) -> [&mut [Complex<T>]; N] {
        parts(&mut self.buffer[first * self.distance..], self.distance, self.length)
    }
}

/// Lines in y of several fields in neighbouring columns.
#[derive(Clone, Copy)]
pub struct Lines<'a, T> {
    pub(super) buffer: &'a [Complex<T>],
    /// Distance from field to field, and from column to column.
    pub(super) field: usize,
    pub(super) column: usize,
}

impl<'a, T> Lines<'a, T> {
    /// The first `length` numbers of the line of a field in a column.
    pub fn of(&self, field: usize, column: usize, length: usize) -> &'a [Complex<T>] {
        &self.buffer[field * self.field + column * self.column..][..length]
    }
}

/// [`Lines`] to be written, all of one length.
pub struct LinesMut<'a, T> {
    pub(super) buffer: &'a mut [Complex<T>],
    pub(super) field: usize,
    pub(super) column: usize,
    pub(super) length: usize,
}

impl<T> LinesMut<'_, T> {
    /// The same lines for a while.
    pub fn reborrow(&mut self) -> LinesMut<'_, T> {
        LinesMut { buffer: self.buffer, field: self.field, column: self.column, length: self.length }
    }

    /// The line of a field in a column.
    pub fn of(&mut self, field: usize, column: usize) -> &mut [Complex<T>] {
        &mut self.buffer[field * self.field + column * self.column..][..self.length]
    }

    /// The lines of the first N fields in a column.
    pub fn in_column<const N: usize>(&mut self, column: usize) -> [&mut [Complex<T>]; N] {
        parts(&mut self.buffer[column * self.column..], self.field, self.length)
    }
}

/// The first `length` elements of each of the first N pieces of `distance` elements.
pub fn parts<const N: usize, E>(mut buffer: &mut [E], distance: usize, length: usize) -> [&mut [E]; N] {
    std::array::from_fn(|_| {
        let whole = std::mem::take(&mut buffer);
        let (head, tail) = whole.split_at_mut(distance.min(whole.len()));
        buffer = tail;
        &mut head[..length]
    })
}
