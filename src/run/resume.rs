//! Restart from the newest sound checkpoint of the run directory, if it belongs to the same case; or
//! start from the beginning, if there is no checkpoint.

use super::batches::BatchFiles;
use super::directory::Last;
use super::retry::Shortened;
use super::{Run, regrid};
use crate::case::{self, Case, Sampling, Stop};
use crate::error::{Error, Kind, Result};
use crate::flow::Clock;
use crate::statistics::Axis;
use crate::store::{self, Header, StoredRecords};
use crate::time::Schedule;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Time between two reports of progress during a long preparation.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// The reason why a run cannot continue from a checkpoint.
enum Unusable {
    /// The checkpoint is damaged; an older one may be sound.
    Damaged(Error),
    /// The checkpoint belongs to another case, or the disk fails: an older one would be no better.
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

/// A restored checkpoint.
pub(super) struct Resumed {
    /// Message for the log.
    story: String,
    /// Newer checkpoints, which are damaged.
    damaged: Vec<PathBuf>,
    /// The case of the checkpoint.
    before: Case,
    /// Batches of statistics that the checkpoint carries, since they could not be written.
    batches: BatchFiles,
    /// Notable changes of the case, one per line.
    pub changes: Vec<String>,
}

/// The changes of the case since a checkpoint, one per line.
struct Changes {
    before: Case,
    /// Changes of the physics, or of the length of batches, which the user has accepted: averages
    /// start afresh.
    accepted: Vec<String>,
    /// Changes that do not affect the averages.
    noted: Vec<String>,
}

impl Run {
    /// Sets the initial field. With `fresh`, then removes the results of an earlier run. Returns a
    /// message about the file of the initial field, if there is one. Collective.
    pub(super) fn start(&mut self, fresh: bool) -> Result<Option<String>> {
        if !fresh {
            self.directory.refuse_results(&self.world)?;
        }
        self.prepare()?;
        let from = regrid::take_initial(&self.world, &self.case, self.flow.as_mut())?;
        if fresh {
            self.directory.clear(&self.world)?;
        }
        Ok(from)
    }

    /// Sets the initial field of the flow. This may take long; meanwhile it responds to everything
    /// that stops a run, and saves nothing then, since the run has not begun. Collective.
    ///
    /// # Errors
    /// A field that cannot be set; a request to stop.
    fn prepare(&mut self) -> Result<()> {
        let Self { world, case, directory, flow, control, .. } = self;
        let (mut last, mut reported) = (Instant::now(), None);
        flow.start(&mut |progress| {
            control.stepped(last.elapsed());
            last = Instant::now();
            if world.is_root() && reported.is_none_or(|when: Instant| when.elapsed() >= BETWEEN_LINES) {
                // There is no log yet. The reader may leave before the run ends.
                let _ = writeln!(std::io::stdout(), "{progress}");
                reported = Some(last);
            }
            let verdict = control.verdict(world, &case.checkpoint, 0, directory.is_lost());
            if verdict.lost {
                return Err(directory.taken_over());
            }
            let Some(reason) = verdict.stop else { return Ok(()) };
            control.ended();
            Err(Error::stopped(format!(
                "{}\nstopped early before the run began ({progress}), without a checkpoint: run the same \
                 command again to start it",
                reason.text()
            )))
        })
    }

    /// Restores the state from the newest sound checkpoint; returns none if there is no checkpoint.
    /// Writes nothing. Collective.
    ///
    /// # Errors
    /// Checkpoints of which none is sound; a checkpoint of another case, unless `accept` allows its
    /// physics to change.
    pub(super) fn resume(&mut self, accept: bool) -> Result<Option<Resumed>> {
        let directory = self.directory.checkpoints();
        let checkpoints = store::checkpoints(&self.world, &directory)?;
        let strays = store::strays(&self.world, &directory)?;
        match (checkpoints.is_empty(), strays.is_empty()) {
            (true, true) => return Ok(None),
            (true, false) => {
                return Err(Error::input(format!(
                    "no file in {} is named like a checkpoint (STEP.h5, with the step in eight digits), so \
                     the run would start afresh; nothing was run.\n{}\n\
                     Rename or move these files, or start over with --fresh, which deletes them",
                    directory.display(),
                    strays.join("\n")
                )));
            }
            _ => {}
        }
        let strays: String = strays.iter().map(|stray| format!("ignored: {stray}\n")).collect();
        let mut story = strays
            + &store::latest_problem(&self.world, &directory)?
                .map_or(String::new(), |problem| problem + "\n");
        let mut damaged = Vec::new();
        for checkpoint in checkpoints {
            let start = Instant::now();
            match self.restore(&checkpoint, accept) {
                Ok((changes, batches, note)) => {
                    self.control.read(start.elapsed());
                    let (clock, name) = (self.clock(), checkpoint.display());
                    story +=
                        &format!("{note}continuing from {name}, step {}, time {}", clock.step, clock.time);
                    let Changes { before, accepted, noted } = changes;
                    return Ok(Some(Resumed {
                        story,
                        damaged,
                        before,
                        batches,
                        changes: [accepted, noted].concat(),
                    }));
                }
                Err(Unusable::Damaged(error)) => {
                    story += &format!("{error}\n");
                    damaged.push(checkpoint);
                }
                Err(Unusable::Foreign(error)) => return Err(error),
            }
        }
        let directory = self.directory.path.display();
        Err(Error::input(format!(
            "{story}No checkpoint in {directory} is sound: copy one there, or start over with --fresh"
        )))
    }

