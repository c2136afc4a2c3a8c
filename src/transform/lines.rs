//! 1-D transforms of lines, by RustFFT. Unnormalised, with the signs of
//! `f(x_j) = sum_n f_n exp(+2 pi i n j / N)`. Plans own their scratch space; nothing is allocated
//! after planning.

use super::Real;
use aligned_vec::{AVec, ConstAlign};
use num_complex::Complex;
use rogallo_plans::Plans;

/// Lines that begin with a cache line, so that no vector of a transform lies across two of them.
pub type Aligned<T> = AVec<Complex<T>, ConstAlign<64>>;

/// An aligned line of zeros.
pub fn aligned<T: Real>(length: usize) -> Aligned<T> {
    AVec::from_iter(64, std::iter::repeat_n(Complex::default(), length))
}

/// Real numbers that begin with a cache line.
pub type AlignedReals<T> = AVec<T, ConstAlign<64>>;

/// An aligned line of real zeros.
pub fn aligned_reals<T: Real>(length: usize) -> AlignedReals<T> {
    AVec::from_iter(64, std::iter::repeat_n(T::zero(), length))
}

/// Transforms of complex lines of one length.
pub struct ComplexLines<T> {
    /// Forward and inverse.
    plans: Plans<T>,
    scratch: Aligned<T>,
}

impl<T: Real> ComplexLines<T> {
    pub fn new(points: usize) -> Self {
        let plans = T::plans(points);
        let scratch = plans.iter().map(|plan| plan.get_inplace_scratch_len()).max();
        Self { scratch: aligned(scratch.unwrap_or(0)), plans }
    }

    pub fn points(&self) -> usize {
        self.plans[0].len()
    }

    /// Points to modes, in place.
    pub fn forward(&mut self, line: &mut [Complex<T>]) {
        self.plans[0].process_with_scratch(line, &mut self.scratch);
    }

    /// Modes to points, in place.
    pub fn inverse(&mut self, line: &mut [Complex<T>]) {
        self.plans[1].process_with_scratch(line, &mut self.scratch);
    }
}

#[cfg(test)]
mod tests {
    use super::ComplexLines;
    use num_complex::Complex;

    #[test]
    fn round_trips_of_all_lengths_the_case_file_allows() {
        for n in [
            4_usize, 5, 6, 7, 9, 10, 12, 15, 16, 21, 25, 27, 30, 35, 42, 45, 49, 50, 63, 64, 75, 96, 105,
            125, 128, 243, 343,
        ] {
            let point = |j: usize| Complex::new(((j * j) as f64 * 0.3).sin(), 1.0 - j as f64 / n as f64);
            let mut complex = ComplexLines::new(n);
            let mut line: Vec<Complex<f64>> = (0..n).map(point).collect();
            complex.forward(&mut line);
            let mode = |k: usize| -> Complex<f64> {
                (0..n)
                    .map(|j| {
                        point(j) * Complex::cis(-std::f64::consts::TAU * ((j * k) % n) as f64 / n as f64)
                    })
                    .sum()
            };
            assert!((line[n - 1] - mode(n - 1)).norm() < 1e-12, "{n}");
            complex.inverse(&mut line);
            for (j, value) in line.iter().enumerate() {
                assert!((value / n as f64 - point(j)).norm() < 1e-14, "{n}");
            }
        }
    }
}
