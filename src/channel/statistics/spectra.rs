//! One-dimensional spectra at every y: of the average over a plane of a product of two fields, what
//! the modes of each `|k_x|` give, summed over k_z, and what those of each `|k_z|` give, summed
//! over k_x. Their sum is that average, the mean flow standing in the first bin.
//!
//! The sum over a k is taken by one rank, in one order, so that it has the same bits on any number
//! of ranks: all n_z of a n_x are together on z-lines, and all n_x of a n_z after one more exchange
//! in the row. Every rank keeps what it sums; only the root sees the whole, when it is written.

use super::super::Channel;
use super::super::kinematics::OnPlanes;
use super::means::{Mean, Means};
use super::moments::product;
use super::{record, turned};
use crate::case::ChannelScalar;
use crate::error::Result;
use crate::statistics::{Record, Weight};
use crate::transform::{Pieces, Real, Visited};
use num_complex::Complex;
use std::f64::consts::TAU;
use std::ops::Range;

/// Of u, v, w and p.
const OF_VELOCITY: [&str; 5] = ["uu", "vv", "ww", "uv", "pp"];
/// Of a scalar s.
const OF_SCALAR: [&str; 3] = ["ss", "us", "vs"];
/// What has a mean over the planes. The first bins have products of these in them.
const MEANS: [&str; 3] = ["u", "w", "p"];

/// The directions of k.
const ALONG: [&str; 2] = ["x", "z"];

/// Sums over samples, times their weights.
pub struct Spectra {
    products: Vec<String>,
    /// Mean profiles, by name and y; the same on all ranks.
    means: Vec<(String, Vec<f64>)>,
    visited: Visited,
    /// Over k_x and over k_z: `[product][y][k]` of the y and k of this rank.
    sums: [Vec<f64>; 2],
}

impl Spectra {
    pub fn new(scalars: &[ChannelScalar], points: usize, visited: Visited) -> Self {
        let of_scalars = |moments: &[&str]| -> Vec<String> {
            scalars
                .iter()
                .flat_map(|scalar| {
                    moments.iter().map(|moment| super::of_scalar(moment, scalar)).collect::<Vec<_>>()
                })
                .collect()
        };
        let of_velocity = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let products = [of_velocity(&OF_VELOCITY), of_scalars(&OF_SCALAR)].concat();
        let means = [of_velocity(&MEANS), of_scalars(&["s"])].concat();
        let size = |waves: &Range<usize>| products.len() * visited.y.len() * waves.len();
        Self {
            sums: [vec![0.0; size(&visited.nx)], vec![0.0; size(&visited.nz)]],
            means: means.into_iter().map(|name| (name, vec![0.0; points])).collect(),
            visited,
            products,
        }
    }

    /// Numbers that a rank holds which visits these modes, of so many scalars and points in y.
    pub fn room(scalars: usize, points: usize, visited: &Visited) -> usize {
        let products = OF_VELOCITY.len() + scalars * OF_SCALAR.len();
        products * visited.y.len() * (visited.nx.len() + visited.nz.len()) + (MEANS.len() + scalars) * points
    }

