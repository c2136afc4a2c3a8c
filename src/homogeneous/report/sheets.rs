//! The tables of a box with units and meanings, for one HDF5 file; and the heads of those that a report
//! writes.

use super::Run;
use super::columns::explain;
use crate::error::Result;
use crate::report::Recorded;
use crate::report::rows::{errors_told, members_told, number};
use crate::report::series::{Table, samples};
use crate::report::sheets::{self, Facts, Places, Quantity, Sheet};

/// What the heads of the tables of a run say.
pub fn facts(recorded: &Recorded, run: &Run) -> Facts {
    let mut facts = sheets::facts(recorded);
    if let Some(Ok(averages)) = &run.averages {
        let [from, to, turnover] = [averages.begin, averages.end, averages.turnover].map(number);
        let over =
            format!("t = {from} to {to}; L/u' = {turnover}; {} samples of the series", averages.samples);
        facts.push(("averages", over));
        facts.push(("errors", errors_told(&averages.sampling, averages.begin)));
    }
    facts.push(("normalisation", "units of the case".to_owned()));
    facts
}

/// What those of an ensemble of members of these names say.
pub fn facts_of_members(recorded: &Recorded, names: &[String]) -> Facts {
    let mut facts = sheets::facts(recorded);
    facts.push(("ensemble", names.join(", ")));
    facts.push(("errors", members_told(names.len())));
    facts.push(("normalisation", "units of the case".to_owned()));
    facts
}

/// All tables of a run whose rows are points of a grid: one-dimensional spectra, whose wavenumbers move, are
/// not, and spectra only if all samples have the same shells.
///
/// # Errors
/// A table without its columns.
pub fn sheets<'a>(run: &'a Run) -> Result<Vec<Sheet<'a>>> {
    let mut all: Vec<Sheet> = over_time("series", "time", &run.tables.series).into_iter().collect();
    all.extend(run.tables.budget.as_ref().and_then(|table| over_time("budget", "time_budget", table)));
    if let Some(table) = &run.tables.shells {
        all.extend(over_shells(table)?);
    }
    all.extend(run.mean.as_ref().map(|mean| mean.sheet()));
    Ok(all)
}

/// A table with a row for each time; none if times do not increase.
fn over_time<'a>(name: &'static str, axis: &str, table: &'a Table) -> Option<Sheet<'a>> {
    let time = table.find("time").filter(|time| time.is_sorted_by(|a, b| a < b))?;
    let file = format!("{name}.csv");
    let at = Quantity { variable: Some(axis.to_owned()), ..Quantity::exact(explain(&file, "time"), time) };
    let is_budget = name == "budget";
    let quantities = quantities(&file, table, &["time"], |column| {
        // The dissipation of the series has no component.
        is_budget.then(|| format!("budget_{column}"))
    });
    Some(Sheet { name, over: vec![Places { at, beside: Vec::new() }], quantities })
}

/// Spectra over time and shells; none if the shells change.
fn over_shells(table: &Table) -> Result<Option<Sheet<'_>>> {
    let (time, k) = (table.column("time")?, table.column("k")?);
    let rows = samples(table)?;
    let Some(first) = rows.first().map(|rows| &k[rows.clone()]) else { return Ok(None) };
    let times: Vec<f64> = rows.iter().map(|rows| time[rows.start]).collect();
    let is_grid = rows.iter().all(|rows| &k[rows.clone()] == first) && times.is_sorted_by(|a, b| a < b);
    if !is_grid || first.len() * rows.len() != k.len() {
        return Ok(None);
    }
    let file = "spectra.csv";
    let time = Quantity::exact(explain(file, "time"), times);
    let time = Quantity { variable: Some("time_spectra".into()), ..time };
    let over = [time, Quantity::exact(explain(file, "k"), first)];
    let over = over.map(|at| Places { at, beside: Vec::new() }).into();
    let quantities =
        quantities(file, table, &["time", "step", "k"], |column| Some(format!("spectrum_{column}")));
    Ok(Some(Sheet { name: "spectra", over, quantities }))
}

/// The columns of a table but `without`, with their errors if it has these; `variable` names them.
fn quantities<'a>(
    file: &str,
    table: &'a Table,
    without: &[&str],
    variable: impl Fn(&str) -> Option<String>,
) -> Vec<Quantity<'a>> {
    let is_error = |name: &str| name.strip_suffix("_error").is_some_and(|own| table.find(own).is_some());
    let shown = table.columns().filter(|(name, _)| !without.contains(name) && !is_error(name));
    let quantity = |(name, values): (&str, &'a [f64])| Quantity {
        variable: variable(name),
        errors: table.find(&format!("{name}_error")).map(Into::into),
        ..Quantity::exact(explain(file, name), values)
    };
    shown.map(quantity).collect()
}
