//! The run directory: where it is, what it holds, and that it belongs to one job at a time.

use crate::case::Case;
use crate::error::{Error, Result};
use crate::parallel::World;
use crate::report;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::cell::RefCell;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What a run writes at the top of its directory; `--fresh` removes these and nothing else. The ledger stays: it tells of the earlier run as well.
const FILES: [&str; 7] = ["case.toml", "run.log", "statistics.h5", "profiles.csv", "budgets.csv", "blowup.txt", "hang.txt"];
/// The tables that grow while a run goes on.
const TABLES: [&str; 4] = ["series.csv", "spectra.csv", "spectra_1d.csv", "budget.csv"];
const FOLDERS: [&str; 3] = ["checkpoints", "snapshots", "figures"];

/// The directory of one run.
pub struct RunDirectory {
    pub path: PathBuf,
    /// The lock, held by the root as long as the run lasts; the system frees it when the process ends, however it ends.
    lock: RefCell<Option<File>>,
}

impl RunDirectory {
    /// The one `asked` for on the command line, or the case's, or `runs/NAME`.
    pub fn new(asked: Option<&Path>, case: &Case) -> Self {
        let path = asked.map(Path::to_path_buf).or(case.output.directory.clone());
        Self { path: path.unwrap_or_else(|| Path::new("runs").join(&case.name)), lock: RefCell::new(None) }
    }

    pub fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoints")
    }

    pub fn snapshots(&self) -> PathBuf {
        self.path.join("snapshots")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes the directory this job's own; collective.
    ///
    /// # Errors
    /// A directory that cannot be written, or is in use by another job.
    pub fn take(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            let path = self.path.display();
            fs::create_dir_all(&self.path).map_err(|error| Error::io(format!("cannot create the run directory {path}"), error))?;
            let name = self.file("lock");
            let lock = File::create(&name).map_err(|error| Error::io(format!("cannot write to the run directory {path}"), error))?;
            // A file system without locks leaves it to the user not to start a run twice.
            if flock(&lock, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK) {
                let what = format!("the run directory {path} is in use by another job: wait for it, or use another one (--dir)");
                return Err(Error::failure(what));
            }
            *self.lock.borrow_mut() = Some(lock);
            Ok(())
        })
    }

    /// For a run that starts in a directory without checkpoints; collective.
    ///
    /// # Errors
    /// A directory that holds results all the same.
    pub fn refuse_results(&self, world: &World) -> Result<()> {
        world.root_does(|| match self.file("series.csv").exists() {
            false => Ok(()),
            true => Err(Error::input(format!(
                "the run directory {} holds results but no checkpoint to go on from: use another one (--dir), or --fresh to remove them",
                self.path.display()
            ))),
        })
    }

    /// The run writes the resolved case to `case.toml`, so that the user's own file must not be that one; collective.
    ///
    /// # Errors
    /// It is.
    pub fn refuse_case_inside(&self, world: &World, case: &Path) -> Result<()> {
        world.root_does(|| {
            let same = |a: &Path, b: &Path| matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b);
            match same(case, &self.file("case.toml")) {
                false => Ok(()),
                true => Err(Error::input(format!(
                    "{} is where the run writes its resolved case, which would overwrite your file: keep the case elsewhere, or use another \
                     run directory (--dir)",
                    case.display()
                ))),
            }
        })
    }

    /// Removes what an earlier run wrote; collective.
    pub fn clear(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            FILES.iter().chain(&TABLES).try_for_each(|name| remove(&self.file(name), |path| fs::remove_file(path)))?;
            FOLDERS.iter().try_for_each(|name| remove(&self.file(name), |path| fs::remove_dir_all(path)))
        })
    }

    /// Takes back what an earlier job wrote after `step`, from where the run goes on; collective.
    pub fn cut_back(&self, world: &World, step: u64) -> Result<()> {
        world.root_does(|| TABLES.iter().try_for_each(|name| report::series::cut_back(&self.file(name), step)))
    }
}

/// Where a table that grows lies in a run directory.
///
/// # Panics
/// One that a restart would not cut back.
pub fn table(directory: &Path, name: &str) -> PathBuf {
    let file = format!("{name}.csv");
    assert!(TABLES.contains(&&*file), "{file} is missing in the list of tables");
    directory.join(file)
}

fn remove(path: &Path, how: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    match how(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(format!("cannot remove {}", path.display()), error)),
        _ => Ok(()),
    }
}
