//! Tables of results with units and meanings: each as CSV under a head of comments, and all of them in one
//! HDF5 file whose dimensions are named.

use super::Recorded;
use super::columns::Explained;
use super::series::cell;
use crate::error::Result;
use crate::files;
use crate::ledger;
use crate::store::{self, Variable};
use std::borrow::Cow;
use std::path::Path;

/// The name of the HDF5 file.
pub const FILE: &str = "tables.h5";

/// A table: quantities over places.
pub struct Sheet<'a> {
    /// The file is `NAME.csv`.
    pub name: &'static str,
    /// The dimensions, the last one fastest; a single row without any.
    pub over: Vec<Places<'a>>,
    pub quantities: Vec<Quantity<'a>>,
}

/// A dimension.
#[derive(Clone)]
pub struct Places<'a> {
    pub at: Quantity<'a>,
    /// The same places in other units.
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

/// What the head of every table says: keys and texts.
pub type Facts = Vec<(&'static str, String)>;

/// The facts about a run and the programs.
pub fn facts(run: &Recorded) -> Facts {
    let jobs = ledger::read(run.dir).unwrap_or_default();
    let by = jobs.iter().rev().find_map(|entry| Some(entry.event.job()?.rogallo.clone()));
    let own = run.options.program;
    let program = match by {
        Some(by) => format!("run by rogallo {by}, averaged by rogallo {own}"),
        None => format!("averaged by rogallo {own}"),
    };
    // A table that is a reference for another run is cited by the name of its own.
    vec![("citation", run.labels.name.clone()), ("program", program)]
}

/// The lines of facts at the top of a table.
pub fn head(facts: &Facts) -> String {
    facts.iter().map(|(key, fact)| format!("# {key}: {fact}\n")).collect()
}

/// Writes a table as CSV: lines of facts and the units after `#`, the names of the columns, rows.
///
/// # Errors
/// A file that cannot be written.
pub fn write_csv(dir: &Path, facts: &Facts, sheet: &Sheet) -> Result<()> {
    let mut text = head(facts);
    let places = || sheet.over.iter().flat_map(|places| std::iter::once(&places.at).chain(&places.beside));
    let columns = || places().chain(&sheet.quantities);
    let with_errors = |of: &dyn Fn(&Quantity) -> [String; 2]| {
        let pairs = columns().flat_map(|quantity| {
            let [own, error] = of(quantity);
            std::iter::once(own).chain(quantity.errors.is_some().then_some(error))
        });
        pairs.collect::<Vec<_>>().join(",")
    };
    let units = with_errors(&|quantity| [&quantity.column.unit; 2].map(String::clone));
    let names = with_errors(&|Quantity { column: Explained { name, .. }, .. }| {
        [name.clone(), format!("{name}_error")]
    });
    text += &format!("# units: {units}\n{names}\n");
    let lengths: Vec<usize> = sheet.over.iter().map(|places| places.at.values.len()).collect();
    let row = |row: usize| {
        let mut cells = Vec::new();
        for (i, places) in sheet.over.iter().enumerate() {
            let at = row / lengths[i + 1..].iter().product::<usize>() % lengths[i];
            cells.push(cell(places.at.values[at]));
            cells.extend(places.beside.iter().map(|beside| cell(beside.values[at])));
        }
        for Quantity { values, errors, .. } in &sheet.quantities {
            cells.push(cell(values[row]));
            cells.extend(errors.as_ref().map(|errors| cell(errors[row])));
        }
        cells.join(",") + "\n"
    };
    let rows = (0..lengths.iter().product::<usize>()).map(row);
    files::write_lines(&dir.join(sheet.name).with_extension("csv"), std::iter::once(text).chain(rows))
}

/// Writes tables into one HDF5 file: the places are coordinates, quantities of several tables with the same
/// places share them.
///
/// # Errors
/// A file that cannot be written.
pub fn write_hdf5(dir: &Path, run: &Recorded, facts: &Facts, sheets: &[Sheet]) -> Result<()> {
    let mut variables: Vec<Variable> = Vec::new();
    for Sheet { over, quantities, .. } in sheets {
        let axes: Vec<String> = over.iter().map(|places| places.at.name()).collect();
        let beside = over.iter().flat_map(|places| places.beside.iter().map(Quantity::name));
        let beside: Vec<String> = beside.collect();
        for (places, axis) in over.iter().zip(&axes) {
            let own = std::iter::once(&places.at).chain(&places.beside);
            for own in own {
                if variables.iter().all(|other| other.name != own.name()) {
                    variables.push(own.variable(std::slice::from_ref(axis), &[]));
                }
            }
        }
        for quantity in quantities {
            variables.push(quantity.variable(&axes, &beside));
            variables.extend(quantity.error(&axes, &beside));
        }
    }
    let attributes: Vec<(&str, &str)> = facts.iter().map(|(key, fact)| (*key, &**fact)).collect();
    store::write_tables(&dir.join(FILE), run.options.program, &attributes, &variables)
}

impl Quantity<'_> {
    /// The name in the HDF5 file.
    fn name(&self) -> String {
        self.variable.clone().unwrap_or_else(|| self.column.name.clone())
    }

    fn variable(&self, axes: &[String], beside: &[String]) -> Variable<'_> {
        let Explained { unit, says, .. } = &self.column;
        let mut attributes = vec![("units", unit.clone()), ("long_name", says.clone())];
        if !beside.is_empty() {
            // The convention by which programs find coordinates that are no dimensions.
            attributes.push(("coordinates", beside.join(" ")));
        }
        Variable { name: self.name(), axes: axes.to_vec(), values: &self.values, attributes }
    }

    fn error(&self, axes: &[String], beside: &[String]) -> Option<Variable<'_>> {
        let values = self.errors.as_deref()?;
        let Variable { name, mut attributes, .. } = self.variable(axes, beside);
        attributes[1].1 = format!("sampling error (68 %) of {name}");
        Some(Variable { name: format!("{name}_error"), axes: axes.to_vec(), values, attributes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::series::Table;

    #[test]
    fn rows_run_over_the_last_dimension_first() {
        let dir = tempfile::tempdir().unwrap();
        fn exact(name: &str, unit: &str, values: &[f64]) -> Quantity<'static> {
            Quantity::exact(Explained::new(name, unit, "a place"), values.to_vec())
        }
        let y = Places {
            at: exact("y", "h", &[0.0, 1.0]),
            beside: vec![exact("y_plus", "nu/u_tau", &[0.0, 180.0])],
        };
        let k = Places { at: exact("kx", "1/h", &[0.0, 1.0, 2.0]), beside: Vec::new() };
        let values: Vec<f64> = (0..6).map(f64::from).collect();
        let errors = Some(vec![f64::NAN; 6].into());
        let energy = Quantity { errors, ..exact("E_uu", "u_tau^2", &values) };
        let sheet = Sheet { name: "spectra_x", over: vec![y, k], quantities: vec![energy] };
        write_csv(dir.path(), &vec![("citation", "c180".into())], &sheet).unwrap();
        let path = dir.path().join("spectra_x.csv");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with(
                "# citation: c180\n# units: h,nu/u_tau,1/h,u_tau^2,u_tau^2\ny,y_plus,kx,E_uu,E_uu_error\n0e0,0e0,0e0,0e0,\n"
            ),
            "{text}"
        );
        let table = Table::read(&path).unwrap();
        assert_eq!(table.find("kx").unwrap(), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
        assert_eq!(table.find("y_plus").unwrap()[3..], [180.0; 3]);
        assert_eq!(table.find("E_uu").unwrap(), values);
        // A single row of numbers.
        let numbers =
            Sheet { name: "numbers", over: Vec::new(), quantities: vec![exact("re_tau", "1", &[180.0])] };
        write_csv(dir.path(), &Vec::new(), &numbers).unwrap();
        let text = std::fs::read_to_string(dir.path().join("numbers.csv")).unwrap();
        assert_eq!(text, "# units: 1\nre_tau\n1.8e2\n");
    }
}
