//! Visits of planes that leave them as they are: of their points, and of their modes in x and z.

use super::{Planes, Side, stride_of};
use crate::parallel::Blocks;
use crate::transform::layout::Layout;
use crate::transform::{Pieces, Real};
use bytemuck::cast_slice;
use num_complex::Complex;
use std::f64::consts::TAU;
use std::ops::Range;

impl<T: Real> Planes<T> {
    /// Visits the points of the x-lines of some planes: `visit(y, z, lines)`, `lines` being what
    /// one field after the other has there. The points of plane y lie `displacement(y)` lengths of
    /// the box further on in x.
    pub fn visit(
        &mut self,
        layout: &Layout,
        batch: Range<usize>,
        displacement: &impl Fn(usize) -> f64,
        lines: &mut [T],
        visit: &mut impl FnMut(usize, usize, &[T]),
    ) {
        let slab = &layout.slab;
        let (stride, points) = (stride_of::<T>(layout, Side::X), self.x.points());
        let fields = lines.len() / points;
        for (b, plane) in batch.clone().enumerate() {
            self.receive(layout, Side::X, fields, batch.len(), b);
            let turns = displacement(slab.y.start + plane);
            for (i, line) in self
                .lines
                .chunks_exact_mut(stride)
                .take(fields * self.nkx)
                .enumerate()
                .filter(|_| turns != 0.0)
            {
                let (sin, cos) = (TAU * turns * (i % self.nkx) as f64).sin_cos();
                let factor = Complex::new(T::of(cos), T::of(sin));
                line.iter_mut().for_each(|mode| *mode *= factor);
            }
            self.clear_behind(layout, fields);
            for first in slab.z.clone().step_by(T::ABREAST) {
                self.points_of_group(layout, fields, first - slab.z.start);
                let values: &[T] = cast_slice(&self.points);
                for z in first..slab.z.end.min(first + T::ABREAST) {
                    for (line, group) in
                        lines.chunks_exact_mut(points).zip(values.chunks_exact(T::ABREAST * points))
                    {
                        line.iter_mut()
                            .enumerate()
                            .for_each(|(x, value)| *value = group[self.x.place(z - first, x)]);
                    }
                    visit(slab.y.start + plane, z, lines);
                }
            }
        }
    }

    /// Visits the modes of the z-lines of some planes: `visit(y, n_x, lines)`, n_z in the order of
    /// [`ComplexLines`], also those of n_x = 0 that are the conjugates of others.
    pub fn visit_modes(
        &mut self,
        layout: &Layout,
        batch: Range<usize>,
        fields: usize,
        received: Blocks<'_, T>,
        visit: &mut impl FnMut(usize, usize, Pieces<'_, T>),
    ) {
        let (stride, nkx) = (stride_of::<T>(layout, Side::Z), layout.kx.len());
        for plane in batch {
            self.gather_z_lines::<false>(layout, plane, fields, received);
            for (i, nx) in layout.kx.clone().enumerate() {
                visit(
                    layout.slab.y.start + plane,
                    nx,
                    Pieces::new(&self.lines[i * stride..], nkx * stride, self.z.points()),
                );
            }
        }
    }

    /// Visits the modes of some planes after an exchange in the row: `visit(y, n_x, lines)` for
    /// every n_x; a line has the modes of n_z and of -n_z side by side, n_z being those of
    /// [`Layout::visited`].
    pub fn visit_pairs(
        &mut self,
        layout: &Layout,
        batch: Range<usize>,
        fields: usize,
        received: Blocks<'_, T>,
        visit: &mut impl FnMut(usize, usize, Pieces<'_, T>),
    ) {
        for (b, plane) in batch.clone().enumerate() {
            self.gather_z_lines::<false>(layout, plane, fields, received);
            self.pair_up(layout, fields);
            self.send(layout, Side::Z, fields, batch.len(), b);
        }
        self.row.exchange(fields * batch.len(), &self.z_counts, &self.x_counts);
        let stride = stride_of::<T>(layout, Side::X);
        for (b, plane) in batch.clone().enumerate() {
            self.receive(layout, Side::X, fields, batch.len(), b);
            for nx in 0..self.nkx {
                let lines = Pieces::new(&self.lines[nx * stride..], self.nkx * stride, layout.slab.z.len());
                visit(layout.slab.y.start + plane, nx, lines);
            }
        }
    }

    /// Puts the modes of z-lines into the order n_z = 0, none, 1, -1, 2, -2, .., so that the pairs
    /// of a rank's share of z are pairs of modes.
    fn pair_up(&mut self, layout: &Layout, fields: usize) {
        let (points, largest) = (self.z.points(), layout.truncation.nz_max(0));
        let mut modes = vec![Complex::default(); points];
        for line in
            self.lines.chunks_exact_mut(stride_of::<T>(layout, Side::Z)).take(fields * layout.kx.len())
        {
            modes.copy_from_slice(&line[..points]);
            line[..points].fill(Complex::default());
            line[0] = modes[0];
            for n in 1..=largest {
                line[2 * n] = modes[n];
                line[2 * n + 1] = modes[points - n];
            }
        }
    }
}
