//! Sampling times and batches of statistics.

use super::codec::*;
use super::general::schedule;
use super::keys::{Change, Form, Head, Key, Keys};
use crate::time::Schedule;

/// Times at which profiles and spectra are added to the running sums, and the batches of these.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sampling {
    pub schedule: Schedule,
    /// Time before which no samples are taken.
    pub from: f64,
    pub batches: Batches,
}

/// Batches of samples: intervals of time of equal length, each with its own sums.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Batches {
    /// Length in time, > 0.
    pub length: f64,
    /// Number of batches that a sum of spectra covers, >= 1.
    pub of_spectra: u64,
}

/// Default sampling of the statistics.
const USUAL: Schedule = Schedule { every_steps: Some(10), every_time: None };

/// The keys of `statistics` that one flow has besides those of all.
pub struct Further<'a, F> {
    pub value: &'a mut F,
    pub names: &'a [&'static str],
    /// Visits them, and is told whether there are samples.
    pub visit: &'a dyn Fn(&mut F, &mut Keys, bool),
}

/// Visits `statistics`, where `{}` means never; without a cadence, the other keys imply the default.
/// `batch_length` is the default length of batches, `by_default` its description.
pub fn visit<F: Clone + Default>(
    keys: &mut Keys,
    sampling: &mut Sampling,
    further: Further<F>,
    batch_length: f64,
    by_default: &'static str,
) {
    let batches = Batches { length: batch_length, of_spectra: 1 };
    let never = Sampling { schedule: Schedule::default(), from: 0.0, batches };
    let usual = Sampling { schedule: USUAL, ..never };
    let says = "Samples of profiles and spectra; {} means never, and every 10 steps is the default.";
    let head = Head::new("statistics", says).form(Form::Inline).change(Change::Noted);
    let Further { value, names, visit } = further;
    let mut both = (*sampling, value.clone());
    let [usual, never] = [usual, never].map(|sampling| (sampling, F::default()));
    keys.whole(&mut both, head, usual, never, |(sampling, further), keys| {
        let Sampling { schedule, from, batches } = sampling;
        self::schedule(keys, schedule);
        // Without a cadence the other keys would imply the default one.
        let is_sampled = *schedule != Schedule::default();
        let key = Key::or("from", non_negative(), 0.0).unit("time").written(is_sampled);
        keys.key(from, key.says("Time before which no samples are taken."));
        let key = Key::or("batch", positive(), batches.length).unit("time").written(is_sampled);
        // See `batch_differences`.
        let key = key.change(Change::Asked);
        let key = key.by_default(by_default);
        keys.key(&mut batches.length, key.says("Length of a batch, an interval of time with its own sums."));
        let key = Key::or("spectra_batch", at_least(1), 1).written(is_sampled).change(Change::Asked);
        keys.key(&mut batches.of_spectra, key.says("Number of batches that a sum of spectra covers."));
        visit(further, keys, is_sampled);
        let others = ["from", "batch", "spectra_batch"].iter().chain(names);
        if !is_sampled && others.copied().any(|key| keys.given(key) == Some(true)) {
            *schedule = USUAL;
        }
    });
    (*sampling, *value) = both;
}
