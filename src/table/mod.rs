//! Reader for tables that users provide: published data and initial spectra. Encodings, line ends,
//! separators, comment marks and Fortran's number formats do not matter. Anything ambiguous is refused
//! with its file, line and word. Columns are found by name, and a name is never assigned to the wrong
//! column.

mod decode;
mod names;
mod number;
mod rows;
mod spectrum;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;
pub use names::{canonical, without_unit};
pub use number::number;
pub use rows::Row;
use rows::{Kind, Line, Style};
pub use spectrum::{initial_spectrum, is_energy, is_wavenumber};

/// Text with rows of numbers.
#[derive(Debug)]
pub struct TextTable {
    path: PathBuf,
    /// The lines before the first row, without comment marks, and their numbers.
    head: Vec<(usize, String)>,
    rows: Vec<Row>,
}

/// A table with names of its columns, or of the first ones; no names if no line gives them.
#[derive(Debug)]
pub struct Columns<'a> {
    pub table: &'a TextTable,
    pub names: Vec<String>,
}

impl TextTable {
    /// Reads `path`.
    ///
    /// # Errors
    /// A file that cannot be read, that is not text, or has no numbers; a damaged row, named by its line.
    pub fn read(path: &Path) -> Result<Self> {
        let cannot = |why: String| Error::input(format!("cannot read {}: {why}", path.display()));
        let bytes = files::read(path, files::TABLE).map_err(|error| cannot(error.to_string()))?;
        Self::parse(path, &bytes)
    }

    /// Parses the bytes of `path`.
    ///
    /// # Errors
    /// Those of [`TextTable::read`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        let text = decode::decode(bytes)
            .map_err(|why| Error::input(format!("cannot read {}: {why}", path.display())))?;
        let lines: Vec<Line> =
            text.split('\n').zip(1..).map(|(text, number)| Line { number, text }).collect();
        let first = lines.iter().position(|line| matches!(line.kind(), Kind::Row)).unwrap_or(lines.len());
        let (head, body) = lines.split_at(first);
        let is_row = |line: &&Line| !matches!(line.kind(), Kind::Comment);
        let style = Style::of(body.iter().filter(is_row).copied());
        let mut table = Self { path: path.to_owned(), head: Vec::new(), rows: Vec::new() };
        table.head = head.iter().map(|line| (line.number, line.unmarked().to_owned())).collect();
        for line in body.iter().filter(is_row) {
            if let Kind::Words = line.kind() {
                let word = line.text.split_whitespace().next().unwrap_or_default();
                return Err(table
                    .wrong(line.number, &format!("`{word}` is not a number; mark a line of text with #")));
            }
            let row = style.row(*line).map_err(|why| table.wrong(line.number, &why))?;
            table.rows.push(row);
        }
        Ok(table)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The lines before the first row, without comment marks.
    pub fn head(&self) -> impl Iterator<Item = &str> {
        self.head.iter().map(|(_, text)| &**text)
    }

    /// An error of this file at a line.
    pub fn wrong(&self, line: usize, what: &str) -> Error {
        Error::input(format!("{}:{line}: {what}", self.path.display()))
    }

