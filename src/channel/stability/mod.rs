//! Eigenmodes of the plane channel, linearised about a mean profile U(y), for one pair of
//! wavenumbers:
//!
//! ```text
//!     Orr-Sommerfeld:  (-i omega + i k_x U) L v - i k_x U'' v = nu L L v,     v = v' = 0 at y = -1, 1
//!     Squire:          (-i omega + i k_x U) eta - nu L eta = -i k_z U' v,     eta = 0 at y = -1, 1
//!     disturbances ~ exp(i (k_x x + k_z z - omega t)),
//!     L = D^2 - k^2,  k^2 = k_x^2 + k_z^2,  eta = du/dz - dw/dx
//! ```
//!
//! Galerkin's method: v and eta are sums of Chebyshev polynomials that meet the wall conditions,
//! and the residuals are normal to all of these in the mean square. No spurious modes arise, as the
//! energy argument that bounds the growth rate holds for the matrices too.

mod pencil;
#[cfg(test)]
mod tests;

use crate::chebyshev::{Points, derivative};
use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};
use num_complex::Complex;
use pencil::{Pencil, Vector};

/// The modes of one wavenumber pair: with v and the eta that v forces, or with eta alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    OrrSommerfeld,
    Squire,
}

/// An eigenmode. The largest of |u|, |v|, |w| at the Gauss-Lobatto points is 1, and real and
/// positive there.
#[derive(Clone, Debug)]
pub struct Eigenmode {
    /// Im omega is the growth rate.
    pub omega: Complex<f64>,
    /// Chebyshev coefficients n = 0 .. N of the wall-normal velocity
    pub v: Vec<Complex<f64>>,
    /// Chebyshev coefficients n = 0 .. N of the wall-normal vorticity
    pub eta: Vec<Complex<f64>>,
}

/// Degree of the polynomials: that of the grid, but the eigenvalues of larger matrices take too
/// long.
const LARGEST_DEGREE: usize = 256;
const SMALLEST_DEGREE: usize = 8;

/// The largest of the last eighth of the Chebyshev coefficients over the largest of all, if N
/// resolves the mode.
const RESOLVED: f64 = 1e-9;

const I: Complex<f64> = Complex::I;
const ZERO: Complex<f64> = Complex::ZERO;

/// The mode of this family with the index-th largest growth rate, from 0; of equally stable ones,
/// that of the larger Re omega comes first, and that of an even v or an odd eta before that of an
/// odd v or an even eta. `profile` has the N + 1 Chebyshev coefficients of U.
///
/// # Errors
/// No wavenumber, no such mode, one that N does not resolve, or one that is in resonance with
/// Squire's equation.
pub fn eigenmode(
    family: Family,
    profile: &[f64],
    viscosity: f64,
    [kx, kz]: [f64; 2],
    index: usize,
) -> Result<Eigenmode> {
    let n = profile.len().saturating_sub(1);
    if n < SMALLEST_DEGREE || (kx == 0.0 && kz == 0.0) {
        return Err(Error::input(format!(
            "an eigenmode needs a wavenumber other than 0 and at least {SMALLEST_DEGREE} Chebyshev \
             polynomials: here [{kx}, {kz}] and {n}"
        )));
    }
    let parts: Vec<_> =
        parts(profile).iter().map(|part| Linearised::new(profile, viscosity, [kx, kz], part)).collect();
    let pencils: Vec<_> = parts.iter().map(|part| part.pencil(family)).collect();
    let modes = sorted_spectrum(&pencils)?;
    let Some((guess, part)) = modes.get(index) else {
        return Err(Error::input(format!(
            "eigenmode {index} of {family:?}: on {} Chebyshev polynomials there are only {}",
            n.min(LARGEST_DEGREE),
            modes.len()
        )));
    };
    let (omega, x) = pencils[*part].nearest(*guess)?;
    let part = &parts[*part];
    let (v, eta) = match family {
        Family::OrrSommerfeld => {
            let v = part.clamped.series(&x);
            let eta = part.forced_vorticity(omega, &v)?;
            (v, eta)
        }
        Family::Squire => (vec![ZERO; part.pinned.coefficients[0].len()], part.pinned.series(&x)),
    };
    if !resolved(&v) || !resolved(&eta) {
        return Err(Error::input(format!(
            "eigenmode {index} of {family:?}, omega = {omega}, is not resolved by {} Chebyshev polynomials: \
             more points in y, or a smaller index",
            n.min(LARGEST_DEGREE)
        )));
    }
    Ok(normalised(omega, v, eta, n, [kx, kz]))
}

/// Polynomials of degree `first + i step` for v and for eta.
struct Part {
    v_first: usize,
    eta_first: usize,
    step: usize,
}

