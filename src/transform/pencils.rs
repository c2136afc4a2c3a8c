//! The pencil transform: modes -> points -> products -> modes, one y-plane (or a few) at a time.
//!
//! ```text
//! modes, y-columns    inverse: pad, FFT in y         | exchange in the column of ranks (n_x, n_z kept only)
//! z-lines per plane   planes:  pad, FFT in z         | exchange in the row of ranks (n_x kept only)
//! x-lines                      pad, FFT in x; products of the line while it is in cache; FFT in x, truncate
//! z-lines                      FFT in z, truncate; `combine`, e.g. the divergence in x and z          | exchange in the row
//! y-columns           forward: FFT in y, truncate; `column`, e.g. the update of the state   | exchange in the column
//! ```
//!
//! Fields never exist as a whole at physical points: between the two exchanges of the column a plane is worked off in cache
//! (Luchini & Quadrio 2006; Lee, Malaya & Moser 2013). Transposes are done by the scatter and gather around each FFT.

use super::layout::Counts;
use super::{Column, ComplexLines, Fields, FourierColumns, Layout, Real, RealPairs, Shift, Truncation};
use crate::error::Result;
use crate::parallel::{Exchange, Method, ProcessGrid, Traffic};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;
use std::ops::Range;
use std::time::Instant;

/// z-lines that are scattered together: a tile's row is 256 bytes in double precision, four cache lines.
const TILE: usize = 16;
/// y-lines that are scattered together: their rows lie in different pages of memory, so the longer the better.
const Y_TILE: usize = 64;
/// Pairs of lines in x that are multiplied together.
const GROUP: usize = 4;

/// Seconds spent so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    pub transform: f64,
    pub exchange: f64,
    pub products: f64,
    pub update: f64,
}

/// Plans and buffers of the transform on this rank.
pub struct Pencils<T> {
    pub layout: Layout,
    x: RealPairs<T>,
    y: FourierColumns<T>,
    z: ComplexLines<T>,
    /// Exchanges within the column of ranks (z- for y-lines) and within the row (x- for z-lines).
    column: Exchange<T>,
    row: Exchange<T>,
    counts: Counts,
    /// Planes that go through the row's exchange together.
    batch: usize,
    tile: Vec<Complex<T>>,
    points: Vec<Complex<T>>,
    /// The modes of a pair of lines in x.
    pair: [Vec<Complex<T>>; 2],
    phases: Phases,
}

impl<T: Real> Pencils<T> {
    /// # Errors
    /// Messages too long for MPI.
    pub fn new(truncation: Truncation, grid: ProcessGrid, method: Method, fields: Fields) -> Result<Self> {
        let layout = Layout::on(truncation, &grid);
        let [nx, ny, nz] = truncation.grid;
        let counts = layout.counts();
        let (column, row) = layout.capacities(grid.shape, fields);
        let column = Exchange::new(grid.column, method, column)?;
        let row = Exchange::new(grid.row, method, row)?;
        let (batch, nkx) = (layout.batch(grid.shape), truncation.nx_max() + 1);
        let tile = (fields.lines * TILE * stride(nz)).max(fields.columns * Y_TILE * stride(ny));
        let tile = vec![Complex::default(); tile];
        Ok(Self {
            layout,
            x: RealPairs::new(nx),
            y: FourierColumns::new(ny),
            z: ComplexLines::new(nz),
            column,
            row,
            counts,
            batch,
            tile,
            points: vec![Complex::default(); 2 * fields.lines * GROUP * nx],
            pair: [vec![Complex::default(); nkx], vec![Complex::default(); nkx]],
            phases: Phases::default(),
        })
    }

    pub fn phases(&self) -> Phases {
        self.phases
    }

    /// Messages and bytes this rank has sent to others.
    pub fn traffic(&self) -> Traffic {
        let (column, row) = (self.column.traffic(), self.row.traffic());
        Traffic { messages: column.messages + row.messages, bytes: column.bytes + row.bytes }
    }

