//! Sampling errors of averages over time of a stationary flow, from the means of batches of one length L.
//!
//! Batches are merged until they are long against the integral time of the flow. With B of them, of
//! length M and means `x_b`, the error of the average is
//!
//! ```text
//!     e^2 = t^2 c^2 / (B (B - 1)) sum_b (x_b - <x>)^2
//! ```
//!
//! t is Student's factor, with which `+- e` holds the true average in 68 of 100 cases however few the
//! batches are, and c accounts for the correlation that neighbouring batches still have. For a quantity
//! that is not linear in the averages, `x_b` are the pseudo-values of the jackknife (Tukey 1958; Miller
//! 1974, Biometrika 61, 1), `n q - (n - 1) q_(b)` with `q_(b)` its value without batch b: they behave like
//! the means of batches of a linear quantity. An average shorter than ten integral times has no error,
//! since nothing in it tells how far off it may be.

/// An average is at least this number of integral times long, or it has no error.
const INTEGRAL_TIMES: f64 = 10.0;
/// Merged batches are at least this number of integral times long, as long as [`LEAST`] of them are left.
const LONG: f64 = 4.0;
/// Correlations are summed up to a lag of this number of integral times.
const WINDOW: f64 = 6.0;
/// With 5 batches the error is uncertain by 35 %, with fewer by 40 % or more.
const LEAST: usize = 5;
/// Members of an ensemble are independent: the error of two is known, if only to 60 %.
const FEWEST_MEMBERS: usize = 2;
/// Correlation of neighbours beyond which it is no accident, in units of its standard deviation for
/// independent batches, `B^(-1/2)`.
const BEYOND_CHANCE: f64 = 2.0;
/// Maximum number of iterations for the integral time; a dozen suffice for a long series.
const MOST_ITERATIONS: usize = 50;
/// Part of a time within which two are the same.
const CLOSE: f64 = 1e-6;

/// A length that an average must have before its errors are given, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    pub time: f64,
    pub what: String,
}

impl Floor {
    pub fn new(time: f64, what: impl Into<String>) -> Self {
        Self { time, what: what.into() }
    }
}

/// Quantities whose correlations are averaged: one of a flow at several places. Each is a series of one
/// value for each batch.
pub type Signal = Vec<Vec<f64>>;

/// How the batches of an average are merged for its errors, and whether there are any.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// Number and length L of the batches before they are merged.
    batches: usize,
    length: f64,
    /// The longest integral time of the signals.
    pub integral_time: f64,
    /// Number of batches that are merged into one.
    merged: usize,
    /// Merged batches are not long, or neighbours correlate by more than an accident: errors may be too
    /// small.
    pub correlated: bool,
    /// The longest of the lengths that the average must have.
    pub floor: Floor,
    /// Whether the batches are members of an ensemble, which do not correlate.
    of_members: bool,
}

impl Sampling {
    /// Judges an average over `batches` batches of this length. Its floors are those given and ten
    /// integral times.
    pub fn new(batches: usize, length: f64, signals: &[Signal], floors: Vec<Floor>) -> Self {
        Self::slower_than(0.0, batches, length, signals, floors)
    }

    /// The same, of a flow that is known to have at least this integral time.
    pub fn slower_than(
        known: f64,
        batches: usize,
        length: f64,
        signals: &[Signal],
        floors: Vec<Floor>,
    ) -> Self {
        let times = signals.iter().map(|signal| length * integral_time(signal));
        let integral_time = times.fold(known.max(0.5 * length), f64::max);
        let by_correlation =
            Floor::new(INTEGRAL_TIMES * integral_time, format!("{INTEGRAL_TIMES} integral times"));
        let floor = floors
            .into_iter()
            .fold(by_correlation, |a, b| if b.time > a.time * (1.0 + CLOSE) { b } else { a });
        let (merged, correlated, of_members) = (1, false, false);
        let mut sampling = Self { batches, length, integral_time, merged, correlated, floor, of_members };
        sampling.correlated = sampling.are_correlated(signals);
        while sampling.correlated && batches / (sampling.merged + 1) >= LEAST {
            sampling.merged += 1;
            sampling.correlated = sampling.are_correlated(signals);
        }
        sampling
    }

