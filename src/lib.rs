//! rogallo: direct numerical simulation of turbulence, pseudo-spectral, on any number of MPI ranks.

pub mod error;
pub mod flow;
pub mod homogeneous;
pub mod parallel;
pub mod statistics;
pub mod time;
pub mod transform;
