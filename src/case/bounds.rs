//! Bounds on the numbers of a case with every default filled in: a value derived from valid numbers,
//! such as 1/Re_tau, may still be out of bounds.

use super::case;
use super::document::{self, Table, Value};
use super::general::{Case, Precision};
use super::problems::Problem;
use std::path::Path;

/// The largest number and the smallest length of a case in single precision: the square of a number
/// four decades beyond must still be representable.
const LARGEST_SINGLE: f64 = 1e15;
const LEAST_SINGLE: f64 = 1e-15;

/// The tables whose numbers do not enter the fields.
const NOT_OF_THE_FIELDS: [&str; 6] = ["flow", "numerics", "time", "parallel", "output", "checkpoint"];

/// The problems of the case as a run reads it.
pub fn problems(resolved: &Case) -> Vec<Problem> {
    let text = resolved.to_toml();
    let mut problems = Vec::new();
    case(resolved.flow.flows.first(), &resolved.name, &text, Path::new(""), &[], &mut problems);
    for problem in &mut problems {
        problem.place = None;
        problem.message = format!("{} (with the defaults of the case filled in)", problem.message);
    }
    if problems.is_empty() && resolved.numerics.precision == Precision::Single {
        let tree = document::read(&text, &[], &mut problems);
        let mut too_far = Vec::new();
        for (name, entry) in tree.iter().filter(|(name, _)| !NOT_OF_THE_FIELDS.contains(&name.as_str())) {
            if let Value::Table(table) = &entry.node.value {
                look(table, name, &mut too_far);
            }
        }
        problems.extend(too_far.into_iter().map(|(key, number)| {
            let message = format!("{key}: single precision cannot compute with {number:e}");
            let help = format!(
                "choose units in which numbers are at most {LARGEST_SINGLE:e} and lengths at \
                least {LEAST_SINGLE:e}, or numerics.precision = \"double\""
            );
            Problem::new(None, message).help(help)
        }));
    }
    problems
}

/// Finds the numbers that single precision cannot compute with.
fn look(table: &Table, path: &str, found: &mut Vec<(String, f64)>) {
    for (key, entry) in table {
        let path = format!("{path}.{key}");
        match &entry.node.value {
            Value::Table(table) => look(table, &path, found),
            value => {
                let is_length = path == "domain.size";
                let outside = |x: &f64| x.abs() > LARGEST_SINGLE || is_length && *x < LEAST_SINGLE;
                found.extend(numbers(value).into_iter().find(outside).map(|number| (path, number)));
            }
        }
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Float(number) => vec![*number],
        Value::Array(nodes) => nodes.iter().flat_map(|node| numbers(&node.value)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{complaints, complaints_of, with};

    const CHANNEL: &str = "flow.kind = \"channel\"\ndomain = \
        { size = [\"4 pi\", 2, \"4/3 pi\"], grid = [16, 17, 16] }\nfluid.reynolds_tau = 180\n\
                           drive.kind = \"mass-flux\"\ninitial.kind = \"laminar\"\ntime = \
                           { dt = 0.01, end = 1.0 }\n";

    #[test]
    fn numbers_have_bounds() {
        for (set, expected) in [
            ("domain.size=[1e-300, 1, 1]", "domain.size: must be at least 1e-50"),
            ("domain.size=[1, '1e300', 1]", "domain.size: a length must lie between 1e-50 and 1e50"),
            ("time.end=1e300", "time.end: must be at most 1e50 in magnitude"),
            ("fluid.viscosity=1e-320", "fluid.viscosity: must be 0, or at least 1e-50"),
            ("fluid.viscosity=1e51", "fluid.viscosity: must be at most 1e50 in magnitude"),
            ("mean={ kind = 'shear', rate = -1e308 }", "mean.rate: must be at most 1e50 in magnitude"),
            ("output.series.every_time=5e-324", "output.series.every_time: must be at least 1e-50"),
        ] {
            assert_eq!(complaints(&[set]), expected);
        }
        with(&["domain.size=[1e-50, 1e50, 1]", "time.end=1e50", "fluid.viscosity=0"]);
        for reynolds in ["1e308", "5e-324"] {
            let found = complaints_of(CHANNEL, &[&format!("fluid.reynolds_tau={reynolds}")]);
            assert!(found.starts_with("fluid.reynolds_tau: must be at "), "{found}");
        }
    }

    #[test]
    fn what_follows_from_numbers_has_bounds_as_well() {
        // Laminar: Re_tau^2 = 3 Re_b, so that -dP/dx = (Re_tau / Re_b)^2 = 3 / Re_b.
        let found =
            complaints_of(CHANNEL, &["fluid={ reynolds_bulk = 1e-50 }", "drive.kind=pressure-gradient"]);
        assert_eq!(
            found,
            "drive.gradient: must be at most 1e50 in magnitude (with the defaults of the case filled in)"
        );
    }

    #[test]
    fn single_precision_has_narrower_bounds() {
        let single = "numerics.precision=single";
        let found =
            complaints(&[single, "domain.size=[1e-20, 1, 1]", "initial.amplitude=-1e20", "time.end=1e20"]);
        let help = "help: choose units in which numbers are at most 1e15 and lengths at least 1e-15, or \
            numerics.precision = \"double\"";
        let expected = [
            "domain.size: single precision cannot compute with 1e-20",
            "initial.amplitude: single precision cannot compute with -1e20",
        ];
        assert_eq!(found, expected.map(|text| format!("{text}; {help}")).join("; "));
        with(&[single, "domain.size=[1e-15, 1, 1]", "time.end=1e20"]);
    }
}
