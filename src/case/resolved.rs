//! A case written out with every default filled in, and what distinguishes two cases.

use super::schema::{DEALIASINGS, EXCHANGES, PRECISIONS, RESCALES, SCHEMES};
use super::types::*;
use crate::time::{Schedule, StepSize};

/// Tables and keys that change neither the equations nor their discretisation. (`every_time` and `end` do cut the steps that would go
/// beyond them, so that the last bits of a run depend on them.)
const WITHOUT_EFFECT: [&str; 5] = ["parallel.", "output.", "checkpoint.", "time.end", "time.steps"];

impl Case {
    /// The case as a case file that has every key; tables of what is not there, such as `[forcing]`, are left out. Reading it
    /// gives the same case, to the last bit of every number.
    pub fn to_toml(&self) -> String {
        let mut text = format!("# {}: every key of the case, defaults filled in.\n", self.name);
        for (table, entries) in tables(self) {
            text += &format!("\n[{table}]\n");
            for (key, value) in entries {
                text += &format!("{key} = {value}\n");
            }
        }
        text
    }
}

/// The keys that differ and change the physics or the numbers, a line each: `fluid.viscosity: 0.01 -> 0.02`.
pub fn physics_differences(a: &Case, b: &Case) -> Vec<String> {
    let (a, b) = (physics(a), physics(b));
    let value = |entries: &[(String, String)], key: &str| {
        entries.iter().find(|(other, _)| other == key).map_or("(none)".to_owned(), |(_, value)| value.clone())
    };
    let added = b.iter().filter(|(key, _)| a.iter().all(|(other, _)| other != key));
    let keys = a.iter().chain(added).map(|(key, _)| key);
    let compared = keys.map(|key| (key, value(&a, key), value(&b, key)));
    compared.filter(|(_, a, b)| a != b).map(|(key, a, b)| format!("{key}: {a} -> {b}")).collect()
}

/// The dotted keys that matter to the numbers, and their values.
fn physics(case: &Case) -> Vec<(String, String)> {
    let dotted_keys = |(table, entries): (String, Entries)| {
        entries.into_iter().map(move |(key, value)| (format!("{table}.{key}"), value)).collect::<Vec<_>>()
    };
    let dotted = tables(case).into_iter().flat_map(dotted_keys);
    dotted.filter(|(key, _)| !WITHOUT_EFFECT.iter().any(|start| key.starts_with(start))).collect()
}

/// The keys of one table and their values as TOML has them.
type Entries = Vec<(&'static str, String)>;

/// Every table and key that is set, in the order of the file.
fn tables(case: &Case) -> Vec<(String, Entries)> {
    let Case { name: _, flow, nonlinear, domain, fluid, mean, scalars, forcing, initial, numerics, time, parallel, output, checkpoint } =
        case;
    let flow = match flow {
        FlowKind::Homogeneous => "homogeneous",
    };
    let mut tables = vec![
        ("flow".to_owned(), vec![("kind", quoted(flow)), ("nonlinear", nonlinear.to_string())]),
        ("domain".to_owned(), vec![("size", array(&domain.size)), ("grid", array(&domain.grid))]),
        ("fluid".to_owned(), vec![("viscosity", number(fluid.viscosity))]),
    ];
    if *mean != Mean::default() {
        tables.push(("mean".to_owned(), self::mean(mean)));
    }
    for scalar in scalars {
        let Scalar { name, schmidt, gradient, buoyancy, initial } = scalar;
        let entries = vec![("schmidt", number(*schmidt)), ("gradient", array(gradient)), ("buoyancy", array(buoyancy))];
        tables.extend([(format!("scalar.{name}"), entries), (format!("scalar.{name}.initial"), scalar_initial(initial))]);
    }
    tables.extend(forcing.as_ref().map(|forcing| ("forcing".to_owned(), self::forcing(forcing))));
    tables.push(("initial".to_owned(), self::initial(initial)));
    if let Initial::Random { develop: Some(Develop { skewness, rescale }), .. } = initial {
        tables.push(("initial.develop".to_owned(), vec![("skewness", number(*skewness)), ("rescale", word(RESCALES, *rescale))]));
    }
    tables.extend([
        ("numerics".to_owned(), self::numerics(numerics)),
        ("time".to_owned(), self::time(time)),
        ("parallel".to_owned(), self::parallel(parallel)),
        ("output".to_owned(), self::output(output)),
        ("checkpoint".to_owned(), self::checkpoint(checkpoint)),
    ]);
    tables
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
            vec![("kind", quoted("mode")), ("wavenumber", array(wavenumber)), ("amplitude", number(*amplitude)), ("phase", number(*phase))]
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
            [("kind", quoted("constant-power")), ("power", number(power))].into_iter().chain(band(k_min, k_max)).collect()
        }
        Forcing::OrnsteinUhlenbeck { variance, correlation_time, k_min, k_max } => {
            let process = [("variance", number(variance)), ("correlation_time", number(correlation_time))];
            [("kind", quoted("ornstein-uhlenbeck"))].into_iter().chain(process).chain(band(k_min, k_max)).collect()
        }
        Forcing::Linear { rate } => vec![("kind", quoted("linear")), ("rate", number(rate))],
        Forcing::FrozenShells { k_min, k_max } => [("kind", quoted("frozen-shells"))].into_iter().chain(band(k_min, k_max)).collect(),
        Forcing::Body(BodyForce::Kolmogorov { amplitude, wavenumber }) => wave("kolmogorov", amplitude, wavenumber),
        Forcing::Body(BodyForce::TaylorGreen { amplitude, wavenumber }) => wave("taylor-green", amplitude, wavenumber),
        Forcing::Body(BodyForce::Abc { a, b, c, wavenumber }) => abc(a, b, c, wavenumber),
    }
}

