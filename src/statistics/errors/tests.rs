//! Series of known variance and correlation: how often the interval holds their true mean, 0; and an
//! independent estimate.

use super::*;
use crate::random::philox;

/// Normal numbers of variance 1, by Box & Muller.
fn noise(seed: u64, count: usize) -> Vec<f64> {
    let pair = |i: usize| {
        let [a, b, ..] = philox(seed, [i as u32, 0, 0, 0]);
        let [a, b] = [a, b].map(|word| (f64::from(word) + 0.5) / 2f64.powi(32));
        let (radius, angle) = ((-2.0 * a.ln()).sqrt(), std::f64::consts::TAU * b);
        [radius * angle.cos(), radius * angle.sin()]
    };
    (0..count.div_ceil(2)).flat_map(pair).take(count).collect()
}

/// Samples at unit intervals of a series of variance 1 and correlation exp(-t/T), which is its own
/// integral time: `x_n = a x_(n-1) + (1 - a^2)^(1/2) e_n`, a = exp(-1/T).
fn autoregressive(seed: u64, count: usize, time: f64) -> Vec<f64> {
    let a = (-1.0 / time).exp();
    let mut x = noise(seed, count);
    for n in 1..count {
        x[n] = a * x[n - 1] + (1.0 - a * a).sqrt() * x[n];
    }
    x
}

/// The means of batches of so many samples.
fn batches(series: &[f64], samples: usize) -> Vec<f64> {
    series.chunks_exact(samples).map(|part| part.iter().sum::<f64>() / samples as f64).collect()
}

fn mean(series: &[f64]) -> f64 {
    series.iter().sum::<f64>() / series.len() as f64
}

fn sampling(series: &[f64], floors: Vec<Floor>) -> Sampling {
    Sampling::new(series.len(), 1.0, &[vec![series.to_vec()]], floors)
}

/// Of windows so many integral times long, the part that has an error, and that of these whose interval
/// holds the mean. A batch has as many integral times as `length` says.
fn coverage(windows: u64, integral_times: usize, length: f64) -> (f64, f64) {
    const SAMPLES: usize = 20;
    let (mut given, mut covered) = (0, 0);
    for seed in 0..windows {
        let time = SAMPLES as f64 / length;
        let series = autoregressive(seed, (integral_times as f64 * time) as usize, time);
        let means = batches(&series, SAMPLES);
        let error = sampling(&means, Vec::new()).error(&means);
        if error.is_finite() {
            given += 1;
            covered += u64::from(mean(&means).abs() <= error);
        }
    }
    (given as f64 / windows as f64, covered as f64 / given as f64)
}

#[test]
fn the_interval_holds_the_mean_in_two_of_three_windows() {
    for (length, windows) in
        [(0.2, &[20, 40, 100, 200][..]), (1.0, &[20, 40, 100, 200]), (4.0, &[40, 100, 200])]
    {
        for &integral_times in windows {
            let (given, covered) = coverage(600, integral_times, length);
            println!("{integral_times} integral times, batches of {length}: {given:.2} {covered:.3}");
            let least = if integral_times <= 40 { 0.6 } else { 0.9 };
            assert!(given > least, "{integral_times} integral times, batches of {length}: {given} have one");
            assert!(
                (0.60..0.76).contains(&covered),
                "{integral_times} integral times, batches of {length}: {covered}"
            );
        }
    }
}

/// Jackknifed batches of 1/25 integral time each, as they were before: an error 5 times too small.
#[test]
fn correlated_batches_are_merged_and_short_averages_have_no_error() {
    let series = autoregressive(7, 40_000, 25.0);
    let long = sampling(&series[..10_000], Vec::new());
    let (count, length) = long.merged();
    assert!(length >= 4.0 * long.integral_time && count * (length as usize) <= 10_000);
    assert!(!long.correlated && long.is_long(), "{long:?}");
    let naive = (1.0 / 10_000f64).sqrt();
    assert!(long.error(&series[..10_000]) > 4.0 * naive);
    // Ten of 100 integral times in a row: the true one is 25.
    let times: Vec<f64> =
        series.chunks_exact(2500).map(|part| sampling(part, Vec::new()).integral_time).collect();
    assert!((mean(&times) / 25.0 - 1.0).abs() < 0.2, "{times:?}");
    let effective: Vec<f64> =
        series.chunks_exact(10_000).map(|part| sampling(part, Vec::new()).effective()).collect();
    assert!((mean(&effective) / 200.0 - 1.0).abs() < 0.2, "{effective:?}");
    // The fluctuations of three integral times say nothing about the mean, and seldom look as if they did.
    let refused = series.chunks_exact(75).filter(|part| sampling(part, Vec::new()).error(part).is_nan());
    let refused = refused.count() as f64 / (40_000 / 75) as f64;
    println!("{refused:.2} of windows of 3 integral times are refused");
    assert!(refused > 0.6, "{refused}");
}

#[test]
fn the_longest_floor_is_the_one_that_is_told() {
    let series = noise(3, 100);
    let floors = |time: f64| vec![Floor::new(5.0, "5 h/u_tau"), Floor::new(time, "3 flow-throughs")];
    let long = sampling(&series, floors(99.0));
    assert!(long.is_long() && long.floor == Floor::new(99.0, "3 flow-throughs"));
    let short = sampling(&series, floors(101.0));
    assert!(!short.is_long() && short.error(&series).is_nan());
    // Four batches are too few whatever their length.
    assert!(!sampling(&series[..4], Vec::new()).is_long());
    let correlated = sampling(&autoregressive(1, 500, 8.0), floors(0.0));
    assert_eq!(correlated.floor.what, "10 integral times");
    assert!((correlated.floor.time / correlated.integral_time - 10.0).abs() < 1e-12);
}

