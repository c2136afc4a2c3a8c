//! As many ranks write and read as are chosen, for all of them, and the file has the same bytes.

use super::fields::write_fields;
use num_complex::Complex;
use rogallo::parallel::World;
use rogallo::store::*;
use rogallo::transform::{Values, ValuesMut};
use std::fs;
use std::path::Path;

/// Modes of the field, 16 MB.
const MODES: u64 = 1 << 20;
const BYTES: f64 = 16.0 * MODES as f64;

pub fn check(world: &World, directory: &Path) {
    let plain = transfer(world, &directory.join("plain"), None);
    for aggregators in 1..=world.size() {
        let moved = transfer(world, &directory.join(aggregators.to_string()), Some(aggregators));
        let whats = ["written", "read back", "read"].into_iter().zip(moved.bytes.iter().zip([BYTES; 3]));
        for (what, (bytes, expected)) in whats.filter(|_| world.is_root()) {
            let busy = bytes.iter().filter(|bytes| **bytes > expected / 16.0).count();
            let total: f64 = bytes.iter().sum();
            assert!((1.0..1.1).contains(&(total / expected)), "{what} with {aggregators}: {bytes:?}");
            assert_eq!(busy, aggregators, "{what} by {bytes:?}");
        }
        assert!(moved.file == plain.file, "the file of {aggregators} aggregators is another");
    }
    assert!(world.aggregate(Some(world.size() + 1)).is_err());
}

struct Moved {
    /// Of every rank, at the root: what it has written, what it has read of that, and what it has read afterwards.
    bytes: [Vec<f64>; 3],
    /// At the root.
    file: Vec<u8>,
}

/// Writes a checkpoint and reads it.
fn transfer(world: &World, directory: &Path, aggregators: Option<usize>) -> Moved {
    world.aggregate(aggregators).unwrap();
    let begin = |rank: usize| MODES * rank as u64 / world.size() as u64;
    let own = begin(world.rank())..begin(world.rank() + 1);
    let piece = Piece { offset: own.start, total: MODES };
    let values: Vec<Complex<f64>> = own.map(|i| Complex::new(i as f64 / 3.0, -(i as f64))).collect();
    let fields = [Field { name: "u", units: "1", values: Values::F64(&values) }];

    let before = moved_so_far();
    let path = write_fields(world, directory, piece, &fields).path;
    let written = moved_so_far();
    let mut read = vec![Complex::default(); values.len()];
    read_fields(world, &path, piece, &mut [FieldMut { name: "u", values: ValuesMut::F64(&mut read) }])
        .unwrap();
    let after = moved_so_far();
    assert!(read == values);
    let differences = [written[1] - before[1], written[0] - before[0], after[0] - written[0]];
    let file = if world.is_root() { fs::read(path).unwrap() } else { Vec::new() };
    Moved { bytes: differences.map(|bytes| world.gather_at_root(&[bytes])), file }
}

/// Bytes that this process has read and written.
fn moved_so_far() -> [f64; 2] {
    let text = fs::read_to_string("/proc/self/io").unwrap();
    ["rchar: ", "wchar: "]
        .map(|name| text.lines().find_map(|line| line.strip_prefix(name)?.parse().ok()).unwrap())
}
