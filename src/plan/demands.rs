//! What a case takes on a number of ranks, and lines of `check` that every flow has.

use super::memory::{Memory, bytes};
use super::retained;
use crate::case::{Case, Precision, Stop, is_fast};
use crate::error::Result;
use crate::parallel::{ProcessGrid, check_aggregators, idle_in_y};
use crate::point_boxes::MOST_POINTS;
use crate::time::Schedule;
use crate::transform::{Order, Portion, Shape, Truncation};

/// A line of the table: what, and how it is.
pub type Row = (&'static str, String);

/// What a case takes on a number of ranks.
#[derive(Clone, Debug, PartialEq)]
pub struct Demands {
    pub process_grid: [usize; 2],
    /// Memory of the root, and the largest of the other ranks.
    pub memory: [Memory; 2],
    /// Bytes of a checkpoint.
    pub checkpoint: f64,
    /// What the checkpoints take that are retained, if any are.
    retained: Option<String>,
    /// Why ranks wait for others, if they do for long.
    idle: Option<String>,
}

/// Memory of a rank without fields: the program with MPI and HDF5 (docs/scale.md).
const LIBRARIES: usize = 34_000_000;
/// What Open MPI takes per rank on the same node: of the first ones, and of each further one.
const FIRST_NEIGHBOURS: usize = 15;
const PER_NEIGHBOUR: [usize; 2] = [120_000, 40_000];
/// What the root has more: the case, the log, the tables, HDF5 at work; and with averages, beside these.
const ROOT: usize = 2_000_000;
const ROOT_WITH_AVERAGES: usize = 4_000_000;
/// What the report takes at the end of a run: fonts and figures.
const REPORT: usize = 9_500_000;

/// Bytes that are written, or read back, at a time.
const AT_ONCE: usize = 4 << 20;
/// Bytes per column of a rank: the list of its columns, and the tables of a checkpoint made from it.
const TABLES: usize = 64;

/// Part of their time that ranks may wait on the planes without a word, and with other points in y
/// that are worth a word.
const IDLE: f64 = 0.1;
const LITTLE_IDLE: f64 = 0.02;

impl Demands {
    /// The demands of a case on `ranks` ranks, of which a node has `node`.
    ///
    /// # Errors
    /// A process grid, or aggregators, that do not fit the ranks.
    pub fn new(case: &Case, ranks: usize, node: usize) -> Result<Self> {
        check_aggregators(case.checkpoint.aggregators, ranks)?;
        let definition = &case.flow;
        let order = Order::new(definition.truncation(case));
        let grid = case.flow.load(case).grid(order.truncation(), ranks, node, case.parallel.process_grid)?;
        let of = |rank: usize| of_rank(case, &order, grid, rank, node);
        // The first of a row and of a column have the longest shares, but n_x = 0 has fewer columns.
        let [p_row, _] = grid;
        let others = [1, p_row, p_row + 1].into_iter().filter(|rank| *rank < ranks).map(of);
        let others = others.max_by(|a, b| a.most().total_cmp(&b.most()));
        let work = Portion::work(&order.truncation());
        let checkpoint = (definition.fields() * complex(case)) as f64 * order.modes() as f64;
        Ok(Self {
            process_grid: grid,
            memory: [of(0), others.unwrap_or_default()],
            checkpoint,
            retained: retained::told(case, checkpoint),
            idle: work.idle_ranks(grid).or_else(|| uneven(&order, grid)),
        })
    }

    /// The most that any rank takes.
    pub fn most(&self) -> f64 {
        self.memory.iter().map(Memory::most).fold(0.0, f64::max)
    }

    /// A line for the user if ranks have nothing to do, or less than others.
    pub fn idle(&self) -> Option<&str> {
        self.idle.as_deref()
    }

    pub fn rows(&self) -> Vec<Row> {
        let ([p_row, p_col], [root, others]) = (self.process_grid, &self.memory);
        let [of_root, of_others] = [root, others].map(|memory| bytes(memory.most()));
        let mut rows = vec![
            ("ranks", format!("{}, process grid [{p_row}, {p_col}]", p_row * p_col)),
            ("memory per rank", format!("{of_others}, root {of_root}")),
            ("  others", others.to_string()),
            ("  root", root.to_string()),
            ("checkpoint", bytes(self.checkpoint)),
        ];
        if p_row * p_col == 1 {
            rows[1].1 = of_root;
            rows.remove(2);
        }
        rows.extend(self.retained.iter().map(|told| ("  retained", told.clone())));
        rows
    }
}

/// The memory of one rank, of `ranks`.
///
/// # Errors
/// A process grid that does not fit the ranks.
pub fn memory_of_rank(case: &Case, ranks: usize, node: usize, rank: usize) -> Result<Memory> {
    let order = Order::new(case.flow.truncation(case));
    let grid = case.flow.load(case).grid(order.truncation(), ranks, node, case.parallel.process_grid)?;
    Ok(of_rank(case, &order, grid, rank, node))
}

fn of_rank(case: &Case, order: &Order, grid: [usize; 2], rank: usize, node: usize) -> Memory {
    let (definition, is_root) = (&case.flow, rank == 0);
    let portion = Portion::new(order, grid, ProcessGrid::place(grid, rank));
    let neighbours = node.min(grid.iter().product()) - 1;
    let first = neighbours.min(FIRST_NEIGHBOURS);
    let records = definition.records(case);
    let of_root = match (is_root, records) {
        (false, _) => 0,
        (true, 0) => ROOT,
        (true, _) => ROOT_WITH_AVERAGES,
    };
    let libraries = LIBRARIES + PER_NEIGHBOUR[0] * first + PER_NEIGHBOUR[1] * (neighbours - first) + of_root;
    let written = (portion.modes * complex(case)).min(AT_ONCE);
    let of_flow = definition.memory(case, &portion);
    // A rank writes a copy of its own sums.
    let own = of_flow.of("statistics") as usize + TABLES * portion.own_columns.len();
    let mut memory = of_flow.always("program, MPI and HDF5", libraries).at_times("checkpoint", written + own);
    if case.output.snapshots != Schedule::default() {
        let plane = order.truncation().grid[0] * portion.slab.z.len();
        let points = (plane * portion.slab.y.len()).min(plane.max(MOST_POINTS));
        let given = points * complex(case) / 2;
        memory = memory.at_times("snapshot", given + given.min(AT_ONCE));
    }
    if is_root { memory.at_the_end("report", libraries + REPORT + definition.reported(case)) } else { memory }
}

/// A line for the user if points in y divide so badly that ranks wait, with numbers of points nearby
/// that are better and have fast transforms.
fn uneven(order: &Order, [p_row, p_col]: [usize; 2]) -> Option<String> {
    let Truncation { grid: [_, points, _], shape } = order.truncation();
    let idle = idle_in_y(points, p_col);
    let but = usize::from(matches!(shape, Shape::Chebyshev { .. }));
    let is_good = |n: &usize| is_fast(*n, but) && idle_in_y(*n, p_col) <= LITTLE_IDLE;
    let near = (p_col.min(points)..points).rev().find(is_good).into_iter();
    let near: Vec<String> = near.chain((points..2 * points).find(is_good)).map(|n| n.to_string()).collect();
    let better =
        if near.is_empty() { String::new() } else { format!("; better: {} points", near.join(" or ")) };
    (idle > IDLE).then(|| {
        format!(
            "{points} points in y on columns of {p_col} ranks (process grid [{p_row}, {p_col}]): ranks wait \
             for {:.0} % of their time on the planes{better}",
            100.0 * idle,
        )
    })
}

/// Bytes of a complex number.
fn complex(case: &Case) -> usize {
    match case.numerics.precision {
        Precision::Double => 16,
        Precision::Single => 8,
    }
}

/// A warning where the checkpoint that the run starts from is not there.
pub fn missing_file(case: &Case) -> Option<Row> {
    let path = case.flow.initial_file().filter(|path| !path.exists())?;
    Some(("warning", format!("initial.file: there is no {}", path.display())))
}

/// When the run ends.
pub fn until(case: &Case) -> String {
    let Stop { end, steps } = case.time.stop;
    match (end, steps) {
        (Some(end), Some(steps)) => format!("until time {end} or step {steps}"),
        (Some(end), None) => format!("until time {end}"),
        (None, Some(steps)) => format!("until step {steps}"),
        (None, None) => String::new(),
    }
}
