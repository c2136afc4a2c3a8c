//! The columns of the tables of a channel: units and meanings.

mod terms;

use super::phases;
use super::profiles::{Column, Findings, Setting};
use super::samples::Samples;
use super::symmetry::Symmetry;
use crate::case::Precision;
use crate::channel::case::{Channel, ChannelScalar};
use crate::channel::catalogue::Field;
use crate::channel::{sampled, spectra};
use crate::chebyshev::{Differences, Points};
use crate::report::columns::{self, Explained, File, FileColumns};
use crate::statistics::{Axis, Batch, Record, Tally};

/// Names, unit and meaning.
const NAMED: [(&str, &str, &str); 44] = [
    ("y", "h", "distance from the lower wall"),
    ("y_plus", "nu/u_tau", "distance from the nearer wall"),
    ("U", "u_tau", "mean velocity along x, relative to the nearer wall"),
    ("W", "u_tau", "mean velocity along z"),
    ("P", "u_tau^2", "mean pressure over density"),
    ("dU", "u_tau^2/nu", "dU/dy"),
    ("k", "u_tau^2", "turbulent kinetic energy, half the sum of uu, vv and ww"),
    ("total_stress", "u_tau^2", "-<u'v'> + nu dU/dy"),
    ("stress_off_line", "u_tau^2", "total stress less the straight line between its values at the walls"),
    ("u_rms", "u_tau", "<u'^2>^(1/2)"),
    ("v_rms", "u_tau", "<v'^2>^(1/2)"),
    ("w_rms", "u_tau", "<w'^2>^(1/2)"),
    ("p_rms", "u_tau^2", "<p'^2>^(1/2) of the pressure over density"),
    ("omega_x_rms", "u_tau^2/nu", "<omega_x'^2>^(1/2) of the vorticity"),
    ("omega_y_rms", "u_tau^2/nu", "<omega_y'^2>^(1/2)"),
    ("omega_z_rms", "u_tau^2/nu", "<omega_z'^2>^(1/2)"),
    ("skewness_u", "1", "<u'^3> / <u'^2>^(3/2)"),
    ("skewness_v", "1", "<v'^3> / <v'^2>^(3/2)"),
    ("skewness_w", "1", "<w'^3> / <w'^2>^(3/2)"),
    ("flatness_u", "1", "<u'^4> / <u'^2>^2"),
    ("flatness_v", "1", "<v'^4> / <v'^2>^2"),
    ("flatness_w", "1", "<w'^4> / <w'^2>^2"),
    ("u_tau", "velocity of the case", "friction velocity, (nu |dU/dy|)^(1/2) with the mean of both walls"),
    ("re_tau", "1", "u_tau h / nu"),
    ("bulk", "velocity of the case", "bulk velocity relative to the mean of the walls"),
    ("re_bulk", "1", "bulk velocity times h / nu"),
    ("peak_u_rms", "u_tau", "peak of u_rms"),
    ("peak_at", "nu/u_tau", "its distance from the wall"),
    ("shear_lower", "velocity^2 of the case", "nu dU/dy at the lower wall"),
    ("shear_upper", "velocity^2 of the case", "nu dU/dy at the upper wall"),
    ("u_tau_lower", "velocity of the case", "friction velocity of the lower wall"),
    ("u_tau_upper", "velocity of the case", "friction velocity of the upper wall"),
    ("friction_of_walls", "1", "2 u_tau^2 / U_w^2, U_w being half the velocity difference of the walls"),
    ("centre_over_bulk", "1", "velocity in the centre over the bulk velocity"),
    ("friction_of_bulk", "1", "2 u_tau^2 / U_b^2"),
    ("kx", "1/h", "wavenumber along x"),
    ("kz", "1/h", "wavenumber along z"),
    ("kx_plus", "u_tau/nu", "wavenumber along x"),
    ("kz_plus", "u_tau/nu", "wavenumber along z"),
    ("phase", "1", "mean of t/T over the samples of the phase, T being the period of the walls"),
    ("dx", "h", "separation along x"),
    ("dz", "h", "separation along z"),
    ("dx_plus", "nu/u_tau", "separation along x"),
    ("dz_plus", "nu/u_tau", "separation along z"),
];

