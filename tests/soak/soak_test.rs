//! A run that is disturbed, job after job of the same command, until it is done, and is then compared
//! with an undisturbed one.

use crate::disturbance::{Disturbance, Moment};
use crate::ensure;
use crate::judge::{End, judge};
use crate::place::{Outcome, Place};
use crate::support::disk::Disk;
use crate::support::mpirun::Job;
use crate::support::random::Random;
use libtest_mimic::Failed;
use rogallo::store::inspect;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

const RANKS: usize = 2;

/// That a job takes to end once nothing of it is left, or to come to its next checkpoint.
const PATIENCE: Duration = Duration::from_secs(30);

/// Files that are the same in the end; a flow writes some of them.
const RESULTS: [&str; 7] = [
    "series.csv",
    "spectra.csv",
    "spectra_1d.csv",
    "budget.csv",
    "profiles.csv",
    "budgets.csv",
    "checkpoints/latest",
];

pub struct SoakTest<'a> {
    place: &'a Place,
    random: Random,
    /// Where the run directory lies, if it could be made.
    disk: Option<Disk>,
    /// Runs that came to their end.
    runs: usize,
    counts: BTreeMap<Disturbance, usize>,
    /// Jobs that left a partial file behind, and runs that lost all of their checkpoints.
    partial: usize,
    lost: usize,
    /// Checkpoints that were damaged here.
    damaged: Vec<PathBuf>,
}

impl<'a> SoakTest<'a> {
    pub fn new(place: &'a Place, seed: u64) -> Result<Self, Failed> {
        fs::create_dir(place.at("disk"))?;
        let disk = Disk::mount(&place.at("disk"), "size=32m");
        if disk.is_none() {
            eprintln!("no full and no read-only disk: only root can mount one");
        }
        let random = Random::new(seed);
        Ok(Self {
            place,
            random,
            disk,
            runs: 0,
            counts: BTreeMap::new(),
            partial: 0,
            lost: 0,
            damaged: Vec::new(),
        })
    }

    pub fn disturbances(&self) -> usize {
        self.counts.values().sum()
    }

    pub fn summary(&self) -> String {
        let counts: Vec<String> =
            self.counts.iter().map(|(kind, count)| format!("{kind:?} {count}")).collect();
        format!(
            "{} disturbances, {} runs: {}; {} jobs left a partial file, {} times all checkpoints were lost",
            self.disturbances(),
            self.runs,
            counts.join(", "),
            self.partial,
            self.lost
        )
    }

    fn directory(&self) -> PathBuf {
        self.place.at("disk/run")
    }

    /// When the log was last written, if there is one.
    fn log_written(&self) -> Option<SystemTime> {
        fs::metadata(self.directory().join("run.log")).and_then(|data| data.modified()).ok()
    }

    /// One run, with disturbances until there were `most` in all, and its comparison.
    pub fn run_to_the_end(&mut self, most: usize) -> Outcome {
        let mut fresh = "";
        loop {
            if self.disturbances() < most && self.random.below(4) == 0 {
                self.disturb_files()?;
            }
            let log = self.log_written();
            let mut job = self.place.start(RANKS, &format!("run case.toml --dir disk/run {fresh}"))?;
            let mut befell = Vec::new();
            while self.disturbances() < most
                && !job.ended()
                && !befell.iter().any(|kind| Disturbance::ends_job(*kind))
            {
                befell.extend(self.disturb_job(&mut job, log)?);
            }
            let finished = job.finish()?;
            let begin = Instant::now();
            while !self.place.ranks()?.is_empty() {
                ensure!(
                    begin.elapsed() < PATIENCE,
                    "ranks are left after {befell:?}: {:?}",
                    self.place.ranks()?
                );
                sleep(Duration::from_millis(5));
            }
            self.partial += usize::from(!self.partial_files()?.is_empty());
            self.refuse_unsound()?;
            fresh = match judge(&finished, &befell)? {
                // What it had saved last may have been deleted before it ended: the next job finds that out.
                End::Done
                    if befell.contains(&Disturbance::CheckpointsDeleted)
                        && !self.directory().join("checkpoints/latest").exists() =>
                {
                    ""
                }
                End::Done => break,
                End::Early => "",
                End::Lost => {
                    self.lost += 1;
                    "--fresh"
                }
            };
        }
        self.compare()?;
        fs::remove_dir_all(self.directory())?;
        self.damaged.clear();
        self.runs += 1;
        Ok(())
    }

