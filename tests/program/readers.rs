//! Snapshots in the programs of others: VTK (and so ParaView), xarray with both of its engines, h5py.

use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("vtk_and_xarray_read_snapshots", read)]
}

const BOX: &str = r#"
flow.kind = "homogeneous"
domain = { size = ["3 pi", "2 pi", "5/2 pi"], grid = [16, 20, 12] }
fluid.viscosity = 0.05
scalar.heat = { schmidt = 0.5, initial = { kind = "mode", wavenumber = [2, -1, 1], amplitude = 1.0 } }
initial = { kind = "random", spectrum = "passot-pouquet", peak_wavenumber = 2.0, energy = 0.5 }
time = { dt = 0.02, steps = 20 }
output.snapshots.every_steps = 20
"#;

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [12, 17, 10] }
fluid.reynolds_tau = 100
drive.kind = "pressure-gradient"
scalar.heat = { schmidt = 0.7, values = [0.0, 1.0] }
initial = { kind = "turbulent", amplitude = 0.3 }
time = { dt = 0.0005, steps = 2 }
output.snapshots.every_steps = 2
"#;

/// The grid of VTK has every point where the snapshot says it is; the places of a box whose planes have been turned
/// are `x = B^-1 xi`.
fn read() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("box.toml"), BOX)?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    let turned = r#"mean={kind="gradient",gradient=[[0,0.4,0],[0.4,0,0],[0,0,0]]}"#;
    for (run, case, set) in [
        ("sheared", "box", r#"mean={kind="shear",rate=1}"#),
        ("strained", "box", r#"mean={kind="plane-strain",rate=0.4}"#),
        ("turned", "box", turned),
        ("single", "box", r#"numerics.precision="single""#),
        ("channel", "channel", "numerics.seed=3"),
    ] {
        place.ends(2, &format!("run {case}.toml --dir {run} --set {set}"), 0, &["done: step "])?;
    }
    place.python(
        r#"
import h5py, numpy as np, xarray
from vtkmodules.vtkIOHDF import vtkHDFReader
from vtkmodules.util.numpy_support import vtk_to_numpy

for run in "sheared", "strained", "turned", "single", "channel":
    name = f"{run}/snapshots/{2 if run == 'channel' else 20:08}.h5"
    file, reader = h5py.File(name), vtkHDFReader()
    shape = file["u"].shape
    assert [list(axis.keys()) for axis in file["heat"].dims] == [["z"], ["y"], ["x"]]

    assert reader.CanReadFile(name), name
    reader.SetFileName(name)
    reader.Update()
    grid = reader.GetOutputDataObject(0)
    assert grid.GetClassName() == ("vtkRectilinearGrid" if run == "channel" else "vtkImageData"), run
    array = lambda name: vtk_to_numpy(grid.GetPointData().GetArray(name))
    velocity = array("velocity").reshape(*shape, 3)
    for i, component in enumerate("uvw"):
        assert (velocity[..., i] == file[component][:]).all(), (run, component)
    assert (array("heat").reshape(shape) == file["heat"][:]).all(), run
    found = np.array([grid.GetPoint(i) for i in range(grid.GetNumberOfPoints())]).reshape(*shape, 3)
    given = np.stack(np.meshgrid(*[file[axis][:] for axis in "xyz"], indexing="ij"), -1).transpose(2, 1, 0, 3)
    if run == "turned":
        B = file.attrs["deformation"].reshape(3, 3)
        assert abs(B[0, 1]) > 0.1
        given = given @ np.linalg.inv(B).T
    assert abs(found - given).max() < 1e-13, (run, abs(found - given).max())

    for engine in "h5netcdf", "netcdf4":
        with xarray.open_dataset(name, engine=engine) as data:
            assert dict(data.sizes) == dict(zip("zyx", shape)), (run, engine, data.sizes)
            assert sorted(data.coords) == ["time", "x", "y", "z"], (run, engine, data.coords)
            assert sorted(data.data_vars) == ["heat", "u", "v", "w"], (run, engine, data.data_vars)
            assert float(data["time"]) == file.attrs["time"] and data["u"].attrs["units"]
            assert (data["v"].values == file["v"][:]).all() and (data["y"].values == file["y"][:]).all()
"#,
    )
}
