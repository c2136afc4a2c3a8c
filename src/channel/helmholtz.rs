//! Helmholtz problems `a f - c f'' = r` with f given at the walls, a >= 0, c > 0, in Chebyshev
//! coefficients.
//!
//! Integrated twice, the tau equations are tridiagonal in the coefficients of each parity, with 1
//! more on the diagonal than the others together (Gottlieb & Orszag 1977, sec. 10; Canuto et al.
//! 2006, sec. 4.1.3):
//!
//! ```text
//!     a (II f)_n - c f_n = (II r)_n,    n = 2 .. N
//! ```
//!
//! From n = N down, `f_n = A_n + B_n f_{n-2}`; from 0 up, f is a particular solution with
//! `f_0 = f_1 = 0` and a multiple of the homogeneous one, with the two values at the walls. O(N),
//! no pivots, nothing stored from one wavenumber to the next.

use super::line::{COEFFICIENT, GROUP, Group, Operators};
use crate::transform::{Lanes, Real};

/// The factors of one problem.
pub struct Helmholtz<T> {
    /// 1 over the pivots, times -1.
    gain: Vec<T>,
    /// B.
    ratio: Vec<T>,
    /// a times the upper factor of II, over the pivots.
    coupling: Vec<T>,
    /// The homogeneous solutions, each 1 at n = 0 or 1, in both parts of the complex numbers.
    pub homogeneous: Vec<T>,
    /// The ends and slopes of these at the walls.
    ends: Group<T>,
    pub slopes: Group<T>,
}

impl<T: Real> Helmholtz<T> {
    pub fn new(operators: &Operators<T>) -> Self {
        let line = || operators.line();
        Self {
            gain: line(),
            ratio: line(),
            coupling: line(),
            homogeneous: line(),
            ends: Group::all(T::zero()),
            slopes: Group::all(T::zero()),
        }
    }

