//! Sampling errors by Tukey's jackknife. With B whole batches of equal length, and `q_(b)` the value
//! of a quantity without batch b, its standard error s is
//!
//! ```text
//!     s^2 = (B - 1) / B sum_b (q_(b) - mean of q_(.))^2
//! ```
//!
//! For a mean this is the standard deviation of the batches divided by the root of B. It also holds
//! for quantities that are not linear in the averages, such as u_tau, central moments or the
//! position of a peak. It is the error at fixed y, not at fixed y+.

use super::profiles::{Findings, Setting};
use super::samples::Samples;
use crate::error::Result;

/// The findings from all samples, with their errors; these are NaN for fewer than two batches.
pub fn findings(samples: &Samples, setting: &Setting) -> Result<Findings> {
    let mut findings = Findings::new(&samples.all(), setting)?;
    let all: Vec<f64> = findings.columns().flat_map(|column| &column.values).copied().collect();
    let (mut sums, mut squares) = (vec![0.0; all.len()], vec![0.0; all.len()]);
    let batches = samples.batches();
    for batch in 0..batches {
        let without = Findings::new(&samples.without(batch), setting)?;
        for (i, value) in without.columns().flat_map(|column| &column.values).enumerate() {
            // Differences from the value of all samples lose no digits.
            sums[i] += value - all[i];
            squares[i] += (value - all[i]).powi(2);
        }
    }
    let count = batches as f64;
    let error = |(sum, square): (f64, f64)| {
        let variance = (count - 1.0) / count * (square - sum * sum / count);
        match batches {
            0 | 1 => f64::NAN,
            // Round-off may make it negative; NaN stays NaN.
            _ if variance < 0.0 => 0.0,
            _ => variance.sqrt(),
        }
    };
    let mut errors = sums.into_iter().zip(squares).map(error);
    findings
        .columns_mut()
        .for_each(|column| column.errors = errors.by_ref().take(column.values.len()).collect());
    Ok(findings)
}
