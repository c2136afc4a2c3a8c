//! 1-D transforms of lines, by RustFFT. Unnormalised, with the signs of `f(x_j) = sum_n f_n exp(+2 pi i n j / N)`. Plans own their
//! scratch space; nothing is allocated after planning.

use super::Real;
use aligned_vec::{AVec, ConstAlign};
use num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::sync::Arc;

/// Lines that begin with a cache line, so that no vector of a transform lies across two of them.
pub type Aligned<T> = AVec<Complex<T>, ConstAlign<64>>;

/// So many zeros.
pub fn aligned<T: Real>(length: usize) -> Aligned<T> {
    AVec::from_iter(64, std::iter::repeat_n(Complex::default(), length))
}

/// Transforms of complex lines of one length.
pub struct ComplexLines<T> {
    forward: Arc<dyn Fft<T>>,
    inverse: Arc<dyn Fft<T>>,
    scratch: Aligned<T>,
}

impl<T: Real> ComplexLines<T> {
    pub fn new(points: usize) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(points), planner.plan_fft_inverse(points));
        let scratch = aligned(forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len()));
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

/// Transforms of real lines, two in one complex line: `f + i g` has the modes `f_n + i g_n`. The lines stay together in between: work at
/// points goes through their values as they lie, f_0, g_0, f_1, g_1, ...
pub struct RealPairs<T> {
    lines: ComplexLines<T>,
}

impl<T: Real> RealPairs<T> {
    pub fn new(points: usize) -> Self {
        Self { lines: ComplexLines::new(points) }
    }

    pub fn points(&self) -> usize {
        self.lines.points()
    }

    /// The `modes` n = 0, 1, .. of two lines f and g, fewer than half of the points, to the points of both. `lines[n * stride]` is f_n
    /// and `lines[n * stride + 1]` is g_n.
    pub fn inverse(&mut self, modes: usize, lines: &[Complex<T>], stride: usize, pair: &mut [Complex<T>]) {
        let points = pair.len();
        let (head, rest) = pair.split_at_mut(modes);
        let (middle, tail) = rest.split_at_mut(points + 1 - 2 * modes);
        head[0] = Complex::new(lines[0].re, lines[1].re);
        // The modes of -n are the conjugates of those of n.
        for ((up, low), modes) in head[1..].iter_mut().zip(tail.iter_mut().rev()).zip(lines[stride..].chunks(stride)) {
            let (f, g) = (modes[0], modes[1]);
            *up = Complex::new(f.re - g.im, f.im + g.re);
            *low = Complex::new(f.re + g.im, g.re - f.im);
        }
        middle.fill(Complex::default());
        self.lines.inverse(pair);
    }

    /// The points of two lines, which are destroyed, to their first `modes` times `factor`, into `lines` as for [`RealPairs::inverse`].
    pub fn forward(&mut self, pair: &mut [Complex<T>], factor: T, modes: usize, lines: &mut [Complex<T>], stride: usize) {
        self.lines.forward(pair);
        let mean = pair[0].scale(factor);
        (lines[0], lines[1]) = (Complex::new(mean.re, T::zero()), Complex::new(mean.im, T::zero()));
        let half = factor * T::of(0.5);
        let (up, low) = (pair[1..modes].iter(), pair.iter().rev());
        for ((p, m), modes) in up.zip(low).zip(lines[stride..].chunks_mut(stride)) {
            modes[0] = Complex::new(p.re + m.re, p.im - m.im).scale(half);
            modes[1] = Complex::new(p.im + m.im, m.re - p.re).scale(half);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ComplexLines, RealPairs};
    use num_complex::Complex;

    #[test]
    fn round_trips_of_all_lengths_the_case_file_allows() {
        for n in [4_usize, 5, 6, 7, 9, 10, 12, 15, 16, 21, 25, 27, 30, 35, 42, 45, 49, 50, 63, 64, 75, 96, 105, 125, 128, 243, 343] {
            let points: Vec<f64> = (0..n).map(|j| ((j * j) as f64 * 0.3).sin()).collect();
            let kept = n.div_ceil(2) - 1;
            let modes = |phase: f64| -> Vec<Complex<f64>> {
                (0..kept).map(|k| Complex::new((k as f64 + phase).cos(), if k == 0 { 0.0 } else { (k as f64 - phase).sin() })).collect()
            };
            let (f, g) = (modes(0.3), modes(0.9));
            let mut real = RealPairs::new(n);
            let mut pair = vec![Complex::default(); n];
            let stride = 3;
            let mut lines: Vec<_> = f.iter().zip(&g).flat_map(|(f, g)| [*f, *g, Complex::default()]).collect();
            real.inverse(kept, &lines, stride, &mut pair);
            for (j, value) in pair.iter().enumerate() {
                let direct = |modes: &[Complex<f64>]| -> f64 {
                    let wave = |k: usize| Complex::cis(std::f64::consts::TAU * ((k * j) % n) as f64 / n as f64);
                    modes.iter().enumerate().map(|(k, m)| (m * wave(k)).re * if k == 0 { 1.0 } else { 2.0 }).sum()
                };
                assert!((value.re - direct(&f)).abs() < 1e-12 && (value.im - direct(&g)).abs() < 1e-12, "points of {n}");
            }
            real.forward(&mut pair, 1.0 / n as f64, kept, &mut lines, stride);
            let mut complex = ComplexLines::new(n);
            let mut line: Vec<Complex<f64>> = points.iter().map(|&p| Complex::new(p, 1.0 - p)).collect();
            complex.forward(&mut line);
            complex.inverse(&mut line);
            for j in 0..n {
                let error = |line: usize, modes: &[Complex<f64>]| (lines[j % kept * stride + line] - modes[j % kept]).norm();
                assert!(error(0, &f) < 1e-14 && error(1, &g) < 1e-14, "real {n}");
                assert!((line[j] / n as f64 - Complex::new(points[j], 1.0 - points[j])).norm() < 1e-14, "complex {n}");
            }
        }
    }
}
