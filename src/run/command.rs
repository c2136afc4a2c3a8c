//! The two files with which a user controls a running job: `stop` and `command`.

use super::Run;
use super::log::Log;
use super::output::Output;
use crate::case::{self, Batches, Case};
use crate::error::{Error, Result};
use crate::files;
use crate::ledger::Event;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Time between two looks, since each costs a request to a shared file system.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Keys, or tables of keys, that may change while a job runs.
const KEYS: [&str; 7] = [
    "output.series",
    "output.spectra",
    "output.snapshots",
    "output.statistics",
    "checkpoint",
    "time.end",
    "time.steps",
];

/// The two files, watched by the root.
pub struct Watch {
    stop: PathBuf,
    command: PathBuf,
    looked: Option<Instant>,
    /// Commands of the last look. They are accepted when the next look finds the same text, so that
    /// no half-written file is.
    seen: String,
    /// Commands whose file could not be removed.
    done: String,
    /// Reasons why the last look ignored files.
    refused: Vec<String>,
    /// Reasons that are not reported yet.
    notes: Vec<String>,
}

/// The requests that a look has found.
#[derive(Default)]
pub struct Requests {
    pub stop: bool,
    pub command: bool,
}

impl Watch {
    pub fn new(directory: &Path) -> Self {
        let file = |name| directory.join(name);
        let (seen, done, refused, notes) = Default::default();
        Self { stop: file("stop"), command: file("command"), looked: None, seen, done, refused, notes }
    }

    /// Looks for both files, if it is time to.
    pub fn look(&mut self) -> Requests {
        if self.looked.is_some_and(|looked| looked.elapsed() < BETWEEN_LOOKS) {
            return Requests::default();
        }
        self.looked = Some(Instant::now());
        let mut refused = Vec::new();
        let text = files::read(&self.command, files::NOTE).unwrap_or_else(|error| {
            if error.kind() != ErrorKind::NotFound {
                refused.push(format!("{} is ignored: {error}. Remove it", self.command.display()));
            }
            Vec::new()
        });
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        let whole = text == self.seen;
        self.seen = text;
        let stop = fs::metadata(&self.stop).is_ok_and(|data| {
            if !data.is_file() {
                refused.push(format!(
                    "{} does not stop the run: it is not a regular file. Remove it",
                    self.stop.display()
                ));
            }
            data.is_file()
        });
        self.notes.extend(refused.iter().filter(|reason| !self.refused.contains(reason)).cloned());
        self.refused = refused;
        Requests { stop, command: whole && !self.seen.is_empty() && self.seen != self.done }
    }

    /// Messages for the user about ignored files, each once.
    pub fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Returns the commands and removes their file.
    pub fn take(&mut self) -> String {
        let text = std::mem::take(&mut self.seen);
        self.done = if fs::remove_file(&self.command).is_ok() { String::new() } else { text.clone() };
        text
    }

    /// Removes the file `stop`, so that the next job continues.
    pub fn stopped(&self) {
        let _ = fs::remove_file(&self.stop);
    }
}

/// The commands in a command file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Commands {
    checkpoint: bool,
    snapshot: bool,
    /// `key=value`, as for `--set`.
    settings: Vec<String>,
}

impl Commands {
    /// Parses one command per line; all of them or none.
    fn parse(text: &str) -> Result<Self> {
        let mut commands = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match (line, line.split_once('=').map(|(key, _)| key.trim())) {
                ("checkpoint", _) => commands.checkpoint = true,
                ("snapshot", _) => commands.snapshot = true,
                (_, Some(key))
                    if KEYS.iter().any(|known| {
                        key.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                    }) =>
                {
                    commands.settings.push(line.to_owned());
                }
                _ => {
                    return Err(Error::input(format!(
                        "\"{line}\" is not a command; the commands are checkpoint, snapshot, and KEY=VALUE \
                         for the keys {}",
                        KEYS.join(", ")
                    )));
                }
            }
        }
        Ok(commands)
    }

    /// The case with the settings.
    fn apply(&self, case: &Case) -> Result<Case> {
        case::parse(
            case.flow.flows,
            &format!("{}.toml", case.name),
            &case.to_toml(),
            Path::new(""),
            &self.settings,
        )
    }
}

/// The batches of the statistics of a case, if it has any.
fn batches(case: &Case) -> Option<Batches> {
    case.flow.sampling().map(|sampling| sampling.batches)
}

