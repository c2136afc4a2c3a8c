//! Sampling errors. With B whole batches, all of one length, and `q_(b)` what a quantity is without
//! batch b, its standard error s is
//!
//! ```text
//!     s^2 = (B - 1) / B sum_b (q_(b) - mean of q_(.))^2
//! ```
//!
//! (Tukey's jackknife). For a mean this is the standard deviation of the batches over the root of
//! B; and it holds as well for what is not linear in the averages, as u_tau, central moments, or
//! where a peak is. It is at a point y, not at a y+.

use super::profiles::{Findings, Setting};
use super::samples::Samples;
use crate::error::Result;

/// The findings from all samples, with their errors; of fewer than two batches these are NaN.
pub fn findings(samples: &Samples, setting: &Setting) -> Result<Findings> {
    let mut findings = Findings::new(&samples.all(), setting)?;
    let all: Vec<f64> = findings.columns().flat_map(|column| &column.values).copied().collect();
    let (mut sums, mut squares) = (vec![0.0; all.len()], vec![0.0; all.len()]);
    let batches = samples.batches();
    for batch in 0..batches {
        let without = Findings::new(&samples.without(batch), setting)?;
        for (i, value) in without.columns().flat_map(|column| &column.values).enumerate() {
            // The distance from what it is with all loses no digits.
            sums[i] += value - all[i];
            squares[i] += (value - all[i]).powi(2);
        }
    }
    let count = batches as f64;
    let error = |(sum, square): (f64, f64)| {
        let variance = (count - 1.0) / count * (square - sum * sum / count);
        match batches {
            0 | 1 => f64::NAN,
            // Round-off may make it negative; what is not a number stays so.
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
