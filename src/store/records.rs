//! Records in files. Every rank holds them completely, so the root writes them alone.
//!
//! ```text
//! NAME   dataset f64 of the record's shape; attributes units, description, axes ("y, kx"), checksum
//! ```
//!
//! They are in the group `/statistics` of a checkpoint. A file of statistics has the attributes and
//! `/numbers` of a checkpoint, and its records at `/`. Its format is 2: one batch, weighted by
//! time, y ascending; 1 had all samples of a run, counted, y descending.

use super::container::{self, get, get_text, put_text};
use super::foreign::{because, cause};
use super::header::{CHECKPOINT, NUMBERS, STATISTICS, advice, open_checked, put_header};
use super::transfer::not_held;
use super::{Header, Record, checksum, directory};
use crate::error::{Error, Result};
use crate::parallel::World;
use crate::program::Program;
use crate::statistics::Batch;
use hdf5::{Dataset, File, Group};
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
/// it is complete and on the disk; an existing file is replaced. Collective; `records` are the same on
/// all ranks, and none is called "numbers".
///
/// # Errors
/// The same on all ranks: no space, a directory that cannot be written, a failing disk. An existing
/// file is then untouched, and the partial one is removed.
pub fn write_statistics(world: &World, path: &Path, header: &Header, records: &[Record]) -> Result<()> {
    world.root_does(|| {
        let partial = directory::partial(path);
        let written = write_partial(&partial, world.program(), header, records)
            .and_then(|()| directory::publish(&partial, path));
        if written.is_err() {
            // The first error is the one to report.
            let _ = directory::discard(&partial);
        }
        written
    })
}

fn write_partial(partial: &Path, program: Program, header: &Header, records: &[Record]) -> Result<()> {
    directory::discard(partial)?;
    let bytes = METADATA + header.case.len() as u64 + size_estimate(records);
    partial.parent().map_or(Ok(()), |directory| directory::check_room(directory, bytes))?;
    let fill = || {
        let file = container::create(partial, program, STATISTICS, bytes)?;
        put_header(&file, header)?;
        put(&file, records)?;
        file.close()
    };
    fill().map_err(because(format!("cannot create the statistics {}", partial.display())))?;
    directory::sync(partial)?;
    compare(partial, records)
}

/// Reads the records of a checkpoint, in alphabetical order, and verifies their checksums. Only the
/// root reads the file; all ranks get the records. Empty if the file has no such group. Collective.
///
/// # Errors
/// The same on all ranks: those of `read_header`; data that do not match their checksum.
pub fn read_records(world: &World, file: &Path) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    world.root_does(|| {
        records = read_sound(file, CHECKPOINT)?.1;
        Ok(())
    })?;
    share(world, &records)
}

/// Reads a file of statistics and verifies its checksums; the records are in alphabetical order.
/// Serial: for one process alone, without MPI.
///
/// # Errors
/// A file that is missing, damaged, foreign or of a newer format.
pub fn read_statistics(file: &Path) -> Result<(Header, Vec<Record>)> {
    read_sound(file, STATISTICS)
}

