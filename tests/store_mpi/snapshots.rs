//! Snapshots: the same files on any number of ranks, for h5py and for ParaView.

use crate::{RANKS, fails, launch, python, scratch};
use libtest_mimic::Failed;
use rogallo::case::Precision;
use rogallo::parallel::World;
use rogallo::store::{Block, Boxes, Snapshot, SnapshotHeader, StoredSnapshot};
use rogallo::transform::Reals;
use std::fs;
use std::path::Path;

const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

pub fn trial() -> std::result::Result<(), Failed> {
    let directory = scratch()?;
    let place = |ranks: usize| directory.path().join(ranks.to_string());
    for ranks in RANKS {
        launch(ranks, "snapshot", &place(ranks))?;
        for name in ["00000020.h5", "00000020.xdmf", "series.xdmf", "series.vtkhdf.series"] {
            if fs::read(place(ranks).join(name))? != fs::read(place(1).join(name))? {
                return Err(format!("{name} of {ranks} ranks differs from that of one").into());
            }
        }
    }
    let script = r#"
import h5py, numpy as np, sys, os
import xml.etree.ElementTree as xml
place = sys.argv[1]
f = h5py.File(os.path.join(place, "00000020.h5"), "r")
z, y, x = np.meshgrid(np.arange(7), np.arange(5), np.arange(6), indexing="ij")
assert f["u"].dtype == np.float64 and (f["u"][:] == x + 10 * y + 100 * z).all()
assert f["p"].dtype == np.float32 and (f["p"][:] == -(x + 10 * y + 100 * z)).all()
assert f["u"].attrs["axes"] == b"z, y, x" and f["u"].attrs["units"] == b"m/s"
assert (f["y"][:] == [-1, -0.7, 0, 0.7, 1]).all() and len(f["x"]) == 6 and len(f["z"]) == 7
assert (f.attrs["size"] == [6, 2, 7]).all() and f.attrs["kind"] == b"snapshot"

def check(grid, name):
    assert grid.find("Topology").get("Dimensions") == "7 5 6"
    items = [i for i in grid.iter("DataItem")]
    assert [i.text for i in items] == [f"{name}:/{d}" for d in ("x", "y", "z", "u", "p")]
    file = h5py.File(os.path.join(place, name), "r")
    for i in items:
        d = file[i.text.split(":")[1]]
        assert tuple(int(n) for n in i.get("Dimensions").split()) == d.shape
        assert int(i.get("Precision")) == d.dtype.itemsize

check(xml.parse(os.path.join(place, "00000020.xdmf")).getroot().find("Domain/Grid"), "00000020.h5")
series = xml.parse(os.path.join(place, "series.xdmf")).getroot().find("Domain/Grid")
assert series.get("CollectionType") == "Temporal"
assert [float(g.find("Time").get("Value")) for g in series.findall("Grid")] == [0.5, 2.0]
for g, name in zip(series.findall("Grid"), ["00000005.h5", "00000020.h5"]):
    check(g, name)
files = ["00000005.h5", "00000005.xdmf", "00000020.h5", "00000020.xdmf", "series.vtkhdf.series", "series.xdmf"]
assert sorted(os.listdir(place)) == files
"#;
    python(script, &[&place(4)])?;
    stored(&place(4))
}

/// The same, as this library gives it to other programs.
fn stored(directory: &Path) -> std::result::Result<(), Failed> {
    let snapshot = StoredSnapshot::open(&directory.join("00000020.h5"))?;
    let [x, y, z] = &snapshot.coordinates;
    assert_eq!((snapshot.step, snapshot.time, snapshot.size), (20, 2.0, [6.0, 2.0, 7.0]));
    assert_eq!((x.len(), y.to_vec(), z.len()), (6, vec![-1.0, -0.7, 0.0, 0.7, 1.0], 7));
    assert_eq!((snapshot.deformation, &*snapshot.case), (IDENTITY, "[flow]\n"));
    assert_eq!(snapshot.names()?, ["p", "u"]);
    for (name, sign) in [("u", 1.0), ("p", -1.0)] {
        let field = snapshot.field(name)?;
        assert_eq!(field.dim(), (7, 5, 6));
        for ((z, y, x), value) in field.indexed_iter() {
            assert_eq!(*value, sign * (x + 10 * y + 100 * z) as f64);
        }
    }
    assert!(snapshot.field("w").unwrap_err().message.ends_with("has no field \"w\", only p, u"));
    let xdmf = StoredSnapshot::open(&directory.join("series.xdmf")).err().map(|error| error.message);
    assert!(xdmf.is_some_and(|message| message.contains("is damaged or not an HDF5 file")));
    Ok(())
}

