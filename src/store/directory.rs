//! The files of one directory: their names, their space on the disk, and the publication of finished
//! files.

use super::header::{CHECKPOINT, open_checked};
use crate::error::{Error, Result};
use crate::files;
pub(super) use crate::files::{discard, partial, publish, sync};
use crate::parallel::World;
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use rustix::io::Errno;
use std::fs::{self, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const LATEST: &str = "latest";

/// Name of the file of a step, `00001200.h5`; `extension` without its dot.
pub(super) fn file_name(step: u64, extension: &str) -> String {
    format!("{step:08}.{extension}")
}

/// The step of a file with this name; none if the name has another pattern.
fn step_of(name: &str, extension: &str) -> Option<u64> {
    let step = name.split('.').next()?.parse().ok()?;
    (name == file_name(step, extension)).then_some(step)
}

/// The steps for which `directory` holds a file, ascending. Names of any other pattern are ignored.
pub(super) fn steps(directory: &Path, extension: &str) -> io::Result<Vec<u64>> {
    let mut steps = Vec::new();
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name();
        steps.extend(name.to_str().and_then(|name| step_of(name, extension)));
    }
    steps.sort_unstable();
    Ok(steps)
}

/// Creates the directory if only its last component is missing. A missing parent is more likely a
/// mistake, and an error.
pub(super) fn make(directory: &Path) -> Result<()> {
    match fs::create_dir(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(Error::io(format!("cannot create the directory {}", directory.display()), error))
        }
        _ if directory.is_dir() => Ok(()),
        _ => Err(Error::failure(format!("{} is not a directory; move it away", directory.display()))),
    }
}

/// Checks that the file system of `directory` has space for `bytes` and 5 % more.
pub(super) fn check_room(directory: &Path, bytes: u64) -> Result<()> {
    let system = statvfs(directory).map_err(|error| {
        Error::io(format!("cannot determine the free space of {}", directory.display()), error)
    })?;
    let (needed, available) = (bytes + bytes / 20, system.f_bavail.saturating_mul(system.f_frsize));
    if needed > available {
        return Err(no_room(directory, needed, available));
    }
    refuse_beyond_limit(directory, bytes)
}

/// Refuses a file beyond the size limit of this process: HDF5 1.10 may crash if a write fails.
fn refuse_beyond_limit(path: &Path, bytes: u64) -> Result<()> {
    match files::size_limit().filter(|limit| bytes > *limit) {
        Some(limit) => Err(Error::failure(format!(
            "no room for {}: {bytes} bytes needed, but the limit on the size of a file is {limit} (ulimit \
             -f); nothing was written; raise the limit",
            path.display()
        ))),
        None => Ok(()),
    }
}

/// Reserves the disk space of the whole file, so that the aggregators cannot run out of it while they
/// write. Returns the length of the file.
pub(super) fn reserve(path: &Path) -> Result<u64> {
    allocate(path, FallocateFlags::empty(), |length| 0..length)
}

/// Reserves disk space beyond the end of the file without changing its length: HDF5 1.10 may crash if
/// it runs out of space (in `H5D_close`).
pub(super) fn set_apart(path: &Path, bytes: u64) -> Result<()> {
    allocate(path, FallocateFlags::KEEP_SIZE, |length| length..length + bytes).map(drop)
}

/// Reserves disk space for the `part` of a file that depends on its length, and returns the length.
/// Does nothing on file systems that cannot reserve space.
fn allocate(path: &Path, how: FallocateFlags, part: impl Fn(u64) -> Range<u64>) -> Result<u64> {
    let failed =
        |error: io::Error| Error::io(format!("cannot reserve the space of {}", path.display()), error);
    let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let part = part(length);
    refuse_beyond_limit(path, part.end)?;
    match fallocate(&file, how, part.start, part.end - part.start) {
        Err(Errno::NOSPC | Errno::DQUOT) => {
            let available = statvfs(path).map_or(0, |system| system.f_bavail.saturating_mul(system.f_frsize));
            Err(no_room(path, part.end - part.start, available))
        }
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) | Ok(()) => Ok(length),
        Err(error) => Err(failed(error.into())),
    }
}

