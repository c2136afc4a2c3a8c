//! Energy spectra in Kolmogorov units, and compensated.

use super::super::Run;
use super::spectral::evenly;
use crate::figure::palette::{Colour, in_time};
use crate::figure::{Axis, Dash, Layer};
use crate::report::cubic::interpolate;
use crate::report::gallery::RUN;
use crate::report::plot::{Figure, Part, Plot, Points};
use crate::report::rows::significant;

/// The Kolmogorov constant: `18/55 C` is 0.53 in experiments (Sreenivasan 1995, Phys. Fluids 7, 2778).
const CONSTANT: f64 = 1.62;
/// The compensated spectrum where the constant would show: beyond the energetic scales, before dissipation.
const DISSIPATION_RANGE: f64 = 0.1;

/// A spectrum in Kolmogorov units.
struct Normalised {
    label: String,
    colour: Colour,
    /// `k eta`, with `eta = (nu^3 / eps)^(1/4)`; `E / (eps nu^5)^(1/4)`, `eps^(-2/3) k^(5/3) E`; the errors
    /// of both. What an axis cannot show is left out.
    k: Vec<f64>,
    energy: [Vec<f64>; 2],
    errors: [Vec<f64>; 2],
}

impl Normalised {
    fn new(
        (label, colour): (String, Colour),
        (k, energy, errors): (&[f64], &[f64], &[f64]),
        (dissipation, viscosity): (f64, f64),
    ) -> Self {
        let shown: Vec<usize> =
            (0..k.len()).filter(|&i| k[i] > 0.0 && energy[i] > 0.0 && energy[i].is_finite()).collect();
        let eta = (viscosity.powi(3) / dissipation).powf(0.25);
        let unit = (dissipation * viscosity.powi(5)).powf(0.25);
        let scaled = |values: &[f64]| {
            let compensated = |i: usize| values[i] * k[i].powf(5.0 / 3.0) / dissipation.powf(2.0 / 3.0);
            [
                shown.iter().map(|&i| values[i] / unit).collect(),
                shown.iter().map(|&i| compensated(i)).collect(),
            ]
        };
        let errors = if errors.is_empty() { Default::default() } else { scaled(errors) };
        let k = shown.iter().map(|&i| k[i] * eta).collect();
        Self { label, colour, k, energy: scaled(energy), errors }
    }

    fn part(&self, which: usize) -> Part {
        let (energy, errors) = (&self.energy[which], &self.errors[which]);
        let points: Points = self.k.iter().copied().zip(energy.iter().copied()).collect();
        Part::line(self.label.clone(), self.colour, points).within(&self.k, energy, errors)
    }
}

/// The mean spectrum of a stationary flow with its error, or up to six from the first to the last sample (of
/// several runs, the last), over `k eta`: in Kolmogorov units, and compensated by `eps^(-2/3) k^(5/3)`. None
/// without dissipation or viscosity.
pub fn spectra(run: &Run, alone: bool) -> Option<Figure> {
    let viscosity = run.labels.viscosity.filter(|viscosity| *viscosity > 0.0)?;
    let normalised = of(run, viscosity, alone);
    if normalised.iter().all(|one| one.k.len() < 2) {
        return None;
    }
    let parts = |which: usize| {
        let part = |one: &Normalised| {
            let part = one.part(which);
            if alone { part } else { part.keyed("last") }
        };
        normalised.iter().map(part).collect()
    };
    let x = || Axis::logarithmic("Wavenumber  $k η$");
    let energy = Axis::logarithmic("$E(k) / (ε ν^5)^{1/4}$");
    let compensated = Axis::linear("Compensated spectrum  $ε^{-2/3} k^{5/3} E(k)$");
    let least = normalised.iter().flat_map(|one| &one.k).copied().fold(DISSIPATION_RANGE, f64::min);
    let constant = vec![(least, CONSTANT), (DISSIPATION_RANGE, CONSTANT)];
    let law = Layer::thin(format!("$C = {CONSTANT}$"), Dash::Dashed, constant);
    let plots = vec![
        Plot { spectral: true, ..Plot::new(x(), energy, parts(0)) },
        Plot { laws: vec![law], ..Plot::new(x(), compensated, parts(1)) },
    ];
    Some(Figure { name: "kolmogorov".to_owned(), plots })
}

fn of(run: &Run, viscosity: f64, alone: bool) -> Vec<Normalised> {
    let history = &run.history;
    if let (Some(mean), Some(Ok(averages))) = (&run.mean, &run.averages) {
        let dissipation = averages.numbers.iter().find(|(name, ..)| name.trim() == "dissipation");
        let Some(&(_, dissipation, _)) = dissipation.filter(|(_, value, _)| *value > 0.0) else {
            return Vec::new();
        };
        let label = format!("mean, $t = {}$ to ${}$", significant(mean.begin, 4), significant(mean.end, 4));
        let values = (&mean.wavenumber[..], &mean.energy[..], &mean.errors[..]);
        return vec![Normalised::new((label, RUN), values, (dissipation, viscosity))];
    }
    if !history.time.is_sorted_by(|a, b| a < b) {
        return Vec::new();
    }
    let all: Vec<usize> = (0..run.spectra.len()).collect();
    let shown = if alone { evenly(&all) } else { all.last().copied().into_iter().collect() };
    let one = |(i, sample): (usize, &usize)| {
        let spectrum = &run.spectra[*sample];
        let dissipation = interpolate(&history.time, &history.dissipation, spectrum.time);
        let colour = if alone { in_time(i, shown.len()) } else { RUN };
        let style = (format!("$t = {}$", significant(spectrum.time, 4)), colour);
        let values = (&spectrum.wavenumber[..], &spectrum.energy[..], &spectrum.errors[..]);
        (dissipation > 0.0).then(|| Normalised::new(style, values, (dissipation, viscosity)))
    };
    shown.iter().enumerate().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inertial_range_is_constant_when_compensated() {
        let (dissipation, viscosity) = (0.3_f64, 0.002_f64);
        let k: Vec<f64> = (0..50).map(f64::from).collect();
        let energy: Vec<f64> =
            k.iter().map(|k| CONSTANT * dissipation.powf(2.0 / 3.0) * k.powf(-5.0 / 3.0)).collect();
        let errors = vec![0.0; 50];
        let style = (String::new(), RUN);
        let found = Normalised::new(style, (&k, &energy, &errors), (dissipation, viscosity));
        // k = 0 has no place.
        assert_eq!(found.k.len(), 49);
        let eta = (viscosity.powi(3) / dissipation).powf(0.25);
        for ((k, own), compensated) in found.k.iter().zip(&found.energy[0]).zip(&found.energy[1]) {
            // E / (eps nu^5)^(1/4) = C (k eta)^(-5/3)
            assert!((own / (CONSTANT * k.powf(-5.0 / 3.0)) - 1.0).abs() < 1e-12);
            assert!((compensated - CONSTANT).abs() < 1e-12);
        }
        assert!((found.k[9] - 10.0 * eta).abs() < 1e-15);
    }
}
