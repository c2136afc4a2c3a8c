//! Published profiles and budgets of the channel, as they are distributed: Moser, Kim & Mansour (1999), Hoyas & Jimenez (2006, 2008), Lee & Moser (2015).
//! All have columns separated by blanks, the names of which stand in a line above the numbers, `y+` being one of them.

use std::path::{Path, PathBuf};

use super::profiles::Column;
use crate::error::{Error, Result};
use crate::report::cubic::interpolate;
use crate::report::reference::{is_comment, open};
use crate::report::series::{malformed, numbers};

const FORMS: &str = "understood for a channel are columns separated by blanks under a line that names them: `y+` with some of `Umean`, `R_uu`, .. `W_xx`, .. \
    (Moser, Kim & Mansour: .means, .reystress, .vortvar, .skew, .flat), `U+`, `u'+`, `v'+`, `w'+`, `uv'+`, .. (Hoyas & Jimenez: .prof), `U`, `uu+`, .. (Lee & Moser: \
    mean_prof, stress_k_eps), or `dissip`, `produc`, .. (the balances of the first two); and under `k_x E_uu ..`, `dx dx+ R_uu ..` or those of z \
    (Moser, Kim & Mansour: .xspec, .zspec, .xcorr, .zcorr)";

/// What a published name stands for.
enum Meaning {
    /// A column of `profiles.csv`.
    Value(&'static str),
    /// The root of the column.
    Square(&'static str),
    /// The square of the column.
    Root(&'static str),
    /// The negative of the column.
    Negative(&'static str),
    /// A term of a budget.
    Term(&'static str),
}

use Meaning::{Negative, Root, Square, Term, Value};

/// Names in wall units; those of Moser, Kim & Mansour, Hoyas & Jimenez, Lee & Moser.
const NAMES: [(&str, Meaning); 40] = [
    ("Umean", Value("U")),
    ("U+", Value("U")),
    ("U", Value("U")),
    ("Pmean", Value("P")),
    ("P", Value("P")),
    ("R_uu", Value("uu")),
    ("R_vv", Value("vv")),
    ("R_ww", Value("ww")),
    ("R_uv", Value("uv")),
    ("R_pp", Square("p_rms")),
    ("S(u)", Value("skewness_u")),
    ("S(v)", Value("skewness_v")),
    ("S(w)", Value("skewness_w")),
    ("F(u)", Value("flatness_u")),
    ("F(v)", Value("flatness_v")),
    ("F(w)", Value("flatness_w")),
    ("W_xx", Square("omega_x_rms")),
    ("W_yy", Square("omega_y_rms")),
    ("W_zz", Square("omega_z_rms")),
    ("u'+", Root("uu")),
    ("v'+", Root("vv")),
    ("w'+", Root("ww")),
    ("uv'+", Value("uv")),
    ("om_x'+", Value("omega_x_rms")),
    ("om_y'+", Value("omega_y_rms")),
    ("om_z'+", Value("omega_z_rms")),
    ("p'", Value("p_rms")),
    ("uu+", Value("uu")),
    ("vv+", Value("vv")),
    ("ww+", Value("ww")),
    ("uv+", Value("uv")),
    ("k+", Value("k")),
    ("eps+(positive,", Negative("dissipation_k")),
    ("-Om_z+", Value("dU")),
    ("dissip", Term("dissipation")),
    ("produc", Term("production")),
    ("p-strain", Term("pressure_strain")),
    ("p-diff", Term("pressure_transport")),
    ("t-diff", Term("transport")),
    ("v-diff", Term("viscous")),
];

/// Which budget a file of balances is of, as its words say.
const BALANCES: [(&str, &str); 10] = [
    ("balance equation for kinetic energy", "k"),
    ("balance equation forR_uu", "uu"),
    ("balance equation forR_vv", "vv"),
    ("balance equation forR_ww", "ww"),
    ("balance equation forR_uv", "uv"),
    ("t-diff= - \\partial_y (tp-kbal)", "k"),
    ("t-diff= - \\partial_y (u'u'v')", "uu"),
    ("t-diff= - \\partial_y (v'v'v')", "vv"),
    ("t-diff= - \\partial_y (w'w'v')", "ww"),
    ("t-diff= - \\partial_y (u'v'v')", "uv"),
];

/// Profiles of one source, from one file or from several of the same stem.
pub struct Published {
    pub label: String,
    pub profiles: Vec<Profile>,
}

/// Values in wall units over increasing y+, under the name of our own column.
pub struct Profile {
    pub name: String,
    pub y_plus: Vec<f64>,
    pub values: Vec<f64>,
}

/// How far a column of a run is from a published one, at the points of the run: the largest difference, and the root of the mean square of all, each with
/// the sampling error of the run there.
pub struct Distance {
    pub largest: f64,
    pub error: f64,
    pub y_plus: f64,
    pub rms: f64,
    pub rms_error: f64,
}

impl Published {
    /// Reads `paths`.
    ///
    /// # Errors
    /// A file that cannot be read, of unknown form, or malformed.
    pub fn read(paths: &[PathBuf]) -> Result<Vec<Self>> {
        let mut all: Vec<Self> = Vec::new();
        for path in paths {
            let (label, text) = open(path)?;
            let profiles = parse(path, &text)?;
            match all.iter_mut().find(|other| other.label == label) {
                Some(known) => known.profiles.extend(profiles),
                None => all.push(Self { label, profiles }),
            }
        }
        Ok(all)
    }

    pub fn find(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The distance of `column` of a run with its points at `y_plus`. None if this is not published, or no point is where it is.
    pub fn distance(&self, y_plus: &[f64], column: &Column) -> Option<Distance> {
        let published = self.find(&column.name)?;
        let (from, to) = (published.y_plus.first()?, published.y_plus.last()?);
        let within: Vec<usize> = (0..y_plus.len()).filter(|&i| (from..=to).contains(&&y_plus[i]) && column.values[i].is_finite()).collect();
        let off = |i: usize| column.values[i] - interpolate(&published.y_plus, &published.values, y_plus[i]);
        let most = *within.iter().max_by(|&&a, &&b| off(a).abs().total_cmp(&off(b).abs()))?;
        let rms = |of: &dyn Fn(usize) -> f64| (within.iter().map(|&i| of(i).powi(2)).sum::<f64>() / within.len() as f64).sqrt();
        Some(Distance {
            largest: off(most),
            error: column.errors[most],
            y_plus: y_plus[most],
            rms: rms(&off),
            rms_error: rms(&|i| column.errors[i]),
        })
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<Profile>> {
    let unknown = |what: &str| Error::input(format!("{}: unknown form of a reference, {what}; {FORMS}", path.display()));
    if text.contains("data are the standard deviation") {
        return Err(unknown("it holds standard deviations"));
    }
    let is_row = |line: &str| !is_comment(line) && line.split_whitespace().next().is_some_and(|word| word.parse::<f64>().is_ok());
    let is_place = |name: &&str| *name == "y+" || *name == "y^+";
    let head = || text.lines().take_while(|line| !is_row(line));
    let header = head().filter(|line| line.split_whitespace().any(|name| is_place(&name))).last().unwrap_or_default();
    let names: Vec<&str> = header.trim_start_matches(['#', '%']).split_whitespace().collect();
    let Some(place) = names.iter().position(is_place) else { return Err(unknown("no line names a column `y+`")) };

    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| is_row(line)) {
        let row = numbers(path, number, line.split_whitespace())?;
        // Some files name columns that they do not have.
        if row.len() > names.len() || row.len() <= place || rows.first().is_some_and(|first| first.len() != row.len()) {
            return Err(malformed(path, number, &format!("{} values under {} names of columns", row.len(), names.len())));
        }
        rows.push(row);
    }
    if rows.is_empty() || !rows.is_sorted_by(|a, b| a[place] < b[place]) {
        return Err(Error::input(format!("the column `{}` of the reference {} must increase", names[place], path.display())));
    }
    let balance = BALANCES.iter().find(|(words, _)| head().any(|line| line.contains(words))).map(|(_, stress)| *stress);
    let column = |index: usize, of: &dyn Fn(f64) -> f64| rows.iter().map(|row| of(row[index])).collect::<Vec<f64>>();
    let y_plus = column(place, &|y| y);
    let profile = |(index, name): (usize, &&str)| {
        let (name, values) = match &NAMES.iter().find(|(known, _)| known == name)?.1 {
            Value(own) => (own.to_string(), column(index, &|value| value)),
            Square(own) => (own.to_string(), column(index, &|value| value.max(0.0).sqrt())),
            Root(own) => (own.to_string(), column(index, &|value| value * value)),
            Negative(own) => (own.to_string(), column(index, &|value| -value)),
            Term(term) => (format!("{term}_{}", balance?), column(index, &|value| value)),
        };
        Some(Profile { name, y_plus: y_plus.clone(), values })
    };
    let profiles: Vec<Profile> = names.iter().enumerate().take(rows[0].len()).filter_map(profile).collect();
    if profiles.is_empty() { Err(unknown(&format!("it has `{}`", names.join("`, `")))) } else { Ok(profiles) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Profile>> {
        parse(Path::new("published.dat"), text)
    }

    #[test]
    fn distances_are_at_the_points_of_the_run() {
        let cubic = |y: f64| 1.0 + y - 0.1 * y * y + 0.01 * y.powi(3);
        let rows: String = (0..=10).map(|i| format!(" {} {}\n", f64::from(i), cubic(f64::from(i)))).collect();
        let published = Published { label: String::new(), profiles: read(&format!("% y+ U+\n{rows}")).unwrap() };
        let y_plus = [0.0, 0.5, 2.25, 9.5, 11.0];
        let mut column = Column { name: "U".into(), values: y_plus.map(cubic).to_vec(), errors: vec![0.1, 0.2, 0.3, 0.4, 0.5] };
        column.values[2] -= 0.12;
        let distance = published.distance(&y_plus, &column).unwrap();
        assert!((distance.largest + 0.12).abs() < 1e-12 && (distance.rms - 0.06).abs() < 1e-12);
        assert_eq!((distance.y_plus, distance.error), (2.25, 0.3));
        assert!((distance.rms_error - 0.075f64.sqrt()).abs() < 1e-12);
        column.name = "ww".into();
        assert!(published.distance(&y_plus, &column).is_none());
    }

    #[test]
    fn an_unknown_form_is_refused_with_what_is_understood() {
        for (text, part) in [
            ("1 2 3\n", "no line names a column `y+`; understood for a channel"),
            ("# y y+ odd\n0 0 1\n", "it has `y`, `y+`, `odd`; understood"),
            ("# y y+ dissip\n0 0 1\n", "it has `y`, `y+`, `dissip`"),
            ("# y+ U+\n0 0\n1 2 3\n", "published.dat:3: 3 values under 2 names"),
            ("# y+ U+\n0 0\n0 1\n", "the column `y+` of the reference published.dat must increase"),
        ] {
            let error = read(text).err().unwrap();
            assert!(error.message.contains(part), "{error}");
        }
        let missing = Published::read(&["none.dat".into()]).err().unwrap();
        assert!(missing.message.contains("cannot read the reference none.dat"));
    }
}
