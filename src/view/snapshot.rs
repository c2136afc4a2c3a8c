//! The modes of a snapshot, from its points: all on the root.
//!
//! ```text
//!     c_n(n_x, n_z) = 1 / (N_x N_z) sum_x,z f exp(-i (kappa_x xi_x + kappa_z xi_z)),  and on to n in y
//! ```
//!
//! The modes that the run kept come back to round-off, or to that of the precision of the snapshot.

use crate::chebyshev;
use crate::error::Result;
use crate::field::{Basis, Expansion, Modes, SeeColumn};
use crate::store::{StoredSnapshot, is_in_space};
use crate::transform::{ComplexLines, Shape, Truncation};
use ndarray::Array3;
use num_complex::Complex;

/// The fields of a snapshot.
pub struct Points {
    expansion: Expansion,
    truncation: Truncation,
    names: Vec<String>,
    /// Modes in x and z, [n_z][y][n_x] with padding; empty but on the root.
    fields: Vec<Array3<Complex<f64>>>,
}

impl Points {
    /// The fields of a snapshot of a case with these modes; without values but on the root.
    ///
    /// # Errors
    /// A damaged file.
    pub fn new(snapshot: &StoredSnapshot, truncation: Truncation, with_values: bool) -> Result<Self> {
        let basis = match truncation.shape {
            Shape::Chebyshev { .. } => Basis::Chebyshev,
            Shape::TwoThirds | Shape::Ellipsoid => Basis::Fourier,
        };
        let (size, deformation) = (snapshot.size, snapshot.deformation);
        let expansion = Expansion { size, deformation, basis, in_space: is_in_space(&deformation) };
        // Velocity first, as in a flow.
        let mut names = snapshot.names()?;
        names.sort_by_key(|name| !["u", "v", "w"].contains(&&**name));
        let mut fields = Vec::new();
        for name in names.iter().filter(|_| with_values) {
            fields.push(in_plane_modes(&expansion, snapshot, &snapshot.field(name)?));
        }
        Ok(Self { expansion, truncation, names, fields })
    }
}

/// Modes in x and z of the points of a field, axes (z, y, x).
fn in_plane_modes(
    expansion: &Expansion,
    snapshot: &StoredSnapshot,
    field: &Array3<f64>,
) -> Array3<Complex<f64>> {
    let (nz, ny, nx) = field.dim();
    let mut modes = field.mapv(Complex::from);
    let (mut along_x, mut along_z) = (ComplexLines::new(nx), ComplexLines::new(nz));
    let mut line = vec![Complex::default(); nz];
    for y in 0..ny {
        let xi = expansion.xi([0.0, snapshot.coordinates[1][y], 0.0]);
        let mut plane = modes.index_axis_mut(ndarray::Axis(1), y);
        for mut row in plane.outer_iter_mut() {
            let mut points = row.to_vec();
            along_x.forward(&mut points);
            // The points lie at x, and the modes are those of xi.
            for (n, (mode, value)) in row.iter_mut().zip(&points).enumerate() {
                *mode = value * Complex::cis(-expansion.wavenumber(0, n as i64) * xi[0]) / (nx * nz) as f64;
            }
        }
        for mut column in plane.columns_mut() {
            line.iter_mut().zip(&column).for_each(|(to, from)| *to = *from);
            along_z.forward(&mut line);
            column.iter_mut().zip(&line).for_each(|(to, from)| *to = *from);
        }
    }
    modes
}

impl Modes for Points {
    fn expansion(&self) -> Expansion {
        self.expansion.clone()
    }

    fn fields(&self) -> Vec<String> {
        self.names.clone()
    }

    fn visit_columns(&mut self, see: SeeColumn<'_>) {
        let Some((nz, ny, _)) = self.fields.first().map(Array3::dim) else { return };
        let mut along_y = ComplexLines::new(ny);
        let points = chebyshev::Points::new(ny);
        for column in self.truncation.columns(0..self.truncation.nx_max() + 1) {
            let z = column.nz.rem_euclid(nz as i64) as usize;
            let mut of = |field: &Array3<Complex<f64>>| -> Vec<Complex<f64>> {
                let mut line: Vec<Complex<f64>> = (0..ny).map(|y| field[[z, y, column.nx]]).collect();
                match self.expansion.basis {
                    Basis::Fourier => {
                        along_y.forward(&mut line);
                        let mode = |n: i64| line[n.rem_euclid(ny as i64) as usize] / ny as f64;
                        column.labels().map(mode).collect()
                    }
                    Basis::Chebyshev => {
                        // Points of the series go down from the upper wall.
                        let part = |pick: fn(&Complex<f64>) -> f64| {
                            points.coefficients(&line.iter().rev().map(pick).collect::<Vec<f64>>())
                        };
                        let (re, im) = (part(|value| value.re), part(|value| value.im));
                        re.into_iter()
                            .zip(im)
                            .map(|(re, im)| Complex::new(re, im))
                            .take(column.len())
                            .collect()
                    }
                }
            };
            let fields: Vec<Vec<Complex<f64>>> = self.fields.iter().map(&mut of).collect();
            see(&column, &fields);
        }
    }
}
