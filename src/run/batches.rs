//! Files of the closed batches of statistics, one per batch. A batch that cannot be written stays in
//! memory and is tried again; checkpoints carry it until then.

use crate::error::{Error, Result};
use crate::parallel::World;
use crate::statistics::{BatchRecords, Record};
use crate::store::{self, Header};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

/// Directory of the batches, and the batches that are not written yet. The root has their
/// records.
pub struct BatchFiles {
    directory: PathBuf,
    kept: VecDeque<(Header, BatchRecords)>,
    /// The last attempt failed.
    failed: bool,
}

impl BatchFiles {
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, kept: VecDeque::new(), failed: false }
    }

    /// Adds a batch, and writes it if possible. Returns a message for the user when writing begins to
    /// fail or succeeds again. Collective.
    pub fn append(&mut self, world: &World, header: Header, batch: BatchRecords) -> Option<String> {
        self.kept.push_back((header, batch));
        self.flush(world)
    }

    /// Writes the kept batches. Returns the same messages as [`BatchFiles::append`]. Collective.
    pub fn flush(&mut self, world: &World) -> Option<String> {
        let failed = self.failed;
        match self.write(world) {
            Ok(()) => {
                failed.then(|| format!("{} can be written again; no batch is lost", self.directory.display()))
            }
            Err(_) if failed => None,
            Err(error) => Some(format!(
                "warning: {error}. The batch of statistics stays in memory and in checkpoints until it can \
                 be written"
            )),
        }
    }

    /// Writes the kept batches, which the last checkpoint holds as well. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a batch that cannot be written, and what to do.
    pub fn write_all(&mut self, world: &World) -> Result<()> {
        self.write(world).map_err(|error| Error {
            message: format!(
                "{error}\nBatches of statistics could not be written. The last checkpoint holds them: fix \
                 the problem, and run the same command again"
            ),
            ..error
        })
    }

    fn write(&mut self, world: &World) -> Result<()> {
        while let Some((header, BatchRecords { number, records })) = self.kept.front() {
            let written = store::write_batch(world, &self.directory, *number, header, records);
            self.failed = written.is_err();
            written?;
            self.kept.pop_front();
        }
        Ok(())
    }

    /// Records of the kept batches for a checkpoint, under longer names.
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

    /// Moves the batches that a checkpoint carries from its `records` to the batches to be written.
    /// `header` has their flow, layout and physics.
    ///
    /// # Errors
    /// Names that do not occur in checkpoints of this program.
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
