//! The state of a run from its ledger, its series and its checkpoints; serial, even while a job works
//! in the directory.

use super::series::Table;
use crate::case::{self, Stop};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::files;
use crate::ledger::{self, Entry, Event, Job, Pace};
use chrono::{DateTime, SecondsFormat, Utc};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Age of the lock file within which a job on another node, whose lock is not visible from here,
/// counts as running.
const RECENT: Duration = Duration::from_secs(60);

/// Maximum number of last samples for the estimate of the time left.
const SAMPLES: usize = 20;

/// The full state of one run directory, or one line for each of several.
///
/// # Errors
/// A directory that is missing or is not a run directory; files that cannot be read.
pub fn status(flows: Flows, directories: &[PathBuf]) -> Result<String> {
    match directories {
        [one] => Ok(Status::of(flows, one)?.at_length()),
        several => {
            let width =
                several.iter().map(|directory| directory.display().to_string().len()).max().unwrap_or(0);
            let lines = several.iter().map(|directory| {
                Ok(format!(
                    "{:<width$}  {}",
                    directory.display().to_string(),
                    Status::of(flows, directory)?.in_a_line()
                ))
            });
            Ok(lines.collect::<Result<Vec<_>>>()?.join("\n"))
        }
    }
}

/// One job and its entries in the ledger.
struct OneJob<'a> {
    job: &'a Job,
    continues: bool,
    entries: &'a [Entry],
}

impl OneJob<'_> {
    fn first(&self) -> &Entry {
        &self.entries[0]
    }

    fn last(&self) -> &Entry {
        &self.entries[self.entries.len() - 1]
    }

    /// The progress of the job in its last entry that states it.
    fn pace(&self) -> Pace {
        let pace = |entry: &Entry| match &entry.event {
            Event::Checkpoint { pace, .. } | Event::Stop { pace, .. } | Event::Done { pace } => Some(*pace),
            _ => None,
        };
        self.entries.iter().rev().find_map(pace).unwrap_or_default()
    }

    fn core_hours(&self, until: DateTime<Utc>) -> f64 {
        let begin = self.first().at;
        self.job.ranks as f64 * (until - begin).num_milliseconds().max(0) as f64 / 3.6e6
    }
}

struct Status {
    directory: PathBuf,
    now: DateTime<Utc>,
    entries: Vec<Entry>,
    running: bool,
    case: Option<case::Case>,
    series: Option<Table>,
    /// The newest checkpoint, and its time of writing.
    checkpoint: Option<(String, SystemTime)>,
}

impl Status {
    fn of(flows: Flows, directory: &Path) -> Result<Self> {
        let shown = directory.display();
        super::require_directory(directory)?;
        let entries = ledger::read(directory)?;
        let case = files::read_text(&directory.join("case.toml"), files::TABLE).ok();
        if entries.is_empty() && case.is_none() {
            return Err(Error::input(format!(
                "{shown} is not a run directory: it has neither {} nor case.toml",
                ledger::FILE
            )));
        }
        // A job of this node holds the lock as long as it runs.
        let elsewhere = entries
            .iter()
            .rev()
            .find_map(|entry| entry.event.job())
            .is_none_or(|job| job.host != ledger::host());
        let ended = entries.last().is_some_and(|entry| entry.event.is_last());
        Ok(Self {
            directory: directory.to_owned(),
            now: DateTime::from(SystemTime::now()),
            running: is_locked(directory) || elsewhere && !ended && is_recent(&directory.join("lock")),
            case: case.and_then(|text| case::parse(flows, "case.toml", &text, Path::new(""), &[]).ok()),
            series: Table::optional(&directory.join("series.csv"))?,
            checkpoint: checkpoint(&directory.join("checkpoints")),
            entries,
        })
    }

