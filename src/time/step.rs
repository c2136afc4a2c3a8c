//! The length of a step, and the schedule of output.

use super::Rates;

/// The rule for the length of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepSize {
    /// A fixed dt.
    Fixed(f64),
    /// The Courant number C of `dt max(sum_i |u_i| / dx_i) = C`; other rates than convection limit
    /// the step in the same way.
    Courant(f64),
}

impl StepSize {
    /// dt of a flow that changes at these rates, at most `limit`, the time to the next moment at
    /// which a step must end. A remainder below 1e-6 of a step is added to the step.
    pub fn choose(self, rates: &Rates, limit: f64) -> f64 {
        let length = self.length(rates);
        if length * (1.0 + 1e-6) >= limit { limit } else { length }
    }

    /// dt of a flow that changes at these rates, without a time at which the step must end.
    pub fn length(self, rates: &Rates) -> f64 {
        match self {
            Self::Fixed(dt) => dt,
            Self::Courant(number) => rates.fastest(number).map_or(f64::INFINITY, |(_, dt)| dt),
        }
    }
}

/// A schedule by steps, by time, or by both; never if neither is given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Schedule {
    pub every_steps: Option<u64>,
    pub every_time: Option<f64>,
}

impl Schedule {
    /// The next time after `time` that a step must end at.
    pub fn next_time(&self, time: f64) -> f64 {
        self.every_time.map_or(f64::INFINITY, |interval| {
            let next = (time / interval * (1.0 + 1e-12)).floor() + 1.0;
            next * interval
        })
    }

    /// Returns whether the output is due after `step` steps at `time`.
    pub fn is_due(&self, step: u64, time: f64) -> bool {
        let by_step = self.every_steps.is_some_and(|n| step.is_multiple_of(n));
        let by_time = self.every_time.is_some_and(|interval| {
            let count = (time / interval).round();
            (time - count * interval).abs() <= 1e-9 * interval
        });
        by_step || by_time
    }
}

#[cfg(test)]
mod tests {
    use super::{Schedule, StepSize};
    use crate::time::{Cause, Rates};

    #[test]
    fn steps_land_on_the_times_that_are_due() {
        for (interval, size) in
            [(1.0, StepSize::Fixed(0.3)), (0.1, StepSize::Fixed(0.01)), (0.7, StepSize::Courant(0.5))]
        {
            let schedule = Schedule { every_steps: None, every_time: Some(interval) };
            let (mut time, mut hits, mut shortest) = (0.0, Vec::new(), f64::INFINITY);
            for step in 1..200 {
                let next = schedule.next_time(time);
                let mut rates = Rates::default();
                rates.raise(Cause::Convection, 1.0 + (step % 7) as f64);
                let dt = size.choose(&rates, next - time);
                shortest = dt.min(shortest);
                time = if dt == next - time { next } else { time + dt };
                if schedule.is_due(step, time) {
                    hits.push(time);
                }
            }
            assert!(hits.len() > 3 && shortest > 1e-4);
            for (i, hit) in hits.iter().enumerate() {
                assert_eq!(*hit, (i + 1) as f64 * interval);
            }
        }
    }

    #[test]
    fn steps_are_counted_and_never_means_never() {
        let schedule = Schedule { every_steps: Some(5), every_time: None };
        assert!(schedule.is_due(10, 0.3) && !schedule.is_due(11, 1.0));
        assert_eq!(schedule.next_time(3.0), f64::INFINITY);
        assert!(!Schedule::default().is_due(0, 0.0));
    }
}