impl Run {
    /// Carries out the command file. Returns whether it asks for a checkpoint, which is left to the
    /// caller. A wrong file is reported in the log and ignored. Collective.
    pub(super) fn carry_out_commands(&mut self, output: &mut Output, log: &mut Log) -> Result<bool> {
        let text = self.control.commands(&self.world)?;
        let understood = Commands::parse(&text).and_then(|commands| {
            let case = commands.apply(&self.case)?;
            // Even if sampling stops or begins: the flow keeps its batches.
            if let [Some(now), Some(asked)] = [&self.case, &case].map(batches)
                && now != asked
            {
                let what = format!(
                    "all batches of a run have one length, output.statistics.batch = {}: set it together \
                     with the other keys",
                    now.length
                );
                return Err(Error::input(what));
            }
            self.world.aggregate(case.checkpoint.aggregators)?;
            Ok((case, commands))
        });
        let (case, commands) = match understood {
            Ok(understood) => understood,
            Err(error) => {
                let error = error.message.trim_end_matches("; nothing was run.");
                log.line(&format!("the command file is ignored: {error}"));
                return Ok(false);
            }
        };
        log.line(&format!("commands: {}", text.lines().map(str::trim).collect::<Vec<_>>().join("; ")));
        if !commands.settings.is_empty() {
            let changes = case::noted_differences(&self.case, &case);
            if !changes.is_empty() {
                self.note(Event::Changed { changes }, log);
            }
            self.case = case;
            output.schedule(&self.case);
        }
        if commands.snapshot {
            output.write_snapshot(&self.world, self.flow.as_mut(), log);
        }
        Ok(commands.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_all_or_none() {
        let text = "# now\ncheckpoint\n\n  output.series.every_steps = 5\ntime.end=3";
        let settings = vec!["output.series.every_steps = 5".into(), "time.end=3".into()];
        assert_eq!(Commands::parse(text), Ok(Commands { checkpoint: true, snapshot: false, settings }));
        for wrong in [
            "snapshots",
            "fluid.viscosity=1",
            "output.directory=x",
            "output.seriesx=1",
            "checkpoint\ntime.dt=1",
        ] {
            assert!(
                Commands::parse(wrong)
                    .unwrap_err()
                    .message
                    .contains("is not a command; the commands are checkpoint, snapshot"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_command_file_is_taken_when_it_no_longer_changes() {
        let directory = tempfile::tempdir().unwrap();
        let mut watch = Watch::new(directory.path());
        let mut look = |text: Option<&str>| {
            text.iter().for_each(|text| fs::write(directory.path().join("command"), text).unwrap());
            watch.looked = None;
            watch.look().command.then(|| watch.take())
        };
        assert_eq!(
            [look(None), look(Some("")), look(Some("check")), look(Some("checkpoint")), look(None)],
            [None, None, None, None, Some("checkpoint".into())]
        );
        assert!(!directory.path().join("command").exists());
        assert_eq!(look(None), None);
    }

    #[test]
    fn a_file_that_is_large_or_not_regular_is_reported_once_and_ignored() {
        let directory = tempfile::tempdir().unwrap();
        let (stop, command) = (directory.path().join("stop"), directory.path().join("command"));
        let mut watch = Watch::new(directory.path());
        let mut look = || {
            watch.looked = None;
            let found = watch.look();
            (found.stop, found.command, watch.notes())
        };
        let quiet = || (false, false, Vec::<String>::new());
        fs::create_dir(&stop).unwrap();
        fs::write(&command, vec![b'#'; 1 + files::NOTE as usize]).unwrap();
        let (stops, obeys, notes) = look();
        assert!(!stops && !obeys && notes.len() == 2, "{notes:?}");
        assert!(
            notes[0]
                .ends_with("command is ignored: it has 65537 bytes or more; the limit is 65536. Remove it"),
            "{notes:?}"
        );
        assert!(
            notes[1].ends_with("stop does not stop the run: it is not a regular file. Remove it"),
            "{notes:?}"
        );
        assert_eq!([look(), look()], [quiet(), quiet()]);
        // Once removed, the next one counts.
        fs::remove_dir(&stop).unwrap();
        fs::write(&command, "checkpoint").unwrap();
        assert_eq!(look(), quiet());
        fs::write(&stop, "").unwrap();
        assert_eq!(look(), (true, true, Vec::new()));
        std::fs::remove_file(&command).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &command).unwrap();
        let (stops, obeys, notes) = look();
        assert!(
            stops && !obeys && notes.len() == 1 && notes[0].contains("it is a device, not a regular file"),
            "{notes:?}"
        );
    }
}
