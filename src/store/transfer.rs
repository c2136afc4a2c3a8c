//! Transfers between the ranks and the arrays of a file. Only aggregators open it, and not by HDF5:
//! the bytes of an array lie one after the other at a place that the root has told all ranks. The other
//! ranks ship their boxes to their aggregator, in messages of bounded length. Written data are read
//! back from the disk.

use super::array::{Array, Extent, Region};
use super::directory;
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Maximum number of bytes of a message, and of a rank's buffer.
pub(super) const ROUND: usize = 4 << 20;

/// This rank's box of an array, to be written.
pub(super) struct Part<'a> {
    /// The number of the array in the list of a file's.
    pub array: usize,
    pub region: Region,
    pub values: &'a [u8],
}

/// This rank's box of an array, to be read.
pub(super) struct PartMut<'a> {
    pub region: Region,
    pub values: &'a mut [u8],
}

/// Makes the file `partial`: the root lays it out, every rank fills its boxes of the arrays, which are
/// compared with the data on the disk, and the root finishes it. Collective.
///
/// # Errors
/// The same on all ranks: those of the root; a file that an aggregator cannot open, a failing disk. The
/// file is removed then.
pub(super) fn make(
    world: &World,
    partial: &Path,
    lay_out: impl FnOnce() -> Result<Vec<Array>>,
    parts: &[Part],
    finish: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut arrays = Vec::new();
    let laid_out = world.root_does(|| lay_out().map(|found| arrays = found));
    let filled = laid_out.and_then(|()| {
        let mut filling = Filling::begin(world, partial, Array::share(world, arrays));
        filling.write(parts);
        filling.finish()
    });
    let finished = filled.and_then(|()| world.root_does(finish));
    if finished.is_err() && world.is_root() {
        // The first error is the one to report.
        let _ = directory::discard(partial);
    }
    finished
}

/// Arrays of a file that are filled box by box.
pub(super) struct Filling<'a> {
    world: &'a World,
    group: Rc<World>,
    path: PathBuf,
    arrays: Vec<Array>,
    /// At an aggregator, the file, if it could be opened.
    file: Option<File>,
    /// The first error of this rank.
    done: Result<()>,
    /// At an aggregator, the boxes that it has written, and of which array.
    written: Vec<(usize, Region)>,
    /// Checksum of what this rank has given.
    given: u64,
}

impl<'a> Filling<'a> {
    /// Opens the file. Collective.
    pub fn begin(world: &'a World, path: &Path, arrays: Vec<Array>) -> Self {
        let (group, file, done) = open_at_root(world, path, File::options().read(true).write(true));
        Self { world, group, path: path.to_path_buf(), arrays, file, done, written: Vec::new(), given: 0 }
    }

    /// Writes this rank's boxes, of the same arrays on all ranks. Collective, with as many calls on all of
    /// them; an error waits for [`Filling::finish`].
    pub fn write(&mut self, parts: &[Part]) {
        let Self { group, path, arrays, file, .. } = self;
        for part in parts {
            let array = &arrays[part.array];
            let sum = |extent: Extent| array.sum(part.array, &extent, &part.values[extent.own()]);
            self.given = array.extents(&part.region).map(sum).fold(self.given, u64::wrapping_add);
        }
        let regions = gather_regions(group, parts.iter().map(|part| &part.region));
        if !group.is_root() {
            return parts.iter().for_each(|part| send_box(group, &arrays[part.array], part));
        }
        let mut writer = Writer { file: file.as_ref(), at: 0, held: Vec::new(), result: Ok(()) };
        for (n, part) in parts.iter().enumerate() {
            for (member, regions) in regions.iter().enumerate() {
                receive_box(group, member, &arrays[part.array], &regions[n], part.values, &mut writer);
                self.written.push((part.array, regions[n]));
            }
        }
        writer.flush();
        let written = writer.result.map_err(|error| failed("write", path, error));
        if self.done.is_ok() {
            self.done = written;
        }
    }

