//! The energy spectrum of a random field.

use std::path::{Path, PathBuf};

use crate::case::codec::*;
use crate::case::document::Node;
use crate::case::general::check_band;
use crate::case::keys::{Key, Keys, Variant, variant};
use crate::table;

/// Shape of an energy spectrum E(k) over the physical wavenumber k (radians per unit of length).
#[derive(Clone, Debug, PartialEq)]
pub enum Spectrum {
    /// E ~ k^4 exp(-2 (k / peak)^2).
    PassotPouquet { peak_wavenumber: f64 },
    /// von Karman's energy range joined to Pao's dissipation range of this Kolmogorov length;
    /// `None` is 1 / (50 k_p).
    VonKarmanPao { peak_wavenumber: f64, kolmogorov_length: Option<f64> },
    /// E ~ k^exponent for k_min <= k <= k_max, zero elsewhere.
    Power { exponent: f64, k_min: f64, k_max: f64 },
    /// Pairs (k, E), joined by straight lines in log k and log E: k > 0 ascending, E >= 0 and not
    /// all zero.
    Table { table: Vec<(f64, f64)> },
}

impl Default for Spectrum {
    fn default() -> Self {
        Self::PassotPouquet { peak_wavenumber: 0.0 }
    }
}

const SHAPES: &[Variant<Spectrum>] = &[
    variant!("passot-pouquet", "E ~ k^4 exp(-2 (k / k_p)^2).", Spectrum::PassotPouquet { peak_wavenumber }),
    variant!(
        "von-karman-pao",
        "Energy range of von Karman, joined to the dissipation range of Pao.",
        Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length }
    ),
    variant!(
        "power",
        "E ~ k^exponent between k_min and k_max, 0 elsewhere.",
        Spectrum::Power { exponent, k_min, k_max }
    ),
    variant!(
        "top-hat",
        "E is constant between k_min and k_max, 0 elsewhere.",
        Spectrum::Power { exponent, k_min, k_max }
    ),
    variant!("table", "E(k) from a table.", Spectrum::Table { table }),
];

const TABLES: &[Variant<Vec<(f64, f64)>>] = &[
    Variant { word: "file", says: "Table in a text file.", blank: Vec::new, is: |_| false },
    Variant { word: "table", says: "Table in the case.", blank: Vec::new, is: |_| true },
];

/// Visits the keys of the spectrum of a random field, and the energy to which it is scaled, in `unit`.
pub fn visit(
    keys: &mut Keys,
    energy: &mut Option<f64>,
    spectrum: &mut Spectrum,
    dir: &Path,
    unit: &'static str,
) {
    let peak = || {
        let key = Key::required("peak_wavenumber", positive(), "4.0").unit("radians / length");
        key.says("Wavenumber k_p at which the spectrum peaks.")
    };
    keys.kind(spectrum, "spectrum", "Shape of the spectrum.", SHAPES, |spectrum, word, keys| {
        match spectrum {
            Spectrum::PassotPouquet { peak_wavenumber } => keys.key(peak_wavenumber, peak()),
            Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length } => {
                keys.key(peak_wavenumber, peak());
                let key = Key::optional("kolmogorov_length", positive(), "0.005").unit("length");
                keys.key(kolmogorov_length, key.says("Kolmogorov length; 1 / (50 k_p) if it is not set."));
            }
            Spectrum::Power { exponent, k_min, k_max } => {
                if word == "power" {
                    let key = Key::required("exponent", number(), "-1.6667");
                    keys.key(exponent, key.says("Exponent of k."));
                }
                let key = Key::required("k_min", positive(), "1.0").unit("radians / length");
                keys.key(k_min, key.says("Lowest wavenumber with energy."));
                let key = Key::required("k_max", positive(), "16.0").unit("radians / length");
                keys.key(k_max, key.says("Highest wavenumber with energy."));
                check_band(keys, *k_min, *k_max, "E(k) lies between k_min and k_max");
            }
            Spectrum::Table { table } => self::table(keys, table, dir),
        }
        let says = "Energy, half the sum of the variances, to which the field is scaled; a table without it \
            is not scaled.";
        let key = match spectrum {
            Spectrum::Table { .. } => Key::optional("energy", positive(), "0.5"),
            _ => Key::required("energy", some(positive()), "0.5"),
        };
        keys.key(energy, key.unit(unit).says(says));
    });
}

fn table(keys: &mut Keys, table: &mut Vec<(f64, f64)>, dir: &Path) {
    let example = "file = \"spectrum.dat\" or table = [[1.0, 0.2], [2.0, 0.1]]";
    keys.one_of_keys(table, example, TABLES, |table, word, keys| {
        let key = match word {
            "file" => Key::required("file", spectrum_file(dir.to_owned()), "\"spectrum.dat\"")
                .says("Text file of two columns, k and E(k); excludes table."),
            _ => Key::required("table", spectrum_rows(), "[[1.0, 0.2], [2.0, 0.1]]")
                .says("Rows [k, E(k)] with k ascending, interpolated in log k and log E; excludes file."),
        };
        keys.key(table, key);
    });
}

/// The spectrum in a text file with columns k and E(k), in any form that `crate::table` reads; the
/// path is relative to `dir`.
fn spectrum_file(dir: PathBuf) -> Codec<Vec<(f64, f64)>> {
    let rows = spectrum_rows();
    let read = move |node: &Node| {
        let file = dir.join(text(node)?);
        let read = || {
            let rows = table::initial_spectrum(&file).map_err(|error| error.message)?;
            let points = rows.iter().map(|&(_, k, energy)| (k, energy)).collect();
            let line = |row: usize| format!("{}:", rows[row].0);
            let wrong = |row: Option<usize>, what: &str| {
                format!("{}:{} {what}", file.display(), row.map_or(String::new(), line))
            };
            spectrum(points, wrong)
        };
        read().map_err(|error: String| {
            let help =
                "a spectrum is a text file of two columns, k and E(k), or one whose columns are named so";
            vec![node.problem(error).help(help)]
        })
    };
    let write = move |table: &Vec<(f64, f64)>| rows.write(table);
    Codec::new("a path", serde_json::json!({ "type": "string" }), read, write)
}

/// The same as an array of rows.
fn spectrum_rows() -> Codec<Vec<(f64, f64)>> {
    pairs("an array of rows [k, E]").checked(|node, rows| {
        let row = |row: usize| format!("row {}: ", row + 1);
        spectrum(rows, |place, what| place.map_or(String::new(), row) + what)
            .or_else(|error| node.wrong(error))
    })
}

/// Returns the rows if they are a spectrum, else the error that `wrong` makes of the offending row and
/// the reason.
fn spectrum(
    rows: Vec<(f64, f64)>,
    wrong: impl Fn(Option<usize>, &str) -> String,
) -> Result<Vec<(f64, f64)>, String> {
    let mut before = 0.0;
    for (n, (k, e)) in rows.iter().enumerate() {
        let at = |what: &str| Err(wrong(Some(n), what));
        match (k, e) {
            _ if !k.is_finite() || !e.is_finite() => return at("not finite"),
            _ if *k > LARGEST || *e > LARGEST => return at(&format!("must be at most {LARGEST:e}")),
            _ if *k <= before => return at("k must be positive and ascend"),
            _ if *e < 0.0 => return at("E(k) must not be negative"),
            _ => before = *k,
        }
    }
    match rows.iter().any(|(_, e)| *e > 0.0) {
        true if rows.len() > 1 => Ok(rows),
        true => Err(wrong(None, "one row makes no spectrum")),
        false => Err(wrong(None, "it holds no energy")),
    }
}
