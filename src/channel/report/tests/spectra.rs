//! Spectra of batches that differ by known factors: their errors, alone and as an ensemble.

use super::super::density::Densities;
use super::super::lines::Directed;
use super::super::plane_spectra::PlaneSpectra;
use super::super::profiles::Findings;
use super::super::spectra::Spectra;
use super::super::spectral_sums::SpectralSums;
use super::super::symmetry::Symmetry;
use super::flow::*;
use crate::case::Precision;
use crate::channel::catalogue::{Direction, Field, PLACES, U, mean_beside_spectra, plane_spectrum};
use crate::channel::spectra;
use crate::chebyshev::{Differences, Points};
use crate::statistics::errors::{Floor, Sampling, Signal, between};
use crate::statistics::{Record, Tally};

/// The modes of a product at all y: nothing at k = 0.
const MODES: [f64; 4] = [0.0, 3.0, 2.0, 0.5];

/// The part of each k_z of the modes of a k_x, at the points [`PLANES`].
const PARTS: [f64; 4] = [0.1, 0.5, 0.3, 0.1];
const PLANES: [usize; 3] = [2, 16, 30];

/// The sums of a batch of the length 2: fluctuations times `factor`, and the mean of u times `of_mean`.
fn records(factor: f64, of_mean: f64) -> Vec<Record> {
    let (flow, y) = (channel(OMEGA), Points::new(POINTS).y);
    let record = |name: String, values: Vec<f64>| {
        let axes =
            if name.starts_with('k') || name == PLACES { vec![name.clone()] } else { vec!["y".to_owned()] };
        let shape = vec![values.len()];
        Record { name, units: String::new(), description: String::new(), axes, shape, values }
    };
    let k: Vec<f64> = (0..4).map(f64::from).collect();
    let mut all = vec![record("kx".into(), k.clone()), record("kz".into(), k)];
    all.push(record(PLACES.into(), PLANES.map(|j| y[j]).to_vec()));
    for (field, mean) in [(Field::U, MEANS[0]), (Field::W, MEANS[1]), (Field::P, MEANS[2])] {
        let scale = if field.mean() == U { of_mean } else { 0.0 };
        let values = y.iter().map(|y| 2.0 * scale * polynomial(mean, *y, 0));
        all.push(record(mean_beside_spectra(field.mean(), &flow.scalars), values.collect()));
    }
    for s in 0..2 {
        let values = y.iter().map(|y| 2.0 * y).collect();
        all.push(record(mean_beside_spectra(Field::Scalar(s).mean(), &flow.scalars), values));
    }
    for pair in spectra(2) {
        let mean = |field: Field, j: usize| {
            let name = mean_beside_spectra(field.mean(), &flow.scalars);
            all.iter().find(|record| record.name == name).map_or(0.0, |record| 0.5 * record.values[j])
        };
        let line = |j: usize| {
            let mut line = MODES.map(|energy| 2.0 * factor * energy);
            line[0] += 2.0 * mean(pair[0], j) * mean(pair[1], j);
            line
        };
        let in_plane = |j: usize| {
            let modes = MODES.into_iter().flat_map(|energy| PARTS.map(|part| 2.0 * factor * energy * part));
            let mut modes: Vec<f64> = modes.collect();
            modes[0] += 2.0 * mean(pair[0], j) * mean(pair[1], j);
            modes
        };
        let of_planes = PLANES.into_iter().flat_map(in_plane).collect();
        let of_planes = record(plane_spectrum(pair, &flow.scalars), of_planes);
        let values: Vec<f64> = (0..POINTS).flat_map(line).collect();
        let both = Direction::BOTH.map(|along| record(along.spectrum(pair, &flow.scalars), values.clone()));
        all.extend(both.into_iter().chain([of_planes]));
    }
    all
}

fn tally(number: usize) -> Tally {
    let begin = 2.0 * number as f64;
    Tally { begin, end: begin + 2.0, samples: 2, weight: 2.0, squares: 2.0 }
}

fn summed(factors: &[(f64, f64)]) -> SpectralSums {
    let mut sums: Option<SpectralSums> = None;
    for (number, (factor, of_mean)) in factors.iter().enumerate() {
        let records = records(*factor, *of_mean);
        match &mut sums {
            Some(sums) => sums.add(tally(number), &records, true),
            None => sums = Some(SpectralSums::new(tally(number), records, true)),
        }
    }
    sums.unwrap()
}

fn directed(sums: &SpectralSums, judge: &dyn Fn(&Signal) -> Sampling) -> Directed {
    converted(sums, judge, |of| Directed::new(&of, Direction::X).unwrap())
}

fn converted<R>(
    sums: &SpectralSums,
    judge: &dyn Fn(&Signal) -> Sampling,
    to: impl FnOnce(Densities) -> R,
) -> R {
    let flow = channel(OMEGA);
    let findings = Findings::new(&samples(&[1.0], false).all(), &setting(&flow)).unwrap();
    let (symmetry, differences) = (Symmetry::of(&flow), Differences::new(POINTS));
    let spectra = Spectra::new(sums, &flow.scalars, &symmetry, NU, &differences);
    let (findings, scalars, groups) = (&findings, &flow.scalars[..], sums.groups());
    let precision = Precision::Double;
    to(Densities { spectra, findings, scalars, viscosity: NU, precision, groups, judge })
}

