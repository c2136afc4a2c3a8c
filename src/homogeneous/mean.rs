//! The mean flow: how it moves the coordinates, and the wavenumbers with them (Rogallo 1981).
//!
//! ```text
//!     U_i = A_ij x_j,    xi = B(t) x,    dB/dt = -B A,    B(0) = I,    k = B^T kappa
//! ```
//!
//! A changes by a factor only, `A(t) = factor(t) A`, so that B is a function of
//! `theta = int factor dt`: `B = exp(-theta A)`. In a pure shear the sheared lattice of modes
//! coincides with itself whenever the tilt `S theta L_y / L_x` has grown by one; there the modes
//! are relabelled and the mesh goes on from tilt -1/2 to +1/2.

use super::matrix::{self, Matrix};
use crate::homogeneous::case::Mean;

/// The mean flow of a run in a box of size L.
#[derive(Clone, Debug)]
pub struct MeanFlow {
    /// A, where its factor is one.
    gradient: Matrix,
    rotation: [f64; 3],
    schedule: Vec<(f64, f64)>,
    /// Tilts a unit of theta, `S L_y / L_x`, in a pure shear; 0 in other flows.
    tilts: f64,
    /// L_x / L_y.
    aspect: f64,
}

/// The mean flow over a part of a step, from t_0 to t_1.
#[derive(Clone, Debug)]
pub struct Interval {
    /// B at t_0 and t_1.
    pub from: Matrix,
    pub to: Matrix,
    /// `int B B^T dt`, so that `int k^2 dt = kappa . metric . kappa`.
    pub metric: Matrix,
    /// `exp(-int A^T dt)`: takes what moves like k, `dk/dt = -A^T k`, from t_0 to t_1.
    pub transport: Matrix,
    /// `curl U + 2 Omega`.
    pub absolute_vorticity: [f64; 3],
}

impl MeanFlow {
    pub fn new(mean: &Mean, size: [f64; 3]) -> Self {
        let gradient = mean.gradient.matrix();
        let off_shear: f64 =
            gradient.as_flattened().iter().enumerate().filter(|(i, _)| *i != 1).map(|(_, a)| a.abs()).sum();
        let tilts = if off_shear == 0.0 { gradient[0][1] * size[1] / size[0] } else { 0.0 };
        Self {
            gradient,
            rotation: mean.rotation,
            schedule: mean.schedule.clone(),
            tilts,
            aspect: size[0] / size[1],
        }
    }

    /// Whether there is a mean velocity gradient, at any time.
    pub fn deforms(&self) -> bool {
        self.gradient != [[0.0; 3]; 3]
    }

    /// Whether k_x or k_z of a mode depends on its label n_y, or k_x on n_z, or k_z on n_x. Then
    /// the derivatives in x and z cannot be taken before y is transformed.
    pub fn mixes_labels(&self) -> bool {
        let a = &self.gradient;
        [a[1][0], a[1][2], a[0][2], a[2][0]] != [0.0; 4]
    }

    /// Whether points that move with the flow stay on planes y and z, stretched along the axes of
    /// space and sheared in x at most.
    pub fn keeps_axes(&self) -> bool {
        !self.mixes_labels() && self.gradient[2][1] == 0.0
    }

    /// Whether the box is brought back whenever it is tilted by a half: in a pure shear.
    pub fn is_remeshed(&self) -> bool {
        self.tilts != 0.0
    }

    /// S L_y / L_x of a pure shear, by which theta is multiplied to be the tilt; 0 in other flows.
    pub fn tilts(&self) -> f64 {
        self.tilts
    }

    /// Whether A is diagonal.
    pub fn stretches_along_axes(&self) -> bool {
        matrix::is_diagonal(&self.gradient)
    }

    /// A at `time`; at a jump the later one.
    pub fn gradient(&self, time: f64) -> Matrix {
        self.gradient.map(|row| row.map(|a| a * self.factor(time)))
    }

    /// curl U + 2 Omega.
    pub fn absolute_vorticity(&self, time: f64) -> [f64; 3] {
        let a = self.gradient(time);
        let curl = [a[2][1] - a[1][2], a[0][2] - a[2][0], a[1][0] - a[0][1]];
        std::array::from_fn(|i| curl[i] + 2.0 * self.rotation[i])
    }

    /// `exp(-theta A^T) g`: a mean scalar gradient that was g at time zero.
    pub fn carried(&self, g: [f64; 3], time: f64) -> [f64; 3] {
        matrix::apply(&matrix::transpose(&self.exponential(-self.theta(time))), g)
    }

    /// B at a time of a step that began at `begin`, with the labels of that time.
    pub fn deformation(&self, begin: f64, time: f64) -> Matrix {
        // Within a step the factor is constant, and theta is taken from the step's beginning on,
        // however near its end a jump may be.
        let theta = self.theta(begin) + self.factor(begin) * (time - begin);
        let mut b = self.exponential(-theta);
        if self.tilts != 0.0 {
            b[0][1] += self.remeshes(begin) as f64 * self.tilts.signum() * self.aspect;
        }
        b
    }

