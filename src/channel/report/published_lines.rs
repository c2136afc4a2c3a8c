//! Published spectra and two-point correlations of the channel at one y, as Moser, Kim & Mansour (1999)
//! distribute them: the head describes the data, a line `k_x E_uu ..` or `dx dx+ R_uu ..` names the
//! columns, and units are u_tau and h.

use crate::channel::catalogue::{Direction, Field};
use crate::channel::spectra;
use crate::error::Result;
use crate::table::{Columns, canonical};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Spectrum,
    Correlation,
}

/// The spectra or correlations in one file.
pub struct PublishedLine {
    pub label: String,
    pub kind: Kind,
    pub along: Direction,
    pub y_plus: f64,
    pub re_tau: f64,
    /// k E / u_tau^2 over k nu / u_tau, without k = 0; or R / R(0) over r u_tau / nu.
    lines: Vec<ProductLine>,
}

/// The points of the curve of a product of two fields.
type ProductLine = ([Field; 2], Vec<(f64, f64)>);

/// Names of the first column, their kind and direction, and the letter before the products.
const FORMS: [(&str, Kind, Direction, char); 4] = [
    ("kx", Kind::Spectrum, Direction::X, 'e'),
    ("kz", Kind::Spectrum, Direction::Z, 'e'),
    ("dx", Kind::Correlation, Direction::X, 'r'),
    ("dz", Kind::Correlation, Direction::Z, 'r'),
];

impl PublishedLine {
    /// Reads the columns. None if they have another form.
    ///
    /// # Errors
    /// Fewer than two rows, a value that is missing, a head without `Re =` or `y+ =`.
    pub fn of(columns: &Columns, label: &str) -> Result<Option<Self>> {
        let names: Vec<String> = columns.names.iter().map(|name| canonical(name)).collect();
        let form = |form: &&(&str, Kind, Direction, char)| names.first().is_some_and(|name| name == form.0);
        let Some(&(_, kind, along, letter)) = FORMS.iter().find(form) else { return Ok(None) };
        let (table, rows) = (columns.table, columns.table.rows());
        let number = |key: &str| {
            let missing =
                || table.wrong(rows[0].line, &format!("no line `# .. {key} = ..` above the numbers"));
            table.stated(key).ok_or_else(missing)
        };
        // The prose has Re_tau = 590 above a line with Re = 587.19.
        let re_tau =
            table.stated("Re").or_else(|| table.stated("Re_tau")).map_or_else(|| number("Re"), Ok)?;
        let y_plus = number("y+")?;
        (0..names.len()).try_for_each(|column| columns.present(column))?;
        let Some(second) = rows.get(1).map(|row| row.cells[0]) else {
            return Err(table.wrong(rows[0].line, "fewer than two rows"));
        };
        let line = |column: usize| -> Vec<(f64, f64)> {
            match kind {
                // The energy of a mode, not a density: the sum over k is the variance.
                Kind::Spectrum => rows[1..]
                    .iter()
                    .map(|row| (row.cells[0] / re_tau, row.cells[0] / second * row.cells[column]))
                    .collect(),
                Kind::Correlation => rows
                    .iter()
                    .map(|row| (row.cells[0] * re_tau, row.cells[column] / rows[0].cells[column]))
                    .collect(),
            }
        };
        let pair = |name: &String| {
            let product = name.strip_prefix(letter)?;
            spectra(0).into_iter().find(|[a, b]| a.times(*b).name(&[]) == product)
        };
        let named = names.iter().enumerate().filter_map(|(column, name)| Some((pair(name)?, line(column))));
        Ok(Some(Self { label: label.to_owned(), kind, along, y_plus, re_tau, lines: named.collect() }))
    }

