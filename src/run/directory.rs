//! The run directory: where it is, what it holds, and that it belongs to one job at a time.

use super::lock::Lock;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use crate::report;
use crate::statistics::Axis;
use crate::store;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

/// What a run writes at the top of its directory; `--fresh` removes these and nothing else. The
/// ledger stays: it tells of the earlier run as well.
const FILES: [&str; 11] = [
    "case.toml",
    "run.log",
    "statistics.h5",
    "profiles.csv",
    "budgets.csv",
    "spectra_x.csv",
    "spectra_z.csv",
    "correlations_x.csv",
    "correlations_z.csv",
    "blowup.txt",
    "hang.txt",
];
/// The tables that grow while a run goes on.
const TABLES: [&str; 4] = ["series.csv", "spectra.csv", "spectra_1d.csv", "budget.csv"];
const FOLDERS: [&str; 4] = [CHECKPOINTS, "snapshots", "statistics", "figures"];
/// The folder of checkpoints.
pub const CHECKPOINTS: &str = "checkpoints";
/// The table of samples: the others are of spectra and budgets.
const SERIES: &str = "series.csv";

/// The directory of one run.
pub struct RunDirectory {
    pub path: PathBuf,
    /// Held by the root as long as the run lasts.
    lock: RefCell<Option<Lock>>,
}

impl RunDirectory {
    /// The one `asked` for on the command line, or the case's, or `runs/NAME`.
    pub fn new(asked: Option<&Path>, case: &Case) -> Self {
        let path = asked.map(Path::to_path_buf).or(case.output.directory.clone());
        Self { path: path.unwrap_or_else(|| Path::new("runs").join(&case.name)), lock: RefCell::new(None) }
    }

    pub fn checkpoints(&self) -> PathBuf {
        self.path.join(CHECKPOINTS)
    }

    pub fn snapshots(&self) -> PathBuf {
        self.path.join("snapshots")
    }

    /// The batches of the statistics.
    pub fn batches(&self) -> PathBuf {
        self.path.join("statistics")
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
            require_folder(&self.path)?;
            fs::create_dir_all(&self.path)
                .map_err(|error| Error::io(format!("cannot create the run directory {path}"), error))?;
            // There is no log yet: it belongs to whoever has the lock.
            *self.lock.borrow_mut() = Some(Lock::take(&self.path, |note| eprintln!("rogallo: {note}"))?);
            Ok(())
        })
    }

    /// Checks that what has the name of a folder of results is one, and that no name is that of a
    /// link that leads nowhere; collective.
    ///
    /// # Errors
    /// It is not.
    pub fn require_places(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            FOLDERS.iter().try_for_each(|name| require_folder(&self.file(name)))?;
            FILES.iter().chain(&TABLES).try_for_each(|name| require_target(&self.file(name)))
        })
    }

    /// Whether another job has taken this one for dead, and the directory for its own. Told by the root.
    pub fn is_lost(&self) -> bool {
        self.lock.borrow().as_ref().is_some_and(Lock::is_lost)
    }

    /// The error of a job that has lost its directory.
    pub fn taken_over(&self) -> Error {
        let path = self.path.display();
        Error::failure(format!(
            "another job has taken over the run directory {path}, as {path}/lock says: this job had stood \
             still for long, or the directory was removed and made \
             again. It ends here, without a checkpoint"
        ))
    }

    /// Writes the resolved case to `case.toml`; collective.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_case(&self, world: &World, case: &Case) -> Result<()> {
        world.root_does(|| self.write_case_alone(case))
    }

    fn write_case_alone(&self, case: &Case) -> Result<()> {
        files::replace(&self.file("case.toml"), case.to_toml().as_bytes())
    }

    /// Makes the directory again if it was removed while the run goes on, where the one above it is
    /// still there; collective.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn restore(&self, world: &World, case: &Case) -> Result<()> {
        world.root_does(|| {
            if self.path.is_dir() && self.file("case.toml").is_file() {
                return Ok(());
            }
            match fs::create_dir(&self.path) {
                Err(error) if !self.path.is_dir() => Err(Error::io(
                    format!("cannot make the run directory {} again", self.path.display()),
                    error,
                )),
                _ => self.write_case_alone(case),
            }
        })
    }

    /// For a run that starts in a directory without checkpoints; collective.
    ///
    /// # Errors
    /// A directory that holds results all the same.
    pub fn refuse_results(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            match self.file("series.csv").exists() || !store::batches(&self.batches())?.is_empty() {
                false => Ok(()),
                true => Err(Error::input(format!(
                    "the run directory {} holds results but no checkpoint to go on from: use another one \
                 (--dir), or --fresh to remove them",
                    self.path.display()
                ))),
            }
        })
    }

    /// The run writes the resolved case to `case.toml`, so that the user's own file must not be
    /// that one; collective.
    ///
    /// # Errors
    /// It is.
    pub fn refuse_case_inside(&self, world: &World, case: &Path) -> Result<()> {
        world.root_does(|| {
            let same =
                |a: &Path, b: &Path| matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b);
            match same(case, &self.file("case.toml")) {
                false => Ok(()),
                true => Err(Error::input(format!(
                    "{} is where the run writes its resolved case, which would overwrite your file: `rogallo \
                     continue {}` goes on with the run that has written \
                     it; keep a case of your own elsewhere, or use another run directory (--dir)",
                    case.display(),
                    self.path.display()
                ))),
            }
        })
    }

    /// For a run that can only be gone on with; collective.
    ///
    /// # Errors
    /// A directory without a checkpoint.
    pub fn require_checkpoint(&self, world: &World) -> Result<()> {
        let directory = self.checkpoints();
        if !store::checkpoints(world, &directory)?.is_empty() || !store::strays(world, &directory)?.is_empty()
        {
            return Ok(());
        }
        let path = self.path.display();
        Err(Error::input(format!(
            "there is no checkpoint in {path} to go on from; `rogallo run CASE.toml --dir {path}` starts the \
             run"
        )))
    }

    /// Removes what an earlier run wrote; a folder that is a link to one on another disk stays a
    /// link. Collective.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn clear(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            FILES
                .iter()
                .chain(&TABLES)
                .try_for_each(|name| remove(&self.file(name), |path| fs::remove_file(path)))?;
            FOLDERS.iter().try_for_each(|name| clear_folder(&self.file(name)))
        })
    }

    /// Takes back what an earlier job wrote after `last`, from where the run goes on: it will be
    /// written again. From step 0 on that is all tables. Batches of statistics that stay are put
    /// aside where those `to_come` have other lengths: returns a note of that. Collective.
    pub fn cut_back(&self, world: &World, last: &Last, to_come: Option<(Axis, u64)>) -> Result<String> {
        world.root_text(|| {
            TABLES.iter().try_for_each(|name| {
                match if *name == SERIES { last.series } else { last.spectra } {
                    None => remove(&self.file(name), |path| fs::remove_file(path)),
                    Some(step) => report::series::cut_back(&self.file(name), step),
                }
            })?;
            store::cut_back_snapshots(&self.snapshots(), last.snapshots)?;
            let aside = store::cut_back_batches(&self.batches(), last.time, to_come)?;
            Ok(if aside > 0 {
                format!("\n{aside} batches of another length are put aside in {}", self.batches().display())
            } else {
                String::new()
            })
        })
    }
}

