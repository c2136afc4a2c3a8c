//! Which Fourier modes are kept. A real field needs each pair of conjugate modes once: those with
//! n_x > 0, with n_x = 0 and n_z > 0, and the single column n_x = n_z = 0, which holds both halves
//! of itself. No Nyquist modes exist.

use super::Real;
use num_complex::Complex;
use std::ops::Range;

/// The set of retained labels n = (n_x, n_y, n_z) of a grid of N_x x N_y x N_z points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// Physical points in x, y, z.
    pub grid: [usize; 3],
    pub shape: Shape,
}

/// Form of the set in label space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// |n_i| < N_i / 3 in each direction: products of two fields are free of aliasing (Orszag 1971).
    TwoThirds,
    /// sum (n_i / N_i)^2 < 2/9: only single aliases occur, which two grids half a cell apart cancel
    /// (Patterson & Orszag 1971; Rogallo 1981).
    Ellipsoid,
    /// |n_i| < N_i / 3 in x and z, and in y the Chebyshev polynomials T_0 .. T_(kept - 1).
    Chebyshev { kept: usize },
}

/// The modes with the same (n_x, n_z): a line in y.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub nx: usize,
    pub nz: i64,
    /// Modes it holds: 2 n_y,max + 1 of Fourier, or the Chebyshev coefficients.
    length: usize,
}

impl Column {
    pub fn len(&self) -> usize {
        self.length
    }

    /// Largest n_y of a column of Fourier modes.
    pub fn ny_max(&self) -> usize {
        self.length / 2
    }

    pub fn is_empty(&self) -> bool {
        false
    }

    /// The labels n_y of Fourier modes in the order of storage: 0, 1, .. ny_max, -ny_max, .. -1.
    pub fn labels(&self) -> impl Iterator<Item = i64> {
        let m = self.ny_max() as i64;
        (0..=m).chain(-m..0)
    }

    /// The weight of a mode of this column in a sum over all modes: its conjugate is not stored,
    /// but for n_x = n_z = 0.
    pub fn weight(&self) -> f64 {
        if self.is_mean() { 1.0 } else { 2.0 }
    }

    /// The column n_x = n_z = 0, whose modes are each other's conjugates.
    pub fn is_mean(&self) -> bool {
        self.nx == 0 && self.nz == 0
    }

    /// Makes the Fourier modes of the mean column of a real field each other's conjugates: rounding
    /// must not let them drift apart.
    pub fn make_real<T: Real>(&self, modes: &mut [Complex<T>]) {
        if self.is_mean() {
            let (upper, lower) = modes.split_at_mut(self.ny_max() + 1);
            upper[0].im = T::zero();
            for (low, up) in lower.iter_mut().rev().zip(&upper[1..]) {
                *low = up.conj();
            }
        }
    }
}

impl Truncation {
    /// Largest n_x.
    pub fn nx_max(&self) -> usize {
        self.largest(0)
    }

    /// Largest |n_z| at this n_x, which is kept.
    pub fn nz_max(&self, nx: usize) -> usize {
        self.reach(2, [nx, 0, 0])
    }

    /// Largest |n_y| of all columns.
    pub fn ny_max(&self) -> usize {
        self.largest(1)
    }

    /// The labels n_z of the columns at this n_x, in the order of storage: n_z >= 0 ascending, then
    /// n_z < 0 ascending.
    pub fn nz_runs(&self, nx: usize) -> [Range<i64>; 2] {
        let m = self.nz_max(nx) as i64;
        [0..m + 1, if nx == 0 { 0..0 } else { -m..0 }]
    }

    /// The columns with n_x in `range`, in the order of storage: by n_x, then by
    /// [`Truncation::nz_runs`].
    pub fn columns(&self, range: Range<usize>) -> impl Iterator<Item = Column> {
        let set = *self;
        range.flat_map(move |nx| {
            let [upper, lower] = set.nz_runs(nx);
            upper.chain(lower).map(move |nz| set.column(nx, nz))
        })
    }

    /// The column (n_x, n_z), which is kept.
    pub(super) fn column(&self, nx: usize, nz: i64) -> Column {
        let length = match self.shape {
            Shape::Chebyshev { kept } => kept,
            _ => 2 * self.ny_reach(nx, nz.unsigned_abs() as usize) + 1,
        };
        Column { nx, nz, length }
    }

    /// Largest |n_y| of Fourier modes at this n_x and |n_z|, which are kept.
    pub(super) fn ny_reach(&self, nx: usize, nz: usize) -> usize {
        self.reach(1, [nx, 0, nz])
    }

    /// Whether the mode of label n is kept.
    pub fn holds(&self, label: [i64; 3]) -> bool {
        let [nx, ny, nz] = label.map(|n| n.unsigned_abs() as usize);
        // Far outside, the products of `keeps` would overflow.
        let near = nx < self.grid[0] && ny < self.grid[1] && nz < self.grid[2];
        near && self.keeps(nx, ny, nz)
    }

    /// One line that names this set of modes in files.
    pub fn name(&self) -> String {
        let [nx, ny, nz] = self.grid;
        let shape = match self.shape {
            Shape::TwoThirds => "two-thirds",
            Shape::Ellipsoid => "ellipsoid",
            Shape::Chebyshev { kept } => return format!("two-thirds x {kept} Chebyshev {nx}x{ny}x{nz}"),
        };
        format!("{shape} {nx}x{ny}x{nz}")
    }

