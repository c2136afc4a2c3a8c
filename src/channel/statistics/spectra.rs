//! One-dimensional spectra at every y: the contributions of the modes of each `|k_x|`, summed over
//! k_z, and of each `|k_z|`, summed over k_x, to the plane average of a product of two fields. They
//! add up to that average; the first bin contains the mean flow.
//!
//! One rank forms the sum for a k, in one order, so that it has the same bits on any number of ranks:
//! all n_z of an n_x are together on z-lines, and all n_x of an n_z after one more exchange in the
//! row. Every rank keeps, writes and reads its own sums. At chosen y there are two-dimensional spectra too
//! ([`super::plane_spectra`]).

use super::super::Channel;
use super::super::catalogue::{Direction, Field, Moment, PLACES, mean_beside_spectra, plane_spectrum};
use super::super::kinematics::OnPlanes;
use super::averages::{Averages, turned};
use super::means::Means;
use super::plane_spectra::PlaneSpectra;
use super::terms::{self, Terms};
use super::{Content, in_planes};
use crate::channel::case::ChannelScalar;
use crate::error::Result;
use crate::statistics::{Record, RecordPart, Records, Weight};
use crate::store::StoredRecords;
use crate::transform::{Real, Visited};
use num_complex::Complex;
use std::f64::consts::TAU;
use std::ops::Range;

/// Sums over samples, times their weights.
pub struct Spectra {
    pairs: Vec<[Field; 2]>,
    /// Mean profiles of the same samples; the same on all ranks.
    means: Averages,
    visited: Visited,
    /// Over k_x and over k_z: `[pair][y][k]` of the y and k of this rank.
    sums: [Vec<f64>; 2],
    in_planes: PlaneSpectra,
}

/// The fields whose means are kept, since the first bins contain products of these.
fn with_means(scalars: usize) -> impl Iterator<Item = Field> {
    [Field::U, Field::W, Field::P].into_iter().chain((0..scalars).map(Field::Scalar))
}

/// The names of the records of the spectra of a channel.
#[derive(Default)]
pub struct RecordsOfSpectra {
    /// Of spectra over one direction, and of those over both.
    pub of_lines: Vec<String>,
    pub of_planes: Vec<String>,
    /// Of means and wavenumbers, which belong to both.
    pub of_both: Vec<String>,
}

impl RecordsOfSpectra {
    /// Those of a channel with these scalars.
    pub fn new(scalars: &[ChannelScalar]) -> Self {
        let means = with_means(scalars.len()).map(|field| mean_beside_spectra(field.mean(), scalars));
        let axes = Direction::BOTH.map(|direction| direction.wavenumbers().to_owned());
        let pairs = || terms::spectra(scalars.len()).into_iter();
        let over = |direction: Direction| pairs().map(move |pair| direction.spectrum(pair, scalars));
        Self {
            of_lines: Direction::BOTH.into_iter().flat_map(over).collect(),
            of_planes: pairs().map(|pair| plane_spectrum(pair, scalars)).chain([PLACES.to_owned()]).collect(),
            of_both: means.chain(axes).collect(),
        }
    }

    pub fn contain(&self, name: &String) -> bool {
        [&self.of_lines, &self.of_planes, &self.of_both].iter().any(|names| names.contains(name))
    }
}

impl Spectra {
    pub fn new(content: &Content, visited: Visited) -> Self {
        let Content { scalars, points, planes, waves, .. } = content;
        let pairs = terms::spectra(*scalars);
        let size = |waves: &Range<usize>| pairs.len() * visited.y.len() * waves.len();
        Self {
            sums: [vec![0.0; size(&visited.nx)], vec![0.0; size(&visited.nz)]],
            means: Averages::zeros(with_means(*scalars).map(Field::mean), *points),
            in_planes: PlaneSpectra::new(pairs.len(), planes.clone(), &visited, waves[1]),
            visited,
            pairs,
        }
    }

    /// How many numbers a rank that visits these modes holds.
    pub fn room(content: &Content, visited: &Visited) -> usize {
        let Content { scalars, points, .. } = content;
        let pairs = terms::spectra(*scalars).len();
        pairs * visited.y.len() * (visited.nx.len() + visited.nz.len())
            + with_means(*scalars).count() * points
            + in_planes(content, visited)
    }

    /// Numbers that [`Spectra::add_pairs`] takes for a time on a rank that visits these modes.
    pub fn of_sample(scalars: usize, visited: &Visited) -> usize {
        terms::spectra(scalars).len() * visited.nz.len()
    }

    /// Adds the mean profiles of a sample.
    pub fn add_means(&mut self, weight: &Weight, sample: &Averages) {
        self.means.add(weight, sample);
    }

