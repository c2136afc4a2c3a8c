//! Members of an ensemble of boxes, averaged at the times that they have in common.

use std::borrow::Cow;
use std::path::Path;

use super::columns::{explain, title};
use super::comparison::compared;
use super::reference::References;
use super::table::extreme;
use super::{Run, Tables};
use crate::error::Result;
use crate::files;
use crate::report::cubic::interpolate;
use crate::report::ensemble::{over_samples, over_time};
use crate::report::rows::{
    Columns, aligned, figures_row, in_columns, members_told, number, significant, with_error,
};
use crate::report::series::Table;
use crate::report::tables::{Facts, head};
use crate::statistics::errors::between;
use crate::statistics::stationarity::mean;

/// Columns of the table, and their names there.
const SHOWN: [(&str, &str); 12] = [
    ("energy", "energy"),
    ("dissipation", "dissipation"),
    ("taylor_reynolds", "Taylor Reynolds number"),
    ("kmax_eta", "kmax eta"),
    ("integral_length", "integral length"),
    ("dissipation_coefficient", "eps L / u'^3"),
    ("shear_parameter", "S q^2 / eps"),
    ("b_xx", "b_xx"),
    ("b_yy", "b_yy"),
    ("b_zz", "b_zz"),
    ("b_xy", "b_xy"),
    ("skewness_x", "derivative skewness"),
];

/// The mean of members as the data of one run, written as tables into `dir` with `facts` at their top.
///
/// # Errors
/// Members without a time in common; files that cannot be written.
pub fn average<'a>(members: &[Run<'a>], dir: &Path, facts: &Facts) -> Result<Run<'a>> {
    let path = |name: &str| dir.join(name);
    let of_all =
        |of: &dyn Fn(&Run<'a>) -> Option<Table>| -> Option<Vec<Table>> { members.iter().map(of).collect() };
    let over_all = |of: &dyn Fn(&Run<'a>) -> Option<Table>, name: &str| match of_all(of) {
        Some(tables) => over_samples(&tables.iter().collect::<Vec<_>>(), &path(name)),
        None => Ok(None),
    };
    let series: Vec<&Table> = members.iter().map(|member| &*member.tables.series).collect();
    let budgets = of_all(&|member| member.tables.budget.clone());
    let budget = budgets.map(|tables| over_time(&tables.iter().collect::<Vec<_>>(), &path("budget.csv")));
    let tables = Tables {
        series: Cow::Owned(over_time(&series, &path("series.csv"))?),
        shells: over_all(&|member| member.tables.shells.clone(), "spectra.csv")?,
        lines: over_all(&|member| member.tables.lines.clone(), "spectra_1d.csv")?,
        budget: budget.transpose()?,
    };
    let Tables { series, shells, lines, budget } = &tables;
    let named = [
        ("series.csv", Some(&**series)),
        ("spectra.csv", shells.as_ref()),
        ("spectra_1d.csv", lines.as_ref()),
        ("budget.csv", budget.as_ref()),
    ];
    for (file, table) in named.into_iter().filter_map(|(file, table)| Some((file, table?))) {
        let unit = |(name, _)| explain(file, name).unit;
        let head = head(title(file), facts, table.columns().map(unit));
        files::write(table.path(), (head + &table.text()).as_bytes())?;
    }
    let mut run = Run::of(members[0].labels, tables)?;
    // Not of means: the mean of S q^2 / eps is not that of its parts.
    let first = &members[0];
    run.stresses.shear = first.stresses.shear.as_ref().map(|shear| {
        run.history.time.iter().map(|time| interpolate(&first.history.time, shear, *time)).collect()
    });
    Ok(run)
}

/// The table of an ensemble of members of these names, with a column for each of three times; `drawn` are
/// the figures in the directory `figures`.
pub fn table(
    names: &[String],
    members: &[Run],
    run: &Run,
    references: &References,
    figures: &Path,
    drawn: &[String],
) -> String {
    let time = &run.history.time;
    let mut places = vec![0, time.len() / 2, time.len() - 1];
    places.dedup();
    let columns: Vec<String> =
        places.iter().map(|&i| format!("t = {}", number(significant(time[i], 4)))).collect();
    let row = |(column, name): (&str, &str)| -> Option<Columns> {
        let budget = || run.tables.budget.as_ref();
        let (time_of, values, errors) = match run.column(column) {
            Some(values) => (time, values, run.errors(column)?),
            None => {
                let budget = budget()?;
                let errors = budget.find(&format!("{column}_error"))?;
                (&budget.find("time")?.to_vec(), budget.find(column)?, errors)
            }
        };
        let cell = |&i: &usize| {
            let [value, error] = [values, errors].map(|values| interpolate(time_of, values, time[i]));
            if value.is_finite() { with_error(value, error) } else { String::new() }
        };
        let is_seen = values.iter().any(|value| value.is_finite() && *value != 0.0);
        is_seen.then(|| (name.to_owned(), places.iter().map(cell).collect()))
    };
    let rows = SHOWN.into_iter().filter_map(row).collect();
    let of_members = |name: &'static str, of: &dyn Fn(&Run) -> Option<f64>| {
        let values: Option<Vec<f64>> = members.iter().map(of).collect();
        values.map(|values| (name, with_error(mean(&values), between(&values))))
    };
    let peak = |run: &Run| extreme(&run.history.dissipation, &run.history.time, 1.0);
    let mut above = vec![
        ("ensemble", format!("{} members: {}", members.len(), names.join(", "))),
        ("errors", members_told(members.len())),
    ];
    above.extend(of_members("peak dissipation", &|run| peak(run).map(|peak| peak.0)));
    above.extend(of_members("  at t", &|run| peak(run).map(|peak| peak.1)));
    // Of stationary members the averages over their time.
    let averages = |run: &Run, i: usize| {
        let averages = run.averages.as_ref()?.as_ref().ok()?;
        averages.numbers.get(i).map(|(name, value, _)| (*name, *value))
    };
    for i in 0.. {
        let Some((name, _)) = averages(&members[0], i) else { break };
        if i == 0 {
            above.push(("averaged", "means over members of their averages over time".to_owned()));
        }
        above.extend(of_members(name, &|run| averages(run, i).map(|(_, value)| value)));
    }
    let mut below: Vec<_> = compared(std::slice::from_ref(run), references)
        .into_iter()
        .filter_map(|(name, cells)| Some(("reference", format!("{name}: {}", cells.first()?))))
        .collect();
    below.extend(references.gone.iter().map(|gone| ("reference", gone.clone())));
    below.push(figures_row(figures, drawn));
    [aligned(&above), in_columns(&columns, rows), aligned(&below)].join("\n")
}
