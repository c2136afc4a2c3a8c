//! The table of several runs on the screen: a column for each.

use std::path::Path;

use super::Run;
use super::averages::Averages;
use super::reference::References;
use super::table::extreme;
use crate::report::rows::{
    Columns, aligned, figures_row, headings, in_columns, number, significant, with_error,
};

/// Columns of the series whose last values are in the table, with their names there.
const LAST: [(&str, &str); 6] = [
    ("taylor_reynolds", "Taylor Reynolds number, end"),
    ("integral_length", "integral length, end"),
    ("dissipation_coefficient", "eps L / u'^3, end"),
    ("shear_parameter", "S q^2 / eps, end"),
    ("b_xx", "b_xx, end"),
    ("b_xy", "b_xy, end"),
];

/// The table of runs of these names; `drawn` are the figures in the directory `figures`.
pub fn table(
    names: &[String],
    runs: &[Run],
    references: &References,
    figures: &Path,
    drawn: &[&str],
) -> String {
    let row = |name: &str, of: &dyn Fn(&Run) -> Option<String>| -> Columns {
        (name.to_owned(), runs.iter().map(|run| of(run).unwrap_or_default()).collect())
    };
    let mut rows = headings(runs.iter().map(|run| (run.labels, &*run.tables.series)));
    rows.push(row("energy, start", &|run| run.history.energy.first().copied().map(number)));
    rows.push(row("energy, end", &|run| run.history.energy.last().copied().map(number)));
    let peak = |run: &Run| extreme(&run.history.dissipation, &run.history.time, 1.0);
    rows.push(row("peak dissipation", &|run| peak(run).map(|(peak, _)| number(peak))));
    rows.push(row("  at t", &|run| peak(run).map(|(_, time)| number(time))));
    let least = |run: &Run| Some(extreme(run.column("kmax_eta")?, &run.history.time, -1.0)?.0);
    rows.push(row("kmax eta, minimum", &|run| least(run).map(|least| number(significant(least, 3)))));
    for (column, name) in LAST {
        let last = |run: &Run| run.column(column)?.last().copied().filter(|value| value.is_finite());
        if runs.iter().any(|run| last(run).is_some_and(|value| value != 0.0)) {
            rows.push(row(name, &|run| last(run).map(number)));
        }
    }
    rows.push(row("balance of energy", &|run| {
        run.energy.closure(&run.history).map(|closure| format!("residual {:.1e}", closure.worst))
    }));
    rows.push(row("averaged", &|run| {
        let averages = averages(run)?;
        let [from, to] = [averages.begin, averages.end].map(|time| number(significant(time, 4)));
        Some(format!("t = {from} to {to}"))
    }));
    for (name, ..) in runs.iter().find_map(averages).map_or(&[][..], |averages| &averages.numbers) {
        rows.push(row(name, &|run| {
            let (_, value, error) = averages(run)?.numbers.iter().find(|(other, ..)| other == name)?;
            Some(with_error(*value, *error))
        }));
    }
    rows.extend(compared(runs, references));
    let mut below: Vec<_> = references.gone.iter().map(|gone| ("reference", gone.clone())).collect();
    below.push(figures_row(figures, drawn));
    in_columns(names, rows) + "\n" + &aligned(&below)
}

/// The averages of a run over time, if it has any.
fn averages<'a>(run: &'a Run) -> Option<&'a Averages> {
    run.averages.as_ref()?.as_ref().ok()
}

/// Rows about the differences from published data.
pub fn compared(runs: &[Run], references: &References) -> Vec<Columns> {
    let row = |name: String, of: &dyn Fn(&Run) -> Option<String>| -> Columns {
        (name, runs.iter().map(|run| of(run).unwrap_or_default()).collect())
    };
    let mut rows = Vec::new();
    for reference in &references.histories {
        let deviations = |run: &Run| reference.deviations(&run.history);
        let off = |fraction: f64| format!("{fraction:.2e} of the peak");
        rows.push(row(format!("energy from {}", reference.label), &|run| {
            deviations(run).map(|(energy, _)| off(energy.fraction))
        }));
        rows.push(row(format!("dissipation from {}", reference.label), &|run| {
            deviations(run).map(|(_, dissipation)| off(dissipation.fraction))
        }));
    }
    for reference in &references.spectra {
        rows.push(row(format!("spectra from {}", reference.label), &|run| {
            let matched = reference.matched(&run.spectra);
            let off: Vec<String> = matched
                .iter()
                .filter_map(|matched| Some(format!("{:.3}", matched.distance.as_ref()?.rms_log)))
                .collect();
            (!off.is_empty()).then(|| format!("rms log10 {}", off.join(", ")))
        }));
    }
    for reference in &references.stresses {
        rows.push(row(format!("b_ij from {}", reference.label), &|run| {
            let (shear, b) = (run.stresses.shear.as_ref()?, run.stresses.published()?);
            let (_, off) = reference.deviations(shear, b)?;
            Some(format!("rms {}", off.map(|off| format!("{off:.3}")).join(", ")))
        }));
    }
    rows
}
