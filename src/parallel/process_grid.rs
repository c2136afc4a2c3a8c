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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    bounds: Vec<usize>,
}

impl Share {
    pub fn new(n: usize, parts: usize) -> Self {
        let (quotient, rest) = (n / parts, n % parts);
        Self { bounds: (0..=parts).map(|part| part * quotient + part.min(rest)).collect() }
    }

    /// A distribution like that of [`Share::new`], in which the items 0 and 1, 2 and 3, .. stay
    /// together.
    pub fn in_pairs(n: usize, parts: usize) -> Self {
        let pairs = Self::new(n.div_ceil(2), parts);
        Self { bounds: pairs.bounds.into_iter().map(|bound| n.min(2 * bound)).collect() }
    }

    pub fn range(&self, part: usize) -> Range<usize> {
        self.bounds[part]..self.bounds[part + 1]
    }

    pub fn len(&self, part: usize) -> usize {
        self.range(part).len()
    }

    /// The ranks that share the items of a range.
    pub fn owners(&self, items: &Range<usize>) -> Range<usize> {
        let first = self.bounds.partition_point(|bound| *bound <= items.start).saturating_sub(1);
        first..self.bounds[..self.parts()].partition_point(|bound| *bound < items.end).max(first)
    }

    pub fn parts(&self) -> usize {
        self.bounds.len() - 1
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
    fn efficiency(&self, [p_row, p_col]: [usize; 2]) -> f64 {
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

    /// All grids of `ranks` ranks, the best first: ordered by balance, then by the length of the rows,
    /// the shortest first.
    fn ranked(&self, ranks: usize) -> Vec<[usize; 2]> {
        let mut grids: Vec<[usize; 2]> = (1..=ranks.isqrt())
            .filter(|p| ranks.is_multiple_of(*p))
            .flat_map(|p| [[p, ranks / p], [ranks / p, p]])
            .collect();
        grids.sort();
        grids.dedup();
        // Two per cent of imbalance cost less than a second exchange.
        let score = |grid: &[usize; 2]| (self.efficiency(*grid) * 50.0).round() as i64;
        grids.sort_by_key(|grid| (-score(grid), grid[0]));
        grids
    }
}

/// The place of this rank in the grid of ranks, and its row and column as groups.
pub struct ProcessGrid {
    pub shape: [usize; 2],
    pub row: World,
    pub column: World,
}

impl ProcessGrid {
    /// The grid that the user `asked` for, or the best for the `work`.
    ///
    /// # Errors
    /// A grid whose number of places differs from the number of ranks; the error names the three best.
    pub fn choose(ranks: usize, asked: Option<[usize; 2]>, work: &Work) -> Result<[usize; 2]> {
        let ranked = work.ranked(ranks);
        match asked {
            None => Ok(ranked[0]),
            Some(grid) if grid[0].checked_mul(grid[1]) == Some(ranks) => Ok(grid),
            Some([p_row, p_col]) => {
                let best: Vec<String> =
                    ranked.iter().take(3).map(|g| format!("[{}, {}]", g[0], g[1])).collect();
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
    use super::{ProcessGrid, Share, Work};

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
    fn slabs_while_there_are_planes_then_pencils() {
        let work = |n: usize| Work { nkx: n / 3 + 1, ny: n, nz: n, columns: 2 * (n / 3) * (n / 3) };
        assert_eq!(ProcessGrid::choose(4, None, &work(64)), Ok([1, 4]));
        assert_eq!(ProcessGrid::choose(1, None, &work(16)), Ok([1, 1]));
        let [p_row, p_col] = ProcessGrid::choose(64, None, &work(16)).unwrap();
        assert!(p_row >= 4 && p_row * p_col == 64);
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
        let error = ProcessGrid::choose(6, Some([2, 2]), &Work { nkx: 11, ny: 32, nz: 32, columns: 231 })
            .unwrap_err();
        assert!(error.message.contains("[2, 2] has 4 places but the job has 6 ranks"), "{error}");
        assert!(error.message.contains("the best grids for it: ["), "{error}");
    }
}
