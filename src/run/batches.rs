//! The batches of the statistics as they are closed, one file each. What cannot be written now is kept, and written before the next checkpoint, which would
//! otherwise forget it.

use crate::error::Result;
use crate::parallel::World;
use crate::statistics::BatchRecords;
use crate::store::{self, Header};
use std::collections::VecDeque;
use std::path::PathBuf;

/// The directory of the batches, and those that are not in it yet: the same ones on all ranks, whole at the root.
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

    /// Adds a batch, and writes it if it can be. Returns what the user should be told: that it fails now, or that it no longer does. Collective.
    pub fn append(&mut self, world: &World, header: Header, batch: BatchRecords) -> Option<String> {
        self.kept.push_back((header, batch));
        let name = self.directory.display().to_string();
        let failed = self.failed;
        match self.flush(world) {
            Ok(()) => failed.then(|| format!("{name} is written again, with what was kept")),
            Err(_) if failed => None,
            Err(error) => Some(format!("warning: {error}; the batch is kept, and written when it can be")),
        }
    }

    /// Writes what is kept. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a batch that cannot be written; it is kept.
    pub fn flush(&mut self, world: &World) -> Result<()> {
        while let Some((header, BatchRecords { number, records })) = self.kept.front() {
            let written = store::write_batch(world, &self.directory, *number, header, records);
            self.failed = written.is_err();
            written?;
            self.kept.pop_front();
        }
        Ok(())
    }
}
