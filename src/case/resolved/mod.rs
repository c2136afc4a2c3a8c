//! A case written out with every default filled in, and what distinguishes two cases.

mod channel;
mod homogeneous;

use super::schema::{EXCHANGES, PRECISIONS};
use super::types::*;
use crate::error::Result;
use crate::time::{Schedule, StepSize};
use std::path::Path;

/// Tables and keys that say nothing of the equations, nor of the grid: what is averaged is the same
/// with another length of the steps. (`every_time`, `end` and the batches of statistics do cut the
/// steps that would go beyond them, so that the last bits of a run depend on them.)
const WITHOUT_EFFECT: [&str; 8] =
    ["parallel.", "output.", "checkpoint.", "time.end", "time.steps", "time.retry", "time.dt", "time.cfl"];

/// Of these the ones that are worth a note where a run goes on.
const NOTED: [&str; 4] = ["time.retry", "time.dt", "time.cfl", "output.statistics"];

/// Tables and keys that change from job to job and leave the numbers alone.
const OF_A_JOB: [&str; 6] = ["parallel.", "output.", "checkpoint.", "time.end", "time.steps", "time.retry"];

/// The value of a key that must be in a case, and is not in the physics of one.
const SOME_END: &str = "time.end=0";

impl Case {
    /// The case as a case file that has every key; tables of what is not there, such as
    /// `[forcing]`, are left out. Reading it gives the same case, to the last bit of every number.
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

/// The name of the case that a text of [`Case::to_toml`] is of.
pub fn recorded_name(text: &str) -> &str {
    text.strip_prefix("# ").and_then(|text| text.split_once(':')).map_or("case", |(name, _)| name)
}

/// The part of a case that a batch of statistics belongs to, as a case file without what differs
/// from job to job. [`read_physics`] reads it.
pub fn physics_text(case: &Case) -> String {
    let mut text = format!("# {}: the physics of the case.\n", case.name);
    for (table, entries) in tables(case) {
        let is_kept = |key: &&str| !OF_A_JOB.iter().any(|start| format!("{table}.{key}").starts_with(start));
        let kept: Vec<String> = entries
            .iter()
            .filter(|(key, _)| is_kept(key))
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect();
        if !kept.is_empty() {
            text += &format!("\n[{table}]\n{}", kept.concat());
        }
    }
    text
}

/// The case of a [`physics_text`]; what it leaves out is by default.
///
/// # Errors
/// It is of a newer version, or no case.
pub fn read_physics(text: &str) -> Result<Case> {
    super::parse("case.toml", text, Path::new(""), &[SOME_END.to_owned()])
}

/// Tables and keys that say what the numbers of a state are: they cannot change while a run goes on.
const OF_THE_STATE: [&str; 4] = ["flow.", "domain.", "mean.", "numerics.precision"];

/// Of the lines of [`physics_differences`] those that a run cannot go on with, though the user
/// accepts them: what is stored would be another field.
pub fn of_the_state(differences: &[String]) -> Vec<&String> {
    differences.iter().filter(|line| OF_THE_STATE.iter().any(|start| line.starts_with(start))).collect()
}

/// The keys that differ and change the physics or the numbers, a line each: `fluid.viscosity: 0.01 -> 0.02`.
pub fn physics_differences(a: &Case, b: &Case) -> Vec<String> {
    let is_physics = |key: &str| !WITHOUT_EFFECT.iter().any(|start| key.starts_with(start));
    differences(a, b, is_physics)
}

/// The keys that differ and change neither physics nor averages, but are worth a note where a run
/// goes on, a line each.
pub fn noted_differences(a: &Case, b: &Case) -> Vec<String> {
    differences(a, b, |key| NOTED.contains(&key))
}

/// The keys that differ and by which batches of statistics are no longer of one length, a line
/// each; none where no more samples are taken.
pub fn batch_differences(a: &Case, b: &Case) -> Vec<String> {
    let (FlowKind::Channel(a), FlowKind::Channel(b)) = (&a.flow, &b.flow) else { return Vec::new() };
    let (of_a, of_b) = (a.sampling.batches, b.sampling.batches);
    let sampled = [a, b].iter().all(|flow| flow.sampling.schedule != Schedule::default());
    let length = (of_a.length != of_b.length)
        .then(|| format!("output.statistics.batch: {} -> {}", of_a.length, of_b.length));
    let spectra = (of_a.of_spectra != of_b.of_spectra)
        .then(|| format!("output.statistics.spectra_batch: {} -> {}", of_a.of_spectra, of_b.of_spectra));
    length.into_iter().chain(spectra).filter(|_| sampled).collect()
}

/// Of the keys that are `meant`.
fn differences(a: &Case, b: &Case, meant: impl Fn(&str) -> bool) -> Vec<String> {
    let [a, b] =
        [a, b].map(|case| dotted(case).into_iter().filter(|(key, _)| meant(key)).collect::<Vec<_>>());
    let value = |entries: &[(String, String)], key: &str| {
        entries.iter().find(|(other, _)| other == key).map_or("(none)".to_owned(), |(_, value)| value.clone())
    };
    let added = b.iter().filter(|(key, _)| a.iter().all(|(other, _)| other != key));
    let keys = a.iter().chain(added).map(|(key, _)| key);
    let compared = keys.map(|key| (key, value(&a, key), value(&b, key)));
    compared.filter(|(_, a, b)| a != b).map(|(key, a, b)| format!("{key}: {a} -> {b}")).collect()
}

/// All dotted keys, and their values.
fn dotted(case: &Case) -> Vec<(String, String)> {
    let dotted_keys = |(table, entries): (String, Entries)| {
        entries.into_iter().map(move |(key, value)| (format!("{table}.{key}"), value)).collect::<Vec<_>>()
    };
    tables(case).into_iter().flat_map(dotted_keys).collect()
}

/// The keys of one table and their values as TOML has them.
type Entries = Vec<(&'static str, String)>;

/// What a flow adds to the tables that every case has.
struct Own {
    kind: &'static str,
    flow: Entries,
    /// Tables of its own, in the order of the file.
    tables: Vec<(String, Entries)>,
    numerics: Entries,
    time: Entries,
    output: Entries,
}

/// Every table and key that is set, in the order of the file.
fn tables(case: &Case) -> Vec<(String, Entries)> {
    let Case { name: _, flow, domain, fluid, numerics, time, parallel, output, checkpoint } = case;
    let own = match flow {
        FlowKind::Homogeneous(flow) => homogeneous::own(flow),
        FlowKind::Channel(flow) => channel::own(flow),
    };
    let flow = [("kind", quoted(own.kind))].into_iter().chain(own.flow).collect();
    let mut tables = vec![
        ("flow".to_owned(), flow),
        ("domain".to_owned(), vec![("size", array(&domain.size)), ("grid", array(&domain.grid))]),
        ("fluid".to_owned(), vec![("viscosity", number(fluid.viscosity))]),
    ];
    tables.extend(own.tables);
    tables.extend([
        ("numerics".to_owned(), own.numerics.into_iter().chain(self::numerics(numerics)).collect()),
        ("time".to_owned(), own.time.into_iter().chain(self::time(time)).collect()),
        ("parallel".to_owned(), self::parallel(parallel)),
        ("output".to_owned(), self::output(output).into_iter().chain(own.output).collect()),
        ("checkpoint".to_owned(), self::checkpoint(checkpoint)),
    ]);
    tables
}

fn numerics(numerics: &Numerics) -> Entries {
    let Numerics { precision, seed } = numerics;
    vec![("precision", word(PRECISIONS, *precision)), ("seed", seed.to_string())]
}

fn time(time: &Time) -> Entries {
    let Time { step, stop: Stop { end, steps }, retry } = time;
    let mut entries = vec![match step {
        StepSize::Fixed(dt) => ("dt", number(*dt)),
        StepSize::Courant(cfl) => ("cfl", number(*cfl)),
    }];
    entries.extend(end.map(|end| ("end", number(end))));
    entries.extend(steps.map(|steps| ("steps", steps.to_string())));
    entries.extend(retry.map(|Retry { factor, times }| {
        ("retry", inline(&[("factor", number(factor)), ("times", times.to_string())]))
    }));
    entries
}

fn parallel(parallel: &Parallel) -> Entries {
    let Parallel { process_grid, exchange, hang_limit_minutes } = parallel;
    let process_grid = process_grid.map_or_else(|| quoted("auto"), |grid| array(&grid));
    let hang_limit = hang_limit_minutes.map_or_else(|| quoted("never"), number);
    vec![
        ("process_grid", process_grid),
        ("exchange", word(EXCHANGES, *exchange)),
        ("hang_limit_minutes", hang_limit),
    ]
}

fn output(output: &Output) -> Entries {
    let Output { directory, series, spectra, snapshots } = output;
    let mut entries: Entries =
        directory.iter().map(|directory| ("directory", quoted(directory.display()))).collect();
    entries.extend([
        ("series", cadence(*series)),
        ("spectra", cadence(*spectra)),
        ("snapshots", cadence(*snapshots)),
    ]);
    entries
}

fn checkpoint(checkpoint: &Checkpoint) -> Entries {
    let Checkpoint { every_minutes, every_steps, keep, give_up_after_minutes, aggregators } = checkpoint;
    let minutes = |minutes: Option<f64>| minutes.map_or_else(|| quoted("never"), number);
    let mut entries = vec![("every_minutes", minutes(*every_minutes))];
    entries.extend(every_steps.map(|steps| ("every_steps", steps.to_string())));
    entries.push(("keep", keep.to_string()));
    entries.push(("give_up_after_minutes", minutes(*give_up_after_minutes)));
    entries.extend(aggregators.map(|aggregators| ("aggregators", aggregators.to_string())));
    entries
}

fn cadence(cadence: Schedule) -> String {
    inline(&cadence_keys(cadence))
}

fn cadence_keys(cadence: Schedule) -> Entries {
    let steps = cadence.every_steps.map(|steps| ("every_steps", steps.to_string()));
    steps.into_iter().chain(cadence.every_time.map(|time| ("every_time", number(time)))).collect()
}

/// A table in one line.
fn inline(entries: &[(&str, String)]) -> String {
    let set: Vec<String> = entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
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

fn quoted(text: impl ToString) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// The quoted word of a value.
fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> String {
    quoted(words.iter().find(|(_, other)| *other == value).map_or("", |(word, _)| word))
}
