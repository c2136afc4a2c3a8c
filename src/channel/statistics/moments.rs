//! The averages of a sample over planes: from points for products of three or more factors, from
//! modes for those of two. They are exact sums of the [`terms`] of lines.

use super::super::Channel;
use super::super::catalogue::Moment;
use super::super::kinematics::{Pencils, Slope};
use super::super::wavenumbers::Wavenumbers;
use super::means::Means;
use super::pressure::Pressure;
use super::terms::{self, Pass, Terms};
use super::{Parts, Profile};
use crate::parallel::ExactSum;
use crate::statistics::Weight;
use crate::transform::{Column, MOST_ABREAST, Real, vectorised};
use num_complex::Complex;
use std::ops::Range;

/// Sums of the moments of a pass over the planes of this rank.
struct Sums {
    pass: Pass,
    moments: Vec<Moment>,
    planes: Range<usize>,
    /// `[y of this rank][moment]`
    sums: Vec<ExactSum>,
}

impl Sums {
    fn new(pass: Pass, scalars: usize, planes: Range<usize>) -> Self {
        let moments = pass.moments(scalars);
        Self { sums: vec![ExactSum::default(); moments.len() * planes.len()], moments, planes, pass }
    }

    /// Those of the y of this index: of the velocity, or of a scalar and those behind it.
    fn at(&mut self, y: usize, scalar: Option<usize>) -> &mut [ExactSum] {
        let all = self.moments.len();
        let first = scalar.map_or(0, |s| self.pass.first_of(s));
        &mut self.sums[(y - self.planes.start) * all..][first..all]
    }

    /// The profiles from `totals(moments, sums)`, over `number` points.
    fn averages(self, number: f64, totals: impl FnOnce(usize, Vec<ExactSum>) -> Vec<f64>) -> Vec<Profile> {
        let Self { moments, sums, .. } = self;
        let totals = totals(moments.len(), sums);
        let line = |i: usize| totals.iter().skip(i).step_by(moments.len()).map(|total| total / number);
        moments.iter().enumerate().map(|(i, moment)| (*moment, line(i).collect())).collect()
    }
}

/// The moments of [`Pass::POINTS`], over the points of the planes of this rank.
pub struct AtPoints(Sums);

impl AtPoints {
    pub fn new(scalars: usize, planes: Range<usize>) -> Self {
        Self(Sums::new(Pass::POINTS, scalars, planes))
    }

    /// Adds the points of a group of lines at the y of this index: `fields` has lines of `length` numbers
    /// of u, v, w and the scalars, with their `means`.
    pub fn add<T: Real>(&mut self, y: usize, fields: &[T], length: usize, means: &Means) {
        let [u, v, w]: [&[T]; 3] = std::array::from_fn(|i| &fields[i * length..][..length]);
        let [mean_u, mean_w] = [&means.u, &means.w].map(|mean| mean.value[y]);
        add(self.0.at(y, None), [u, v, w], [mean_u, 0.0, mean_w], |uvw| terms::at_points(uvw).values);
        for (s, mean) in means.scalars.iter().enumerate() {
            let theta = &fields[(3 + s) * length..][..length];
            let means = [mean_u, 0.0, mean_w, mean.value[y]];
            let terms = |uvws| terms::of_scalar_at_points(uvws).values;
            add(self.0.at(y, Some(s)), [u, v, w, theta], means, terms);
        }
    }

    /// The averages over the `number` points of each plane. Collective.
    pub fn averages<T: Real>(self, number: usize, pencils: &Pencils<T>) -> Vec<Profile> {
        self.0.averages(number as f64, |moments, sums| pencils.totals(moments, sums))
    }
}

/// Adds `terms` of the fluctuations about `means` at the points of a group of lines, line by line
/// ([`crate::convection::add_by_line`]).
fn add<T: Real, const FIELDS: usize, const TERMS: usize>(
    sums: &mut [ExactSum],
    lines: [&[T]; FIELDS],
    means: [f64; FIELDS],
    terms: impl Fn([f64; FIELDS]) -> [f64; TERMS],
) {
    let mut of_lines = [[0.0; MOST_ABREAST]; TERMS];
    // Missing lines are zeros, and must not become `-mean`.
    let mut there = [false; MOST_ABREAST];
    vectorised(
        #[inline(always)]
        || {
            for at in (0..lines[0].len()).step_by(T::ABREAST) {
                let own: [&[T]; FIELDS] = std::array::from_fn(|f| &lines[f][at..at + T::ABREAST]);
                for line in 0..T::ABREAST {
                    there[line] |= own.iter().any(|field| field[line] != T::zero());
                    let terms = terms(std::array::from_fn(|f| own[f][line].wide() - means[f]));
                    of_lines.iter_mut().zip(terms).for_each(|(sums, term)| sums[line] += term);
                }
            }
        },
    );
    for (sum, of_lines) in sums.iter_mut().zip(of_lines) {
        let of_lines = of_lines[..T::ABREAST].iter().zip(there).filter(|(_, there)| *there);
        of_lines.for_each(|(term, _)| sum.add(*term));
    }
}

