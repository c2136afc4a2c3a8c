//! One dataset moved by all ranks together, each its own box of it, and read back once it is on the disk.

use super::foreign::{because, read_box, write_box};
use super::{container, directory};
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use bytemuck::Pod;
use hdf5::{Dataset, H5Type};
use std::fs;
use std::ops::Range;
use std::path::Path;

/// Most bytes a rank moves in one collective call: it bounds the buffers, and is far below the 2^31 bytes where MPI
/// libraries begin to fail.
const ROUND: usize = 16 << 20;

/// Fills the box `region` of the dataset `name`, which is laid out in the file already, brings it to the disk, and
/// compares what is there. The last is no luxury: Open MPI 4.1 returns success from a collective write in which an
/// aggregating rank met a full disk. Collective; `values` have the last axis fastest, a box may be empty.
pub(super) fn write<T: H5Type + Pod>(world: &World, path: &Path, name: &str, region: &[Range<usize>], values: &[T]) -> Result<()> {
    open(world, path, name, false, |dataset| in_rounds::<T>(world, region, |part, elements| write_box(dataset, part, &values[elements])))?;
    // Every node has its own cache, so every rank asks for its own bytes.
    world.agree(directory::sync(path))?;

    let mut same = true;
    open(world, path, name, true, |dataset| {
        in_rounds::<T>(world, region, |part, elements| {
            let mut stored = vec![T::zeroed(); elements.len()];
            let read = read_box(dataset, part, &mut stored);
            same &= bytemuck::cast_slice::<T, u8>(&stored) == bytemuck::cast_slice::<T, u8>(&values[elements]);
            read
        })
    })?;
    world.agree(match same {
        true => Ok(()),
        false => Err(not_held(path)),
    })
}

/// The error where a file that was just written reads otherwise.
pub(super) fn not_held(path: &Path) -> Error {
    Error::failure(format!("{} does not hold what was written to it: the disk is full or fails; make room", path.display()))
}

/// Reads the box `region` of the dataset `name` into `values`. Collective, as [`write`].
pub(super) fn read<T: H5Type + Pod>(world: &World, path: &Path, name: &str, region: &[Range<usize>], values: &mut [T]) -> Result<()> {
    open(world, path, name, true, |dataset| in_rounds::<T>(world, region, |part, elements| read_box(dataset, part, &mut values[elements])))
}

/// Opens, acts and closes. The ranks agree after every call: one that returned alone would leave the others waiting.
fn open(world: &World, path: &Path, name: &str, only_read: bool, action: impl FnOnce(&Dataset) -> hdf5::Result<()>) -> Result<()> {
    let failed = |what: &str| because(format!("cannot {what} {}", path.display()));
    let alone = files::open_as(path, fs::File::options().read(true).write(!only_read));
    let held = world.agree(alone.map_err(|error| Error::io(format!("cannot open {}", path.display()), error)))?;
    let file = world.agree(container::open_together(world, path, &held, only_read).map_err(failed("open")))?;
    let dataset = world.agree(file.dataset(name).map_err(failed("find a field in")))?;
    world.agree(action(&dataset).map_err(failed(if only_read { "read" } else { "write" })))?;
    drop(dataset);
    world.agree(file.close().map_err(failed("close")))
}

/// Cuts the region along its first axis into boxes of at most `ROUND` bytes (but at least one layer) and runs `call` for
/// each, with the range of its elements. All ranks make the same number of calls, with nothing if need be, and go on
/// after an error: the others would wait for them. Returns the first error.
fn in_rounds<T>(
    world: &World,
    region: &[Range<usize>],
    mut call: impl FnMut(&[Range<usize>], Range<usize>) -> hdf5::Result<()>,
) -> hdf5::Result<()> {
    let first = region[0].clone();
    let layer: usize = region[1..].iter().map(Range::len).product();
    let step = (ROUND / (layer * size_of::<T>()).max(1)).max(1);
    // Exact as a float: there are not that many.
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
