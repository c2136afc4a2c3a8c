//! Initial velocity fields, set mode by mode.

use super::spectrum::energy_density;
use super::wavenumbers::Wavenumbers;
use crate::error::{Error, Result};
use crate::homogeneous::case::{Initial, Scalar, ScalarInitial, Spectrum};
use crate::parallel::{ExactSum, World};
use crate::random::{Purpose, uniform};
use crate::transform::{Layout, Real, SpectralField, Truncation};
use num_complex::Complex;
use std::f64::consts::{PI, TAU};

/// Sets `velocity` on all ranks; collective.
///
/// # Errors
/// A field that is not solenoidal in this box, or has modes that the grid does not hold.
pub fn set<T: Real>(
    initial: &Initial,
    world: &World,
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    seed: u64,
    velocity: &mut [SpectralField<T>; 3],
) -> Result<()> {
    velocity.iter_mut().for_each(|field| field.fill(Complex::default()));
    match initial {
        Initial::Random { spectrum, energy, develop: _ } => {
            random(spectrum, *energy, world, layout, wavenumbers, seed, velocity)
        }
        // The driver puts the velocity in: flows know no files.
        Initial::File { .. } => Ok(()),
        initial => superpose(layout, &waves(initial, wavenumbers)?, velocity),
    }
}

/// The waves of a field that has a few; none of another.
///
/// # Errors
/// A field that is not solenoidal in this box.
pub fn waves(initial: &Initial, wavenumbers: &Wavenumbers) -> Result<Vec<Wave>> {
    match initial {
        Initial::TaylorGreen { amplitude, dimensions } => {
            Ok(taylor_green_waves(*amplitude, 1, *dimensions == 2, wavenumbers))
        }
        Initial::Abc { a, b, c, wavenumber } => {
            abc_waves([*a, *b, *c], *wavenumber as i64, wavenumbers, "initial.kind")
        }
        // u = a cos(k.x + phase), k.a = 0
        Initial::Mode { wavenumber: label, amplitude, phase } => {
            let k = wavenumbers.of(*label);
            let along: f64 = k.iter().zip(amplitude).map(|(k, a)| k * a).sum();
            let norm = |v: &[f64; 3]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
            if along.abs() > 1e-12 * norm(&k) * norm(amplitude) {
                return Err(Error::input(format!(
                    "initial.amplitude {amplitude:?} is not normal to the wavevector {k:?} of \
                     initial.wavenumber: the field would not be solenoidal"
                )));
            }
            let factor = Complex::from_polar(0.5, *phase);
            Ok(vec![(*label, amplitude.map(|a| factor * a))])
        }
        Initial::Random { .. } | Initial::File { .. } => Ok(Vec::new()),
    }
}

/// Refuses a mode that the grid does not hold; `what` has it.
pub fn refuse_unheld(truncation: &Truncation, what: &str, label: [i64; 3]) -> Result<()> {
    if truncation.holds(label) {
        return Ok(());
    }
    Err(Error::input(format!(
        "{what} has the mode {label:?}, which the grid {:?} does not hold after dealiasing: more points, or \
         a smaller wavenumber",
        truncation.grid
    )))
}

const I: Complex<f64> = Complex::new(0.0, 1.0);
const ZERO: Complex<f64> = Complex::new(0.0, 0.0);

/// A wave `û exp(i k.x)` and its conjugate, of label n.
pub type Wave = ([i64; 3], [Complex<f64>; 3]);

/// `u = U sin x cos y cos z, v = -U (k_x / k_y) cos x sin y cos z, w = 0`, with a number of waves per box
/// length; a planar one without the factor in z (Taylor & Green 1937; Brachet et al. 1983).
pub fn taylor_green_waves(
    amplitude: f64,
    wavenumber: i64,
    planar: bool,
    wavenumbers: &Wavenumbers,
) -> Vec<Wave> {
    let v = -amplitude * wavenumbers.unit[0] / wavenumbers.unit[1];
    // sin x = (e^ix - e^-ix) / 2i, cos x = (e^ix + e^-ix) / 2, and n_x = 1 stands for both signs
    let nz: &[i64] = if planar { &[0] } else { &[-1, 1] };
    let part = -I * if planar { 0.25 } else { 0.125 };
    let waves = nz.iter().flat_map(|nz| [(1, *nz), (-1, *nz)]);
    waves
        .map(|(ny, nz)| ([1, ny, nz].map(|n| wavenumber * n), [part * amplitude, part * v * ny as f64, ZERO]))
        .collect()
}

