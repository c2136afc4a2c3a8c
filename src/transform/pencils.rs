//! The pencil transform: modes -> points -> products -> modes, one y-plane (or a few) at a time.
//!
//! ```text
//! modes, y-columns    inverse:  pad, FFT in y        | exchange in the column of ranks (n_x, n_z kept only)
//! z-lines per plane   products: pad, FFT in z        | exchange in the row of ranks (n_x kept only)
//! x-lines                       pad, FFT in x; products of the line while it is in cache; FFT in x, truncate
//! z-lines                       FFT in z, truncate; `combine`, e.g. the divergence in x and z         | exchange in the row
//! y-columns           forward:  FFT in y, truncate; `update`, e.g. of the state  | exchange in the column
//! ```
//!
//! The transform in y is that of the flow: Fourier ([`FourierColumns`]) or Chebyshev
//! ([`super::ChebyshevColumns`]).
//!
//! Fields never exist as a whole at physical points: between the two exchanges of the column a
//! plane is worked off in cache (Luchini & Quadrio 2006; Lee, Malaya & Moser 2013).
//! [`super::planes`] has what happens in a plane. A displaced grid costs a phase factor of each
//! mode, before and after.
//!
//! What is on its way lies in the buffers of the transform. Values stand for it that borrow them:
//! `inverse` gives [`super::OnPlanes`], of which `products` makes [`super::Returned`], and
//! `forward` uses this up. So no evaluation can begin while another is on its way.

use super::phase_times::PhaseTimes;
use super::planes::Planes;
use super::{Columns, FourierColumns, Layout, Portion, Real, Room, Truncation};
use crate::error::Result;
use crate::parallel::{ExactSum, Exchange, Method, ProcessGrid, Traffic};

/// Columns of Chebyshev coefficients that are handed out together, so that recursions in y can go
/// side by side. A tile has a whole number of them.
pub const NEIGHBOURS: usize = 4;

/// Plans and buffers of the transform on this rank; `Y` is the transform in y.
pub struct Pencils<T, Y = FourierColumns<T>> {
    pub layout: Layout,
    pub(super) y: Y,
    pub(super) planes: Planes<T>,
    /// Exchange within the column of ranks, between z- and y-lines.
    pub(super) column: Exchange<T>,
    /// Complex numbers per field that go to each rank of the column, as columns and as planes.
    pub(super) column_counts: Vec<usize>,
    pub(super) plane_counts: Vec<usize>,
    pub(super) phases: PhaseTimes,
}

impl<T: Real, Y: Columns<T>> Pencils<T, Y> {
    /// # Errors
    /// Messages too long for MPI.
    pub fn new(truncation: Truncation, grid: ProcessGrid, method: Method, room: Room) -> Result<Self> {
        let layout = Layout::on(truncation, &grid);
        let ny = truncation.grid[1];
        let (column_counts, plane_counts) = layout.column_counts();
        Ok(Self {
            planes: Planes::new(&layout, Y::there_and_back(ny), grid.row, method, room)?,
            y: Y::new(ny, room),
            column: Exchange::new(grid.column, method, room.columns, [&column_counts, &plane_counts])?,
            column_counts,
            plane_counts,
            phases: PhaseTimes::default(),
            layout,
        })
    }

    /// Bytes on a rank with this portion: of the buffers of the exchanges, and of the lists of
    /// columns, the planes and the lines.
    pub fn memory(portion: &Portion, room: Room) -> [usize; 2] {
        let lines = Planes::<T>::memory(portion, room) + Y::memory(portion.truncation.grid[1], room);
        [portion.buffer_reals(room) * size_of::<T>(), portion.listed() + lines]
    }

    /// The values of sums over planes, `[y][quantity]`, of all y on all ranks, from what each rank
    /// adds to those of its planes. Only the ranks of a row add to the same sums, so that a rank
    /// holds, sends and receives no others. Collective.
    pub fn totals(&self, quantities: usize, mut of_planes: Vec<ExactSum>) -> Vec<f64> {
        let own = ExactSum::totals(&mut of_planes, self.planes.row());
        let mut all = vec![0.0; quantities * self.layout.truncation.grid[1]];
        all[quantities * self.layout.slab.y.start..][..own.len()].copy_from_slice(&own);
        self.column.group().assemble(&mut all);
        all
    }

    pub fn phases(&self) -> PhaseTimes {
        self.phases
    }

    /// Messages and bytes this rank has sent to others.
    pub fn traffic(&self) -> Traffic {
        let (column, row) = (self.column.traffic(), self.planes.traffic());
        Traffic { messages: column.messages + row.messages, bytes: column.bytes + row.bytes }
    }
}
