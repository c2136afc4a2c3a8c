//! The calls to HDF5 that its safe interface lacks: collective transfers, and text attributes of fixed length.

use crate::error::Error;
use crate::parallel::World;
use hdf5::types::TypeDescriptor;
use hdf5::{Attribute, Dataset, Dataspace, Datatype, H5Type, Hyperslab};
use hdf5_sys::h5a::{H5Aread, H5Awrite};
use hdf5_sys::h5d::{H5Dread, H5Dwrite};
use hdf5_sys::h5i::hid_t;
use hdf5_sys::h5p::{H5FD_mpio_xfer_t, H5P_CLS_DATASET_XFER, H5Pclose, H5Pcreate, H5Pset_dxpl_mpio};
use std::ops::Range;

/// Most bytes a rank moves in one collective call: it bounds the buffers of MPI, and is far below the 2^31 bytes where
/// MPI libraries begin to fail.
const ROUND: usize = 64 << 20;

/// Writes the box `region` of `dataset` from `values` (last axis fastest). Collective: every rank its own box, which may
/// be empty. The error is this rank's; the caller agrees on it.
pub(super) fn write_together<T: H5Type>(world: &World, dataset: &Dataset, region: &[Range<usize>], values: &[T]) -> hdf5::Result<()> {
    assert_eq!(values.len(), region.iter().map(Range::len).product::<usize>(), "values do not fill their region");
    in_rounds::<T>(world, dataset, region, |transfer, first| {
        // SAFETY: the memory space holds as many elements of type T as `region` has from `first` on in this round, all
        // within `values`; the handles live until after the call.
        unsafe { H5Dwrite(dataset.id(), transfer.kind, transfer.memory, transfer.file, transfer.list, values[first..].as_ptr().cast()) }
    })
}

/// As [`write_together`], but reads.
pub(super) fn read_together<T: H5Type>(world: &World, dataset: &Dataset, region: &[Range<usize>], values: &mut [T]) -> hdf5::Result<()> {
    assert_eq!(values.len(), region.iter().map(Range::len).product::<usize>(), "values do not fill their region");
    in_rounds::<T>(world, dataset, region, |transfer, first| {
        // SAFETY: as in `write_together`, and `values` is borrowed mutably. T is a plain number type or a pair of them:
        // any bits are a value.
        unsafe { H5Dread(dataset.id(), transfer.kind, transfer.memory, transfer.file, transfer.list, values[first..].as_mut_ptr().cast()) }
    })
}

/// Handles of one collective call.
struct Transfer {
    kind: hid_t,
    memory: hid_t,
    file: hid_t,
    list: hid_t,
}

/// Cuts the region along its first axis into rounds and runs `call` for each with the index of its first element. All
/// ranks take part in all rounds, with nothing if need be and even after an error: the others would wait for them.
fn in_rounds<T: H5Type>(
    world: &World,
    dataset: &Dataset,
    region: &[Range<usize>],
    mut call: impl FnMut(&Transfer, usize) -> i32,
) -> hdf5::Result<()> {
    let shape = dataset.shape();
    assert!(region.len() == shape.len() && region.iter().zip(shape).all(|(r, n)| r.end <= n), "region outside of its dataset");
    let layer: usize = region[1..].iter().map(Range::len).product();
    let step = (ROUND / (layer * size_of::<T>()).max(1)).max(1);
    // The number of rounds is small, so exact as a float.
    let rounds = world.max(region[0].len().div_ceil(step) as f64) as usize;
    let kind = Datatype::from_type::<T>()?;
    let space = dataset.space()?;
    let list = collective_transfer()?;
    let mut result = Ok(());
    for round in 0..rounds {
        let begin = (region[0].start + round * step).min(region[0].end);
        let mut part = region.to_vec();
        part[0] = begin..(begin + step).min(region[0].end);
        let shape: Vec<usize> = part.iter().map(Range::len).collect();
        let file = space.select(Hyperslab::from(part.into_iter().map(Into::into).collect::<Vec<_>>()))?;
        let memory = Dataspace::try_new(shape)?;
        let transfer = Transfer { kind: kind.id(), memory: memory.id(), file: file.id(), list };
        let code = hdf5::sync::sync(|| checked(call(&transfer, (begin - region[0].start) * layer)));
        result = result.and(code.map(|_| ()));
    }
    // SAFETY: the list was made above and is not used any more.
    hdf5::sync::sync(|| checked(unsafe { H5Pclose(list) }))?;
    result
}

fn collective_transfer() -> hdf5::Result<hid_t> {
    // SAFETY: the class is a constant of the library, the list is the one just made.
    hdf5::sync::sync(|| unsafe {
        let list = H5Pcreate(*H5P_CLS_DATASET_XFER);
        if list < 0 {
            return Err(last_error());
        }
        checked(H5Pset_dxpl_mpio(list, H5FD_mpio_xfer_t::H5FD_MPIO_COLLECTIVE))?;
        Ok(list)
    })
}

/// Writes a text into an attribute made for `text_type(text)`.
pub(super) fn write_text(attribute: &Attribute, text: &str) -> hdf5::Result<()> {
    let kind = attribute.dtype()?;
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(kind.size(), 0);
    // SAFETY: the attribute is a scalar of the type `kind`, and `bytes` has the size of the type.
    hdf5::sync::sync(|| checked(unsafe { H5Awrite(attribute.id(), kind.id(), bytes.as_ptr().cast()) }))?;
    Ok(())
}

/// Reads a text attribute; an attribute of another type is an error.
pub(super) fn read_text(attribute: &Attribute) -> hdf5::Result<String> {
    let kind = attribute.dtype()?;
    let TypeDescriptor::FixedUnicode(size) = kind.to_descriptor()? else {
        return Err(format!("attribute \"{}\" is no text of fixed length", attribute.name()).into());
    };
    if !attribute.is_scalar() {
        return Err(format!("attribute \"{}\" is no single text", attribute.name()).into());
    }
    let mut bytes = vec![0; size];
    // SAFETY: the attribute is a scalar of a fixed-length type, and `bytes` has the size of the type.
    hdf5::sync::sync(|| checked(unsafe { H5Aread(attribute.id(), kind.id(), bytes.as_mut_ptr().cast()) }))?;
    let length = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    bytes.truncate(length);
    String::from_utf8(bytes).map_err(|_| format!("attribute \"{}\" is not UTF-8", attribute.name()).into())
}

/// The type of a text attribute. Its length is fixed, so that it lies in the object's header, which HDF5 guards with a
/// checksum (texts of variable length lie in a heap that has none). HDF5 knows no text of no bytes.
pub(super) fn text_type(text: &str) -> TypeDescriptor {
    TypeDescriptor::FixedUnicode(text.len().max(1))
}

/// Turns the return code of HDF5 into a result; to be called right behind the call, with the library's lock held.
fn checked(code: i32) -> hdf5::Result<i32> {
    if code < 0 { Err(last_error()) } else { Ok(code) }
}

fn last_error() -> hdf5::Error {
    hdf5::Error::query().unwrap_or_else(|error| error)
}

/// An error of HDF5 in the words of its innermost frame, where the cause is.
pub(super) fn cause(error: &hdf5::Error) -> String {
    error.stack().and_then(|stack| stack.last().map(|frame| frame.desc().to_string())).unwrap_or_else(|| error.to_string())
}

/// For `map_err`: `what: cause`.
pub(super) fn because(what: String) -> impl FnOnce(hdf5::Error) -> Error {
    move |error| Error::io(what, cause(&error))
}
