//! Records, in checkpoints and in files of statistics.

use crate::{
    RANKS, fails, header, launch, names, python, read_back as read_back_all, root, same, scratch,
    write as write_checkpoint, write_with,
};
use libtest_mimic::Failed;
use rogallo::error::{Kind, Result};
use rogallo::parallel::World;
use rogallo::statistics::{Record, RecordPart, Records};
use rogallo::store::{StoredRecords, inspect, read_statistics, write_statistics};
use std::fs;
use std::path::Path;

fn record(name: &str, axes: &[(&str, usize)], values: Vec<f64>) -> Record {
    Record {
        name: name.into(),
        units: "m2/s2".into(),
        description: format!("{name}, größer als nichts"),
        axes: axes.iter().map(|(axis, _)| axis.to_string()).collect(),
        shape: axes.iter().map(|(_, length)| *length).collect(),
        values,
    }
}

/// Not in alphabetical order, of all dimensions, with values that only an exact copy keeps; more
/// than the 8 that HDF5 keeps in the header of a group.
pub fn sample() -> Vec<Record> {
    let special = vec![f64::from_bits(0x7ff8_0000_0000_beef), -0.0, 5e-324, f64::NEG_INFINITY];
    let many = (0..8).map(|i| record(&format!("r{i}"), &[("y", 2)], vec![f64::from(i), 0.1]));
    let uu = (0..15).map(|i| f64::from(i + 3) / 7.0).collect();
    let plane = (0..30).map(|i| f64::from(i + 3) / 11.0).collect();
    let plane = record("uu_plane", &[("y", 5), ("kx", 3), ("kz", 2)], plane);
    [record("uu", &[("y", 5), ("kx", 3)], uu), record("special", &[("y", 4)], special), plane]
        .into_iter()
        .chain(many)
        .chain([record("samples", &[], vec![12.1]), record("none", &[("y", 0)], vec![])])
        .collect()
}

/// The records as a run has them: of those with two axes or more, each rank but the last of several has some
/// rows.
pub fn shared(world: &World, records: Vec<Record>) -> Records {
    let mut shared = Records::default();
    for record in records {
        if record.shape.len() < 2 {
            shared.whole.extend(Some(record).filter(|_| world.is_root()));
            continue;
        }
        let (rows, columns) = (record.shape[0], record.shape[1..].iter().product::<usize>());
        let workers = (world.size() - 1).max(1);
        let begin = |rank: usize| rows * rank.min(workers) / workers;
        let place = [begin(world.rank())..begin(world.rank() + 1), 0..columns];
        let values = record.values[columns * place[0].start..columns * place[0].end].to_vec();
        shared.parts.push(RecordPart { record: Record { values, ..record }, place });
    }
    shared
}

/// The records of a checkpoint with all their values, on every rank.
pub fn stored(world: &World, file: &Path) -> Result<Vec<Record>> {
    let mut stored = StoredRecords::open(world, file)?;
    let large: Vec<Record> = stored.large().cloned().collect();
    let mut records = stored.small().to_vec();
    for record in large {
        let (rows, columns) = (record.shape[0], record.shape[1..].iter().product::<usize>());
        let whole = stored.read(&record.name, &record.shape, &[0..rows, 0..columns])?;
        // Each rank some columns.
        let begin = |rank: usize| columns * rank / world.size();
        let own = begin(world.rank())..begin(world.rank() + 1);
        let part = stored.read(&record.name, &record.shape, &[0..rows, own.clone()])?;
        let of_whole = whole.chunks(columns).flat_map(|row| row[own.clone()].iter());
        assert!(part.iter().map(|x| x.to_bits()).eq(of_whole.map(|x| x.to_bits())), "{}", record.name);
        records.push(Record { values: whole, ..record });
    }
    stored.agree(world)?;
    records.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(records)
}

/// Everything, to the bit: a NaN is not equal to itself.
fn assert_same(mut records: Vec<Record>, mut expected: Vec<Record>) {
    let bits = |records: &mut Vec<Record>| {
        let values = records.iter_mut().map(|record| std::mem::take(&mut record.values));
        values.map(|values| values.into_iter().map(f64::to_bits).collect()).collect::<Vec<Vec<_>>>()
    };
    assert_eq!(bits(&mut records), bits(&mut expected), "wrong records were accepted");
    assert_eq!(records, expected, "wrong records were accepted");
}

