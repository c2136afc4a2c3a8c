//! Two-dimensional spectra of a channel in wall units, at the y where they were sampled:
//!
//! ```text
//!     <a'b'> = sum_mn E_ab(k_x, k_z) dk_x dk_z,    k_x = m dk_x,  k_z = n dk_z,    m, n = 0, 1, ..
//! ```
//!
//! E has the energy of all four signs of k_x and k_z, and E(0, 0) is without the mean flow. If the halves
//! of the channel are alike, they are averaged.

use super::columns::{column, explain, over_both, title};
use super::density::{Densities, Lines};
use super::symmetry::Symmetry;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, PLACES, plane_spectrum};
use crate::channel::spectra;
use crate::chebyshev::Points;
use crate::error::Result;
use crate::report::tables::{Dimension, Quantity, ReportTable};

/// Spectra over k_x and k_z.
pub struct PlaneSpectra {
    /// Distances from the lower wall in half-heights, and y+.
    pub places: Vec<[f64; 2]>,
    /// k_x and k_z in half-heights, and the factor that converts them to k nu / u_tau.
    pub k: [Vec<f64>; 2],
    pub wall_length: f64,
    /// E of all products, at each place `[k_x][k_z]`.
    pub spectra: Vec<Lines>,
}

impl PlaneSpectra {
    /// Converts the spectra, which are at those of the points in y where the records say, to wall units.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn new(of: Densities, grid: &Points, symmetry: &Symmetry) -> Result<Self> {
        let y = &grid.y;
        let off = |j: usize, place: f64| (y[j] - place).abs();
        let nearest = |place: &f64| (0..y.len()).min_by(|&a, &b| off(a, *place).total_cmp(&off(b, *place)));
        let rows: Vec<usize> = of.spectra.get(PLACES, None, None)?.iter().filter_map(nearest).collect();
        let wall_length = of.wall_length();
        let places = rows.iter().rev().take(symmetry.kept(rows.len()));
        let places = places.map(|j| [1.0 + y[*j], (1.0 - y[*j].abs()) / wall_length]).collect();
        let of = Densities { spectra: of.spectra.at(rows), ..of };
        let [kx, kz] = Direction::BOTH.map(|direction| of.spectra.along(direction));
        let k = [kx?.k, kz?.k];
        let [width_x, width_z] = k.each_ref().map(|k| k.get(1).copied().unwrap_or(1.0) * wall_length);
        let density = |pair| {
            let modes = (&*plane_spectrum(pair, of.scalars), k[0].len() * k[1].len());
            Ok(of.density(modes, pair, (width_x * width_z, 2))?.0)
        };
        let spectra = spectra(of.scalars.len()).into_iter().map(density).collect::<Result<_>>()?;
        Ok(Self { places, k, wall_length, spectra })
    }

    /// The table `spectra_xz`.
    pub fn table<'a>(&'a self, scalars: &[ChannelScalar]) -> ReportTable<'a> {
        let Self { places, k, wall_length, spectra } = self;
        let exact = |name: &str, values: Vec<f64>| Quantity::exact(explain(name, scalars), values);
        let [y, y_plus] = [0, 1].map(|i| places.iter().map(|place| place[i]).collect());
        // These y are some of those of the profiles.
        let named = |name: &str, values| Quantity {
            variable: Some(format!("{name}_of_spectra_xz")),
            ..exact(name, values)
        };
        let y = Dimension { at: named("y", y), beside: vec![named("y_plus", y_plus)] };
        let axis = |axis: &str, k: &[f64]| {
            let plus = k.iter().map(|k| k * wall_length).collect();
            Dimension { at: exact(axis, k.to_vec()), beside: vec![exact(&format!("{axis}_plus"), plus)] }
        };
        let over = vec![y, axis("kx", &k[0]), axis("kz", &k[1])];
        let quantity = |lines: &'a Lines| {
            let Lines { pair, values, errors, .. } = lines;
            let product = column(*pair, scalars);
            Quantity {
                column: over_both(&product, scalars),
                variable: Some(format!("spectrum_xz_{product}")),
                values: values.into(),
                errors: Some(errors.into()),
            }
        };
        let quantities = spectra.iter().map(quantity).collect();
        ReportTable { name: "spectra_xz", title: title("spectra_xz.csv"), over, quantities }
    }
}