fn no_room(path: &Path, needed: u64, available: u64) -> Error {
    Error::failure(format!(
        "no room on the disk for {}: {needed} bytes needed, {available} available; nothing was written; free \
         some space",
        path.display()
    ))
}

/// Removes the partial checkpoints of killed jobs, of any step.
pub(super) fn sweep(directory: &Path) -> Result<()> {
    let failed =
        |error| Error::io(format!("cannot look for partial files in {}", directory.display()), error);
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let step =
            name.to_str().and_then(|name| name.strip_prefix('.')?.strip_suffix(".h5.partial")?.parse().ok());
        step.map_or(Ok(()), |step| discard(&partial(&directory.join(file_name(step, "h5")))))?;
    }
    Ok(())
}

/// Makes the link `latest` point to the checkpoint of `step`, atomically.
pub fn point_latest(directory: &Path, step: u64) -> Result<()> {
    let (link, partial) = (directory.join(LATEST), partial(&directory.join(LATEST)));
    discard(&partial)?;
    // A file of this name is not this program's: it is not replaced.
    if is_no_link(&link) {
        fs::rename(&link, free_name(&link))
            .map_err(|error| Error::io(format!("cannot put {} aside", link.display()), error))?;
    }
    symlink(file_name(step, "h5"), &partial)
        .and_then(|()| fs::rename(&partial, &link))
        .map_err(|error| Error::io(format!("cannot create the link {}", link.display()), error))?;
    sync(directory)
}

/// Returns whether something else than a link has this name.
fn is_no_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|data| !data.is_symlink())
}

/// The checkpoints from which a run can continue, the first choice first: the one that `latest`
/// points to, then the others from the newest to the oldest. Empty if the directory is missing or
/// holds none. Collective.
///
/// # Errors
/// The same on all ranks: a directory that cannot be read; a link to something other than a
/// checkpoint of this directory, which could make a run rename or delete files of others.
pub fn checkpoints(world: &World, directory: &Path) -> Result<Vec<PathBuf>> {
    let names = world.root_text(|| Ok(choices(directory)?.join("\n")))?;
    Ok(names.lines().map(|name| directory.join(name)).collect())
}

/// Descriptions, one line each, of HDF5 files in a directory of checkpoints that are ignored because
/// their name is not STEP.h5, with advice. Collective.
///
/// # Errors
/// The directory cannot be read.
pub fn strays(world: &World, directory: &Path) -> Result<Vec<String>> {
    let lines = world.root_text(|| {
        let names = match stray_names(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names.map_err(|error| {
                Error::io(format!("cannot look for checkpoints in {}", directory.display()), error)
            })?,
        };
        let descriptions = names.into_iter().map(|name| {
            let path = directory.join(&name);
            match open_checked(&path, &[CHECKPOINT]) {
                Ok((_, header)) => {
                    let (found, right) = (path.display(), checkpoint_file(directory, header.step));
                    let what =
                        format!("{found} is a checkpoint of step {}, but is not named after it", header.step);
                    if right.exists() {
                        what
                    } else {
                        format!("{what}; to use it, rename it: mv '{found}' '{}'", right.display())
                    }
                }
                Err(error) => error.message.replace('\n', " "),
            }
        });
        Ok(descriptions.collect::<Vec<_>>().join("\n"))
    })?;
    Ok(lines.lines().map(str::to_owned).collect())
}

/// The names with an extension of HDF5, except STEP.h5.
fn stray_names(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let counted: Vec<PathBuf> =
        steps(directory, "h5")?.into_iter().map(|step| file_name(step, "h5").into()).collect();
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let name = PathBuf::from(entry?.file_name());
        let extension = name.extension().unwrap_or_default().to_ascii_lowercase();
        names.extend(Some(name).filter(|name| {
            ["h5", "hdf5"].iter().any(|known| extension == *known) && !counted.contains(name)
        }));
    }
    names.sort();
    Ok(names)
}