    /// Modes of the fields to z-lines of planes: the first half of an evaluation, on the grid displaced by `shift`.
    pub fn inverse<const IN: usize>(&mut self, fields: [&[Complex<T>]; IN], shift: &Shift<T>) {
        let start = Instant::now();
        let Self { layout, y: transform, tile, .. } = self;
        let send = self.column.send_buffer();
        let (points, columns) = (transform.points(), layout.columns.len());
        let stride = stride(points);
        for first in (0..columns).step_by(Y_TILE) {
            let width = Y_TILE.min(columns - first);
            for (f, field) in fields.iter().enumerate() {
                for (c, line) in tile.chunks_exact_mut(stride).take(width).enumerate() {
                    let (column, range) = (&layout.columns[first + c], layout.range(first + c));
                    transform.inverse(column, &field[range], shift.y(), &mut line[..points]);
                }
                for y in 0..points {
                    let row = &mut send[(y * IN + f) * columns + first..][..width];
                    row.iter_mut().zip(tile[y..].iter().step_by(stride)).for_each(|(to, from)| *to = *from);
                }
            }
        }
        self.phases.transform += start.elapsed().as_secs_f64();
        self.exchange_column(IN, true);
    }

    /// The planes of this rank, from the z-lines of IN fields to those of OUT fields.
    ///
    /// * `multiply(inputs, products)` at the points of some x-lines, in an order that is the same for all fields;
    /// * `combine(nx, nz, products, outputs)` at the modes n_x and n_z = nz, nz + 1, .. at one y.
    pub fn planes<const IN: usize, const PRODUCTS: usize, const OUT: usize>(
        &mut self,
        shift: &Shift<T>,
        mut multiply: impl FnMut([&[T]; IN], [&mut [T]; PRODUCTS]),
        mut combine: impl FnMut(usize, i64, [&[Complex<T>]; PRODUCTS], [&mut [Complex<T>]; OUT]),
    ) {
        let planes = self.layout.slab.y.len();
        for first in (0..planes).step_by(self.batch) {
            let batch = first..planes.min(first + self.batch);
            self.inverse_z::<IN>(batch.clone(), shift);
            self.exchange_row(IN * batch.len(), true);
            self.lines(batch.clone(), shift, &mut multiply);
            self.exchange_row(PRODUCTS * batch.len(), false);
            self.forward_z(batch, shift, &mut combine);
        }
        self.exchange_column(OUT, false);
    }

    /// The planes of this rank, from the z-lines of a field to its points: `visit(y, z, values)` for every x-line.
    pub fn visit(&mut self, shift: &Shift<T>, mut visit: impl FnMut(usize, usize, &[T])) {
        let planes = self.layout.slab.y.len();
        let mut line = vec![T::zero(); self.x.points()];
        for first in (0..planes).step_by(self.batch) {
            let batch = first..planes.min(first + self.batch);
            self.inverse_z::<1>(batch.clone(), shift);
            self.exchange_row(batch.len(), true);
            for (b, plane) in batch.clone().enumerate() {
                let (y, slab) = (self.layout.slab.y.start + plane, self.layout.slab.z.clone());
                for z in slab.clone().step_by(2) {
                    self.points_of_pair::<1>(batch.len(), b, z - slab.start, shift, 0);
                    let values: &[T] = cast_slice(&self.points[..line.len()]);
                    for z in z..slab.end.min(z + 2) {
                        line.iter_mut().zip(values[z % 2..].iter().step_by(2)).for_each(|(to, from)| *to = *from);
                        visit(y, z, &line);
                    }
                }
            }
        }
    }