    /// The jobs of the current run, the oldest first. Of an earlier run that `--fresh` has removed,
    /// only the ledger is left.
    fn jobs(&self) -> Vec<OneJob<'_>> {
        let first =
            self.entries.iter().rposition(|entry| matches!(entry.event, Event::Start { .. })).unwrap_or(0);
        let jobs = self.entries[first..].chunk_by(|_, next| next.event.job().is_none());
        jobs.filter_map(|entries| match &entries[0].event {
            Event::Start { job, .. } => Some(OneJob { job, continues: false, entries }),
            Event::Continue { job } => Some(OneJob { job, continues: true, entries }),
            _ => None,
        })
        .collect()
    }

    /// Step and time of the newest sample, or of the newest entry.
    fn now_at(&self) -> (u64, f64) {
        let sample = self
            .series
            .as_ref()
            .and_then(|series| Some((last(series, "step")? as u64, last(series, "time")?)));
        let noted = self.entries.iter().rev().find_map(|entry| Some((entry.step, entry.time?)));
        match (sample, noted) {
            (Some(sample), Some(noted)) if noted.0 > sample.0 => noted,
            (Some(sample), _) => sample,
            (None, noted) => noted.unwrap_or_default(),
        }
    }

    /// Seconds per step in the last job.
    fn seconds_per_step(&self) -> Option<f64> {
        let jobs = self.jobs();
        let job = jobs.last()?;
        // A running job records its pace at checkpoints only; until then the series gives its progress.
        job.pace().seconds_per_step.or_else(|| {
            let steps =
                self.now_at().0.checked_sub(job.first().step).filter(|steps| self.running && *steps > 0)?;
            Some((self.now - job.first().at).num_milliseconds() as f64 / 1e3 / steps as f64)
        })
    }

    /// Number of steps to the end of the case; None if it is not known.
    fn steps_left(&self) -> Option<f64> {
        let Stop { end, steps } = self.case.as_ref()?.time.stop;
        let (step, time) = self.now_at();
        let by_step = steps.map(|steps| steps.saturating_sub(step) as f64);
        let by_time = end.and_then(|end| Some((end - time).max(0.0) / self.time_per_step()?));
        by_step.into_iter().chain(by_time).reduce(f64::min)
    }

    /// Simulated time per step, over the last samples.
    fn time_per_step(&self) -> Option<f64> {
        let series = self.series.as_ref()?;
        let (steps, times) = (series.find("step")?, series.find("time")?);
        let (now, before) = (steps.len() - 1, steps.len().saturating_sub(SAMPLES));
        let (steps, time) = (steps[now] - steps[before], times[now] - times[before]);
        (steps > 0.0 && time > 0.0).then(|| time / steps)
    }

    /// Describes the end of the last job, or says that it is running.
    fn ending(&self) -> String {
        if self.running {
            return "running".into();
        }
        self.jobs().last().map_or_else(|| "no entries in the ledger".into(), ending)
    }

    fn in_a_line(&self) -> String {
        let (step, time) = self.now_at();
        let left = match (self.steps_left(), self.seconds_per_step()) {
            (Some(0.0), _) | (None, _) | (_, None) => String::new(),
            (Some(steps), Some(seconds)) => format!(", {} left", span(steps * seconds)),
        };
        let warnings = self.warnings().len();
        let warnings = if warnings == 0 { String::new() } else { format!(", warnings: {warnings}") };
        format!("step {step}, time {time:.6}: {}{left}{warnings}", self.ending())
    }

    fn at_length(&self) -> String {
        let jobs = self.jobs();
        let (step, time) = self.now_at();
        let mut lines = vec![
            format!("{}: {}", self.directory.display(), self.ending()),
            format!("now           step {step}, time {time:.6}"),
        ];
        for (n, job) in jobs.iter().enumerate() {
            let latest = n + 1 == jobs.len() && self.running;
            let OneJob { job: Job { ranks, decomposition, host, id, .. }, continues, .. } = job;
            lines.push(format!(
                "{:<14}{} {} step {} on {ranks} rank{}, {decomposition}, {host}{}: {}",
                if n == 0 { "jobs" } else { "" },
                moment(job.first().at),
                if *continues { "from" } else { "started at" },
                job.first().step,
                if *ranks == 1 { "" } else { "s" },
                id.as_ref().map_or_else(String::new, |id| format!(", job {id}")),
                if latest { "running".into() } else { ending(job) }
            ));
        }
        if let Some(seconds) = self.seconds_per_step() {
            lines.push(format!("speed         {:.4} steps per second", 1.0 / seconds));
        }
        let until = |n: usize, job: &OneJob| {
            if n + 1 == jobs.len() && self.running { self.now } else { job.last().at }
        };
        let core_hours: f64 = jobs.iter().enumerate().map(|(n, job)| job.core_hours(until(n, job))).sum();
        lines.push(format!("core-hours    {core_hours:.3}"));
        lines.push(format!(
            "left          {}",
            match (self.steps_left(), self.seconds_per_step()) {
                (Some(0.0), _) => "nothing".into(),
                (Some(steps), Some(seconds)) => format!("about {steps:.0} steps, {}", span(steps * seconds)),
                (Some(steps), None) => format!("about {steps:.0} steps"),
                (None, _) => "unknown as yet".into(),
            }
        ));
        lines.push(match &self.checkpoint {
            Some((name, written)) => {
                format!("checkpoint    {name}, {} old", span(age(*written).as_secs_f64()))
            }
            None => "checkpoint    none".into(),
        });
        lines.extend(self.health());
        lines.extend(self.warnings().into_iter().map(|warning| format!("warning       {warning}")));
        lines.join("\n")
    }

    /// The last sample, and its change since half of the samples.
    fn health(&self) -> Option<String> {
        let series = self.series.as_ref()?;
        let mut parts = Vec::new();
        let watched = self.case.as_ref().map_or(&[][..], |case| case.flow.watched());
        for name in ["energy", "cfl"].iter().chain(watched) {
            let Some(values) = series.find(name) else { continue };
            let (now, half) = (values[values.len() - 1], values[values.len() / 2]);
            parts.push(match *name {
                "cfl" => format!("cfl {now:.3}"),
                _ => format!(
                    "{name} {now:.6e} ({:+.2} % since half of the samples)",
                    100.0 * (now / half - 1.0)
                ),
            });
        }
        Some(format!("health        {}", parts.join(", ")))
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let jobs = self.jobs();
        let retries = jobs
            .iter()
            .flat_map(|job| job.entries)
            .filter(|entry| matches!(entry.event, Event::Retry { .. }))
            .count();
        if retries > 0 {
            warnings.push(format!(
                "the run has blown up and continued with shorter steps, {retries} time{}",
                if retries == 1 { "" } else { "s" }
            ));
        }
        if let Some(job) = jobs.last().filter(|_| !self.running) {
            match &job.last().event {
                Event::BlowUp { reason, .. } => warnings.push(format!("the run blew up: {reason}")),
                Event::NotSaved { message } | Event::Failed { message } | Event::Hang { message } => {
                    warnings.push(message.lines().next().unwrap_or_default().to_owned())
                }
                event if !event.is_last() => warnings.push(
                    "the last job was killed: run the same command again to continue from its last checkpoint"
                        .into(),
                ),
                _ => {}
            }
        }
        let not_finite = |series: &Table| last(series, "energy").is_some_and(|energy| !energy.is_finite());
        if self.series.as_ref().is_some_and(not_finite) {
            warnings.push("the energy is not finite".into());
        }
        if let (Some(case), Some(series)) = (&self.case, &self.series) {
            warnings.extend(case.flow.warnings(series));
        }
        if self.case.is_none() {
            warnings.push("case.toml cannot be read: the end of the run is unknown".into());
        }
        warnings
    }
}