/// The path of the checkpoint of a step in a directory of checkpoints.
pub fn checkpoint_file(directory: &Path, step: u64) -> PathBuf {
    directory.join(file_name(step, "h5"))
}

/// The names of the checkpoints, in the order of [`checkpoints`].
fn choices(directory: &Path) -> Result<Vec<String>> {
    let linked = match fs::read_link(directory.join(LATEST)) {
        Err(_) => None,
        Ok(target) => match target.to_str().filter(|name| step_of(name, "h5").is_some()) {
            Some(name) => Some(name.to_owned()).filter(|name| directory.join(name).is_file()),
            None => return Err(foreign_link(directory, &target)),
        },
    };
    let steps = match steps(directory, "h5") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        steps => steps.map_err(|error| {
            Error::io(format!("cannot look for checkpoints in {}", directory.display()), error)
        })?,
    };
    let newest_first = steps.iter().rev().map(|&step| file_name(step, "h5"));
    let others: Vec<String> = newest_first.filter(|name| Some(name) != linked.as_ref()).collect();
    Ok(linked.into_iter().chain(others).collect())
}

/// The error for a link that leads out of its directory.
fn foreign_link(directory: &Path, target: &Path) -> Error {
    let (shown, link) = (directory.display(), directory.join(LATEST));
    Error::input(format!(
        "{} points to {}, which is not a checkpoint in {shown}. Remove the link to continue from the newest \
         checkpoint there. To start from the state of another run, use its checkpoint as the initial field \
         (initial.kind = \"file\"); to continue another run here, copy its checkpoint into {shown}",
        link.display(),
        target.display()
    ))
}

/// Describes the problem with the link `latest` of a directory of checkpoints, if there is one.
/// Collective.
pub fn latest_problem(world: &World, directory: &Path) -> Result<Option<String>> {
    let link = directory.join(LATEST);
    let problem = world.root_text(|| {
        Ok(match fs::read_link(&link) {
            Err(_) if is_no_link(&link) => {
                format!("{} is not a link: it is put aside", link.display())
            }
            Err(error) => format!("{} cannot be followed: {error}", link.display()),
            Ok(target) if !directory.join(&target).is_file() => {
                format!("{} points to {}, which does not exist", link.display(), target.display())
            }
            Ok(_) => String::new(),
        })
    })?;
    Ok(Some(problem).filter(|problem| !problem.is_empty()))
}

/// Renames the `damaged` checkpoints, and all later than `step`, from which the run continues, to
/// `.aside`, so that they are ignored from now on; makes `latest` point to `step`. Returns the new
/// names, one per line. Collective.
///
/// # Errors
/// A file that cannot be renamed.
pub fn set_aside(world: &World, directory: &Path, step: u64, damaged: &[PathBuf]) -> Result<String> {
    world.root_text(|| {
        let failed =
            |path: &Path, error| Error::io(format!("cannot rename {} to .aside", path.display()), error);
        let steps = steps(directory, "h5").map_err(|error| failed(directory, error))?;
        let later = steps
            .into_iter()
            .filter(|later| *later > step)
            .map(|later| directory.join(file_name(later, "h5")));
        let mut paths: Vec<PathBuf> = damaged.iter().cloned().chain(later).collect();
        paths.sort();
        paths.dedup();
        let mut names = Vec::new();
        for path in paths {
            let aside = free_name(&path);
            fs::rename(&path, &aside).map_err(|error| failed(&path, error))?;
            names.push(aside.display().to_string());
        }
        if fs::read_link(directory.join(LATEST)).ok().as_deref() != Some(Path::new(&file_name(step, "h5"))) {
            point_latest(directory, step)?;
        }
        Ok(names.join("\n"))
    })
}

