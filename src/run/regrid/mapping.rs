//! Correspondence between the modes of two grids and boxes.

use crate::conversion::Change;
use crate::transform::{self, Column, Shape};
use num_complex::Complex;
use std::ops::Range;

/// The order of the modes of a column in y.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// n_y = 0, 1, .. m, -m, .. -1.
    Fourier,
    /// n = 0, 1, ..
    Chebyshev,
}

impl Order {
    /// The order of a state of this shape.
    pub fn of(shape: Shape) -> Self {
        match shape {
            Shape::Chebyshev { .. } => Self::Chebyshev,
            _ => Self::Fourier,
        }
    }
}

/// The source of each column of a new list of modes. No list of the old columns is kept but that of one
/// n_x.
pub struct Mapping {
    changes: [Change; 3],
    order: Order,
    old: transform::Order,
    /// The old columns of the n_x asked for last, and the index of the first mode of each.
    nx: usize,
    columns: Vec<(Column, u64)>,
}

impl Mapping {
    /// Mapping from these modes.
    pub fn new(old: transform::Order, changes: [Change; 3], order: Order) -> Self {
        let mut mapping = Self { changes, order, old, nx: 0, columns: Vec::new() };
        mapping.list(0);
        mapping
    }

    /// The old modes.
    pub fn old(&self) -> &transform::Order {
        &self.old
    }

    /// Lists the old columns of this n_x.
    fn list(&mut self, nx: usize) {
        let [begin, end] = [nx, nx + 1].map(|nx| self.old.columns_before(nx));
        let mut first = self.old.modes_before(begin);
        let place = |column: Column| {
            first += column.len() as u64;
            (column, first - column.len() as u64)
        };
        (self.nx, self.columns) = (nx, self.old.columns(begin..end).map(place).collect());
    }

    /// The source of the column with these labels: labels n_x, n_z of the old column, and its modes. None
    /// if the new column is zero. Fast for columns in the order of storage.
    pub fn source(&mut self, [nx, nz]: [i64; 2]) -> Option<([i64; 2], Range<u64>)> {
        let [by_x, _, by_z] = self.changes.map(Change::factor);
        let labels = [nx / by_x, nz / by_z];
        if nx % by_x != 0 || nz % by_z != 0 {
            return None;
        }
        let place = self.old.truncation().place(labels[0] as usize, labels[1])?;
        if labels[0] as usize != self.nx {
            self.list(labels[0] as usize);
        }
        let (column, first) = self.columns[place];
        Some((labels, first..first + column.len() as u64))
    }

    /// The label that n = (n_x, n_y, n_z) becomes; between walls n_y is the polynomial.
    pub fn label(&self, n: [i64; 3]) -> [i64; 3] {
        std::array::from_fn(|i| n[i] * self.changes[i].factor())
    }

    /// The labels n_y of a column of `count` modes, in the order of storage.
    pub fn labels(&self, count: i64) -> impl Iterator<Item = i64> + use<> {
        let [up, down] = match self.order {
            Order::Fourier => [0..count / 2 + 1, -(count / 2)..0],
            Order::Chebyshev => [0..count, 0..0],
        };
        up.chain(down)
    }

    /// Copies the modes that both columns have; the others of `new` are unchanged.
    pub fn copy(&self, old: &[Complex<f64>], new: &mut [Complex<f64>]) {
        let length = new.len() as i64;
        for (ny, mode) in self.labels(old.len() as i64).zip(old) {
            let ny = ny * self.changes[1].factor();
            let (held, place) = match self.order {
                Order::Fourier => (2 * ny.abs() < length, if ny < 0 { length + ny } else { ny }),
                Order::Chebyshev => (ny < length, ny),
            };
            if held {
                new[place as usize] = *mode;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Mapping, Order};
    use crate::transform::{self, Shape, Truncation};
    use num_complex::Complex;

    #[test]
    fn labels_are_multiplied() {
        // n_x = 0, 1; n_z = 0, 1 and 0, 1, -1; five n_y.
        let old = transform::Order::new(Truncation { grid: [4, 7, 4], shape: Shape::TwoThirds });
        let changes = [Change::Repeated(2), Change::Repeated(1), Change::Repeated(3)];
        let mut mapping = Mapping::new(old, changes, Order::Fourier);
        assert_eq!(mapping.source([0, 3]), Some(([0, 1], 5..10)));
        assert_eq!(mapping.source([2, -3]), Some(([1, -1], 20..25)));
        assert_eq!(mapping.source([0, 0]), Some(([0, 0], 0..5)));
        for label in [[1, -3], [2, -2], [4, 0], [0, -3], [2, 6], [2, -6]] {
            assert_eq!(mapping.source(label), None, "{label:?}");
        }
        assert_eq!(mapping.label([1, 2, -1]), [2, 2, -3]);
    }

    #[test]
    fn modes_find_their_places() {
        let modes =
            |numbers: &[i32]| numbers.iter().map(|&n| Complex::from(f64::from(n))).collect::<Vec<_>>();
        let copied = |order: Order, times: i64, old: &[i32], length: usize| {
            let mut new = vec![Complex::default(); length];
            let changes = [Change::Stretched, Change::Repeated(times), Change::Stretched];
            let any = transform::Order::new(Truncation { grid: [4; 3], shape: Shape::TwoThirds });
            Mapping::new(any, changes, order).copy(&modes(old), &mut new);
            new
        };
        let [fourier, chebyshev] = [Order::Fourier, Order::Chebyshev];
        assert_eq!(copied(fourier, 1, &[1, 2, 3, 4, 5], 7), modes(&[1, 2, 3, 0, 0, 4, 5]));
        assert_eq!(copied(fourier, 1, &[1, 2, 3, 4, 5], 3), modes(&[1, 2, 5]));
        assert_eq!(copied(fourier, 2, &[1, 2, 3, 4, 5], 7), modes(&[1, 0, 2, 0, 0, 5, 0]));
        assert_eq!(copied(chebyshev, 1, &[1, 2, 3], 4), modes(&[1, 2, 3, 0]));
        assert_eq!(copied(chebyshev, 1, &[1, 2, 3], 2), modes(&[1, 2]));
    }
}
