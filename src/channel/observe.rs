//! What is observed of a state: the series, and fields at points. All sums over lines are exact, so
//! that they are the same to the bit on any number of ranks.

use super::Channel;
use super::line::{copy_in, copy_in_one, copy_out};
use super::profiles::unpack;
use super::statistics::Means;
use crate::parallel::ExactSum;
use crate::transform::{NEIGHBOURS, Real, Reals};
use num_complex::Complex;

impl<T: Real> Channel<T> {
    /// Samples of the series. Energy and dissipation `nu <|omega|^2>` are those of mean flow and
    /// fluctuations a unit mass, in the laboratory; so are the bulk velocities. re_bulk is that of
    /// the bulk velocity relative to the mean of the walls. Collective.
    pub(super) fn series(&mut self) -> Vec<(String, f64)> {
        let viscosity = self.parameters.viscosity;
        self.velocity_to_planes(0, self.clock.time, 0.0);
        let energy = 0.5 * self.mean_square();
        self.vorticity_to_planes();
        let dissipation = viscosity * (self.mean_square() + self.mean_enstrophy());
        let mean = self.mean_column();
        let [u, w] = [0, 1].map(|f: usize| {
            mean.clone().map(|range| self.state[f][range].iter().map(|u| unpack(*u)).collect::<Vec<_>>())
        });
        let bulk = |profile: &Option<Vec<f64>>| profile.as_ref().map_or(0.0, |u| super::grid::bulk(u));
        // Half the difference and half the sum of U'(1) and U'(-1).
        let slopes =
            |profile: &Option<Vec<f64>>| profile.as_ref().map_or([0.0; 2], |u| super::grid::slopes(u));
        let [difference, sum] = slopes(&u);
        let own = [
            bulk(&u),
            bulk(&w),
            viscosity * (sum - difference),
            viscosity * (sum + difference),
            self.gradient,
        ];
        let sums = own.map(|value| {
            let mut sum = ExactSum::default();
            sum.add(value);
            sum
        });
        let [bulk_velocity, bulk_across, lower, upper, gradient] = ExactSum::total_of(sums, &self.world);
        let relative = bulk_velocity - self.parameters.walls.mean_velocity();
        let friction_velocity = (0.5 * (lower.abs() + upper.abs())).sqrt();
        let named = [
            ("energy", energy),
            ("dissipation", dissipation),
            ("bulk_velocity", bulk_velocity),
            ("bulk_velocity_z", bulk_across),
            ("pressure_gradient", gradient),
            ("wall_shear_lower", lower),
            ("wall_shear_upper", upper),
            ("friction_velocity", friction_velocity),
            ("re_tau", friction_velocity / viscosity),
            ("re_bulk", relative / viscosity),
        ];
        named.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// `1/2 int (dU/dy)^2 + (dW/dy)^2 dy`. Collective.
    fn mean_enstrophy(&self) -> f64 {
        let Means { u, w, .. } = self.means();
        let squares = u.slope.iter().zip(&w.slope).map(|(du, dw)| du * du + dw * dw);
        squares.zip(&self.grid.weights).map(|(square, weight)| weight * square).sum()
    }

    /// The volume mean of the sum of the squares of the three fields that are on the planes. Collective.
    fn mean_square(&mut self) -> f64 {
        let Self { pencils, grid, parameters, world, .. } = self;
        let [nx, _, nz] = parameters.grid;
        let mut total = ExactSum::default();
        pencils.visit(
            3,
            |_| 0.0,
            |y, _, lines| {
                let square: f64 = lines.iter().map(|u| u.wide() * u.wide()).sum();
                total.add(grid.weights[y] * square);
            },
        );
        total.total(world) / (nx * nz) as f64
    }

    /// The vorticity of the fluctuations `(dw/dy - i k_z v, eta, i k_x v - du/dy)` to z-lines.
    pub(super) fn vorticity_to_planes(&mut self) {
        let Self { pencils, operators, wavenumbers, walls, state, velocity, clock, .. } = self;
        let [mut line, mut derivative] = [operators.line(), operators.line()];
        let kept = operators.kept;
        let mut of_column: [_; 3] = std::array::from_fn(|_| vec![Complex::default(); kept]);
        pencils.inverse(3, |columns, range, mut lines| {
            let [phi, eta] = [0, 1].map(|f: usize| &state[f][range.clone()]);
            velocity.solve(
                operators,
                wavenumbers.of_columns(columns),
                [phi, eta],
                walls.through(columns, clock.time),
            );
            for (c, column) in columns.iter().enumerate() {
                // u, v, w where the vorticity will be.
                let [x, y, z] = of_column.each_mut().map(|line| &mut line[..]);
                let own = c * kept..(c + 1) * kept;
                if column.is_mean() {
                    [&mut *x, &mut *y, &mut *z].into_iter().for_each(|line| line.fill(Complex::default()));
                } else {
                    velocity.copy_out(c, [&mut *x, &mut *y, &mut *z]);
                }
                for f in [&mut *x, &mut *z] {
                    copy_in([&*f; NEIGHBOURS], &mut line);
                    operators.differentiate(&line, &mut derivative);
                    copy_out(&derivative, 0, f);
                }
                let [kx, kz] = wavenumbers.of(column);
                for ((x, z), y) in x.iter_mut().zip(z.iter_mut()).zip(y.iter()) {
                    let i_v = Complex::new(-y.im, y.re);
                    (*x, *z) = (*z - i_v.scale(kz), i_v.scale(kx) - *x);
                }
                y.fill(Complex::default());
                if !column.is_mean() {
                    y.copy_from_slice(&eta[own]);
                }
                of_column.iter().enumerate().for_each(|(f, made)| copy_in_one(made, c, lines.of(f)));
            }
        });
    }

    /// Field u, v, w or a scalar at the points of this rank, in the laboratory, y ascending. Collective.
    pub(super) fn at_points(&mut self, field: usize) -> Reals {
        let time = self.clock.time;
        let travelled = self.parameters.frame_velocity * time;
        self.velocity_to_planes(self.parameters.scalars.len(), time, 0.0);
        let Self { pencils, parameters, state, .. } = self;
        let slab = pencils.layout.slab.clone();
        let [nx, ..] = parameters.grid;
        let mut block = vec![T::zero(); slab.y.len() * slab.z.len() * nx];
        pencils.visit(
            1 + state.len(),
            |_| -travelled / parameters.size[0],
            |y, z, lines| {
                let at = ((z - slab.z.start) * slab.y.len() + slab.y.end - 1 - y) * nx;
                block[at..at + nx].copy_from_slice(&lines[field * nx..][..nx]);
            },
        );
        T::reals(block)
    }
}
