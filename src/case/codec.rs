//! Codecs of single values: how a value is read, written and described. This file has numbers, words
//! and arrays; `lengths` has lengths with pi and grid sizes.

use serde_json::{Value as Json, json};
use std::path::PathBuf;

use super::document::{Node, Value};
use super::lengths::product;
use super::problems::Problem;

/// A value of the type of its key, or the problems with it.
pub type Read<T> = Result<T, Vec<Problem>>;

/// The values that a key may have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    /// In words, with an article if there is one: `a number > 0`.
    pub words: String,
    /// As a JSON Schema.
    pub schema: Json,
}

impl Range {
    fn new(words: impl Into<String>, schema: Json) -> Self {
        Self { words: words.into(), schema }
    }
}

/// A function that reads a value from the tree.
type Reading<T> = Box<dyn Fn(&Node) -> Read<T>>;

/// The range of the values of a key, and how they are read and written.
pub struct Codec<T> {
    read: Reading<T>,
    write: Box<dyn Fn(&T) -> String>,
    pub range: Range,
}

impl<T: 'static> Codec<T> {
    pub fn new(
        words: impl Into<String>,
        schema: Json,
        read: impl Fn(&Node) -> Read<T> + 'static,
        write: impl Fn(&T) -> String + 'static,
    ) -> Self {
        Self { read: Box::new(read), write: Box::new(write), range: Range::new(words, schema) }
    }

    pub fn read(&self, node: &Node) -> Read<T> {
        (self.read)(node)
    }

    /// The value as TOML, which reads back to the same bits.
    pub fn write(&self, value: &T) -> String {
        (self.write)(value)
    }

    /// Restricts the values to those that pass the check.
    pub fn checked(self, check: impl Fn(&Node, T) -> Read<T> + 'static) -> Self {
        let Self { read, write, range } = self;
        Self { read: Box::new(move |node| check(node, read(node)?)), write, range }
    }

    /// Describes the values differently.
    pub fn described(self, words: impl Into<String>, schema: Json) -> Self {
        Self { range: Range::new(words, schema), ..self }
    }
}

/// The problem of a value of another type.
pub fn expected(what: &str, node: &Node) -> Problem {
    let found = match &node.value {
        Value::String(text) => format!("the string {text:?}"),
        Value::Integer(integer) => format!("the integer {integer}"),
        Value::Float(float) => format!("the number {float:?}"),
        Value::Boolean(_) => "a boolean".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Table(_) => "a table".to_owned(),
        Value::Other(kind) => (*kind).to_owned(),
    };
    with_advice(node.problem(format!("expected {what}, found {found}")), [node])
}

/// The problem, with advice if a comma is missing in one of these values.
fn with_advice<'a>(problem: Problem, nodes: impl IntoIterator<Item = &'a Node>) -> Problem {
    let comma = nodes
        .into_iter()
        .find_map(|node| if let Value::String(text) = &node.value { missing_comma(text) } else { None });
    Problem { help: comma.or(problem.help), ..problem }
}

/// Advice if numbers are not separated by commas.
fn missing_comma(text: &str) -> Option<String> {
    let numbers: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(['[', ']', ',']))
        .filter(|word| !word.is_empty())
        .collect();
    let side_by_side = numbers.len() > 1 && numbers.iter().all(|number| number.parse::<f64>().is_ok());
    side_by_side.then(|| format!("a comma is missing: {}", numbers.join(", ")))
}

/// The problem with an unquoted word in a file, and what to write instead, if it is a list of numbers
/// or a length.
pub fn advice_for_bare(text: &str) -> Option<(&'static str, String)> {
    let numbers = missing_comma(text).map(|help| ("values must be separated by commas", help));
    numbers.or_else(|| product(text).map(|_| ("a length with pi must be quoted", format!("write {text:?}"))))
}

/// `true` or `false`.
pub fn boolean() -> Codec<bool> {
    let read = |node: &Node| match node.value {
        Value::Boolean(boolean) => Ok(boolean),
        _ => Err(vec![expected("true or false", node)]),
    };
    Codec::new("true or false", json!({ "type": "boolean" }), read, bool::to_string)
}

/// The largest number of a case, and the smallest one that must be greater than 0: fifth powers of
/// both are still representable.
pub const LARGEST: f64 = 1e50;
pub const LEAST: f64 = 1e-50;

/// A finite number, written with or without a decimal point. Rust's debug form has the fewest
/// digits that read back as the same bits, and is valid TOML.
pub fn number() -> Codec<f64> {
    let read = |node: &Node| {
        let number = match node.value {
            Value::Integer(integer) => integer as f64,
            Value::Float(float) if float.is_finite() => float,
            Value::Float(_) => return node.wrong("must be a finite number"),
            _ => return Err(vec![expected("a number", node)]),
        };
        if number.abs() > LARGEST {
            node.wrong(format!("must be at most {LARGEST:e} in magnitude"))
        } else {
            Ok(number)
        }
    };
    Codec::new("a number", json!({ "type": "number" }), read, |x| format!("{x:?}"))
}

