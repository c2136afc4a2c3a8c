//! The state in a box of other lengths. Modes keep their labels; their wavenumbers become those of
//! the new box, which leaves the velocity with a divergence wherever the lengths change by
//! different factors: that part of it is taken out.

use super::{MeanFlow, Parameters, Wavenumbers};
use crate::error::{Error, Result};
use num_complex::Complex;

/// Takes the velocity from one box to another.
pub struct Stretch {
    /// The wavenumbers of the new box.
    wavenumbers: Wavenumbers,
}

impl Stretch {
    /// The way from the state of a run at a time to the box and the modes of another at its time.
    ///
    /// # Errors
    /// Mean flows that have not deformed the coordinates of both in the same way.
    pub fn new((old, old_time): (&Parameters, f64), (new, new_time): (&Parameters, f64)) -> Result<Self> {
        let deformation = |parameters: &Parameters, time: f64| {
            MeanFlow::new(&parameters.mean, parameters.size).deformation(time, time)
        };
        let [of_old, of_new] = [deformation(old, old_time), deformation(new, new_time)];
        let off = of_old
            .as_flattened()
            .iter()
            .zip(of_new.as_flattened())
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        if off > 1e-12 {
            return Err(Error::input(format!(
                "the mean flow has deformed its box, at time {old_time}, by {of_old:?}, but the new one, at \
                 time {new_time}, by {of_new:?}: take a time at \
                 which they are the same, and keep the ratio of L_x to L_y of a sheared box"
            )));
        }
        let mut wavenumbers = Wavenumbers::new(new.size, &new.truncation());
        wavenumbers.deformation = of_new;
        Ok(Self { wavenumbers })
    }

    /// `u_i - k_i k_j u_j / k^2` of the modes of the column (n_x, n_z) of the new box.
    pub fn column(&self, [nx, nz]: [i64; 2], [u, v, w]: [&mut [Complex<f64>]; 3]) {
        let m = (u.len() / 2) as i64;
        for (ny, ((u, v), w)) in (0..=m).chain(-m..0).zip(u.iter_mut().zip(v).zip(w)) {
            let [x, y, z] = self.wavenumbers.of([nx, ny, nz]);
            let k2 = x * x + y * y + z * z;
            if k2 > 0.0 {
                let along = (*u * x + *v * y + *w * z) / k2;
                (*u, *v, *w) = (*u - along * x, *v - along * y, *w - along * z);
            }
        }
    }
}

/// The numbers that [`super::Homogeneous`] keeps of a force, where each label n becomes `factors n`
/// in a box of other lengths: a random force goes by labels.
///
/// # Errors
/// A force that is tied to the box.
pub fn restart_scalars_in_other_box(
    restart_scalars: &[(String, f64)],
    factors: [i64; 3],
) -> Result<Vec<(String, f64)>> {
    let renamed = |(name, value): &(String, f64)| {
        let parts: Vec<&str> = name.split('_').collect();
        match parts[..] {
            ["shell", ..] => Err(Error::input(
                "forcing.kind = \"frozen-shells\" holds the energy of the shells of its box: this box cannot \
                 be another",
            )),
            ["force", direction, part, x, y, z] => {
                let label: Vec<String> =
                    [x, y, z].iter().zip(factors).map(|(n, factor)| multiple(n, factor)).collect();
                Ok((format!("force_{direction}_{part}_{}", label.join("_")), *value))
            }
            _ => Ok((name.clone(), *value)),
        }
    };
    restart_scalars.iter().map(renamed).collect()
}

fn multiple(label: &str, factor: i64) -> String {
    label.parse().map_or_else(|_| label.to_owned(), |n: i64| (n * factor).to_string())
}

#[cfg(test)]
mod tests {
    use super::{Stretch, restart_scalars_in_other_box};
    use crate::homogeneous::Parameters;
    use crate::homogeneous::case::{Gradient, Mean};
    use num_complex::Complex;
    use std::f64::consts::TAU;

    fn in_box(size: [f64; 3]) -> Parameters {
        Parameters { size, ..Parameters::at_rest([16, 16, 16]) }
    }

    #[test]
    fn a_stretched_velocity_is_solenoidal_again() {
        let (old, new) = (in_box([TAU; 3]), in_box([TAU, 0.5 * TAU, 1.3 * TAU]));
        let stretch = Stretch::new((&old, 0.0), (&new, 0.0)).unwrap();
        let line = |a: f64| {
            (0..11)
                .map(|n| Complex::new((a + f64::from(n)).sin(), (2.0 * a - f64::from(n)).cos()))
                .collect::<Vec<_>>()
        };
        let [mut u, mut v, mut w] = [line(0.3), line(1.1), line(2.7)];
        stretch.column([2, -3], [&mut u, &mut v, &mut w]);
        for (ny, ((u, v), w)) in (0..=5).chain(-5..0).zip(u.iter().zip(&v).zip(&w)) {
            let divergence = u * 2.0 + v * (2.0 * f64::from(ny)) - w * (3.0 / 1.3);
            assert!(divergence.norm() < 1e-14, "n_y {ny}: {divergence}");
        }
        // What has no divergence stays, and so does the mean velocity.
        let before = [u.clone(), v.clone(), w.clone()];
        stretch.column([2, -3], [&mut u, &mut v, &mut w]);
        let change = before
            .iter()
            .flatten()
            .zip(u.iter().chain(&v).chain(&w))
            .map(|(a, b)| (a - b).norm())
            .fold(0.0, f64::max);
        assert!(change < 1e-15, "{change}");
        let mut mean = [vec![Complex::from(1.0)], vec![Complex::from(2.0)], vec![Complex::from(3.0)]];
        let [u, v, w] = mean.each_mut().map(|line| &mut line[..]);
        stretch.column([0, 0], [u, v, w]);
        assert_eq!(mean.map(|line| line[0].re), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn boxes_that_are_tilted_differently_are_refused() {
        let sheared = |size: [f64; 3]| Parameters {
            mean: Mean { gradient: Gradient::Shear { rate: 1.0 }, ..Mean::default() },
            ..in_box(size)
        };
        let (old, same, longer) =
            (sheared([TAU; 3]), sheared([2.0 * TAU, 2.0 * TAU, TAU]), sheared([2.0 * TAU, TAU, TAU]));
        // The first is remeshed at 1/2, the last at 1.
        assert!(Stretch::new((&old, 0.7), (&same, 0.7)).is_ok());
        assert!(Stretch::new((&old, 0.3), (&longer, 0.3)).is_ok());
        for (new, time) in [(&longer, 0.7), (&old, 0.0)] {
            let error =
                Stretch::new((&old, 0.7), (new, time)).err().map(|error| error.message).unwrap_or_default();
            assert!(error.contains("has deformed its box"), "{error}");
        }
    }

    #[test]
    fn a_random_force_follows_its_modes() {
        let numbers = |names: [&str; 2]| names.map(|name| (name.to_owned(), 1.5));
        let memory =
            restart_scalars_in_other_box(&numbers(["force_x_re_1_-2_0", "remesh_energy"]), [2, 3, 1])
                .unwrap();
        assert_eq!(memory, numbers(["force_x_re_2_-6_0", "remesh_energy"]));
        let error = restart_scalars_in_other_box(&numbers(["shell_energy_0", "shell_rate_0"]), [1, 1, 1])
            .unwrap_err();
        assert!(error.message.contains("frozen-shells"), "{error}");
    }
}
