//! One-dimensional spectra and two-point correlations of a channel in wall units, at every y:
//!
//! ```text
//!     <a'b'> = sum_n E_ab(k_n) dk,    R_aa(r) = sum_n E_aa(k_n) cos(k_n r) dk / <a'^2>,
//!     k_n = n dk,  dk = 2 pi / L
//! ```
//!
//! E(k) has the energy of k and -k, and E(0) is without the mean flow. If the halves of the channel
//! are alike, they are averaged.

use super::chosen::SpectralSums;
use super::symmetry::Symmetry;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, Field, U, mean_beside_spectra};
use crate::channel::spectra;
use crate::error::{Error, Result};
use crate::statistics::Record;
use std::f64::consts::PI;

/// The spectra of a run in the units of the case.
pub struct Spectra {
    /// Over k_x and over k_z.
    pub along: [Along; 2],
}

/// The spectra over one direction.
pub struct Along {
    pub direction: Direction,
    /// The wavenumbers, from 0 in steps of dk.
    pub k: Vec<f64>,
    pub products: Vec<Product>,
}

/// The contribution of each k to `<a'b'>` at the points that are kept, from the lower wall on.
pub struct Product {
    pub pair: [Field; 2],
    pub lines: Vec<Vec<f64>>,
}

impl Spectra {
    /// Computes the spectra from their sums.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn new(sums: &SpectralSums, scalars: &[ChannelScalar], symmetry: &Symmetry) -> Result<Self> {
        let points = points(sums, scalars);
        let source = Source::new(sums, scalars, symmetry, (0..points).collect());
        Ok(Self { along: [source.along(Direction::X)?, source.along(Direction::Z)?] })
    }
}

/// The number of points in y of all profiles.
pub fn points(sums: &SpectralSums, scalars: &[ChannelScalar]) -> usize {
    let name = mean_beside_spectra(U, scalars);
    sums.records.iter().find(|record| record.name == name).map_or(0, |u| u.values.len())
}

/// The records of spectra.
pub struct Source<'a> {
    records: &'a [Record],
    /// The weight of all samples.
    weight: f64,
    scalars: &'a [ChannelScalar],
    symmetry: &'a Symmetry,
    /// Points of the mean profiles, and the indices of those that the spectra have.
    points: usize,
    rows: Vec<usize>,
}

impl<'a> Source<'a> {
    /// Spectra at the points in y of these indices, which are symmetric about the centre.
    pub fn new(
        sums: &'a SpectralSums,
        scalars: &'a [ChannelScalar],
        symmetry: &'a Symmetry,
        rows: Vec<usize>,
    ) -> Self {
        let (weight, points) = (sums.tally.weight, points(sums, scalars));
        Self { records: &sums.records, weight, scalars, symmetry, points, rows }
    }

    /// The values of a record.
    ///
    /// # Errors
    /// A record that is missing, or of another size.
    pub fn get(&self, name: &str, size: Option<usize>) -> Result<&[f64]> {
        let found = self.records.iter().find(|record| record.name == name).map(|record| &record.values[..]);
        match found {
            Some(values) if size.is_none_or(|size| values.len() == size) => Ok(values),
            _ => Err(Error::input(format!(
                "the statistics are not those of a channel: `{name}` is missing or of another shape"
            ))),
        }
    }

    fn along(&self, direction: Direction) -> Result<Along> {
        let k = self.get(direction.wavenumbers(), None)?.to_vec();
        let products = self.products(|pair| direction.spectrum(pair, self.scalars), k.len())?;
        Ok(Along { direction, products, k })
    }

    /// The spectra of these names of all products, of `waves` wavenumbers each.
    ///
    /// # Errors
    /// Those of [`Source::get`].
    pub fn products(&self, name: impl Fn([Field; 2]) -> String, waves: usize) -> Result<Vec<Product>> {
        let product = |pair: [Field; 2]| {
            let sums = self.get(&name(pair), Some(self.rows.len() * waves))?;
            Ok(Product { pair, lines: self.lines(pair, sums, waves)? })
        };
        spectra(self.scalars.len()).into_iter().map(product).collect()
    }

