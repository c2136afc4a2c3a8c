//! The tables of spectra and correlations, in wall units.

use std::path::Path;

use super::profiles::{Findings, find};
use super::spectra::{Along, Line, Spectra, correlation, cosines};
use crate::case::Precision;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, Field};
use crate::channel::spectra;
use crate::error::Result;
use crate::files;
use crate::report::series::cell;
use crate::statistics::errors::{Sampling, Signal};

/// A quantity over wavenumbers or separations at each y; `values` has a row for each y, from the
/// lower wall on, and so have `errors`, NaN if they are not known.
pub struct Lines {
    pub pair: [Field; 2],
    pub values: Vec<Vec<f64>>,
    pub errors: Vec<Vec<f64>>,
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
            let errors = without.errors(&scaled(&all, 1.0 / whole), judge, |line, group| {
                Ok(scaled(&line, 1.0 / own(Some(group))?))
            })?;
            directed.spectra.push(Lines {
                pair,
                values: scaled(&all, 1.0 / scale),
                errors: scaled(&errors, whole / scale),
            });
            if pair[0] == pair[1] {
                let hidden = spectra.hidden(pair[0], &all, precision)?;
                let correlated = |lines: &Line| -> Line {
                    let hidden = hidden.iter().zip(lines);
                    let of_line = |(hidden, line): (&bool, &Vec<f64>)| match hidden {
                        true => vec![f64::NAN; table.len() / 2 + 1],
                        false => correlation(line, &table),
                    };
                    hidden.map(of_line).collect()
                };
                let values = correlated(&all);
                let errors = without.errors(&values, judge, |line, _| Ok(correlated(&line)))?;
                directed.correlations.push(Lines { pair, values, errors });
            }
        }
        Ok(directed)
    }

    /// Writes `spectra_x.csv` and `correlations_x.csv`, or those of z; y and y+ are columns of the profiles.
    pub fn write(&self, run_dir: &Path, [y, y_plus]: [&[f64]; 2], scalars: &[ChannelScalar]) -> Result<()> {
        let Self { along, k, r, wall_length, spectra, correlations } = self;
        let along = along.name();
        let scaled =
            |values: &[f64], unit: f64| values.iter().map(|value| value * unit).collect::<Vec<f64>>();
        let tables = [
            ("spectra", "k", k, scaled(k, *wall_length), "E", spectra),
            ("correlations", "d", r, scaled(r, 1.0 / wall_length), "R", correlations),
        ];
        for (table, axis, places, places_plus, quantity, lines) in tables {
            let names: Vec<String> = lines
                .iter()
                .map(|Lines { pair, .. }| column(*pair, scalars))
                .map(|name| format!(",{quantity}_{name},{quantity}_{name}_error"))
                .collect();
            let mut text = format!("y,y_plus,{axis}{along},{axis}{along}_plus{}\n", names.concat());
            for (j, (y, y_plus)) in y.iter().zip(y_plus).enumerate() {
                for (i, (place, place_plus)) in places.iter().zip(&places_plus).enumerate() {
                    let values = [*y, *y_plus, *place, *place_plus]
                        .into_iter()
                        .chain(lines.iter().flat_map(|of| [of.values[j][i], of.errors[j][i]]));
                    let cells: Vec<String> = values.map(cell).collect();
                    text += &(cells.join(",") + "\n");
                }
            }
            let path = run_dir.join(format!("{table}_{along}.csv"));
            files::write(&path, text.as_bytes())?;
        }
        Ok(())
    }
}

/// The column name of a product, such as "uv" or "u_dye".
fn column([a, b]: [Field; 2], scalars: &[ChannelScalar]) -> String {
    let between = if matches!((a, b), (Field::Scalar(_), _) | (_, Field::Scalar(_))) { "_" } else { "" };
    format!("{}{between}{}", a.plain_name(scalars), b.plain_name(scalars))
}

fn scaled(lines: &Line, factor: f64) -> Line {
    lines.iter().map(|line| line.iter().map(|value| factor * value).collect()).collect()
}

/// The spectra of a product from all groups of batches but one.
struct Without<'a> {
    spectra: &'a Spectra<'a>,
    along: &'a Along,
    pair: [Field; 2],
    groups: usize,
}

impl Without<'_> {
    /// The errors of what `of` makes of a spectrum, by the jackknife: see
    /// [`super::errors`]. Each wavenumber or separation has its own integral time, that of its values at
    /// all y.
    fn errors(
        &self,
        all: &Line,
        judge: &dyn Fn(&Signal) -> Sampling,
        of: impl Fn(Line, usize) -> Result<Line>,
    ) -> Result<Line> {
        let (rows, columns) = (all.len(), all.first().map_or(0, Vec::len));
        let mut series: Vec<Signal> = vec![vec![Vec::with_capacity(self.groups); rows]; columns];
        for group in (0..self.groups).filter(|_| self.groups > 1) {
            let values = of(self.spectra.product(self.along, self.pair, Some(group))?, group)?;
            for (j, (row, without)) in all.iter().zip(values).enumerate() {
                for (i, (q, without)) in row.iter().zip(without).enumerate() {
                    series[i][j].push((self.groups as f64 - 1.0) * (q - without));
                }
            }
        }
        let mut errors = vec![vec![f64::NAN; columns]; rows];
        for (i, signal) in series.iter().enumerate().filter(|_| self.groups > 1) {
            let sampling = judge(signal);
            signal.iter().zip(&mut errors).for_each(|(series, row)| row[i] = sampling.error(series));
        }
        Ok(errors)
    }
}