    pub fn find(&self, pair: [Field; 2]) -> Option<&[(f64, f64)]> {
        self.lines.iter().find(|(other, _)| *other == pair).map(|(_, points)| &points[..])
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::meaning;
    use super::super::reference::References;
    use super::super::spectra::{correlation, cosines};
    use super::*;
    use crate::table::TextTable;
    use crate::test_data;

    /// Spectra and correlations come in separate files: one must be the cosine transform of the other.
    #[test]
    fn published_spectra_and_correlations_belong_together() {
        let (re_tau, modes) = (178.12, 64);
        for y_plus in ["5", "178"] {
            for direction in Direction::BOTH {
                let along = direction.name();
                let files =
                    [format!("spectra/chan180.{along}spec"), format!("correlations/chan180.{along}corr")]
                        .map(|file| {
                            test_data("channel/MKM1999/chan180").join(format!("{file}.{y_plus}")).into()
                        });
                let References { profiles: others, lines, .. } = References::read(&files, &|_| None).unwrap();
                let [spectrum, correlations] = &lines[..] else { panic!("{} lines", lines.len()) };
                assert!(others.is_empty() && spectrum.along == direction && correlations.along == direction);
                assert_eq!((spectrum.kind, correlations.kind), (Kind::Spectrum, Kind::Correlation));
                assert_eq!((spectrum.re_tau, correlations.re_tau), (re_tau, re_tau));
                assert!(
                    (spectrum.y_plus - y_plus.parse::<f64>().unwrap()).abs() < 0.6,
                    "{}",
                    spectrum.y_plus
                );
                for pair in [Field::U, Field::V, Field::W, Field::P].map(|field| [field; 2]) {
                    let (density, published) =
                        (spectrum.find(pair).unwrap(), correlations.find(pair).unwrap());
                    assert_eq!((density.len(), published.len()), (modes - 1, modes + 1), "{along}");
                    // The points lack k = 0, whose share of the variance is the mean of the correlation
                    // over r.
                    let mean = (0.5 * (published[0].1 + published[modes].1)
                        + published[1..modes].iter().map(|point| point.1).sum::<f64>())
                        / modes as f64;
                    let others: f64 =
                        density.iter().zip(1..).map(|((_, value), n)| value / f64::from(n)).sum();
                    let first = others * mean / (1.0 - mean);
                    let line: Vec<f64> = [first]
                        .into_iter()
                        .chain(density.iter().zip(1..).map(|((_, value), n)| value / f64::from(n)))
                        .collect();
                    let off = correlation(&line, &cosines(line.len()))
                        .iter()
                        .zip(published)
                        .map(|(a, (_, b))| (a - b).abs())
                        .fold(0.0, f64::max);
                    assert!(off < 3e-4, "{along} {pair:?} at y+ = {y_plus}: {off}");
                    let half_box = published[modes].0 / re_tau;
                    assert!(
                        (density[0].0 * re_tau * half_box - std::f64::consts::PI).abs() < 1e-3,
                        "{half_box}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_files_are_left_and_malformed_ones_told() {
        let read = |text: &str| {
            let table = TextTable::parse("a.xspec".as_ref(), text.as_bytes()).unwrap();
            let columns = table.columns(&|name| meaning(name).is_some())?;
            PublishedLine::of(&columns, "a")
        };
        assert!(read("# y y+ U\n0 0 0\n").unwrap().is_none());
        let head = "# nx = 4, Re = 10, y = 0.5, y+ = 5\n# k_x E_uu\n";
        let sound = read(&format!("{head}0 3\n0.5 2\n1 1\n")).unwrap().unwrap();
        assert_eq!(sound.find([Field::U; 2]).unwrap(), [(0.05, 2.0), (0.1, 2.0)]);
        assert_eq!((sound.re_tau, sound.y_plus), (10.0, 5.0));
        for (text, part) in [
            (format!("{head}0 3\n0.5 2 7\n"), "a.xspec:4: 3 numbers where line 3 has 2"),
            (format!("{head}0 3 1\n0.5 2 7\n"), "a.xspec:3: 3 numbers under 2 names"),
            (format!("{head}0 3\n"), "fewer than two rows"),
            (format!("{head}0 3\n1 nan\n"), "a.xspec:4: no value of `E_uu`"),
            ("# k_x E_uu\n0 1\n1 1\n".into(), "a.xspec:2: no line `# .. Re = ..` above"),
        ] {
            let error = read(&text).err().unwrap();
            assert!(error.message.contains(part), "{error}");
        }
    }
}
