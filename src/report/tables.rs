//! Tables of results with units and meanings: each as CSV under lines of comments, and all of them in one
//! HDF5 file whose dimensions are named.
//!
//! ```text
//! # title: Profiles of a channel
//! # flow: channel, grid 64 x 65 x 64, viscosity 0.005
//! # KEY: FACT, of each of the other facts
//! # units: h,nu/u_tau,u_tau,u_tau
//! y,y_plus,U,U_error
//! 0e0,0e0,0e0,0e0
//! ```

use super::Recorded;
use super::columns::Explained;
use super::series::cell;
use crate::error::Result;
use crate::files;
use crate::ledger;
use crate::store::{self, Variable};
use std::borrow::Cow;
use std::iter;
use std::path::Path;

/// The name of the HDF5 file.
pub const FILE: &str = "tables.h5";

/// A table: quantities over dimensions.
pub struct ReportTable<'a> {
    /// The file is `NAME.csv`.
    pub name: &'static str,
    pub title: &'static str,
    /// The dimensions, the last one fastest; a single row without any.
    pub over: Vec<Dimension<'a>>,
    pub quantities: Vec<Quantity<'a>>,
}

/// A dimension: the coordinate, and further ones, such as the same places in other units.
#[derive(Clone)]
pub struct Dimension<'a> {
    pub at: Quantity<'a>,
    pub beside: Vec<Quantity<'a>>,
}

/// A column with its values, the last dimension fastest.
#[derive(Clone)]
pub struct Quantity<'a> {
    pub column: Explained,
    /// The name in the HDF5 file, if it is not that of the column.
    pub variable: Option<String>,
    pub values: Cow<'a, [f64]>,
    /// Sampling errors; NaN where they are not known. None for a quantity that has none.
    pub errors: Option<Cow<'a, [f64]>>,
}

impl<'a> Quantity<'a> {
    /// A quantity without errors.
    pub fn exact(column: Explained, values: impl Into<Cow<'a, [f64]>>) -> Self {
        Self { column, variable: None, values: values.into(), errors: None }
    }
}

impl<'a> Dimension<'a> {
    /// All coordinates.
    fn coordinates(&self) -> impl Iterator<Item = &Quantity<'a>> {
        iter::once(&self.at).chain(&self.beside)
    }
}

