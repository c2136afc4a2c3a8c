//! Growing text file of the run directory. Lines that cannot be written are kept in memory until
//! they can be.

use crate::files;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

/// Maximum number of bytes kept in memory; lines beyond it are lost.
const MOST_KEPT: usize = 16 << 20;

/// A growing text file. Every write opens and closes it, which makes a removed file again and
/// detects errors that a file system reports at closing.
pub struct Appended {
    path: PathBuf,
    /// First line of a new file, with its line end; may be empty.
    header: String,
    /// Lines that are not written yet.
    kept: String,
    /// The last write failed.
    failed: bool,
    /// Length of the file before that write; bytes beyond it may be half a line.
    whole: Option<u64>,
    lost: bool,
}

impl Appended {
    pub fn new(path: PathBuf, header: String) -> Self {
        Self { path, header, kept: String::new(), failed: false, whole: None, lost: false }
    }

    /// Adds whole lines. Returns a message for the user when writing begins to fail or succeeds again.
    pub fn append(&mut self, lines: &str) -> Option<String> {
        match self.kept.len() + lines.len() <= MOST_KEPT {
            true => self.kept += lines,
            false => self.lost = true,
        }
        self.flush()
    }

    /// Writes the kept lines. Returns the same messages as [`Appended::append`].
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
                    "some lines did not fit into memory and are lost"
                } else {
                    "no lines are lost"
                };
                std::mem::take(&mut self.failed).then(|| format!("{name} can be written again; {rest}"))
            }
            Err(error) => {
                let first = !std::mem::replace(&mut self.failed, true);
                first.then(|| {
                    format!(
                        "warning: cannot write {name}: {error}; its lines stay in memory until \
                         they can be written"
                    )
                })
            }
        }
    }

    /// Syncs the file to the disk; a failure shows at the next write.
    pub fn sync(&self) {
        let _ = files::open_as(&self.path, OpenOptions::new().append(true)).and_then(|file| file.sync_data());
    }

    /// Describes the lines that could not be written, if any.
    pub fn unwritten(&self) -> Option<String> {
        (!self.kept.is_empty())
            .then(|| format!("{} lacks its last {} lines", self.path.display(), self.kept.lines().count()))
    }

    fn write(&mut self) -> io::Result<()> {
        let open = || files::open_as(&self.path, OpenOptions::new().create(true).append(true));
        let mut file = match open() {
            // The run directory was removed: make it again, but not its parent.
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
