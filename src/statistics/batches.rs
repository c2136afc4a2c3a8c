//! Averages over time, as sums over batches of one length. With `t_n` the time of sample n and
//! `x_n` its value,
//!
//! ```text
//!     w_n = t_n - t_(n-1),    <x> = sum_n w_n x_n / sum_n w_n
//! ```
//!
//! The first sample opens the window: its weight is 0, so that only its time counts. Batch m covers
//! `m L < t <= (m + 1) L` on the time axis of the run, whichever job computes it: batches of two jobs,
//! or of two members of an ensemble, cover the same time. A sample on a boundary completes its batch
//! and opens the next one, so that no interval lies in two batches.
//!
//! There are two kinds of sums: moments, which cover one batch, and spectra, of which a sum may cover
//! several batches.

use super::Record;
use crate::error::{Error, Result};
use crate::time::Schedule;

/// Tolerance, as a fraction of a batch, within which a time lies on a boundary; the same as in
/// [`Schedule`].
const CLOSE: f64 = 1e-9;

/// The division of the time axis into batches of one length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    length: f64,
}

impl Axis {
    /// `length` > 0.
    pub fn new(length: f64) -> Self {
        Self { length }
    }

    pub fn length(self) -> f64 {
        self.length
    }

    /// The axis of the batch in these records.
    ///
    /// # Errors
    /// An invalid length.
    fn recall(records: &[Record]) -> Result<Self> {
        match Record::number(records, "batch_length")? {
            length if length.is_finite() && length > 0.0 => Ok(Self::new(length)),
            length => Err(Error::input(format!("its statistics have batches of the length {length}"))),
        }
    }

    /// The boundaries, as times at which a step must end and a sample is taken.
    pub fn boundaries(self) -> Schedule {
        Schedule { every_steps: None, every_time: Some(self.length) }
    }

    /// The batch of an interval that begins at this time.
    pub fn batch_from(self, time: f64) -> u64 {
        (time / self.length + CLOSE).floor().max(0.0) as u64
    }

    /// The first batch that begins at this time or later.
    pub fn first_from(self, time: f64) -> u64 {
        (time / self.length - CLOSE).ceil().max(0.0) as u64
    }

    /// The beginning and the end of a batch.
    pub fn extent(self, batch: u64) -> [f64; 2] {
        [batch as f64, batch as f64 + 1.0].map(|boundary| boundary * self.length)
    }

    /// Returns whether `time` is `limit` or later.
    pub fn reaches(self, time: f64, limit: f64) -> bool {
        time >= limit - CLOSE * self.length
    }
}

/// The time that a sum covers, and the weights in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    /// Time of the sample that opened the sum.
    pub begin: f64,
    /// Time of its last sample.
    pub end: f64,
    /// Number of samples in the sum, without the one that opened it.
    pub samples: u64,
    /// The sums of w and of w^2.
    pub weight: f64,
    pub squares: f64,
}

impl Tally {
    fn opened(time: f64) -> Self {
        Self { begin: time, end: time, samples: 0, weight: 0.0, squares: 0.0 }
    }

    fn add(&mut self, weight: &Weight) {
        self.end = weight.time;
        self.samples += 1;
        self.weight += weight.value;
        self.squares += weight.value * weight.value;
    }

    /// The tally of the sum of two sums.
    pub fn and(&self, other: &Self) -> Self {
        Self {
            begin: self.begin.min(other.begin),
            end: self.end.max(other.end),
            samples: self.samples + other.samples,
            weight: self.weight + other.weight,
            squares: self.squares + other.squares,
        }
    }

    /// The tally as records whose names begin with `prefix`.
    fn records(&self, prefix: &str) -> Vec<Record> {
        let Self { begin, end, samples, weight, squares } = *self;
        let scalars = [
            ("samples", "1", "number of samples in the sums", samples as f64),
            (
                "weight",
                TIME,
                "sum of the weights w of the samples, each the time since the sample before it",
                weight,
            ),
            ("weight_squares", "time^2 of the case", "sum of w^2", squares),
            ("t_begin", TIME, "time of the sample that opened the sums", begin),
            ("t_end", TIME, "time of the last sample in the sums", end),
        ];
        scalars
            .map(|(name, units, description, value)| {
                Record::scalar(&format!("{prefix}{name}"), units, description, value)
            })
            .into()
    }