/// Unit and meaning of a column of this name; None if it is unknown.
pub fn explained(name: &str, scalars: &[ChannelScalar]) -> Option<Explained> {
    let of = |(unit, says): (String, String)| Explained::new(name, unit, says);
    let named = NAMED.iter().find(|(own, ..)| *own == name);
    named
        .map(|(_, unit, says)| Explained::new(name, *unit, *says))
        .or_else(|| {
            moment(name).or_else(|| terms::of_stresses(name)).or_else(|| scalar(name, scalars)).map(of)
        })
        .or_else(|| spectral(name, scalars).map(of))
}

/// The same; a column that is not explained has no unit.
pub fn explain(name: &str, scalars: &[ChannelScalar]) -> Explained {
    explained(name, scalars).unwrap_or_else(|| Explained::new(name, "", ""))
}

/// A product of powers of units as text, for example `u_tau^4/nu`.
fn unit(factors: &[(&str, i32)]) -> String {
    let mut powers: Vec<(&str, i32)> = Vec::new();
    for (name, power) in factors {
        match powers.iter_mut().find(|(own, _)| own == name) {
            Some((_, sum)) => *sum += power,
            None => powers.push((name, *power)),
        }
    }
    let product = |sign: i32| {
        let own = powers.iter().filter(|(_, power)| sign * power > 0);
        let text = own.map(|(name, power)| match power.abs() {
            1 => (*name).to_owned(),
            power => format!("{name}^{power}"),
        });
        text.collect::<Vec<_>>().join(" ")
    };
    match (product(1), product(-1)) {
        (above, below) if below.is_empty() => above,
        (above, below) => format!("{above}/{below}"),
    }
}

/// A moment of u, v, w and p.
fn moment(name: &str) -> Option<(String, String)> {
    let is_moment = (2..=4).contains(&name.len()) && name.chars().all(|c| "uvwp".contains(c));
    let power = name.chars().map(|c| if c == 'p' { 2 } else { 1 }).sum();
    is_moment.then(|| (unit(&[("u_tau", power)]), fluctuations(name)))
}

/// The mean of a product of fluctuations, each of one letter.
fn fluctuations(letters: &str) -> String {
    let factors: String = letters.chars().map(|c| format!("{c}'")).collect();
    format!("<{factors}>")
}

/// A profile, a term of a budget or a number of a scalar.
fn scalar(name: &str, scalars: &[ChannelScalar]) -> Option<(String, String)> {
    scalars.iter().find_map(|ChannelScalar { name: own, .. }| {
        let tau = &*format!("{own}_tau");
        if name == tau {
            return Some((format!("[{own}] of the case"), "flux through the walls over u_tau".to_owned()));
        }
        if name == format!("{own}_mean") {
            return Some((tau.to_owned(), format!("mean of {own}")));
        }
        if name == format!("{own}_rms") {
            return Some((tau.to_owned(), format!("<{own}'^2>^(1/2)")));
        }
        if name == format!("v_{own}_{own}") {
            return Some((unit(&[("u_tau", 1), (tau, 2)]), format!("<v' {own}'^2>")));
        }
        for (shape, power) in [("skewness", 3), ("flatness", 4)] {
            if name == format!("{shape}_{own}") {
                let over = if power == 3 { "<s'^2>^(3/2)" } else { "<s'^2>^2" };
                return Some(("1".to_owned(), format!("<s'^{power}> / {over} of {own}")));
            }
        }
        let first = name.strip_suffix(own)?.strip_suffix('_')?;
        if ["u", "v", "w", "p", "uv", "vv", "vw"].contains(&first) {
            let power = if first.len() == 1 && first != "p" { 1 } else { 2 };
            let factors = fluctuations(first).replace('>', "");
            return Some((unit(&[("u_tau", power), (tau, 1)]), format!("{factors} {own}'>")));
        }
        terms::of_scalar(first, own)
    })
}

