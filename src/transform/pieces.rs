//! The same piece of each of several fields that follow each other in a buffer.

use num_complex::Complex;

/// Pieces of `length` modes, one of every field; that of the next field begins `distance` further
/// on.
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

    /// The piece of field `f`.
    pub fn of(&self, f: usize) -> &'a [Complex<T>] {
        &self.buffer[f * self.distance..][..self.length]
    }

    /// The pieces of the fields `first`, `first + 1`, ..
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

    /// The pieces of the fields `first`, `first + 1`, ..
    pub fn from<const N: usize>(&mut self, first: usize) -> [&mut [Complex<T>]; N] {
        parts(&mut self.buffer[first * self.distance..], self.distance, self.length)
    }
}

/// Chebyshev coefficients of several fields in [`super::NEIGHBOURS`] columns, abreast:
/// `[field][n][column]` complex numbers, as real ones. Columns that are not there have zeros.
#[derive(Clone, Copy)]
pub struct Lines<'a, T> {
    pub(super) numbers: &'a [T],
    /// Numbers of a field.
    pub(super) length: usize,
}

impl<'a, T> Lines<'a, T> {
    /// The lines of a field.
    pub fn of(&self, field: usize) -> &'a [T] {
        &self.numbers[field * self.length..][..self.length]
    }
}

/// [`Lines`] to be written.
pub struct LinesMut<'a, T> {
    pub(super) numbers: &'a mut [T],
    pub(super) length: usize,
}

impl<T> LinesMut<'_, T> {
    /// The lines of a field.
    pub fn of(&mut self, field: usize) -> &mut [T] {
        &mut self.numbers[field * self.length..][..self.length]
    }

    /// The lines of the first N fields.
    pub fn all<const N: usize>(&mut self) -> [&mut [T]; N] {
        parts(self.numbers, self.length, self.length)
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
