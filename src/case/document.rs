//! The case file and the overrides as one tree of values, each with its place in the text.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::codec::advice_for_bare;
use super::problems::{Place, Problem};

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    pub place: Place,
    pub value: Value,
}

impl Node {
    /// A problem with this value.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(Some(self.place.clone()), message)
    }

    /// A problem with this value, as the result of reading it.
    pub fn wrong<T>(&self, message: impl Into<String>) -> Result<T, Vec<Problem>> {
        Err(vec![self.problem(message)])
    }
}

/// The types of value in a case file.
#[derive(Clone, Debug)]
pub enum Value {
    String(String),
    Integer(i128),
    Float(f64),
    Boolean(bool),
    Array(Vec<Node>),
    Table(Table),
    /// A value that no key takes: its type in words, with an article.
    Other(&'static str),
}

/// The place and the value of a key.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Place,
    pub node: Node,
}

pub type Table = BTreeMap<String, Entry>;

/// Maximum number of parts of an overriding key; `fluid.viscosity` has two. Nested tables are handled
/// by recursion; in a file the parser limits their depth.
const MOST_PARTS: usize = 16;

/// The beginning of the parser's message about an unquoted word.
const UNQUOTED: &str = "string values must be quoted";

/// Maximum depth of nested arrays with unquoted words.
const DEPTH_OF_BARE: usize = 3;

/// Reads the file and applies the overrides in order. Syntax errors are added to `problems`.
pub fn read(text: &str, overrides: &[String], problems: &mut Vec<Problem>) -> Table {
    let (document, errors) = DeTable::parse_recoverable(text);
    let line_ends: Vec<usize> = text.match_indices('\n').map(|(end, _)| end).collect();
    let mut bad_lines = BTreeSet::new();
    for error in errors {
        // An error without a span is at the end of the file.
        let bytes = error.span().unwrap_or(text.len()..text.len());
        // Only the first error in a bad line helps; those that the parser finds in the rest of it
        // follow from the first.
        if bad_lines.insert(line_ends.partition_point(|end| *end < bytes.start)) {
            let advice = if error.message().starts_with(UNQUOTED) {
                text.get(bytes.clone()).and_then(advice_for_bare)
            } else {
                None
            };
            let (message, help) = advice.map_or((error.message().to_owned(), None), |(message, help)| {
                (message.to_owned(), Some(help))
            });
            problems.push(Problem { help, ..Problem::new(Some(Place::new(0, bytes)), message) });
        }
    }
    let mut root = table(document.get_ref(), 0, 0);
    for (n, text) in overrides.iter().enumerate() {
        if let Err(problem) = lay_over(&mut root, text, n + 1) {
            problems.push(problem);
        }
    }
    root
}

/// Replaces a value in the tree by that of an override, `key.sub=value`.
fn lay_over(root: &mut Table, text: &str, source: usize) -> Result<(), Problem> {
    let malformed = || {
        let problem = Problem::new(Some(Place::new(source, 0..text.len())), "an override is KEY=VALUE");
        problem.help("for instance --set fluid.viscosity=0.005")
    };
    let (path, value) = text.split_once('=').ok_or_else(malformed)?;
    let start = text.len() - value.trim_ascii_start().len();
    let value = value.trim_ascii();
    let node = value_or_bare(value, source, start, DEPTH_OF_BARE);
    if path.split('.').nth(MOST_PARTS).is_some() {
        let problem = Problem::new(
            Some(Place::new(source, 0..path.len())),
            format!("a key has at most {MOST_PARTS} parts"),
        );
        return Err(problem.help("for instance --set fluid.viscosity=0.005"));
    }
    let mut keys = Vec::new();
    let mut start = 0;
    for part in path.split('.') {
        if part.trim_ascii().is_empty() {
            return Err(malformed());
        }
        keys.push((part.trim_ascii(), Place::new(source, start..start + part.len())));
        start += part.len() + 1;
    }
    let Some((last, last_place)) = keys.pop() else { return Err(malformed()) };
    let mut table = root;
    for (key, place) in keys {
        let empty = || Node { place: place.clone(), value: Value::Table(Table::new()) };
        let entry =
            table.entry(key.to_owned()).or_insert_with(|| Entry { key: place.clone(), node: empty() });
        if !matches!(entry.node.value, Value::Table(_)) {
            *entry = Entry { key: place.clone(), node: empty() };
        }
        let Value::Table(inner) = &mut entry.node.value else { unreachable!("it became a table just above") };
        table = inner;
    }
    table.insert(last.to_owned(), Entry { key: last_place, node });
    Ok(())
}

/// Parses a value from the command line. Words need no quotes, even in arrays, which may nest to
/// `depth`.
fn value_or_bare(text: &str, source: usize, start: usize, depth: usize) -> Node {
    if let Ok(value) = DeValue::parse(text) {
        return node(&value, source, start);
    }
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).filter(|_| depth > 0);
    let value = match inner {
        Some(inner) => {
            let elements = elements(inner).into_iter();
            Value::Array(
                elements
                    .map(|(offset, text)| value_or_bare(text, source, start + 1 + offset, depth - 1))
                    .collect(),
            )
        }
        None => Value::String(text.to_owned()),
    };
    Node { place: Place::new(source, start..start + text.len()), value }
}

/// The texts between the commas of an array, and their places. Commas in brackets and quotes do not
/// separate; a trailing comma is optional.
fn elements(text: &str) -> Vec<(usize, &str)> {
    let (mut depth, mut quote, mut begin, mut elements) = (0, None, 0, Vec::new());
    let element = |begin: usize, end: usize| {
        let part = &text[begin..end];
        (end - part.trim_ascii_start().len(), part.trim_ascii())
    };
    for (i, c) in text.char_indices() {
        match (c, quote) {
            (_, Some(open)) => quote = quote.filter(|_| c != open),
            ('"' | '\'', None) => quote = Some(c),
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) => depth -= 1,
            (',', None) if depth == 0 => {
                elements.push(element(begin, i));
                begin = i + 1;
            }
            _ => {}
        }
    }
    elements.extend(Some(element(begin, text.len())).filter(|(_, last)| !last.is_empty()));
    elements
}

/// The tree of a parsed table whose text starts at byte `offset` of its source.
fn table(parsed: &DeTable, source: usize, offset: usize) -> Table {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue>)| Entry {
        key: Place::new(source, key.span().start + offset..key.span().end + offset),
        node: node(value, source, offset),
    };
    parsed.iter().map(|(key, value)| (key.get_ref().to_string(), entry((key, value)))).collect()
}

fn node(parsed: &Spanned<DeValue>, source: usize, offset: usize) -> Node {
    let value = match parsed.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(digits) => match i128::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(integer) => Value::Integer(integer),
            Err(_) => Value::Other("an integer out of range"),
        },
        // Rust parses every float of TOML; otherwise it would be refused like any that is not finite.
        DeValue::Float(digits) => Value::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(boolean) => Value::Boolean(*boolean),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(array) => {
            Value::Array(array.iter().map(|element| node(element, source, offset)).collect())
        }
        DeValue::Table(parsed) => Value::Table(table(parsed, source, offset)),
    };
    Node { place: Place::new(source, parsed.span().start + offset..parsed.span().end + offset), value }
}
