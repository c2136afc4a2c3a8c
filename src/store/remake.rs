//! Writing a checkpoint in parts, by one process that never holds all of it in memory.

use super::array::{Array, Region};
use super::checkpoint::{METADATA, SINGLE, of_field, place, put_field, put_tables};
use super::foreign::because;
use super::header::{CHECKPOINT, put_header};
use super::parts::{checksum_in, narrow};
use super::transfer::{self, Filling};
use super::{Header, Part, Table, checksum, container, directory};
use crate::error::Result;
use crate::parallel::World;
use num_complex::Complex;
use std::path::{Path, PathBuf};

/// An incomplete checkpoint. It is a hidden file until [`Remake::finish`], and is removed if that is
/// not reached.
pub struct Remake<'a> {
    path: PathBuf,
    fields: &'a [Part],
    /// Of the fields, then of the tables of modes; none before they are laid out.
    filling: Option<Filling<'a>>,
    sums: Vec<u64>,
}

impl<'a> Remake<'a> {
    /// Creates the checkpoint at the absolute `path`, whose fields have `total` modes each; all of them
    /// must be written, and so must the `tables` of modes, given here in consecutive pieces. `world` has one
    /// rank.
    ///
    /// # Errors
    /// No space, or a directory that cannot be written.
    pub fn create(
        world: &'a World,
        path: &Path,
        header: &Header,
        tables: impl Iterator<Item = Vec<Table>>,
        fields: &'a [Part],
        total: u64,
    ) -> Result<Self> {
        let (path, sums) = (path.to_path_buf(), vec![0; fields.len()]);
        let mut remake = Self { path, fields, filling: None, sums };
        let partial = remake.partial();
        directory::discard(&partial)?;
        let (mut columns, mut of_tables, mut named) = (0, Vec::new(), Vec::new());
        for piece in tables {
            of_tables.resize(piece.len(), 0_u64);
            for (sum, table) in of_tables.iter_mut().zip(&piece) {
                *sum = sum.wrapping_add(checksum::of_table(columns, &table.values));
            }
            columns += piece.first().map_or(0, |table| table.values.len()) as u64;
            named = piece;
        }
        let per_mode = fields.iter().map(|field| if field.precision == SINGLE { 8 } else { 16 }).sum::<u64>();
        let of_columns = 8 * columns * of_tables.len() as u64;
        let bytes = total * per_mode + of_columns + header.case.len() as u64 + METADATA;
        remake.path.parent().map_or(Ok(()), |directory| directory::check_room(directory, bytes))?;
        let lay_out = || {
            let file = container::create(&partial, world.program(), CHECKPOINT, bytes)?;
            put_header(&file, header)?;
            let tables = put_tables(&file, &named, columns, &of_tables)?;
            let state = container::group(&file, "state")?;
            let arrays = fields.iter().map(|field| {
                let dataset = put_field(&state, &field.name, &field.units, field.precision, total)?;
                of_field(&dataset, field.precision)
            });
            let mut arrays: Vec<Array> = arrays.collect::<hdf5::Result<_>>()?;
            arrays.extend(tables);
            drop(state);
            file.close().map(|()| arrays)
        };
        let arrays =
            lay_out().map_err(because(format!("cannot create the checkpoint {}", partial.display())))?;
        directory::reserve(&partial)?;
        remake.filling = Some(Filling::begin(world, &partial, arrays));
        Ok(remake)
    }

    /// Writes modes of a field, from mode `first` on; an error waits for [`Remake::finish`].
    pub fn write(&mut self, field: usize, first: u64, modes: &[Complex<f64>]) {
        let Part { precision, .. } = &self.fields[field];
        self.sums[field] = self.sums[field].wrapping_add(checksum_in(precision, first, modes));
        let region = Region::of(first..first + modes.len() as u64);
        let narrowed: Vec<Complex<f32>>;
        let values = match *precision {
            SINGLE => {
                narrowed = modes.iter().map(narrow).collect();
                bytemuck::cast_slice(&narrowed)
            }
            _ => bytemuck::cast_slice(modes),
        };
        let parts = [transfer::Part { array: field, region, values }];
        self.filling.iter_mut().for_each(|filling| filling.write(&parts));
    }

    /// Writes a piece of the tables of modes, from column `first` on, like [`Remake::write`].
    pub fn write_tables(&mut self, first: u64, tables: &[Table]) {
        let parts = tables.iter().enumerate().map(|(n, Table { values, .. })| transfer::Part {
            array: self.fields.len() + n,
            region: Region::of(first..first + values.len() as u64),
            values: bytemuck::cast_slice(values),
        });
        let parts: Vec<transfer::Part> = parts.collect();
        self.filling.iter_mut().for_each(|filling| filling.write(&parts));
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    /// A failing disk; a file that cannot be renamed.
    pub fn finish(mut self) -> Result<()> {
        let partial = self.partial();
        self.filling.take().map_or(Ok(()), Filling::finish)?;
        let seal = || {
            let file = container::append(&partial)?;
            for (field, &sum) in self.fields.iter().zip(&self.sums) {
                let dataset = file.dataset(&place(&field.name))?;
                container::put(&dataset, "checksum", sum)?;
            }
            file.close()
        };
        seal().map_err(because(format!("cannot complete the checkpoint {}", partial.display())))?;
        directory::sync(&partial)?;
        directory::publish(&partial, &self.path)
    }

    fn partial(&self) -> PathBuf {
        directory::partial(&self.path)
    }
}

impl Drop for Remake<'_> {
    fn drop(&mut self) {
        // After `finish` there is nothing to remove; after an error, that error is the one to report.
        let _ = directory::discard(&self.partial());
    }
}
