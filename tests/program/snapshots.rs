//! Snapshots, read by Python, against the exact fields at their points.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use rogallo::{StoredCheckpoint, StoredSnapshot};
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("snapshots_are_the_velocity_at_the_points", at_rest),
        Trial::test("snapshots_of_a_sheared_box_are_upright", sheared),
        Trial::test("snapshots_of_a_strained_box_stretch", strained),
        Trial::test("snapshots_of_a_general_gradient_have_moving_coordinates", general),
        Trial::test("snapshots_of_a_box_sheared_twice_are_exact", sheared_twice),
        Trial::test("results_are_read_by_the_library", read_by_the_library),
        Trial::test("vtk_finds_the_points_of_snapshots", probed),
        Trial::test("the_list_of_snapshots_has_their_times_and_grids", listed),
    ]
}

fn at_rest() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("tg.toml"), fs::read_to_string("configs/taylor-green.toml")?)?;
    let set = "--set domain.grid=[16,20,24] --set time.steps=2 --set output.snapshots.every_steps=1";
    place.ends(3, &format!("run tg.toml --dir run {set}"), 0, &["done: step 2,"])?;
    place.python(
        r#"
import h5py, numpy as np, xml.etree.ElementTree as tree
with h5py.File("run/snapshots/00000000.h5") as f:
    x, y, z = (f[n][:] for n in "xyz")
    assert (len(x), len(y), len(z)) == (16, 20, 24)
    X, Y, Z = x[None, None, :], y[None, :, None], z[:, None, None]
    u, v, w = np.sin(X) * np.cos(Y) * np.cos(Z), -np.cos(X) * np.sin(Y) * np.cos(Z), 0 * X * Y * Z
    for name, exact in zip("uvw", (u, v, w)):
        assert f[name].shape == (24, 20, 16)
        assert abs(f[name][:] - exact).max() < 1e-14, (name, abs(f[name][:] - exact).max())
    assert f.attrs["step"] == 0 and f.attrs["time"] == 0
for n in range(3):
    root = tree.parse(f"run/snapshots/{n:08}.xdmf").getroot()
    for item in root.iter("DataItem"):
        if item.get("Format") == "HDF":
            file, dataset = item.text.strip().split(":")
            shape = tuple(int(i) for i in item.get("Dimensions").split())
            assert h5py.File("run/snapshots/" + file)[dataset].shape == shape
assert len(list(tree.parse("run/snapshots/series.xdmf").getroot().iter("Time"))) == 3
# Complex data are complex to h5py, and the checkpoint says which modes they are:
# sin x cos y cos z = 8 modes of i/8.
with h5py.File("run/checkpoints/latest") as f:
    assert f["state/u"].dtype == np.complex128 and f.attrs["step"] == 2
    assert sum(f["modes/count"][:]) == len(f["state/u"])
"#,
    )
}

/// The energy of the last state, from its modes and from its points, is that of the series.
fn read_by_the_library() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("tg.toml"), fs::read_to_string("configs/taylor-green.toml")?)?;
    let set = "--set domain.grid=[16,20,24] --set time.steps=2 --set output.snapshots.every_steps=2 \
               --set output.series.every_steps=1";
    place.ends(2, &format!("run tg.toml --dir run {set}"), 0, &["done: step 2,"])?;
    let series = place.read("run/series.csv")?;
    let mut rows = series.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let energy = rows.next().and_then(|names| names.iter().position(|name| *name == "energy"));
    let energy: f64 = rows.next_back().ok_or("no rows")?[energy.ok_or("no energy")?].parse()?;

    let checkpoint = StoredCheckpoint::open(&place.at("run/checkpoints/latest"))?;
    ensure!(checkpoint.names().eq(["u", "v", "w"]) && checkpoint.header().step == 2, "another checkpoint");
    let mut of_modes = 0.0;
    for name in ["u", "v", "w"] {
        let modes = checkpoint.field(name)?;
        for column in checkpoint.columns() {
            // Of each pair of conjugates one is stored; the column (0, 0) has both.
            let weight = if [column.nx, column.nz] == [0, 0] { 0.5 } else { 1.0 };
            let modes = modes.slice(ndarray::s![column.modes]);
            of_modes += weight * modes.iter().map(|mode| mode.norm_sqr()).sum::<f64>();
        }
    }
    let snapshot = StoredSnapshot::open(&place.at("run/snapshots/00000002.h5"))?;
    let of_points = ["u", "v", "w"].iter().try_fold(0.0, |sum, name| {
        let field = snapshot.field(name)?;
        Ok::<_, rogallo::Error>(sum + 0.5 * field.mapv(|value| value * value).mean().unwrap_or(f64::NAN))
    })?;
    for (what, found) in [("modes", of_modes), ("points", of_points)] {
        ensure!((found / energy - 1.0).abs() < 1e-13, "energy {energy}, that of the {what} {found}");
    }
    Ok(())
}