/// Adds `terms([k_x, k_z], modes)` of the modes of one n_x, of all n_z. Those of -n_x are their
/// conjugates and count as well.
fn add_modes<T: Real, const FIELDS: usize, const TERMS: usize>(
    sums: &mut [ExactSum],
    wavenumbers: &Wavenumbers<T>,
    nx: usize,
    lines: [&[Complex<T>]; FIELDS],
    terms: impl Fn([T; 2], [Complex<T>; FIELDS]) -> Terms<Moment, T, TERMS>,
) {
    let [kx, kz] = wavenumbers.lines();
    let mut of_line = [0.0; TERMS];
    for (n, kz) in kz.iter().enumerate() {
        let of_mode = terms([kx[nx], *kz], lines.map(|line| line[n]));
        of_line.iter_mut().zip(of_mode.values).for_each(|(sum, term)| *sum += term.wide());
    }
    let weight = if nx == 0 { 1.0 } else { 2.0 };
    sums.iter_mut().zip(of_line).for_each(|(sum, term)| sum.add(weight * term));
}

impl<T: Real> Channel<T> {
    /// The averages and the spectra of velocity, pressure and scalars. Collective.
    pub(super) fn sample_fields(&mut self, pressure: &Pressure<'_, T>, weight: &Weight) -> Vec<Profile> {
        let Parts { pencils, kinematics, wavenumbers, scalars, spectra } = self.parts();
        let (mut slope, state) = (Slope::new(kinematics.operators), kinematics.state);
        // u, v, w and p; each scalar and its derivative along y.
        let mut on_planes = kinematics.fluctuations_to_planes(
            pencils,
            4 + 2 * scalars,
            |column, range, [u, v, w], fields| {
                let (flow, of_scalars) = fields.split_at_mut(4);
                for (to, from) in flow.iter_mut().zip([u, v, w, pressure.of(range.clone())]) {
                    to.copy_from_slice(from);
                }
                for (scalar, pair) in state[2..].iter().zip(of_scalars.chunks_exact_mut(2)) {
                    let [theta, derivative] = pair else { continue };
                    copy_fluctuation(column, &scalar[range.clone()], theta);
                    slope.of(theta, derivative);
                }
            },
        );
        let mut sums = Sums::new(Pass::modes(), scalars, on_planes.planes());
        on_planes.visit_modes(|y, nx, lines| {
            let uvwp: [_; 4] = lines.from(0);
            add_modes(sums.at(y, None), wavenumbers, nx, uvwp, terms::of_velocity);
            spectra.add_modes(None, [y, nx], uvwp, weight, terms::spectra_of_velocity);
            let [u, v, w, p] = uvwp;
            for s in 0..scalars {
                let [theta, slope] = lines.from(4 + 2 * s);
                add_modes(sums.at(y, Some(s)), wavenumbers, nx, [u, v, w, p, theta, slope], terms::of_scalar);
                spectra.add_modes(Some(s), [y, nx], [u, v, theta], weight, terms::spectra_of_scalar);
            }
        });
        spectra.add_pairs(&mut on_planes, scalars, weight);
        sums.averages(1.0, |moments, sums| on_planes.totals(moments, sums))
    }

    /// The averages of the derivatives of velocity and scalars along y. Collective.
    pub(super) fn sample_derivatives(&mut self, pressure: &Pressure<'_, T>) -> Vec<Profile> {
        let Parts { pencils, kinematics, wavenumbers, scalars, .. } = self.parts();
        let (mut slope, state) = (Slope::new(kinematics.operators), kinematics.state);
        let mut theta = vec![Complex::default(); kinematics.operators.kept];
        let mut on_planes =
            kinematics.fluctuations_to_planes(pencils, 4 + scalars, |column, range, velocity, fields| {
                let (flow, of_scalars) = fields.split_at_mut(4);
                flow.iter_mut().zip(velocity).for_each(|(to, from)| slope.of(from, to));
                flow[3].copy_from_slice(pressure.of(range.clone()));
                for (scalar, to) in state[2..].iter().zip(of_scalars) {
                    copy_fluctuation(column, &scalar[range.clone()], &mut theta);
                    slope.of(&theta, to);
                }
            });
        let mut sums = Sums::new(Pass::derivatives(), scalars, on_planes.planes());
        on_planes.visit_modes(|y, nx, lines| {
            let uvwp: [_; 4] = lines.from(0);
            add_modes(sums.at(y, None), wavenumbers, nx, uvwp, terms::of_derivatives);
            let [u, v, w, _] = uvwp;
            for s in 0..scalars {
                let fields = [u, v, w, lines.of(4 + s)];
                add_modes(sums.at(y, Some(s)), wavenumbers, nx, fields, terms::of_scalar_derivatives);
            }
        });
        sums.averages(1.0, |moments, sums| on_planes.totals(moments, sums))
    }

    /// The averages of the vorticity. Collective.
    pub(super) fn sample_vorticity(&mut self) -> Vec<Profile> {
        let Parts { pencils, kinematics, wavenumbers, .. } = self.parts();
        let mut on_planes = kinematics.vorticity_to_planes(pencils);
        let mut sums = Sums::new(Pass::vorticity(), 0, on_planes.planes());
        on_planes.visit_modes(|y, nx, lines| {
            add_modes(sums.at(y, None), wavenumbers, nx, lines.from(0), terms::of_vorticity);
        });
        sums.averages(1.0, |moments, sums| on_planes.totals(moments, sums))
    }
}

/// The column of a scalar without its mean.
fn copy_fluctuation<T: Real>(column: &Column, scalar: &[Complex<T>], to: &mut [Complex<T>]) {
    match column.is_mean() {
        true => to.fill(Complex::default()),
        false => to.copy_from_slice(scalar),
    }
}
