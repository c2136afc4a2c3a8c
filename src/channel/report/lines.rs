//! The tables of spectra and correlations, in wall units.

use std::path::Path;

use super::profiles::{Findings, find};
use super::spectra::{Along, Product, Spectra, correlation};
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, Field};
use crate::error::Result;
use crate::files;

/// A quantity over wavenumbers or separations at each y; `values` has a row for each y, from the
/// lower wall on.
pub struct Lines {
    pub pair: [Field; 2],
    pub values: Vec<Vec<f64>>,
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
    /// Converts spectra to the wall units of the findings.
    pub fn new(
        spectra: &Spectra,
        findings: &Findings,
        viscosity: f64,
        scalars: &[ChannelScalar],
    ) -> [Self; 2] {
        let units = Units { findings, scalars };
        let wall_length = units.length(viscosity);
        let of = |Along { direction, k, products }: &Along, r: Vec<f64>| {
            let width = k.get(1).copied().unwrap_or(1.0) * wall_length;
            let density = |product: &Product| {
                let unit = units.of(product.pair);
                let line = |line: &Vec<f64>| line.iter().map(|energy| energy / (unit * width)).collect();
                Lines { pair: product.pair, values: product.lines.iter().map(line).collect() }
            };
            let with_itself = |product: &&Product| product.pair[0] == product.pair[1];
            let correlated = |product: &Product| Lines {
                pair: product.pair,
                values: product.lines.iter().map(|line| correlation(line)).collect(),
            };
            Self {
                along: *direction,
                wall_length,
                spectra: products.iter().map(density).collect(),
                correlations: products.iter().filter(with_itself).map(correlated).collect(),
                k: k.clone(),
                r,
            }
        };
        [0, 1].map(|i| of(&spectra.along[i], spectra.along[i].distances()))
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
                .map(|Lines { pair, .. }| format!(",{quantity}_{}", column(*pair, scalars)))
                .collect();
            let mut text = format!("y,y_plus,{axis}{along},{axis}{along}_plus{}\n", names.concat());
            for (j, (y, y_plus)) in y.iter().zip(y_plus).enumerate() {
                for (i, (place, place_plus)) in places.iter().zip(&places_plus).enumerate() {
                    let values = [*y, *y_plus, *place, *place_plus]
                        .into_iter()
                        .chain(lines.iter().map(|of| of.values[j][i]));
                    let cells: Vec<String> = values.map(super::cell).collect();
                    text += &(cells.join(",") + "\n");
                }
            }
            let path = run_dir.join(format!("{table}_{along}.csv"));
            files::write(&path, text.as_bytes())?;
        }
        Ok(())
    }
}

/// The wall units of averages.
pub struct Units<'a> {
    pub findings: &'a Findings,
    pub scalars: &'a [ChannelScalar],
}

impl Units<'_> {
    fn number(&self, name: &str) -> f64 {
        let column = find(&self.findings.numbers, name);
        column.and_then(|column| column.values.first().copied()).unwrap_or(f64::NAN)
    }

    /// nu / u_tau.
    pub fn length(&self, viscosity: f64) -> f64 {
        viscosity / self.number("u_tau")
    }

    /// That of a product of two fields.
    pub fn of(&self, pair: [Field; 2]) -> f64 {
        let u_tau = self.number("u_tau");
        let unit = |field: Field| match field {
            Field::U | Field::V | Field::W => u_tau,
            Field::P => u_tau.powi(2),
            Field::Scalar(s) => self.number(&format!("{}_tau", self.scalars[s].name)),
        };
        pair.into_iter().map(unit).product()
    }
}

/// The column name of a product, such as "uv" or "u_dye".
pub fn column([a, b]: [Field; 2], scalars: &[ChannelScalar]) -> String {
    let between = if matches!((a, b), (Field::Scalar(_), _) | (_, Field::Scalar(_))) { "_" } else { "" };
    format!("{}{between}{}", a.plain_name(scalars), b.plain_name(scalars))
}
