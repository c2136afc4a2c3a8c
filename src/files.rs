//! Safe access to the files of a run directory and of a user. Only regular files are opened: a
//! named pipe blocks until someone writes to it, and a device may never end. A file that is read
//! whole has a size limit. A finished file gets its name by a rename.

use crate::error::{Error, Result};
use rustix::fs::OFlags;
use rustix::process::{Resource, getrlimit};
use signal_hook::consts::SIGXFSZ;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Size limit of a file of a few lines, such as `command` or `lock`, in bytes.
pub const NOTE: u64 = 64 << 10;

/// Size limit of a text that a person writes: a case, a job template.
pub const TEXT: u64 = 1 << 20;

/// Size limit of a table.
pub const TABLE: u64 = 4 << 30;

/// Turns a file that would exceed the size limit of the process (`ulimit -f`) into an error of the
/// write, like a full disk. Without this the system ends the process.
pub fn survive_size_limit() {
    // The registered handler does nothing. If it cannot be registered, the system acts as before.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
}

/// The largest file in bytes that this process may write (`ulimit -f`), if there is a limit.
pub fn size_limit() -> Option<u64> {
    getrlimit(Resource::Fsize).current
}

/// Refuses a path that is not UTF-8, which HDF5 and job scripts do not support.
///
/// # Errors
/// The path is not UTF-8.
pub fn require_utf8(path: &Path) -> Result<()> {
    match path.to_str() {
        Some(_) => Ok(()),
        None => Err(Error::input(format!(
            "the path {} is not UTF-8: rename the file, or the directory that contains it",
            path.display()
        ))),
    }
}

/// Opens a regular file for reading.
///
/// # Errors
/// There is no such file (`NotFound`), it is not a regular file (`InvalidInput`), or the system refuses.
pub fn open(path: &Path) -> io::Result<File> {
    open_as(path, OpenOptions::new().read(true))
}

/// Opens a regular file with `options`. Never blocks.
///
/// # Errors
/// As for [`open`].
pub fn open_as(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // Opening a device can have side effects, so the type is checked before as well as after.
    if let Ok(there) = fs::metadata(path) {
        require_regular(there.file_type())?;
    }
    let file = options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32).open(path)?;
    require_regular(file.metadata()?.file_type())?;
    Ok(file)
}

fn require_regular(kind: FileType) -> io::Result<()> {
    let what = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "a directory",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    };
    Err(io::Error::new(ErrorKind::InvalidInput, format!("it is {what}, not a regular file")))
}

/// The content of a file of at most `most` bytes.
///
/// # Errors
/// As for [`open`]; a larger file (`FileTooLarge`).
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let too_large = |length: u64| {
        let what = format!("it has {length} bytes or more; the limit is {most}");
        Err(io::Error::new(ErrorKind::FileTooLarge, what))
    };
    let length = file.metadata()?.len();
    if length > most {
        return too_large(length);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize)?;
    // The file may grow meanwhile.
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { too_large(most + 1) } else { Ok(bytes) }
}

/// The text of a file of at most `most` bytes.
///
/// # Errors
/// As for [`read`]; a file that is not UTF-8 (`InvalidData`); the error names the line.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(read(path, most)?).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        io::Error::new(ErrorKind::InvalidData, format!("line {line} is not UTF-8 text"))
    })
}

/// Writes a file that can be produced again if it is lost, such as a figure. Overwrites an existing
/// file.
///
/// # Errors
/// Something other than a regular file has this name, or the file cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    open_as(path, OpenOptions::new().write(true).create(true).truncate(true))
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
}

/// The same of a text that is made line by line.
///
/// # Errors
/// As for [`write`].
pub fn write_lines(path: &Path, lines: impl Iterator<Item = String>) -> Result<()> {
    let write = || -> io::Result<()> {
        let file = open_as(path, OpenOptions::new().write(true).create(true).truncate(true))?;
        let mut file = io::BufWriter::new(file);
        for line in lines {
            file.write_all(line.as_bytes())?;
        }
        file.flush()
    };
    write().map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
}

/// The hidden name under which a file is written until it is complete.
pub fn partial(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.partial"))
}

/// Removes a partial file, if there is one.
///
/// # Errors
/// It cannot be removed.
pub fn discard(partial: &Path) -> Result<()> {
    match fs::remove_file(partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::io(format!("cannot remove {}", partial.display()), error))
        }
        _ => Ok(()),
    }
}

/// Flushes a file, or the names in a directory, to the disk.
///
/// # Errors
/// The disk fails.
pub fn sync(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| Error::io(format!("cannot sync {} to the disk", path.display()), error))
}

