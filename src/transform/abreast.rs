//! Transforms of complex lines that lie abreast: the vectors of the processor go across them, so
//! that nothing is turned within a vector and a line may be far longer than what is moved at a
//! time. Two to three times as fast as one line after the other (docs/performance.md).
//!
//! Points come in an order that saves sorting them ([`Stages::place`] tells it): work at points
//! does not ask for it. Stages of small radix (Cooley & Tukey 1965; decimation in frequency to the
//! points, in time back) work in place:
//!
//! ```text
//!     N = R M,    w = exp(2 pi i / N):
//!     x_{r + R j} = sum_{k < M} exp(2 pi i k j / M) [ w^{k r} sum_{q < R} exp(2 pi i q r / R) X_{k + M q} ]
//! ```
//!
//! and what the bracket gives for one r is a line of M modes, to which the next stage does the
//! same.

use super::Real;
use super::butterflies::{Butterfly, Numbers, Radix};
use super::instructions::instructions;
use super::vectors::{Vector, Vectors};
use pulp::{Arch, Simd};
use std::f64::consts::TAU;

/// Transforms of groups of complex lines of one length; `T::ABREAST / 2` lines are a group, which
/// is `[point][share][real or imaginary][line]`, a share being as many lines as fill a vector.
pub struct Stages<T> {
    points: usize,
    stages: Vec<Stage<T>>,
    pub(super) arch: Arch,
    /// The places in a group of the numbers of the points 0, 1, ..
    of_point: Vec<usize>,
}

/// The step from lines of R M modes to R lines of M modes each, or back.
struct Stage<T> {
    radix: usize,
    /// M.
    modes: usize,
    /// `exp(2 pi i q / R)`.
    roots: Vec<[T; 2]>,
    /// `w^{k r}` for r = 1 .. R - 1, k after k.
    twiddles: Vec<[T; 2]>,
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
            stages.push(Stage {
                radix,
                modes,
                roots: (0..radix).map(|q| root(q, radix)).collect(),
                twiddles,
            });
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
        Self { points, stages, arch: instructions(), of_point }
    }

    pub fn points(&self) -> usize {
        self.points
    }

    /// The place in a group of the numbers of a point.
    pub fn place(&self, point: usize) -> usize {
        self.of_point[point]
    }

    /// Modes, in the order 0, 1, .., -1, to points.
    #[inline(always)]
    pub(super) fn to_points<S: Simd>(&self, group: &mut Group<'_, S, T>) {
        for stage in &self.stages {
            match stage.radix {
                2 => group.divide::<2>(self.points, stage),
                3 => group.divide::<3>(self.points, stage),
                4 => group.divide::<4>(self.points, stage),
                5 => group.divide::<5>(self.points, stage),
                6 => group.divide::<6>(self.points, stage),
                7 => group.divide::<7>(self.points, stage),
                _ => group.divide::<8>(self.points, stage),
            }
        }
    }

    #[inline(always)]
    pub(super) fn to_modes<S: Simd>(&self, group: &mut Group<'_, S, T>) {
        for stage in self.stages.iter().rev() {
            match stage.radix {
                2 => group.unite::<2>(self.points, stage),
                3 => group.unite::<3>(self.points, stage),
                4 => group.unite::<4>(self.points, stage),
                5 => group.unite::<5>(self.points, stage),
                6 => group.unite::<6>(self.points, stage),
                7 => group.unite::<7>(self.points, stage),
                _ => group.unite::<8>(self.points, stage),
            }
        }
    }
}

/// Chooses the radix of the next stage, so that stages are few: a line goes through the caches in
/// each, and one stage less saves 6 to 17 % of a line of 90 to 768 points. So each three goes with
/// a two as long as there are any, and the other twos are eights, but for one or two fours.
fn next_radix(length: usize) -> usize {
    let threes = (0..).take_while(|n| length.is_multiple_of(3_usize.pow(n + 1))).count() as u32;
    let rest = length / 6_usize.pow(threes.min(length.trailing_zeros()));
    let of_twos = match rest.trailing_zeros() {
        0 => None,
        1 => Some(2),
        twos if twos % 3 == 0 => Some(8),
        _ => Some(4),
    };
    match of_twos.or_else(|| [7, 5, 3].into_iter().find(|radix| rest.is_multiple_of(*radix))) {
        Some(radix) => radix,
        None if rest == 1 => 6,
        None => panic!("a line of {length} points has another prime factor than 2, 3, 5 and 7"),
    }
}

