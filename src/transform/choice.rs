//! The process grid of least cost. Of the grids that take at most half as much memory again as the smallest,
//! or 32 MB more, it is the one with the shortest substep, counted from its lines, bytes and messages:
//!
//! ```text
//!     t = t_point N / (P e) + sum over row and column of (bytes / bandwidth + messages x latency)
//! ```
//!
//! e being the balance of the lines ([`crate::parallel::Work::efficiency`]). Rows that lie within a node
//! have the bandwidth of its memory. The constants are round numbers: only ratios between grids count, and no
//! result depends on the grid.

use super::planes::Planes;
use super::{Order, Portion, Room, Truncation};
use crate::error::Result;
use crate::parallel::{Cost, ProcessGrid};
use num_complex::Complex;

/// Seconds of a point in a substep, without exchanges.
const POINT: f64 = 40e-9;
/// Bytes that a rank sends per second to ranks on its node, and on others.
const BANDWIDTH: [f64; 2] = [4e9, 0.5e9];
/// Seconds per message to ranks on its node, and on others.
const LATENCY: [f64; 2] = [0.5e-6, 2e-6];
/// Fields that go through the column and through the row in a substep, there and back together.
const FIELDS: [f64; 2] = [7.0, 8.0];

/// What a flow takes of a process grid.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub room: Room,
    /// Fields of modes that a rank holds.
    pub fields: usize,
}

impl Load {
    /// The process grid that the user `asked` for, or the best one for nodes of `node` ranks.
    ///
    /// # Errors
    /// A grid that does not fit the ranks.
    pub fn grid(
        &self,
        truncation: Truncation,
        ranks: usize,
        node: usize,
        asked: Option<[usize; 2]>,
    ) -> Result<[usize; 2]> {
        let order = Order::new(truncation);
        ProcessGrid::choose(ranks, asked, |grid| self.cost(&order, node, grid))
    }

    /// The cost of a process grid on nodes of `node` ranks.
    fn cost(&self, order: &Order, node: usize, grid: [usize; 2]) -> Cost {
        let [p_row, p_col] = grid;
        // The first ranks have the longest shares, but n_x = 0 has fewer columns.
        let portion = Portion::new(order, grid, [1.min(p_row - 1), 0]);
        let number = size_of::<Complex<f64>>();
        // Planes fall with the length of the row alone.
        let planes = Planes::<f64>::memory(&portion, self.room);
        let memory =
            planes + number * self.fields * portion.modes + number / 2 * portion.buffer_reals(self.room);
        let work = Portion::work(&order.truncation());
        let [ranks, ny] = [(p_row * p_col) as f64, work.ny as f64];
        let points = (order.truncation().grid[0] * work.nz) as f64 * ny / ranks;
        let of_column = (work.columns as f64 * ny, p_col, p_row * p_col <= node, 1.0);
        let batches = work.ny.div_ceil(p_col).div_ceil(portion.batch()) as f64;
        let of_row = (
            work.nkx as f64 * work.nz as f64 * ny,
            p_row,
            node.is_multiple_of(p_row) || p_row * p_col <= node,
            batches,
        );
        let exchange = |fields: f64, (numbers, parts, on_node, times): (f64, usize, bool, f64)| {
            let others = (parts - 1) as f64;
            let bytes = fields * numbers * number as f64 / ranks * others / parts as f64;
            let way = usize::from(!on_node);
            bytes / BANDWIDTH[way] + 2.0 * times * others * LATENCY[way]
        };
        let time = POINT * points / work.efficiency(grid)
            + exchange(FIELDS[0], of_column)
            + exchange(FIELDS[1], of_row);
        Cost { memory: memory as f64, time }
    }
}

#[cfg(test)]
mod tests {
    use super::Load;
    use crate::transform::{Room, Shape, Truncation};

    fn chosen(grid: [usize; 3], shape: Shape, ranks: usize, node: usize) -> [usize; 2] {
        let load = Load { room: Room { columns: 5, lines: 6 }, fields: 6 };
        load.grid(Truncation { grid, shape }, ranks, node, None).unwrap()
    }

    #[test]
    fn few_ranks_make_slabs_and_many_keep_rows_on_a_node_and_planes_small() {
        let cube = |n: usize, ranks: usize, node: usize| chosen([n; 3], Shape::TwoThirds, ranks, node);
        assert_eq!([cube(64, 1, 16), cube(64, 2, 16), cube(64, 4, 16)], [[1, 1], [1, 2], [1, 4]]);
        // Its planes take 1.8 GB, but [2, 1024] takes more: it has an exchange in rows.
        assert_eq!(cube(8192, 2048, 16), [1, 2048]);
        // [1, 8192] takes 9 % more than [4096, 2], the smallest.
        assert_eq!(cube(8192, 8192, 16), [1, 8192]);
        let channel = |ranks: usize, node: usize| {
            chosen([9216, 641, 6912], Shape::Chebyshev { kept: 641 }, ranks, node)
        };
        for (ranks, node) in [(2048, 16), (2048, 64), (16384, 64)] {
            let [p_row, _] = channel(ranks, node);
            assert!(p_row <= node, "{ranks} ranks, {node} on a node: rows of {p_row}");
        }
        // 641 planes do not go round 1024 ranks.
        assert_eq!(channel(16384, 16), [64, 256]);
    }
}
