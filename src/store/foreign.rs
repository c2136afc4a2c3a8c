//! The calls to HDF5 that its safe interface lacks: collective transfers, and text attributes of
//! fixed length.

use crate::error::Error;
use hdf5::types::TypeDescriptor;
use hdf5::{Attribute, Dataset, Dataspace, Datatype, H5Type, Hyperslab};
use hdf5_sys::h5a::{H5Aread, H5Awrite};
use hdf5_sys::h5d::{H5Dread, H5Dwrite};
use hdf5_sys::h5i::hid_t;
use hdf5_sys::h5p::{H5FD_mpio_xfer_t, H5P_CLS_DATASET_XFER, H5Pclose, H5Pcreate, H5Pset_dxpl_mpio};
use std::ops::Range;

/// Writes the box `region` of `dataset` from `values`, last axis fastest. Collective: every rank
/// its own box, which may be empty. The error is this rank's; the caller agrees on it.
pub(super) fn write_box<T: H5Type>(
    dataset: &Dataset,
    region: &[Range<usize>],
    values: &[T],
) -> hdf5::Result<()> {
    collective::<T>(dataset, region, values.len(), |kind, memory, file, list| {
        // SAFETY: `collective` has checked that the selections have as many elements of type T as `values`.
        unsafe { H5Dwrite(dataset.id(), kind, memory, file, list, values.as_ptr().cast()) }
    })
}

/// As [`write_box`], but reads.
pub(super) fn read_box<T: H5Type>(
    dataset: &Dataset,
    region: &[Range<usize>],
    values: &mut [T],
) -> hdf5::Result<()> {
    collective::<T>(dataset, region, values.len(), |kind, memory, file, list| {
        // SAFETY: as in `write_box`; and T is a number or a pair of them, for which any bits are a value.
        unsafe { H5Dread(dataset.id(), kind, memory, file, list, values.as_mut_ptr().cast()) }
    })
}

/// Runs `call` with the handles of the type, the memory's and the file's selection, and the
/// collective transfer.
fn collective<T: H5Type>(
    dataset: &Dataset,
    region: &[Range<usize>],
    elements: usize,
    call: impl FnOnce(hid_t, hid_t, hid_t, hid_t) -> i32,
) -> hdf5::Result<()> {
    let (lengths, whole): (Vec<usize>, _) = (region.iter().map(Range::len).collect(), dataset.shape());
    // A rank that stopped here with an error would leave the others waiting; a panic ends them all.
    assert_eq!(elements, lengths.iter().product::<usize>(), "values do not fill their box");
    assert!(
        region.len() == whole.len() && region.iter().zip(whole).all(|(range, n)| range.end <= n),
        "box outside of its dataset"
    );
    let kind = Datatype::from_type::<T>()?;
    let memory = Dataspace::try_new(lengths)?;
    let file = dataset
        .space()?
        .select(Hyperslab::from(region.iter().map(|range| range.clone().into()).collect::<Vec<_>>()))?;
    let list = collective_transfer()?;
    hdf5::sync::sync(|| {
        let result = checked(call(kind.id(), memory.id(), file.id(), list));
        // SAFETY: the list was made above and is not used any more.
        result.and(checked(unsafe { H5Pclose(list) }))
    })
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
    hdf5::sync::sync(|| checked(unsafe { H5Awrite(attribute.id(), kind.id(), bytes.as_ptr().cast()) }))
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

/// The type of a text attribute. Its length is fixed, so that it lies in the object's header, which
/// HDF5 guards with a checksum (texts of variable length lie in a heap that has none). HDF5 knows
/// no text of no bytes.
pub(super) fn text_type(text: &str) -> TypeDescriptor {
    TypeDescriptor::FixedUnicode(text.len().max(1))
}

/// Turns the return code of HDF5 into a result; to be called right behind the call, with the
/// library's lock held.
fn checked(code: i32) -> hdf5::Result<()> {
    if code < 0 { Err(last_error()) } else { Ok(()) }
}

fn last_error() -> hdf5::Error {
    hdf5::Error::query().unwrap_or_else(|error| error)
}

/// An error of HDF5 in the words of its innermost frame, where the cause is.
pub(super) fn cause(error: &hdf5::Error) -> String {
    error
        .stack()
        .and_then(|stack| stack.last().map(|frame| frame.desc().to_string()))
        .unwrap_or_else(|| error.to_string())
}

/// For `map_err`: `what: cause`.
pub(super) fn because(what: String) -> impl FnOnce(hdf5::Error) -> Error {
    move |error| Error::io(what, cause(&error))
}
