//! Snapshots: fields at the grid points, for visualisation and analysis.
//!
//! ```text
//! /            attributes: program, version, commit, kind, format, step, time, size, case,
//!              deformation (B: xi = B x, row by row)
//! /x /y /z     coordinates of the points, ascending (f64, 1-D)
//! /NAME        fields (f32 or f64 [nz, ny, nx], x fastest; attributes units, axes, coordinates)
//! ...          what other programs look for: see `readers`
//! ```
//!
//! Each file comes with an XDMF file of the same name, and `series.xdmf` and `series.vtkhdf.series` cover
//! all of them: ParaView opens any of these.

use super::array::{Array, Region};
use super::checkpoint::METADATA;
use super::container::{self, put, put_text};
use super::foreign::because;
use super::header::SNAPSHOT;
use super::transfer::{Filling, Part};
use super::{directory, readers, xdmf};
use crate::case::Precision;
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use crate::program::Program;
use crate::transform::Reals;
use hdf5::File;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Time and grid of a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotHeader {
    pub step: u64,
    pub time: f64,
    /// Lengths of the box in x, y, z.
    pub size: [f64; 3],
    /// B: the grid moves with the coordinates `xi = B x`.
    pub deformation: [[f64; 3]; 3],
    /// Coordinates of the grid points in x, in y and in z, ascending; their lengths are the shape of
    /// the fields.
    pub coordinates: [Vec<f64>; 3],
    /// The resolved case file, TOML.
    pub case: String,
}

impl SnapshotHeader {
    /// Whether the coordinates are those of space, and not of the moving box: those of a shear in x and of pure strains
    /// are.
    pub fn in_space(&self) -> bool {
        is_in_space(&self.deformation)
    }
}

/// Whether points of a box with this B are given at their places in space.
pub fn is_in_space(b: &[[f64; 3]; 3]) -> bool {
    [b[0][2], b[1][0], b[1][2], b[2][0], b[2][1]].iter().all(|entry| *entry == 0.0)
}

/// The box of points that this rank owns, axes (z, y, x); any length may be 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub start: [usize; 3],
    pub shape: [usize; 3],
}

/// An incomplete snapshot. It is a hidden file until [`Snapshot::finish`], and is removed if that is
/// not reached.
pub struct Snapshot<'a> {
    world: &'a World,
    directory: PathBuf,
    header: SnapshotHeader,
    fields: Vec<xdmf::Attribute>,
}

/// A field that is being written.
pub struct Boxes<'a>(Filling<'a>);

impl Boxes<'_> {
    /// Writes this rank's box. Collective, with as many calls on all ranks; an error is that of the field.
    pub fn write(&mut self, block: Block, values: &Reals) {
        let values = match values {
            Reals::F32(values) => bytemuck::cast_slice(values),
            Reals::F64(values) => bytemuck::cast_slice(values),
        };
        let range = |axis: usize| [block.start[axis], block.start[axis] + block.shape[axis]];
        let region = Region([0, 1, 2].map(|axis| range(axis).map(|index| index as u64)));
        self.0.write(&[Part { array: 0, region, values }]);
    }
}

impl<'a> Snapshot<'a> {
    /// Creates the snapshot `directory/STEP.h5`. Collective.
    ///
    /// # Errors
    /// The same on all ranks: no space, or a directory that cannot be written.
    pub fn create(world: &'a World, directory: &Path, header: SnapshotHeader) -> Result<Self> {
        let snapshot = Self { world, directory: directory.to_path_buf(), header, fields: Vec::new() };
        world.root_does(|| {
            directory::make(directory)?;
            directory::discard(&snapshot.partial())?;
            let header = &snapshot.header;
            let grid: usize = header.coordinates.iter().map(|points| size_of_val(&points[..])).sum();
            let bytes = (grid + header.case.len()) as u64 + METADATA;
            directory::check_room(directory, bytes)?;
            begin(&snapshot.partial(), world.program(), header, bytes)
                .map_err(because(format!("cannot create the snapshot {}", snapshot.partial().display())))
        })?;
        Ok(snapshot)
    }

