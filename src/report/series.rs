//! The CSV files of a run directory: reading their columns by name, and cutting them back on a restart.

use std::fmt::Display;
use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;

/// Maximum number of bytes of a line of a table.
const LONGEST_LINE: u64 = 1 << 20;

/// A CSV file: a header with names, then rows of numbers. Column `c` holds one value for each row.
#[derive(Clone)]
pub struct Table {
    path: PathBuf,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
    /// A last line without its line end was left out.
    torn: bool,
}

impl Table {
    /// Reads `path`. A last line without its line end was left by a killed job and is ignored. An
    /// empty cell is NaN.
    ///
    /// # Errors
    /// A file that is missing or empty; a row with too few or too many values, or with a value that is
    /// not a number; the error names file and line.
    pub fn read(path: &Path) -> Result<Self> {
        let advice = |error: &io::Error| {
            if error.kind() == ErrorKind::NotFound { "" } else { "; fix it, or move it away" }
        };
        let text = files::read_text(path, files::TABLE).map_err(|error| {
            Error::input(format!("cannot read {}: {error}{}", path.display(), advice(&error)))
        })?;
        Self::parse(path, &text)
    }

    /// Reads `path`; none if there is no such file or it has no rows yet.
    ///
    /// # Errors
    /// Those of [`Table::read`].
    pub fn optional(path: &Path) -> Result<Option<Self>> {
        match files::read_text(path, files::TABLE) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Ok(text) if complete(&text).is_empty() => Ok(None),
            _ => Ok(Some(Self::read(path)?).filter(|table| !table.is_empty())),
        }
    }

    /// Parses the text of `path`; lines before the header may be comments (`#`, `%`) or blank.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let is_comment = |line: &str| line.trim().is_empty() || line.starts_with(['#', '%']);
        let mut lines = complete(text).lines().zip(1..).skip_while(|(line, _)| is_comment(line));
        let Some((header, _)) = lines.next() else {
            return Err(Error::input(format!(
                "{} is empty; its first line must name the columns",
                path.display()
            )));
        };
        let names: Vec<String> = header.split(',').map(|name| name.trim().to_owned()).collect();
        let mut columns = vec![Vec::new(); names.len()];
        for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
            let row = numbers(path, number, line.split(','))?;
            if row.len() != names.len() {
                let what = format!("{} values where the header names {}", row.len(), names.len());
                return Err(malformed(path, number, &what));
            }
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        Ok(Self { path: path.to_owned(), names, columns, torn: complete(text).len() < text.len() })
    }

    /// A table of these columns, which are equally long and at least one, to be written to `path`.
    pub fn of(path: PathBuf, columns: Vec<(String, Vec<f64>)>) -> Self {
        let (names, columns) = columns.into_iter().unzip();
        Self { path, names, columns, torn: false }
    }

    /// Names and values of all columns.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.names.iter().zip(&self.columns).map(|(name, values)| (&**name, &**values))
    }

    /// The text of the file; a value that is not finite is an empty cell.
    pub fn text(&self) -> String {
        let row = |i: usize| {
            let cells: Vec<String> = self.columns.iter().map(|column| cell(column[i])).collect();
            cells.join(",") + "\n"
        };
        self.names.join(",") + "\n" + &(0..self.columns[0].len()).map(row).collect::<String>()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.columns[0].is_empty()
    }

    /// The column `name`, if the file has it.
    pub fn find(&self, name: &str) -> Option<&[f64]> {
        let column = self.names.iter().position(|own| own == name)?;
        Some(&self.columns[column])
    }

    /// The column `name`; an error that lists the existing columns, if the file does not have it.
    pub fn column(&self, name: &str) -> Result<&[f64]> {
        self.find(name).ok_or_else(|| {
            let (path, names) = (self.path.display(), self.names.join(", "));
            Error::input(format!("{path}:1: no column `{name}`; the columns are {names}"))
        })
    }
}

/// Formats a number for a CSV file; what is not finite is an empty cell.
pub fn cell(value: f64) -> String {
    if value.is_finite() { format!("{value:e}") } else { String::new() }
}

/// Kinetic energy and dissipation rate over time, one value for each sample.
pub struct History {
    pub time: Vec<f64>,
    pub energy: Vec<f64>,
    pub dissipation: Vec<f64>,
}

impl History {
    /// The columns `time`, `energy` and `dissipation`.
    pub fn of(table: &Table) -> Result<Self> {
        Ok(Self {
            time: table.column("time")?.to_vec(),
            energy: table.column("energy")?.to_vec(),
            dissipation: table.column("dissipation")?.to_vec(),
        })
    }
}

