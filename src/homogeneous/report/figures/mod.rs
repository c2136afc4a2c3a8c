//! The figures of a run of this flow.

mod growth;
mod history;
mod kolmogorov;
mod lumley;
mod scales;
mod spectral;

use super::length_scales::LengthScales;
use super::reference::References;
use super::{Run, Tables};
use crate::error::Result;
use crate::report::convergence;
use crate::report::plot::Figure;

/// The figures for which a run has data. Several runs (not `alone`) share figures of what they have in
/// common: of spectra, the last sample.
///
/// # Errors
/// A malformed table.
pub fn of(run: &Run, references: &References, alone: bool) -> Result<Vec<Figure>> {
    let Tables { shells, lines, budget, .. } = &run.tables;
    let mut figures =
        vec![history::dissipation(run, &references.histories), history::energy(run, &references.histories)];
    if !run.spectra.is_empty() {
        figures.push(spectral::spectrum(run, &references.spectra, alone));
        figures.extend(kolmogorov::spectra(run, alone));
    }
    figures.extend(history::balance(run));
    figures.extend(growth::production(run));
    figures.extend(history::stresses(run, &references.stresses));
    figures.extend(lumley::triangle(run));
    figures.extend(run.decay.iter().flatten().map(|decay| scales::decay(run, decay)));
    if let Some(table) = shells {
        figures.extend(spectral::transfer(table, &run.history, alone)?);
    }
    if let Some(table) = lines {
        figures.extend(spectral::spectra_1d(table, alone)?);
        figures.extend(LengthScales::of(table)?.and_then(|lengths| scales::length_scales(run, &lengths)));
    }
    figures.extend(budget.as_ref().and_then(|budget| history::skewness(run, budget)));
    if let Some(Ok(averages)) = &run.averages {
        figures.extend(convergence::figure("Time averaged  $t / T$", &averages.convergence));
    }
    Ok(figures)
}
