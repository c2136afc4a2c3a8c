//! Records in files. The root writes what it has alone; of the large ones, each rank writes its box.
//!
//! ```text
//! NAME   dataset f64 of the record's shape; attributes units, description, axes ("y, kx"), checksum
//! ```
//!
//! They are in the group `/statistics` of a checkpoint. A file of statistics has the attributes and
//! `/numbers` of a checkpoint, and its records at `/`. Its format is 2: one batch, weighted by
//! time, y ascending; 1 had all samples of a run, counted, y descending.

use super::array::{Array, Region};
use super::container::{self, get, get_text, put_text};
use super::foreign::{because, cause};
use super::header::{CHECKPOINT, NUMBERS, STATISTICS, advice, open_checked, put_header};
use super::transfer::{self, Part, not_held};
use super::{Header, Record, Records, checksum, directory};
use crate::error::{Error, Result};
use crate::parallel::World;
use crate::statistics::{Batch, RecordPart};
use hdf5::{Dataset, File, Group};
use std::collections::HashSet;
use std::path::Path;

/// The group of the records in a checkpoint.
pub(super) const GROUP: &str = "statistics";

/// Separator of the names of the axes.
const SEPARATOR: &str = ", ";

/// Upper bound of the size of the metadata of a file of statistics.
const METADATA: u64 = 16 << 10;
/// Upper bound of the size of the metadata of a record without its texts.
const METADATA_EACH: u64 = 1 << 10;

/// Writes a file of statistics to `path`, whose directory must exist. The file gets its name only when
/// it is complete and on the disk; an existing file is replaced. Collective; no record is called
/// "numbers".
///
/// # Errors
/// The same on all ranks: no space, a directory that cannot be written, a failing disk. An existing
/// file is then untouched, and the partial one is removed.
pub fn write_statistics(world: &World, path: &Path, header: &Header, records: &Records) -> Result<()> {
    let (partial, sums) = (directory::partial(path), sums_of_parts(world, records));
    let lay_out = || {
        directory::discard(&partial)?;
        let bytes = METADATA + header.case.len() as u64 + size_estimate(records);
        partial.parent().map_or(Ok(()), |directory| directory::check_room(directory, bytes))?;
        let fill = || {
            let file = container::create(&partial, world.program(), STATISTICS, bytes)?;
            put_header(&file, header)?;
            let arrays = put(&file, records, &sums)?;
            file.close().map(|()| arrays)
        };
        let arrays =
            fill().map_err(because(format!("cannot create the statistics {}", partial.display())))?;
        directory::reserve(&partial)?;
        Ok(arrays)
    };
    let finish = || compare(&partial, records).and_then(|()| directory::publish(&partial, path));
    transfer::make(world, &partial, lay_out, &parts_from(0, records), finish)
}

/// The checksums of the records of which each rank has a part. Collective.
pub(super) fn sums_of_parts(world: &World, records: &Records) -> Vec<u64> {
    let sum = |RecordPart { record: Record { shape, values, .. }, place }: &RecordPart| {
        checksum::of_box(shape.iter().skip(1).product(), place, values)
    };
    let mut sums: Vec<u64> = records.parts.iter().map(sum).collect();
    world.sum_u64(&mut sums);
    sums
}

/// This rank's boxes of records, whose arrays are the ones from `first` on.
pub(super) fn parts_from(first: usize, records: &Records) -> Vec<Part<'_>> {
    let parts = (first..).zip(&records.parts).map(|(array, RecordPart { record, place })| Part {
        array,
        region: Region::of_box(place),
        values: bytemuck::cast_slice(&record.values),
    });
    parts.collect()
}

/// Reads a file of statistics and verifies its checksums; the records are in alphabetical order.
/// Serial: for one process alone, without MPI.
///
/// # Errors
/// A file that is missing, damaged, foreign or of a newer format.
pub fn read_statistics(file: &Path) -> Result<(Header, Vec<Record>)> {
    read_sound(file, STATISTICS, get_record)
}

/// Reads the open batch of a checkpoint; none before the first sample. Serial: for one process alone,
/// without MPI.
///
/// # Errors
/// Those of [`read_statistics`].
pub fn read_open_batch(checkpoint: &Path) -> Result<Option<(Header, Batch)>> {
    let (header, mut records) = read_sound(checkpoint, CHECKPOINT, get_record)?;
    records.retain(|record| !record.is_kept());
    if records.is_empty() {
        return Ok(None);
    }
    let batch = Batch::new(records).map_err(|error| {
        Error::input(format!(
            "the averages in {} are of another version of rogallo: {}",
            checkpoint.display(),
            error.message
        ))
    })?;
    Ok(Some((header, batch)))
}

