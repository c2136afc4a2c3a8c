//! 1-D transforms of lines, by RustFFT. Unnormalised, with the signs of `f(x_j) = sum_n f_n exp(+2 pi i n j / N)`. Plans own their
//! scratch space; nothing is allocated after planning.

use super::{Real, vectorised};
use num_complex::Complex;
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

    /// The modes n = 0, 1, .. of two lines, fewer than half of the points, to the points of both.
    pub fn inverse(&mut self, f: &[Complex<T>], g: &[Complex<T>], pair: &mut [Complex<T>]) {
        let (kept, points) = (f.len(), pair.len());
        let (head, rest) = pair.split_at_mut(kept);
        let (middle, tail) = rest.split_at_mut(points + 1 - 2 * kept);
        vectorised(
            #[inline(always)]
            || {
                for ((p, f), g) in head.iter_mut().zip(f).zip(g) {
                    *p = Complex::new(f.re - g.im, f.im + g.re);
                }
                // The modes of -n are the conjugates of those of n.
                for ((p, f), g) in tail.iter_mut().rev().zip(&f[1..]).zip(&g[1..]) {
                    *p = Complex::new(f.re + g.im, g.re - f.im);
                }
            },
        );
        head[0] = Complex::new(f[0].re, g[0].re);
        middle.fill(Complex::default());
        self.lines.inverse(pair);
    }

    /// The points of two lines, which are destroyed, to their first modes.
    pub fn forward(&mut self, pair: &mut [Complex<T>], f: &mut [Complex<T>], g: &mut [Complex<T>]) {
        self.lines.forward(pair);
        let half = T::of(0.5);
        let mean = pair[0];
        vectorised(
            #[inline(always)]
            || {
                for (((p, m), f), g) in pair[1..].iter().zip(pair.iter().rev()).zip(&mut f[1..]).zip(&mut g[1..]) {
                    *f = Complex::new((p.re + m.re) * half, (p.im - m.im) * half);
                    *g = Complex::new((p.im + m.im) * half, (m.re - p.re) * half);
                }
            },
        );
        (f[0], g[0]) = (Complex::new(mean.re, T::zero()), Complex::new(mean.im, T::zero()));
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
            real.inverse(&f, &g, &mut pair);
            for (j, value) in pair.iter().enumerate() {
                let direct = |modes: &[Complex<f64>]| -> f64 {
                    let wave = |k: usize| Complex::cis(std::f64::consts::TAU * ((k * j) % n) as f64 / n as f64);
                    modes.iter().enumerate().map(|(k, m)| (m * wave(k)).re * if k == 0 { 1.0 } else { 2.0 }).sum()
                };
                assert!((value.re - direct(&f)).abs() < 1e-12 && (value.im - direct(&g)).abs() < 1e-12, "points of {n}");
            }
            let (mut f_back, mut g_back) = (vec![Complex::default(); kept], vec![Complex::default(); kept]);
            real.forward(&mut pair, &mut f_back, &mut g_back);
            let mut complex = ComplexLines::new(n);
            let mut line: Vec<Complex<f64>> = points.iter().map(|&p| Complex::new(p, 1.0 - p)).collect();
            complex.forward(&mut line);
            complex.inverse(&mut line);
            for j in 0..n {
                let error = |back: &[Complex<f64>], modes: &[Complex<f64>]| (back[j % kept] / n as f64 - modes[j % kept]).norm();
                assert!(error(&f_back, &f) < 1e-14 && error(&g_back, &g) < 1e-14, "real {n}");
                assert!((line[j] / n as f64 - Complex::new(points[j], 1.0 - points[j])).norm() < 1e-14, "complex {n}");
            }
        }
    }
}
