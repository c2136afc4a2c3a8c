//! RustFFT's plans in both precisions.
//!
//! RustFFT is generic: whoever plans a transform compiles all of its kernels, a quarter of
//! rogallo's machine code. In a crate of its own they are compiled once, and not again with every
//! edit.

pub use rustfft::{Fft, FftNum};
use rustfft::{FftPlanner, FftPlannerScalar};
use std::sync::Arc;

/// The forward and the inverse transform of complex lines of one length.
pub type Plans<T> = [Arc<dyn Fft<T>>; 2];

/// Plans for lines of single-precision numbers, without vector instructions if `is_scalar`.
pub fn f32(points: usize, is_scalar: bool) -> Plans<f32> {
    plan(points, is_scalar)
}

/// Plans for lines of double-precision numbers, without vector instructions if `is_scalar`.
pub fn f64(points: usize, is_scalar: bool) -> Plans<f64> {
    plan(points, is_scalar)
}

fn plan<T: FftNum>(points: usize, is_scalar: bool) -> Plans<T> {
    if is_scalar {
        let mut planner = FftPlannerScalar::new();
        return [planner.plan_fft_forward(points), planner.plan_fft_inverse(points)];
    }
    let mut planner = FftPlanner::new();
    [planner.plan_fft_forward(points), planner.plan_fft_inverse(points)]
}
