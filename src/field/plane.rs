//! Components of a field on a plane: modes are summed over the normal and transformed in two dimensions.

use super::sum::FixedSums;
use super::{Basis, Component, Expansion, Modes, bounds, components};
use crate::parallel::World;
use crate::transform::{Column, ComplexLines};
use num_complex::Complex;

/// A plane at a place of an axis, with so many points along its own axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    /// 0, 1, 2: x, y, z.
    pub normal: usize,
    pub position: f64,
    /// Points along [`Plane::axes`].
    pub points: [usize; 2],
}

/// Components on a plane.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The places of the points along both axes.
    pub places: [Vec<f64>; 2],
    /// Component by component, the first axis fastest.
    pub values: Vec<Vec<f64>>,
}

impl Plane {
    /// The axis to the right and the axis upwards.
    pub fn axes(&self) -> [usize; 2] {
        [[2, 1], [0, 2], [0, 1]][self.normal]
    }

    /// The places of the points along an axis: a period without its end, or from wall to wall.
    fn places(&self, expansion: &Expansion, which: usize) -> Vec<f64> {
        let (axis, points) = (self.axes()[which], self.points[which]);
        let [first, length] = expansion.extent(axis);
        let parts = if axis == 1 && expansion.basis == Basis::Chebyshev { points - 1 } else { points };
        (0..points).map(|i| first + length * i as f64 / parts as f64).collect()
    }

    /// The components on the plane, on all ranks. Collective.
    ///
    /// None if the field is not finite.
    pub fn evaluate(&self, world: &World, modes: &mut dyn Modes, wanted: &[Component]) -> Option<Sheet> {
        let expansion = modes.expansion();
        let bounds = bounds(world, modes, wanted);
        let places = [0, 1].map(|which| self.places(&expansion, which));
        let count = self.points[0] * self.points[1];
        let mut sums: Vec<FixedSums> =
            bounds.iter().map(|bound| FixedSums::new(count, *bound)).collect::<Option<_>>()?;
        let mut rows = Rows::new(self, &expansion, &places[1]);
        modes.visit_columns(&mut |column, fields| {
            let parts = components(&expansion, column, fields, wanted);
            for (sums, part) in sums.iter_mut().zip(&parts) {
                rows.add(column, part, sums);
            }
        });
        let values = sums.into_iter().map(|sums| {
            let mut modes = sums.totals(world);
            transform(&mut modes, self.points, self.normal == 1);
            modes.into_iter().map(|value| value.re).collect()
        });
        Some(Sheet { values: values.collect(), places })
    }
}

/// Points of a line from its modes, along the first axis of all rows and, `along_both`, along the second axis.
fn transform(values: &mut [Complex<f64>], [right, up]: [usize; 2], along_both: bool) {
    let mut lines = ComplexLines::new(right);
    values.chunks_exact_mut(right).for_each(|line| lines.inverse(line));
    if along_both {
        let (mut lines, mut line) = (ComplexLines::new(up), vec![Complex::default(); up]);
        for i in 0..right {
            line.iter_mut().zip(values[i..].iter().step_by(right)).for_each(|(to, from)| *to = *from);
            lines.inverse(&mut line);
            values[i..].iter_mut().step_by(right).zip(&line).for_each(|(to, from)| *to = *from);
        }
    }
}

/// Columns on their way to the rows of a plane: at its y, or at all y of the points of the plane.
struct Rows<'a> {
    plane: &'a Plane,
    expansion: &'a Expansion,
    /// xi at the position of the plane and at each y of it.
    xi: Vec<[f64; 3]>,
    /// phi_n at these y, and the length of the columns that they are for.
    functions: (usize, Vec<Complex<f64>>),
    /// Transforms in y, where all y of a period are wanted.
    along_y: Option<ComplexLines<f64>>,
    line: Vec<Complex<f64>>,
}

impl<'a> Rows<'a> {
    fn new(plane: &'a Plane, expansion: &'a Expansion, upwards: &[f64]) -> Self {
        let mut place = [0.0; 3];
        place[plane.normal] = plane.position;
        let xi = |y: &f64| expansion.xi([place[0], *y, place[2]]);
        let y = if plane.normal == 1 { &[plane.position][..] } else { upwards };
        let periodic = plane.normal != 1 && expansion.basis == Basis::Fourier;
        Self {
            plane,
            expansion,
            xi: y.iter().map(xi).collect(),
            functions: (0, Vec::new()),
            along_y: periodic.then(|| ComplexLines::new(y.len())),
            line: vec![Complex::default(); y.len()],
        }
    }

    /// Adds a component of a column.
    fn add(&mut self, column: &Column, part: &[Complex<f64>], sums: &mut FixedSums) {
        self.evaluate(column, part);
        let [right, up] = self.plane.points;
        let place = |label: i64, points: usize| label.rem_euclid(points as i64) as usize;
        let (nx, nz) = (place(column.nx as i64, right), column.nz);
        for (row, (value, xi)) in self.line.iter().zip(&self.xi).enumerate() {
            // The plane's own transforms add the places along its axes, but not the normal or the tilt of the box.
            let turn = Complex::from_polar(column.weight(), self.expansion.phase(column, *xi));
            let sum = match self.plane.normal {
                0 => row * right + place(nz, right),
                1 => place(nz, up) * right + nx,
                _ => row * right + nx,
            };
            sums.add(sum, turn * value);
        }
    }

    /// Puts the values at the y of the rows into `line`.
    fn evaluate(&mut self, column: &Column, part: &[Complex<f64>]) {
        if let Some(along_y) = &mut self.along_y {
            self.line.fill(Complex::default());
            let points = self.line.len() as i64;
            for (ny, value) in column.labels().zip(part) {
                self.line[ny.rem_euclid(points) as usize] += value;
            }
            along_y.inverse(&mut self.line);
            return;
        }
        if self.functions.0 != column.len() {
            let y: Vec<f64> = self.xi.iter().map(|xi| xi[1]).collect();
            self.functions = (column.len(), self.expansion.functions(column, &y));
        }
        for (value, functions) in self.line.iter_mut().zip(self.functions.1.chunks_exact(column.len())) {
            *value = part.iter().zip(functions).map(|(c, phi)| c * phi).sum();
        }
    }
}
