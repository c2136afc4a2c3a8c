//! The run directory: its place, its contents, and its ownership by one job at a time.

use super::lock::Lock;
use crate::case::{self, Case};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use crate::report;
use crate::statistics::Axis;
use crate::store;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that a run writes at the top of its directory; `--fresh` removes these, those of the flows
/// and nothing else. The ledger stays, since it records earlier runs as well.
const FILES: [&str; 4] = ["case.toml", "run.log", "blowup.txt", "hang.txt"];
const FOLDERS: [&str; 6] =
    [CHECKPOINTS, "snapshots", "statistics", "figures", report::COMPARISON, report::ENSEMBLE];
/// The folder of checkpoints.
pub const CHECKPOINTS: &str = "checkpoints";
/// The table of samples; the other tables, of the flows, hold spectra and budgets.
const SERIES: &str = "series.csv";

/// All files at the top of a directory that do not grow: the run before may have been of another flow.
fn files(flows: Flows) -> Vec<&'static str> {
    FILES.into_iter().chain(flows.blank().flat_map(|flow| flow.files().iter().copied())).collect()
}

/// All tables that grow during a run.
fn tables(flows: Flows) -> Vec<String> {
    let of_flows = flows.blank().flat_map(|flow| flow.tables()).map(|name| format!("{name}.csv"));
    [SERIES.to_owned()].into_iter().chain(of_flows).collect()
}

/// The directory of one run.
pub struct RunDirectory {
    pub path: PathBuf,
    flows: Flows,
    /// The lock, which the root holds as long as the run lasts.
    lock: RefCell<Option<Lock>>,
}

impl RunDirectory {
    /// The directory `asked` for on the command line, or that of the case, or `runs/NAME`.
    pub fn new(asked: Option<&Path>, case: &Case) -> Self {
        let path = asked.map(Path::to_path_buf).or(case.output.directory.clone());
        Self {
            path: path.unwrap_or_else(|| Path::new("runs").join(&case.name)),
            flows: case.flow.flows,
            lock: RefCell::new(None),
        }
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

    /// All files at the top of the directory.
    fn names(&self) -> Vec<String> {
        files(self.flows).into_iter().map(str::to_owned).chain(tables(self.flows)).collect()
    }

    /// Creates the directory if needed and locks it for this job; collective.
    ///
    /// # Errors
    /// A directory that cannot be written, or is in use by another job.
    pub fn take(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            let path = self.path.display();
            require_target(&self.path)?;
            fs::create_dir_all(&self.path)
                .map_err(|error| Error::io(format!("cannot create the run directory {path}"), error))?;
            // There is no log yet: it belongs to whoever has the lock.
            *self.lock.borrow_mut() = Some(Lock::take(&self.path, |note| eprintln!("rogallo: {note}"))?);
            Ok(())
        })
    }

    /// Checks that every path named like a folder of results is a folder, and that no link leads
    /// nowhere; collective.
    ///
    /// # Errors
    /// Another kind of file, or a link that leads nowhere.
    pub fn require_places(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            FOLDERS.iter().try_for_each(|name| require_folder(&self.file(name)))?;
            self.names().iter().try_for_each(|name| require_target(&self.file(name)))
        })
    }

    /// Returns whether another job has presumed this one dead and taken over the directory; known to
    /// the root.
    pub fn is_lost(&self) -> bool {
        self.lock.borrow().as_ref().is_some_and(Lock::is_lost)
    }

    /// The error of a job that has lost its directory.
    pub fn taken_over(&self) -> Error {
        let path = self.path.display();
        Error::failure(format!(
            "another job has taken over the run directory {path} (see {path}/lock): this job had not \
             responded for a long time, or the directory was removed and created again. This job ends here, \
             without a checkpoint"
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

    /// Creates the directory again if it was removed during the run and its parent still exists;
    /// collective.
    ///
    /// # Errors
    /// It cannot be created.
    pub fn recreate(&self, world: &World, case: &Case) -> Result<()> {
        world.root_does(|| {
            if self.path.is_dir() && self.file("case.toml").is_file() {
                return Ok(());
            }
            match fs::create_dir(&self.path) {
                Err(error) if !self.path.is_dir() => Err(Error::io(
                    format!("cannot create the run directory {} again", self.path.display()),
                    error,
                )),
                _ => self.write_case_alone(case),
            }
        })
    }

    /// Refuses to start a run in a directory that has results but no checkpoint; collective.
    ///
    /// # Errors
    /// A directory that holds results.
    pub fn refuse_results(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            match self.file("series.csv").exists() || !store::batches(&self.batches())?.is_empty() {
                false => Ok(()),
                true => Err(Error::input(format!(
                    "the run directory {} holds results but no checkpoint to continue from: use another one \
                     (--dir), or --fresh to remove them",
                    self.path.display()
                ))),
            }
        })
    }

    /// Refuses a case file that is the `case.toml` of the directory, which the run overwrites with
    /// the resolved case; collective.
    ///
    /// # Errors
    /// The case is that file.
    pub fn refuse_case_inside(&self, world: &World, case: &Path) -> Result<()> {
        world.root_does(|| {
            let same =
                |a: &Path, b: &Path| matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b);
            match same(case, &self.file("case.toml")) {
                false => Ok(()),
                true => Err(Error::input(format!(
                    "the run writes its resolved case to {}, and would overwrite your file there: to \
                     continue the run that wrote it, use `rogallo continue {}`; otherwise keep your case \
                     elsewhere, or use another run directory (--dir)",
                    case.display(),
                    self.path.display()
                ))),
            }
        })
    }

    /// Requires a checkpoint, for a run that can only be continued; collective.
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
            "there is no checkpoint in {path} to continue from; `rogallo run CASE.toml --dir {path}` starts \
             the run"
        )))
    }

    /// Removes the results of an earlier run; a folder that is a link to another disk stays a link.
    /// Collective.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn clear(&self, world: &World) -> Result<()> {
        world.root_does(|| {
            self.names()
                .iter()
                .try_for_each(|name| remove(&self.file(name), |path| fs::remove_file(path)))?;
            FOLDERS.iter().try_for_each(|name| clear_folder(&self.file(name)))
        })
    }

    /// Removes the output of an earlier job after `last`, where the run continues: it will be
    /// written again. At step 0 this removes all tables. Remaining batches of statistics are
    /// renamed if those `to_come` have another length; returns a note of that. Collective.
    pub fn cut_back(&self, world: &World, last: &Last, to_come: Option<(Axis, u64)>) -> Result<String> {
        world.root_text(|| {
            tables(self.flows).iter().try_for_each(|name| {
                match if name == SERIES { last.series } else { last.spectra } {
                    None => remove(&self.file(name), |path| fs::remove_file(path)),
                    Some(step) => report::series::cut_back(&self.file(name), step),
                }
            })?;
            store::cut_back_snapshots(&self.snapshots(), last.snapshots)?;
            let aside = store::cut_back_batches(&self.batches(), last.time, to_come)?;
            Ok(if aside > 0 {
                format!(
                    "\n{aside} batches of another length renamed to .aside in {}",
                    self.batches().display()
                )
            } else {
                String::new()
            })
        })
    }
}

