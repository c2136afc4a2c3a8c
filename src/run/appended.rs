//! A text file of the run directory that grows. What cannot be written now is kept, and written
//! when it can be.

use crate::files;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

/// Bytes that are kept at most; what comes on top is lost.
const MOST_KEPT: usize = 16 << 20;

/// The file. It is opened for every write: one that was removed is made again, and errors that a
/// file system tells at closing are met.
pub struct Appended {
    path: PathBuf,
    /// First line of a new file, with its line end; may be empty.
    header: String,
    /// What is not written yet.
    kept: String,
    /// Whether the last write failed, and what the file was long before: what lies beyond may be half a line.
    failed: bool,
    whole: Option<u64>,
    lost: bool,
}

impl Appended {
    pub fn new(path: PathBuf, header: String) -> Self {
        Self { path, header, kept: String::new(), failed: false, whole: None, lost: false }
    }

    /// Adds whole lines. Returns what the user should be told: that it fails now, or that it no longer does.
    pub fn append(&mut self, lines: &str) -> Option<String> {
        match self.kept.len() + lines.len() <= MOST_KEPT {
            true => self.kept += lines,
            false => self.lost = true,
        }
        self.flush()
    }

    /// Writes what is kept; returns as [`Appended::append`].
    pub fn flush(&mut self) -> Option<String> {
        if self.kept.is_empty() {
            return None;
        }
        let name = self.path.display().to_string();
        match self.write() {
            Ok(()) => {
                self.kept.clear();
                self.whole = None;
                let rest = if std::mem::take(&mut self.lost) {
                    "but for what was too much to keep"
                } else {
                    "with what was kept"
                };
                std::mem::take(&mut self.failed).then(|| format!("{name} is written again, {rest}"))
            }
            Err(error) => {
                let first = !std::mem::replace(&mut self.failed, true);
                first.then(|| {
                    format!(
                        "warning: cannot write {name}: {error}; its lines are kept, and \
                    written when they can be"
                    )
                })
            }
        }
    }

    /// Brings to the disk what is written; a failure shows at the next write.
    pub fn sync(&self) {
        let _ = files::open_as(&self.path, OpenOptions::new().append(true)).and_then(|file| file.sync_data());
    }

    /// What could not be written, if anything.
    pub fn unwritten(&self) -> Option<String> {
        (!self.kept.is_empty())
            .then(|| format!("{} lacks its last {} lines", self.path.display(), self.kept.lines().count()))
    }

    fn write(&mut self) -> io::Result<()> {
        let open = || files::open_as(&self.path, OpenOptions::new().create(true).append(true));
        let mut file = match open() {
            // The run directory was removed: it is made again, but not the one above.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.path.parent().map_or(Ok(()), fs::create_dir)?;
                open()?
            }
            file => file?,
        };
        let mut length = file.metadata()?.len();
        if let Some(whole) = self.whole.filter(|whole| *whole < length) {
            file.set_len(whole)?;
            length = whole;
        }
        self.whole = Some(length);
        if length == 0 {
            file.write_all(self.header.as_bytes())?;
        }
        file.write_all(self.kept.as_bytes())
    }
}