    /// Adds the products of the means of a sample to the bins of k = 0, since the planes hold only
    /// fluctuations.
    pub fn add_mean_products(&mut self, means: &Means, weight: &Weight) {
        let Self { pairs, visited: Visited { y, nx, nz }, sums, in_planes, .. } = self;
        for (pair, [a, b]) in pairs.iter().enumerate() {
            let (Some(a), Some(b)) = (means.of(*a), means.of(*b)) else { continue };
            for (sums, waves) in sums.iter_mut().zip([&*nx, &*nz]).filter(|(_, waves)| waves.contains(&0)) {
                for (j, place) in y.clone().enumerate() {
                    sums[(pair * y.len() + j) * waves.len()] +=
                        weight.value() * a.value[place] * b.value[place];
                }
            }
            for place in y.clone() {
                in_planes.add_mean(pair, place, weight.value() * a.value[place] * b.value[place]);
            }
        }
    }

    /// Adds the modes of all n_z at [y, n_x] to the spectra over k_x and over both, of the pairs of the
    /// velocity or of a scalar.
    pub fn add_modes<T: Real, const FIELDS: usize, const TERMS: usize>(
        &mut self,
        scalar: Option<usize>,
        [y, nx]: [usize; 2],
        lines: [&[Complex<T>]; FIELDS],
        weight: &Weight,
        terms: impl Fn([Complex<T>; FIELDS]) -> Terms<[Field; 2], T, TERMS>,
    ) {
        let Self { visited: Visited { y: own, nx: of_x, .. }, sums: [in_x, _], in_planes, .. } = self;
        let mut of_line = [0.0; TERMS];
        for n in 0..lines[0].len() {
            let of_mode = terms(lines.map(|line| line[n])).values;
            of_line.iter_mut().zip(of_mode).for_each(|(sum, term)| *sum += term.wide());
        }
        let first = terms::first_pair(scalar);
        for (term, of_line) in of_line.into_iter().enumerate() {
            in_x[((first + term) * own.len() + y - own.start) * of_x.len() + nx - of_x.start] +=
                modes(weight, nx) * of_line;
        }
        in_planes.add_modes(first, [y, nx], lines, weight, terms);
    }

    /// Adds the fields that are on the planes (u, v, w, p; each scalar and another field) to the spectra
    /// over k_z.
    pub fn add_pairs<T: Real>(&mut self, on_planes: &mut OnPlanes<'_, T>, scalars: usize, weight: &Weight) {
        let Self { pairs, visited: Visited { y: own, nz: of_z, .. }, sums: [_, in_z], .. } = self;
        let (points, last) = (own.len(), on_planes.last_nx());
        // The sums of a plane, [pair][k].
        let mut of_plane = vec![0.0; pairs.len() * of_z.len()];
        on_planes.visit_pairs(|y, nx, lines| {
            if nx == 0 {
                of_plane.fill(0.0);
            }
            let uvwp: [_; 4] = lines.from(0);
            let [u, v, ..] = uvwp;
            let factor = modes(weight, nx);
            add_line(&mut of_plane, of_z.len(), factor, uvwp, terms::spectra_of_velocity);
            for s in 0..scalars {
                let of_scalar = &mut of_plane[terms::first_pair(Some(s)) * of_z.len()..];
                let uvs = [u, v, lines.of(4 + 2 * s)];
                add_line(of_scalar, of_z.len(), factor, uvs, terms::spectra_of_scalar);
            }
            if nx == last {
                for (pair, of_plane) in of_plane.chunks_exact(of_z.len().max(1)).enumerate() {
                    let sums = &mut in_z[(pair * points + y - own.start) * of_z.len()..];
                    sums.iter_mut().zip(of_plane).for_each(|(sum, value)| *sum += value);
                }
            }
        });
    }

    /// Begins all sums again; there are `points` points in y.
    pub fn clear(&mut self, points: usize) {
        self.means.clear(points);
        self.sums.iter_mut().for_each(|sums| sums.fill(0.0));
        self.in_planes.clear();
    }
}

/// The weight of the modes of n_x: those of -n_x are their conjugates.
pub fn modes(weight: &Weight, nx: usize) -> f64 {
    weight.value() * if nx == 0 { 1.0 } else { 2.0 }
}

/// Adds the pairs of modes of lines, times `factor`, to sums `[term][k]` of `waves` k.
fn add_line<T: Real, const FIELDS: usize, const TERMS: usize>(
    sums: &mut [f64],
    waves: usize,
    factor: f64,
    lines: [&[Complex<T>]; FIELDS],
    terms: impl Fn([Complex<T>; FIELDS]) -> Terms<[Field; 2], T, TERMS>,
) {
    for n in 0..waves {
        // The last of an odd number of places has no partner, and no mode.
        for place in (2 * n..2 * n + 2).filter(|place| *place < lines[0].len()) {
            let of_mode = terms(lines.map(|line| line[place])).values;
            for (term, value) in of_mode.into_iter().enumerate() {
                sums[term * waves + n] += factor * value.wide();
            }
        }
    }
}

/// The place of the sums of a rank in a record, in which y ascends.
fn place(visited: &Visited, along: usize, points: usize) -> [Range<usize>; 2] {
    let Visited { y, nx, nz } = visited;
    [points - y.end..points - y.start, [nx, nz][along].clone()]
}

