//! The two-dimensional grid of ranks, and the distribution of lines over it.
//!
//! In a grid of `P_row x P_col` ranks, the `P_row` ranks of a row exchange x-lines for z-lines, and
//! the `P_col` ranks of a column exchange z-lines for y-lines. Neighbours in a row are neighbours in
//! the job, so that rows lie within a node (Lee, Malaya & Moser, SC13, Table 5: up to 1.6 times faster
//! than across nodes).

use super::World;
use crate::error::{Error, Result};
use std::ops::Range;

/// Distribution of `n` items over `parts` ranks: contiguous pieces in the order of the ranks, the
/// first ones longer by one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    n: usize,
    parts: usize,
    /// Items that stay together.
    unit: usize,
    /// Units of every rank, and the number of ranks that have one more.
    quotient: usize,
    rest: usize,
}

impl Share {
    pub fn new(n: usize, parts: usize) -> Self {
        Self::in_units(n, parts, 1)
    }

    /// A distribution like that of [`Share::new`], in which the items 0 and 1, 2 and 3, .. stay
    /// together.
    pub fn in_pairs(n: usize, parts: usize) -> Self {
        Self::in_units(n, parts, 2)
    }

    fn in_units(n: usize, parts: usize, unit: usize) -> Self {
        let units = n.div_ceil(unit);
        Self { n, parts, unit, quotient: units / parts, rest: units % parts }
    }

    /// The first item of a part; of as many parts as there are, all items.
    fn start(&self, part: usize) -> usize {
        self.n.min(self.unit * (part * self.quotient + part.min(self.rest)))
    }

    pub fn range(&self, part: usize) -> Range<usize> {
        self.start(part)..self.start(part + 1)
    }

    pub fn len(&self, part: usize) -> usize {
        self.range(part).len()
    }

    /// The ranks that share the items of a range.
    pub fn owners(&self, items: &Range<usize>) -> Range<usize> {
        // The number of parts, of the first `of`, that begin before an item.
        let before = |of: usize, item: usize| {
            let (mut low, mut high) = (0, of);
            while low < high {
                let middle = (low + high) / 2;
                if self.start(middle) < item { low = middle + 1 } else { high = middle }
            }
            low
        };
        let first = before(self.parts + 1, items.start + 1).saturating_sub(1);
        first..before(self.parts, items.end).max(first)
    }

    pub fn parts(&self) -> usize {
        self.parts
    }

    /// Items of all ranks.
    pub fn total(&self) -> usize {
        self.n
    }

    /// Number of items of each rank.
    pub fn counts(&self) -> Vec<usize> {
        (0..self.parts()).map(|part| self.len(part)).collect()
    }
}

/// The work to be distributed: the numbers of lines that a grid of ranks divides, for the choice of
/// the grid.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Number of retained kx, distributed over a row.
    pub nkx: usize,
    /// Number of grid points in y, distributed over a column.
    pub ny: usize,
    /// Number of grid points in z, distributed over a row in pairs.
    pub nz: usize,
    /// Number of retained (kx, kz) columns, distributed over row and column.
    pub columns: usize,
}

impl Work {
    /// Parallel efficiency of the grid `[p_row, p_col]`: the ratio of the mean to the longest piece,
    /// with the three directions weighted by their lines in a right-hand side (8 fields in x and z, 7
    /// in y).
    pub fn efficiency(&self, [p_row, p_col]: [usize; 2]) -> f64 {
        let longest = |n: usize, parts: usize| n.div_ceil(parts) as f64;
        let ranks = (p_row * p_col) as f64;
        let stage = |weight: f64, n: usize, rows: f64, m: usize, columns: f64| {
            (weight * (n * m) as f64, weight * rows * columns)
        };
        let x =
            stage(8.0, self.nz, 2.0 * longest(self.nz.div_ceil(2), p_row), self.ny, longest(self.ny, p_col));
        let z = stage(8.0, 2 * self.nkx, 2.0 * longest(self.nkx, p_row), self.ny, longest(self.ny, p_col));
        let per_kx = self.columns as f64 / self.nkx as f64;
        let y_longest = (longest(self.nkx, p_row) * per_kx / p_col as f64).ceil();
        let y = (7.0 * 2.0 * self.columns as f64, 7.0 * 2.0 * y_longest);
        (x.0 + z.0 + y.0) / ranks / (x.1 + z.1 + y.1)
    }

