//! What keeps the turbulence up.

use super::super::reader::Keys;
use super::super::types::*;
use super::super::values::*;
use super::check_band;

/// `[forcing]`, or nothing where its kind is wrong. `nonlinear` and `gradient` are those of the case.
pub fn forcing(keys: &mut Keys, nonlinear: bool, gradient: Gradient) -> Option<Forcing> {
    let kinds = &[
        "constant-power",
        "ornstein-uhlenbeck",
        "linear",
        "frozen-shells",
        "kolmogorov",
        "taylor-green",
        "abc",
    ];
    let forcing = match keys.variant("kind", kinds) {
        "constant-power" => {
            let power = keys.required("power", "0.1", positive);
            let (k_min, k_max) = band(keys);
            Forcing::ConstantPower { power, k_min, k_max }
        }
        "ornstein-uhlenbeck" => {
            let variance = keys.required("variance", "0.01", positive);
            let correlation_time = keys.required("correlation_time", "1.0", positive);
            let (k_min, k_max) = band(keys);
            Forcing::OrnsteinUhlenbeck { variance, correlation_time, k_min, k_max }
        }
        "linear" => Forcing::Linear { rate: keys.required("rate", "0.1", positive) },
        "frozen-shells" => {
            let (k_min, k_max) = band(keys);
            Forcing::FrozenShells { k_min, k_max }
        }
        "kolmogorov" => Forcing::Body(BodyForce::Kolmogorov {
            amplitude: keys.or("amplitude", 1.0, number),
            wavenumber: wavenumber(keys),
        }),
        "taylor-green" => Forcing::Body(BodyForce::TaylorGreen {
            amplitude: keys.or("amplitude", 1.0, number),
            wavenumber: wavenumber(keys),
        }),
        "abc" => Forcing::Body(BodyForce::Abc {
            a: keys.or("a", 1.0, number),
            b: keys.or("b", 1.0, number),
            c: keys.or("c", 1.0, number),
            wavenumber: wavenumber(keys),
        }),
        _ => return None,
    };
    if !nonlinear {
        keys.problem(
            "kind",
            "a linear run takes no forcing",
            "remove [forcing], or set flow.nonlinear = true",
        );
    }
    if gradient != Gradient::None {
        // The box and its wavenumbers move with the mean flow.
        let help = "remove [mean], or choose constant-power, ornstein-uhlenbeck or linear";
        match forcing {
            Forcing::Body(_) => keys.problem(
                "kind",
                "a steady force needs a box at rest, and this mean flow deforms it",
                help,
            ),
            Forcing::FrozenShells { .. } => keys.problem(
                "kind",
                "shells of constant energy need a box at rest, and this mean flow deforms it",
                help,
            ),
            Forcing::ConstantPower { .. } | Forcing::OrnsteinUhlenbeck { .. } | Forcing::Linear { .. } => {}
        }
    }
    Some(forcing)
}

/// `k_min` and `k_max`.
fn band(keys: &mut Keys) -> (f64, f64) {
    let k_min = keys.or("k_min", 0.0, non_negative);
    let k_max = keys.required("k_max", "2.5", positive);
    check_band(keys, k_min, k_max, "the force acts on the modes between k_min and k_max");
    (k_min, k_max)
}

fn wavenumber(keys: &mut Keys) -> usize {
    keys.or("wavenumber", 1, at_least(1))
}
