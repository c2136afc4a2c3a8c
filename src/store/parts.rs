//! Reading a checkpoint in parts, by ranks that need other columns than a run of its own case would.

use super::array::{Array, Region};
use super::checkpoint::{SINGLE, of_field, place, precision};
use super::container::{self, get, get_text};
use super::foreign::cause;
use super::header::{CHECKPOINT, advice, open_checked, share_header};
use super::transfer::Source;
use super::{Header, checksum};
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use crate::transform::Order;
use hdf5::{File, H5Type};
use num_complex::Complex;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Maximum number of modes that [`Parts::visit`] holds at a time, unless one column has more.
const BLOCK: i64 = 1 << 16;

/// The tables of modes: n_x, n_z, index of the first mode, number of modes of each column.
const TABLES: [&str; 4] = ["nx", "nz", "first", "count"];

/// What a checkpoint holds, and where.
#[derive(Clone, Debug)]
pub struct Inventory {
    pub header: Header,
    /// Number of columns of modes, and of modes of a field.
    pub columns: u64,
    pub total: u64,
    /// Fields in alphabetical order.
    pub fields: Vec<Part>,
    /// Of the fields, and then of the tables of modes.
    arrays: Vec<Array>,
    /// Checksums of the fields.
    sums: Vec<u64>,
}

/// The description of a field in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub units: String,
    /// Precision, as in `numerics.precision`.
    pub precision: &'static str,
}

impl Inventory {
    /// Looks into the checkpoint at `path`. Serial: for one process alone, without MPI.
    ///
    /// # Errors
    /// Those of [`super::read_header`]; fields or tables that cannot be.
    pub fn new(path: &Path) -> Result<Self> {
        let (file, header) = open_checked(path, &[CHECKPOINT])?;
        let (columns, tables) = tables(&file).map_err(|error| damaged(path, "/modes", &cause(&error)))?;
        let mut inventory =
            Self { header, columns, total: 0, fields: Vec::new(), arrays: Vec::new(), sums: Vec::new() };
        inventory.add_fields(&file).map_err(|error| damaged(path, "/state", &cause(&error)))?;
        inventory.arrays.extend(tables);
        Ok(inventory)
    }

    fn add_fields(&mut self, file: &File) -> hdf5::Result<()> {
        let state = file.group("state")?;
        let mut names = state.member_names()?;
        names.sort();
        for name in names {
            let dataset = state.dataset(&name)?;
            let total = container::elements(&dataset)? as u64;
            if dataset.ndim() != 1 || !self.fields.is_empty() && total != self.total {
                return Err(
                    format!("{name} has {:?} modes, and others {}", dataset.shape(), self.total).into()
                );
            }
            self.total = total;
            let precision = precision(&dataset)?;
            self.arrays.push(of_field(&dataset, precision)?);
            self.sums.push(get(&dataset, "checksum")?);
            self.fields.push(Part { units: get_text(&dataset, "units")?, precision, name });
        }
        Ok(())
    }

    /// All modes of a field, of which the checkpoint is at `path`. Serial, like [`Inventory::new`].
    ///
    /// # Errors
    /// A file that cannot be read; data that do not match their checksum.
    pub(super) fn read_whole(&self, path: &Path, field: usize) -> Result<Vec<Complex<f64>>> {
        let modes = self.read(path, field, 0..self.total)?;
        self.compare(path, field, checksum_in(self.fields[field].precision, 0, &modes))?;
        Ok(modes)
    }

