//! Planes at one y: z-lines to x-lines, products, and back. A plane stays in cache from one end to
//! the other.
//!
//! Both kinds of lines lie in memory as z-lines, `[field][n_x][z]`: all z of the n_x of this rank,
//! or the z of this rank of all n_x. The transform in x takes its modes across them,
//! [`Real::ABREAST`] neighbouring z at a time. Nothing is transposed, and a row of one rank does
//! both on the same lines.

mod visits;

use super::layout::{Layout, Piece};
use super::lines::{Aligned, aligned};
use super::phase_times::{PhaseTimes, lap};
use super::{ComplexLines, Pieces, PiecesMut, Portion, Products, Real, RealLines, Room, fetch};
use crate::error::Result;
use crate::parallel::{Blocks, BlocksMut, Exchange, Method, Traffic, World};
use bytemuck::cast_slice_mut;
use num_complex::Complex;
use std::ops::Range;
use std::time::Instant;

/// Distance to the z-line whose modes are brought near while one is transformed.
const AHEAD: usize = 2;

/// Plans and buffers of the planes of this rank.
pub(super) struct Planes<T> {
    x: RealLines<T>,
    z: ComplexLines<T>,
    row: Exchange<T>,
    /// Complex numbers per field and plane that go to each rank of the row, as z- and as x-lines.
    z_counts: Vec<usize>,
    x_counts: Vec<usize>,
    /// Planes that go through the row's exchange together.
    batch: usize,
    /// The factor that makes the transforms there and back the identity.
    factor: T,
    /// All n_x, and the largest |n_z| of each n_x of this rank.
    nkx: usize,
    nz_max: Vec<usize>,
    lines: Aligned<T>,
    /// The points of a group of x-lines, field after field: little enough to stay in the nearest
    /// caches.
    points: Aligned<T>,
}

/// The order of z-lines in `lines` and in the messages of the row.
#[derive(Clone, Copy)]
enum Side {
    /// All z of the n_x of this rank.
    Z,
    /// The z of this rank of all n_x.
    X,
}

impl<T: Real> Planes<T> {
    /// `y_there_and_back` is what the transforms in y, there and back, multiply by.
    pub fn new(
        layout: &Layout,
        y_there_and_back: f64,
        row: World,
        method: Method,
        room: Room,
    ) -> Result<Self> {
        let [nx, _, nz] = layout.truncation.grid;
        let [lines, points] = room_of::<T>(layout);
        let (z_counts, x_counts) = layout.row_counts();
        Ok(Self {
            x: RealLines::new(nx),
            z: ComplexLines::new(nz),
            row: Exchange::new(row, method, layout.row_times(room), [&z_counts, &x_counts])?,
            z_counts,
            x_counts,
            batch: layout.batch(),
            factor: T::of(1.0 / (nx as f64 * y_there_and_back * nz as f64)),
            nkx: layout.truncation.nx_max() + 1,
            nz_max: layout.kx.clone().map(|nx| layout.truncation.nz_max(nx)).collect(),
            lines: aligned(room.lines * lines),
            points: aligned(room.lines * points),
        })
    }

    /// Bytes of the lines and points of a rank with this portion.
    pub fn memory(portion: &Portion, room: Room) -> usize {
        room.lines * room_of::<T>(portion).iter().sum::<usize>() * size_of::<Complex<T>>()
    }

    pub fn batch(&self) -> usize {
        self.batch
    }

    pub fn traffic(&self) -> Traffic {
        self.row.traffic()
    }

    /// The ranks of the row, which have the same planes.
    pub fn row(&self) -> &World {
        self.row.group()
    }

    /// Transforms what has come of the columns, `received`, to the modes of the x-lines of some
    /// planes.
    pub fn inverse(
        &mut self,
        layout: &Layout,
        batch: Range<usize>,
        fields: usize,
        received: Blocks<'_, T>,
        phases: &mut PhaseTimes,
    ) {
        let mut clock = Instant::now();
        for (b, plane) in batch.clone().enumerate() {
            self.modes_to_z_lines(layout, plane, fields, received);
            self.send(layout, Side::Z, fields, batch.len(), b);
        }
        lap(&mut clock, &mut phases.transform);
        self.row.exchange(fields * batch.len(), &self.z_counts, &self.x_counts);
        lap(&mut clock, &mut phases.exchange);
    }

