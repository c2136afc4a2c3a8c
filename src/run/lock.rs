//! One run directory, one job: the file `lock`, also where the jobs are on different nodes.
//!
//! On one node the system's own lock on the file decides; it ends with its process, however that ends. Many shared file systems keep such locks to a node,
//! and so the holder also beats: it changes the file every few seconds. Another node's job that finds the file watches whether it changes. Clocks are not
//! compared. A holder that finds another's name in the file has been taken for dead, and ends.

use crate::error::{Error, Result};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Seconds between two beats.
const BEAT: f64 = 10.0;

/// Beats that must fail to come before the holder is taken for dead.
const BEATS_MISSED: f64 = 6.0;

/// Two that take over from a dead job at the same moment find out after this.
const PAUSE: Duration = Duration::from_secs(1);

/// Who holds the lock. Its text has the same length at every beat, so that it is overwritten in place, also on a full disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Holder {
    host: String,
    /// Which start of which kernel.
    boot: String,
    process: u32,
    /// Of the batch system; empty without.
    job: String,
    /// How often the batch system has started this job again.
    restart: u64,
    /// No two are alike.
    token: String,
    seconds: f64,
    beat: String,
}

impl Holder {
    fn this_job() -> Self {
        let read = |path: &str| fs::read_to_string(path).map_or(String::new(), |text| text.trim().to_owned());
        let variable = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let [job, restart] =
            [["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"].as_slice(), &["SLURM_RESTART_COUNT"]].map(|names| names.iter().find_map(variable));
        Self {
            host: read("/proc/sys/kernel/hostname"),
            boot: read("/proc/sys/kernel/random/boot_id"),
            process: std::process::id(),
            job: job.unwrap_or_default(),
            restart: restart.and_then(|count| count.parse().ok()).unwrap_or(0),
            token: format!("{:016x}", RandomState::new().build_hasher().finish()),
            seconds: BEAT,
            beat: String::new(),
        }
    }

    fn text(&self, beat: u64) -> String {
        toml::to_string(&Self { beat: format!("{beat:010}"), ..self.clone() }).unwrap_or_default()
    }

    /// Whom a lock file names; nobody if it is empty or not ours to read.
    fn of(text: &str) -> Option<Self> {
        toml::from_str(text).ok()
    }

    fn describe(&self) -> String {
        let job = if self.job.is_empty() { String::new() } else { format!("job {}, ", self.job) };
        format!("{job}process {} on {}", self.process, self.host)
    }
}

/// The lock, held until it is dropped.
pub struct Lock {
    path: PathBuf,
    holder: Holder,
    /// Has the system's lock.
    _file: File,
    lost: Arc<AtomicBool>,
    stop: Option<mpsc::Sender<()>>,
    beating: Option<JoinHandle<()>>,
}

