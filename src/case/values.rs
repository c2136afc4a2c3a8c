//! What a single value may be: numbers and their ranges, words, lengths with pi, sizes of grids,
//! tables in files.

use std::f64::consts::PI;
use std::path::Path;

use super::document::{Node, Value};
use super::problems::Problem;
use crate::table;

/// A value as its key wants it, or what is wrong with it.
pub type Read<T> = Result<T, Vec<Problem>>;

/// Most points in one direction: beyond any computer, and small enough that good sizes are dense below it.
const MOST_POINTS: usize = 65536;

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

/// The problem, with what is to be done if a comma is missing in one of these values.
fn with_advice<'a>(problem: Problem, nodes: impl IntoIterator<Item = &'a Node>) -> Problem {
    let comma = nodes
        .into_iter()
        .find_map(|node| if let Value::String(text) = &node.value { missing_comma(text) } else { None });
    Problem { help: comma.or(problem.help), ..problem }
}

/// What to write where numbers stand side by side.
fn missing_comma(text: &str) -> Option<String> {
    let numbers: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(['[', ']', ',']))
        .filter(|word| !word.is_empty())
        .collect();
    let side_by_side = numbers.len() > 1 && numbers.iter().all(|number| number.parse::<f64>().is_ok());
    side_by_side.then(|| format!("a comma is missing: {}", numbers.join(", ")))
}

/// What is wrong with a word without quotes in a file, and what to write, if it is a list of
/// numbers or a length.
pub fn advice_for_bare(text: &str) -> Option<(&'static str, String)> {
    let numbers = missing_comma(text).map(|help| ("values must be separated by commas", help));
    numbers.or_else(|| product(text).map(|_| ("a length with pi must be quoted", format!("write {text:?}"))))
}

/// `true` or `false`.
pub fn boolean(node: &Node) -> Read<bool> {
    match node.value {
        Value::Boolean(boolean) => Ok(boolean),
        _ => Err(vec![expected("true or false", node)]),
    }
}

/// The largest number of a case, and the least of those that must be greater than 0: what
/// arithmetic bears, for fifth powers are taken.
pub const LARGEST: f64 = 1e50;
pub const LEAST: f64 = 1e-50;

/// A finite number, written with or without a decimal point.
pub fn number(node: &Node) -> Read<f64> {
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
}

/// A number > 0.
pub fn positive(node: &Node) -> Read<f64> {
    match number(node)? {
        x if x >= LEAST => Ok(x),
        x if x > 0.0 => node.wrong(format!("must be at least {LEAST:e}")),
        _ => node.wrong("must be greater than 0"),
    }
}

/// A number >= 0.
pub fn non_negative(node: &Node) -> Read<f64> {
    match number(node)? {
        x if x == 0.0 || x >= LEAST => Ok(x),
        x if x > 0.0 => node.wrong(format!("must be 0, or at least {LEAST:e}")),
        _ => node.wrong("must not be negative"),
    }
}

/// A number that is not 0.
pub fn non_zero(node: &Node) -> Read<f64> {
    match number(node)? {
        0.0 => node.wrong("must not be 0"),
        x if x.abs() < LEAST => node.wrong(format!("must be at least {LEAST:e} in magnitude")),
        x => Ok(x),
    }
}

/// An integer that fits its type.
pub fn integer<T: TryFrom<i128>>(node: &Node) -> Read<T> {
    let Value::Integer(integer) = node.value else { return Err(vec![expected("an integer", node)]) };
    T::try_from(integer).or_else(|_| node.wrong("this integer is out of range"))
}

/// An integer >= `least`.
pub fn at_least<T: TryFrom<i128>>(least: i128) -> impl Fn(&Node) -> Read<T> {
    move |node| match node.value {
        Value::Integer(integer) if integer < least => node.wrong(format!("must be at least {least}")),
        _ => integer(node),
    }
}

/// An array of N values of one kind.
pub fn array<const N: usize, T: Copy + Default>(
    element: impl Fn(&Node) -> Read<T>,
) -> impl Fn(&Node) -> Read<[T; N]> {
    move |node| elements(node, |_, node| element(node))
}

