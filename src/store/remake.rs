//! Writing a checkpoint in parts, by one process that never holds all of it in memory.

use super::array::{Array, Region};
use super::checkpoint::{METADATA, SINGLE, of_field, place, put_field, put_tables};
use super::foreign::because;
use super::header::{CHECKPOINT, put_header};
use super::parts::{checksum_in, narrow};
use super::{Header, Part, Table, container, directory, transfer};
use crate::error::Result;
use crate::parallel::World;
use num_complex::Complex;
use std::path::{Path, PathBuf};

/// An incomplete checkpoint. It is a hidden file until [`Remake::finish`], and is removed if that is
/// not reached.
pub struct Remake<'a> {
    /// The world of this process alone.
    world: &'a World,
    path: PathBuf,
    fields: &'a [Part],
    arrays: Vec<Array>,
    sums: Vec<u64>,
}

impl<'a> Remake<'a> {
    /// Creates the checkpoint at the absolute `path`, whose fields have `total` modes each; all of
    /// them must be written. `world` has one rank.
    ///
    /// # Errors
    /// No space, or a directory that cannot be written.
    pub fn create(
        world: &'a World,
        path: &Path,
        header: &Header,
        tables: &[Table],
        fields: &'a [Part],
        total: u64,
    ) -> Result<Self> {
        let (path, sums) = (path.to_path_buf(), vec![0; fields.len()]);
        let mut remake = Self { world, path, fields, arrays: Vec::new(), sums };
        let partial = remake.partial();
        directory::discard(&partial)?;
        let per_mode = fields.iter().map(|field| if field.precision == SINGLE { 8 } else { 16 }).sum::<u64>();
        let modes: usize = tables.iter().map(|table| size_of_val(&table.values[..])).sum();
        let bytes = total * per_mode + (modes + header.case.len()) as u64 + METADATA;
        remake.path.parent().map_or(Ok(()), |directory| directory::check_room(directory, bytes))?;
        let lay_out = || {
            let file = container::create(&partial, world.program(), CHECKPOINT, bytes)?;
            put_header(&file, header)?;
            put_tables(&file, tables)?;
            let state = container::group(&file, "state")?;
            let arrays = fields.iter().map(|field| {
                let dataset = put_field(&state, &field.name, &field.units, field.precision, total)?;
                of_field(&dataset, field.precision)
            });
            let arrays = arrays.collect::<hdf5::Result<_>>()?;
            drop(state);
            file.close().map(|()| arrays)
        };
        remake.arrays =
            lay_out().map_err(because(format!("cannot create the checkpoint {}", partial.display())))?;
        directory::reserve(&partial)?;
        Ok(remake)
    }

    /// Writes modes of a field, from mode `first` on.
    ///
    /// # Errors
    /// A failing disk. The checkpoint must then be abandoned.
    pub fn write(&mut self, field: usize, first: u64, modes: &[Complex<f64>]) -> Result<()> {
        let Part { precision, .. } = &self.fields[field];
        let region = Region::of(first..first + modes.len() as u64);
        self.sums[field] = self.sums[field].wrapping_add(checksum_in(precision, first, modes));
        let narrowed: Vec<Complex<f32>>;
        let values = match *precision {
            SINGLE => {
                narrowed = modes.iter().map(narrow).collect();
                bytemuck::cast_slice(&narrowed)
            }
            _ => bytemuck::cast_slice(modes),
        };
        let parts = [transfer::Part { region, values }];
        transfer::fill(self.world, &self.partial(), vec![self.arrays[field]], &parts)
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    /// A file that cannot be written or renamed.
    pub fn finish(self) -> Result<()> {
        let partial = self.partial();
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