/// A spectrum over one direction or a correlation.
fn spectral(name: &str, scalars: &[ChannelScalar]) -> Option<(String, String)> {
    let (letter, product) = name.split_once('_')?;
    match letter {
        "E" => density(product, "dk", 1, scalars),
        "R" => {
            let [a, _] = factors(product, scalars)?.map(|field| field.plain_name(scalars));
            Some(("1".to_owned(), format!("two-point correlation of {a}', 1 at no separation")))
        }
        _ => None,
    }
}

/// A spectrum over both directions.
pub fn over_both(product: &str, scalars: &[ChannelScalar]) -> Explained {
    let (unit, says) = density(product, "dk_x dk_z", 2, scalars).unwrap_or_default();
    Explained::new(format!("E_{product}"), unit, says)
}

/// A spectral density over so many wavenumbers, whose product of differentials is called `element`.
fn density(
    product: &str,
    element: &str,
    directions: i32,
    scalars: &[ChannelScalar],
) -> Option<(String, String)> {
    let pair = factors(product, scalars)?;
    let own = |field: Field| match field {
        Field::U | Field::V | Field::W => ("u_tau".to_owned(), 1),
        Field::P => ("u_tau".to_owned(), 2),
        Field::Scalar(s) => (format!("{}_tau", scalars[s].name), 1),
    };
    let [one, other] = pair.map(own);
    let per = [("u_tau", -directions), ("nu", directions)];
    let unit = unit(&[(&one.0, one.1), (&other.0, other.1), per[0], per[1]]);
    let [a, b] = pair.map(|field| format!("{}'", field.plain_name(scalars)));
    Some((unit, format!("spectral density; the sum of E {element} is <{a} {b}>")))
}

/// The fields of a product of this name.
fn factors(product: &str, scalars: &[ChannelScalar]) -> Option<[Field; 2]> {
    spectra(scalars.len()).into_iter().find(|pair| column(*pair, scalars) == product)
}

/// The column name of a product, such as "uv" or "u_dye".
pub fn column([a, b]: [Field; 2], scalars: &[ChannelScalar]) -> String {
    let between = if matches!((a, b), (Field::Scalar(_), _) | (_, Field::Scalar(_))) { "_" } else { "" };
    format!("{}{between}{}", a.plain_name(scalars), b.plain_name(scalars))
}

/// Columns of the series.
const SERIES: [(&str, &str, &str); 14] = [
    ("step", "1", "number of steps done"),
    ("time", "time", "time"),
    ("dt", "time", "length of the last step"),
    ("cfl", "1", "Courant number of the last step"),
    ("energy", "velocity^2", "kinetic energy per unit mass of the whole velocity, mean over the volume"),
    ("dissipation", "velocity^2/time", "its dissipation rate"),
    ("bulk_velocity", "velocity", "mean of U over y"),
    ("bulk_velocity_z", "velocity", "mean of W over y"),
    ("pressure_gradient", "velocity^2/length", "-dP/dx, the force per unit mass; 0 before the first step"),
    ("wall_shear_lower", "velocity^2", "nu dU/dy at the lower wall"),
    ("wall_shear_upper", "velocity^2", "nu dU/dy at the upper wall"),
    ("friction_velocity", "velocity", "u_tau of the moment, with the mean shear of both walls"),
    ("re_tau", "1", "u_tau h / nu of the moment"),
    ("re_bulk", "1", "bulk velocity, relative to the mean of the walls, times h / nu"),
];

