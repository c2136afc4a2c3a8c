//! The batches over which a run is averaged: those of its case that lie in a window of time.

use std::path::Path;

use super::spectral_sums::SpectralSums;
use crate::case::{self, Case};
use crate::channel::RecordsOfSpectra;
use crate::channel::case::Channel;
use crate::channel::catalogue::{PHASE, PLACES};
use crate::error::Result;
use crate::report::rows::number;
use crate::statistics::{Batch, Record, Tally, Window};
use crate::store::{self, Header};

/// The batches to average, and notes on the others. Batches ascend in time; profiles begin at the
/// upper wall, like the grid of the program.
#[derive(Default)]
pub struct Chosen {
    /// The batches without their spectra.
    pub batches: Vec<Batch>,
    pub spectra: Option<SpectralSums>,
    /// Those over k_x and k_z of the batches that have them, at the y of the last of these.
    pub plane_spectra: Option<SpectralSums>,
    /// One line for each thing that is left out, with the reason.
    pub notes: Vec<String>,
    /// The names of the records of spectra.
    of_spectra: RecordsOfSpectra,
}

/// The number of batches left out for each reason.
#[derive(Default)]
struct LeftOut {
    before: usize,
    after: usize,
    other_length: usize,
    other_physics: usize,
    /// The difference between the case and that of one of these.
    difference: String,
}

impl Chosen {
    /// Reads the files of `run_dir` and its newest checkpoint, which has the unfinished batch. `limits` are
    /// the options or keys that give the limits of the window.
    ///
    /// # Errors
    /// A damaged batch.
    pub fn read(
        run_dir: &Path,
        case: &Case,
        flow: &Channel,
        window: Window,
        limits: [&str; 2],
    ) -> Result<Self> {
        let mut chosen = Self { of_spectra: RecordsOfSpectra::new(&flow.scalars), ..Self::default() };
        let mut left = LeftOut::default();
        let mut newest = None;
        for path in store::batches(&run_dir.join("statistics"))? {
            let (header, batch) = store::read_batch(&path)?;
            newest = Some(batch.number);
            chosen.consider(&header, batch, case, window, &mut left)?;
        }
        let checkpoint = run_dir.join("checkpoints/latest");
        if checkpoint.exists() {
            match store::read_open_batch(&checkpoint) {
                // The run may have finished it since.
                Ok(Some((header, batch))) if newest.is_none_or(|newest| batch.number > newest) => {
                    chosen.consider(&header, batch, case, window, &mut left)?;
                }
                Ok(_) => {}
                Err(error) => chosen.notes.push(format!("left out: the unfinished batch: {error}")),
            }
        }
        chosen.tell(&left, window, limits);
        Ok(chosen)
    }

    fn consider(
        &mut self,
        header: &Header,
        batch: Batch,
        case: &Case,
        window: Window,
        left: &mut LeftOut,
    ) -> Result<()> {
        let differences =
            case::physics_differences(&case::read_physics(case.flow.flows, &header.case)?, case);
        let Batch { moments, spectra, axis, .. } = batch;
        let spectra_are_whole = batch.has_whole_spectra();
        if let Some(difference) = differences.into_iter().next() {
            (left.other_physics, left.difference) = (left.other_physics + 1, difference);
            return Ok(());
        }
        if self.batches.first().is_some_and(|first| first.axis != axis) {
            left.other_length += 1;
            return Ok(());
        }
        let records = batch.records.into_iter().map(downwards);
        let (of_spectra, records): (Vec<Record>, Vec<Record>) =
            records.partition(|record| self.of_spectra.contain(&record.name));
        if let Some(tally) = spectra.filter(|tally| tally.weight > 0.0 && window.holds(tally, axis)) {
            self.add_spectra(tally, of_spectra, spectra_are_whole);
        }
        if moments.weight > 0.0 {
            match window.holds(&moments, axis) {
                true => self.batches.push(Batch { records, ..batch }),
                false if axis.reaches(moments.begin, window.from) => left.after += 1,
                false => left.before += 1,
            }
        }
        Ok(())
    }

