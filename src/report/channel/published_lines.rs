//! Published spectra and two-point correlations of the channel at one y, as Moser, Kim & Mansour (1999) distribute them: what it is stands in the head, the
//! columns are separated by blanks under `k_x E_uu ..` or `dx dx+ R_uu ..`, in units of u_tau and h.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::report::reference::{is_comment, number_after, open};
use crate::report::series::{malformed, numbers};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Spectrum,
    Correlation,
}

/// One file.
pub struct PublishedLine {
    pub label: String,
    pub kind: Kind,
    /// "x" or "z".
    pub along: &'static str,
    pub y_plus: f64,
    /// By product, as "uu": k E / u_tau^2 over k nu / u_tau, without k = 0; or R / R(0) over r u_tau / nu.
    lines: Vec<(String, Vec<(f64, f64)>)>,
}

/// What the words of the head say.
const FORMS: [(&str, Kind, &str, &str); 4] = [
    ("k_x", Kind::Spectrum, "x", "E_"),
    ("k_z", Kind::Spectrum, "z", "E_"),
    ("dx", Kind::Correlation, "x", "R_"),
    ("dz", Kind::Correlation, "z", "R_"),
];

impl PublishedLine {
    /// Those of `paths` that are of this form, and the other paths.
    ///
    /// # Errors
    /// A file that cannot be read, or is of this form but malformed.
    pub fn read(paths: &[PathBuf]) -> Result<(Vec<Self>, Vec<PathBuf>)> {
        let (mut lines, mut others) = (Vec::new(), Vec::new());
        for path in paths {
            let (label, text) = open(path)?;
            match Self::parse(path, &label, &text)? {
                Some(line) => lines.push(line),
                None => others.push(path.clone()),
            }
        }
        Ok((lines, others))
    }

    /// None if `text` is of another form.
    ///
    /// # Errors
    /// A row with too few or too many values, or with something that is no number; a head without `Re =` or `y+ =`.
    pub fn parse(path: &Path, label: &str, text: &str) -> Result<Option<Self>> {
        let head = || text.lines().zip(1..).take_while(|(line, _)| is_comment(line) || line.trim().is_empty());
        let names_in = |line: &'_ str| line.trim_start_matches(['#', ' ']).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let form = |(line, number): (&str, usize)| {
            let names = names_in(line);
            FORMS.iter().find(|form| names.first().is_some_and(|name| name == form.0)).map(|form| (form, names, number))
        };
        let Some((&(_, kind, along, prefix), names, header)) = head().filter_map(form).last() else { return Ok(None) };
        let number = |words: &str| {
            let stated = head().find_map(|(line, _)| number_after(line, words));
            stated.ok_or_else(|| malformed(path, header, &format!("no line `# .. {words} ..` above the names of the columns")))
        };
        let (re_tau, y_plus) = (number("Re =")?, number("y+ =")?);

        let mut rows: Vec<Vec<f64>> = Vec::new();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !is_comment(line) && !line.trim().is_empty()) {
            let row = numbers(path, number, line.split_whitespace())?;
            if row.len() != names.len() {
                return Err(malformed(path, number, &format!("{} values under {} names of columns", row.len(), names.len())));
            }
            rows.push(row);
        }
        let Some(second) = rows.get(1).map(|row| row[0]) else { return Err(malformed(path, header, "fewer than two rows")) };
        let line = |column: usize| -> Vec<(f64, f64)> {
            match kind {
                // What a mode has, not a density: the sum over k is the variance.
                Kind::Spectrum => rows[1..].iter().map(|row| (row[0] / re_tau, row[0] / second * row[column])).collect(),
                Kind::Correlation => rows.iter().map(|row| (row[0] * re_tau, row[column] / rows[0][column])).collect(),
            }
        };
        let named = names.iter().enumerate().filter_map(|(column, name)| Some((name.strip_prefix(prefix)?.to_owned(), line(column))));
        Ok(Some(Self { label: label.to_owned(), kind, along, y_plus, lines: named.collect() }))
    }

    pub fn find(&self, product: &str) -> Option<&[(f64, f64)]> {
        self.lines.iter().find(|(name, _)| name == product).map(|(_, points)| &points[..])
    }
}