    fn recall(records: &[Record], prefix: &str) -> Result<Self> {
        let number = |name: &str| Record::number(records, &format!("{prefix}{name}"));
        Ok(Self {
            begin: number("t_begin")?,
            end: number("t_end")?,
            samples: number("samples")? as u64,
            weight: number("weight")?,
            squares: number("weight_squares")?,
        })
    }
}

const TIME: &str = "time of the case";
const OF_SPECTRA: &str = "spectra_";
const LAST_SAMPLE: &str = "last_sample";

/// The weight of a sample: add its values times this to the sums, then hand it to
/// [`Batching::added`]. Only [`Batching::sample`] makes one.
#[derive(Debug)]
pub struct Weight {
    time: f64,
    value: f64,
}

impl Weight {
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// The effect of a sample.
#[must_use]
#[derive(Debug)]
pub enum Sampled {
    /// The sample opens a window and adds nothing. After a gap it may close a batch.
    Opens {
        left: Option<Closed>,
    },
    Weighs(Weight),
}

/// A complete batch: its sums must be written and reset to zero. The sums of spectra continue if it has
/// none.
#[must_use]
#[derive(Debug, PartialEq)]
pub struct Closed {
    pub number: u64,
    pub moments: Tally,
    pub spectra: Option<Tally>,
}

/// The open batch: its number, and the time that its sums cover. The flow holds the sums themselves.
pub struct Batching {
    axis: Axis,
    /// Number of batches in a sum of spectra.
    spectra_batches: u64,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    number: u64,
    /// The time of the last sample; none if sampling was interrupted since then.
    last: Option<f64>,
    moments: Tally,
    spectra: Tally,
}

impl Batching {
    /// Sums of spectra cover `spectra_batches` >= 1 batches each.
    pub fn new(axis: Axis, spectra_batches: u64) -> Self {
        Self { axis, spectra_batches, open: None }
    }

    /// Begins a sample of the state at `time`.
    pub fn sample(&mut self, time: f64) -> Sampled {
        match self.open {
            Some(Open { number, last: Some(last), .. }) if last < time && !self.is_beyond(time, number) => {
                Sampled::Weighs(Weight { time, value: time - last })
            }
            _ => Sampled::Opens { left: self.reopen(time) },
        }
    }

    fn is_beyond(&self, time: f64, number: u64) -> bool {
        let [_, end] = self.axis.extent(number);
        !self.axis.reaches(end, time)
    }

    /// Opens a window, and closes an earlier batch that cannot be continued.
    fn reopen(&mut self, time: f64) -> Option<Closed> {
        let number = self.axis.batch_from(time);
        let fresh = Tally::opened(time);
        let before = self.open.replace(Open { number, last: Some(time), moments: fresh, spectra: fresh })?;
        let (same_batch, same_sum) =
            (before.number == number, self.sum_of(before.number) == self.sum_of(number));
        if let Some(open) = &mut self.open {
            if same_batch && before.moments.samples > 0 {
                open.moments = before.moments;
            }
            if same_sum && before.spectra.samples > 0 {
                open.spectra = before.spectra;
            }
        }
        let spectra = Some(before.spectra).filter(|spectra| !same_sum && spectra.samples > 0);
        let left = !same_batch && before.moments.samples > 0 || spectra.is_some();
        left.then_some(Closed { number: before.number, moments: before.moments, spectra })
    }

    /// The sum of spectra that a batch belongs to.
    fn sum_of(&self, number: u64) -> u64 {
        number / self.spectra_batches
    }

    /// Ends a sample whose weighted values have been added to all sums. Returns the batch if it is full.
    pub fn added(&mut self, weight: Weight) -> Option<Closed> {
        let (axis, spectra_batches) = (self.axis, self.spectra_batches);
        let open = self.open.as_mut()?;
        open.moments.add(&weight);
        open.spectra.add(&weight);
        open.last = Some(weight.time);
        let Open { number, moments, spectra, .. } = *open;
        if !axis.reaches(weight.time, axis.extent(number)[1]) {
            return None;
        }
        open.number += 1;
        open.moments = Tally::opened(weight.time);
        let ends_sum = open.number.is_multiple_of(spectra_batches);
        if ends_sum {
            open.spectra = open.moments;
        }
        Some(Closed { number, moments, spectra: ends_sum.then_some(spectra) })
    }

    /// Interrupts sampling: the next sample opens a window, and the time in between has no weight.
    pub fn interrupt(&mut self) {
        self.open = self
            .open
            .filter(|open| open.moments.samples + open.spectra.samples > 0)
            .map(|open| Open { last: None, ..open });
    }

