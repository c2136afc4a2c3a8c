//! Figures over wavenumbers: energy spectra, transfer and flux, one-dimensional spectra.

use super::super::Run;
use super::super::reference::{Matched, PublishedSpectra};
use crate::error::Result;
use crate::figure::palette::{CURVES, Colour, in_time};
use crate::figure::{Axis, Dash};
use crate::report::cubic::interpolate;
use crate::report::gallery::{RUN, sparse};
use crate::report::plot::{Figure, Part, Plot};
use crate::report::rows::significant;
use crate::report::series::{History, Spectrum, Table, samples};

/// Spectra that are shown at most.
const SHOWN: usize = 6;

/// The mean spectrum of a stationary flow with its error or, of another one, up to six energy spectra from
/// the first to the last sample; and the slope of the inertial range. With `references` that state times, the
/// spectra at their times, and the references as markers of the same colour. Of a run that is not `alone`,
/// the mean or the last spectrum.
pub fn spectrum(run: &Run, references: &[PublishedSpectra], alone: bool) -> Figure {
    let spectra = &run.spectra;
    let has_times = |reference: &PublishedSpectra| reference.spectra.iter().any(|own| own.time.is_some());
    let mean = run.mean.as_ref().filter(|_| !alone || !references.iter().any(has_times));
    let matched: Vec<Vec<Matched>> = references.iter().map(|reference| reference.matched(spectra)).collect();
    let of_sample = |part: Part, sample: usize| {
        matched.iter().enumerate().fold(part, |part, (source, matched)| {
            let there = matched.iter().filter(|matched| matched.sample == sample);
            there.fold(part, |part, matched| {
                part.published(source, sparse(matched.published.points.iter().copied()))
            })
        })
    };
    let last = spectra.len() - 1;
    let parts = match (mean, alone) {
        (Some(mean), _) => {
            let [from, to] = [mean.begin, mean.end].map(|time| significant(time, 4));
            let part = Part::line(format!("mean, $t = {from}$ to ${to}$"), RUN, mean.positive());
            let part = part.within(&mean.wavenumber, &mean.energy, &mean.errors).keyed("last");
            vec![of_sample(part, last)]
        }
        (None, false) => vec![of_sample(at(&spectra[last], RUN), last).keyed("last")],
        (None, true) => {
            let mut common: Vec<usize> = matched.iter().flatten().map(|matched| matched.sample).collect();
            common.sort_unstable();
            common.dedup();
            let candidates = if common.is_empty() { (0..=last).collect() } else { common };
            let shown = evenly(&candidates);
            let colour = |i: usize| in_time(i, shown.len());
            let part = |(i, sample): (usize, &usize)| of_sample(at(&spectra[*sample], colour(i)), *sample);
            shown.iter().enumerate().map(part).collect()
        }
    };
    let y = match alone {
        true => "Energy spectrum  $E(k)$",
        false => "Energy spectrum  $E(k)$,  mean or at the end",
    };
    let plot = Plot::new(Axis::logarithmic("Wavenumber  $k$"), Axis::logarithmic(y), parts);
    let sources = references.iter().map(|reference| reference.label.clone()).collect();
    Figure::of("spectrum", Plot { spectral: true, sources, ..plot })
}

/// Up to six of these samples from the first to the last.
pub fn evenly(samples: &[usize]) -> Vec<usize> {
    let shown = samples.len().min(SHOWN);
    (0..shown).map(|i| samples[i * (samples.len() - 1) / (shown - 1).max(1)]).collect()
}

/// A spectrum labelled by its time.
fn at(spectrum: &Spectrum, colour: Colour) -> Part {
    let Spectrum { time, wavenumber, energy, errors } = spectrum;
    let label = format!("$t = {}$", significant(*time, 4));
    Part::line(label, colour, spectrum.positive().collect()).within(wavenumber, energy, errors)
}

/// Transfer k T(k) and flux of the last sample, divided by the dissipation rate. Over log k, the area
/// under k T is the transfer. None if the file has no transfer or it is zero. Of a run that is `alone` the
/// label has the time.
pub fn transfer(table: &Table, run: &History, alone: bool) -> Result<Option<Figure>> {
    let Some(rows) = samples(table)?.pop() else { return Ok(None) };
    let (k, time) = (&table.column("k")?[rows.clone()], table.column("time")?[rows.start]);
    let increasing = run.time.is_sorted_by(|a, b| a < b);
    let dissipation = if increasing {
        interpolate(&run.time, &run.dissipation, time)
    } else {
        run.dissipation[run.dissipation.len() - 1]
    };
    let scaled = |name: &'static str, colour, label: String, weight: fn(f64) -> f64| {
        let values = &table.find(name)?[rows.clone()];
        let points = k.iter().zip(values).map(|(&k, value)| (k, weight(k) * value / dissipation));
        let points: Vec<_> = points.filter(|(k, value)| *k > 0.0 && value.is_finite()).collect();
        let seen = points.iter().any(|(_, value)| value.abs() > 1e-10);
        seen.then(|| Part::line(label, colour, points).keyed(name))
    };
    let at = if alone { format!(",  $t = {}$", significant(time, 4)) } else { String::new() };
    let transfer = format!("$k T(k) / ε${at}");
    let parts = [
        scaled("transfer", CURVES[0], transfer, |k| k),
        scaled("flux", CURVES[1], "$Π(k) / ε$".into(), |_| 1.0),
    ];
    let parts: Vec<Part> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let y = Axis::linear("Transfer and flux over dissipation rate");
    Ok(Some(Figure::of("transfer", Plot::new(Axis::logarithmic("Wavenumber  $k$"), y, parts).with_zero())))
}

/// One-dimensional spectra of the three components in the last sample, over the wavenumber in each
/// direction. None if there is nothing to draw. Of a run that is `alone` the label has the time.
pub fn spectra_1d(table: &Table, alone: bool) -> Result<Option<Figure>> {
    let Some(rows) = samples(table)?.pop() else { return Ok(None) };
    let time = table.column("time")?[rows.start];
    let mut parts = Vec::new();
    // The colours tell the components, the dashes the directions.
    for (direction, number, dash) in [("x", 1, Dash::Solid), ("y", 2, Dash::Dashed), ("z", 3, Dash::Dotted)] {
        let Some(k) = table.find(&format!("k{direction}")).map(|k| &k[rows.clone()]) else { continue };
        for ((component, subscript), colour) in [("uu", 11), ("vv", 22), ("ww", 33)].into_iter().zip(CURVES) {
            let Some(values) = table.find(&format!("{component}_{direction}")) else { continue };
            let pairs = k.iter().copied().zip(values[rows.clone()].iter().copied());
            let points: Vec<_> =
                pairs.filter(|&(k, value)| k > 0.0 && value > 0.0 && value.is_finite()).collect();
            if !points.is_empty() {
                let label = format!("$E_{{{subscript}}}(k_{number})$");
                parts.push(Part::line(label, colour, points).dashed(dash));
            }
        }
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let at = if alone { format!("$t = {}$", significant(time, 4)) } else { "at the end".to_owned() };
    let y = format!("One-dimensional spectra,  {at}");
    let plot = Plot::new(Axis::logarithmic("Wavenumber  $k_1$,  $k_2$,  $k_3$"), Axis::logarithmic(y), parts);
    Ok(Some(Figure::of("spectra_1d", Plot { spectral: true, ..plot })))
}
