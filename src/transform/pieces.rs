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

    /// The same pieces for a while.
    pub fn reborrow(&mut self) -> PiecesMut<'_, T> {
        PiecesMut { buffer: self.buffer, distance: self.distance, length: self.length }
    }

    /// Those of the fields `first`, `first + 1`, ..
    pub fn from<const N: usize>(&mut self, first: usize) -> [&mut [Complex<T>]; N] {
        parts(&mut self.buffer[first * self.distance..], self.distance, self.length)
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
