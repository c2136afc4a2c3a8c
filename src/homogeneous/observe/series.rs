//! The series: what is sampled every few steps, in one pass over the modes and one reduction of the
//! sums.

use super::{Homogeneous, Tensor, each_mode, mode, or_zero, product, production, square, wide};
use crate::parallel::ExactSum;
use crate::transform::{Real, vectorised};
use num_complex::Complex;
use std::f64::consts::FRAC_PI_2;

/// Sums over modes of the velocity: R_ij, `k^2 |u|^2`, `u*.omega`, `|u|^2 / k`; and of a scalar:
/// `theta^2`, `k^2 theta^2`, `u_i theta`.
const OF_VELOCITY: usize = 9;
const OF_SCALAR: usize = 5;

/// The sums of a pass over the modes.
struct Sums {
    /// The sums of the velocity, and those of each scalar.
    sums: Vec<f64>,
    /// `max |k.û| / (max |k| max |û|)`.
    divergence: f64,
}

impl<T: Real> Homogeneous<T> {
    /// The samples of a line of `series.csv`. With `q^2 = 2 E = R_ii`, `S = sqrt(2 S_ij S_ij)` of
    /// the mean flow, and those of isotropic turbulence as in Pope (2000), chapter 6:
    ///
    /// ```text
    ///     eps = nu <omega_i omega_i>,  b_ij = R_ij / q^2 - delta_ij / 3,
    ///     production = -A_ij R_ij,  shear_parameter = S q^2 / eps,
    ///     u'^2 = 2 E / 3,  lambda = u' sqrt(15 nu / eps),  Re_lambda = u' lambda / nu,
    ///     eta = (nu^3 / eps)^(1/4)
    ///     L = pi / (2 u'^2) int E(k) / k dk,  C_eps = eps L / u'^3
    /// ```
    ///
    /// `kmax_eta` has the k_max of the direction with the coarsest cells, as they are at the time:
    /// the smallest of the three.
    ///
    /// The divergence, `max |k.û| / (max |k| max |û|)`, is round-off. Of a scalar of mean gradient
    /// G: `<theta^2>`, its dissipation `2 D <|grad theta|^2>`, its production `-2 G_i <u_i theta>`,
    /// its fluxes `<u_i theta>`. Collective.
    pub(in crate::homogeneous) fn series(&self) -> Vec<(String, f64)> {
        let Sums { sums, divergence } = self.pass();
        let viscosity = self.parameters.viscosity;
        let (of_velocity, of_scalars) = sums.split_at(OF_VELOCITY);
        let r: Tensor = std::array::from_fn(|c| of_velocity[c]);
        let [gradient, helicity, over_k] = [of_velocity[6], of_velocity[7], of_velocity[8]];
        let q2 = r[0] + r[1] + r[2];
        let dissipation = viscosity * gradient;
        let u2 = q2 / 3.0;
        let a = self.gradient();
        let strain = |i: usize, j: usize| 0.5 * (a[i][j] + a[j][i]);
        let strain = (0..9).map(|n| 2.0 * strain(n / 3, n % 3).powi(2)).sum::<f64>().sqrt();
        let anisotropy = |c: usize| or_zero(r[c] / q2 - if c < 3 { 1.0 / 3.0 } else { 0.0 });
        let injection = self.injection(&r);
        let scalars = self.parameters.scalars.iter().zip(of_scalars.chunks(OF_SCALAR));
        let work = |(buoyancy, of_scalar): ([f64; 3], &[f64])| {
            (0..3).map(|i| buoyancy[i] * of_scalar[2 + i]).sum::<f64>()
        };
        let taylor = or_zero((15.0 * viscosity * u2 / dissipation).sqrt());
        let kolmogorov = or_zero((viscosity.powi(3) / dissipation).powf(0.25));
        let integral = or_zero(FRAC_PI_2 / u2 * 0.5 * over_k);
        let [remesh_energy, remesh_dissipation] = self.dropped;
        let mut samples: Vec<(String, f64)> = [
            ("energy", 0.5 * q2),
            ("dissipation", dissipation),
            ("enstrophy", 0.5 * gradient),
            ("helicity", helicity),
            ("uu", r[0]),
            ("vv", r[1]),
            ("ww", r[2]),
            ("uv", r[3]),
            ("uw", r[4]),
            ("vw", r[5]),
            ("b_xx", anisotropy(0)),
            ("b_yy", anisotropy(1)),
            ("b_zz", anisotropy(2)),
            ("b_xy", anisotropy(3)),
            ("b_xz", anisotropy(4)),
            ("b_yz", anisotropy(5)),
            ("production", production(&a, &r)),
            ("injection", 0.5 * (injection[0] + injection[1] + injection[2])),
            ("buoyancy_flux", scalars.clone().map(|(scalar, sums)| work((scalar.buoyancy, sums))).sum()),
            ("shear_parameter", or_zero(strain * q2 / dissipation)),
            ("taylor_reynolds", or_zero(u2.sqrt() * taylor / viscosity)),
            ("taylor_length", taylor),
            ("kolmogorov_length", kolmogorov),
            ("kmax_eta", self.wavenumbers.largest() * kolmogorov),
            ("integral_length", integral),
            ("dissipation_coefficient", or_zero(dissipation * integral / u2.powf(1.5))),
            ("remesh_energy", remesh_energy),
            ("remesh_dissipation", remesh_dissipation),
            ("divergence", divergence),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for (scalar, sums) in scalars {
            let gradient = self.mean.carried(scalar.gradient, self.clock.time);
            let flux = [sums[2], sums[3], sums[4]];
            let of_scalar = [
                ("variance", sums[0]),
                ("dissipation", 2.0 * viscosity / scalar.schmidt * sums[1]),
                ("production", -2.0 * (0..3).map(|i| gradient[i] * flux[i]).sum::<f64>()),
                ("flux_x", flux[0]),
                ("flux_y", flux[1]),
                ("flux_z", flux[2]),
            ];
            samples.extend(of_scalar.map(|(quantity, value)| (format!("{}_{quantity}", scalar.name), value)));
        }
        samples
    }

    fn pass(&self) -> Sums {
        let layout = &self.pencils.layout;
        let (velocity, scalars) = (&self.velocity[0], &self.scalars[0]);
        let mut sums = vec![ExactSum::default(); OF_VELOCITY + OF_SCALAR * scalars.len()];
        // |k.û|^2, k^2, and |û_i|^2.
        let mut largest = [0.0_f64; 3];
        for (c, column) in layout.columns.iter().enumerate() {
            let u = velocity.each_ref().map(|field| &field[layout.range(c)]);
            let mut of_column = [0.0; OF_VELOCITY];
            vectorised(
                #[inline(always)]
                || {
                    each_mode(&self.wavenumbers, column, |j, k| {
                        add_velocity(k, mode(u, j), &mut of_column, &mut largest)
                    })
                },
            );
            let (of_velocity, of_scalars) = sums.split_at_mut(OF_VELOCITY);
            add_column(of_velocity, &of_column, column.weight());
            for (scalar, sums) in scalars.iter().zip(of_scalars.chunks_mut(OF_SCALAR)) {
                let theta = &scalar[layout.range(c)];
                let mut of_column = [0.0; OF_SCALAR];
                vectorised(
                    #[inline(always)]
                    || {
                        each_mode(&self.wavenumbers, column, |j, k| {
                            add_scalar(k, mode(u, j), wide(theta[j]), &mut of_column)
                        })
                    },
                );
                add_column(sums, &of_column, column.weight());
            }
        }
        let [divergence, k, u] = largest.map(|local| self.world.max(local.sqrt()));
        Sums { sums: ExactSum::totals(&mut sums, &self.world), divergence: or_zero(divergence / (k * u)) }
    }
}

#[inline(always)]
fn add_velocity(k: [f64; 3], u: [Complex<f64>; 3], sums: &mut [f64; OF_VELOCITY], largest: &mut [f64; 3]) {
    let k2 = square(k);
    let squares = [product(u[0], u[0]), product(u[1], u[1]), product(u[2], u[2])];
    let q2 = squares[0] + squares[1] + squares[2];
    // u*.omega, omega = i k x u, is real: u*.(i k x u) = 2 k.(Re u x Im u)
    let cross = |i: usize, j: usize| u[i].re * u[j].im - u[j].re * u[i].im;
    let helicity = 2.0 * (k[0] * cross(1, 2) + k[1] * cross(2, 0) + k[2] * cross(0, 1));
    let [xy, xz, yz] = [product(u[0], u[1]), product(u[0], u[2]), product(u[1], u[2])];
    let terms = [squares[0], squares[1], squares[2], xy, xz, yz, k2 * q2, helicity, q2 / k2.sqrt()];
    (0..OF_VELOCITY).for_each(|i| sums[i] += terms[i]);
    let larger = |a: f64, b: f64| if b > a { b } else { a };
    let divergence = (u[0] * k[0] + u[1] * k[1] + u[2] * k[2]).norm_sqr();
    let u2 = larger(larger(squares[0], squares[1]), squares[2]);
    *largest = [larger(largest[0], divergence), larger(largest[1], k2), larger(largest[2], u2)];
}

#[inline(always)]
fn add_scalar(k: [f64; 3], u: [Complex<f64>; 3], theta: Complex<f64>, sums: &mut [f64; OF_SCALAR]) {
    let theta2 = product(theta, theta);
    let terms =
        [theta2, square(k) * theta2, product(u[0], theta), product(u[1], theta), product(u[2], theta)];
    (0..OF_SCALAR).for_each(|i| sums[i] += terms[i]);
}

fn add_column(sums: &mut [ExactSum], of_column: &[f64], weight: f64) {
    sums.iter_mut().zip(of_column).for_each(|(sum, term)| sum.add(weight * term));
}
