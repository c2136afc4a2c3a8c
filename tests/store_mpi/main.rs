//! Checkpoints, statistics and snapshots on several ranks. Every trial starts this program again
//! under mpirun, where it runs one of the checks below on all ranks together.

#[path = "../support/fields.rs"]
mod fields;
#[path = "../support/mod.rs"]
mod support;

mod aggregators;
mod fuzz;
mod large;
mod other_programs;
mod records;
mod snapshots;

use libtest_mimic::{Arguments, Failed, Trial};
use num_complex::Complex;
use rogallo::error::{Error, Kind, Result};
use rogallo::parallel::{Session, World};
use rogallo::program::Program;
use rogallo::statistics::Records;
use rogallo::store::*;
use rogallo::transform::{Values, ValuesMut};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use support::mpirun::succeed;

const RANKS: [usize; 5] = [1, 2, 3, 4, 6];
const MODES: u64 = 203;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let [_, inside, check, directory] = &words[..]
        && inside == "--inside"
    {
        return inside_mpi(check, Path::new(directory));
    }
    let trial = |name: &str, ranks: &'static [usize], check: &'static str| {
        Trial::test(name, move || ranks.iter().try_for_each(|&ranks| launch(ranks, check, scratch()?.path())))
    };
    let trials = vec![
        Trial::test("checkpoint_is_the_same_file_on_any_ranks_and_reads_back_on_any", any_ranks),
        Trial::test("checkpoint_opens_in_h5py", h5py),
        trial("as_many_ranks_write_and_read_as_are_chosen", &[4], "aggregators"),
        trial("damage_in_the_data_is_found", &[1, 3], "damage"),
        Trial::test("damage_at_random_is_named_or_harmless", fuzz::trial),
        trial("truncations_are_found", &[1, 3], "truncations"),
        trial("what_is_no_checkpoint_is_refused", &[1, 3], "foreign"),
        trial("what_does_not_fit_is_refused", &[2], "misfits"),
        trial("old_checkpoints_are_deleted", &[2], "keep"),
        trial("latest_is_found", &[2], "latest"),
        trial("bad_directories_are_errors", &[1, 3], "directories"),
        trial("a_file_that_one_rank_cannot_see_is_an_error", &[3], "apart"),
        Trial::test("statistics_are_the_same_file_on_any_ranks", records::any_ranks),
        Trial::test("records_open_in_h5py", records::h5py),
        trial("damage_in_a_record_is_found_and_named", &[1, 3], "record damage"),
        trial("records_that_cannot_be_are_refused", &[1, 3], "record misfits"),
        trial("inspect_tells_and_verifies", &[1], "look"),
        trial("pieces_of_many_rounds_arrive", &[1, 3], "rounds"),
        Trial::test("files_that_other_programs_have_rewritten_are_read_or_refused", other_programs::trial),
        Trial::test("more_than_an_int_counts_arrives", large::by_hand).with_ignored_flag(true),
        Trial::test("full_disk_is_an_error_and_harms_nothing", full_disk),
        Trial::test("snapshots_open_in_h5py_and_have_sound_xdmf", snapshots::trial),
    ];
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(2);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn scratch() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir()
}

fn launch(ranks: usize, check: &str, directory: &Path) -> std::result::Result<(), Failed> {
    let program = std::env::current_exe()?;
    let directory = directory.to_str().ok_or("a directory that is not UTF-8")?;
    Ok(succeed(ranks, &program, &["--inside", check, directory], Duration::from_secs(60))?)
}