    /// Adds the mean profiles of a sample, which are known by name.
    pub fn add_means<'a>(&mut self, weight: &Weight, of_sample: impl Fn(&str) -> Option<&'a [f64]>) {
        for (name, sums) in &mut self.means {
            sums.iter_mut()
                .zip(of_sample(name).unwrap_or_default())
                .for_each(|(sum, mean)| *sum += weight.value() * mean);
        }
    }

    /// Adds what the means of a sample give to the products, in the bins of k = 0: only
    /// fluctuations are on the planes.
    pub fn add_mean_products(&mut self, means: &Means, weight: &Weight) {
        let Self { visited: Visited { y, nx, nz }, sums, .. } = self;
        let mut add = |product: usize, a: &Mean, b: &Mean| {
            for (sums, waves) in sums.iter_mut().zip([&*nx, &*nz]).filter(|(_, waves)| waves.contains(&0)) {
                for (j, place) in y.clone().enumerate() {
                    sums[(product * y.len() + j) * waves.len()] +=
                        weight.value() * a.value[place] * b.value[place];
                }
            }
        };
        let Means { u, w, scalars } = means;
        add(0, u, u);
        add(2, w, w);
        for (s, mean) in scalars.iter().enumerate() {
            let first = OF_VELOCITY.len() + s * OF_SCALAR.len();
            add(first, mean, mean);
            add(first + 1, u, mean);
        }
    }

    pub fn clear(&mut self) {
        self.means.iter_mut().map(|(_, sums)| sums).chain(&mut self.sums).for_each(|sums| sums.fill(0.0));
    }

    /// Adds the spectra of u, v, w and p, which are on the planes.
    pub fn add_velocity<T: Real>(&mut self, on_planes: &mut OnPlanes<'_, T>, weight: &Weight) {
        let terms = |[u, v, w, p]: [Complex<T>; 4]| {
            [product(u, u), product(v, v), product(w, w), product(u, v), product(p, p)]
        };
        self.add(0, on_planes, weight, terms);
    }

    /// Adds the spectra of a scalar, which is on the planes behind u and v.
    pub fn add_scalar<T: Real>(&mut self, s: usize, on_planes: &mut OnPlanes<'_, T>, weight: &Weight) {
        let terms = |[u, v, s, _]: [Complex<T>; 4]| [product(s, s), product(u, s), product(v, s)];
        self.add(OF_VELOCITY.len() + s * OF_SCALAR.len(), on_planes, weight, terms);
    }

    /// Adds spectra of all fields that are on the planes, the products from `first` on.
    fn add<T: Real, const FIELDS: usize, const TERMS: usize>(
        &mut self,
        first: usize,
        on_planes: &mut OnPlanes<'_, T>,
        weight: &Weight,
        terms: impl Fn([Complex<T>; FIELDS]) -> [T; TERMS],
    ) {
        let Self { visited: Visited { y: own, nx: of_x, nz: of_z }, sums: [in_x, in_z], .. } = self;
        let points = own.len();
        // The modes of -n_x are the conjugates of those of n_x.
        let modes = |nx: usize| weight.value() * if nx == 0 { 1.0 } else { 2.0 };
        let of_modes =
            |lines: &[&[Complex<T>]; FIELDS], n: usize| terms(lines.map(|line| line[n])).map(Real::wide);

        on_planes.visit_modes(|y, nx, pieces: Pieces<'_, T>| {
            let lines: [&[Complex<T>]; FIELDS] = pieces.from(0);
            let mut of_line = [0.0; TERMS];
            for n in 0..lines[0].len() {
                of_line.iter_mut().zip(of_modes(&lines, n)).for_each(|(sum, term)| *sum += term);
            }
            for (term, of_line) in of_line.into_iter().enumerate() {
                in_x[((first + term) * points + y - own.start) * of_x.len() + nx - of_x.start] +=
                    modes(nx) * of_line;
            }
        });

        let mut of_sample = vec![0.0; TERMS * points * of_z.len()];
        on_planes.visit_pairs(|y, nx, pieces: Pieces<'_, T>| {
            let lines: [&[Complex<T>]; FIELDS] = pieces.from(0);
            for n in 0..of_z.len() {
                // The last of an odd number of places has no partner, and no mode.
                let pair = (2 * n..2 * n + 2).filter(|place| *place < lines[0].len());
                for of_mode in pair.map(|place| of_modes(&lines, place)) {
                    for (term, value) in of_mode.into_iter().enumerate() {
                        of_sample[(term * points + y - own.start) * of_z.len() + n] += modes(nx) * value;
                    }
                }
            }
        });
        in_z[first * points * of_z.len()..].iter_mut().zip(&of_sample).for_each(|(sum, value)| *sum += value);
    }
}

/// Where the lines over k of a rank, one for each product and y, lie in arrays of so many y and k.
fn lines(
    visited: &Visited,
    along: usize,
    products: usize,
    points: usize,
    waves: usize,
) -> impl Iterator<Item = Range<usize>> {
    let (y, own) = (visited.y.clone(), [&visited.nx, &visited.nz][along].clone());
    let starts =
        (0..products).flat_map(move |product| y.clone().map(move |y| (product * points + y) * waves));
    starts.map(move |start| start + own.start..start + own.end)
}