/// One mode of the velocity and of a scalar in a linear run. With `k_z = 0` it is a plane flow
/// whose vorticity decays by viscosity only (a strain in x and y does not stretch it), with a
/// velocity in z and a scalar that are carried along:
///
/// ```text
///     (u, v, w) = (k_y k_0^2 / k^2, -k_x k_0^2 / k^2, 1) F cos(k.x + 0.3),  theta = F^2 cos(k.x - 0.5),
///     F = exp(-nu int k^2 dt),  Sc = 1/2
/// ```
const ONE_MODE: &str = r#"
[flow]
kind = "homogeneous"
nonlinear = false
[domain]
size = ["3 pi", "2 pi", "5/2 pi"]
grid = [16, 20, 12]
[fluid]
viscosity = 0.05
[scalar.heat]
schmidt = 0.5
initial = { kind = "mode", wavenumber = [2, -1, 0], amplitude = 1.0, phase = -0.5 }
[initial]
kind = "mode"
wavenumber = [2, -1, 0]
amplitude = [-1.0, -1.3333333333333333, 1.0]
phase = 0.3
[time]
scheme = "rk4"
dt = 0.0125
end = 1.0
[output]
snapshots = { every_time = 0.5 }
"#;

/// Compares the snapshots of steps 0, 40 and 80, given `b(t)`, the matrix B, and `points(b, xi)`,
/// where they are said to be.
const COMPARE: &str = r#"
import h5py, numpy as np, xml.etree.ElementTree as tree
size, k0 = np.pi * np.array([3, 2, 2.5]), np.array([4 / 3, -1.0, 0])
steps = np.linspace(0, 1, 2001)
for step in (0, 40, 80):
    time = step / 80
    with h5py.File(f"run/snapshots/{step:08}.h5") as f:
        assert abs(f.attrs["time"] - time) < 1e-14
        B = b(time)
        assert abs(f.attrs["deformation"].reshape(3, 3) - B).max() < 1e-14, (f.attrs["deformation"], B)
        given = [f[n][:] for n in "xyz"]
        for i, n in enumerate(given):
            count = (16, 20, 12)[i]
            assert abs(n - points(B)[i] * size[i] * np.arange(count) / count).max() < 1e-13, (i, n)
        X = np.stack(np.meshgrid(*given, indexing="ij"), -1).transpose(2, 1, 0, 3)
        if moving:
            X = X @ np.linalg.inv(B).T
        k = unbroken(time).T @ k0
        # Simpson's rule; the integrand is smooth.
        t = steps * time
        k2 = [np.sum((unbroken(s).T @ k0) ** 2) for s in t]
        weight = np.r_[1, np.tile([4, 2], 999), 4, 1] / 6000
        F = np.exp(-0.05 * time * np.dot(weight, k2))
        a = np.array([k[1], -k[0], 0]) * (k0 @ k0) / (k @ k) + [0, 0, 1]
        for name, amplitude, phase in [("u", a[0], 0.3), ("v", a[1], 0.3), ("w", a[2], 0.3), ("heat", F, -0.5)]:
            if name in without:
                continue
            exact = amplitude * F * np.cos(X @ k + phase)
            error = abs(f[name][:] - exact).max()
            assert error < tolerance, (step, name, error)
    root = tree.parse(f"run/snapshots/{step:08}.xdmf").getroot()
    assert [a.get("Name") for a in root.iter("Attribute")] == ["u", "v", "w", "heat"]
