//! The dense eigenproblem `A x = omega B x`: its spectrum, single eigenvectors, forced solutions.

use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector, Dyn, LU, Schur};
use num_complex::Complex;

pub type Vector = DVector<Complex<f64>>;

/// The matrices of an eigenproblem, and a point above its spectrum.
pub struct Pencil {
    pub a: DMatrix<Complex<f64>>,
    pub b: DMatrix<Complex<f64>>,
    /// No eigenvalue, and nearer to the least stable ones than to the others.
    pub above: Complex<f64>,
}

impl Pencil {
    /// The eigenvalues, in no order:
    ///
    /// ```text
    ///     omega = sigma + 1 / mu,   mu an eigenvalue of (A - sigma B)^-1 B,   sigma above the spectrum
    /// ```
    ///
    /// so that the least stable ones have a large |mu|, and the strongly damped ones do not spoil
    /// their accuracy.
    ///
    /// # Errors
    /// No convergence.
    pub fn spectrum(&self) -> Result<Vec<Complex<f64>>> {
        const ITERATIONS_PER_EIGENVALUE: usize = 100;
        let none = || {
            Error::failure(
                "the eigenvalues of the linearised channel were not found: the iteration does not converge",
            )
        };
        let inverse = (&self.a - &self.b * self.above).lu().solve(&self.b).ok_or_else(none)?;
        let limit = ITERATIONS_PER_EIGENVALUE * inverse.nrows();
        let mu = Schur::try_new(inverse, f64::EPSILON, limit)
            .and_then(|schur| schur.eigenvalues())
            .ok_or_else(none)?;
        Ok(mu.iter().map(|mu| self.above + mu.inv()).filter(|omega| omega.is_finite()).collect())
    }

    /// The eigenvalue next to `guess`, and its vector, by inverse iteration:
    ///
    /// ```text
    ///     y = (A - s B)^-1 B x,   omega = s + 1 / (x* y),   x = y / |y|
    /// ```
    ///
    /// # Errors
    /// No convergence, as for a double eigenvalue with one vector.
    pub fn nearest(&self, guess: Complex<f64>) -> Result<(Complex<f64>, Vector)> {
        // So far from the guess, which may be exact, that the matrix is not singular.
        let shift = guess + (guess - self.above) * 1e-9;
        if let Some((x, y)) = self.iterate(&(&self.a - &self.b * shift).lu()) {
            let mu = x.dotc(&y);
            // |A y - omega B y| in units of omega
            let error = (&y - x * mu).norm() / (y.norm() * mu.norm());
            if error < 1e-11 * (guess - self.above).norm() {
                return Ok((shift + mu.inv(), y.normalize()));
            }
        }
        Err(Error::failure(format!(
            "the eigenvector of omega = {guess} of the linearised channel was not found: another eigenvalue \
             is too close to it"
        )))
    }

    /// x of `A x - omega B x = f`; none if omega is an eigenvalue, or so close to one that x would
    /// be nothing but its round-off.
    pub fn forced(&self, omega: Complex<f64>, f: &Vector) -> Option<Vector> {
        const LARGEST_RESPONSE: f64 = 1e8;
        let lu = (&self.a - &self.b * omega).lu();
        let (_, y) = self.iterate(&lu)?;
        if y.norm() * (omega - self.above).norm() < LARGEST_RESPONSE { lu.solve(f) } else { None }
    }

    /// x and y of inverse iteration after some steps; none if the matrix is singular to the last
    /// bit.
    fn iterate(&self, lu: &LU<Complex<f64>, Dyn, Dyn>) -> Option<(Vector, Vector)> {
        const STEPS: usize = 12;
        // Neither even nor odd, as eigenvectors often are.
        let mut y =
            DVector::from_fn(self.a.nrows(), |i, _| Complex::new(1.0, 0.3 * i as f64) / (1 + i) as f64);
        let mut x = y.clone();
        for _ in 0..STEPS {
            x = y.normalize();
            y = lu.solve(&(&self.b * &x)).filter(|y| y.norm().is_finite())?;
        }
        Some((x, y))
    }
}
