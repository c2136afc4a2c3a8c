//! Figures over wavenumbers: energy spectra, transfer and flux, one-dimensional spectra.

use super::super::reference::{Matched, PublishedSpectra};
use crate::error::Result;
use crate::figure::palette::{CURVES, GREY, in_time};
use crate::figure::{Axis, Dash, Layer, Panel, Scale, plain};
use crate::report::cubic::interpolate;
use crate::report::gallery::{Gallery, REFERENCES, axis, extent, sparse, spectral_panel, zero};
use crate::report::rows::significant;
use crate::report::series::{History, Spectrum, Table, samples};

/// Spectra that are shown at most.
const SHOWN: usize = 6;

/// Up to six energy spectra from the first to the last sample, and the slope of the inertial range. With
/// `references`, the spectra at their times, and the references as markers of the same colour.
pub fn spectrum(gallery: &Gallery, run: &[Spectrum], references: &[PublishedSpectra]) -> Result<()> {
    let matched: Vec<Vec<Matched>> = references.iter().map(|reference| reference.matched(run)).collect();
    let mut common: Vec<usize> = matched.iter().flatten().map(|matched| matched.sample).collect();
    common.sort_unstable();
    common.dedup();
    let candidates = if common.is_empty() { (0..run.len()).collect() } else { common };
    let shown = candidates.len().min(SHOWN);
    let evenly = |i: usize| i * (candidates.len() - 1) / (shown - 1).max(1);
    let chosen: Vec<_> = (0..shown).map(|i| (candidates[evenly(i)], in_time(i, shown))).collect();

    let mut layers: Vec<Layer> = chosen
        .iter()
        .map(|&(sample, colour)| {
            let label = format!("$t = {}$", significant(run[sample].time, 4));
            Layer::line(label, colour, run[sample].positive().collect())
        })
        .collect();
    for ((reference, matched), (_, marker)) in
        references.iter().zip(&matched).zip(REFERENCES.into_iter().cycle())
    {
        for &(sample, colour) in &chosen {
            let spectra = matched.iter().filter(|matched| matched.sample == sample);
            layers.extend(spectra.map(|matched| {
                Layer::markers("", colour, marker, sparse(matched.published.points.iter().copied()))
            }));
        }
        if !matched.is_empty() {
            layers.push(Layer::markers(plain(&reference.label), GREY, marker, Vec::new()));
        }
    }
    gallery.draw("spectrum", spectral_panel("Wavenumber  $k$", "Energy spectrum  $E(k)$", layers))
}

/// Transfer k T(k) and flux of the last sample, divided by the dissipation rate. Over log k, the area
/// under k T is the transfer. False if the file has no transfer or it is zero.
pub fn transfer(gallery: &Gallery, table: &Table, run: &History) -> Result<bool> {
    let Some(rows) = samples(table)?.pop() else { return Ok(false) };
    let (k, time) = (&table.column("k")?[rows.clone()], table.column("time")?[rows.start]);
    let increasing = run.time.is_sorted_by(|a, b| a < b);
    let dissipation = if increasing {
        interpolate(&run.time, &run.dissipation, time)
    } else {
        run.dissipation[run.dissipation.len() - 1]
    };
    let scaled = |name: &str, colour, label: String, weight: fn(f64) -> f64| {
        let values = &table.find(name)?[rows.clone()];
        let points = k.iter().zip(values).map(|(&k, value)| (k, weight(k) * value / dissipation));
        let points: Vec<_> = points.filter(|(k, value)| *k > 0.0 && value.is_finite()).collect();
        let seen = points.iter().any(|(_, value)| value.abs() > 1e-10);
        seen.then(|| Layer::line(label, colour, points))
    };
    let transfer = format!("$k T(k) / ε$,  $t = {}$", significant(time, 4));
    let layers = [
        scaled("transfer", CURVES[0], transfer, |k| k),
        scaled("flux", CURVES[1], "$Π(k) / ε$".into(), |_| 1.0),
    ];
    let mut layers: Vec<Layer> = layers.into_iter().flatten().collect();
    let Some(range) = extent(&layers) else { return Ok(false) };
    layers.insert(0, zero(range));
    let x = axis("Wavenumber  $k$", Scale::Logarithmic, range);
    let y = Axis::linear("Transfer and flux over dissipation rate");
    gallery.draw("transfer", Panel::new(x, y, layers)).map(|()| true)
}

/// One-dimensional spectra of the three components in the last sample, over the wavenumber in each
/// direction. False if there is nothing to draw.
pub fn spectra_1d(gallery: &Gallery, table: &Table) -> Result<bool> {
    let Some(rows) = samples(table)?.pop() else { return Ok(false) };
    let time = table.column("time")?[rows.start];
    let mut layers = Vec::new();
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
                layers.push(Layer::line(label, colour, points).dashed(dash));
            }
        }
    }
    if layers.is_empty() {
        return Ok(false);
    }
    let y = format!("One-dimensional spectra,  $t = {}$", significant(time, 4));
    gallery.draw("spectra_1d", spectral_panel("Wavenumber  $k_1$,  $k_2$,  $k_3$", &y, layers))?;
    Ok(true)
}
