//! The keys of homogeneous cases.

mod initial;
mod mean;
mod turbulence;