"#;

fn compare(mean: &str, deformation: &str) -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("mode.toml"), ONE_MODE)?;
    place.ends(3, &format!("run mode.toml --dir run --set mean={mean}"), 0, &["done: step 80,"])?;
    place.python(&format!("import numpy as np\nwithout = []\n{deformation}\n{COMPARE}"))
}

/// At S t = 3/4 the box is remeshed: from then on B has the tilt of the new one. The scheme's error
/// in the linear terms is of the order (S dt)^4.
fn sheared() -> Outcome {
    compare(
        r#"{kind="shear",rate=1}"#,
        r#"
tolerance, moving = 1e-7, False
unbroken = lambda t: np.array([[1, -t, 0], [0, 1, 0], [0, 0, 1]])
b = lambda t: unbroken(t) + (1.5 * np.eye(3, k=1) * [0, 1, 0] if t > 0.75 else 0)
points = lambda B: (1, 1, 1)
"#,
    )
}

/// No error but round-off: the terms of a strain are exact.
fn strained() -> Outcome {
    compare(
        r#"{kind="plane-strain",rate=0.4}"#,
        r#"
tolerance, moving = 1e-13, False
unbroken = b = lambda t: np.diag(np.exp([-0.4 * t, 0.4 * t, 0]))
points = lambda B: 1 / np.diag(B)
"#,
    )
}

/// A shear in z as well: its points move in x and z across the planes, so that they stay those of
/// the moving box.
fn sheared_twice() -> Outcome {
    compare(
        r#"{kind="gradient",gradient=[[0,0.6,0],[0,0,0],[0,0.5,0]]}"#,
        r#"
# The amplitude of w is another one: -A_zy v feeds it.
without, tolerance, moving = ["w"], 1e-7, True
unbroken = b = lambda t: np.array([[1, -0.6 * t, 0], [0, 1, 0], [0, -0.5 * t, 1]])
points = lambda B: (1, 1, 1)
"#,
    )
}

/// Pure strain at 45 degrees in x and y, in which k_x depends on n_y.
fn general() -> Outcome {
    compare(
        r#"{kind="gradient",gradient=[[0,0.4,0],[0.4,0,0],[0,0,0]]}"#,
        r#"
tolerance, moving = 1e-13, True
def unbroken(t):
    c, s = np.cosh(0.4 * t), np.sinh(0.4 * t)
    return np.array([[c, -s, 0], [-s, c, 0], [0, 0, 1]])
b = unbroken
points = lambda B: (1, 1, 1)
"#,
    )
}

/// Laminar Couette flow with a scalar, `u = y`, `heat = 2 y`, and a random field in a box: read by
/// VTK's own reader of XDMF, which ParaView has, and probed between points. VTK finds a point only
/// where the coordinates ascend.
const PROBE: &str = r#"
import h5py, numpy as np
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline as pipeline
from vtkmodules.vtkFiltersCore import vtkProbeFilter
from vtkmodules.vtkIOXdmf2 import vtkXdmfReader
from vtkmodules.util.numpy_support import vtk_to_numpy

