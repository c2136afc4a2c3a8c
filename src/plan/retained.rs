//! The disk space of the checkpoints that a run retains.

use super::memory::bytes;
use crate::case::{Case, Stop};
use crate::time::{Schedule, StepSize};

/// How many checkpoints of so many bytes the run retains until its end, and what they take; none if it
/// retains none.
pub fn told(case: &Case, checkpoint: f64) -> Option<String> {
    let retain = case.checkpoint.retain;
    if retain == Schedule::default() {
        return None;
    }
    Some(match count(&retain, &case.time.stop, case.time.step) {
        Some(number) => {
            format!("about {number} until the end, {}, besides the newest", bytes(number * checkpoint))
        }
        None => "any number: it depends on the length of the steps".to_owned(),
    })
}

/// The number of checkpoints that a run retains, that of time zero among them; none if it depends on
/// the length of the steps.
fn count(retain: &Schedule, stop: &Stop, step: StepSize) -> Option<f64> {
    let dt = if let StepSize::Fixed(dt) = step { Some(dt) } else { None };
    let least = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::min);
    let steps = stop.steps.map(|steps| steps as f64);
    let end = least(stop.end, dt.zip(steps).map(|(dt, steps)| steps * dt));
    // Steps that are cut to end at the times of output add to these.
    let steps = least(steps, dt.zip(stop.end).map(|(dt, end)| end / dt));
    // As in the schedule: 3 * 0.7 is 2.1 but for round-off.
    let intervals = |whole: f64, interval: f64| (whole / interval * (1.0 + 1e-12)).floor();
    let by_step = retain.every_steps.map_or(Some(0.0), |every| Some(intervals(steps?, every as f64)));
    let by_time = retain.every_time.map_or(Some(0.0), |every| Some(intervals(end?, every)));
    Some(by_step? + by_time? + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retained_checkpoints_are_counted_where_their_number_is_known() {
        let retain = |every_steps, every_time| Schedule { every_steps, every_time };
        let stop = |end, steps| Stop { end, steps };
        let (dt, cfl) = (StepSize::Fixed(0.1), StepSize::Courant(0.5));
        let of_time = retain(None, Some(0.7));
        assert_eq!(count(&of_time, &stop(Some(2.1), None), cfl), Some(4.0));
        assert_eq!(count(&of_time, &stop(Some(2.0), None), cfl), Some(3.0));
        assert_eq!(count(&of_time, &stop(None, Some(100)), cfl), None);
        assert_eq!(count(&of_time, &stop(None, Some(100)), dt), Some(15.0));
        let of_steps = retain(Some(10), None);
        assert_eq!(count(&of_steps, &stop(Some(2.0), None), cfl), None);
        assert_eq!(count(&of_steps, &stop(Some(2.0), None), dt), Some(3.0));
        assert_eq!(count(&of_steps, &stop(Some(2.0), Some(19)), cfl), Some(2.0));
        assert_eq!(count(&retain(Some(10), Some(0.7)), &stop(Some(2.1), Some(20)), dt), Some(5.0));
    }
}
