//! How the numbers of the table converge.

use super::errors::Judged;
use super::profiles::{Findings, Setting, find};
use super::samples::Samples;
use crate::error::Result;
use crate::report::convergence::{Convergence, lengths};

/// Names and labels of the numbers.
const SHOWN: [(&str, &str); 6] = [
    ("re_tau", "$Re_τ$"),
    ("centre_over_bulk", "$U_c / U_b$"),
    ("friction_of_walls", "$C_f$"),
    ("friction_of_bulk", "$C_f$"),
    ("peak_u_rms", "Peak of $u'^+$"),
    ("peak_at", "$y^+$ of the peak of $u'^+$"),
];
/// The time over which they are drawn.
pub const AXIS: &str = "Time averaged  $t u_τ / h$";

/// The convergence of each number; empty for fewer than two batches.
pub fn of(judged: &Judged, samples: &Samples, setting: &Setting) -> Result<Vec<Convergence>> {
    let groups = samples.groups();
    let number =
        |findings: &Findings, name: &str| find(&findings.numbers, name).map(|column| column.values[0]);
    let (Some(u_tau), true) = (number(&judged.findings, "u_tau"), groups >= 2) else { return Ok(Vec::new()) };
    let shown = SHOWN.into_iter().filter(|(name, _)| number(&judged.findings, name).is_some());
    let mut all: Vec<_> = shown.map(|(name, label)| (name, Convergence::new(label))).collect();
    for groups in lengths(groups) {
        let findings = Findings::new(&samples.first(groups), setting)?;
        let sampling = judged.sampling_of_first(groups);
        for (name, convergence) in &mut all {
            let error = judged.series.of(name).first().map(|series| sampling.error(&series[..groups]));
            convergence.push(
                judged.length * u_tau * groups as f64,
                number(&findings, name).unwrap_or(f64::NAN),
                error.unwrap_or(f64::NAN),
            );
        }
    }
    Ok(all.into_iter().map(|(_, convergence)| convergence).collect())
}