/// A number > 0.
pub fn positive() -> Codec<f64> {
    let check = |node: &Node, x| match x {
        x if x >= LEAST => Ok(x),
        x if x > 0.0 => node.wrong(format!("must be at least {LEAST:e}")),
        _ => node.wrong("must be greater than 0"),
    };
    number().checked(check).described("a number > 0", json!({ "type": "number", "exclusiveMinimum": 0 }))
}

/// A number >= 0.
pub fn non_negative() -> Codec<f64> {
    let check = |node: &Node, x| match x {
        x if x == 0.0 || x >= LEAST => Ok(x),
        x if x > 0.0 => node.wrong(format!("must be 0, or at least {LEAST:e}")),
        _ => node.wrong("must not be negative"),
    };
    number().checked(check).described("a number >= 0", json!({ "type": "number", "minimum": 0 }))
}

/// A number that is not 0.
pub fn non_zero() -> Codec<f64> {
    let check = |node: &Node, x: f64| match x {
        0.0 => node.wrong("must not be 0"),
        x if x.abs() < LEAST => node.wrong(format!("must be at least {LEAST:e} in magnitude")),
        x => Ok(x),
    };
    let schema = json!({ "type": "number", "not": { "const": 0 } });
    number().checked(check).described("a number other than 0", schema)
}

/// An integer that fits its type.
pub fn integer<T: TryFrom<i128> + ToString + 'static>() -> Codec<T> {
    let read = |node: &Node| {
        let Value::Integer(integer) = node.value else { return Err(vec![expected("an integer", node)]) };
        T::try_from(integer).or_else(|_| node.wrong("this integer is out of range"))
    };
    // -1 does not fit unsigned types.
    let (words, schema) = match T::try_from(-1) {
        Ok(_) => ("an integer", json!({ "type": "integer" })),
        Err(_) => ("an integer >= 0", json!({ "type": "integer", "minimum": 0 })),
    };
    Codec::new(words, schema, read, T::to_string)
}

/// An integer >= `least`.
pub fn at_least<T: TryFrom<i128> + ToString + 'static>(least: i64) -> Codec<T> {
    let all = integer();
    let read = move |node: &Node| match node.value {
        Value::Integer(integer) if integer < i128::from(least) => {
            node.wrong(format!("must be at least {least}"))
        }
        _ => all.read(node),
    };
    let schema = json!({ "type": "integer", "minimum": least });
    Codec::new(format!("an integer >= {least}"), schema, read, T::to_string)
}

/// An array of N values of one kind.
pub fn array<const N: usize, T: Copy + Default + 'static>(element: Codec<T>) -> Codec<[T; N]> {
    let words = format!("an array of {N}, each {}", element.range.words);
    let schema = json!({ "type": "array", "items": element.range.schema, "minItems": N, "maxItems": N });
    let element = std::rc::Rc::new(element);
    let write = element.clone();
    Codec::new(
        words,
        schema,
        move |node| elements(node, |_, node| element.read(node)),
        move |values: &[T; N]| bracketed(values.iter().map(|value| write.write(value))),
    )
}

/// An array of N values of different kinds.
pub fn each<const N: usize, T: Copy + Default + 'static>(kinds: [Codec<T>; N]) -> Codec<[T; N]> {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.range.words.as_str()).collect();
    let schemas: Vec<&Json> = kinds.iter().map(|kind| &kind.range.schema).collect();
    let schema = json!({ "type": "array", "prefixItems": schemas, "minItems": N, "maxItems": N });
    let words = format!("an array of {}", words.join(", "));
    let kinds = std::rc::Rc::new(kinds);
    let write = kinds.clone();
    Codec::new(
        words,
        schema,
        move |node| elements(node, |n, node| kinds[n].read(node)),
        move |values: &[T; N]| {
            bracketed(values.iter().zip(write.iter()).map(|(value, kind)| kind.write(value)))
        },
    )
}

/// The array of these elements as TOML.
pub fn bracketed(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(", "))
}

