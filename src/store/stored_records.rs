//! The records of a checkpoint, for a run that continues: numbers and profiles go to every rank; of a
//! record of two axes or more, a rank reads what it needs.

use super::array::{Array, Region};
use super::checksum;
use super::container;
use super::header::CHECKPOINT;
use super::records::{get_record, head, joined, read_sound, split};
use super::transfer::Source;
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use crate::statistics::{Record, RecordPart, Records};
use std::cell::Cell;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Records of a checkpoint, in alphabetical order.
pub struct StoredRecords {
    /// Those of one axis or none.
    small: Vec<Record>,
    /// The others without their values, and where these lie.
    large: Vec<(Record, Array)>,
    /// Of batches that could not be written, such as `small`; at the root, nothing elsewhere.
    kept: Vec<Record>,
    source: Source,
}

impl StoredRecords {
    /// Opens the records of the checkpoint at `path`; there may be none. The root alone verifies their
    /// checksums. Collective.
    ///
    /// # Errors
    /// The same on all ranks: those of [`super::read_header`]; data that do not match their checksum; an
    /// aggregator that cannot open the file.
    pub fn open(world: &World, path: &Path) -> Result<Self> {
        let (mut records, mut arrays) = (Vec::new(), Vec::new());
        world.root_does(|| {
            let failed = |error: io::Error| Error::io(format!("cannot read {}", path.display()), error);
            let file = files::open(path).map_err(failed)?;
            // A failing disk is no damage of the file.
            let disk = Cell::new(None);
            let found = read_sound(path, CHECKPOINT, |dataset| {
                if dataset.ndim() < 2 {
                    return get_record(dataset).map(|(record, sound)| ((record, None), sound));
                }
                container::elements(dataset)?;
                let array = Array::new(dataset, size_of::<f64>())?.rows(dataset.ndim());
                let sum = stored_reals(&file, &array).map_err(|error| {
                    let text = error.to_string();
                    disk.set(Some(error).filter(|error| error.kind() != io::ErrorKind::UnexpectedEof));
                    text
                })?;
                let (record, stored) = head(dataset)?;
                Ok(((record, Some(array)), stored == sum))
            });
            if let Some(error) = disk.take() {
                return Err(failed(error));
            }
            let (_, found) = found?;
            for (record, array) in found {
                arrays.extend(array);
                records.push(record);
            }
            Ok(())
        })?;
        let is_small = |record: &Record| record.shape.len() < 2;
        let kept = records.extract_if(.., |record| record.is_kept() && is_small(record)).collect();
        let mut records = share(world, &records)?;
        let small = records.extract_if(.., |record| is_small(record)).collect();
        let large = records.into_iter().zip(Array::share(world, arrays)).collect();
        let mut source = Source::open(world, path);
        source.agree(world)?;
        Ok(Self { small, large, kept, source })
    }

    /// The records of one axis or none, the same on all ranks.
    pub fn small(&self) -> &[Record] {
        &self.small
    }

    /// The records of two axes or more, without their values; the same on all ranks.
    pub fn large(&self) -> impl Iterator<Item = &Record> {
        self.large.iter().map(|(record, _)| record)
    }

    /// Reads this rank's box ([`RecordPart`]) of the record of two axes or more with this name. Collective; a
    /// file that cannot be read is an error of [`StoredRecords::agree`].
    ///
    /// # Errors
    /// The same on all ranks: there is no such record, or it has another shape.
    pub fn read(&mut self, name: &str, shape: &[usize], place: &[Range<usize>; 2]) -> Result<Vec<f64>> {
        match self.large.iter().find(|(record, _)| record.name == name) {
            Some((record, array)) if record.shape == shape => Ok(read(&mut self.source, array, place)),
            Some((record, _)) => Err(Error::input(format!(
                "its statistics \"{name}\" have the shape {:?}, not {shape:?}",
                record.shape
            ))),
            None => Err(Error::input(format!("it has statistics, but no \"{name}\""))),
        }
    }

    /// Takes out the records of batches that could not be written; of the large ones, each rank has some
    /// rows. Collective.
    pub fn take_kept(&mut self, world: &World) -> Records {
        let own = |rows: usize, rank: usize| rows * rank / world.size();
        let mut parts = Vec::new();
        for (mut record, array) in self.large.extract_if(.., |(record, _)| record.is_kept()) {
            let (rows, columns) = (record.shape[0], record.shape[1..].iter().product());
            let place = [own(rows, world.rank())..own(rows, world.rank() + 1), 0..columns];
            record.values = read(&mut self.source, &array, &place);
            parts.push(RecordPart { record, place });
        }
        Records { whole: std::mem::take(&mut self.kept), parts }
    }

    /// Agrees on the errors of reading. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that cannot be read.
    pub fn agree(&mut self, world: &World) -> Result<()> {
        self.source.agree(world)
    }
}

fn read(source: &mut Source, array: &Array, place: &[Range<usize>; 2]) -> Vec<f64> {
    let mut values = vec![0.0_f64; place.iter().map(Range::len).product()];
    source.read(array, &[Region::of_box(place)], bytemuck::cast_slice_mut(&mut values));
    values
}

/// Broadcasts the records of the root to all ranks.
fn share(world: &World, records: &[Record]) -> Result<Vec<Record>> {
    let texts = records.iter().flat_map(|record| {
        let Record { name, units, description, axes, .. } = record;
        [name.clone(), units.clone(), description.clone(), joined(axes)]
    });
    let texts = world.root_text(|| Ok(texts.collect::<Vec<_>>().join("\0")))?;
    let lengths = records.iter().flat_map(|Record { values, shape, .. }| {
        [values.len(), shape.len()].into_iter().chain(shape.iter().copied())
    });
    let mut lengths: Vec<u64> = lengths.map(|length| length as u64).collect();
    world.broadcast(0, &mut lengths);
    let mut values: Vec<f64> = records.iter().flat_map(|record| record.values.iter().copied()).collect();
    world.broadcast(0, &mut values);

    let mut texts = texts.split('\0').map(str::to_string);
    let mut text = || texts.next().unwrap_or_default();
    let (mut lengths, mut values) = (lengths.into_iter().map(|length| length as usize), values.into_iter());
    let mut shared = Vec::new();
    while let (Some(size), Some(dimensions)) = (lengths.next(), lengths.next()) {
        shared.push(Record {
            name: text(),
            units: text(),
            description: text(),
            axes: split(&text()),
            shape: lengths.by_ref().take(dimensions).collect(),
            values: values.by_ref().take(size).collect(),
        });
    }
    Ok(shared)
}

/// The checksum of an array of real numbers as it is on the disk, read piece by piece. Serial.
fn stored_reals(file: &File, array: &Array) -> io::Result<u64> {
    let mut values: Vec<f64> = Vec::new();
    array.extents(&array.whole()).try_fold(0_u64, |sum, extent| {
        values.resize(extent.length / size_of::<f64>(), 0.0);
        let bytes = bytemuck::cast_slice_mut(&mut values);
        file.read_exact_at(bytes, extent.at)?;
        array.to_native_order(bytes);
        let first = (extent.from / size_of::<f64>()) as u64;
        Ok(sum.wrapping_add(checksum::of_reals(first, &values)))
    })
}
