//! Published profiles and budgets of the channel, as distributed: a line names the columns (listed in
//! `names.rs`), and one of them is `y+`.

use super::budgets::STRESSES;
use super::names::{Meaning, meaning};
use super::profiles::Column;
use super::published_budgets::{balance, sign_dissipation};
use super::published_lines::PublishedLine;
use crate::error::Result;
use crate::report::cubic::interpolate;
use crate::report::{Given, quoted};
use crate::table::{Columns, Row, TextTable};

const FORMS: &str = "Profiles, balances, spectra and correlations are read under a line of names as `y+ U+ \
    uu+`; docs/channel.md lists the files. \
    --columns y+,U+,uu+ names columns by hand.";

/// Profiles of one source, from one file or from several of the same citation.
pub struct Published {
    pub label: String,
    pub profiles: Vec<Profile>,
    /// Re_tau, from the columns y and y+ or from the head of the file.
    pub re_tau: Option<f64>,
}

/// Values in wall units over increasing y+, under the name of the column in our tables.
pub struct Profile {
    pub name: String,
    pub y_plus: Vec<f64>,
    pub values: Vec<f64>,
}

/// The difference between a column of a run and a published one at the points of the run: its maximum
/// and its root mean square, each with the sampling error of the run there.
pub struct Distance {
    pub largest: f64,
    pub error: f64,
    pub y_plus: f64,
    pub rms: f64,
    pub rms_error: f64,
}

/// All references of a run.
#[derive(Default)]
pub struct References {
    pub profiles: Vec<Published>,
    pub lines: Vec<PublishedLine>,
    /// A line for each remembered one that cannot be used.
    pub gone: Vec<String>,
}

impl References {
    /// Reads the profiles, spectra and correlations of all references. `foreign` says what published data
    /// of another flow a file holds.
    ///
    /// # Errors
    /// A file that cannot be read, is not a reference, or is malformed, unless it is a remembered one.
    pub fn read(references: &[Given], foreign: &dyn Fn(&TextTable) -> Option<String>) -> Result<Self> {
        let mut all = Self::default();
        for given in references {
            match all.add(given, foreign) {
                Err(error) if given.is_remembered() => all.gone.push(given.gone(&error)),
                added => added?,
            }
        }
        all.tell_apart();
        Ok(all)
    }

    /// Whether there is nothing to compare with.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty() && self.lines.is_empty()
    }

    fn add(&mut self, given: &Given, foreign: &dyn Fn(&TextTable) -> Option<String>) -> Result<()> {
        for (table, label) in given.tables()? {
            let refused = |found: &str| given.refused("a channel", found, FORMS);
            if table.rows().is_empty() {
                return Err(refused("It has no rows of numbers"));
            }
            if let Some(others) = foreign(&table).filter(|_| !given.names_columns()) {
                return Err(refused(&format!("It holds {others}")));
            }
            if is_of_deviations(&table) {
                return Err(refused("It holds standard deviations, not the profiles themselves"));
            }
            let columns = given.columns(&table, &|name| meaning(name).is_some())?;
            if let Some(line) = PublishedLine::of(&columns, &label)? {
                self.lines.push(line);
                continue;
            }
            let Some(place) = columns.find(|name| meaning(name) == Some(Meaning::Place))? else {
                return Err(refused(&match &columns.names[..] {
                    [] => "No line above its numbers names a known column".to_owned(),
                    names => format!("Its columns are {}, and none of them is y+", quoted(names)),
                }));
            };
            let published =
                Published { profiles: profiles(&columns, place)?, re_tau: re_tau(&columns, place)?, label };
            if published.profiles.is_empty() {
                return Err(refused(&format!(
                    "Its columns are {}, and none of them can be compared",
                    quoted(&columns.names)
                )));
            }
            match self.profiles.iter_mut().find(|other| other.goes_with(&published)) {
                Some(known) => {
                    // Of a quantity that several files have, the first counts.
                    let (own, new) = (&mut known.profiles, published.profiles);
                    let is_new = |profile: &Profile| own.iter().all(|known| known.name != profile.name);
                    let new: Vec<Profile> = new.into_iter().filter(is_new).collect();
                    own.extend(new);
                    known.re_tau = known.re_tau.or(published.re_tau);
                }
                None => self.profiles.push(published),
            }
        }
        Ok(())
    }

    /// Adds Re_tau to the citations of works of which there are several flows.
    fn tell_apart(&mut self) {
        let labels: Vec<String> = self.profiles.iter().map(|published| published.label.clone()).collect();
        let is_shared = |label: &String| labels.iter().filter(|other| *other == label).count() > 1;
        for published in self.profiles.iter_mut().filter(|published| is_shared(&published.label)) {
            let re_tau = published.re_tau.unwrap_or_else(|| published.last());
            published.label += &format!(", Re_tau = {re_tau:.0}");
        }
    }
}