/// `u = A sin kz + C cos ky, v = B sin kx + A cos kz, w = C sin ky + B cos kx` (Dombre et al.
/// 1986).
///
/// # Errors
/// A box that is not cubic, for which `key` is to blame.
pub fn abc_waves(
    [a, b, c]: [f64; 3],
    wavenumber: i64,
    wavenumbers: &Wavenumbers,
    key: &str,
) -> Result<Vec<Wave>> {
    if wavenumbers.unit.iter().any(|unit| *unit != wavenumbers.unit[0]) {
        return Err(Error::input(format!(
            "{key} = \"abc\" needs a cubic box: domain.size has sides of different length"
        )));
    }
    let wave = |amplitude: f64, sine: usize, cosine: usize| {
        let mut u = [ZERO; 3];
        (u[sine], u[cosine]) = (-I * 0.5 * amplitude, Complex::from(0.5 * amplitude));
        u
    };
    let k = wavenumber;
    Ok(vec![([0, 0, k], wave(a, 0, 1)), ([k, 0, 0], wave(b, 1, 2)), ([0, k, 0], wave(c, 2, 0))])
}

/// Calls `put(mode, weight, amplitude)` for every mode of this rank that is one of the waves or the
/// conjugate of one; `what` they make up.
///
/// # Errors
/// A wave that the grid does not hold.
pub fn place<const N: usize>(
    layout: &Layout,
    what: &str,
    waves: &[([i64; 3], [Complex<f64>; N])],
    mut put: impl FnMut(usize, f64, [Complex<f64>; N]),
) -> Result<()> {
    for (label, amplitude) in waves {
        refuse_unheld(&layout.truncation, what, *label)?;
        let conjugate = (label.map(|n| -n), amplitude.map(|a| a.conj()));
        for ([nx, ny, nz], amplitude) in [(*label, *amplitude), conjugate] {
            let Some(c) = usize::try_from(nx).ok().and_then(|nx| layout.find(nx, nz)) else { continue };
            let column = &layout.columns[c];
            let m = column.ny_max() as i64;
            put(
                layout.range(c).start + if ny >= 0 { ny } else { 2 * m + 1 + ny } as usize,
                column.weight(),
                amplitude,
            );
        }
    }
    Ok(())
}

/// Adds the waves to the velocity.
fn superpose<T: Real>(layout: &Layout, waves: &[Wave], velocity: &mut [SpectralField<T>; 3]) -> Result<()> {
    place(layout, "the initial field", waves, |mode, _, amplitude| {
        for (field, a) in velocity.iter_mut().zip(amplitude) {
            field[mode] += Complex::new(T::of(a.re), T::of(a.im));
        }
    })
}

/// Sets a scalar on all ranks; collective. A random one has `|theta|^2 = E(k) V / (2 pi k^2)` in
/// each mode.
///
/// # Errors
/// Modes that the grid does not hold; a spectrum without energy there. `name` is that of the
/// scalar.
pub fn set_scalar<T: Real>(
    scalar: &Scalar,
    index: usize,
    world: &World,
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    seed: u64,
    field: &mut SpectralField<T>,
) -> Result<()> {
    field.fill(Complex::default());
    match &scalar.initial {
        ScalarInitial::Zero => Ok(()),
        ScalarInitial::Mode { wavenumber, amplitude, phase } => {
            let wave = [(*wavenumber, [Complex::from_polar(0.5 * amplitude, *phase)])];
            place(layout, &format!("scalar.{}.initial", scalar.name), &wave, |mode, _, [a]| {
                field[mode] += Complex::new(T::of(a.re), T::of(a.im))
            })
        }
        ScalarInitial::Random { energy, spectrum } => {
            let volume: f64 = wavenumbers.unit.iter().product();
            let mut sum = ExactSum::default();
            each_random_mode(layout, wavenumbers, |mode, drawn, mirrored, weight, _, kk| {
                let [theta, ..] =
                    uniform(seed.wrapping_add(index as u64), Purpose::InitialScalar, drawn).map(|x| TAU * x);
                let f = (energy_density(spectrum, kk) * volume / (2.0 * PI * kk * kk)).sqrt();
                let value = Complex::from_polar(f, if mirrored { -theta } else { theta });
                sum.add(0.5 * weight * f * f);
                field[mode] = Complex::new(T::of(value.re), T::of(value.im));
            });
            let scale = scale_to(*energy, sum.total(world), &format!("scalar.{}.initial", scalar.name))?;
            field.iter_mut().for_each(|theta| *theta = theta.scale(T::of(scale)));
            Ok(())
        }
    }
}