    /// z-lines of planes to modes: the last part of an evaluation. `update(column, range, modes)` gets the modes of each column of
    /// this rank in turn; `range` is where they belong in a [`super::SpectralField`].
    pub fn forward<const OUT: usize>(&mut self, shift: &Shift<T>, mut update: impl FnMut(&Column, Range<usize>, [&[Complex<T>]; OUT])) {
        let Self { layout, y: transform, tile, phases, .. } = self;
        let received = self.column.received();
        let (points, columns) = (transform.points(), layout.columns.len());
        let stride = stride(points);
        let factor = T::of(1.0 / layout.truncation.grid.iter().map(|&n| n as f64).product::<f64>());
        let mut clock = Instant::now();
        for first in (0..columns).step_by(Y_TILE) {
            let width = Y_TILE.min(columns - first);
            for (f, lines) in tile.chunks_exact_mut(Y_TILE * stride).take(OUT).enumerate() {
                for y in 0..points {
                    let row = &received[(y * OUT + f) * columns + first..][..width];
                    lines[y..].iter_mut().step_by(stride).zip(row).for_each(|(to, from)| *to = *from);
                }
                for (c, line) in lines.chunks_exact_mut(stride).take(width).enumerate() {
                    transform.forward(&layout.columns[first + c], factor, shift.y(), &mut line[..points]);
                }
            }
            lap(&mut clock, &mut phases.transform);
            for c in 0..width {
                let (column, range) = (&layout.columns[first + c], layout.range(first + c));
                let length = range.len();
                update(column, range, std::array::from_fn(|f| &tile[(f * Y_TILE + c) * stride..][..length]));
            }
            lap(&mut clock, &mut phases.update);
        }
    }

    fn inverse_z<const IN: usize>(&mut self, batch: Range<usize>, shift: &Shift<T>) {
        let start = Instant::now();
        let Self { layout, z: transform, tile, .. } = self;
        let (received, send) = (self.column.received(), self.row.send_buffer());
        let (points, nkx, planes) = (transform.points(), layout.kx.len(), layout.slab.y.len());
        let stride = stride(points);
        for (b, plane) in batch.clone().enumerate() {
            for f in 0..IN {
                for first in (0..nkx).step_by(TILE) {
                    let width = TILE.min(nkx - first);
                    for (c, line) in tile.chunks_exact_mut(stride).take(width).enumerate() {
                        let line = &mut line[..points];
                        line.fill(Complex::default());
                        for piece in &layout.pieces[first + c] {
                            let owned = layout.shared_columns.range(piece.rank);
                            let from = IN * planes * owned.start + (plane * IN + f) * owned.len() + piece.first;
                            let target = &mut line[point(piece.nz, points)..][..piece.length];
                            target.copy_from_slice(&received[from..][..piece.length]);
                            if let Some(table) = shift.z() {
                                table.displace(piece.nz, target);
                            }
                        }
                        if layout.kx.start + first + c == 0 {
                            // n_x = 0: at a given y the modes of -n_z are the conjugates of those of n_z, which are stored.
                            for n in 1..=layout.truncation.nz_max(0) {
                                line[points - n] = line[n].conj();
                            }
                        }
                        transform.inverse(line);
                    }
                    for rank in 0..layout.nz.parts() {
                        let z = layout.nz.range(rank);
                        let block = batch.len() * IN * nkx * z.start;
                        for (j, z) in z.clone().enumerate() {
                            let row = &mut send[block + ((b * layout.nz.len(rank) + j) * IN + f) * nkx + first..][..width];
                            row.iter_mut().zip(tile[z..].iter().step_by(stride)).for_each(|(to, from)| *to = *from);
                        }
                    }
                }
            }
        }
        self.phases.transform += start.elapsed().as_secs_f64();
    }

