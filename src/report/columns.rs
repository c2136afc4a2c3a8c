//! The columns of the tables of a run, their units and meanings: for the heads of tables, for
//! `rogallo columns`, and as Markdown.

use crate::definition::Flows;
use crate::error::{Error, Result};

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    pub name: String,
    pub unit: String,
    pub says: String,
}

/// The columns of a file.
#[derive(Clone, Debug)]
pub struct FileColumns {
    pub file: &'static str,
    pub title: &'static str,
    pub note: &'static str,
    pub columns: Vec<Explained>,
}

/// Name, title and remark of a file.
pub type File = (&'static str, &'static str, &'static str);

/// The title of one of these files.
pub fn title(of: &[File], file: &str) -> &'static str {
    of.iter().find(|(own, ..)| *own == file).map_or("", |(_, title, _)| title)
}

impl Explained {
    pub fn new(name: impl Into<String>, unit: impl Into<String>, says: impl Into<String>) -> Self {
        Self { name: name.into(), unit: unit.into(), says: says.into() }
    }

    /// Those of a list of (names, unit, meaning); several names in one entry are parted by blanks.
    pub fn all(list: &[(&str, &str, &str)]) -> Vec<Self> {
        let each = |(names, unit, says): &(&str, &str, &str)| -> Vec<Self> {
            names.split(' ').map(|name| Self::new(name, *unit, *says)).collect()
        };
        list.iter().flat_map(each).collect()
    }
}

/// What every table that a report writes has in common.
const OF_ALL: &str = "\
    The tables that `rogallo stats` writes begin with lines after `#`: title, flow, the time that is \
    averaged, how errors come about, Re_tau, normalisation, program and commit, and the units of the \
    columns. A run appends to `series.csv`, `spectra.csv`, `spectra_1d.csv` and `budget.csv`; they \
    begin with the names of their columns. `NAME_error` is the sampling error of `NAME` (68 %), empty \
    if the average is too short for one. `tables.h5` has the same columns with named dimensions.";

/// The columns of all files of this name, or of all, for a terminal.
///
/// # Errors
/// There is no such file.
pub fn text(flows: Flows, file: Option<&str>) -> Result<String> {
    let mut text = String::new();
    let all = all(flows);
    let is_meant = |of: &&(String, FileColumns)| {
        file.is_none_or(|file| of.1.file == file || of.1.file.strip_suffix(".csv") == Some(file))
    };
    for (flow, FileColumns { file, title, note, columns }) in all.iter().filter(is_meant) {
        text += &format!("{file} of flow.kind = \"{flow}\": {title}. {note}\n\n");
        let width = |of: fn(&Explained) -> &str| columns.iter().map(|one| of(one).len()).max().unwrap_or(0);
        let (names, units) = (width(|one| &one.name), width(|one| &one.unit));
        for Explained { name, unit, says } in columns {
            text += &format!("  {name:names$}  {unit:units$}  {says}\n");
        }
        text += "\n";
    }
    match file {
        Some(file) if text.is_empty() => {
            let mut files: Vec<&str> = Vec::new();
            for (_, FileColumns { file, .. }) in &all {
                if !files.contains(file) {
                    files.push(file);
                }
            }
            Err(Error::input(format!("a run has no table {file}; the tables are {}", files.join(", "))))
        }
        _ => Ok(text),
    }
}

/// The columns of all files as Markdown.
pub fn markdown(flows: Flows) -> String {
    let mut text = format!(
        "# Columns of the tables of a run\n\nWritten by `rogallo columns --markdown`; do not edit. \
         `rogallo columns FILE` shows those of one table.\n\n{OF_ALL}\n"
    );
    for (flow, FileColumns { file, title, note, columns }) in all(flows) {
        text += &format!("\n## `{file}` of `flow.kind = \"{flow}\"`\n\n{title}. {note}\n\n");
        text += "| column | unit | meaning |\n| --- | --- | --- |\n";
        for Explained { name, unit, says } in columns {
            let [unit, says] = [unit, says].map(|text| text.replace('|', "\\|"));
            text += &format!("| `{name}` | {unit} | {says} |\n");
        }
    }
    text
}

/// Name of the flow and columns of each file.
fn all(flows: Flows) -> Vec<(String, FileColumns)> {
    let of_flow = |word: &'static str| {
        let columns = flows.named(word).map(|flow| flow.columns()).unwrap_or_default();
        columns.into_iter().map(move |columns| (word.to_owned(), columns))
    };
    flows.words().flat_map(of_flow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FLOWS;

    #[test]
    fn the_page_is_as_the_program_writes_it() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/columns.md")).unwrap();
        assert!(
            page.trim_end() == markdown(FLOWS).trim_end(),
            "write it anew: rogallo columns --markdown > docs/columns.md"
        );
        assert!(text(FLOWS, Some("profiles")).unwrap().contains("profiles.csv of flow.kind = \"channel\""));
        let error = text(FLOWS, Some("odd.csv")).unwrap_err();
        assert!(
            error.message.starts_with("a run has no table odd.csv; the tables are series.csv, "),
            "{error}"
        );
    }
}