fn factors(count: usize) -> Vec<f64> {
    let wave = |i: usize| [0.7, -0.4, 0.2, -0.9, 1.0, -0.6][i % 6] * [1.0, -0.5][i / 6 % 2];
    (0..count).map(|i| 1.0 + 0.03 * wave(i)).collect()
}

/// What is linear has the error of the mean of the batches; what the wall units or the variance have in
/// common with it cancels.
#[test]
fn spectra_have_the_errors_of_the_mean_of_their_batches() {
    let factors = factors(38);
    let judge = |signal: &Signal| {
        Sampling::slower_than(
            1.0,
            38,
            2.0,
            std::slice::from_ref(signal),
            vec![Floor::new(30.0, "15 batches")],
        )
    };
    let error = judge(&vec![factors.clone()]).error(&factors);
    assert!(error > 1e-4, "{error}");
    let energy = |of: &Directed, k: usize| {
        let lines = of.spectra.iter().find(|lines| lines.pair == [Field::U; 2]).unwrap();
        (lines.at(7)[0][k], lines.at(7)[1][k])
    };
    let steady: Vec<(f64, f64)> = factors.iter().map(|factor| (*factor, 1.0)).collect();
    let of_steady = directed(&summed(&steady), &judge);
    for k in 1..4 {
        let (value, found) = energy(&of_steady, k);
        assert!(
            (found / value / error * mean_of(&factors) - 1.0).abs() < 1e-6,
            "k = {k}: {value} +- {found}"
        );
    }
    // The correlation does not know the factor.
    let of_correlation = &of_steady.correlations[0];
    assert!((of_correlation.at(7)[0][0] - 1.0).abs() < 1e-12);
    assert!(of_correlation.errors.iter().all(|error| *error < 1e-12));
    // With u_tau^2 of the same factor, E / u_tau goes as the root of its mean.
    let moving: Vec<(f64, f64)> = factors.iter().map(|factor| (*factor, *factor)).collect();
    let (value, found) = energy(&directed(&summed(&moving), &judge), 2);
    let (count, sum) = (factors.len() as f64, factors.iter().sum::<f64>());
    let whole = (sum / count).sqrt();
    let without = |factor: &f64| ((sum - factor) / (count - 1.0)).sqrt();
    let pseudo: Vec<f64> =
        factors.iter().map(|factor| count * whole - (count - 1.0) * without(factor)).collect();
    let expected = value / whole * judge(&vec![pseudo.clone()]).error(&pseudo);
    assert!((found / expected - 1.0).abs() < 1e-6, "{value} +- {found}, not {expected}");
    // Too short for errors, or a single sum.
    for count in [12, 1] {
        let (value, found) = energy(&directed(&summed(&steady[..count]), &judge_of(count)), 1);
        assert!(value > 0.0 && found.is_nan(), "{count}: {value} +- {found}");
    }
}

fn judge_of(count: usize) -> impl Fn(&Signal) -> Sampling {
    move |signal| {
        Sampling::slower_than(
            1.0,
            count,
            2.0,
            std::slice::from_ref(signal),
            vec![Floor::new(30.0, "15 batches")],
        )
    }
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn members_have_the_error_between_them() {
    let factors = [0.97, 1.02, 1.04];
    let members = factors.map(|factor| summed(&[(factor, 1.0)])).into();
    let sums = SpectralSums::of_members(members).unwrap();
    let lines = directed(&sums, &|_| Sampling::of_members(3, 2.0));
    let (value, error) = (lines.spectra[0].at(3)[0][1], lines.spectra[0].at(3)[1][1]);
    assert!((error / value - between(&factors) / 1.01).abs() < 1e-9, "{value} +- {error}");
}

/// Summed over k_z they are those over k_x, and have the same errors.
#[test]
fn spectra_over_both_directions_are_parts_of_those_over_one() {
    let factors: Vec<(f64, f64)> = factors(38).into_iter().map(|factor| (factor, 1.0)).collect();
    let (sums, judge) = (summed(&factors), judge_of(38));
    let of_lines = directed(&sums, &judge);
    let (grid, symmetry) = (Points::new(POINTS), Symmetry::of(&channel(OMEGA)));
    let of_planes = converted(&sums, &judge, |of| PlaneSpectra::new(of, &grid, &symmetry).unwrap());
    let wall_length = of_lines.wall_length;
    for (place, j) in of_planes.places.iter().zip(PLANES.into_iter().rev()) {
        let exact = [1.0 + grid.y[j], (1.0 - grid.y[j].abs()) / wall_length];
        assert!(place.iter().zip(exact).all(|(value, exact)| (value - exact).abs() < 1e-12), "{place:?}");
    }
    assert_eq!((of_planes.k[1].len(), of_planes.wall_length), (4, wall_length));
    for (in_plane, over_x) in of_planes.spectra.iter().zip(&of_lines.spectra) {
        for (plane, j) in PLANES.into_iter().rev().enumerate() {
            // Lines begin at the lower wall.
            let (own, whole) = (in_plane.at(plane), over_x.at(POINTS - 1 - j));
            for (mode, k) in (4..16).map(|mode| (mode, mode / 4)) {
                for (own, whole) in own.iter().zip(whole) {
                    let exact = PARTS[mode % 4] * whole[k] / wall_length;
                    assert!(
                        (own[mode] - exact).abs() < 1e-9 * exact.abs() && exact != 0.0,
                        "{:?}, mode {mode} at {plane}: {} is not {exact}",
                        in_plane.pair,
                        own[mode]
                    );
                }
            }
        }
    }
}
