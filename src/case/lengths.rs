//! Codecs of lengths with pi and of grid sizes.

use serde_json::json;
use std::f64::consts::PI;

use super::codec::{Codec, LARGEST, LEAST, Read, at_least, positive};
use super::document::{Node, Value};

/// Maximum number of points in one direction: beyond any computer, yet small enough that good sizes
/// are dense below it.
const MOST_POINTS: usize = 65536;

/// A length > 0: a number, or a product of numbers and pi such as "2 pi", "4/3 pi", "pi/2".
pub fn length() -> Codec<f64> {
    let positive = positive();
    let write = |x: &f64| format!("{x:?}");
    let schema = json!({ "anyOf": [positive.range.schema, { "type": "string" }] });
    let read = move |node: &Node| match &node.value {
        Value::String(text) => length_with_pi(node, text),
        _ => positive.read(node),
    };
    Codec::new("a length > 0", schema, read, write)
}

fn length_with_pi(node: &Node, text: &str) -> Read<f64> {
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

/// The value of factors joined by `*` and `/`, from left to right; the `*` before `pi` is optional.
pub fn product(text: &str) -> Option<f64> {
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

/// Number of points in one direction of a grid, whose transforms must be fast.
pub fn grid_points() -> Codec<usize> {
    at_least(4).checked(|node, points| fast_points(node, points, 0))
}

/// Number of points between two walls, both included: the cosine transform is fast if a transform of
/// one point less is.
pub fn wall_grid_points() -> Codec<usize> {
    at_least(9).checked(|node, points| fast_points(node, points, 1))
}

/// Returns `points` if a transform of `points - but` points is fast.
fn fast_points(node: &Node, points: usize, but: usize) -> Read<usize> {
    let most = MOST_POINTS + but;
    if points > most {
        return node.wrong(format!("must be at most {most}"));
    }
    let is_good = |n: &usize| is_fast(*n, but);
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

/// Whether the transform of `points - but` points is fast.
pub fn is_fast(points: usize, but: usize) -> bool {
    points > but && without_small_primes(points - but) == 1
}

/// What remains of n after division by all factors 2, 3, 5 and 7.
fn without_small_primes(n: usize) -> usize {
    [2, 3, 5, 7].into_iter().fold(n, |mut n, prime| {
        while n % prime == 0 {
            n /= prime;
        }
        n
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{complaints, with};
    use super::*;
    use std::path::Path;

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
        // Unlimited brackets do no harm.
        assert!(
            complaints(&[&format!("domain.size={}{}", "[".repeat(50_000), "]".repeat(50_000))])
                .starts_with("domain.size: expected an array of 3 values, found 1")
        );
        let in_file = |text: &str| {
            let error =
                super::super::tests::parse("case.toml", text, Path::new(""), &[]).unwrap_err().message;
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
