//! Checkpoints of a run. A failure to write one does not end a sound run.

use super::control::RETRY;
use super::log::Log;
use super::{Run, output};
use crate::error::{Error, Result};
use crate::ledger::Event;
use crate::statistics::Records;
use crate::store::{self, Header};
use std::time::Instant;

impl Run {
    /// Saves the state and the `kept` batches of statistics, if possible. A failure is reported, and
    /// the run goes on with the checkpoints it has and tries again later. Collective.
    ///
    /// # Errors
    /// Failures for longer than the user allows.
    pub(super) fn save(&mut self, kept: Records, log: &mut Log) -> Result<()> {
        let start = Instant::now();
        let Err(error) = self.write_checkpoint(kept, log) else { return Ok(()) };
        let failing = self.control.not_saved(start.elapsed()).as_secs_f64() / 60.0;
        let allowed = self.case.checkpoint.give_up_after_minutes;
        log.line(&format!("warning: cannot save step {}: {error}", self.clock().step));
        self.note(Event::NotSaved { message: error.message.clone() }, log);
        self.world.root_does(|| match allowed {
            Some(minutes) if failing >= minutes => Err(Error {
                message: format!(
                    "{error}\nNo checkpoint could be written for {failing:.1} minutes \
                     (checkpoint.give_up_after_minutes = {minutes:?}), so the run ends at step {}. {}",
                    self.clock().step,
                    self.way_back()
                ),
                ..error
            }),
            _ => Ok(()),
        })?;
        log.line(&format!(
            "the run goes on and tries again in {} s, or when the next checkpoint is due. {}",
            RETRY.as_secs(),
            self.way_back()
        ));
        Ok(())
    }

    /// Saves the final state of a run and the `kept` batches of statistics. Collective.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn save_last(&mut self, kept: Records, log: &mut Log) -> Result<()> {
        if self.saved == Some(self.clock().step) {
            return Ok(());
        }
        self.write_checkpoint(kept, log).map_err(|error| Error {
            message: format!(
                "{error}\nThe final state, of step {}, is not saved. {}",
                self.clock().step,
                self.way_back()
            ),
            ..error
        })
    }

    /// Describes the checkpoint from which the same command continues.
    fn way_back(&self) -> String {
        match self.saved {
            Some(step) => format!(
                "The last checkpoint is of step {step}, in {}",
                self.directory.checkpoints().display()
            ),
            None => "There is no checkpoint yet".into(),
        }
    }

    /// Saves the state and the `kept` batches of statistics. Collective.
    ///
    /// # Errors
    /// A checkpoint that cannot be written; older ones are untouched.
    pub(super) fn write_checkpoint(&mut self, kept: Records, log: &mut Log) -> Result<()> {
        let start = Instant::now();
        self.directory.recreate(&self.world, &self.case)?;
        let (mut header, modes, records) = (self.header(), self.flow.modes(), self.flow.records().and(kept));
        header.retain(self.retain || self.is_to_retain());
        self.rotation.keep = self.case.checkpoint.keep;
        let fields = self.flow.state();
        let piece = store::Piece { offset: modes.before, total: modes.total };
        let fields: Vec<store::Field> = fields
            .into_iter()
            .map(|(name, values)| store::Field { name, units: self.flow.unit(name), values })
            .collect();
        let contents = store::Contents {
            header: &header,
            tables: &output::tables(&modes.own_columns()),
            columns: store::Piece { offset: modes.own.start as u64, total: modes.columns as u64 },
            piece,
            fields: &fields,
            records: &records,
        };
        let written = store::write_checkpoint(
            &self.world,
            &self.directory.checkpoints(),
            &mut self.rotation,
            &contents,
        )?;
        self.saved = Some(header.step);
        self.retain = false;
        self.control.saved(start.elapsed());
        let seconds = start.elapsed().as_secs_f64();
        let file = written.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.note(Event::Checkpoint { file, seconds, bytes: written.bytes, pace: self.tally.pace() }, log);
        log.line(&format!(
            "checkpoint {} ({:.1} MB in {seconds:.2} s)",
            written.path.display(),
            written.bytes as f64 / 1e6
        ));
        written.not_pruned.iter().for_each(|problem| log.line(&format!("warning: {problem}")));
        Ok(())
    }

    /// Returns whether the case asks for a checkpoint of this state that is retained.
    pub(super) fn is_to_retain(&self) -> bool {
        let clock = self.clock();
        self.case.checkpoint.retain.is_due(clock.step, clock.time)
    }

    pub(super) fn header(&self) -> Header {
        Header {
            flow: self.flow.name().into(),
            step: self.clock().step,
            time: self.clock().time,
            case: self.case.to_toml(),
            layout: self.flow.modes().name,
            numbers: self.flow.restart_scalars().into_iter().chain(self.shortened.numbers()).collect(),
        }
    }
}
