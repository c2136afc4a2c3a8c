//! The history of a run over all its jobs: `ledger.jsonl` in the run directory, with one line of JSON
//! per event. The file is only appended to. A job that is killed while it writes leaves a torn line,
//! which readers ignore.

use crate::error::{Error, Result};
use crate::files;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::SystemTime;

/// The name of the file.
pub const FILE: &str = "ledger.jsonl";

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// UTC; written as RFC 3339.
    pub at: DateTime<Utc>,
    /// Steps done and time reached; a watchdog does not know the time.
    pub step: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<f64>,
    #[serde(flatten)]
    pub event: Event,
}

/// An event in the history of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A run starts; with `fresh` it replaces an earlier one, whose lines stay above.
    Start {
        fresh: bool,
        job: Job,
    },
    /// A job continues the run.
    Continue {
        job: Job,
    },
    /// A checkpoint of `bytes` was written in `seconds`.
    Checkpoint {
        file: String,
        seconds: f64,
        bytes: u64,
        pace: Pace,
    },
    /// Keys of the case that differ from the checkpoint from which the run continues, or that were
    /// set during the run, one per line.
    Changed {
        changes: Vec<String>,
    },
    /// A checkpoint could not be written; the run goes on.
    NotSaved {
        message: String,
    },
    /// The solution has blown up. Numbers that are not finite are missing.
    BlowUp {
        what: String,
        reason: String,
        dt: Option<f64>,
        cfl: Option<f64>,
        energy: Option<f64>,
    },
    /// The run returns to the checkpoint of this step, with steps `factor` times as long as in the
    /// case.
    Retry {
        number: u64,
        factor: f64,
    },
    /// The job stops before the end of the run, with a checkpoint.
    Stop {
        reason: String,
        pace: Pace,
    },
    Done {
        pace: Pace,
    },
    /// An error ends the job.
    Failed {
        message: String,
    },
    /// A rank no longer responds; the watchdog ends the job.
    Hang {
        message: String,
    },
}

impl Event {
    /// The job that begins with this event, if one does.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Self::Start { job, .. } | Self::Continue { job } => Some(job),
            _ => None,
        }
    }

    /// Returns whether this is the last event of a job, unless the job retries.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Self::BlowUp { .. }
                | Self::Stop { .. }
                | Self::Done { .. }
                | Self::Failed { .. }
                | Self::Hang { .. }
        )
    }
}

/// The program and the machine of a job.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub ranks: usize,
    pub decomposition: String,
    /// Node of the root rank.
    pub host: String,
    /// Job id of the batch system.
    pub id: Option<String>,
    pub rogallo: String,
    pub mpi: String,
    pub hdf5: String,
}

/// The name of this node.
pub fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The progress of a job so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Number of steps done.
    pub steps: u64,
    /// Seconds since the job began.
    pub job_seconds: f64,
    /// Seconds per step without output and checkpoints; none before the first step.
    #[serde(alias = "seconds_a_step")]
    pub seconds_per_step: Option<f64>,
}

/// Appends a line, in one write.
///
/// # Errors
/// The file cannot be written.
pub fn append(directory: &Path, step: u64, time: Option<f64>, event: Event) -> Result<()> {
    let path = directory.join(FILE);
    let entry = Entry { at: DateTime::from(SystemTime::now()), step, time, event };
    let write = || -> std::io::Result<()> {
        let mut file = files::open_as(&path, OpenOptions::new().create(true).read(true).append(true))?;
        let line = serde_json::to_string(&entry)?;
        // A torn line is ended first, so that this one stands alone.
        let line = if ends_torn(&mut file)? { format!("\n{line}\n") } else { format!("{line}\n") };
        file.write_all(line.as_bytes())
    };
    write().map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
}

fn ends_torn(file: &mut std::fs::File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The entries of a run directory, the oldest first; none if it has no ledger. Other lines are
/// ignored.
///
/// # Errors
/// The file cannot be read.
pub fn read(directory: &Path) -> Result<Vec<Entry>> {
    let path = directory.join(FILE);
    match files::read(&path, files::TABLE) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::io(format!("cannot read {}", path.display()), error)),
        Ok(text) => Ok(text
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_torn_line_is_ignored_and_the_next_one_stands_alone() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(read(directory.path()).unwrap(), []);
        append(directory.path(), 0, Some(0.0), Event::Start { fresh: false, job: Job::default() }).unwrap();
        append(directory.path(), 7, Some(0.1), Event::Retry { number: 1, factor: 0.5 }).unwrap();
        let path = directory.path().join(FILE);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 5]).unwrap();
        append(directory.path(), 9, Some(0.3), Event::Done { pace: Pace::default() }).unwrap();
        let steps: Vec<u64> = read(directory.path()).unwrap().iter().map(|entry| entry.step).collect();
        assert_eq!(steps, [0, 9]);
        assert!(fs::read_to_string(&path).unwrap().lines().next().unwrap().starts_with("{\"at\":\"20"));
    }
}
