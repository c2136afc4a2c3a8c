//! The batch systems: their templates, the submission of a job, and the commands to control it.

use crate::error::{Error, Result};
use crate::files;
use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// A batch system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scheduler {
    Slurm,
    /// PBS Professional, OpenPBS
    Pbs,
    Lsf,
    /// No batch system: the job starts at once on this machine
    Mpirun,
    /// LoadLeveler of a Blue Gene/Q
    Bluegene,
}

impl Scheduler {
    /// The batch system whose command is installed.
    ///
    /// # Errors
    /// No batch system is found.
    pub fn find() -> Result<Self> {
        let found =
            [Self::Slurm, Self::Pbs, Self::Lsf].into_iter().find(|scheduler| is_command(scheduler.command()));
        found.ok_or_else(|| {
            Error::input(
                "no batch system found (sbatch, qsub, bsub): name one with --scheduler, or start the job on \
                 this machine with --scheduler mpirun",
            )
        })
    }

    /// The command that submits a job script.
    fn command(self) -> &'static str {
        match self {
            Self::Slurm => "sbatch",
            Self::Pbs => "qsub",
            Self::Lsf => "bsub",
            Self::Mpirun => "bash",
            Self::Bluegene => "llsubmit",
        }
    }

    /// The path of the template in the repository, and the template.
    pub fn template(self) -> (&'static str, &'static str) {
        match self {
            Self::Slurm => ("jobs/slurm.sh", include_str!("../../jobs/slurm.sh")),
            Self::Pbs => ("jobs/pbs.sh", include_str!("../../jobs/pbs.sh")),
            Self::Lsf => ("jobs/lsf.sh", include_str!("../../jobs/lsf.sh")),
            Self::Mpirun => ("jobs/mpirun.sh", include_str!("../../jobs/mpirun.sh")),
            Self::Bluegene => ("jobs/bluegene.sh", include_str!("../../jobs/bluegene.sh")),
        }
    }

    /// Returns whether a job can wait for the end of another.
    pub fn has_chains(self) -> bool {
        matches!(self, Self::Slurm | Self::Pbs | Self::Lsf)
    }

    /// Returns whether a job must state its number of nodes.
    pub fn needs_nodes(self) -> bool {
        matches!(self, Self::Pbs | Self::Bluegene)
    }

    /// Formats a time limit for this batch system. LSF uses minutes only.
    pub fn walltime(self, seconds: u64) -> String {
        match self {
            Self::Lsf => format!("{}:{:02}", seconds.div_ceil(60) / 60, seconds.div_ceil(60) % 60),
            _ => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
        }
    }

    /// Submits a script, to start when the job `after` has ended with any exit code. Returns the id of
    /// the job.
    ///
    /// # Errors
    /// The batch system rejects the script.
    pub fn submit(self, script: &Path, after: Option<&str>) -> Result<String> {
        let mut command = Command::new(self.command());
        match self {
            Self::Slurm => {
                command.arg("--parsable").args(after.map(|id| format!("--dependency=afterany:{id}")))
            }
            Self::Pbs => command.args(after.map(|id| format!("-Wdepend=afterany:{id}"))),
            Self::Lsf => command.args(after.map(|id| format!("-wended({id})"))),
            Self::Bluegene => &mut command,
            Self::Mpirun => return start(script),
        };
        let failure =
            |error| Error::io(format!("cannot submit {} with {}", script.display(), self.command()), error);
        if self == Self::Lsf {
            command.stdin(File::open(script).map_err(failure)?);
        } else {
            command.arg(script);
        }
        let output = command.output().map_err(failure)?;
        let [said, complaint] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        let id = self.id(&said).filter(|_| output.status.success());
        id.map(str::to_owned).ok_or_else(|| {
            let what = format!("{} rejects {}: {said} {complaint}", self.command(), script.display());
            Error::failure(format!("{what}\nChange the options, or edit a copy of the script and submit it"))
        })
    }

    /// The job id in the output of the command.
    fn id(self, said: &str) -> Option<&str> {
        let id = match self {
            // With the cluster's name where there are several.
            Self::Slurm => said.split(';').next(),
            // Job <12> is submitted to queue <normal>.
            Self::Lsf => said.split(['<', '>']).nth(1),
            // llsubmit: The job "host.12" has been submitted.
            Self::Bluegene => said.split('"').nth(1),
            Self::Pbs | Self::Mpirun => Some(said),
        };
        id.filter(|id| !id.is_empty() && !id.contains(char::is_whitespace))
    }

    /// The commands that show a job, stop it with a checkpoint, and end it.
    pub fn commands(self, id: &str) -> Vec<(&'static str, String)> {
        let [look, stop, cancel] = match self {
            Self::Slurm => [
                format!("squeue -j {id}"),
                format!("scancel --batch --signal=USR1 {id}"),
                format!("scancel {id}"),
            ],
            Self::Pbs => [format!("qstat {id}"), format!("qsig -s SIGUSR1 {id}"), format!("qdel {id}")],
            Self::Lsf => [format!("bjobs {id}"), format!("bkill -s USR2 {id}"), format!("bkill {id}")],
            Self::Mpirun => [format!("ps -p {id}"), format!("kill -USR1 {id}"), format!("kill {id}")],
            Self::Bluegene => [format!("llq {id}"), String::new(), format!("llcancel {id}")],
        };
        let commands = [("show the job", look), ("stop and save", stop), ("cancel", cancel)];
        commands.into_iter().filter(|(_, command)| !command.is_empty()).collect()
    }
}

/// Starts a script on this machine; it keeps running when this process ends.
fn start(script: &Path) -> Result<String> {
    let log = script.with_extension("log");
    let failure = |error| {
        Error::io(format!("cannot start {} with its output in {}", script.display(), log.display()), error)
    };
    let output =
        files::open_as(&log, OpenOptions::new().write(true).create(true).truncate(true)).map_err(failure)?;
    let copy = output.try_clone().map_err(failure)?;
    let mut command = Command::new("bash");
    command.arg(script).stdin(Stdio::null()).stdout(output).stderr(copy).process_group(0);
    Ok(command.spawn().map_err(failure)?.id().to_string())
}

fn is_command(name: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

#[cfg(test)]
mod tests {
    use super::Scheduler::{Bluegene, Lsf, Mpirun, Pbs, Slurm};

    #[test]
    fn ids_are_found_in_what_the_commands_say() {
        assert_eq!(Slurm.id("12"), Some("12"));
        assert_eq!(Slurm.id("12;cluster"), Some("12"));
        assert_eq!(Pbs.id("12.server.site"), Some("12.server.site"));
        assert_eq!(Lsf.id("Job <12> is submitted to queue <normal>."), Some("12"));
        assert_eq!(Bluegene.id("llsubmit: The job \"host.12\" has been submitted."), Some("host.12"));
        assert_eq!([Slurm.id(""), Lsf.id("Request aborted"), Pbs.id("no such queue")], [None; 3]);
    }

    #[test]
    fn time_limits_are_written_as_each_system_reads_them() {
        assert_eq!([Slurm, Pbs, Mpirun, Bluegene].map(|one| one.walltime(90_061)), ["25:01:01"; 4]);
        assert_eq!([Lsf.walltime(90_061), Lsf.walltime(60)], ["25:02", "0:01"]);
    }
}
