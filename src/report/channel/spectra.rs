//! One-dimensional spectra and two-point correlations of a channel in wall units, at every y:
//!
//! ```text
//!     <a'b'> = sum_n E_ab(k_n) dk,    R_aa(r) = sum_n E_aa(k_n) cos(k_n r) dk / <a'^2>,    k_n = n dk,  dk = 2 pi / L
//! ```
//!
//! Energy is that of k and -k, and the mean flow is taken out of that of k = 0. Where the halves of
//! the channel are alike they are averaged.

use super::chosen::SpectralSums;
use super::symmetry::Symmetry;
use crate::error::{Error, Result};
use crate::statistics::Record;
use std::f64::consts::PI;

/// The spectra of a run in the units of the case.
pub struct Spectra {
    /// Over k_x and over k_z.
    pub along: [Along; 2],
}

/// What belongs to one direction.
pub struct Along {
    /// "x" or "z".
    pub name: &'static str,
    /// The wavenumbers, from 0 in steps of dk.
    pub k: Vec<f64>,
    pub products: Vec<Product>,
}

/// What the modes of each k give to `<a'b'>`, at the points that are kept, from the lower wall on.
pub struct Product {
    /// As in "uu", or "u[dye]" of a scalar.
    pub name: String,
    pub lines: Vec<Vec<f64>>,
}

impl Spectra {
    /// # Errors
    /// Records of another shape.
    pub fn new(sums: &SpectralSums, symmetry: &Symmetry) -> Result<Self> {
        let points =
            sums.records.iter().find(|record| record.name == "spectra_mean_u").map_or(0, |u| u.values.len());
        let source = Source { records: &sums.records, weight: sums.tally.weight, symmetry, points };
        Ok(Self { along: [source.along("x")?, source.along("z")?] })
    }
}

/// The records of spectra.
struct Source<'a> {
    records: &'a [Record],
    /// That of all samples.
    weight: f64,
    symmetry: &'a Symmetry,
    points: usize,
}

impl Source<'_> {
    fn get(&self, name: &str, size: Option<usize>) -> Result<&[f64]> {
        let found = self.records.iter().find(|record| record.name == name).map(|record| &record.values[..]);
        match found {
            Some(values) if size.is_none_or(|size| values.len() == size) => Ok(values),
            _ => Err(Error::input(format!(
                "the statistics are not those of a channel: `{name}` is missing or of another shape"
            ))),
        }
    }

    fn along(&self, name: &'static str) -> Result<Along> {
        let k = self.get(&format!("k{name}"), None)?.to_vec();
        let prefix = format!("spectrum_{name}_");
        let products = self.records.iter().filter_map(|record| record.name.strip_prefix(&prefix));
        let product = |product: &str| {
            let sums = self.get(&format!("{prefix}{product}"), Some(self.points * k.len()))?;
            Ok(Product { name: product.to_owned(), lines: self.lines(product, sums, k.len())? })
        };
        Ok(Along { name, products: products.map(product).collect::<Result<_>>()?, k })
    }

    /// Averages of fluctuations. With A and B the means at one y, A' and B' what the mirrored flow
    /// has there, the mean of both flows has
    ///
    /// ```text
    ///     <ab> - <a><b> = (<ab> - A B + (<ab>' - A' B')) / 2 + (A - A') (B - B') / 4
    /// ```
    fn lines(&self, product: &str, sums: &[f64], waves: usize) -> Result<Vec<Vec<f64>>> {
        let [a, b] = factors(product).map(|factor| self.mean(factor));
        let (a, b, last) = (a?, b?, self.points - 1);
        let own = |j: usize| {
            let mut line: Vec<f64> = sums[j * waves..][..waves].iter().map(|sum| sum / self.weight).collect();
            line[0] -= a[j] * b[j];
            line
        };
        let both = |j: usize| {
            let sign = self.symmetry.sign_of_fluctuations(product);
            let mut line: Vec<f64> =
                own(j).iter().zip(own(last - j)).map(|(here, there)| 0.5 * (here + sign * there)).collect();
            let off = |name: &str, mean: &[f64]| mean[j] - self.symmetry.mirrored_mean(name, mean[last - j]);
            let [name_a, name_b] = factors(product);
            line[0] += 0.25 * off(name_a, &a) * off(name_b, &b);
            line
        };
        let kept = (0..self.symmetry.kept(self.points)).map(|i| last - i);
        Ok(kept.map(|j| if self.symmetry.holds { both(j) } else { own(j) }).collect())
    }

    /// The mean profile of a factor; v has none.
    fn mean(&self, factor: &str) -> Result<Vec<f64>> {
        if factor == "v" {
            return Ok(vec![0.0; self.points]);
        }
        let sums = self.get(&format!("spectra_mean_{factor}"), Some(self.points))?;
        Ok(sums.iter().map(|sum| sum / self.weight).collect())
    }
}