    /// Syncs the written data to the disk and compares them with what was given. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that an aggregator could not open, a failing disk.
    pub fn finish(self) -> Result<()> {
        let Self { world, path, arrays, file, done, written, given, .. } = self;
        let path = &path;
        // Every node has its own cache, so every aggregator syncs its own bytes.
        let sync = || file.as_ref().map_or(Ok(()), File::sync_all);
        world.agree(done.and_then(|()| sync().map_err(|error| failed("sync", path, error))))?;
        let (mut stored, mut held) = (Ok(0_u64), Vec::new());
        for (n, region) in &written {
            let sum =
                file.as_ref().map_or(Ok(0), |file| stored_sum(file, &arrays[*n], *n, region, &mut held));
            stored = stored.and_then(|all| sum.map(|sum| all.wrapping_add(sum)));
        }
        let mut sums = [given, world.agree(stored.map_err(|error| failed("read back", path, error)))?];
        world.sum_u64(&mut sums);
        if sums[0] == sums[1] { Ok(()) } else { Err(not_held(path)) }
    }
}

/// Reads this rank's box of each of the arrays of a file. Collective.
///
/// # Errors
/// The same on all ranks: a file that an aggregator cannot open or read. The values are undefined then.
pub(super) fn read(world: &World, path: &Path, arrays: &[Array], parts: &mut [PartMut]) -> Result<()> {
    let mut source = Source::open(world, path);
    for (array, part) in arrays.iter().zip(parts) {
        source.read(array, &[part.region], part.values);
    }
    source.agree(world)
}

/// A file from which ranks read by their aggregator.
pub(super) struct Source {
    group: Rc<World>,
    path: PathBuf,
    /// At an aggregator, the file, if it could be opened.
    file: Option<File>,
    /// The first error of this rank.
    done: Result<()>,
}

impl Source {
    /// Opens the file. Collective; an error waits for [`Source::agree`].
    pub fn open(world: &World, path: &Path) -> Self {
        let (group, file, done) = open_at_root(world, path, File::options().read(true));
        Self { group, path: path.to_path_buf(), file, done }
    }

    /// Reads boxes of an array, one after the other. Collective among the ranks of an aggregator, with as
    /// many calls on all of them; an error waits for [`Source::agree`].
    pub fn read(&mut self, array: &Array, regions: &[Region], values: &mut [u8]) {
        let Self { group, file, .. } = self;
        let all = gather_regions(group, regions.iter());
        if !group.is_root() {
            return extents_of(array, regions).for_each(|extent| group.receive(0, &mut values[extent.own()]));
        }
        let asked: Vec<(usize, Extent)> = all
            .iter()
            .enumerate()
            .flat_map(|(member, regions)| extents_of(array, regions).map(move |extent| (member, extent)))
            .collect();
        let (mut held, mut result) = (Vec::new(), Ok(()));
        for run in asked.chunk_by(|(_, a), (_, b)| a.end() == b.at) {
            let mut rest = run;
            while let [(_, first), ..] = rest {
                // What follows in the file is read together.
                let together =
                    rest.partition_point(|(_, extent)| extent.end() - first.at <= ROUND as u64).max(1);
                let (now, later) = rest.split_at(together);
                rest = later;
                if let [(0, extent)] = now {
                    let bytes = &mut values[extent.own()];
                    let read = file.as_ref().map_or(Ok(()), |file| file.read_exact_at(bytes, extent.at));
                    result = result.and(read);
                    array.to_native_order(bytes);
                    continue;
                }
                held.resize((now[together - 1].1.end() - first.at) as usize, 0);
                let read = file.as_ref().map_or(Ok(()), |file| file.read_exact_at(&mut held, first.at));
                result = result.and(read);
                array.to_native_order(&mut held);
                for (member, extent) in now {
                    let bytes = &held[(extent.at - first.at) as usize..][..extent.length];
                    match member {
                        0 => values[extent.own()].copy_from_slice(bytes),
                        _ => group.send(*member, bytes),
                    }
                }
            }
        }
        let result = result.map_err(|error| failed("read", &self.path, error));
        let done = std::mem::replace(&mut self.done, Ok(()));
        self.done = done.and(result);
    }

    /// Agrees on the errors so far. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that an aggregator could not open or read.
    pub fn agree(&mut self, world: &World) -> Result<()> {
        world.agree(std::mem::replace(&mut self.done, Ok(())))
    }
}

/// The consecutive bytes of boxes whose values follow each other.
fn extents_of(array: &Array, regions: &[Region]) -> impl Iterator<Item = Extent> {
    let mut from = 0;
    regions.iter().flat_map(move |region| array.extents(region)).map(move |extent| {
        let extent = Extent { from, ..extent };
        from += extent.length;
        extent
    })
}

