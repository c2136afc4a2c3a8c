//! The state on fewer polynomials, and in a box of other lengths. There a column keeps its labels,
//! v and eta; its wavenumbers become those of the new box, and phi with them:
//!
//! ```text
//!     phi = v'' - k^2 v,    phi' = v'' - k'^2 v = phi + (k^2 - k'^2) v
//! ```
//!
//! The discrete v of phi' is then that of phi, with the same values and slopes at the walls.

use super::Parameters;
use super::line::{Group, Operators, copy_out};
use super::velocity::Velocity;
use super::walls::WallMotion;
use crate::transform::{NEIGHBOURS, Shape, Truncation};
use num_complex::Complex;
use std::f64::consts::TAU;

/// Takes phi from one box to another.
pub struct Stretch {
    operators: Operators<f64>,
    velocity: Velocity<f64>,
    walls: WallMotion,
    /// The modes of the old box.
    truncation: Truncation,
    time: f64,
    v: Vec<Complex<f64>>,
    /// 2 pi / L in x and z.
    old: [f64; 2],
    new: [f64; 2],
}

impl Stretch {
    /// The way from the state of `old` at `time` to the box and the modes of `new`.
    pub fn new(old: &Parameters, new: &Parameters, time: f64) -> Self {
        let Truncation { shape: Shape::Chebyshev { kept }, .. } = new.truncation() else {
            unreachable!("the truncation of a channel")
        };
        let operators = Operators::new(kept);
        let units = |parameters: &Parameters| [0, 2].map(|i| TAU / parameters.size[i]);
        Self {
            velocity: Velocity::new(&operators),
            operators,
            walls: WallMotion::new(&old.walls, old.frame_velocity, old.size, &old.truncation()),
            truncation: old.truncation(),
            time,
            v: vec![Complex::default(); kept],
            old: units(old),
            new: units(new),
        }
    }

    /// phi of the column that had the labels (n_x, n_z) = `from`, has `to`, and already has the
    /// polynomials of the new grid. Where the field is `repeated` in x or z, the wavenumber there
    /// is what it was.
    pub fn column(&mut self, from: [i64; 2], to: [i64; 2], repeated: [bool; 2], phi: &mut [Complex<f64>]) {
        let before: [f64; 2] = std::array::from_fn(|i| self.old[i] * from[i] as f64);
        let after: [f64; 2] =
            std::array::from_fn(|i| if repeated[i] { before[i] } else { self.new[i] * to[i] as f64 });
        let [k2_before, k2_after] = [before, after].map(|[kx, kz]| kx * kx + kz * kz);
        // The column n_x = n_z = 0 holds mean profiles, which have no wavenumber.
        if k2_before == k2_after {
            return;
        }
        let column = self.truncation.find(from);
        let ends = column
            .map_or(Group::all(0.0), |column| self.walls.through(std::slice::from_ref(&column), self.time));
        self.velocity.solve_for_v(&self.operators, [before; NEIGHBOURS], phi, ends);
        copy_out(self.velocity.v(), 0, &mut self.v);
        for (phi, v) in phi.iter_mut().zip(&self.v) {
            *phi += v * (k2_before - k2_after);
        }
    }
}

/// Whether a field of the state has values at the walls of its own in the column of these labels:
/// phi has not, but U has, which is there where n_x = n_z = 0.
pub fn has_wall_values(field: &str, labels: [i64; 2]) -> bool {
    field != "laplacian_v" || labels == [0, 0]
}

/// Adds the coefficients of `whole` that `kept` has no room for to the last even and the last odd
/// one of `kept`: the values at the walls stay what they were. The first substep would mend them
/// with a jump at the walls.
pub fn keep_wall_values(whole: &[Complex<f64>], kept: &mut [Complex<f64>]) {
    let length = kept.len();
    for (n, coefficient) in whole.iter().enumerate().skip(length) {
        kept[length - 2 + (n - length) % 2] += coefficient;
    }
}