/// A vector's share of the lines of a group.
pub(super) struct Group<'a, S: Simd, T: Vectors> {
    pub simd: S,
    /// `[point][share]` of real and of imaginary parts.
    vectors: &'a mut [[T::Of<S>; 2]],
    /// The share, of [`Group::PARTS`].
    pub part: usize,
}

impl<'a, S: Simd, T: Real> Group<'a, S, T> {
    pub const PARTS: usize = T::ABREAST * size_of::<T>() / 2 / size_of::<T::Of<S>>();

    /// The first share of the numbers of a group.
    #[inline(always)]
    pub fn new(simd: S, numbers: &'a mut [T]) -> Self {
        Self { simd, vectors: T::vectors_mut::<S>(numbers).as_chunks_mut().0, part: 0 }
    }

    pub fn points(&self) -> usize {
        self.vectors.len() / Self::PARTS
    }

    /// Loads numbers, with the real and the imaginary part exchanged if `SWAPPED`: a transform of
    /// exchanged numbers is one of the other sign, with its result exchanged.
    #[inline(always)]
    pub fn load<const SWAPPED: bool>(&self, place: usize) -> Numbers<S, T> {
        let [f, g] = self.vectors[Self::PARTS * place + self.part];
        let (f, g) = (Vector::new(self.simd, f), Vector::new(self.simd, g));
        if SWAPPED { Numbers { re: g, im: f } } else { Numbers { re: f, im: g } }
    }

    #[inline(always)]
    pub fn store<const SWAPPED: bool>(&mut self, place: usize, numbers: Numbers<S, T>) {
        let Numbers { re, im } = numbers;
        let (f, g) = if SWAPPED { (im, re) } else { (re, im) };
        self.vectors[Self::PARTS * place + self.part] = [f.numbers, g.numbers];
    }

    #[inline(always)]
    pub fn fill_with_zeros(&mut self, places: std::ops::Range<usize>) {
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

/// Complex numbers of the lines of a group side by side, `[row][line]`: a vector's share.
pub(super) struct Rows<'a, S: Simd, T: Vectors> {
    simd: S,
    vectors: &'a [T::Of<S>],
    part: usize,
}

impl<'a, S: Simd, T: Real> Rows<'a, S, T> {
    #[inline(always)]
    pub fn new(simd: S, rows: &'a [T], part: usize) -> Self {
        Self { simd, vectors: T::vectors::<S>(rows), part }
    }

    #[inline(always)]
    pub fn load(&self, row: usize) -> Numbers<S, T> {
        let at = 2 * (Group::<S, T>::PARTS * row + self.part);
        let [re, im] = T::deinterleave(self.simd, [self.vectors[at], self.vectors[at + 1]]);
        Numbers { re: Vector::new(self.simd, re), im: Vector::new(self.simd, im) }
    }
}

/// [`Rows`] to be written.
pub(super) struct RowsMut<'a, S: Simd, T: Vectors> {
    simd: S,
    vectors: &'a mut [T::Of<S>],
    part: usize,
}

impl<'a, S: Simd, T: Real> RowsMut<'a, S, T> {
    #[inline(always)]
    pub fn new(simd: S, rows: &'a mut [T], part: usize) -> Self {
        Self { simd, vectors: T::vectors_mut::<S>(rows), part }
    }

    #[inline(always)]
    pub fn store(&mut self, row: usize, numbers: Numbers<S, T>) {
        let at = 2 * (Group::<S, T>::PARTS * row + self.part);
        [self.vectors[at], self.vectors[at + 1]] =
            T::interleave(self.simd, [numbers.re.numbers, numbers.im.numbers]);
    }
}
