//! The figures of a run. A figure is a list of curves in a frame.

pub mod frame;
mod history;
mod spectral;

pub use history::{balance, dissipation, energy, skewness, stresses};
pub use spectral::{sparse, spectra_1d, spectrum, transfer};
