//! RustFFT's plans in both precisions.
//!
//! RustFFT is generic: whoever plans a transform compiles all of its kernels, a quarter of
//! rogallo's machine code. In a crate of its own they are compiled once, and not again with every
//! edit.

use rustfft::FftPlanner;
pub use rustfft::{Fft, FftNum};
use std::sync::Arc;

/// The forward and the inverse transform of complex lines of one length.
pub type Plans<T> = [Arc<dyn Fft<T>>; 2];

/// Plans for lines of single-precision numbers.
pub fn f32(points: usize) -> Plans<f32> {
    plan(points)
}

/// Plans for lines of double-precision numbers.
pub fn f64(points: usize) -> Plans<f64> {
    plan(points)
}

fn plan<T: FftNum>(points: usize) -> Plans<T> {
    let mut planner = FftPlanner::new();
    [planner.plan_fft_forward(points), planner.plan_fft_inverse(points)]
}