#[cfg(test)]
mod tests {
    use super::super::spectra::correlation;
    use super::*;
    use crate::report::reference::tests::shared;

    /// Spectra and correlations are distributed apart: the one must be the cosine transform of the other.
    #[test]
    fn published_spectra_and_correlations_belong_together() {
        for (file, re_tau, y_plus, modes) in [("chan180", 178.12, "5", 64), ("chan180", 178.12, "178", 64), ("chan590", 587.19, "99", 192)]
        {
            for along in ["x", "z"] {
                let place = |folder: &str, kind: &str| shared(&format!("channel/MKM1999/{file}/{folder}/{file}.{along}{kind}.{y_plus}"));
                let (Some(spectrum), Some(correlations)) = (place("spectra", "spec"), place("correlations", "corr")) else { return };
                let (lines, others) = PublishedLine::read(&[spectrum, correlations, "other.means".into()][..2]).unwrap();
                let [spectrum, correlations] = &lines[..] else { panic!("{} lines", lines.len()) };
                assert!(others.is_empty() && spectrum.along == along && correlations.along == along);
                assert_eq!((spectrum.kind, correlations.kind), (Kind::Spectrum, Kind::Correlation));
                assert!((spectrum.y_plus - y_plus.parse::<f64>().unwrap()).abs() < 0.6, "{}", spectrum.y_plus);
                for product in ["uu", "vv", "ww", "pp"] {
                    let (density, published) = (spectrum.find(product).unwrap(), correlations.find(product).unwrap());
                    assert_eq!((density.len(), published.len()), (modes - 1, modes + 1), "{file} {along}");
                    // The bin of k = 0 is not among the points: it is what the correlation at r = 0, 1, lacks on average over r.
                    let mean = (0.5 * (published[0].1 + published[modes].1) + published[1..modes].iter().map(|point| point.1).sum::<f64>())
                        / modes as f64;
                    let others: f64 = density.iter().zip(1..).map(|((_, value), n)| value / f64::from(n)).sum();
                    let first = others * mean / (1.0 - mean);
                    let line: Vec<f64> =
                        [first].into_iter().chain(density.iter().zip(1..).map(|((_, value), n)| value / f64::from(n))).collect();
                    let off = correlation(&line).iter().zip(published).map(|(a, (_, b))| (a - b).abs()).fold(0.0, f64::max);
                    assert!(off < 3e-4, "{file} {along} {product} at y+ = {y_plus}: {off}");
                    let half_box = published[modes].0 / re_tau;
                    assert!((density[0].0 * re_tau * half_box - std::f64::consts::PI).abs() < 1e-3, "{half_box}");
                }
            }
        }
    }

    #[test]
    fn other_files_are_left_and_malformed_ones_told() {
        let read = |text: &str| PublishedLine::parse(Path::new("a.xspec"), "a", text);
        assert!(read("# y y+ U\n0 0 0\n").unwrap().is_none());
        let head = "# nx = 4, Re = 10, y = 0.5, y+ = 5\n# k_x E_uu\n";
        let sound = read(&format!("{head}0 3\n0.5 2\n1 1\n")).unwrap().unwrap();
        assert_eq!(sound.find("uu").unwrap(), [(0.05, 2.0), (0.1, 2.0)]);
        for (text, part) in [
            (format!("{head}0 3\n0.5 2 7\n"), "a.xspec:4: 3 values under 2 names"),
            (format!("{head}0 3\n"), "fewer than two rows"),
            ("# k_x E_uu\n0 1\n1 1\n".into(), "a.xspec:1: no line `# .. Re = .. ` above"),
        ] {
            let error = read(&text).err().unwrap();
            assert!(error.message.contains(part.trim_end_matches(" ` above")), "{error}");
        }
    }
}
