//! The pressure of a state, for the statistics: `p = p* - v^2`, with the sources R and S of
//! [`super::super::right_hand_side`], formed without `v^2`,
//!
//! ```text
//!     (D^2 - k^2) p* = -R - 2 D S + 2 Omega omega_z,    omega_z = i k_x v - D u
//!     D p* = nu phi - i (k_x U_w + k_z W_w) v_w at the walls
//! ```
//!
//! The first line is the divergence of the momentum equation, the second is its component along y,
//!
//! ```text
//!     dv/dt + d(u v)/dx + d(v v)/dy + d(w v)/dz = -dp/dy + nu lap v - 2 Omega u,
//! ```
//!
//! at a wall in the laboratory, with `dp*/dy = dp/dy + d(v v)/dy`. There u = U_w and w = W_w(t) are
//! the same all over the wall, and `nu lap v = nu phi`; `dv/dt = 0`, because transpiration is
//! steady in the laboratory. `-2 Omega U_w` is part of the mean alone. Scalars are passive and do
//! not appear.
//!
//! The right-hand side is formed before it is integrated twice, so that the tau method leaves out
//! the same two coefficients of all its parts: R and D S cancel where the observer moves, and near
//! the walls all but cancel.
//!
//! Where k = 0 the equation along y is integrated from the lower wall on:
//! `P = -<vv> - 2 Omega int U dy`, which is zero at a wall that is closed; where nothing turns at both.

use super::super::Channel;
use super::super::helmholtz::Helmholtz;
use super::super::kinematics::Kinematics;
use super::super::line::{COEFFICIENT, Group, by_column, by_parity, copy_from, copy_out};
use super::super::profiles::as_seen;
use super::super::right_hand_side::sources_of_pressure;
use super::Profile;
use super::means::Means;
use super::moments::AtPoints;
use super::scratch::Scratch;
use crate::convection::products;
use crate::transform::{Products, Real};
use num_complex::Complex;
use std::ops::Range;

/// The velocity and the scalars at points, five products and `v^2`; R, S and `v^2` go on.
fn counts(scalars: usize) -> Products {
    Products { at_points: 6.max(3 + scalars), outputs: 3 }
}

/// The pressure of the state, as Chebyshev coefficients of the columns of this rank.
pub struct Pressure<'a, T>(&'a [Complex<T>]);

impl<T> Pressure<'_, T> {
    /// Those of a column, which lies in this range of a [`crate::transform::SpectralField`].
    pub fn of(&self, column: Range<usize>) -> &[Complex<T>] {
        &self.0[column]
    }
}

impl<T: Real> Channel<T> {
    /// The pressure, in borrowed memory, and the averages at points that are formed on the way.
    /// Collective.
    pub(super) fn pressure<'a>(
        &mut self,
        scratch: Scratch<'a, T>,
        means: &Means,
    ) -> (Pressure<'a, T>, Vec<Profile>) {
        let Self { pencils, wavenumbers, operators, parameters, state, velocity, walls, clock, .. } = self;
        let scalars = parameters.scalars.len();
        let mut at_points = AtPoints::new(scalars, pencils.layout.slab.y.clone());
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let on_planes = kinematics.velocity_to_planes(pencils, scalars, parameters.frame_velocity);
        let products_of_velocity = on_planes.products(
            counts(scalars),
            |y, lines, length| {
                at_points.add(y, lines, length, means);
                let (front, square) = lines.split_at_mut(5 * length);
                square.iter_mut().zip(&front[length..2 * length]).for_each(|(square, v)| *square = *v * *v);
                products(front, length, 0);
            },
            |nx, nz, products, outputs| sources_of_pressure(wavenumbers, nx, nz, products, outputs),
        );
        let line = || operators.line();
        let (mut problem, [mut r, mut s, mut p]) =
            (Helmholtz::new(operators), std::array::from_fn(|_| line()));
        let kept = operators.kept;
        let Scratch(field) = scratch;
        let viscosity = T::of(parameters.viscosity);
        let twice_omega = T::of(2.0 * parameters.rotation);
        products_of_velocity.forward(|columns, range, lines| {
            let last = columns.len() - 1;
            for (i, line) in [&mut r, &mut s].into_iter().enumerate() {
                copy_from(lines.of(i), 0, kept, line);
            }
            let k = wavenumbers.of_columns(columns);
            let [phi, eta] = [0, 1].map(|f: usize| &state[f][range.clone()]);
            if parameters.rotation != 0.0 {
                velocity.solve(operators, k, [phi, eta], walls.through(columns, clock.time));
                velocity.add_spanwise_vorticity(operators, k, T::of(parameters.rotation), [&mut r, &mut s]);
            }
            // k^2 p* - D^2 p* = R + 2 D S - 2 Omega omega_z
            operators
                .with_derivative(&s, |at, slope| (Group::load(&r, at) + slope + slope).store(&mut r, at));
            let one = Group::all(T::one());
            Helmholtz::factor(
                [&mut problem],
                operators,
                [[by_column(k.map(|[kx, kz]| kx * kx + kz * kz)), one]],
            );
            problem.particular(operators, |at| operators.integrated_twice(&r, at), &mut p);
            let slope = |c: usize| {
                // Half the difference and half the sum of nu phi at the walls: its odd and its even
                // coefficients summed.
                let own = &phi[c * kept..(c + 1) * kept];
                let sum = |first: usize| {
                    own.iter().skip(first).step_by(2).fold(Complex::default(), |sum: Complex<T>, a| sum + *a)
                };
                [sum(1), sum(0)].map(|slope| slope.scale(viscosity))
            };
            let slopes = by_parity(std::array::from_fn(|c| slope(c.min(last))))
                + walls.convection(columns, clock.time);
            let amount = (slopes - operators.slopes(&p)) / problem.slopes;
            problem.add_homogeneous(operators, amount, &mut p);
            for (c, column) in columns.iter().enumerate() {
                let pressure = &mut field[range.start + c * kept..range.start + (c + 1) * kept];
                copy_out(&p, c, pressure);
                if column.is_mean() {
                    // dp/dy = -2 Omega U
                    let u: Vec<_> = as_seen(&phi[c * kept..(c + 1) * kept], 0.0).collect();
                    let at = |n: usize| u.get(n).copied().unwrap_or_default();
                    for (n, p) in pressure.iter_mut().enumerate() {
                        let integral = match n {
                            0 => Complex::default(),
                            1 => at(0) - at(2).scale(T::of(0.5)),
                            _ => (at(n - 1) - at(n + 1)).scale(T::of(0.5 / n as f64)),
                        };
                        *p = -integral.scale(twice_omega);
                    }
                    let at_wall = pressure.iter().enumerate().map(|(n, p)| if n % 2 == 0 { *p } else { -*p });
                    let at_wall: Complex<T> = at_wall.sum();
                    pressure[0] -= at_wall;
                }
                let squares = lines
                    .of(2)
                    .chunks_exact(COEFFICIENT)
                    .map(|numbers| Complex::new(numbers[2 * c], numbers[2 * c + 1]));
                pressure.iter_mut().zip(squares).for_each(|(p, square)| *p -= square);
            }
        });
        (Pressure(field), at_points.averages(parameters.grid[0] * parameters.grid[2], pencils))
    }
}
