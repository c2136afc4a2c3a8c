//! The table of several runs on the screen: a column for each.

use std::path::Path;

use super::profiles::find;
use super::reference::References;
use super::table::{COMPARED, residual, stress_off_line};
use super::{Averaged, Run};
use crate::report::rows::{
    Columns, aligned, figures_row, headings, in_columns, number, significant, with_error,
};

/// Numbers and their names in the table.
const NUMBERS: [(&str, &str); 9] = [
    ("re_tau", "Re_tau"),
    ("bulk", "U_b"),
    ("re_bulk", "U_b h/nu"),
    ("centre_over_bulk", "U_centre / U_b"),
    ("friction_of_bulk", "C_f"),
    ("friction_of_walls", "C_f of walls"),
    ("peak_u_rms", "peak of u'+"),
    ("peak_at", "  at y+"),
    ("u_tau", "u_tau"),
];

/// The table of runs of these names; `drawn` are the figures in the directory `figures`.
pub fn table(
    names: &[String],
    runs: &[Run],
    references: &References,
    figures: &Path,
    drawn: &[&str],
) -> String {
    let row = |name: &str, of: &dyn Fn(&Run, &Averaged) -> Option<String>| -> Columns {
        let cell = |run: &Run| run.averaged.as_ref().and_then(|averaged| of(run, averaged));
        (name.to_owned(), runs.iter().map(|run| cell(run).unwrap_or_default()).collect())
    };
    let mut rows = headings(runs.iter().map(|run| (run.labels, run.series)));
    rows.push(row("averaged", &|_, averaged| {
        let [from, to] = [averaged.tally.begin, averaged.tally.end].map(|time| number(significant(time, 4)));
        Some(format!("t = {from} to {to}"))
    }));
    rows.push(row("  in h/u_tau", &|_, averaged| {
        let time = averaged.tally.end - averaged.tally.begin;
        Some(number(significant(time * averaged.number("u_tau")?.0, 3)))
    }));
    for (column, name) in NUMBERS {
        rows.push(row(name, &|_, averaged| {
            let (value, error) = averaged.number(column)?;
            Some(with_error(value, error))
        }));
    }
    rows.push(row("total stress off line", &|_, averaged| {
        stress_off_line(averaged).map(|(value, error, _)| with_error(value, error))
    }));
    rows.push(row("residual of k", &|_, averaged| {
        residual(averaged).map(|(value, error, _)| with_error(value.abs(), error))
    }));
    for reference in &references.profiles {
        for (column, shown) in COMPARED {
            let name = format!("{} from {}", shown.trim_start(), reference.label);
            rows.push(row(&name, &|run, averaged| {
                let profiles = &averaged.findings.profiles;
                let own = find(profiles, column).filter(|_| run.symmetric())?;
                let distance = reference.distance(&profiles[1].values, own)?;
                let at = number((10.0 * distance.y_plus).round() / 10.0);
                Some(format!("{} at y+ = {at}", with_error(distance.largest, distance.error)))
            }));
        }
    }
    let mut below: Vec<_> = references.gone.iter().map(|gone| ("reference", gone.clone())).collect();
    let without = names.iter().zip(runs).filter(|(_, run)| run.averaged.is_none());
    below.extend(without.map(|(name, _)| ("not averaged", format!("{name} has no averages yet"))));
    below.push(figures_row(figures, drawn));
    in_columns(names, rows) + "\n" + &aligned(&below)
}
