//! The initial spectrum of a run, from a file.

use std::path::Path;

use super::names::{canonical, without_unit};
use super::{Row, TextTable};
use crate::error::{Error, Result};

pub fn is_wavenumber(name: &str) -> bool {
    matches!(without_unit(&canonical(name)), "k" | "wavenumber" | "kappa")
}

pub fn is_energy(name: &str) -> bool {
    matches!(without_unit(&canonical(name)), "e" | "energy" | "spectrum" | "ek")
}

fn is_sample(name: &str) -> bool {
    matches!(without_unit(&canonical(name)), "step" | "time" | "t")
}

/// Reads the rows (line, k, E) of `path`: two columns k and E(k), or columns of these names among others.
/// Of several consecutive samples, as in the `spectra.csv` of a run, it uses the last. A row with k = 0,
/// which has no fluctuating modes, is skipped.
///
/// # Errors
/// A file that cannot be read; more than two columns without names; a missing value.
pub fn initial_spectrum(path: &Path) -> Result<Vec<(usize, f64, f64)>> {
    let table = TextTable::read(path)?;
    let columns = table.columns(&|name| is_wavenumber(name) || is_energy(name) || is_sample(name))?;
    let width = table.width()?;
    let (k, energy) = match (columns.find(is_wavenumber)?, columns.find(is_energy)?) {
        (Some(k), Some(energy)) => (k, energy),
        // One name determines the other column.
        (Some(k), None) if width == 2 => (k, 1 - k),
        (None, Some(energy)) if width == 2 => (1 - energy, energy),
        (None, None) if width == 2 => (0, 1),
        _ => {
            let path = path.display();
            let what = format!(
                "{path}: {width} columns, and no line above them names k and E(k), as `# k E(k)` does"
            );
            return Err(Error::input(what));
        }
    };
    let sample = |row: &Row| -> Vec<u64> {
        let numbers = (0..columns.names.len())
            .filter(|&i| is_sample(&columns.names[i]))
            .map(|i| row.cells[i].to_bits());
        numbers.collect()
    };
    let rows = table.rows();
    let last = rows.chunk_by(|a, b| sample(a) == sample(b)).next_back().unwrap_or_default();
    let missing = |row: &&Row| row.cells[k].is_nan() || row.cells[energy].is_nan();
    match last.iter().find(missing) {
        Some(row) => Err(table.wrong(row.line, "k or E(k) is missing")),
        None => {
            let points = last.iter().map(|row| (row.line, row.cells[k], row.cells[energy]));
            Ok(points.skip_while(|point| point.1 == 0.0).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spectra_of_all_kinds_of_files_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("e.dat");
        let read = |text: &[u8]| {
            std::fs::write(&path, text).unwrap();
            initial_spectrum(&path).map(|rows| rows.iter().map(|(_, k, e)| (*k, *e)).collect::<Vec<_>>())
        };
        for text in [
            &b"1 4\n2.5 1e-3\n"[..],
            b"\xef\xbb\xbf# k E\n1 4\n2.5 1e-3",
            b"k,energy\n0,0\n1,4\n2.5,1.0D-3\n",
            b"% Jim\xe9nez\r\n! k E(k)\r\n1,4\r\n2.5,.001 ! peak\r\n",
            b"k;E\n1;4\n2,5;1e-3\n",
            b"# E(k) [m3/s2] k [1/m]\n4 1\n.001 2.5\n",
            b"# E(k) k1\n4 1\n.001 2.5\n",
            b"# kappa E(k)\n1 4\n2.5 .001\n",
            b"# k E error\n1 4 9\n2.5 1-003 9\n",
            b"step,time,k,energy,flux\n0,0,1,9,9\n0,0,2,9,\n7,0.1,0,3,9\n7,0.1,1,4,9\n7,0.1,2.5,1e-3,\n",
            b"k\tE\n1\t4\n2.5\t1e-3\n",
        ] {
            let expected =
                if text.ends_with(b"1-003 9\n") { None } else { Some(vec![(1.0, 4.0), (2.5, 1e-3)]) };
            assert_eq!(read(text).ok(), expected, "{}", String::from_utf8_lossy(text));
        }
        for (text, part) in [
            (&b"1 2 3\n"[..], "e.dat: 3 columns, and no line above them names k and E(k)"),
            (b"1 1\n2 x\n", "e.dat:2: `x` is not a number"),
            (b"# k E(42) E(98)\n1 1 1\n", "e.dat: the columns `E(42)` and `E(98)` mean the same"),
            (b"k,E\n1,\n2,3\n", "e.dat:2: k or E(k) is missing"),
            (b"# k E\n", "e.dat has no row of numbers"),
        ] {
            let message = read(text).unwrap_err().message;
            assert!(message.contains(part), "{message}");
        }
    }
}
