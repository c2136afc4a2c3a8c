//! The header of checkpoints and statistics: attributes that describe the run, guarded by a checksum.

use super::container::{self, format_of, get, get_text, put, put_text};
use super::foreign::cause;
use super::{Header, checksum};
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use hdf5::{File, Group};
use std::io::ErrorKind;
use std::path::Path;

/// Kinds of files with a header: the values of their attribute `kind`.
pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const STATISTICS: &str = "statistics";

/// The kind of the files of grid points, which have a header of their own.
pub(super) const SNAPSHOT: &str = "snapshot";

/// Steps beyond the reach of any run: the series stores them as numbers of 53 bits.
const MOST_STEPS: u64 = 1 << 53;

/// Group of the further scalars.
pub(super) const NUMBERS: &str = "numbers";

pub(super) fn put_header(file: &Group, header: &Header) -> hdf5::Result<()> {
    put_text(file, "flow", &header.flow)?;
    put(file, "step", header.step)?;
    put(file, "time", header.time)?;
    put_text(file, "layout", &header.layout)?;
    put_text(file, "case", &header.case)?;
    put(file, "checksum", header_checksum(header))?;
    let numbers = container::group(file, NUMBERS)?;
    header.numbers.iter().try_for_each(|(name, value)| put(&numbers, name, *value))
}

fn get_header(file: &Group) -> hdf5::Result<Header> {
    let numbers = file.group(NUMBERS)?;
    let header = Header {
        flow: get_text(file, "flow")?,
        step: get(file, "step")?,
        time: get(file, "time")?,
        case: get_text(file, "case")?,
        layout: get_text(file, "layout")?,
        numbers: numbers
            .attr_names()?
            .into_iter()
            .map(|name| Ok((name.clone(), get(&numbers, &name)?)))
            .collect::<hdf5::Result<_>>()?,
    };
    if get::<u64>(file, "checksum")? != header_checksum(&header) {
        return Err("the checksum of the header does not match".into());
    }
    // No run writes such values, nor could it continue from them.
    let mut numbers = header
        .numbers
        .iter()
        .map(|(name, value)| (&**name, *value))
        .chain(std::iter::once(("time", header.time)));
    if let Some((name, value)) = numbers.find(|(_, value)| !value.is_finite()) {
        return Err(format!("{name} = {value}").into());
    }
    if header.step >= MOST_STEPS || header.time < 0.0 {
        return Err(format!("step {}, time {}", header.step, header.time).into());
    }
    Ok(header)
}

/// The checksum of all values, with floats as bits, independent of the order of the numbers.
fn header_checksum(header: &Header) -> u64 {
    let Header { flow, step, time, case, layout, numbers } = header;
    let sum = checksum::of_text(&format!("{flow}\0{step}\0{:x}\0{layout}\0{case}", time.to_bits()));
    numbers.iter().fold(sum, |sum, (name, value)| {
        sum.wrapping_add(checksum::of_text(&format!("{name}\0{:x}", value.to_bits())))
    })
}

/// Opens a file of one of `kinds` for this rank alone and reads its header, with all checks.
pub(super) fn open_checked(path: &Path, kinds: &[&str]) -> Result<(File, Header)> {
    let (file, header) = open_header(path, kinds)?;
    refuse_chunks(path, &file)?;
    Ok((file, header))
}

/// Returns whether the rotation leaves the checkpoint at `path`. Serial.
///
/// # Errors
/// A file that is missing, damaged or foreign.
pub(super) fn is_retained(path: &Path) -> Result<bool> {
    open_header(path, &[CHECKPOINT]).map(|(_, header)| header.is_retained())
}

/// Opens a file of one of `kinds` for this rank alone and reads its header.
fn open_header(path: &Path, kinds: &[&str]) -> Result<(File, Header)> {
    let (file, kind) = open_kind(path, kinds)?;
    let header = get_header(&file).map_err(|error| {
        let (shown, what, advice) = (path.display(), cause(&error), advice(&kind));
        Error::input(format!("the header of {shown} is damaged: {what}; {advice}"))
    })?;
    Ok((file, header))
}

/// Refuses a file whose fields another program has cut into chunks: it is sound, and can be turned back.
fn refuse_chunks(path: &Path, file: &Group) -> Result<()> {
    // A file without fields is no matter of this function.
    let fields = file.group("state").and_then(|state| state.datasets()).unwrap_or_default();
    match fields.iter().find(|field| container::is_chunked(field)) {
        Some(field) => Err(Error::failure(format!(
            "\"{}\" in {} is {}",
            field.name(),
            path.display(),
            container::CHUNKED
        ))),
        None => Ok(()),
    }
}

/// Returns whether a file with fields is a snapshot, and not a checkpoint. Serial.
///
/// # Errors
/// A file that is neither.
pub fn is_snapshot(path: &Path) -> Result<bool> {
    open_kind(path, &[CHECKPOINT, SNAPSHOT]).map(|(_, kind)| kind == SNAPSHOT)
}

