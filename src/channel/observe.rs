//! Observed quantities of a state: the series, and fields at points. All sums over lines are exact,
//! so that they are the same to the bit on any number of ranks.

use super::Channel;
use super::kinematics::{Kinematics, OnPlanes, Pencils};
use super::profiles::unpack;
use super::statistics::Means;
use crate::chebyshev::{bulk, wall_slopes};
use crate::field::SeeColumn;
use crate::flow::SeeBox;
use crate::parallel::ExactSum;
use crate::point_boxes::PointBoxes;
use crate::transform::Real;
use num_complex::Complex;
use std::f64::consts::TAU;

impl<T: Real> Channel<T> {
    /// Samples of the series. Energy and dissipation `nu <|omega|^2>` per unit mass are those of mean
    /// flow and fluctuations, in the laboratory frame; so are the bulk velocities. re_bulk uses the
    /// bulk velocity relative to the mean of the walls. Collective.
    pub(super) fn series(&mut self) -> Vec<(String, f64)> {
        let viscosity = self.parameters.viscosity;
        let energy =
            0.5 * self.mean_square(|kinematics, pencils| kinematics.velocity_to_planes(pencils, 0, 0.0));
        let enstrophy = self.mean_square(|kinematics, pencils| kinematics.vorticity_to_planes(pencils))
            + self.mean_enstrophy();
        let dissipation = viscosity * enstrophy;
        // The other ranks have empty profiles.
        let mean = self.mean_column().unwrap_or_default();
        let [u, w]: [Vec<f64>; 2] =
            [0, 1].map(|f: usize| self.state[f][mean.clone()].iter().map(|u| unpack(*u)).collect());
        let [lower, upper] = wall_slopes(&u);
        let own = [bulk(u), bulk(w), viscosity * lower, viscosity * upper, self.gradient];
        let sums = own.map(|value| {
            let mut sum = ExactSum::default();
            sum.add(value);
            sum
        });
        let [bulk_velocity, bulk_spanwise, lower, upper, gradient] = ExactSum::total_of(sums, &self.world);
        let relative = bulk_velocity - self.parameters.walls.mean_velocity();
        let friction_velocity = (0.5 * (lower.abs() + upper.abs())).sqrt();
        let named = [
            ("energy", energy),
            ("dissipation", dissipation),
            ("bulk_velocity", bulk_velocity),
            ("bulk_velocity_z", bulk_spanwise),
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

    /// The volume mean of the sum of the squares of the fields that are put on the planes.
    /// Collective.
    fn mean_square(
        &mut self,
        to_planes: impl for<'p> FnOnce(Kinematics<'_, T>, &'p mut Pencils<T>) -> OnPlanes<'p, T>,
    ) -> f64 {
        let Self {
            world,
            parameters,
            pencils,
            operators,
            grid,
            wavenumbers,
            walls,
            state,
            velocity,
            clock,
            ..
        } = self;
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let mut total = ExactSum::default();
        to_planes(kinematics, pencils).visit(
            |_| 0.0,
            |y, _, lines| {
                let square: f64 = lines.iter().map(|u| u.wide() * u.wide()).sum();
                total.add(grid.weights[y] * square);
            },
        );
        let [nx, _, nz] = parameters.grid;
        total.total(world) / (nx * nz) as f64
    }

    /// Shows `see` the columns of u, v, w and the scalars, in the laboratory.
    pub(super) fn velocity_by_columns(&mut self, see: SeeColumn<'_>) {
        let Self { parameters, pencils, operators, wavenumbers, walls, state, velocity, clock, .. } = self;
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let travelled = parameters.frame_velocity * clock.time;
        let size = parameters.size[0];
        kinematics.visit_columns(&pencils.layout, |column, fields| {
            let turn = Complex::cis(-TAU * column.nx as f64 * (travelled / size));
            let in_laboratory = |c: &Complex<T>| turn * Complex::new(c.re.wide(), c.im.wide());
            let wide = |field: &Vec<Complex<T>>| field.iter().map(in_laboratory).collect();
            see(column, &fields.iter().map(wide).collect::<Vec<_>>());
        });
    }

    /// Shows `see` field u, v, w or a scalar at the points of this rank, in the laboratory, y ascending, in
    /// boxes of `planes` planes. Collective.
    pub(super) fn at_points(&mut self, field: usize, planes: usize, see: SeeBox<'_>) {
        let Self { parameters, pencils, operators, wavenumbers, walls, state, velocity, clock, .. } = self;
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let travelled = parameters.frame_velocity * clock.time;
        let [nx, ny, _] = parameters.grid;
        let mut boxes = PointBoxes::new(pencils.layout.slab.clone(), Some(ny), planes, see);
        kinematics.velocity_to_planes(pencils, parameters.scalars.len(), 0.0).visit(
            |_| -travelled / parameters.size[0],
            |y, z, lines| boxes.add(y, z, &lines[field * nx..][..nx]),
        );
    }
}