    fn add_spectra(&mut self, tally: Tally, records: Vec<Record>, is_whole: bool) {
        let RecordsOfSpectra { of_lines, of_planes, of_both } = &self.of_spectra;
        let places = records.iter().find(|record| record.name == PLACES);
        if let Some(places) = places.map(|places| &places.values[..]) {
            let belongs =
                |record: &&Record| of_planes.contains(&record.name) || of_both.contains(&record.name);
            let in_planes = records.iter().filter(belongs).cloned().collect();
            let known = self.plane_spectra.take();
            let known = known.filter(|sums| sums.get(PLACES, None).is_some_and(|known| *known == *places));
            self.plane_spectra = Some(added(known, tally, in_planes, is_whole));
        }
        let belongs = |record: &Record| of_lines.contains(&record.name) || of_both.contains(&record.name);
        let over_lines = records.into_iter().filter(belongs).collect();
        self.spectra = Some(added(self.spectra.take(), tally, over_lines, is_whole));
    }

    /// The time, weight and number of the samples of all batches.
    pub fn tally(&self) -> Option<Tally> {
        self.batches.iter().map(|batch| batch.moments).reduce(|a, b| a.and(&b))
    }

    fn tell(&mut self, left: &LeftOut, window: Window, [of_from, of_to]: [&str; 2]) {
        let [from, to] = [window.from, window.to].map(number);
        let reasons = [
            (left.before, format!("beginning before {of_from} = {from}")),
            (left.after, format!("ending after {of_to} = {to}")),
            (left.other_length, "of another length".to_owned()),
            (left.other_physics, format!("with other physics ({})", left.difference)),
        ];
        let told = reasons.into_iter().filter(|(count, _)| *count > 0);
        let batches = |count: usize| if count == 1 { "batch" } else { "batches" };
        self.notes
            .extend(told.map(|(count, reason)| format!("left out: {count} {} {reason}", batches(count))));
        if let (Some(tally), Some(first)) = (self.tally(), self.batches.first()) {
            let (begin, end) = (number(tally.begin), number(tally.end));
            if first.number > first.axis.batch_from(window.from) {
                self.notes.push(format!("averages begin at t = {begin}, later than {of_from} = {from}"));
            }
            if window.to.is_finite() && !first.axis.reaches(tally.end, window.to) {
                self.notes.push(format!("averages end at t = {end}, earlier than {of_to} = {to}"));
            }
            let [spectra, in_planes] = [&self.spectra, &self.plane_spectra]
                .map(|sums| sums.as_ref().map(|sums| [sums.tally.begin, sums.tally.end].map(number)));
            let all = Some([begin, end]);
            if let Some([first, last]) = spectra.as_ref().filter(|_| spectra != all) {
                self.notes.push(format!("spectra are averaged from t = {first} to {last}"));
            }
            if let Some([first, last]) = in_planes.as_ref().filter(|_| in_planes != spectra) {
                self.notes.push(format!("spectra over kx and kz are averaged from t = {first} to {last}"));
            }
        }
    }
}

/// These sums, if there are any, and those of a batch.
fn added(sums: Option<SpectralSums>, tally: Tally, records: Vec<Record>, is_whole: bool) -> SpectralSums {
    let Some(mut sums) = sums else { return SpectralSums::new(tally, records, is_whole) };
    sums.add(tally, &records, is_whole);
    sums
}

/// Reverses the order of y, which ascends in files, so that it begins at the upper wall.
fn downwards(mut record: Record) -> Record {
    if record.axes == [PHASE, "y"] && !record.values.is_empty() {
        record.values.chunks_exact_mut(record.shape[1]).for_each(<[f64]>::reverse);
    }
    if record.axes.first().is_some_and(|axis| ["y", PLACES].contains(&&**axis)) && !record.values.is_empty() {
        let line = record.values.len() / record.shape[0];
        record.values = record.values.rchunks_exact(line).flatten().copied().collect();
    }
    record
}
