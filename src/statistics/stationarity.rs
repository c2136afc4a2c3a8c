//! Whether a series in time is stationary, and from when.

use super::errors::Sampling;

/// Shorter halves cannot be compared.
const LEAST_HALF: usize = 4;
/// Errors of a smaller part of a quantity are round-off.
const ROUND_OFF: f64 = 1e-9;

/// The mean of values; NaN of none.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The difference between the means of both halves of a series of batch means, in units of its error,
/// which is twice that of the whole mean. The error is that of the fluctuations about the straight line of
/// least squares, so that a drift does not hide itself. None for a short series, or one that is constant
/// but for round-off of a quantity of the magnitude `scale`.
pub fn drift(series: &[f64], scale: f64) -> Option<f64> {
    let half = series.len() / 2;
    let series = &series[series.len() - 2 * half..];
    if half < LEAST_HALF || series.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let (middle, whole) = (half as f64 - 0.5, mean(series));
    let (mut products, mut squares) = (0.0, 0.0);
    for (i, value) in series.iter().enumerate() {
        products += (i as f64 - middle) * (value - whole);
        squares += (i as f64 - middle).powi(2);
    }
    let slope = products / squares;
    let about = |(i, value): (usize, &f64)| value - whole - slope * (i as f64 - middle);
    let fluctuations: Vec<f64> = series.iter().enumerate().map(about).collect();
    let sampling = Sampling::new(2 * half, 1.0, &[vec![fluctuations.clone()]], Vec::new());
    let error = 2.0 * sampling.error_about(&fluctuations, 2);
    (error > ROUND_OFF * scale.abs()).then(|| (mean(&series[half..]) - mean(&series[..half])) / error)
}

/// The first value of the stationary part of a series: the d up to half of it with the least
///
/// ```text
///     sum_(i >= d) (x_i - <x>_d)^2 / (n - d)^2,    <x>_d = sum_(i >= d) x_i / (n - d)
/// ```
///
/// which balances a smaller variance against fewer values (MSER: White 1997, Simulation 69, 323). None if
/// that is the last half, or for values that are not finite: then the series has not settled.
pub fn start(series: &[f64]) -> Option<usize> {
    if series.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let count = series.len();
    // Sums from the end, of values less the last one, of which differences lose no digits.
    let (mut sum, mut squares, mut best) = (0.0, 0.0, (f64::INFINITY, 0));
    let last = *series.last()?;
    for (d, value) in series.iter().enumerate().rev() {
        let left = (count - d) as f64;
        sum += value - last;
        squares += (value - last).powi(2);
        let spread = (squares - sum * sum / left).max(0.0) / (left * left);
        if d <= count / 2 && spread <= best.0 {
            best = (spread, d);
        }
    }
    (best.1 < count / 2).then_some(best.1)
}

/// The means over `count` equal parts of the time from `from` to `to` of what is linear between samples.
/// Times ascend and cover that time.
pub fn means(time: &[f64], values: &[f64], [from, to]: [f64; 2], count: usize) -> Vec<f64> {
    let length = (to - from) / count as f64;
    let mut means = vec![0.0; count];
    for (t, x) in time.windows(2).zip(values.windows(2)) {
        let at = |when: f64| x[0] + (x[1] - x[0]) * (when - t[0]) / (t[1] - t[0]);
        let part = |when: f64| (((when - from) / length).floor().max(0.0) as usize).min(count);
        for (i, mean) in means.iter_mut().enumerate().take(part(t[1]) + 1).skip(part(t[0])) {
            let begin = t[0].max(from + i as f64 * length);
            let end = t[1].min(from + (i + 1) as f64 * length);
            if begin < end {
                *mean += (end - begin) / length * at(0.5 * (begin + end));
            }
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between -1 and 1 without order.
    fn noise(count: u32) -> Vec<f64> {
        let word = |i| crate::random::philox(9, [i, 0, 0, 0])[0];
        (0..count).map(|i| f64::from(word(i)) / 2f64.powi(31) - 1.0).collect()
    }

    #[test]
    fn the_start_is_where_a_transient_has_decayed() {
        let with = |time: f64| -> Vec<f64> {
            noise(300).iter().enumerate().map(|(i, x)| x + 20.0 * (-(i as f64) / time).exp()).collect()
        };
        assert!(start(&with(10.0)).is_some_and(|d| (25..60).contains(&d)), "{:?}", start(&with(10.0)));
        assert!(start(&with(1e-9)).is_some_and(|d| d < 40), "{:?}", start(&with(1e-9)));
        assert_eq!(start(&with(200.0)), None);
        assert_eq!((start(&[]), start(&[2.0; 10]), start(&[1.0, 2.0, f64::NAN, 1.0])), (None, Some(0), None));
    }

    #[test]
    fn halves_that_differ_are_seen_and_others_are_not() {
        let drifting = |slope: f64| -> Option<f64> {
            let series: Vec<f64> =
                noise(80).iter().enumerate().map(|(i, x)| x + slope * i as f64 / 80.0).collect();
            drift(&series, 1.0)
        };
        assert!(drifting(0.0).is_some_and(|drift| drift.abs() < 2.5), "{:?}", drifting(0.0));
        assert!(drifting(3.0).is_some_and(|drift| drift > 4.0), "{:?}", drifting(3.0));
        assert!(drifting(-3.0).is_some_and(|drift| drift < -4.0));
        assert_eq!([drift(&[1.0; 7], 1.0), drift(&[1.0; 20], 1.0), drift(&[f64::NAN; 20], 1.0)], [None; 3]);
        let round_off: Vec<f64> = noise(80).iter().map(|x| 1e-13 * x).collect();
        assert_eq!((drift(&round_off, 3.0), drift(&round_off, 1e-13).is_some()), (None, true));
    }

    #[test]
    fn means_are_those_of_the_lines_between_samples() {
        let time = [0.0, 0.1, 0.5, 0.6, 1.3, 2.0, 3.0];
        let line: Vec<f64> = time.iter().map(|t| 2.0 * t + 1.0).collect();
        for (i, mean) in means(&time, &line, [0.2, 2.6], 6).iter().enumerate() {
            assert!((mean - (2.0 * (0.4 + 0.4 * i as f64) + 1.0)).abs() < 1e-12, "{i}: {mean}");
        }
        let whole = means(&time, &[1.0, 0.0, 3.0, 1.0, 1.0, 0.0, 0.0], [0.0, 3.0], 1)[0];
        let exact = 0.05 + 0.6 + 0.2 + 0.7 + 0.35;
        assert!((whole - exact / 3.0).abs() < 1e-12, "{whole}");
    }
}
