//! Calls to HDF5 that its safe interface lacks: text attributes of fixed length, padded or terminated by
//! zeros.

use crate::error::Error;
use hdf5::types::TypeDescriptor;
use hdf5::{Attribute, Location};
use hdf5_sys::h5a::{H5Aclose, H5Acreate2, H5Aread, H5Awrite};
use hdf5_sys::h5p::H5P_DEFAULT;
use hdf5_sys::h5s::{H5S_class_t, H5Sclose, H5Screate};
use hdf5_sys::h5t::{H5T_C_S1, H5Tclose, H5Tcopy, H5Tset_size};
use std::ffi::CStr;

/// Writes a text into an attribute made for `text_type(text)`.
pub(super) fn write_text(attribute: &Attribute, text: &str) -> hdf5::Result<()> {
    let kind = attribute.dtype()?;
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(kind.size(), 0);
    // SAFETY: the attribute is a scalar of the type `kind`, and `bytes` has the size of the type.
    hdf5::sync::sync(|| checked(unsafe { H5Awrite(attribute.id(), kind.id(), bytes.as_ptr().cast()) }))
}

/// Creates an attribute with a text that ends in a zero, as the specification of dimension scales has it.
pub(super) fn put_terminated(place: &Location, name: &CStr, text: &str) -> hdf5::Result<()> {
    let bytes = [text.as_bytes(), &[0]].concat();
    // SAFETY: the identifiers are valid as long as they are used, and `bytes` has the size of the type.
    hdf5::sync::sync(|| unsafe {
        let (kind, space) = (H5Tcopy(*H5T_C_S1), H5Screate(H5S_class_t::H5S_SCALAR));
        let attribute = match H5Tset_size(kind, bytes.len()) {
            0.. => H5Acreate2(place.id(), name.as_ptr(), kind, space, H5P_DEFAULT, H5P_DEFAULT),
            failed => i64::from(failed),
        };
        let written = match attribute {
            0.. => checked(H5Awrite(attribute, kind, bytes.as_ptr().cast())),
            _ => Err(last_error()),
        };
        if attribute >= 0 {
            H5Aclose(attribute);
        }
        H5Sclose(space);
        H5Tclose(kind);
        written
    })
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
