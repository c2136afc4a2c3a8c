//! Spectra as densities in wall units, with their errors.

use super::profiles::{Findings, find};
use super::spectra::{Line, Spectra};
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::Field;
use crate::error::Result;
use crate::statistics::errors::{Sampling, Signal};

/// A quantity over wavenumbers or separations at each y; `values` has a row for each y, from the
/// lower wall on, and so have `errors`, NaN if they are not known.
pub struct Lines {
    pub pair: [Field; 2],
    pub values: Vec<Vec<f64>>,
    pub errors: Vec<Vec<f64>>,
}

/// The spectra, the wall units of the findings, and what the errors come from.
pub struct Densities<'a> {
    pub spectra: Spectra<'a>,
    pub findings: &'a Findings,
    pub scalars: &'a [ChannelScalar],
    pub viscosity: f64,
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

    /// The spectrum E of a product from the energy of its modes, called `name` and of `waves` modes at each y,
    /// each of which covers the `width` in k nu / u_tau. Beside it the energies.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn density(
        &self,
        modes: (&str, usize),
        pair: [Field; 2],
        width: f64,
    ) -> Result<(Lines, Energies<'_>)> {
        let u_tau = self.number("u_tau");
        let unit = |field: Field| match field {
            Field::U | Field::V | Field::W => u_tau,
            Field::P => u_tau.powi(2),
            Field::Scalar(s) => self.number(&format!("{}_tau", self.scalars[s].name)),
        };
        let own = |group: Option<usize>| -> Result<f64> {
            let [a, b] = pair.map(|field| self.spectra.unit(field, group));
            Ok(a? * b?)
        };
        let name = modes.0.to_owned();
        let all = self.spectra.product(modes, pair, None)?;
        let energies = Energies { of: self, name, waves: modes.1, pair, all };
        let scale = pair.map(unit).iter().product::<f64>() * width;
        // In the units of the wall at the same time, whose fluctuations correlate with those of E.
        let whole = own(None)?;
        let errors = energies.errors(&scaled(&energies.all, 1.0 / whole), |line, group| {
            Ok(scaled(&line, 1.0 / own(Some(group))?))
        })?;
        let values = scaled(&energies.all, 1.0 / scale);
        Ok((Lines { pair, values, errors: scaled(&errors, whole / scale) }, energies))
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
    /// The errors of what `of` makes of a spectrum, by the jackknife: see [`super::errors`]. Each mode or
    /// separation has its own integral time, that of its values at all y.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn errors(&self, all: &Line, of: impl Fn(Line, usize) -> Result<Line>) -> Result<Line> {
        let Densities { spectra, groups, judge, .. } = self.of;
        let groups = *groups;
        let (rows, columns) = (all.len(), all.first().map_or(0, Vec::len));
        let mut series: Vec<Signal> = vec![vec![Vec::with_capacity(groups); rows]; columns];
        for group in (0..groups).filter(|_| groups > 1) {
            let values = of(spectra.product((&self.name, self.waves), self.pair, Some(group))?, group)?;
            for (j, (row, without)) in all.iter().zip(values).enumerate() {
                for (i, (q, without)) in row.iter().zip(without).enumerate() {
                    series[i][j].push((groups as f64 - 1.0) * (q - without));
                }
            }
        }
        let mut errors = vec![vec![f64::NAN; columns]; rows];
        for (i, signal) in series.iter().enumerate().filter(|_| groups > 1) {
            let sampling = judge(signal);
            signal.iter().zip(&mut errors).for_each(|(series, row)| row[i] = sampling.error(series));
        }
        Ok(errors)
    }
}

/// The column name of a product, such as "uv" or "u_dye".
pub fn column([a, b]: [Field; 2], scalars: &[ChannelScalar]) -> String {
    let between = if matches!((a, b), (Field::Scalar(_), _) | (_, Field::Scalar(_))) { "_" } else { "" };
    format!("{}{between}{}", a.plain_name(scalars), b.plain_name(scalars))
}

fn scaled(lines: &Line, factor: f64) -> Line {
    lines.iter().map(|line| line.iter().map(|value| factor * value).collect()).collect()
}
