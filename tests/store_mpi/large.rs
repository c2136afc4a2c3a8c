//! Fields that are moved in many rounds, unevenly, and fields beyond 2^31 of anything.

use super::fields::write_fields;
use super::scratch;
use crate::support::mpirun::succeed;
use libtest_mimic::Failed;
use num_complex::Complex;
use rogallo::parallel::World;
use rogallo::store::{Field, FieldMut, Piece, read_fields};
use rogallo::transform::{Values, ValuesMut};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

type Mode = Complex<f32>;

/// In CI: 48 MB, of which the first rank has most.
const UNEVEN: u64 = 6_000_000;

/// Of 2.2 GiB a rank on 2 ranks, 4.5 GiB in all.
const HEAVY: u64 = 600_000_000;

/// More modes than a C `int` counts; only the first and the last are filled.
const LONG: u64 = (1 << 31) + (1 << 20);

/// By hand: `cargo test --profile quick --test store_mpi -- --ignored`, with 20 GB of disk and 6 GB
/// of memory.
pub fn by_hand() -> Result<(), Failed> {
    let (directory, program) = (scratch()?, std::env::current_exe()?);
    let place = directory.path().to_str().ok_or("a directory that is not UTF-8")?;
    Ok(succeed(2, &program, &["--inside", "large", place], Duration::from_secs(1800))?)
}

fn mode(i: u64) -> Mode {
    // Every index has bits of its own.
    Complex::new(f32::from_bits((i & 0x3fff_ffff) as u32), (i >> 30) as f32)
}

/// The piece of each rank: the first has the share `of_first`, the others the rest in equal parts.
fn uneven(world: &World, total: u64, of_first: f64) -> Range<u64> {
    let cut = (total as f64 * if world.size() > 1 { of_first } else { 1.0 }) as u64;
    let begin = |rank: usize| {
        if rank == 0 { 0 } else { cut + (total - cut) * (rank as u64 - 1) / (world.size() as u64 - 1) }
    };
    begin(world.rank())..if world.rank() + 1 == world.size() { total } else { begin(world.rank() + 1) }
}

pub fn rounds(world: &World, directory: &Path) {
    moved(world, directory, UNEVEN, [0.9, 0.2].map(|share| uneven(world, UNEVEN, share)));
}

pub fn beyond(world: &World, directory: &Path) {
    moved(world, directory, HEAVY, [0.5, 0.4].map(|share| uneven(world, HEAVY, share)));
    let ends = [0..1 << 20, LONG - (1 << 20)..LONG];
    moved(world, directory, LONG, [0, 1].map(|turn| ends[(world.rank() + turn) % 2].clone()));
}

/// Writes the first pieces, and reads the second ones.
fn moved(world: &World, directory: &Path, total: u64, [written, read]: [Range<u64>; 2]) {
    let values: Vec<Mode> = written.clone().map(mode).collect();
    let fields = [Field { name: "u", units: "1", values: Values::F32(&values) }];
    let piece = Piece { offset: written.start, total };
    let file = write_fields(world, directory, piece, &fields);
    assert!(file.bytes > 8 * total);
    drop(values);

    let mut values = vec![Mode::default(); (read.end - read.start) as usize];
    let field = FieldMut { name: "u", values: ValuesMut::F32(&mut values) };
    read_fields(world, &file.path, Piece { offset: read.start, total }, &mut [field]).unwrap();
    assert!(values.iter().zip(read).all(|(value, i)| *value == mode(i)), "wrong values");
}
