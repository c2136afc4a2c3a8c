//! Transfers between the ranks and the arrays of a file. Only aggregators open it, and not by HDF5:
//! the bytes of an array lie one after the other at a place that the root has told all ranks. The other
//! ranks ship their boxes to their aggregator, in messages of bounded length. Written data are read
//! back from the disk.

use super::array::{Array, Extent, Region};
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::rc::Rc;

/// Maximum number of bytes of a message, and of a rank's buffer.
pub(super) const ROUND: usize = 4 << 20;

/// This rank's box of an array, to be written.
pub(super) struct Part<'a> {
    pub region: Region,
    pub values: &'a [u8],
}

/// This rank's box of an array, to be read.
pub(super) struct PartMut<'a> {
    pub region: Region,
    pub values: &'a mut [u8],
}

/// Writes this rank's box of each of the arrays of a file, which the root has laid out, and compares
/// them with the data on the disk. Collective.
///
/// # Errors
/// The same on all ranks: a file that an aggregator cannot open, a failing disk.
pub(super) fn fill(world: &World, path: &Path, arrays: Vec<Array>, parts: &[Part]) -> Result<()> {
    let mut filling = Filling::begin(world, path, arrays);
    filling.write(parts);
    filling.finish()
}

/// Arrays of a file that are filled box by box.
pub(super) struct Filling<'a> {
    world: &'a World,
    group: Rc<World>,
    path: &'a Path,
    arrays: Vec<Array>,
    /// At an aggregator, the file, if it could be opened.
    file: Option<File>,
    /// The first error of this rank.
    done: Result<()>,
    /// At an aggregator, the boxes that it has written, of each of the arrays.
    written: Vec<Vec<Region>>,
    /// Checksum of what this rank has given.
    given: u64,
}

impl<'a> Filling<'a> {
    /// Opens the file. Collective.
    pub fn begin(world: &'a World, path: &'a Path, arrays: Vec<Array>) -> Self {
        let group = world.group();
        let opened = group.is_root().then(|| open(path, File::options().read(true).write(true)));
        let mut file = None;
        let done = opened.transpose().map(|opened| file = opened);
        Self { world, group, path, arrays, file, done, written: Vec::new(), given: 0 }
    }

    /// Writes this rank's box of each of the arrays. Collective, with as many calls on all ranks; an error
    /// waits for [`Filling::finish`].
    pub fn write(&mut self, parts: &[Part]) {
        let Self { group, path, arrays, file, .. } = self;
        for (n, (array, part)) in arrays.iter().zip(parts).enumerate() {
            let sum = |extent: Extent| array.sum(n, &extent, &part.values[extent.own()]);
            self.given = array.extents(&part.region).map(sum).fold(self.given, u64::wrapping_add);
        }
        let regions = gather_regions(group, parts.iter().map(|part| &part.region));
        if !group.is_root() {
            return arrays.iter().zip(parts).for_each(|(array, part)| send_box(group, array, part));
        }
        let mut writer = Writer { file: file.as_ref(), at: 0, held: Vec::new(), result: Ok(()) };
        for (n, array) in arrays.iter().enumerate() {
            for (member, regions) in regions.iter().enumerate() {
                receive_box(group, member, array, &regions[n], parts[n].values, &mut writer);
            }
        }
        writer.flush();
        let written = writer.result.map_err(|error| failed("write", path, error));
        let done = std::mem::replace(&mut self.done, Ok(()));
        self.done = done.and(written);
        self.written.extend(regions);
    }