/// The tables of a channel.
const FILES: [File; 10] = [
    ("series.csv", "History of a channel", "In units of the case, one row per sample during the run."),
    (
        "profiles.csv",
        "Profiles of a channel",
        "In wall units. `NAME` is a scalar, and `NAME_tau` its unit, the flux through the walls over u_tau. \
         u, v, w, p are velocities and pressure over density; a prime marks fluctuations, and angle brackets \
         the mean over x, z and time.",
    ),
    (
        "budgets.csv",
        "Budgets of the Reynolds stresses, of k, and of the scalars of a channel",
        "In wall units. u, v, w and the scalar s are fluctuations, U, W and S their means, kappa the \
         diffusivity of s. A rotating channel has the columns `rotation_`.",
    ),
    (
        "numbers.csv",
        "Numbers of a channel",
        "One row. `friction_of_walls` takes the place of the others between moving walls.",
    ),
    ("spectra_x.csv", "Spectra over k_x of a channel", "In wall units, at each y."),
    ("spectra_z.csv", "Spectra over k_z of a channel", "In wall units, at each y."),
    ("correlations_x.csv", "Two-point correlations along x of a channel", "At each y."),
    ("correlations_z.csv", "Two-point correlations along z of a channel", "At each y."),
    (
        "spectra_xz.csv",
        "Spectra over k_x and k_z of a channel",
        "In wall units, at the y chosen by `output.statistics.spectra_2d_at`.",
    ),
    (
        "phases.csv",
        "Profiles at phases of oscillating walls",
        "In wall units of the whole average, with `output.statistics.phases`. Here a prime marks \
         fluctuations about the mean of the phase.",
    ),
];

/// The title of a table.
pub fn title(file: &str) -> &'static str {
    columns::title(&FILES, file)
}

/// The columns of all tables of a channel with a scalar called NAME.
pub fn all() -> Vec<FileColumns> {
    let scalars = [ChannelScalar { name: "NAME".into(), schmidt: 1.0, ..ChannelScalar::default() }];
    let of = |names: Vec<String>| names.iter().map(|name| explain(name, &scalars)).collect::<Vec<_>>();
    let [profiles, budgets, numbers] = names(&scalars);
    let lines = |axis: &str, letter: &str, with_itself: bool| {
        let places = ["y".to_owned(), "y_plus".to_owned(), axis.to_owned(), format!("{axis}_plus")];
        let pairs = spectra(1).into_iter().filter(|[a, b]| !with_itself || a == b);
        let products = pairs.map(|pair| format!("{letter}_{}", column(pair, &scalars)));
        of(places.into_iter().chain(products).collect())
    };
    let columns = [
        Explained::all(&SERIES),
        of(profiles),
        of(budgets),
        of(numbers),
        lines("kx", "E", false),
        lines("kz", "E", false),
        lines("dx", "R", true),
        lines("dz", "R", true),
        planes(&scalars),
        of(["phase", "y", "y_plus"].into_iter().chain(phases::NAMES).map(str::to_owned).collect()),
    ];
    let file = |((file, title, note), columns)| FileColumns { file, title, note, columns };
    FILES.into_iter().zip(columns).map(file).collect()
}

/// The columns of spectra over both directions.
fn planes(scalars: &[ChannelScalar]) -> Vec<Explained> {
    let places = ["y", "y_plus", "kx", "kx_plus", "kz", "kz_plus"].map(|name| explain(name, scalars));
    let products = spectra(scalars.len()).into_iter().map(|pair| over_both(&column(pair, scalars), scalars));
    places.into_iter().chain(products).collect()
}

