//! Reading a checkpoint in parts, by ranks that need other columns than a run of its own case would.

use super::checkpoint::{SINGLE, place, precision};
use super::container::{self, get, get_text};
use super::foreign::cause;
use super::header::{CHECKPOINT, advice, open_checked};
use super::{Header, checksum};
use crate::error::{Error, Result};
use crate::parallel::World;
use hdf5::{Dataset, File, H5Type};
use num_complex::Complex;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Maximum number of modes that [`Parts::visit`] holds at a time, unless one column has more.
const BLOCK: i64 = 1 << 20;

/// An open checkpoint. Every rank opens it by itself, and reads the parts that it needs.
pub struct Parts {
    path: PathBuf,
    /// Closed last.
    _file: File,
    pub header: Header,
    /// Columns of modes: n_x, n_z, index of the first mode, number of modes.
    pub columns: Vec<[i64; 4]>,
    /// Number of modes of a field.
    pub total: u64,
    /// Fields in alphabetical order.
    pub fields: Vec<Part>,
    datasets: Vec<Dataset>,
}

/// The description of a field in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub units: String,
    /// Precision, as in `numerics.precision`.
    pub precision: &'static str,
}

impl Parts {
    /// Opens the checkpoint at `path` on every rank. Collective.
    ///
    /// # Errors
    /// The same on all ranks: those of [`super::read_header`]; tables of modes that are damaged or do
    /// not match the fields.
    pub fn open(world: &World, path: &Path) -> Result<Self> {
        // The root alone first, so that an error is reported once.
        world.root_does(|| Self::open_alone(path).map(drop))?;
        world.agree(Self::open_alone(path))
    }

    /// Opens the checkpoint at `path` on this process alone.
    ///
    /// # Errors
    /// Those of [`Parts::open`].
    pub fn open_alone(path: &Path) -> Result<Self> {
        let (file, header) = open_checked(path, &[CHECKPOINT])?;
        let columns = columns(&file).map_err(|error| damaged(path, "/modes", &cause(&error)))?;
        let total = columns.last().map_or(0, |[_, _, first, count]| (first + count) as u64);
        let (fields, datasets) =
            fields(&file, total).map_err(|error| damaged(path, "/state", &cause(&error)))?;
        Ok(Self { path: path.to_path_buf(), _file: file, header, columns, total, fields, datasets })
    }

    /// Reads the modes `modes` of a field, without verifying their checksum. By this rank alone.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, field: usize, modes: Range<u64>) -> Result<Vec<Complex<f64>>> {
        let modes = modes.start as usize..modes.end as usize;
        let values = match self.fields[field].precision {
            SINGLE => block::<f32>(&self.datasets[field], modes)
                .map(|values| values.into_iter().map(wide).collect()),
            _ => block::<f64>(&self.datasets[field], modes),
        };
        values.map_err(|error| damaged(&self.path, &place(&self.fields[field].name), &cause(&error)))
    }

    /// All modes of a field, by this rank alone.
    ///
    /// # Errors
    /// A file that cannot be read; data that do not match their checksum.
    pub fn read_whole(&self, field: usize) -> Result<Vec<Complex<f64>>> {
        let modes = self.read(field, 0..self.total)?;
        self.compare(field, self.checksum(field, 0, &modes))?;
        Ok(modes)
    }

    /// Compares the checksum of a field with the stored one.
    fn compare(&self, field: usize, sum: u64) -> Result<()> {
        let name = place(&self.fields[field].name);
        match get::<u64>(&self.datasets[field], "checksum") {
            Ok(stored) if stored == sum => Ok(()),
            Ok(_) => Err(damaged(&self.path, &name, "their checksum does not match")),
            Err(error) => Err(damaged(&self.path, &name, &cause(&error))),
        }
    }

    /// Calls `see(field, column, modes)` for every column of every field, each on one rank, and
    /// verifies the checksums. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that cannot be read; data that do not match their checksum.
    pub fn visit(&self, world: &World, mut see: impl FnMut(usize, &[i64; 4], &[Complex<f64>])) -> Result<()> {
        let part = |rank: usize| self.columns.len() * rank / world.size();
        let own = &self.columns[part(world.rank())..part(world.rank() + 1)];
        let mut sums = vec![0; self.fields.len()];
        let mut look = || -> Result<()> {
            for (field, sum) in sums.iter_mut().enumerate() {
                for block in blocks(own, BLOCK) {
                    let modes = self.read(field, modes_of(block))?;
                    let first = block[0][2];
                    *sum = u64::wrapping_add(*sum, self.checksum(field, first as u64, &modes));
                    block.iter().for_each(|column| {
                        see(field, column, &modes[(column[2] - first) as usize..][..column[3] as usize])
                    });
                }
            }
            Ok(())
        };
        world.agree(look())?;
        world.sum_u64(&mut sums);
        sums.into_iter().enumerate().try_for_each(|(field, sum)| world.agree(self.compare(field, sum)))
    }

    fn checksum(&self, field: usize, first: u64, modes: &[Complex<f64>]) -> u64 {
        checksum_in(self.fields[field].precision, first, modes)
    }
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

