//! Skewness and flatness of du/dx, dv/dy and dw/dz, from their values at the points of the grid.

use super::nonlinear::velocity_and_scratch;
use super::{Homogeneous, each_mode, or_zero};
use crate::parallel::ExactSum;
use crate::transform::{Real, Shift};
use num_complex::Complex;

impl<T: Real> Homogeneous<T> {
    /// `<d^3> / <d^2>^(3/2)` and `<d^4> / <d^2>^2` of `d = i k_i u_i` (no sum), k at the time of
    /// the clock. Of the modes |n| < N/3 the mean cube over the points is that of the field, and
    /// the fourth power has some aliasing; of the ellipsoid both have. Collective.
    pub(super) fn moments(&mut self) -> Vec<(String, f64)> {
        let [skewness, flatness] = self.derivative_moments();
        let named = |name: &'static str, values: [f64; 3]| {
            ["x", "y", "z"].into_iter().zip(values).map(move |(i, x)| (format!("{name}_{i}"), x))
        };
        named("skewness", skewness).chain(named("flatness", flatness)).collect()
    }

    /// Skewness and flatness of the three derivatives. Collective.
    pub(in crate::homogeneous) fn derivative_moments(&mut self) -> [[f64; 3]; 2] {
        let Self { pencils, velocity, wavenumbers, parameters, world, .. } = self;
        let (velocity, scratch) = velocity_and_scratch(velocity);
        let shift = Shift::none(&parameters.truncation());
        let points = parameters.grid.iter().map(|&n| n as f64).product::<f64>();
        let [mut skewness, mut flatness] = [[0.0; 3]; 2];
        for i in 0..3 {
            let (u, derivative) = (&velocity[i], &mut scratch[i]);
            // The mode k = 0 is not visited.
            derivative.fill(Complex::default());
            for (c, column) in pencils.layout.columns.iter().enumerate() {
                let start = pencils.layout.range(c).start;
                each_mode(wavenumbers, column, |j, k| {
                    let (u, k) = (u[start + j], T::of(k[i]));
                    derivative[start + j] = Complex::new(-u.im * k, u.re * k);
                });
            }
            let mut sums: [ExactSum; 3] = Default::default();
            pencils.inverse([&*derivative].into_iter(), &shift).visit(
                |_| 0.0,
                |_, _, line| {
                    let mut of_line = [0.0; 3];
                    for d in line.iter().map(|d| d.wide()) {
                        let square = d * d;
                        [square, square * d, square * square]
                            .into_iter()
                            .zip(&mut of_line)
                            .for_each(|(term, sum)| *sum += term);
                    }
                    sums.iter_mut().zip(of_line).for_each(|(sum, term)| sum.add(term));
                },
            );
            let [second, third, fourth] = ExactSum::total_of(sums, world).map(|sum| sum / points);
            (skewness[i], flatness[i]) =
                (or_zero(third / second.powf(1.5)), or_zero(fourth / (second * second)));
        }
        [skewness, flatness]
    }
}