/// The names of profiles, terms of budgets and numbers of a rotating channel, with walls at rest and moving,
/// as its findings have them.
fn names(scalars: &[ChannelScalar]) -> [Vec<String>; 3] {
    const POINTS: usize = 9;
    let line = |name: String, values: Vec<f64>| {
        let (axes, shape) = (vec!["y".to_owned()], vec![values.len()]);
        Record { name, units: String::new(), description: String::new(), axes, shape, values }
    };
    let sums = sampled(scalars.len()).into_iter().map(|moment| line(moment.name(scalars), vec![0.0; POINTS]));
    let records = [line("y".into(), Points::new(POINTS).y), Record::scalar("frame_velocity", "", "", 0.0)];
    let moments = Tally { begin: 0.0, end: 1.0, samples: 1, weight: 1.0, squares: 1.0 };
    let batch = Batch {
        number: 0,
        axis: Axis::new(1.0),
        spectra_batches: 1,
        moments,
        spectra: None,
        records: records.into_iter().chain(sums).collect(),
    };
    let flow = Channel { rotation: 1.0, scalars: scalars.to_vec(), ..Channel::default() };
    let mut names: [Vec<String>; 3] = Default::default();
    for walls in [[0.0; 2], [0.0, 1.0]] {
        let setting = Setting {
            precision: Precision::Double,
            viscosity: 1.0,
            rotation: flow.rotation,
            frame_velocity: 0.0,
            walls,
            scalars: scalars.to_vec(),
            symmetry: Symmetry::of(&flow),
            differences: Differences::new(POINTS),
            grid: Points::new(POINTS),
        };
        let samples = Samples::new(std::slice::from_ref(&batch), scalars);
        // The batch has all that is sampled.
        let Ok(findings) = samples.and_then(|samples| Findings::new(&samples.all(), &setting)) else {
            continue;
        };
        let Findings { profiles, budgets, numbers, .. } = findings;
        for (names, columns) in names.iter_mut().zip([profiles, budgets, numbers]) {
            for Column { name, .. } in columns {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is missing is to be added above.
    #[test]
    fn every_column_is_explained() {
        let scalars = [ChannelScalar { name: "NAME".into(), ..ChannelScalar::default() }];
        let names = names(&scalars);
        assert!(names.iter().all(|names| names.len() > 9), "{names:?}");
        for name in names.iter().flatten() {
            assert!(explained(name, &scalars).is_some(), "no explanation of {name}");
        }
        for (name, unit, part) in [
            ("uuv", "u_tau^3", "<u'u'v'>"),
            ("pw", "u_tau^3", "<p'w'>"),
            ("production_uw", "u_tau^4/nu", "budget of <uw>: production, -<u v> dW/dy - <v w> dU/dy"),
            ("pressure_strain_uv", "u_tau^4/nu", "<p du/dy> + <p dv/dx>"),
            ("residual_k", "u_tau^4/nu", "sum of all terms"),
            ("v_NAME", "u_tau NAME_tau", "<v' NAME'>"),
            ("p_NAME", "u_tau^2 NAME_tau", "<p' NAME'>"),
            ("uv_NAME", "u_tau^2 NAME_tau", "<u'v' NAME'>"),
            ("v_NAME_NAME", "u_tau NAME_tau^2", "<v' NAME'^2>"),
            ("flatness_NAME", "1", "<s'^4> / <s'^2>^2"),
            ("dissipation_NAME_NAME", "u_tau^2 NAME_tau^2/nu", "-2 kappa <ds/dx_k ds/dx_k>"),
            (
                "pressure_scrambling_w_NAME",
                "u_tau^3 NAME_tau/nu",
                "budget of <w s>, s = NAME: pressure scrambling, <p ds/dz>",
            ),
            ("residual_v_NAME", "u_tau^3 NAME_tau/nu", "sum of all terms"),
            ("E_uu", "u_tau nu", "<u' u'>"),
            ("E_pp", "u_tau^3 nu", "<p' p'>"),
            ("E_u_NAME", "NAME_tau nu", "<u' NAME'>"),
            ("E_NAME_NAME", "NAME_tau^2 nu/u_tau", "<NAME' NAME'>"),
            ("R_ww", "1", "of w'"),
        ] {
            let found = explained(name, &scalars).unwrap_or_else(|| panic!("{name}"));
            assert!(found.unit == unit && found.says.contains(part), "{found:?}");
        }
        for odd in ["odd", "E_odd", "odd_uu", "odd_NAME_NAME", "pressure_scrambling_NAME_NAME", "odd_k_NAME"]
        {
            assert!(explained(odd, &scalars).is_none(), "{odd}");
        }
        for FileColumns { file, columns, .. } in all() {
            assert!(columns.len() > 5, "{file}");
            assert!(columns.iter().all(|one| !one.says.is_empty() && !one.unit.is_empty()), "{columns:?}");
        }
    }
}