/// A free name with the ending `.aside` for a checkpoint.
pub(super) fn free_name(path: &Path) -> PathBuf {
    let names = (1_u64..)
        .map(|n| path.with_extension(if n == 1 { "h5.aside".to_owned() } else { format!("h5.{n}.aside") }));
    // The run holds the lock of its directory, so that no other job uses the name meanwhile.
    let mut free = names.filter(|name| fs::symlink_metadata(name).is_err());
    free.next().unwrap_or_else(|| path.with_extension("h5.aside"))
}

#[cfg(test)]
mod tests {
    use super::super::container;
    use super::*;
    use crate::program::Program;
    use std::fs::File;
    use std::process::Command;

    #[test]
    fn only_names_of_the_pattern_are_steps() {
        let directory = tempfile::tempdir().unwrap();
        for name in [
            "00000012.h5",
            "00000003.h5",
            "123456789.h5",
            "12.h5",
            "00000012.xdmf",
            ".00000012.h5.partial",
            "latest",
            "a.h5",
            "+0000001.h5",
        ] {
            fs::write(directory.path().join(name), "").unwrap();
        }
        assert_eq!(steps(directory.path(), "h5").unwrap(), [3, 12, 123_456_789]);
    }

    #[test]
    fn only_names_of_checkpoints_are_taken_from_the_link() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("checkpoints");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("00000003.h5"), "").unwrap();
        fs::write(place.path().join("00000009.h5"), "").unwrap();
        for (target, error) in [
            ("00000003.h5", false),
            ("00000004.h5", false),
            ("../00000009.h5", true),
            ("./00000003.h5", true),
            ("/dev/full", true),
            ("latest", true),
            ("3.h5", true),
        ] {
            let _ = fs::remove_file(directory.join(LATEST));
            symlink(target, directory.join(LATEST)).unwrap();
            let found = choices(&directory);
            assert_eq!(found.is_err(), error, "{target}: {found:?}");
            found.map_or_else(
                |error| assert!(error.message.contains("which is not a checkpoint in")),
                |found| assert_eq!(found, ["00000003.h5"]),
            );
        }
    }

    #[test]
    fn a_checkpoint_put_aside_takes_no_other_file_s_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("00000003.h5");
        let name = || free_name(&path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap();
        assert_eq!(name(), "00000003.h5.aside");
        fs::write(directory.path().join("00000003.h5.aside"), "").unwrap();
        symlink("nowhere", directory.path().join("00000003.h5.2.aside")).unwrap();
        assert_eq!(name(), "00000003.h5.3.aside");
    }

    /// A disk of 1 MB; None where the user may not mount one.
    fn small_disk(place: &Path) -> Option<()> {
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(place).output();
        mounted.ok().filter(|output| output.status.success()).map(|_| ())
    }

    #[test]
    fn a_file_that_does_not_fit_is_refused_before_it_is_filled() {
        let directory = tempfile::tempdir().unwrap();
        if small_disk(directory.path()).is_none() {
            return;
        }
        let path = directory.path().join("large");
        File::create(&path).unwrap().set_len(2 << 20).unwrap();
        let (room, reserved) = (check_room(directory.path(), 1 << 20), reserve(&path));
        // Where the disk has filled since its room was checked.
        let program = Program { version: "0.1.0", commit: "test" };
        let small = directory.path().join("small");
        let created = container::create(&small, program, "checkpoint", 2 << 20).map(drop);
        assert!(Command::new("umount").arg(directory.path()).status().unwrap().success());
        assert!(room.unwrap_err().message.contains("1101004 bytes needed, 1048576 available"));
        assert!(reserved.unwrap_err().message.contains("2097152 bytes needed, 1048576 available"));
        assert!(
            created.unwrap_err().to_string().contains("2097152 bytes needed"),
            "a file is begun for which there is no room"
        );
    }
}