    /// An average over `members` of an ensemble, each of this length in time. They are independent, so that
    /// two of them have an error.
    pub fn of_members(members: usize, length: f64) -> Self {
        let floor = Floor::new(FEWEST_MEMBERS as f64 * length, "two members");
        let (integral_time, merged, correlated, of_members) = (0.5 * length, 1, false, true);
        Self { batches: members, length, integral_time, merged, correlated, floor, of_members }
    }

    /// The number of members, if the average is over an ensemble.
    pub fn members(&self) -> Option<usize> {
        self.of_members.then_some(self.batches)
    }

    /// The time that whole batches cover.
    pub fn span(&self) -> f64 {
        self.batches as f64 * self.length
    }

    /// Number and length L of the batches before they are merged.
    pub fn batches(&self) -> (usize, f64) {
        (self.batches, self.length)
    }

    /// Number and length M of the merged batches.
    pub fn merged(&self) -> (usize, f64) {
        (self.batches / self.merged, self.merged as f64 * self.length)
    }

    /// The number of independent samples that would have the same error, `span / (2 integral times)`.
    pub fn effective(&self) -> f64 {
        self.span() / (2.0 * self.integral_time)
    }

    /// The length from which on batches can be long and enough of them left, if they still correlate.
    pub fn enough(&self) -> f64 {
        let long = (LONG * self.integral_time / (self.length * (1.0 + CLOSE))).ceil();
        LEAST as f64 * long.max(self.merged as f64 + 1.0) * self.length
    }

    /// The end of an average from `begin` on whose whole batches cover this time.
    pub fn end(&self, begin: f64, time: f64) -> f64 {
        let whole = |time: f64| (time / self.length - CLOSE).ceil();
        (whole(begin) + whole(time)) * self.length
    }

    /// Returns whether the average is long enough for errors.
    pub fn is_long(&self) -> bool {
        let least = if self.of_members { FEWEST_MEMBERS } else { LEAST };
        self.batches >= least && self.span() * (1.0 + CLOSE) >= self.floor.time
    }

    /// The error of the average over a series of one value for each batch; NaN if the average is too
    /// short for one.
    pub fn error(&self, series: &[f64]) -> f64 {
        if self.is_long() { self.error_however_short(series) } else { f64::NAN }
    }

    /// The error of an average however short it is. The factor of correlation follows from the variance
    /// of an average over the time X, `2 T sigma^2 / X (1 - T_1 / X)` for X long against the integral time
    /// T, where `T_1 = int t rho dt / int rho dt` is T for an exponential correlation rho,
    ///
    /// ```text
    ///     c^2 = (1 - T_1 / D) / (1 - T_1 / M (1 + 1 / B)),    D = B M
    /// ```
    pub fn error_however_short(&self, series: &[f64]) -> f64 {
        self.error_about(series, 1)
    }

    /// [`Self::error_however_short`] of a series from which a curve with `fitted` parameters has been
    /// subtracted, the mean being one of them.
    pub fn error_about(&self, series: &[f64], fitted: usize) -> f64 {
        let ((count, long), first) = (self.merged(), self.batches % self.merged);
        if count <= fitted {
            return f64::NAN;
        }
        let freedom = count - fitted;
        let means = self.means(series);
        let mean = means.iter().sum::<f64>() / count as f64;
        let squares: f64 = means.iter().map(|value| (value - mean).powi(2)).sum();
        let b = count as f64;
        // Means of batches know T only together with their length, of which half is in the sum.
        let lag = self.integral_time - 0.5 * self.length;
        let correlated = (1.0 - lag / (b * long)) / (1.0 - lag / long * (1.0 + 1.0 / b)).max(1.0 / b);
        // The first batches, if they do not fill a merged one, are in the average all the same.
        let used = (self.batches - first) as f64 / self.batches as f64;
        student(freedom) * (squares / (b * freedom as f64) * correlated * used).sqrt()
    }

