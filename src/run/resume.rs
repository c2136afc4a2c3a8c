//! Going on: the newest sound checkpoint of the run directory, of the same case; or the beginning,
//! where there is none.

use super::again::Shortened;
use super::batches::BatchFiles;
use super::directory::Last;
use super::{Run, regrid};
use crate::case::{self, Case, FlowKind, Sampling, Stop};
use crate::error::{Error, Kind, Result};
use crate::flow::Clock;
use crate::statistics::{Axis, Record};
use crate::store::{self, Header};
use crate::time::Schedule;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Between two lines that say how far a long preparation has come.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

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

/// What a run goes on from.
pub(super) struct Resumed {
    /// For the log.
    story: String,
    /// Checkpoints that were found damaged before.
    damaged: Vec<PathBuf>,
    /// The case of the checkpoint.
    before: Case,
    /// The batches of statistics that it carries, since they could not be written.
    batches: BatchFiles,
    /// What differs from it, and is worth a note: a line each.
    pub changes: Vec<String>,
}

/// How the case differs from that of a checkpoint, a line each.
struct Changes {
    before: Case,
    /// Of the physics, or of the length of batches: the user has accepted them, and averages begin anew.
    accepted: Vec<String>,
    /// What leaves the averages as they are.
    noted: Vec<String>,
}

impl Run {
    /// Sets the initial field, and says of which file it is, if it is of one; with `fresh` the
    /// results of an earlier run are removed then. Collective.
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

