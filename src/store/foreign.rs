//! Calls to HDF5 that its safe interface lacks: collective transfers, and text attributes of fixed
//! length.

use crate::error::Error;
use hdf5::types::TypeDescriptor;
use hdf5::{Attribute, Dataset, Dataspace, Datatype, H5Type, Hyperslab};
use hdf5_sys::h5a::{H5Aread, H5Awrite};
use hdf5_sys::h5d::{H5Dread, H5Dwrite};
use hdf5_sys::h5i::hid_t;
use hdf5_sys::h5p::{H5FD_mpio_xfer_t, H5P_CLS_DATASET_XFER, H5Pclose, H5Pcreate, H5Pset_dxpl_mpio};
use std::ops::Range;

/// Writes the box `region` of `dataset` from `values`, last axis fastest. Collective: every rank
/// writes its own box, which may be empty. The error is that of this rank; the caller must agree on it.
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

/// Reads the box `region` of `dataset` into `values`, under the conditions of [`write_box`].
pub(super) fn read_box<T: H5Type>(
    dataset: &Dataset,
    region: &[Range<usize>],
    values: &mut [T],
) -> hdf5::Result<()> {
    collective::<T>(dataset, region, values.len(), |kind, memory, file, list| {
        // SAFETY: as in `write_box`; any bits are a valid T, which is a number or a pair of numbers.
        unsafe { H5Dread(dataset.id(), kind, memory, file, list, values.as_mut_ptr().cast()) }
    })
}

/// Runs `call` with the handles of the type, of the selections in memory and in the file, and of the
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
        return Err(format!("attribute \"{}\" is not a text of fixed length", attribute.name()).into());
    };
    if !attribute.is_scalar() {
        return Err(format!("attribute \"{}\" is not a single text", attribute.name()).into());
    }
    let mut bytes = vec![0; size];
    // SAFETY: the attribute is a scalar of a fixed-length type, and `bytes` has the size of the type.
    hdf5::sync::sync(|| checked(unsafe { H5Aread(attribute.id(), kind.id(), bytes.as_mut_ptr().cast()) }))?;
    let length = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    bytes.truncate(length);
    String::from_utf8(bytes).map_err(|_| format!("attribute \"{}\" is not UTF-8", attribute.name()).into())
}

/// The type of a text attribute. Its length is fixed, so that the text is stored in the object's
/// header, which HDF5 guards with a checksum (texts of variable length are stored in a heap without
/// one). HDF5 does not support an empty text.
pub(super) fn text_type(text: &str) -> TypeDescriptor {
    TypeDescriptor::FixedUnicode(text.len().max(1))
}

/// Turns the return code of HDF5 into a result. Call it directly after the HDF5 call, with the
/// library's lock held.
fn checked(code: i32) -> hdf5::Result<()> {
    if code < 0 { Err(last_error()) } else { Ok(()) }
}

fn last_error() -> hdf5::Error {
    hdf5::Error::query().unwrap_or_else(|error| error)
}

/// The message of the innermost frame of an HDF5 error, which states the cause.
pub(super) fn cause(error: &hdf5::Error) -> String {
    error
        .stack()
        .and_then(|stack| stack.last().map(|frame| frame.desc().to_string()))
        .unwrap_or_else(|| error.to_string())
}

/// Conversion of an HDF5 error into `what: cause`, for `map_err`.
pub(super) fn because(what: String) -> impl FnOnce(hdf5::Error) -> Error {
    move |error| Error::io(what, cause(&error))
}
