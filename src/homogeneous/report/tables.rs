//! The tables of a box with units and meanings, for one HDF5 file; and the lines at the top of those that a
//! report writes.

use super::Run;
use super::columns::{explain, title};
use crate::error::Result;
use crate::report::Recorded;
use crate::report::rows::{errors_told, members_told, number};
use crate::report::series::{Table, samples};
use crate::report::tables::{self, Dimension, Facts, Quantity, ReportTable};
use std::borrow::Cow;

/// What the lines at the top of the tables of a run say.
pub fn facts(recorded: &Recorded, run: &Run) -> Facts {
    let mut own = Facts::new();
    if let Some(Ok(averages)) = &run.averages {
        let [from, to, turnover] = [averages.begin, averages.end, averages.turnover].map(number);
        let over =
            format!("t = {from} to {to}; L/u' = {turnover}; {} samples of the series", averages.samples);
        own.push(("averages", over));
        own.push(("errors", errors_told(&averages.sampling, averages.begin)));
    }
    own.push(("normalisation", "units of the case".to_owned()));
    tables::facts(recorded, own)
}

/// What those of an ensemble of members of these names say.
pub fn facts_of_members(recorded: &Recorded, names: &[String]) -> Facts {
    let own = vec![
        ("ensemble", names.join(", ")),
        ("errors", members_told(names.len())),
        ("normalisation", "units of the case".to_owned()),
    ];
    tables::facts(recorded, own)
}

/// All tables of a run, each over its own times.
///
/// # Errors
/// A table without its columns.
pub fn of<'a>(run: &'a Run) -> Result<Vec<ReportTable<'a>>> {
    let mut all: Vec<ReportTable> = over_time("series", "", "", &run.tables.series)?.into_iter().collect();
    if let Some(table) = &run.tables.budget {
        // The dissipation of the series has no component.
        all.extend(over_time("budget", "_budget", "budget_", table)?);
    }
    if let Some(table) = &run.tables.shells {
        all.extend(over_samples("spectra", "k", "_spectra", table)?);
    }
    if let Some(table) = &run.tables.lines {
        all.extend(over_samples("spectra_1d", "n", "_spectra_1d", table)?);
    }
    all.extend(run.mean.as_ref().map(|mean| mean.table()));
    Ok(all)
}

/// Times and steps of a table, under names with this ending.
fn times<'a>(file: &str, suffix: &str, time: Cow<'a, [f64]>, step: Cow<'a, [f64]>) -> Dimension<'a> {
    let named = |name: &str, values| Quantity {
        variable: Some(format!("{name}{suffix}")),
        ..Quantity::exact(explain(file, name), values)
    };
    Dimension { at: named("time", time), beside: vec![named("step", step)] }
}

/// A table with a row for each time; none if times do not increase. `prefix` begins the names in the HDF5
/// file.
fn over_time<'a>(
    name: &'static str,
    suffix: &str,
    prefix: &str,
    table: &'a Table,
) -> Result<Option<ReportTable<'a>>> {
    let (file, time) = (format!("{name}.csv"), table.column("time")?);
    if !time.is_sorted_by(|a, b| a < b) {
        return Ok(None);
    }
    let over = vec![times(&file, suffix, time.into(), table.column("step")?.into())];
    let quantities = quantities(&file, table, &["time", "step"], prefix, &|values| values.into());
    Ok(Some(ReportTable { name, title: title(&file), over, quantities }))
}

/// Spectra over time and wavenumbers, or numbers of these, of all samples; what a sample lacks is NaN. None
/// if times do not increase.
fn over_samples<'a>(
    name: &'static str,
    inner: &str,
    suffix: &str,
    table: &'a Table,
) -> Result<Option<ReportTable<'a>>> {
    let (file, samples) = (format!("{name}.csv"), samples(table)?);
    let of_sample = |values: &[f64]| -> Vec<f64> { samples.iter().map(|rows| values[rows.start]).collect() };
    let time = of_sample(table.column("time")?);
    if !time.is_sorted_by(|a, b| a < b) {
        return Ok(None);
    }
    // A last sample that is torn is left out.
    let count = samples.last().map_or(0, |rows| rows.end);
    let places = &table.column(inner)?[..count];
    let mut axis = places.to_vec();
    axis.sort_by(f64::total_cmp);
    axis.dedup();
    // The place of each row in the grid.
    let mut at = Vec::with_capacity(count);
    for (sample, rows) in samples.iter().enumerate() {
        at.extend(places[rows.clone()].iter().map(|place| {
            let column = axis.binary_search_by(|other| other.total_cmp(place)).unwrap_or(0);
            sample * axis.len() + column
        }));
    }
    let size = samples.len() * axis.len();
    let is_whole = count == size && at.is_sorted();
    let grid = |values: &'a [f64]| -> Cow<'a, [f64]> {
        if is_whole {
            return values[..count].into();
        }
        let mut grid = vec![f64::NAN; size];
        at.iter().zip(values).for_each(|(&at, &value)| grid[at] = value);
        grid.into()
    };
    let step = of_sample(table.column("step")?);
    let along = Dimension { at: Quantity::exact(explain(&file, inner), axis), beside: Vec::new() };
    let over = vec![times(&file, suffix, time.into(), step.into()), along];
    let mut quantities = quantities(&file, table, &["time", "step", inner], "spectrum_", &grid);
    for moving in &mut quantities {
        // The wavenumbers of one-dimensional spectra, which a mean flow may change.
        if ["kx", "ky", "kz"].contains(&&*moving.column.name) {
            moving.variable = Some(moving.column.name.clone());
        }
    }
    Ok(Some(ReportTable { name, title: title(&file), over, quantities }))
}

/// The columns of a table but `without`, with their errors if it has these, as `made` makes their values.
fn quantities<'a>(
    file: &str,
    table: &'a Table,
    without: &[&str],
    prefix: &str,
    made: &dyn Fn(&'a [f64]) -> Cow<'a, [f64]>,
) -> Vec<Quantity<'a>> {
    let is_error = |name: &str| name.strip_suffix("_error").is_some_and(|own| table.find(own).is_some());
    let shown = table.columns().filter(|(name, _)| !without.contains(name) && !is_error(name));
    let quantity = |(name, values): (&str, &'a [f64])| Quantity {
        column: explain(file, name),
        variable: Some(format!("{prefix}{name}")),
        values: made(values),
        errors: table.find(&format!("{name}_error")).map(made),
    };
    shown.map(quantity).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_with_fewer_shells_leave_holes() {
        let text = "step,time,k,energy\n0,0,1,10\n0,0,2,20\n0,0,3,30\n4,0.5,1,11\n4,0.5,2,21\n8,1,1,12\n8,";
        let table = Table::parse("spectra.csv".as_ref(), text).unwrap();
        let grid = over_samples("spectra", "k", "_spectra", &table).unwrap().unwrap();
        let [time, k] = &grid.over[..] else { panic!("{} dimensions", grid.over.len()) };
        // The last sample is torn.
        assert_eq!((&*time.at.values, &*time.beside[0].values), (&[0.0, 0.5][..], &[0.0, 4.0][..]));
        assert_eq!(
            (&*k.at.values, time.at.variable.as_deref()),
            (&[1.0, 2.0, 3.0][..], Some("time_spectra"))
        );
        let energy = &grid.quantities[0];
        assert_eq!((energy.variable.as_deref(), energy.values.len()), (Some("spectrum_energy"), 6));
        assert_eq!(energy.values[..5], [10.0, 20.0, 30.0, 11.0, 21.0]);
        assert!(energy.values[5].is_nan());
    }
}
