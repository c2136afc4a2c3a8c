//! The file `lock`, which reserves a run directory for one job, even across nodes.
//!
//! On one node the system's own lock on the file decides; it ends with its process, however that
//! ends. It locks the file and not its name: a job that has locked a file that was removed or
//! replaced in the meantime begins again. Many shared file systems keep such locks local to a node.
//! The holder therefore also sends a heartbeat: it changes the file every few seconds. A job on
//! another node that finds the file watches whether it changes. Clocks are never compared. A holder
//! that finds another job in the file has been presumed dead, and ends.

use crate::error::{Error, Result};
use crate::files;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Read, Seek};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Seconds between two heartbeats.
const BEAT: f64 = 10.0;

/// Number of missed heartbeats after which the holder is presumed dead.
const BEATS_MISSED: f64 = 6.0;

/// Time after which two jobs that take over from a dead one at the same moment notice each other.
const PAUSE: Duration = Duration::from_secs(1);

/// Time for which a job tries to lock the file: `rogallo status` holds the lock for a moment to see
/// whether a job does.
const GLANCE: Duration = Duration::from_millis(300);

/// The job that holds the lock. Its text has the same length at every heartbeat, so that it is
/// overwritten in place, even on a full disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Holder {
    host: String,
    /// Identifier of the running kernel since its last boot.
    boot: String,
    process: u32,
    /// Job id of the batch system; empty without one.
    job: String,
    /// Number of restarts of this job by the batch system.
    restart: u64,
    /// Random number that identifies this holder.
    token: String,
    seconds: f64,
    beat: String,
}

impl Holder {
    fn this_job() -> Self {
        let read = |path: &str| fs::read_to_string(path).map_or(String::new(), |text| text.trim().to_owned());
        let variable = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let [job, restart] =
            [["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"].as_slice(), &["SLURM_RESTART_COUNT"]]
                .map(|names| names.iter().find_map(variable));
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

    /// Reads the holder from a lock file; none if the file is empty or has another form.
    fn parse(text: &str) -> Option<Self> {
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
    lost: Arc<AtomicBool>,
    stop: Option<mpsc::Sender<()>>,
    /// The thread of the heartbeat, which returns the file that has the system's lock.
    beating: Option<JoinHandle<LockFile>>,
}

impl Lock {
    /// Takes the lock of a directory, if necessary after watching a holder on another node for a
    /// while; `say` reports the wait to the user.
    ///
    /// # Errors
    /// A directory that cannot be written, a lock that is not a regular file, or a directory that
    /// is in use by another job.
    pub fn take(directory: &Path, say: impl Fn(&str)) -> Result<Self> {
        let (path, holder, shown) = (directory.join("lock"), Holder::this_job(), directory.display());
        let in_use = |text: &str| {
            let by = Holder::parse(text).map_or(String::new(), |holder| format!(" ({})", holder.describe()));
            Error::failure(format!(
                "the run directory {shown} is in use by another job{by}: wait until it ends, or use another \
                 directory (--dir)"
            ))
        };
        let (file, is_certain) = loop {
            let file = match OpenFile::at(&path)?.lock(&path) {
                Locking::Held(file) => file,
                Locking::Busy(text) => return Err(in_use(&text)),
                Locking::Removed => continue,
            };
            let text = file.text();
            if file.is_new || Holder::parse(&text).is_some_and(|other| is_dead(&other, &holder, file.works)) {
                break (file, true);
            }
            // Older versions left an empty file behind.
            if !(text.is_empty() && file.works) {
                watch(&path, &text, &say).map_err(|()| in_use(&text))?;
            }
            // The holder may have released the file while it was watched.
            if is_at(&file.file, &path) {
                break (file, false);
            }
        };
        file.write(&holder.text(0))
            .map_err(|error| Error::io(format!("cannot write {}", path.display()), error))?;
        if !is_certain {
            thread::sleep(PAUSE);
            let now = files::read_text(&path, files::NOTE).unwrap_or_default();
            if Holder::parse(&now).is_none_or(|now| now.token != holder.token) {
                return Err(in_use(&now));
            }
        }
        let lost = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = mpsc::channel();
        let beating = thread::Builder::new().spawn({
            let (path, holder, lost) = (path.clone(), holder.clone(), Arc::clone(&lost));
            move || beat(file, &path, &holder, &lost, &stopped)
        });
        let beating = beating.map_err(|error| {
            // The next job must not wait for a holder that is gone.
            let _ = fs::remove_file(&path);
            Error::io("cannot start the thread for the lock", error)
        })?;
        Ok(Self { path, holder, lost, stop: Some(stop), beating: Some(beating) })
    }

    /// Returns whether another job has presumed this one dead and taken over the directory.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.stop.take());
        let file = self.beating.take().map(JoinHandle::join);
        let text = files::read_text(&self.path, files::NOTE);
        if text
            .ok()
            .and_then(|text| Holder::parse(&text))
            .is_some_and(|holder| holder.token == self.holder.token)
        {
            let _ = fs::remove_file(&self.path);
        }
        // Unlocked only after the file is removed, so that the name and the lock stay together.
        drop(file);
    }
}

/// A lock file that is open and not locked yet. Its name may already belong to another file.
struct OpenFile {
    file: File,
    is_new: bool,
}

/// The result of an attempt to lock a file.
enum Locking {
    Held(LockFile),
    /// Another job of this node holds it; its text.
    Busy(String),
    /// The file no longer has its name: its holder has ended.
    Removed,
}

/// A lock file whose lock is held, if the file system supports locks.
struct LockFile {
    file: File,
    /// Created by this job.
    is_new: bool,
    /// The file system supports locks.
    works: bool,
}

impl OpenFile {
    /// Creates the file, which only one job can do, even across nodes, or opens the existing one.
    fn at(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let directory = path.parent().unwrap_or(Path::new("."));
        loop {
            match options.clone().create_new(true).open(path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => {
                    let failed = |error| {
                        Error::io(format!("cannot write to the run directory {}", directory.display()), error)
                    };
                    return made.map(|file| Self { file, is_new: true }).map_err(failed);
                }
            }
            match files::open_as(path, &mut options) {
                // Removed a moment ago. A link that leads nowhere would stay.
                Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => {}
                opened => {
                    let failed = |error| {
                        Error::failure(format!(
                            "cannot open the lock {}: {error}; remove it if no job runs there",
                            path.display()
                        ))
                    };
                    return opened.map(|file| Self { file, is_new: false }).map_err(failed);
                }
            }
        }
    }