def probe(run, names, exact):
    reader = vtkXdmfReader()
    reader.SetFileName(run + "/snapshots/series.xdmf")
    reader.UpdateInformation()
    times = reader.GetOutputInformation(0).Get(pipeline.TIME_STEPS())
    steps = [h5py.File(f"{run}/snapshots/{step:08}.h5") for step in range(3)]
    assert times == tuple(step.attrs["time"] for step in steps) and len(times) == 3, times
    for time, step in zip(times, steps):
        reader.UpdateTimeStep(time)
        axes = [step[axis][:] for axis in "xyz"]
        assert all((np.diff(axis) > 0).all() for axis in axes)
        # Near the first cell, near the last one, and in between.
        places = (0, 0.1), (5, 0.5), (-2, 0.9)
        inside = [[axis[i] + part * (axis[i + 1] - axis[i]) for i, part in places] for axis in axes]
        at = np.stack(np.meshgrid(*inside, indexing="ij"), -1).reshape(-1, 3)
        points, cloud, filter = vtkPoints(), vtkPolyData(), vtkProbeFilter()
        for point in at:
            points.InsertNextPoint(point)
        cloud.SetPoints(points)
        filter.SetInputData(cloud)
        filter.SetSourceData(reader.GetOutputDataObject(0))
        filter.Update()
        data = filter.GetOutput().GetPointData()
        assert vtk_to_numpy(data.GetArray("vtkValidPointMask")).all(), (run, time)
        for name in names:
            error = abs(vtk_to_numpy(data.GetArray(name)) - exact(name, at, axes, step)).max()
            assert error < 1e-6, (run, time, name, error)

def linear(name, at, axes, step):
    "Trilinear interpolation in [z, y, x]."
    values, total = step[name][:], 0.0
    i = [np.searchsorted(axis, at[:, a], "right") - 1 for a, axis in enumerate(axes)]
    part = [(at[:, a] - axis[i[a]]) / (axis[i[a] + 1] - axis[i[a]]) for a, axis in enumerate(axes)]
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod([p if c else 1 - p for p, c in zip(part, corner)], axis=0)
        total = total + weight * values[i[2] + corner[2], i[1] + corner[1], i[0] + corner[0]]
    return total

probe("couette", ["u", "heat"], lambda name, at, axes, step: {"u": 1, "heat": 2}[name] * at[:, 1])
probe("box", ["u", "v", "w"], linear)
"#;

fn probed() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("couette.toml"), fs::read_to_string("configs/couette.toml")?)?;
    let flow = r#"--set initial={kind="laminar"} --set scalar.heat={schmidt=1.0,values=[-2.0,2.0]} --set output.statistics={}"#;
    let few = "--set time={dt=0.001,steps=2} --set output.snapshots={every_steps=1}";
    place.ends(
        3,
        &format!("run couette.toml --dir couette --set domain.grid=[12,17,10] {flow} {few}"),
        0,
        &["done: step 2,"],
    )?;
    place.ends(2, &format!("run case.toml --dir box {few}"), 0, &["done: step 2,"])?;
    place.python(PROBE)
}

/// The files that ParaView's list names, each read by the reader that ParaView then uses.
fn listed() -> Outcome {
    let place = Place::new()?;
    let set = "--set mean={kind=\"shear\",rate=1} --set time.steps=4 --set output.snapshots.every_steps=2";
    place.run(2, "run", set)?;
    place.python(
        r#"
import h5py, json
from vtkmodules.vtkIOHDF import vtkHDFReader
with open("run/snapshots/series.vtkhdf.series") as file:
    series = json.load(file)
assert series["file-series-version"] == "1.0"
assert [entry["name"] for entry in series["files"]] == [f"{step:08}.h5" for step in (0, 2, 4)]
for entry in series["files"]:
    path = "run/snapshots/" + entry["name"]
    with h5py.File(path) as f:
        assert f.attrs["time"] == entry["time"]
        points = len(f["x"]), len(f["y"]), len(f["z"])
    reader = vtkHDFReader()
    assert reader.CanReadFile(path)
    reader.SetFileName(path)
    reader.Update()
    grid = reader.GetOutputDataObject(0)
    assert grid.GetDimensions() == points and grid.GetPointData().GetArray("velocity"), path
"#,
    )
}