    /// The means over merged batches; the first ones are left out if they do not fill one.
    fn means(&self, series: &[f64]) -> Vec<f64> {
        let merged = series[series.len() % self.merged..].chunks_exact(self.merged);
        merged.map(|part| part.iter().sum::<f64>() / self.merged as f64).collect()
    }

    /// Returns whether merged batches are short, or whether the correlation of neighbours is no accident
    /// in so many of them.
    fn are_correlated(&self, signals: &[Signal]) -> bool {
        let (count, length) = self.merged();
        let of = |signal: &Signal| {
            let merged: Signal = signal.iter().map(|series| self.means(series)).collect();
            // Independent batches have the correlation -1/B, their mean being that of the same batches.
            correlation(&merged, 1).unwrap_or(0.0) + 1.0 / count as f64
        };
        let is_short = length * (1.0 + CLOSE) < LONG * self.integral_time;
        is_short
            || signals.iter().map(of).any(|correlation| correlation > BEYOND_CHANCE / (count as f64).sqrt())
    }
}

/// The error of the mean of independent values, with Student's factor: NaN for fewer than two.
pub fn between(values: &[f64]) -> f64 {
    Sampling::of_members(values.len(), 1.0).error(values)
}

/// The correlation of batches that are `lag` apart, summed over the series of a signal,
///
/// ```text
///     r_k = sum_b d_b d_(b+k) / sum_b d_b^2,    d_b = x_b - <x>
/// ```
///
/// Series with values that are not finite do not count. None for a signal that does not change.
fn correlation(signal: &[Vec<f64>], lag: usize) -> Option<f64> {
    let (mut products, mut squares) = (0.0, 0.0);
    for series in signal.iter().filter(|series| series.iter().all(|value| value.is_finite())) {
        let mean = series.iter().sum::<f64>() / series.len() as f64;
        squares += series.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let ahead = series.iter().skip(lag);
        products += series.iter().zip(ahead).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    }
    (squares > 0.0).then(|| products / squares)
}

/// The integral time of a signal in batches of the length 1,
///
/// ```text
///     T = 1/2 + sum_k rho_k,    rho_k = r_k + (1 - r_k) 2 T / n
/// ```
///
/// up to the first term that is not positive, or to a lag of six T (the automatic window of Sokal 1997,
/// Monte Carlo methods in statistical mechanics, section 3): beyond there is only noise. `2 T / n` is the
/// part of the variance that the mean of the same n batches removes; without it, a series of three
/// integral times looks like one of ten. Independent batches have T = 1/2: batches that are long against
/// the integral time bound it, but do not resolve it.
fn integral_time(signal: &[Vec<f64>]) -> f64 {
    let count = signal.first().map_or(0, Vec::len);
    let known: Option<Vec<f64>> = (1..count / 2).map(|lag| correlation(signal, lag)).collect();
    let (Some(known), mut time) = (known, 0.5) else { return 0.5 };
    for _ in 0..MOST_ITERATIONS {
        let (before, of_mean) = (time, (2.0 * time / count as f64).min(1.0));
        time = 0.5;
        for (lag, known) in known.iter().enumerate() {
            let term = known + (1.0 - known) * of_mean;
            if term <= 0.0 || (lag + 1) as f64 > WINDOW * time {
                break;
            }
            time += term;
        }
        if (time - before).abs() < CLOSE * time {
            break;
        }
    }
    time
}

/// The factor by which a standard error from `freedom` + 1 values is multiplied, so that its interval
/// covers as much as one standard deviation of a normal distribution, 68.27 %. An expansion in the degrees
/// of freedom (Abramowitz & Stegun 1964, 26.7.5), right to 0.1 % from two of them on; of one it is
/// `tan(pi/2 68.27 %)`.
fn student(freedom: usize) -> f64 {
    if freedom == 1 {
        return 1.8373;
    }
    let part = 1.0 / freedom as f64;
    1.0 + part / 2.0 + part.powi(2) / 4.0 + part.powi(3) / 16.0
}

#[cfg(test)]
mod tests;
