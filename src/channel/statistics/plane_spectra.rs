//! Two-dimensional spectra at chosen y: the contribution of the modes of each `(|k_x|, |k_z|)` to the plane
//! average of a product of two fields. Summed over k_z or over k_x they are the one-dimensional spectra
//! there.
//!
//! On z-lines one rank holds all n_z of an n_x: it keeps, writes and reads the sums of its n_x.

use super::spectra::modes;
use super::terms::Terms;
use crate::channel::catalogue::{Field, PLACES};
use crate::statistics::{Record, Weight};
use crate::transform::{Real, Visited};
use num_complex::Complex;
use std::f64::consts::PI;
use std::ops::Range;

/// Sums over samples, times their weights.
pub struct PlaneSpectra {
    /// The indices of the points in y, ascending; those on this rank are a range of them.
    planes: Vec<usize>,
    own: Range<usize>,
    /// The n_x of this rank, and the number of |n_z|.
    nx: Range<usize>,
    nz: usize,
    /// `[pair][plane][n_x][|n_z|]` of this rank.
    sums: Vec<f64>,
    /// False where the sums of a checkpoint are at other y, until they begin again.
    pub is_summed: bool,
}

impl PlaneSpectra {
    /// Empty sums of `pairs` products at these points, on a rank that visits these modes; there are `nz`
    /// |n_z|.
    pub fn new(pairs: usize, planes: Vec<usize>, visited: &Visited, nz: usize) -> Self {
        let own = own(&planes, visited);
        let nx = visited.nx.clone();
        let sums = vec![0.0; pairs * own.len() * nx.len() * nz];
        Self { planes, own, nx, nz, sums, is_summed: true }
    }

    /// Numbers that a rank that visits these modes holds.
    pub fn room(pairs: usize, planes: &[usize], visited: &Visited, nz: usize) -> usize {
        pairs * own(planes, visited).len() * visited.nx.len() * nz
    }

    /// The place of the sums over |n_z| of the first pair at [y, n_x], if that is on this rank and summed.
    fn start(&self, [y, nx]: [usize; 2]) -> Option<usize> {
        let plane = self.planes.binary_search(&y).ok().filter(|plane| self.own.contains(plane))?;
        let here = self.is_summed && self.nx.contains(&nx);
        here.then(|| ((plane - self.own.start) * self.nx.len() + nx - self.nx.start) * self.nz)
    }

    /// Numbers of a pair on this rank.
    fn of_pair(&self) -> usize {
        self.own.len() * self.nx.len() * self.nz
    }

    /// Adds the modes of all n_z at [y, n_x] to the pairs from `first` on, if they are sampled there.
    pub fn add_modes<T: Real, const FIELDS: usize, const TERMS: usize>(
        &mut self,
        first: usize,
        at: [usize; 2],
        lines: [&[Complex<T>]; FIELDS],
        weight: &Weight,
        terms: impl Fn([Complex<T>; FIELDS]) -> Terms<[Field; 2], T, TERMS>,
    ) {
        let (Some(start), of_pair) = (self.start(at), self.of_pair()) else { return };
        let factor = modes(weight, at[1]);
        let of_mode = |n: usize| terms(lines.map(|line| line[n])).values.map(Real::wide);
        for n in 0..self.nz {
            let mut both = of_mode(n);
            if n > 0 {
                let other = of_mode(lines[0].len() - n);
                both.iter_mut().zip(other).for_each(|(sum, term)| *sum += term);
            }
            for (pair, value) in (first..).zip(both) {
                self.sums[pair * of_pair + start + n] += factor * value;
            }
        }
    }

    /// Adds a product of means at a y to the mode k = 0, if it is sampled there.
    pub fn add_mean(&mut self, pair: usize, y: usize, value: f64) {
        if let Some(start) = self.start([y, 0]) {
            let of_pair = self.of_pair();
            self.sums[pair * of_pair + start] += value;
        }
    }

    pub fn clear(&mut self) {
        self.sums.fill(0.0);
        self.is_summed = true;
    }

    /// The y as a record, from the points; none if there is nothing.
    pub fn places(&self, y: &[f64]) -> Option<Record> {
        (self.is_summed && !self.planes.is_empty()).then(|| Record {
            name: PLACES.to_owned(),
            units: "length of the case".to_owned(),
            description:
                "distance from the centre, of the points at which spectra over kx and kz are sampled"
                    .to_owned(),
            axes: vec![PLACES.to_owned()],
            shape: vec![self.planes.len()],
            values: self.planes.iter().rev().map(|place| y[*place]).collect(),
        })
    }

    /// The place of the sums of a pair on this rank among those of all, in which y ascends.
    pub fn place(&self) -> [Range<usize>; 2] {
        let (planes, Range { start, end }) = (self.planes.len(), &self.own);
        [planes - end..planes - start, self.nx.start * self.nz..self.nx.end * self.nz]
    }

    /// Number of the y, on all ranks.
    pub fn number(&self) -> usize {
        self.planes.len()
    }

    /// The sums of a pair on this rank.
    pub fn of(&self, pair: usize) -> &[f64] {
        &self.sums[pair * self.of_pair()..][..self.of_pair()]
    }

    pub fn of_mut(&mut self, pair: usize) -> &mut [f64] {
        let of_pair = self.of_pair();
        &mut self.sums[pair * of_pair..][..of_pair]
    }
}

/// The indices of the points nearest to these distances from either wall, of `points` points in y; ascending.
pub fn planes(distances: &[f64], points: usize) -> Vec<usize> {
    let last = points - 1;
    let off = |j: usize, distance: f64| (1.0 - (PI * j as f64 / last as f64).cos() - distance).abs();
    let nearest = |distance: &f64| {
        (0..points).min_by(|&a, &b| off(a, *distance).total_cmp(&off(b, *distance))).unwrap_or(0)
    };
    let mut planes: Vec<usize> = distances.iter().map(nearest).flat_map(|j| [j, last - j]).collect();
    planes.sort_unstable();
    planes.dedup();
    planes
}

/// The range of those planes that a rank visits.
fn own(planes: &[usize], visited: &Visited) -> Range<usize> {
    let before = |y: usize| planes.partition_point(|plane| *plane < y);
    before(visited.y.start)..before(visited.y.end)
}
