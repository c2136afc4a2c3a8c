//! Blow-ups: when a run has one, and what is reported of it.
//!
//! A state that is not finite is one; where only a scalar is not, that is named. Before that the
//! velocity may run away, with a Courant step ever slower in time. By convection alone a sound flow
//! can change its velocity, in the time in which it crosses a cell, by about as much as it has:
//! with a Courant step exponential growth in time is linear growth in steps, and a force from rest
//! gives the root of the steps. In 1000 steps such a flow grows 50-fold at the most, and usually
//! hardly at all. It has run away where, against the medians of the last 1000 steps, the Courant
//! number that it would have with the usual step is above 1000 and its energy has grown by 10^4; or
//! where the step no longer moves the time. Both count, for a peak of velocity at one point, an
//! instability that grows from noise at small Courant number and a step cut short for an output are
//! none.

use crate::case::Case;
use crate::flow::Diagnosis;
use crate::flow::{Broken, Clock, Step};
use crate::time::{Cause, Excess, Stability, StepSize};
use std::collections::VecDeque;
use std::fmt::Write;

/// Number of steps in the medians that define the usual step and energy, and the smallest number
/// for which they count.
const USUAL: usize = 1000;
const FEWEST: usize = 3;
/// The Courant number with the usual step, and the growth of the energy, beyond which the velocity
/// has run away.
const COURANT: f64 = 1e3;
const GROWTH: f64 = 1e4;
/// Growth of both since the usual step, from which on no checkpoint replaces an older one until it is over.
const DOUBTFUL: f64 = 10.0;
/// Steps in the report.
const SHOWN: usize = 20;
/// Ratio of the end of a spectrum of the velocity gradients to its peak, above which the smallest
/// scales are not resolved.
const PILED_UP: f64 = 0.5;
/// Ratio of the Courant number to the limit of the scheme that a velocity within the limit reaches
/// in one step only by a blow-up.
const SUDDEN: f64 = 2.0;

/// The last steps, the newest last.
#[derive(Default)]
pub struct Watch {
    steps: VecDeque<(Clock, Step)>,
    sorted: Vec<f64>,
    doubtful: bool,
}

impl Watch {
    /// Records a step that ended at `clock`. Returns a description of its blow-up, if it has one.
    pub fn judge(&mut self, clock: Clock, step: &Step) -> Option<String> {
        let at = format!(
            "at step {}, time {:.6e} (dt {:.3e}, Courant number {:.2})",
            clock.step, clock.time, step.dt, step.cfl
        );
        let usual = (self.steps.len() >= FEWEST).then(|| {
            [|step: &Step| step.dt, |step: &Step| step.cfl, |step: &Step| step.energy]
                .map(|of| self.median(of))
        });
        if self.steps.len() == USUAL {
            self.steps.pop_front();
        }
        self.steps.push_back((clock, step.clone()));
        if let Some(broken) = &step.broken {
            return Some(format!("{broken} is no longer finite {at}"));
        }
        if step.cfl > 0.0 && clock.time - step.dt == clock.time {
            return Some(format!("the step has become so short that the time no longer advances {at}"));
        }
        let [dt, cfl, energy] = usual?;
        let (courant, growth) = (step.cfl / step.dt * dt, step.energy / energy);
        self.doubtful = courant > DOUBTFUL * cfl && growth > DOUBTFUL;
        (courant > COURANT && growth > GROWTH).then(|| {
            format!(
                "the velocity runs away {at}: with the usual step {dt:.3e} the Courant number would be \
                 {courant:.3e}, and the energy is {growth:.3e} times the usual one"
            )
        })
    }

    /// Returns whether the velocity grows so fast that a checkpoint must not replace a sound one.
    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    fn median(&mut self, of: impl Fn(&Step) -> f64) -> f64 {
        self.sorted.clear();
        self.sorted.extend(self.steps.iter().map(|(_, step)| of(step)));
        let middle = (self.sorted.len() - 1) / 2;
        *self.sorted.select_nth_unstable_by(middle, f64::total_cmp).1
    }

    /// The steps that are shown, the oldest first.
    fn shown(&self) -> impl Iterator<Item = &(Clock, Step)> {
        self.steps.iter().skip(self.steps.len().saturating_sub(SHOWN))
    }
}