    /// The mean flow from `t0` to `t1`, a part of a step that began at `begin`. No event lies
    /// within it.
    pub fn interval(&self, begin: f64, t0: f64, t1: f64) -> Interval {
        let theta = self.factor(begin) * (t1 - t0);
        let [from, to] = [t0, t1].map(|time| self.deformation(begin, time));
        Interval {
            from,
            to,
            metric: self.metric(&from, theta, t1 - t0),
            transport: matrix::transpose(&self.exponential(-theta)),
            absolute_vorticity: self.absolute_vorticity(begin),
        }
    }

    /// `int B B^T dt` over a time `dt` in which theta grows by `theta`, beginning at `from`.
    fn metric(&self, from: &Matrix, theta: f64, dt: f64) -> Matrix {
        let a = &self.gradient;
        if self.stretches_along_axes() {
            // int exp(-2 a t) dt = (1 - exp(-2 a dt)) / (2 a)
            let mut metric = matrix::ZERO;
            for i in 0..3 {
                let rate = 2.0 * a[i][i] * theta;
                let mean = if rate == 0.0 { 1.0 } else { -(-rate).exp_m1() / rate };
                metric[i][i] = from[i][i] * from[i][i] * mean * dt;
            }
            return metric;
        }
        // Gauss-Legendre quadrature of 8 points, on pieces on which the integrand is a polynomial
        // of degree 15 to round-off; in a shear it is one of degree 2, and the quadrature the
        // closed form.
        let pieces = (4.0 * theta.abs() * matrix::norm(a)).ceil().clamp(1.0, MOST_PIECES);
        let mut metric = matrix::ZERO;
        for piece in 0..pieces as usize {
            for (node, weight) in GAUSS_LEGENDRE.into_iter().flat_map(|(x, w)| [(-x, w), (x, w)]) {
                let part = (piece as f64 + 0.5 * (1.0 + node)) / pieces;
                let b = matrix::product(from, &self.exponential(-theta * part));
                let square = matrix::product(&b, &matrix::transpose(&b));
                for i in 0..3 {
                    for j in 0..3 {
                        metric[i][j] += 0.5 * weight * dt / pieces * square[i][j];
                    }
                }
            }
        }
        metric
    }

    /// exp(theta A).
    fn exponential(&self, theta: f64) -> Matrix {
        matrix::exponential(&self.gradient.map(|row| row.map(|a| theta * a)))
    }

    fn factor(&self, time: f64) -> f64 {
        let later = self.schedule.partition_point(|(from, _)| *from <= time);
        self.schedule[later.max(1) - 1].1
    }

    /// int_0^time factor dt.
    pub fn theta(&self, time: f64) -> f64 {
        let ends = self.schedule.iter().skip(1).map(|(from, _)| *from).chain([f64::INFINITY]);
        let parts = self
            .schedule
            .iter()
            .zip(ends)
            .map(|((from, factor), end)| factor * (end.min(time) - from).max(0.0));
        parts.sum()
    }

    /// The time at which theta is reached.
    fn time_of(&self, theta: f64) -> f64 {
        let (mut reached, ends) =
            (0.0, self.schedule.iter().skip(1).map(|(from, _)| *from).chain([f64::INFINITY]));
        for ((from, factor), end) in self.schedule.iter().zip(ends) {
            let gain = factor * (end - from);
            if *factor > 0.0 && reached + gain >= theta {
                return from + (theta - reached) / factor;
            }
            reached += if *factor > 0.0 { gain } else { 0.0 };
        }
        f64::INFINITY
    }

    /// The time of the n-th remesh, n = 0, 1, ..
    fn remesh_time(&self, n: u64) -> f64 {
        if self.tilts == 0.0 { f64::INFINITY } else { self.time_of((n as f64 + 0.5) / self.tilts.abs()) }
    }

    /// Remeshes up to `time`, one at that very time included.
    pub fn remeshes(&self, time: f64) -> u64 {
        if self.tilts == 0.0 {
            return 0;
        }
        // Rounding moves the estimate by one at most; the times themselves decide.
        let n = (self.theta(time) * self.tilts.abs() + 0.5).floor() as u64;
        if n > 0 && self.remesh_time(n - 1) > time {
            n - 1
        } else {
            n.saturating_add(u64::from(self.remesh_time(n) <= time))
        }
    }

    /// The next time after `time` that a step must end at: a remesh, or a jump of the gradient.
    pub fn next_event(&self, time: f64) -> f64 {
        let jump =
            self.schedule.iter().map(|(from, _)| *from).find(|from| *from > time).unwrap_or(f64::INFINITY);
        jump.min(self.remesh_time(self.remeshes(time)))
    }

    /// The relabelling due at `time`, at the end of a step that began at `begin`: n_y <- n_y - this
    /// n_x. Zero if none is due.
    pub fn relabelling(&self, begin: f64, time: f64) -> i64 {
        (self.remeshes(time) - self.remeshes(begin)) as i64 * self.tilts.signum() as i64
    }
}

