//! Whether the time that is averaged is stationary: its balance holds, and both halves agree. If not, the
//! series may tell from when it is.

use super::rows::number;
use super::series::Table;
use crate::statistics::stationarity::{means, start};

/// Differences of more errors than this are no accident.
const DOUBTFUL: f64 = 3.0;
/// Maximum number of parts of equal length in which the start is looked for, and least number of samples
/// in each.
const PARTS: usize = 400;
const SAMPLES: usize = 2;

pub struct Stationarity {
    /// The largest difference between the halves, in units of its error, and what it is of.
    drift: Option<(&'static str, f64)>,
    /// What must be balanced and by how many errors it is not.
    balance: Option<(&'static str, f64)>,
    /// The time at which the series settles, if it does.
    start: Option<f64>,
}

impl Stationarity {
    /// From the drift of several quantities, a balance, and the start of the stationary part of the series.
    pub fn new(
        drifts: impl IntoIterator<Item = (&'static str, f64)>,
        balance: Option<(&'static str, f64)>,
        start: Option<f64>,
    ) -> Self {
        let drift = drifts.into_iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        Self { drift, balance: balance.filter(|(_, errors)| errors.is_finite()), start }
    }

    /// What the table says of averages that begin at this time.
    pub fn told(&self, begin: f64) -> String {
        let drift = self.drift.map(|(name, drift)| {
            (format!("{name} differs between the halves by {:.1} errors", drift.abs()), drift.abs())
        });
        let balance =
            self.balance.map(|(what, errors)| (format!("{what} by {errors:.1} errors"), errors.abs()));
        let all: Vec<(String, f64)> = drift.into_iter().chain(balance).collect();
        let in_doubt = all.iter().any(|(_, errors)| *errors > DOUBTFUL);
        let text: Vec<&str> = all
            .iter()
            .filter(|(_, errors)| !in_doubt || *errors > DOUBTFUL)
            .map(|(text, _)| &**text)
            .collect();
        match (in_doubt, text.join(", ")) {
            (_, text) if text.is_empty() => "not tested: the average is too short".to_owned(),
            (false, text) => format!("yes: {text}"),
            (true, text) => format!("in doubt: {text}; {}", self.advice(begin)),
        }
    }

    fn advice(&self, begin: f64) -> String {
        match self.start {
            Some(start) if start > begin => format!("the series settles later: use --from {}", number(start)),
            Some(start) => format!("the series has settled by t = {}: run longer", number(start)),
            None => "the series has not settled: run longer".to_owned(),
        }
    }
}

/// The number of equal parts into which the time of a number of samples is divided.
pub fn parts(samples: usize) -> usize {
    (samples / SAMPLES).min(PARTS)
}

/// The time from which these columns of a series are stationary; those that it does not have do not
/// count. None for a series that has not settled in its first half, or is too short.
pub fn settled(series: &Table, columns: &[&str]) -> Option<f64> {
    let time = series.find("time").filter(|time| time.is_sorted_by(|a, b| a < b))?;
    let (from, to) = (*time.first()?, *time.last()?);
    let parts = parts(time.len());
    let found = columns.iter().filter_map(|name| series.find(name));
    let starts = found.map(|values| {
        let means = means(time, values, [from, to], parts);
        Some(from + (to - from) / parts as f64 * start(&means)? as f64)
    });
    starts.reduce(|a, b| Some(a?.max(b?))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_doubt_is_told_with_a_proposal() {
        let told = |drift: f64, balance: f64, start: Option<f64>| {
            let drifts = [("energy", drift), ("dissipation", 0.3)];
            Stationarity::new(drifts, Some(("the total stress is off", balance)), start).told(5.0)
        };
        let well = told(-1.04, 0.51, None);
        assert_eq!(
            well,
            "yes: energy differs between the halves by 1.0 errors, the total stress is off by 0.5 errors"
        );
        let later = "in doubt: energy differs between the halves by 4.0 errors; the series settles \
            later: use --from 7.5";
        assert_eq!(told(-4.0, 0.5, Some(7.5)), later);
        assert!(
            told(1.0, 3.5, Some(2.0)).starts_with("in doubt: the total stress is off by 3.5 errors; the")
        );
        assert!(told(1.0, 3.5, Some(2.0)).ends_with("settled by t = 2: run longer"));
        assert!(told(9.0, 0.0, None).ends_with("has not settled: run longer"));
        assert!(Stationarity::new([], None, None).told(0.0).starts_with("not tested"));
    }

    #[test]
    fn a_series_settles_when_its_last_column_does() {
        let mut text = String::from("step,time,energy,dissipation\n");
        for i in 0..400 {
            let t = 0.1 * f64::from(i);
            let wave = 0.1 * (7.0 * t).sin() + 0.05 * (3.1 * t).cos();
            text += &format!(
                "{i},{t},{},{}\n",
                1.0 + 4.0 * (-t).exp() + wave,
                1.0 + 4.0 * (-0.3 * t).exp() + wave
            );
        }
        let series = Table::parse("series.csv".as_ref(), &text).unwrap();
        let [energy, both] =
            [&["energy"][..], &["energy", "dissipation", "absent"]].map(|columns| settled(&series, columns));
        assert!(energy.is_some_and(|time| (2.0..8.0).contains(&time)), "{energy:?}");
        assert!(both.is_some_and(|time| (8.0..20.0).contains(&time)), "{both:?}");
    }
}
