//! Going on: the newest sound checkpoint of the run directory, of the same case; or the beginning, where there is none.

use super::again::Shortened;
use super::{Run, regrid};
use crate::case;
use crate::error::{Error, Kind, Result};
use crate::flow::Clock;
use crate::store::{self, Header};
use std::path::Path;
use std::time::Instant;

/// Why a run does not go on from a checkpoint.
enum Unusable {
    /// An older one may be sound.
    Damaged(Error),
    /// It is of another case, or the disk fails: an older one would be no better.
    Foreign(Error),
}

impl From<Error> for Unusable {
    fn from(error: Error) -> Self {
        match error.kind {
            Kind::Input => Self::Damaged(error),
            _ => Self::Foreign(error),
        }
    }
}

impl Run {
    /// Sets the initial field, and says of which file it is, if it is of one; with `fresh` the results of an earlier run are removed then.
    /// Collective.
    pub(super) fn start(&mut self, fresh: bool) -> Result<Option<String>> {
        if !fresh {
            self.directory.refuse_results(&self.world)?;
        }
        self.flow.start()?;
        let from = regrid::take_initial(&self.world, &self.case, self.flow.as_mut())?;
        if fresh {
            self.directory.clear(&self.world)?;
        }
        Ok(from)
    }

    /// Takes up the state of the newest checkpoint that is sound. Says which that is, and what was wrong with newer ones; None if
    /// there is no checkpoint at all. Collective.
    ///
    /// # Errors
    /// Checkpoints of which none is sound; a checkpoint of another case.
    pub(super) fn resume(&mut self) -> Result<Option<String>> {
        let mut damage = String::new();
        for checkpoint in store::checkpoints(&self.world, &self.directory.checkpoints())? {
            let start = Instant::now();
            match self.take_up(&checkpoint) {
                Ok(()) => {
                    self.control.read(start.elapsed());
                    let (clock, name) = (self.clock(), checkpoint.display());
                    return Ok(Some(format!("{damage}continuing from {name}, step {}, time {}", clock.step, clock.time)));
                }
                Err(Unusable::Damaged(error)) => damage += &format!("{error}\n"),
                Err(Unusable::Foreign(error)) => return Err(error),
            }
        }
        if damage.is_empty() {
            return Ok(None);
        }
        let directory = self.directory.path.display();
        Err(Error::input(format!("{damage}No checkpoint in {directory} is sound: put a copy there, or use --fresh to start over")))
    }

    fn take_up(&mut self, checkpoint: &Path) -> std::result::Result<(), Unusable> {
        let header = store::read_header(&self.world, checkpoint)?;
        self.refuse_other_case(checkpoint, &header).map_err(Unusable::Foreign)?;
        let modes = self.flow.modes();
        let piece = store::Piece { offset: modes.before, total: modes.total };
        let fields = self.flow.state_mut();
        let mut fields: Vec<store::FieldMut> = fields.into_iter().map(|(name, values)| store::FieldMut { name, values }).collect();
        store::read_fields(&self.world, checkpoint, piece, &mut fields)?;
        let records = store::read_records(&self.world, checkpoint)?;
        self.flow.resume(Clock { step: header.step, time: header.time }, &header.numbers);
        self.flow.recall(records);
        self.shorten(Shortened::of(&header.numbers));
        self.saved = Some(header.step);
        Ok(())
    }

    fn refuse_other_case(&self, checkpoint: &Path, header: &Header) -> Result<()> {
        let name = checkpoint.display();
        let modes = self.flow.modes().name;
        if header.flow != self.flow.name() || header.layout != modes {
            return Err(Error::input(format!(
                "{name} is of another case: flow \"{}\" with modes \"{}\", but this case has \"{}\" with \"{modes}\"; use another run \
                 directory (--dir), or --fresh to start over",
                header.flow,
                header.layout,
                self.flow.name(),
            )));
        }
        let stored = case::parse(&format!("{}.toml", self.case.name), &header.case, Path::new(""), &[])
            .map_err(|error| Error::failure(format!("the case in {name} cannot be read: {error}")))?;
        let differences = case::physics_differences(&stored, &self.case);
        if !differences.is_empty() {
            return Err(Error::input(format!(
                "the case has changed since {name} was written:\n  {}\nUndo this, or use another run directory (--dir), or --fresh to start over",
                differences.join("\n  ")
            )));
        }
        Ok(())
    }
}
