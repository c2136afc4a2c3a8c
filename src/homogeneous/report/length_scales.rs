//! Integral lengths from the one-dimensional spectra, over the size of the box.

use crate::error::Result;
use crate::report::series::{Table, samples};

/// Components and directions, as the names of the columns have them.
const COMPONENTS: [&str; 3] = ["uu", "vv", "ww"];
pub const DIRECTIONS: [&str; 3] = ["x", "y", "z"];

/// The integral lengths over the times at which spectra were sampled.
pub struct LengthScales {
    pub time: Vec<f64>,
    /// `L_ii,k / L_k` (no sum) of direction k and component i: the integral of the correlation of u_i over
    /// separations in direction k, over the size of the box in this direction. With the one-sided spectrum
    /// `E_ii(k_k)` and its wavenumbers `dk = 2 pi / L_k` apart (Pope 2000, eq. 6.213),
    ///
    /// ```text
    ///     L_ii,k = pi E_ii(0) / (2 <u_i^2>),    L_ii,k / L_k = E_ii(0) dk / (4 <u_i^2>),
    ///     <u_i^2> = dk (E_ii(0) / 2 + sum_(n > 0) E_ii(n dk))
    /// ```
    ///
    /// A box that is uncorrelated over half its size has less than about 0.1; the most is 1/2.
    pub over_box: [[Vec<f64>; 3]; 3],
}

impl LengthScales {
    /// The lengths; none if a direction is missing.
    ///
    /// # Errors
    /// A table without steps and times.
    pub fn of(table: &Table) -> Result<Option<Self>> {
        let samples = samples(table)?;
        let all = table.column("time")?;
        let time = samples.iter().map(|rows| all[rows.start]).collect();
        let ratio = |component: &str, direction: &str| -> Option<Vec<f64>> {
            let k = table.find(&format!("k{direction}"))?;
            let energy = table.find(&format!("{component}_{direction}"))?;
            let of_sample = |rows: &std::ops::Range<usize>| {
                let (k, energy) = (&k[rows.clone()], &energy[rows.clone()]);
                let known: Vec<f64> = energy.iter().copied().filter(|value| value.is_finite()).collect();
                match (k, &known[..]) {
                    ([_, second, ..], [first, rest @ ..]) if k[0] == 0.0 && *second > 0.0 => {
                        let total = 0.5 * first + rest.iter().sum::<f64>();
                        if total > 0.0 { first / (4.0 * total) } else { f64::NAN }
                    }
                    _ => f64::NAN,
                }
            };
            Some(samples.iter().map(of_sample).collect())
        };
        let mut over_box: [[Vec<f64>; 3]; 3] = Default::default();
        for (of_direction, direction) in over_box.iter_mut().zip(DIRECTIONS) {
            for (values, component) in of_direction.iter_mut().zip(COMPONENTS) {
                let Some(found) = ratio(component, direction) else { return Ok(None) };
                *values = found;
            }
        }
        Ok(Some(Self { time, over_box }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A correlation exp(-r/l) has the integral length l, and the spectrum 2 l / (pi (1 + k^2 l^2)).
    #[test]
    fn an_exponential_correlation_has_its_length() {
        let (length, size) = (0.2_f64, 8.0_f64);
        let dk = 2.0 * std::f64::consts::PI / size;
        let mut text = String::from("step,time,n,kx,uu_x,vv_x,ww_x,ky,uu_y,vv_y,ww_y,kz,uu_z,vv_z,ww_z\n");
        for n in 0..4000 {
            let k = dk * f64::from(n);
            let energy = 2.0 * length / (std::f64::consts::PI * (1.0 + (k * length).powi(2)));
            let of_direction = format!("{k},{energy},{energy},{}", 0.5 * energy);
            text += &format!("0,1.5,{n},{of_direction},{of_direction},{of_direction}\n");
        }
        let table = Table::parse("spectra_1d.csv".as_ref(), &text).unwrap();
        let scales = LengthScales::of(&table).unwrap().unwrap();
        assert_eq!(scales.time, [1.5]);
        for values in scales.over_box.iter().flatten() {
            // A thousandth of the variance lies beyond the last wavenumber.
            assert!((values[0] / (length / size) - 1.001).abs() < 1e-4, "{values:?}");
        }
    }

    #[test]
    fn a_table_without_a_direction_has_none() {
        let table = Table::parse("a.csv".as_ref(), "step,time,n,kx,uu_x\n0,0,0,0,1\n0,0,1,2,\n").unwrap();
        assert!(LengthScales::of(&table).unwrap().is_none());
    }
}
