//! How the aliasing errors of the products are kept out.
//!
//! A product on a grid of N points adds to each mode those that differ by multiples of N in its
//! label (aliases of type e). On a grid displaced by delta cells they are multiplied by
//! `exp(2 pi i e.delta)`. With the ellipsoid of [`Shape::Ellipsoid`] only the single ones, |e_x| +
//! |e_y| + |e_z| = 1, occur, and these change sign between delta and delta + 1/2 (Patterson &
//! Orszag 1971). `phase-shift-exact` evaluates both grids in every stage; `phase-shift` is
//! Rogallo's: two evaluations of equal weight, of different stages, are on grids half a cell apart,
//! displaced by a random delta, and what is left falls with dt.

use crate::homogeneous::case::Dealiasing;
use crate::random::{Purpose, uniform};
use crate::time::RungeKutta;
use crate::transform::Shape;

impl Dealiasing {
    pub fn shape(self) -> Shape {
        match self {
            Self::TwoThirds => Shape::TwoThirds,
            Self::PhaseShift | Self::PhaseShiftExact => Shape::Ellipsoid,
        }
    }

    /// Whether every stage has two evaluations, on two grids.
    pub fn evaluates_twice(self) -> bool {
        self == Self::PhaseShiftExact
    }

    /// The displacement, in cells, of the grid of stage `stage` of step `step`, and of the second
    /// grid if there are two.
    ///
    /// Rogallo's pairs are stages of the same weight in the result: in RK2 the corrector and the
    /// next predictor; in RK4 the second and third stage, and the fourth and the next first. The
    /// weights of RK3 are 1/4, 0, 3/4: its last stage and the next first cancel by a third only,
    /// and the rest is noise of zero mean.
    pub fn displacements(
        self,
        scheme: RungeKutta,
        seed: u64,
        step: u64,
        stage: usize,
    ) -> ([f64; 3], Option<[f64; 3]>) {
        let drawn = |step: i64, pair: i64| uniform(seed, Purpose::PhaseShift, [step, step >> 32, pair]);
        let half = |delta: [f64; 3]| delta.map(|d| (d + 0.5) % 1.0);
        let (step, last) = (step as i64, scheme.stages().len() - 1);
        match (self, scheme, stage) {
            (Self::TwoThirds, ..) => ([0.0; 3], None),
            (Self::PhaseShiftExact, ..) => ([0.0; 3], Some([0.5; 3])),
            (Self::PhaseShift, _, 0) => (half(drawn(step - 1, 0)), None),
            (Self::PhaseShift, _, s) if s == last => (drawn(step, 0), None),
            (Self::PhaseShift, RungeKutta::Rk4, 2) => (half(drawn(step, 1)), None),
            (Self::PhaseShift, ..) => (drawn(step, 1), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::homogeneous::case::Dealiasing;
    use crate::time::RungeKutta;

    #[test]
    fn paired_stages_are_half_a_cell_apart_in_every_direction() {
        let delta = |scheme, step, stage| Dealiasing::PhaseShift.displacements(scheme, 3, step, stage).0;
        let pairs = [
            (RungeKutta::Rk2, (7, 1), (8, 0)),
            (RungeKutta::Rk3, (7, 2), (8, 0)),
            (RungeKutta::Rk4, (7, 3), (8, 0)),
            (RungeKutta::Rk4, (7, 1), (7, 2)),
        ];
        for (scheme, a, b) in pairs {
            let (a, b) = (delta(scheme, a.0, a.1), delta(scheme, b.0, b.1));
            assert!((0..3).all(|i| ((a[i] - b[i]).abs() - 0.5).abs() < 1e-15), "{scheme:?}");
        }
        assert_ne!(delta(RungeKutta::Rk2, 7, 1), delta(RungeKutta::Rk2, 8, 1));
    }
}
