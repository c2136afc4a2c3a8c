//! Tables of results as one file whose dimensions are named, as netCDF 4 has them: a variable whose name is
//! that of its only axis is a dimension scale, and the axes of others refer to these (HDF5 Dimension Scale
//! Specification). Programs that know nothing of rogallo show named coordinates.
//!
//! ```text
//! NAME    dataset f64; attributes units, long_name and others; DIMENSION_LIST, the scale of each axis
//! AXIS    dataset f64; the same; CLASS = "DIMENSION_SCALE", NAME
//! ```
//!
//! The list of datasets that have a scale, which the specification adds to it, is left out, as in snapshots:
//! no reader asks for it.

use super::container::{self, put_text};
use super::foreign::{because, put_terminated};
use crate::error::Result;
use crate::files;
use hdf5::dataset::Layout;
use hdf5::types::VarLenArray;
use hdf5::{Dataset, File, ObjectReference1};
use std::ffi::CString;
use std::path::Path;

/// An array over named axes, the last one fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable<'a> {
    pub name: String,
    pub axes: Vec<String>,
    pub values: &'a [f64],
    /// Name and text.
    pub attributes: Vec<(&'static str, String)>,
}

/// Writes variables to `path`, replacing an existing file; `attributes` are those of the file. Every axis
/// must be a variable. Serial.
///
/// # Errors
/// An axis without its variable; a file that cannot be written, and then an existing one is untouched.
pub fn write_tables(path: &Path, attributes: &[(&str, String)], variables: &[Variable]) -> Result<()> {
    let partial = files::partial(path);
    files::discard(&partial)?;
    let fill = || -> hdf5::Result<()> {
        let file = container::create_plain(&partial)?;
        for (name, text) in attributes {
            put_text(&file, name, text)?;
        }
        // One at a time: HDF5 takes some 10 kB for each that is open, 4 MB for a channel with a scalar.
        let (scales, others): (Vec<_>, Vec<_>) = variables.iter().partition(|variable| is_scale(variable));
        for variable in scales.into_iter().chain(others) {
            connect(&file, variable, &create(&file, variable, variables)?)?;
        }
        file.close()
    };
    let made = fill().map_err(because(format!("cannot write {}", path.display())));
    let published = made.and_then(|()| files::sync(&partial)).and_then(|()| files::publish(&partial, path));
    if published.is_err() {
        // The first error is the one to report.
        let _ = files::discard(&partial);
    }
    published
}

/// The length of an axis.
fn length(axis: &String, variables: &[Variable]) -> hdf5::Result<usize> {
    let scale = variables.iter().find(|variable| variable.name == *axis && is_scale(variable));
    Ok(scale.ok_or_else(|| format!("the axis {axis} is no variable"))?.values.len())
}

fn is_scale(variable: &Variable) -> bool {
    variable.axes == [variable.name.clone()]
}

fn create(file: &File, variable: &Variable, variables: &[Variable]) -> hdf5::Result<Dataset> {
    let Variable { name, axes, values, attributes } = variable;
    let shape = axes.iter().map(|axis| length(axis, variables)).collect::<hdf5::Result<Vec<_>>>()?;
    if shape.iter().product::<usize>() != values.len() {
        return Err(format!("{name} has {} values, not {shape:?}", values.len()).into());
    }
    let dataset = file
        .new_dataset_builder()
        .empty::<f64>()
        .shape(&shape[..])
        .layout(Layout::Contiguous)
        .obj_track_times(false)
        .create(&**name)?;
    dataset.write_raw(values)?;
    for (key, text) in attributes {
        put_text(&dataset, key, text)?;
    }
    Ok(dataset)
}

/// Makes a variable a scale, or refers to its scales.
fn connect(file: &File, variable: &Variable, dataset: &Dataset) -> hdf5::Result<()> {
    if is_scale(variable) {
        let name = CString::new(&*variable.name).map_err(|error| format!("{}: {error}", variable.name))?;
        put_terminated(dataset, c"CLASS", c"DIMENSION_SCALE")?;
        put_terminated(dataset, c"NAME", &name)?;
        return Ok(());
    }
    if variable.axes.is_empty() {
        return Ok(());
    }
    let scale = |axis: &String| -> hdf5::Result<VarLenArray<ObjectReference1>> {
        Ok(VarLenArray::from_slice(&[file.reference::<ObjectReference1>(axis)?]))
    };
    let scales = variable.axes.iter().map(scale).collect::<hdf5::Result<Vec<_>>>()?;
    let list = dataset.new_attr::<VarLenArray<ObjectReference1>>().shape(scales.len());
    list.create("DIMENSION_LIST")?.write_raw(&scales)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable<'a>(name: &str, axes: &[&str], values: &'a [f64]) -> Variable<'a> {
        let axes = axes.iter().map(|axis| (*axis).to_owned()).collect();
        Variable { name: name.into(), axes, values, attributes: vec![("units", "1".into())] }
    }

    #[test]
    fn axes_are_scales_and_variables_refer_to_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tables.h5");
        let all = [
            variable("y", &["y"], &[0.0, 1.0]),
            variable("kx", &["kx"], &[0.0, 1.0, 2.0]),
            variable("E", &["y", "kx"], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            variable("re_tau", &[], &[180.0]),
        ];
        let facts = [("case", "c180".to_owned())];
        write_tables(&path, &facts, &all).unwrap();
        let first = std::fs::read(&path).unwrap();
        // Once more in its place, with the same bytes.
        write_tables(&path, &facts, &all).unwrap();
        assert!(std::fs::read(&path).unwrap() == first);
        let file = container::open(&path).unwrap();
        let energy = file.dataset("E").unwrap();
        assert_eq!((energy.shape(), energy.read_raw::<f64>().unwrap()[4]), (vec![2, 3], 5.0));
        let list = energy.attr("DIMENSION_LIST").unwrap();
        let scales = list.read_raw::<VarLenArray<ObjectReference1>>().unwrap();
        let names: Vec<String> = scales
            .iter()
            .map(|scale| match file.dereference(&scale[0]).unwrap() {
                hdf5::ReferencedObject::Dataset(dataset) => dataset.name(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names, ["/y", "/kx"]);
        assert_eq!(file.dataset("re_tau").unwrap().read_scalar::<f64>().unwrap(), 180.0);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tables.h5");
        for (all, part) in [
            (vec![variable("E", &["y"], &[1.0])], "the axis y is no variable"),
            (vec![variable("y", &["y"], &[1.0]), variable("E", &["y"], &[1.0, 2.0])], "E has 2 values"),
        ] {
            let error = write_tables(&path, &[], &all).unwrap_err();
            assert!(error.message.contains(part), "{error}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
