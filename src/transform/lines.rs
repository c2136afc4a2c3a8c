//! 1-D transforms of single lines: RustFFT for complex lines, realfft for real ones. Unnormalised, sign conventions
//! `f(x_j) = sum_n f_n exp(+2 pi i n j / N)`. Plans own their scratch space; nothing is allocated after planning.

use super::Real;
use num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};
use std::sync::Arc;

/// Transforms of complex lines of one length.
pub struct ComplexLines<T> {
    forward: Arc<dyn Fft<T>>,
    inverse: Arc<dyn Fft<T>>,
    scratch: Vec<Complex<T>>,
}

impl<T: Real> ComplexLines<T> {
    pub fn new(points: usize) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(points), planner.plan_fft_inverse(points));
        let scratch = vec![Complex::default(); forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len())];
        Self { forward, inverse, scratch }
    }

    pub fn points(&self) -> usize {
        self.forward.len()
    }

    /// Points to modes, in place.
    pub fn forward(&mut self, line: &mut [Complex<T>]) {
        self.forward.process_with_scratch(line, &mut self.scratch);
    }

    /// Modes to points, in place.
    pub fn inverse(&mut self, line: &mut [Complex<T>]) {
        self.inverse.process_with_scratch(line, &mut self.scratch);
    }
}

/// Transforms between real lines and their modes n = 0 .. N/2.
pub struct RealLines<T> {
    forward: Arc<dyn RealToComplex<T>>,
    inverse: Arc<dyn ComplexToReal<T>>,
    modes: Vec<Complex<T>>,
    scratch: Vec<Complex<T>>,
}

impl<T: Real> RealLines<T> {
    pub fn new(points: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(points), planner.plan_fft_inverse(points));
        let scratch = vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())];
        Self { modes: forward.make_output_vec(), forward, inverse, scratch }
    }

    pub fn points(&self) -> usize {
        self.forward.len()
    }

    /// The first modes of a line, the others taken as zero, to its points. `fill` writes the first modes.
    pub fn inverse(&mut self, kept: usize, fill: impl FnOnce(&mut [Complex<T>]), line: &mut [T]) {
        let (head, tail) = self.modes.split_at_mut(kept);
        fill(head);
        // The mean of a real line is real; realfft asks that it be exactly so.
        head[0].im = T::zero();
        tail.fill(Complex::default());
        let done = self.inverse.process_with_scratch(&mut self.modes, line, &mut self.scratch);
        debug_assert!(done.is_ok());
    }

    /// The points of a line, which are destroyed, to its modes n = 0 .. N/2.
    pub fn forward(&mut self, line: &mut [T]) -> &[Complex<T>] {
        let done = self.forward.process_with_scratch(line, &mut self.modes, &mut self.scratch);
        debug_assert!(done.is_ok());
        &self.modes
    }
}

#[cfg(test)]
mod tests {
    use super::{ComplexLines, RealLines};
    use num_complex::Complex;

    #[test]
    fn round_trips_of_all_lengths_the_case_file_allows() {
        for n in [4, 5, 6, 7, 9, 10, 12, 15, 16, 21, 25, 27, 30, 35, 42, 45, 49, 50, 63, 64, 75, 96, 105, 125, 128, 243, 343] {
            let points: Vec<f64> = (0..n).map(|j| ((j * j) as f64 * 0.3).sin()).collect();
            let mut real = RealLines::new(n);
            let modes = real.forward(&mut points.clone()).to_vec();
            let mut back = vec![0.0; n];
            real.inverse(modes.len(), |head| head.copy_from_slice(&modes), &mut back);
            let mut complex = ComplexLines::new(n);
            let mut line: Vec<Complex<f64>> = points.iter().map(|&p| Complex::new(p, 1.0 - p)).collect();
            complex.forward(&mut line);
            complex.inverse(&mut line);
            for j in 0..n {
                assert!((back[j] / n as f64 - points[j]).abs() < 1e-14, "real {n}");
                assert!((line[j] / n as f64 - Complex::new(points[j], 1.0 - points[j])).norm() < 1e-14, "complex {n}");
            }
        }
    }
}