fn ending(job: &OneJob) -> String {
    let entry = job.last();
    let how = match &entry.event {
        Event::Done { .. } => "done".into(),
        Event::Stop { reason, .. } => reason.replacen("stopping:", "stopped:", 1),
        Event::BlowUp { .. } => "blew up".into(),
        Event::Failed { .. } => "failed".into(),
        Event::Hang { .. } => "hung, ended by the watchdog".into(),
        _ => return format!("killed after {}, at step {} or later", moment(entry.at), entry.step),
    };
    format!("{how}, {} at step {}", moment(entry.at), entry.step)
}

fn last(series: &Table, name: &str) -> Option<f64> {
    series.find(name)?.last().copied()
}

/// Returns whether a job of this node holds the lock, by trying the lock and releasing it at once.
fn is_locked(directory: &Path) -> bool {
    files::open(&directory.join("lock"))
        .is_ok_and(|lock| flock(&lock, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK))
}

fn is_recent(file: &Path) -> bool {
    fs::metadata(file).and_then(|data| data.modified()).is_ok_and(|written| age(written) < RECENT)
}

fn age(written: SystemTime) -> Duration {
    written.elapsed().unwrap_or_default()
}

/// Name and time of writing of the checkpoint from which a run would continue.
fn checkpoint(directory: &Path) -> Option<(String, SystemTime)> {
    let target = fs::read_link(directory.join("latest")).ok()?;
    let written = fs::metadata(directory.join(&target)).and_then(|data| data.modified()).ok()?;
    Some((target.to_string_lossy().into_owned(), written))
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Formats seconds in a suitable unit.
fn span(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} days", s / 86400.0),
    }
}