/// Renames a complete file, which must be on the disk already, and makes the rename durable.
///
/// # Errors
/// It cannot be renamed, or the disk fails.
pub fn publish(partial: &Path, path: &Path) -> Result<()> {
    fs::rename(partial, path).map_err(|error| {
        Error::io(format!("cannot rename {} to {}", partial.display(), path.display()), error)
    })?;
    // The parent of a bare name is empty and means the current directory.
    path.parent().map_or(Ok(()), |directory| {
        sync(if directory.as_os_str().is_empty() { Path::new(".") } else { directory })
    })
}

/// Writes `content` under a hidden name and publishes it: a reader sees the old file or the new
/// one, never a part.
///
/// # Errors
/// As for [`publish`]; the old file is then untouched.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    replace_with(path, |file| {
        file.write_all(content).map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
    })
}

/// Replaces a file as [`replace`] does, with the content that `fill` writes.
///
/// # Errors
/// As for [`replace`].
pub fn replace_with(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let mut partial = Partial::create(path)?;
    fill(&mut partial.file)?;
    partial.publish()
}

/// A file under a hidden name until it is complete; without [`Partial::publish`] it is removed.
pub struct Partial {
    path: PathBuf,
    partial: PathBuf,
    file: File,
}

impl Partial {
    /// Creates it in the directory of `path`.
    ///
    /// # Errors
    /// A directory that is missing or cannot be written.
    pub fn create(path: &Path) -> Result<Self> {
        let partial = partial(path);
        discard(&partial)?;
        let failed = |error| Error::io(format!("cannot write {}", path.display()), error);
        let file = OpenOptions::new().write(true).create_new(true).open(&partial).map_err(failed)?;
        Ok(Self { path: path.to_path_buf(), partial, file })
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// The error of a failure to write it.
    pub fn failed(&self, error: io::Error) -> Error {
        Error::io(format!("cannot write {}", self.path.display()), error)
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    /// As for [`publish`].
    pub fn publish(self) -> Result<()> {
        let failed = |error| Error::io(format!("cannot write {}", self.path.display()), error);
        self.file.sync_all().map_err(failed)?;
        publish(&self.partial, &self.path)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `publish` there is nothing to remove; after an error, that error is the one to report.
        let _ = discard(&self.partial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{CWD, FileType as Kind, Mode, mknodat};
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    #[test]
    fn only_regular_files_are_opened_and_none_blocks() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        mknodat(CWD, at("pipe"), Kind::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let _listener = UnixListener::bind(at("socket")).unwrap();
        symlink("pipe", at("link")).unwrap();
        symlink("loop", at("loop")).unwrap();
        symlink("nothing", at("dangling")).unwrap();
        let others = [
            ("pipe", "a named pipe"),
            ("link", "a named pipe"),
            ("socket", "a socket"),
            (".", "a directory"),
            ("/dev/full", "a device"),
        ];
        for (name, what) in others {
            let cause = format!("it is {what}, not a regular file");
            assert_eq!(open(&at(name)).unwrap_err().to_string(), cause, "{name}");
            assert_eq!(
                open_as(&at(name), OpenOptions::new().append(true)).unwrap_err().to_string(),
                cause,
                "{name}"
            );
            assert!(write(&at(name), b"x").unwrap_err().message.ends_with(&cause), "{name}");
            assert_eq!(read(&at(name), 9).unwrap_err().kind(), ErrorKind::InvalidInput, "{name}");
        }
        assert_eq!(open(&at("dangling")).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(open(&at("loop")).is_err());
        // A link to a file is as good as the file.
        symlink("file", at("to-file")).unwrap();
        write(&at("file"), b"seven 7").unwrap();
        assert_eq!(read(&at("to-file"), 7).unwrap(), b"seven 7");
        let error = read(&at("file"), 6).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().split(';').next()),
            (ErrorKind::FileTooLarge, Some("it has 7 bytes or more"))
        );
        // Without a byte on the disk.
        File::create(at("sparse")).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read(&at("sparse"), TABLE).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn an_error_names_the_line_that_is_not_utf_8() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("latin");
        write(&path, b"a\nb\nK\xe1rm\xe1n\n").unwrap();
        assert_eq!(read_text(&path, TEXT).unwrap_err().to_string(), "line 3 is not UTF-8 text");
    }

    #[test]
    fn a_file_is_replaced_in_one_move_or_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let names = || fs::read_dir(directory.path()).unwrap().count();
        // Left by a job that was killed.
        write(&partial(&path), b"half").unwrap();
        replace(&path, b"old").unwrap();
        let refused = replace_with(&path, |file| {
            file.write_all(b"ne").map_or(Ok(()), |()| Err(Error::failure("a bad disk")))
        });
        assert_eq!(refused, Err(Error::failure("a bad disk")));
        assert_eq!((read(&path, 9).unwrap(), names()), (b"old".to_vec(), 1));
        fs::create_dir(directory.path().join("folder")).unwrap();
        assert!(replace(&directory.path().join("folder"), b"x").is_err());
        assert_eq!(names(), 2);
    }
}
