//! The batches of the statistics of a run: a directory with one file per batch, named by the number
//! of the batch.
//!
//! ```text
//! NNNNNNNN.h5   a file of statistics (see `records`); its attribute `case` is the physics of the
//!               case, without keys that differ from job to job
//! ```

use super::{Header, Records, directory, read_statistics, write_statistics};
use crate::error::{Error, Result};
use crate::parallel::World;
use crate::statistics::{Axis, Batch};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Writes the file of a batch to `directory`, which is created if necessary, together with its
/// parent. An existing file of this number is replaced. Collective.
///
/// # Errors
/// The same on all ranks: those of [`super::write_statistics`].
pub fn write_batch(
    world: &World,
    directory: &Path,
    number: u64,
    header: &Header,
    records: &Records,
) -> Result<()> {
    world.root_does(|| {
        directory.parent().map_or(Ok(()), directory::make).and_then(|()| directory::make(directory))
    })?;
    write_statistics(world, &directory.join(directory::file_name(number, "h5")), header, records)
}

/// The files of the batches in `directory`, ascending; none if there is no such directory.
///
/// # Errors
/// A directory that cannot be read.
pub fn batches(directory: &Path) -> Result<Vec<PathBuf>> {
    let numbers = match directory::steps(directory, "h5") {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        numbers => numbers.map_err(|error| {
            Error::io(format!("cannot look for batches in {}", directory.display()), error)
        })?,
    };
    Ok(numbers.into_iter().map(|number| directory.join(directory::file_name(number, "h5"))).collect())
}

/// Reads a batch and verifies its checksums. Serial: for one process alone, without MPI.
///
/// # Errors
/// A file that is missing, damaged, foreign or of a newer format.
pub fn read_batch(file: &Path) -> Result<(Header, Batch)> {
    let (header, records) = read_statistics(file)?;
    let batch = Batch::new(records).map_err(|error| {
        Error::input(format!("{} is not a batch of statistics: {}", file.display(), error.message))
    })?;
    Ok((header, batch))
}

/// Removes the batches of `directory` that end after `time`, from which a run continues and writes
/// them again. Remaining batches are renamed to `.aside` if they have other lengths (of a batch, and
/// of its sums of spectra) than those `to_come`, since their numbers stand for other times. Returns
/// the number of renamed batches. By the root alone. Damaged files are left for their readers to
/// report.
///
/// # Errors
/// A file that cannot be removed or renamed.
pub fn cut_back(directory: &Path, time: f64, to_come: Option<(Axis, u64)>) -> Result<usize> {
    if !directory.exists() {
        return Ok(0);
    }
    directory::sweep(directory)?;
    let failed = |path: &Path, error| Error::io(format!("cannot remove or rename {}", path.display()), error);
    let mut aside = 0;
    for path in batches(directory)? {
        let Ok((_, batch)) = read_batch(&path) else { continue };
        if !batch.axis.reaches(time, batch.moments.end) {
            fs::remove_file(&path).map_err(|error| failed(&path, error))?;
        } else if to_come.is_some_and(|lengths| lengths != (batch.axis, batch.spectra_batches)) {
            fs::rename(&path, directory::free_name(&path)).map_err(|error| failed(&path, error))?;
            aside += 1;
        }
    }
    Ok(aside)
}
