//! Transforms of real lines that lie abreast: the vectors of the processor go across them, so that nothing is turned within a vector and a line may
//! be far longer than what is moved at a time. Two to three times as fast as one line after the other (docs/performance.md).
//!
//! Two real lines f and g make one complex line `f + i g`, whose modes are `f_n + i g_n`. Points come in an order that saves sorting them: work at
//! points does not ask for it ([`RealLines::place`] tells it). Stages of small radix (Cooley & Tukey 1965; decimation in frequency to the points, in
//! time back) work in place:
//!
//! ```text
//!     N = R M:    x_{r + R j} = sum_{k < M} exp(2 pi i k j / M) [ w^{k r} sum_{q < R} exp(2 pi i q r / R) X_{k + M q} ],    w = exp(2 pi i / N)
//! ```
//!
//! and what the bracket gives for one r is a line of M modes, to which the next stage does the same.

use super::Real;
use super::vectors::{Vector, Vectors};
use num_complex::Complex;
use pulp::{Arch, Simd, WithSimd};
use std::f64::consts::TAU;
use std::ops::{Add, Sub};

/// Transforms of groups of real lines of one length; `T::ABREAST` lines are a group. A group is `[point][f or g][pair]`, 2 N times half of `ABREAST` numbers.
pub struct RealLines<T> {
    stages: Stages<T>,
    /// Where in a group the numbers are that belong to line 0, 1, .. of point 0.
    of_line: Vec<usize>,
}

/// Transforms of groups of complex lines of one length, which lie as those of [`RealLines`].
pub struct Stages<T> {
    points: usize,
    stages: Vec<Stage<T>>,
    arch: Arch,
    /// Where in a group the numbers are that belong to the points 0, 1, ..
    of_point: Vec<usize>,
}

/// From lines of R M modes to R lines of M modes each, or back.
struct Stage<T> {
    radix: usize,
    /// M.
    modes: usize,
    /// `exp(2 pi i q / R)`.
    roots: Vec<[T; 2]>,
    /// `w^{k r}` for r = 1 .. R - 1, k after k.
    twiddles: Vec<[T; 2]>,
}

impl<T: Real> RealLines<T> {
    /// `points` have no prime factors but 2, 3, 5 and 7, as the case file demands.
    pub fn new(points: usize) -> Self {
        let mut lines = Self { stages: Stages::new(points), of_line: vec![0; T::ABREAST] };
        // Lines of different values tell where each comes to lie: on this processor.
        let constants: Vec<_> = (0..T::ABREAST).map(|line| Complex::new(T::of(line as f64), T::zero())).collect();
        let mut group = vec![T::zero(); points * T::ABREAST];
        lines.inverse(1, &constants, T::ABREAST, &mut group);
        for (place, line) in group[..T::ABREAST].iter().enumerate() {
            lines.of_line[line.wide().round() as usize] = place;
        }
        lines
    }

    pub fn points(&self) -> usize {
        self.stages.points
    }

    /// Where in a group a point of a line is.
    pub fn place(&self, line: usize, point: usize) -> usize {
        self.stages.of_point[point] + self.of_line[line]
    }

    /// The `modes` n = 0, 1, .. of the lines of a group, fewer than half of the points, to its points. `lines[n * stride + l]` is mode n of line l.
    pub fn inverse(&self, modes: usize, lines: &[Complex<T>], stride: usize, group: &mut [T]) {
        self.stages.arch.dispatch(Inverse { plan: &self.stages, modes, lines, stride, group });
    }

    /// The points of the lines of a group, which is destroyed, to their first `modes` times `factor`, into `lines` as for [`RealLines::inverse`].
    pub fn forward(&self, group: &mut [T], factor: T, modes: usize, lines: &mut [Complex<T>], stride: usize) {
        self.stages.arch.dispatch(Forward { plan: &self.stages, modes, lines, stride, group, factor });
    }
}

