//! The state at time zero.

use super::Channel;
use crate::transform::Real;
use num_complex::Complex;

impl<T: Real> Channel<T> {
    /// Sets the mean profiles U and W to these functions of y; collective.
    pub fn set_profiles(&mut self, u: impl Fn(f64) -> f64, w: impl Fn(f64) -> f64) {
        let Self { pencils, state, grid, operators, .. } = self;
        let Some(mean) = pencils.layout.columns.iter().position(|column| column.is_mean()) else { return };
        let range = pencils.layout.range(mean);
        let functions: [&dyn Fn(f64) -> f64; 2] = [&u, &w];
        for (field, function) in state.iter_mut().zip(functions) {
            let values: Vec<f64> = grid.y.iter().map(|y| function(*y)).collect();
            let coefficients = grid.coefficients(&values);
            for (mode, value) in field[range.clone()].iter_mut().zip(coefficients.into_iter().take(operators.kept)) {
                *mode = Complex::new(T::of(value), T::zero());
            }
        }
    }

    /// Adds a disturbance of the wavenumbers of label (n_x, n_z) != 0, given by the Chebyshev coefficients of v, which meets the wall conditions, and of
    /// eta. Collective; a label that is not kept is ignored.
    pub fn add_mode(&mut self, label: [i64; 2], v: &[Complex<f64>], eta: &[Complex<f64>]) {
        let Self { pencils, state, operators, wavenumbers, .. } = self;
        for (c, column) in pencils.layout.columns.iter().enumerate() {
            let stored = [column.nx as i64, column.nz];
            let conjugate = stored.map(|n| -n) == label;
            if stored != label && !conjugate {
                continue;
            }
            let k2: f64 = wavenumbers.of(column).iter().map(|k| k.wide() * k.wide()).sum();
            let second = derivative(&derivative(v));
            let range = pencils.layout.range(c);
            for n in 0..operators.kept {
                let at = |line: &[Complex<f64>]| line.get(n).copied().unwrap_or_default();
                let mode = [at(&second) - at(v) * k2, at(eta)];
                for (field, mode) in state.iter_mut().zip(mode) {
                    let mode = if conjugate { mode.conj() } else { mode };
                    field[range.start + n] += Complex::new(T::of(mode.re), T::of(mode.im));
                }
            }
        }
    }

    /// The Chebyshev coefficients of u, v and w of the label (n_x, n_z), if this rank holds it.
    pub fn velocity_of(&mut self, label: [i64; 2]) -> Option<[Vec<Complex<f64>>; 3]> {
        let Self { pencils, state, operators, wavenumbers, walls, velocity, clock, .. } = self;
        let c = pencils.layout.columns.iter().position(|column| [column.nx as i64, column.nz] == label)?;
        let (column, range) = (&pencils.layout.columns[c], pencils.layout.range(c));
        let [phi, eta] = [0, 1].map(|f: usize| &state[f][range.clone()]);
        let mut lines: [Vec<Complex<T>>; 3] = std::array::from_fn(|_| vec![Complex::default(); operators.kept]);
        if column.is_mean() {
            lines[0].copy_from_slice(phi);
            lines[2].copy_from_slice(eta);
        } else {
            let [u, v, w] = lines.each_mut().map(|line| &mut line[..]);
            velocity.of_column(operators, wavenumbers.of(column), [phi, eta], walls.through(column, clock.time), [u, v, w]);
        }
        Some(lines.map(|line| line.iter().map(|a| Complex::new(a.re.wide(), a.im.wide())).collect()))
    }
}

/// The derivative of `sum_n f_n T_n(y)`.
pub fn derivative(f: &[Complex<f64>]) -> Vec<Complex<f64>> {
    let mut d = vec![Complex::default(); f.len() + 2];
    for n in (0..f.len().saturating_sub(1)).rev() {
        d[n] = d[n + 2] + f[n + 1] * (2.0 * (n + 1) as f64);
    }
    d[0] *= 0.5;
    d.truncate(f.len());
    d
}
