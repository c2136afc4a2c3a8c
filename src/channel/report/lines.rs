//! The tables of spectra and correlations over one direction, in wall units.

use std::path::Path;

use super::density::{Densities, Lines, column};
use super::spectra::{Line, correlation, cosines};
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::Direction;
use crate::channel::spectra;
use crate::error::Result;
use crate::files;
use crate::report::series::cell;

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
            let (density, energies) = of.density((&name, along.k.len()), pair, width)?;
            densities.push(density);
            if pair[0] == pair[1] {
                let correlated =
                    |lines: &Line| lines.iter().map(|line| correlation(line, &table)).collect::<Line>();
                let values = correlated(&energies.all);
                let errors = energies.errors(&values, |line, _| Ok(correlated(&line)))?;
                correlations.push(Lines { pair, values, errors });
            }
        }
        Ok(Self { along: direction, wall_length, spectra: densities, correlations, k: along.k, r })
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
