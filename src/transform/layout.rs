//! The columns of a rank: a [`Portion`], listed.

use super::{Column, Order, Portion, Truncation};
use crate::parallel::{ProcessGrid, Share};
use std::ops::{Deref, Range};

/// This rank's modes and points.
#[derive(Clone, Debug)]
pub struct Layout {
    portion: Portion,
    /// The columns of this rank.
    pub columns: Vec<Column>,
    /// The place where each column begins in a field of this rank; one more entry at the end.
    starts: Vec<usize>,
    /// For each n_x of this rank the pieces of its z-line.
    pub(super) pieces: Vec<Vec<Piece>>,
}

impl Deref for Layout {
    type Target = Portion;

    fn deref(&self) -> &Portion {
        &self.portion
    }
}

/// Consecutive columns of one n_x that come from the same rank of the column and have n_z of one
/// sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub rank: usize,
    /// First column, counted within that rank's columns.
    pub first: usize,
    pub length: usize,
    /// Label n_z of the first column.
    pub nz: i64,
}

impl Layout {
    pub fn new(truncation: Truncation, grid: [usize; 2], row_rank: usize, column_rank: usize) -> Self {
        let order = Order::new(truncation);
        let portion = Portion::new(&order, grid, [row_rank, column_rank]);
        let columns: Vec<Column> = order.columns(portion.own_columns.clone()).collect();
        let mut starts = Vec::with_capacity(columns.len() + 1);
        starts.push(0);
        for column in &columns {
            starts.push(starts[starts.len() - 1] + column.len());
        }
        let pieces = pieces(&truncation, portion.kx.clone(), &portion.shared_columns);
        Self { portion, columns, starts, pieces }
    }

    /// The layout of this rank of a process grid.
    pub fn on(truncation: Truncation, grid: &ProcessGrid) -> Self {
        Self::new(truncation, grid.shape, grid.row.rank(), grid.column.rank())
    }

    /// The layout of a rank that has few modes, for what any rank knows.
    pub fn of_few(truncation: Truncation) -> Self {
        let last = truncation.nx_max();
        Self::new(truncation, [last + 1, 1], last, 0)
    }

    /// The place of the column (n_x, n_z) among those of this rank, if it has it.
    pub fn find(&self, nx: usize, nz: i64) -> Option<usize> {
        let place = |column: &Column| (column.nx, column.nz < 0, column.nz);
        self.columns.binary_search_by_key(&(nx, nz < 0, nz), place).ok()
    }

    /// Bytes of its lists.
    #[cfg(test)]
    pub fn listed(&self) -> usize {
        size_of_val(&self.columns[..])
            + size_of_val(&self.starts[..])
            + self.pieces.iter().map(|of_nx| size_of_val(of_nx) + size_of_val(&of_nx[..])).sum::<usize>()
    }

    /// The range of a column of this rank in its fields.
    pub fn range(&self, column: usize) -> Range<usize> {
        self.starts[column]..self.starts[column + 1]
    }

    /// The range of consecutive columns.
    pub fn ranges(&self, columns: Range<usize>) -> Range<usize> {
        self.starts[columns.start]..self.starts[columns.end]
    }
}

fn pieces(truncation: &Truncation, kx: Range<usize>, share: &Share) -> Vec<Vec<Piece>> {
    let mut next = 0;
    kx.map(|nx| {
        let mut of_nx = Vec::new();
        for run in truncation.nz_runs(nx) {
            let list = next..next + (run.end - run.start) as usize;
            next = list.end;
            for rank in share.owners(&list) {
                let owned = share.range(rank);
                let (first, end) = (list.start.max(owned.start), list.end.min(owned.end));
                if first < end {
                    let nz = run.start + (first - list.start) as i64;
                    of_nx.push(Piece { rank, first: first - owned.start, length: end - first, nz });
                }
            }
        }
        of_nx
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Shape, Truncation};
    use super::Layout;

    #[test]
    fn ranks_own_consecutive_pieces_of_one_list_on_any_grid() {
        for shape in [Shape::TwoThirds, Shape::Ellipsoid] {
            let truncation = Truncation { grid: [12, 10, 16], shape };
            let all: Vec<_> = truncation.columns(0..truncation.nx_max() + 1).collect();
            for grid in [[1, 1], [1, 3], [2, 2], [3, 2], [5, 1], [7, 4], [1, 90]] {
                let (mut columns, mut modes, mut visited) = (Vec::new(), 0, [0, 0]);
                for row in 0..grid[0] {
                    for column in 0..grid[1] {
                        let layout = Layout::new(truncation, grid, row, column);
                        assert_eq!(layout.modes_before, modes);
                        modes += layout.modes as u64;
                        columns.extend(layout.columns.iter().copied());
                        assert_eq!(layout.total_modes, all.iter().map(|c| c.len() as u64).sum::<u64>());
                        let own = layout.visited([row, column]);
                        assert_eq!((&own.y, &own.nx), (&layout.slab.y, &layout.kx));
                        assert!(own.nz.is_empty() || own.nz.start * 2 == layout.slab.z.start);
                        visited = [
                            visited[0] + own.y.len() * own.nx.len(),
                            visited[1] + own.y.len() * own.nz.len(),
                        ];
                        let in_pieces: usize = layout.pieces.iter().flatten().map(|p| p.length).sum();
                        assert_eq!(in_pieces, truncation.columns(layout.kx.clone()).count());
                    }
                }
                assert_eq!(columns, all, "{grid:?}");
                assert_eq!(
                    visited,
                    [10 * (truncation.nx_max() + 1), 10 * (truncation.nz_max(0) + 1)],
                    "{grid:?}"
                );
            }
        }
    }
}
