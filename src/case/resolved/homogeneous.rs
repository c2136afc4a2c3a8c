//! The keys of a homogeneous case.

use super::super::schema::{DEALIASINGS, RESCALES, SCHEMES};
use super::super::types::*;
use super::{Entries, Own, array, number, quoted, word};

/// What this flow adds to a case file; tables of what is not there are left out.
pub fn own(flow: &Homogeneous) -> Own {
    let Homogeneous { nonlinear, mean, scalars, forcing, initial, dealiasing, scheme } = flow;
    let mut tables = Vec::new();
    if *mean != Mean::default() {
        tables.push(("mean".to_owned(), self::mean(mean)));
    }
    for scalar in scalars {
        let Scalar { name, schmidt, gradient, buoyancy, initial } = scalar;
        let entries =
            vec![("schmidt", number(*schmidt)), ("gradient", array(gradient)), ("buoyancy", array(buoyancy))];
        tables.extend([
            (format!("scalar.{name}"), entries),
            (format!("scalar.{name}.initial"), scalar_initial(initial)),
        ]);
    }
    tables.extend(forcing.as_ref().map(|forcing| ("forcing".to_owned(), self::forcing(forcing))));
    tables.push(("initial".to_owned(), self::initial(initial)));
    if let Initial::Random { develop: Some(Develop { skewness, rescale }), .. } = initial {
        tables.push((
            "initial.develop".to_owned(),
            vec![("skewness", number(*skewness)), ("rescale", word(RESCALES, *rescale))],
        ));
    }
    Own {
        kind: "homogeneous",
        flow: vec![("nonlinear", nonlinear.to_string())],
        tables,
        numerics: vec![("dealiasing", word(DEALIASINGS, *dealiasing))],
        time: vec![("scheme", word(SCHEMES, *scheme))],
        output: Vec::new(),
    }
}

fn mean(mean: &Mean) -> Entries {
    let Mean { gradient, rotation, schedule } = mean;
    let preset = |kind: &str, rate: f64| vec![("kind", quoted(kind)), ("rate", number(rate))];
    let mut entries = match gradient {
        Gradient::None => return vec![("kind", quoted("rotation")), ("rotation", array(rotation))],
        Gradient::Shear { rate } => preset("shear", *rate),
        Gradient::PlaneStrain { rate } => preset("plane-strain", *rate),
        Gradient::AxisymmetricContraction { rate } => preset("axisymmetric-contraction", *rate),
        Gradient::AxisymmetricExpansion { rate } => preset("axisymmetric-expansion", *rate),
        Gradient::General(gradient) => vec![("kind", quoted("gradient")), ("gradient", array(gradient))],
    };
    entries.extend([("rotation", array(rotation)), ("schedule", rows(schedule))]);
    entries
}

fn scalar_initial(initial: &ScalarInitial) -> Entries {
    match initial {
        ScalarInitial::Zero => vec![("kind", quoted("zero"))],
        ScalarInitial::Mode { wavenumber, amplitude, phase } => {
            vec![
                ("kind", quoted("mode")),
                ("wavenumber", array(wavenumber)),
                ("amplitude", number(*amplitude)),
                ("phase", number(*phase)),
            ]
        }
        ScalarInitial::Random { energy, spectrum } => random(*energy, spectrum),
    }
}

fn forcing(forcing: &Forcing) -> Entries {
    let band = |k_min: f64, k_max: f64| [("k_min", number(k_min)), ("k_max", number(k_max))];
    let wave = |kind: &str, amplitude: f64, wavenumber: usize| {
        vec![("kind", quoted(kind)), ("amplitude", number(amplitude)), ("wavenumber", wavenumber.to_string())]
    };
    match *forcing {
        Forcing::ConstantPower { power, k_min, k_max } => {
            [("kind", quoted("constant-power")), ("power", number(power))]
                .into_iter()
                .chain(band(k_min, k_max))
                .collect()
        }
        Forcing::OrnsteinUhlenbeck { variance, correlation_time, k_min, k_max } => {
            let process = [("variance", number(variance)), ("correlation_time", number(correlation_time))];
            [("kind", quoted("ornstein-uhlenbeck"))]
                .into_iter()
                .chain(process)
                .chain(band(k_min, k_max))
                .collect()
        }
        Forcing::Linear { rate } => vec![("kind", quoted("linear")), ("rate", number(rate))],
        Forcing::FrozenShells { k_min, k_max } => {
            [("kind", quoted("frozen-shells"))].into_iter().chain(band(k_min, k_max)).collect()
        }
        Forcing::Body(BodyForce::Kolmogorov { amplitude, wavenumber }) => {
            wave("kolmogorov", amplitude, wavenumber)
        }
        Forcing::Body(BodyForce::TaylorGreen { amplitude, wavenumber }) => {
            wave("taylor-green", amplitude, wavenumber)
        }
        Forcing::Body(BodyForce::Abc { a, b, c, wavenumber }) => abc(a, b, c, wavenumber),
    }
}

fn initial(initial: &Initial) -> Entries {
    match initial {
        Initial::TaylorGreen { amplitude, dimensions } => {
            vec![
                ("kind", quoted("taylor-green")),
                ("amplitude", number(*amplitude)),
                ("dimensions", dimensions.to_string()),
            ]
        }
        Initial::Abc { a, b, c, wavenumber } => abc(*a, *b, *c, *wavenumber),
        Initial::Mode { wavenumber, amplitude, phase } => {
            vec![
                ("kind", quoted("mode")),
                ("wavenumber", array(wavenumber)),
                ("amplitude", array(amplitude)),
                ("phase", number(*phase)),
            ]
        }
        Initial::Random { energy, spectrum, develop: _ } => random(*energy, spectrum),
        Initial::File { path } => vec![("kind", quoted("file")), ("file", quoted(path.display()))],
    }
}

fn abc(a: f64, b: f64, c: f64, wavenumber: usize) -> Entries {
    vec![
        ("kind", quoted("abc")),
        ("a", number(a)),
        ("b", number(b)),
        ("c", number(c)),
        ("wavenumber", wavenumber.to_string()),
    ]
}

fn random(energy: Option<f64>, spectrum: &Spectrum) -> Entries {
    let mut entries = vec![("kind", quoted("random"))];
    match spectrum {
        Spectrum::PassotPouquet { peak_wavenumber } => {
            entries.extend([
                ("spectrum", quoted("passot-pouquet")),
                ("peak_wavenumber", number(*peak_wavenumber)),
            ]);
        }
        Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length } => {
            entries.extend([
                ("spectrum", quoted("von-karman-pao")),
                ("peak_wavenumber", number(*peak_wavenumber)),
            ]);
            entries.extend(kolmogorov_length.map(|length| ("kolmogorov_length", number(length))));
        }
        Spectrum::Power { exponent, k_min, k_max } => {
            entries.extend([("spectrum", quoted("power")), ("exponent", number(*exponent))]);
            entries.extend([("k_min", number(*k_min)), ("k_max", number(*k_max))]);
        }
        Spectrum::Table { table } => entries.extend([("spectrum", quoted("table")), ("table", rows(table))]),
    }
    entries.extend(energy.map(|energy| ("energy", number(energy))));
    entries
}

/// Pairs of numbers.
fn rows(pairs: &[(f64, f64)]) -> String {
    array(&pairs.iter().map(|&(a, b)| [a, b]).collect::<Vec<_>>())
}