/// What the lines at the top of every table say: keys and texts.
pub type Facts = Vec<(&'static str, String)>;

/// The facts about a run, those of its flow, and the programs.
pub fn facts(run: &Recorded, own: Facts) -> Facts {
    let labels = &run.labels;
    let parts = [
        labels.flow.clone(),
        labels.grid.as_ref().map(|grid| format!("grid {grid}")),
        labels.viscosity.map(|viscosity| format!("viscosity {viscosity}")),
    ];
    let flow: Vec<String> = parts.into_iter().flatten().collect();
    let jobs = ledger::read(run.dir).unwrap_or_default();
    let by = jobs.iter().rev().find_map(|entry| Some(entry.event.job()?.rogallo.clone()));
    let by = by.map_or(String::new(), |by| format!("; run by rogallo {by}"));
    // A table that is a reference for another run is cited by the name of its own.
    let first = [("flow", flow.join(", ")), ("citation", labels.name.clone())];
    let last = [("program", format!("averaged by rogallo {}{by}", run.options.program))];
    first.into_iter().chain(own).chain(last).collect()
}

/// The lines at the top of a table whose columns have these units.
pub fn head(title: &str, facts: &Facts, units: impl Iterator<Item = String>) -> String {
    let lines: String = facts.iter().map(|(key, fact)| format!("# {key}: {fact}\n")).collect();
    format!("# title: {title}\n{lines}# units: {}\n", units.collect::<Vec<_>>().join(","))
}

/// Writes a table as CSV: lines of facts and the units after `#`, the names of the columns, rows.
///
/// # Errors
/// A file that cannot be written.
pub fn write_csv(dir: &Path, facts: &Facts, table: &ReportTable) -> Result<()> {
    let ReportTable { name, title, over, quantities } = table;
    let columns = || over.iter().flat_map(Dimension::coordinates).chain(quantities);
    // Each column, and whether it is followed by its errors.
    let with_errors = |of: fn(&Explained) -> [String; 2]| {
        columns().flat_map(move |quantity| {
            let [own, error] = of(&quantity.column);
            iter::once(own).chain(quantity.errors.is_some().then_some(error))
        })
    };
    let units = with_errors(|column| [&column.unit; 2].map(String::clone));
    let names = with_errors(|Explained { name, .. }| [name.clone(), format!("{name}_error")]);
    let top = head(title, facts, units) + &names.collect::<Vec<_>>().join(",") + "\n";
    let lengths: Vec<usize> = over.iter().map(|dimension| dimension.at.values.len()).collect();
    let row = |row: usize| {
        let mut cells = Vec::new();
        for (i, dimension) in over.iter().enumerate() {
            let at = row / lengths[i + 1..].iter().product::<usize>() % lengths[i];
            cells.extend(dimension.coordinates().map(|coordinate| cell(coordinate.values[at])));
        }
        for Quantity { values, errors, .. } in quantities {
            cells.push(cell(values[row]));
            cells.extend(errors.as_ref().map(|errors| cell(errors[row])));
        }
        cells.join(",") + "\n"
    };
    let rows = (0..lengths.iter().product::<usize>()).map(row);
    files::write_lines(&dir.join(name).with_extension("csv"), iter::once(top).chain(rows))
}

/// Writes tables into one HDF5 file.
///
/// # Errors
/// A file that cannot be written.
pub fn write_hdf5(dir: &Path, facts: &Facts, tables: &[ReportTable]) -> Result<()> {
    let titles: Vec<&str> = tables.iter().map(|table| table.title).collect();
    let title = [("title", titles.join("; "))];
    let attributes: Vec<(&str, String)> = title.into_iter().chain(facts.iter().cloned()).collect();
    store::write_tables(&dir.join(FILE), &attributes, &variables(tables))
}

/// The variables of the HDF5 file: coordinates, which tables over the same dimension share, and quantities.
/// One whose name another has is called TABLE_NAME.
fn variables<'a>(tables: &'a [ReportTable]) -> Vec<Variable<'a>> {
    let mut variables: Vec<Variable> = Vec::new();
    for dimension in tables.iter().flat_map(|table| &table.over) {
        let axis = dimension.at.name();
        for coordinate in dimension.coordinates() {
            if variables.iter().all(|other| other.name != coordinate.name()) {
                variables.push(coordinate.variable(coordinate.name(), std::slice::from_ref(&axis)));
            }
        }
    }
    for ReportTable { name, over, quantities, .. } in tables {
        let axes: Vec<String> = over.iter().map(|dimension| dimension.at.name()).collect();
        let beside = over.iter().flat_map(|dimension| dimension.beside.iter().map(Quantity::name));
        let beside = beside.collect::<Vec<_>>().join(" ");
        for quantity in quantities {
            let mut own = quantity.name();
            if variables.iter().any(|other| other.name == own) {
                own = format!("{name}_{own}");
            }
            let mut variable = quantity.variable(own, &axes);
            variable.attributes.push(("table", format!("{name}.csv")));
            variable.attributes.push(("column", quantity.column.name.clone()));
            if !beside.is_empty() {
                // The convention by which programs find coordinates that are no dimensions.
                variable.attributes.push(("coordinates", beside.clone()));
            }
            let error = quantity.errors.as_deref().map(|errors| error_of(&variable, errors));
            variables.push(variable);
            variables.extend(error);
        }
    }
    variables
}

