//! Summary of a checkpoint or a file of statistics for the user: its contents, and whether they are
//! sound.

use super::checkpoint::{SINGLE, precision};
use super::container::{self, get, get_text};
use super::foreign::cause;
use super::header::{CHECKPOINT, STATISTICS, advice, open_checked};
use super::{Header, checksum, records};
use crate::error::{Error, Result};
use hdf5::{Dataset, File, H5Type};
use num_complex::Complex;
use std::fmt::Write;
use std::path::Path;

/// Number of modes read at a time.
const BLOCK: usize = 1 << 20;

/// Describes the contents of `file`, a checkpoint or statistics: run, tables, fields, and records with
/// their sizes. Verifies every checksum. Serial: for one process alone, without MPI.
///
/// # Errors
/// A file that is missing, foreign or damaged; all damaged datasets are named.
pub fn inspect(file: &Path) -> Result<String> {
    let (container, header) = open_checked(file, &[CHECKPOINT, STATISTICS])?;
    let unreadable = |error: hdf5::Error, kind: &str| {
        Error::input(format!("{} is damaged: {}; {}", file.display(), cause(&error), advice(kind)))
    };
    let kind = get_text(&container, "kind").map_err(|error| unreadable(error, CHECKPOINT))?;
    let mut damaged = Vec::new();
    let text =
        describe(file, &container, &kind, &header, &mut damaged).map_err(|error| unreadable(error, &kind))?;
    if damaged.is_empty() {
        return Ok(text);
    }
    let (name, damaged) = (file.display(), damaged.join(", "));
    Err(Error::input(format!(
        "{text}{name} is damaged: the checksum of {damaged} does not match; {}",
        advice(&kind)
    )))
}

fn describe(
    path: &Path,
    file: &File,
    kind: &str,
    header: &Header,
    damaged: &mut Vec<String>,
) -> hdf5::Result<String> {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        writeln!(text, "{name:<20}{value}").map_err(|error| hdf5::Error::from(error.to_string()))
    };
    line(kind, &format!("{} ({} bytes)", path.display(), file.size()))?;
    line(
        "written by",
        &format!("rogallo {}, commit {}", get_text(file, "version")?, get_text(file, "commit")?),
    )?;
    line("flow", &header.flow)?;
    line("modes", &header.layout)?;
    line("step", &header.step.to_string())?;
    line("time", &header.time.to_string())?;
    for (name, value) in &header.numbers {
        line(name, &value.to_string())?;
    }
    let mut verdict = |dataset: &Dataset, what: &str, sound: bool| {
        let (name, bytes, units) = (dataset.name(), dataset.storage_size(), get_text(dataset, "units")?);
        line(
            &name,
            &format!(
                "{} {what}, {bytes} bytes, unit {units}: {}",
                dataset.size(),
                if sound { "sound" } else { "DAMAGED" }
            ),
        )?;
        damaged.extend(Some(name).filter(|_| !sound));
        Ok::<_, hdf5::Error>(())
    };
    if kind == CHECKPOINT {
        for dataset in file.group("modes")?.datasets()? {
            let sum = checksum::of_table(0, &container::values(&dataset)?);
            verdict(&dataset, "integers", sum == get::<u64>(&dataset, "checksum")?)?;
        }
        for dataset in file.group("state")?.datasets()? {
            let (what, sum) = match precision(&dataset)? {
                SINGLE => ("complex, single precision", field_checksum::<f32>(&dataset)?),
                _ => ("complex, double precision", field_checksum::<f64>(&dataset)?),
            };
            verdict(&dataset, what, sum == get::<u64>(&dataset, "checksum")?)?;
        }
    }
    for dataset in records::datasets(file)? {
        let (record, sound) = records::get_record(&dataset)?;
        let lengths = record.axes.iter().zip(&record.shape).map(|(axis, length)| format!("{axis}: {length}"));
        verdict(&dataset, &format!("real ({})", lengths.collect::<Vec<_>>().join(", ")), sound)?;
    }
    Ok(text)
}

fn field_checksum<T: checksum::Bits + H5Type>(dataset: &Dataset) -> hdf5::Result<u64> {
    let total = container::elements(dataset)?;
    (0..total).step_by(BLOCK).try_fold(0_u64, |sum, begin| {
        let values = dataset.read_slice_1d::<Complex<T>, _>(begin..(begin + BLOCK).min(total))?;
        // An array that was just read is contiguous.
        Ok(sum.wrapping_add(checksum::of_piece(begin as u64, values.as_slice().unwrap_or(&[]))))
    })
}
