//! What other programs look for in a snapshot, beside its fields:
//!
//! ```text
//! /x /y /z         dimension scales, to which the axes of the fields are attached: netCDF, xarray
//! /time            a scalar, so that files of several times can be put together (f64)
//! /VTKHDF          the same fields for VTK and ParaView: links, and the velocity as one vector
//! ```
//!
//! A box is an ImageData, whose axes are those of space or, of a mean flow that turns its planes, the columns of
//! B^-1; a channel is a RectilinearGrid (VTK 9.7 and newer).

use super::SnapshotHeader;
use super::container::{self, put, put_text};
use super::foreign::put_terminated;
use hdf5::types::{FixedAscii, VarLenArray};
use hdf5::{Dataset, File, Group, H5Type, ObjectReference, ObjectReference1, SimpleExtents};
use nalgebra::Matrix3;
use std::ffi::CStr;

/// Coordinates and the names of their axes.
const AXES: [(&str, &CStr); 3] = [("x", c"x"), ("y", c"y"), ("z", c"z")];
/// The group that VTK reads.
pub(super) const VTK: &str = "VTKHDF";
/// The time as a dataset.
pub(super) const TIME: &str = "time";
/// Spacings that differ by less, relative to the largest, are those of a uniform grid.
const UNIFORM: f64 = 1e-9;

/// Makes the coordinates of a new snapshot dimension scales, and adds the time and the grid of VTK.
pub(super) fn begin(file: &File, header: &SnapshotHeader) -> hdf5::Result<()> {
    for (name, text) in AXES {
        let coordinate = file.dataset(name)?;
        put_terminated(&coordinate, c"CLASS", c"DIMENSION_SCALE")?;
        put_terminated(&coordinate, c"NAME", text)?;
    }
    let time = file.new_dataset_builder().empty::<f64>().shape(()).obj_track_times(false).create(TIME)?;
    time.write_scalar(&header.time)?;
    put_text(&time, "units", "time of the case")?;
    let group = container::group(file, VTK)?;
    match header.coordinates.iter().all(|places| is_uniform(places)) {
        true => image(&group, header)?,
        false => rectilinear(&group, header)?,
    }
    container::group(&group, "PointData").map(drop)
}

/// Attaches a field to its axes and links it into the data of VTK. With the last component of the velocity the vector
/// is added, a view of all three.
pub(super) fn add<T: H5Type>(file: &File, name: &str, field: &Dataset) -> hdf5::Result<()> {
    let axes = ["z", "y", "x"].map(|axis| ObjectReference1::create(file, axis));
    let axes = axes
        .into_iter()
        .map(|axis| Ok(VarLenArray::from_slice(&[axis?])))
        .collect::<hdf5::Result<Vec<_>>>()?;
    let list = field.new_attr::<VarLenArray<ObjectReference1>>().shape([3]).create("DIMENSION_LIST")?;
    list.write_raw(&axes)?;
    put_text(field, "coordinates", TIME)?;
    let data = file.group(VTK)?.group("PointData")?;
    data.link_soft(&format!("/{name}"), name)?;
    let components = ["u", "v", "w"];
    if name != "w" || !components.iter().all(|component| file.link_exists(component)) {
        return Ok(());
    }
    let shape = field.shape();
    let vector: Vec<usize> = shape.iter().copied().chain([components.len()]).collect();
    let mut builder = data.new_dataset_builder().empty::<T>().shape(vector.clone()).obj_track_times(false);
    for (i, component) in components.into_iter().enumerate() {
        let (own, all) = (SimpleExtents::fixed(shape.clone()), SimpleExtents::fixed(vector.clone()));
        builder = builder.virtual_map(".", component, own, .., all, (.., .., .., i));
    }
    builder.create("velocity").map(drop)
}

fn is_uniform(places: &[f64]) -> bool {
    let step = |pair: &[f64]| pair[1] - pair[0];
    let Some(first) = places.windows(2).map(step).next() else { return true };
    places.windows(2).all(|pair| (step(pair) - first).abs() <= UNIFORM * first.abs())
}

/// Points that VTK places at `Origin + Direction diag(Spacing) (i, j, k)`.
fn image(group: &Group, header: &SnapshotHeader) -> hdf5::Result<()> {
    put(group, "Type", FixedAscii::<9>::from_ascii(b"ImageData").unwrap_or_default())?;
    version(group, [2, 2])?;
    extent(group, header)?;
    let spacing = header.coordinates.each_ref().map(|places| match places[..] {
        [first, second, ..] => second - first,
        _ => 1.0,
    });
    let origin = header.coordinates.each_ref().map(|places| places[0]);
    let direction = if header.in_space() { Matrix3::identity() } else { axes_in_space(header) };
    for (name, values) in [("Origin", origin), ("Spacing", spacing)] {
        group.new_attr::<f64>().shape([3]).create(name)?.write_raw(&values)?;
    }
    // Row by row; nalgebra has columns.
    group.new_attr::<f64>().shape([9]).create("Direction")?.write_raw(direction.transpose().as_slice())
}

/// B^-1, the axes of the moving coordinates in space; those of space if B has no inverse.
fn axes_in_space(header: &SnapshotHeader) -> Matrix3<f64> {
    let b = Matrix3::from_fn(|i, j| header.deformation[i][j]);
    b.try_inverse().unwrap_or_else(Matrix3::identity)
}

fn rectilinear(group: &Group, header: &SnapshotHeader) -> hdf5::Result<()> {
    put(group, "Type", FixedAscii::<15>::from_ascii(b"RectilinearGrid").unwrap_or_default())?;
    version(group, [2, 7])?;
    extent(group, header)?;
    let points = header.coordinates.each_ref().map(|places| places.len() as i64);
    group.new_attr::<i64>().shape([3]).create("Dimensions")?.write_raw(&points)?;
    for (name, own) in [("x", "XCoordinates"), ("y", "YCoordinates"), ("z", "ZCoordinates")] {
        group.link_soft(&format!("/{name}"), own)?;
    }
    Ok(())
}

fn version(group: &Group, version: [i64; 2]) -> hdf5::Result<()> {
    group.new_attr::<i64>().shape([2]).create("Version")?.write_raw(&version)
}

fn extent(group: &Group, header: &SnapshotHeader) -> hdf5::Result<()> {
    let last = |i: usize| header.coordinates[i].len() as i64 - 1;
    let extent = [0, last(0), 0, last(1), 0, last(2)];
    group.new_attr::<i64>().shape([6]).create("WholeExtent")?.write_raw(&extent)
}