    /// Removes the output that is newer than the restored state. Returns a message for the log.
    /// Collective.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn continue_from(&mut self, mut resumed: Resumed) -> Result<String> {
        resumed.batches.write_all(&self.world)?;
        let step = self.clock().step;
        let aside = store::set_aside(&self.world, &self.directory.checkpoints(), step, &resumed.damaged)?;
        let batches =
            self.directory.cut_back(&self.world, &self.last(&resumed.before), self.batches_to_come())?;
        let names: Vec<&str> = aside.lines().collect();
        let note = if names.is_empty() {
            String::new()
        } else {
            format!("\nput aside, since damaged or of later steps: {}", names.join(", "))
        };
        Ok(resumed.story + &note + &batches)
    }

    /// The lengths of the batches that this job will write and of their sums of spectra; none if it
    /// takes no samples.
    fn batches_to_come(&self) -> Option<(Axis, u64)> {
        let Sampling { schedule, batches, .. } = self.case.flow.sampling()?;
        (schedule != Schedule::default()).then(|| (Axis::new(batches.length), batches.of_spectra))
    }

    /// The last output of the case `before` that remains: all up to the restored state. If that was
    /// its final state and the run continues beyond it, output written only because of that end is
    /// removed as well.
    fn last(&self, before: &Case) -> Last {
        let Clock { step, time } = self.clock();
        let scheduled = |schedule: Schedule| {
            if self.finished() || schedule.is_due(step, time) { step } else { step.saturating_sub(1) }
        };
        let Stop { end, steps } = before.time.stop;
        let had_ended = end.is_some_and(|end| time >= end) || steps.is_some_and(|steps| step >= steps);
        let output = &before.output;
        // A snapshot may have been asked for by a command.
        let snapshots = if had_ended { scheduled(output.snapshots) } else { step };
        let table = |schedule: Schedule| (step > 0).then(|| scheduled(schedule));
        Last { series: table(output.series), spectra: table(output.spectra), snapshots, time }
    }

    /// Restores the state from a checkpoint. Returns the changes of the case, the batches of
    /// statistics that are still to be written, and a message for the log.
    fn restore(
        &mut self,
        checkpoint: &Path,
        accept: bool,
    ) -> std::result::Result<(Changes, BatchFiles, String), Unusable> {
        let header = store::read_header(&self.world, checkpoint)?;
        let changes = self.changes(checkpoint, &header, accept).map_err(Unusable::Foreign)?;
        let shortened = Shortened::of(&header.numbers).map_err(|what| {
            Error::input(format!("the header of {} is damaged: {what}", checkpoint.display()))
        })?;
        let modes = self.flow.modes();
        let piece = store::Piece { offset: modes.before, total: modes.total };
        let fields = self.flow.state_mut();
        let mut fields: Vec<store::FieldMut> =
            fields.into_iter().map(|(name, values)| store::FieldMut { name, values }).collect();
        store::read_fields(&self.world, checkpoint, piece, &mut fields)?;
        let mut records = StoredRecords::open(&self.world, checkpoint)?;
        let mut batches = BatchFiles::new(self.directory.batches());
        let kept = records.take_kept(&self.world);
        batches.recall(
            &self.world,
            kept,
            &Header { case: case::physics_text(&changes.before), numbers: Vec::new(), ..header.clone() },
        )?;
        self.flow.resume(Clock { step: header.step, time: header.time }, &header.numbers);
        let mut story = String::new();
        if !changes.noted.is_empty() {
            story = format!("the case has changed; averages continue:\n  {}\n", changes.noted.join("\n  "));
        }
        if !changes.accepted.is_empty() {
            story = format!(
                "the case has changed, as accepted:\n  {}\n",
                [&changes.accepted[..], &changes.noted].concat().join("\n  ")
            );
        }
        match (changes.accepted.is_empty(), records.small().is_empty()) {
            (false, false) => story += "averages start afresh\n",
            _ => story += &self.recall(&mut records, checkpoint, accept).map_err(Unusable::Foreign)?,
        }
        records.agree(&self.world)?;
        self.shorten(shortened);
        self.saved = Some(header.step);
        // A retry writes it again.
        self.retain = header.is_retained();
        Ok((changes, batches, story))
    }

