//! Runs a program under mpirun for the tests: on any number of ranks, as any user, and never for ever.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Seek};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Two MPI jobs at once on few cores disturb each other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// More ranks than cores are fine, so they must yield to each other while they wait; and tests may run as root.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
    ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
    ("OMPI_MCA_mpi_yield_when_idle", "1"),
    ("OMPI_MCA_hwloc_base_binding_policy", "none"),
];

/// How a job ended and what all its ranks printed.
pub struct Finished {
    pub status: ExitStatus,
    pub output: String,
}

/// Runs `program` on `ranks` ranks. A job that takes longer than `limit` is ended, and that is an error.
pub fn mpirun(ranks: usize, program: &Path, arguments: &[&str], limit: Duration) -> Result<Finished, String> {
    let _alone = ONE_AT_A_TIME.lock().map_err(|_| "another test broke off".to_string())?;
    let mut output = tempfile::tempfile().map_err(|error| error.to_string())?;
    let copy = || output.try_clone().map(Stdio::from).map_err(|error| error.to_string());
    let mut child = Command::new("mpirun")
        .args(["-quiet", "-n", &ranks.to_string()])
        .arg(program)
        .args(arguments)
        .envs(ENVIRONMENT)
        .stdin(Stdio::null())
        .stdout(copy()?)
        .stderr(copy()?)
        .process_group(0)
        .spawn()
        .map_err(|error| format!("cannot start mpirun: {error}"))?;
    let status = wait(&mut child, limit);
    let mut text = String::new();
    output.rewind().and_then(|()| output.read_to_string(&mut text)).map_err(|error| error.to_string())?;
    match status {
        Some(status) => Ok(Finished { status, output: text }),
        None => Err(format!("{ranks} ranks hang: ended after {} s. They printed:\n{text}", limit.as_secs())),
    }
}

/// Runs a job that must succeed.
pub fn succeed(ranks: usize, program: &Path, arguments: &[&str], limit: Duration) -> Result<(), String> {
    let Finished { status, output } = mpirun(ranks, program, arguments, limit)?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{ranks} ranks: exit code {:?}, signal {:?}\n{output}", status.code(), status.signal())),
    }
}

/// None if the time was over: then mpirun is asked to end its ranks (each has a process group of its own), and if that
/// does not help it is killed.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let within = |child: &mut Child, limit: Duration| {
        let begin = Instant::now();
        while begin.elapsed() < limit {
            if let Ok(Some(status)) = child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
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
