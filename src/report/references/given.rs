//! A reference as given on the command line or remembered.

use super::citation;
use super::shipped::Shipped;
use crate::error::{Error, Result};
use crate::table::{Columns, TextTable};
use std::path::{Path, PathBuf};

/// A reference, with its column names if they are given by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    source: Source,
    names: Option<Vec<String>>,
    /// Its citation, if the run directory remembers it.
    remembered: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    File(PathBuf),
    Shipped(&'static Shipped),
}

impl From<PathBuf> for Given {
    /// What the program has under this name, or the file.
    fn from(path: PathBuf) -> Self {
        let shipped = path.to_str().and_then(Shipped::named);
        Self { source: shipped.map_or(Source::File(path), Source::Shipped), names: None, remembered: None }
    }
}

impl Given {
    /// Combines the references with the lists of names of `--columns`: one list for all of them, or one for
    /// each, where `-` keeps the names in the file.
    ///
    /// # Errors
    /// Another number of lists.
    pub fn pair(paths: Vec<PathBuf>, lists: &[String]) -> Result<Vec<Self>> {
        if lists.len() > 1 && lists.len() != paths.len() {
            let what = format!("{} lists of --columns for {} references", lists.len(), paths.len());
            return Err(Error::input(format!(
                "{what}; give one list for all, or one for each (- for a file that names its columns itself)"
            )));
        }
        let list = |i: usize| lists.get(if lists.len() == 1 { 0 } else { i }).filter(|list| *list != "-");
        let names = |list: &String| list.split(',').map(|name| name.trim().to_owned()).collect();
        let given = |(i, path): (usize, PathBuf)| Self { names: list(i).map(names), ..Self::from(path) };
        Ok(paths.into_iter().enumerate().map(given).collect())
    }

    /// One that a run directory remembers under this name or path.
    pub fn remembered(place: &str, citation: String, names: Option<Vec<String>>) -> Self {
        Self { names, remembered: Some(citation), ..Self::from(PathBuf::from(place)) }
    }

    /// Its name in the program, or the whole path of its file, as a run directory remembers it; none of a
    /// path that is not UTF-8.
    pub fn place(&self) -> Option<String> {
        match &self.source {
            Source::Shipped(shipped) => Some(shipped.name.to_owned()),
            Source::File(path) => std::path::absolute(path).ok()?.to_str().map(str::to_owned),
        }
    }

    /// The column names given by hand.
    pub fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// The name or the path, for messages.
    pub fn shown(&self) -> String {
        match &self.source {
            Source::Shipped(shipped) => shipped.name.to_owned(),
            Source::File(path) => path.display().to_string(),
        }
    }

    /// Its tables, each with its citation or, if that is not known, the name of its file.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn tables(&self) -> Result<Vec<(TextTable, String)>> {
        let tables = match &self.source {
            Source::Shipped(shipped) => shipped.tables()?,
            Source::File(path) => vec![TextTable::read(path).map_err(|error| self.not_found(path, error))?],
        };
        let label = |table: TextTable| {
            let stem = || table.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let label = citation(&table).unwrap_or_else(stem);
            (table, label)
        };
        Ok(tables.into_iter().map(label).collect())
    }

    /// The error of a file that is not there, with the references that the program has.
    fn not_found(&self, path: &Path, error: Error) -> Error {
        if path.exists() {
            return error;
        }
        let or = Shipped::nearest(&self.shown()).map_or_else(
            || "rogallo stats --references lists those that the program has".to_owned(),
            |name| format!("did you mean {name}? rogallo stats --references lists all of the program"),
        );
        Error { message: format!("{}; {or}", error.message), ..error }
    }

    /// The citation if the run directory remembers it: then it may be gone.
    pub fn is_remembered(&self) -> bool {
        self.remembered.is_some()
    }

    /// What the table says of a remembered reference that can no longer be used.
    pub fn gone(&self, error: &Error) -> String {
        let citation = self.remembered.as_deref().unwrap_or_default();
        let why = error.message.lines().next().unwrap_or_default();
        format!("{citation}: left out: {why}; --forget={} drops it", self.shown())
    }

    /// Whether the column names are given by hand.
    pub fn names_columns(&self) -> bool {
        self.names.is_some()
    }

    /// The columns of a table under their names.
    ///
    /// # Errors
    /// Names that do not fit.
    pub fn columns<'a>(&self, table: &'a TextTable, is_known: &dyn Fn(&str) -> bool) -> Result<Columns<'a>> {
        match &self.names {
            Some(names) => table.columns_named(names, is_known),
            None => table
                .columns(is_known)
                .map_err(|error| Error::input(format!("{error}; --columns can name them"))),
        }
    }

    /// The error for a table that is not a reference for `flow`.
    pub fn refused(&self, flow: &str, found: &str, forms: &str) -> Error {
        Error::input(format!("{} is not a reference for {flow}:\n{found}.\n{forms}", self.shown()))
    }
}

/// The first of these names, in quotes.
pub fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let more = if names.len() > SHOWN { ", .." } else { "" };
    format!("`{}`{more}", names[..names.len().min(SHOWN)].join("`, `"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_columns_are_for_all_files_or_for_each() {
        let pair = |lists: &[&str]| {
            let lists: Vec<String> = lists.iter().map(|list| (*list).to_owned()).collect();
            Given::pair(vec!["a".into(), "b".into()], &lists)
                .map(|given| given.into_iter().map(|file| file.names).collect::<Vec<_>>())
        };
        let names = Some(vec!["y+".to_owned(), "U+".to_owned()]);
        assert_eq!(pair(&[]).unwrap(), [None, None]);
        assert_eq!(pair(&["y+, U+"]).unwrap(), [names.clone(), names.clone()]);
        assert_eq!(pair(&["-", "y+,U+"]).unwrap(), [None, names]);
        assert!(
            pair(&["-", "y+", "U+"]).unwrap_err().message.contains("3 lists of --columns for 2 references")
        );
    }

    #[test]
    fn what_the_program_has_goes_by_its_name_and_a_file_by_its_path() {
        let given = |text: &str| Given::from(PathBuf::from(text));
        assert_eq!(given("mkm180").place().as_deref(), Some("mkm180"));
        assert_eq!(given("mkm180").tables().unwrap()[0].1, "Moser, Kim & Mansour 1999");
        assert!(given("./mkm180").place().unwrap().starts_with('/'));
        let message = |text: &str| given(text).tables().unwrap_err().message;
        assert!(message("mkm18").contains("cannot read mkm18: No such file"), "{}", message("mkm18"));
        assert!(message("mkm18").contains("; did you mean mkm180? rogallo stats --references lists all"));
        assert!(message("a.dat").ends_with("; rogallo stats --references lists those that the program has"));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own.dat");
        std::fs::write(&path, "# y+ U+\n0 0\n").unwrap();
        assert_eq!(Given::from(path).tables().unwrap()[0].1, "own");
    }
}