fn initial(initial: &Initial) -> Entries {
    match initial {
        Initial::TaylorGreen { amplitude, dimensions } => {
            vec![("kind", quoted("taylor-green")), ("amplitude", number(*amplitude)), ("dimensions", dimensions.to_string())]
        }
        Initial::Abc { a, b, c, wavenumber } => abc(*a, *b, *c, *wavenumber),
        Initial::Mode { wavenumber, amplitude, phase } => {
            vec![("kind", quoted("mode")), ("wavenumber", array(wavenumber)), ("amplitude", array(amplitude)), ("phase", number(*phase))]
        }
        Initial::Random { energy, spectrum, develop: _ } => random(*energy, spectrum),
    }
}

fn abc(a: f64, b: f64, c: f64, wavenumber: usize) -> Entries {
    vec![("kind", quoted("abc")), ("a", number(a)), ("b", number(b)), ("c", number(c)), ("wavenumber", wavenumber.to_string())]
}

fn random(energy: Option<f64>, spectrum: &Spectrum) -> Entries {
    let mut entries = vec![("kind", quoted("random"))];
    match spectrum {
        Spectrum::PassotPouquet { peak_wavenumber } => {
            entries.extend([("spectrum", quoted("passot-pouquet")), ("peak_wavenumber", number(*peak_wavenumber))]);
        }
        Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length } => {
            entries.extend([("spectrum", quoted("von-karman-pao")), ("peak_wavenumber", number(*peak_wavenumber))]);
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

fn numerics(numerics: &Numerics) -> Entries {
    let Numerics { dealiasing, precision, seed } = numerics;
    vec![("dealiasing", word(DEALIASINGS, *dealiasing)), ("precision", word(PRECISIONS, *precision)), ("seed", seed.to_string())]
}

fn time(time: &Time) -> Entries {
    let Time { scheme, step, stop: Stop { end, steps } } = time;
    let step = match step {
        StepSize::Fixed(dt) => ("dt", number(*dt)),
        StepSize::Courant(cfl) => ("cfl", number(*cfl)),
    };
    let mut entries = vec![("scheme", word(SCHEMES, *scheme)), step];
    entries.extend(end.map(|end| ("end", number(end))));
    entries.extend(steps.map(|steps| ("steps", steps.to_string())));
    entries
}

fn parallel(parallel: &Parallel) -> Entries {
    let Parallel { process_grid, exchange } = parallel;
    let process_grid = process_grid.map_or_else(|| quoted("auto"), |grid| array(&grid));
    vec![("process_grid", process_grid), ("exchange", word(EXCHANGES, *exchange))]
}

fn output(output: &Output) -> Entries {
    let Output { directory, series, spectra, snapshots } = output;
    let mut entries: Entries = directory.iter().map(|directory| ("directory", quoted(directory.display()))).collect();
    entries.extend([("series", cadence(*series)), ("spectra", cadence(*spectra)), ("snapshots", cadence(*snapshots))]);
    entries
}

fn checkpoint(checkpoint: &Checkpoint) -> Entries {
    let Checkpoint { every_minutes, every_steps, keep } = checkpoint;
    let mut entries = vec![("every_minutes", every_minutes.map_or_else(|| quoted("never"), number))];
    entries.extend(every_steps.map(|steps| ("every_steps", steps.to_string())));
    entries.push(("keep", keep.to_string()));
    entries
}

fn cadence(cadence: Schedule) -> String {
    let steps = cadence.every_steps.map(|steps| format!("every_steps = {steps}"));
    let time = cadence.every_time.map(|time| format!("every_time = {time:?}"));
    let set: Vec<String> = steps.into_iter().chain(time).collect();
    if set.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", set.join(", ")) }
}

/// The fewest digits that read back as the same bits; Rust's debug form is valid TOML.
fn number(x: f64) -> String {
    format!("{x:?}")
}

/// An array of numbers, or of arrays of them.
fn array<T: std::fmt::Debug>(values: &[T]) -> String {
    format!("{values:?}")
}

/// Pairs of numbers.
fn rows(pairs: &[(f64, f64)]) -> String {
    array(&pairs.iter().map(|&(a, b)| [a, b]).collect::<Vec<_>>())
}

fn quoted(text: impl ToString) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// The quoted word of a value.
fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> String {
    quoted(words.iter().find(|(_, other)| *other == value).map_or("", |(word, _)| word))
}
