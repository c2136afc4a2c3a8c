//! The exponent of a decay, without a virtual origin.

use super::balance::LEAST_SAMPLES;
use crate::report::series::History;

/// The power law `E ~ (t - t_0)^(-n)` over a window of a decay. With `eps = -dE/dt` it is
///
/// ```text
///     eps ~ E^(1 + 1/n),
/// ```
///
/// so that n follows from the slope of ln eps against ln E, without t_0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    pub exponent: f64,
    /// First and last time of the window.
    pub window: [f64; 2],
    /// The line of least squares, `ln eps = intercept + (1 + 1/n) ln E`.
    pub intercept: f64,
}

impl Decay {
    /// The exponent over the later half of the decay: from where ln E is half way between its value at the
    /// peak of the dissipation and its last one. The energy must have fallen to a quarter, so that it halves
    /// in the window: just behind the peak n is anything (6 in a box where E had fallen to 0.47).
    ///
    /// # Errors
    /// Why there is none.
    pub fn of(run: &History) -> Result<Self, &'static str> {
        let valid = |i: &usize| run.energy[*i] > 0.0 && run.dissipation[*i] > 0.0;
        let samples: Vec<usize> = (0..run.time.len()).filter(valid).collect();
        let peak = samples.iter().copied().max_by(|a, b| run.dissipation[*a].total_cmp(&run.dissipation[*b]));
        let (Some(peak), Some(&last)) = (peak, samples.last()) else { return Err("no energy is dissipated") };
        if run.energy[last] > 0.25 * run.energy[peak] {
            return Err("since the dissipation peaked, the energy has not yet fallen to a quarter");
        }
        let half = (run.energy[peak] * run.energy[last]).sqrt();
        let inside: Vec<usize> =
            samples.into_iter().filter(|&i| i >= peak && run.energy[i] <= half).collect();
        if inside.len() < LEAST_SAMPLES {
            return Err("too few samples");
        }
        let points = inside.iter().map(|&i| (run.energy[i].ln(), run.dissipation[i].ln()));
        let count = inside.len() as f64;
        let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        let (x, y) = (x / count, y / count);
        let (xx, xy) = points.fold((0.0, 0.0), |(xx, xy), point| {
            let (dx, dy) = (point.0 - x, point.1 - y);
            (xx + dx * dx, xy + dx * dy)
        });
        let slope = xy / xx;
        // Faster than any power of time, as viscosity alone does it, is `eps ~ E`.
        if slope.is_nan() || slope <= 1.0 {
            return Err("the decay is no power law");
        }
        let window = [run.time[inside[0]], run.time[last]];
        Ok(Self { exponent: 1.0 / (slope - 1.0), window, intercept: y - slope * x })
    }

    /// The dissipation on the line at an energy.
    pub fn dissipation(&self, energy: f64) -> f64 {
        (self.intercept + (1.0 + 1.0 / self.exponent) * energy.ln()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decay(energy: fn(f64) -> f64, dissipation: fn(f64) -> f64, to: f64) -> History {
        let time: Vec<f64> = (0..200).map(|i| to * f64::from(i) / 199.0).collect();
        let of = |f: fn(f64) -> f64| time.iter().map(|t| f(*t)).collect();
        History { energy: of(energy), dissipation: of(dissipation), time: time.clone() }
    }

    #[test]
    fn a_power_law_has_its_exponent_wherever_its_origin_is() {
        let power = decay(|t| (t + 0.7).powf(-1.3), |t| 1.3 * (t + 0.7).powf(-2.3), 5.0);
        let found = Decay::of(&power).unwrap();
        assert!((found.exponent - 1.3).abs() < 1e-10, "{found:?}");
        // ln E is half way where t + 0.7 is the geometric mean of 0.7 and 5.7.
        assert!((found.window[0] - ((0.7f64 * 5.7).sqrt() - 0.7)).abs() < 0.03 && found.window[1] == 5.0);
        assert!((found.dissipation(power.energy[150]) / power.dissipation[150] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_power_law_or_too_short_has_none() {
        let viscous = decay(|t| (-t).exp(), |t| (-t).exp(), 5.0);
        assert_eq!(Decay::of(&viscous), Err("the decay is no power law"));
        let short = decay(|t| (t + 0.7).powf(-1.3), |t| 1.3 * (t + 0.7).powf(-2.3), 1.2);
        assert!(Decay::of(&short).unwrap_err().contains("a quarter"));
        let still = decay(|_| 1.0, |_| 0.0, 5.0);
        assert!(Decay::of(&still).is_err());
    }
}
