//! Lines of Chebyshev coefficients in working order, and the integrals and derivatives of
//! `f(y) = sum_n f_n T_n(y)`, n = 0 .. N.
//!
//! A line has the coefficients of [`NEIGHBOURS`] columns side by side: the numbers of `f_n` are re,
//! im of the first, re, im of the second and so on, then those of `f_{n+1}`, with zeros behind. A
//! *group* is an even and an odd coefficient. All operators here couple coefficients of equal
//! parity, n - 2, n, n + 2, or are shifted by one coefficient: what is a recursion in n goes
//! through group after group, both parities, both parts and all columns at once, and has enough to
//! do while it waits for itself. Lanes never mix, so that a column has the same bits beside any
//! other.
//!
//! Nothing is differentiated twice, and the equations are solved integrated (Gottlieb & Orszag
//! 1977, sec. 10; Greengard 1991): the round-off of a second derivative grows as N^4, that of
//! integrals not at all.

use crate::transform::{Lanes, NEIGHBOURS, Real};
use num_complex::Complex;

/// Numbers of a coefficient, and of a group.
pub const COEFFICIENT: usize = 2 * NEIGHBOURS;
pub const GROUP: usize = 2 * COEFFICIENT;

/// An even and an odd coefficient of all columns.
pub type Group<T> = Lanes<T, GROUP>;

/// Factors of the operators, one for each number of a line.
pub struct Operators<T> {
    /// Coefficients of a line, N + 1.
    pub kept: usize,
    /// `(II f)_n = lower f_{n-2} - middle f_n + upper f_{n+2}`, n >= 2: the coefficients of the
    /// twofold integral of f without its last two, which are those that the two wall conditions
    /// take the place of (the tau method).
    pub lower: Vec<T>,
    pub middle: Vec<T>,
    pub upper: Vec<T>,
    /// `(I f)_n = once (f_{n-1} - f_{n+1})`, n >= 2: the integral of f.
    once: Vec<T>,
    /// `(D f)_n = (D f)_{n+2} + slope f_{n+1}`, half of it for n = 0: the derivative.
    slope: Vec<T>,
    half: Group<T>,
    /// `T'_n(1) = n^2`, up to the sign also at -1.
    pub squares: Vec<T>,
}

impl<T: Real> Operators<T> {
    pub fn new(kept: usize) -> Self {
        let last = kept - 1;
        // Coefficients that are not there have zero factors: they stay zero.
        let table = |factor: &dyn Fn(f64) -> f64, from: usize, to: usize| -> Vec<T> {
            let of = |n: usize| T::of(if (from..=to).contains(&n) { factor(n as f64) } else { 0.0 });
            (0..length_of(kept)).map(|i| of(i / COEFFICIENT)).collect()
        };
        Self {
            kept,
            lower: table(&|n| (if n == 2.0 { 0.5 } else { 0.25 }) / (n * (n - 1.0)), 2, last),
            middle: table(&|n| 0.5 / (n * n - 1.0), 2, last - 2),
            upper: table(&|n| 0.25 / (n * (n + 1.0)), 2, last.saturating_sub(4)),
            once: table(&|n| 0.5 / n, 2, last),
            slope: table(&|n| 2.0 * (n + 1.0), 0, last - 1),
            half: by_parity(
                [[Complex::new(T::of(0.5), T::of(0.5)), Complex::new(T::one(), T::one())]; NEIGHBOURS],
            ),
            squares: table(&|n| n * n, 1, last),
        }
    }

    /// Groups of a line.
    pub fn groups(&self) -> usize {
        self.kept.div_ceil(2)
    }

    /// Numbers of a line.
    pub fn length(&self) -> usize {
        length_of(self.kept)
    }

    /// A line of zeros.
    pub fn line(&self) -> Vec<T> {
        vec![T::zero(); self.length()]
    }

    /// L numbers from the second group on, or further, of II f.
    #[inline(always)]
    pub fn integrated_twice<const L: usize>(&self, f: &[T], at: usize) -> Lanes<T, L> {
        let load = |table: &[T]| Lanes::<T, L>::load(table, at);
        load(&self.lower) * Lanes::load(f, at - GROUP) - load(&self.middle) * Lanes::load(f, at)
            + load(&self.upper) * Lanes::load(f, at + GROUP)
    }

    /// L numbers from the second group on, or further, of I f.
    #[inline(always)]
    pub fn integrated<const L: usize>(&self, f: &[T], at: usize) -> Lanes<T, L> {
        Lanes::<T, L>::load(&self.once, at)
            * (Lanes::load(f, at - COEFFICIENT) - Lanes::load(f, at + COEFFICIENT))
    }

    /// D f.
    #[inline(always)]
    pub fn differentiate(&self, f: &[T], derivative: &mut [T]) {
        self.with_derivative(
            f,
            #[inline(always)]
            |at, numbers| numbers.store(derivative, at),
        );
    }

    /// Gives D f to `take(at, numbers)`, from the last group to the first.
    #[inline(always)]
    pub fn with_derivative(&self, f: &[T], mut take: impl FnMut(usize, Group<T>)) {
        let mut above = Group::all(T::zero());
        for at in (GROUP..self.groups() * GROUP).step_by(GROUP).rev() {
            above = above + Lanes::load(&self.slope, at) * Lanes::load(f, at + COEFFICIENT);
            take(at, above);
        }
        above = above + Lanes::load(&self.slope, 0) * Lanes::load(f, COEFFICIENT);
        take(0, above * self.half);
    }