#[cfg(test)]
mod tests {
    use super::{Stretch, keep_wall_values};
    use crate::channel::Parameters;
    use crate::channel::case::{Transpiration, WallSide, Walls};
    use crate::chebyshev::derivative;
    use num_complex::Complex;
    use std::f64::consts::{PI, TAU};

    /// `v'' - k^2 v`
    fn laplacian(v: &[Complex<f64>], k2: f64) -> Vec<Complex<f64>> {
        derivative(&derivative(v)).iter().zip(v).map(|(second, v)| second - v * k2).collect()
    }

    fn padded(v: &[Complex<f64>]) -> Vec<Complex<f64>> {
        let mut line = vec![Complex::default(); 33];
        line[..v.len()].copy_from_slice(v);
        line
    }

    fn off(a: &[Complex<f64>], b: &[Complex<f64>]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
    }

    #[test]
    fn v_stays_where_wavenumbers_change() {
        let (old, new) = (
            Parameters::at_rest([TAU, 2.0, PI], [16, 33, 16]),
            Parameters::at_rest([0.7 * TAU, 2.0, 2.0 * PI], [24, 33, 24]),
        );
        let mut stretch = Stretch::new(&old, &new, 0.0);
        // (1 - y^2)^2 (i + y)
        let v = [
            Complex::new(0.0, 0.375),
            0.125.into(),
            -0.5 * Complex::I,
            (-0.1875).into(),
            0.125 * Complex::I,
            0.0625.into(),
        ];
        let v = padded(&v);
        let mut phi = laplacian(&v, 9.0 + 16.0);
        stretch.column([3, -2], [3, -4], [false, true], &mut phi);
        let error = off(&phi, &laplacian(&v, (3.0_f64 / 0.7).powi(2) + 16.0));
        assert!(error < 1e-14, "{error:e}");
        // Repeated in both: not a bit changes. Nor do the mean profiles.
        for (from, to, repeated) in [([3, -2], [6, -4], [true, true]), ([0, 0], [0, 0], [false, false])] {
            let before = phi.clone();
            stretch.column(from, to, repeated, &mut phi);
            assert_eq!(phi, before);
        }
    }

    #[test]
    fn what_goes_through_the_walls_is_part_of_v() {
        let wave = Transpiration { wall: WallSide::Upper, amplitude: 0.6, wavenumber: [-1, 2], phase: 0.4 };
        let walls = Walls { transpiration: vec![wave], ..Walls::default() };
        let at_rest = |size: [f64; 3]| Parameters {
            frame_velocity: 0.5,
            walls: walls.clone(),
            ..Parameters::at_rest(size, [16, 33, 16])
        };
        let (old, new) = (at_rest([TAU, 2.0, PI]), at_rest([TAU, 2.0, 1.2 * PI]));
        // The frame is 1.5 further on; the mode that is kept is the conjugate.
        let v_at_wall = Complex::from_polar(0.3, -0.4 + 1.5);
        let v = padded(&[v_at_wall * 0.5, v_at_wall * 0.5]);
        let mut phi = laplacian(&v, 1.0 + 16.0);
        Stretch::new(&old, &new, 3.0).column([1, -2], [1, -2], [true, false], &mut phi);
        let error = off(&phi, &laplacian(&v, 1.0 + 16.0 / 1.44));
        assert!(error < 1e-14, "{error:e}");
    }

    #[test]
    fn cut_lines_keep_their_values_at_the_walls() {
        let whole: Vec<Complex<f64>> = (0..9).map(|n| Complex::new(f64::from(n), 1.0)).collect();
        let walls = |line: &[Complex<f64>]| -> [Complex<f64>; 2] {
            [line.iter().sum(), line.iter().enumerate().map(|(n, a)| if n % 2 == 0 { *a } else { -a }).sum()]
        };
        for kept in [4, 5, 8, 9] {
            let mut line = whole[..kept].to_vec();
            keep_wall_values(&whole, &mut line);
            assert_eq!(walls(&line), walls(&whole), "{kept}");
            assert_eq!(line[..kept - 2], whole[..kept - 2]);
        }
    }
}
