//! What a file says of its run: in attributes, guarded by a checksum. Checkpoints and statistics have it.

use super::container::{self, format_of, get, get_text, put, put_text};
use super::foreign::cause;
use super::{Header, checksum};
use crate::error::{Error, Result};
use crate::files;
use crate::parallel::World;
use hdf5::{File, Group};
use std::path::Path;

/// Kinds of files with a header, as their attribute says.
pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const STATISTICS: &str = "statistics";

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
        numbers: numbers.attr_names()?.into_iter().map(|name| Ok((name.clone(), get(&numbers, &name)?))).collect::<hdf5::Result<_>>()?,
    };
    match get::<u64>(file, "checksum")? == header_checksum(&header) {
        true => Ok(header),
        false => Err("the checksum of the header does not match".into()),
    }
}

/// Over all values, with the floats as bits; whatever the order of the numbers.
fn header_checksum(header: &Header) -> u64 {
    let Header { flow, step, time, case, layout, numbers } = header;
    let sum = checksum::of_text(&format!("{flow}\0{step}\0{:x}\0{layout}\0{case}", time.to_bits()));
    numbers.iter().fold(sum, |sum, (name, value)| sum.wrapping_add(checksum::of_text(&format!("{name}\0{:x}", value.to_bits()))))
}

/// Opens a file of one of `kinds` for this rank alone and reads its header, with all checks.
pub(super) fn open_checked(path: &Path, kinds: &[&str]) -> Result<(File, Header)> {
    let (shown, wanted) = (path.display(), kinds.join(" or "));
    // Asked of the system first: it says plainly that a file is missing or must not be read.
    files::open(path).map_err(|error| Error::input(format!("cannot read the {wanted} {shown}: {error}")))?;
    let advised = |error: &hdf5::Error| {
        let advice: Vec<&str> = kinds.iter().map(|kind| advice(kind)).collect();
        format!("{}; {}", cause(error), advice.join("; or "))
    };
    let file = container::open(path).map_err(|error| Error::input(format!("{shown} is damaged or no HDF5 file: {}", advised(&error))))?;
    let identity = get_text(&file, "program").and_then(|program| Ok((program, get_text(&file, "kind")?, get::<u64>(&file, "format")?)));
    let kind = match identity {
        Ok((program, kind, format)) if program == "rogallo" && kinds.contains(&&*kind) => {
            let newest = format_of(&kind);
            if format > newest {
                return Err(Error::input(format!(
                    "{shown} has format {format}; this version of rogallo reads up to {newest}: use a newer one"
                )));
            }
            kind
        }
        Ok((program, kind, _)) => return Err(Error::input(format!("{shown} is a {kind} file of {program}, not a {wanted} of rogallo"))),
        Err(error) => {
            return Err(Error::input(format!("{shown} is damaged or not a {wanted} of rogallo: {}", advised(&error))));
        }
    };
    let header = get_header(&file)
        .map_err(|error| Error::input(format!("the header of {shown} is damaged: {}; {}", cause(&error), advice(&kind))))?;
    Ok((file, header))
}

/// What to do about a damaged file of this kind.
pub(super) fn advice(kind: &str) -> &'static str {
    match kind {
        STATISTICS => "put a copy there, or move it away: the averages are then those of the other batches",
        _ => "take an older checkpoint: the others in its directory, or a copy",
    }
}

/// Reads what a checkpoint says of its run. Collective; the file is read by the root alone.
///
/// # Errors
/// The same on all ranks: a file that is missing, damaged, foreign or of a newer format.
pub fn read_header(world: &World, file: &Path) -> Result<Header> {
    let (mut step, mut numbers) = (vec![0], Vec::new());
    let texts = world.root_text(|| {
        let header = open_checked(file, &[CHECKPOINT])?.1;
        let names = header.numbers.iter().map(|(name, _)| name.as_str());
        let texts = [&*header.flow, &header.layout, &header.case].into_iter().chain(names).collect::<Vec<_>>().join("\0");
        step = vec![header.step];
        numbers = [header.time].into_iter().chain(header.numbers.iter().map(|(_, value)| *value)).collect();
        Ok(texts)
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
