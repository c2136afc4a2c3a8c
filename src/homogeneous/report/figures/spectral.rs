//! Figures over wavenumbers: energy spectra, transfer and flux, one-dimensional spectra.

use std::path::Path;

use super::super::reference::{Matched, PublishedSpectra};
use crate::error::Result;
use crate::report::cubic::interpolate;
use crate::report::frame::{
    Curve, Frame, GREY, MarkerShape, PARTS, REFERENCES, Stroke, bounds, logarithmic, semilogarithmic,
    significant, sparse, zero,
};
use crate::report::series::{History, Spectrum, Table, samples};

/// Colours from early to late times (viridis without its light end).
const TIMES: [&str; 6] = ["#440154", "#404688", "#2D708E", "#1F968B", "#3DBC74", "#95D840"];

/// Up to six energy spectra from the first to the last sample, and the slope of the inertial range. With
/// `references`, the spectra at their times, and the references as markers of the same colour.
pub fn spectrum(dir: &Path, run: &[Spectrum], references: &[PublishedSpectra]) -> Result<()> {
    let matched: Vec<Vec<Matched>> = references.iter().map(|reference| reference.matched(run)).collect();
    let mut common: Vec<usize> = matched.iter().flatten().map(|matched| matched.sample).collect();
    common.sort_unstable();
    common.dedup();
    let candidates = if common.is_empty() { (0..run.len()).collect() } else { common };
    let shown = candidates.len().min(TIMES.len());
    let evenly = |i: usize, count: usize| i * (count - 1) / (shown - 1).max(1);
    let chosen: Vec<(usize, &str)> = (0..shown)
        .map(|i| (candidates[evenly(i, candidates.len())], TIMES[evenly(i, TIMES.len())]))
        .collect();

    let mut curves: Vec<Curve> = chosen
        .iter()
        .map(|&(sample, colour)| Curve {
            label: format!("t = {}", significant(run[sample].time, 4)),
            colour,
            stroke: Stroke::Line(2.0),
            points: run[sample].positive().map(|(k, energy)| (k, energy.log10())).collect(),
        })
        .collect();
    for ((reference, matched), (_, marker)) in
        references.iter().zip(&matched).zip(REFERENCES.into_iter().cycle())
    {
        for &(sample, colour) in &chosen {
            let spectra = matched.iter().filter(|matched| matched.sample == sample);
            curves.extend(spectra.map(|matched| Curve {
                label: String::new(),
                colour,
                stroke: Stroke::Markers(marker),
                points: sparse(matched.published.points.iter().map(|&(k, energy)| (k, energy.log10()))),
            }));
        }
        if !matched.is_empty() {
            curves.push(Curve {
                label: reference.label.clone(),
                colour: GREY,
                stroke: Stroke::Markers(marker),
                points: Vec::new(),
            });
        }
    }
    logarithmic(
        &Frame { dir, name: "spectrum", x: "Wavenumber  k", y: "Energy spectrum  E(k)" },
        true,
        curves,
    )
}

/// Transfer k T(k) and flux of the last sample, divided by the dissipation rate. Over log k, the area
/// under k T is the transfer. False if the file has no transfer or it is zero.
pub fn transfer(dir: &Path, table: &Table, run: &History) -> Result<bool> {
    let Some(rows) = samples(table)?.pop() else { return Ok(false) };
    let (k, time) = (&table.column("k")?[rows.clone()], table.column("time")?[rows.start]);
    let increasing = run.time.is_sorted_by(|a, b| a < b);
    let dissipation = if increasing {
        interpolate(&run.time, &run.dissipation, time)
    } else {
        run.dissipation[run.dissipation.len() - 1]
    };
    let scaled = |name: &str, colour, label: &str, weight: fn(f64) -> f64| {
        let values = &table.find(name)?[rows.clone()];
        let points = k.iter().zip(values).map(|(&k, value)| (k, weight(k) * value / dissipation));
        let points: Vec<_> = points.filter(|(k, value)| *k > 0.0 && value.is_finite()).collect();
        let seen = points.iter().any(|(_, value)| value.abs() > 1e-10);
        seen.then(|| Curve { label: label.into(), colour, stroke: Stroke::Line(2.5), points })
    };
    let mut curves: Vec<Curve> = [
        scaled("transfer", PARTS[0], &format!("k T(k) / ε,  t = {}", significant(time, 4)), |k| k),
        scaled("flux", PARTS[1], "Π(k) / ε", |_| 1.0),
    ]
    .into_iter()
    .flatten()
    .collect();
    let Some([(from, to), _]) = bounds(&curves) else { return Ok(false) };
    curves.insert(0, zero(from, to));
    let frame =
        Frame { dir, name: "transfer", x: "Wavenumber  k", y: "Transfer and flux over dissipation rate" };
    semilogarithmic(&frame, (from, to), curves).map(|()| true)
}

/// One-dimensional spectra of the three components in the last sample, over the wavenumber in each
/// direction. False if there is nothing to draw.
pub fn spectra_1d(dir: &Path, table: &Table) -> Result<bool> {
    let Some(rows) = samples(table)?.pop() else { return Ok(false) };
    let time = table.column("time")?[rows.start];
    let mut curves = Vec::new();
    for (direction, number, stroke) in [
        ("x", "₁", Stroke::Line(3.0)),
        ("y", "₂", Stroke::Line(1.2)),
        ("z", "₃", Stroke::Markers(MarkerShape::Circle)),
    ] {
        let Some(k) = table.find(&format!("k{direction}")).map(|k| &k[rows.clone()]) else { continue };
        for ((component, subscript), colour) in
            [("uu", "₁₁"), ("vv", "₂₂"), ("ww", "₃₃")].into_iter().zip(PARTS)
        {
            let Some(values) = table.find(&format!("{component}_{direction}")) else { continue };
            let positive = k
                .iter()
                .zip(&values[rows.clone()])
                .filter(|&(&k, &value)| k > 0.0 && value > 0.0 && value.is_finite());
            let points = positive.map(|(&k, value)| (k, value.log10()));
            let points = if matches!(stroke, Stroke::Markers(_)) { sparse(points) } else { points.collect() };
            if !points.is_empty() {
                curves.push(Curve { label: format!("E{subscript}(k{number})"), colour, stroke, points });
            }
        }
    }
    if curves.is_empty() {
        return Ok(false);
    }
    let label = format!("One-dimensional spectra,  t = {}", significant(time, 4));
    let frame = Frame { dir, name: "spectra_1d", x: "Wavenumber  k₁,  k₂,  k₃", y: &label };
    logarithmic(&frame, true, curves).map(|()| true)
}
