//! The rows of a table on the screen.

use super::Labels;
use super::series::Table;
use crate::statistics::errors::Sampling;
use std::path::Path;

pub type Row = (&'static str, String);

pub fn figures_row(figures: &Path, drawn: &[&str]) -> Row {
    ("figures", format!("{} ({}; .svg, .png, .pdf)", figures.display(), drawn.join(", ")))
}

/// Formats one line per row, with aligned values.
pub fn aligned(rows: &[Row]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("{name:width$}   {value}\n")).collect()
}

/// A row with a value for each of several runs.
pub type Columns = (String, Vec<String>);

/// Formats one line per row, with a column for each run under its name; rows without any value are
/// left out.
pub fn in_columns(runs: &[String], rows: Vec<Columns>) -> String {
    let head = (String::new(), runs.to_vec());
    let is_of_a_run = |row: &Columns| row.1.iter().any(|cell| !cell.is_empty());
    let rows: Vec<Columns> = [head].into_iter().chain(rows).filter(is_of_a_run).collect();
    let length = |text: &str| text.chars().count();
    let first = rows.iter().map(|(name, _)| length(name)).max().unwrap_or(0);
    let width = |i: usize| rows.iter().map(|(_, cells)| length(&cells[i])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..runs.len()).map(width).collect();
    let line = |(name, cells): &Columns| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("   {cell:width$}"));
        format!("{name:first$}{}", cells.collect::<String>()).trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// Rows about the cases of several runs and their progress.
pub fn headings<'a>(runs: impl Iterator<Item = (&'a Labels, &'a Table)> + Clone) -> Vec<Columns> {
    let row = |name: &str, of: &dyn Fn(&Labels, &Table) -> Option<String>| {
        let cells = runs.clone().map(|(labels, series)| of(labels, series).unwrap_or_default());
        (name.to_owned(), cells.collect())
    };
    vec![
        row("grid", &|labels, _| labels.grid.clone()),
        row("viscosity", &|labels, _| labels.viscosity.map(|viscosity| viscosity.to_string())),
        row("time reached", &|_, series| Some(number(*series.find("time")?.last()?))),
    ]
}

/// Rows about the case and its progress.
pub fn heading(labels: &Labels, series: &Table, time: &[f64]) -> Vec<Row> {
    let mut rows = vec![("case", labels.name.clone())];
    rows.extend(labels.grid.clone().map(|grid| ("grid", grid)));
    rows.extend(labels.viscosity.map(|viscosity| ("viscosity", viscosity.to_string())));
    let last = time.len() - 1;
    let steps = series.find("step").map_or(String::new(), |step| format!("step {}, ", step[last]));
    let samples = format!("{} sample{}", last + 1, if last == 0 { "" } else { "s" });
    rows.push(("time reached", format!("{}  ({steps}{samples})", number(time[last]))));
    rows
}

/// What the table says of the errors of averages that begin at this time: how they come about, or why
/// there are none.
pub fn errors_told(sampling: &Sampling, begin: f64) -> String {
    if let Some(members) = sampling.members() {
        return members_told(members);
    }
    if !sampling.is_long() {
        let whole = number(sampling.end(begin, sampling.floor.time));
        let what = &sampling.floor.what;
        return format!("none: the average is shorter than {what}; average to t = {whole}");
    }
    let (count, length) = sampling.merged();
    let times = format!(
        "integral time {}, {:.0} independent samples",
        number(significant(sampling.integral_time, 2)),
        sampling.effective()
    );
    let text = format!(
        "the interval +- covers the true average in 68 of 100 cases; {count} batches of {}, {times}",
        number(length)
    );
    if !sampling.correlated {
        return text;
    }
    let long = number(sampling.end(begin, sampling.enough()));
    format!("{text}. Batches are still correlated, so errors may be too small: average to t = {long}")
}

/// What the table says of the errors between members of an ensemble.
pub fn members_told(members: usize) -> String {
    format!(
        "the interval +- covers the true average in 68 of 100 cases; between {members} members, Student's t"
    )
}

/// What figures say of the errors. Markup.
pub fn errors_noted(sampling: &Sampling) -> String {
    if let Some(members) = sampling.members() {
        return format!("errors: 68 %, between {members} members");
    }
    let text = match (sampling.is_long(), sampling.correlated) {
        (false, _) => "too short for errors",
        (true, true) => "errors: 68 %, batches still correlated",
        (true, false) => "errors: 68 %",
    };
    text.to_owned()
}

/// `value` rounded to this number of significant digits.
pub fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Formats five significant digits, with an exponent for very small or large values.
pub fn number(value: f64) -> String {
    let rounded = significant(value, 5);
    if rounded == 0.0 || (1e-4..1e7).contains(&rounded.abs()) || !rounded.is_finite() {
        // Avoids "-0".
        (rounded + 0.0).to_string()
    } else {
        format!("{rounded:e}")
    }
}

/// Relative error below which an error is round-off, as that of a quantity held constant.
const ROUND_OFF: f64 = 1e-9;

/// Formats a value with two digits of its error, or with five of its own if it has no error.
pub fn with_error(value: f64, error: f64) -> String {
    if !(error.is_finite() && error > ROUND_OFF * value.abs() && value.is_finite()) {
        return number(value);
    }
    let decimals = (1.0 - error.log10().floor()).max(0.0) as usize;
    match decimals {
        0..=6 => format!("{value:.decimals$} +- {error:.decimals$}"),
        _ => {
            // Decimals of the value, so that its last digit is the second one of the error.
            let digits = (value.abs().log10().floor() - error.log10().floor() + 1.0).max(1.0) as usize;
            format!("{value:.digits$e} +- {error:.1e}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (10.0, "10"),
            (0.012345678, "0.012346"),
            (6.25e-4, "0.000625"),
            (-1.234567e-9, "-1.2346e-9"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn runs_stand_in_columns() {
        let runs = ["one", "the other"].map(str::to_owned);
        let row = |name: &str, cells: [&str; 2]| (name.to_owned(), cells.map(str::to_owned).to_vec());
        let rows = vec![row("U_τ", ["1", "2"]), row("none", ["", ""]), row("longer", ["", "3 +- 1"])];
        assert_eq!(
            in_columns(&runs, rows),
            "         one   the other\nU_τ      1     2\nlonger         3 +- 1\n"
        );
    }

    #[test]
    fn values_have_the_digits_of_their_errors() {
        for (value, error, text) in [
            (178.1234, 0.5678, "178.12 +- 0.57"),
            (-0.12345, 0.049, "-0.123 +- 0.049"),
            (15.6, 13.2, "16 +- 13"),
            (0.0401234, 1.2e-6, "4.01234e-2 +- 1.2e-6"),
            (1.3e-8, 4.0e-7, "1.3e-8 +- 4.0e-7"),
            (2.5e-9, 1.23e-9, "2.5e-9 +- 1.2e-9"),
            (0.0123456, f64::NAN, "0.012346"),
            (3.0, 1e-12, "3"),
        ] {
            assert_eq!(with_error(value, error), text);
        }
    }
}
