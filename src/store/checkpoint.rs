//! Checkpoints: the complete and exact state of a run.
//!
//! ```text
//! /            attributes: program, version, commit, kind, format, flow, step, time, layout, case, checksum
//! /numbers     further scalars, one attribute each
//! /modes       tables of integers (dataset i64 [n] each; attributes units, description, checksum)
//! /state       spectral fields (dataset compound {r, i} [modes] each; attributes units, checksum)
//! /statistics  records, if there are any (see `records`)
//! ```

use super::array::{Array, Region};
use super::container::{self, get, put, put_text};
use super::foreign::{because, cause};
use super::header::{CHECKPOINT, advice, open_checked, put_header};
use super::transfer::{self, Part, PartMut};
use super::{
    Contents, FieldMut, Piece, Rotation, Table, Values, ValuesMut, Written, checksum, directory, records,
};
use crate::error::{Error, Result};
use crate::parallel::World;
use crate::program::Program;
use hdf5::{Dataset, Group, H5Type};
use num_complex::Complex;
use std::path::Path;

/// Upper bound of the size of the metadata, for the estimate of the space needed.
pub(super) const METADATA: u64 = 64 << 10;

/// Names of the precisions, as in `numerics.precision`.
pub(super) const SINGLE: &str = "single";
pub(super) const DOUBLE: &str = "double";

impl Values<'_> {
    fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
        }
    }

    fn bytes_per_mode(&self) -> u64 {
        match self {
            Self::F32(_) => 8,
            Self::F64(_) => 16,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::F32(values) => bytemuck::cast_slice(values),
            Self::F64(values) => bytemuck::cast_slice(values),
        }
    }

    fn checksum(&self, offset: u64) -> u64 {
        match self {
            Self::F32(values) => checksum::of_piece(offset, values),
            Self::F64(values) => checksum::of_piece(offset, values),
        }
    }
}

impl ValuesMut<'_> {
    fn view(&self) -> Values<'_> {
        match self {
            Self::F32(values) => Values::F32(values),
            Self::F64(values) => Values::F64(values),
        }
    }
}

impl Piece {
    fn region(&self, length: usize) -> Region {
        Region::of(self.offset..self.offset + length as u64)
    }
}

/// Writes the checkpoint of the header's step to `directory`, makes `latest` point to it, and
/// deletes older ones as the `rotation` says. The file gets its name only when it is complete and on
/// the disk. Collective.
///
/// # Errors
/// The same on all ranks: no space, a directory that cannot be written, a failing disk. Older
/// checkpoints are then untouched, and the partial file is removed.
pub fn write_checkpoint(
    world: &World,
    directory: &Path,
    rotation: &mut Rotation,
    contents: &Contents,
) -> Result<Written> {
    let Contents { header, tables, columns, piece, fields, records } = *contents;
    let of_fields = fields.iter().map(|field| field.values.checksum(piece.offset));
    let of_tables = tables.iter().map(|table| checksum::of_table(columns.offset, &table.values));
    let mut sums: Vec<u64> = of_fields.chain(of_tables).collect();
    world.sum_u64(&mut sums);
    sums.extend(records::sums_of_parts(world, records));
    let path = directory.join(directory::file_name(header.step, "h5"));
    let partial = directory::partial(&path);
    let (mut bytes, mut not_pruned) = (0, None);
    let lay_out = || {
        directory::make(directory)?;
        directory::sweep(directory)?;
        directory::check_room(directory, size_estimate(contents))?;
        let arrays = lay_out(&partial, world.program(), contents, &sums)
            .map_err(because(format!("cannot create the checkpoint {}", partial.display())))?;
        bytes = directory::reserve(&partial)?;
        Ok(arrays)
    };
    let of_fields = fields.iter().map(|field| (piece.region(field.values.len()), field.values.bytes()));
    let of_tables = tables
        .iter()
        .map(|Table { values, .. }| (columns.region(values.len()), bytemuck::cast_slice(values)));
    let parts = of_fields.chain(of_tables).enumerate();
    let mut parts: Vec<Part> =
        parts.map(|(array, (region, values))| Part { array, region, values }).collect();
    parts.extend(records::parts_from(parts.len(), records));
    let finish = || {
        records::compare(&partial, records)?;
        directory::publish(&partial, &path)?;
        directory::point_latest(directory, header.step)?;
        // A failure to delete does not affect the new checkpoint.
        not_pruned = rotation.prune(directory, header.step).err().map(|error| error.message);
        Ok(())
    };
    transfer::make(world, &partial, lay_out, &parts, finish)?;
    let mut size = vec![bytes];
    world.broadcast(0, &mut size);
    Ok(Written { path, bytes: size[0], not_pruned })
}