impl<T: Real> Stages<T> {
    /// `points` have no prime factors but 2, 3, 5 and 7, as the case file demands.
    pub fn new(points: usize) -> Self {
        let root = |n: usize, length: usize| {
            let (sin, cos) = (TAU * (n % length) as f64 / length as f64).sin_cos();
            [T::of(cos), T::of(sin)]
        };
        let mut length = points;
        let mut stages = Vec::new();
        while length > 1 {
            let radix = next_radix(length);
            let modes = length / radix;
            let twiddles = (0..modes).flat_map(|k| (1..radix).map(move |r| root(k * r, length))).collect();
            stages.push(Stage { radix, modes, roots: (0..radix).map(|q| root(q, radix)).collect(), twiddles });
            length = modes;
        }
        let mut of_point = vec![0; points];
        for place in 0..points {
            let (mut point, mut step, mut rest) = (0, 1, place);
            for stage in &stages {
                point += step * (rest / stage.modes);
                (step, rest) = (step * stage.radix, rest % stage.modes);
            }
            of_point[point] = place * T::ABREAST;
        }
        Self { points, stages, arch: Arch::new(), of_point }
    }

    pub fn points(&self) -> usize {
        self.points
    }

    /// Where in a group the numbers of a point are: the real parts of all its lines, then the imaginary parts.
    pub fn place(&self, point: usize) -> usize {
        self.of_point[point]
    }

    /// Modes, in the order 0, 1, .., -1, to points.
    pub fn inverse(&self, group: &mut [T]) {
        self.arch.dispatch(ToPoints { plan: self, group });
    }

    #[inline(always)]
    fn to_points<S: Simd>(&self, group: &mut Group<'_, S, T>) {
        for stage in &self.stages {
            match stage.radix {
                2 => group.divide::<2>(self.points, stage),
                3 => group.divide::<3>(self.points, stage),
                4 => group.divide::<4>(self.points, stage),
                5 => group.divide::<5>(self.points, stage),
                7 => group.divide::<7>(self.points, stage),
                _ => group.divide::<8>(self.points, stage),
            }
        }
    }

    #[inline(always)]
    fn to_modes<S: Simd>(&self, group: &mut Group<'_, S, T>) {
        for stage in self.stages.iter().rev() {
            match stage.radix {
                2 => group.unite::<2>(self.points, stage),
                3 => group.unite::<3>(self.points, stage),
                4 => group.unite::<4>(self.points, stage),
                5 => group.unite::<5>(self.points, stage),
                7 => group.unite::<7>(self.points, stage),
                _ => group.unite::<8>(self.points, stage),
            }
        }
    }
}

/// Fours first: their stages are the cheapest; eight where they would leave a two.
fn next_radix(length: usize) -> usize {
    match [8, 4, 7, 5, 3, 2].into_iter().find(|radix| length.is_multiple_of(*radix) && (*radix != 8 || length.trailing_zeros() == 3)) {
        Some(radix) => radix,
        None => panic!("a line of {length} points has another prime factor than 2, 3, 5 and 7"),
    }
}

/// Complex numbers of some pairs of lines.
#[derive(Clone, Copy)]
struct Numbers<S: Simd, T: Vectors> {
    re: Vector<S, T>,
    im: Vector<S, T>,
}

impl<S: Simd, T: Real> Numbers<S, T> {
    #[inline(always)]
    fn times(self, [cos, sin]: [T; 2]) -> Self {
        Self { re: self.im.times_plus(-sin, self.re * cos), im: self.im.times_plus(cos, self.re * sin) }
    }

    /// `self + i other`.
    #[inline(always)]
    fn plus_i(self, other: Self) -> Self {
        Self { re: self.re - other.im, im: self.im + other.re }
    }

    /// `self - i other`.
    #[inline(always)]
    fn minus_i(self, other: Self) -> Self {
        Self { re: self.re + other.im, im: self.im - other.re }
    }

    /// `self x + other`.
    #[inline(always)]
    fn times_plus(self, x: T, other: Self) -> Self {
        Self { re: self.re.times_plus(x, other.re), im: self.im.times_plus(x, other.im) }
    }
}

