//! A case written out with every default filled in, and the differences between two cases.

use super::general::Case;
use super::keys::Change;
use super::writer::{Line, Section, sections};
use crate::definition::Flows;
use crate::error::Result;
use crate::time::Schedule;
use std::path::Path;

/// Values of required keys that do not belong to the physics of a case.
const SOME_TIME: [&str; 2] = ["time.dt=1", "time.end=0"];

impl Case {
    /// The case as a case file with every key; absent tables, such as `[forcing]`, are left out.
    /// Reading it gives the same case, to the last bit of every number.
    pub fn to_toml(&self) -> String {
        let mut text = format!("# {}: every key of the case, defaults filled in.\n", self.name);
        for Section { name, entries, .. } in sections(self).into_iter().filter(|section| section.is_set) {
            text += &format!("\n[{name}]\n");
            for Line { name, value, .. } in entries.into_iter().filter(|line| line.is_set) {
                text += &format!("{name} = {value}\n");
            }
        }
        text
    }

    /// The same, with every key and table that is not set as a comment.
    pub fn explained(&self) -> String {
        let mut text = format!(
            "# {}: every key of the case, defaults filled in; keys that are not set are comments.\n",
            self.name
        );
        for Section { name, says, is_set, entries } in sections(self) {
            text += &if is_set { format!("\n[{name}]\n") } else { format!("\n# [{name}]  # {says}\n") };
            for Line { name, value, is_set, says, .. } in entries {
                let mark = if is_set { "" } else { "# " };
                let says = if says.is_empty() { says } else { format!("  # {says}") };
                text += &format!("{mark}{name} = {value}{says}\n");
            }
        }
        text
    }
}

/// The name of the case in a text written by [`Case::to_toml`].
pub fn recorded_name(text: &str) -> &str {
    text.strip_prefix("# ").and_then(|text| text.split_once(':')).map_or("case", |(name, _)| name)
}

/// The physics of a case, to which a batch of statistics belongs, as a case file without the keys that
/// a continued run may change. [`read_physics`] reads it.
pub fn physics_text(case: &Case) -> String {
    let mut text = format!("# {}: the physics of the case.\n", case.name);
    for Section { name, entries, .. } in sections(case) {
        let kept: Vec<String> = (entries.iter())
            .filter(|line| line.is_set && is_physics(line.change))
            .map(|Line { name, value, .. }| format!("{name} = {value}\n"))
            .collect();
        if !kept.is_empty() {
            text += &format!("\n[{name}]\n{}", kept.concat());
        }
    }
    text
}

/// Reads a [`physics_text`]; the other keys take their defaults.
///
/// # Errors
/// A text that is not a case, or was written by a newer version.
pub fn read_physics(flows: Flows, text: &str) -> Result<Case> {
    super::parse(flows, "case.toml", text, Path::new(""), &SOME_TIME.map(str::to_owned))
}

/// Returns whether such a key changes the physics or the numerical results of a case.
fn is_physics(change: Change) -> bool {
    matches!(change, Change::Refused | Change::Asked)
}

/// The lines of [`physics_differences`] with which a run cannot continue even if the user accepts
/// them, because the stored state would have another meaning.
pub fn refused_differences(a: &Case, b: &Case) -> Vec<String> {
    differences(a, b, |change| change == Change::Refused)
}

/// The differing keys that change the physics or the numerical results, one line per key:
/// `fluid.viscosity: 0.01 -> 0.02`.
pub fn physics_differences(a: &Case, b: &Case) -> Vec<String> {
    differences(a, b, is_physics)
}

/// The differing keys that change neither physics nor averages but are noted when a run continues,
/// one line per key.
pub fn noted_differences(a: &Case, b: &Case) -> Vec<String> {
    differences(a, b, |change| change == Change::Noted)
}

/// The differing keys that give batches of statistics another length, one line per key; none if no
/// more samples are taken.
pub fn batch_differences(a: &Case, b: &Case) -> Vec<String> {
    let (Some(a), Some(b)) = (a.flow.sampling(), b.flow.sampling()) else { return Vec::new() };
    let (of_a, of_b) = (a.batches, b.batches);
    let sampled = [a, b].iter().all(|sampling| sampling.schedule != Schedule::default());
    let length = (of_a.length != of_b.length)
        .then(|| format!("output.statistics.batch: {} -> {}", of_a.length, of_b.length));
    let spectra = (of_a.of_spectra != of_b.of_spectra)
        .then(|| format!("output.statistics.spectra_batch: {} -> {}", of_a.of_spectra, of_b.of_spectra));
    length.into_iter().chain(spectra).filter(|_| sampled).collect()
}

/// The differing keys whose change is `meant`, one line per key.
fn differences(a: &Case, b: &Case, meant: impl Fn(Change) -> bool) -> Vec<String> {
    let [a, b] = [a, b].map(|case| values(case, &meant));
    let value = |entries: &[(String, String)], key: &str| {
        entries.iter().find(|(other, _)| other == key).map_or("(none)".to_owned(), |(_, value)| value.clone())
    };
    let added = b.iter().filter(|(key, _)| a.iter().all(|(other, _)| other != key));
    let keys = a.iter().chain(added).map(|(key, _)| key);
    let compared = keys.map(|key| (key, value(&a, key), value(&b, key)));
    compared.filter(|(_, a, b)| a != b).map(|(key, a, b)| format!("{key}: {a} -> {b}")).collect()
}

/// The dotted keys whose change is `meant`, and their values.
fn values(case: &Case, meant: impl Fn(Change) -> bool) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for Section { name: table, entries, .. } in sections(case) {
        for Line { name, value, is_set, change, .. } in entries {
            if is_set && meant(change) {
                values.push((format!("{table}.{name}"), value));
            }
        }
    }
    values
}
