//! A look into a checkpoint, for people: what it holds, and whether it is sound.

use super::checkpoint::{advice, open_checked, precision};
use super::container::{get, get_text};
use super::foreign::because;
use super::{Header, checksum};
use crate::error::{Error, Result};
use hdf5::{Dataset, File, H5Type};
use num_complex::Complex;
use std::fmt::Write;
use std::path::Path;

/// Modes read at a time.
const BLOCK: usize = 1 << 20;

/// Text that tells what the checkpoint `file` holds: run, tables, fields with their sizes. Every checksum is verified.
/// Serial: for one process alone, without MPI.
///
/// # Errors
/// A file that is missing, foreign or damaged; all damaged datasets are named.
pub fn inspect(file: &Path) -> Result<String> {
    let (container, header) = open_checked(file)?;
    let unreadable = || because(format!("{} is damaged ({})", file.display(), advice()));
    let mut damaged = Vec::new();
    let text = describe(file, &container, &header, &mut damaged).map_err(unreadable())?;
    if damaged.is_empty() {
        return Ok(text);
    }
    Err(Error::input(format!("{text}{} is damaged: the checksum of {} does not match; {}", file.display(), damaged.join(", "), advice())))
}

fn describe(path: &Path, file: &File, header: &Header, damaged: &mut Vec<String>) -> hdf5::Result<String> {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| writeln!(text, "{name:<20}{value}").map_err(|error| hdf5::Error::from(error.to_string()));
    line("checkpoint", &format!("{} ({} bytes)", path.display(), file.size()))?;
    line("written by", &format!("rogallo {}, commit {}", get_text(file, "version")?, get_text(file, "commit")?))?;
    line("flow", &header.flow)?;
    line("modes", &header.layout)?;
    line("step", &header.step.to_string())?;
    line("time", &header.time.to_string())?;
    for (name, value) in &header.numbers {
        line(name, &value.to_string())?;
    }
    for group in ["modes", "state"] {
        for dataset in file.group(group)?.datasets()? {
            let name = dataset.name();
            let (kind, sum) = match group {
                "modes" => ("integers", checksum::of_table(&dataset.read_raw()?)),
                _ => match precision(&dataset)? {
                    "single" => ("complex, single precision", field_checksum::<f32>(&dataset)?),
                    _ => ("complex, double precision", field_checksum::<f64>(&dataset)?),
                },
            };
            let sound = sum == get::<u64>(&dataset, "checksum")?;
            let verdict = if sound { "sound" } else { "DAMAGED" };
            line(
                &name,
                &format!("{} {kind}, {} bytes, in {}: {verdict}", dataset.size(), dataset.storage_size(), get_text(&dataset, "units")?),
            )?;
            if !sound {
                damaged.push(name);
            }
        }
    }
    Ok(text)
}

fn field_checksum<T: checksum::Bits + H5Type>(dataset: &Dataset) -> hdf5::Result<u64> {
    let total = dataset.size();
    (0..total).step_by(BLOCK).try_fold(0_u64, |sum, begin| {
        let values = dataset.read_slice_1d::<Complex<T>, _>(begin..(begin + BLOCK).min(total))?;
        // What was read a moment ago is contiguous.
        Ok(sum.wrapping_add(checksum::of_piece(begin as u64, values.as_slice().unwrap_or(&[]))))
    })
}