    /// Removes the means from an average. With A and B the means at one y, and A' and B' those of the
    /// mirrored flow, the average over both flows is
    ///
    /// ```text
    ///     <ab> - <a><b> = (<ab> - A B + (<ab>' - A' B')) / 2 + (A - A') (B - B') / 4
    /// ```
    fn lines(&self, pair: [Field; 2], sums: &[f64], waves: usize) -> Result<Vec<Vec<f64>>> {
        let [a, b] = pair.map(|field| self.mean(field));
        let (a, b, last) = (a?, b?, self.rows.len() - 1);
        let own = |j: usize| {
            let mut line: Vec<f64> = sums[j * waves..][..waves].iter().map(|sum| sum / self.weight).collect();
            line[0] -= a[j] * b[j];
            line
        };
        let [of_a, of_b] = pair;
        let sign = self.symmetry.sign_of_fluctuations(of_a.times(of_b));
        let both = |j: usize| {
            let mut line: Vec<f64> =
                own(j).iter().zip(own(last - j)).map(|(here, there)| 0.5 * (here + sign * there)).collect();
            let off = |field, mean: &[f64]| mean[j] - self.symmetry.mirrored_mean(field, mean[last - j]);
            line[0] += 0.25 * off(of_a, &a) * off(of_b, &b);
            line
        };
        let kept = (0..self.symmetry.kept(self.rows.len())).map(|i| last - i);
        Ok(kept.map(|j| if self.symmetry.holds { both(j) } else { own(j) }).collect())
    }

    /// The mean of a field at the points of the spectra; v has none.
    fn mean(&self, field: Field) -> Result<Vec<f64>> {
        if field == Field::V {
            return Ok(vec![0.0; self.rows.len()]);
        }
        let sums = self.get(&mean_beside_spectra(field.mean(), self.scalars), Some(self.points))?;
        Ok(self.rows.iter().map(|row| sums[*row] / self.weight).collect())
    }
}

impl Along {
    /// The separations of correlations: from 0 to half the box, one more than there are wavenumbers.
    pub fn distances(&self) -> Vec<f64> {
        let waves = self.k.len();
        let step = if waves > 1 { PI / (waves as f64 * self.k[1]) } else { 0.0 };
        (0..=waves).map(|i| i as f64 * step).collect()
    }
}