fn size_estimate(contents: &Contents) -> u64 {
    let Contents { header, tables, columns, piece, fields, records } = *contents;
    let state: u64 = fields.iter().map(|field| field.values.bytes_per_mode() * piece.total).sum();
    let modes = 8 * columns.total * tables.len() as u64;
    state + modes + header.case.len() as u64 + records::size_estimate(records) + METADATA
}

/// Creates the file with everything but the values of the fields, of the tables of modes and of the records
/// of which each rank has a part, which go into the returned arrays; by the root alone.
fn lay_out(path: &Path, program: Program, contents: &Contents, sums: &[u64]) -> hdf5::Result<Vec<Array>> {
    let Contents { header, tables, columns, piece, fields, records } = *contents;
    let file = container::create(path, program, CHECKPOINT, size_estimate(contents))?;
    put_header(&file, header)?;
    let (of_fields, rest) = sums.split_at(fields.len());
    let (of_tables, of_records) = rest.split_at(tables.len());
    let of_tables = put_tables(&file, tables, columns.total, of_tables)?;
    let state = container::group(&file, "state")?;
    let mut arrays = Vec::new();
    for (field, &sum) in fields.iter().zip(of_fields) {
        let precision = precision_name(&field.values);
        let dataset = put_field(&state, field.name, field.units, precision, piece.total)?;
        put(&dataset, "checksum", sum)?;
        arrays.push(of_field(&dataset, precision)?);
    }
    arrays.extend(of_tables);
    if !records.whole.is_empty() || !records.parts.is_empty() {
        arrays.extend(records::put(&container::group(&file, records::GROUP)?, records, of_records)?);
    }
    drop(state);
    file.close().map(|()| arrays)
}

/// The array of a field of this precision.
pub(super) fn of_field(dataset: &Dataset, precision: &str) -> hdf5::Result<Array> {
    Array::new(dataset, if precision == SINGLE { 4 } else { 8 })
}

/// Creates the tables of modes, of so many columns and with these checksums, to be filled later.
pub(super) fn put_tables(
    file: &Group,
    tables: &[Table],
    columns: u64,
    sums: &[u64],
) -> hdf5::Result<Vec<Array>> {
    let modes = container::group(file, "modes")?;
    let create = |(table, sum): (&Table, &u64)| {
        let dataset = container::dataset::<i64>(&modes, &table.name, columns as usize, &table.units)?;
        put_text(&dataset, "description", &table.description)?;
        put(&dataset, "checksum", *sum)?;
        Array::new(&dataset, 8)
    };
    tables.iter().zip(sums).map(create).collect()
}

/// Creates the dataset of a field with this number of modes and this precision in the group
/// `/state`, to be filled later.
pub(super) fn put_field(
    state: &Group,
    name: &str,
    units: &str,
    precision: &str,
    modes: u64,
) -> hdf5::Result<Dataset> {
    match precision {
        SINGLE => container::dataset::<Complex<f32>>(state, name, modes as usize, units),
        _ => container::dataset::<Complex<f64>>(state, name, modes as usize, units),
    }
}

/// The path of a field in the file.
pub(super) fn place(name: &str) -> String {
    format!("/state/{name}")
}

