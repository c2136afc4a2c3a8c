//! Sampling errors by the jackknife: see [`crate::statistics::errors`]. They hold for quantities that are
//! not linear in the averages, such as u_tau, central moments or the position of a peak. They are the
//! errors at fixed y, not at fixed y+.

use super::profiles::{Findings, Setting, find};
use super::samples::Samples;
use crate::error::Result;
use crate::statistics::errors::{Floor, Sampling, Signal};

/// The profiles and the number whose integral times are computed; the longest counts.
const SIGNALS: [&str; 6] = ["U", "uu", "vv", "ww", "uv", "u_tau"];
/// Lengths that an average must have: this number of h/u_tau, and of flow-throughs.
const HALF_HEIGHTS: f64 = 5.0;
const FLOW_THROUGHS: f64 = 3.0;

/// The findings from all samples with their errors, and the series from which these come.
pub struct Judged {
    pub findings: Findings,
    pub sampling: Sampling,
    pub series: PseudoValues,
    /// The length of a group of batches.
    pub length: f64,
    floors: Vec<Floor>,
}

/// The pseudo-values of all findings: for each value of each column a series over the groups of batches,
/// each less the value from all samples.
pub struct PseudoValues {
    /// Column, and the index of its first series.
    columns: Vec<(String, usize)>,
    series: Vec<Vec<f64>>,
}

impl PseudoValues {
    /// `(n - 1) (q - q_(b))` for each value q, with `q_(b)` that without group b of n.
    fn new(findings: &Findings, samples: &Samples, setting: &Setting) -> Result<Self> {
        let (mut columns, mut all): (_, Vec<f64>) = (Vec::new(), Vec::new());
        for column in findings.columns() {
            columns.push((column.name.clone(), all.len()));
            all.extend(&column.values);
        }
        let groups = samples.groups();
        let mut series = vec![Vec::with_capacity(groups); all.len()];
        for group in 0..groups {
            let without = Findings::new(&samples.without(group), setting)?;
            let values = without.columns().flat_map(|column| &column.values);
            for ((series, q), without) in series.iter_mut().zip(&all).zip(values) {
                series.push((groups as f64 - 1.0) * (q - without));
            }
        }
        Ok(Self { columns, series })
    }

    /// The series of a column, one for each of its values.
    pub fn of(&self, name: &str) -> &[Vec<f64>] {
        let Some(i) = self.columns.iter().position(|(column, _)| column == name) else { return &[] };
        let end = self.columns.get(i + 1).map_or(self.series.len(), |(_, next)| *next);
        &self.series[self.columns[i].1..end]
    }

    /// The signals over the first `groups` groups.
    fn signals(&self, groups: usize) -> Vec<Signal> {
        let signal = |name| self.of(name).iter().map(|series| series[..groups].to_vec()).collect();
        SIGNALS.into_iter().map(signal).collect()
    }
}

impl Judged {
    /// The findings of `samples`, in whole batches of the length `batch_length` and a box of the length
    /// `box_length`.
    pub fn new(samples: &Samples, setting: &Setting, batch_length: f64, box_length: f64) -> Result<Self> {
        let findings = Findings::new(&samples.all(), setting)?;
        let series = PseudoValues::new(&findings, samples, setting)?;
        let length = samples.grouped() as f64 * batch_length;
        let floors = floors(&findings, setting.walls, box_length);
        let groups = samples.groups();
        let sampling = Sampling::new(groups, length, &series.signals(groups), floors.clone());
        Ok(Self { findings, sampling, series, length, floors }.with_errors())
    }

    fn with_errors(mut self) -> Self {
        let mut errors = self.series.series.iter().map(|series| self.sampling.error(series));
        self.findings
            .columns_mut()
            .for_each(|column| column.errors = errors.by_ref().take(column.values.len()).collect());
        self
    }

    /// How the errors of a quantity come about from its values in groups of a length at each y. Its integral
    /// time is at least that of the profiles.
    pub fn sampling_of(&self, signal: &Signal, length: f64) -> Sampling {
        let groups = signal.first().map_or(0, Vec::len);
        match self.sampling.members() {
            Some(members) => Sampling::of_members(members, length),
            None => {
                let (known, floors) = (self.sampling.integral_time, self.floors.clone());
                Sampling::slower_than(known, groups, length, std::slice::from_ref(signal), floors)
            }
        }
    }

    /// The findings of the members of an ensemble, each a group of `samples` and of this length in time,
    /// with the errors between them.
    pub fn of_members(samples: &Samples, setting: &Setting, length: f64) -> Result<Self> {
        let findings = Findings::new(&samples.all(), setting)?;
        let series = PseudoValues::new(&findings, samples, setting)?;
        let sampling = Sampling::of_members(samples.groups(), length);
        Ok(Self { findings, sampling, series, length, floors: Vec::new() }.with_errors())
    }

    /// How errors would come about after the first `groups` groups.
    pub fn sampling_of_first(&self, groups: usize) -> Sampling {
        Sampling::new(groups, self.length, &self.series.signals(groups), self.floors.clone())
    }
}

/// The lengths that an average must have: a few times the turnover of the largest eddies, and a few times
/// that in which the fluid, or that at a moving wall, passes through the box.
fn floors(findings: &Findings, walls: [f64; 2], box_length: f64) -> Vec<Floor> {
    let number = |name: &str| find(&findings.numbers, name).map_or(f64::NAN, |column| column.values[0].abs());
    let speed = number("bulk").max(0.5 * (walls[1] - walls[0]).abs());
    vec![
        Floor::new(HALF_HEIGHTS / number("u_tau"), format!("{HALF_HEIGHTS} h/u_tau")),
        Floor::new(FLOW_THROUGHS * box_length / speed, format!("{FLOW_THROUGHS} flow-throughs")),
    ]
}
