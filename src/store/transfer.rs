//! Collective transfers of datasets, of which each rank moves its own box. Written data are read back
//! from the disk.

use super::container;
use super::foreign::{because, read_box, write_box};
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use bytemuck::Pod;
use hdf5::{Dataset, H5Type};
use std::fs;
use std::ops::Range;
use std::path::Path;

/// Maximum number of bytes that a rank moves in one collective call. It bounds the buffers, and is far
/// below the 2^31 bytes at which MPI libraries begin to fail.
const ROUND: usize = 16 << 20;

/// A file that all ranks hold open together. The ranks agree after every call, since a rank that
/// returned alone would leave the others waiting.
pub(super) struct Together<'a> {
    world: &'a World,
    path: &'a Path,
    only_read: bool,
    datasets: Vec<Dataset>,
    file: hdf5::File,
    /// The file as opened by each rank alone.
    _held: fs::File,
}

impl<'a> Together<'a> {
    /// Opens the file and these datasets of it. Collective.
    ///
    /// # Errors
    /// The same on all ranks: the file or a dataset cannot be opened.
    pub fn open(world: &'a World, path: &'a Path, names: &[String], only_read: bool) -> Result<Self> {
        let failed = |what: &str| because(format!("cannot {what} {}", path.display()));
        let alone = files::open_as(path, fs::File::options().read(true).write(!only_read));
        let held = world
            .agree(alone.map_err(|error| Error::io(format!("cannot open {}", path.display()), error)))?;
        let file =
            world.agree(container::open_together(world, path, &held, only_read).map_err(failed("open")))?;
        let found = names.iter().map(|name| file.dataset(name)).collect::<hdf5::Result<_>>();
        let datasets = world.agree(found.map_err(failed("find a field in")))?;
        Ok(Self { world, path, only_read, datasets, file, _held: held })
    }

    /// Writes the box `region` of the n-th dataset. `values` have the last axis fastest; a box may be
    /// empty. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a failing disk.
    pub fn write<T: H5Type + Pod>(&self, n: usize, region: &[Range<usize>], values: &[T]) -> Result<()> {
        self.done(in_rounds::<T>(self.world, region, |part, elements| {
            write_box(&self.datasets[n], part, &values[elements])
        }))
    }

    /// Reads the box `region` of the n-th dataset into `values`. Collective, like [`Together::write`].
    pub fn read<T: H5Type + Pod>(&self, n: usize, region: &[Range<usize>], values: &mut [T]) -> Result<()> {
        self.done(in_rounds::<T>(self.world, region, |part, elements| {
            read_box(&self.datasets[n], part, &mut values[elements])
        }))
    }

    /// Returns whether the box `region` of the n-th dataset equals `values` on this rank. Collective,
    /// like [`Together::write`].
    pub fn holds<T: H5Type + Pod>(&self, n: usize, region: &[Range<usize>], values: &[T]) -> Result<bool> {
        let mut same = true;
        let compared = in_rounds::<T>(self.world, region, |part, elements| {
            let mut stored = vec![T::zeroed(); elements.len()];
            let read = read_box(&self.datasets[n], part, &mut stored);
            same &=
                bytemuck::cast_slice::<T, u8>(&stored) == bytemuck::cast_slice::<T, u8>(&values[elements]);
            read
        });
        self.done(compared).map(|()| same)
    }

    /// Closes the file and syncs written data to the disk. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a failing disk.
    pub fn close(self) -> Result<()> {
        let Self { world, path, only_read, datasets, file, _held } = self;
        drop(datasets);
        world.agree(file.close().map_err(because(format!("cannot close {}", path.display()))))?;
        // Every node has its own cache, so every rank syncs its own bytes.
        if only_read { Ok(()) } else { world.agree(files::sync(path)) }
    }

    fn done(&self, result: hdf5::Result<()>) -> Result<()> {
        let what = if self.only_read { "read" } else { "write" };
        self.world.agree(result.map_err(because(format!("cannot {what} {}", self.path.display()))))
    }
}

/// Fills datasets that exist in a file: `write` writes them all, and `holds` then compares this rank's
/// part of them with the data on the disk. This comparison is necessary: Open MPI 4.1 returns success
/// from a collective write in which an aggregating rank met a full disk. The file is opened once to
/// write and once to compare, however many datasets it has: on a busy node, the time for a checkpoint
/// depends on the number of its collective calls. Collective.
///
/// # Errors
/// The same on all ranks: a failing disk.
pub(super) fn fill(
    world: &World,
    path: &Path,
    names: &[String],
    write: impl FnOnce(&Together) -> Result<()>,
    holds: impl FnOnce(&Together) -> Result<bool>,
) -> Result<()> {
    let file = Together::open(world, path, names, false)?;
    write(&file)?;
    file.close()?;
    let file = Together::open(world, path, names, true)?;
    let same = holds(&file)?;
    file.close()?;
    world.agree(if same { Ok(()) } else { Err(not_held(path)) })
}

/// Fills one dataset, like [`fill`].
pub(super) fn write<T: H5Type + Pod>(
    world: &World,
    path: &Path,
    name: &str,
    region: &[Range<usize>],
    values: &[T],
) -> Result<()> {
    fill(
        world,
        path,
        &[name.to_owned()],
        |file| file.write(0, region, values),
        |file| file.holds(0, region, values),
    )
}

/// The error for a file that, read back, does not hold the data just written.
pub(super) fn not_held(path: &Path) -> Error {
    Error::failure(format!(
        "{} does not hold the data just written: the disk is full or fails; free some space",
        path.display()
    ))
}

/// Cuts the region along its first axis into boxes of at most `ROUND` bytes (but at least one layer)
/// and runs `call` for each, with the range of its elements. All ranks make the same number of calls,
/// with empty boxes if necessary, and go on after an error, since the others would wait for them.
/// Returns the first error.
fn in_rounds<T>(
    world: &World,
    region: &[Range<usize>],
    mut call: impl FnMut(&[Range<usize>], Range<usize>) -> hdf5::Result<()>,
) -> hdf5::Result<()> {
    let first = region[0].clone();
    let layer: usize = region[1..].iter().map(Range::len).product();
    let step = (ROUND / (layer * size_of::<T>()).max(1)).max(1);
    // The number of rounds is small enough to be exact as a float.
    let rounds = world.max(first.len().div_ceil(step) as f64) as usize;
    let mut part = region.to_vec();
    let mut result = Ok(());
    for round in 0..rounds {
        let begin = (round * step).min(first.len());
        let end = (begin + step).min(first.len());
        part[0] = first.start + begin..first.start + end;
        let done = call(&part, begin * layer..end * layer);
        result = result.and(done);
    }
    result
}
