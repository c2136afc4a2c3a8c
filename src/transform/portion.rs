//! Who owns which modes and points.
//!
//! Three pencils, on a process grid of P_row x P_col ranks (`[row][column]`:
//! [`crate::parallel::ProcessGrid`]):
//!
//! | lines in | split over the row | split over the column | used for |
//! | --- | --- | --- | --- |
//! | x (real points) | z, by twos | y | products |
//! | z | n_x | y | divergence |
//! | y (modes) | n_x, then the columns (n_x, n_z) of these n_x over the column | | state, update |
//!
//! The columns of all ranks, by row and then by column, follow each other in the order of
//! [`Truncation::columns`]: each rank owns one contiguous piece of the global list of modes, on any
//! process grid.

use super::layout::Piece;
use super::{Column, Order, Truncation};
use crate::parallel::{Share, Work};
use std::ops::Range;

/// How many modes and points a rank has, and which: no list of them.
#[derive(Clone, Debug)]
pub struct Portion {
    pub truncation: Truncation,
    /// The numbers of this rank in its row and in its column.
    place: [usize; 2],
    /// The columns of this rank, by their place in the list of all.
    pub own_columns: Range<usize>,
    /// Modes of this rank, of the ranks before it, and of all ranks.
    pub modes: usize,
    pub modes_before: u64,
    pub total_modes: u64,
    pub(super) nkx: Share,
    pub(super) nz: Share,
    pub(super) ny: Share,
    /// Columns of the row's n_x, shared over the column of ranks.
    pub(super) shared_columns: Share,
    /// The n_x of this rank.
    pub(super) kx: Range<usize>,
    /// Points of this rank.
    pub slab: Slab,
}

/// The numbers of fields that the transform has room for.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Between columns and planes: the larger of the fields in and the fields out.
    pub columns: usize,
    /// Between planes and lines: the larger of the fields in and the products.
    pub lines: usize,
}

/// Numbers of fields that an evaluation makes of those on the planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Products {
    /// Products at the points: as many as fields are on the planes, or more.
    pub at_points: usize,
    /// Fields that go back to the columns.
    pub outputs: usize,
}

impl Products {
    /// The room for these products of `fields` fields.
    pub fn room(self, fields: usize) -> Room {
        Room { columns: fields.max(self.outputs), lines: fields.max(self.at_points) }
    }
}

/// The box of physical points of a rank: x whole, y and z in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slab {
    pub y: Range<usize>,
    pub z: Range<usize>,
}

/// The planes of a rank, and which of the modes on them it visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    pub y: Range<usize>,
    /// The n_x of which it has all n_z: see [`super::OnPlanes::visit_modes`].
    pub nx: Range<usize>,
    /// The |n_z| of which it has all n_x: see [`super::OnPlanes::visit_pairs`].
    pub nz: Range<usize>,
}

impl Visited {
    /// Those of all ranks together.
    pub fn all(truncation: &Truncation) -> Self {
        Self { y: 0..truncation.grid[1], nx: 0..truncation.nx_max() + 1, nz: 0..truncation.nz_max(0) + 1 }
    }
}

impl Portion {
    /// That of the rank with these numbers in its row and in its column.
    pub fn new(order: &Order, grid: [usize; 2], place: [usize; 2]) -> Self {
        let ([p_row, p_col], [row_rank, column_rank], truncation) = (grid, place, order.truncation());
        let nkx = Share::new(truncation.nx_max() + 1, p_row);
        let kx = nkx.range(row_rank);
        let [first, end] = [kx.start, kx.end].map(|nx| order.columns_before(nx));
        let shared_columns = Share::new(end - first, p_col);
        let mine = shared_columns.range(column_rank);
        let own_columns = first + mine.start..first + mine.end;
        let [modes_before, modes_end] = [own_columns.start, own_columns.end].map(|c| order.modes_before(c));
        let (ny, nz) = (Share::new(truncation.grid[1], p_col), Share::in_pairs(truncation.grid[2], p_row));
        let slab = Slab { y: ny.range(column_rank), z: nz.range(row_rank) };
        Self {
            truncation,
            place,
            own_columns,
            modes: (modes_end - modes_before) as usize,
            modes_before,
            total_modes: order.modes(),
            nkx,
            nz,
            ny,
            shared_columns,
            kx,
            slab,
        }
    }

