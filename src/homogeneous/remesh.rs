//! Remeshing in a shear: the lattice tilted by +1/2 becomes the one tilted by -1/2.
//!
//! ```text
//!     n_y <- n_y - s n_x,    s the sign of the shear
//! ```
//!
//! Both labels have the same physical k. Modes that leave the truncation are dropped, never wrapped
//! round to the other side (Rogallo 1981); those that come in from the other side are zero.

use super::wavenumbers::Wavenumbers;
use crate::parallel::ExactSum;
use crate::transform::{Layout, Real, SpectralField};
use num_complex::Complex;

/// Relabels a field by `n_y <- n_y - shift n_x`. `drop(k, mode, weight)` gets every mode that is
/// dropped, with its wavevector.
pub fn relabel<T: Real>(
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    shift: i64,
    field: &mut SpectralField<T>,
    mut drop: impl FnMut([f64; 3], Complex<T>, f64),
) {
    let mut old = Vec::new();
    for (c, column) in layout.columns.iter().enumerate() {
        let by = shift * column.nx as i64;
        if by == 0 {
            continue;
        }
        let m = column.ny_max() as i64;
        let place = |ny: i64| if ny >= 0 { ny as usize } else { (2 * m + 1 + ny) as usize };
        let modes = &mut field[layout.range(c)];
        old.clear();
        old.extend_from_slice(modes);
        for ny in column.labels() {
            modes[place(ny)] = if (ny + by).abs() <= m { old[place(ny + by)] } else { Complex::default() };
            if (ny - by).abs() > m {
                drop(wavenumbers.of([column.nx as i64, ny, column.nz]), old[place(ny)], column.weight());
            }
        }
    }
}

/// Relabels the velocity; the energy and the dissipation that are dropped on this rank.
/// `wavenumbers` are those before.
pub fn relabel_velocity<T: Real>(
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    viscosity: f64,
    shift: i64,
    velocity: &mut [SpectralField<T>; 3],
) -> [ExactSum; 2] {
    let mut dropped: [ExactSum; 2] = Default::default();
    for field in velocity {
        relabel(layout, wavenumbers, shift, field, |k, mode, weight| {
            let energy = 0.5 * weight * (mode.re.wide().powi(2) + mode.im.wide().powi(2));
            dropped[0].add(energy);
            dropped[1].add(2.0 * viscosity * k.iter().map(|k| k * k).sum::<f64>() * energy);
        });
    }
    dropped
}
