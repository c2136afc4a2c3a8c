//! Checkpoints of runs, damaged at random: one byte changed, or the end cut off. Each is refused by
//! its name, or the damage lies where nothing is kept, and everything reads as it was written. The
//! seeds are fixed.

use super::{records, root, same, scratch};
use crate::support::mpirun::{Finished, mpirun};
use crate::support::random::Random;
use libtest_mimic::Failed;
use num_complex::Complex;
use rogallo::error::{Kind, Result};
use rogallo::parallel::World;
use rogallo::run::{self, Options};
use rogallo::statistics::Record;
use rogallo::store::{
    FieldMut, Header, Inventory, Part, Piece, StoredCheckpoint, StoredColumn, inspect, read_fields,
    read_header,
};
use rogallo::transform::ValuesMut;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// With numbers, and a field that is no velocity.
const HOMOGENEOUS: &str = r#"
flow.kind = "homogeneous"
domain = { size = ["2 pi", "2 pi", "2 pi"], grid = [12, 10, 8] }
fluid.viscosity = 0.05
scalar.dye = { schmidt = 0.7, gradient = [0, 1, 0] }
initial.kind = "taylor-green"
forcing = { kind = "ornstein-uhlenbeck", variance = 0.01, correlation_time = 1.0, k_max = 1.5 }
time = { dt = 0.01, steps = 3 }
"#;

/// With tables of statistics, in single precision.
const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [8, 9, 8] }
fluid.reynolds_tau = 60
drive.kind = "mass-flux"
initial = { kind = "turbulent", amplitude = 0.3 }
numerics.precision = "single"
time = { dt = 0.002, steps = 3 }
output.statistics = { every_steps = 1 }
"#;

/// Damages to each of the two, on one rank and on two.
const FLIPS: u64 = 400;
const CUTS: u64 = 100;

const LIMIT: Duration = Duration::from_secs(600);

/// With this a check tells what it counted.
const COUNTED: &str = "counted: ";

/// All that a run takes from a checkpoint, of this rank; numbers as bits, since a NaN is not equal to itself.
#[derive(Debug, PartialEq)]
struct Whole {
    header: Header,
    columns: Vec<StoredColumn>,
    fields: Vec<Part>,
    modes: Vec<[u64; 2]>,
    records: Vec<(Record, Vec<u64>)>,
}

impl Whole {
    fn read(world: &World, file: &Path) -> Result<Self> {
        let header = same(world, read_header(world, file))?;
        let Inventory { fields, total, .. } = same(world, Inventory::new(file))?;
        let columns = same(world, StoredCheckpoint::open(file))?.columns().collect();
        let begin = |rank: usize| total * rank as u64 / world.size() as u64;
        let piece = Piece { offset: begin(world.rank()), total };
        let length = (begin(world.rank() + 1) - piece.offset) as usize;
        let mut modes = Vec::new();
        for Part { name, precision, .. } in &fields {
            let read = |values: ValuesMut| {
                same(world, read_fields(world, file, piece, &mut [FieldMut { name, values }]))
            };
            if *precision == "single" {
                let mut values = vec![Complex::<f32>::default(); length];
                read(ValuesMut::F32(&mut values))?;
                modes.extend(values.iter().map(|z| [z.re, z.im].map(|x| x.to_bits().into())));
            } else {
                let mut values = vec![Complex::<f64>::default(); length];
                read(ValuesMut::F64(&mut values))?;
                modes.extend(values.iter().map(|z| [z.re, z.im].map(f64::to_bits)));
            }
        }
        let split = |mut record: Record| {
            let values = std::mem::take(&mut record.values);
            (record, values.into_iter().map(f64::to_bits).collect())
        };
        let records = same(world, records::stored(world, file))?.into_iter().map(split).collect();
        Ok(Self { header, columns, fields, modes, records })
    }
}

pub fn trial() -> std::result::Result<(), Failed> {
    for ranks in [1, 2] {
        let (directory, program) = (scratch()?, std::env::current_exe()?);
        let place = directory.path().to_str().ok_or("a directory that is not UTF-8")?;
        let Finished { status, output } = mpirun(ranks, &program, &["--inside", "fuzz", place], LIMIT)?;
        if !status.success() {
            return Err(format!("{ranks} ranks: {status}\n{output}").into());
        }
        output
            .lines()
            .filter_map(|line| line.strip_prefix(COUNTED))
            .for_each(|line| println!("{ranks} ranks, {line}"));
    }
    Ok(())
}

pub fn damage(world: &World, directory: &Path) {
    for (name, case) in [("homogeneous", HOMOGENEOUS), ("channel", CHANNEL)] {
        let file = checkpoint(world, directory, name, case);
        let bytes = fs::read(&file).unwrap();
        let sound = (Whole::read(world, &file).unwrap(), inspect(&file).unwrap());
        assert!(!sound.0.modes.is_empty() && sound.0.header.numbers.is_empty() != sound.0.records.is_empty());
        let mut random = Random::new(1 + world.size() as u64);
        let mut named = [0, 0];
        for i in 0..FLIPS + CUTS {
            let place = random.below(bytes.len() as u64) as usize;
            let (cut, mut damaged) = (i >= FLIPS, bytes.clone());
            if cut {
                damaged.truncate(place);
            } else {
                damaged[place] ^= 1 + random.below(255) as u8;
            }
            root(world, || fs::write(&file, &damaged).unwrap());
            named[usize::from(cut)] +=
                u64::from(refused(world, &file, &sound, &format!("{name}, byte {place}, cut {cut}")));
        }
        if world.is_root() {
            let ([flips, cuts], length) = (named, bytes.len());
            println!(
                "{COUNTED}{name}, {length} bytes: of {FLIPS} changed bytes {flips} named, {} harmless; of \
                 {CUTS} cuts {cuts} named",
                FLIPS - flips
            );
        }
        // What is not kept is a small part of a file; all of it is needed.
        assert!(named[0] > FLIPS / 2 && named[1] == CUTS, "{named:?}");
    }
}

/// A checkpoint at the end of a run of the case.
fn checkpoint(world: &World, directory: &Path, name: &str, case: &str) -> PathBuf {
    let (path, run) = (directory.join(format!("{name}.toml")), directory.join(name));
    root(world, || fs::write(&path, case).unwrap());
    run::run(
        world.split(0),
        rogallo::FLOWS,
        &path,
        &Options { directory: Some(run.clone()), ..Options::default() },
    )
    .unwrap();
    run.join("checkpoints/00000003.h5")
}

/// Whether the file is refused, by `inspect` too; if not, it reads as the sound one does.
fn refused(world: &World, file: &Path, sound: &(Whole, String), what: &str) -> bool {
    let (read, look) = (Whole::read(world, file), inspect(file));
    world.barrier();
    match (read, look) {
        (Err(read), Err(look)) => {
            for error in [read, look] {
                let message = &error.message;
                assert!(
                    message.contains(file.to_str().unwrap()) && message.contains("use an older checkpoint"),
                    "{what}: {message}"
                );
                assert_eq!(error.kind, Kind::Input, "{what}: {message}");
            }
            true
        }
        (Ok(read), Ok(look)) => {
            assert!(read == sound.0, "{what}: wrong data were accepted");
            assert_eq!(look, sound.1, "{what}");
            false
        }
        (read, look) => panic!("{what}: reading says {:?}, inspect {look:?}", read.err()),
    }
}