    /// The sums of `n^2 f_n` over even and over odd n: half the difference and half the sum of
    /// f'(1) and f'(-1).
    #[inline(always)]
    pub fn slopes(&self, f: &[T]) -> Group<T> {
        let groups = (0..self.groups() * GROUP).step_by(GROUP);
        groups.fold(Group::all(T::zero()), |sum, at| {
            sum + Lanes::<T, GROUP>::load(&self.squares, at) * Lanes::load(f, at)
        })
    }
}

/// Numbers of a line of n coefficients: whole groups, and room for those that operators read
/// behind them.
pub fn length_of(kept: usize) -> usize {
    (kept.div_ceil(2) + 2) * GROUP
}

/// Neighbouring columns of equal length, one after the other; the last stands for those
/// that are missing.
pub fn side_by_side<T>(coefficients: &[Complex<T>], kept: usize) -> [&[Complex<T>]; NEIGHBOURS] {
    let last = coefficients.len() - kept;
    std::array::from_fn(|c| &coefficients[last.min(c * kept)..][..kept])
}

/// The coefficients of columns of one length into a line, whose numbers behind them are zero
/// already.
#[inline(always)]
pub fn copy_in<T: Real>(columns: [&[Complex<T>]; NEIGHBOURS], line: &mut [T]) {
    let length = columns[0].len();
    let columns = columns.map(|column| &column[..length]);
    for (n, numbers) in line.chunks_exact_mut(COEFFICIENT).take(length).enumerate() {
        for (number, column) in numbers.chunks_exact_mut(2).zip(columns) {
            (number[0], number[1]) = (column[n].re, column[n].im);
        }
    }
}

/// The coefficients of one column of a line.
pub fn copy_in_one<T: Real>(coefficients: &[Complex<T>], column: usize, line: &mut [T]) {
    for (coefficient, numbers) in coefficients.iter().zip(line.chunks_exact_mut(COEFFICIENT)) {
        (numbers[2 * column], numbers[2 * column + 1]) = (coefficient.re, coefficient.im);
    }
}

/// `kept` coefficients of a line to another, whose columns are those from `first` on, and then
/// zeros.
#[inline(always)]
pub fn copy_from<T: Real>(from: &[T], first: usize, kept: usize, line: &mut [T]) {
    if first == 0 {
        line[..COEFFICIENT * kept].copy_from_slice(&from[..COEFFICIENT * kept]);
    } else {
        let numbers = 2 * (NEIGHBOURS - first);
        for (to, from) in line.chunks_exact_mut(COEFFICIENT).zip(from.chunks_exact(COEFFICIENT)).take(kept) {
            to[..numbers].copy_from_slice(&from[2 * first..]);
            to[numbers..].fill(T::zero());
        }
    }
}

/// The numbers of a line to the coefficients of one of its columns.
#[inline(always)]
pub fn copy_out<T: Real>(line: &[T], column: usize, coefficients: &mut [Complex<T>]) {
    for (coefficient, numbers) in coefficients.iter_mut().zip(line.chunks_exact(COEFFICIENT)) {
        *coefficient = Complex::new(numbers[2 * column], numbers[2 * column + 1]);
    }
}

/// The same number for all lanes of a column.
#[inline(always)]
pub fn by_column<T: Real>(columns: [T; NEIGHBOURS]) -> Group<T> {
    Group::of(std::array::from_fn(|lane| columns[lane % COEFFICIENT / 2]))
}

/// Numbers that belong to the even and the odd coefficients of the columns.
#[inline(always)]
pub fn by_parity<T: Real>(columns: [[Complex<T>; 2]; NEIGHBOURS]) -> Group<T> {
    Group::of(std::array::from_fn(|lane| {
        let number = columns[lane % COEFFICIENT / 2][lane / COEFFICIENT];
        if lane % 2 == 0 { number.re } else { number.im }
    }))
}

#[cfg(test)]
mod tests {
    use super::{Operators, copy_in, copy_out};
    use crate::chebyshev::{derivative, wall_slopes};
    use crate::transform::NEIGHBOURS;
    use num_complex::Complex;

    #[test]
    fn lines_are_differentiated_as_series_are() {
        for kept in [8, 9] {
            let series: Vec<f64> = (0..kept).map(|n| 1.0 / (1.0 + n as f64)).collect();
            let column: Vec<Complex<f64>> = series.iter().map(|a| Complex::new(*a, -2.0 * a)).collect();
            let operators = Operators::new(kept);
            let [mut line, mut slope] = [operators.line(), operators.line()];
            copy_in([&column; NEIGHBOURS], &mut line);
            operators.differentiate(&line, &mut slope);
            let mut found = column.clone();
            copy_out(&slope, NEIGHBOURS - 1, &mut found);
            for (found, exact) in found.iter().zip(derivative(&series)) {
                assert!(
                    (found - Complex::new(exact, -2.0 * exact)).norm() < 1e-13,
                    "{kept}: {found} {exact}"
                );
            }
            // Half the difference and half the sum of those at the walls.
            let [lower, upper] = wall_slopes(&series);
            let found = operators.slopes(&line).numbers();
            assert!((found[0] - 0.5 * (upper - lower)).abs() < 1e-13, "{kept}");
            assert!((found[found.len() / 2] - 0.5 * (upper + lower)).abs() < 1e-13, "{kept}");
        }
    }
}
