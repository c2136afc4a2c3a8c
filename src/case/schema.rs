//! Every key of the case file with its default and what it may be.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use super::document::{Node, Table};
use super::problems::Problem;
use super::reader::Keys;
use super::types::*;
use super::values::*;
use crate::parallel::Method;
use crate::time::{RungeKutta, Schedule, StepSize};

pub const DEALIASINGS: &[(&str, Dealiasing)] =
    &[("two-thirds", Dealiasing::TwoThirds), ("phase-shift", Dealiasing::PhaseShift), ("phase-shift-exact", Dealiasing::PhaseShiftExact)];
pub const PRECISIONS: &[(&str, Precision)] = &[("double", Precision::Double), ("single", Precision::Single)];
pub const SCHEMES: &[(&str, RungeKutta)] = &[("rk2", RungeKutta::Rk2), ("rk3", RungeKutta::Rk3), ("rk4", RungeKutta::Rk4)];
pub const EXCHANGES: &[(&str, Method)] = &[("all-to-all", Method::AllToAll), ("pairwise", Method::Pairwise)];

/// The case `name` that the tree holds, to be used only where no problem was added. Files are relative to `dir`.
pub fn case(name: &str, dir: &Path, root: &Table, problems: &mut Vec<Problem>) -> Option<Case> {
    Keys::root(root, problems, |keys| {
        let Some(flow) = keys.table("flow", flow) else {
            // The rest means something else in another flow.
            keys.ignore_others();
            return None;
        };
        Some(Case {
            name: name.to_owned(),
            flow,
            nonlinear: true,
            domain: keys.table("domain", domain),
            fluid: keys.table("fluid", fluid),
            mean: Mean::default(),
            scalars: Vec::new(),
            forcing: None,
            initial: keys.table("initial", |keys| initial(keys, dir)),
            numerics: keys.table("numerics", numerics),
            time: keys.table("time", time),
            parallel: keys.table("parallel", parallel),
            output: keys.table("output", output),
            checkpoint: keys.table("checkpoint", checkpoint),
        })
    })
}

fn flow(keys: &mut Keys) -> Option<FlowKind> {
    if keys.variant("kind", &["homogeneous", "channel"]) == "channel" {
        keys.problem("kind", "this version has the homogeneous flow only", "set kind = \"homogeneous\"");
        keys.ignore_others();
        return None;
    }
    Some(FlowKind::Homogeneous)
}

fn domain(keys: &mut Keys) -> Domain {
    Domain { size: keys.or("size", [TAU; 3], array(length)), grid: keys.required("grid", "[64, 64, 64]", array(grid_points)) }
}

fn fluid(keys: &mut Keys) -> Fluid {
    Fluid { viscosity: keys.required("viscosity", "0.005", non_negative) }
}

fn initial(keys: &mut Keys, dir: &Path) -> Initial {
    match keys.variant("kind", &["taylor-green", "abc", "mode", "random"]) {
        "abc" => Initial::Abc {
            a: keys.or("a", 1.0, number),
            b: keys.or("b", 1.0, number),
            c: keys.or("c", 1.0, number),
            wavenumber: keys.or("wavenumber", 1, at_least(1)),
        },
        "mode" => Initial::Mode {
            wavenumber: keys.required("wavenumber", "[1, 0, 0]", mode_labels),
            amplitude: keys.required("amplitude", "[0.0, 1.0, 0.0]", array(number)),
            phase: keys.or("phase", 0.0, number),
        },
        "random" => random(keys, dir),
        _ => Initial::TaylorGreen { amplitude: keys.or("amplitude", 1.0, number), dimensions: keys.or("dimensions", 3, two_or_three) },
    }
}

fn random(keys: &mut Keys, dir: &Path) -> Initial {
    let spectrum = match keys.variant("spectrum", &["passot-pouquet", "von-karman-pao", "power", "table"]) {
        "von-karman-pao" => {
            Spectrum::VonKarmanPao { peak_wavenumber: keys.required("peak_wavenumber", "4.0", positive), kolmogorov_length: None }
        }
        "power" => {
            let exponent = keys.required("exponent", "-1.6667", number);
            let k_min = keys.required("k_min", "1.0", positive);
            let k_max = keys.required("k_max", "16.0", positive);
            // A limit that could not be read is zero.
            if k_min > 0.0 && k_max > 0.0 && k_max <= k_min {
                keys.problem("k_max", &format!("must be greater than k_min = {k_min}"), "E(k) lies between k_min and k_max");
            }
            Spectrum::Power { exponent, k_min, k_max }
        }
        "table" => {
            let table = match keys.exactly_one(&["file", "table"], "file = \"spectrum.dat\" or table = [[1.0, 0.2], [2.0, 0.1]]") {
                Some("table") => keys.or("table", Vec::new(), spectrum_rows),
                _ => keys.or("file", Vec::new(), |node| spectrum_file(node, dir)),
            };
            Spectrum::Table { table }
        }
        _ => Spectrum::PassotPouquet { peak_wavenumber: keys.required("peak_wavenumber", "4.0", positive) },
    };
    let energy = keys.optional("energy", positive);
    if energy.is_none() && !keys.has("energy") && !matches!(spectrum, Spectrum::Table { .. }) {
        keys.missing(&["energy"], "energy = 0.5");
    }
    Initial::Random { energy, spectrum, develop: None }
}

fn numerics(keys: &mut Keys) -> Numerics {
    Numerics {
        dealiasing: keys.or("dealiasing", Dealiasing::TwoThirds, one_of(DEALIASINGS)),
        precision: keys.or("precision", Precision::Double, one_of(PRECISIONS)),
        seed: keys.or("seed", 1, integer),
    }
}

fn time(keys: &mut Keys) -> Time {
    let scheme = keys.or("scheme", RungeKutta::Rk3, one_of(SCHEMES));
    let step = match keys.exactly_one(&["dt", "cfl"], "dt = 0.01 or cfl = 0.5") {
        Some("cfl") => StepSize::Courant(keys.or("cfl", 0.0, positive)),
        _ => StepSize::Fixed(keys.or("dt", 0.0, positive)),
    };
    let stop = Stop { end: keys.optional("end", non_negative), steps: keys.optional("steps", integer) };
    if !keys.has("end") && !keys.has("steps") {
        keys.missing(&["end", "steps"], "end = 10.0 or steps = 100");
    }
    Time { scheme, step, stop }
}

fn parallel(keys: &mut Keys) -> Parallel {
    Parallel {
        process_grid: keys.or("process_grid", None, word_or("auto", array(at_least(1)))),
        exchange: keys.or("exchange", Method::AllToAll, one_of(EXCHANGES)),
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
    if !keys.has(key) {
        return default;
    }
    keys.table(key, |keys| Schedule {
        every_steps: keys.optional("every_steps", at_least(1)),
        every_time: keys.optional("every_time", positive),
    })
}

fn checkpoint(keys: &mut Keys) -> Checkpoint {
    Checkpoint {
        every_minutes: keys.or("every_minutes", Some(30.0), word_or("never", positive)),
        every_steps: keys.optional("every_steps", at_least(1)),
        keep: keys.or("keep", 2, at_least(1)),
    }
}

fn mode_labels(node: &Node) -> Read<[i64; 3]> {
    match array(integer)(node)? {
        [0, 0, 0] => node.wrong("at least one of the labels must not be zero"),
        labels => Ok(labels),
    }
}

fn two_or_three(node: &Node) -> Read<usize> {
    match integer(node)? {
        dimensions @ (2 | 3) => Ok(dimensions),
        _ => node.wrong("must be 2 or 3"),
    }
}
