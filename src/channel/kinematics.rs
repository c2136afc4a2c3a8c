//! From the state to the planes: the velocity, and fields derived from its fluctuations.

use super::line::{COEFFICIENT, Operators, copy_in, copy_in_one, copy_out, side_by_side};
use super::profiles::copy_profile;
use super::velocity::Velocity;
use super::walls::WallMotion;
use super::wavenumbers::Wavenumbers;
use crate::transform::{self, ChebyshevColumns, Column, NEIGHBOURS, Real, SpectralField, fetch};
use num_complex::Complex;
use std::ops::Range;

/// The transform of a channel, and the fields that it has on the planes.
pub type Pencils<T> = transform::Pencils<T, ChebyshevColumns<T>>;
pub type OnPlanes<'a, T> = transform::OnPlanes<'a, T, ChebyshevColumns<T>>;

/// Chebyshev coefficients of a column.
type Line<T> = [Complex<T>];

/// A state at a time, and the solver for its velocity.
pub struct Kinematics<'a, T> {
    pub operators: &'a Operators<T>,
    pub wavenumbers: &'a Wavenumbers<T>,
    pub walls: &'a WallMotion,
    /// phi, eta and the scalars.
    pub state: &'a [SpectralField<T>],
    pub velocity: &'a mut Velocity<T>,
    pub time: f64,
}

impl<T: Real> Kinematics<'_, T> {
    /// Transforms u, v, w and the first few scalars to the planes, as they are seen from a frame
    /// of this velocity.
    pub fn velocity_to_planes<'p>(
        mut self,
        pencils: &'p mut Pencils<T>,
        scalars: usize,
        frame_velocity: f64,
    ) -> OnPlanes<'p, T> {
        let kept = self.operators.kept;
        pencils.inverse(3 + scalars, |columns, range, mut lines| {
            let next = following(&range, self.state[0].len());
            self.state[..2].iter().for_each(|field| fetch(&field[next.clone()]));
            self.solve(columns, &range);
            let [u, v, w] = lines.all();
            self.velocity.put(self.operators, [&mut *u, &mut *v, &mut *w]);
            if columns[0].is_mean() {
                // There phi and eta are the profiles U and W.
                let [phi, eta] = [0, 1].map(|f: usize| &self.state[f][range.start..range.start + kept]);
                copy_profile(phi, frame_velocity, u);
                copy_profile(eta, 0.0, w);
                v.chunks_exact_mut(COEFFICIENT).for_each(|numbers| numbers[..2].fill(T::zero()));
            }
            for (s, scalar) in self.state[2..2 + scalars].iter().enumerate() {
                copy_in(side_by_side(&scalar[range.clone()], kept), lines.of(3 + s));
                if columns[0].is_mean() {
                    copy_profile(&scalar[range.start..range.start + kept], 0.0, lines.of(3 + s));
                }
            }
        })
    }

    /// Transforms `number` fields to the planes that `fill(column, range, velocity, fields)` makes of u,
    /// v and w, without the mean velocity, column by column; `range` is where the column lies in a
    /// [`SpectralField`].
    pub fn fluctuations_to_planes<'p>(
        mut self,
        pencils: &'p mut Pencils<T>,
        number: usize,
        mut fill: impl FnMut(&Column, Range<usize>, [&Line<T>; 3], &mut [Vec<Complex<T>>]),
    ) -> OnPlanes<'p, T> {
        let kept = self.operators.kept;
        let line = || vec![Complex::default(); kept];
        let mut uvw: [_; 3] = std::array::from_fn(|_| line());
        let mut fields = vec![line(); number];
        pencils.inverse(number, |columns, range, mut lines| {
            self.solve(columns, &range);
            for (c, column) in columns.iter().enumerate() {
                let uvw_mut = uvw.each_mut().map(|line| &mut line[..]);
                if column.is_mean() {
                    uvw_mut.into_iter().for_each(|line| line.fill(Complex::default()));
                } else {
                    self.velocity.copy_out(c, uvw_mut);
                }
                let own = range.start + c * kept..range.start + (c + 1) * kept;
                fill(column, own, uvw.each_ref().map(|line| &line[..]), &mut fields);
                fields.iter().enumerate().for_each(|(f, field)| copy_in_one(field, c, lines.of(f)));
            }
        })
    }

    /// Transforms the vorticity of the fluctuations, `(dw/dy - i k_z v, eta, i k_x v - du/dy)`, to
    /// the planes.
    pub fn vorticity_to_planes<'p>(self, pencils: &'p mut Pencils<T>) -> OnPlanes<'p, T> {
        let Self { operators, wavenumbers, state, .. } = self;
        let mut slope = Slope::new(operators);
        self.fluctuations_to_planes(pencils, 3, |column, range, [u, v, w], fields| {
            let [x, y, z] = fields else { unreachable!("these are three fields") };
            // du/dy and dw/dy where the vorticity will be.
            slope.of(u, x);
            slope.of(w, z);
            let [kx, kz] = wavenumbers.of(column);
            for ((x, z), v) in x.iter_mut().zip(z.iter_mut()).zip(v) {
                let i_v = Complex::new(-v.im, v.re);
                (*x, *z) = (*z - i_v.scale(kz), i_v.scale(kx) - *x);
            }
            if column.is_mean() {
                y.fill(Complex::default());
            } else {
                y.copy_from_slice(&state[1][range]);
            }
        })
    }

    /// Solves for the velocity of neighbouring columns, `range` of the fields.
    fn solve(&mut self, columns: &[Column], range: &Range<usize>) {
        let Self { operators, wavenumbers, walls, state, velocity, time } = self;
        let [phi, eta] = [0, 1].map(|f: usize| &state[f][range.clone()]);
        velocity.solve(operators, wavenumbers.of_columns(columns), [phi, eta], walls.through(columns, *time));
    }
}

/// Derivatives of columns along y, one at a time.
pub struct Slope<'a, T> {
    operators: &'a Operators<T>,
    line: Vec<T>,
    derivative: Vec<T>,
}

impl<'a, T: Real> Slope<'a, T> {
    pub fn new(operators: &'a Operators<T>) -> Self {
        Self { operators, line: operators.line(), derivative: operators.line() }
    }

    /// The derivative of a column.
    pub fn of(&mut self, column: &Line<T>, to: &mut Line<T>) {
        copy_in([column; NEIGHBOURS], &mut self.line);
        self.operators.differentiate(&self.line, &mut self.derivative);
        copy_out(&self.derivative, 0, to);
    }
}

/// The range of as many numbers that comes next, in an array of this length.
pub fn following(range: &Range<usize>, length: usize) -> Range<usize> {
    range.end..length.min(range.end + range.len())
}