    /// Waits for a moment and does one thing to a job; None if it has ended before.
    fn disturb_job(&mut self, job: &mut Job, log: Option<SystemTime>) -> Result<Option<Disturbance>, Failed> {
        let kinds = Disturbance::OF_A_JOB;
        let kind = self.random.among(&kinds);
        let moment = self.random.among(&Moment::ALL);
        if kind.needs_disk() && self.disk.is_none() || !self.wait_for(moment, job, log)? {
            return Ok(None);
        }
        let ranks = self.place.ranks()?;
        match kind {
            Disturbance::KillOne | Disturbance::Signal | Disturbance::SignalTwice | Disturbance::Pause
                if ranks.is_empty() =>
            {
                return Ok(None);
            }
            Disturbance::KillOne => send(self.random.among(&ranks), Signal::KILL),
            Disturbance::KillAll => ranks.iter().for_each(|&rank| send(rank, Signal::KILL)),
            Disturbance::KillLauncher => job.signal(Signal::KILL)?,
            Disturbance::SignalLauncher => job.signal(Signal::TERM)?,
            Disturbance::Signal => self.signal(&ranks),
            Disturbance::SignalTwice => {
                self.signal(&ranks);
                self.sleep_below(30);
                self.signal(&ranks);
            }
            Disturbance::SignalThenKill => {
                ranks.iter().for_each(|&rank| send(rank, Signal::USR1));
                self.sleep_below(60);
                ranks.iter().for_each(|&rank| send(rank, Signal::KILL));
            }
            Disturbance::Pause => {
                let rank = self.random.among(&ranks);
                send(rank, Signal::STOP);
                self.sleep_below(500);
                send(rank, Signal::CONT);
            }
            Disturbance::FullDisk => self.fill_disk(job)?,
            Disturbance::CheckpointsDeleted => self.delete_checkpoints(job)?,
            Disturbance::Truncated
            | Disturbance::Flipped
            | Disturbance::LatestRemoved
            | Disturbance::ReadOnly => return Ok(None),
        }
        *self.counts.entry(kind).or_default() += 1;
        Ok(Some(kind))
    }

    /// Whether the moment came before the job's end.
    fn wait_for(&mut self, moment: Moment, job: &mut Job, log: Option<SystemTime>) -> Result<bool, Failed> {
        let begin = Instant::now();
        let come = |soak: &Self| match moment {
            Moment::Starting => true,
            // By its time and not by its length: --fresh begins a new one.
            Moment::Running => soak.log_written().is_some_and(|written| Some(written) != log),
            Moment::Saving => soak.partial_files().is_ok_and(|files| !files.is_empty()),
        };
        while !come(self) {
            if job.ended() {
                return Ok(false);
            }
            ensure!(begin.elapsed() < PATIENCE, "the job does not get on");
            sleep(Duration::from_micros(200));
        }
        self.sleep_below(match moment {
            Moment::Starting => 500,
            Moment::Running => 300,
            Moment::Saving => 5,
        });
        Ok(!job.ended())
    }

    fn sleep_below(&mut self, milliseconds: u64) {
        sleep(Duration::from_micros(self.random.below(1000 * milliseconds)));
    }

    /// To one rank.
    fn signal(&mut self, ranks: &[i32]) {
        let signal = self.random.among(&[Signal::TERM, Signal::USR1, Signal::USR2]);
        send(self.random.among(ranks), signal);
    }

    /// For a second, or until the job has ended.
    fn fill_disk(&mut self, job: &mut Job) -> Outcome {
        let filler = self.place.at("disk/filler");
        let mut file = File::create(&filler)?;
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(1) && !job.ended() {
            // What the job frees meanwhile is taken too.
            while file.write_all(&[0; 512]).is_ok() {}
            sleep(Duration::from_millis(1));
        }
        Ok(fs::remove_file(filler)?)
    }