/// Header and records of a file of this kind; `read` reads a record and tells whether it is sound.
pub(super) fn read_sound<R>(
    path: &Path,
    kind: &str,
    read: impl Fn(&Dataset) -> hdf5::Result<(R, bool)>,
) -> Result<(Header, Vec<R>)> {
    let (file, header) = open_checked(path, &[kind])?;
    let failed = |place: &str, what: &str| {
        Error::input(format!(
            "the data of \"{place}\" in {} are damaged: {what}; {}",
            path.display(),
            advice(kind)
        ))
    };
    let group = if kind == CHECKPOINT { format!("/{GROUP}") } else { "/".into() };
    let datasets = datasets(&file).map_err(|error| failed(&group, &cause(&error)))?;
    let sound = |dataset: &Dataset| match read(dataset) {
        Ok((record, true)) => Ok(record),
        Ok((_, false)) => Err(failed(&dataset.name(), "their checksum does not match")),
        Err(error) => Err(failed(&dataset.name(), &cause(&error))),
    };
    Ok((header, datasets.iter().map(sound).collect::<Result<_>>()?))
}

/// Upper bound of the size of records in a file.
pub(super) fn size_estimate(records: &Records) -> u64 {
    let bytes = |record: &Record| {
        let Record { name, units, description, axes, shape, .. } = record;
        let texts = name.len() + units.len() + description.len() + joined(axes).len();
        (size_of::<f64>() * shape.iter().product::<usize>() + texts) as u64 + METADATA_EACH
    };
    records.whole.iter().chain(records.parts.iter().map(|part| &part.record)).map(bytes).sum()
}

/// Adds records to a group; of those of which each rank has a part, with these checksums, returns the
/// arrays to be filled. By the root alone.
pub(super) fn put(group: &Group, records: &Records, sums: &[u64]) -> hdf5::Result<Vec<Array>> {
    for record in &records.whole {
        create(group, record, checksum::of_reals(0, &record.values))?.write_raw(&record.values)?;
    }
    let part = |(RecordPart { record, .. }, sum): (&RecordPart, &u64)| {
        let array = Array::new(&create(group, record, *sum)?, size_of::<f64>())?;
        Ok(array.rows(record.shape.len()))
    };
    records.parts.iter().zip(sums).map(part).collect()
}

/// Creates the dataset of a record, to be filled later.
fn create(group: &Group, record: &Record, sum: u64) -> hdf5::Result<Dataset> {
    let Record { name, units, description, axes, shape, .. } = record;
    if axes.len() != shape.len() {
        return Err(format!("\"{name}\" has {} axes, but {} dimensions", axes.len(), shape.len()).into());
    }
    let dataset = container::dataset::<f64>(group, name, &shape[..], units)?;
    put_text(&dataset, "description", description)?;
    put_text(&dataset, "axes", &joined(axes))?;
    container::put(&dataset, "checksum", sum)?;
    Ok(dataset)
}

/// A record, and whether its values match its checksum.
pub(super) fn get_record(dataset: &Dataset) -> hdf5::Result<(Record, bool)> {
    let (record, stored) = head(dataset)?;
    let record = Record { values: container::values(dataset)?, ..record };
    let sound = stored == checksum::of_reals(0, &record.values);
    Ok((record, sound))
}

/// A record without its values, and its checksum.
pub(super) fn head(dataset: &Dataset) -> hdf5::Result<(Record, u64)> {
    let record = Record {
        name: dataset.name().rsplit('/').next().unwrap_or_default().to_string(),
        units: get_text(dataset, "units")?,
        description: get_text(dataset, "description")?,
        axes: split(&get_text(dataset, "axes")?),
        shape: dataset.shape(),
        values: Vec::new(),
    };
    Ok((record, get(dataset, "checksum")?))
}

/// The records of a file of either kind, in alphabetical order. They are opened by name: otherwise
/// HDF5 searches the file for the name of a dataset, and finds none if it meets damage.
pub(super) fn datasets(file: &File) -> hdf5::Result<Vec<Dataset>> {
    let is_statistics = get_text(file, "kind")? == STATISTICS;
    let group = if is_statistics {
        file.group("/")?
    } else if file.member_names()?.iter().any(|name| name == GROUP) {
        file.group(GROUP)?
    } else {
        return Ok(Vec::new());
    };
    let mut names = group.member_names()?;
    names.retain(|name| !is_statistics || name != NUMBERS);
    names.sort();
    names.iter().map(|name| group.dataset(name)).collect()
}

/// Reads back the records that the root has written: the file must hold all records, these with the
/// checksums that they had in memory. The others were compared when they were written.
pub(super) fn compare(path: &Path, records: &Records) -> Result<()> {
    let all_sound = |file: &File| {
        let stored = datasets(file)?;
        let names: HashSet<&str> = records.whole.iter().map(|record| &*record.name).collect();
        let mut own = stored
            .iter()
            .filter(|dataset| names.contains(dataset.name().rsplit('/').next().unwrap_or_default()));
        let sound =
            own.try_fold(true, |sound, dataset| Ok::<_, hdf5::Error>(sound & get_record(dataset)?.1))?;
        Ok(sound && stored.len() == records.whole.len() + records.parts.len())
    };
    match container::open(path).and_then(|file| all_sound(&file)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(not_held(path)),
        Err(found) => {
            let error = not_held(path);
            Err(Error { message: format!("{} ({})", error.message, cause(&found)), ..error })
        }
    }
}

/// The names of axes as they are stored.
pub(super) fn joined(axes: &[String]) -> String {
    axes.join(SEPARATOR)
}

pub(super) fn split(axes: &str) -> Vec<String> {
    axes.split(SEPARATOR).filter(|axis| !axis.is_empty()).map(str::to_string).collect()
}
