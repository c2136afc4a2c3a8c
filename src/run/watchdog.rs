//! Watchdog, which ends a job in which a rank no longer responds: the others would wait for it until
//! the batch system ends them. One thread per rank watches the signs of life of its own process; it
//! never calls MPI. Ranks that stand still say so on the board of their node, in its memory. One of
//! them lists the node in `hang.txt`, and from there one of the first nodes reports which ranks wait
//! where, and which do not respond.

mod board;
mod findings;

use crate::files;
use crate::ledger::{self, Event};
use crate::parallel::World;
use crate::parallel::activity::Sign;
use board::{Board, Duty};
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// The file in the run directory that lists the nodes that stand still.
pub const FILE: &str = "hang.txt";

/// The length at which no further nodes are listed: that of the lines of about a thousand.
const LONGEST: u64 = 64 << 10;

/// Longest wait for the disk, which may be the cause of the hang.
const PATIENCE: Duration = Duration::from_secs(5);

/// Number of ranks of a node, and of nodes, that speak one after the other: the first may be stopped.
const SPEAKERS: usize = 8;

/// Lines of the file that say that a node has reported.
const WARNED: &str = "warned";
const ENDED: &str = "ended";

struct Watchdog {
    board: Board,
    /// The place of this node among all, and their number.
    node: [usize; 2],
    ranks: usize,
    host: String,
    limit: Duration,
    directory: PathBuf,
}

/// Starts to watch this process until it ends, if there is a limit. Returns why it does not.
/// Collective.
pub fn start(world: &World, directory: &Path, limit_minutes: Option<f64>) -> Option<String> {
    let limit = limit_minutes.and_then(|minutes| Duration::try_from_secs_f64(60.0 * minutes).ok())?;
    let directory = directory.to_owned();
    if world.is_root() {
        let _ = fs::remove_file(directory.join(FILE));
    }
    let node = world.node();
    let board = match world.agree(Board::new(&node.ranks, world.rank())) {
        Ok(board) => board,
        Err(error) => return Some(format!("warning: the run is not watched for hangs: {error}")),
    };
    let (ranks, host) = (world.size(), ledger::host());
    let watchdog = Watchdog { board, node: [node.number, node.count], ranks, host, limit, directory };
    // A system that gives no more threads leaves the run unwatched.
    let _ = thread::Builder::new().name("watchdog".into()).spawn(move || watchdog.watch());
    None
}

/// What a watchdog has done since the last sign of life.
#[derive(Clone, Copy, Default)]
struct Done {
    posted: bool,
    /// Has looked whether the node is listed.
    looked: bool,
    /// Has listed the node.
    listed: bool,
    warned: bool,
}

impl Watchdog {
    fn watch(self) {
        let pause = (self.limit / 100).clamp(Duration::from_millis(10), Duration::from_secs(1));
        let (mut last, mut since, mut still) = (Sign::last(), SystemTime::now(), Duration::ZERO);
        let mut done = Done::default();
        let [turn, of_node] = self.turns();
        loop {
            let begin = Instant::now();
            thread::sleep(pause);
            // Time in which this process itself was stopped, as by a batch system that suspends the
            // job, does not count.
            still += begin.elapsed().min(2 * pause);
            let now = Sign::last();
            if now != last {
                self.goes_on(done);
                (last, since, still, done) = (now, SystemTime::now(), Duration::ZERO, Done::default());
                continue;
            }
            if !done.posted && still >= self.limit / 10 {
                done.posted = true;
                self.board.post(Some(last));
            }
            // Not all ranks stop in the same moment.
            if !done.looked && still >= self.limit / 10 + 3 * pause + turn {
                (done.looked, done.listed) = (true, self.board.takes(Duty::List));
                if done.listed && self.text().len() < LONGEST as usize {
                    self.append(&findings::lines(&self.host, &self.board.entries()));
                }
            }
            if done.listed && !done.warned && still >= self.limit / 10 + 6 * pause + turn + of_node {
                done.warned = true;
                self.warn(since);
            }
            if still >= self.limit + turn + of_node {
                self.end(last.step, since);
            }
        }
    }

    /// Delays of the reports of this rank relative to the first of its node, and of its node relative to
    /// the first: long enough for mpirun to end this rank before its turn comes. Nodes that are not among
    /// the first share one such delay, so that they do not find the file short all at once.
    fn turns(&self) -> [Duration; 2] {
        let (one, [number, count]) = ((self.limit / 20).min(PATIENCE), self.node);
        let share = number.saturating_sub(SPEAKERS) as f64 / count as f64;
        [one * self.board.place.min(SPEAKERS) as u32, one * number.min(SPEAKERS) as u32 + one.mul_f64(share)]
    }

    /// Takes back what was said of a hang.
    fn goes_on(&self, done: Done) {
        if done.posted {
            self.board.post(None);
        }
        if done.listed {
            self.board.leaves(Duty::List);
            // mpirun wakes stopped ranks before it kills them.
            if !self.is_ended() {
                within(PATIENCE, self.directory.join(FILE), fs::remove_file);
            }
        }
    }

    fn warn(&self, since: SystemTime) {
        if self.text().lines().any(|line| [WARNED, ENDED].contains(&line)) {
            return;
        }
        self.append(&format!("{WARNED}\n"));
        self.say(&format!(
            "warning: {}\nThe watchdog will end the job after {} without progress \
             (parallel.hang_limit_minutes)",
            self.findings(since),
            minutes(self.limit)
        ));
    }

    fn end(&self, step: u64, since: SystemTime) -> ! {
        if self.board.takes(Duty::End) && !self.is_ended() {
            self.append(&format!("{ENDED}\n"));
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

    fn findings(&self, since: SystemTime) -> String {
        let text = self.text();
        findings::describe(self.ranks, &text, text.len() < LONGEST as usize, since)
    }

    /// Writes a message to standard error and to the log; this rank may not be the root.
    fn say(&self, message: &str) {
        let text = format!("rogallo: {message}\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
        append(self.directory.join("run.log"), &format!("{message}\n"));
    }

    fn append(&self, lines: &str) {
        append(self.directory.join(FILE), lines);
    }

    fn is_ended(&self) -> bool {
        self.text().lines().any(|line| line == ENDED)
    }

    /// The text of the file, which may be a little longer than its limit.
    fn text(&self) -> String {
        let read = |path: PathBuf| -> std::io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            files::open(&path)?.take(2 * LONGEST).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes =
            within(PATIENCE, self.directory.join(FILE), read).and_then(Result::ok).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn minutes(limit: Duration) -> String {
    format!("{:.4} minutes", limit.as_secs_f64() / 60.0)
}

fn append(file: PathBuf, lines: &str) {
    let lines = lines.to_owned();
    within(PATIENCE, file, move |file| {
        files::open_as(&file, OpenOptions::new().create(true).append(true))?.write_all(lines.as_bytes())
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
