//! Stored fields, looked at: pictures of planes, values at points, arrays for NumPy.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("stored_fields_are_the_same_on_any_ranks", same_on_any_ranks),
        Trial::test("probed_gradients_of_a_tilted_box_are_exact", tilted),
        Trial::test("a_channel_is_sliced_probed_and_exported", channel),
        Trial::test("a_movie_has_a_picture_of_each_file_with_the_same_colours", movie),
        Trial::test("what_cannot_be_shown_is_refused", refused),
    ]
}

/// Picture, table and array have the same bytes on 1, 2 and 5 ranks, whatever grid of ranks the run had; the picture is
/// one for print.
fn same_on_any_ranks() -> Outcome {
    let place = Place::new()?;
    place.run(4, "run", "--set time.steps=3 --set parallel.process_grid=[2,2]")?;
    fs::write(place.at("p.csv"), "x,y,z\n0.1,0.2,0.3\n-2,7.5,1e-3\n")?;
    for ranks in [1, 2, 5] {
        let file = "run/checkpoints/latest";
        let slice = format!("slice {file} --quantity Q --plane x=0.123 --out {ranks}.png");
        place.ends(ranks, &slice, 0, &[".png: Q at x = 0.123, t = "])?;
        let probe = format!("probe {file} --points p.csv --quantity u,lambda_2,dw/dx --out {ranks}.csv");
        place.ends(ranks, &probe, 0, &[".csv: 2 points"])?;
        let export = format!("export {file} --to npy --quantity vorticity --out {ranks}.npy");
        place.ends(ranks, &export, 0, &[".npy: vorticity, [z, y, x] = [18, 20, 24]"])?;
    }
    place.python(
        r#"
import numpy as np, struct
for kind in "png", "csv", "npy":
    one = open(f"1.{kind}", "rb").read()
    assert all(open(f"{n}.{kind}", "rb").read() == one for n in (2, 5)), kind
png = open("1.png", "rb").read()
width, height = struct.unpack(">II", png[16:24])
assert png[:8] == b"\x89PNG\r\n\x1a\n" and width == 1004 and height > 600, (width, height)
rows = np.genfromtxt("1.csv", delimiter=",", names=True, deletechars="")
assert rows.dtype.names == ("x", "y", "z", "u", "lambda_2", "dw/dx") and len(rows) == 2
assert list(rows["x"]) == [0.1, -2] and abs(rows["u"]).min() > 1e-6
array = np.load("1.npy")
assert array.shape == (18, 20, 24) and (array > 0).all()
"#,
    )
}

/// A sheared box after its remesh: the points of pictures and arrays are those of space, and so are derivatives. The
/// field is one mode, `theta = F^2 cos(k.x - 0.5)`.
fn tilted() -> Outcome {
    let place = Place::new()?;
    let case = r#"
flow = { kind = "homogeneous", nonlinear = false }
domain = { size = ["3 pi", "2 pi", "5/2 pi"], grid = [16, 20, 12] }
fluid.viscosity = 0.05
mean = { kind = "shear", rate = 1.0 }
scalar.heat = { schmidt = 0.5, initial = { kind = "mode", wavenumber = [2, -1, 1], amplitude = 1.0, phase = -0.5 } }
initial = { kind = "mode", wavenumber = [2, -1, 0], amplitude = [0.0, 0.0, 1.0], phase = 0.3 }
time = { scheme = "rk4", dt = 0.0125, end = 1.0 }
output.snapshots.every_time = 1.0
"#;
    fs::write(place.at("mode.toml"), case)?;
    place.ends(2, "run mode.toml --dir run", 0, &["done: step 80,"])?;
    fs::write(place.at("p.csv"), "x,y,z\n0.1,0.2,0.3\n1.7,5.9,0.4\n-3.3,2.2,7.7\n")?;
    let quantities = "heat,dheat/dx,dheat/dy,dheat/dz";
    let probe = format!("probe run/checkpoints/latest --points p.csv --quantity {quantities} --out v.csv");
    place.ends(3, &probe, 0, &["v.csv: 3 points"])?;
    for file in ["checkpoints/latest", "snapshots/00000080.h5"] {
        let out = &file[..4];
        let export = format!("export run/{file} --to npy --quantity heat --out {out}.npy");
        place.ends(2, &export, 0, &["heat, [z, y, x] = [12, 20, 16]"])?;
        for plane in ["x=1", "y=-0.5", "z=2"] {
            let slice = format!("slice run/{file} --quantity heat --plane {plane} --out {out}-{plane}.png");
            place.ends(1, &slice, 0, &["heat at "])?;
        }
    }
    place.python(
        r#"
import h5py, numpy as np
table = np.genfromtxt("v.csv", delimiter=",", names=True, deletechars="")
X = np.stack([table[n] for n in "xyz"], -1)
k0 = np.array([4 / 3, -1.0, 0.8])
k = k0 - [0, 4 / 3, 0]
s = np.linspace(0, 1, 2001)
k2 = k0[0] ** 2 + (k0[1] - k0[0] * s) ** 2 + k0[2] ** 2
F2 = np.exp(-0.1 * np.dot(k2, np.r_[1, np.tile([4, 2], 999), 4, 1] / 6000))
heat, slope = F2 * np.cos(X @ k - 0.5), -F2 * np.sin(X @ k - 0.5)
for name, exact in [("heat", heat)] + [(f"dheat/d{a}", slope * k[i]) for i, a in enumerate("xyz")]:
    assert abs(table[name] - exact).max() < 1e-7, (name, table[name], exact)
with h5py.File("run/snapshots/00000080.h5") as f:
    for name in "chec", "snap":
        assert abs(np.load(name + ".npy") - f["heat"][:]).max() < 1e-14, name
# The modes of the snapshot are those of the checkpoint, so that the pictures look alike.
for plane in "x=1", "y=-0.5", "z=2":
    one, other = (open(f"{n}-{plane}.png", "rb").read() for n in ("chec", "snap"))
    assert abs(len(one) - len(other)) < 0.01 * len(one), (plane, len(one), len(other))
"#,
    )
}

