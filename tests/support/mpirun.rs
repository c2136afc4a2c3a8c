//! Runs a program under mpirun for the tests: on any number of ranks, as any user, and never for ever.

use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// More ranks than cores are fine, so they must yield to each other while they wait; and tests may
/// run as root.
const ENVIRONMENT: [(&str, &str); 7] = [
    // No banner for an exit code that is not 0.
    ("OMPI_MCA_orte_execute_quiet", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
    ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
    ("OMPI_MCA_mpi_yield_when_idle", "1"),
    // What Open MPI 4 takes on one machine anyway; to look for networks first takes each job 0.2 s.
    ("OMPI_MCA_pml", "ob1"),
    ("OMPI_MCA_hwloc_base_binding_policy", "none"),
];

/// How a job ended and what all its ranks printed.
pub struct Finished {
    pub status: ExitStatus,
    pub output: String,
}

/// A program under way.
pub struct Job {
    child: Child,
    output: File,
    limit: Duration,
    begin: Instant,
}

impl Job {
    /// Starts `command` with its output kept; one that takes longer than `limit` is ended when it
    /// is waited for.
    pub fn start(command: &mut Command, limit: Duration) -> Result<Self, String> {
        let output = tempfile::tempfile().map_err(|error| error.to_string())?;
        let copy = || output.try_clone().map(Stdio::from).map_err(|error| error.to_string());
        let command =
            command.envs(ENVIRONMENT).stdin(Stdio::null()).stdout(copy()?).stderr(copy()?).process_group(0);
        let child = command.spawn().map_err(|error| format!("cannot start {command:?}: {error}"))?;
        Ok(Self { child, output, limit, begin: Instant::now() })
    }

    /// Sends a signal to the program; under mpirun, to mpirun.
    pub fn signal(&self, signal: Signal) -> Result<(), String> {
        kill_process(Pid::from_child(&self.child), signal).map_err(|error| error.to_string())
    }

    /// Whether it has ended.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Waits for its end; that it takes longer than its limit is an error.
    pub fn finish(mut self) -> Result<Finished, String> {
        let status = wait(&mut self.child, self.limit.saturating_sub(self.begin.elapsed()));
        let mut bytes = Vec::new();
        self.output
            .rewind()
            .and_then(|()| self.output.read_to_end(&mut bytes))
            .map_err(|error| error.to_string())?;
        let output = String::from_utf8_lossy(&bytes).into_owned();
        match status {
            Some(status) => Ok(Finished { status, output }),
            None => Err(format!("hangs: ended after {} s. Printed were:\n{output}", self.limit.as_secs())),
        }
    }
}

impl Drop for Job {
    /// A test that breaks off leaves no program behind.
    fn drop(&mut self) {
        wait(&mut self.child, Duration::ZERO);
    }
}

/// `program` on `ranks` ranks.
pub fn command(ranks: usize, program: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("MPIRUN").unwrap_or("mpirun".into()));
    command.args(["-n", &ranks.to_string()]).arg(program);
    command
}

/// Runs `program` on `ranks` ranks. A job that takes longer than `limit` is ended, and that is an error.
pub fn mpirun(ranks: usize, program: &Path, arguments: &[&str], limit: Duration) -> Result<Finished, String> {
    let job = Job::start(command(ranks, program).args(arguments), limit)?;
    job.finish().map_err(|error| format!("{ranks} ranks: {error}"))
}

/// Runs a job that must succeed.
pub fn succeed(ranks: usize, program: &Path, arguments: &[&str], limit: Duration) -> Result<(), String> {
    let Finished { status, output } = mpirun(ranks, program, arguments, limit)?;
    match status.success() {
        true => Ok(()),
        false => Err(format!(
            "{ranks} ranks: exit code {:?}, signal {:?}\n{output}",
            status.code(),
            status.signal()
        )),
    }
}

/// None if the time was over and it still ran: then mpirun is asked to end its ranks (each has a
/// process group of its own), and if that does not help it is killed.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let within = |child: &mut Child, limit: Duration| {
        let begin = Instant::now();
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return Some(status);
            }
            if begin.elapsed() >= limit {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let status = within(child, limit);
    if status.is_none() {
        let _ = kill_process(Pid::from_child(child), Signal::TERM);
        if within(child, Duration::from_secs(5)).is_none() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
    status
}