/// The records of `sample`, on every rank.
pub fn read_back(world: &World, file: &Path) -> Result<()> {
    let mut expected = sample();
    expected.sort_by(|a, b| a.name.cmp(&b.name));
    assert_same(same(world, stored(world, file))?, expected);
    Ok(())
}

pub fn write(world: &World, directory: &Path) {
    root(world, || {
        fs::create_dir_all(directory).unwrap();
        fs::write(directory.join(".statistics.h5.partial"), "left over").unwrap();
    });
    let file = directory.join("statistics.h5");
    for (step, records) in [(6, sample()[..3].to_vec()), (7, sample())] {
        write_statistics(world, &file, &header(step), &shared(world, records)).unwrap();
    }
    world.barrier();
    assert_eq!(names(directory), ["statistics.h5"]);
}

pub fn any_ranks() -> std::result::Result<(), Failed> {
    let directory = scratch()?;
    let place = |ranks: usize| directory.path().join(ranks.to_string());
    for ranks in RANKS {
        launch(ranks, "statistics", &place(ranks))?;
        if fs::read(place(ranks).join("statistics.h5"))? != fs::read(place(1).join("statistics.h5"))? {
            return Err(format!("the file of {ranks} ranks differs from that of one").into());
        }
    }
    Ok(())
}

pub fn h5py() -> std::result::Result<(), Failed> {
    let directory = scratch()?;
    let own = directory.path().join("own");
    launch(3, "write", directory.path())?;
    launch(3, "statistics", &own)?;
    let script = r#"
import h5py, numpy as np, sys
c, s = (h5py.File(name, "r") for name in sys.argv[1:])
for f in c["statistics"], s:
    assert f["uu"].dtype == np.float64 and (f["uu"][:] == (np.arange(15) + 3).reshape(5, 3) / 7).all()
    assert (f["uu_plane"][:] == (np.arange(30) + 3).reshape(5, 3, 2) / 11).all()
    assert f["uu"].attrs["units"] == b"m2/s2" and f["uu"].attrs["axes"] == b"y, kx"
    assert f["uu"].attrs["description"].decode() == "uu, größer als nichts"
    assert f["samples"][()] == 12.1 and f["samples"].shape == () and f["none"].shape == (0,)
    special = [0x7ff800000000beef, 1 << 63, 1, 0xfff0000000000000]
    assert (f["special"][:].view(np.uint64) == np.array(special, np.uint64)).all()
    assert len([d for d in f.values() if isinstance(d, h5py.Dataset)]) == 13
assert s.attrs["program"] == b"rogallo" and s.attrs["kind"] == b"statistics" and s.attrs["flow"] == b"homogeneous"
assert s.attrs["step"] == 7 and s.attrs["time"] == 0.1 and s["numbers"].attrs["strain"] == -1e-300
assert s.attrs["case"].decode() == "[flow]\nname = \"Wirbel, groß\"\n"
"#;
    python(script, &[&directory.path().join("00000007.h5"), &own.join("statistics.h5")])
}

