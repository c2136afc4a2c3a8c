//! Saving: checkpoints, and the running statistics beside them.

use super::log::Log;
use super::{Run, output};
use crate::error::Result;
use crate::ledger::Event;
use crate::statistics::Record;
use crate::store::{self, Header};
use std::time::Instant;

impl Run {
    pub(super) fn save_if_new(&mut self, log: &mut Log) -> Result<()> {
        if self.saved == Some(self.clock().step) { Ok(()) } else { self.save(log) }
    }

    pub(super) fn save(&mut self, log: &mut Log) -> Result<()> {
        let start = Instant::now();
        let (header, modes, records) = (self.header(), self.flow.modes(), self.flow.records());
        let fields = self.flow.state();
        let piece = store::Piece { offset: modes.before, total: modes.total };
        let fields: Vec<store::Field> =
            fields.into_iter().map(|(name, values)| store::Field { name, units: output::units(name), values }).collect();
        let contents = store::Contents { header: &header, tables: &output::tables(&modes), piece, fields: &fields, records: &records };
        let written = store::write_checkpoint(&self.world, &self.directory.checkpoints(), self.case.checkpoint.keep, &contents)?;
        self.saved = Some(header.step);
        self.write_statistics(&header, &records)?;
        self.control.saved(start.elapsed());
        let seconds = start.elapsed().as_secs_f64();
        let file = written.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.note(Event::Checkpoint { file, seconds, bytes: written.bytes, pace: self.tally.pace() }, log);
        log.line(&format!("checkpoint {} ({:.1} MB in {seconds:.2} s)", written.path.display(), written.bytes as f64 / 1e6));
        Ok(())
    }

    pub(super) fn header(&self) -> Header {
        Header {
            flow: self.flow.name().into(),
            step: self.clock().step,
            time: self.clock().time,
            case: self.case.to_toml(),
            layout: self.flow.modes().name,
            numbers: self.flow.memory().into_iter().chain(self.shortened.numbers()).collect(),
        }
    }

    /// The records of the last checkpoint once more, in a file of their own. Where a run goes on, one that is damaged, or of
    /// a later step, becomes right again. Collective.
    pub(super) fn write_statistics(&self, header: &Header, records: &[Record]) -> Result<()> {
        match records {
            [] => Ok(()),
            _ => store::write_statistics(&self.world, &self.directory.file("statistics.h5"), header, records),
        }
    }
}
