//! Spectra as densities in wall units, with their errors.

use super::profiles::{Findings, find};
use super::spectra::{Line, Spectra};
use crate::case::Precision;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::Field;
use crate::error::Result;
use crate::statistics::errors::{Sampling, Signal};

/// A quantity over wavenumbers or separations, a row of `width` for each y, from the lower wall on; an error
/// is NaN if it is not known.
pub struct Lines {
    pub pair: [Field; 2],
    pub width: usize,
    pub values: Vec<f64>,
    pub errors: Vec<f64>,
}

impl Lines {
    /// Values and errors at one y.
    pub fn at(&self, j: usize) -> [&[f64]; 2] {
        [&self.values, &self.errors].map(|all| &all[j * self.width..][..self.width])
    }
}

/// The spectra, the wall units of the findings, and what the errors come from.
pub struct Densities<'a> {
    pub spectra: Spectra<'a>,
    pub findings: &'a Findings,
    pub scalars: &'a [ChannelScalar],
    pub viscosity: f64,
    pub precision: Precision,
    /// Number of groups of batches.
    pub groups: usize,
    /// How errors come about from the values of a quantity in all groups at each y.
    pub judge: &'a dyn Fn(&Signal) -> Sampling,
}

impl Densities<'_> {
    fn number(&self, name: &str) -> f64 {
        let column = find(&self.findings.numbers, name);
        column.and_then(|column| column.values.first().copied()).unwrap_or(f64::NAN)
    }

    /// nu / u_tau.
    pub fn wall_length(&self) -> f64 {
        self.viscosity / self.number("u_tau")
    }

    /// The spectrum E of a product from the energy of its `modes`, a name and their number at each y; each
    /// covers the `width` in k nu / u_tau, in one direction or in both. Beside it the energies.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn density(
        &self,
        modes: (&str, usize),
        pair: [Field; 2],
        (width, directions): (f64, i32),
    ) -> Result<(Lines, Energies<'_>)> {
        let u_tau = self.number("u_tau");
        let unit = |field: Field| match field {
            Field::U | Field::V | Field::W => u_tau,
            Field::P => u_tau.powi(2),
            Field::Scalar(s) => self.number(&format!("{}_tau", self.scalars[s].name)),
        };
        // A density per wavenumber, or per two of them: the unit of the wavenumber is u_tau / nu.
        let own = |group: Option<usize>| -> Result<f64> {
            let [a, b, u_tau] = [pair[0], pair[1], Field::U].map(|field| self.spectra.unit(field, group));
            Ok(a? * b? / u_tau?.powi(directions))
        };
        let name = modes.0.to_owned();
        let all = self.spectra.product(modes, pair, None)?;
        let energies = Energies { of: self, name, waves: modes.1, pair, all };
        let scale = pair.map(unit).iter().product::<f64>() * width;
        // In the units of the wall at the same time, whose fluctuations correlate with those of E.
        let whole = own(None)?;
        let errors = energies.errors(&scaled(&energies.all, 1.0 / whole), modes.1, |line, group| {
            Ok(scaled(&line, 1.0 / own(Some(group))?))
        })?;
        let values = scaled(&energies.all, 1.0 / scale);
        let errors = scaled(&errors, whole / scale);
        Ok((Lines { pair, width: modes.1, values, errors }, energies))
    }
}

/// The energies of the modes of a product.
pub struct Energies<'a> {
    of: &'a Densities<'a>,
    name: String,
    waves: usize,
    pair: [Field; 2],
    /// From all batches.
    pub all: Line,
}

impl Energies<'_> {
    /// The errors of what `of` makes of a spectrum, with rows of `width` for each y, by the jackknife: see
    /// [`super::errors`]. Each mode or separation has its own integral time, that of its values at all y.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn errors(&self, all: &Line, width: usize, of: impl Fn(Line, usize) -> Result<Line>) -> Result<Line> {
        let Densities { spectra, groups, judge, .. } = self.of;
        let groups = *groups;
        let mut errors = vec![f64::NAN; all.len()];
        if groups < 2 {
            return Ok(errors);
        }
        // Group after group.
        let mut series = Vec::with_capacity(groups * all.len());
        for group in 0..groups {
            let without = of(spectra.product((&self.name, self.waves), self.pair, Some(group))?, group)?;
            series.extend(all.iter().zip(without).map(|(q, without)| (groups as f64 - 1.0) * (q - without)));
        }
        for i in 0..width {
            let places = || (i..all.len()).step_by(width);
            let at = |place: usize| series[place..].iter().step_by(all.len()).copied().collect();
            let signal: Signal = places().map(at).collect();
            let sampling = judge(&signal);
            places().zip(&signal).for_each(|(place, series)| errors[place] = sampling.error(series));
        }
        Ok(errors)
    }
}

fn scaled(line: &[f64], factor: f64) -> Line {
    line.iter().map(|value| factor * value).collect()
}
