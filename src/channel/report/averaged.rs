//! The averages of a run over a window of time.

use super::chosen::Chosen;
use super::convergence;
use super::errors::Judged;
use super::lines::{Directed, Units};
use super::plane_spectra::PlaneSpectra;
use super::profiles::{Findings, Setting, find};
use super::samples::Samples;
use super::spectra::Spectra;
use super::stationarity;
use super::symmetry::Symmetry;
use crate::case::Case;
use crate::channel::case::Channel;
use crate::chebyshev::{Differences, Points};
use crate::error::Result;
use crate::report::convergence::Convergence;
use crate::report::stationarity::Stationarity;
use crate::report::{Options, Recorded, Unit};
use crate::statistics::errors::Sampling;
use crate::statistics::{Tally, Window};

/// The averages of a run so far.
pub struct Averaged {
    pub findings: Findings,
    /// Spectra and correlations over x and z.
    pub lines: Option<[Directed; 2]>,
    /// Spectra over both.
    pub plane_spectra: Option<PlaneSpectra>,
    /// The time, weight and number of the samples.
    pub tally: Tally,
    /// How errors come about.
    pub sampling: Sampling,
    pub stationarity: Stationarity,
    pub convergence: Vec<Convergence>,
}

impl Averaged {
    /// A number and its error.
    pub fn number(&self, name: &str) -> Option<(f64, f64)> {
        let column = find(&self.findings.numbers, name)?;
        Some((*column.values.first()?, *column.errors.first()?))
    }
}

/// The window to average: that of the command line, or from `output.statistics.from` on.
///
/// # Errors
/// A time in the unit of another flow, or an empty window.
pub fn window(recorded: &Recorded, flow: &Channel, viscosity: f64) -> Result<Window> {
    let half_height = 1.0 / flow.nominal(viscosity).friction_velocity;
    recorded.options.span.window(flow.sampling.from, (Unit::HalfHeights, half_height))
}

/// The averages over the batches in the window, if any has a sample, and notes on what they leave out.
///
/// # Errors
/// A damaged batch, or one of another flow.
pub fn read(
    recorded: &Recorded,
    case: &Case,
    flow: &Channel,
    window: Window,
) -> Result<(Option<Averaged>, Vec<String>)> {
    let Recorded { dir: run_dir, series, options: Options { span, .. }, .. } = recorded;
    let limits = [
        if span.from.is_some() { "--from" } else { "output.statistics.from" },
        if span.to.is_some() { "--to" } else { "" },
    ];
    let chosen = Chosen::read(run_dir, case, flow, window, limits)?;
    let (Some(tally), Some(first)) = (chosen.tally(), chosen.batches.first()) else {
        let mut notes = chosen.notes;
        if run_dir.join("statistics.h5").exists() {
            let old = "statistics.h5 was written by rogallo 0.1, whose averages have no times: read it with \
                `rogallo stats` of that version";
            notes.push(old.to_owned());
        }
        return Ok((None, notes));
    };
    let samples = Samples::new(&chosen.batches, &flow.scalars)?;
    let mut notes = chosen.notes;
    notes.extend(samples.lacking.first().map(|name| {
        let number = samples.lacking.len();
        format!("left out: {number} averages that batches of an earlier version lack, such as `{name}`")
    }));
    let empty = samples.empty_phases();
    if !empty.is_empty() {
        notes.push(format!("no samples at the phases {}: take samples more often", empty.join(", ")));
    }
    let symmetry = Symmetry::of(flow);
    let spectra = chosen.spectra.as_ref();
    let spectra = spectra.map(|sums| Spectra::new(sums, &flow.scalars, &symmetry)).transpose()?;
    let setting = Setting {
        precision: case.numerics.precision,
        viscosity: case.fluid.viscosity,
        rotation: flow.rotation,
        frame_velocity: samples.frame_velocity,
        walls: flow.walls.velocity,
        scalars: flow.scalars.clone(),
        symmetry,
        grid: Points::new(samples.y.len()),
        differences: Differences::new(samples.y.len()),
    };
    let judged = Judged::new(&samples, &setting, first.axis.length(), case.domain.size[0])?;
    let units = Units { findings: &judged.findings, scalars: &flow.scalars };
    let in_planes = chosen.plane_spectra.as_ref();
    let in_planes =
        in_planes.map(|sums| PlaneSpectra::new(sums, &setting.symmetry, &units, setting.viscosity));
    let plane_spectra = in_planes.transpose()?;
    let averaged = Averaged {
        stationarity: stationarity::of(&judged, series),
        convergence: convergence::of(&judged, &samples, &setting)?,
        lines: spectra
            .map(|spectra| Directed::new(&spectra, &judged.findings, case.fluid.viscosity, &flow.scalars)),
        plane_spectra,
        tally,
        sampling: judged.sampling,
        findings: judged.findings,
    };
    Ok((Some(averaged), notes))
}
