//! The memory of ranks of large jobs, by the layout that they would have, without MPI.

use super::Demands;
use crate::case::{self, Case};
use crate::parallel::ProcessGrid;
use crate::transform::{Layout, Order, Portion};
use std::path::Path;

/// Ranks per node.
const NODE: usize = 16;

fn case(config: &str, grid: [usize; 3]) -> Case {
    let mut case = case::load(crate::FLOWS, Path::new(config), &[]).unwrap_or_else(|error| panic!("{error}"));
    case.domain.grid = grid;
    case
}

/// Bytes, but for the libraries, that the ranks take at most, in MB, by the number of ranks.
fn falls(case: &Case, expected: [(usize, f64); 4]) {
    let order = Order::new(case.flow.truncation(case));
    for (ranks, megabytes) in expected {
        let demands = Demands::new(case, ranks, NODE).unwrap();
        let grid = demands.process_grid;
        let [root, others] = &demands.memory;
        let without = |memory: &super::Memory| (memory.most() - memory.of("program, MPI and HDF5")) / 1e6;
        let found = without(others);
        println!("{ranks} {grid:?}: {found:.1} MB, root {:.1} MB: {others}", without(root));
        assert!(
            (found / megabytes - 1.0).abs() < 0.05,
            "{ranks} {grid:?}: {found:.1} MB, not {megabytes} MB"
        );
        for rank in [0, 1, grid[0], ranks / 3, ranks / 2 + 1, ranks - 1] {
            let place = ProcessGrid::place(grid, rank);
            let portion = Portion::new(&order, grid, place);
            let layout = Layout::new(order.truncation(), grid, place[0], place[1]);
            let listed: usize = layout.columns.iter().map(|column| column.len()).sum();
            assert_eq!(
                (layout.columns.len(), listed),
                (portion.own_columns.len(), portion.modes),
                "{ranks}, {rank}"
            );
            assert_eq!((layout.modes, layout.modes_before), (portion.modes, portion.modes_before));
            assert!(layout.listed() <= portion.listed(), "{ranks}, {rank}");
            let own = super::memory_of_rank(case, ranks, NODE, rank).unwrap();
            assert!(own.of("state") <= others.of("state").max(root.of("state")), "{ranks}, {rank}");
        }
    }
}

#[test]
fn what_a_rank_of_channel_2000_holds_falls() {
    let case = case("configs/channel-2000.toml", [9216, 641, 6912]);
    falls(&case, [(2048, 1596.0), (16_384, 229.6), (131_072, 54.4), (1_048_576, 21.1)]);
}

#[test]
fn what_a_rank_of_a_smaller_channel_holds_falls() {
    let case = case("configs/channel-2000.toml", [6144, 633, 4608]);
    falls(&case, [(2048, 662.6), (16_384, 94.9), (131_072, 29.0), (1_048_576, 14.0)]);
}

#[test]
fn what_a_rank_of_a_large_box_holds_falls() {
    let case = case("configs/forced-isotropic.toml", [8192; 3]);
    falls(&case, [(2048, 21_365.0), (16_384, 5965.0), (131_072, 687.5), (1_048_576, 115.2)]);
}
