//! The batches of the statistics as they are closed, one file each. A batch that cannot be written
//! now is kept and tried again. Checkpoints carry it until then.

use crate::error::Result;
use crate::parallel::World;
use crate::statistics::{BatchRecords, Record};
use crate::store::{self, Header};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

/// The directory of the batches, and those that are not in it yet: the same ones on all ranks,
/// whole at the root.
pub struct BatchFiles {
    directory: PathBuf,
    kept: VecDeque<(Header, BatchRecords)>,
    /// Whether the last attempt failed.
    failed: bool,
}

impl BatchFiles {
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, kept: VecDeque::new(), failed: false }
    }

    /// Adds a batch, and writes it if it can be. Returns what the user should be told: that it
    /// fails now, or that it no longer does. Collective.
    pub fn append(&mut self, world: &World, header: Header, batch: BatchRecords) -> Option<String> {
        self.kept.push_back((header, batch));
        self.flush(world)
    }

    /// Writes the batches that are kept. Returns what the user should be told, as
    /// [`BatchFiles::append`]. Collective.
    pub fn flush(&mut self, world: &World) -> Option<String> {
        let failed = self.failed;
        match self.write(world) {
            Ok(()) => {
                failed.then(|| format!("{} is written again, with what was kept", self.directory.display()))
            }
            Err(_) if failed => None,
            Err(error) => Some(format!(
                "warning: {error}. The batch of statistics is kept, in checkpoints as well, and written when \
                 it can be"
            )),
        }
    }

    /// Writes the batches that are kept. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a batch that cannot be written; it is kept.
    pub fn write(&mut self, world: &World) -> Result<()> {
        while let Some((header, BatchRecords { number, records })) = self.kept.front() {
            let written = store::write_batch(world, &self.directory, *number, header, records);
            self.failed = written.is_err();
            written?;
            self.kept.pop_front();
        }
        Ok(())
    }

    /// The batches that are kept, for a checkpoint: their records under longer names.
    pub fn kept(&self) -> Vec<Record> {
        let mut kept = Vec::new();
        for (header, BatchRecords { number, records }) in &self.kept {
            let [step, time] = [("step", header.step as f64), ("time", header.time)]
                .map(|(name, value)| Record::scalar(name, "1", "of the state that closed the batch", value));
            // Checkpoints give them back in alphabetical order.
            let renamed = |(n, record): (usize, &Record)| Record {
                name: format!("{}{number:08}_{n:04}_{}", Record::KEPT, record.name),
                ..record.clone()
            };
            kept.extend([&step, &time].into_iter().chain(records).enumerate().map(renamed));
        }
        kept
    }

    /// Takes the batches that a checkpoint carries out of its `records`, to be written. `header`
    /// has flow, layout and the physics of their case.
    ///
    /// # Errors
    /// Names that no checkpoint of this program has.
    pub fn recall(&mut self, records: &mut Vec<Record>, header: &Header) -> Result<()> {
        let mut batches: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for mut record in records.extract_if(.., |record| record.is_kept()) {
            let mut parts = record.name[Record::KEPT.len()..].splitn(3, '_').map(str::to_owned);
            let batch = parts.next().unwrap_or_default();
            record.name = parts.nth(1).unwrap_or_default();
            batches.entry(batch).or_default().push(record);
        }
        for mut records in batches.into_values() {
            let number = |name: &str| Record::number(&records, name);
            let (number, step, time) = (number("batch")? as u64, number("step")? as u64, number("time")?);
            records.retain(|record| !["step", "time"].contains(&&*record.name));
            self.kept.push_back((Header { step, time, ..header.clone() }, BatchRecords { number, records }));
        }
        Ok(())
    }
}