impl<T: Real> Channel<T> {
    /// The spectra, with their means and wavenumbers.
    pub(super) fn spectra_records(&self) -> Records {
        let Spectra { pairs, means, visited, sums, in_planes } = &self.statistics.spectra;
        let (points, size) = (self.grid.y.len(), self.parameters.size);
        let waves = self.parameters.content().waves;
        let scalars = &self.parameters.scalars;
        let name = |mean: Moment| mean_beside_spectra(mean, scalars);
        let mut whole = means.records(scalars, name, "sum over the samples of the spectra");
        let mut parts = Vec::new();
        for (along, direction) in Direction::BOTH.into_iter().enumerate() {
            let axis = direction.wavenumbers();
            let width = TAU / [size[0], size[2]][along];
            whole.push(Record {
                name: axis.to_owned(),
                units: "length^-1 of the case".to_owned(),
                description: format!("wavenumbers in {}", direction.name()),
                axes: vec![axis.to_owned()],
                shape: vec![waves[along]],
                values: (0..waves[along]).map(|n| width * n as f64).collect(),
            });
            let place = place(visited, along, points);
            let of_pair = place[0].len() * place[1].len();
            for (i, pair) in pairs.iter().enumerate() {
                let [a, b] = *pair;
                let average = a.times(b);
                let record = Record {
                    name: direction.spectrum(*pair, scalars),
                    units: average.units_of_sum(scalars),
                    description: format!(
                        "sum over the samples of w times what the modes of {axis} and -{axis} give to {}",
                        average.formula(scalars)
                    ),
                    axes: vec!["y".to_owned(), axis.to_owned()],
                    shape: vec![points, waves[along]],
                    values: turned(&sums[along][i * of_pair..][..of_pair], place[1].len()),
                };
                parts.push(RecordPart { record, place: place.clone() });
            }
        }
        let places = in_planes.places(&self.grid.y);
        for (i, pair) in pairs.iter().enumerate().filter(|_| places.is_some()) {
            let average = pair[0].times(pair[1]);
            let place = in_planes.place();
            let record = Record {
                name: plane_spectrum(*pair, scalars),
                units: average.units_of_sum(scalars),
                description: format!(
                    "sum over the samples of w times what the modes of (kx, kz), (-kx, kz), (kx, -kz) and \
                     (-kx, -kz) give to {}",
                    average.formula(scalars)
                ),
                axes: [PLACES, "kx", "kz"].map(str::to_owned).into(),
                shape: vec![in_planes.number(), waves[0], waves[1]],
                values: turned(in_planes.of(i), place[1].len()),
            };
            parts.push(RecordPart { record, place });
        }
        whole.extend(places);
        Records { whole: if self.world.is_root() { whole } else { Vec::new() }, parts }
    }

    /// Restores the spectra of a checkpoint.
    ///
    /// # Errors
    /// A record is missing; the sums are undefined then.
    pub(super) fn recall_spectra(&mut self, stored: &mut StoredRecords) -> Result<()> {
        let (points, waves) = (self.grid.y.len(), self.parameters.content().waves);
        let scalars = &self.parameters.scalars;
        let Spectra { pairs, means, visited, sums, in_planes } = &mut self.statistics.spectra;
        *means = means.recall(stored.small(), points, |mean| mean_beside_spectra(mean, scalars))?;
        for (along, direction) in Direction::BOTH.into_iter().enumerate() {
            let place = place(visited, along, points);
            let of_pair = place[0].len() * place[1].len();
            for (i, pair) in pairs.iter().enumerate() {
                let name = direction.spectrum(*pair, scalars);
                let part = stored.read(&name, &[points, waves[along]], &place)?;
                sums[along][i * of_pair..][..of_pair].copy_from_slice(&turned(&part, place[1].len()));
            }
        }
        // If they were sampled elsewhere, they begin with the next sum.
        let places = in_planes.places(&self.grid.y);
        let found = stored.small().iter().find(|record| record.name == PLACES);
        in_planes.is_summed = found.map(|found| &found.values) == places.as_ref().map(|own| &own.values);
        let goes_on = places.is_some() && in_planes.is_summed;
        for (i, pair) in pairs.iter().enumerate().filter(|_| goes_on) {
            let (shape, place) = ([in_planes.number(), waves[0], waves[1]], in_planes.place());
            let part = stored.read(&plane_spectrum(*pair, scalars), &shape, &place)?;
            in_planes.of_mut(i).copy_from_slice(&turned(&part, place[1].len()));
        }
        Ok(())
    }
}

#[cfg(test)]
impl Spectra {
    /// Numbers of the mean profiles, and of the spectra.
    pub fn held(&self) -> [usize; 2] {
        let of_planes: usize = (0..self.pairs.len()).map(|pair| self.in_planes.of(pair).len()).sum();
        [self.means.numbers(), self.sums.iter().map(Vec::len).sum::<usize>() + of_planes]
    }
}
