//! The averages of a run over a window of time.

use super::chosen::Chosen;
use super::convergence;
use super::density::Densities;
use super::errors::Judged;
use super::lines::Directed;
use super::plane_spectra::PlaneSpectra;
use super::profiles::{Findings, Setting, find};
use super::samples::Samples;
use super::spectra::Spectra;
use super::spectral_sums::SpectralSums;
use super::stationarity;
use super::symmetry::Symmetry;
use crate::case::Case;
use crate::channel::case::Channel;
use crate::channel::catalogue::Direction;
use crate::chebyshev::{Differences, Points};
use crate::error::{Error, Result};
use crate::report::convergence::Convergence;
use crate::report::rows::{number, significant};
use crate::report::stationarity::Stationarity;
use crate::report::{Recorded, Unit};
use crate::statistics::errors::{Sampling, Signal};
use crate::statistics::{Batch, Tally, Window};

/// Ratio of the times of members beyond which it is noted.
const ALIKE: f64 = 1.1;

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
    /// None of an ensemble, whose batches are not one series.
    pub stationarity: Option<Stationarity>,
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

/// The options or keys that give the limits of the window.
fn limits(recorded: &Recorded) -> [&'static str; 2] {
    let span = &recorded.options.span;
    [
        if span.from.is_some() { "--from" } else { "output.statistics.from" },
        if span.to.is_some() { "--to" } else { "" },
    ]
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
    let Recorded { dir: run_dir, series, .. } = recorded;
    let chosen = Chosen::read(run_dir, case, flow, window, limits(recorded))?;
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
    notes.extend(samples.lacking().into_iter().chain(samples.empty_phases()));
    let setting = setting(case, flow, &samples);
    let length = first.axis.length();
    let judged = Judged::new(&samples, &setting, length, case.domain.size[0])?;
    let batches = first.spectra_batches as f64;
    let of_spectra = |sums: &SpectralSums| sums.grouped() as f64 * batches * length;
    let averaged = Averaged {
        stationarity: Some(stationarity::of(&judged, series)),
        convergence: convergence::of(&judged, &samples, &setting)?,
        lines: lines(chosen.spectra.as_ref(), &setting, &judged, of_spectra)?,
        plane_spectra: plane_spectra(chosen.plane_spectra.as_ref(), &setting, &judged, of_spectra)?,
        tally,
        sampling: judged.sampling,
        findings: judged.findings,
    };
    Ok((Some(averaged), notes))
}

/// The averages over members of an ensemble and notes on what they leave out; none if a member has no
/// sample.
///
/// # Errors
/// A damaged batch, members whose batches do not fit each other.
pub fn of_members(members: &[Recorded]) -> Result<(Option<Averaged>, Vec<String>)> {
    let (mut batches, mut counts, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut spectra, mut in_planes) = (Vec::new(), Vec::new());
    let first = members[0].case.as_ref().map_err(Clone::clone)?;
    let flow = first.flow.of::<Channel>().ok_or_else(|| Error::failure("a run of another flow"))?;
    for member in members {
        let case = member.case.as_ref().map_err(Clone::clone)?;
        let window = window(member, flow, case.fluid.viscosity)?;
        let chosen = Chosen::read(member.dir, case, flow, window, limits(member))?;
        notes.extend(chosen.notes.into_iter().map(|note| format!("{}: {note}", member.labels.name)));
        if chosen.batches.is_empty() {
            notes.push(format!("{}: nothing to average", member.labels.name));
            return Ok((None, notes));
        }
        counts.push(chosen.batches.len());
        batches.extend(chosen.batches);
        spectra.extend(chosen.spectra);
        in_planes.extend(chosen.plane_spectra);
    }
    notes.extend(unlike(&batches, &counts));
    let samples = Samples::of_members(&batches, &counts, &flow.scalars)?;
    notes.extend(samples.lacking().into_iter().chain(samples.empty_phases()));
    let setting = setting(first, flow, &samples);
    let weight: f64 = batches.iter().map(|batch| batch.moments.weight).sum();
    let length = weight / members.len() as f64;
    let judged = Judged::of_members(&samples, &setting, length)?;
    // Of members without spectra there is no average.
    let of_all = |spectra: Vec<SpectralSums>| {
        let all = Some(spectra).filter(|spectra| spectra.len() == members.len());
        all.and_then(SpectralSums::of_members)
    };
    let (sums, in_planes) = (of_all(spectra), of_all(in_planes));
    let tally = batches.iter().map(|batch| batch.moments).reduce(|a, b| a.and(&b));
    let lines = lines(sums.as_ref(), &setting, &judged, |_| length)?;
    let plane_spectra = plane_spectra(in_planes.as_ref(), &setting, &judged, |_| length)?;
    let Judged { sampling, findings, .. } = judged;
    let averaged = tally.map(|tally| Averaged {
        stationarity: None,
        convergence: Vec::new(),
        lines,
        plane_spectra,
        tally,
        sampling,
        findings,
    });
    Ok((averaged, notes))
}