    fn lines<const IN: usize, const PRODUCTS: usize>(
        &mut self,
        batch: Range<usize>,
        shift: &Shift<T>,
        multiply: &mut impl FnMut([&[T]; IN], [&mut [T]; PRODUCTS]),
    ) {
        let mut clock = Instant::now();
        let (points, nz) = (self.x.points(), self.layout.slab.z.len());
        for b in 0..batch.len() {
            for first in (0..nz).step_by(2 * GROUP) {
                let pairs = GROUP.min((nz - first).div_ceil(2));
                for pair in 0..pairs {
                    self.points_of_pair::<IN>(batch.len(), b, first + 2 * pair, shift, pair);
                }
                lap(&mut clock, &mut self.phases.transform);
                let (inputs, products) = self.points.split_at_mut(IN * GROUP * points);
                let values = std::array::from_fn(|f| cast_slice(&inputs[f * GROUP * points..][..pairs * points]));
                multiply(values, parts(products, GROUP * points, pairs * points).map(cast_slice_mut));
                lap(&mut clock, &mut self.phases.products);
                for pair in 0..pairs {
                    self.modes_of_pair::<IN, PRODUCTS>(batch.len(), b, first + 2 * pair, shift, pair);
                }
                lap(&mut clock, &mut self.phases.transform);
            }
        }
    }

    /// The lines `line` and `line + 1` of plane b of a batch, from the row's exchange to their points at place `pair`.
    fn points_of_pair<const IN: usize>(&mut self, batch: usize, b: usize, line: usize, shift: &Shift<T>, pair: usize) {
        let Self { layout, x: transform, points: buffer, pair: modes, .. } = self;
        let (received, points, nz) = (self.row.received(), transform.points(), layout.slab.z.len());
        let kept = modes[0].len();
        // A row of one rank has whole lines, which need not be put together.
        let whole = layout.nkx.parts() == 1 && shift.x().is_none() && line + 1 < nz;
        for f in 0..IN {
            let pair = &mut buffer[(f * GROUP + pair) * points..][..points];
            let of_line = |line: usize| ((b * nz + line) * IN + f) * kept;
            if whole {
                transform.inverse(&received[of_line(line)..][..kept], &received[of_line(line + 1)..][..kept], pair);
                continue;
            }
            for (line, modes) in (line..).zip(modes.iter_mut()) {
                if line == nz {
                    modes.fill(Complex::default()); // an odd number of lines
                    continue;
                }
                for rank in 0..layout.nkx.parts() {
                    let kx = layout.nkx.range(rank);
                    let from = batch * IN * nz * kx.start + ((b * nz + line) * IN + f) * kx.len();
                    modes[kx.clone()].copy_from_slice(&received[from..][..kx.len()]);
                }
                if let Some(table) = shift.x() {
                    table.displace(0, modes);
                }
            }
            transform.inverse(&modes[0], &modes[1], pair);
        }
    }

    /// The products of the lines `line` and `line + 1` of plane b, from their points at place `pair` into the row's exchange.
    fn modes_of_pair<const IN: usize, const PRODUCTS: usize>(
        &mut self,
        batch: usize,
        b: usize,
        line: usize,
        shift: &Shift<T>,
        pair: usize,
    ) {
        let Self { layout, x: transform, points: buffer, pair: [f, g], .. } = self;
        let (send, points, nz) = (self.row.send_buffer(), transform.points(), layout.slab.z.len());
        let kept = f.len();
        let whole = layout.nkx.parts() == 1 && shift.x().is_none() && line + 1 < nz;
        for p in 0..PRODUCTS {
            let pair = &mut buffer[((IN + p) * GROUP + pair) * points..][..points];
            if whole {
                let [first, second] = parts(&mut send[((b * nz + line) * PRODUCTS + p) * kept..], PRODUCTS * kept, kept);
                transform.forward(pair, first, second);
                continue;
            }
            transform.forward(pair, f, g);
            for (line, modes) in (line..nz).zip([&mut *f, &mut *g]) {
                if let Some(table) = shift.x() {
                    table.restore(0, modes);
                }
                for rank in 0..layout.nkx.parts() {
                    let kx = layout.nkx.range(rank);
                    let to = batch * PRODUCTS * nz * kx.start + ((b * nz + line) * PRODUCTS + p) * kx.len();
                    send[to..][..kx.len()].copy_from_slice(&modes[kx]);
                }
            }
        }
    }