    /// The longest row and the longest column in which all ranks have work in every direction.
    fn most(&self) -> [usize; 2] {
        [self.nkx.min(self.nz.div_ceil(2)), self.ny.min(self.columns / self.nkx.max(1)).max(1)]
    }

    /// A message for the user if some ranks of the grid have nothing to do in some direction.
    pub fn idle_ranks(&self, [p_row, p_col]: [usize; 2]) -> Option<String> {
        let [row, column] = self.most();
        (p_row > row || p_col > column).then(|| {
            format!(
                "some of the {} ranks (process grid [{p_row}, {p_col}]) have nothing to do in some of the \
                 transforms: this grid has work for {} ranks at most, as a process \
                 grid [{row}, {column}]",
                p_row * p_col,
                row * column
            )
        })
    }
}

/// The part of the time that ranks wait on the planes, where `points` in y do not divide by `p_col`.
pub fn idle_in_y(points: usize, p_col: usize) -> f64 {
    1.0 - points as f64 / (points.div_ceil(p_col) * p_col) as f64
}

/// What a process grid costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Bytes of a rank that depend on the grid.
    pub memory: f64,
    /// Time of a substep, in any unit.
    pub time: f64,
}

/// How much more memory than the smallest grid a faster one may take: a part of it, or these bytes.
const MORE_MEMORY: f64 = 0.5;
const LITTLE_MEMORY: f64 = 32e6;

/// All grids of `ranks` ranks, the best first: the fastest of those that take not much more memory than
/// the smallest, then the others by their memory.
fn ranked(ranks: usize, cost: impl Fn([usize; 2]) -> Cost) -> Vec<[usize; 2]> {
    let grids: Vec<([usize; 2], Cost)> = (1..=ranks.isqrt())
        .filter(|p| ranks.is_multiple_of(*p))
        .flat_map(|p| [[p, ranks / p], [ranks / p, p]])
        .map(|grid| (grid, cost(grid)))
        .collect();
    let least = grids.iter().map(|(_, cost)| cost.memory).fold(f64::INFINITY, f64::min);
    let most = (least * (1.0 + MORE_MEMORY)).max(least + LITTLE_MEMORY);
    let (mut small, mut large): (Vec<_>, Vec<_>) =
        grids.into_iter().partition(|(_, cost)| cost.memory <= most);
    small.sort_by(|(a, of_a), (b, of_b)| of_a.time.total_cmp(&of_b.time).then(a.cmp(b)));
    large.sort_by(|(a, of_a), (b, of_b)| of_a.memory.total_cmp(&of_b.memory).then(a.cmp(b)));
    small.into_iter().chain(large).map(|(grid, _)| grid).collect()
}

/// The place of this rank in the grid of ranks, and its row and column as groups.
pub struct ProcessGrid {
    pub shape: [usize; 2],
    pub row: World,
    pub column: World,
}

impl ProcessGrid {
    /// The grid that the user `asked` for, or the one of the least `cost`.
    ///
    /// # Errors
    /// A grid whose number of places differs from the number of ranks; the error names the three best.
    pub fn choose(
        ranks: usize,
        asked: Option<[usize; 2]>,
        cost: impl Fn([usize; 2]) -> Cost,
    ) -> Result<[usize; 2]> {
        match asked {
            None => Ok(ranked(ranks, cost)[0]),
            Some(grid) if grid[0].checked_mul(grid[1]) == Some(ranks) => Ok(grid),
            Some([p_row, p_col]) => {
                let best: Vec<String> =
                    ranked(ranks, cost).iter().take(3).map(|g| format!("[{}, {}]", g[0], g[1])).collect();
                Err(Error::input(format!(
                    "parallel.process_grid = [{p_row}, {p_col}] has {} places but the job has {ranks} \
                     rank{}; the best grids for it: {}, or \"auto\"",
                    p_row.saturating_mul(p_col),
                    if ranks == 1 { "" } else { "s" },
                    best.join(", ")
                )))
            }
        }
    }