/// The correlation at [`Along::distances`] from the energies at one y; NaN where the variance is zero.
pub fn correlation(line: &[f64]) -> Vec<f64> {
    let waves = line.len();
    let cosines: Vec<f64> = (0..2 * waves).map(|i| (PI * i as f64 / waves as f64).cos()).collect();
    let variance: f64 = line.iter().sum();
    let at = |r: usize| {
        line.iter().enumerate().map(|(n, energy)| energy * cosines[n * r % (2 * waves)]).sum::<f64>()
            / variance
    };
    (0..=waves).map(|r| if variance > 0.0 { at(r) } else { f64::NAN }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case;
    use crate::channel::case::Channel;
    use crate::statistics::Tally;
    use std::path::Path;

    /// With a rotation the halves differ.
    fn channel(rotation: f64) -> Channel {
        let text = format!(
            "flow.kind = \"channel\"\ndomain = \
             {{ size = [\"2 pi\", 2, \"pi\"], grid = [16, 33, 16] }}\nfluid.viscosity = 0.01\n\
             drive = {{ kind = \"pressure-gradient\", gradient = 0.02, rotation = {rotation} }}\n\
             initial.kind = \"turbulent\"\n\
             time = {{ cfl = 0.8, end = 10.0 }}\nscalar.dye = \
             {{ schmidt = 0.5, values = [-1.0, 2.0] }}\nscalar.heat = {{ source = 1.0 }}\n"
        );
        let case = case::parse(crate::FLOWS, "case.toml", &text, Path::new(""), &[])
            .unwrap_or_else(|error| panic!("{error}"));
        case.flow.of::<Channel>().unwrap().clone()
    }

    const DYE: Field = Field::Scalar(0);
    const FIELDS: [Field; 6] = [Field::U, Field::V, Field::W, Field::P, DYE, Field::Scalar(1)];

    /// The mean and the amplitudes of cos x and cos 2x of a field at three y, from the upper wall
    /// on; or of the flow in the mirror.
    fn field(field: Field, mirrored: bool) -> [[f64; 3]; 3] {
        let number = FIELDS.iter().position(|other| *other == field).unwrap() as f64;
        let mut at_y = [0.0, 1.0, 2.0]
            .map(|j| [0.7 + j - 0.2 * number * j, (1.0 + number) * (j - 0.6), 0.3 * j * j - number]);
        if field == Field::V {
            at_y.iter_mut().for_each(|line| line[0] = 0.0);
        }
        if mirrored {
            at_y.reverse();
            let factor = if field == Field::V || field == DYE { -1.0 } else { 1.0 };
            at_y = at_y.map(|line| line.map(|value| factor * value));
            if field == DYE {
                // s goes to -1 + 2 - s.
                at_y.iter_mut().for_each(|line| line[0] += 1.0);
            }
        }
        at_y
    }

    /// Samples of one flow, of the weight 2 in all.
    fn sums(scalars: &[ChannelScalar]) -> SpectralSums {
        let record = |name: String, values: Vec<f64>| {
            let (units, description) = (String::new(), String::new());
            Record { name, units, description, axes: Vec::new(), shape: Vec::new(), values }
        };
        let mut records =
            vec![record("kx".into(), vec![0.0, 1.0, 2.0]), record("kz".into(), vec![0.0, 1.0, 2.0])];
        for own in FIELDS.into_iter().filter(|own| *own != Field::V) {
            records.push(record(
                mean_beside_spectra(own.mean(), scalars),
                field(own, false).map(|line| 2.0 * line[0]).to_vec(),
            ));
        }
        for pair in spectra(scalars.len()) {
            let [a, b] = pair.map(|own| field(own, false));
            let sums =
                (0..9).map(|i| 2.0 * a[i / 3][i % 3] * b[i / 3][i % 3] * if i % 3 == 0 { 1.0 } else { 0.5 });
            let sums: Vec<f64> = sums.collect();
            records.extend(Direction::BOTH.map(|along| record(along.spectrum(pair, scalars), sums.clone())));
        }
        SpectralSums { tally: Tally { begin: 0.0, end: 2.0, samples: 5, weight: 2.0, squares: 1.0 }, records }
    }

    /// If the halves are alike, the flow and its mirror image are two samples with different means.
    #[test]
    fn spectra_are_those_of_fluctuations() {
        for (rotation, flows) in [(0.3, &[false][..]), (0.0, &[false, true])] {
            let flow = channel(rotation);
            let spectra = Spectra::new(&sums(&flow.scalars), &flow.scalars, &Symmetry::of(&flow)).unwrap();
            assert_eq!(spectra.along[1].products.len(), 11);
            for Product { pair, lines } in &spectra.along[1].products {
                assert_eq!(lines.len(), if flows.len() == 1 { 3 } else { 2 });
                for (i, line) in lines.iter().enumerate() {
                    let j = 2 - i;
                    let mean = |of: &dyn Fn(bool) -> f64| {
                        flows.iter().map(|mirrored| of(*mirrored)).sum::<f64>() / flows.len() as f64
                    };
                    let [a, b] = *pair;
                    let modes = [0, 1, 2]
                        .map(|k| mean(&|mirrored| field(a, mirrored)[j][k] * field(b, mirrored)[j][k]));
                    let [mean_a, mean_b] = pair.map(|own| mean(&|mirrored| field(own, mirrored)[j][0]));
                    let exact = [modes[0] - mean_a * mean_b, 0.5 * modes[1], 0.5 * modes[2]];
                    for (value, exact) in line.iter().zip(exact) {
                        assert!(
                            (value - exact).abs() < 1e-13,
                            "{pair:?} at {j}, rotation {rotation}: {line:?}, not {exact}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn damaged_spectra_are_told() {
        let flow = channel(0.0);
        let mut damaged = sums(&flow.scalars);
        damaged.records.retain(|record| record.name != "spectra_mean_w");
        let error = Spectra::new(&damaged, &flow.scalars, &Symmetry::of(&flow)).err().unwrap();
        assert!(error.message.contains("`spectra_mean_w` is missing"), "{error}");
    }

    #[test]
    fn a_wave_correlates_as_its_cosine() {
        let along = Along { direction: Direction::X, k: vec![0.0, 0.5, 1.0, 1.5], products: Vec::new() };
        let r = along.distances();
        assert!((r[4] - 2.0 * PI).abs() < 1e-14 && r.len() == 5);
        for (r, value) in r.iter().zip(correlation(&[1.0, 0.0, 3.0, 0.0])) {
            assert!((value - 0.25 * (1.0 + 3.0 * r.cos())).abs() < 1e-14);
        }
        assert!(correlation(&[0.0; 4]).iter().all(|value| value.is_nan()));
    }
}