    /// The number after `key =` or `key:` in the head.
    pub fn stated(&self, key: &str) -> Option<f64> {
        let behind = |text: &str| {
            text.match_indices(key).find_map(|(at, _)| {
                let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "_'\\".contains(c));
                let rest = text[at + key.len()..].trim_start().strip_prefix(['=', ':'])?.trim_start();
                let end =
                    rest.find(|c: char| !(c.is_ascii_digit() || "+-.eEdD".contains(c))).unwrap_or(rest.len());
                number(rest[..end].trim_end_matches('.'), false).ok().filter(|_| begins)
            })
        };
        self.head().find_map(behind)
    }

    /// The text after `key:` at the beginning of a line of the head, in letters of either case.
    pub fn text_after(&self, key: &str) -> Option<&str> {
        let behind = |line: &'_ str| {
            let (own, text) = line.split_once(':')?;
            (own.trim().eq_ignore_ascii_case(key) && !text.trim().is_empty()).then(|| line.len() - text.len())
        };
        self.head().find_map(|line| behind(line).map(|at| line[at..].trim()))
    }

    /// The number of cells of each row.
    ///
    /// # Errors
    /// No rows; a row with more or fewer cells than the first one.
    pub fn width(&self) -> Result<usize> {
        let Some(first) = self.rows.first() else {
            return Err(Error::input(format!("{} has no row of numbers", self.path.display())));
        };
        let width = first.cells.len();
        match self.rows.iter().find(|row| row.cells.len() != width) {
            Some(row) => {
                let what =
                    format!("{} where line {} has {width}", counted(row.cells.len(), "number"), first.line);
                Err(self.wrong(row.line, &what))
            }
            None => Ok(width),
        }
    }

    /// The columns, named by the line of the head with the most known names and the least other text; of
    /// two equal lines the later.
    ///
    /// # Errors
    /// Rows of different lengths; a known name that occurs twice; more or fewer names than numbers.
    /// Surplus names are allowed only if all are known and no cell can be empty: the last ones then have
    /// no column.
    pub fn columns(&self, is_known: &dyn Fn(&str) -> bool) -> Result<Columns<'_>> {
        let width = self.width()?;
        let mut best: Option<(usize, usize, Vec<String>)> = None;
        for (line, text) in self.joined_head() {
            let rank = |names: &Vec<String>| {
                let known = names.iter().filter(|name| is_known(name)).count();
                1000 * known * known / names.len().max(1)
            };
            let ways =
                names::candidates(&text, is_known).into_iter().rev().map(|names| (rank(&names), names));
            let named =
                ways.filter(|(rank, _)| *rank > 0).max_by_key(|(rank, names)| (names.len() == width, *rank));
            if let Some((rank, names)) = named
                && best.as_ref().is_none_or(|(other, ..)| rank >= *other)
            {
                best = Some((rank, line, names));
            }
        }
        let Some((_, line, mut names)) = best else { return Ok(Columns { table: self, names: Vec::new() }) };
        let is_twice = |(i, name): (usize, &String)| {
            is_known(name) && names[..i].iter().any(|other| canonical(other) == canonical(name))
        };
        if let Some((_, name)) = names.iter().enumerate().find(|&(i, name)| is_twice((i, name))) {
            return Err(self.wrong(line, &format!("two columns are named `{name}`")));
        }
        let may_end_early = names.iter().all(|name| is_known(name)) && !rows::may_hide_cells(&self.rows);
        // A separator at the end of every row is not a column.
        let ends_empty =
            names.len() + 1 == width && self.rows.iter().all(|row| row.cells[width - 1].is_nan());
        if names.len() < width && !ends_empty || names.len() > width && !may_end_early {
            let (numbers, count) = (counted(width, "number"), counted(names.len(), "name"));
            let what =
                format!("{numbers} under {count} of columns: line {line} has `{}`", names.join("`, `"));
            return Err(self.wrong(self.rows[0].line, &what));
        }
        names.truncate(width);
        Ok(Columns { table: self, names })
    }

    /// The columns with names given by hand; `-` skips a column.
    ///
    /// # Errors
    /// A number of names that differs from that of columns; a name that is unknown or occurs twice.
    pub fn columns_named(&self, by_hand: &[String], is_known: &dyn Fn(&str) -> bool) -> Result<Columns<'_>> {
        let width = self.width()?;
        let wrong =
            |what: String| Err(Error::input(format!("--columns for {}: {what}", self.path.display())));
        if let Some(name) = by_hand.iter().find(|name| *name != "-" && !is_known(name)) {
            return wrong(format!("`{name}` is not a known column; use - to skip a column"));
        }
        let is_twice = |i: usize| {
            by_hand[i] != "-" && by_hand[..i].iter().any(|other| canonical(other) == canonical(&by_hand[i]))
        };
        if let Some(i) = (0..by_hand.len()).find(|&i| is_twice(i)) {
            return wrong(format!("`{}` occurs twice", by_hand[i]));
        }
        if by_hand.len() != width {
            let names = counted(by_hand.len(), "name");
            return wrong(format!("{names} for {}; use - to skip a column", counted(width, "column")));
        }
        Ok(Columns { table: self, names: by_hand.to_vec() })
    }

    /// The head, with Tecplot's names joined that follow `VARIABLES =` on separate lines.
    fn joined_head(&self) -> Vec<(usize, String)> {
        let mut joined: Vec<(usize, String)> = Vec::new();
        for (number, text) in &self.head {
            match joined.last_mut() {
                Some((_, list)) if text.starts_with('"') && list.to_lowercase().starts_with("variables") => {
                    *list += &format!(" {text}")
                }
                _ => joined.push((*number, text.clone())),
            }
        }
        joined
    }
}

impl<'a> Columns<'a> {
    /// The index of the column whose name satisfies `is`.
    ///
    /// # Errors
    /// Several such columns.
    pub fn find(&self, is: impl Fn(&str) -> bool) -> Result<Option<usize>> {
        let mut places = (0..self.names.len()).filter(|&i| is(&self.names[i]));
        match (places.next(), places.next()) {
            (Some(one), Some(other)) => {
                let (path, one, other) = (self.table.path.display(), &self.names[one], &self.names[other]);
                Err(Error::input(format!("{path}: the columns `{one}` and `{other}` mean the same")))
            }
            (place, _) => Ok(place),
        }
    }

    pub fn values(&self, column: usize) -> impl Iterator<Item = f64> + use<'a> {
        self.table.rows.iter().map(move |row| row.cells[column])
    }

    /// The rows in ascending order of a column: in the order of the file, or reversed.
    ///
    /// # Errors
    /// A value that is missing or out of order; the error names the line.
    pub fn ascending(&self, column: usize) -> Result<Vec<&'a Row>> {
        let rows = &self.table.rows;
        let descends = rows.len() > 1 && rows[1].cells[column] < rows[0].cells[column];
        let ordered: Vec<&Row> = if descends { rows.iter().rev().collect() } else { rows.iter().collect() };
        self.present(column)?;
        match ordered.windows(2).find(|pair| pair[0].cells[column] >= pair[1].cells[column]) {
            Some(pair) => {
                let [before, after] = if descends { [pair[1], pair[0]] } else { [pair[0], pair[1]] };
                let (name, course) = (&self.names[column], if descends { "decrease" } else { "increase" });
                let what = format!(
                    "`{name}` must {course}: {} follows {}",
                    after.cells[column], before.cells[column]
                );
                Err(self.table.wrong(after.line, &what))
            }
            None => Ok(ordered),
        }
    }

    /// Checks that no value of a column is missing.
    ///
    /// # Errors
    /// A missing value; the error names the line.
    pub fn present(&self, column: usize) -> Result<()> {
        match self.table.rows.iter().find(|row| row.cells[column].is_nan()) {
            Some(row) => Err(self.table.wrong(row.line, &format!("no value of `{}`", self.names[column]))),
            None => Ok(()),
        }
    }
}

/// Formats a count, such as "1 number" or "2 numbers".
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
