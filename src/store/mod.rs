//! HDF5 files of all ranks: checkpoints, statistics and snapshots. No other module uses `hdf5`.
//!
//! A file is written in two steps. First the root alone lays it out: header, tables, records, and
//! every dataset with its space and its checksum. Then aggregators, each for a group of ranks, fill the
//! datasets. One process thus writes the metadata, the file is the same, byte for byte, on any number
//! of ranks, and all disk space is reserved before any data are written. The data are read back
//! before the file gets its name.

mod array;
mod batches;
mod checkpoint;
mod checksum;
mod container;
mod directory;
mod foreign;
mod header;
mod inspect;
mod parts;
mod readers;
mod records;
mod remake;
mod rotation;
mod snapshot;
mod stored;
mod stored_records;
mod tables;
mod transfer;
mod xdmf;

pub use batches::{batches, cut_back as cut_back_batches, read_batch, write_batch};
pub use checkpoint::{read_fields, write_checkpoint};
pub use directory::{checkpoint_file, checkpoints, latest_problem, point_latest, set_aside, strays};
pub use header::{is_snapshot, read_header};
pub use inspect::inspect;
pub use parts::{Inventory, Part, Parts, blocks};
pub use records::{read_open_batch, read_statistics, write_statistics};
pub use remake::Remake;
pub use rotation::Rotation;
pub use snapshot::{Block, Boxes, Snapshot, SnapshotHeader, cut_back as cut_back_snapshots, is_in_space};
pub use stored::{StoredCheckpoint, StoredColumn, StoredSnapshot};
pub use stored_records::StoredRecords;
pub use tables::{Variable, write_tables};

use crate::statistics::{Record, Records};
use crate::transform::{Values, ValuesMut};
use std::path::PathBuf;

/// The contents of a checkpoint.
#[derive(Clone, Copy)]
pub struct Contents<'a> {
    pub header: &'a Header,
    /// Tables of modes, and this rank's piece of each.
    pub tables: &'a [Table],
    pub columns: Piece,
    /// This rank's piece of every field.
    pub piece: Piece,
    pub fields: &'a [Field<'a>],
    pub records: &'a Records,
}

/// The description of a run in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Name of the flow.
    pub flow: String,
    pub step: u64,
    pub time: f64,
    /// The resolved case file, TOML.
    pub case: String,
    /// One line that identifies the set of modes, such as "two-thirds 64x64x64"; a restart compares
    /// it with its own.
    pub layout: String,
    /// Further scalars that an exact restart needs. Names are unique; they are read back in
    /// alphabetical order.
    pub numbers: Vec<(String, f64)>,
}

/// Name of the number 1 by which a checkpoint says that the rotation leaves it.
const RETAINED: &str = "retained";

impl Header {
    /// Marks a checkpoint as one that the rotation leaves, or takes the mark away.
    pub fn retain(&mut self, retained: bool) {
        self.numbers.retain(|(name, _)| name != RETAINED);
        self.numbers.extend(retained.then(|| (RETAINED.to_owned(), 1.0)));
    }

    /// Returns whether the rotation leaves the checkpoint.
    pub fn is_retained(&self) -> bool {
        self.numbers.iter().any(|(name, value)| name == RETAINED && *value == 1.0)
    }
}

/// This rank's piece of a table of integers, such as the wavenumber of every column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub units: String,
    pub description: String,
    pub values: Vec<i64>,
}

/// The elements of this rank: `offset .. offset + length` of the `total` modes of a field, or columns of a
/// table. The pieces of all ranks cover it without overlap. A piece may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub offset: u64,
    pub total: u64,
}

/// A spectral field to be written: this rank's piece, in the order of the modes.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    pub name: &'a str,
    pub units: &'a str,
    pub values: Values<'a>,
}

/// A spectral field to be read.
pub struct FieldMut<'a> {
    pub name: &'a str,
    pub values: ValuesMut<'a>,
}

/// A written checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub path: PathBuf,
    /// Size of the file.
    pub bytes: u64,
    /// The error with which deleting old checkpoints failed, if it did; known to the root.
    pub not_pruned: Option<String>,
}

/// Name and version of the file library, for logs.
pub fn library_version() -> String {
    let (major, minor, release) = hdf5::library_version();
    format!("HDF5 {major}.{minor}.{release}")
}