    /// The open batch, as if it were closed with its spectra; none before the first sample.
    pub fn so_far(&self) -> Option<Closed> {
        self.open.map(|Open { number, moments, spectra, .. }| Closed {
            number,
            moments,
            spectra: Some(spectra),
        })
    }

    /// The records of a batch of this axis in a file, in addition to its sums.
    pub fn records(&self, closed: &Closed) -> Vec<Record> {
        let number = Record::scalar(
            "batch",
            "1",
            "number m of the batch, which covers m L < t <= (m + 1) L",
            closed.number as f64,
        );
        let length = Record::scalar("batch_length", TIME, "length L of a batch", self.axis.length);
        let batches = "number of batches that a sum of spectra covers";
        let spectra_batches = Record::scalar("spectra_batches", "1", batches, self.spectra_batches as f64);
        let of_spectra = closed.spectra.iter().flat_map(|spectra| spectra.records(OF_SPECTRA));
        [number, length, spectra_batches]
            .into_iter()
            .chain(closed.moments.records(""))
            .chain(of_spectra)
            .collect()
    }

    /// The additional record in a checkpoint: the time of the last sample.
    pub fn last_sample(&self) -> Record {
        let last = self.open.and_then(|open| open.last).unwrap_or(f64::NAN);
        Record::scalar(
            LAST_SAMPLE,
            TIME,
            "time of the last sample, from which the next one is weighted; none after an interruption",
            last,
        )
    }

    /// Restores the open batch of a checkpoint, and the length of its batches.
    ///
    /// # Errors
    /// Records of another form; nothing is restored then.
    pub fn recall(&mut self, records: &[Record]) -> Result<()> {
        let number = |name: &str| Record::number(records, name);
        let open = Open {
            number: number("batch")? as u64,
            last: Some(number(LAST_SAMPLE)?).filter(|last| last.is_finite()),
            moments: Tally::recall(records, "")?,
            spectra: Tally::recall(records, OF_SPECTRA)?,
        };
        (self.axis, self.spectra_batches) = (Axis::recall(records)?, recall_spectra_batches(records)?);
        self.open = Some(open);
        Ok(())
    }
}

fn recall_spectra_batches(records: &[Record]) -> Result<u64> {
    match Record::number(records, "spectra_batches")? {
        batches if batches >= 1.0 => Ok(batches as u64),
        batches => Err(Error::input(format!("its statistics have sums of spectra over {batches} batches"))),
    }
}

/// A batch from a file, complete or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub number: u64,
    pub axis: Axis,
    /// Number of batches that a sum of spectra covers.
    pub spectra_batches: u64,
    pub moments: Tally,
    /// Tally of the spectra that end with this batch, if any do.
    pub spectra: Option<Tally>,
    pub records: Vec<Record>,
}

impl Batch {
    /// Reads a batch from its records.
    ///
    /// # Errors
    /// Records that are not those of a batch.
    pub fn new(records: Vec<Record>) -> Result<Self> {
        let has_spectra = records.iter().any(|record| record.name == format!("{OF_SPECTRA}weight"));
        Ok(Self {
            number: Record::number(&records, "batch")? as u64,
            axis: Axis::recall(&records)?,
            spectra_batches: recall_spectra_batches(&records)?,
            moments: Tally::recall(&records, "")?,
            spectra: has_spectra.then(|| Tally::recall(&records, OF_SPECTRA)).transpose()?,
            records,
        })
    }

    /// Returns whether the samples cover the whole time of the batch.
    pub fn is_whole(&self) -> bool {
        self.fills(self.moments.weight, 1.0)
    }

    /// Returns whether there are spectra, and their samples cover the whole time of their sum.
    pub fn has_whole_spectra(&self) -> bool {
        self.spectra.is_some_and(|tally| self.fills(tally.weight, self.spectra_batches as f64))
    }

    fn fills(&self, weight: f64, batches: f64) -> bool {
        // Either boundary may be off by the tolerance.
        (weight - batches * self.axis.length).abs() <= 4.0 * CLOSE * self.axis.length
    }
}

/// The time interval of an average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub from: f64,
    pub to: f64,
}

impl Window {
    /// Returns whether the window contains the whole time that a sum of this axis covers.
    pub fn holds(&self, tally: &Tally, axis: Axis) -> bool {
        axis.reaches(tally.begin, self.from) && axis.reaches(self.to, tally.end)
    }
}

#[cfg(test)]
mod tests;