/// Reads the fields named in `fields`, each rank its piece, and verifies their checksums. The
/// pieces may differ from those with which the file was written. Collective.
///
/// # Errors
/// The same on all ranks: those of `read_header`; a field that is missing, of another precision or
/// another number of modes; data that do not match their checksum. The values in `fields` are
/// undefined then.
pub fn read_fields(world: &World, file: &Path, piece: Piece, fields: &mut [FieldMut]) -> Result<()> {
    let (mut stored, mut arrays) = (Vec::new(), Vec::new());
    world.root_does(|| {
        let (container, _) = open_checked(file, &[CHECKPOINT])?;
        for field in &*fields {
            let (sum, array) = expect(&container, file, field, piece.total)?;
            stored.push(sum);
            arrays.push(array);
        }
        Ok(())
    })?;
    world.broadcast(0, &mut stored);
    let mut parts: Vec<PartMut> = fields
        .iter_mut()
        .map(|field| PartMut {
            region: piece.region(field.values.view().len()),
            values: match &mut field.values {
                ValuesMut::F32(values) => bytemuck::cast_slice_mut(values),
                ValuesMut::F64(values) => bytemuck::cast_slice_mut(values),
            },
        })
        .collect();
    transfer::read(world, file, &Array::share(world, arrays), &mut parts)?;
    let mut found: Vec<u64> = fields.iter().map(|field| field.values.view().checksum(piece.offset)).collect();
    world.sum_u64(&mut found);
    match fields.iter().zip(found.iter().zip(&stored)).find(|(_, (found, stored))| found != stored) {
        Some((field, _)) => Err(Error::input(format!(
            "the data of \"/state/{}\" in {} are damaged: their checksum does not match; {}",
            field.name,
            file.display(),
            advice(CHECKPOINT)
        ))),
        None => Ok(()),
    }
}

/// Checks that the file holds a field of the name and precision of `field`. Returns its checksum and
/// its array.
fn expect(file: &Group, path: &Path, field: &FieldMut, total: u64) -> Result<(u64, Array)> {
    let failed =
        |what: String| Error::input(format!("\"/state/{}\" in {}: {what}", field.name, path.display()));
    let damaged = |error: hdf5::Error| failed(format!("{}; {}", cause(&error), advice(CHECKPOINT)));
    let state = file.group("state").map_err(damaged)?;
    let names = state.member_names().map_err(damaged)?;
    if !names.iter().any(|name| name == field.name) {
        return Err(failed(format!("there is no such field, only {}", names.join(", "))));
    }
    let dataset = state.dataset(field.name).map_err(damaged)?;
    let (stored, expected) = (precision(&dataset).map_err(damaged)?, precision_name(&field.values.view()));
    if stored != expected {
        return Err(failed(format!(
            "stored in {stored} precision, but the case asks for {expected}; set numerics.precision \
             = \"{stored}\""
        )));
    }
    if dataset.shape() != [total as usize] {
        return Err(failed(format!(
            "{:?} modes are stored, but the case has {total}; continue it with the grid it was started with",
            dataset.shape()
        )));
    }
    container::elements(&dataset).map_err(damaged)?;
    let found = get(&dataset, "checksum").and_then(|sum| Ok((sum, of_field(&dataset, stored)?)));
    found.map_err(damaged)
}

fn precision_name(values: &Values) -> &'static str {
    match values {
        Values::F32(_) => SINGLE,
        Values::F64(_) => DOUBLE,
    }
}

/// Precision of a stored field; an error if it is not complex.
pub(super) fn precision(dataset: &Dataset) -> hdf5::Result<&'static str> {
    let stored = dataset.dtype()?.to_descriptor()?;
    if stored == <Complex<f32> as H5Type>::type_descriptor() {
        Ok(SINGLE)
    } else if stored == <Complex<f64> as H5Type>::type_descriptor() {
        Ok(DOUBLE)
    } else {
        Err(format!("stored as {stored}, which is not a complex number").into())
    }
}