    /// Whether the mode (nx, ny, nz), signs aside, is kept. In integers, so that no rounding
    /// decides.
    fn keeps(&self, nx: usize, ny: usize, nz: usize) -> bool {
        let [gx, gy, gz] = self.grid.map(|n| n as u128);
        let [nx, ny, nz] = [nx, ny, nz].map(|n| n as u128);
        match self.shape {
            Shape::TwoThirds => 3 * nx < gx && 3 * ny < gy && 3 * nz < gz,
            Shape::Ellipsoid => {
                let sum = (nx * gy * gz).pow(2) + (gx * ny * gz).pow(2) + (gx * gy * nz).pow(2);
                9 * sum < 2 * (gx * gy * gz).pow(2)
            }
            Shape::Chebyshev { kept } => 3 * nx < gx && ny < kept as u128 && 3 * nz < gz,
        }
    }

    fn largest(&self, direction: usize) -> usize {
        self.reach(direction, [0; 3])
    }

    /// Largest label in a direction that is kept beside these others, which are kept with zero there.
    fn reach(&self, direction: usize, others: [usize; 3]) -> usize {
        match self.shape {
            Shape::Chebyshev { kept } if direction == 1 => (kept - 1).min(self.grid[1] / 2),
            Shape::TwoThirds | Shape::Chebyshev { .. } => (self.grid[direction] - 1) / 3,
            Shape::Ellipsoid => self.reach_of_ellipsoid(direction, others),
        }
    }

    /// `n_i^2 < N_i^2 (2/9 - sum (n_j / N_j)^2)`. Where rounding leaves a doubt, integers decide.
    fn reach_of_ellipsoid(&self, direction: usize, others: [usize; 3]) -> usize {
        let squares = (0..3).map(|i| (others[i] as f64 * (1.0 / self.grid[i] as f64)).powi(2)).sum::<f64>();
        let points = self.grid[direction] as f64;
        root_below(points * points * (2.0 / 9.0 - squares), points * points).unwrap_or_else(|mut found| {
            let with = |n: usize| {
                let mut label = others;
                label[direction] = n;
                self.keeps(label[0], label[1], label[2])
            };
            while with(found + 1) {
                found += 1;
            }
            while found > 0 && !with(found) {
                found -= 1;
            }
            found
        })
    }

    /// Modes of an ellipsoid at this n_x and these |n_z|, which are kept. Large grids have millions of
    /// columns: the parts of `square` that do not change stand before the loop.
    pub(super) fn modes_of_ellipsoid(&self, nx: usize, nz: Range<usize>) -> u64 {
        let [gx, gy, gz] = self.grid.map(|n| n as f64);
        let (of_nx, of_nz) = (gy * gy * (2.0 / 9.0 - (nx as f64 / gx).powi(2)), (gy / gz).powi(2));
        let reach = |nz: usize| {
            let square = of_nx - of_nz * (nz as f64 * nz as f64);
            root_below(square, gy * gy).unwrap_or_else(|_| self.ny_reach(nx, nz))
        };
        nz.map(|nz| 2 * reach(nz) as u64 + 1).sum()
    }
}

/// The root of `square` rounded down, as an error where rounding leaves a doubt: `square` is off by
/// some 1e-15 of `largest`.
#[inline(always)]
fn root_below(square: f64, largest: f64) -> Result<usize, usize> {
    // Processors convert to 32 bits in a vector, and no grid has more points in a direction.
    let root = square.max(0.0).sqrt() as i32 as usize;
    let [low, high] = [root as f64, root as f64 + 1.0].map(|n| n * n);
    let doubt = 1e-13 * largest;
    if square - low < doubt || high - square < doubt { Err(root) } else { Ok(root) }
}

#[cfg(test)]
mod tests {
    use super::{Shape, Truncation};

    #[test]
    fn two_thirds_keeps_labels_below_a_third() {
        let set = Truncation { grid: [64, 96, 30], shape: Shape::TwoThirds };
        assert_eq!((set.nx_max(), set.ny_max(), set.nz_max(0)), (21, 31, 9));
        let columns: Vec<_> = set.columns(0..22).collect();
        assert_eq!(columns.len(), 10 + 21 * 19);
        assert_eq!(columns.len(), set.count_columns());
        assert!(columns.iter().all(|c| c.ny_max() == 31));
    }

    #[test]
    fn every_pair_of_conjugate_modes_is_kept_once() {
        for shape in [Shape::TwoThirds, Shape::Ellipsoid] {
            let grid = [12, 10, 16];
            let set = Truncation { grid, shape };
            let mut kept = std::collections::HashMap::new();
            for column in set.columns(0..set.nx_max() + 1) {
                for ny in column.labels() {
                    let n = (column.nx as i64, ny, column.nz);
                    *kept.entry(n).or_insert(0) += 1;
                    if !column.is_mean() {
                        *kept.entry((-n.0, -n.1, -n.2)).or_insert(0) += 1;
                    }
                }
            }
            let inside = |nx: i64, ny: i64, nz: i64| match shape {
                Shape::TwoThirds => 3 * nx.abs() < 12 && 3 * ny.abs() < 10 && 3 * nz.abs() < 16,
                _ => {
                    (nx as f64 / 12.0).powi(2) + (ny as f64 / 10.0).powi(2) + (nz as f64 / 16.0).powi(2)
                        < 2.0 / 9.0 - 1e-12
                }
            };
            let all = (-8..8).flat_map(|x| (-8..8).flat_map(move |y| (-8..8).map(move |z| (x, y, z))));
            for (x, y, z) in all {
                assert_eq!(
                    kept.get(&(x, y, z)).copied().unwrap_or(0),
                    i32::from(inside(x, y, z)),
                    "{shape:?} {x} {y} {z}"
                );
            }
        }
    }
}