    /// Multiplies the x-lines of some planes at their points: see [`super::OnPlanes::products`].
    pub fn multiply(
        &mut self,
        layout: &Layout,
        batch: Range<usize>,
        fields: usize,
        products: Products,
        phases: &mut PhaseTimes,
        multiply: &mut impl FnMut(usize, &mut [T], usize),
    ) {
        let at_points = products.at_points;
        let (group, modes) = (self.x.points() * T::ABREAST, self.nkx);
        let stride = stride_of::<T>(layout, Side::X);
        let mut clock = Instant::now();
        for (b, plane) in batch.clone().enumerate() {
            self.receive(layout, Side::X, fields, batch.len(), b);
            self.clear_behind(layout, fields);
            for z in (0..layout.slab.z.len()).step_by(T::ABREAST) {
                self.points_of_group(layout, fields, z);
                lap(&mut clock, &mut phases.transform);
                let points: &mut [T] = cast_slice_mut(&mut self.points);
                multiply(layout.slab.y.start + plane, &mut points[..at_points * group], group);
                lap(&mut clock, &mut phases.products);
                for (group, lines) in
                    points.chunks_exact_mut(group).zip(self.lines.chunks_mut(modes * stride)).take(at_points)
                {
                    self.x.forward(group, self.factor, modes, &mut lines[z..], stride);
                }
            }
            self.send(layout, Side::X, at_points, batch.len(), b);
        }
        lap(&mut clock, &mut phases.transform);
        self.row.exchange(at_points * batch.len(), &self.x_counts, &self.z_counts);
        lap(&mut clock, &mut phases.exchange);
    }

    /// Transforms the modes of the x-lines of some planes to what goes to the columns, `send`.
    pub fn forward(
        &mut self,
        layout: &Layout,
        batch: Range<usize>,
        products: Products,
        send: &mut BlocksMut<'_, T>,
        phases: &mut PhaseTimes,
        combine: &mut impl FnMut(usize, i64, Pieces<'_, T>, PiecesMut<'_, T>),
    ) {
        let Products { at_points, outputs } = products;
        let (points, nkx, planes) = (self.z.points(), layout.kx.len(), layout.slab.y.len());
        let stride = stride_of::<T>(layout, Side::Z);
        let mut clock = Instant::now();
        for (b, plane) in batch.clone().enumerate() {
            self.receive(layout, Side::Z, at_points, batch.len(), b);
            for line in self.lines.chunks_exact_mut(stride).take(at_points * nkx) {
                self.z.forward(&mut line[..points]);
            }
            lap(&mut clock, &mut phases.transform);
            for (i, pieces) in layout.pieces.iter().enumerate() {
                for piece in pieces {
                    let owned = layout.shared_columns.range(piece.rank);
                    let modes = Pieces::new(
                        &self.lines[i * stride + point(piece.nz, points)..],
                        nkx * stride,
                        piece.length,
                    );
                    let block = outputs * planes * owned.start + plane * outputs * owned.len() + piece.first;
                    combine(
                        layout.kx.start + i,
                        piece.nz,
                        modes,
                        PiecesMut::new(send.at(block), owned.len(), piece.length),
                    );
                }
            }
            lap(&mut clock, &mut phases.products);
        }
    }

    fn modes_to_z_lines(&mut self, layout: &Layout, plane: usize, fields: usize, received: Blocks<'_, T>) {
        self.gather_z_lines::<true>(layout, plane, fields, received);
    }

    /// The z-lines of a plane from the pieces that the columns sent: their modes, padded, or the
    /// points of these.
    fn gather_z_lines<const TRANSFORM: bool>(
        &mut self,
        layout: &Layout,
        plane: usize,
        fields: usize,
        received: Blocks<'_, T>,
    ) {
        let (points, planes, nkx) = (self.z.points(), layout.slab.y.len(), layout.kx.len());
        let piece_of = |f: usize, piece: &Piece| {
            let owned = layout.shared_columns.range(piece.rank);
            let from = fields * planes * owned.start + (plane * fields + f) * owned.len() + piece.first;
            &received.at(from)[..piece.length]
        };
        let lines = self.lines.chunks_exact_mut(stride_of::<T>(layout, Side::Z)).take(fields * nkx);
        for (l, line) in lines.enumerate() {
            let (f, i) = (l / nkx, l % nkx);
            let (line, kept) = (&mut line[..points], self.nz_max[i]);
            line[kept + 1..points - kept].fill(Complex::default());
            for piece in &layout.pieces[i] {
                line[point(piece.nz, points)..][..piece.length].copy_from_slice(piece_of(f, piece));
            }
            if layout.kx.start + i == 0 {
                // n_x = 0: at a given y the modes of -n_z are the conjugates of those of n_z, which
                // are stored.
                for n in 1..=kept {
                    line[points - n] = line[n].conj();
                }
            }
            let ahead = l + AHEAD;
            if ahead < fields * nkx {
                layout.pieces[ahead % nkx].iter().for_each(|piece| fetch(piece_of(ahead / nkx, piece)));
            }
            if TRANSFORM {
                self.z.inverse(line);
            }
        }
    }

