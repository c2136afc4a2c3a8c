//! What is known of the field at time zero before there is one: its sums over modes, its largest
//! velocities, and whether it can be set at all.

use super::initial::{Wave, refuse_unheld, scale_to, waves};
use super::spectrum::{Sums, energy_density, sums};
use super::{Parameters, Wavenumbers};
use crate::error::Result;
use crate::homogeneous::case::{Initial, ScalarInitial, Spectrum};
use crate::transform::Truncation;
use num_complex::Complex;
use std::f64::consts::{PI, TAU};

/// Samples of a wave in a direction.
const SAMPLES: usize = 24;

/// Labels in a band that are looked at one by one.
const MOST_LABELS: usize = 1 << 21;

/// The velocity at time zero.
#[derive(Clone, Copy, Debug)]
pub struct Survey {
    pub sums: Sums,
    /// `max sum_i |u_i| / dx_i`; of a random field, what is expected.
    pub convection: f64,
    /// The same of the acceleration by the scalars.
    pub buoyancy: f64,
}

impl Survey {
    /// The survey of the velocity at time zero, before it develops; None where it is taken from a
    /// file.
    ///
    /// # Errors
    /// Those of [`super::Homogeneous`] when it sets its velocity and its scalars.
    pub fn new(parameters: &Parameters) -> Result<Option<Self>> {
        let truncation = parameters.truncation();
        let wavenumbers = Wavenumbers::new(parameters.size, &truncation);
        let mut buoyancy = 0.0;
        for scalar in &parameters.scalars {
            let key = format!("scalar.{}.initial", scalar.name);
            let largest = match &scalar.initial {
                ScalarInitial::Zero => 0.0,
                ScalarInitial::Mode { wavenumber, amplitude, .. } => {
                    refuse_unheld(&truncation, &key, *wavenumber)?;
                    amplitude.abs()
                }
                ScalarInitial::Random { energy, spectrum } => {
                    let sums = random(*energy, spectrum, &wavenumbers, &truncation, &key)?;
                    (2.0 * sums.energy).sqrt() * expected_level(&sums, 2.0, parameters)
                }
            };
            buoyancy += largest
                * (0..3)
                    .map(|i| scalar.buoyancy[i].abs() * parameters.grid[i] as f64 / parameters.size[i])
                    .sum::<f64>();
        }
        let Some(initial) = &parameters.initial else {
            return Ok(Some(Self { sums: Sums::default(), convection: 0.0, buoyancy }));
        };
        let sums = match initial {
            Initial::File { .. } => return Ok(None),
            Initial::Random { energy, spectrum, .. } => {
                random(*energy, spectrum, &wavenumbers, &truncation, "initial")?
            }
            initial => {
                let waves = waves(initial, &wavenumbers)?;
                for (label, _) in &waves {
                    refuse_unheld(&truncation, "the initial field", *label)?;
                }
                return Ok(Some(Self {
                    sums: of_waves(&waves, &wavenumbers),
                    convection: fastest(&waves, parameters),
                    buoyancy,
                }));
            }
        };
        Ok(Some(Self { sums, convection: expected_rate(&sums, parameters), buoyancy }))
    }

    /// `u'^2 = 2 E / 3`.
    pub fn mean_square(&self) -> f64 {
        2.0 / 3.0 * self.sums.energy
    }

    /// `L = pi / (2 u'^2) int E(k) / k dk`.
    pub fn integral_length(&self) -> f64 {
        PI / (2.0 * self.mean_square()) * 0.5 * self.sums.over_k
    }

    /// `lambda = u' sqrt(15 nu / eps)`, `eps = nu <k^2 u_i u_i>`.
    pub fn taylor_length(&self) -> f64 {
        (15.0 * self.mean_square() / self.sums.gradient).sqrt()
    }
}

/// The sums of a random field that is scaled to the energy of the case.
fn random(
    energy: Option<f64>,
    spectrum: &Spectrum,
    wavenumbers: &Wavenumbers,
    truncation: &Truncation,
    key: &str,
) -> Result<Sums> {
    let (sums, exact) = sums(spectrum, wavenumbers, truncation);
    // A narrow band may lie between the modes that stand for their neighbours.
    if sums.energy == 0.0 && !exact {
        return Ok(Sums::default());
    }
    Ok(sums.scaled(scale_to(energy, sums.energy, key)?))
}

fn of_waves(waves: &[Wave], wavenumbers: &Wavenumbers) -> Sums {
    let mut sums = Sums::default();
    for (label, amplitude) in waves {
        let k = wavenumbers.of(*label).iter().map(|k| k * k).sum::<f64>().sqrt();
        // The wave and its conjugate.
        sums.add(k, 2.0 * amplitude.iter().map(|a| a.norm_sqr()).sum::<f64>());
    }
    sums
}

