//! Transforms of real lines that lie abreast. Two lines f and g make one complex line `f + i g`,
//! whose modes are `f_n + i g_n`; they stay together in between, and points come in the order of
//! [`Stages`]: work at points goes through their values as they lie.

use super::Real;
use super::abreast::{Group, Stages};
use super::butterflies::Numbers;
use super::vectors::Vector;
use num_complex::Complex;
use pulp::{Simd, WithSimd};

/// Transforms of groups of real lines of one length; `T::ABREAST` lines are a group. A group is
/// `[point][share][f or g][pair]`, N times `ABREAST` numbers.
pub struct RealLines<T> {
    stages: Stages<T>,
    /// The places in a group of the numbers of line 0, 1, .. of point 0.
    of_line: Vec<usize>,
}

impl<T: Real> RealLines<T> {
    /// `points` have no prime factors but 2, 3, 5 and 7, as the case file demands.
    pub fn new(points: usize) -> Self {
        let mut lines = Self { stages: Stages::new(points), of_line: vec![0; T::ABREAST] };
        // Lines of different values tell where each comes to lie: on this processor.
        let constants: Vec<_> =
            (0..T::ABREAST).map(|line| Complex::new(T::of(line as f64), T::zero())).collect();
        let mut group = vec![T::zero(); points * T::ABREAST];
        lines.inverse(1, &constants, T::ABREAST, &mut group);
        for (place, line) in group[..T::ABREAST].iter().enumerate() {
            lines.of_line[line.wide().round() as usize] = place;
        }
        lines
    }

    pub fn points(&self) -> usize {
        self.stages.points()
    }

    /// The place in a group of a point of a line.
    pub fn place(&self, line: usize, point: usize) -> usize {
        self.stages.place(point) + self.of_line[line]
    }

    /// The `modes` n = 0, 1, .. of the lines of a group, fewer than half of the points, to its
    /// points. `lines[n * stride + l]` is mode n of line l.
    pub fn inverse(&self, modes: usize, lines: &[Complex<T>], stride: usize, group: &mut [T]) {
        self.stages.arch.dispatch(Inverse { plan: &self.stages, modes, lines, stride, group });
    }

    /// The points of the lines of a group, which is destroyed, to their first `modes` times
    /// `factor`, into `lines` as for [`RealLines::inverse`].
    pub fn forward(&self, group: &mut [T], factor: T, modes: usize, lines: &mut [Complex<T>], stride: usize) {
        self.stages.arch.dispatch(Forward { plan: &self.stages, modes, lines, stride, group, factor });
    }
}

struct Inverse<'a, T> {
    plan: &'a Stages<T>,
    modes: usize,
    lines: &'a [Complex<T>],
    stride: usize,
    group: &'a mut [T],
}

impl<T: Real> WithSimd for Inverse<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, modes, lines, stride, group } = self;
        let mut group = Group::new(simd, group);
        for part in 0..Group::<S, T>::PARTS {
            group.part = part;
            for n in 0..modes {
                let row = T::vectors::<S>(bytemuck::cast_slice(&lines[n * stride..][..T::ABREAST]));
                let row = &row[4 * part..4 * part + 4];
                let [f_re, f_im, g_re, g_im] = T::deinterleave(simd, [row[0], row[1], row[2], row[3]])
                    .map(|numbers| Vector::new(simd, numbers));
                if n == 0 {
                    group.store::<false>(0, Numbers { re: f_re, im: g_re });
                } else {
                    // The modes of -n are the conjugates of those of n.
                    group.store::<false>(n, Numbers { re: f_re - g_im, im: f_im + g_re });
                    group.store::<false>(plan.points() - n, Numbers { re: f_re + g_im, im: g_re - f_im });
                }
            }
            group.fill_with_zeros(modes..plan.points() + 1 - modes);
            plan.to_points(&mut group);
        }
    }
}

struct Forward<'a, T> {
    plan: &'a Stages<T>,
    modes: usize,
    lines: &'a mut [Complex<T>],
    stride: usize,
    group: &'a mut [T],
    factor: T,
}

impl<T: Real> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, modes, lines, stride, group, factor } = self;
        let mut group = Group::new(simd, group);
        let half = factor * T::of(0.5);
        let zero = Vector::new(simd, T::splat(simd, T::zero()));
        for part in 0..Group::<S, T>::PARTS {
            group.part = part;
            plan.to_modes(&mut group);
            for n in 0..modes {
                let p = group.load::<false>(n);
                let of_lines = if n == 0 {
                    [p.re * factor, zero, p.im * factor, zero]
                } else {
                    let m = group.load::<false>(plan.points() - n);
                    [(p.re + m.re) * half, (p.im - m.im) * half, (p.im + m.im) * half, (m.re - p.re) * half]
                };
                let row =
                    T::vectors_mut::<S>(bytemuck::cast_slice_mut(&mut lines[n * stride..][..T::ABREAST]));
                let together = T::interleave(simd, of_lines.map(|vector| vector.numbers));
                row[4 * part..4 * part + 4].copy_from_slice(&together);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Real;
    use super::RealLines;
    use num_complex::Complex;

    fn round_trips<T: Real>([of_points, of_modes]: [f64; 2]) {
        for points in [
            4_usize, 5, 6, 7, 8, 9, 10, 12, 15, 16, 21, 25, 27, 30, 32, 35, 42, 45, 49, 63, 64, 75, 96, 105,
            128, 192, 243, 343, 512,
        ] {
            let lines = RealLines::<T>::new(points);
            let (kept, stride) = (points.div_ceil(2) - 1, T::ABREAST + 3);
            let mode = |n: usize, line: usize| {
                let phase = n as f64 * 1.3 + line as f64;
                Complex::new(phase.cos(), if n == 0 { 0.0 } else { (0.7 * phase).sin() }) / (1.0 + n as f64)
            };
            let modes: Vec<Complex<T>> = (0..kept * stride)
                .map(|i| mode(i / stride, i % stride))
                .map(|m| Complex::new(T::of(m.re), T::of(m.im)))
                .collect();
            let mut group = vec![T::zero(); points * T::ABREAST];
            lines.inverse(kept, &modes, stride, &mut group);
            for (line, point) in [0, 1, T::ABREAST / 2, T::ABREAST - 1]
                .into_iter()
                .flat_map(|line| (0..points).map(move |point| (line, point)))
            {
                let wave = |n: usize| {
                    Complex::cis(std::f64::consts::TAU * ((n * point) % points) as f64 / points as f64)
                };
                let direct: f64 =
                    (0..kept).map(|n| (mode(n, line) * wave(n)).re * if n == 0 { 1.0 } else { 2.0 }).sum();
                let error = (group[lines.place(line, point)].wide() - direct).abs();
                assert!(error < of_points, "{points} points, line {line}, point {point}: off by {error:e}");
            }
            let mut back = vec![Complex::new(T::of(7.0), T::zero()); modes.len()];
            lines.forward(&mut group, T::of(1.0 / points as f64), kept, &mut back, stride);
            for (i, (back, mode)) in back.iter().zip(&modes).enumerate() {
                let expected =
                    if i % stride < T::ABREAST { *mode } else { Complex::new(T::of(7.0), T::zero()) };
                assert!(
                    (*back - expected).norm_sqr().wide().sqrt() < of_modes,
                    "{points} points, mode {}, line {}",
                    i / stride,
                    i % stride
                );
            }
        }
    }

    #[test]
    fn round_trips_of_all_lengths_the_case_file_allows() {
        round_trips::<f64>([2e-14, 1e-14]);
        round_trips::<f32>([3e-6, 3e-6]);
    }
}