/// An array of N values, each of a kind of its own.
pub fn each<const N: usize, T: Copy + Default>(
    kinds: [fn(&Node) -> Read<T>; N],
) -> impl Fn(&Node) -> Read<[T; N]> {
    move |node| elements(node, |n, node| kinds[n](node))
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

/// Any text.
pub fn text(node: &Node) -> Read<&str> {
    match &node.value {
        Value::String(text) => Ok(text),
        _ => Err(vec![expected("a string", node)]),
    }
}

/// One of the words `names`.
pub fn choice(node: &Node, names: &[&'static str]) -> Read<&'static str> {
    let found = text(node)?;
    names.iter().find(|name| **name == found).copied().ok_or_else(|| unknown_word(node, found, names))
}

/// What one of the words of a table of words stands for.
pub fn one_of<T: Copy>(choices: &'static [(&'static str, T)]) -> impl Fn(&Node) -> Read<T> {
    move |node| {
        let found = text(node)?;
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let choice = choices.iter().find(|(name, _)| *name == found);
        choice.map(|(_, value)| *value).ok_or_else(|| unknown_word(node, found, &names))
    }
}

fn unknown_word(node: &Node, found: &str, names: &[&str]) -> Vec<Problem> {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let found = format!("{found:?}");
    vec![
        node.problem(format!("unknown value {found}"))
            .help(suggestion(&found, quoted.iter().map(String::as_str))),
    ]
}

/// What a word stands for, or else a value: `"auto"`, `"never"`.
pub fn word_or<T>(word: &'static str, read: impl Fn(&Node) -> Read<T>) -> impl Fn(&Node) -> Read<Option<T>> {
    move |node| match &node.value {
        Value::String(found) if found == word => Ok(None),
        _ => read(node).map(Some).map_err(|problems| {
            problems.into_iter().map(|problem| problem.help(format!("or {word:?}"))).collect()
        }),
    }
}

/// "did you mean x?", where one of the names is near, and all of them.
pub fn suggestion<'a>(found: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = names.clone().map(|name| (strsim::damerau_levenshtein(found, name), name)).min();
    // A third of the letters may be wrong.
    let near = near.filter(|(distance, name)| 3 * distance <= name.len().max(found.len()));
    let guess = near.map(|(_, name)| format!("did you mean {name}? ")).unwrap_or_default();
    format!("{guess}allowed here: {}", names.collect::<Vec<_>>().join(", "))
}

