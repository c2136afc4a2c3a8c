//! Files of the closed batches of statistics, one per batch. A batch that cannot be written stays in
//! memory and is tried again; checkpoints carry it until then.

use crate::error::{Error, Result};
use crate::parallel::World;
use crate::statistics::{BatchRecords, Record, Records};
use crate::store::{self, Header};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

/// Directory of the batches, and the batches that are not written yet.
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
    pub fn kept(&self, world: &World) -> Records {
        let mut kept = Records::default();
        for (header, BatchRecords { number, records }) in &self.kept {
            // Checkpoints give them back in alphabetical order.
            let longer = |n: usize, name: &str| format!("{}{number:08}_{n:04}_{name}", Record::KEPT);
            let state = [("step", header.step as f64), ("time", header.time)].into_iter();
            let state = state
                .map(|(name, value)| Record::scalar(name, "1", "of the state that closed the batch", value));
            let whole = state.filter(|_| world.is_root()).chain(records.whole.iter().cloned()).enumerate();
            kept.whole.extend(whole.map(|(n, record)| Record { name: longer(n, &record.name), ..record }));
            let parts = records.parts.iter().cloned().enumerate();
            kept.parts.extend(parts.map(|(n, mut part)| {
                part.record.name = longer(n, &part.record.name);
                part
            }));
        }
        kept
    }

    /// Moves the batches that a checkpoint carries to the batches to be written. `header` has their flow,
    /// layout and physics. Collective.
    ///
    /// # Errors
    /// The same on all ranks: names that do not occur in checkpoints of this program.
    pub fn recall(&mut self, world: &World, kept: Records, header: &Header) -> Result<()> {
        let mut batches: BTreeMap<u64, Records> = BTreeMap::new();
        for mut record in kept.whole {
            batches.entry(shorten(&mut record.name)).or_default().whole.push(record);
        }
        for mut part in kept.parts {
            batches.entry(shorten(&mut part.record.name)).or_default().parts.push(part);
        }
        let mut clocks = Vec::new();
        world.root_does(|| {
            batches.iter().try_for_each(|(number, Records { whole, .. })| {
                clocks.push([*number as f64, Record::number(whole, "step")?, Record::number(whole, "time")?]);
                Ok(())
            })
        })?;
        let mut clocks = clocks.concat();
        world.broadcast(0, &mut clocks);
        for &[number, step, time] in clocks.as_chunks::<3>().0 {
            let number = number as u64;
            let mut records = batches.remove(&number).unwrap_or_default();
            records.whole.retain(|record| !["step", "time"].contains(&&*record.name));
            let header = Header { step: step as u64, time, ..header.clone() };
            self.kept.push_back((header, BatchRecords { number, records }));
        }
        Ok(())
    }
}

/// Gives a record of a kept batch its own name; returns the number of the batch.
fn shorten(name: &mut String) -> u64 {
    let mut parts = name[Record::KEPT.len()..].splitn(3, '_');
    let number = parts.next().and_then(|number| number.parse().ok()).unwrap_or_default();
    *name = parts.nth(1).unwrap_or_default().to_owned();
    number
}