/// The three-dimensional energy spectrum E(k) at one time, one value for each shell.
pub struct Spectrum {
    pub time: f64,
    pub wavenumber: Vec<f64>,
    pub energy: Vec<f64>,
    /// Errors of the energy; empty if they are not known.
    pub errors: Vec<f64>,
}

impl Spectrum {
    /// The points (k, E) that a logarithmic axis can show.
    pub fn positive(&self) -> impl Iterator<Item = (f64, f64)> {
        let points = self.wavenumber.iter().copied().zip(self.energy.iter().copied());
        points.filter(|&(k, energy)| k > 0.0 && energy > 0.0 && energy.is_finite())
    }
}

/// The samples of `spectra.csv`: rows `step,time,k,energy`, ordered by sample and shell.
pub fn spectra(table: &Table) -> Result<Vec<Spectrum>> {
    let (time, wavenumber, energy) = (table.column("time")?, table.column("k")?, table.column("energy")?);
    let errors = table.find("energy_error");
    let spectrum = |rows: Range<usize>| Spectrum {
        time: time[rows.start],
        wavenumber: wavenumber[rows.clone()].to_vec(),
        energy: energy[rows.clone()].to_vec(),
        errors: errors.map_or(Vec::new(), |errors| errors[rows].to_vec()),
    };
    Ok(samples(table)?.into_iter().map(spectrum).collect())
}

/// The rows of each sample: those of the same step. A last sample of which a killed job wrote only
/// some rows is left out.
pub fn samples(table: &Table) -> Result<Vec<Range<usize>>> {
    let mut samples: Vec<Range<usize>> = Vec::new();
    for same_step in table.column("step")?.chunk_by(|a, b| a == b) {
        let first = samples.last().map_or(0, |before| before.end);
        samples.push(first..first + same_step.len());
    }
    // In a deforming box, a later sample may have fewer shells; it is incomplete only if the file is.
    if let [.., before, last] = &samples[..]
        && table.torn
        && last.len() < before.len()
    {
        samples.pop();
    }
    Ok(samples)
}

/// Removes the rows of a CSV file after `last_step`, and a torn last line, so that a restart can
/// append. The file is replaced atomically; remaining rows keep every byte. A missing file is fine. A
/// file without a complete header is removed.
///
/// # Errors
/// A file that is not text, or without a column `step`; a row whose step is not a number; a failure of
/// the disk.
pub fn cut_back(file: &Path, last_step: u64) -> Result<()> {
    let failed = |what: &dyn Display| {
        let shown = file.display();
        Error::failure(format!(
            "cannot cut back {shown} to step {last_step}: {what}; fix it, or move it away to let the run \
             begin a new one"
        ))
    };
    let mut lines = match files::open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => BufReader::new(opened.map_err(|error| failed(&error))?),
    };
    let mut number = 0;
    let mut next = || {
        number += 1;
        complete_line(&mut lines)
            .map(|line| line.map(|line| (line, number)))
            .map_err(|error| failed(&format!("line {number}: {error}")))
    };
    let Some((header, _)) = next()? else {
        return fs::remove_file(file).map_err(|error| failed(&error));
    };
    let Some(column) = header.split(',').position(|name| name.trim() == "step") else {
        return Err(malformed(file, 1, "no column `step`"));
    };
    files::replace_with(file, |copy| {
        let mut copy = BufWriter::new(copy);
        let mut keep = |line: &str| copy.write_all(line.as_bytes()).map_err(|error| failed(&error));
        keep(&header)?;
        while let Some((line, number)) = next()? {
            let value = line.split(',').nth(column).unwrap_or("").trim();
            let step: u64 =
                value.parse().map_err(|_| malformed(file, number, &format!("`{value}` is not a step")))?;
            if step <= last_step {
                keep(&line)?;
            }
        }
        copy.flush().map_err(|error| failed(&error))
    })
}

/// The next line with its line end; none at the end of the file and for a last line that has none.
fn complete_line(file: &mut impl BufRead) -> io::Result<Option<String>> {
    let (mut line, invalid) = (Vec::new(), |what| Err(io::Error::new(ErrorKind::InvalidData, what)));
    file.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    match line.last() {
        Some(b'\n') => String::from_utf8(line).map(Some).or_else(|_| invalid("it is not UTF-8 text")),
        _ if line.len() as u64 == LONGEST_LINE => invalid("it does not end"),
        _ => Ok(None),
    }
}

/// The text up to its last line end.
fn complete(text: &str) -> &str {
    &text[..text.rfind('\n').map_or(0, |end| end + 1)]
}

