//! Whether the averaged flow is stationary: the total stress is balanced, and both halves agree.

use super::errors::Judged;
use super::profiles::find;
use crate::report::series::Table;
use crate::report::stationarity::{Stationarity, settled};
use crate::statistics::stationarity::drift;

/// The numbers whose halves are compared, and their names in the table.
const COMPARED: [(&str, &str); 3] =
    [("re_tau", "Re_tau"), ("centre_over_bulk", "U_centre / U_b"), ("peak_u_rms", "peak of u'+")];
/// The columns of the series in which the start is looked for.
const WATCHED: [&str; 2] = ["re_tau", "energy"];

pub fn of(judged: &Judged, series: &Table) -> Stationarity {
    let drift = |(name, shown): (&str, &'static str)| {
        let value = find(&judged.findings.numbers, name)?.values[0];
        Some((shown, drift(judged.series.of(name).first()?, value)?))
    };
    let balance = find(&judged.findings.profiles, "stress_off_line").map(|column| {
        let squares = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        let ratio = (squares(&column.values) / squares(&column.errors)).sqrt();
        ("the total stress deviates from a straight line (rms)", ratio)
    });
    Stationarity::new(COMPARED.into_iter().filter_map(drift), balance, settled(series, &WATCHED))
}