    /// Restores the averages of a checkpoint. Returns a message for the log.
    ///
    /// # Errors
    /// The averages are not those of this program, and the user has not accepted a fresh start.
    fn recall(&mut self, records: &mut StoredRecords, checkpoint: &Path, accept: bool) -> Result<String> {
        // Sampling was off in between, or the change would have been refused.
        let length = records
            .small()
            .iter()
            .find(|record| record.name == "batch_length")
            .and_then(|record| record.values.first());
        if let (Some((axis, _)), Some(length)) = (self.batches_to_come(), length)
            && axis.length() != *length
        {
            return Ok(format!(
                "the current batch of averages, of length {length}, is dropped: new batches have the length \
                 {}\n",
                axis.length()
            ));
        }
        match self.flow.recall(records) {
            Ok(()) => Ok(String::new()),
            Err(error) if accept => Ok(format!("warning: averages start afresh: {error}\n")),
            Err(error) => Err(Error::input(format!(
                "{} is not of this version of rogallo: {error}. Continue with the version that wrote it, or \
                 with --accept-changes, which starts the averages afresh",
                checkpoint.display()
            ))),
        }
    }

    /// The changes of the case since a checkpoint.
    ///
    /// # Errors
    /// A checkpoint of another case; changes of physics or of the length of batches that are not
    /// accepted, or cannot be.
    fn changes(&self, checkpoint: &Path, header: &Header, accept: bool) -> Result<Changes> {
        let name = checkpoint.display();
        let of_step = checkpoint
            .parent()
            .map(|directory| store::checkpoint_file(directory, header.step))
            .unwrap_or_default();
        if checkpoint != of_step {
            let (step, right) = (header.step, of_step.display());
            return Err(Error::input(format!(
                "{name} holds step {step}: rename it to {right} to continue from it, or remove it"
            )));
        }
        let modes = self.flow.modes().name;
        if header.flow != self.flow.name() || header.layout != modes {
            return Err(Error::input(format!(
                "{name} is of another case: flow \"{}\" with modes \"{}\", but this case has \"{}\" \
                 with \"{modes}\"; use another run \
                 directory (--dir), or --fresh to start over",
                header.flow,
                header.layout,
                self.flow.name(),
            )));
        }
        let before = case::parse(
            self.case.flow.flows,
            &format!("{}.toml", self.case.name),
            &header.case,
            Path::new(""),
            &[],
        )
        .map_err(|error| Error::input(format!("the case in {name} cannot be read: {error}")))?;
        let differences =
            [case::physics_differences(&before, &self.case), case::batch_differences(&before, &self.case)]
                .concat();
        let fixed = case::refused_differences(&before, &self.case);
        let what_to_do = match (fixed.is_empty(), accept || differences.is_empty()) {
            (true, true) => {
                return Ok(Changes {
                    noted: case::noted_differences(&before, &self.case),
                    before,
                    accepted: differences,
                });
            }
            (true, false) => {
                "Undo this, or continue anyway with --accept-changes, or use another run directory (--dir), \
                 or start over with --fresh"
                    .to_owned()
            }
            (false, _) => format!(
                "Undo this: a run cannot continue with another {}. Start a new run from this state \
                 (initial.kind = \"file\", or `rogallo regrid`) in another run directory (--dir), or start \
                 over with --fresh",
                fixed.iter().filter_map(|line| line.split(':').next()).collect::<Vec<_>>().join(", ")
            ),
        };
        Err(Error::input(format!(
            "the case has changed since {name} was written:\n  {}\n{what_to_do}",
            differences.join("\n  ")
        )))
    }
}
