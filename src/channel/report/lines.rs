//! Spectra and correlations over one direction in wall units, and their tables.

use super::columns::{column, explain, title};
use super::density::{Densities, Lines};
use super::spectra::{Line, correlation, cosines};
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::Direction;
use crate::channel::spectra;
use crate::error::Result;
use crate::report::tables::{Dimension, Quantity, ReportTable};

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
    /// Converts the spectra of a direction to wall units.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn new(of: &Densities, direction: Direction) -> Result<Self> {
        let wall_length = of.wall_length();
        let along = of.spectra.along(direction)?;
        let (r, table) = (along.distances(), cosines(along.k.len()));
        let width = along.k.get(1).copied().unwrap_or(1.0) * wall_length;
        let (mut densities, mut correlations) = (Vec::new(), Vec::new());
        for pair in spectra(of.scalars.len()) {
            let name = direction.spectrum(pair, of.scalars);
            let waves = along.k.len();
            let (density, energies) = of.density((&name, waves), pair, (width, 1))?;
            densities.push(density);
            if pair[0] == pair[1] {
                let hidden = of.spectra.hidden(pair[0], &energies.all, waves, of.precision)?;
                let correlated = |lines: &Line| -> Line {
                    let of_line = |(hidden, line): (&bool, &[f64])| match hidden {
                        true => vec![f64::NAN; r.len()],
                        false => correlation(line, &table),
                    };
                    hidden.iter().zip(lines.chunks(waves)).flat_map(of_line).collect()
                };
                let (values, width) = (correlated(&energies.all), r.len());
                let errors = energies.errors(&values, width, |line, _| Ok(correlated(&line)))?;
                correlations.push(Lines { pair, width, values, errors });
            }
        }
        Ok(Self { along: direction, wall_length, spectra: densities, correlations, k: along.k, r })
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