    /// Splits the world into rows of consecutive ranks and columns across them; collective.
    pub fn new(world: &World, shape: [usize; 2]) -> Self {
        let [row_rank, column_rank] = Self::place(shape, world.rank());
        Self { shape, row: world.split(column_rank), column: world.split(row_rank) }
    }

    /// The numbers of a rank of the world within its row and within its column.
    pub fn place([p_row, _]: [usize; 2], rank: usize) -> [usize; 2] {
        [rank % p_row, rank / p_row]
    }
}

#[cfg(test)]
mod tests {
    use super::{Cost, ProcessGrid, Share, Work, idle_in_y, ranked};

    #[test]
    fn shares_cover_everything_once() {
        for n in 0..40 {
            for parts in 1..10 {
                for (share, unit) in [(Share::new(n, parts), 1), (Share::in_pairs(n, parts), 2)] {
                    let all: Vec<usize> = (0..parts).flat_map(|part| share.range(part)).collect();
                    assert_eq!(all, (0..n).collect::<Vec<_>>());
                    for (start, end) in (0..=n).flat_map(|start| (start..=n).map(move |end| (start, end))) {
                        let owners = share.owners(&(start..end));
                        let shares =
                            |part: usize| share.range(part).start.max(start) < share.range(part).end.min(end);
                        assert!((0..parts).all(|part| !shares(part) || owners.contains(&part)));
                        // Those without items lie between others, or nowhere.
                        assert!(owners.len() <= 1 + (end - start));
                    }
                    assert!(share.counts().iter().all(|c| share.len(0) - c < 2 * unit));
                    assert!(
                        (0..parts).all(|part| share.len(part) == 0 || share.range(part).start % unit == 0)
                    );
                }
            }
        }
    }

    #[test]
    fn memory_comes_before_time() {
        let cost = |[p_row, _]: [usize; 2]| {
            let (memory, time) = [(9e9, 1.0), (1e9, 3.0), (1.4e9, 2.0), (3e9, 0.5)][p_row.ilog2() as usize];
            Cost { memory, time }
        };
        assert_eq!(ranked(8, cost), [[4, 2], [2, 4], [8, 1], [1, 8]]);
        assert_eq!(ProcessGrid::choose(8, None, cost), Ok([4, 2]));
        assert_eq!(ProcessGrid::choose(8, Some([1, 8]), cost), Ok([1, 8]));
    }

    #[test]
    fn points_that_do_not_divide_are_told() {
        assert!((idle_in_y(641, 128) - 0.165).abs() < 1e-3);
        assert_eq!([idle_in_y(640, 128), idle_in_y(641, 641)], [0.0; 2]);
    }

    /// 64^3 by the two-thirds rule: 22 k_x and 43 k_z, but for k_x = 0.
    #[test]
    fn more_ranks_than_a_grid_has_work_for_are_told() {
        let work = Work { nkx: 22, ny: 64, nz: 64, columns: 21 * 43 + 22 };
        for (grid, idle) in
            [([22, 42], false), ([1, 42], false), ([23, 1], true), ([1, 43], true), ([25, 4000], true)]
        {
            assert_eq!(work.idle_ranks(grid).is_some(), idle, "{grid:?}");
            // So many ranks do have something in each direction.
            let shares = [
                Share::new(22, grid[0]),
                Share::in_pairs(64, grid[0]),
                Share::new(64, grid[1]),
                Share::new(925, grid[0] * grid[1]),
            ];
            assert!(
                idle || shares.iter().all(|share| share.counts().iter().all(|count| *count > 0)),
                "{grid:?}"
            );
        }
        assert!(
            work.idle_ranks([25, 4000])
                .unwrap()
                .contains("this grid has work for 924 ranks at most, as a process grid [22, 42]")
        );
    }

    #[test]
    fn a_grid_that_does_not_fit_is_refused_with_better_ones() {
        let cost = |[p_row, _]: [usize; 2]| Cost { memory: 1e9, time: p_row as f64 };
        let error = ProcessGrid::choose(6, Some([2, 2]), cost).unwrap_err();
        assert!(error.message.contains("[2, 2] has 4 places but the job has 6 ranks"), "{error}");
        assert!(error.message.contains("the best grids for it: [1, 6], [2, 3], [3, 2]"), "{error}");
    }
}
