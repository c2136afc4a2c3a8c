//! The case of the plane channel and the declaration of its keys. The walls are at y = -1 and y = 1,
//! x is streamwise, y wall-normal, z spanwise; x and z are periodic, and lengths are in half-heights.
//! The drive and the fluid, on which it depends, the walls and the statistics have files of their own.

mod drive;
mod initial;
mod nominal;
mod sampling;
mod walls;

use std::path::Path;

use crate::case::Sampling;
use crate::case::codec::*;
use crate::case::document::Node;
use crate::case::general::*;
use crate::case::keys::{Change, Form, Head, Key, Keys, Variant, variant};
use crate::case::lengths::{grid_points, length, wall_grid_points};
use crate::case::scalar::{check_name, schmidt};

pub use drive::Drive;
pub use initial::{ChannelInitial, Eigenfamily};
pub use nominal::{Nominal, nominal};
pub use sampling::Details;
pub use walls::{Oscillation, Transpiration, WallSide, Walls};

#[cfg(test)]
pub mod tests;

#[cfg(test)]
pub use nominal::{bulk_reynolds, friction_reynolds};

/// The part of a case that is specific to this flow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Channel {
    pub drive: Drive,
    /// Angular velocity Omega of the frame about z, in radians per unit of time.
    pub rotation: f64,
    pub walls: Walls,
    /// Velocity along x of the frame of computation: the equations do not depend on it, but the length
    /// of the steps does. Case, statistics and output are in the laboratory frame.
    pub frame_velocity: f64,
    /// Scalars, in alphabetical order of their names.
    pub scalars: Vec<ChannelScalar>,
    pub initial: ChannelInitial,
    /// Whether only 2/3 of the Chebyshev polynomials are kept; products are evaluated on all N_y
    /// points.
    pub dealiase_y: bool,
    pub sampling: Sampling,
    pub details: Details,
}

/// A passive scalar: `d theta/dt + u.grad theta = nu/Sc lap theta + source`; it starts from the
/// profile of pure conduction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelScalar {
    /// As for a scalar of a homogeneous case.
    pub name: String,
    /// nu over the diffusivity, > 0.
    pub schmidt: f64,
    pub boundary: ScalarBoundary,
}

/// The source of the mean gradient of a scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScalarBoundary {
    /// Values at the walls.
    Values { lower: f64, upper: f64 },
    /// A uniform source, with 0 at both walls.
    Source { rate: f64 },
}

impl Default for ScalarBoundary {
    fn default() -> Self {
        Self::Values { lower: 0.0, upper: 0.0 }
    }
}

const BOUNDARIES: &[Variant<ScalarBoundary>] = &[
    variant!("values", "Given values at the walls.", ScalarBoundary::Values { lower, upper }),
    variant!("source", "A uniform source, and 0 at both walls.", ScalarBoundary::Source { rate }),
];

/// Visits the tables from `[domain]` to `[output]`.
pub fn visit(keys: &mut Keys, flow: &mut Channel, general: General, dir: &Path) {
    let General { domain, fluid, numerics, time, parallel, output } = general;
    let Channel { drive, rotation, walls, frame_velocity, scalars, initial, .. } = flow;
    let Channel { dealiase_y, sampling, details, .. } = flow;
    self::domain(keys, domain);
    let scale = drive::fluid(keys, fluid);
    let is_default = drive::visit(keys, drive, rotation, scale);
    walls::visit(keys, walls, domain.grid);
    if let (Drive::MassFlux { bulk_velocity }, true) = (&mut *drive, is_default) {
        *bulk_velocity += walls.mean_velocity();
    }
    self::scalars(keys, scalars);
    keys.table(Head::new("initial", "Velocity at time zero; scalars start from pure conduction."), |keys| {
        initial::visit(keys, initial, dir, domain.grid);
    });
    let nominal = nominal(*drive, walls, fluid.viscosity);
    keys.table(Head::new("numerics", NUMERICS), |keys| {
        // `grid` is the number of points at which products are evaluated, so that the two-thirds rule
        // on the points is the 3/2 rule on the modes: 192 points carry the 127 modes |n| < 64, whose
        // products are free of aliasing.
        let key = Key::or("dealiasing", one_of(&[("two-thirds", ())]), ());
        keys.key(&mut (), key.says("Removal of aliasing errors of products in x and z."));
        let key = Key::or("dealiase_y", boolean(), false);
        keys.key(dealiase_y, key.says("Whether only two thirds of the Chebyshev polynomials in y are kept."));
        self::frame_velocity(keys, frame_velocity, nominal);
        self::numerics(keys, numerics);
    });
    keys.table(Head::new("time", TIME), |keys| {
        let key = Key::or("scheme", one_of(&[("rk3", ())]), ());
        let says = "Scheme of Spalart, Moser & Rogers (1991): explicit for products, implicit for viscosity.";
        keys.key(&mut (), key.says(says));
        self::time(keys, time);
    });
    self::parallel(keys, parallel);
    keys.table(Head::new("output", OUTPUT).change(Change::Free), |keys| {
        self::output(keys, output);
        sampling::visit(keys, sampling, details, walls, (nominal, fluid.viscosity));
    });
}

