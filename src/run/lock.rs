//! One run directory, one job: the file `lock`, also where the jobs are on different nodes.
//!
//! On one node the system's own lock on the file decides; it ends with its process, however that
//! ends. It is a lock on the file and not on its name: whoever has locked a file that was removed
//! or replaced in the meantime has locked nothing, and begins again. Many shared file systems keep
//! such locks to a node, and so the holder also beats: it changes the file every few seconds.
//! Another node's job that finds the file watches whether it changes. Clocks are not compared. A
//! holder that finds another's name in the file has been taken for dead, and ends.

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

/// Seconds between two beats.
const BEAT: f64 = 10.0;

/// Beats that must fail to come before the holder is taken for dead.
const BEATS_MISSED: f64 = 6.0;

/// Two that take over from a dead job at the same moment find out after this.
const PAUSE: Duration = Duration::from_secs(1);

/// `rogallo status` holds the lock for a moment to see whether another does; a job tries for so long.
const GLANCE: Duration = Duration::from_millis(300);

/// Who holds the lock. Its text has the same length at every beat, so that it is overwritten in
/// place, also on a full disk.
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
    lost: Arc<AtomicBool>,
    stop: Option<mpsc::Sender<()>>,
    /// Returns the file that has the system's lock.
    beating: Option<JoinHandle<LockFile>>,
}

impl Lock {
    /// Takes the lock of a directory, after having watched a holder on another node for a while;
    /// `say` tells the user what it waits for.
    ///
    /// # Errors
    /// A directory that cannot be written, a lock that is not a regular file, or a directory that
    /// is in use by another job.
    pub fn take(directory: &Path, say: impl Fn(&str)) -> Result<Self> {
        let (path, holder, shown) = (directory.join("lock"), Holder::this_job(), directory.display());
        let in_use = |text: &str| {
            let by = Holder::of(text).map_or(String::new(), |holder| format!(" ({})", holder.describe()));
            Error::failure(format!(
                "the run directory {shown} is in use by another job{by}: wait for it, or use another one \
                 (--dir)"
            ))
        };
        let (file, is_certain) = loop {
            let file = match OpenFile::at(&path)?.lock(&path) {
                Locking::Held(file) => file,
                Locking::Busy(text) => return Err(in_use(&text)),
                Locking::Removed => continue,
            };
            let text = file.text();
            if file.is_new || Holder::of(&text).is_some_and(|other| is_dead(&other, &holder, file.works)) {
                break (file, true);
            }
            // Older versions left an empty file behind.
            if !(text.is_empty() && file.works) {
                watch(&path, &text, &say).map_err(|()| in_use(&text))?;
            }
            // The holder may have given up while it was watched.
            if is_at(&file.file, &path) {
                break (file, false);
            }
        };
        file.write(&holder.text(0))
            .map_err(|error| Error::io(format!("cannot write {}", path.display()), error))?;
        if !is_certain {
            thread::sleep(PAUSE);
            let now = files::read_text(&path, files::NOTE).unwrap_or_default();
            if Holder::of(&now).is_none_or(|now| now.token != holder.token) {
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
            // Whoever comes next must not wait for a holder that is gone.
            let _ = fs::remove_file(&path);
            Error::io("cannot start the thread that keeps the lock", error)
        })?;
        Ok(Self { path, holder, lost, stop: Some(stop), beating: Some(beating) })
    }

    /// Whether another job has taken this one for dead and the directory for its own.
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
            .and_then(|text| Holder::of(&text))
            .is_some_and(|holder| holder.token == self.holder.token)
        {
            let _ = fs::remove_file(&self.path);
        }
        // Unlocked only now: until then the name and the lock belong together.
        drop(file);
    }
}

/// A lock file that is open and not locked yet. The name may already be another file's.
struct OpenFile {
    file: File,
    is_new: bool,
}

/// What has become of an attempt to lock a file.
enum Locking {
    Held(LockFile),
    /// Another job of this node has it; what it has written there.
    Busy(String),
    /// The file no longer has its name: its holder has ended.
    Removed,
}

/// A lock file whose lock is held, as far as the file system has locks.
struct LockFile {
    file: File,
    /// Made by this job.
    is_new: bool,
    /// The file system has locks.
    works: bool,
}

impl OpenFile {
    /// Makes the file, which one job alone can do, also across nodes; or opens the one that is there.
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
                // Removed a moment ago; but a link that leads nowhere stays.
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

    /// Locks the file, unless it is no longer the one that has this name.
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

    /// Overwrites the file, whatever has its name now.
    fn write(&self, text: &str) -> io::Result<()> {
        self.file.write_all_at(text.as_bytes(), 0)?;
        if self.file.metadata()?.len() != text.len() as u64 {
            self.file.set_len(text.len() as u64)?;
        }
        self.file.sync_data()
    }