/// If U is even, the modes with an even v and an odd eta are found apart from those with an odd v
/// and an even eta: the wall modes of both often have the same omega to round-off, and would be
/// mixed. Otherwise all are in one part.
fn parts(profile: &[f64]) -> Vec<Part> {
    let largest = |part: &mut dyn Iterator<Item = &f64>| part.fold(0.0, |max: f64, a| max.max(a.abs()));
    let even = largest(&mut profile.iter().skip(1).step_by(2)) <= 1e-13 * largest(&mut profile.iter());
    if even {
        vec![Part { v_first: 0, eta_first: 1, step: 2 }, Part { v_first: 1, eta_first: 0, step: 2 }]
    } else {
        vec![Part { v_first: 0, eta_first: 0, step: 1 }]
    }
}

/// The eigenvalues of all, with the number of their pencil, by falling growth rate; what is equal
/// to round-off, by falling Re omega, and then by number.
fn sorted_spectrum(pencils: &[Pencil]) -> Result<Vec<(Complex<f64>, usize)>> {
    const EQUAL: f64 = 1e-9;
    let above = pencils[0].above;
    let mut modes = Vec::new();
    for (number, pencil) in pencils.iter().enumerate() {
        modes.extend(pencil.spectrum()?.into_iter().map(|omega| (omega, number)));
    }
    modes.sort_by(|(a, _), (b, _)| b.im.total_cmp(&a.im));
    for equal in modes.chunk_by_mut(|(a, _), (b, _)| (a.im - b.im).abs() < EQUAL * (a - above).norm()) {
        equal.sort_by(|(a, _), (b, _)| b.re.total_cmp(&a.re));
        for equal in equal.chunk_by_mut(|(a, _), (b, _)| (a.re - b.re).abs() < EQUAL * (a - above).norm()) {
            equal.sort_by_key(|(_, number)| *number);
        }
    }
    Ok(modes)
}

/// Polynomials that meet the wall conditions, row by row: Chebyshev coefficients, values, values of
/// L.
struct Basis {
    coefficients: Vec<Vec<f64>>,
    values: DMatrix<f64>,
    laplacian: DMatrix<f64>,
}

impl Basis {
    fn new(coefficients: Vec<Vec<f64>>, points: &Points, kk: f64) -> Self {
        let matrix = |rows: Vec<Vec<f64>>| DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j]);
        let laplacian = |f: &Vec<f64>| -> Vec<f64> {
            derivative(&derivative(f)).iter().zip(f).map(|(d, f)| d - kk * f).collect()
        };
        let values = matrix(coefficients.iter().map(|f| points.values(f)).collect());
        let laplacian = matrix(coefficients.iter().map(|f| points.values(&laplacian(f))).collect());
        Self { coefficients, values, laplacian }
    }

    fn series(&self, x: &Vector) -> Vec<Complex<f64>> {
        let coefficient = |n: usize| x.iter().zip(&self.coefficients).map(|(x, f)| x * f[n]).sum();
        (0..self.coefficients[0].len()).map(coefficient).collect()
    }
}

/// The equations in weak form, `(f, g) = 1/2 int f g dy`.
struct Linearised {
    viscosity: f64,
    wavenumbers: [f64; 2],
    points: Points,
    /// U, U', U''
    mean: [Vec<f64>; 3],
    /// f = f' = 0 at the walls
    clamped: Basis,
    /// f = 0 at the walls
    pinned: Basis,
}

impl Linearised {
    fn new(profile: &[f64], viscosity: f64, [kx, kz]: [f64; 2], part: &Part) -> Self {
        let n = profile.len() - 1;
        let degree = n.min(LARGEST_DEGREE);
        // Exact for the product of U and two of the polynomials.
        let points = Points::new(2 * degree + n + 1);
        let row = |entries: &[(usize, f64)]| {
            let mut row = vec![0.0; degree + 1];
            entries.iter().for_each(|(n, a)| row[*n] = *a);
            row
        };
        // T_n - T_(n+2);  T_n - 2 (n+2)/(n+3) T_(n+2) + (n+1)/(n+3) T_(n+4)   (Shen 1995)
        let pinned = (part.eta_first..degree - 1)
            .step_by(part.step)
            .map(|n| row(&[(n, 1.0), (n + 2, -1.0)]))
            .collect();
        let clamped = (part.v_first..degree - 3).step_by(part.step).map(|n| {
            let m = (n + 3) as f64;
            row(&[(n, 1.0), (n + 2, -2.0 * (m - 1.0) / m), (n + 4, (m - 2.0) / m)])
        });
        let kk = kx * kx + kz * kz;
        let slope = derivative(profile);
        Self {
            viscosity,
            wavenumbers: [kx, kz],
            mean: [profile, &slope, &derivative(&slope)].map(|series| points.values(series)),
            clamped: Basis::new(clamped.collect(), &points, kk),
            pinned: Basis::new(pinned, &points, kk),
            points,
        }
    }

    fn pencil(&self, family: Family) -> Pencil {
        match family {
            Family::OrrSommerfeld => self.orr_sommerfeld(),
            Family::Squire => self.squire(),
        }
    }