/// The note on members that cover different times.
fn unlike(batches: &[Batch], counts: &[usize]) -> Option<String> {
    let mut rest = batches;
    let times = counts.iter().map(|count| {
        let (own, others) = rest.split_at(*count);
        rest = others;
        own.iter().map(|batch| batch.moments.weight).sum::<f64>()
    });
    let (least, most) =
        times.fold((f64::INFINITY, 0.0), |(least, most), time: f64| (time.min(least), time.max(most)));
    let [from, to] = [least, most].map(|time| number(significant(time, 3)));
    (most > ALIKE * least)
        .then(|| format!("members cover times from {from} to {to}; their errors are those of equal ones"))
}

fn setting(case: &Case, flow: &Channel, samples: &Samples) -> Setting {
    Setting {
        precision: case.numerics.precision,
        viscosity: case.fluid.viscosity,
        rotation: flow.rotation,
        frame_velocity: samples.frame_velocity,
        walls: flow.walls.velocity,
        scalars: flow.scalars.clone(),
        symmetry: Symmetry::of(flow),
        grid: Points::new(samples.y.len()),
        differences: Differences::new(samples.y.len()),
    }
}

/// Spectra and correlations of both directions, in groups of which `length` says how long they are.
fn lines(
    sums: Option<&SpectralSums>,
    setting: &Setting,
    judged: &Judged,
    length: impl Fn(&SpectralSums) -> f64,
) -> Result<Option<[Directed; 2]>> {
    let Some(sums) = sums else { return Ok(None) };
    let length = length(sums);
    let judge = |signal: &Signal| judged.sampling_of(signal, length);
    let densities = densities(sums, setting, judged, &judge);
    let of = |direction| Directed::new(&densities, direction);
    Ok(Some([of(Direction::X)?, of(Direction::Z)?]))
}

/// Spectra over both directions, likewise.
fn plane_spectra(
    sums: Option<&SpectralSums>,
    setting: &Setting,
    judged: &Judged,
    length: impl Fn(&SpectralSums) -> f64,
) -> Result<Option<PlaneSpectra>> {
    let Some(sums) = sums else { return Ok(None) };
    let length = length(sums);
    let judge = |signal: &Signal| judged.sampling_of(signal, length);
    let densities = densities(sums, setting, judged, &judge);
    PlaneSpectra::new(densities, &setting.grid, &setting.symmetry).map(Some)
}

fn densities<'a>(
    sums: &'a SpectralSums,
    setting: &'a Setting,
    judged: &'a Judged,
    judge: &'a dyn Fn(&Signal) -> Sampling,
) -> Densities<'a> {
    let Setting { precision, scalars, symmetry, viscosity, differences, .. } = setting;
    let spectra = Spectra::new(sums, scalars, symmetry, *viscosity, differences);
    let (findings, groups) = (&judged.findings, sums.groups());
    Densities { spectra, findings, scalars, viscosity: *viscosity, precision: *precision, groups, judge }
}
