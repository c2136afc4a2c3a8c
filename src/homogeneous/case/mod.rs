//! The case of homogeneous turbulence in a triply periodic box, and the declaration of its keys. The
//! mean flow, the scalars, the forcing and the initial velocity have files of their own.

mod balance;
mod forcing;
mod initial;
mod mean;
mod scalar;
mod spectrum;

use std::f64::consts::TAU;
use std::path::Path;

use crate::case::codec::*;
use crate::case::general::*;
use crate::case::keys::{Change, Head, Key, Keys};
use crate::case::lengths::{grid_points, length};
use crate::time::{RungeKutta, StepSize};

pub use forcing::{BodyForce, Forcing};
pub use initial::{Develop, Initial, Rescale};
pub use mean::{Gradient, Mean};
pub use scalar::{Scalar, ScalarInitial};
pub use spectrum::Spectrum;

#[cfg(test)]
mod tests;

/// The part of a case that is specific to this flow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Homogeneous {
    /// Whether products of fluctuations are computed; without them, the run is rapid distortion
    /// theory.
    pub nonlinear: bool,
    pub mean: Mean,
    /// Scalars, in alphabetical order of their names.
    pub scalars: Vec<Scalar>,
    pub forcing: Option<Forcing>,
    pub initial: Initial,
    pub dealiasing: Dealiasing,
    pub scheme: RungeKutta,
}

/// Removal of aliasing errors of products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dealiasing {
    /// Truncation to |n| < N/3 in each direction; exact.
    #[default]
    TwoThirds,
    /// A randomly shifted grid in each stage, truncation to an ellipsoid of radius sqrt(2)/3 N.
    PhaseShift,
    /// The same truncation, products evaluated on both grids in every stage.
    PhaseShiftExact,
}

const DEALIASINGS: &[(&str, Dealiasing)] = &[
    ("two-thirds", Dealiasing::TwoThirds),
    ("phase-shift", Dealiasing::PhaseShift),
    ("phase-shift-exact", Dealiasing::PhaseShiftExact),
];
const SCHEMES: &[(&str, RungeKutta)] =
    &[("rk2", RungeKutta::Rk2), ("rk3", RungeKutta::Rk3), ("rk4", RungeKutta::Rk4)];

/// Visits the keys of `[flow]`.
pub fn equations(keys: &mut Keys, flow: &mut Homogeneous) {
    keys.key(
        &mut flow.nonlinear,
        Key::or("nonlinear", boolean(), true)
            .says("Whether products of fluctuations are computed; false gives rapid distortion theory."),
    );
}

/// Visits the tables from `[domain]` to `[output]`.
pub fn visit(keys: &mut Keys, flow: &mut Homogeneous, general: General, dir: &Path) {
    let General { domain, fluid, numerics, time, parallel, output } = general;
    let Homogeneous { nonlinear, mean, scalars, forcing, initial, dealiasing, scheme } = flow;
    keys.table(Head::new("domain", "Box and grid, in the order x, y, z.").change(Change::Refused), |keys| {
        let size =
            Key::or("size", array(length()), [TAU; 3]).unit("length").by_default("2 pi in each direction");
        keys.key(
            &mut domain.size,
            size.says("Size of the box: numbers, or products with pi such as \"4/3 pi\"."),
        );
        let grid = Key::required("grid", array(grid_points()), "[64, 64, 64]");
        keys.key(&mut domain.grid, grid.says("Grid points; prime factors 2, 3, 5 and 7 only."));
    });
    keys.table(Head::new("fluid", "Properties of the fluid."), |keys| {
        let viscosity = Key::required("viscosity", non_negative(), "0.005").unit("length^2 / time");
        keys.key(&mut fluid.viscosity, viscosity.says("Kinematic viscosity."));
    });
    mean::visit(keys, mean);
    scalar::visit(keys, scalars, dir);
    balance::check(keys, mean, scalars);
    let head = Head::new("forcing", "Forcing that sustains the turbulence; none if the table is absent.");
    keys.optional(forcing, head, Forcing::default(), |forcing, keys| {
        forcing::visit(keys, forcing, *nonlinear, mean.gradient);
    });
    keys.table(Head::new("initial", "Velocity at time zero."), |keys| {
        initial::visit(keys, initial, dir, *nonlinear, fluid.viscosity);
    });
    keys.table(Head::new("numerics", NUMERICS), |keys| {
        let key = Key::or("dealiasing", one_of(DEALIASINGS), Dealiasing::TwoThirds);
        keys.key(dealiasing, key.says("Removal of aliasing errors of products."));
        self::numerics(keys, numerics);
    });
    keys.table(Head::new("time", TIME), |keys| {
        let key = Key::or("scheme", one_of(SCHEMES), RungeKutta::Rk3);
        keys.key(scheme, key.says("Runge-Kutta scheme; its order is its number."));
        self::time(keys, time);
        if !*nonlinear && matches!(time.step, StepSize::Courant(_)) {
            keys.problem(
                &["cfl"],
                "nothing is convected where flow.nonlinear = false",
                "give time.dt in its place, such as dt = 0.01",
            );
        }
    });
    self::parallel(keys, parallel);
    keys.table(Head::new("output", OUTPUT).change(Change::Free), |keys| self::output(keys, output));
}