/// The last of what stays of each kind where a run goes on: the steps of tables, none where nothing
/// stays, and of snapshots, and the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Last {
    pub series: Option<u64>,
    pub spectra: Option<u64>,
    pub snapshots: u64,
    pub time: f64,
}

/// The case that the run in `directory` has recorded there, with these overrides; on one rank.
///
/// # Errors
/// No run directory; all that is wrong with the case.
pub fn recorded_case(directory: &Path, overrides: &[String]) -> Result<Case> {
    let (path, shown) = (directory.join("case.toml"), directory.display());
    if !path.is_file() {
        let what = if directory.is_dir() {
            format!("{shown} is not a run directory: it has no case.toml")
        } else if directory.is_file() {
            let above = directory
                .parent()
                .filter(|above| above.components().next().is_some())
                .unwrap_or(Path::new("."));
            let what = format!(
                "{shown} is a file; `rogallo continue` takes the run directory, which may be {}",
                above.display()
            );
            return Err(Error::input(what));
        } else {
            format!("there is no directory {shown}")
        };
        return Err(Error::input(format!(
            "{what}. `rogallo run CASE.toml --dir {shown}` starts a run there, or goes on with one"
        )));
    }
    let text = files::read_text(&path, files::TEXT)
        .map_err(|error| Error::io(format!("cannot read {}", path.display()), error))?;
    // The files that it names are recorded as they are seen from where the run was started.
    let case = case::parse(&path.display().to_string(), &text, Path::new(""), overrides)?;
    Ok(Case { name: case::recorded_name(&text).to_owned(), ..case })
}

/// Whether a run is, or has been, in a directory.
pub fn is_taken(directory: &Path) -> bool {
    FILES.iter().chain(&TABLES).chain(&FOLDERS).any(|name| directory.join(name).exists())
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

/// Refuses what is neither a folder nor a link to one; there need not be any.
fn require_folder(path: &Path) -> Result<()> {
    require_target(path)?;
    match path.exists() && !path.is_dir() {
        true => Err(Error::failure(format!("{} is not a directory; move it away", path.display()))),
        false => Ok(()),
    }
}

/// Refuses a link that leads nowhere.
fn require_target(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Err(error) if path.is_symlink() => Err(Error::failure(format!(
            "{} is a link that cannot be followed: {error}. Mount the disk, or remove the link",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Removes a folder, or out of one that is linked the files that a run writes there: others may share it.
fn clear_folder(path: &Path) -> Result<()> {
    if !path.is_symlink() {
        return remove(path, |path| fs::remove_dir_all(path));
    }
    let failed = |error| Error::io(format!("cannot look into {}", path.display()), error);
    let is_own = |name: &str| {
        name == "latest"
            || [".h5", ".xdmf", ".aside", ".partial", ".svg", ".png"]
                .iter()
                .any(|ending| name.ends_with(ending))
    };
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_str().is_some_and(is_own) && !entry.file_type().map_err(failed)?.is_dir() {
            remove(&entry.path(), |path| fs::remove_file(path))?;
        }
    }
    Ok(())
}

fn remove(path: &Path, how: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    match how(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io(format!("cannot remove {}", path.display()), error))
        }
        _ => Ok(()),
    }
}