/// The fields of line number `line` of `path` as numbers; an empty one is NaN.
pub(super) fn numbers<'a>(
    path: &Path,
    line: usize,
    fields: impl Iterator<Item = &'a str>,
) -> Result<Vec<f64>> {
    let number = |field: &str| match field {
        "" => Ok(f64::NAN),
        field => field.parse().map_err(|_| malformed(path, line, &format!("`{field}` is not a number"))),
    };
    fields.map(|field| number(field.trim())).collect()
}

pub(super) fn malformed(path: &Path, line: usize, what: &str) -> Error {
    Error::input(format!("{}:{line}: {what}; fix or remove the line", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dir: &tempfile::TempDir, text: &str) -> PathBuf {
        let path = dir.path().join("series.csv");
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_a_torn_line_is_ignored() {
        let dir = tempfile::tempdir().unwrap();
        let path =
            file(&dir, "dissipation,odd,energy,time,step\n0.5,7,0.125,0,0\n0.25,8,0.12,1e-1,10\n0.1,9,0.1");
        let table = Table::read(&path).unwrap();
        assert_eq!(table.column("time").unwrap(), [0.0, 0.1]);
        assert_eq!(table.column("energy").unwrap(), [0.125, 0.12]);
        assert_eq!(table.find("cfl"), None);
        let message = table.column("cfl").unwrap_err().message;
        assert!(message.contains("no column `cfl`") && message.contains("dissipation, odd"), "{message}");
        assert_eq!(History::of(&table).unwrap().dissipation, [0.5, 0.25]);
    }

    #[test]
    fn malformed_rows_are_named_by_file_and_line() {
        let dir = tempfile::tempdir().unwrap();
        for (text, expected) in [
            ("step,time\n0,0\n1,x\n2,2\n", "series.csv:3: `x` is not a number"),
            ("step,time\n0,0\n\n1,1,1\n", "series.csv:4: 3 values where the header names 2"),
            ("step,ti", "is empty"),
        ] {
            let error = Table::read(&file(&dir, text)).err().unwrap();
            assert!(error.message.contains(expected), "{error}");
        }
    }

    #[test]
    fn spectra_are_grouped_by_step_and_an_unfinished_sample_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = file(&dir, "step,time,k,energy\n0,0,1,5\n0,0,2,4\n9,0.5,1,3\n9,0.5,2,2\n18,1,1,3\n18,1,2");
        let samples = spectra(&Table::read(&path).unwrap()).unwrap();
        assert_eq!(samples.len(), 2);
        // A shorter one is whole if the file is, and empty cells are no numbers.
        let path = file(&dir, "step,time,k,energy\n0,0,1,5\n0,0,2,4\n9,0.5,1,\n");
        let whole = spectra(&Table::read(&path).unwrap()).unwrap();
        assert!(whole.len() == 2 && whole[1].energy[0].is_nan());
        assert_eq!((samples[1].time, &samples[1].energy[..]), (0.5, &[3.0, 2.0][..]));
    }

    #[test]
    fn cut_back_keeps_the_bytes_of_the_rows_up_to_the_step() {
        let dir = tempfile::tempdir().unwrap();
        let path = file(&dir, "time,step\n0.0,0\n0.30000000000000004,10\n0.6,20\n0.9,3");
        cut_back(&path, 10).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "time,step\n0.0,0\n0.30000000000000004,10\n");
        cut_back(&path, 99).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "time,step\n0.0,0\n0.30000000000000004,10\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn cut_back_of_no_file_and_of_a_torn_header() {
        let dir = tempfile::tempdir().unwrap();
        cut_back(&dir.path().join("none.csv"), 3).unwrap();
        let path = file(&dir, "time,st");
        cut_back(&path, 3).unwrap();
        assert!(!path.exists());
        let error = cut_back(&file(&dir, "time,step\n0,0\n1,one\n"), 3).unwrap_err();
        assert!(error.message.contains("series.csv:3: `one` is not a step"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_a_table_is_unchanged_and_not_read_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("series.csv");
        let refused = |path: &Path| cut_back(path, 3).unwrap_err().message;
        fs::write(&path, "step,time\n").unwrap();
        // Without a byte on the disk.
        fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
        let advice = "fix it, or move it away to let the run begin a new one";
        assert!(
            refused(&path).ends_with(&format!("step 3: line 2: it does not end; {advice}")),
            "{}",
            refused(&path)
        );
        assert_eq!(
            (fs::metadata(&path).unwrap().len(), fs::read_dir(dir.path()).unwrap().count()),
            (1 << 40, 1)
        );
        fs::write(&path, b"step,time\n1,\xff\n").unwrap();
        assert!(refused(&path).contains("line 2: it is not UTF-8 text"));
    }
}
