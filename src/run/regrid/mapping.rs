//! Which modes of one grid and box are which of another.

use num_complex::Complex;
use std::collections::HashMap;

/// How closely the ratio of two lengths must be an integer for the field to be repeated.
const TOLERANCE: f64 = 1e-12;

/// How the state of one box becomes that of another, in each direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The length is what it was, or so many times that: the field is repeated, and the label n
    /// becomes so many times n.
    Repeated(i64),
    /// Labels stay.
    Stretched,
}

impl Change {
    /// That from one length to another.
    pub fn new(from: f64, to: f64) -> Self {
        let ratio = to / from;
        let times = ratio.round();
        if times >= 1.0 && (ratio - times).abs() <= TOLERANCE * times {
            Self::Repeated(times as i64)
        } else {
            Self::Stretched
        }
    }

    /// What labels are multiplied with.
    pub fn factor(self) -> i64 {
        match self {
            Self::Repeated(times) => times,
            Self::Stretched => 1,
        }
    }

    pub fn repeats(self) -> bool {
        self != Self::Stretched
    }
}

/// What a column of modes is in y.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// n_y = 0, 1, .. m, -m, .. -1.
    Fourier,
    /// n = 0, 1, ..
    Chebyshev,
}

/// Where each column of a new list of modes comes from.
pub struct Mapping {
    changes: [Change; 3],
    order: Order,
    /// By n_x and n_z: the first mode and the number of modes.
    old: HashMap<[i64; 2], [i64; 2]>,
}

impl Mapping {
    /// From a list of columns: n_x, n_z, index of the first mode, number of modes.
    pub fn new(old: &[[i64; 4]], changes: [Change; 3], order: Order) -> Self {
        Self {
            changes,
            order,
            old: old.iter().map(|[nx, nz, first, count]| ([*nx, *nz], [*first, *count])).collect(),
        }
    }

    /// The labels n_x, n_z of the old column that the column of these labels is made from, its
    /// first mode, and its number of modes. None if it is all zeros.
    pub fn source(&self, [nx, nz]: [i64; 2]) -> Option<([i64; 2], [i64; 2])> {
        let [by_x, _, by_z] = self.changes.map(Change::factor);
        let labels = [nx / by_x, nz / by_z];
        let exact = nx % by_x == 0 && nz % by_z == 0;
        self.old.get(&labels).filter(|_| exact).map(|modes| (labels, *modes))
    }

    /// The label that n = (n_x, n_y, n_z) becomes; in a channel n_y is the polynomial.
    pub fn label(&self, n: [i64; 3]) -> [i64; 3] {
        std::array::from_fn(|i| n[i] * self.changes[i].factor())
    }

    /// The labels n_y of a column of so many modes, in the order of storage.
    pub fn labels(&self, count: i64) -> impl Iterator<Item = i64> + use<> {
        let [up, down] = match self.order {
            Order::Fourier => [0..count / 2 + 1, -(count / 2)..0],
            Order::Chebyshev => [0..count, 0..0],
        };
        up.chain(down)
    }

    /// Copies the modes that both columns have; the others of `new` are left.
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
    fn multiples_of_a_length_repeat_the_field() {
        let pi = std::f64::consts::PI;
        assert_eq!(Change::new(4.0 * pi, 4.0 * pi), Change::Repeated(1));
        assert_eq!(Change::new(4.0 / 3.0 * pi, 4.0 * pi), Change::Repeated(3));
        for (from, to) in [(4.0 * pi, 2.0 * pi), (4.0 * pi, 6.0 * pi), (1.0, 2.000001), (1.0, 0.4)] {
            assert_eq!(Change::new(from, to), Change::Stretched, "{from} {to}");
        }
    }

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
