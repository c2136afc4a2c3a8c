//! The diagnosis of a channel after a blow-up.

use super::{Channel, names};
use crate::diagnosis::{fastest_point, worst_mode};
use crate::flow::{Diagnosis, Tail};
use crate::parallel::ExactSum;
use crate::transform::Real;
use std::f64::consts::TAU;
use std::rc::Rc;

impl<T: Real> Channel<T> {
    /// See [`crate::flow::Flow::diagnose`]; collective.
    pub(super) fn diagnosis(&mut self) -> Diagnosis {
        let world = Rc::clone(&self.world);
        let fields: Vec<_> = names(&self.parameters, ["laplacian_v", "omega_y"]).zip(&self.state).collect();
        let mode = worst_mode(&world, &self.pencils.layout, &fields, |column, degree| {
            if column.is_mean() {
                return format!(
                    "the mean profiles (laplacian_v is that of u, omega_y that of w), T_{degree}"
                );
            }
            let [kx, kz] = self.wavenumbers.of(column);
            format!("the mode k_x = {:.4}, k_z = {:.4}, T_{degree}", kx.wide(), kz.wide())
        });
        let tails = self.enstrophy_spectra();
        let mut places = vec![mode];
        if tails.iter().any(|tail| tail.end().is_some()) {
            let (spacing, parameters) = (self.grid.spacing.clone(), self.parameters.clone());
            let [x, z] = [0, 2].map(|i| parameters.grid[i] as f64 / parameters.size[i]);
            places.push(fastest_point(&world, self, |j, [u, v, w]| {
                ((u - parameters.frame_velocity) * x).abs() + (v / spacing[j]).abs() + (w * z).abs()
            }));
        }
        Diagnosis { places, tails, stability: self.parameters.stability() }
    }

    /// `|eta|^2 + |phi|^2 / k^2` of the fluctuations by k_x, by |k_z| and by the degree of the
    /// polynomial.
    fn enstrophy_spectra(&self) -> Vec<Tail> {
        let (layout, truncation) = (&self.pencils.layout, self.parameters.truncation());
        let sizes = [truncation.nx_max() + 1, truncation.nz_max(0) + 1, self.operators.kept];
        let mut sums = sizes.map(|size| vec![ExactSum::default(); size]);
        for (c, column) in layout.columns.iter().enumerate().filter(|(_, column)| !column.is_mean()) {
            let [kx, kz] = self.wavenumbers.of(column).map(T::wide);
            for (degree, mode) in layout.range(c).enumerate() {
                let [phi, eta] = [0, 1].map(|f: usize| {
                    self.state[f][mode].re.wide().powi(2) + self.state[f][mode].im.wide().powi(2)
                });
                let term = column.weight() * (eta + phi / (kx * kx + kz * kz));
                for (sums, n) in sums.iter_mut().zip([column.nx, column.nz.unsigned_abs() as usize, degree]) {
                    sums[n].add(term);
                }
            }
        }
        let units = [TAU / self.parameters.size[0], TAU / self.parameters.size[2], 1.0];
        let of = ["k_x", "k_z", "the degree in y"];
        sums.iter_mut()
            .zip(of)
            .zip(units)
            .map(|((sums, of), unit)| Tail::new(of, unit, sums, &self.world))
            .collect()
    }
}