    /// Some modes of a field, without verifying their checksum. Serial, like [`Inventory::new`].
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, path: &Path, field: usize, modes: Range<u64>) -> Result<Vec<Complex<f64>>> {
        let failed = |error| Error::io(format!("cannot read {}", path.display()), error);
        let file = files::open(path).map_err(failed)?;
        let (array, region) = (&self.arrays[field], Region::of(modes.clone()));
        let mut read = Ok(());
        let values =
            in_precision(self.fields[field].precision, (modes.end - modes.start) as usize, |bytes| {
                read = array.extents(&region).try_for_each(|extent| {
                    let bytes = &mut bytes[extent.own()];
                    file.read_exact_at(bytes, extent.at)?;
                    array.to_native_order(bytes);
                    Ok(())
                });
            });
        read.map_err(failed).map(|()| values)
    }

    /// Compares the checksum of a field with the stored one.
    fn compare(&self, path: &Path, field: usize, sum: u64) -> Result<()> {
        match self.sums[field] == sum {
            true => Ok(()),
            false => Err(damaged(path, &place(&self.fields[field].name), "their checksum does not match")),
        }
    }

    /// Tells all ranks what the root has found. Collective.
    fn share(world: &World, found: Option<Self>) -> Result<Self> {
        let (header, found) = found.map_or((None, None), |found| (Some(found.header.clone()), Some(found)));
        let header = share_header(world, header)?;
        let texts = world.root_text(|| {
            let texts = found.iter().flat_map(|found| &found.fields);
            let texts = texts.flat_map(|Part { name, units, precision }| [name, units, *precision]);
            Ok(texts.collect::<Vec<&str>>().join("\0"))
        })?;
        let mut numbers = found.iter().flat_map(|found| [found.columns, found.total]).collect::<Vec<u64>>();
        world.broadcast(0, &mut numbers);
        let (arrays, mut sums) = found.map_or((Vec::new(), Vec::new()), |found| (found.arrays, found.sums));
        let arrays = Array::share(world, arrays);
        world.broadcast(0, &mut sums);
        let texts: Vec<&str> = texts.split('\0').collect();
        let part = |[name, units, precision]: &[&str; 3]| Part {
            name: (*name).to_owned(),
            units: (*units).to_owned(),
            precision: if *precision == SINGLE { SINGLE } else { super::checkpoint::DOUBLE },
        };
        let fields = texts.as_chunks::<3>().0.iter().map(part).collect();
        Ok(Self { header, columns: numbers[0], total: numbers[1], fields, arrays, sums })
    }
}

/// A checkpoint from which all ranks read, by their aggregators.
pub struct Parts<'a> {
    world: &'a World,
    path: PathBuf,
    pub inventory: Inventory,
    source: Source,
}

impl<'a> Parts<'a> {
    /// Opens the checkpoint at `path`. Only the root looks into it. Collective.
    ///
    /// # Errors
    /// The same on all ranks: those of [`Inventory::new`]; an aggregator that cannot open it.
    pub fn open(world: &'a World, path: &Path) -> Result<Self> {
        let mut found = None;
        world.root_does(|| Inventory::new(path).map(|inventory| found = Some(inventory)))?;
        let inventory = Inventory::share(world, found)?;
        let mut source = Source::open(world, path);
        source.agree(world)?;
        Ok(Self { world, path: path.to_path_buf(), inventory, source })
    }

    /// Reads ranges of modes of a field, one after the other, without verifying their checksum. Collective
    /// among the ranks of an aggregator; an error waits for [`Parts::agree`].
    pub fn read(&mut self, field: usize, ranges: &[Range<u64>]) -> Vec<Complex<f64>> {
        let length = ranges.iter().map(|range| range.end - range.start).sum::<u64>() as usize;
        let regions: Vec<Region> = ranges.iter().cloned().map(Region::of).collect();
        let (array, source) = (&self.inventory.arrays[field], &mut self.source);
        in_precision(self.inventory.fields[field].precision, length, |bytes| {
            source.read(array, &regions, bytes);
        })
    }

    /// Agrees on the errors of [`Parts::read`]. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that cannot be read.
    pub fn agree(&mut self) -> Result<()> {
        self.source.agree(self.world)
    }

    /// As many calls of [`Parts::read`] as the rank of this aggregator that needs most. Collective among
    /// them.
    pub fn rounds(&self, own: usize) -> usize {
        // Small enough to be exact as a float.
        self.world.group().max(own as f64) as usize
    }

    /// Calls `see(field, column, modes)` for every column of every field, each on one rank, and verifies
    /// the checksums, and that the columns are those of `order`. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that cannot be read; data that do not match their checksum.
    pub fn visit(
        &mut self,
        order: &Order,
        mut see: impl FnMut(usize, &[i64; 4], &[Complex<f64>]),
    ) -> Result<()> {
        let (world, number) = (self.world, order.columns_before(order.truncation().nx_max() + 1));
        let other = damaged(&self.path, "/modes", "its columns are not those of its case");
        if [self.inventory.columns, self.inventory.total] != [number as u64, order.modes()] {
            return Err(other);
        }
        let part = |rank: usize| (number as u64 * rank as u64 / world.size() as u64) as usize;
        let share = part(world.rank())..part(world.rank() + 1);
        let own = || blocks(order.list(share.clone()), BLOCK);
        let rounds = self.rounds(own().count());
        let (mut own, mut next) = (own(), share.start as u64);
        let mut sums = vec![0; self.inventory.fields.len()];
        let mut same = true;
        for _ in 0..rounds {
            let block = own.next().unwrap_or_default();
            same &= self.lists(&block, next);
            next += block.len() as u64;
            for (field, sum) in sums.iter_mut().enumerate() {
                let (first, modes) = (block.first().map_or(0, |column| column[2]), modes_of(&block));
                let modes = self.read(field, &[modes]);
                let precision = self.inventory.fields[field].precision;
                *sum = u64::wrapping_add(*sum, checksum_in(precision, first as u64, &modes));
                block.iter().for_each(|column| {
                    see(field, column, &modes[(column[2] - first) as usize..][..column[3] as usize])
                });
            }
        }
        self.agree()?;
        world.agree(if same { Ok(()) } else { Err(other) })?;
        world.sum_u64(&mut sums);
        sums.iter().enumerate().try_for_each(|(field, sum)| self.inventory.compare(&self.path, field, *sum))
    }