    /// Locks the file that has the name now, in the place of this one: the directory may have been
    /// removed and made again. False if another job has it.
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

/// The text of an open lock file; what cannot be read is empty.
fn text_of(mut file: &File) -> String {
    let mut bytes = Vec::new();
    let read = file.rewind().and_then(|()| file.take(files::NOTE).read_to_end(&mut bytes));
    read.map_or(String::new(), |_| String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether the open file is the one that has this name.
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |data: fs::Metadata| (data.dev(), data.ino());
    let [open, named] = [file.metadata(), fs::metadata(path)].map(|data| data.map(identity).ok());
    open.is_some() && open == named
}

/// Whether the holder is known to be dead: of this very node, where the system's lock (it `works`)
/// would still be held; or an earlier start of this job.
fn is_dead(other: &Holder, own: &Holder, works: bool) -> bool {
    (works && other.boot == own.boot)
        || (!own.job.is_empty() && other.job == own.job && other.restart < own.restart)
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
        match files::read_text(path, files::NOTE) {
            Ok(now) if now != text => return Err(()),
            // Given up meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            _ => {}
        }
    }
    say(&format!("{} has not changed: {who} is taken for dead", path.display()));
    Ok(())
}

/// Until told to stop: changes the file, or finds that the directory is another's. Returns the file
/// that is locked then.
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
            Ok(text) if Holder::of(&text).is_some_and(|other| other.token != holder.token) => false,
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
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_of_one_length_and_reads_back() {
        let holder = Holder::this_job();
        assert_eq!(holder.text(0).len(), holder.text(987_654).len());
        assert_eq!(
            Holder::of(&holder.text(7)).map(|read| (read.token, read.beat)),
            Some((holder.token, "0000000007".into()))
        );
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

    /// A job ends between another's opening of the lock and its locking, as on a slow disk. The
    /// file that is locked then has no name any more, and a third job would make another.
    #[test]
    fn a_lock_on_a_file_that_was_removed_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let first = Lock::take(directory.path(), |_| {}).unwrap();
        let opened = OpenFile::at(&path).unwrap();
        assert!(!opened.is_new);
        drop(first);
        assert!(matches!(opened.lock(&path), Locking::Removed));
        // Begun again; a third one is refused from then on.
        let second = Lock::take(directory.path(), |_| {}).unwrap();
        let refused = Lock::take(directory.path(), |_| {}).map(drop).unwrap_err().message;
        assert!(
            refused.contains(&format!("in use by another job (process {}", std::process::id())),
            "{refused}"
        );
        // The same where the name is another file's.
        let opened = OpenFile::at(&path).unwrap();
        fs::rename(&path, directory.path().join("aside")).unwrap();
        fs::write(&path, "").unwrap();
        assert!(matches!(opened.lock(&path), Locking::Busy(_)));
        drop(second);
        let opened = OpenFile::at(&directory.path().join("aside")).unwrap();
        assert!(matches!(opened.lock(&path), Locking::Removed));
    }

    #[test]
    fn a_lock_is_made_again_with_its_directory_by_one_alone() {
        let parent = tempfile::tempdir().unwrap();
        let (directory, path) = (parent.path().join("run"), parent.path().join("run/lock"));
        fs::create_dir(&directory).unwrap();
        let take = || match OpenFile::at(&path).unwrap().lock(&path) {
            Locking::Held(file) => file,
            _ => panic!("not held"),
        };
        let mut file = take();
        fs::remove_dir_all(&directory).unwrap();
        assert!(file.follow(&path) && !is_at(&file.file, &path));
        fs::create_dir(&directory).unwrap();
        assert!(file.follow(&path) && is_at(&file.file, &path));
        fs::remove_file(&path).unwrap();
        let other = take();
        assert!(!file.follow(&path) && is_at(&other.file, &path));
    }

    #[test]
    fn what_is_no_file_is_no_lock() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let refused = || Lock::take(directory.path(), |_| {}).map(drop).unwrap_err().message;
        for (target, told) in [
            ("nothing", "No such file"),
            ("/dev/full", "it is a device"),
            ("lock", "symbolic links"),
            (".", "it is a directory"),
        ] {
            std::os::unix::fs::symlink(target, &path).unwrap();
            let refused = refused();
            let (begin, end) =
                (format!("cannot open the lock {}: ", path.display()), "; remove it if no job runs there");
            assert!(
                refused.starts_with(&begin) && refused.contains(told) && refused.ends_with(end),
                "{refused}"
            );
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_lock_that_beats_is_respected_and_one_that_does_not_is_taken_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let other =
            Holder { boot: "elsewhere".into(), host: "node17".into(), seconds: 0.2, ..Holder::this_job() };
        fs::write(&path, other.text(0)).unwrap();
        let beating = thread::spawn({
            let (path, other) = (path.clone(), other.clone());
            move || {
                for count in 1..15 {
                    thread::sleep(Duration::from_millis(100));
                    fs::write(&path, other.text(count)).unwrap();
                }
            }
        });
        let refused = Lock::take(directory.path(), |_| {}).map(drop).unwrap_err().message;
        assert!(refused.contains("in use by another job") && refused.contains("on node17"), "{refused}");
        beating.join().unwrap();
        let lock = Lock::take(directory.path(), |_| {}).unwrap();
        assert!(
            !lock.is_lost()
                && Holder::of(&fs::read_to_string(&path).unwrap()).unwrap().boot == lock.holder.boot
        );
        drop(lock);
        assert!(!path.exists(), "a lock that is given up stays");
    }
}
