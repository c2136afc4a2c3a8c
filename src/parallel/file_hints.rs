//! Hints to the MPI library about files that all ranks open together.

use crate::error::{Error, Result};
use mpi::ffi::{MPI_Info, MPI_Info_create, MPI_Info_free, MPI_Info_set};
use std::ffi::CStr;
use std::mem::MaybeUninit;

/// Refuses more aggregators (ranks that write and read for all) than there are ranks.
///
/// # Errors
/// There are more aggregators than ranks.
pub fn check_aggregators(aggregators: Option<usize>, ranks: usize) -> Result<()> {
    match aggregators.filter(|aggregators| *aggregators > ranks) {
        Some(aggregators) => Err(Error::input(format!(
            "checkpoint.aggregators = {aggregators}, but there {}: choose at most as many, or omit the key",
            if ranks == 1 { "is 1 rank".to_owned() } else { format!("are {ranks} ranks") }
        ))),
        None => Ok(()),
    }
}

/// Hints for MPI-IO, passed to the parallel file library.
pub struct FileHints(MPI_Info);

impl FileHints {
    /// Hints for `aggregators` ranks that write and read for all others. OMPIO reads the first of
    /// these hints, ROMIO all.
    pub(super) fn new(aggregators: usize) -> Self {
        let mut info = MaybeUninit::uninit();
        // SAFETY: the call writes the handle; MPI has been started, since there is a `World`. An error
        // ends the program, as in any call of MPI.
        let info = unsafe {
            MPI_Info_create(info.as_mut_ptr());
            info.assume_init()
        };
        let number = format!("{aggregators}\0");
        for (key, value) in [
            (c"cb_nodes", number.as_bytes()),
            (c"romio_cb_write", b"enable\0"),
            (c"romio_cb_read", b"enable\0"),
        ] {
            // SAFETY: both texts end with a zero and are copied.
            unsafe { MPI_Info_set(info, CStr::as_ptr(key), value.as_ptr().cast()) };
        }
        Self(info)
    }

    /// The raw handle for the parallel file library, which copies it.
    pub fn raw(&self) -> MPI_Info {
        self.0
    }
}

impl Drop for FileHints {
    fn drop(&mut self) {
        // SAFETY: it was created here and is freed once.
        unsafe { MPI_Info_free(&mut self.0) };
    }
}
