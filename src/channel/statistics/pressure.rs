//! The pressure of a state, for the statistics. With the sources R and S of [`super::super::right_hand_side`], formed without `v^2`,
//!
//! ```text
//!     (D^2 - k^2) p* = -R - 2 D S,    dp*/dy = nu v'' = nu phi at the walls,    p = p* - v^2
//! ```
//!
//! Where k = 0, `p = -<vv>`, which is zero at the walls. Rotation adds `-2 Omega omega_z` to the right-hand side, `omega_z = i k_x v - D u`, and
//! `-2 Omega U` to dp/dy where k = 0.

use super::super::Channel;
use super::super::helmholtz::Helmholtz;
use super::super::line::{QUAD, Quad, copy_in, copy_out};
use super::super::right_hand_side::sources_of_pressure;
use super::moments::{AT_POINTS, add_at_points};
use crate::convection::products;
use crate::parallel::ExactSum;
use crate::transform::{Lanes, Products, Real};
use num_complex::Complex;

/// The velocity at points, its five products and `v^2`; R, S and `v^2` go on.
const FIELDS: Products = Products { inputs: 3, products: 6, outputs: 3 };

impl<T: Real> Channel<T> {
    /// Puts the pressure where the gains of the last substep were; returns what is averaged at points on the way, [`AT_POINTS`]. Collective.
    pub(super) fn put_pressure(&mut self) -> Vec<f64> {
        self.velocity_to_planes(self.clock.time, 0.0);
        let Self { pencils, wavenumbers, operators, parameters, world, state, before, grid, velocity, walls, clock, .. } = self;
        let mut sums = vec![ExactSum::default(); AT_POINTS.len() * grid.y.len()];
        pencils.planes(
            FIELDS,
            |y, lines, length| {
                let velocity: [&[T]; 3] = std::array::from_fn(|i| &lines[i * length..][..length]);
                add_at_points(velocity, &mut sums[y * AT_POINTS.len()..][..AT_POINTS.len()]);
                let (front, square) = lines.split_at_mut(5 * length);
                square.iter_mut().zip(&front[length..2 * length]).for_each(|(square, v)| *square = *v * *v);
                products(front, length, 0);
            },
            |nx, nz, products, outputs| sources_of_pressure(wavenumbers, nx, nz, products, outputs),
        );
        let line = || operators.line();
        let (mut problem, [mut r, mut s, mut square, mut p]) = (Helmholtz::new(operators), std::array::from_fn(|_| line()));
        let mut of_column: [Vec<Complex<T>>; 3] = std::array::from_fn(|_| vec![Complex::default(); operators.kept]);
        let twice_omega = T::of(2.0 * parameters.rotation);
        let viscosity = T::of(parameters.viscosity);
        pencils.forward(FIELDS.outputs, |column, range, modes| {
            let [kx, kz] = wavenumbers.of(column);
            let k2 = kx * kx + kz * kz;
            for (line, coefficients) in [&mut r, &mut s, &mut square].into_iter().zip(modes.from::<3>(0)) {
                copy_in(coefficients, line);
            }
            p.fill(T::zero());
            if !column.is_mean() {
                // k^2 p - p'' = R + 2 D S
                for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
                    let source = operators.integrated_twice::<QUAD>(&r, at) + Lanes::all(T::of(2.0)) * operators.integrated(&s, at);
                    source.store(&mut p, at);
                }
                if parameters.rotation != 0.0 {
                    let phi_eta = [0, 1].map(|f: usize| &state[f][range.clone()]);
                    let [u, v, w] = of_column.each_mut().map(|line| &mut line[..]);
                    velocity.of_column(operators, [kx, kz], phi_eta, walls.through(column, clock.time), [&mut *u, &mut *v, w]);
                    v.iter_mut().for_each(|v| *v = Complex::new(-v.im, v.re).scale(kx));
                    copy_in(u, &mut r);
                    copy_in(v, &mut s);
                    for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
                        let source = operators.integrated::<QUAD>(&r, at) - operators.integrated_twice(&s, at);
                        (Quad::load(&p, at) + Lanes::all(twice_omega) * source).store(&mut p, at);
                    }
                }
                problem.factor(operators, k2, T::one());
                problem.particular(operators, &mut p);
                // Half the difference and half the sum of nu phi at the walls: its odd and its even coefficients summed.
                let phi = &state[0][range.clone()];
                let sum = |first: usize| phi.iter().skip(first).step_by(2).fold(Complex::default(), |sum: Complex<T>, a| sum + *a);
                let [even, odd] = [sum(1), sum(0)].map(|slope| slope.scale(viscosity));
                let wanted = Quad::of([even.re, even.im, odd.re, odd.im]);
                let amount = (wanted - operators.slopes(&p)) / operators.slopes(&problem.homogeneous);
                problem.add_homogeneous(operators, amount, &mut p);
            } else if parameters.rotation != 0.0 {
                copy_in(&state[0][range.clone()], &mut r);
                for at in (QUAD..operators.quads() * QUAD).step_by(QUAD) {
                    (Lanes::all(-twice_omega) * operators.integrated::<QUAD>(&r, at)).store(&mut p, at);
                }
                p[2] = -twice_omega * (r[0] - T::of(0.5) * r[4]);
            }
            p.iter_mut().zip(&square).for_each(|(p, square)| *p -= *square);
            copy_out(&p, &mut before[0][range]);
        });
        super::moments::by_name(sums, AT_POINTS.len(), grid.y.len(), (parameters.grid[0] * parameters.grid[2]) as f64, world)
    }
}