fn elements<const N: usize, T: Copy + Default>(
    node: &Node,
    element: impl Fn(usize, &Node) -> Read<T>,
) -> Read<[T; N]> {
    let what = format!("an array of {N} values");
    let Value::Array(nodes) = &node.value else { return Err(vec![expected(&what, node)]) };
    if nodes.len() != N {
        return Err(vec![with_advice(
            node.problem(format!("expected {what}, found {}", nodes.len())),
            nodes,
        )]);
    }
    let mut values = [T::default(); N];
    let mut problems = Vec::new();
    for (n, (value, node)) in values.iter_mut().zip(nodes).enumerate() {
        match element(n, node) {
            Ok(read) => *value = read,
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// An array of any number of values of one kind.
pub fn several<T: 'static>(element: Codec<T>) -> Codec<Vec<T>> {
    let words = format!("an array, each {}", element.range.words);
    let schema = json!({ "type": "array", "items": element.range.schema });
    let element = std::rc::Rc::new(element);
    let write = element.clone();
    let read = move |node: &Node| {
        let Value::Array(nodes) = &node.value else { return Err(vec![expected("an array", node)]) };
        nodes.iter().map(|node| element.read(node)).collect()
    };
    Codec::new(words, schema, read, move |values: &Vec<T>| {
        bracketed(values.iter().map(|value| write.write(value)))
    })
}

/// Pairs of numbers; `what` names them in messages: `an array of rows [k, E]`.
pub fn pairs(what: &'static str) -> Codec<Vec<(f64, f64)>> {
    let row = std::rc::Rc::new(array::<2, _>(number()));
    let schema = json!({ "type": "array", "items": row.range.schema });
    let write = row.clone();
    let read = move |node: &Node| {
        let Value::Array(rows) = &node.value else { return Err(vec![expected(what, node)]) };
        rows.iter().map(|node| row.read(node).map(|[a, b]| (a, b))).collect()
    };
    let write = move |rows: &Vec<(f64, f64)>| bracketed(rows.iter().map(|&(a, b)| write.write(&[a, b])));
    Codec::new(what, schema, read, write)
}

/// Any text.
pub fn text(node: &Node) -> Read<&str> {
    match &node.value {
        Value::String(text) => Ok(text),
        _ => Err(vec![expected("a string", node)]),
    }
}

/// The text as a TOML string.
pub fn quoted(text: impl ToString) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// A path, which `resolve` makes from the text in the file.
pub fn path(resolve: impl Fn(&Node, &str) -> Read<PathBuf> + 'static) -> Codec<PathBuf> {
    let read = move |node: &Node| resolve(node, text(node)?);
    Codec::new("a path", json!({ "type": "string" }), read, |path| quoted(path.display()))
}

/// One of the words `names`.
pub fn choice(node: &Node, names: &[&'static str]) -> Read<usize> {
    let found = text(node)?;
    let unknown = || {
        let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        let found = format!("{found:?}");
        let help = suggestion(&found, quoted.iter().map(String::as_str));
        vec![node.problem(format!("unknown value {found}")).help(help)]
    };
    names.iter().position(|name| *name == found).ok_or_else(unknown)
}

/// One of several values, each of which has a word.
pub fn one_of<T: Copy + PartialEq + 'static>(choices: &'static [(&'static str, T)]) -> Codec<T> {
    let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
    let write =
        |value: &T| quoted(choices.iter().find(|(_, other)| other == value).map_or("", |(name, _)| *name));
    Codec::new(
        alternatives(&names),
        json!({ "enum": names }),
        move |node| choice(node, &names).map(|n| choices[n].1),
        write,
    )
}

/// `"a", "b" or "c"`.
pub fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// A value, or the word that stands for none: `"auto"`, `"never"`.
pub fn word_or<T: 'static>(word: &'static str, other: Codec<T>) -> Codec<Option<T>> {
    let Codec { read, write, range } = other;
    let schema = json!({ "anyOf": [{ "const": word }, range.schema] });
    let read = move |node: &Node| match &node.value {
        Value::String(found) if found == word => Ok(None),
        _ => read(node).map(Some).map_err(|problems| {
            problems.into_iter().map(|problem| problem.help(format!("or {word:?}"))).collect()
        }),
    };
    let write = move |value: &Option<T>| value.as_ref().map_or_else(|| quoted(word), &write);
    Codec::new(format!("{word:?}, or {}", range.words), schema, read, write)
}

/// The values of an optional key.
pub fn some<T: 'static>(codec: Codec<T>) -> Codec<Option<T>> {
    let Codec { read, write, range } = codec;
    let write = move |value: &Option<T>| value.as_ref().map_or_else(String::new, &write);
    Codec::new(range.words, range.schema, move |node| read(node).map(Some), write)
}

/// Lists the allowed names, after "did you mean x?" if one of them is similar.
pub fn suggestion<'a>(found: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = names.clone().map(|name| (strsim::damerau_levenshtein(found, name), name)).min();
    // Up to a third of the letters may differ.
    let near = near.filter(|(distance, name)| 3 * distance <= name.len().max(found.len()));
    let guess = near.map(|(_, name)| format!("did you mean {name}? ")).unwrap_or_default();
    format!("{guess}allowed here: {}", names.collect::<Vec<_>>().join(", "))
}
