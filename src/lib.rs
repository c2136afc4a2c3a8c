//! rogallo: direct numerical simulation of turbulence, pseudo-spectral, on any number of MPI ranks.

pub mod case;
pub mod error;
pub mod parallel;