    /// The x-lines from z on of each field, a group of them, to their points.
    fn points_of_group(&mut self, layout: &Layout, fields: usize, z: usize) {
        let (group, modes, stride) =
            (self.x.points() * T::ABREAST, self.nkx, stride_of::<T>(layout, Side::X));
        let points: &mut [T] = cast_slice_mut(&mut self.points);
        for (group, lines) in
            points.chunks_exact_mut(group).zip(self.lines.chunks(modes * stride)).take(fields)
        {
            self.x.inverse(modes, &lines[z..], stride, group);
        }
    }

    /// The last group of x-lines is filled up with lines of zeros.
    fn clear_behind(&mut self, layout: &Layout, fields: usize) {
        let z = layout.slab.z.len();
        let lines = self.lines.chunks_exact_mut(stride_of::<T>(layout, Side::X)).take(fields * self.nkx);
        lines.for_each(|line| line[z..z.next_multiple_of(T::ABREAST)].fill(Complex::default()));
    }

    fn counts(&self, side: Side) -> &[usize] {
        match side {
            Side::Z => &self.z_counts,
            Side::X => &self.x_counts,
        }
    }

    /// The lines of plane b of a batch into the messages of the row.
    fn send(&mut self, layout: &Layout, side: Side, fields: usize, batch: usize, b: usize) {
        if layout.nz.parts() > 1 {
            let counts = match side {
                Side::Z => &self.z_counts,
                Side::X => &self.x_counts,
            };
            let mut send = self.row.to_send(fields * batch, counts);
            for (line, message, length) in segments::<T>(layout, side, fields, batch, b) {
                send.at(message)[..length].copy_from_slice(&self.lines[line..][..length]);
            }
        }
    }

    /// The lines of plane b of a batch from the messages of the row.
    fn receive(&mut self, layout: &Layout, side: Side, fields: usize, batch: usize, b: usize) {
        if layout.nz.parts() > 1 {
            let received = self.row.received(fields * batch, self.counts(side));
            for (line, message, length) in segments::<T>(layout, side, fields, batch, b) {
                self.lines[line..][..length].copy_from_slice(&received.at(message)[..length]);
            }
        }
    }
}

/// Complex numbers per field, of the lines of a plane and of the points of a group of x-lines.
fn room_of<T: Real>(portion: &Portion) -> [usize; 2] {
    let [z, x] = [Side::Z, Side::X].map(|side| lines_of(portion, side) * stride_of::<T>(portion, side));
    [z.max(x), portion.truncation.grid[0] * T::ABREAST / 2]
}

/// z-lines of one field on a side.
fn lines_of(portion: &Portion, side: Side) -> usize {
    match side {
        Side::Z => portion.kx.len(),
        Side::X => portion.truncation.nx_max() + 1,
    }
}

/// Distance between z-lines on a side: they have room for whole groups of x-lines.
fn stride_of<T: Real>(portion: &Portion, side: Side) -> usize {
    let points = match side {
        Side::Z => portion.truncation.grid[2],
        Side::X => portion.slab.z.len(),
    };
    stride::<T>(points.next_multiple_of(T::ABREAST))
}

/// The pieces of the z-lines of plane b of a batch: where each lies in `lines` and in the messages
/// of the row, and its length. A message holds
/// `[plane of the batch][field][n_x of the one rank][z of the other]`.
fn segments<T: Real>(
    layout: &Layout,
    side: Side,
    fields: usize,
    batch: usize,
    b: usize,
) -> impl Iterator<Item = (usize, usize, usize)> {
    let (lines, stride) = (lines_of(layout, side), stride_of::<T>(layout, side));
    let fields = b * fields..(b + 1) * fields;
    let rank_pieces = move |f: usize, rank: usize| {
        // The n_x and z that this message carries: which lines here, from which point on, how many.
        let (kx, z) = match side {
            Side::Z => (0..layout.kx.len(), layout.nz.range(rank)),
            Side::X => (layout.nkx.range(rank), 0..layout.slab.z.len()),
        };
        let before = match side {
            Side::Z => z.start * kx.len(),
            Side::X => kx.start * z.len(),
        };
        (kx, z, before, f)
    };
    let first = fields.start;
    let total = batch * fields.len();
    fields.flat_map(move |f| (0..layout.nz.parts()).map(move |rank| rank_pieces(f, rank))).flat_map(
        move |(kx, z, before, f)| {
            let nkx = kx.len();
            kx.enumerate().map(move |(i, n)| {
                (
                    ((f - first) * lines + n) * stride + z.start,
                    total * before + (f * nkx + i) * z.len(),
                    z.len(),
                )
            })
        },
    )
}

/// Distance between lines: an odd number of cache lines, lest all of them fall into the same cache
/// sets.
pub(super) fn stride<T>(points: usize) -> usize {
    let in_cache_line = 64 / size_of::<Complex<T>>();
    in_cache_line * ((points / in_cache_line + 1) | 1)
}

/// The place of the label n in a line of `points` points.
fn point(label: i64, points: usize) -> usize {
    if label < 0 { points - label.unsigned_abs() as usize } else { label as usize }
}
