//! Two-dimensional spectra of a channel in wall units, at the y where they were sampled:
//!
//! ```text
//!     <a'b'> = sum_mn E_ab(k_x, k_z) dk_x dk_z,    k_x = m dk_x,  k_z = n dk_z,    m, n = 0, 1, ..
//! ```
//!
//! E has the energy of all four signs of k_x and k_z, and E(0, 0) is without the mean flow. If the halves
//! of the channel are alike, they are averaged.

use std::path::Path;

use super::density::{Densities, Lines, column};
use super::symmetry::Symmetry;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, PLACES, plane_spectrum};
use crate::channel::spectra;
use crate::chebyshev::Points;
use crate::error::Result;
use crate::files;
use crate::report::series::cell;

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
            Ok(of.density(modes, pair, width_x * width_z)?.0)
        };
        let spectra = spectra(of.scalars.len()).into_iter().map(density).collect::<Result<_>>()?;
        Ok(Self { places, k, wall_length, spectra })
    }

    /// Writes `spectra_xz.csv`.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, run_dir: &Path, scalars: &[ChannelScalar]) -> Result<()> {
        let Self { places, k: [kx, kz], wall_length, spectra } = self;
        let names = spectra.iter().map(|Lines { pair, .. }| column(*pair, scalars));
        let names = names.map(|name| format!(",E_{name},E_{name}_error")).collect::<String>();
        let mut text = format!("y,y_plus,kx,kz,kx_plus,kz_plus{names}\n");
        for (j, [y, y_plus]) in places.iter().enumerate() {
            for (m, kx) in kx.iter().enumerate() {
                for (n, k_z) in self.k[1].iter().enumerate() {
                    let place = [*y, *y_plus, *kx, *k_z, kx * wall_length, k_z * wall_length];
                    let mode = m * kz.len() + n;
                    let of_all = spectra.iter().flat_map(|of| [of.values[j][mode], of.errors[j][mode]]);
                    let cells: Vec<String> = place.into_iter().chain(of_all).map(cell).collect();
                    text += &(cells.join(",") + "\n");
                }
            }
        }
        files::write(&run_dir.join("spectra_xz.csv"), text.as_bytes())
    }
}
