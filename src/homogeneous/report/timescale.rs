//! The time over which a run is drawn, in the unit of its flow.

use super::Run;
use crate::report::cubic::interpolate;

/// The unit of time of a run.
pub enum Timescale {
    /// That of the case.
    Case,
    /// The turnover time `T = <L/u'>` of a stationary flow.
    Turnover(f64),
    /// The total shear `S t` at times of the run.
    Shear { time: Vec<f64>, shear: Vec<f64> },
}

impl Timescale {
    /// The total shear if the mean flow is a shear, turnover times if the flow is averaged over time, and
    /// otherwise the unit of the case.
    pub fn of(run: &Run) -> Self {
        match (&run.stresses.shear, &run.averages) {
            (Some(shear), _) => Self::Shear { time: run.history.time.clone(), shear: shear.clone() },
            (None, Some(Ok(averages))) => Self::Turnover(averages.turnover),
            (None, _) => Self::Case,
        }
    }

    /// The label of the axis.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Case => "Time  $t$",
            Self::Turnover(_) => "Time  $t / T$,  $T = ⟨L/u'⟩$",
            Self::Shear { .. } => "Total shear  $S t$",
        }
    }

    /// A time of the run in this unit.
    pub fn at(&self, time: f64) -> f64 {
        match self {
            Self::Case => time,
            Self::Turnover(turnover) => time / turnover,
            Self::Shear { time: times, shear } => interpolate(times, shear, time),
        }
    }

    /// Times of the run in this unit.
    pub fn all(&self, times: &[f64]) -> Vec<f64> {
        times.iter().map(|time| self.at(*time)).collect()
    }
}