    /// Makes these the problems of a and c, which may differ from column to column. Their
    /// recursions go side by side, since each waits for its divisions, and of the real and the
    /// imaginary part, which have the same factors, only one is divided for.
    #[inline(always)]
    pub fn factor<const P: usize>(
        problems: [&mut Self; P],
        operators: &Operators<T>,
        of: [[Group<T>; 2]; P],
    ) {
        let one = OfOne::all(T::one());
        let mut ratios = [OfOne::all(T::zero()); P];
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP).rev() {
            let lower = one_of_both(Group::load(&operators.lower, at));
            let middle = one_of_both(Group::load(&operators.middle, at));
            let upper = one_of_both(Group::load(&operators.upper, at));
            for p in 0..P {
                let (a, c) = (one_of_both(of[p][0]), one_of_both(of[p][1]));
                let upper = a * upper;
                let gain = one / (c + a * middle - upper * ratios[p]);
                ratios[p] = a * lower * gain;
                for_both(gain).store(&mut problems[p].gain, at);
                for_both(ratios[p]).store(&mut problems[p].ratio, at);
                for_both(upper * gain).store(&mut problems[p].coupling, at);
            }
        }
        for problem in problems {
            problem.find_homogeneous(operators);
        }
    }

    /// The homogeneous solutions and their values and slopes at the walls.
    #[inline(always)]
    fn find_homogeneous(&mut self, operators: &Operators<T>) {
        let one = Group::all(T::one());
        let (mut value, mut ends, mut slopes) = (one, one, Group::load(&operators.squares, 0));
        value.store(&mut self.homogeneous, 0);
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
            value = value * Lanes::load(&self.ratio, at);
            ends = ends + value;
            slopes = slopes + Lanes::load(&operators.squares, at) * value;
            value.store(&mut self.homogeneous, at);
        }
        (self.ends, self.slopes) = (ends, slopes);
    }

    /// The solution with `f_0 = f_1 = 0`, `source(at)` being II r from number `at` on; returns its
    /// ends: the sums of the even and of the odd coefficients, half the sum and half the difference
    /// of f(1) and f(-1).
    #[inline(always)]
    pub fn particular(
        &self,
        operators: &Operators<T>,
        source: impl Fn(usize) -> Group<T>,
        line: &mut [T],
    ) -> Group<T> {
        self.sweep(
            operators,
            source,
            line,
            #[inline(always)]
            |_, value| value,
        )
    }

    /// The same; returns the ends of the sum of this solution and `beside`.
    #[inline(always)]
    pub fn particular_beside(
        &self,
        operators: &Operators<T>,
        source: impl Fn(usize) -> Group<T>,
        beside: &[T],
        line: &mut [T],
    ) -> Group<T> {
        self.sweep(
            operators,
            source,
            line,
            #[inline(always)]
            |at, value| value + Lanes::load(beside, at),
        )
    }

    /// Returns the sum over the groups of what `seen` makes of each.
    #[inline(always)]
    fn sweep(
        &self,
        operators: &Operators<T>,
        source: impl Fn(usize) -> Group<T>,
        line: &mut [T],
        seen: impl Fn(usize, Group<T>) -> Group<T>,
    ) -> Group<T> {
        let zero = Group::all(T::zero());
        let mut value = zero;
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP).rev() {
            value = value * Lanes::load(&self.coupling, at) - source(at) * Lanes::load(&self.gain, at);
            value.store(line, at);
        }
        let (mut value, mut sum) = (zero, seen(0, zero));
        value.store(line, 0);
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
            value = Group::load(line, at) + value * Lanes::load(&self.ratio, at);
            sum = sum + seen(at, value);
            value.store(line, at);
        }
        sum
    }

    /// The multiples of the homogeneous solutions that the particular one needs to have these ends.
    #[inline(always)]
    pub fn amount(&self, ends: Group<T>, without: Group<T>) -> Group<T> {
        (ends - without) / self.ends
    }

    /// Adds the homogeneous solutions times `amount`.
    #[inline(always)]
    pub fn add_homogeneous(&self, operators: &Operators<T>, amount: Group<T>, line: &mut [T]) {
        for at in (0..operators.groups() * GROUP).step_by(GROUP) {
            (Group::load(line, at) + amount * Lanes::load(&self.homogeneous, at)).store(line, at);
        }
    }

    /// The solution with these ends.
    #[inline(always)]
    pub fn solve(
        &self,
        operators: &Operators<T>,
        ends: Group<T>,
        source: impl Fn(usize) -> Group<T>,
        line: &mut [T],
    ) {
        let without = self.particular(operators, source, line);
        self.add_homogeneous(operators, self.amount(ends, without), line);
    }

    /// The slopes at the walls ([`Operators::slopes`]) of the two solutions with these ends and
    /// sources `-phi`. Their recursions go side by side, since each waits for itself.
    #[inline(always)]
    pub fn wall_slopes(
        &self,
        operators: &Operators<T>,
        ends: [Group<T>; 2],
        phi: [&[T]; 2],
        lines: &mut [Vec<T>; 2],
    ) -> [Group<T>; 2] {
        let zero = Group::all(T::zero());
        let mut values = [zero; 2];
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP).rev() {
            let (coupling, gain) = (Group::load(&self.coupling, at), Group::load(&self.gain, at));
            for i in 0..2 {
                values[i] = values[i] * coupling + operators.integrated_twice(phi[i], at) * gain;
                values[i].store(&mut lines[i], at);
            }
        }
        let (mut values, mut without, mut slopes) = ([zero; 2], [zero; 2], [zero; 2]);
        for at in (GROUP..operators.groups() * GROUP).step_by(GROUP) {
            let (ratio, square) = (Group::load(&self.ratio, at), Group::load(&operators.squares, at));
            for i in 0..2 {
                values[i] = Group::load(&lines[i], at) + values[i] * ratio;
                without[i] = without[i] + values[i];
                slopes[i] = slopes[i] + square * values[i];
            }
        }
        [0, 1].map(|i| slopes[i] + self.amount(ends[i], without[i]) * self.slopes)
    }
}

/// Numbers that are the same for both parts of complex numbers, once.
type OfOne<T> = Lanes<T, COEFFICIENT>;

#[inline(always)]
fn one_of_both<T: Real>(numbers: Group<T>) -> OfOne<T> {
    let numbers = numbers.numbers();
    Lanes::of(std::array::from_fn(|lane| numbers[2 * lane]))
}

#[inline(always)]
fn for_both<T: Real>(numbers: OfOne<T>) -> Group<T> {
    let numbers = numbers.numbers();
    Lanes::of(std::array::from_fn(|lane| numbers[lane / 2]))
}

#[cfg(test)]
mod tests {
    use super::super::line::{COEFFICIENT, GROUP, Operators, by_column, by_parity, copy_in};
    use super::Helmholtz;
    use crate::transform::NEIGHBOURS;
    use num_complex::Complex;
    use std::f64::consts::PI;