/// The two factors of a product, as "u" and "[dye]" of "u[dye]".
pub fn factors(product: &str) -> [&str; 2] {
    let first = if product.starts_with('[') { product.find(']').map_or(1, |end| end + 1) } else { 1 };
    let (a, b) = product.split_at(first);
    [a, b]
}

impl Along {
    /// The distances of correlations: from 0 to half the box, as many as there are wavenumbers and one more.
    pub fn distances(&self) -> Vec<f64> {
        let waves = self.k.len();
        let step = if waves > 1 { PI / (waves as f64 * self.k[1]) } else { 0.0 };
        (0..=waves).map(|i| i as f64 * step).collect()
    }
}

/// The correlation at [`Along::distances`] of a line of energies; nothing correlates with what is not there.
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
    use crate::case::{self, Channel, FlowKind};
    use crate::statistics::Tally;
    use std::path::Path;

    /// With a rotation the halves differ.
    fn channel(rotation: f64) -> Channel {
        let text = format!(
            "flow.kind = \"channel\"\ndomain = \
             {{ size = [\"2 pi\", 2, \"pi\"], grid = [16, 33, 16] }}\nfluid.viscosity = 0.01\n\
             drive = {{ kind = \"pressure-gradient\", gradient = 0.02, rotation = {rotation} }}\ninitial.kind = \"turbulent\"\n\
             time = {{ cfl = 0.8, end = 10.0 }}\nscalar.dye = \
             {{ schmidt = 0.5, values = [-1.0, 2.0] }}\nscalar.heat = {{ source = 1.0 }}\n"
        );
        match case::parse("case.toml", &text, Path::new(""), &[])
            .unwrap_or_else(|error| panic!("{error}"))
            .flow
        {
            FlowKind::Channel(flow) => flow,
            FlowKind::Homogeneous(_) => panic!("not a channel"),
        }
    }

    const NAMES: [&str; 6] = ["u", "v", "w", "p", "[dye]", "[heat]"];

    /// The mean and the amplitudes of cos x and cos 2x of a field at three y, from the upper wall
    /// on; or of the flow in the mirror.
    fn field(name: &str, mirrored: bool) -> [[f64; 3]; 3] {
        let number = NAMES.iter().position(|other| *other == name).unwrap() as f64;
        let mut at_y = [0.0, 1.0, 2.0]
            .map(|j| [0.7 + j - 0.2 * number * j, (1.0 + number) * (j - 0.6), 0.3 * j * j - number]);
        if name == "v" {
            at_y.iter_mut().for_each(|line| line[0] = 0.0);
        }
        if mirrored {
            at_y.reverse();
            let factor = if name == "v" || name == "[dye]" { -1.0 } else { 1.0 };
            at_y = at_y.map(|line| line.map(|value| factor * value));
            if name == "[dye]" {
                // s goes to -1 + 2 - s.
                at_y.iter_mut().for_each(|line| line[0] += 1.0);
            }
        }
        at_y
    }

    fn products() -> [&'static str; 11] {
        ["uu", "vv", "ww", "uv", "pp", "[dye][dye]", "u[dye]", "v[dye]", "[heat][heat]", "u[heat]", "v[heat]"]
    }

    /// Samples of one flow, of the weight 2 in all.
    fn sums() -> SpectralSums {
        let record = |name: String, values: Vec<f64>| {
            let (units, description) = (String::new(), String::new());
            Record { name, units, description, axes: Vec::new(), shape: Vec::new(), values }
        };
        let mut records =
            vec![record("kx".into(), vec![0.0, 1.0, 2.0]), record("kz".into(), vec![0.0, 1.0, 2.0])];
        for name in NAMES.into_iter().filter(|name| *name != "v") {
            records.push(record(
                format!("spectra_mean_{name}"),
                field(name, false).map(|line| 2.0 * line[0]).to_vec(),
            ));
        }
        for product in products() {
            let [a, b] = factors(product).map(|factor| field(factor, false));
            let sums =
                (0..9).map(|i| 2.0 * a[i / 3][i % 3] * b[i / 3][i % 3] * if i % 3 == 0 { 1.0 } else { 0.5 });
            let sums: Vec<f64> = sums.collect();
            records
                .extend(["x", "z"].map(|along| record(format!("spectrum_{along}_{product}"), sums.clone())));
        }
        SpectralSums { tally: Tally { begin: 0.0, end: 2.0, samples: 5, weight: 2.0, squares: 1.0 }, records }
    }

    /// Of like halves there are two flows, the one and its mirror; its mean fluctuates between them.
    #[test]
    fn spectra_are_those_of_fluctuations() {
        for (rotation, flows) in [(0.3, &[false][..]), (0.0, &[false, true])] {
            let spectra = Spectra::new(&sums(), &Symmetry::of(&channel(rotation))).unwrap();
            for product in products() {
                let lines =
                    &spectra.along[1].products.iter().find(|other| other.name == product).unwrap().lines;
                assert_eq!(lines.len(), if flows.len() == 1 { 3 } else { 2 });
                for (i, line) in lines.iter().enumerate() {
                    let j = 2 - i;
                    let mean = |of: &dyn Fn(bool) -> f64| {
                        flows.iter().map(|mirrored| of(*mirrored)).sum::<f64>() / flows.len() as f64
                    };
                    let [a, b] = factors(product);
                    let modes = [0, 1, 2]
                        .map(|k| mean(&|mirrored| field(a, mirrored)[j][k] * field(b, mirrored)[j][k]));
                    let [mean_a, mean_b] = [a, b].map(|name| mean(&|mirrored| field(name, mirrored)[j][0]));
                    let exact = [modes[0] - mean_a * mean_b, 0.5 * modes[1], 0.5 * modes[2]];
                    for (value, exact) in line.iter().zip(exact) {
                        assert!(
                            (value - exact).abs() < 1e-13,
                            "{product} at {j}, rotation {rotation}: {line:?}, not {exact}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn damaged_spectra_are_told() {
        let mut damaged = sums();
        damaged.records.retain(|record| record.name != "spectra_mean_w");
        let error = Spectra::new(&damaged, &Symmetry::of(&channel(0.0))).err().unwrap();
        assert!(error.message.contains("`spectra_mean_w` is missing"), "{error}");
    }

    #[test]
    fn a_wave_correlates_as_its_cosine() {
        let along = Along { name: "x", k: vec![0.0, 0.5, 1.0, 1.5], products: Vec::new() };
        let r = along.distances();
        assert!((r[4] - 2.0 * PI).abs() < 1e-14 && r.len() == 5);
        for (r, value) in r.iter().zip(correlation(&[1.0, 0.0, 3.0, 0.0])) {
            assert!((value - 0.25 * (1.0 + 3.0 * r.cos())).abs() < 1e-14);
        }
        assert!(correlation(&[0.0; 4]).iter().all(|value| value.is_nan()));
    }
}