    /// The work that there is to share, for choosing process grids.
    pub fn work(truncation: &Truncation) -> Work {
        let [_, ny, nz] = truncation.grid;
        Work { nkx: truncation.nx_max() + 1, ny, nz, columns: truncation.count_columns() }
    }

    /// Complex numbers a field that this rank exchanges with each rank of its column, as columns
    /// and as planes.
    pub(super) fn column_counts(&self) -> (Vec<usize>, Vec<usize>) {
        (each(&self.ny, self.own_columns.len()), each(&self.shared_columns, self.slab.y.len()))
    }

    /// Complex numbers per field and plane that this rank exchanges with each rank of its row, as z-
    /// and as x-lines.
    pub(super) fn row_counts(&self) -> (Vec<usize>, Vec<usize>) {
        (each(&self.nz, self.kx.len()), each(&self.nkx, self.slab.z.len()))
    }

    /// Planes that go through the row's exchange together. All of them would need as much memory as
    /// the columns do; a quarter is enough for long messages.
    pub(super) fn batch(&self) -> usize {
        if self.nz.parts() == 1 { 1 } else { self.slab.y.len().div_ceil(4).max(1) }
    }

    /// Fields and planes that go through the row's exchange together; a row of one rank needs none.
    pub(super) fn row_times(&self, room: Room) -> usize {
        if self.nz.parts() == 1 { 0 } else { self.batch() * room.lines }
    }

    /// Real numbers in the exchanges' buffers, in column and row: one for what stays on this rank,
    /// one to send and one to receive.
    pub fn buffer_reals(&self, room: Room) -> usize {
        // A rank sends to all others, or receives from them.
        let of_field = |ways: [usize; 2], own: usize| 2 * (own + 2 * (ways[0].max(ways[1]) - own));
        let [columns, planes] = [self.own_columns.len(), self.slab.y.len()];
        let [nkx, nz] = [self.kx.len(), self.slab.z.len()];
        room.columns
            * of_field([columns * self.ny.total(), planes * self.shared_columns.total()], columns * planes)
            + self.row_times(room) * of_field([nkx * self.nz.total(), nz * self.nkx.total()], nkx * nz)
    }

    /// Bytes of what [`super::Layout`] lists: columns, and the pieces of z-lines.
    pub fn listed(&self) -> usize {
        self.own_columns.len() * (size_of::<Column>() + size_of::<usize>())
            + (4 * self.kx.len() + self.shared_columns.parts()) * size_of::<Piece>()
    }

    /// The global list of modes, and where this rank's lie in it.
    pub fn mode_list(&self) -> ModeList {
        ModeList {
            name: self.truncation.name(),
            truncation: self.truncation,
            before: self.modes_before,
            total: self.total_modes,
            own: self.own_columns.clone(),
            columns: self.truncation.count_columns(),
        }
    }

    /// The planes and modes that the rank of this number in its row and in its column visits.
    pub fn visited(&self, [row_rank, column_rank]: [usize; 2]) -> Visited {
        let (points, all) = (self.nz.range(row_rank), self.truncation.nz_max(0) + 1);
        let nz = [points.start / 2, points.end.div_ceil(2)].map(|n| n.min(all));
        Visited { y: self.ny.range(column_rank), nx: self.nkx.range(row_rank), nz: nz[0]..nz[1] }
    }

    /// The planes and modes that this rank visits.
    pub fn visits(&self) -> Visited {
        self.visited(self.place)
    }
}

/// The global list of modes: its name, this rank's piece, and the columns it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeList {
    pub name: String,
    pub before: u64,
    pub total: u64,
    /// The columns of this rank, by their place in the list of all, and how many there are in all.
    pub own: Range<usize>,
    pub columns: usize,
    truncation: Truncation,
}

impl ModeList {
    /// The columns of this rank, as [`Order::list`] gives them.
    pub fn own_columns(&self) -> Vec<[i64; 4]> {
        Order::new(self.truncation).list(self.own.clone()).collect()
    }
}

/// The length of each of the share's parts, times a number.
fn each(share: &Share, times: usize) -> Vec<usize> {
    share.counts().iter().map(|n| n * times).collect()
}