impl<T: Real> Channel<T> {
    /// How many k_x and k_z there are.
    fn waves(&self) -> [usize; 2] {
        let truncation = self.pencils.layout.truncation;
        [truncation.nx_max() + 1, truncation.nz_max(0) + 1]
    }

    /// The spectra at the root, nothing elsewhere; collective.
    pub(super) fn spectra_records(&self) -> Vec<Record> {
        let Spectra { products, means, sums, .. } = &self.statistics.spectra;
        let (points, waves, size) = (self.grid.y.len(), self.waves(), self.parameters.size);
        let whole: Vec<Vec<f64>> =
            [0, 1].map(|along| self.whole(along, &sums[along], points, waves[along])).into();
        if !self.world.is_root() {
            return Vec::new();
        }
        let mut records = Vec::new();
        for (name, sums) in means {
            let description = "sum over the samples of the spectra of w times an average over planes";
            records.push(record(
                &format!("spectra_mean_{name}"),
                description,
                &["y"],
                vec![points],
                turned(sums, 1),
            ));
        }
        for along in [0, 1] {
            let (direction, axis) = (ALONG[along], format!("k{}", ALONG[along]));
            let width = TAU / [size[0], size[2]][along];
            let k = (0..waves[along]).map(|n| width * n as f64).collect();
            records.push(record(
                &axis,
                &format!("wavenumbers in {direction}"),
                &[&axis],
                vec![waves[along]],
                k,
            ));
            for (name, values) in products.iter().zip(whole[along].chunks_exact(points * waves[along])) {
                let description = format!(
                    "sum over the samples of w times what the modes of {axis} and -{axis} give to an average \
                     over planes"
                );
                let name = format!("spectrum_{direction}_{name}");
                records.push(record(
                    &name,
                    &description,
                    &["y", &axis],
                    vec![points, waves[along]],
                    turned(values, waves[along]),
                ));
            }
        }
        records
    }

    /// The sums of all ranks in one array at the root; collective.
    fn whole(&self, along: usize, own: &[f64], points: usize, waves: usize) -> Vec<f64> {
        let products = self.statistics.spectra.products.len();
        let gathered = self.world.gather_at_root(own);
        let mut rest = &gathered[..];
        let mut whole = vec![0.0; if self.world.is_root() { products * points * waves } else { 0 }];
        if self.world.is_root() {
            for rank in 0..self.world.size() {
                for line in lines(&self.visited(rank), along, products, points, waves) {
                    let (values, others) = rest.split_at(line.len());
                    whole[line].copy_from_slice(values);
                    rest = others;
                }
            }
        }
        whole
    }

    /// Goes on with the spectra of a checkpoint.
    ///
    /// # Errors
    /// One is missing: nothing is taken then.
    pub(super) fn recall_spectra(&mut self, records: &[Record]) -> Result<()> {
        let (points, waves) = (self.grid.y.len(), self.waves());
        let Spectra { products, means, visited, sums } = &mut self.statistics.spectra;
        let of_means: Vec<&[f64]> = means
            .iter()
            .map(|(name, _)| Record::values(records, &format!("spectra_mean_{name}"), points))
            .collect::<Result<_>>()?;
        let of_products = |along: usize| {
            let spectra = products.iter().map(move |name| format!("spectrum_{}_{name}", ALONG[along]));
            spectra
                .map(|name| Record::values(records, &name, points * waves[along]))
                .collect::<Result<Vec<_>>>()
        };
        let of_products = [of_products(0)?, of_products(1)?];
        for ((_, sums), stored) in means.iter_mut().zip(of_means) {
            *sums = turned(stored, 1);
        }
        for (along, own) in sums.iter_mut().enumerate() {
            let mut rest = &mut own[..];
            for stored in &of_products[along] {
                let whole = turned(stored, waves[along]);
                for line in lines(visited, along, 1, points, waves[along]) {
                    let (values, others) = rest.split_at_mut(line.len());
                    values.copy_from_slice(&whole[line]);
                    rest = others;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
impl Spectra {
    /// Numbers of the mean profiles, and of the spectra.
    pub fn held(&self) -> [usize; 2] {
        [self.means.iter().map(|(_, sums)| sums.len()).sum(), self.sums.iter().map(Vec::len).sum()]
    }
}
