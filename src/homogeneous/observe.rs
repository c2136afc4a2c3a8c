//! What the series and the spectra say of a velocity field.

use super::wavenumbers::Wavenumbers;
use crate::parallel::{ExactSum, World};
use crate::statistics::Shells;
use crate::transform::{Layout, Real, SpectralField};
use num_complex::Complex;

/// Calls `visit(k, [û, v̂, ŵ], weight)` for every mode of column c of this rank but k = 0; weight 2 stands for the conjugate mode.
fn each_mode<T: Real>(
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    velocity: [&SpectralField<T>; 3],
    c: usize,
    mut visit: impl FnMut([f64; 3], [Complex<f64>; 3], f64),
) {
    let column = &layout.columns[c];
    for (mode, ny) in layout.range(c).zip(column.labels()) {
        let n = [column.nx as i64, ny, column.nz];
        if n != [0; 3] {
            let u = velocity.map(|field| Complex::new(field[mode].re.wide(), field[mode].im.wide()));
            visit(wavenumbers.of(n), u, column.weight());
        }
    }
}

/// Energy 1/2 <u_i u_i>, dissipation `eps = nu <omega_i omega_i>`, enstrophy 1/2 <omega_i omega_i>, helicity <u_i omega_i>, the energy of each
/// component, and the lengths and Reynolds numbers of isotropic turbulence (Pope 2000, chapter 6):
///
/// ```text
///     u'^2 = 2 E / 3,  Re_lambda = u'^2 sqrt(15 / (nu eps)),  eta = (nu^3 / eps)^(1/4),  L = pi / (2 u'^2) int E(k) / k dk
/// ```
///
/// and the divergence `max |k.û| / (max |k| max |û|)`, which is round-off. Collective.
pub fn series<T: Real>(
    world: &World,
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    viscosity: f64,
    velocity: [&SpectralField<T>; 3],
) -> Vec<(&'static str, f64)> {
    let mut sums: [ExactSum; 6] = Default::default();
    let [mut divergence, mut largest_k, mut largest_u] = [0.0_f64; 3];
    for c in 0..layout.columns.len() {
        // A column lies on one rank whole: its own sum may be rounded.
        let mut of_column = [0.0; 6];
        each_mode(layout, wavenumbers, velocity, c, |k, u, weight| {
            let k2 = k.iter().map(|k| k * k).sum::<f64>();
            let component = u.map(|u| 0.5 * weight * u.norm_sqr());
            let energy = component.iter().sum::<f64>();
            // u*.omega, omega = i k x u, is real: u*.(i k x u) = 2 k.(Re u x Im u)
            let [x, y, z] = [cross(u, 1, 2), cross(u, 2, 0), cross(u, 0, 1)];
            let helicity = 2.0 * weight * (k[0] * x + k[1] * y + k[2] * z);
            let terms = [component[0], component[1], component[2], k2 * energy, helicity, energy / k2.sqrt()];
            of_column.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
            divergence = divergence.max((u[0] * k[0] + u[1] * k[1] + u[2] * k[2]).norm_sqr());
            largest_k = largest_k.max(k2);
            largest_u = u.iter().map(|u| u.norm_sqr()).fold(largest_u, f64::max);
        });
        sums.iter_mut().zip(of_column).for_each(|(sum, term)| sum.add(term));
    }
    let totals = ExactSum::totals(&mut sums, world);
    let [x, y, z, enstrophy, helicity, over_k] = std::array::from_fn(|i| totals[i]);
    let [divergence, largest_k, largest_u] = [divergence, largest_k, largest_u].map(|local| world.max(local.sqrt()));
    let energy = x + y + z;
    let dissipation = 2.0 * viscosity * enstrophy;
    let u2 = 2.0 * energy / 3.0;
    // No viscosity has no smallest scale, and a fluid at rest no length: 0 stands for both.
    let or_zero = |x: f64| if x.is_finite() { x } else { 0.0 };
    let eta = or_zero((viscosity.powi(3) / dissipation).powf(0.25));
    vec![
        ("energy", energy),
        ("dissipation", dissipation),
        ("enstrophy", enstrophy),
        ("helicity", helicity),
        ("energy_x", x),
        ("energy_y", y),
        ("energy_z", z),
        ("taylor_reynolds", or_zero(u2 * (15.0 / (viscosity * dissipation)).sqrt())),
        ("kolmogorov_length", eta),
        ("kmax_eta", wavenumbers.largest() * eta),
        ("integral_length", or_zero(std::f64::consts::FRAC_PI_2 / u2 * over_k)),
        ("divergence", or_zero(divergence / (largest_k * largest_u))),
    ]
}

/// (Re u x Im u) of the two components.
fn cross(u: [Complex<f64>; 3], i: usize, j: usize) -> f64 {
    u[i].re * u[j].im - u[j].re * u[i].im
}

/// The energy spectrum E(k), `int E dk = 1/2 <u_i u_i>`, in shells as wide as the largest 2 pi / L_i. Collective.
pub fn spectrum<T: Real>(world: &World, layout: &Layout, wavenumbers: &Wavenumbers, velocity: [&SpectralField<T>; 3]) -> Vec<(f64, f64)> {
    let mut shells = Shells::new(wavenumbers.unit.into_iter().fold(0.0, f64::max), wavenumbers.corner());
    for c in 0..layout.columns.len() {
        each_mode(layout, wavenumbers, velocity, c, |k, u, weight| {
            let energy = u.iter().map(|u| 0.5 * weight * u.norm_sqr()).sum();
            shells.add(k.iter().map(|k| k * k).sum::<f64>().sqrt(), energy);
        });
    }
    shells.density(world)
}
