//! The keys of a channel. Its drive, which hangs on how the fluid is given, has a file of its own.

use std::path::Path;

use super::super::document::Node;
use super::super::nominal::nominal;
use super::super::reader::Keys;
use super::super::types::*;
use super::super::values::*;
use super::{
    EIGENFAMILIES, WALL_SIDES, cadence_keys, checkpoint, drive, fields, numerics, output, parallel, time,
};
use crate::time::Schedule;

/// Samples of the statistics where the case does not say.
const STATISTICS: Schedule = Schedule { every_steps: Some(10), every_time: None };

/// All tables but `[flow]`.
pub fn case(keys: &mut Keys, name: &str, dir: &Path) -> Case {
    let domain = keys.table("domain", domain);
    let (fluid, scale) = keys.table("fluid", drive::fluid);
    let (mut drive, rotation, by_default) = keys.table("drive", |keys| drive::drive(keys, scale));
    let walls = keys.optional_table("walls", |keys| walls(keys, domain.grid)).unwrap_or_else(|| Walls {
        velocity: [0.0; 2],
        oscillation: None,
        transpiration: Vec::new(),
    });
    if let (Drive::MassFlux { bulk_velocity }, true) = (&mut drive, by_default) {
        *bulk_velocity += walls.mean_velocity();
    }
    let scalars = keys.optional_table("scalar", scalars).unwrap_or_default();
    let initial = keys.table("initial", |keys| initial(keys, dir, domain.grid));
    let (dealiase_y, frame_velocity, numerics) = keys.table("numerics", |keys| {
        // The only word. `grid` counts the points at which products are taken, so that the
        // two-thirds rule on them is the 3/2 rule on the modes: 192 points carry the 127 modes |n|
        // < 64, and products of these are free of aliasing.
        keys.or("dealiasing", (), one_of(&[("two-thirds", ())]));
        let dealiase_y = keys.or("dealiase_y", false, boolean);
        let frame = keys.or("frame_velocity", None, word_or("auto", number));
        (dealiase_y, frame.unwrap_or(nominal(drive, &walls, fluid.viscosity).bulk_velocity), numerics(keys))
    });
    let time = keys.table("time", |keys| {
        // The only word: explicit for products and implicit for viscosity (Spalart, Moser & Rogers 1991).
        keys.or("scheme", (), one_of(&[("rk3", ())]));
        time(keys)
    });
    let parallel = keys.table("parallel", parallel);
    let length = batch_length(nominal(drive, &walls, fluid.viscosity).friction_velocity, walls.oscillation);
    let (output, sampling) = keys.table("output", |keys| (output(keys), sampling(keys, length)));
    let flow = Channel { drive, rotation, walls, frame_velocity, scalars, initial, dealiase_y, sampling };
    Case {
        name: name.to_owned(),
        flow: FlowKind::Channel(flow),
        domain,
        fluid,
        numerics,
        time,
        parallel,
        output,
        checkpoint: keys.table("checkpoint", checkpoint),
    }
}

fn domain(keys: &mut Keys) -> Domain {
    Domain {
        size: keys.required("size", "[\"4 pi\", 2, \"4/3 pi\"]", each([length, height, length])),
        grid: keys.required("grid", "[192, 129, 192]", each([grid_points, wall_grid_points, grid_points])),
    }
}

fn height(node: &Node) -> Read<f64> {
    match length(node)? {
        2.0 => Ok(2.0),
        _ => Err(vec![
            node.problem("the height of a channel is 2")
                .help("lengths are in half-heights: the walls are at y = -1 and y = 1"),
        ]),
    }
}

fn walls(keys: &mut Keys, grid: [usize; 3]) -> Walls {
    Walls {
        velocity: keys.or("velocity", [0.0; 2], array(number)),
        oscillation: keys.optional_table("oscillation", |keys| Oscillation {
            amplitude: keys.required("amplitude", "12.0", number),
            period: keys.required("period", "0.5", positive),
        }),
        transpiration: keys.tables("transpiration", |keys| Transpiration {
            wall: keys.or("wall", WallSide::Both, one_of(WALL_SIDES)),
            amplitude: keys.required("amplitude", "0.1", number),
            wavenumber: keys.required("wavenumber", "[1, 0]", |node| {
                labels(
                    node,
                    grid,
                    "this has a net flux through the wall",
                    "at least one of n_x, n_z must not be 0",
                )
            }),
            phase: keys.or("phase", 0.0, number),
        }),
    }
}