    /// Adds a field. `write` gives its boxes, as many on each rank, which cover the grid. Collective.
    ///
    /// # Errors
    /// The same on all ranks: no space, or a failing disk. The snapshot must then be abandoned.
    pub fn field(
        &mut self,
        name: &str,
        units: &str,
        precision: Precision,
        write: impl FnOnce(&mut Boxes),
    ) -> Result<()> {
        let (shape, partial) = (self.shape(), self.partial());
        let bytes = match precision {
            Precision::Single => 4,
            Precision::Double => 8,
        };
        let mut arrays = Vec::new();
        self.world.root_does(|| {
            let size = (shape.iter().product::<usize>() * bytes) as u64 + METADATA;
            directory::check_room(&self.directory, size)?;
            directory::set_apart(&partial, size)?;
            let added = match precision {
                Precision::Single => add::<f32>(&partial, name, units, shape),
                Precision::Double => add::<f64>(&partial, name, units, shape),
            };
            arrays.push(added.map_err(because(format!("cannot add \"{name}\" to {}", partial.display())))?);
            directory::reserve(&partial).map(drop)
        })?;
        let arrays = Array::share(self.world, arrays);
        let mut boxes = Boxes(Filling::begin(self.world, &partial, arrays));
        write(&mut boxes);
        boxes.0.finish()?;
        self.fields.push(xdmf::Attribute { name: name.to_string(), bytes });
        Ok(())
    }

    /// Gives the complete file its name, writes its XDMF file and updates those of all. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that cannot be written or renamed.
    pub fn finish(self) -> Result<PathBuf> {
        let path = self.path();
        self.world.root_does(|| {
            directory::sync(&self.partial())?;
            directory::publish(&self.partial(), &path)?;
            let name = directory::file_name(self.header.step, "h5");
            let grid = xdmf::grid(&name, self.header.step, self.header.time, self.shape(), &self.fields);
            files::replace(&path.with_extension("xdmf"), xdmf::document(&grid).as_bytes())?;
            xdmf::write_series(&self.directory)
        })?;
        Ok(path)
    }

    /// Numbers of points in z, y, x.
    fn shape(&self) -> [usize; 3] {
        let [x, y, z] = &self.header.coordinates;
        [z.len(), y.len(), x.len()]
    }

    fn path(&self) -> PathBuf {
        self.directory.join(directory::file_name(self.header.step, "h5"))
    }

    fn partial(&self) -> PathBuf {
        directory::partial(&self.path())
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        if self.world.is_root() {
            // After `finish` there is nothing to remove; after an error, that error is the one to report.
            let _ = directory::discard(&self.partial());
        }
    }
}

/// Removes the snapshots of `directory` that are later than `step`, since a run that continues from
/// there writes them again. Serial, by the root alone.
///
/// # Errors
/// A file that cannot be removed.
pub fn cut_back(directory: &Path, step: u64) -> Result<()> {
    let failed = |error| {
        Error::io(format!("cannot cut back the snapshots in {} to step {step}", directory.display()), error)
    };
    let mut removed = false;
    for extension in ["xdmf", "h5"] {
        let steps = match directory::steps(directory, extension) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            steps => steps.map_err(failed)?,
        };
        for later in steps.into_iter().filter(|later| *later > step) {
            let path = directory.join(directory::file_name(later, extension));
            fs::remove_file(&path)
                .map_err(|error| Error::io(format!("cannot remove {}", path.display()), error))?;
            removed = true;
        }
    }
    if removed { xdmf::write_series(directory) } else { Ok(()) }
}

/// Creates the file without its fields; by the root alone.
fn begin(path: &Path, program: Program, header: &SnapshotHeader, room: u64) -> hdf5::Result<()> {
    let file = container::create(path, program, SNAPSHOT, room)?;
    put(&file, "step", header.step)?;
    put(&file, "time", header.time)?;
    file.new_attr_builder().with_data(&header.size).create("size")?;
    // netCDF has no attributes of two axes.
    let deformation = file.new_attr::<f64>().shape([9]).create("deformation")?;
    deformation.write_raw(header.deformation.as_flattened())?;
    put_text(&file, "case", &header.case)?;
    for (name, points) in ["x", "y", "z"].into_iter().zip(&header.coordinates) {
        container::dataset::<f64>(&file, name, points.len(), "length of the case")?.write_raw(points)?;
    }
    readers::begin(&file, header)?;
    file.close()
}

/// Adds a field without its values; by the root alone.
fn add<T: hdf5::H5Type>(path: &Path, name: &str, units: &str, shape: [usize; 3]) -> hdf5::Result<Array> {
    let file: File = container::append(path)?;
    let dataset = container::dataset::<T>(&file, name, shape, units)?;
    put_text(&dataset, "axes", "z, y, x")?;
    let array = Array::new(&dataset, size_of::<T>())?;
    readers::add::<T>(&file, name, &dataset)?;
    drop(dataset);
    file.close().map(|()| array)
}