/// Calls `visit(mode, label, mirrored, weight, k, |k|)` for every mode of this rank but k = 0. In
/// the column n_x = n_z = 0 the modes n_y < 0 are the conjugates ("mirrored") of those n_y > 0, and
/// get their label.
fn each_random_mode(
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    mut visit: impl FnMut(usize, [i64; 3], bool, f64, [f64; 3], f64),
) {
    for (c, column) in layout.columns.iter().enumerate() {
        for (mode, ny) in layout.range(c).zip(column.labels()) {
            let n = [column.nx as i64, ny, column.nz];
            let mirrored = column.is_mean() && ny < 0;
            let drawn = if mirrored { n.map(|n| -n) } else { n };
            let k = wavenumbers.of(drawn);
            let kk = k.iter().map(|k| k * k).sum::<f64>().sqrt();
            if kk > 0.0 {
                visit(mode, drawn, mirrored, column.weight(), k, kk);
            }
        }
    }
}

/// The factor that brings a random field of this energy to the energy that the case asks for.
pub fn scale_to(target: Option<f64>, energy: f64, key: &str) -> Result<f64> {
    if energy == 0.0 || !energy.is_finite() {
        let what = if energy == 0.0 { "no energy" } else { "infinite energy" };
        return Err(Error::input(format!(
            "{key}.spectrum has {what} at the wavenumbers that the grid holds after dealiasing"
        )));
    }
    Ok(target.map_or(1.0, |target| (target / energy).sqrt()))
}

/// Rogallo's random field (TM 81315, p. 52; sign of û_3 as k.û = 0 demands):
///
/// ```text
///     û = (alpha k k_2 + beta k_1 k_3, beta k_2 k_3 - alpha k k_1, -beta (k_1^2 + k_2^2)) / (k k_12)
///     alpha = f exp(i theta_1) cos phi,  beta = f exp(i theta_2) sin phi,  f^2 = E(k) V / (2 pi k^2)
/// ```
///
/// with V the volume of k-space per mode. `|û|^2 = f^2` for each mode.
fn random<T: Real>(
    spectrum: &Spectrum,
    target: Option<f64>,
    world: &World,
    layout: &Layout,
    wavenumbers: &Wavenumbers,
    seed: u64,
    velocity: &mut [SpectralField<T>; 3],
) -> Result<()> {
    let volume: f64 = wavenumbers.unit.iter().product();
    let mut sum = ExactSum::default();
    each_random_mode(layout, wavenumbers, |mode, drawn, mirrored, weight, k, kk| {
        let k12 = (k[0] * k[0] + k[1] * k[1]).sqrt();
        let [theta1, theta2, phi] = uniform(seed, Purpose::InitialField, drawn).map(|x| TAU * x);
        let f = (energy_density(spectrum, kk) * volume / (2.0 * PI * kk * kk)).sqrt();
        let (alpha, beta) =
            (Complex::from_polar(f * phi.cos(), theta1), Complex::from_polar(f * phi.sin(), theta2));
        let u = if k12 == 0.0 {
            [alpha, beta, ZERO]
        } else {
            [
                (alpha * (kk * k[1]) + beta * (k[0] * k[2])) / (kk * k12),
                (beta * (k[1] * k[2]) - alpha * (kk * k[0])) / (kk * k12),
                -beta * (k12 / kk),
            ]
        };
        sum.add(0.5 * weight * f * f);
        for (field, u) in velocity.iter_mut().zip(u) {
            field[mode] = Complex::new(T::of(u.re), T::of(if mirrored { -u.im } else { u.im }));
        }
    });
    let scale = T::of(scale_to(target, sum.total(world), "initial")?);
    velocity.iter_mut().flat_map(|field| field.iter_mut()).for_each(|u| *u = u.scale(scale));
    Ok(())
}