fn domain(keys: &mut Keys, domain: &mut Domain) {
    let says = "Box and grid, in the order x, y, z; lengths are in half-heights.";
    keys.table(Head::new("domain", says).change(Change::Refused), |keys| {
        let size = Key::required("size", each([length(), height(), length()]), "[\"4 pi\", 2, \"4/3 pi\"]");
        keys.key(
            &mut domain.size,
            size.unit("half-heights")
                .says("Size of the box: numbers, or products with pi such as \"4/3 pi\"; 2 in y."),
        );
        let grid = each([grid_points(), wall_grid_points(), grid_points()]);
        let grid = Key::required("grid", grid, "[192, 129, 192]");
        let says =
            "Grid points at which products are evaluated; prime factors of N_x, N_y - 1, N_z: 2, 3, 5, 7.";
        keys.key(&mut domain.grid, grid.says(says));
    });
}

fn height() -> Codec<f64> {
    let check = |node: &Node, length| match length {
        2.0 => Ok(2.0),
        _ => Err(vec![
            node.problem("the height of a channel is 2")
                .help("lengths are in half-heights: the walls are at y = -1 and y = 1"),
        ]),
    };
    length()
        .checked(check)
        .described("2", serde_json::json!({ "anyOf": [{ "const": 2 }, { "type": "string" }] }))
}

/// Visits `frame_velocity`: `"auto"` in a file becomes a number once the drive is known.
fn frame_velocity(keys: &mut Keys, frame_velocity: &mut f64, nominal: Nominal) {
    let mut given = Some(*frame_velocity);
    let key = Key::or("frame_velocity", word_or("auto", number()), None).unit("velocity");
    let says = "Velocity along x of the frame of computation, which affects only the length of the steps; \
        output is in the laboratory frame; \"auto\" is the bulk velocity.";
    keys.key(&mut given, key.says(says));
    *frame_velocity = given.unwrap_or(nominal.bulk_velocity);
}

/// Visits `[scalar]`, whose tables are the scalars.
fn scalars(keys: &mut Keys, scalars: &mut Vec<ChannelScalar>) {
    let head = Head::new("scalar", "Passive scalar of this name.").form(Form::Named);
    let start = |name: &str| ChannelScalar { name: name.to_owned(), ..ChannelScalar::default() };
    keys.named(
        scalars,
        head,
        start,
        |scalar| &scalar.name,
        |scalar, keys| {
            schmidt(keys, &mut scalar.schmidt);
            let example = "values = [-1.0, 1.0] or source = 1.0";
            keys.one_of_keys(&mut scalar.boundary, example, BOUNDARIES, |boundary, _, keys| match boundary {
                ScalarBoundary::Values { lower, upper } => {
                    let mut values = [*lower, *upper];
                    let key = Key::required("values", array(number()), "[-1.0, 1.0]").unit("scalar");
                    keys.key(
                        &mut values,
                        key.says("Values at the lower and at the upper wall; excludes source."),
                    );
                    [*lower, *upper] = values;
                }
                ScalarBoundary::Source { rate } => {
                    let key = Key::required("source", non_zero(), "1.0").unit("scalar / time");
                    keys.key(rate, key.says("Uniform source, with 0 at both walls; excludes values."));
                }
            });
        },
    );
    for scalar in scalars {
        check_name(keys, &scalar.name);
    }
}
