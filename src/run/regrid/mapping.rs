//! Correspondence between the modes of two grids and boxes.

use crate::conversion::Change;
use crate::transform::Shape;
use num_complex::Complex;
use std::collections::HashMap;

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

/// The source of each column of a new list of modes.
pub struct Mapping {
    changes: [Change; 3],
    order: Order,
    /// First mode and number of modes by n_x and n_z.
    old: HashMap<[i64; 2], [i64; 2]>,
}

impl Mapping {
    /// Mapping from a list of columns: n_x, n_z, index of the first mode, number of modes.
    pub fn new(old: &[[i64; 4]], changes: [Change; 3], order: Order) -> Self {
        Self {
            changes,
            order,
            old: old.iter().map(|[nx, nz, first, count]| ([*nx, *nz], [*first, *count])).collect(),
        }
    }

    /// The source of the column with these labels: labels n_x, n_z of the old column, its first mode,
    /// and its number of modes. None if the new column is zero.
    pub fn source(&self, [nx, nz]: [i64; 2]) -> Option<([i64; 2], [i64; 2])> {
        let [by_x, _, by_z] = self.changes.map(Change::factor);
        let labels = [nx / by_x, nz / by_z];
        let exact = nx % by_x == 0 && nz % by_z == 0;
        self.old.get(&labels).filter(|_| exact).map(|modes| (labels, *modes))
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
    use num_complex::Complex;

    #[test]
    fn labels_are_multiplied() {
        let old = [[0, 0, 0, 5], [0, 1, 5, 5], [1, -1, 10, 5]];
        let changes = [Change::Repeated(2), Change::Repeated(1), Change::Repeated(3)];
        let mapping = Mapping::new(&old, changes, Order::Fourier);
        assert_eq!(mapping.source([0, 3]), Some(([0, 1], [5, 5])));
        assert_eq!(mapping.source([2, -3]), Some(([1, -1], [10, 5])));
        assert_eq!([mapping.source([1, -3]), mapping.source([2, -2]), mapping.source([4, 0])], [None; 3]);
        assert_eq!(mapping.label([1, 2, -1]), [2, 2, -3]);
    }

    #[test]
    fn modes_find_their_places() {
        let modes =
            |numbers: &[i32]| numbers.iter().map(|&n| Complex::from(f64::from(n))).collect::<Vec<_>>();
        let copied = |order: Order, times: i64, old: &[i32], length: usize| {
            let mut new = vec![Complex::default(); length];
            let changes = [Change::Stretched, Change::Repeated(times), Change::Stretched];
            Mapping::new(&[], changes, order).copy(&modes(old), &mut new);
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
