//! The order of columns and modes by arithmetic: how many there are at an n_x, and how many are before a
//! column. Nothing lists the columns of all ranks: a large grid has millions.

use super::{Column, Shape, Truncation};
use std::ops::Range;

impl Truncation {
    /// Columns at this n_x: all n_z, at n_x = 0 those that are not negative.
    pub fn columns_at(&self, nx: usize) -> usize {
        self.nz_max(nx) * if nx == 0 { 1 } else { 2 } + 1
    }

    /// Modes at this n_x.
    pub fn modes_at(&self, nx: usize) -> u64 {
        self.modes_of(nx, self.columns_at(nx))
    }

    /// Modes of the first `columns` columns at this n_x, in the order of storage.
    fn modes_of(&self, nx: usize, columns: usize) -> u64 {
        let Shape::Ellipsoid = self.shape else { return columns as u64 * self.column(nx, 0).len() as u64 };
        let upper = self.nz_max(nx) + 1;
        let of_upper = self.modes_of_ellipsoid(nx, 0..columns.min(upper));
        // The columns of n_z and -n_z are of one length, and the first of the lower ones has the largest |n_z|.
        of_upper
            + match columns.saturating_sub(upper) {
                0 => 0,
                lower if lower + 1 == upper => of_upper - self.modes_of_ellipsoid(nx, 0..1),
                lower => self.modes_of_ellipsoid(nx, upper - lower..upper),
            }
    }

    /// Columns in all.
    pub fn count_columns(&self) -> usize {
        (0..=self.nx_max()).map(|nx| self.columns_at(nx)).sum()
    }

    /// Modes in all.
    pub fn count_modes(&self) -> u64 {
        (0..=self.nx_max()).map(|nx| self.modes_at(nx)).sum()
    }

    /// The place of the column (n_x, n_z) among those at n_x, if it is kept.
    pub fn place(&self, nx: usize, nz: i64) -> Option<usize> {
        if nx > self.nx_max() || nx == 0 && nz < 0 {
            return None;
        }
        let (distance, most) = (nz.unsigned_abs() as usize, self.nz_max(nx));
        if distance > most {
            return None;
        }
        Some(if nz < 0 { 2 * most + 1 - distance } else { distance })
    }

    /// The column [n_x, n_z], if it is kept.
    pub fn find(&self, [nx, nz]: [i64; 2]) -> Option<Column> {
        let nx = usize::try_from(nx).ok()?;
        self.place(nx, nz).map(|_| self.column(nx, nz))
    }
}

/// How many columns and modes are before each n_x, and in all: as many numbers as there are n_x.
#[derive(Clone, Debug)]
pub struct Order {
    truncation: Truncation,
    columns: Vec<usize>,
    modes: Vec<u64>,
}

impl Order {
    pub fn new(truncation: Truncation) -> Self {
        let (mut columns, mut modes) = (vec![0], vec![0]);
        for nx in 0..=truncation.nx_max() {
            columns.push(columns[nx] + truncation.columns_at(nx));
            modes.push(modes[nx] + truncation.modes_at(nx));
        }
        Self { truncation, columns, modes }
    }

    pub fn truncation(&self) -> Truncation {
        self.truncation
    }

    /// Columns before this n_x.
    pub fn columns_before(&self, nx: usize) -> usize {
        self.columns[nx]
    }

    /// Modes in all.
    pub fn modes(&self) -> u64 {
        self.modes[self.modes.len() - 1]
    }

    /// Modes before the column of this index, which may be the number of columns.
    pub fn modes_before(&self, column: usize) -> u64 {
        let nx = self.nx_of(column);
        match self.columns.get(nx + 1) {
            Some(_) => self.modes[nx] + self.truncation.modes_of(nx, column - self.columns[nx]),
            None => self.modes(),
        }
    }

    /// The n_x of the column of this index; the number of n_x beyond the last.
    fn nx_of(&self, column: usize) -> usize {
        self.columns.partition_point(|before| *before <= column) - 1
    }

    /// The columns of a range of indices, in the order of storage.
    pub fn columns(&self, range: Range<usize>) -> impl Iterator<Item = Column> {
        let first = self.nx_of(range.start);
        let nx = first..if range.is_empty() { first } else { self.nx_of(range.end - 1) + 1 };
        self.truncation.columns(nx).skip(range.start - self.columns[first]).take(range.len())
    }