/// Returns whether `table` holds profiles of a channel: a line names y+.
pub fn holds_profiles(table: &TextTable) -> bool {
    let columns = table.columns(&|name| meaning(name).is_some());
    columns.is_ok_and(|columns| columns.names.iter().any(|name| meaning(name) == Some(Meaning::Place)))
}

/// Returns whether a file holds the standard deviations of profiles, as do `Re180.std` and
/// `LM_Channel_0180_mean_stdev.dat`.
fn is_of_deviations(table: &TextTable) -> bool {
    let name =
        table.path().file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
    let mut head = table.head().map(str::to_lowercase);
    let says = |line: String| {
        line.contains("data are the standard deviation")
            || line.starts_with("filename") && line.contains("stdev")
    };
    name.contains("stdev") || name.contains(".std") || head.any(says)
}

impl Published {
    /// Whether the profiles of another file are further ones of the same flow.
    fn goes_with(&self, other: &Self) -> bool {
        let re_taus = self.re_tau.zip(other.re_tau);
        self.label == other.label
            && re_taus.is_none_or(|(own, other)| (own / other - 1.0).abs() < PROPORTIONAL)
    }

    pub fn find(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The largest y+ of all profiles.
    pub fn last(&self) -> f64 {
        self.profiles.iter().filter_map(|profile| profile.y_plus.last()).copied().fold(0.0, f64::max)
    }

    /// The difference between `column` of a run, with its points at `y_plus`, and the published one. None
    /// if the column is not published, or no point lies in its range.
    pub fn distance(&self, y_plus: &[f64], column: &Column) -> Option<Distance> {
        let published = self.find(&column.name)?;
        let (from, to) = (published.y_plus.first()?, published.y_plus.last()?);
        let within: Vec<usize> = (0..y_plus.len())
            .filter(|&i| (from..=to).contains(&&y_plus[i]) && column.values[i].is_finite())
            .collect();
        let off = |i: usize| column.values[i] - interpolate(&published.y_plus, &published.values, y_plus[i]);
        let most = *within.iter().max_by(|&&a, &&b| off(a).abs().total_cmp(&off(b).abs()))?;
        let rms = |of: &dyn Fn(usize) -> f64| {
            (within.iter().map(|&i| of(i).powi(2)).sum::<f64>() / within.len() as f64).sqrt()
        };
        Some(Distance {
            largest: off(most),
            error: column.errors[most],
            y_plus: y_plus[most],
            rms: rms(&off),
            rms_error: rms(&|i| column.errors[i]),
        })
    }
}

/// The known columns over increasing y+. Missing values are left out.
fn profiles(columns: &Columns, place: usize) -> Result<Vec<Profile>> {
    let rows = columns.ascending(place)?;
    let balance = balance(columns.table);
    let mut profiles: Vec<Profile> = Vec::new();
    for (column, name) in columns.names.iter().enumerate() {
        let profile = |name: String, of: &dyn Fn(f64) -> f64| {
            let there = rows.iter().filter(|row| !row.cells[column].is_nan());
            let (y_plus, values) = there.map(|row| (row.cells[place], of(row.cells[column]))).unzip();
            Profile { name, y_plus, values }
        };
        let own = |name: &str| name.to_owned();
        profiles.push(match meaning(name) {
            Some(Meaning::Value(name)) => profile(name, &|value| value),
            Some(Meaning::Square(name)) => profile(own(name), &|value| value.max(0.0).sqrt()),
            Some(Meaning::Root(name)) => profile(own(name), &|value| value * value),
            Some(Meaning::Negative(name)) => profile(own(name), &|value| -value),
            Some(Meaning::Term(term)) if balance.is_some() => {
                profile(format!("{term}_{}", balance.unwrap_or_default()), &|value| value)
            }
            _ => continue,
        });
    }
    profiles.retain(|profile| !profile.values.is_empty());
    STRESSES.iter().for_each(|stress| sign_dissipation(&mut profiles, stress));
    Ok(profiles)
}

/// Re_tau: y+ / y if that is the same at all points (y+ = Re_tau y/h), else the value in the head.
///
/// # Errors
/// A y, measured from the wall, to which y+ is not proportional: the names belong to other columns.
fn re_tau(columns: &Columns, place: usize) -> Result<Option<f64>> {
    let stated =
        || ["Re_tau", "Re_{\\tau}", "Re_\\tau", "Retau"].iter().find_map(|key| columns.table.stated(key));
    let re = || columns.table.stated("Re");
    let height = columns.find(|name| meaning(name) == Some(Meaning::Height))?;
    let rows = columns.ascending(place)?;
    if let Some(height) = height
        && let Some(last) = rows.last()
    {
        let ratio = |row: &Row| row.cells[place] / row.cells[height];
        let top = last.cells[height];
        // Values next to the wall have few digits.
        let outer = || rows.iter().filter(|row| row.cells[height] > 0.1 * top);
        let from_wall = rows.len() > 1
            && top > 0.0
            && rows.iter().all(|row| (-1e-9 * top..=top).contains(&row.cells[height]));
        let begins = from_wall && rows[0].cells[height] < 0.1 * top;
        if begins && let Some(row) = outer().find(|row| (ratio(row) / ratio(last) - 1.0).abs() > PROPORTIONAL)
        {
            let names = [place, height].map(|column| &*columns.names[column]);
            let what = format!(
                "`{}` is not a multiple of `{}` here: are the names above the wrong columns?",
                names[0], names[1]
            );
            return Err(columns.table.wrong(row.line, &what));
        }
        // The head often has a rounded or a nominal value, and y may be in another unit.
        let is_near = |re: f64| (re / ratio(last) - 1.0).abs() < 0.1;
        if begins && (columns.names[height].contains('/') || stated().into_iter().chain(re()).any(is_near)) {
            return Ok(Some(ratio(last)));
        }
    }
    let last = rows.last().map_or(f64::NAN, |row| row.cells[place]);
    Ok(stated().or_else(|| re().filter(|re| (0.5..1.05).contains(&(last / re)))))
}

/// Tolerance for a constant y+ / y: more than the rounding of three digits.
const PROPORTIONAL: f64 = 0.02;

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::channel::case::Channel;