/// The error for a file that, read back, does not hold the data just written.
pub(super) fn not_held(path: &Path) -> Error {
    Error::failure(format!(
        "{} does not hold the data just written: the disk is full or failing; free some space",
        path.display()
    ))
}

/// The ranks of this aggregator; at their root the file, if it can be opened, and why not. Collective.
fn open_at_root(
    world: &World,
    path: &Path,
    options: &mut OpenOptions,
) -> (Rc<World>, Option<File>, Result<()>) {
    let group = world.group();
    match group.is_root().then(|| files::open_as(path, options)) {
        None => (group, None, Ok(())),
        Some(Ok(file)) => (group, Some(file), Ok(())),
        Some(Err(error)) => (group, None, Err(failed("open", path, error))),
    }
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format!("cannot {what} {}", path.display()), error)
}

/// The regions of all ranks of a group, at its root; nothing elsewhere.
fn gather_regions<'a>(group: &World, own: impl Iterator<Item = &'a Region>) -> Vec<Vec<Region>> {
    let mut words: Vec<u64> = own.flat_map(|region| region.0.as_flattened().to_vec()).collect();
    let mut length = [words.len() as u64];
    let regions = |words: &[u64]| words.as_chunks::<6>().0.iter().map(Region::from_words).collect();
    if !group.is_root() {
        group.send(0, bytemuck::cast_slice(&length));
        group.send(0, bytemuck::cast_slice(&words));
        return Vec::new();
    }
    let mut all: Vec<Vec<Region>> = vec![regions(&words)];
    for member in 1..group.size() {
        group.receive(member, bytemuck::cast_slice_mut(&mut length));
        words.resize(length[0] as usize, 0);
        group.receive(member, bytemuck::cast_slice_mut(&mut words));
        all.push(regions(&words));
    }
    all
}

/// Ships this rank's box to its aggregator, when that asks for it: otherwise, the boxes of all ranks
/// could wait in its memory.
fn send_box(group: &World, array: &Array, part: &Part) {
    if !part.region.is_empty() {
        group.receive(0, &mut [0]);
        array.extents(&part.region).for_each(|extent| group.send(0, &part.values[extent.own()]));
    }
}

/// Writes the box of a member of the group of this aggregator, which goes on after an error: the
/// members would wait for it.
fn receive_box(
    group: &World,
    member: usize,
    array: &Array,
    region: &Region,
    own: &[u8],
    writer: &mut Writer,
) {
    if member > 0 && !region.is_empty() {
        group.send(member, &[0]);
    }
    for extent in array.extents(region) {
        match member {
            0 => writer.write(extent.at, &own[extent.own()]),
            _ => writer.write_with(extent.at, extent.length, |bytes| group.receive(member, bytes)),
        }
    }
}

/// Writes to a file; what follows the bytes before goes to the disk with them.
struct Writer<'a> {
    file: Option<&'a File>,
    /// The place of the bytes that are held back.
    at: u64,
    held: Vec<u8>,
    /// The first error.
    result: io::Result<()>,
}

impl Writer<'_> {
    fn write(&mut self, at: u64, bytes: &[u8]) {
        if bytes.len() < ROUND / 2 {
            return self.write_with(at, bytes.len(), |held| held.copy_from_slice(bytes));
        }
        self.flush();
        self.put(at, bytes);
    }

    fn write_with(&mut self, at: u64, length: usize, receive: impl FnOnce(&mut [u8])) {
        if self.at + self.held.len() as u64 != at || self.held.len() + length > ROUND {
            self.flush();
            self.at = at;
        }
        let begin = self.held.len();
        self.held.resize(begin + length, 0);
        receive(&mut self.held[begin..]);
    }

    fn flush(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.put(self.at, &held);
        self.held = held;
        self.held.clear();
    }

    fn put(&mut self, at: u64, bytes: &[u8]) {
        if let (Some(file), Ok(())) = (self.file, &self.result) {
            self.result = file.write_all_at(bytes, at);
        }
    }
}

/// The checksum of a box of the n-th array as it is on the disk.
fn stored_sum(file: &File, array: &Array, n: usize, region: &Region, held: &mut Vec<u8>) -> io::Result<u64> {
    array.extents(region).try_fold(0_u64, |sum, extent| {
        held.resize(extent.length, 0);
        file.read_exact_at(held, extent.at)?;
        Ok(sum.wrapping_add(array.sum(n, &extent, held)))
    })
}