    /// Then the job writes a new one, or ends.
    fn delete_checkpoints(&mut self, job: &mut Job) -> Outcome {
        let checkpoints = self.directory().join("checkpoints");
        // A file that comes into being meanwhile keeps the directory.
        while checkpoints.exists() && fs::remove_dir_all(&checkpoints).is_err() {}
        let begin = Instant::now();
        while !checkpoints.join("latest").exists() && !job.ended() {
            ensure!(begin.elapsed() < PATIENCE, "no new checkpoint is written");
            sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Does one thing to the files of a run of which no job is under way.
    fn disturb_files(&mut self) -> Outcome {
        let kind = self.random.among(&Disturbance::OF_FILES);
        let (mut sound, _) = self.checkpoints()?;
        // The newest is damaged only where another is there to go on from.
        let (Some(newest), true) = (sound.pop(), !sound.is_empty()) else { return Ok(()) };
        match kind {
            Disturbance::Truncated => {
                let length = fs::metadata(&newest)?.len();
                File::options().write(true).open(&newest)?.set_len(self.random.below(length))?;
                self.damaged.push(newest);
            }
            Disturbance::Flipped => {
                let mut bytes = fs::read(&newest)?;
                let place = self.random.below(bytes.len() as u64) as usize;
                bytes[place] ^= 1 << self.random.below(8);
                fs::write(&newest, bytes)?;
                self.damaged.push(newest);
            }
            Disturbance::LatestRemoved => fs::remove_file(self.directory().join("checkpoints/latest"))?,
            Disturbance::ReadOnly => {
                let Some(disk) = &self.disk else { return Ok(()) };
                disk.remount("ro")?;
                self.place.ends(
                    RANKS,
                    "run case.toml --dir disk/run",
                    1,
                    &["rogallo: cannot write", "Read-only file system"],
                )?;
                disk.remount("rw")?;
            }
            _ => return Ok(()),
        }
        *self.counts.entry(kind).or_default() += 1;
        Ok(())
    }

    /// The checkpoints that are sound, from the oldest to the newest, and those that are not.
    fn checkpoints(&self) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failed> {
        let files = list(&self.directory().join("checkpoints"))?;
        let visible =
            files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "h5"));
        Ok(visible.partition(|file| inspect(file).is_ok()))
    }

    /// A checkpoint that has its name is whole, whenever its writer died.
    fn refuse_unsound(&self) -> Outcome {
        let (_, unsound) = self.checkpoints()?;
        let unknown: Vec<_> = unsound.iter().filter(|file| !self.damaged.contains(file)).collect();
        ensure!(unknown.is_empty(), "not sound: {unknown:?}");
        Ok(())
    }

    fn partial_files(&self) -> Result<Vec<PathBuf>, Failed> {
        let run = self.directory();
        let mut files =
            [list(&run.join("checkpoints"))?, list(&run.join("statistics"))?, list(&run)?].concat();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "partial"));
        Ok(files)
    }

    fn compare(&self) -> Outcome {
        let mut same = 0;
        let batches = [self.place.at("whole"), self.directory()].map(|run| list(&run.join("statistics")));
        let names = |files: &[PathBuf]| {
            files
                .iter()
                .map(|file| Path::new("statistics").join(file.file_name().unwrap_or_default()))
                .collect()
        };
        let [whole, own] = batches;
        let (whole, own): (Vec<PathBuf>, Vec<PathBuf>) = (names(&whole?), names(&own?));
        ensure!(whole == own, "other batches, {own:?} and not {whole:?}: {}", self.summary());
        for name in RESULTS.iter().map(PathBuf::from).chain(whole) {
            let (whole, own) =
                (fs::read(self.place.at("whole").join(&name)), fs::read(self.directory().join(&name)));
            let name = name.display();
            ensure!(whole.is_ok() == own.is_ok(), "{name} is only in one of the runs: {}", self.summary());
            if let (Ok(whole), Ok(own)) = (whole, own) {
                let [whole, own] = [whole, own].map(|bytes| without_head(&bytes));
                ensure!(whole == own, "{name} differs from that of the undisturbed run: {}", self.summary());
                same += 1;
            }
        }
        ensure!(same >= 3, "only {same} results");
        ensure!(self.partial_files()?.is_empty(), "left over: {:?}", self.partial_files()?);
        Ok(())
    }
}

/// The lines of a table without those at its top that name the run.
fn without_head(bytes: &[u8]) -> Vec<u8> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .skip_while(|line| line[0] == b'#')
        .flatten()
        .copied()
        .collect()
}

fn send(rank: i32, signal: Signal) {
    // It may have ended a moment ago.
    let _ = Pid::from_raw(rank).map(|rank| kill_process(rank, signal));
}

/// The files of a directory that may be missing, sorted.
fn list(directory: &Path) -> Result<Vec<PathBuf>, Failed> {
    let Ok(entries) = fs::read_dir(directory) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}