/// n_x, n_z: not both zero, for which `zero` and `help` say why, and kept on this grid.
fn labels(node: &Node, grid: [usize; 3], zero: &str, help: &str) -> Read<[i64; 2]> {
    let labels = array(integer::<i64>)(node)?;
    if labels == [0, 0] {
        return Err(vec![node.problem(zero).help(help)]);
    }
    let largest = [grid[0], grid[2]].map(|points| (points.max(1) - 1) / 3);
    // A grid that could not be read is zero.
    if grid[0] > 0 && labels.iter().zip(largest).any(|(n, largest)| n.unsigned_abs() > largest as u64) {
        let [nx, nz] = largest;
        let problem =
            node.problem(format!("the grid does not keep this mode: only |n_x| <= {nx} and |n_z| <= {nz}"));
        return Err(vec![problem.help(
            "a smaller wavenumber, or a larger domain.grid: modes below a third of the points are kept",
        )]);
    }
    Ok(labels)
}

/// `[scalar]`, whose tables are the scalars.
fn scalars(keys: &mut Keys) -> Vec<ChannelScalar> {
    let mut scalars = Vec::new();
    for name in keys.names() {
        fields::check_name(keys, name);
        scalars.push(keys.table(name, |keys| ChannelScalar {
            name: name.to_owned(),
            schmidt: keys.or("schmidt", 1.0, positive),
            boundary: boundary(keys),
        }));
    }
    scalars
}

fn boundary(keys: &mut Keys) -> ScalarBoundary {
    match keys.exactly_one(&["values", "source"], "values = [-1.0, 1.0] or source = 1.0") {
        Some("source") => ScalarBoundary::Source { rate: keys.or("source", 1.0, non_zero) },
        _ => {
            let [lower, upper] = keys.or("values", [0.0; 2], array(number));
            ScalarBoundary::Values { lower, upper }
        }
    }
}

fn initial(keys: &mut Keys, dir: &Path, grid: [usize; 3]) -> ChannelInitial {
    match keys.variant("kind", &["turbulent", "laminar", "eigenmode", "file"]) {
        "turbulent" => ChannelInitial::Turbulent { amplitude: keys.or("amplitude", 0.1, non_negative) },
        "eigenmode" => ChannelInitial::Eigenmode {
            family: keys.or("family", Eigenfamily::OrrSommerfeld, one_of(EIGENFAMILIES)),
            wavenumber: keys.required("wavenumber", "[1, 0]", |node| {
                labels(
                    node,
                    grid,
                    "the mean flow has no eigenmodes",
                    "at least one of n_x, n_z must not be 0",
                )
            }),
            index: keys.or("index", 0, integer),
            amplitude: keys.or("amplitude", 1e-4, non_zero),
        },
        "file" => ChannelInitial::File { path: fields::checkpoint_file(keys, dir) },
        _ => ChannelInitial::Laminar,
    }
}

/// The length of batches where the case does not say: h / u_tau to three digits; where the walls
/// oscillate, the nearest whole number of periods, at least one.
fn batch_length(friction_velocity: f64, oscillation: Option<Oscillation>) -> f64 {
    let is_time = |time: &f64| time.is_finite() && *time > 0.0;
    // A fluid that nothing drives has no time of its own, nor has a case that could not be read.
    let length = Some(to_digits(1.0 / friction_velocity, 3)).filter(is_time);
    let whole = |period: f64| to_digits((length.unwrap_or(period) / period).round().max(1.0) * period, 12);
    let periods = oscillation.map(|wall| whole(wall.period)).filter(is_time);
    periods.or(length).unwrap_or(1.0)
}

/// A number with so many decimal digits.
fn to_digits(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}

/// `statistics`, where `{}` is never, and the other keys alone have the usual cadence.
fn sampling(keys: &mut Keys, batch_length: f64) -> Sampling {
    let given = keys.optional_table("statistics", |keys| {
        let cadence = cadence_keys(keys);
        let from = keys.or("from", 0.0, non_negative);
        let batches = Batches {
            length: keys.or("batch", batch_length, positive),
            of_spectra: keys.or("spectra_batch", 1, at_least(1)),
        };
        let named = ["from", "batch", "spectra_batch"].iter().any(|key| keys.has(key));
        let schedule = if named && cadence == Schedule::default() { STATISTICS } else { cadence };
        Sampling { schedule, from, batches }
    });
    given.unwrap_or(Sampling {
        schedule: STATISTICS,
        from: 0.0,
        batches: Batches { length: batch_length, of_spectra: 1 },
    })
}