/// Opens a file of one of `kinds` for this rank alone. Returns the file and its kind.
pub(super) fn open_kind(path: &Path, kinds: &[&str]) -> Result<(File, String)> {
    let (shown, expected) = (path.display(), kinds.join(" or "));
    files::require_utf8(path)?;
    // Ask the system first: its message is plain if a file is missing or not readable.
    files::open(path).map_err(|error| {
        let message = format!("cannot read the {expected} {shown}: {error}");
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput => Error::input(message),
            // The file may be sound nevertheless, for instance if permission is denied.
            _ => Error::failure(message),
        }
    })?;
    let advised = |error: &hdf5::Error| {
        let advice: Vec<&str> = kinds.iter().map(|kind| advice(kind)).collect();
        format!("{}; {}", cause(error), advice.join("; or "))
    };
    let file = container::open(path).map_err(|error| {
        Error::input(format!("{shown} is damaged or not an HDF5 file: {}", advised(&error)))
    })?;
    let identity = get_text(&file, "program")
        .and_then(|program| Ok((program, get_text(&file, "kind")?, get::<u64>(&file, "format")?)));
    match identity {
        Ok((program, kind, format)) if program == "rogallo" && kinds.contains(&&*kind) => {
            let newest = format_of(&kind);
            if format > newest {
                return Err(Error::input(format!(
                    "{shown} has format {format}; this version of rogallo reads up to {newest}: use a newer \
                     one"
                )));
            }
            Ok((file, kind))
        }
        Ok((program, kind, _)) => {
            Err(Error::input(format!("{shown} is a {kind} file of {program}, not a {expected} of rogallo")))
        }
        Err(error) => Err(Error::input(format!(
            "{shown} is damaged or not a {expected} of rogallo: {}",
            advised(&error)
        ))),
    }
}

/// Advice about a damaged file of this kind.
pub(super) fn advice(kind: &str) -> &'static str {
    match kind {
        SNAPSHOT => "take another snapshot of the run",
        STATISTICS => "replace it by a copy, or move it away to average over the other batches only",
        _ => "use an older checkpoint of its directory, or a copy",
    }
}

/// Reads the header of a checkpoint. Collective; only the root reads the file.
///
/// # Errors
/// The same on all ranks: a file that is missing, damaged, foreign or of a newer format.
pub fn read_header(world: &World, file: &Path) -> Result<Header> {
    let mut found = None;
    world.root_does(|| open_checked(file, &[CHECKPOINT]).map(|(_, header)| found = Some(header)))?;
    share_header(world, found)
}

/// Tells all ranks the header that the root has. Collective.
pub(super) fn share_header(world: &World, found: Option<Header>) -> Result<Header> {
    let mut step: Vec<u64> = found.iter().map(|header| header.step).collect();
    let numbers = found
        .iter()
        .flat_map(|header| [header.time].into_iter().chain(header.numbers.iter().map(|(_, value)| *value)));
    let mut numbers: Vec<f64> = numbers.collect();
    let texts = world.root_text(|| {
        let texts = found.iter().flat_map(|Header { flow, layout, case, numbers, .. }| {
            [flow, layout, case].into_iter().chain(numbers.iter().map(|(name, _)| name))
        });
        Ok(texts.map(String::as_str).collect::<Vec<_>>().join("\0"))
    })?;
    world.broadcast(0, &mut step);
    world.broadcast(0, &mut numbers);
    let mut texts = texts.split('\0').map(str::to_string);
    let mut text = || texts.next().unwrap_or_default();
    Ok(Header {
        flow: text(),
        layout: text(),
        case: text(),
        step: step[0],
        time: numbers[0],
        numbers: numbers[1..].iter().map(|&value| (text(), value)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Program;

    #[test]
    fn values_that_no_run_writes_are_damage() {
        let directory = tempfile::tempdir().unwrap();
        let [flow, layout, case] = ["homogeneous", "two-thirds", "text"].map(str::to_owned);
        let sound = Header { flow, layout, case, step: 3, time: 0.5, numbers: vec![("memory".into(), -1.0)] };
        let read = |name: &str, header: &Header| {
            let path = directory.path().join(name);
            let program = Program { version: "0.1.0", commit: "test" };
            let file = container::create(&path, program, CHECKPOINT, 1 << 16).unwrap();
            put_header(&file, header).unwrap();
            file.close().unwrap();
            open_checked(&path, &[CHECKPOINT]).map(|(_, header)| header)
        };
        assert_eq!(read("sound", &sound), Ok(sound.clone()));
        let with = |change: fn(&mut Header)| {
            let mut header = sound.clone();
            change(&mut header);
            header
        };
        for (cause, header) in [
            ("time = inf", with(|header| header.time = f64::INFINITY)),
            ("time = NaN", with(|header| header.time = f64::NAN)),
            ("step 3, time -5", with(|header| header.time = -5.0)),
            ("step 18446744073709551615, time 0.5", with(|header| header.step = u64::MAX)),
            ("memory = NaN", with(|header| header.numbers[0].1 = f64::NAN)),
        ] {
            let error = read(cause, &header).unwrap_err();
            assert!(
                error.kind == crate::error::Kind::Input
                    && error.message.contains(&format!("is damaged: {cause}; use")),
                "{error}"
            );
        }
    }
}