fn channel() -> Outcome {
    let place = Place::new()?;
    let case = r#"
flow.kind = "channel"
numerics.frame_velocity = 0.5
domain = { size = ["pi", 2, "1/2 pi"], grid = [16, 33, 18] }
fluid.reynolds_tau = 100
drive.kind = "pressure-gradient"
scalar.heat = { schmidt = 0.7, values = [0.0, 1.0] }
initial = { kind = "turbulent", amplitude = 0.3 }
time = { dt = 0.0005, steps = 4 }
output = { snapshots = { every_steps = 4 }, series = { every_steps = 4 } }
"#;
    fs::write(place.at("c.toml"), case)?;
    place.ends(3, "run c.toml --dir run", 0, &["done: step 4,"])?;
    fs::write(place.at("p.csv"), "x y z\n0.1 -1 0.3\n0.1 1 0.3\n0.1 0.25 0.3\n")?;
    let file = "run/checkpoints/latest";
    place.ends(
        2,
        &format!("probe {file} --points p.csv --quantity u,v,w,heat,du/dy --out v.csv"),
        0,
        &["3 points"],
    )?;
    for (name, quantity) in [("u", "u"), ("heat", "heat"), ("slope", "du/dy")] {
        let export = format!("export {file} --to npy --quantity {quantity} --out {name}.npy");
        place.ends(2, &export, 0, &["[z, y, x] = [18, 33, 16]"])?;
    }
    for plane in ["x=0.4", "y=0.9", "z=-1"] {
        let slice = format!("slice {file} --quantity dissipation --plane {plane} --out {plane}.png");
        place.ends(2, &slice, 0, &["dissipation at "])?;
    }
    place.ends(
        1,
        &format!("probe {file} --points p.csv --quantity u,speed --out again.csv"),
        0,
        &["3 points"],
    )?;
    place.python(
        r#"
import h5py, numpy as np
from numpy.polynomial import chebyshev
with h5py.File("run/snapshots/00000004.h5") as f:
    u, heat, y = f["u"][:], f["heat"][:], f["y"][:]
assert abs(np.load("u.npy") - u).max() < 1e-12 and abs(np.load("heat.npy") - heat).max() < 1e-13
# Chebyshev's derivative by NumPy.
series = chebyshev.chebfit(y, u.transpose(1, 0, 2).reshape(33, -1), 32)
slope = chebyshev.chebval(y, chebyshev.chebder(series)).T.reshape(33, 18, 16).transpose(1, 0, 2)
assert abs(np.load("slope.npy") - slope).max() < 1e-9 * abs(slope).max()
lower, upper, inside = np.genfromtxt("v.csv", delimiter=",", names=True, deletechars="")
for name in "uvw":
    assert abs(lower[name]) < 1e-13 and abs(upper[name]) < 1e-13 < abs(inside[name])
assert abs(lower["heat"]) < 1e-13 and abs(upper["heat"] - 1) < 1e-13
again = np.genfromtxt("again.csv", delimiter=",", names=True)
assert again["u"][2] == inside["u"]
assert abs(again["speed"][2] - np.sqrt(sum(inside[n] ** 2 for n in "uvw"))) < 1e-15
"#,
    )
}

