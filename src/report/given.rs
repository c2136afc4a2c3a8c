//! A reference as given on the command line.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::table::{Columns, TextTable};

/// A reference file, with its column names if they are given by hand.
#[derive(Debug)]
pub struct Given {
    pub path: PathBuf,
    names: Option<Vec<String>>,
}

impl From<PathBuf> for Given {
    fn from(path: PathBuf) -> Self {
        Self { path, names: None }
    }
}

impl Given {
    /// Combines the files with the lists of names of `--columns`: one list for all files, or one for
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
        Ok(paths.into_iter().enumerate().map(|(i, path)| Self { path, names: list(i).map(names) }).collect())
    }

    pub fn label(&self) -> String {
        self.path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    }

    /// Returns whether the column names are given by hand.
    pub fn names_columns(&self) -> bool {
        self.names.is_some()
    }

    /// The columns of the file under their names.
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

    /// The error for a file that is not a reference for `flow`.
    pub fn refused(&self, flow: &str, found: &str, forms: &str) -> Error {
        Error::input(format!("{} is not a reference for {flow}:\n{found}.\n{forms}", self.path.display()))
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
}
