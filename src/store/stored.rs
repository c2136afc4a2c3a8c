//! Checkpoints and snapshots as `ndarray` arrays, for programs that analyse a run. Serial: for one
//! process alone, without MPI. (Batches of statistics: [`super::read_batch`].)

use super::Header;
use super::checksum;
use super::container::{self, get};
use super::foreign::cause;
use super::header::{SNAPSHOT, open_kind};
use super::parts::{Inventory, damaged as damaged_part};
use super::readers;
use crate::error::{Error, Result};
use hdf5::File;
use ndarray::{Array1, Array3};
use num_complex::Complex;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A checkpoint opened for reading: the complex amplitudes of the retained modes.
///
/// Modes are listed in columns of one pair (n_x, n_z): n_y = 0, 1, .. m, -m, .. -1 in a periodic
/// box, the Chebyshev polynomials 0, 1, .. in a channel. Of two conjugate modes one is stored, save
/// in the column (0, 0).
pub struct StoredCheckpoint {
    path: PathBuf,
    inventory: Inventory,
    columns: Vec<StoredColumn>,
}

/// A column of modes in the arrays of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredColumn {
    /// The labels of its wavenumbers, k_x = 2 pi n_x / L_x.
    pub nx: i64,
    pub nz: i64,
    /// The indices of its modes.
    pub modes: Range<usize>,
}

impl StoredCheckpoint {
    /// Opens the checkpoint at `path`.
    ///
    /// # Errors
    /// A file that is missing, damaged, foreign or of a newer format.
    pub fn open(path: &Path) -> Result<Self> {
        let inventory = Inventory::new(path)?;
        let columns = container::open(path).and_then(|file| columns(&file, inventory.total));
        let columns = columns.map_err(|error| damaged_part(path, "/modes", &cause(&error)))?;
        Ok(Self { path: path.to_path_buf(), inventory, columns })
    }

    /// The header: flow, step, time and the resolved case.
    pub fn header(&self) -> &Header {
        &self.inventory.header
    }

    /// The columns of modes, in the order of storage.
    pub fn columns(&self) -> impl Iterator<Item = StoredColumn> {
        self.columns.iter().cloned()
    }

    /// The names of the fields, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.inventory.fields.iter().map(|field| &*field.name)
    }

    /// The amplitudes of all modes of a field. Single precision is widened.
    ///
    /// # Errors
    /// A name that the checkpoint does not have; data that do not match their checksum.
    pub fn field(&self, name: &str) -> Result<Array1<Complex<f64>>> {
        let unknown = || {
            let names = self.names().collect::<Vec<_>>().join(", ");
            Error::input(format!("the checkpoint has no field {name:?}, only {names}"))
        };
        let field = self.names().position(|other| other == name).ok_or_else(unknown)?;
        self.inventory.read_whole(&self.path, field).map(Array1::from)
    }
}

/// A snapshot opened for reading: fields at the points of the grid.
pub struct StoredSnapshot {
    path: PathBuf,
    file: File,
    /// The step and the time of the state.
    pub step: u64,
    pub time: f64,
    /// The lengths of the box in x, y and z.
    pub size: [f64; 3],
    /// The deformation B of the grid, whose coordinates are `xi = B x`.
    pub deformation: [[f64; 3]; 3],
    /// The coordinates of the points along x, y and z, ascending.
    pub coordinates: [Array1<f64>; 3],
    /// The resolved case, TOML.
    pub case: String,
}