/// The likely reason and what to try, in one line.
pub fn reason(watch: &Watch, case: &Case, diagnosis: &Diagnosis) -> String {
    let stability = &diagnosis.stability;
    // Before it went wrong: the step that failed may have any rates.
    let early = watch.shown().next().map_or_else(Vec::new, |(_, step)| step.rates.beyond(step.dt, stability));
    if let Some(excess) = early.iter().find(|excess| excess.cause.is_stiff()) {
        return too_long(excess, case, stability);
    }
    let courants = || watch.shown().map(|(_, step)| step.rates.of(Cause::Convection) * step.dt);
    let limit = stability.limit(Cause::Convection);
    if let (Some(n), StepSize::Fixed(dt)) = (courants().position(|courant| courant > limit), case.time.step) {
        let [from, to] = [courants().next(), courants().nth(n)].map(|courant| courant.unwrap_or(0.0));
        // A jump far beyond the limit is the blow-up itself: no step can be derived from it.
        let step = if to < SUDDEN * limit {
            format!("time.dt = {:.1e}, or ", 0.8 * dt * limit / to)
        } else {
            String::new()
        };
        return format!(
            "the velocity has outgrown the fixed step: its Courant number rose from {from:.2} to {to:.2} \
             before the blow-up, and {} {limit:.2}; \
             try {step}time.cfl = {:.1}, and check below whether the smallest scales are resolved",
            stability.up_to(Cause::Convection),
            0.8 * limit
        );
    }
    if let Some(excess) = early.first() {
        return too_long(excess, case, stability);
    }
    let last = watch.steps.back();
    if let Some(Broken::Scalar(name)) = last.and_then(|(_, step)| step.broken.as_ref()) {
        return format!(
            "the scalar {name} has blown up while the velocity is sound: its initial field or its source may \
             be too large for this precision, or its smallest scales are not resolved; try a smaller Schmidt \
             number, more points (domain.grid), or a shorter step (time.cfl, time.dt)"
        );
    }
    if let Some(tail) = diagnosis.tails.iter().find(|tail| tail.end().is_some_and(|end| end > PILED_UP)) {
        return format!(
            "the smallest scales are not resolved: in the spectrum over {}, the velocity gradients squared \
             end at {:.0} % of their peak; try more points (domain.grid) or a larger viscosity, or a weaker \
             initial field and weaker forces",
            tail.of,
            100.0 * tail.end().unwrap_or(0.0)
        );
    }
    "unknown: neither the step nor, as far as the state shows, the resolution; try a shorter step \
     (time.cfl, time.dt), more points (domain.grid), or a weaker initial field and weaker forces"
        .into()
}

/// Describes a step that was too long for a rate of the flow before anything went wrong.
fn too_long(excess: &Excess, case: &Case, stability: &Stability) -> String {
    let Excess { cause, rate, number, limit } = *excess;
    let of_cells = 0.8 * stability.limit(Cause::Convection);
    let shorter = match case.time.step {
        StepSize::Fixed(_) => {
            format!("time.dt = {:.1e}, or time.cfl = {of_cells:.1}", 0.8 * excess.longest())
        }
        StepSize::Courant(_) => format!("time.cfl = {of_cells:.1}"),
    };
    match cause {
        Cause::Convection if stability.imaginary.is_some() => {
            format!(
                "the step is too long: its Courant number was already {number:.2}, and the scheme is stable \
                 up to {limit:.2}; try {shorter}"
            )
        }
        _ => format!(
            "the step is too long for {}, {rate:.3e} per time: {} (dt = {:.2e}); try {shorter}",
            cause.name(),
            excess.describe(stability),
            excess.longest()
        ),
    }
}