/// Runs a Python script with the given arguments; it fails by an exception.
fn python(script: &str, arguments: &[&Path]) -> std::result::Result<(), Failed> {
    let output = Command::new("/usr/bin/python3").args(["-c", script]).args(arguments).output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

fn any_ranks() -> std::result::Result<(), Failed> {
    let directory = scratch()?;
    let place = |ranks: usize| directory.path().join(ranks.to_string());
    for ranks in RANKS {
        launch(ranks, "write", &place(ranks))?;
    }
    let reference = fs::read(place(1).join("00000007.h5"))?;
    for ranks in RANKS {
        if fs::read(place(ranks).join("00000007.h5"))? != reference {
            return Err(format!("the file of {ranks} ranks differs from that of one").into());
        }
        launch(ranks, "read", &place(1))?;
    }
    Ok(())
}

fn h5py() -> std::result::Result<(), Failed> {
    let directory = scratch()?;
    launch(3, "write", directory.path())?;
    let script = r#"
import h5py, numpy as np, sys
f = h5py.File(sys.argv[1], "r")
i = np.arange(203)
u, v = f["state/u"], f["state/v"]
assert u.dtype == np.complex128 and v.dtype == np.complex64, (u.dtype, v.dtype)
assert (u[:] == (i + 0.5) / 3 + 1j * -(i / 7)).all()
assert (v[:] == (i - 100 + 1j * i * i).astype(np.complex64)).all()
assert u.attrs["units"] == b"m/s" and f["modes/kx"].attrs["units"] == b"1"
assert (f["modes/kx"][:] == [0, 1, 2, -2, -1]).all()
assert f.attrs["program"] == b"rogallo" and f.attrs["flow"] == b"homogeneous"
assert f.attrs["step"] == 7 and f.attrs["time"] == 0.1 and f["numbers"].attrs["strain"] == -1e-300
assert f.attrs["case"].decode() == "[flow]\nname = \"Wirbel, groß\"\n"
"#;
    python(script, &[&directory.path().join("00000007.h5")])
}

/// On a disk of 1 MB, which only root may make.
fn full_disk() -> std::result::Result<(), Failed> {
    let disk = scratch()?;
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(disk.path()).output()?;
    if !mounted.status.success() {
        eprintln!("full disk: skipped, no right to mount one");
        return Ok(());
    }
    let result = [1, 3].into_iter().try_for_each(|ranks| launch(ranks, "full", disk.path()));
    Command::new("umount").arg(disk.path()).status()?;
    result
}

/// A failed assertion on any rank ends the job with an exit code other than 0.
fn inside_mpi(check: &str, directory: &Path) -> ExitCode {
    let session = Session::start(Program { version: "0.1.0", commit: "test" }).unwrap();
    let world = &session.world();
    match check {
        "write" => drop(write(world, directory, 2, 7).unwrap()),
        "read" => read_back(world, &directory.join("00000007.h5")).unwrap(),
        "aggregators" => aggregators::check(world, directory),
        "damage" => damage(world, directory),
        "rounds" => large::rounds(world, directory),
        "large" => large::beyond(world, directory),
        "fuzz" => fuzz::damage(world, directory),
        "truncations" => truncations(world, directory),
        "foreign" => foreign(world, directory),
        "misfits" => misfits(world, directory),
        "keep" => keep(world, directory),
        "latest" => latest(world, directory),
        "directories" => directories(world, directory),
        "apart" => apart(world, directory),
        "look" => look(world, directory),
        "chunked" => other_programs::chunked(world, directory),
        "statistics" => records::write(world, directory),
        "record damage" => records::damage(world, directory),
        "record misfits" => records::misfits(world, directory),
        "full" => full(world, directory),
        "snapshot" => snapshots::write(world, directory),
        _ => panic!("no check is called {check}"),
    }
    ExitCode::SUCCESS
}

// The state that is written: its values follow from the index of the mode.

fn u(i: u64) -> Complex<f64> {
    Complex::new((i as f64 + 0.5) / 3.0, -(i as f64 / 7.0))
}

fn v(i: u64) -> Complex<f32> {
    Complex::new(i as f32 - 100.0, (i * i) as f32)
}

fn header(step: u64) -> Header {
    Header {
        flow: "homogeneous".into(),
        step,
        time: 0.1,
        case: "[flow]\nname = \"Wirbel, groß\"\n".into(),
        layout: "two-thirds 8x8x8".into(),
        numbers: vec![("dt".into(), 0.1 + 0.2), ("strain".into(), -1e-300)],
    }
}

/// A table of five integers, of which this rank has its piece.
fn tables(world: &World) -> ([Table; 1], Piece) {
    let range = piece(world, 0, 5);
    let table = Table {
        name: "kx".into(),
        units: "1".into(),
        description: "wavenumbers".into(),
        values: [0, 1, 2, -2, -1][range.start as usize..range.end as usize].to_vec(),
    };
    ([table], Piece { offset: range.start, total: 5 })
}

/// Nearly even pieces for all ranks but `idle`, which has none if there are others.
fn piece(world: &World, idle: usize, modes: u64) -> Range<u64> {
    let workers = (world.size() as u64 - 1).max(1);
    let before = |rank: usize| (rank - usize::from(rank > idle && world.size() > 1)) as u64;
    modes * before(world.rank()) / workers..modes * before(world.rank() + 1) / workers
}

fn write(world: &World, directory: &Path, keep: usize, step: u64) -> Result<Written> {
    write_with(world, directory, keep, step, &records::shared(world, records::sample()))
}

fn write_with(world: &World, directory: &Path, keep: usize, step: u64, records: &Records) -> Result<Written> {
    let range = piece(world, 0, MODES);
    let (us, vs): (Vec<_>, Vec<_>) = (range.clone().map(u).collect(), range.clone().map(v).collect());
    let fields = [
        Field { name: "u", units: "m/s", values: Values::F64(&us) },
        Field { name: "v", units: "m/s", values: Values::F32(&vs) },
    ];
    let piece = Piece { offset: range.start, total: MODES };
    let (tables, columns) = tables(world);
    let contents =
        Contents { header: &header(step), tables: &tables, columns, piece, fields: &fields, records };
    write_checkpoint(world, directory, &mut Rotation::new(keep), &contents)
}

/// Reads with other pieces than it was written with. Data that come without an error must be those written.
fn read_back(world: &World, file: &Path) -> Result<()> {
    let idle = world.size() - 1;
    let range = piece(world, idle, MODES);
    let mut us = vec![Complex::default(); range.clone().count()];
    let mut vs = vec![Complex::default(); range.clone().count()];
    let mut fields = [
        FieldMut { name: "v", values: ValuesMut::F32(&mut vs) },
        FieldMut { name: "u", values: ValuesMut::F64(&mut us) },
    ];
    let read_header = same(world, read_header(world, file))?;
    same(world, read_fields(world, file, Piece { offset: range.start, total: MODES }, &mut fields))?;
    assert!(
        us.iter().copied().eq(range.clone().map(u)) && vs.iter().copied().eq(range.map(v)),
        "wrong data were accepted"
    );
    assert_eq!(read_header, header(7), "a wrong header was accepted");
    records::read_back(world, file)?;
    Ok(())
}

/// Asserts that all ranks have the same error, or none, and returns the result.
fn same<T>(world: &World, result: Result<T>) -> Result<T> {
    let text = result.as_ref().err().map_or_else(|| "no error".to_string(), |error| error.message.clone());
    let of_root = world.root_text(|| Ok(text.clone())).unwrap();
    assert_eq!(text, of_root, "rank {} has another result than the root", world.rank());
    result
}

fn fails<T: std::fmt::Debug>(world: &World, result: Result<T>, parts: &[&str]) -> Error {
    let error = same(world, result).unwrap_err();
    for part in parts {
        assert!(error.message.contains(part), "\"{part}\" is missing in: {error}");
    }
    error
}

/// Files are changed by the root alone, while the others wait.
fn root(world: &World, action: impl FnOnce()) {
    world.barrier();
    if world.rank() == 0 {
        action();
    }
    world.barrier();
}

fn damage(world: &World, directory: &Path) {
    let file = write(world, directory, 1, 7).unwrap().path;
    let sound = fs::read(&file).unwrap();
    let first = u(0).re.to_le_bytes();
    let begin = sound.windows(8).position(|window| window == first).unwrap();
    for byte in [0, 7, 8, 1000, 16 * MODES as usize - 1] {
        let mut damaged = sound.clone();
        damaged[begin + byte] ^= 1;
        root(world, || fs::write(&file, &damaged).unwrap());
        let error = fails(
            world,
            read_back(world, &file),
            &["\"/state/u\"", file.to_str().unwrap(), "use an older checkpoint"],
        );
        assert_eq!(error.kind, Kind::Input);
        assert!(inspect(&file).unwrap_err().message.contains("the checksum of /state/u does not match"));
    }
}

fn truncations(world: &World, directory: &Path) {
    let file = write(world, directory, 1, 7).unwrap().path;
    let sound = fs::read(&file).unwrap();
    let lengths = (0..60).map(|i| i * sound.len() / 60).chain([1, 8, 48, 96, sound.len() - 1]);
    for length in lengths {
        root(world, || fs::write(&file, &sound[..length]).unwrap());
        fails(
            world,
            read_back(world, &file),
            &[file.to_str().unwrap(), "damaged", "use an older checkpoint"],
        );
    }
}

fn foreign(world: &World, directory: &Path) {
    let file = directory.join("file.h5");
    fails(world, read_header(world, &file), &["cannot read the checkpoint", "No such file"]);
    fails(world, read_header(world, directory), &[directory.to_str().unwrap()]);
    root(world, || fs::write(&file, "step,time,dt\n0,0.0,0.1\n".repeat(1000)).unwrap());
    fails(world, read_header(world, &file), &["damaged or not an HDF5 file"]);
    fails(world, read_back(world, &file), &["damaged or not an HDF5 file"]);
    let foreign = "import h5py, sys\nf = h5py.File(sys.argv[1], 'w')\nf['state/u'] = \
        [1.0]\nf.attrs['program'] = 'other'";
    root(world, || python(foreign, &[&file]).unwrap());
    fails(world, read_header(world, &file), &["not a checkpoint of rogallo"]);
    snapshots::write(world, directory);
    fails(
        world,
        read_header(world, &directory.join("00000020.h5")),
        &["is a snapshot file of rogallo, not a checkpoint"],
    );
    let newer = "import h5py, sys\nf = h5py.File(sys.argv[1], 'r+')\nf.attrs.modify('format', 2)";
    let file = write(world, directory, 9, 7).unwrap().path;
    root(world, || python(newer, &[&file]).unwrap());
    fails(world, read_header(world, &file), &["has format 2", "use a newer one"]);
}

fn misfits(world: &World, directory: &Path) {
    let file = write(world, directory, 1, 7).unwrap().path;
    let read = |name: &str, modes: u64, single: bool| {
        let range = piece(world, 0, modes);
        let length = range.clone().count();
        let (mut singles, mut doubles) = (vec![Complex::default(); length], vec![Complex::default(); length]);
        let values = if single { ValuesMut::F32(&mut singles) } else { ValuesMut::F64(&mut doubles) };
        read_fields(
            world,
            &file,
            Piece { offset: range.start, total: modes },
            &mut [FieldMut { name, values }],
        )
    };
    read("u", MODES, false).unwrap();
    fails(
        world,
        read("u", MODES, true),
        &["\"/state/u\"", "stored in double precision, but the case asks for single"],
    );
    fails(world, read("v", MODES, false), &["\"/state/v\"", "stored in single precision"]);
    fails(world, read("u", MODES + 1, false), &["[203] modes are stored, but the case has 204"]);
    fails(world, read("u", MODES - 1, false), &["[203] modes are stored, but the case has 202"]);
    fails(world, read("w", MODES, false), &["no such field, only u, v"]);
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn keep(world: &World, directory: &Path) {
    let directory = &directory.join("checkpoints");
    root(world, || {
        fs::create_dir(directory).unwrap();
        fs::write(directory.join("00000001.h5.bak"), "").unwrap();
        for name in [".00000030.h5.partial", ".00000033.h5.partial"] {
            fs::write(directory.join(name), "left over").unwrap();
        }
    });
    for step in [10, 20, 30, 40] {
        let written = write(world, directory, 2, step).unwrap();
        assert_eq!(written.bytes, fs::metadata(&written.path).unwrap().len());
    }
    world.barrier();
    assert_eq!(names(directory), ["00000001.h5.bak", "00000030.h5", "00000040.h5", "latest"]);
    assert_eq!(fs::read_link(directory.join("latest")).unwrap(), PathBuf::from("00000040.h5"));
    // The same step again replaces the file.
    write(world, directory, 2, 40).unwrap();
    world.barrier();
    assert_eq!(names(directory), ["00000001.h5.bak", "00000030.h5", "00000040.h5", "latest"]);
}

fn latest(world: &World, directory: &Path) {
    let found = || checkpoints(world, directory).unwrap();
    assert!(checkpoints(world, &directory.join("none")).unwrap().is_empty());
    assert!(found().is_empty());
    for step in [7, 12] {
        write(world, directory, 3, step).unwrap();
    }
    let (old, new, link) =
        (directory.join("00000007.h5"), directory.join("00000012.h5"), directory.join("latest"));
    assert_eq!(found(), [new.clone(), old.clone()]);
    root(world, || {
        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink("00000007.h5", &link).unwrap();
    });
    assert_eq!(found(), [old.clone(), new.clone()]);
    root(world, || fs::remove_file(&old).unwrap());
    assert_eq!(found(), std::slice::from_ref(&new));
    root(world, || fs::remove_file(&link).unwrap());
    assert_eq!(found(), [new]);
}

fn directories(world: &World, directory: &Path) {
    fails(
        world,
        write(world, &directory.join("missing/checkpoints"), 1, 7),
        &["cannot create the directory", "missing/checkpoints"],
    );
    let file = directory.join("file");
    root(world, || fs::write(&file, "").unwrap());
    fails(world, write(world, &file.join("checkpoints"), 1, 7), &["file/checkpoints", "Not a directory"]);
    fails(world, write(world, &file, 1, 7), &["is not a directory"]);
    let blocked = directory.join("blocked");
    root(world, || fs::create_dir_all(blocked.join("00000007.h5")).unwrap());
    fails(world, write(world, &blocked, 1, 7), &["cannot rename"]);
    world.barrier();
    assert_eq!(names(&blocked), ["00000007.h5"]);
}

/// Nodes of which one has not mounted the disk, or does not see the file yet: MPI libraries wait
/// for ever there.
fn apart(world: &World, directory: &Path) {
    let shared = directory.join("shared");
    root(world, || fs::create_dir(&shared).unwrap());
    let seen = if world.rank() == 2 { directory.join("unmounted") } else { shared.clone() };
    fails(world, write(world, &seen, 1, 7), &["cannot open", "unmounted", "No such file", "(rank 2 of 3)"]);
    let file = write(world, &shared, 1, 7).unwrap().path;
    let (range, mut values) =
        (piece(world, 0, MODES), vec![Complex::default(); piece(world, 0, MODES).count()]);
    let mut fields = [FieldMut { name: "u", values: ValuesMut::F64(&mut values) }];
    let file = seen.join(file.file_name().unwrap());
    let read = read_fields(world, &file, Piece { offset: range.start, total: MODES }, &mut fields);
    fails(world, read, &["cannot open", "unmounted", "No such file", "(rank 2 of 3)"]);
}

fn look(world: &World, directory: &Path) {
    let file = write(world, directory, 1, 7).unwrap().path;
    let text = inspect(&file).unwrap();
    for part in [
        "homogeneous",
        "two-thirds 8x8x8",
        "0.30000000000000004",
        "/state/u",
        "203 complex, double precision, 3248 bytes, unit m/s: sound",
        "/statistics/uu",
    ] {
        assert!(text.contains(part), "\"{part}\" is missing in:\n{text}");
    }
}

/// First a checkpoint that fits on the disk of 1 MB, then one that does not.
fn full(world: &World, directory: &Path) {
    let file = write(world, directory, 2, 7).unwrap().path;
    let range = piece(world, 0, 100_000);
    let values = vec![Complex::new(1.0, 2.0); range.clone().count()];
    let fields = [Field { name: "u", units: "m/s", values: Values::F64(&values) }];
    let header = header(8);
    let (tables, columns) = tables(world);
    let contents = Contents {
        header: &header,
        tables: &tables,
        columns,
        piece: Piece { offset: range.start, total: 100_000 },
        fields: &fields,
        records: &Records::default(),
    };
    let result = write_checkpoint(world, directory, &mut Rotation::new(2), &contents);
    let error = fails(world, result, &[directory.to_str().unwrap(), "no room", "bytes needed", "available"]);
    assert_eq!(error.kind, Kind::Failure);
    world.barrier();
    assert_eq!(names(directory), ["00000007.h5", "latest"]);
    read_back(world, &file).unwrap();
    records::full(world, directory);
    snapshots::full(world, directory);
    world.barrier();
    assert_eq!(names(directory), ["00000007.h5", "latest"]);
}
