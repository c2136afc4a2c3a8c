//! The batches of a run's statistics: a directory with one file of statistics for each, named by the number of the batch.
//!
//! ```text
//! NNNNNNNN.h5   a file of statistics (see `records`), whose attribute `case` is the physics of the case without what differs from job to job
//! ```

use super::{Header, Record, directory, read_statistics, write_statistics};
use crate::error::{Error, Result};
use crate::parallel::World;
use crate::statistics::Batch;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Writes the file of a batch to `directory`, which is made if it is missing, as is the one above it; a file of this number is replaced. Collective; the
/// records are the root's.
///
/// # Errors
/// The same on all ranks, as for [`super::write_statistics`].
pub fn write_batch(world: &World, directory: &Path, number: u64, header: &Header, records: &[Record]) -> Result<()> {
    world.root_does(|| directory.parent().map_or(Ok(()), directory::make).and_then(|()| directory::make(directory)))?;
    write_statistics(world, &directory.join(directory::file_name(number, "h5")), header, records)
}

/// The files of the batches in `directory`, ascending; none if there is no such directory.
///
/// # Errors
/// A directory that cannot be read.
pub fn batches(directory: &Path) -> Result<Vec<PathBuf>> {
    let numbers = match directory::steps(directory, "h5") {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        numbers => numbers.map_err(|error| Error::io(format!("cannot look for batches in {}", directory.display()), error))?,
    };
    Ok(numbers.into_iter().map(|number| directory.join(directory::file_name(number, "h5"))).collect())
}

/// Reads a batch and verifies its checksums. Serial: for one process alone, without MPI.
///
/// # Errors
/// A file that is missing, damaged, foreign or of a newer format.
pub fn read_batch(file: &Path) -> Result<(Header, Batch)> {
    let (header, records) = read_statistics(file)?;
    let batch =
        Batch::new(records).map_err(|error| Error::input(format!("{} is no batch of statistics: {}", file.display(), error.message)))?;
    Ok((header, batch))
}

/// Removes the batches of `directory` that end after `time`, from where a run goes on and makes them again. Those that stay get `.aside` behind their names if
/// the batches to come have `another_length`; returns how many. By the root alone. A damaged file is left to who reads it.
///
/// # Errors
/// A file that cannot be removed or renamed.
pub fn cut_back(directory: &Path, time: f64, another_length: bool) -> Result<usize> {
    if !directory.exists() {
        return Ok(0);
    }
    directory::sweep(directory)?;
    let failed = |path: &Path, error| Error::io(format!("cannot take back {}", path.display()), error);
    let mut files = batches(directory)?;
    while let Some(path) = files.pop() {
        match read_batch(&path) {
            Ok((_, batch)) if !batch.axis.reaches(time, batch.moments.end) => {
                fs::remove_file(&path).map_err(|error| failed(&path, error))?
            }
            // Those before it end earlier.
            Ok(_) => {
                files.push(path);
                break;
            }
            Err(_) => {}
        }
    }
    let set_aside = |path: &PathBuf| fs::rename(path, path.with_extension("h5.aside")).map_err(|error| failed(path, error));
    let put_aside = if another_length { &files[..] } else { &[] };
    put_aside.iter().try_for_each(set_aside)?;
    Ok(put_aside.len())
}