    /// Reads `text` as the file `name`.
    pub fn read_as(name: &str, text: &str) -> Result<Published> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let mut published = References::read(&[path.into()], &|file| {
            crate::FLOWS.published_of_others(&Channel::default(), file)
        })
        .map_err(|mut error| {
            error.message = error.message.replace(&format!("{}/", dir.path().display()), "");
            error
        })?;
        Ok(published.profiles.remove(0))
    }

    fn read(text: &str) -> Result<Published> {
        read_as("published.dat", text)
    }

    #[test]
    fn distances_are_at_the_points_of_the_run() {
        let cubic = |y: f64| 1.0 + y - 0.1 * y * y + 0.01 * y.powi(3);
        let rows: String = (0..=10).map(|i| format!(" {} {}\n", f64::from(i), cubic(f64::from(i)))).collect();
        let published = read(&format!("% y+ U+\n{rows}")).unwrap();
        let y_plus = [0.0, 0.5, 2.25, 9.5, 11.0];
        let mut column = Column {
            name: "U".into(),
            values: y_plus.map(cubic).to_vec(),
            errors: vec![0.1, 0.2, 0.3, 0.4, 0.5],
        };
        column.values[2] -= 0.12;
        let distance = published.distance(&y_plus, &column).unwrap();
        assert!((distance.largest + 0.12).abs() < 1e-12 && (distance.rms - 0.06).abs() < 1e-12);
        assert_eq!((distance.y_plus, distance.error), (2.25, 0.3));
        assert!((distance.rms_error - 0.075f64.sqrt()).abs() < 1e-12);
        column.name = "ww".into();
        assert!(published.distance(&y_plus, &column).is_none());
    }

    #[test]
    fn what_is_not_a_reference_is_refused_in_three_lines() {
        for (text, part) in [
            ("1 2 3\n", "No line above its numbers names a known column."),
            ("words\n", "It has no rows of numbers."),
            ("# y U\n0 0\n", "Its columns are `y`, `U`, and none of them is y+."),
            ("# y y+ odd\n0 0 1\n", "Its columns are `y`, `y+`, `odd`, and none of them can be compared."),
            ("# y y+ dissip\n0 0 1\n", "Its columns are `y`, `y+`, `dissip`, and none of them can"),
            (
                "time,energy,dissipation\n0,1,1\n",
                "It holds a history of energy and dissipation of homogeneous turbulence.",
            ),
            (
                "# Filename : LM_Channel_0180_vel_fluc_stdev.dat\n# y+ u'u'\n0 0\n",
                "It holds standard deviations",
            ),
        ] {
            let message = read(text).err().unwrap().message;
            assert!(
                message.starts_with("published.dat is not a reference for a channel:\n")
                    && message.contains(part),
                "{message}"
            );
            assert!(message.lines().count() == 3 && message.len() < 400, "{message}");
        }
        for (text, part) in [
            ("# y+ U+\n0 0\n1 2 3\n", "published.dat:3: 3 numbers where line 2 has 2"),
            (
                "# y+ U+\n0 0 0\n1 2 3\n",
                "published.dat:2: 3 numbers under 2 names of columns: line 1 has `y+`, `U+`; --columns can \
                 name them",
            ),
            ("# y+ U+\n0 0\n0 1\n", "published.dat:3: `y+` must increase: 0 follows 0"),
            (
                "# y/h y+ U+\n0 0 0\n0.5 1 5\n0.6 2 6\n1 3 9\n",
                "published.dat:3: `y+` is not a multiple of `y/h` here",
            ),
        ] {
            let error = read(text).err().unwrap();
            assert!(error.message.contains(part), "{error}");
        }
        let missing =
            References::read(&[std::path::PathBuf::from("none.dat").into()], &|_| None).err().unwrap();
        assert!(missing.message.contains("cannot read none.dat: No such file"), "{missing}");
    }

    /// The columns of Lee & Moser as on their site (the head of `LM_Channel_0550_vel_fluc_prof.dat`), with
    /// other numbers.
    #[test]
    fn files_of_lee_and_moser_are_read_as_distributed() {
        let head = "% Filename : LM_Channel_0550_vel_fluc_prof.dat \n%  Kinematic Viscosity     nu = \
            1.00000e-04 \n\
            %  Re_tau              Re_tau =  543.496 \n%      y^+     : Grid point in wall-normal \
            direction \n\
            %       k      : Turbulent kinetic energy, k = 0.5*(u'u' + v'v' + w'w')\n\
            % *   Estimated standard deviations of datasets in this file are in the file: \
            LM_Channel_0550_vel_fluc_stdev.dat \n\
            % *** u'w' and v'w' should be zero due to (statistical) symmetries in the flow. \n% \
            -----------End of header--------- \n% \n\
            %         y/delta      y^+        u'u'      v'v'      w'w'     u'v'      u'w'     v'w'     \
            k   \n%-------------\n";
        let stresses =
            read(&format!("{head}  0.0 0.0  0. 0. 0. 0. 0. 0. 0.\n  0.5 90. 4. 1. 2. -0.5 0. 0. 3.5\n"))
                .unwrap();
        for (name, value) in [("uu", 4.0), ("vv", 1.0), ("ww", 2.0), ("uv", -0.5), ("k", 3.5)] {
            assert_eq!(stresses.find(name).unwrap().values, [0.0, value], "{name}");
        }
        assert_eq!(stresses.re_tau, Some(180.0));

        let vorticity = "% y/delta y^+ om_x'om_x' om_y'om_y' om_z'om_z' om_x'om_y' om_x'om_z' om_y'om_z' \
            p'p'\n0 0 4 9 16 0 0 0 25\n";
        let vorticity = read(vorticity).unwrap();
        for (name, value) in
            [("omega_x_rms", 2.0), ("omega_y_rms", 3.0), ("omega_z_rms", 4.0), ("p_rms", 5.0)]
        {
            assert_eq!(vorticity.find(name).unwrap().values, [value], "{name}");
        }
    }

    /// One table in the forms that several people write. The error for any other names its columns.
    #[test]
    fn a_header_with_other_words_moves_no_column() {
        let rows =
            "0.0 0.0 0.0 0.0 0.0\n0.2 9.0 7.0 2.5 0.5\n0.5 22.5 11.0 2.0 0.75\n1.0 45.0 14.0 1.0 0.7\n";
        let names = "y/h y+ U+ u'+ v'+";
        let plain = read(&format!("# {names}\n{rows}")).unwrap();
        assert_eq!(plain.find("uu").unwrap().values, [0.0, 6.25, 4.0, 1.0]);
        assert_eq!((plain.re_tau, plain.last()), (Some(45.0), 45.0));
        let exponents = rows.replace('.', ",").replace(' ', ";");
        let turned: String = rows.lines().rev().map(|row| format!("{row}  # note\r\n")).collect();
        for text in [
            format!("! {names}\n{rows}"),
            format!("# columns: {names}\n{rows}"),
            format!("\u{feff}# {names}\n{rows}"),
            format!("c {names}\n{rows}"),
            format!("VARIABLES = {names}\n{rows}"),
            format!(
                "TITLE = \"a\"\nVARIABLES = \"y/h\"\n\"y+\"\n\"U+\"\n\"u'+\"\n\"v'+\"\nZONE I=4, \
                 F=POINT\n{rows}"
            ),
            format!("# y/h [-] y+ [-] U+ [-] u'+ [-] v'+ [-]\n{rows}"),
            format!("# (1) y/h (2) y+ (3) U+ (4) u'+ (5) v'+\n{rows}"),
            format!("{}\n{exponents}", names.replace(' ', ";")),
            format!("{}\n{}", names.replace(' ', ","), rows.trim_end().replace(' ', ",")),
            format!("# {names}\r\n{turned}"),
            format!("# {names}\n{}", rows.replace("9.0", "0.90D+01").replace("0.75", "75.0-002")),
            format!("% {names} w'+ p'+\n{rows}"),
        ] {
            let other = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            for profile in &plain.profiles {
                let same =
                    other.find(&profile.name).unwrap_or_else(|| panic!("no {} in\n{text}", profile.name));
                assert_eq!((&same.y_plus, &same.values), (&profile.y_plus, &profile.values), "{text}");
            }
        }
        for (text, part) in [
            (format!("# data: a {names}\n{rows}"), "5 numbers under 6 names of columns"),
            (
                format!("# {names}\n{}", rows.replacen("0.2", "*****", 1)),
                "published.dat:3: `*****` is not a number",
            ),
            (format!("# {names} w'+\n{}", rows.replace(' ', ",")), "5 numbers under 6 names"),
        ] {
            let message = read(&text).err().unwrap().message;
            assert!(message.contains(part), "{message}");
        }
    }
}
