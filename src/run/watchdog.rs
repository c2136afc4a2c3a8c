//! Watchdog, which ends a job in which a rank no longer responds: the others would wait for it until
//! the batch system ends them. One thread per rank watches the signs of life of its own process; it
//! never calls MPI. Ranks that stand still say so in `hang.txt`, from which one of them reports which
//! ranks wait where, and which do not respond.

use crate::files;
use crate::ledger::{self, Event};
use crate::parallel::World;
use crate::parallel::activity::{Sign, Waiting};
use chrono::{DateTime, SecondsFormat, Utc};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// The file in the run directory in which ranks say that they stand still.
pub const FILE: &str = "hang.txt";

/// Longest wait for the disk, which may be the cause of the hang.
const PATIENCE: Duration = Duration::from_secs(5);

/// Number of ranks that report one after the other: the first may be the one that is stopped.
const SPEAKERS: usize = 8;

/// Lines of the file that say that a rank has reported.
const WARNED: &str = "warned";
const ENDED: &str = "ended";

struct Watchdog {
    rank: usize,
    ranks: usize,
    host: String,
    limit: Duration,
    directory: PathBuf,
}

/// Starts to watch this process until it ends, if there is a limit.
pub fn start(world: &World, directory: &Path, limit_minutes: Option<f64>) {
    let Some(limit) = limit_minutes.and_then(|minutes| Duration::try_from_secs_f64(60.0 * minutes).ok())
    else {
        return;
    };
    let directory = directory.to_owned();
    if world.is_root() {
        let _ = fs::remove_file(directory.join(FILE));
    }
    let watchdog =
        Watchdog { rank: world.rank(), ranks: world.size(), host: ledger::host(), limit, directory };
    // A system that gives no more threads leaves the run unwatched.
    let _ = thread::Builder::new().name("watchdog".into()).spawn(move || watchdog.watch());
}

impl Watchdog {
    fn watch(self) {
        let pause = (self.limit / 100).clamp(Duration::from_millis(10), Duration::from_secs(1));
        let (mut last, mut since, mut still) = (Sign::last(), SystemTime::now(), Duration::ZERO);
        let (mut listed, mut warned) = (false, false);
        loop {
            let begin = Instant::now();
            thread::sleep(pause);
            // Time in which this process itself was stopped, as by a batch system that suspends the
            // job, does not count.
            still += begin.elapsed().min(2 * pause);
            let now = Sign::last();
            if now != last {
                // mpirun wakes stopped ranks before it kills them.
                if listed && !self.is_said(ENDED) {
                    within(PATIENCE, self.directory.join(FILE), fs::remove_file);
                }
                (last, since, still, listed, warned) = (now, SystemTime::now(), Duration::ZERO, false, false);
                continue;
            }
            if !listed && still >= self.limit / 10 {
                listed = true;
                self.append(&format!("rank {} on {}: {} {}", self.rank, self.host, place(last), last.step));
            }
            if !warned && still >= self.limit / 10 + self.turn() {
                warned = true;
                if !self.is_said(WARNED) && !self.is_said(ENDED) {
                    self.append(WARNED);
                    self.say(&format!(
                        "warning: {}\nThe watchdog will end the job after {} without progress \
                         (parallel.hang_limit_minutes)",
                        self.findings(since),
                        minutes(self.limit)
                    ));
                }
            }
            if still >= self.limit + self.turn() {
                self.end(last.step, since);
            }
        }
    }

    /// Delay of this rank's report relative to rank 0, long enough for mpirun to end this rank first.
    fn turn(&self) -> Duration {
        (self.limit / 20).min(PATIENCE) * self.rank.min(SPEAKERS) as u32
    }

    fn end(&self, step: u64, since: SystemTime) -> ! {
        if !self.is_said(ENDED) {
            self.append(ENDED);
            self.give_reasons(step, since);
        }
        // SAFETY: ends this process at once. What is registered to run at its exit would wait for
        // the other ranks, as MPI_Abort may.
        unsafe { libc::_exit(1) }
    }

    /// Reports why the job ends, to the user, the log and the ledger.
    fn give_reasons(&self, step: u64, since: SystemTime) {
        let message = format!(
            "the watchdog ends the job: {}\nThe limit is {} (parallel.hang_limit_minutes). Check the ranks \
             that do not respond, their nodes and the disk. The last checkpoint is intact: run the same \
             command again to continue",
            self.findings(since),
            minutes(self.limit)
        );
        self.say(&message);
        within(PATIENCE, self.directory.clone(), move |directory| {
            ledger::append(&directory, step, None, Event::Hang { message })
        });
    }

    /// Describes which ranks wait where, and which do not respond.
    fn findings(&self, since: SystemTime) -> String {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut silent = vec![true; self.ranks];
        for line in self.lines() {
            let entry = line.strip_prefix("rank ").and_then(|line| line.split_once(": "));
            let rank = entry
                .and_then(|(who, _)| who.split(' ').next()?.parse::<usize>().ok())
                .filter(|rank| *rank < self.ranks);
            if let (Some((_, place)), Some(rank)) = (entry, rank) {
                silent[rank] = false;
                places.entry(place.to_owned()).or_default().push(rank);
            }
        }
        let since = DateTime::<Utc>::from(since).to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut text = format!("no progress since {since}");
        for (place, mut ranks) in places {
            ranks.sort_unstable();
            ranks.dedup();
            text += &format!("; {}: {place}", named(ranks));
        }
        let silent: Vec<usize> = (0..self.ranks).filter(|rank| silent[*rank]).collect();
        match silent.is_empty() {
            true => text,
            false => format!("{text}; no response from {}", named(silent)),
        }
    }

    /// Writes a message to standard error and to the log; this rank may not be the root.
    fn say(&self, message: &str) {
        let text = format!("rogallo: {message}\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
        append(self.directory.join("run.log"), message);
    }

    fn append(&self, line: &str) {
        append(self.directory.join(FILE), line);
    }

    fn is_said(&self, what: &str) -> bool {
        self.lines().iter().any(|line| line == what)
    }

    fn lines(&self) -> Vec<String> {
        let text = within(PATIENCE, self.directory.join(FILE), |file| files::read_text(&file, files::TEXT))
            .and_then(Result::ok)
            .unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

/// The activity of a rank whose last sign of life is this one; the number of its step follows.
fn place(sign: Sign) -> &'static str {
    match sign.place() {
        Waiting::Exchange => "waiting in an exchange after step",
        Waiting::Reduction => "waiting in a reduction after step",
        Waiting::Nowhere => "computing, or waiting for the disk, after step",
    }
}

fn named(ranks: Vec<usize>) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = ranks.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if ranks.len() > SHOWN { format!(" and {} more", ranks.len() - SHOWN) } else { String::new() };
    format!("rank{} {}{more}", if ranks.len() == 1 { "" } else { "s" }, shown.join(", "))
}

fn minutes(limit: Duration) -> String {
    format!("{:.4} minutes", limit.as_secs_f64() / 60.0)
}

fn append(file: PathBuf, line: &str) {
    let line = format!("{line}\n");
    within(PATIENCE, file, move |file| {
        files::open_as(&file, OpenOptions::new().create(true).append(true))?.write_all(line.as_bytes())
    });
}

/// The result of `action` on the path, unless it takes too long.
fn within<T: Send + 'static>(
    patience: Duration,
    path: PathBuf,
    action: impl FnOnce(PathBuf) -> T + Send + 'static,
) -> Option<T> {
    let (send, receive) = mpsc::channel();
    thread::Builder::new().spawn(move || send.send(action(path))).ok()?;
    receive.recv_timeout(patience).ok()
}
