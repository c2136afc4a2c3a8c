//! Averages of fluctuations over planes: from points for products of three or more factors, from
//! modes for those of two. They are exact sums of the [`terms`] of lines.

use super::super::Channel;
use super::super::catalogue::Moment;
use super::super::kinematics::{OnPlanes, Pencils};
use super::super::line::{copy_in, copy_out};
use super::super::wavenumbers::Wavenumbers;
use super::pressure::Pressure;
use super::spectra::Spectra;
use super::terms::{self, Terms};
use super::{Parts, Profile};
use crate::parallel::ExactSum;
use crate::statistics::Weight;
use crate::transform::{MOST_ABREAST, NEIGHBOURS, Pieces, Real, vectorised};
use num_complex::Complex;
use std::ops::Range;

/// The moments of [`terms::at_points`], over the points of the planes of this rank.
pub struct AtPoints {
    planes: Range<usize>,
    /// `[y of this rank][moment]`
    sums: Vec<ExactSum>,
}

/// The most moments whose sums a rank holds at a time.
pub fn most_together() -> usize {
    terms::of_velocity([0.0; 2], [Complex::<f64>::default(); 4]).of.len().max(MOMENTS.len())
}

const MOMENTS: &[Moment] = terms::at_points([0.0; 3]).of;

impl AtPoints {
    pub fn new(planes: Range<usize>) -> Self {
        Self { sums: vec![ExactSum::default(); MOMENTS.len() * planes.len()], planes }
    }

    /// Adds the points of a group of lines of the velocity at the y of this index, without the `mean` of
    /// u and w, line by line ([`crate::convection::add_by_line`]).
    pub fn add<T: Real>(&mut self, y: usize, [u, v, w]: [&[T]; 3], [mean_u, mean_w]: [f64; 2]) {
        let mut of_lines = [[0.0; MOST_ABREAST]; MOMENTS.len()];
        // Missing lines are zeros, and must not become `-mean`.
        let mut there = [false; MOST_ABREAST];
        vectorised(
            #[inline(always)]
            || {
                let points = u.chunks_exact(T::ABREAST).zip(v.chunks_exact(T::ABREAST));
                for ((u, v), w) in points.zip(w.chunks_exact(T::ABREAST)) {
                    for (line, ((u, v), w)) in u.iter().zip(v).zip(w).enumerate() {
                        there[line] |= *u != T::zero() || *v != T::zero() || *w != T::zero();
                        let terms = terms::at_points([u.wide() - mean_u, v.wide(), w.wide() - mean_w]);
                        of_lines.iter_mut().zip(terms.values).for_each(|(sums, term)| sums[line] += term);
                    }
                }
            },
        );
        for (sum, of_lines) in self.sums[(y - self.planes.start) * MOMENTS.len()..].iter_mut().zip(of_lines) {
            let of_lines = of_lines[..T::ABREAST].iter().zip(there).filter(|(_, there)| *there);
            of_lines.for_each(|(term, _)| sum.add(*term));
        }
    }

    /// The averages over the `number` points of each plane. Collective.
    pub fn averages<T: Real>(self, number: usize, pencils: &Pencils<T>) -> Vec<Profile> {
        profiles(MOMENTS, &pencils.totals(MOMENTS.len(), self.sums), number as f64)
    }
}

/// Profiles of these moments from sums `[y][moment]`.
fn profiles(moments: &[Moment], totals: &[f64], number: f64) -> Vec<Profile> {
    let profile = |(i, moment): (usize, &Moment)| {
        (*moment, totals.iter().skip(i).step_by(moments.len()).map(|total| total / number).collect())
    };
    moments.iter().enumerate().map(profile).collect()
}

/// The data that averages of modes need besides the planes.
pub struct Averaging<'a, T> {
    pub wavenumbers: &'a Wavenumbers<T>,
}

