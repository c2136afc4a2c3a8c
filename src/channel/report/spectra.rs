//! Spectra and two-point correlations of a channel, at every y or at chosen ones:
//!
//! ```text
//!     <a'b'> = sum_n E_ab(k_n) dk,    R_aa(r) = sum_n E_aa(k_n) cos(k_n r) dk / <a'^2>,
//!     k_n = n dk,  dk = 2 pi / L
//! ```
//!
//! E(k) has the energy of k and -k, and E(0) is without the mean flow. If the halves of the channel
//! are alike, they are averaged.

use super::round_off::RoundOff;
use super::spectral_sums::SpectralSums;
use super::symmetry::Symmetry;
use crate::case::Precision;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::{Direction, Field, U, mean_beside_spectra};
use crate::chebyshev::Differences;
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::f64::consts::PI;

/// The spectra of a run in the units of the case.
pub struct Spectra<'a> {
    sums: &'a SpectralSums,
    scalars: &'a [ChannelScalar],
    symmetry: &'a Symmetry,
    viscosity: f64,
    differences: &'a Differences,
    points: usize,
    /// The points that the spectra have, from the upper wall on.
    rows: Vec<usize>,
}

/// The wavenumbers of one direction, from 0 in steps of dk.
pub struct Along {
    pub k: Vec<f64>,
}

/// The contribution of each k to `<a'b'>` at the points that are kept, from the lower wall on: a row of all k
/// for each y.
pub type Line = Vec<f64>;

impl<'a> Spectra<'a> {
    pub fn new(
        sums: &'a SpectralSums,
        scalars: &'a [ChannelScalar],
        symmetry: &'a Symmetry,
        viscosity: f64,
        differences: &'a Differences,
    ) -> Self {
        let name = mean_beside_spectra(U, scalars);
        let points = sums.get(&name, None).map_or(0, |u| u.len());
        Self { sums, scalars, symmetry, viscosity, differences, points, rows: (0..points).collect() }
    }

    /// Spectra at these points alone, which are symmetric about the centre.
    pub fn at(self, rows: Vec<usize>) -> Self {
        Self { rows, ..self }
    }