/// A length > 0: a number, or a product of numbers and pi such as "2 pi", "4/3 pi", "pi/2".
pub fn length(node: &Node) -> Read<f64> {
    let Value::String(text) = &node.value else { return positive(node) };
    match product(text) {
        Some(length) if (LEAST..=LARGEST).contains(&length) => Ok(length),
        Some(length) if length > 0.0 && length.is_finite() => {
            node.wrong(format!("a length must lie between {LEAST:e} and {LARGEST:e}"))
        }
        Some(_) => node.wrong("a length must be greater than 0 and finite"),
        None => Err(vec![
            node.problem(format!("{text:?} is not a length"))
                .help(r#"a number, or a product with pi: "2 pi", "4/3 pi""#),
        ]),
    }
}

/// The value of factors joined by `*` and `/`, from left to right; before `pi` the `*` may be left out.
fn product(text: &str) -> Option<f64> {
    let spaced = text.replace("pi", " pi ").replace('*', " * ").replace('/', " / ");
    let mut value = 1.0;
    let mut operator = Some("*");
    for token in spaced.split_whitespace() {
        match (token, operator) {
            ("*" | "/", None) => operator = Some(token),
            ("*" | "/", Some(_)) => return None,
            ("pi", None) => value *= PI,
            (_, None) => return None,
            (_, Some(sign)) => {
                let factor = if token == "pi" { PI } else { token.parse().ok()? };
                value = if sign == "*" { value * factor } else { value / factor };
                operator = None;
            }
        }
    }
    operator.is_none().then_some(value)
}

/// Points of one direction of a grid whose transforms are fast.
pub fn grid_points(node: &Node) -> Read<usize> {
    fast_points(node, at_least(4)(node)?, 0)
}

/// Points between two walls, both of them counted: their cosine transform is fast where it is so
/// for one point less.
pub fn wall_grid_points(node: &Node) -> Read<usize> {
    fast_points(node, at_least(9)(node)?, 1)
}

/// `points`, if a transform of so many `but` so many is fast.
fn fast_points(node: &Node, points: usize, but: usize) -> Read<usize> {
    let most = MOST_POINTS + but;
    if points > most {
        return node.wrong(format!("must be at most {most}"));
    }
    let is_good = |n: &usize| without_small_primes(n - but) == 1;
    if is_good(&points) {
        return Ok(points);
    }
    let near = (4 + but..points).rev().find(is_good).into_iter().chain((points..=most).find(is_good));
    let near: Vec<String> = near.map(|n| n.to_string()).collect();
    let what = if but == 0 { points.to_string() } else { format!("{points} - {but} = {}", points - but) };
    let problem = node.problem(format!(
        "{what} has a prime factor other than 2, 3, 5 and 7, which makes its transforms slow"
    ));
    Err(vec![problem.help(format!("the nearest good sizes are {}", near.join(" and ")))])
}

/// n divided by 2, 3, 5 and 7 as often as it can be.
fn without_small_primes(n: usize) -> usize {
    [2, 3, 5, 7].into_iter().fold(n, |mut n, prime| {
        while n % prime == 0 {
            n /= prime;
        }
        n
    })
}

/// The spectrum in a text file with columns k and E(k), of any form that `crate::table` reads; the
/// path is relative to `dir`.
pub fn spectrum_file(node: &Node, dir: &Path) -> Read<Vec<(f64, f64)>> {
    let file = dir.join(text(node)?);
    let read = || {
        let rows = table::initial_spectrum(&file).map_err(|error| error.message)?;
        let points = rows.iter().map(|&(_, k, energy)| (k, energy)).collect();
        let line = |row: usize| format!("{}:", rows[row].0);
        let wrong = |row: Option<usize>, what: &str| {
            format!("{}:{} {what}", file.display(), row.map_or(String::new(), line))
        };
        spectrum(points, wrong)
    };
    read().map_err(|error: String| {
        let help = "a spectrum is a text file of two columns, k and E(k), or one whose columns are named so";
        vec![node.problem(error).help(help)]
    })
}

/// The same as an array of rows.
pub fn spectrum_rows(node: &Node) -> Read<Vec<(f64, f64)>> {
    let rows = pairs(node, "an array of rows [k, E]")?;
    let row = |row: usize| format!("row {}: ", row + 1);
    spectrum(rows, |place, what| place.map_or(String::new(), row) + what).or_else(|error| node.wrong(error))
}

/// An array of pairs of numbers; `what` names it.
pub fn pairs(node: &Node, what: &str) -> Read<Vec<(f64, f64)>> {
    let Value::Array(rows) = &node.value else { return Err(vec![expected(what, node)]) };
    rows.iter().map(|row| array(number)(row).map(|[a, b]| (a, b))).collect()
}

/// The rows, if they are a spectrum; else what `wrong` makes of the offending row and the reason.
fn spectrum(
    rows: Vec<(f64, f64)>,
    wrong: impl Fn(Option<usize>, &str) -> String,
) -> Result<Vec<(f64, f64)>, String> {
    let mut before = 0.0;
    for (n, (k, e)) in rows.iter().enumerate() {
        let at = |what: &str| Err(wrong(Some(n), what));
        match (k, e) {
            _ if !k.is_finite() || !e.is_finite() => return at("not finite"),
            _ if *k > LARGEST || *e > LARGEST => return at(&format!("must be at most {LARGEST:e}")),
            _ if *k <= before => return at("k must be positive and ascend"),
            _ if *e < 0.0 => return at("E(k) must not be negative"),
            _ => before = *k,
        }
    }
    match rows.iter().any(|(_, e)| *e > 0.0) {
        true if rows.len() > 1 => Ok(rows),
        true => Err(wrong(None, "one row makes no spectrum")),
        false => Err(wrong(None, "it holds no energy")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{complaints, with};
    use super::*;

    #[test]
    fn lengths_may_be_products_with_pi() {
        let good = [
            ("2 pi", 2.0 * PI),
            ("4/3 pi", 4.0 / 3.0 * PI),
            ("pi", PI),
            ("2*pi", 2.0 * PI),
            ("1/2", 0.5),
            ("2.5pi", 2.5 * PI),
        ];
        for (text, length) in
            good.into_iter().chain([("pi/2", PI / 2.0), (" 3 ", 3.0), ("2 * pi * pi", 2.0 * PI * PI)])
        {
            assert_eq!(
                with(&[&format!("domain.size=[{text:?}, 2, 0.5]")]).domain.size,
                [length, 2.0, 0.5],
                "{text}"
            );
        }
        for text in ["", "two pi", "2 3", "2 //pi", "pi 2", "*pi", "2 pi /"] {
            let expected = format!(
                "domain.size: {text:?} is not a length; help: a number, or a product with pi: \"2 \
                 pi\", \"4/3 pi\""
            );
            assert_eq!(complaints(&[&format!("domain.size=[{text:?}, 2, 2]")]), expected);
        }
        for text in ["-2 pi", "0", "inf", "nan", "1/0"] {
            assert_eq!(
                complaints(&[&format!("domain.size=[{text:?}, 2, 2]")]),
                "domain.size: a length must be greater than 0 and finite"
            );
        }
        assert_eq!(complaints(&["domain.size=[1, 0, 2.0]"]), "domain.size: must be greater than 0");
        assert_eq!(
            complaints(&["domain.size=[1, 2]"]),
            "domain.size: expected an array of 3 values, found 2"
        );
    }

    #[test]
    fn arrays_of_the_command_line_need_no_quotes_and_files_say_what_to_write() {
        let pi = |factor: f64| factor * PI;
        for (text, size) in [
            ("[2pi,2pi,2pi]", [pi(2.0); 3]),
            ("[2*pi, 4/3 pi, 'pi']", [pi(2.0), pi(4.0 / 3.0), PI]),
            ("[ 2 pi ,\"2 pi\", 3.5, ]", [pi(2.0), pi(2.0), 3.5]),
            ("[1,pi/2,1e0]", [1.0, pi(0.5), 1.0]),
        ] {
            assert_eq!(with(&[&format!("domain.size={text}")]).domain.size, size, "{text}");
        }
        let two = "domain.grid: expected an array of 3 values, found 2; help: a comma is missing: 64, 64";
        assert_eq!(complaints(&["domain.grid=[64 64, 64]"]), two);
        assert_eq!(
            complaints(&["domain.grid=64 64 64"]),
            "domain.grid: expected an array of 3 values, found the string \"64 64 64\"; help: a comma is \
             missing: 64, 64, 64"
        );
        assert_eq!(
            complaints(&["domain.size=[2pi,two,2]"]),
            "domain.size: \"two\" is not a length; help: a number, or a product with pi: \"2 pi\", \"4/3 pi\""
        );
        // Brackets that never end are no trouble.
        assert!(
            complaints(&[&format!("domain.size={}{}", "[".repeat(50_000), "]".repeat(50_000))])
                .starts_with("domain.size: expected an array of 3 values, found 1")
        );
        let in_file = |text: &str| {
            let error = super::super::parse("case.toml", text, Path::new(""), &[]).unwrap_err().message;
            error
                .lines()
                .filter(|line| line.contains("error: ") || line.contains("help: "))
                .map(|line| line.trim_start_matches([' ', '|', '=', '-', '>', '╰']))
                .collect::<Vec<_>>()
                .join("; ")
        };
        assert_eq!(
            in_file("domain.grid = [64 64, 64]"),
            "error: values must be separated by commas; help: a comma is missing: 64, 64"
        );
        assert_eq!(
            in_file("domain.size = [2pi, 2, 2]"),
            "error: a length with pi must be quoted; help: write \"2pi\""
        );
        assert_eq!(
            in_file("flow.kind = homogeneous"),
            "error: string values must be quoted, expected literal string"
        );
    }

    #[test]
    fn grids_have_small_prime_factors() {
        assert_eq!(with(&["domain.grid=[4, 105, 1024]"]).domain.grid, [4, 105, 1024]);
        let slow = "has a prime factor other than 2, 3, 5 and 7, which makes its transforms slow; help: the \
            nearest good sizes are";
        assert_eq!(
            complaints(&["domain.grid=[64, 64, 121]"]),
            format!("domain.grid: 121 {slow} 120 and 125")
        );
        assert_eq!(
            complaints(&["domain.grid=[64, 65521, 64]"]),
            format!("domain.grid: 65521 {slow} 64827 and 65536")
        );
        assert_eq!(
            complaints(&["domain.grid=[2, 64, -64]"]),
            "domain.grid: must be at least 4; domain.grid: must be at least 4"
        );
        assert_eq!(
            complaints(&["domain.grid=[1000000000000, 64, 64]"]),
            "domain.grid: must be at most 65536"
        );
        assert_eq!(
            complaints(&["domain.grid=64"]),
            "domain.grid: expected an array of 3 values, found the integer 64"
        );
    }
}
