//! A case written out with every default filled in, and what distinguishes two cases.

use super::schema::{DEALIASINGS, EXCHANGES, PRECISIONS, SCHEMES};
use super::types::*;
use crate::time::{Schedule, StepSize};

/// Tables and keys that change neither the equations nor their discretisation. (`every_time` and `end` do cut the steps that would go
/// beyond them, so that the last bits of a run depend on them.)
const WITHOUT_EFFECT: [&str; 5] = ["parallel.", "output.", "checkpoint.", "time.end", "time.steps"];

impl Case {
    /// The case as a case file that has every key. Reading it gives the same case, to the last bit of every number.
    pub fn to_toml(&self) -> String {
        let mut text = format!("# {}: every key of the case, defaults filled in.\n", self.name);
        let mut current = "";
        for (table, key, value) in &entries(self) {
            if *table != current {
                text += &format!("\n[{table}]\n");
                current = table;
            }
            text += &format!("{key} = {value}\n");
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
    let dotted = entries(case).into_iter().map(|(table, key, value)| (format!("{table}.{key}"), value));
    dotted.filter(|(key, _)| !WITHOUT_EFFECT.iter().any(|start| key.starts_with(start))).collect()
}

/// Every key that is set: table, key and the value as TOML has it, in the order of the file.
fn entries(case: &Case) -> Vec<(&'static str, &'static str, String)> {
    let Case {
        name: _,
        flow,
        nonlinear: _,
        domain,
        fluid,
        mean: _,
        scalars: _,
        forcing: _,
        initial,
        numerics,
        time,
        parallel,
        output,
        checkpoint,
    } = case;
    let flow = match flow {
        FlowKind::Homogeneous => "homogeneous",
    };
    let mut entries = vec![
        ("flow", "kind", quoted(flow)),
        ("domain", "size", array(&domain.size)),
        ("domain", "grid", array(&domain.grid)),
        ("fluid", "viscosity", number(fluid.viscosity)),
    ];
    entries.extend(self::initial(initial).into_iter().map(|(key, value)| ("initial", key, value)));
    entries.extend([
        ("numerics", "dealiasing", word(DEALIASINGS, numerics.dealiasing)),
        ("numerics", "precision", word(PRECISIONS, numerics.precision)),
        ("numerics", "seed", numerics.seed.to_string()),
        ("time", "scheme", word(SCHEMES, time.scheme)),
        match time.step {
            StepSize::Fixed(dt) => ("time", "dt", number(dt)),
            StepSize::Courant(cfl) => ("time", "cfl", number(cfl)),
        },
    ]);
    entries.extend(time.stop.end.map(|end| ("time", "end", number(end))));
    entries.extend(time.stop.steps.map(|steps| ("time", "steps", steps.to_string())));
    let process_grid = parallel.process_grid.map_or_else(|| quoted("auto"), |grid| array(&grid));
    entries.extend([("parallel", "process_grid", process_grid), ("parallel", "exchange", word(EXCHANGES, parallel.exchange))]);
    entries.extend(output.directory.as_ref().map(|directory| ("output", "directory", quoted(directory.display()))));
    entries.extend([
        ("output", "series", cadence(output.series)),
        ("output", "spectra", cadence(output.spectra)),
        ("output", "snapshots", cadence(output.snapshots)),
        ("checkpoint", "every_minutes", checkpoint.every_minutes.map_or_else(|| quoted("never"), number)),
    ]);
    entries.extend(checkpoint.every_steps.map(|steps| ("checkpoint", "every_steps", steps.to_string())));
    entries.push(("checkpoint", "keep", checkpoint.keep.to_string()));
    entries
}

fn initial(initial: &Initial) -> Vec<(&'static str, String)> {
    match initial {
        Initial::TaylorGreen { amplitude, dimensions } => {
            vec![("kind", quoted("taylor-green")), ("amplitude", number(*amplitude)), ("dimensions", dimensions.to_string())]
        }
        Initial::Abc { a, b, c, wavenumber } => {
            vec![("kind", quoted("abc")), ("a", number(*a)), ("b", number(*b)), ("c", number(*c)), ("wavenumber", wavenumber.to_string())]
        }
        Initial::Mode { wavenumber, amplitude, phase } => {
            vec![("kind", quoted("mode")), ("wavenumber", array(wavenumber)), ("amplitude", array(amplitude)), ("phase", number(*phase))]
        }
        Initial::Random { energy, spectrum, develop: _ } => {
            let mut entries = vec![("kind", quoted("random"))];
            entries.extend(match spectrum {
                Spectrum::PassotPouquet { peak_wavenumber } => {
                    vec![("spectrum", quoted("passot-pouquet")), ("peak_wavenumber", number(*peak_wavenumber))]
                }
                Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length: _ } => {
                    vec![("spectrum", quoted("von-karman-pao")), ("peak_wavenumber", number(*peak_wavenumber))]
                }
                Spectrum::Power { exponent, k_min, k_max } => vec![
                    ("spectrum", quoted("power")),
                    ("exponent", number(*exponent)),
                    ("k_min", number(*k_min)),
                    ("k_max", number(*k_max)),
                ],
                Spectrum::Table { table } => {
                    let rows: Vec<[f64; 2]> = table.iter().map(|&(k, e)| [k, e]).collect();
                    vec![("spectrum", quoted("table")), ("table", array(&rows))]
                }
            });
            entries.extend(energy.map(|energy| ("energy", number(energy))));
            entries
        }
    }
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

/// An array of numbers.
fn array<T: std::fmt::Debug>(values: &[T]) -> String {
    format!("{values:?}")
}

fn quoted(text: impl ToString) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// The quoted word of a value.
fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> String {
    quoted(words.iter().find(|(_, other)| *other == value).map_or("", |(word, _)| word))
}