/// The error of independent values is that of their mean, times Student's factor: 1.1416 for 5 values,
/// 1.837 for 2, of which the expansion has 1.81.
#[test]
fn few_batches_have_students_factor() {
    for (freedom, exact, part) in
        [(1, 1.8373, 0.02), (2, 1.3213, 1e-3), (4, 1.1416, 1e-4), (30, 1.0170, 1e-4)]
    {
        assert!((student(freedom) / exact - 1.0).abs() < part, "{freedom}: {}", student(freedom));
    }
    let series = [1.0, -1.0, 2.0, 0.0, 0.5];
    let sampling = Sampling { integral_time: 0.5, ..sampling(&series, Vec::new()) };
    let variance = series.iter().map(|x| (x - 0.5f64).powi(2)).sum::<f64>() / 4.0;
    assert!((sampling.error(&series) - 1.1416 * (variance / 5.0).sqrt()).abs() < 1e-4);
}

/// What does not change and what is not a number do not disturb.
#[test]
fn signals_without_fluctuations_have_the_shortest_integral_time() {
    let signal = vec![vec![2.0; 50], vec![f64::NAN; 50]];
    let still = Sampling::new(50, 0.1, &[signal], Vec::new());
    assert_eq!((still.integral_time, still.merged().0, still.correlated), (0.05, 25, false));
    assert_eq!(still.error(&vec![2.0; 50]), 0.0);
}

/// The method of Oliver, Malaya, Ulerich & Moser (2014, Phys. Fluids 26, 035101): an autoregressive model
/// of order p, here by the Yule-Walker equations with the order of the least AIC, has the integral time
///
/// ```text
///     2 T = (1 - sum_k phi_k rho_k) / (1 - sum_k phi_k)^2
/// ```
///
/// in samples, and the mean of N samples the variance 2 T / N times theirs.
fn of_model(series: &[f64]) -> (f64, f64) {
    let (count, mean) = (series.len() as f64, mean(series));
    let deviations: Vec<f64> = series.iter().map(|x| x - mean).collect();
    let covariance =
        |lag: usize| deviations.iter().zip(&deviations[lag..]).map(|(a, b)| a * b).sum::<f64>() / count;
    let rho: Vec<f64> = (0..60).map(|lag| covariance(lag) / covariance(0)).collect();
    // Levinson & Durbin: one order after the other.
    let (mut phi, mut rest, mut best) = (Vec::new(), 1.0, (f64::INFINITY, 0.5));
    for order in 1..rho.len() {
        let known: f64 = (1..order).map(|k| phi[k - 1] * rho[order - k]).sum();
        let last = (rho[order] - known) / rest;
        let before = phi.clone();
        phi.iter_mut().enumerate().for_each(|(k, phi)| *phi -= last * before[order - 2 - k]);
        phi.push(last);
        rest *= 1.0 - last * last;
        let criterion = count * f64::ln(rest) + 2.0 * order as f64;
        if criterion < best.0 {
            let explained: f64 = phi.iter().zip(&rho[1..]).map(|(phi, rho)| phi * rho).sum();
            let time = 0.5 * (1.0 - explained) / (1.0 - phi.iter().sum::<f64>()).powi(2);
            best = (criterion, time);
        }
    }
    (best.1, (covariance(0) * 2.0 * best.1 / count).sqrt())
}

/// Two estimates that share nothing but the series, the sum of a slow and a fast part with an integral time
/// of 17.5 samples.
#[test]
fn an_autoregressive_model_has_the_same_integral_time_and_error() {
    let (mut times, mut ratios) = (Vec::new(), Vec::new());
    for seed in 0..20 {
        let parts = [autoregressive(seed, 12_000, 30.0), autoregressive(100 + seed, 12_000, 5.0)];
        let series: Vec<f64> = parts[0].iter().zip(&parts[1]).map(|(slow, fast)| slow + fast).collect();
        let means = batches(&series, 2);
        let sampling = sampling(&means, Vec::new());
        let (time, error) = of_model(&series);
        times.push([2.0 * sampling.integral_time / 17.5, time / 17.5]);
        ratios.push(sampling.error(&means) / error);
    }
    for (i, tolerance) in [(0, 0.15), (1, 0.3)] {
        let time = mean(&times.iter().map(|pair| pair[i]).collect::<Vec<_>>());
        assert!((time - 1.0).abs() < tolerance, "{time}: {times:?}");
    }
    assert!((mean(&ratios) - 1.0).abs() < 0.2, "{ratios:?}");
    assert!(ratios.iter().all(|ratio| (0.5..2.0).contains(ratio)), "{ratios:?}");
}

/// Ensembles of few members: 40000 of each size. Without Student's factor two members would cover 50 %.
#[test]
fn the_interval_between_members_holds_the_mean_in_68_of_100_ensembles() {
    for members in [2, 3, 4, 8, 20] {
        let ensembles = 40_000;
        let covered = (0..ensembles)
            .filter(|seed| {
                let values = noise(*seed + 1_000_000 * members as u64, members);
                mean(&values).abs() <= between(&values)
            })
            .count();
        let part = covered as f64 / ensembles as f64;
        println!("{members} members: {part:.4}");
        // The standard deviation of the part is 0.0023.
        assert!((part - 0.6827).abs() < 0.008, "{members} members: {part}");
    }
    assert!(between(&[1.0]).is_nan() && between(&[]).is_nan());
    assert_eq!(between(&[2.0, 2.0, 2.0]), 0.0);
}
