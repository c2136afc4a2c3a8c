//! The table that ends a run on the screen.

use std::path::Path;

use super::Labels;
use super::reference::Reference;
use super::series::{History, Table};

/// Lines of a name and a value, aligned. `series` has at least one row.
pub fn table(labels: &Labels, series: &Table, run: &History, references: &[Reference], figures: &Path, spectrum: bool) -> String {
    let mut rows = vec![("case", labels.name.clone())];
    rows.extend(labels.grid.clone().map(|grid| ("grid", grid)));
    rows.extend(labels.viscosity.map(|viscosity| ("viscosity", viscosity.to_string())));

    let last = run.time.len() - 1;
    let steps = series.find("step").map_or(String::new(), |step| format!("step {}, ", step[last]));
    rows.push(("time reached", format!("{}  ({steps}{} sample{})", number(run.time[last]), last + 1, if last == 0 { "" } else { "s" })));
    rows.push(("energy", format!("{} at the start, {} at the end", number(run.energy[0]), number(run.energy[last]))));
    if let Some((peak, time)) = extreme(&run.dissipation, &run.time, 1.0) {
        rows.push(("peak dissipation", format!("{} at t = {}", number(peak), number(time))));
    }
    let at_last = |name: &str| series.find(name).map(|values| number(values[last]));
    rows.extend(at_last("taylor_reynolds").map(|value| ("Taylor Reynolds number", format!("{value} at the end"))));
    if let (Some(value), Some(values)) = (at_last("kmax_eta"), series.find("kmax_eta"))
        && let Some((least, time)) = extreme(values, &run.time, -1.0)
    {
        let text = format!("{value} at the end, least {} at t = {}", number(least), number(time));
        rows.push(("kmax eta", text));
    }
    rows.extend(at_last("integral_length").map(|value| ("integral length", format!("{value} at the end"))));
    for reference in references {
        let common = reference.common(run).zip(reference.deviations(run));
        let Some(((from, to), (energy, dissipation))) = common else {
            rows.push(("reference", format!("{}: no time in common with the run", reference.label)));
            continue;
        };
        rows.push(("reference", format!("{}, t = {} to {}", reference.label, number(from), number(to))));
        for (name, deviation) in [("  energy", energy), ("  dissipation", dissipation)] {
            let text = format!("off by at most {:.2e} of its peak, at t = {}", deviation.fraction, number(deviation.time));
            rows.push((name, text));
        }
    }
    let drawn = if spectrum { "dissipation, energy, spectrum" } else { "dissipation, energy" };
    rows.push(("figures", format!("{} ({drawn}; .svg and .png)", figures.display())));

    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("{name:width$}   {value}\n")).collect()
}

/// The largest of `sign` times the finite values, and its time.
fn extreme(values: &[f64], time: &[f64], sign: f64) -> Option<(f64, f64)> {
    let finite = values.iter().copied().zip(time.iter().copied()).filter(|(value, _)| value.is_finite());
    finite.max_by(|a, b| (sign * a.0).total_cmp(&(sign * b.0)))
}

/// Five significant digits, with an exponent only where it reads better.
fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.4e}").parse().unwrap_or(value);
    if rounded == 0.0 || (1e-4..1e7).contains(&rounded.abs()) || !rounded.is_finite() {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(0.0, "0"), (10.0, "10"), (0.012345678, "0.012346"), (6.25e-4, "0.000625"), (-1.234567e-9, "-1.2346e-9"), (f64::NAN, "NaN")]
        {
            assert_eq!(number(value), text);
        }
    }
}