    /// Syncs the written data to the disk and compares them with what was given. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that an aggregator could not open, a failing disk.
    pub fn finish(self) -> Result<()> {
        let Self { world, path, arrays, file, done, written, given, .. } = self;
        // Every node has its own cache, so every aggregator syncs its own bytes.
        let sync = || file.as_ref().map_or(Ok(()), File::sync_all);
        world.agree(done.and_then(|()| sync().map_err(|error| failed("sync", path, error))))?;
        let (mut stored, mut held) = (Ok(0_u64), Vec::new());
        for (n, region) in written.iter().flat_map(|regions| regions.iter().enumerate()) {
            let sum = file.as_ref().map_or(Ok(0), |file| stored_sum(file, &arrays[n], n, region, &mut held));
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
    let group = world.group();
    let regions = gather_regions(&group, parts.iter().map(|part| &part.region));
    if !group.is_root() {
        for (array, part) in arrays.iter().zip(parts) {
            for extent in array.extents(&part.region) {
                group.receive(0, &mut part.values[extent.own()]);
            }
        }
        return world.agree(Ok(()));
    }
    let opened = open(path, File::options().read(true));
    let mut reader = Reader { file: opened.as_ref().ok(), at: 0, held: Vec::new(), end: 0, result: Ok(()) };
    for (n, array) in arrays.iter().enumerate() {
        let extents = |member: usize| array.extents(&regions[member][n]);
        reader.end = (0..group.size()).flat_map(extents).map(|extent| extent.end()).max().unwrap_or(0);
        for extent in extents(0) {
            reader.read_into(array, &extent, &mut parts[n].values[extent.own()]);
        }
        for member in 1..group.size() {
            extents(member).for_each(|extent| group.send(member, reader.read(array, &extent)));
        }
    }
    let result = reader.result.map_err(|error| failed("read", path, error));
    world.agree(opened.and(result))
}

/// The error for a file that, read back, does not hold the data just written.
pub(super) fn not_held(path: &Path) -> Error {
    Error::failure(format!(
        "{} does not hold the data just written: the disk is full or fails; free some space",
        path.display()
    ))
}

fn open(path: &Path, options: &mut std::fs::OpenOptions) -> Result<File> {
    files::open_as(path, options).map_err(|error| failed("open", path, error))
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format!("cannot {what} {}", path.display()), error)
}

/// The regions of all ranks of a group, at its root; those of this rank alone elsewhere.
fn gather_regions<'a>(group: &World, own: impl Iterator<Item = &'a Region>) -> Vec<Vec<Region>> {
    let mut words: Vec<u64> = own.flat_map(|region| region.0.as_flattened().to_vec()).collect();
    let regions = |words: &[u64]| words.as_chunks::<6>().0.iter().map(Region::from_words).collect();
    if !group.is_root() {
        group.send(0, bytemuck::cast_slice(&words));
        return Vec::new();
    }
    let mut all: Vec<Vec<Region>> = vec![regions(&words)];
    for member in 1..group.size() {
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

/// Reads from a file, ahead of what is asked for.
struct Reader<'a> {
    file: Option<&'a File>,
    /// The place of the bytes that are held.
    at: u64,
    held: Vec<u8>,
    /// Nobody asks for bytes from here on.
    end: u64,
    /// The first error; after it, what is read is undefined.
    result: io::Result<()>,
}

impl Reader<'_> {
    fn read_into(&mut self, array: &Array, extent: &Extent, bytes: &mut [u8]) {
        if extent.length < ROUND / 2 {
            return bytes.copy_from_slice(self.read(array, extent));
        }
        self.get(extent.at, bytes);
        array.to_native_order(bytes);
    }

    fn read(&mut self, array: &Array, extent: &Extent) -> &[u8] {
        let held = self.at..self.at + self.held.len() as u64;
        if !(held.start <= extent.at && extent.end() <= held.end) {
            let mut held = std::mem::take(&mut self.held);
            // The end may lie before an extent only after an error.
            let length = (self.end.saturating_sub(extent.at)).min(ROUND as u64) as usize;
            held.resize(length.max(extent.length), 0);
            self.get(extent.at, &mut held);
            array.to_native_order(&mut held);
            (self.at, self.held) = (extent.at, held);
        }
        let begin = (extent.at - self.at) as usize;
        &self.held[begin..begin + extent.length]
    }

    fn get(&mut self, at: u64, bytes: &mut [u8]) {
        if let (Some(file), Ok(())) = (self.file, &self.result) {
            self.result = file.read_exact_at(bytes, at);
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
