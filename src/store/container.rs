//! Files, groups, datasets and attributes of HDF5 with common properties: the newest format, whose
//! metadata carry checksums; contiguous data; no times of creation, which would make equal files
//! differ.

use super::directory;
use super::foreign::{read_text, text_type, write_text};
use super::header::STATISTICS;
use crate::program::Program;
use hdf5::dataset::{AllocTime, FillTime, Layout};
use hdf5::{Dataset, Extents, File, FileBuilder, Group, H5Type, Location};
use std::path::Path;

/// Format number of files of a kind; a reader refuses newer formats.
pub(super) fn format_of(kind: &str) -> u64 {
    if kind == STATISTICS { 2 } else { 1 }
}

/// Options for the format of HDF5 1.10, which all later versions read. No locks: files get their name
/// only when they are complete, and many parallel file systems do not support locks.
fn options() -> FileBuilder {
    let mut builder = FileBuilder::new();
    builder.fapl().libver_v110().file_locking(false);
    builder.fcpl().obj_track_times(false);
    builder
}

/// Creates a file, by one rank alone, with the attributes that state its origin; `room` is an upper
/// bound of its size.
pub(super) fn create(path: &Path, program: Program, kind: &str, room: u64) -> hdf5::Result<File> {
    options().create_excl(path)?.close()?;
    directory::set_apart(path, room).map_err(|error| error.message)?;
    let file = append(path)?;
    put_text(&file, "program", "rogallo")?;
    put_text(&file, "version", program.version)?;
    put_text(&file, "commit", program.commit)?;
    put_text(&file, "kind", kind)?;
    put(&file, "format", format_of(kind))?;
    Ok(file)
}

/// Creates a file without attributes, of unknown size.
pub(super) fn create_plain(path: &Path) -> hdf5::Result<File> {
    options().create_excl(path)
}

/// Opens a file for one rank alone.
pub(super) fn open(path: &Path) -> hdf5::Result<File> {
    options().open(path)
}

/// Opens a file to add to it, for one rank alone.
pub(super) fn append(path: &Path) -> hdf5::Result<File> {
    options().open_rw(path)
}

pub(super) fn group(parent: &Group, name: &str) -> hdf5::Result<Group> {
    parent.create_group_builder().obj_track_times(false).create(name)
}

/// Creates a dataset with its space in the file, to be filled later; its values are undefined until
/// then.
pub(super) fn dataset<T: H5Type>(
    parent: &Group,
    name: &str,
    shape: impl Into<Extents>,
    units: &str,
) -> hdf5::Result<Dataset> {
    let dataset = parent
        .new_dataset_builder()
        .empty::<T>()
        .shape(shape)
        .layout(Layout::Contiguous)
        .alloc_time(Some(AllocTime::Early))
        .fill_time(FillTime::Never)
        .obj_track_times(false)
        .create(name)?;
    put_text(&dataset, "units", units)?;
    Ok(dataset)
}

/// What is wrong with a dataset whose bytes do not lie one after the other, and the cure.
pub(super) const CHUNKED: &str =
    "stored in chunks, which rogallo does not read: copy the file with `h5repack -l CONTI OLD NEW`";

/// Returns whether the bytes of a dataset do not lie one after the other. One that holds none, whatever it
/// claims, is not a matter of chunks.
pub(super) fn is_chunked(dataset: &Dataset) -> bool {
    dataset.storage_size() > 0 && dataset.is_chunked()
}

/// The number of elements of a dataset. Checks that the file holds their bytes, since a damaged shape
/// may claim any number of them.
pub(super) fn elements(dataset: &Dataset) -> hdf5::Result<usize> {
    if is_chunked(dataset) {
        return Err(format!("it is {CHUNKED}").into());
    }
    let shape = dataset.shape();
    let claimed = shape
        .iter()
        .try_fold(dataset.dtype()?.size() as u64, |product, &length| product.checked_mul(length as u64));
    let stored = dataset.storage_size();
    if claimed != Some(stored) {
        return Err(format!("its shape is {shape:?}, but the file holds {stored} bytes of it").into());
    }
    Ok(shape.iter().product())
}

/// All values of a dataset, the last axis fastest.
pub(super) fn values<T: H5Type>(dataset: &Dataset) -> hdf5::Result<Vec<T>> {
    let room = Vec::<T>::new().try_reserve_exact(elements(dataset)?);
    room.map_err(|error| format!("not enough memory for its {} bytes: {error}", dataset.storage_size()))?;
    dataset.read_raw()
}

pub(super) fn put<T: H5Type>(place: &Location, name: &str, value: T) -> hdf5::Result<()> {
    place.new_attr::<T>().create(name)?.write_scalar(&value)
}

pub(super) fn get<T: H5Type>(place: &Location, name: &str) -> hdf5::Result<T> {
    place.attr(name)?.read_scalar()
}

/// All values of an attribute, the last axis fastest.
pub(super) fn attribute<T: H5Type>(place: &Location, name: &str) -> hdf5::Result<Vec<T>> {
    place.attr(name)?.read_raw()
}

pub(super) fn put_text(place: &Location, name: &str, text: &str) -> hdf5::Result<()> {
    write_text(&place.new_attr_builder().empty_as(text_type(text)).create(name)?, text)
}

pub(super) fn get_text(place: &Location, name: &str) -> hdf5::Result<String> {
    read_text(&place.attr(name)?)
}