/// Reads the open batch of a checkpoint; none before the first sample. Serial: for one process alone,
/// without MPI.
///
/// # Errors
/// Those of [`read_statistics`].
pub fn read_open_batch(checkpoint: &Path) -> Result<Option<(Header, Batch)>> {
    let (header, mut records) = read_sound(checkpoint, CHECKPOINT)?;
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

/// Header and records of a file of this kind.
fn read_sound(path: &Path, kind: &str) -> Result<(Header, Vec<Record>)> {
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
    let sound = |dataset: &Dataset| match get_record(dataset) {
        Ok((record, true)) => Ok(record),
        Ok((_, false)) => Err(failed(&dataset.name(), "their checksum does not match")),
        Err(error) => Err(failed(&dataset.name(), &cause(&error))),
    };
    Ok((header, datasets.iter().map(sound).collect::<Result<_>>()?))
}

/// Broadcasts the records of the root to all ranks.
fn share(world: &World, records: &[Record]) -> Result<Vec<Record>> {
    let texts = records.iter().flat_map(|record| {
        let Record { name, units, description, axes, .. } = record;
        [name.clone(), units.clone(), description.clone(), axes.join(SEPARATOR)]
    });
    let texts = world.root_text(|| Ok(texts.collect::<Vec<_>>().join("\0")))?;
    let shapes = records
        .iter()
        .flat_map(|record| [record.shape.len()].into_iter().chain(record.shape.iter().copied()));
    let mut shapes: Vec<u64> = shapes.map(|length| length as u64).collect();
    world.broadcast(0, &mut shapes);
    let mut values: Vec<f64> = records.iter().flat_map(|record| record.values.iter().copied()).collect();
    world.broadcast(0, &mut values);

    let mut texts = texts.split('\0').map(str::to_string);
    let mut text = || texts.next().unwrap_or_default();
    let (mut shapes, mut values) = (shapes.into_iter().map(|length| length as usize), values.into_iter());
    let mut shared = Vec::new();
    while let Some(dimensions) = shapes.next() {
        let shape: Vec<usize> = shapes.by_ref().take(dimensions).collect();
        let size = shape.iter().product();
        let (name, units, description, axes) = (text(), text(), text(), split(&text()));
        shared.push(Record {
            name,
            units,
            description,
            axes,
            shape,
            values: values.by_ref().take(size).collect(),
        });
    }
    Ok(shared)
}

/// Upper bound of the size of records in a file.
pub(super) fn size_estimate(records: &[Record]) -> u64 {
    let bytes = |record: &Record| {
        let Record { name, units, description, axes, values, .. } = record;
        let texts = name.len() + units.len() + description.len() + axes.join(SEPARATOR).len();
        (size_of_val(&values[..]) + texts) as u64 + METADATA_EACH
    };
    records.iter().map(bytes).sum()
}

/// Adds records to a group; by the root alone.
pub(super) fn put(group: &Group, records: &[Record]) -> hdf5::Result<()> {
    records.iter().try_for_each(|record| {
        let Record { name, units, description, axes, shape, values } = record;
        if axes.len() != shape.len() {
            return Err(format!("\"{name}\" has {} axes, but {} dimensions", axes.len(), shape.len()).into());
        }
        let dataset = container::dataset::<f64>(group, name, &shape[..], units)?;
        put_text(&dataset, "description", description)?;
        put_text(&dataset, "axes", &axes.join(SEPARATOR))?;
        container::put(&dataset, "checksum", checksum::of_reals(values))?;
        dataset.write_raw(values)
    })
}

/// A record, and whether its values match its checksum.
pub(super) fn get_record(dataset: &Dataset) -> hdf5::Result<(Record, bool)> {
    let record = Record {
        name: dataset.name().rsplit('/').next().unwrap_or_default().to_string(),
        units: get_text(dataset, "units")?,
        description: get_text(dataset, "description")?,
        axes: split(&get_text(dataset, "axes")?),
        shape: dataset.shape(),
        values: container::values(dataset)?,
    };
    let sound = get::<u64>(dataset, "checksum")? == checksum::of_reals(&record.values);
    Ok((record, sound))
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

/// Reads the records back: the file must hold all of them, with the checksums that they had in
/// memory.
pub(super) fn compare(path: &Path, records: &[Record]) -> Result<()> {
    let all_sound = |file: &File| {
        let stored = datasets(file)?;
        let sound = stored
            .iter()
            .try_fold(true, |sound, dataset| Ok::<_, hdf5::Error>(sound & get_record(dataset)?.1))?;
        Ok(sound && stored.len() == records.len())
    };
    match container::open(path).and_then(|file| all_sound(&file)) {
        Ok(true) => Ok(()),
        _ => Err(not_held(path)),
    }
}

fn split(axes: &str) -> Vec<String> {
    axes.split(SEPARATOR).filter(|axis| !axis.is_empty()).map(str::to_string).collect()
}