impl Quantity<'_> {
    /// The name in the HDF5 file.
    fn name(&self) -> String {
        self.variable.clone().unwrap_or_else(|| self.column.name.clone())
    }

    fn variable(&self, name: String, axes: &[String]) -> Variable<'_> {
        let Explained { unit, says, .. } = &self.column;
        let attributes = vec![("units", unit.clone()), ("long_name", says.clone())];
        Variable { name, axes: axes.to_vec(), values: &self.values, attributes }
    }
}

/// The errors of a variable.
fn error_of<'a>(Variable { name, axes, attributes, .. }: &Variable, values: &'a [f64]) -> Variable<'a> {
    let text = |(key, text): &(&'static str, String)| {
        let text = match *key {
            "long_name" => format!("sampling error (68 %) of {name}"),
            "column" => format!("{text}_error"),
            _ => text.clone(),
        };
        (*key, text)
    };
    let attributes = attributes.iter().map(text).collect();
    Variable { name: format!("{name}_error"), axes: axes.clone(), values, attributes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::series::Table;

    fn exact(name: &str, unit: &str, values: &[f64]) -> Quantity<'static> {
        Quantity::exact(Explained::new(name, unit, "a place"), values.to_vec())
    }

    #[test]
    fn rows_run_over_the_last_dimension_first() {
        let dir = tempfile::tempdir().unwrap();
        let y = Dimension {
            at: exact("y", "h", &[0.0, 1.0]),
            beside: vec![exact("y_plus", "nu/u_tau", &[0.0, 180.0])],
        };
        let k = Dimension { at: exact("kx", "1/h", &[0.0, 1.0, 2.0]), beside: Vec::new() };
        let values: Vec<f64> = (0..6).map(f64::from).collect();
        let errors = Some(vec![f64::NAN; 6].into());
        let energy = Quantity { errors, ..exact("E_uu", "u_tau^2", &values) };
        let table =
            ReportTable { name: "spectra_x", title: "Spectra", over: vec![y, k], quantities: vec![energy] };
        write_csv(dir.path(), &vec![("citation", "c180".into())], &table).unwrap();
        let path = dir.path().join("spectra_x.csv");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with(
                "# title: Spectra\n# citation: c180\n# units: h,nu/u_tau,1/h,u_tau^2,u_tau^2\n\
                 y,y_plus,kx,E_uu,E_uu_error\n0e0,0e0,0e0,0e0,\n"
            ),
            "{text}"
        );
        let read = Table::read(&path).unwrap();
        assert_eq!(read.find("kx").unwrap(), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
        assert_eq!(read.find("y_plus").unwrap()[3..], [180.0; 3]);
        assert_eq!(read.find("E_uu").unwrap(), values);
        // A single row of numbers.
        let quantities = vec![exact("re_tau", "1", &[180.0])];
        let numbers = ReportTable { name: "numbers", title: "Numbers", over: Vec::new(), quantities };
        write_csv(dir.path(), &Vec::new(), &numbers).unwrap();
        let text = std::fs::read_to_string(dir.path().join("numbers.csv")).unwrap();
        assert_eq!(text, "# title: Numbers\n# units: 1\nre_tau\n1.8e2\n");
        // The flux of a scalar called tau has the name of the friction velocity.
        let over_y = |name: &'static str| Dimension { at: exact(name, "h", &[0.0, 1.0]), beside: Vec::new() };
        let flux = vec![exact("u_tau", "u_tau tau_tau", &[0.0, 0.5])];
        let profiles =
            ReportTable { name: "profiles", title: "Profiles", over: vec![over_y("y")], quantities: flux };
        let quantities = vec![exact("u_tau", "velocity", &[0.05])];
        let numbers = ReportTable { name: "numbers", title: "Numbers", over: Vec::new(), quantities };
        let tables = [table, profiles, numbers];
        let names: Vec<String> = variables(&tables).into_iter().map(|variable| variable.name).collect();
        assert_eq!(names, ["y", "y_plus", "kx", "E_uu", "E_uu_error", "u_tau", "numbers_u_tau"]);
    }
}
