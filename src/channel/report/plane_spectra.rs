//! Two-dimensional spectra of a channel in wall units, at the y where they were sampled:
//!
//! ```text
//!     <a'b'> = sum_mn E_ab(k_x, k_z) dk_x dk_z,    k_x = m dk_x,  k_z = n dk_z,    m, n = 0, 1, ..
//! ```
//!
//! E has the energy of all four signs of k_x and k_z, and E(0, 0) is without the mean flow. If the halves
//! of the channel are alike, they are averaged.

use std::path::Path;

use super::chosen::SpectralSums;
use super::lines::{Lines, Units, column};
use super::spectra::{Product, Source, points};
use super::symmetry::Symmetry;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, PLACES, plane_spectrum};
use crate::chebyshev::Points;
use crate::error::Result;
use crate::files;

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
    /// Computes the spectra from their sums, in the wall units of `units`.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn new(sums: &SpectralSums, symmetry: &Symmetry, units: &Units, viscosity: f64) -> Result<Self> {
        let scalars = units.scalars;
        let y = Points::new(points(sums, scalars)).y;
        let found = sums.records.iter().find(|record| record.name == PLACES);
        let off = |j: usize, place: f64| (y[j] - place).abs();
        let nearest = |place: &f64| (0..y.len()).min_by(|&a, &b| off(a, *place).total_cmp(&off(b, *place)));
        let rows: Vec<usize> = found.iter().flat_map(|places| &places.values).filter_map(nearest).collect();
        let kept = symmetry.kept(rows.len());
        let wall_length = units.length(viscosity);
        let places = rows.iter().rev().take(kept).map(|j| [1.0 + y[*j], (1.0 - y[*j].abs()) / wall_length]);
        let places = places.collect();
        let source = Source::new(sums, scalars, symmetry, rows);
        let [kx, kz] = Direction::BOTH.map(|direction| source.get(direction.wavenumbers(), None));
        let k = [kx?.to_vec(), kz?.to_vec()];
        let width = |k: &Vec<f64>| k.get(1).copied().unwrap_or(1.0) * wall_length;
        let cell = width(&k[0]) * width(&k[1]);
        let density = |Product { pair, lines }: Product| {
            let unit = units.of(pair) * cell;
            Lines { pair, values: lines.iter().map(|line| line.iter().map(|e| e / unit).collect()).collect() }
        };
        let products = source.products(|pair| plane_spectrum(pair, scalars), k[0].len() * k[1].len())?;
        Ok(Self { places, k, wall_length, spectra: products.into_iter().map(density).collect() })
    }

    /// Writes `spectra_xz.csv`.
    pub fn write(&self, run_dir: &Path, scalars: &[ChannelScalar]) -> Result<()> {
        let Self { places, k: [kx, kz], wall_length, spectra } = self;
        let names = spectra.iter().map(|Lines { pair, .. }| format!(",E_{}", column(*pair, scalars)));
        let mut text = format!("y,y_plus,kx,kz,kx_plus,kz_plus{}\n", names.collect::<String>());
        for (j, [y, y_plus]) in places.iter().enumerate() {
            for (m, kx) in kx.iter().enumerate() {
                for (n, k_z) in kz.iter().enumerate() {
                    let place = [*y, *y_plus, *kx, *k_z, kx * wall_length, k_z * wall_length];
                    let of_all = spectra.iter().map(|lines| lines.values[j][m * kz.len() + n]);
                    let cells: Vec<String> = place.into_iter().chain(of_all).map(super::cell).collect();
                    text += &(cells.join(",") + "\n");
                }
            }
        }
        files::write(&run_dir.join("spectra_xz.csv"), text.as_bytes())
    }
}