    /// Sets the initial field of the flow. That may take long, and heeds all that stops a run:
    /// nothing is saved then, since nothing has begun. Collective.
    ///
    /// # Errors
    /// A field that cannot be set; the run is to stop.
    fn prepare(&mut self) -> Result<()> {
        let Self { world, case, directory, flow, control, .. } = self;
        let (mut last, mut told) = (Instant::now(), None);
        flow.start(&mut |progress| {
            control.stepped(last.elapsed());
            last = Instant::now();
            if world.is_root() && told.is_none_or(|told: Instant| told.elapsed() >= BETWEEN_LINES) {
                // There is no log yet. Whoever reads may leave before the run ends.
                let _ = writeln!(std::io::stdout(), "{progress}");
                told = Some(last);
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

    /// Takes up the state of the newest checkpoint that is sound; None if there is no checkpoint at
    /// all. Nothing is written. Collective.
    ///
    /// # Errors
    /// Checkpoints of which none is sound; a checkpoint of another case, unless `accept` says that
    /// its physics may change.
    pub(super) fn resume(&mut self, accept: bool) -> Result<Option<Resumed>> {
        let directory = self.directory.checkpoints();
        let checkpoints = store::checkpoints(&self.world, &directory)?;
        let strays = store::strays(&self.world, &directory)?;
        match (checkpoints.is_empty(), strays.is_empty()) {
            (true, true) => return Ok(None),
            (true, false) => {
                return Err(Error::input(format!(
                    "no file in {} has the name of a checkpoint (STEP.h5, the step in eight digits), so that \
                     the run would begin anew; nothing was run.\n{}\n\
                     Rename or move what is there, or start over with --fresh, which deletes it",
                    directory.display(),
                    strays.join("\n")
                )));
            }
            _ => {}
        }
        let strays: String = strays.iter().map(|stray| format!("not considered: {stray}\n")).collect();
        let mut story = strays
            + &store::latest_problem(&self.world, &directory)?
                .map_or(String::new(), |problem| problem + "\n");
        let mut damaged = Vec::new();
        for checkpoint in checkpoints {
            let start = Instant::now();
            match self.take_up(&checkpoint, accept) {
                Ok((changes, batches, told)) => {
                    self.control.read(start.elapsed());
                    let (clock, name) = (self.clock(), checkpoint.display());
                    story +=
                        &format!("{told}continuing from {name}, step {}, time {}", clock.step, clock.time);
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
            "{story}No checkpoint in {directory} is sound: put a copy there, or use --fresh to start over"
        )))
    }

    /// Takes back what the run directory has from after the state that was taken up. Returns the
    /// story for the log. Collective.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn go_on(&mut self, mut resumed: Resumed) -> Result<String> {
        resumed.batches.write(&self.world)?;
        let step = self.clock().step;
        let aside = store::set_aside(&self.world, &self.directory.checkpoints(), step, &resumed.damaged)?;
        let batches =
            self.directory.cut_back(&self.world, &self.last(&resumed.before), self.batches_to_come())?;
        let names: Vec<&str> = aside.lines().collect();
        let note = if names.is_empty() {
            String::new()
        } else {
            format!("\ndamaged or of later steps, and put aside: {}", names.join(", "))
        };
        Ok(resumed.story + &note + &batches)
    }

    /// The length of the batches that this job will write, and of their sums of spectra; none where
    /// it takes no samples.
    fn batches_to_come(&self) -> Option<(Axis, u64)> {
        let FlowKind::Channel(channel) = &self.case.flow else { return None };
        let Sampling { schedule, batches, .. } = channel.sampling;
        (schedule != Schedule::default()).then(|| (Axis::new(batches.length), batches.of_spectra))
    }

    /// What stays of what the case `before` has written: all up to the state that was taken up. If
    /// that was its last one and the run goes on beyond it, what its end alone has written is taken
    /// back as well.
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

    /// Returns the changes of the case, the batches of statistics that are still to be written, and
    /// what the log is told.
    fn take_up(
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
        let mut records = store::read_records(&self.world, checkpoint)?;
        let mut batches = BatchFiles::new(self.directory.batches());
        batches.recall(
            &mut records,
            &Header { case: case::physics_text(&changes.before), numbers: Vec::new(), ..header.clone() },
        )?;
        self.flow.resume(Clock { step: header.step, time: header.time }, &header.numbers);
        let mut story = String::new();
        if !changes.noted.is_empty() {
            story = format!("the case has changed, and averages go on:\n  {}\n", changes.noted.join("\n  "));
        }
        if !changes.accepted.is_empty() {
            story = format!(
                "the case has changed, as accepted:\n  {}\n",
                [&changes.accepted[..], &changes.noted].concat().join("\n  ")
            );
        }
        match (changes.accepted.is_empty(), records.is_empty()) {
            (false, false) => story += "averages begin anew\n",
            _ => story += &self.recall(records, checkpoint, accept).map_err(Unusable::Foreign)?,
        }
        self.shorten(shortened);
        self.saved = Some(header.step);
        Ok((changes, batches, story))
    }

    /// Goes on with the averages of a checkpoint; what the log is told of that.
    ///
    /// # Errors
    /// They are not those of this program, and it is not accepted that they begin anew.
    fn recall(&mut self, records: Vec<Record>, checkpoint: &Path, accept: bool) -> Result<String> {
        // Sampling was off in between, or the change would have been refused.
        let length = records
            .iter()
            .find(|record| record.name == "batch_length")
            .and_then(|record| record.values.first());
        if let (Some((axis, _)), Some(length)) = (self.batches_to_come(), length)
            && axis.length() != *length
        {
            return Ok(format!(
                "the batch of averages under way was to be {length} long, and is left out: those to come are \
                 {} long\n",
                axis.length()
            ));
        }
        match self.flow.recall(records) {
            Ok(()) => Ok(String::new()),
            Err(error) if accept => Ok(format!("warning: averages begin anew: {error}\n")),
            Err(error) => Err(Error::input(format!(
                "{} is not of this version of rogallo: {error}. Go on with the version that wrote it, or \
                 with --accept-changes: then averages begin anew",
                checkpoint.display()
            ))),
        }
    }

    /// The changes of the case since a checkpoint.
    ///
    /// # Errors
    /// It is of another case; changes of physics or of the length of batches that are not accepted,
    /// or cannot be.
    fn changes(&self, checkpoint: &Path, header: &Header, accept: bool) -> Result<Changes> {
        let name = checkpoint.display();
        let of_step = checkpoint
            .parent()
            .map(|directory| store::checkpoint_file(directory, header.step))
            .unwrap_or_default();
        if checkpoint != of_step {
            let (step, right) = (header.step, of_step.display());
            return Err(Error::input(format!(
                "{name} holds step {step}: rename it to {right} to go on from it, or remove it"
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
        let before = case::parse(&format!("{}.toml", self.case.name), &header.case, Path::new(""), &[])
            .map_err(|error| Error::input(format!("the case in {name} cannot be read: {error}")))?;
        let differences =
            [case::physics_differences(&before, &self.case), case::batch_differences(&before, &self.case)]
                .concat();
        let fixed = case::of_the_state(&differences);
        let what_to_do = match (fixed.is_empty(), accept || differences.is_empty()) {
            (true, true) => {
                return Ok(Changes {
                    noted: case::noted_differences(&before, &self.case),
                    before,
                    accepted: differences,
                });
            }
            (true, false) => {
                "Undo this, or go on all the same with --accept-changes, or use another run directory \
                 (--dir), or --fresh to start over"
                    .to_owned()
            }
            (false, _) => format!(
                "Undo this: no run goes on with another {}. Start one from this state (initial.kind \
                 = \"file\", or `rogallo regrid`) in another run \
                 directory (--dir), or use --fresh to start over",
                fixed.iter().filter_map(|line| line.split(':').next()).collect::<Vec<_>>().join(", ")
            ),
        };
        Err(Error::input(format!(
            "the case has changed since {name} was written:\n  {}\n{what_to_do}",
            differences.join("\n  ")
        )))
    }
}
