//! Every key of the case file with its default and what it may be: here what every flow has, and
//! which flow it is.

mod balance;
mod channel;
mod drive;
mod fields;
mod forcing;
mod homogeneous;
mod mean;

use std::path::{Path, PathBuf};

use super::document::{Node, Table};
use super::problems::Problem;
use super::reader::Keys;
use super::types::*;
use super::values::*;
use crate::parallel::Method;
use crate::time::{RungeKutta, Schedule, StepSize};

pub const DEALIASINGS: &[(&str, Dealiasing)] = &[
    ("two-thirds", Dealiasing::TwoThirds),
    ("phase-shift", Dealiasing::PhaseShift),
    ("phase-shift-exact", Dealiasing::PhaseShiftExact),
];
pub const PRECISIONS: &[(&str, Precision)] = &[("double", Precision::Double), ("single", Precision::Single)];
pub const SCHEMES: &[(&str, RungeKutta)] =
    &[("rk2", RungeKutta::Rk2), ("rk3", RungeKutta::Rk3), ("rk4", RungeKutta::Rk4)];
pub const RESCALES: &[(&str, Rescale)] =
    &[("spectrum", Rescale::Spectrum), ("energy", Rescale::Energy), ("nothing", Rescale::Nothing)];
pub const WALL_SIDES: &[(&str, WallSide)] =
    &[("lower", WallSide::Lower), ("upper", WallSide::Upper), ("both", WallSide::Both)];
pub const EIGENFAMILIES: &[(&str, Eigenfamily)] =
    &[("orr-sommerfeld", Eigenfamily::OrrSommerfeld), ("squire", Eigenfamily::Squire)];
pub const EXCHANGES: &[(&str, Method)] = &[("all-to-all", Method::AllToAll), ("pairwise", Method::Pairwise)];

/// The flow that the other tables are read for.
enum Flow {
    Channel,
    Homogeneous { nonlinear: bool },
}

/// The case `name` that the tree holds, to be used only where no problem was added. Files are
/// relative to `dir`.
pub fn case(name: &str, dir: &Path, root: &Table, problems: &mut Vec<Problem>) -> Option<Case> {
    Keys::root(root, problems, |keys| match keys.table("flow", flow) {
        Some(Flow::Channel) => Some(channel::case(keys, name, dir)),
        Some(Flow::Homogeneous { nonlinear }) => Some(homogeneous::case(keys, name, dir, nonlinear)),
        None => {
            // The rest means something else in another flow.
            keys.ignore_others();
            None
        }
    })
}

/// The equations, and whether they have their nonlinear terms; nothing where the kind is not a word known.
fn flow(keys: &mut Keys) -> Option<Flow> {
    match keys.variant("kind", &["homogeneous", "channel"]) {
        "channel" => Some(Flow::Channel),
        "" if keys.has("kind") => None,
        _ => Some(Flow::Homogeneous { nonlinear: keys.or("nonlinear", true, boolean) }),
    }
}

fn numerics(keys: &mut Keys) -> Numerics {
    Numerics {
        precision: keys.or("precision", Precision::Double, one_of(PRECISIONS)),
        seed: keys.or("seed", 1, integer),
    }
}

fn time(keys: &mut Keys) -> Time {
    let step = match keys.exactly_one(&["dt", "cfl"], "dt = 0.01 or cfl = 0.5") {
        Some("cfl") => StepSize::Courant(keys.or("cfl", 0.0, positive)),
        _ => StepSize::Fixed(keys.or("dt", 0.0, positive)),
    };
    let stop = Stop { end: keys.optional("end", non_negative), steps: keys.optional("steps", integer) };
    if !keys.has("end") && !keys.has("steps") {
        keys.missing(&["end", "steps"], "end = 10.0 or steps = 100");
    }
    let retry = keys.optional_table("retry", |keys| Retry {
        factor: keys.or("factor", 0.5, shrinking),
        times: keys.or("times", 3, at_least(1)),
    });
    Time { step, stop, retry }
}

/// 0 < factor < 1.
fn shrinking(node: &Node) -> Read<f64> {
    match positive(node)? {
        factor if factor < 1.0 => Ok(factor),
        _ => node.wrong("must be less than 1"),
    }
}

fn parallel(keys: &mut Keys) -> Parallel {
    Parallel {
        process_grid: keys.or("process_grid", None, word_or("auto", array(at_least(1)))),
        exchange: keys.or("exchange", Method::AllToAll, one_of(EXCHANGES)),
        hang_limit_minutes: keys.or("hang_limit_minutes", Some(30.0), word_or("never", positive)),
    }
}

fn output(keys: &mut Keys) -> Output {
    Output {
        directory: keys.optional("directory", |node| text(node).map(PathBuf::from)),
        series: cadence(keys, "series", Schedule { every_steps: Some(10), every_time: None }),
        spectra: cadence(keys, "spectra", Schedule::default()),
        snapshots: cadence(keys, "snapshots", Schedule::default()),
    }
}

fn cadence(keys: &mut Keys, key: &'static str, default: Schedule) -> Schedule {
    keys.optional_table(key, cadence_keys).unwrap_or(default)
}

fn cadence_keys(keys: &mut Keys) -> Schedule {
    Schedule {
        every_steps: keys.optional("every_steps", at_least(1)),
        every_time: keys.optional("every_time", positive),
    }
}

fn checkpoint(keys: &mut Keys) -> Checkpoint {
    Checkpoint {
        every_minutes: keys.or("every_minutes", Some(30.0), word_or("never", positive)),
        every_steps: keys.optional("every_steps", at_least(1)),
        keep: keys.or("keep", 2, at_least(1)),
        give_up_after_minutes: keys.or("give_up_after_minutes", Some(120.0), word_or("never", non_negative)),
        aggregators: keys.optional("aggregators", at_least(1)),
    }
}

/// The limits of a band of wavenumbers must ascend; `help` says what the band is.
fn check_band(keys: &mut Keys, k_min: f64, k_max: f64, help: &str) {
    // A limit that could not be read is zero.
    if k_max > 0.0 && k_max <= k_min {
        keys.problem("k_max", &format!("must be greater than k_min = {k_min}"), help);
    }
}
