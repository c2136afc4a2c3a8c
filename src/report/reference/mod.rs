//! Published data to compare a run with, as they are distributed: histories of energy and dissipation, energy spectra,
//! Reynolds stresses of homogeneous shear flow. What a file holds is told by its own words.

mod history;
mod spectra;
mod stresses;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;
pub use history::PublishedHistory;
pub use spectra::{Matched, PublishedSpectra};
pub use stresses::PublishedStresses;

const FORMS: &str = "understood are a CSV file with a header that has `time`, `energy` and `dissipation`, or `k` and `energy` \
    (and `time`), or `Tau`, `uu`, `vv`, `ww` and `uv`; columns separated by blanks under a comment line `#` that names them: \
    `Time - Energy - Dissipation rate - …`, `t  E  eps  …`, `t  E_Re400  Omega_Re400  …` (the enstrophy at several Reynolds \
    numbers 1/viscosity), or `k[1/cm]  E(tU0/M=42)  …`; and the files .f_t and .es of AGARD-AR-345";

/// All that is laid over the figures of a run.
#[derive(Default)]
pub struct References {
    pub histories: Vec<PublishedHistory>,
    pub spectra: Vec<PublishedSpectra>,
    pub stresses: Vec<PublishedStresses>,
}

impl References {
    /// Reads `paths`; each is labelled by the name of its file. `viscosity` is that of the run.
    ///
    /// # Errors
    /// A file that cannot be read, of unknown form, or malformed.
    pub fn read(paths: &[PathBuf], viscosity: Option<f64>) -> Result<Self> {
        let mut references = Self::default();
        for path in paths {
            let (label, text) = open(path)?;
            if let Some(spectra) = PublishedSpectra::parse(path, &label, &text)? {
                references.spectra.push(spectra);
            } else if let Some(stresses) = PublishedStresses::parse(path, &label, &text)? {
                references.stresses.push(stresses);
            } else {
                references.histories.push(PublishedHistory::parse(path, label, &text, viscosity)?);
            }
        }
        Ok(references)
    }
}

/// Label and text of a file.
pub fn open(path: &Path) -> Result<(String, String)> {
    let text = files::read_text(path, files::TABLE)
        .map_err(|error| Error::input(format!("cannot read the reference {}: {error}", path.display())))?;
    Ok((path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()), text))
}

pub fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', '%'])
}

/// The names in the header of a CSV file, after comments; none if the file is no CSV file.
fn csv_names(text: &str) -> Vec<&str> {
    let header = text.lines().find(|line| !is_comment(line) && !line.trim().is_empty()).unwrap_or("");
    if header.contains(',') { header.split(',').map(str::trim).collect() } else { Vec::new() }
}

/// The number that follows `words` in `text`.
pub fn number_after(text: &str, words: &str) -> Option<f64> {
    let rest = text[text.find(words)? + words.len()..].trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(rest.len());
    rest[..end].trim_end_matches('.').parse().ok()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::fs;

    /// The shared reference data: `ROGALLO_REFERENCE`, or next to the source tree. None, said aloud, if not there.
    pub fn shared(file: &str) -> Option<PathBuf> {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
        let path = std::env::var_os("ROGALLO_REFERENCE").map_or(beside, PathBuf::from).join(file);
        if path.exists() {
            return Some(path);
        }
        println!("skipped: no {}", path.display());
        None
    }

    #[test]
    fn numbers_are_found_after_words() {
        assert_eq!(number_after("The viscosity = 3.5014006E-04.\nThe", "viscosity ="), Some(3.5014006e-4));
        assert_eq!(number_after("grid, U0 = 10 m/s", "U0 ="), Some(10.0));
        assert_eq!(number_after("none", "U0 ="), None);
    }

    #[test]
    fn what_a_file_holds_is_told_by_its_words() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let paths = [
            file("a.csv", "time,energy,dissipation\n0,1,1\n"),
            file("b.csv", "step,time,k,energy\n0,0,1,1\n"),
            file("c.csv", "% c\n\nTau,uu,vv,ww,uv\n1,1,1,1,0\n"),
        ];
        let references = References::read(&paths, None).unwrap();
        assert_eq!((references.histories.len(), references.spectra.len(), references.stresses.len()), (1, 1, 1));
        assert_eq!(references.stresses[0].label, "c");
        let error = References::read(&[dir.path().join("none")], None).err().unwrap();
        assert!(error.message.contains("cannot read the reference"), "{error}");
    }
}
