//! The rows of a table on the screen.

use super::Labels;
use super::series::Table;
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

/// Formats five significant digits, with an exponent for very small or large values.
pub fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.4e}").parse().unwrap_or(value);
    if rounded == 0.0 || (1e-4..1e7).contains(&rounded.abs()) || !rounded.is_finite() {
        // Avoids "-0".
        (rounded + 0.0).to_string()
    } else {
        format!("{rounded:e}")
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
}