/// The last output of each kind that remains when a run continues: steps of tables (none if nothing
/// remains) and of snapshots, and the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Last {
    pub series: Option<u64>,
    pub spectra: Option<u64>,
    pub snapshots: u64,
    pub time: f64,
}

/// Reads the case that the run in `directory` has recorded, with these overrides; on one rank.
///
/// # Errors
/// Not a run directory; all errors of the case.
pub fn recorded_case(flows: Flows, directory: &Path, overrides: &[String]) -> Result<Case> {
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
                "{shown} is a file; `rogallo continue` needs the run directory, perhaps {}",
                above.display()
            );
            return Err(Error::input(what));
        } else {
            format!("there is no directory {shown}")
        };
        return Err(Error::input(format!(
            "{what}. `rogallo run CASE.toml --dir {shown}` starts a run there or continues one"
        )));
    }
    let text = files::read_text(&path, files::TEXT)
        .map_err(|error| Error::io(format!("cannot read {}", path.display()), error))?;
    // The files that it names are recorded as they are seen from where the run was started.
    let case = case::parse(flows, &path.display().to_string(), &text, Path::new(""), overrides)?;
    Ok(Case { name: case::recorded_name(&text).to_owned(), ..case })
}

/// Returns whether a directory holds a run.
pub fn is_taken(directory: &Path, flows: Flows) -> bool {
    let names = files(flows).into_iter().map(str::to_owned).chain(tables(flows));
    names.chain(FOLDERS.map(str::to_owned)).any(|name| directory.join(name).exists())
}

/// The path of a growing table in a run directory.
///
/// # Panics
/// A table that a restart would not cut back.
pub fn table(directory: &Path, flows: Flows, name: &str) -> PathBuf {
    let file = format!("{name}.csv");
    assert!(tables(flows).contains(&file), "{file} is missing in the list of tables of its flow");
    directory.join(file)
}

/// Refuses a path that is neither a folder nor a link to one; it need not exist.
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

/// Removes a folder or, from a linked one, the files that a run writes there: others may share it.
fn clear_folder(path: &Path) -> Result<()> {
    if !path.is_symlink() {
        return remove(path, |path| fs::remove_dir_all(path));
    }
    let failed = |error| Error::io(format!("cannot look into {}", path.display()), error);
    let is_own = |name: &str| {
        name == "latest"
            || [".h5", ".xdmf", ".vtkhdf.series", ".aside", ".partial", ".svg", ".png"]
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