pub fn damage(world: &World, directory: &Path) {
    let checkpoint = write_checkpoint(world, directory, 1, 7).unwrap().path;
    let statistics = directory.join("statistics.h5");
    write_statistics(world, &statistics, &header(7), &shared(world, sample())).unwrap();
    world.barrier();
    let text = inspect(&statistics).unwrap();
    let parts = [
        "statistics          ",
        "step                7",
        "/uu",
        "15 real (y: 5, kx: 3), 120 bytes, unit m2/s2: sound",
        "1 real (), 8 bytes",
    ];
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is missing in:\n{text}");
    }
    for (name, number, byte) in [
        ("uu", 3.0_f64 / 7.0, 0),
        ("uu", 3.0 / 7.0, 119),
        ("special", f64::from_bits(0x7ff8_0000_0000_beef), 15),
        ("samples", 12.1, 6),
    ] {
        for (file, place, advice) in [
            (&checkpoint, format!("/statistics/{name}"), "use an older checkpoint"),
            (&statistics, format!("/{name}"), "or move it away"),
        ] {
            let sound = fs::read(file).unwrap();
            let begin = sound.windows(8).rposition(|window| window == number.to_le_bytes()).unwrap();
            let mut damaged = sound.clone();
            damaged[begin + byte] ^= 1;
            root(world, || fs::write(file, &damaged).unwrap());
            if *file == checkpoint {
                let error = fails(
                    world,
                    stored(world, file),
                    &[&format!("\"{place}\""), file.to_str().unwrap(), "damaged", advice],
                );
                assert_eq!(error.kind, Kind::Input);
            } else {
                let error = read_statistics(file).unwrap_err();
                for part in [&*format!("the data of \"{place}\" in"), "their checksum does not match", advice]
                {
                    assert!(error.message.contains(part), "\"{part}\" is missing in: {error}");
                }
                assert_eq!(error.kind, Kind::Input);
            }
            let error = inspect(file).unwrap_err();
            for part in [&format!("the checksum of {place} does not match"), "DAMAGED", advice] {
                assert!(error.message.contains(part), "\"{part}\" is missing in: {error}");
            }
            assert_eq!(error.kind, Kind::Input);
            root(world, || fs::write(file, &sound).unwrap());
        }
    }
    read_back_all(world, &checkpoint).unwrap();
    let (of_file, records) = read_statistics(&statistics).unwrap();
    assert_eq!(of_file, header(7));
    let mut expected = sample();
    expected.sort_by(|a, b| a.name.cmp(&b.name));
    assert_same(records, expected);
    assert!(
        read_statistics(&checkpoint)
            .unwrap_err()
            .message
            .contains("is a checkpoint file of rogallo, not a statistics of rogallo")
    );
}

pub fn misfits(world: &World, directory: &Path) {
    // A checkpoint without records is one as it was before there were any.
    let file = write_with(world, directory, 1, 7, &Records::default()).unwrap().path;
    assert_same(stored(world, &file).unwrap(), vec![]);
    root(world, || {
        python("import h5py, sys\nassert 'statistics' not in h5py.File(sys.argv[1])", &[&file]).unwrap()
    });
    let statistics = directory.join("statistics.h5");
    write_statistics(world, &statistics, &header(7), &shared(world, sample())).unwrap();
    fails(world, stored(world, &statistics), &["is a statistics file of rogallo, not a checkpoint"]);

    let mut axes = sample();
    axes[0].axes.pop();
    let mut shape = sample();
    shape[1].shape[0] = 5;
    let twice = [sample(), sample()].concat();
    for (records, part) in
        [(axes, "\"uu\" has 1 axes, but 2 dimensions"), (shape, "length mismatch"), (twice, "")]
    {
        let records = &shared(world, records);
        fails(world, write_with(world, directory, 1, 8, records), &["cannot create the checkpoint", part]);
        fails(
            world,
            write_statistics(world, &statistics, &header(8), records),
            &["cannot create the statistics", part],
        );
    }
    let missing = directory.join("missing/statistics.h5");
    fails(
        world,
        write_statistics(world, &missing, &header(8), &shared(world, sample())),
        &["missing", "No such file"],
    );
    world.barrier();
    assert_eq!(names(directory), ["00000007.h5", "latest", "statistics.h5"]);
    assert!(inspect(&statistics).unwrap().contains("step                7"));
}

/// Records that do not fit on a disk of 1 MB.
pub fn full(world: &World, directory: &Path) {
    let large = &shared(world, vec![record("large", &[("y", 1 << 17)], vec![0.1; 1 << 17])]);
    let parts = [directory.to_str().unwrap(), "no room", "bytes needed", "available"];
    fails(world, write_with(world, directory, 2, 8, large), &parts);
    let error =
        fails(world, write_statistics(world, &directory.join("statistics.h5"), &header(8), large), &parts);
    assert_eq!(error.kind, Kind::Failure);
}