impl Lock {
    /// Takes the lock of a directory, after having watched a holder on another node for a while; `say` tells the user what it waits for.
    ///
    /// # Errors
    /// A directory that cannot be written, or is in use by another job.
    pub fn take(directory: &Path, say: impl Fn(&str)) -> Result<Self> {
        let (path, holder, shown) = (directory.join("lock"), Holder::this_job(), directory.display());
        let failed = |error: io::Error| Error::io(format!("cannot write to the run directory {shown}"), error);
        let in_use = |text: &str| {
            let by = Holder::of(text).map_or(String::new(), |holder| format!(" ({})", holder.describe()));
            Error::failure(format!("the run directory {shown} is in use by another job{by}: wait for it, or use another one (--dir)"))
        };
        // Made by one alone, also across nodes.
        let made = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let (file, is_new) = match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                (OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?, false)
            }
            made => (made.map_err(failed)?, true),
        };
        let text = fs::read_to_string(&path).unwrap_or_default();
        let locked = flock(&file, FlockOperation::NonBlockingLockExclusive);
        if locked == Err(Errno::WOULDBLOCK) {
            return Err(in_use(&text));
        }
        // Older versions left an empty file behind.
        let nobody = is_new || (text.is_empty() && locked.is_ok());
        let dead = nobody || Holder::of(&text).is_some_and(|other| is_dead(&other, &holder, locked.is_ok()));
        if !dead {
            watch(&path, &text, &say).map_err(|()| in_use(&text))?;
        }
        write(&path, &holder.text(0)).map_err(failed)?;
        if !dead {
            thread::sleep(PAUSE);
            let now = fs::read_to_string(&path).unwrap_or_default();
            if Holder::of(&now).is_none_or(|now| now.token != holder.token) {
                return Err(in_use(&now));
            }
        }
        let lost = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = mpsc::channel();
        let beating = thread::spawn({
            let (path, holder, lost) = (path.clone(), holder.clone(), Arc::clone(&lost));
            move || beat(&path, &holder, &lost, &stopped)
        });
        Ok(Self { path, holder, _file: file, lost, stop: Some(stop), beating: Some(beating) })
    }

    /// Whether another job has taken this one for dead and the directory for its own.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.beating.take().map(JoinHandle::join);
        let own =
            fs::read_to_string(&self.path).ok().and_then(|text| Holder::of(&text)).is_some_and(|holder| holder.token == self.holder.token);
        if own {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether the holder is known to be dead: of this very node, where the system's lock (it `works`) would still be held; or an earlier start of this job.
fn is_dead(other: &Holder, own: &Holder, works: bool) -> bool {
    (works && other.boot == own.boot) || (!own.job.is_empty() && other.job == own.job && other.restart < own.restart)
}

/// Returns when the file has not changed for some beats of its holder; an error if it does.
fn watch(path: &Path, text: &str, say: impl Fn(&str)) -> std::result::Result<(), ()> {
    let holder = Holder::of(text);
    let seconds = BEATS_MISSED * holder.as_ref().map_or(BEAT, |holder| holder.seconds.clamp(0.1, 60.0));
    let who = holder.map_or("an unknown job".into(), |holder| holder.describe());
    say(&format!("{} is of {who}: watching for {seconds:.0} s whether that still lives", path.display()));
    let begin = Instant::now();
    while begin.elapsed().as_secs_f64() < seconds {
        thread::sleep(Duration::from_secs_f64((seconds / 20.0).min(1.0)));
        // Opened anew each time, which is when a shared file system asks for what is new.
        match fs::read_to_string(path) {
            Ok(now) if now != text => return Err(()),
            // Given up meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            _ => {}
        }
    }
    say(&format!("{} has not changed: {who} is taken for dead", path.display()));
    Ok(())
}

/// Until told to stop: changes the file, or finds that it is another's.
fn beat(path: &Path, holder: &Holder, lost: &AtomicBool, stopped: &mpsc::Receiver<()>) {
    let mut count = 0;
    while stopped.recv_timeout(Duration::from_secs_f64(BEAT)) == Err(RecvTimeoutError::Timeout) {
        count += 1;
        match fs::read_to_string(path) {
            Ok(text) => match Holder::of(&text) {
                Some(other) if other.token != holder.token => return lost.store(true, Ordering::Relaxed),
                _ => drop(write(path, &holder.text(count))),
            },
            // The directory was removed; where it has been made again, the lock is too. By one alone: another job may be as quick.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let made = OpenOptions::new().write(true).create_new(true).open(path);
                drop(made.and_then(|mut file| file.write_all(holder.text(count).as_bytes())));
            }
            // A file system that is out of order for a while: the next beat will tell.
            Err(_) => {}
        }
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.write_all_at(text.as_bytes(), 0)?;
    if file.metadata()?.len() != text.len() as u64 {
        file.set_len(text.len() as u64)?;
    }
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_of_one_length_and_reads_back() {
        let holder = Holder::this_job();
        assert_eq!(holder.text(0).len(), holder.text(987_654).len());
        assert_eq!(Holder::of(&holder.text(7)).map(|read| (read.token, read.beat)), Some((holder.token, "0000000007".into())));
        assert_eq!(Holder::of(""), None);
    }

    #[test]
    fn a_holder_is_known_to_be_dead_on_this_node_and_before_a_requeue() {
        let own = Holder { job: "7".into(), restart: 1, ..Holder::this_job() };
        let other = Holder { boot: "elsewhere".into(), restart: 0, ..own.clone() };
        assert!(is_dead(&own, &own, true) && !is_dead(&own, &own, false));
        assert!(is_dead(&other, &own, true));
        assert!(!is_dead(&Holder { restart: 1, ..other.clone() }, &own, true));
        assert!(!is_dead(&Holder { job: "8".into(), ..other.clone() }, &own, true));
        let none = |holder: &Holder| Holder { job: String::new(), ..holder.clone() };
        assert!(!is_dead(&none(&other), &none(&own), true));
    }

    #[test]
    fn a_lock_that_beats_is_respected_and_one_that_does_not_is_taken_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let other = Holder { boot: "elsewhere".into(), host: "node17".into(), seconds: 0.2, ..Holder::this_job() };
        fs::write(&path, other.text(0)).unwrap();
        let beating = thread::spawn({
            let (path, other) = (path.clone(), other.clone());
            move || {
                for count in 1..15 {
                    thread::sleep(Duration::from_millis(100));
                    write(&path, &other.text(count)).unwrap();
                }
            }
        });
        let refused = Lock::take(directory.path(), |_| {}).map(drop).unwrap_err().message;
        assert!(refused.contains("in use by another job") && refused.contains("on node17"), "{refused}");
        beating.join().unwrap();
        let lock = Lock::take(directory.path(), |_| {}).unwrap();
        assert!(!lock.is_lost() && Holder::of(&fs::read_to_string(&path).unwrap()).unwrap().boot == lock.holder.boot);
        drop(lock);
        assert!(!path.exists(), "a lock that is given up stays");
    }
}