/// The text of `blowup.txt`.
pub fn report(what: &str, reason: &str, watch: &Watch, diagnosis: &Diagnosis) -> String {
    let mut text = format!("What: {what}\nLikely reason: {reason}\n\nWhere:\n");
    diagnosis.places.iter().for_each(|place| text += &format!("  {place}\n"));
    text += "\nThe last steps:\n     step          time            dt       courant          energy\n";
    for (clock, step) in watch.shown() {
        let _ = writeln!(
            text,
            "{:>9} {:>13.6e} {:>13.6e} {:>13.6e} {:>15.8e}",
            clock.step, clock.time, step.dt, step.cfl, step.energy
        );
    }
    for tail in &diagnosis.tails {
        text += &format!("\nVelocity gradients squared over {}, end of the spectrum", tail.of);
        text += &tail.end().map_or_else(|| ":\n".to_owned(), |end| format!(" (end / peak: {end:.2e}):\n"));
        for (k, value) in &tail.rows[tail.rows.len().saturating_sub(SHOWN)..] {
            let _ = writeln!(text, "{k:>13.4} {value:>13.6e}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Rates;

    fn step(dt: f64, cfl: f64, energy: f64) -> Step {
        let mut rates = Rates::default();
        rates.raise(Cause::Convection, cfl / dt);
        Step { dt, cfl, rates, energy, dissipation: None, remesh: None, broken: None, end: None }
    }

    /// The likely reason for steps of 0.05 with these Courant numbers and this other rate.
    fn reason_for(courants: &[f64], other: Option<(Cause, f64)>) -> String {
        let mut watch = Watch::default();
        for (n, courant) in (1..).zip(courants) {
            let mut step = step(0.05, *courant, 1.0);
            other.into_iter().for_each(|(cause, rate)| step.rates.raise(cause, rate));
            watch.judge(Clock { step: n, time: 0.05 * n as f64 }, &step);
        }
        let text = "flow.kind = \"homogeneous\"\ndomain.grid = [8, 8, 8]\nfluid.viscosity = \
            0.1\ninitial.kind = \"abc\"\ntime = { dt = 0.05, end = 1.0 }\n";
        let case =
            crate::case::parse(crate::FLOWS, "case.toml", text, std::path::Path::new(""), &[]).unwrap();
        let stability =
            Stability { imaginary: Some(3.0_f64.sqrt()), reach: 2.0 / 3.0 * std::f64::consts::PI };
        reason(&watch, &case, &Diagnosis { places: Vec::new(), tails: Vec::new(), stability })
    }

    #[test]
    fn the_reason_is_that_of_the_state_before() {
        let stiff = reason_for(&[0.0, 0.0, 10.0, 2e4], Some((Cause::Stratification, 100.0)));
        let expected = "the step is too long for the buoyancy frequency N, 1.000e2 per time: its rate times \
                        dt is 5.00, and the scheme is stable up to 1.73 (dt = 1.73e-2); \
                        try time.dt = 1.4e-2, or time.cfl = 0.7";
        assert_eq!(stiff, expected);
        let grown = reason_for(&[0.5, 0.8, 1.0, 3.0, 2e4], None);
        assert!(
            grown.contains("rose from 0.50 to 1.00 before the blow-up")
                && grown.contains("try time.dt = 3.3e-2, or time.cfl = 0.7"),
            "{grown}"
        );
        // The Courant number of a velocity that has blown up says nothing about the step.
        let sudden = reason_for(&[0.1, 0.1, 2e4], None);
        assert!(sudden.contains("to 20000.00") && sudden.contains("; try time.cfl = 0.7"), "{sudden}");
        assert!(reason_for(&[0.1, 0.1], None).starts_with("unknown"));
    }

    /// The step at which a velocity `growth(time, step)`, advanced at the Courant number 1/2, is
    /// judged to run away.
    fn caught(growth: impl Fn(f64, u64) -> f64, steps: u64) -> Option<u64> {
        let (mut watch, mut clock, mut velocity) = (Watch::default(), Clock::default(), 1.0_f64);
        for n in 1..=steps {
            let dt = 0.5 / velocity;
            clock = Clock { step: n, time: clock.time + dt };
            velocity = growth(clock.time, n);
            if watch.judge(clock, &step(dt, 0.5, velocity * velocity)).is_some() {
                return Some(n);
            }
        }
        None
    }

    #[test]
    fn sound_growth_is_none_and_a_runaway_is_one() {
        // The e-folding time of the velocity is that in which it crosses two cells at first; a
        // force from rest.
        assert_eq!(caught(|time, _| (0.5 * time).exp(), 20_000), None);
        assert_eq!(caught(|time, _| 1e-6 + time, 20_000), None);
        // A tenth more every step, which no time can explain.
        let at = caught(|_, n| 1.1_f64.powi(n as i32), 1000);
        assert!(at.is_some_and(|n| n < 200), "{at:?}");
        // Slowly, until the time stands still.
        assert!(caught(|_, n| 1.01_f64.powi(n as i32), 20_000).is_some());
    }

    #[test]
    fn growth_from_noise_and_steps_cut_short_are_none() {
        let mut watch = Watch::default();
        for n in 1..500 {
            // From 1e-20 at a fixed step; every tenth step is a thousandth of the usual one.
            let (velocity, part) = (1e-20 * 1.08_f64.powi(n as i32), if n % 10 == 0 { 1e-3 } else { 1.0 });
            let clock = Clock { step: n, time: 0.1 * n as f64 };
            assert_eq!(
                watch.judge(clock, &step(0.1 * part, 0.1 * part * velocity, velocity * velocity)),
                None
            );
        }
        let clock = Clock { step: 500, time: 50.0 };
        let broken = |part: Broken| Step { broken: Some(part), ..step(0.1, 0.1, 1.0) };
        let mut said = |part| watch.judge(clock, &broken(part)).unwrap_or_default();
        assert!(said(Broken::Velocity).starts_with("the velocity is no longer finite at step 500, "));
        assert!(
            said(Broken::Scalar("dye".into()))
                .starts_with("the scalar dye is no longer finite at step 500, ")
        );
    }

    #[test]
    fn no_checkpoint_is_made_while_it_grows() {
        let mut watch = Watch::default();
        for n in 1..=100 {
            watch.judge(Clock { step: n, time: n as f64 }, &step(1.0, 0.3, 1.0));
        }
        assert!(!watch.is_doubtful());
        watch.judge(Clock { step: 101, time: 101.0 }, &step(1.0, 6.0, 400.0));
        assert!(watch.is_doubtful());
        watch.judge(Clock { step: 102, time: 102.0 }, &step(1.0, 0.3, 1.0));
        assert!(!watch.is_doubtful());
    }
}