    /// The Orr-Sommerfeld equation for all f and v of the basis; `(f, L L v) = (L f, L v)` as both
    /// are clamped:
    ///
    /// ```text
    ///     omega (f, L v) = k_x (f, U L v - U'' v) + i nu (L f, L v)
    /// ```
    fn orr_sommerfeld(&self) -> Pencil {
        let Basis { values: f, laplacian: lf, .. } = &self.clamped;
        let convection = self.product(f, lf, Some(&self.mean[0])) - self.product(f, f, Some(&self.mean[2]));
        self.assembled(convection, self.product(lf, lf, None), self.product(f, lf, None))
    }

    /// Squire's equation for all f and eta of the basis:
    ///
    /// ```text
    ///     omega (f, eta) = k_x (f, U eta) + i nu (f, L eta) [+ k_z (f, U' v)]
    /// ```
    fn squire(&self) -> Pencil {
        let Basis { values: f, laplacian: lf, .. } = &self.pinned;
        self.assembled(
            self.product(f, f, Some(&self.mean[0])),
            self.product(f, lf, None),
            self.product(f, f, None),
        )
    }

    /// `A = k_x C + i nu D`, B, and a frequency above the spectrum: twice as high as Howard's
    /// semicircle (1961).
    fn assembled(&self, convection: DMatrix<f64>, diffusion: DMatrix<f64>, b: DMatrix<f64>) -> Pencil {
        let [kx, kz] = self.wavenumbers;
        let (min, max) =
            self.mean[0].iter().fold((f64::MAX, f64::MIN), |(min, max), u| (min.min(*u), max.max(*u)));
        let above = Complex::new(
            kx * 0.5 * (min + max),
            kx.abs() * (max - min) + self.viscosity * (kx * kx + kz * kz),
        );
        let a = convection.zip_map(&diffusion, |c, d| Complex::new(kx * c, self.viscosity * d));
        Pencil { a, b: b.map(Complex::from), above }
    }

    /// (f, c g) of all f and g.
    fn product(&self, f: &DMatrix<f64>, g: &DMatrix<f64>, c: Option<&[f64]>) -> DMatrix<f64> {
        let mut g = g.transpose();
        for (j, mut row) in g.row_iter_mut().enumerate() {
            row *= self.points.weights[j] * c.map_or(1.0, |c| c[j]);
        }
        f * g
    }

    /// eta of Squire's equation with the right-hand side of v.
    ///
    /// # Errors
    /// Resonance: omega is an eigenvalue of Squire's equation.
    fn forced_vorticity(&self, omega: Complex<f64>, v: &[Complex<f64>]) -> Result<Vec<Complex<f64>>> {
        let [_, kz] = self.wavenumbers;
        if kz == 0.0 {
            return Ok(vec![ZERO; v.len()]);
        }
        let values = self.points.values(v);
        let weighted = DVector::from_fn(values.len(), |j, _| {
            values[j] * (-kz * self.points.weights[j] * self.mean[1][j])
        });
        let eta = self.squire().forced(omega, &(self.pinned.values.map(Complex::from) * weighted));
        eta.map(|x| self.pinned.series(&x)).ok_or_else(|| {
            Error::input(format!(
                "omega = {omega} of the Orr-Sommerfeld equation is an eigenvalue of Squire's as well \
                 (resonance): this mode does not evolve as exp(-i omega t)"
            ))
        })
    }
}

/// Whether the last coefficients are small.
fn resolved(a: &[Complex<f64>]) -> bool {
    let largest = |a: &[Complex<f64>]| a.iter().map(|a| a.norm()).fold(0.0, f64::max);
    largest(&a[a.len() - (a.len() / 8).max(2)..]) <= RESOLVED * largest(a)
}

/// Scales the mode, on N + 1 polynomials, so that its largest velocity is 1:
///
/// ```text
///     u = (i / k^2) (k_x v' - k_z eta),   w = (i / k^2) (k_z v' + k_x eta)
/// ```
fn normalised(
    omega: Complex<f64>,
    mut v: Vec<Complex<f64>>,
    mut eta: Vec<Complex<f64>>,
    n: usize,
    [kx, kz]: [f64; 2],
) -> Eigenmode {
    v.resize(n + 1, ZERO);
    eta.resize(n + 1, ZERO);
    let points = Points::new(n + 1);
    let [vs, slopes, etas] = [&v, &derivative(&v), &eta].map(|series| points.values(series));
    let factor = I / (kx * kx + kz * kz);
    let velocity = (0..=n).flat_map(|j| {
        [factor * (slopes[j] * kx - etas[j] * kz), vs[j], factor * (slopes[j] * kz + etas[j] * kx)]
    });
    let velocity: Vec<_> = velocity.collect();
    let largest = velocity.iter().map(|u| u.norm()).fold(0.0, f64::max);
    // The first of those that symmetry makes as large: not left to round-off.
    let scale = velocity
        .iter()
        .find(|u| u.norm() > (1.0 - 1e-6) * largest)
        .map_or(Complex::ONE, |u| u.conj() / (u.norm() * largest));
    v.iter_mut().chain(&mut eta).for_each(|a| *a *= scale);
    Eigenmode { omega, v, eta }
}
