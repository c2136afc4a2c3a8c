//! The figures of a run of this flow.

mod history;
mod spectral;

pub use history::{balance, dissipation, energy, skewness, stresses};
pub use spectral::{spectra_1d, spectrum, transfer};