fn movie() -> Outcome {
    let place = Place::new()?;
    place.run(3, "run", "--set time.steps=3 --set output.snapshots.every_steps=1")?;
    let files = "run/snapshots/00000000.h5 run/snapshots/00000001.h5 run/snapshots/00000003.h5";
    for ranks in [1, 3] {
        let movie = format!("movie {files} --quantity u --plane z=0.3 --rate 5 --out {ranks}.png");
        place.ends(ranks, &movie, 0, &["png: 3 pictures, t = 0 to "])?;
    }
    let backwards =
        "movie run/snapshots/00000003.h5 run/snapshots/00000001.h5 --quantity u --plane z=0 --out a.png";
    place.ends(2, backwards, 2, &["give the files in the order of time"])?;
    place.python(
        r#"
import os, struct, zlib
data = open("1.png", "rb").read()
assert data == open("3.png", "rb").read() and not os.path.exists("a.png") and not os.path.exists(".a.png.partial")
chunks, at = [], 8
while at < len(data):
    length, kind = struct.unpack(">I4s", data[at:at + 8])
    body, (sum,) = data[at + 8:at + 8 + length], struct.unpack(">I", data[at + 8 + length:at + 12 + length])
    assert sum == zlib.crc32(kind + body)
    chunks.append((kind, body))
    at += 12 + length
kinds = [kind for kind, _ in chunks]
assert struct.unpack(">II", dict(chunks)[b"acTL"]) == (3, 0) and kinds.count(b"fcTL") == 3
width, height = struct.unpack(">II", chunks[0][1][:8])
frames = [body for kind, body in chunks if kind == b"fcTL"]
assert all(struct.unpack(">II", frame[4:12]) == (width, height) for frame in frames) and width > 900
assert all(struct.unpack(">HH", frame[20:24]) == (1, 5) for frame in frames)
"#,
    )
}

/// One message each, which says what, where, and what to do; no file is written.
fn refused() -> Outcome {
    let place = Place::new()?;
    place.run(2, "run", "--set time.steps=1 --set output.snapshots.every_steps=1")?;
    fs::write(place.at("p.csv"), "x,y\n1,2\n")?;
    fs::write(place.at("q.csv"), "x,y,z\n1,2,3\n1,nan,3\n")?;
    let (state, points) = ("run/checkpoints/latest", "run/snapshots/00000001.h5");
    let slice = |file: &str, rest: &str| format!("slice {file} {rest}");
    for (command, parts) in [
        (
            slice(state, "--quantity speeed --plane z=0 --out a.png"),
            vec!["no quantity `speeed`; did you mean `speed`?"],
        ),
        (slice(state, "--quantity du/dt --plane z=0 --out a.png"), vec!["no quantity `du/dt`"]),
        (slice(state, "--quantity u --plane z=0 --out a.jpg"), vec!["a.jpg: the picture is a PNG file"]),
        (slice(state, "--quantity u --plane t=0 --out a.png"), vec!["the axis of a plane is x, y or z"]),
        (slice(state, "--quantity u --plane z=0 --range 1,0 --out a.png"), vec!["the smaller one first"]),
        (
            slice(points, "--quantity Q --plane z=0 --out a.png"),
            vec!["Q needs derivatives", "give a checkpoint"],
        ),
        (
            slice("nothing.h5", "--quantity u --plane z=0 --out a.png"),
            vec!["cannot read the checkpoint or snapshot"],
        ),
        (slice("case.toml", "--quantity u --plane z=0 --out a.png"), vec!["damaged or not an HDF5 file"]),
        (format!("probe {state} --points p.csv --quantity u --out a.csv"), vec!["need columns x, y and z"]),
        (
            format!("probe {state} --points q.csv --quantity u --out a.csv"),
            vec!["q.csv:3: a point needs numbers"],
        ),
        (format!("export {state} --to npy --quantity x --out a.npy"), vec!["no quantity `x`"]),
    ] {
        place.ends(3, &command, 2, &parts)?;
    }
    let no_place = slice(state, "--quantity u --plane z=0 --out no/such/a.png");
    place.ends(2, &no_place, 1, &["no/such"])?;
    ensure!(
        ["a.png", "a.jpg", "a.csv", "a.npy"].iter().all(|name| !place.at(name).exists()),
        "a file is written"
    );
    Ok(())
}
