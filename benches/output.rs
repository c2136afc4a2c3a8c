//! The yardstick of checkpoints: their bandwidth beside that of `dd conv=fsync`, as many bytes into
//! the same directory, in turn.
//!
//! `cargo bench --bench output [-- DIRECTORY [MB]]`. A checkpoint is in its time on the disk, read
//! back, and compared.

#[path = "../tests/support/fields.rs"]
mod fields;
mod support;

use fields::write_fields;
use num_complex::Complex;
use rogallo::parallel::Session;
use rogallo::program::Program;
use rogallo::store::{Field, FieldMut, Piece, read_fields};
use rogallo::transform::{Values, ValuesMut};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use support::launch;

/// Ranks, and how many of them write for all, where that is not the usual number.
const JOBS: [(usize, Option<usize>); 3] = [(1, None), (2, None), (2, Some(1))];
const FIELDS: [&str; 3] = ["u", "v", "w"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [measure, directory, modes, aggregators] = &arguments[..]
        && measure == "--measure"
    {
        return self::measure(Path::new(directory), modes.parse().unwrap(), aggregators.parse().ok());
    }
    let directory = arguments.first().map_or_else(std::env::temp_dir, PathBuf::from).join("rogallo-output");
    let megabytes: u64 = arguments.get(1).map_or(768, |text| text.parse().unwrap());
    let modes = megabytes * 1_000_000 / (16 * FIELDS.len() as u64);
    std::fs::create_dir_all(&directory).unwrap();
    let place = directory.to_str().unwrap();
    let (mut copied, mut best) = (f64::INFINITY, [[f64::INFINITY; 2]; JOBS.len()]);
    for _ in 0..5 {
        copied = copied.min(dd(&directory, megabytes));
        for ((ranks, aggregators), best) in JOBS.iter().zip(&mut best) {
            let aggregators = aggregators.map_or("any".to_owned(), |number| number.to_string());
            if let Some([write, read, _]) =
                launch(*ranks, &["--measure", place, &modes.to_string(), &aggregators])
            {
                *best = [best[0].min(write), best[1].min(read)];
            }
        }
    }
    std::fs::remove_dir_all(&directory).unwrap();
    println!("{megabytes} MB in {place}, the best of 5{:>12} {:>8}", "MB/s", "of dd");
    let row = |name: &str, seconds: f64| {
        println!("{name:40} {:10.0} {:8.2}", megabytes as f64 / seconds, copied / seconds)
    };
    row("dd bs=16M conv=fsync", copied);
    for ((ranks, aggregators), [write, read]) in JOBS.iter().zip(best) {
        let by = aggregators.map_or(String::new(), |number| format!(", by {number}"));
        row(&format!("checkpoint written, {ranks} ranks{by}"), write);
        row(&format!("checkpoint read, {ranks} ranks{by}"), read);
    }
}

/// Seconds of a copy of so many bytes.
fn dd(directory: &Path, megabytes: u64) -> f64 {
    let file = directory.join("dd");
    let start = Instant::now();
    let mut command = Command::new("dd");
    command.args([
        "if=/dev/zero",
        "bs=16M",
        "conv=fsync",
        "iflag=count_bytes",
        &format!("count={}", megabytes * 1_000_000),
    ]);
    let status = command.arg(format!("of={}", file.display())).stderr(Stdio::null()).status();
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.unwrap().success(), "dd failed");
    std::fs::remove_file(file).unwrap();
    seconds
}

/// Prints the seconds of writing and of reading.
fn measure(directory: &Path, modes: u64, aggregators: Option<usize>) {
    let session = Session::start(Program { version: "0.1.0", commit: "bench" }).unwrap();
    let world = session.world();
    world.aggregate(aggregators).unwrap();
    let begin = |rank: usize| modes * rank as u64 / world.size() as u64;
    let own = begin(world.rank())..begin(world.rank() + 1);
    let piece = Piece { offset: own.start, total: modes };
    let mut values: Vec<Complex<f64>> = own.map(|i| Complex::new(i as f64 / 3.0, -(i as f64))).collect();
    let fields = FIELDS.map(|name| Field { name, units: "1", values: Values::F64(&values) });
    world.barrier();
    let start = Instant::now();
    let written = write_fields(&world, directory, piece, &fields);
    let write = start.elapsed().as_secs_f64();
    let start = Instant::now();
    for name in FIELDS {
        read_fields(
            &world,
            &written.path,
            piece,
            &mut [FieldMut { name, values: ValuesMut::F64(&mut values) }],
        )
        .unwrap();
    }
    let read = start.elapsed().as_secs_f64();
    if world.is_root() {
        println!("{write} {read} {}", written.bytes);
        std::fs::remove_file(&written.path).unwrap();
    }
}
