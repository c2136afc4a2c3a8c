//! Checkpoints that other programs have rewritten: numbers of the other order of bytes are read, chunks
//! are refused with the cure.

use crate::{fails, launch, names, python, scratch};
use libtest_mimic::Failed;
use num_complex::Complex;
use rogallo::error::Kind;
use rogallo::parallel::World;
use rogallo::store::{FieldMut, Inventory, Piece, StoredRecords, inspect, read_fields, read_header};
use rogallo::transform::ValuesMut;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Turns every dataset of a file to big-endian numbers, with the same attributes.
const TURN: &str = "
import h5py, sys
with h5py.File(sys.argv[1], 'r+') as file:
    found = []
    file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
    for name in found:
        old = file[name]
        values, kind = old[()], old.dtype.newbyteorder('>')
        attributes = {key: (old.attrs[key], old.attrs.get_id(key).dtype) for key in old.attrs}
        del file[name]
        new = file.create_dataset(name, data=values.astype(kind), dtype=kind)
        for key, (value, kind) in attributes.items(): new.attrs.create(key, value, dtype=kind)
";

pub fn trial() -> Result<(), Failed> {
    let directory = scratch()?;
    let file = directory.path().join("00000007.h5");
    launch(3, "write", directory.path())?;
    let sound = fs::read(&file)?;
    for layout in [&["-l", "CHUNK=16"][..], &["-l", "CHUNK=16", "-f", "GZIP=1"]] {
        repack(&file, layout)?;
        launch(2, "chunked", directory.path())?;
        // The cure that the message names.
        repack(&file, &["-l", "CONTI"])?;
        launch(3, "read", directory.path())?;
        fs::write(&file, &sound)?;
    }
    python(TURN, &[&file])?;
    [1, 3].into_iter().try_for_each(|ranks| launch(ranks, "read", directory.path()))?;
    assert_eq!(names(directory.path()), ["00000007.h5", "latest"]);
    Ok(())
}

fn repack(file: &Path, arguments: &[&str]) -> Result<(), Failed> {
    let other = file.with_extension("other");
    let output = Command::new("h5repack").args(arguments).args([file, &other]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(fs::rename(other, file)?)
}

/// The user is told what to do, and the file is not called damaged: an older one would be used instead.
pub fn chunked(world: &World, directory: &Path) {
    let file = directory.join("00000007.h5");
    let parts = ["in", file.to_str().unwrap(), "is stored in chunks", "`h5repack -l CONTI OLD NEW`"];
    let mut values = vec![Complex::default(); 203];
    let field = FieldMut { name: "u", values: ValuesMut::F64(&mut values) };
    let read = read_fields(world, &file, Piece { offset: 0, total: 203 }, &mut [field]);
    for error in [
        fails(world, read_header(world, &file), &parts),
        fails(world, read, &parts),
        fails(world, StoredRecords::open(world, &file).map(drop), &parts),
        fails(world, Inventory::new(&file), &parts),
        fails(world, inspect(&file), &parts),
    ] {
        assert_eq!(error.kind, Kind::Failure);
        assert!(!error.message.contains("damaged"), "{error}");
    }
}