impl<S: Simd, T: Real> Add for Numbers<S, T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<S: Simd, T: Real> Sub for Numbers<S, T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

/// Transforms of R numbers: `y_r = sum_q exp(2 pi i q r / R) x_q`.
trait Butterfly<S: Simd, T: Vectors, const R: usize> {
    fn butterfly(x: [Numbers<S, T>; R], roots: &[[T; 2]]) -> [Numbers<S, T>; R];
}

struct Radix;

impl<S: Simd, T: Real> Butterfly<S, T, 2> for Radix {
    #[inline(always)]
    fn butterfly([a, b]: [Numbers<S, T>; 2], _: &[[T; 2]]) -> [Numbers<S, T>; 2] {
        [a + b, a - b]
    }
}

impl<S: Simd, T: Real> Butterfly<S, T, 4> for Radix {
    #[inline(always)]
    fn butterfly([a, b, c, d]: [Numbers<S, T>; 4], _: &[[T; 2]]) -> [Numbers<S, T>; 4] {
        let (even, odd, difference, turned) = (a + c, b + d, a - c, b - d);
        [even + odd, difference.plus_i(turned), even - odd, difference.minus_i(turned)]
    }
}

impl<S: Simd, T: Real> Butterfly<S, T, 8> for Radix {
    #[inline(always)]
    fn butterfly(x: [Numbers<S, T>; 8], roots: &[[T; 2]]) -> [Numbers<S, T>; 8] {
        let of_four = <Self as Butterfly<S, T, 4>>::butterfly;
        let even = of_four([x[0], x[2], x[4], x[6]], roots);
        let odd = of_four([x[1], x[3], x[5], x[7]], roots);
        // exp(2 pi i / 8) = h (1 + i)
        let h = roots[1][0];
        let (first, third) = (odd[1].plus_i(odd[1]), odd[3].minus_i(odd[3]));
        [
            even[0] + odd[0],
            first.times_plus(h, even[1]),
            even[2].plus_i(odd[2]),
            third.times_plus(-h, even[3]),
            even[0] - odd[0],
            first.times_plus(-h, even[1]),
            even[2].minus_i(odd[2]),
            third.times_plus(h, even[3]),
        ]
    }
}

/// `y_r, y_{R-r} = a_r +- i b_r,  a_r = x_0 + sum_q cos(2 pi q r / R) (x_q + x_{R-q}),  b_r = sum_q sin(2 pi q r / R) (x_q - x_{R-q})`, q up to (R - 1) / 2.
macro_rules! odd_radix {
    ($radix:literal) => {
        impl<S: Simd, T: Real> Butterfly<S, T, $radix> for Radix {
            #[inline(always)]
            #[allow(clippy::reversed_empty_ranges)] // radix 3 has one q only
            fn butterfly(x: [Numbers<S, T>; $radix], roots: &[[T; 2]]) -> [Numbers<S, T>; $radix] {
                let mut y = [x[0]; $radix];
                for q in 1..=$radix / 2 {
                    y[0] = y[0] + (x[q] + x[$radix - q]);
                }
                for r in 1..=$radix / 2 {
                    let [cos, sin] = roots[r];
                    let mut a = (x[1] + x[$radix - 1]).times_plus(cos, x[0]);
                    let difference = x[1] - x[$radix - 1];
                    let mut b = Numbers { re: difference.re * sin, im: difference.im * sin };
                    for q in 2..=$radix / 2 {
                        let [cos, sin] = roots[q * r % $radix];
                        a = (x[q] + x[$radix - q]).times_plus(cos, a);
                        b = (x[q] - x[$radix - q]).times_plus(sin, b);
                    }
                    (y[r], y[$radix - r]) = (a.plus_i(b), a.minus_i(b));
                }
                y
            }
        }
    };
}

odd_radix!(3);
odd_radix!(5);
odd_radix!(7);