/// Most pieces of the metric's quadrature. A step that needs more would deform the box by more than
/// exp(1000).
const MOST_PIECES: f64 = 4096.0;

/// Nodes x > 0 and weights on [-1, 1] (Abramowitz & Stegun 1964, table 25.4).
const GAUSS_LEGENDRE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_27),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

#[cfg(test)]
mod tests {
    use super::super::matrix::{self, Matrix};
    use super::MeanFlow;
    use crate::homogeneous::case::{Gradient, Mean};

    fn flow(gradient: Gradient, schedule: &[(f64, f64)]) -> MeanFlow {
        MeanFlow::new(&Mean { gradient, schedule: schedule.to_vec(), ..Mean::default() }, [3.0, 2.0, 1.0])
    }

    fn close(a: &Matrix, b: &Matrix, tolerance: f64) {
        let difference =
            a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(difference < tolerance, "{a:?} is not {b:?}");
    }

    #[test]
    fn remeshes_come_whenever_the_tilt_has_grown_by_one() {
        for rate in [2.0, -2.0] {
            // L_x / L_y = 3/2: a remesh at |S| t = 3/4, 9/4, ..
            let flow = flow(Gradient::Shear { rate }, &[(0.0, 1.0), (1.0, 0.0), (5.0, 0.5)]);
            let (first, second) = (0.375, 5.0 + 2.0 * 0.125);
            let events = [
                flow.next_event(0.0),
                flow.next_event(first),
                flow.next_event(1.0),
                flow.next_event(5.0),
                flow.next_event(second),
            ];
            assert_eq!(events, [first, 1.0, 5.0, second, second + 1.5]);
            assert_eq!(flow.deformation(0.0, first)[0][1], -0.75 * rate.signum());
            assert_eq!(flow.deformation(first, first)[0][1], 0.75 * rate.signum());
            assert_eq!(
                [flow.relabelling(0.0, 0.3), flow.relabelling(0.0, first), flow.relabelling(first, 1.0)],
                [0, rate.signum() as i64, 0]
            );
            assert_eq!(flow.gradient(2.0), matrix::ZERO);
        }
    }

    #[test]
    fn remesh_times_are_exact_to_the_bit_for_any_rate() {
        for i in 1..500 {
            let flow = flow(Gradient::Shear { rate: 0.1 * f64::from(i) / 7.0 }, &[(0.0, 1.0)]);
            let mut time = 0.0;
            for n in 1..60 {
                let next = flow.next_event(time);
                assert_eq!((flow.remeshes(time), flow.relabelling(time, next)), (n - 1, 1));
                assert!((flow.deformation(next, next)[0][1] - 0.75).abs() < 1e-13);
                time = next;
            }
        }
    }

    #[test]
    fn any_time_and_rate_are_answered_at_once() {
        for (rate, time) in [(5.0, 1e19), (5.0, 1e20), (1e30, 2.0), (1e50, 1e50), (1e-50, 1e50)] {
            let flow = flow(Gradient::Shear { rate }, &[(0.0, 1.0)]);
            let expected = rate * time / 1.5 + 0.5;
            // Counts of 64 bits end somewhere; before that they are right to round-off.
            let found = flow.remeshes(time) as f64;
            assert!(
                (found / expected.floor().min(u64::MAX as f64) - 1.0).abs() < 1e-15
                    || found == expected.floor(),
                "{found} {expected}"
            );
        }
        let general =
            flow(Gradient::General([[0.3, 0.5, -0.2], [0.1, -0.7, 0.4], [0.6, 0.2, 0.4]]), &[(0.0, 1.0)]);
        general.interval(0.0, 0.0, 1e20);
    }

    #[test]
    fn the_metric_is_the_integral_of_k_squared() {
        let general = Gradient::General([[0.3, 0.5, -0.2], [0.1, -0.7, 0.4], [0.6, 0.2, 0.4]]);
        for gradient in [
            Gradient::Shear { rate: 3.0 },
            Gradient::PlaneStrain { rate: 0.4 },
            Gradient::AxisymmetricContraction { rate: 2.0 },
            general,
        ] {
            let flow = flow(gradient, &[(0.0, 1.0)]);
            let interval = flow.interval(0.2, 0.25, 0.95);
            // Simpson's rule, on pieces so short that it is exact to its own round-off.
            let (n, mut sum) = (4000, matrix::ZERO);
            for i in 0..=n {
                let b = flow.deformation(0.2, 0.25 + 0.7 * f64::from(i) / f64::from(n));
                let weight = if i == 0 || i == n { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
                let square = matrix::product(&b, &matrix::transpose(&b));
                for (sum, square) in sum.as_flattened_mut().iter_mut().zip(square.as_flattened()) {
                    *sum += weight * square * 0.7 / f64::from(3 * n);
                }
            }
            close(&interval.metric, &sum, 3e-13);
            // k(t_1) = transport k(t_0): B_1^T = transport B_0^T
            close(
                &matrix::transpose(&interval.to),
                &matrix::product(&interval.transport, &matrix::transpose(&interval.from)),
                1e-14,
            );
        }
    }
}