impl<T: Real> Averaging<'_, T> {
    /// The averages of fields that are on the planes: `terms([k_x, k_z], modes)` of the modes of one
    /// wavenumber. Collective.
    fn of_modes<const FIELDS: usize, const TERMS: usize>(
        &self,
        on_planes: &mut OnPlanes<'_, T>,
        terms: impl Fn([T; 2], [Complex<T>; FIELDS]) -> Terms<Moment, T, TERMS>,
    ) -> Vec<Profile> {
        let [kx, kz] = self.wavenumbers.lines();
        let planes = on_planes.planes();
        let mut sums = vec![ExactSum::default(); TERMS * planes.len()];
        on_planes.visit_modes(|y, nx, lines: Pieces<'_, T>| {
            let lines: [&[Complex<T>]; FIELDS] = lines.from(0);
            // The modes of -n_x are the conjugates of those of n_x.
            let weight = if nx == 0 { 1.0 } else { 2.0 };
            let mut of_line = [0.0; TERMS];
            for (n, kz) in kz.iter().enumerate() {
                let of_mode = terms([kx[nx], *kz], std::array::from_fn(|f| lines[f][n]));
                of_line.iter_mut().zip(of_mode.values).for_each(|(sum, term)| *sum += term.wide());
            }
            sums[(y - planes.start) * TERMS..][..TERMS]
                .iter_mut()
                .zip(of_line)
                .for_each(|(sum, term)| sum.add(weight * term));
        });
        let moments = terms([T::zero(); 2], [Complex::default(); FIELDS]).of;
        profiles(moments, &on_planes.totals(TERMS, sums), 1.0)
    }
}

impl<T: Real> Channel<T> {
    /// The averages and the spectra of velocity and pressure. Collective.
    pub(super) fn sample_velocity(&mut self, pressure: &Pressure<'_, T>, weight: &Weight) -> Vec<Profile> {
        let Parts { pencils, kinematics, averaging, spectra } = self.parts();
        let mut on_planes =
            kinematics.fluctuations_to_planes(pencils, |_, range, velocity, fields: [_; 4]| {
                let [u, v, w] = velocity;
                for (to, from) in fields.into_iter().zip([u, v, w, pressure.of(range)]) {
                    to.copy_from_slice(from);
                }
            });
        let averages = averaging.of_modes(&mut on_planes, terms::of_velocity);
        spectra.add(Spectra::OF_VELOCITY, &mut on_planes, weight, terms::spectra_of_velocity);
        averages
    }

    /// The averages of the derivatives of the velocity along y. Collective.
    pub(super) fn sample_derivatives(&mut self, pressure: &Pressure<'_, T>) -> Vec<Profile> {
        let Parts { pencils, kinematics, averaging, .. } = self.parts();
        let operators = kinematics.operators;
        let [mut line, mut derivative] = [operators.line(), operators.line()];
        let mut on_planes = kinematics.fluctuations_to_planes(pencils, |_, range, velocity, [u, v, w, p]| {
            p.copy_from_slice(pressure.of(range));
            for (to, from) in [u, v, w].into_iter().zip(velocity) {
                copy_in([from; NEIGHBOURS], &mut line);
                operators.differentiate(&line, &mut derivative);
                copy_out(&derivative, 0, to);
            }
        });
        averaging.of_modes(&mut on_planes, terms::of_derivatives)
    }

    /// The averages of the vorticity. Collective.
    pub(super) fn sample_vorticity(&mut self) -> Vec<Profile> {
        let Parts { pencils, kinematics, averaging, .. } = self.parts();
        averaging.of_modes(&mut kinematics.vorticity_to_planes(pencils), terms::of_vorticity)
    }

    /// The averages and the spectra of a scalar. Collective.
    pub(super) fn sample_scalar(&mut self, s: usize, weight: &Weight) -> Vec<Profile> {
        let Parts { pencils, kinematics, averaging, spectra } = self.parts();
        let scalar = &kinematics.state[2 + s];
        let mut on_planes = kinematics.fluctuations_to_planes(
            pencils,
            |column, range, [from_u, from_v, _], [u, v, theta]| {
                u.copy_from_slice(from_u);
                v.copy_from_slice(from_v);
                match column.is_mean() {
                    true => theta.fill(Complex::default()),
                    false => theta.copy_from_slice(&scalar[range]),
                }
            },
        );
        let averages = averaging.of_modes(&mut on_planes, terms::of_scalar);
        spectra.add(Spectra::of_scalar(s), &mut on_planes, weight, terms::spectra_of_scalar);
        averages.into_iter().map(|(moment, line)| (moment.of_scalar(s), line)).collect()
    }
}