/// A vector's share of the pairs of a group.
struct Group<'a, S: Simd, T: Vectors> {
    simd: S,
    vectors: &'a mut [T::Of<S>],
    /// Which share; there are [`Group::PARTS`].
    part: usize,
}

impl<S: Simd, T: Real> Group<'_, S, T> {
    const PARTS: usize = T::ABREAST * size_of::<T>() / 2 / size_of::<T::Of<S>>();

    /// With the real and the imaginary part exchanged if `SWAPPED`: a transform of exchanged numbers is one of the other sign, with its result
    /// exchanged.
    #[inline(always)]
    fn load<const SWAPPED: bool>(&self, place: usize) -> Numbers<S, T> {
        let at = 2 * Self::PARTS * place + self.part;
        let (f, g) = (Vector::new(self.simd, self.vectors[at]), Vector::new(self.simd, self.vectors[at + Self::PARTS]));
        if SWAPPED { Numbers { re: g, im: f } } else { Numbers { re: f, im: g } }
    }

    #[inline(always)]
    fn store<const SWAPPED: bool>(&mut self, place: usize, numbers: Numbers<S, T>) {
        let at = 2 * Self::PARTS * place + self.part;
        let Numbers { re, im } = numbers;
        let (f, g) = if SWAPPED { (im, re) } else { (re, im) };
        (self.vectors[at], self.vectors[at + Self::PARTS]) = (f.numbers, g.numbers);
    }

    #[inline(always)]
    fn fill_with_zeros(&mut self, places: std::ops::Range<usize>) {
        let zero = Vector::new(self.simd, T::splat(self.simd, T::zero()));
        for place in places {
            self.store::<false>(place, Numbers { re: zero, im: zero });
        }
    }

    /// The stage of a plan for this many points, to lines of fewer modes.
    #[inline(always)]
    fn divide<const R: usize>(&mut self, points: usize, stage: &Stage<T>)
    where
        Radix: Butterfly<S, T, R>,
    {
        let modes = stage.modes;
        for first in (0..points).step_by(R * modes) {
            for (k, twiddles) in stage.twiddles.chunks_exact(R - 1).enumerate() {
                let mut x = [self.load::<false>(first + k); R];
                for (q, x) in x.iter_mut().enumerate().skip(1) {
                    *x = self.load::<false>(first + k + q * modes);
                }
                let y = <Radix as Butterfly<S, T, R>>::butterfly(x, &stage.roots);
                self.store::<false>(first + k, y[0]);
                for r in 1..R {
                    let turned = if modes == 1 { y[r] } else { y[r].times(twiddles[r - 1]) };
                    self.store::<false>(first + k + r * modes, turned);
                }
            }
        }
    }

    /// The inverse of [`Group::divide`], but for a factor R.
    #[inline(always)]
    fn unite<const R: usize>(&mut self, points: usize, stage: &Stage<T>)
    where
        Radix: Butterfly<S, T, R>,
    {
        let modes = stage.modes;
        for first in (0..points).step_by(R * modes) {
            for (k, twiddles) in stage.twiddles.chunks_exact(R - 1).enumerate() {
                let mut x = [self.load::<true>(first + k); R];
                for r in 1..R {
                    let turned = self.load::<true>(first + k + r * modes);
                    x[r] = if modes == 1 { turned } else { turned.times(twiddles[r - 1]) };
                }
                let y = <Radix as Butterfly<S, T, R>>::butterfly(x, &stage.roots);
                for (q, y) in y.into_iter().enumerate() {
                    self.store::<true>(first + k + q * modes, y);
                }
            }
        }
    }
}

struct ToPoints<'a, T> {
    plan: &'a Stages<T>,
    group: &'a mut [T],
}