fn wide(mode: Complex<f32>) -> Complex<f64> {
    Complex::new(mode.re.into(), mode.im.into())
}

/// Blocks of consecutive columns with at most `most` modes, but at least one column.
pub fn blocks(columns: &[[i64; 4]], most: i64) -> impl Iterator<Item = &[[i64; 4]]> {
    let mut rest = columns;
    std::iter::from_fn(move || {
        let begin = rest.first()?[2];
        let (block, after) =
            rest.split_at(rest.partition_point(|[_, _, first, count]| first + count - begin <= most).max(1));
        rest = after;
        Some(block)
    })
}

/// The modes of consecutive columns.
fn modes_of(columns: &[[i64; 4]]) -> Range<u64> {
    columns.first().map_or(0, |column| column[2]) as u64
        ..columns.last().map_or(0, |column| column[2] + column[3]) as u64
}

fn block<T: H5Type>(dataset: &Dataset, modes: Range<usize>) -> hdf5::Result<Vec<Complex<T>>>
where
    Complex<T>: H5Type,
{
    dataset.read_slice_1d::<Complex<T>, _>(modes).map(|values| values.into_iter().collect())
}

/// The list of columns, which must follow each other without a gap.
fn columns(file: &File) -> hdf5::Result<Vec<[i64; 4]>> {
    let modes = file.group("modes")?;
    let table = |name: &str| -> hdf5::Result<Vec<i64>> {
        let dataset = modes.dataset(name)?;
        let values = container::values(&dataset)?;
        match get::<u64>(&dataset, "checksum")? == checksum::of_table(&values) {
            true => Ok(values),
            false => Err(format!("the checksum of {name} does not match").into()),
        }
    };
    let [nx, nz, first, count] = [table("nx")?, table("nz")?, table("first")?, table("count")?];
    if [nz.len(), first.len(), count.len()] != [nx.len(); 3] {
        return Err("its tables have different lengths".into());
    }
    let columns: Vec<[i64; 4]> = (0..nx.len()).map(|c| [nx[c], nz[c], first[c], count[c]]).collect();
    let mut next = 0;
    for [_, _, first, count] in &columns {
        if *first != next || *count < 1 {
            return Err("its columns do not follow each other".into());
        }
        next = next.checked_add(*count).ok_or("its columns have too many modes")?;
    }
    Ok(columns)
}

fn fields(file: &File, total: u64) -> hdf5::Result<(Vec<Part>, Vec<Dataset>)> {
    let state = file.group("state")?;
    let mut names = state.member_names()?;
    names.sort();
    let mut fields = (Vec::new(), Vec::new());
    for name in names {
        let dataset = state.dataset(&name)?;
        if dataset.shape() != [total as usize] {
            return Err(format!("{name} has {:?} modes, but the columns {total}", dataset.shape()).into());
        }
        container::elements(&dataset)?;
        fields.0.push(Part { units: get_text(&dataset, "units")?, precision: precision(&dataset)?, name });
        fields.1.push(dataset);
    }
    Ok(fields)
}

fn damaged(path: &Path, place: &str, what: &str) -> Error {
    Error::input(format!(
        "the data of \"{place}\" in {} are damaged: {what}; {}",
        path.display(),
        advice(CHECKPOINT)
    ))
}