/// Two snapshots of 6 x 5 x 7 points in pencils along z, with an idle rank.
pub fn write(world: &World, directory: &Path) {
    let (nx, ny, nz) = (6, 5, 7);
    let workers = world.size().saturating_sub(1).max(1);
    let rows = if workers.is_multiple_of(2) { 2 } else { 1 };
    let columns = workers / rows;
    let cut = |n: usize, part: usize, parts: usize| n * part / parts;
    let (row, column) = (world.rank() % rows, world.rank() / rows);
    let (x, y) =
        (cut(nx, column, columns)..cut(nx, column + 1, columns), cut(ny, row, rows)..cut(ny, row + 1, rows));
    let mut block = Block { start: [0, y.start, x.start], shape: [nz, y.len(), x.len()] };
    if world.rank() >= workers {
        block = Block { start: [0; 3], shape: [0; 3] };
    }
    let mut values = Vec::new();
    for z in 0..block.shape[0] {
        for y in block.start[1]..block.start[1] + block.shape[1] {
            values.extend(
                (block.start[2]..block.start[2] + block.shape[2]).map(|x| (x + 10 * y + 100 * z) as f64),
            );
        }
    }
    let singles: Vec<f32> = values.iter().map(|&value| -value as f32).collect();
    let even = |n: usize| (0..n).map(|i| i as f64).collect();
    let (values, singles) = (Reals::F64(values), Reals::F32(singles));
    for (step, time) in [(20, 2.0), (5, 0.5)] {
        let coordinates = [even(nx), vec![-1.0, -0.7, 0.0, 0.7, 1.0], even(nz)];
        let header = SnapshotHeader {
            step,
            time,
            size: [6.0, 2.0, 7.0],
            deformation: IDENTITY,
            coordinates,
            case: "[flow]\n".into(),
        };
        let mut snapshot = Snapshot::create(world, directory, header).unwrap();
        let [single, double] = [Precision::Single, Precision::Double];
        snapshot.field("u", "m/s", double, |boxes| in_two(boxes, block, &values)).unwrap();
        snapshot.field("p", "m2/s2", single, |boxes| boxes.write(block, &singles)).unwrap();
        assert_eq!(snapshot.finish().unwrap(), directory.join(format!("{step:08}.h5")));
    }
}

/// Writes a box as its first plane of z and the others.
fn in_two(boxes: &mut Boxes, block: Block, values: &Reals) {
    let Reals::F64(values) = values else { panic!("not in double precision") };
    let Block { start, shape } = block;
    let first = shape[0].min(1);
    let (upper, lower) = values.split_at(first * shape[1] * shape[2]);
    boxes.write(Block { start, shape: [first, shape[1], shape[2]] }, &Reals::F64(upper.to_vec()));
    let others = Block {
        start: [start[0] + first, start[1], start[2]],
        shape: [shape[0] - first, shape[1], shape[2]],
    };
    boxes.write(others, &Reals::F64(lower.to_vec()));
}

/// A snapshot that does not fit on a disk of 1 MB.
pub fn full(world: &World, directory: &Path) {
    let points = vec![0.0; 60];
    let header = SnapshotHeader {
        step: 9,
        time: 0.0,
        size: [1.0; 3],
        deformation: IDENTITY,
        coordinates: [points.clone(), points.clone(), points],
        case: String::new(),
    };
    let mut snapshot = Snapshot::create(world, directory, header).unwrap();
    let length = if world.rank() == 0 { 60 } else { 0 };
    let block = Block { start: [0; 3], shape: [length; 3] };
    let values = Reals::F64(vec![0.0; length.pow(3)]);
    let written = snapshot.field("u", "m/s", Precision::Double, |boxes| boxes.write(block, &values));
    fails(world, written, &["no room"]);
    drop(snapshot);
}