    /// The values of a record over all samples, or over those of all groups but one.
    ///
    /// # Errors
    /// A record that is missing, or of another size.
    pub fn get(&self, name: &str, size: Option<usize>, without: Option<usize>) -> Result<Cow<'_, [f64]>> {
        match self.sums.get(name, without) {
            Some(values) if size.is_none_or(|size| values.len() == size) => Ok(values),
            _ => Err(Error::input(format!(
                "the statistics are not those of a channel: `{name}` is missing or of another shape"
            ))),
        }
    }

    /// The wavenumbers of a direction.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn along(&self, direction: Direction) -> Result<Along> {
        Ok(Along { k: self.get(direction.wavenumbers(), None, None)?.to_vec() })
    }

    /// The spectrum of a product, called `name` and of `waves` modes at each point, over all samples or over
    /// those of all groups but one.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn product(
        &self,
        (name, waves): (&str, usize),
        pair: [Field; 2],
        without: Option<usize>,
    ) -> Result<Line> {
        let sums = self.get(name, Some(self.rows.len() * waves), without)?;
        self.lines(pair, &sums, waves, without)
    }

    /// The unit of a field at the walls: u_tau, its square, or theta_tau.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn unit(&self, field: Field, without: Option<usize>) -> Result<f64> {
        let slope = |field: Field| -> Result<f64> {
            let slopes = self.differences.of(&self.mean(field, without)?);
            Ok(0.5 * (slopes[0].abs() + slopes[slopes.len() - 1].abs()))
        };
        let u_tau = (self.viscosity * slope(Field::U)?).sqrt();
        Ok(match field {
            Field::U | Field::V | Field::W => u_tau,
            Field::P => u_tau.powi(2),
            Field::Scalar(s) => self.viscosity / self.scalars[s].schmidt * slope(field)? / u_tau,
        })
    }

    /// Removes the means from an average. With A and B the means at one y, and A' and B' those of the
    /// mirrored flow, the average over both flows is
    ///
    /// ```text
    ///     <ab> - <a><b> = (<ab> - A B + (<ab>' - A' B')) / 2 + (A - A') (B - B') / 4
    /// ```
    fn lines(&self, pair: [Field; 2], sums: &[f64], waves: usize, without: Option<usize>) -> Result<Line> {
        let [a, b] = pair.map(|field| self.mean(field, without));
        let of_rows = |mean: Vec<f64>| self.rows.iter().map(|row| mean[*row]).collect::<Vec<f64>>();
        let (a, b, weight) = (of_rows(a?), of_rows(b?), self.sums.weight(without));
        let Some(last) = self.rows.len().checked_sub(1) else { return Ok(Vec::new()) };
        let own = |j: usize| {
            let mut line: Vec<f64> = sums[j * waves..][..waves].iter().map(|sum| sum / weight).collect();
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
        Ok(kept.flat_map(|j| if self.symmetry.holds { both(j) } else { own(j) }).collect())
    }

    /// Whether the variance of a field, the sum of its spectrum of this width, is round-off at each of the
    /// points that are kept.
    ///
    /// # Errors
    /// Records of another shape.
    pub fn hidden(
        &self,
        field: Field,
        spectrum: &[f64],
        width: usize,
        precision: Precision,
    ) -> Result<Vec<bool>> {
        let variances = || spectrum.chunks(width).map(|line| line.iter().sum::<f64>());
        let (round_off, mean) = (RoundOff::new(precision, variances()), self.mean(field, None)?);
        let from_lower_wall = (0..self.points).rev().map(|j| self.symmetry.largest(&mean, j));
        Ok(variances()
            .zip(from_lower_wall)
            .map(|(variance, mean)| round_off.hides(2, variance, mean))
            .collect())
    }

    /// The mean profile of a field; v has none.
    fn mean(&self, field: Field, without: Option<usize>) -> Result<Vec<f64>> {
        if field == Field::V {
            return Ok(vec![0.0; self.points]);
        }
        let name = mean_beside_spectra(field.mean(), self.scalars);
        let (sums, weight) = (self.get(&name, Some(self.points), without)?, self.sums.weight(without));
        Ok(sums.iter().map(|sum| sum / weight).collect())
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

/// `cos(pi i / waves)`, for [`correlation`].
pub fn cosines(waves: usize) -> Vec<f64> {
    (0..2 * waves).map(|i| (PI * i as f64 / waves as f64).cos()).collect()
}

/// The correlation at [`Along::distances`] from the energies at one y; NaN where the variance is zero.
pub fn correlation(line: &[f64], cosines: &[f64]) -> Vec<f64> {
    let waves = line.len();
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
    use crate::statistics::{Record, Tally};
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
    fn sums(scalars: &[ChannelScalar]) -> Vec<Record> {
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
        for pair in crate::channel::spectra(scalars.len()) {
            let [a, b] = pair.map(|own| field(own, false));
            let sums =
                (0..9).map(|i| 2.0 * a[i / 3][i % 3] * b[i / 3][i % 3] * if i % 3 == 0 { 1.0 } else { 0.5 });
            let sums: Vec<f64> = sums.collect();
            records.extend(Direction::BOTH.map(|along| record(along.spectrum(pair, scalars), sums.clone())));
        }
        records
    }

    fn summed(records: Vec<Record>) -> SpectralSums {
        let tally = Tally { begin: 0.0, end: 2.0, samples: 5, weight: 2.0, squares: 1.0 };
        SpectralSums::new(tally, records, true)
    }

    /// If the halves are alike, the flow and its mirror image are two samples with different means.
    #[test]
    fn spectra_are_those_of_fluctuations() {
        for (rotation, flows) in [(0.3, &[false][..]), (0.0, &[false, true])] {
            let flow = channel(rotation);
            let (sums, symmetry) = (summed(sums(&flow.scalars)), Symmetry::of(&flow));
            let differences = Differences::new(3);
            let spectra = Spectra::new(&sums, &flow.scalars, &symmetry, 0.01, &differences);
            let along = spectra.along(Direction::Z).unwrap();
            for pair in crate::channel::spectra(flow.scalars.len()) {
                let name = Direction::Z.spectrum(pair, &flow.scalars);
                let lines = spectra.product((&name, along.k.len()), pair, None).unwrap();
                assert_eq!(lines.len(), if flows.len() == 1 { 9 } else { 6 });
                for (i, line) in lines.chunks(3).enumerate() {
                    let j = 2 - i;
                    let mean = |of: &dyn Fn(bool) -> f64| {
                        flows.iter().map(|mirrored| of(*mirrored)).sum::<f64>() / flows.len() as f64
                    };
                    let [a, b] = pair;
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
        damaged.retain(|record| record.name != "spectra_mean_w");
        let (damaged, symmetry, differences) = (summed(damaged), Symmetry::of(&flow), Differences::new(3));
        let spectra = Spectra::new(&damaged, &flow.scalars, &symmetry, 0.01, &differences);
        let error = spectra.product(("spectrum_x_ww", 3), [Field::W; 2], None).err().unwrap();
        assert!(error.message.contains("`spectra_mean_w` is missing"), "{error}");
    }

    #[test]
    fn a_wave_correlates_as_its_cosine() {
        let along = Along { k: vec![0.0, 0.5, 1.0, 1.5] };
        let r = along.distances();
        assert!((r[4] - 2.0 * PI).abs() < 1e-14 && r.len() == 5);
        for (r, value) in r.iter().zip(correlation(&[1.0, 0.0, 3.0, 0.0], &cosines(4))) {
            assert!((value - 0.25 * (1.0 + 3.0 * r.cos())).abs() < 1e-14);
        }
        assert!(correlation(&[0.0; 4], &cosines(4)).iter().all(|value| value.is_nan()));
    }
}