    fn forward_z<const PRODUCTS: usize, const OUT: usize>(
        &mut self,
        batch: Range<usize>,
        shift: &Shift<T>,
        combine: &mut impl FnMut(usize, i64, [&[Complex<T>]; PRODUCTS], [&mut [Complex<T>]; OUT]),
    ) {
        let mut clock = Instant::now();
        let Self { layout, z: transform, tile, phases, .. } = self;
        let (received, send) = (self.row.received(), self.column.send_buffer());
        let (points, nkx, planes) = (transform.points(), layout.kx.len(), layout.slab.y.len());
        let stride = stride(points);
        for (b, plane) in batch.clone().enumerate() {
            for first in (0..nkx).step_by(TILE) {
                let width = TILE.min(nkx - first);
                for (p, lines) in tile.chunks_exact_mut(TILE * stride).take(PRODUCTS).enumerate() {
                    for rank in 0..layout.nz.parts() {
                        let z = layout.nz.range(rank);
                        let block = batch.len() * PRODUCTS * nkx * z.start;
                        for (j, z) in z.clone().enumerate() {
                            let row = &received[block + ((b * layout.nz.len(rank) + j) * PRODUCTS + p) * nkx + first..][..width];
                            lines[z..].iter_mut().step_by(stride).zip(row).for_each(|(to, from)| *to = *from);
                        }
                    }
                    for (c, line) in lines.chunks_exact_mut(stride).take(width).enumerate() {
                        transform.forward(&mut line[..points]);
                        if let Some(table) = shift.z() {
                            for piece in &layout.pieces[first + c] {
                                table.restore(piece.nz, &mut line[point(piece.nz, points)..][..piece.length]);
                            }
                        }
                    }
                }
                lap(&mut clock, &mut phases.transform);
                for c in 0..width {
                    for piece in &layout.pieces[first + c] {
                        let owned = layout.shared_columns.range(piece.rank);
                        let modes = std::array::from_fn(|p| &tile[(p * TILE + c) * stride + point(piece.nz, points)..][..piece.length]);
                        let block = OUT * planes * owned.start + plane * OUT * owned.len() + piece.first;
                        let outputs = parts(&mut send[block..], owned.len(), piece.length);
                        combine(layout.kx.start + first + c, piece.nz, modes, outputs);
                    }
                }
                lap(&mut clock, &mut phases.products);
            }
        }
    }

    /// Between columns and planes; `down` from modes to points.
    fn exchange_column(&mut self, fields: usize, down: bool) {
        let start = Instant::now();
        let (columns, planes) = (&self.counts.columns, &self.counts.planes);
        let (to, from) = if down { (columns, planes) } else { (planes, columns) };
        self.column.exchange(fields, to, from);
        self.phases.exchange += start.elapsed().as_secs_f64();
    }

    /// Between z- and x-lines of some planes; `down` from modes to points.
    fn exchange_row(&mut self, lines: usize, down: bool) {
        let start = Instant::now();
        let (z, x) = (&self.counts.z_lines, &self.counts.x_lines);
        let (to, from) = if down { (z, x) } else { (x, z) };
        self.row.exchange(lines, to, from);
        self.phases.exchange += start.elapsed().as_secs_f64();
    }
}

/// Distance between lines of a tile: one cache line more than the line, lest all of them fall into the same cache sets.
fn stride(points: usize) -> usize {
    points + 4
}

/// Where the label n lies in a line of so many points.
fn point(label: i64, points: usize) -> usize {
    if label < 0 { points - label.unsigned_abs() as usize } else { label as usize }
}

/// Adds the time since the last lap to a phase.
fn lap(clock: &mut Instant, phase: &mut f64) {
    let now = Instant::now();
    *phase += (now - *clock).as_secs_f64();
    *clock = now;
}

/// The first `length` elements of each of the first N pieces of `distance` elements.
fn parts<const N: usize, E>(mut buffer: &mut [E], distance: usize, length: usize) -> [&mut [E]; N] {
    std::array::from_fn(|_| {
        let whole = std::mem::take(&mut buffer);
        let (head, tail) = whole.split_at_mut(distance.min(whole.len()));
        buffer = tail;
        &mut head[..length]
    })
}
