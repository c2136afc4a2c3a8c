//! Lines of a table: finding the rows of numbers and reading their cells.

use super::number::{is_numeric, number};

/// A line, counted from 1.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub number: usize,
    pub text: &'a str,
}

/// A row of numbers; an empty cell is NaN.
#[derive(Debug)]
pub struct Row {
    pub line: usize,
    pub cells: Vec<f64>,
    pub blanks: Blanks,
}

/// The separators of a row whose cells are separated by blanks or tabs.
#[derive(Clone, Copy, Debug)]
pub struct Blanks {
    /// Two adjacent tabs, a tab at an end, or another separator.
    others: bool,
    narrowest: usize,
    widest: usize,
    /// Number of characters of the shortest cell.
    shortest: usize,
}

/// The separators and the decimal mark of a table.
#[derive(Clone, Copy)]
pub struct Style {
    semicolons: bool,
    decimal_commas: bool,
}

/// The kind of a line.
pub enum Kind {
    /// A blank line, a ruler, or a line marked as a comment.
    Comment,
    Row,
    /// Words that are not marked as a comment.
    Words,
}

const MARKS: [char; 5] = ['#', '%', '!', '@', ';'];

impl<'a> Line<'a> {
    /// The kind of the line. It is a row if at least half of its words are meant as numbers, so that a
    /// damaged row does not pass for text.
    pub fn kind(&self) -> Kind {
        let text = self.text.trim();
        let words = || cut(text).split(is_separator).filter(|word| !word.is_empty());
        let numeric = words().filter(|word| is_numeric(word)).count();
        let is_row = numeric > 0 && 2 * numeric >= words().count();
        let begins_empty = text
            .strip_prefix(';')
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        match text {
            _ if text.starts_with(MARKS) && !begins_empty || text.starts_with("//") => Kind::Comment,
            // Fewer stars are a damaged number; this many are a frame around a title.
            _ if is_row && !(text.len() > 20 && text.bytes().all(|byte| byte == b'*')) => Kind::Row,
            _ if text.starts_with("c ") || text.starts_with("C ") => Kind::Comment,
            _ if !text.contains(|c: char| c.is_alphanumeric() || c == '*') => Kind::Comment,
            _ => Kind::Words,
        }
    }

    /// The text without comment marks.
    pub fn unmarked(&self) -> &'a str {
        self.text.trim().trim_start_matches(MARKS).trim_start_matches("//").trim()
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c == ',' || c == ';'
}

/// A row without a comment at its end, whose mark begins a word.
fn cut(text: &str) -> &str {
    let begins_word = |at: usize| text[..at].ends_with(is_separator);
    let end = text.match_indices(['#', '%', '!']).map(|(at, _)| at).find(|&at| begins_word(at));
    text[..end.unwrap_or(text.len())].trim_end_matches(|c: char| c.is_whitespace() && c != '\t')
}

impl Style {
    /// The style of these rows. Commas are decimal marks if there are semicolons, or if only blanks can
    /// separate the cells: every comma is between two digits, there are blanks as well, and there is no
    /// decimal point.
    pub fn of<'a>(rows: impl Iterator<Item = Line<'a>> + Clone) -> Self {
        let texts = || rows.clone().map(|row| cut(row.text));
        let semicolons = texts().any(|text| text.contains(';'));
        let commas = texts().any(|text| text.contains(','));
        let is_decimal = |word: &str| {
            let parts: Vec<&str> = word.split(',').collect();
            parts.len() < 3 && parts.iter().all(|part| part.contains(|c: char| c.is_ascii_digit()))
        };
        let may_be_decimal = |text: &str| {
            let mut words = text.split_whitespace();
            !text.contains('.') && words.clone().count() > 1 && words.all(is_decimal)
        };
        Self { semicolons, decimal_commas: commas && (semicolons || texts().all(may_be_decimal)) }
    }

    /// Reads the cells of a row.
    ///
    /// # Errors
    /// The word that is not a number, and the reason.
    pub fn row(&self, line: Line) -> Result<Row, String> {
        let text = cut(line.text);
        let separator = match (self.semicolons, self.decimal_commas) {
            (true, _) => Some(';'),
            (false, true) => None,
            (false, false) => Some(','),
        };
        if separator == Some(',')
            && let Some(word) = text.split_whitespace().find(|word| is_tight(word))
            && text.split(',').any(|piece| piece.split_whitespace().count() > 1)
        {
            return Err(format!(
                "`{word}` may be one number or two: both commas and blanks separate the cells"
            ));
        }
        let mut cells = Vec::new();
        for piece in text.split(|c| Some(c) == separator) {
            let mut words = piece.split_whitespace().peekable();
            if words.peek().is_none() {
                cells.push(f64::NAN);
            }
            for word in words {
                cells.push(number(word, self.decimal_commas)?);
            }
        }
        Ok(Row { line: line.number, cells, blanks: Blanks::of(text) })
    }
}

/// Returns whether a comma is between two digits.
fn is_tight(word: &str) -> bool {
    let digit = |part: &str, last: bool| {
        if last { part.chars().next_back() } else { part.chars().next() }.is_some_and(|c| c.is_ascii_digit())
    };
    word.match_indices(',').any(|(at, _)| digit(&word[..at], true) && digit(&word[at + 1..], false))
}

impl Blanks {
    fn of(text: &str) -> Self {
        let width = |text: &str| text.chars().count();
        let words: Vec<&str> = text.split_whitespace().collect();
        let inner = text.trim().split(|c: char| !c.is_whitespace()).filter(|gap| !gap.is_empty());
        let tabs = text.starts_with('\t')
            || text.ends_with('\t')
            || inner.clone().any(|gap| gap.matches('\t').count() > 1);
        let others = tabs || text.contains([',', ';']);
        Self {
            others,
            narrowest: inner.clone().map(width).min().unwrap_or(usize::MAX),
            widest: inner.map(width).max().unwrap_or(0),
            shortest: words.into_iter().map(width).min().unwrap_or(usize::MAX),
        }
    }
}

/// Returns whether an empty cell may be hidden between the cells of a table: between tabs or commas, or
/// in blanks that are wide enough for a cell.
pub fn may_hide_cells(rows: &[Row]) -> bool {
    let least = |of: fn(&Blanks) -> usize| rows.iter().map(|row| of(&row.blanks)).min().unwrap_or(usize::MAX);
    let room = least(|blanks| blanks.narrowest).saturating_add(least(|blanks| blanks.shortest));
    rows.iter().any(|row| row.blanks.others || row.blanks.widest >= room)
}
