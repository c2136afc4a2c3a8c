//! Spectra and correlations in wall units, and their tables.

use super::columns::{column, explain, title};
use super::profiles::{Findings, find};
use super::spectra::{Along, Line, Spectra, correlation, cosines};
use crate::case::Precision;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, Field};
use crate::channel::spectra;
use crate::error::Result;
use crate::report::tables::{Dimension, Quantity, ReportTable};
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

/// Spectra and correlations over one direction.
pub struct Directed {
    pub along: Direction,
    /// k and r in half-heights, and the factor that converts them to k nu / u_tau and r u_tau / nu.
    pub k: Vec<f64>,
    pub r: Vec<f64>,
    pub wall_length: f64,
    /// E of all products, and R of those of a field with itself.
    pub spectra: Vec<Lines>,
    pub correlations: Vec<Lines>,
}

impl Directed {
    /// Converts the spectra of a direction to the wall units of the findings. `judge` says how errors come
    /// about, from the values of a quantity in `groups` groups at each y.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn new(
        spectra: &Spectra,
        direction: Direction,
        findings: &Findings,
        (viscosity, scalars, precision): (f64, &[ChannelScalar], Precision),
        groups: usize,
        judge: &dyn Fn(&Signal) -> Sampling,
    ) -> Result<Self> {
        let number = |name: &str| {
            find(&findings.numbers, name)
                .and_then(|column| column.values.first().copied())
                .unwrap_or(f64::NAN)
        };
        let u_tau = number("u_tau");
        let unit = |field: Field| match field {
            Field::U | Field::V | Field::W => u_tau,
            Field::P => u_tau.powi(2),
            Field::Scalar(s) => number(&format!("{}_tau", scalars[s].name)),
        };
        let wall_length = viscosity / u_tau;
        let along = spectra.along(direction)?;
        let (r, table) = (along.distances(), cosines(along.k.len()));
        let width = along.k.get(1).copied().unwrap_or(1.0) * wall_length;
        let mut directed = Self {
            along: direction,
            wall_length,
            spectra: Vec::new(),
            correlations: Vec::new(),
            k: along.k.clone(),
            r,
        };
        for pair in self::spectra(scalars.len()) {
            let all = spectra.product(&along, pair, None)?;
            // A density per wavenumber: the unit of the wavenumber is u_tau / nu.
            let own = |group: Option<usize>| -> Result<f64> {
                let [a, b, u_tau] = [pair[0], pair[1], Field::U].map(|field| spectra.unit(field, group));
                Ok(a? * b? / u_tau?)
            };
            let scale = pair.map(unit).iter().product::<f64>() * width;
            let without = Without { spectra, along: &along, pair, groups };
            // In the units of the wall at the same time, whose fluctuations correlate with those of E.
            let whole = own(None)?;
            let width = along.k.len();
            let errors = without.errors(&scaled(&all, 1.0 / whole), width, judge, |line, group| {
                Ok(scaled(&line, 1.0 / own(Some(group))?))
            })?;
            directed.spectra.push(Lines {
                pair,
                width,
                values: scaled(&all, 1.0 / scale),
                errors: scaled(&errors, whole / scale),
            });
            if pair[0] == pair[1] {
                let hidden = spectra.hidden(pair[0], &all, width, precision)?;
                let correlated = |lines: &Line| -> Line {
                    let of_line = |(hidden, line): (&bool, &[f64])| match hidden {
                        true => vec![f64::NAN; width + 1],
                        false => correlation(line, &table),
                    };
                    hidden.iter().zip(lines.chunks(width)).flat_map(of_line).collect()
                };
                let (values, width) = (correlated(&all), width + 1);
                let errors = without.errors(&values, width, judge, |line, _| Ok(correlated(&line)))?;
                directed.correlations.push(Lines { pair, width, values, errors });
            }
        }
        Ok(directed)
    }

    /// `spectra_x` and `correlations_x`, or those of z; `y` are the places of the profiles.
    pub fn tables<'a>(&'a self, y: &Dimension<'a>, scalars: &[ChannelScalar]) -> [ReportTable<'a>; 2] {
        let Self { along, k, r, wall_length, spectra, correlations } = self;
        let letter = along.name();
        let table = |name: &'static str, axis: &str, places: &'a [f64], unit: f64, lines: &'a [Lines]| {
            let (mark, variable) = if axis == "k" { ("E", "spectrum") } else { ("R", "correlation") };
            let axis = format!("{axis}{letter}");
            let plus: Vec<f64> = places.iter().map(|place| place * unit).collect();
            let places = Dimension {
                at: Quantity::exact(explain(&axis, scalars), places),
                beside: vec![Quantity::exact(explain(&format!("{axis}_plus"), scalars), plus)],
            };
            let quantity = |Lines { pair, values, errors, .. }: &'a Lines| {
                let product = column(*pair, scalars);
                Quantity {
                    column: explain(&format!("{mark}_{product}"), scalars),
                    variable: Some(format!("{variable}_{letter}_{product}")),
                    values: values.into(),
                    errors: Some(errors.into()),
                }
            };
            let (title, over) = (title(&format!("{name}.csv")), vec![y.clone(), places]);
            ReportTable { name, title, over, quantities: lines.iter().map(quantity).collect() }
        };
        let [spectra_name, correlations_name] = match along {
            Direction::X => ["spectra_x", "correlations_x"],
            Direction::Z => ["spectra_z", "correlations_z"],
        };
        [
            table(spectra_name, "k", k, *wall_length, spectra),
            table(correlations_name, "d", r, 1.0 / wall_length, correlations),
        ]
    }
}

fn scaled(lines: &Line, factor: f64) -> Line {
    lines.iter().map(|value| factor * value).collect()
}

/// The spectra of a product from all groups of batches but one.
struct Without<'a> {
    spectra: &'a Spectra<'a>,
    along: &'a Along,
    pair: [Field; 2],
    groups: usize,
}

impl Without<'_> {
    /// The errors of what `of` makes of a spectrum, with rows of `width` for each y, by the jackknife: see
    /// [`super::errors`]. Each wavenumber or separation has its own integral time, that of its values at
    /// all y.
    fn errors(
        &self,
        all: &Line,
        width: usize,
        judge: &dyn Fn(&Signal) -> Sampling,
        of: impl Fn(Line, usize) -> Result<Line>,
    ) -> Result<Line> {
        let mut errors = vec![f64::NAN; all.len()];
        if self.groups < 2 {
            return Ok(errors);
        }
        // Group after group.
        let mut series = Vec::with_capacity(self.groups * all.len());
        for group in 0..self.groups {
            let without = of(self.spectra.product(self.along, self.pair, Some(group))?, group)?;
            series.extend(
                all.iter().zip(without).map(|(q, without)| (self.groups as f64 - 1.0) * (q - without)),
            );
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
