//! Runs as members of an ensemble: the same case, begun differently.

use super::Recorded;
use crate::case::{self, Case};
use crate::error::{Error, Result};

/// Keys in which members differ.
const MAY_DIFFER: [&str; 2] = ["numerics.seed", "initial."];

/// What two members must not differ in, one line for each key.
pub fn differences(a: &Case, b: &Case) -> Vec<String> {
    let all = case::physics_differences(a, b).into_iter().chain(case::noted_differences(a, b));
    all.filter(|line| !MAY_DIFFER.iter().any(|key| line.starts_with(key))).collect()
}

/// Checks that runs are members of one ensemble.
///
/// # Errors
/// Cases that differ in more than the seed and the initial field; two runs of the same realisation.
pub fn require(members: &[Recorded]) -> Result<()> {
    let case = |member: &Recorded| member.case.as_ref().map_err(Clone::clone).cloned();
    let first = case(&members[0])?;
    let shown = |member: &Recorded| member.dir.display().to_string();
    for member in &members[1..] {
        let differences = differences(&first, &case(member)?);
        if !differences.is_empty() {
            return Err(Error::input(format!(
                "members of an ensemble differ in numerics.seed and [initial] alone, but {} and {} differ in\n  \
                 {}",
                shown(&members[0]),
                shown(member),
                differences.join("\n  ")
            )));
        }
    }
    for (i, member) in members.iter().enumerate() {
        if let Some(other) = members[..i].iter().find(|other| are_alike(other, member)) {
            return Err(Error::input(format!(
                "{} and {} are the same realisation: their series are equal. Members begin from random \
                 fields of different numerics.seed; from a field that is not random there is only one",
                shown(other),
                shown(member)
            )));
        }
    }
    Ok(())
}

/// Whether two series have the same energies after their first samples.
fn are_alike(one: &Recorded, other: &Recorded) -> bool {
    let energy = |run: &Recorded| run.series.find("energy").map(<[f64]>::to_vec).unwrap_or_default();
    let (one, other) = (energy(one), energy(other));
    one.len().min(other.len()) > 1 && one.iter().zip(&other).all(|(a, b)| a == b)
}