    /// The columns of a range of indices, as files list them: n_x, n_z, index of the first mode, number of
    /// modes (n_y = 0 .. m, -m .. -1, or Chebyshev's n = 0 ..).
    pub fn list(&self, range: Range<usize>) -> impl Iterator<Item = [i64; 4]> {
        let mut first = self.modes_before(range.start) as i64;
        self.columns(range).map(move |column| {
            let count = column.len() as i64;
            first += count;
            [column.nx as i64, column.nz, first - count, count]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Order, Shape, Truncation};

    fn sets() -> impl Iterator<Item = Truncation> {
        let shapes = [Shape::TwoThirds, Shape::Ellipsoid, Shape::Chebyshev { kept: 7 }];
        let grids = [[12, 10, 16], [1, 8, 9], [64, 30, 6], [5, 81, 2], [40, 36, 1], [27, 24, 34]];
        shapes.into_iter().flat_map(move |shape| grids.map(|grid| Truncation { grid, shape }))
    }

    #[test]
    fn counts_and_places_are_those_of_the_list_of_all_columns() {
        for set in sets() {
            let all: Vec<Column> = set.columns(0..set.nx_max() + 1).collect();
            let order = Order::new(set);
            assert_eq!((set.count_columns(), order.columns_before(set.nx_max() + 1)), (all.len(), all.len()));
            let mut first = 0;
            for (index, column) in all.iter().enumerate() {
                assert_eq!(order.modes_before(index), first, "{set:?} {index}");
                for end in [index, index + 1, (index + 9).min(all.len()), all.len()] {
                    assert!(
                        order.columns(index..end).eq(all[index..end].iter().copied()),
                        "{set:?} {index} {end}"
                    );
                }
                assert_eq!(set.find([column.nx as i64, column.nz]), Some(*column));
                assert_eq!(order.columns_before(column.nx) + set.place(column.nx, column.nz).unwrap(), index);
                first += column.len() as u64;
            }
            assert_eq!([order.modes(), order.modes_before(all.len()), set.count_modes()], [first; 3]);
            assert_eq!(order.columns(all.len()..all.len()).count(), 0);
            let most = set.nz_max(0) as i64;
            for (nx, nz) in [(0, -1), (0, most + 1), (set.nx_max() + 1, 0), (set.nx_max(), -most - 1)] {
                assert_eq!(set.find([nx as i64, nz]), None, "{set:?} {nx} {nz}");
            }
        }
    }

    /// Where N_i are multiples of 3, labels lie on the surface `sum (n_i / N_i)^2 = 2/9`, and are not kept.
    #[test]
    fn integers_decide_about_labels_on_the_surface_of_an_ellipsoid() {
        let mut on_surface = 0;
        for grid in [[12, 30, 18], [27, 24, 34], [9, 9, 9], [96, 81, 60], [6, 375, 96]] {
            let set = Truncation { grid, shape: Shape::Ellipsoid };
            let [gx, gy, gz] = grid.map(|n| n as i128);
            // 9 (N_x N_y N_z)^2 (sum (n_i / N_i)^2 - 2/9)
            let beyond = |[nx, ny, nz]: [i128; 3]| {
                let squares = (nx * gy * gz).pow(2) + (gx * ny * gz).pow(2) + (gx * gy * nz).pow(2);
                9 * squares - 2 * (gx * gy * gz).pow(2)
            };
            for column in set.columns(0..set.nx_max() + 1) {
                let [nx, ny, nz] = [column.nx as i128, column.ny_max() as i128, i128::from(column.nz)];
                assert!(beyond([nx, ny, nz]) < 0, "{grid:?} {column:?}");
                assert!(beyond([nx, ny + 1, nz]) >= 0, "{grid:?} {column:?}");
                on_surface += usize::from(beyond([nx, ny + 1, nz]) == 0);
            }
            for nx in 0..=set.nx_max() {
                let list: u64 = set.columns(nx..nx + 1).map(|column| column.len() as u64).sum();
                assert_eq!(set.modes_at(nx), list, "{grid:?} {nx}");
            }
        }
        assert!(on_surface > 10, "{on_surface}");
    }

    /// Lattice points in a sphere come close to its volume, and rounding decides none of them.
    #[test]
    fn modes_of_a_large_ellipsoid_fill_its_volume() {
        let set = Truncation { grid: [2048, 1024, 3072], shape: Shape::Ellipsoid };
        let volume = 4.0 / 3.0 * std::f64::consts::PI * (2.0_f64 / 9.0).powf(1.5) * 2048.0 * 1024.0 * 3072.0;
        // Without those that are conjugates of others, but for the mean column.
        let found = 2.0 * set.count_modes() as f64;
        assert!((found / volume - 1.0).abs() < 1e-4, "{found} for {volume}");
        let of_columns = |nx: usize| set.columns(nx..nx + 1).map(|column| column.len() as u64).sum::<u64>();
        for nx in [0, 1, 500, 964, 965] {
            assert_eq!(set.modes_at(nx), of_columns(nx), "{nx}");
        }
    }
}