impl<T: Real> WithSimd for ToPoints<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut group = Group::<S, T> { simd, vectors: T::vectors_mut::<S>(self.group), part: 0 };
        for part in 0..Group::<S, T>::PARTS {
            group.part = part;
            self.plan.to_points(&mut group);
        }
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
        let mut group = Group::<S, T> { simd, vectors: T::vectors_mut::<S>(group), part: 0 };
        for part in 0..Group::<S, T>::PARTS {
            group.part = part;
            for n in 0..modes {
                let row = T::vectors::<S>(bytemuck::cast_slice(&lines[n * stride..][..T::ABREAST]));
                let row = &row[4 * part..4 * part + 4];
                let [f_re, f_im, g_re, g_im] =
                    T::deinterleave(simd, [row[0], row[1], row[2], row[3]]).map(|numbers| Vector::new(simd, numbers));
                if n == 0 {
                    group.store::<false>(0, Numbers { re: f_re, im: g_re });
                } else {
                    // The modes of -n are the conjugates of those of n.
                    group.store::<false>(n, Numbers { re: f_re - g_im, im: f_im + g_re });
                    group.store::<false>(plan.points - n, Numbers { re: f_re + g_im, im: g_re - f_im });
                }
            }
            group.fill_with_zeros(modes..plan.points + 1 - modes);
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
        let mut group = Group::<S, T> { simd, vectors: T::vectors_mut::<S>(group), part: 0 };
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
                    let m = group.load::<false>(plan.points - n);
                    [(p.re + m.re) * half, (p.im - m.im) * half, (p.im + m.im) * half, (m.re - p.re) * half]
                };
                let row = T::vectors_mut::<S>(bytemuck::cast_slice_mut(&mut lines[n * stride..][..T::ABREAST]));
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

    fn round_trips<T: Real>(tolerance: f64) {
        for points in
            [4_usize, 5, 6, 7, 8, 9, 10, 12, 15, 16, 21, 25, 27, 30, 32, 35, 42, 45, 49, 63, 64, 75, 96, 105, 128, 192, 243, 343, 512]
        {
            let lines = RealLines::<T>::new(points);
            let (kept, stride) = (points.div_ceil(2) - 1, T::ABREAST + 3);
            let mode = |n: usize, line: usize| {
                let phase = n as f64 * 1.3 + line as f64;
                Complex::new(phase.cos(), if n == 0 { 0.0 } else { (0.7 * phase).sin() }) / (1.0 + n as f64)
            };
            let modes: Vec<Complex<T>> =
                (0..kept * stride).map(|i| mode(i / stride, i % stride)).map(|m| Complex::new(T::of(m.re), T::of(m.im))).collect();
            let mut group = vec![T::zero(); points * T::ABREAST];
            lines.inverse(kept, &modes, stride, &mut group);
            for (line, point) in
                [0, 1, T::ABREAST / 2, T::ABREAST - 1].into_iter().flat_map(|line| (0..points).map(move |point| (line, point)))
            {
                let wave = |n: usize| Complex::cis(std::f64::consts::TAU * ((n * point) % points) as f64 / points as f64);
                let direct: f64 = (0..kept).map(|n| (mode(n, line) * wave(n)).re * if n == 0 { 1.0 } else { 2.0 }).sum();
                let error = (group[lines.place(line, point)].wide() - direct).abs();
                assert!(error < tolerance, "{points} points, line {line}, point {point}: off by {error:e}");
            }
            let mut back = vec![Complex::new(T::of(7.0), T::zero()); modes.len()];
            lines.forward(&mut group, T::of(1.0 / points as f64), kept, &mut back, stride);
            for (i, (back, mode)) in back.iter().zip(&modes).enumerate() {
                let expected = if i % stride < T::ABREAST { *mode } else { Complex::new(T::of(7.0), T::zero()) };
                assert!(
                    (*back - expected).norm_sqr().wide().sqrt() < tolerance,
                    "{points} points, mode {}, line {}",
                    i / stride,
                    i % stride
                );
            }
        }
    }

    #[test]
    fn round_trips_of_all_lengths_the_case_file_allows() {
        round_trips::<f64>(2e-14);
        round_trips::<f32>(3e-6);
    }
}
