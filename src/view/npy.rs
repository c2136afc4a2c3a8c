//! Arrays as NumPy files (format 1.0 of `numpy.lib.format`): a header, and the numbers in C order.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

/// Bytes to which the header is filled up.
const ALIGNMENT: usize = 64;

/// A file for an array of doubles with three axes, the last one fastest.
pub struct Array<'a> {
    file: &'a File,
    shape: [usize; 3],
    header: usize,
}

impl<'a> Array<'a> {
    /// Writes the header.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn begin(mut file: &'a File, shape: [usize; 3]) -> io::Result<Self> {
        let order = if cfg!(target_endian = "little") { '<' } else { '>' };
        let [a, b, c] = shape;
        let dictionary =
            format!("{{'descr': '{order}f8', 'fortran_order': False, 'shape': ({a}, {b}, {c}), }}");
        let before = b"\x93NUMPY\x01\x00";
        let header = (before.len() + 2 + dictionary.len() + 1).next_multiple_of(ALIGNMENT);
        let filled = header - before.len() - 2 - 1;
        file.write_all(before)?;
        // The header has fewer than 2^16 bytes.
        file.write_all(&((filled + 1) as u16).to_le_bytes())?;
        file.write_all(format!("{dictionary:filled$}\n").as_bytes())?;
        Ok(Self { file, shape, header })
    }

    /// Writes a row: the numbers with these first two indices.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn row(&self, [i, j]: [usize; 2], values: &[f64]) -> io::Result<()> {
        let place = self.header + 8 * (i * self.shape[1] + j) * self.shape[2];
        self.file.write_all_at(bytemuck::cast_slice(values), place as u64)
    }
}
