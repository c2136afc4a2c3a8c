//! The keys of a homogeneous case. The fields at time zero, the mean flow and the forcing have
//! files of their own.

use std::f64::consts::TAU;
use std::path::Path;

use super::super::reader::Keys;
use super::super::types::*;
use super::super::values::*;
use super::{
    DEALIASINGS, SCHEMES, balance, checkpoint, fields, forcing, mean, numerics, output, parallel, time,
};
use crate::time::{RungeKutta, StepSize};

/// All tables but `[flow]`.
pub fn case(keys: &mut Keys, name: &str, dir: &Path, nonlinear: bool) -> Case {
    let domain = keys.table("domain", domain);
    let fluid = keys.table("fluid", fluid);
    let mean = keys.optional_table("mean", mean::mean).unwrap_or_default();
    let scalars = keys.optional_table("scalar", |keys| fields::scalars(keys, dir)).unwrap_or_default();
    balance::check(keys, &mean, &scalars);
    let forcing =
        keys.optional_table("forcing", |keys| forcing::forcing(keys, nonlinear, mean.gradient)).flatten();
    let initial = keys.table("initial", |keys| fields::initial(keys, dir, nonlinear, fluid.viscosity));
    let (dealiasing, numerics) = keys.table("numerics", |keys| {
        let dealiasing = keys.or("dealiasing", Dealiasing::TwoThirds, one_of(DEALIASINGS));
        (dealiasing, numerics(keys))
    });
    let (scheme, time) = keys.table("time", |keys| stepping(keys, nonlinear));
    Case {
        name: name.to_owned(),
        flow: FlowKind::Homogeneous(Homogeneous {
            nonlinear,
            mean,
            scalars,
            forcing,
            initial,
            dealiasing,
            scheme,
        }),
        domain,
        fluid,
        numerics,
        time,
        parallel: keys.table("parallel", parallel),
        output: keys.table("output", output),
        checkpoint: keys.table("checkpoint", checkpoint),
    }
}

fn domain(keys: &mut Keys) -> Domain {
    Domain {
        size: keys.or("size", [TAU; 3], array(length)),
        grid: keys.required("grid", "[64, 64, 64]", array(grid_points)),
    }
}

fn fluid(keys: &mut Keys) -> Fluid {
    Fluid { viscosity: keys.required("viscosity", "0.005", non_negative) }
}

fn stepping(keys: &mut Keys, nonlinear: bool) -> (RungeKutta, Time) {
    let scheme = keys.or("scheme", RungeKutta::Rk3, one_of(SCHEMES));
    let time = time(keys);
    if !nonlinear && matches!(time.step, StepSize::Courant(_)) {
        keys.problem(
            "cfl",
            "nothing is convected where flow.nonlinear = false",
            "give time.dt in its place, such as dt = 0.01",
        );
    }
    (scheme, time)
}
