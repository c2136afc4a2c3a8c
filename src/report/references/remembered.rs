//! The references that a run directory remembers, in `references.toml`:
//!
//! ```text
//! [[reference]]
//! place = "mkm180"                 a name in the program, or the path of a file
//! citation = "Moser, Kim & Mansour 1999"
//! columns = ["y+", "U+"]           if they were named by hand
//! ```

use super::Given;
use crate::error::{Error, Result};
use crate::files;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const FILE: &str = "references.toml";
const HEAD: &str = "# What `rogallo stats` compares this run with. --reference NAME|FILE adds to it, --forget \
                    drops all, --forget=NAME one.\n\n";

/// What a report is to forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forget {
    All,
    One(String),
}

impl std::str::FromStr for Forget {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(if text.is_empty() { Self::All } else { Self::One(text.to_owned()) })
    }
}

/// The references of a run directory.
pub struct Remembered {
    path: PathBuf,
    entries: Vec<Entry>,
    /// What the file has.
    stored: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    place: String,
    citation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    reference: Vec<Entry>,
}

impl Remembered {
    /// Reads those of a run directory; there may be none.
    ///
    /// # Errors
    /// A file that cannot be read or is malformed; the error names the line.
    pub fn read(run_dir: &Path) -> Result<Self> {
        let path = run_dir.join(FILE);
        let advice = "mend it, or remove it to forget all references";
        let entries = match files::read_text(&path, files::TEXT) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                return Err(Error::input(format!("cannot read {}: {error}; {advice}", path.display())));
            }
            Ok(text) => {
                let parsed = toml::from_str::<Document>(&text).map_err(|error| {
                    let line = 1 + text[..error.span().map_or(0, |span| span.start)].matches('\n').count();
                    let (path, what) = (path.display(), error.message().replace('\n', " "));
                    Error::input(format!("{path}:{line}: {what}; {advice}"))
                })?;
                parsed.reference
            }
        };
        Ok(Self { path, stored: entries.clone(), entries })
    }

    /// Drops what is to be forgotten: one by its name or path, by the name of its file with or without its
    /// ending, or by its citation.
    ///
    /// # Errors
    /// Nothing of this name is remembered.
    pub fn forget(&mut self, forget: &Forget) -> Result<()> {
        let Forget::One(name) = forget else {
            self.entries.clear();
            return Ok(());
        };
        let whole = std::path::absolute(name).ok();
        let is_meant = |entry: &Entry| {
            let path = Path::new(&entry.place);
            let parts = [path.file_name(), path.file_stem()];
            *name == entry.place
                || *name == entry.citation
                || whole.as_deref() == Some(path)
                || parts.into_iter().flatten().any(|part| part == &**name)
        };
        let before = self.entries.len();
        self.entries.retain(|entry| !is_meant(entry));
        if self.entries.len() < before {
            return Ok(());
        }
        let all: Vec<&str> = self.entries.iter().map(|entry| &*entry.place).collect();
        let has = if all.is_empty() { "no reference".to_owned() } else { all.join(", ") };
        Err(Error::input(format!("{} remembers no {name}; it has {has}", self.path.display())))
    }

    /// What a report compares with: what is remembered, and what is given now, which replaces a
    /// remembered one of the same place.
    pub fn with(&self, given: &[Given]) -> Vec<Given> {
        let is_given = |entry: &Entry| given.iter().any(|given| given.place().as_ref() == Some(&entry.place));
        let kept = self.entries.iter().filter(|entry| !is_given(entry));
        let kept =
            kept.map(|entry| Given::remembered(&entry.place, entry.citation.clone(), entry.columns.clone()));
        kept.chain(given.iter().cloned()).collect()
    }

    /// Adds what was given, and writes the file if it has changed.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep(mut self, given: &[Given]) -> Result<()> {
        for given in given {
            let Some(place) = given.place() else { continue };
            let citation = given.tables()?.remove(0).1;
            let entry = Entry { place, citation, columns: given.names().map(<[String]>::to_vec) };
            self.entries.retain(|other| other.place != entry.place);
            self.entries.push(entry);
        }
        if self.entries == self.stored {
            return Ok(());
        }
        let text = toml::to_string(&Document { reference: self.entries })
            .map_err(|error| Error::io(format!("cannot write {}", self.path.display()), error))?;
        files::replace(&self.path, (HEAD.to_owned() + &text).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(given: &[Given]) -> Vec<String> {
        given.iter().map(Given::shown).collect()
    }

    #[test]
    fn references_are_kept_replaced_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("own.dat");
        std::fs::write(&file, "# y+ U+\n0 0\n").unwrap();
        let read = || Remembered::read(dir.path()).unwrap();
        let given = |path: &str| Given::from(PathBuf::from(path));
        read().keep(&[]).unwrap();
        assert!(!dir.path().join(FILE).exists());
        let own = file.to_str().unwrap();
        read().keep(&[given("mkm180"), given(own)]).unwrap();
        assert_eq!(places(&read().with(&[])), ["mkm180", own]);
        assert!(read().with(&[]).iter().all(Given::is_remembered));
        // One that is given again is not there twice, and takes the new names of its columns.
        let named = Given::pair(vec![own.into()], &["y+,uu+".into()]).unwrap();
        assert_eq!(places(&read().with(&named)), ["mkm180", own]);
        read().keep(&named).unwrap();
        let columns: Vec<_> = read().with(&[]).iter().map(|given| given.names().map(<[_]>::to_vec)).collect();
        assert_eq!(columns, [None, Some(vec!["y+".to_owned(), "uu+".to_owned()])]);
        for (name, left) in
            [("own", vec!["mkm180"]), ("Moser, Kim & Mansour 1999", vec![own]), (own, vec!["mkm180"])]
        {
            let mut remembered = read();
            remembered.forget(&Forget::One(name.into())).unwrap();
            assert_eq!(places(&remembered.with(&[])), left, "{name}");
        }
        let error = read().forget(&Forget::One("lm".into())).unwrap_err();
        assert!(error.message.contains("references.toml remembers no lm; it has mkm180, /"), "{error}");
        let mut remembered = read();
        remembered.forget(&Forget::All).unwrap();
        remembered.keep(&[]).unwrap();
        assert!(read().with(&[]).is_empty());
    }

    #[test]
    fn a_malformed_file_is_named_with_its_line() {
        let dir = tempfile::tempdir().unwrap();
        for (text, part) in [
            ("[[reference]]\nplace = \"a\"\n", "references.toml:1: missing field `citation`; mend it"),
            ("# a\n[[reference]]\nplace = 7\ncitation = \"b\"\n", "references.toml:3: invalid type: integer"),
            ("\nreference = \n", "references.toml:2: "),
            ("[[refrence]]\n", "references.toml:1: unknown field `refrence`"),
        ] {
            std::fs::write(dir.path().join(FILE), text).unwrap();
            let error = Remembered::read(dir.path()).err().unwrap();
            assert!(error.message.contains(part), "{error}");
        }
    }
}