    /// Returns whether the tables of modes list these columns from this place on. Collective among the
    /// ranks of an aggregator.
    fn lists(&mut self, block: &[[i64; 4]], first: u64) -> bool {
        let (mut same, range) = (true, Region::of(first..first + block.len() as u64));
        for i in 0..TABLES.len() {
            let mut values = vec![0_i64; block.len()];
            let array = &self.inventory.arrays[self.inventory.fields.len() + i];
            self.source.read(array, &[range], bytemuck::cast_slice_mut(&mut values));
            same &= block.iter().map(|column| column[i]).eq(values);
        }
        same
    }
}

/// Blocks of consecutive columns with at most `most` modes, but at least one column.
pub fn blocks(columns: impl Iterator<Item = [i64; 4]>, most: i64) -> impl Iterator<Item = Vec<[i64; 4]>> {
    let mut columns = columns.peekable();
    std::iter::from_fn(move || {
        let mut block = vec![columns.next()?];
        let begin = block[0][2];
        while let Some(column) = columns.next_if(|[_, _, first, count]| first + count - begin <= most) {
            block.push(column);
        }
        Some(block)
    })
}

/// The modes of consecutive columns.
fn modes_of(columns: &[[i64; 4]]) -> Range<u64> {
    columns.first().map_or(0, |column| column[2]) as u64
        ..columns.last().map_or(0, |column| column[2] + column[3]) as u64
}

/// So many modes in double precision, whose bytes are read in this one.
fn in_precision(precision: &str, length: usize, read: impl FnOnce(&mut [u8])) -> Vec<Complex<f64>> {
    if precision != SINGLE {
        let mut values = vec![Complex::<f64>::default(); length];
        read(bytemuck::cast_slice_mut(&mut values));
        return values;
    }
    let mut values = vec![Complex::<f32>::default(); length];
    read(bytemuck::cast_slice_mut(&mut values));
    values.into_iter().map(|mode| Complex::new(mode.re.into(), mode.im.into())).collect()
}

/// The share of modes in the checksum of a field that is stored in this precision.
pub(super) fn checksum_in(precision: &str, first: u64, modes: &[Complex<f64>]) -> u64 {
    match precision {
        SINGLE => checksum::of_piece(first, &modes.iter().map(narrow).collect::<Vec<_>>()),
        _ => checksum::of_piece(first, modes),
    }
}

pub(super) fn narrow(mode: &Complex<f64>) -> Complex<f32> {
    Complex::new(mode.re as f32, mode.im as f32)
}

/// The number of columns, and where the tables of modes lie.
fn tables(file: &File) -> hdf5::Result<(u64, Vec<Array>)> {
    let modes = file.group("modes")?;
    let (mut columns, mut arrays) = (None, Vec::new());
    for name in TABLES {
        let dataset = modes.dataset(name)?;
        let length = container::elements(&dataset)? as u64;
        if dataset.dtype()?.to_descriptor()? != <i64 as H5Type>::type_descriptor() || dataset.ndim() != 1 {
            return Err(format!("{name} is not a table of integers").into());
        }
        if *columns.get_or_insert(length) != length {
            return Err("its tables have different lengths".into());
        }
        arrays.push(Array::new(&dataset, 8)?);
    }
    Ok((columns.unwrap_or(0), arrays))
}

pub(super) fn damaged(path: &Path, place: &str, what: &str) -> Error {
    Error::input(format!(
        "the data of \"{place}\" in {} are damaged: {what}; {}",
        path.display(),
        advice(CHECKPOINT)
    ))
}
