//! The rotation of checkpoints: which of them go when a new one is written.

use super::directory::{file_name, steps};
use super::header;
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The checkpoints of a run that stay: the newest ones, and those whose header says so.
#[derive(Clone, Debug, Default)]
pub struct Rotation {
    /// Number of the newest ones that stay.
    pub keep: usize,
    /// Steps of those that have been found to stay, so that each is opened once; root only.
    retained: BTreeSet<u64>,
}

impl Rotation {
    pub fn new(keep: usize) -> Self {
        Self { keep, retained: BTreeSet::new() }
    }

    /// Deletes all checkpoints but those that stay and that of `step`, which was just written.
    ///
    /// # Errors
    /// One that cannot be deleted, or read to find out whether it stays; it is still there.
    pub(super) fn prune(&mut self, directory: &Path, step: u64) -> Result<()> {
        let failed = |path: &Path, error| {
            Error::io(format!("cannot delete the old checkpoints of {}", path.display()), error)
        };
        let steps = steps(directory, "h5").map_err(|error| failed(directory, error))?;
        let old = &steps[..steps.len().saturating_sub(self.keep)];
        let mut unclear = Vec::new();
        for &old in old.iter().filter(|&&old| old != step) {
            if self.retained.contains(&old) {
                continue;
            }
            let path = directory.join(file_name(old, "h5"));
            match header::is_retained(&path) {
                Ok(true) => {
                    self.retained.insert(old);
                }
                Ok(false) => fs::remove_file(&path).map_err(|error| failed(&path, error))?,
                Err(error) => unclear.push(error.message),
            }
        }
        if unclear.is_empty() {
            return Ok(());
        }
        Err(Error::failure(format!(
            "old checkpoints stay, since they cannot be read to see whether they are to be retained; delete \
             them if you do not need them: {}",
            unclear.join("; ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::super::container;
    use super::super::directory::checkpoint_file;
    use super::*;
    use crate::program::Program;
    use crate::store::Header;

    /// Checkpoints that are nothing but headers.
    fn write(directory: &Path, step: u64, retained: bool) {
        let [flow, layout, case] = ["homogeneous", "two-thirds", "text"].map(str::to_owned);
        let mut header = Header { flow, layout, case, step, time: 0.5, numbers: Vec::new() };
        header.retain(retained);
        let path = checkpoint_file(directory, step);
        let program = Program { version: "0.1.0", commit: "test" };
        let file = container::create(&path, program, header::CHECKPOINT, 1 << 16).unwrap();
        header::put_header(&file, &header).unwrap();
        file.close().unwrap();
    }

    #[test]
    fn the_newest_and_the_one_just_written_stay() {
        let directory = tempfile::tempdir().unwrap();
        [1, 5, 7, 9].into_iter().for_each(|step| write(directory.path(), step, false));
        Rotation::new(2).prune(directory.path(), 1).unwrap();
        assert_eq!(steps(directory.path(), "h5").unwrap(), [1, 7, 9]);
        Rotation::new(0).prune(directory.path(), 9).unwrap();
        assert_eq!(steps(directory.path(), "h5").unwrap(), [9]);
    }

    #[test]
    fn those_that_are_marked_stay_and_those_that_cannot_be_read() {
        let directory = tempfile::tempdir().unwrap();
        for step in 1..=6 {
            write(directory.path(), step, step % 2 == 0);
        }
        let mut rotation = Rotation::new(1);
        rotation.prune(directory.path(), 6).unwrap();
        assert_eq!(steps(directory.path(), "h5").unwrap(), [2, 4, 6]);
        assert_eq!(rotation.retained, [2, 4].into());
        // They are not opened again.
        fs::write(checkpoint_file(directory.path(), 2), "").unwrap();
        fs::write(checkpoint_file(directory.path(), 3), "damaged").unwrap();
        write(directory.path(), 5, false);
        let error = rotation.prune(directory.path(), 6).unwrap_err().message;
        assert!(error.contains("00000003.h5") && !error.contains("00000002.h5"), "{error}");
        assert_eq!(steps(directory.path(), "h5").unwrap(), [2, 3, 4, 6]);
    }

    #[test]
    fn a_mark_can_be_taken_away() {
        let mut header = Header {
            flow: String::new(),
            step: 1,
            time: 0.0,
            case: String::new(),
            layout: String::new(),
            numbers: vec![("memory".into(), 1.0)],
        };
        let bare = header.clone();
        header.retain(true);
        header.retain(true);
        assert!(header.is_retained() && header.numbers.len() == 2, "{header:?}");
        header.retain(false);
        assert_eq!(header, bare);
    }
}