impl StoredSnapshot {
    /// Opens the snapshot at `path`.
    ///
    /// # Errors
    /// A file that is missing, damaged, foreign or of a newer format.
    pub fn open(path: &Path) -> Result<Self> {
        let (file, _) = open_kind(path, &[SNAPSHOT])?;
        let read = || -> hdf5::Result<Self> {
            let [x, y, z] = ["x", "y", "z"].map(|name| container::values(&file.dataset(name)?));
            let size: Vec<f64> = container::attribute(&file, "size")?;
            let deformation: Vec<f64> = container::attribute(&file, "deformation")?;
            Ok(Self {
                path: path.to_path_buf(),
                step: get(&file, "step")?,
                time: get(&file, "time")?,
                size: size.try_into().map_err(|_| "size is not three lengths")?,
                deformation: rows(&deformation).ok_or("deformation is not a 3 x 3 matrix")?,
                coordinates: [x?, y?, z?].map(Array1::from),
                case: container::get_text(&file, "case")?,
                file: file.clone(),
            })
        };
        read().map_err(|error| damaged(path, &error))
    }

    /// The names of the fields, in alphabetical order.
    ///
    /// # Errors
    /// A damaged file.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut names = self.file.member_names().map_err(|error| damaged(&self.path, &error))?;
        names.retain(|name| !["x", "y", "z", readers::TIME, readers::VTK].contains(&&**name));
        names.sort();
        Ok(names)
    }

    /// A field at the points, axes (z, y, x). Single precision is widened.
    ///
    /// # Errors
    /// A name that the snapshot does not have; a field that does not have the shape of the grid.
    pub fn field(&self, name: &str) -> Result<Array3<f64>> {
        let names = self.names()?;
        if !names.iter().any(|other| other == name) {
            let (shown, names) = (self.path.display(), names.join(", "));
            return Err(Error::input(format!("{shown} has no field {name:?}, only {names}")));
        }
        let [x, y, z] = &self.coordinates;
        let read = || -> hdf5::Result<Array3<f64>> {
            let dataset = self.file.dataset(name)?;
            if dataset.shape() != [z.len(), y.len(), x.len()] {
                return Err(format!("{name} has {:?} points, not those of the grid", dataset.shape()).into());
            }
            let values = match dataset.dtype()?.size() {
                4 => container::values::<f32>(&dataset)?.into_iter().map(f64::from).collect(),
                _ => container::values::<f64>(&dataset)?,
            };
            Array3::from_shape_vec((z.len(), y.len(), x.len()), values)
                .map_err(|error| error.to_string().into())
        };
        read().map_err(|error| damaged(&self.path, &error))
    }
}

/// The list of columns of fields with `total` modes, which must follow each other without a gap.
fn columns(file: &File, total: u64) -> hdf5::Result<Vec<StoredColumn>> {
    let modes = file.group("modes")?;
    let table = |name: &str| -> hdf5::Result<Vec<i64>> {
        let dataset = modes.dataset(name)?;
        let values = container::values(&dataset)?;
        match get::<u64>(&dataset, "checksum")? == checksum::of_table(0, &values) {
            true => Ok(values),
            false => Err(format!("the checksum of {name} does not match").into()),
        }
    };
    let [nx, nz, first, count] = [table("nx")?, table("nz")?, table("first")?, table("count")?];
    let (mut columns, mut next) = (Vec::new(), 0);
    for (((nx, nz), first), count) in nx.into_iter().zip(nz).zip(first).zip(count) {
        let modes =
            usize::try_from(first).ok().zip(first.checked_add(count).and_then(|end| end.try_into().ok()));
        let modes = modes.filter(|(first, end)| *first == next && first < end);
        let (first, end) = modes.ok_or("its columns do not follow each other")?;
        columns.push(StoredColumn { nx, nz, modes: first..end });
        next = end;
    }
    match next as u64 == total {
        true => Ok(columns),
        false => Err(format!("its columns have {next} modes, but the fields {total}").into()),
    }
}

fn rows(matrix: &[f64]) -> Option<[[f64; 3]; 3]> {
    matrix.as_chunks().0.try_into().ok()
}

fn damaged(path: &Path, error: &hdf5::Error) -> Error {
    Error::input(format!("the snapshot {} is damaged: {}", path.display(), cause(error)))
}