    /// Locks the file, unless its name now belongs to another file.
    fn lock(self, path: &Path) -> Locking {
        let begin = Instant::now();
        let works = loop {
            match flock(&self.file, FlockOperation::NonBlockingLockExclusive) {
                Err(Errno::WOULDBLOCK) if begin.elapsed() < GLANCE => thread::sleep(GLANCE / 10),
                Err(Errno::WOULDBLOCK) => return Locking::Busy(text_of(&self.file)),
                locked => break locked.is_ok(),
            }
        };
        let Self { file, is_new } = self;
        if is_at(&file, path) { Locking::Held(LockFile { file, is_new, works }) } else { Locking::Removed }
    }
}

impl LockFile {
    fn text(&self) -> String {
        text_of(&self.file)
    }

    /// Overwrites the file, whichever file has its name now.
    fn write(&self, text: &str) -> io::Result<()> {
        self.file.write_all_at(text.as_bytes(), 0)?;
        if self.file.metadata()?.len() != text.len() as u64 {
            self.file.set_len(text.len() as u64)?;
        }
        self.file.sync_data()
    }

    /// Replaces the lock by one on the file that has the name now: the directory may have been
    /// removed and created again. Returns false if another job holds it.
    fn follow(&mut self, path: &Path) -> bool {
        match OpenFile::at(path).map(|file| file.lock(path)) {
            Ok(Locking::Held(file)) => *self = file,
            Ok(Locking::Busy(_)) => return false,
            // There is no such directory now.
            Ok(Locking::Removed) | Err(_) => {}
        }
        true
    }
}

/// The text of an open lock file; empty if it cannot be read.
fn text_of(mut file: &File) -> String {
    let mut bytes = Vec::new();
    let read = file.rewind().and_then(|()| file.take(files::NOTE).read_to_end(&mut bytes));
    read.map_or(String::new(), |_| String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns whether the open file is the one that has this name.
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |data: fs::Metadata| (data.dev(), data.ino());
    let [open, named] = [file.metadata(), fs::metadata(path)].map(|data| data.map(identity).ok());
    open.is_some() && open == named
}

/// Returns whether the holder is known to be dead: it ran on this node, where the system's lock (if
/// it `works`) would still be held, or it was an earlier start of this job.
fn is_dead(other: &Holder, own: &Holder, works: bool) -> bool {
    (works && other.boot == own.boot)
        || (!own.job.is_empty() && other.job == own.job && other.restart < own.restart)
}

/// Returns when the file has not changed for several heartbeats of its holder; an error if it does
/// change.
fn watch(path: &Path, text: &str, say: impl Fn(&str)) -> std::result::Result<(), ()> {
    let holder = Holder::parse(text);
    let seconds = BEATS_MISSED * holder.as_ref().map_or(BEAT, |holder| holder.seconds.clamp(0.1, 60.0));
    let who = holder.map_or("an unknown job".into(), |holder| holder.describe());
    say(&format!("{} belongs to {who}: watching for {seconds:.0} s whether it is alive", path.display()));
    let begin = Instant::now();
    while begin.elapsed().as_secs_f64() < seconds {
        thread::sleep(Duration::from_secs_f64((seconds / 20.0).min(1.0)));
        // Opened anew each time, which is when a shared file system asks for what is new.
        match files::read_text(path, files::NOTE) {
            Ok(now) if now != text => return Err(()),
            // Released meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            _ => {}
        }
    }
    say(&format!("{} has not changed: {who} is presumed dead", path.display()));
    Ok(())
}

/// Changes the file at every heartbeat, until it is stopped or another job has taken over the
/// directory. Returns the file that is locked then.
fn beat(
    mut file: LockFile,
    path: &Path,
    holder: &Holder,
    lost: &AtomicBool,
    stopped: &mpsc::Receiver<()>,
) -> LockFile {
    let mut count = 0;
    while stopped.recv_timeout(Duration::from_secs_f64(BEAT)) == Err(RecvTimeoutError::Timeout) {
        count += 1;
        // Opened anew, which is when a shared file system asks for what is new.
        let is_own = match files::read_text(path, files::NOTE) {
            Ok(text) if Holder::parse(&text).is_some_and(|other| other.token != holder.token) => false,
            Ok(_) => is_at(&file.file, path) || file.follow(path),
            Err(error) if error.kind() == ErrorKind::NotFound => file.follow(path),
            // A file system that is out of order for a while: the next beat will tell.
            Err(_) => continue,
        };
        if !is_own {
            lost.store(true, Ordering::Relaxed);
            break;
        }
        let _ = file.write(&holder.text(count));
    }
    file
}

#[cfg(test)]
mod tests;