/// `max sum_i |u_i| / dx_i` of a few waves.
fn fastest(waves: &[Wave], parameters: &Parameters) -> f64 {
    let common =
        waves.iter().flat_map(|(label, _)| label).fold(0, |common, n| gcd(common, n.unsigned_abs())).max(1)
            as f64;
    let mut largest = 0.0_f64;
    for sample in 0..SAMPLES.pow(3) {
        let at = [sample % SAMPLES, sample / SAMPLES % SAMPLES, sample / SAMPLES.pow(2)]
            .map(|i| TAU * i as f64 / (SAMPLES as f64 * common));
        let rate = (0..3).map(|i| {
            let u: f64 = waves
                .iter()
                .map(|(label, amplitude)| {
                    let phase = (0..3).map(|j| label[j] as f64 * at[j]).sum::<f64>();
                    2.0 * (amplitude[i] * Complex::from_polar(1.0, phase)).re
                })
                .sum();
            u.abs() * parameters.grid[i] as f64 / parameters.size[i]
        });
        largest = largest.max(rate.sum());
    }
    largest
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The expected `max sum_i |u_i| / dx_i` of a Gaussian isotropic field: that is the largest of
/// eight sums with signs, `sum_i (+-) u_i / dx_i`, each of which is Gaussian with
/// `sigma^2 = u'^2 sum_i dx_i^-2`.
fn expected_rate(sums: &Sums, parameters: &Parameters) -> f64 {
    let cells: f64 = (0..3).map(|i| (parameters.grid[i] as f64 / parameters.size[i]).powi(2)).sum();
    (2.0 / 3.0 * sums.energy * cells).sqrt() * expected_level(sums, 8.0, parameters)
}

/// The expected maximum of `fields` Gaussian fields of variance one. A level x is exceeded in
///
/// ```text
///     N(x) = fields V (<k^2>/3)^(3/2) (2 pi)^-2 (x^2 - 1) exp(-x^2/2)
/// ```
///
/// places (Adler 1981, theorem 6.3.1: the gradient has the variance <k^2>/3 in each direction), but
/// in no more than each point has the probability for. The largest is expected at `x + gamma/x`
/// where N(x) = 1.
fn expected_level(sums: &Sums, fields: f64, parameters: &Parameters) -> f64 {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    if sums.energy == 0.0 {
        return 0.0;
    }
    let volume: f64 = parameters.size.iter().product();
    let points: f64 = parameters.grid.iter().map(|n| *n as f64).product();
    let k2 = 0.5 * sums.gradient / sums.energy;
    // Q(x) = exp(-x^2/2) / (x sqrt(2 pi)) where x is not small.
    let places = |x: f64| {
        let smooth = volume * (k2 / 3.0).powf(1.5) / (TAU * TAU) * (x * x - 1.0);
        fields * smooth.min(points / (x * TAU.sqrt())) * (-0.5 * x * x).exp()
    };
    // From where N falls.
    let (mut low, mut high) = (3.0_f64.sqrt(), 40.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if places(middle) > 1.0 { low = middle } else { high = middle }
    }
    low + EULER_GAMMA / low
}

/// The energy of a band of wavenumbers at time zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Modes, each of a pair of conjugates counted.
    pub modes: usize,
    /// `1/2 <u_i u_i>` of each shell that has modes in the band, by its number.
    pub shells: Vec<(usize, f64)>,
}

impl Band {
    pub fn energy(&self) -> f64 {
        self.shells.iter().map(|(_, energy)| energy).sum()
    }

    /// The band of the modes `k_min <= |k| <= k_max` of the box as it is at time zero; None where
    /// they are too many to look at, or the field is that of a file.
    pub fn new(parameters: &Parameters, k_min: f64, k_max: f64) -> Result<Option<Self>> {
        let truncation = parameters.truncation();
        let wavenumbers = Wavenumbers::new(parameters.size, &truncation);
        let reach = wavenumbers.labels_within(k_max);
        if reach.iter().map(|n| (2 * n + 1) as f64).product::<f64>() > MOST_LABELS as f64 {
            return Ok(None);
        }
        let energy: Box<dyn Fn([i64; 3], f64) -> f64> = match &parameters.initial {
            Some(Initial::File { .. }) => return Ok(None),
            None => Box::new(|_, _| 0.0),
            Some(Initial::Random { spectrum, energy, .. }) => {
                let volume: f64 = wavenumbers.unit.iter().product();
                let scale =
                    energy.map_or(1.0, |energy| energy / sums(spectrum, &wavenumbers, &truncation).0.energy);
                Box::new(move |_, k| scale * energy_density(spectrum, k) * volume / (4.0 * PI * k * k))
            }
            Some(initial) => {
                let waves = waves(initial, &wavenumbers)?;
                Box::new(move |label, _| {
                    let of_label = waves.iter().filter(|(n, _)| *n == label || n.map(|n| -n) == label);
                    of_label.flat_map(|(_, amplitude)| amplitude).map(|a| 0.5 * a.norm_sqr()).sum()
                })
            }
        };
        let mut shells = std::collections::BTreeMap::new();
        let mut modes = 0;
        let [mx, my, mz] = reach;
        for label in (-mx..=mx).flat_map(|x| (-my..=my).flat_map(move |y| (-mz..=mz).map(move |z| [x, y, z])))
        {
            let k = wavenumbers.of(label).iter().map(|k| k * k).sum::<f64>().sqrt();
            if k > 0.0 && (k_min..=k_max).contains(&k) && truncation.holds(label) {
                modes += 1;
                *shells.entry(wavenumbers.shell(label)).or_insert(0.0) += energy(label, k);
            }
        }
        Ok(Some(Self { modes, shells: shells.into_iter().collect() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|k| = 2` everywhere: `lambda^2 = 5 / k^2` and `L = 3 pi / (4 k)`.
    #[test]
    fn the_lengths_of_an_abc_flow() {
        let initial = Some(Initial::Abc { a: 1.0, b: 0.7, c: 0.43, wavenumber: 2 });
        let survey = Survey::new(&Parameters { initial, ..Parameters::at_rest([16; 3]) }).unwrap().unwrap();
        assert!((survey.taylor_length() - 1.25_f64.sqrt()).abs() < 1e-14, "{}", survey.taylor_length());
        assert!((survey.integral_length() - 3.0 * PI / 8.0).abs() < 1e-14, "{}", survey.integral_length());
    }
}
