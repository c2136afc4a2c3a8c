//! The figures of a run. A figure is a list of curves in a frame.

mod history;
mod spectral;

pub use history::{balance, dissipation, energy, skewness, stresses};
pub use spectral::{spectra_1d, spectrum, transfer};