    /// Chebyshev coefficients n = 0 .. N of a function, by the cosine sum.
    fn coefficients(n: usize, f: impl Fn(f64) -> f64) -> Vec<Complex<f64>> {
        let values: Vec<f64> = (0..=n).map(|j| f((PI * j as f64 / n as f64).cos())).collect();
        let weight = |j: usize| if j == 0 || j == n { 0.5 } else { 1.0 };
        let of = |m: usize| {
            let sum: f64 = (0..=n)
                .map(|j| weight(j) * values[j] * (PI * ((j * m) % (2 * n)) as f64 / n as f64).cos())
                .sum();
            2.0 * weight(m) * sum / n as f64
        };
        (0..=n).map(|m| Complex::new(of(m), -2.0 * of(m))).collect()
    }

    /// The first of the columns and the others.
    fn beside<E: Copy>(first: E, others: E) -> [E; NEIGHBOURS] {
        std::array::from_fn(|c| if c == 0 { first } else { others })
    }

    #[test]
    fn helmholtz_problems_have_their_exact_solutions_up_to_1025_points() {
        // f = exp(s y) sin(3 y + 1)
        let s = 1.7;
        let (f, g) =
            (|y: f64| (s * y).exp() * (3.0 * y + 1.0).sin(), |y: f64| (s * y).exp() * (3.0 * y + 1.0).cos());
        let second = |y: f64| (s * s - 9.0) * f(y) + 6.0 * s * g(y);
        let mut largest = 0.0_f64;
        for n in [31, 32, 64, 128, 256, 512, 1024] {
            let operators = Operators::new(n + 1);
            let exact = coefficients(n, f);
            let (high, low) = (f(1.0), f(-1.0));
            let ends = [(high + low) / 2.0, (high - low) / 2.0];
            for (a, c) in [(0.0, 1.0), (1.0, 1e-5), (1.0, 0.3), (4e4, 1.0), (1e6, 1.0)] {
                let mut r = operators.line();
                let own = coefficients(n, |y| a * f(y) - c * second(y));
                // Beside it another problem.
                let other = vec![Complex::new(1.0, 0.5); n + 1];
                copy_in(beside(&own, &other), &mut r);
                let mut line = operators.line();
                let mut problem = Helmholtz::new(&operators);
                Helmholtz::factor(
                    [&mut problem],
                    &operators,
                    [[by_column(beside(a, 2.0)), by_column(beside(c, 0.1))]],
                );
                let ends = ends.map(|end| Complex::new(end, -2.0 * end));
                let ends = by_parity(beside(ends, [Complex::new(0.0, 0.0); 2]));
                problem.solve(&operators, ends, |at| operators.integrated_twice(&r, at), &mut line);
                for (m, exact) in exact.iter().enumerate() {
                    let error = (line[COEFFICIENT * m] - exact.re)
                        .abs()
                        .max((line[COEFFICIENT * m + 1] - exact.im).abs());
                    assert!(error < 2e-13, "N {n}, a {a}, c {c}, coefficient {m}: {error}");
                    largest = largest.max(error);
                }
                assert!(line[COEFFICIENT * (n + 1)..].iter().all(|x| *x == 0.0));
            }
        }
        eprintln!("largest error {largest:.1e}");
    }

    #[test]
    fn derivatives_and_integrals_are_exact() {
        for n in [32, 129, 1024] {
            let operators = Operators::<f64>::new(n + 1);
            let (mut f, mut derivative) = (operators.line(), operators.line());
            let own = coefficients(n, |y| (4.0 * y).sin());
            copy_in([&own; NEIGHBOURS], &mut f);
            operators.differentiate(&f, &mut derivative);
            let exact = coefficients(n, |y| 4.0 * (4.0 * y).cos());
            let error =
                (0..=n).map(|m| (derivative[COEFFICIENT * m] - exact[m].re).abs()).fold(0.0, f64::max);
            // Round-off grows as N^2 here.
            assert!(error < 1e-15 * (n * n) as f64 + 1e-14, "N {n}: {error:e}");
            let once = operators.integrated::<GROUP>(&derivative, 2 * GROUP).numbers();
            assert!(once.iter().zip(&f[2 * GROUP..]).all(|(once, f)| (once - f).abs() < 1e-14));
            let slopes = operators.slopes(&f).numbers();
            let (even, odd) = (slopes[0], slopes[COEFFICIENT]);
            assert!(
                even.abs() < 1e-10 && (odd - 4.0 * 4_f64.cos()).abs() < 1e-15 * (n * n) as f64 + 1e-13,
                "N {n}: {even} {odd}"
            );
        }
    }
}
