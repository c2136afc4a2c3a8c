//! The resolution of a channel, in wall units of its nominal friction velocity, compared with published
//! channels.

use super::Parameters;
use super::statistics::Content;
use crate::case::{Batches, Case, Sampling, Stop};
use crate::channel::case::{Channel, ChannelInitial, Nominal};
use crate::chebyshev::Points;
use crate::plan::{Row, limits, precision, until};
use crate::statistics::Axis;
use crate::time::{Schedule, StepSize};
use crate::transform::{Shape, Truncation};
use std::f64::consts::PI;

/// Coarsest spacings without a warning, in wall units: name, limit, and the values of published
/// channels.
const LIMITS: [(&str, f64, &str); 4] = [
    (
        "dx+ of the modes",
        18.0,
        "Moser, Kim & Mansour (1999) have 17.7 at Re_tau = 180, Kim, Moin & Moser (1987) and Hoyas & Jimenez \
         (2006) 12",
    ),
    ("dz+ of the modes", 8.0, "Kim, Moin & Moser (1987) have 7, Hoyas & Jimenez (2006) 6"),
    ("dy+ at the walls", 0.5, "Kim, Moin & Moser (1987) have 0.05"),
    ("dy+ in the centre", 10.0, "Kim, Moin & Moser (1987) have 4.4, Hoyas & Jimenez (2006) 8.9"),
];

/// Largest fluctuation of a velocity, over u_tau, and the distance from the wall of the largest one
/// normal to it, in wall units: for the step.
const FLUCTUATION: f64 = 4.0;
const FLUCTUATION_HEIGHT: f64 = 50.0;

/// Velocity of the centre over that of the bulk, in turbulence.
const CENTRE: f64 = 1.15;

/// Lines for the table.
pub fn rows(case: &Case, flow: &Channel) -> Vec<Row> {
    let nominal = flow.nominal(case.fluid.viscosity);
    let Nominal { friction_velocity, bulk_velocity } = nominal;
    let wall_unit = case.fluid.viscosity / friction_velocity;
    let relative = bulk_velocity - flow.walls.mean_velocity();
    let [observer, laboratory] = match flow.walls.velocity {
        [0.0, 0.0] => [""; 2],
        [lower, upper] if lower == upper => ["; U_b is relative to the walls", " in the laboratory"],
        _ => ["; U_b is relative to the mean of the walls", " in the laboratory"],
    };
    let [nx, ny, nz] = case.domain.grid;
    let [mx, mz] = largest_labels(case);
    let spacing = Spacing::new(case);
    let in_y = if flow.dealiase_y { ", and two thirds of the polynomials in y" } else { "" };
    let [lx, ly, lz] = case.domain.size.map(|length| length / wall_unit);
    let plus = |length: f64| length / wall_unit;
    let mut rows = vec![
        ("case", format!("{}, channel flow, valid", case.name)),
        (
            "Reynolds numbers",
            format!(
                "Re_tau {:.1}, U_b h/nu {:.1}, nominal{observer}",
                1.0 / wall_unit,
                relative.abs() / case.fluid.viscosity
            ),
        ),
        (
            "velocities",
            format!(
                "u_tau {friction_velocity:.4}, U_b {bulk_velocity:.4}{laboratory}, frame {:.4}",
                flow.frame_velocity
            ),
        ),
        ("box", format!("{lx:.0} x {ly:.0} x {lz:.0} wall units")),
        ("grid", format!("{nx} x {ny} x {nz} points")),
        (
            "modes",
            format!(
                "{} x {ny} x {} (two-thirds: |n_x| <= {mx}, |n_z| <= {mz}){in_y}",
                2 * mx + 1,
                2 * mz + 1
            ),
        ),
        (
            "spacing in x, z",
            format!(
                "modes dx+ {:.2}, dz+ {:.2}; points {:.2}, {:.2}",
                plus(spacing.modes[0]),
                plus(spacing.modes[1]),
                plus(spacing.points[0]),
                plus(spacing.points[1])
            ),
        ),
        (
            "spacing in y",
            format!("dy+ {:.3} at the walls, {:.2} in the centre", plus(spacing.wall), plus(spacing.centre)),
        ),
    ];
    let [lower, upper] = flow.walls.velocity;
    if lower != upper {
        let half = 0.5 * (upper - lower).abs();
        rows.push((
            "walls",
            format!("U_w h/nu {:.1}, where U_w is half their difference", half / case.fluid.viscosity),
        ));
    }
    rows.extend(flow.walls.oscillation.map(|wall| {
        let [amplitude, period] =
            [wall.amplitude / friction_velocity, wall.period * friction_velocity / wall_unit];
        ("oscillation", format!("W+ {amplitude:.2}, T+ {period:.1}"))
    }));
    if flow.rotation != 0.0 && relative != 0.0 {
        rows.push(("rotation", format!("2 Omega h/U_b {:.4}", 2.0 * flow.rotation / relative)));
    }
    rows.push(("step", step(case, flow, &spacing, nominal)));
    let parameters = Parameters::new(case, flow);
    rows.extend(limits::rows(case, &parameters.rates(), &parameters.stability()));
    rows.extend(precision::rows(case, fixed_step(case)));
    rows.extend(averages(case, flow, parameters.batch_numbers()));
    rows.extend(warnings(flow, &spacing, wall_unit).into_iter().map(|warning| ("warning", warning)));
    rows
}

/// The length of the steps, if the case gives it.
fn fixed_step(case: &Case) -> Option<f64> {
    if let StepSize::Fixed(dt) = case.time.step { Some(dt) } else { None }
}

/// Describes the averages, in batches of `numbers` numbers.
fn averages(case: &Case, flow: &Channel, numbers: usize) -> Vec<Row> {
    let Sampling { schedule, from, batches: Batches { length, .. } } = flow.sampling;
    if schedule == Schedule::default() {
        return Vec::new();
    }
    let size = (size_of::<f64>() * numbers) as f64 / 1e6;
    let mut text = format!("from t = {from} in batches of {length}, {size:.1} MB each");
    let mut rows = Vec::new();
    if let (Some(whole), Some(end)) = (batches(case, flow), case.time.stop.end) {
        text += &format!("; {whole} whole until t = {end}");
        if whole < 5 {
            let help = "sampling errors need 5 whole batches and 5 h/u_tau: a later time.end, or a shorter \
                output.statistics.batch";
            rows.push(("warning", help.to_owned()));
        }
    }
    rows.insert(0, ("averages", text));
    rows.extend(plane_spectra(case, flow).map(|places| ("2-D spectra", places)));
    rows
}

/// Describes where two-dimensional spectra are sampled.
fn plane_spectra(case: &Case, flow: &Channel) -> Option<String> {
    let Content { planes, points, .. } = Parameters::new(case, flow).content();
    let y = Points::new(points).y;
    let wall_unit = case.fluid.viscosity / flow.nominal(case.fluid.viscosity).friction_velocity;
    // The upper half; the lower one is alike.
    let upper = planes.iter().map(|j| y[*j]).filter(|y| *y >= -f64::EPSILON);
    let places: Vec<String> = upper.map(|y| format!("{:.3}", (1.0 - y) / wall_unit)).collect();
    (!places.is_empty()).then(|| format!("at y+ = {}, near both walls, nominal", places.join(", ")))
}

/// The number of whole batches until the end of the run, if that is a time.
fn batches(case: &Case, flow: &Channel) -> Option<u64> {
    whole_batches(flow, case.time.stop.end?)
}

/// The most batches that there can be at the end of the run: no more than steps, and until its time; none if
/// neither is known.
pub fn most_batches(case: &Case, flow: &Channel) -> Option<u64> {
    let Stop { end, steps } = case.time.stop;
    let of_steps = steps.zip(fixed_step(case)).map(|(steps, dt)| steps as f64 * dt);
    let until = end.into_iter().chain(of_steps).reduce(f64::min);
    let whole = until.and_then(|until| whole_batches(flow, until)).map(|whole| whole + 1);
    whole.into_iter().chain(steps).min()
}

/// The number of whole batches until a time; none if nothing is sampled.
fn whole_batches(flow: &Channel, until: f64) -> Option<u64> {
    let Sampling { schedule, from, batches } = flow.sampling;
    let axis = Axis::new(batches.length);
    let [first, last] = [axis.first_from(from), axis.batch_from(until)];
    (schedule != Schedule::default()).then(|| last.saturating_sub(first))
}

/// Largest n_x and n_z that are kept.
fn largest_labels(case: &Case) -> [usize; 2] {
    let truncation = Truncation { grid: case.domain.grid, shape: Shape::TwoThirds };
    [truncation.nx_max(), truncation.nz_max(0)]
}

/// Spacings of the grid.
struct Spacing {
    /// In x and z, as if the retained modes were points, as is usual in publications.
    modes: [f64; 2],
    points: [f64; 2],
    /// Of the points `y_j = cos(pi j / (N_y - 1))`.
    wall: f64,
    centre: f64,
    /// pi / (N_y - 1).
    angle: f64,
}

impl Spacing {
    fn new(case: &Case) -> Self {
        let [size, grid] = [
            [case.domain.size[0], case.domain.size[2]],
            [case.domain.grid[0] as f64, case.domain.grid[2] as f64],
        ];
        let labels = largest_labels(case);
        let angle = PI / (case.domain.grid[1] - 1) as f64;
        Self {
            modes: [0, 1].map(|i| size[i] / (2 * labels[i] + 1) as f64),
            points: [0, 1].map(|i| size[i] / grid[i]),
            wall: 1.0 - angle.cos(),
            centre: angle.sin(),
            angle,
        }
    }

    /// The spacing at this distance from the wall, at most that in the centre.
    fn at(&self, distance: f64) -> f64 {
        let y = 1.0 - distance.min(1.0);
        self.angle * (1.0 - y * y).sqrt()
    }
}

/// dt, or an estimate of it from the nominal velocities.
fn step(case: &Case, flow: &Channel, spacing: &Spacing, nominal: Nominal) -> String {
    let until = until(case);
    let number = match case.time.step {
        StepSize::Fixed(dt) => return format!("dt = {dt}, {until}"),
        StepSize::Courant(number) => number,
    };
    let [lower, upper] = flow.walls.velocity;
    let middle = flow.walls.mean_velocity();
    let centre = middle + CENTRE * (nominal.bulk_velocity - middle);
    let convection =
        [lower, centre, upper].iter().map(|u| (u - flow.frame_velocity).abs()).fold(0.0, f64::max);
    let fluctuation = FLUCTUATION * nominal.friction_velocity;
    let height = FLUCTUATION_HEIGHT * case.fluid.viscosity / nominal.friction_velocity;
    let rate =
        convection / spacing.points[0] + fluctuation / spacing.at(height) + fluctuation / spacing.points[1];
    if rate > 0.0 {
        format!("dt about {:.2e} where fluctuations reach {FLUCTUATION} u_tau, {until}", number / rate)
    } else {
        format!("cfl = {number}, {until}")
    }
}

/// Warnings about spacings coarser than in published channels. A laminar flow has no wall units.
fn warnings(flow: &Channel, spacing: &Spacing, wall_unit: f64) -> Vec<String> {
    match &flow.initial {
        ChannelInitial::Laminar | ChannelInitial::Eigenmode { .. } => return Vec::new(),
        ChannelInitial::File { .. } | ChannelInitial::Turbulent { .. } => {}
    }
    let found =
        [spacing.modes[0], spacing.modes[1], spacing.wall, spacing.centre].map(|length| length / wall_unit);
    let coarse = LIMITS.iter().zip(found).filter(|((_, limit, _), found)| found > limit);
    coarse
        .map(|((what, _, published), found)| format!("{what} is {found:.2}, which is coarse: {published}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Row, rows};
    use crate::case::{self, Case};
    use crate::channel::Parameters;
    use crate::channel::case::Channel;
    use std::path::Path;

    /// Re_tau = 180 in the box and on the modes of Moser, Kim & Mansour (1999).
    fn case(overrides: &[&str]) -> (Case, Channel) {
        let text = "flow.kind = \"channel\"\ndomain = \
            { size = [\"4 pi\", 2, \"4/3 pi\"], grid = [192, 129, 192] }\nfluid.reynolds_tau = 180\n\
                    drive.kind = \"pressure-gradient\"\ninitial.kind = \"turbulent\"\ntime = \
                    { cfl = 0.8, end = 10.0 }\n";
        let overrides: Vec<String> = overrides.iter().map(|set| set.to_string()).collect();
        let case = case::parse(crate::FLOWS, "case.toml", text, Path::new(""), &overrides)
            .unwrap_or_else(|error| panic!("{error}"));
        let flow = case.flow.of::<Channel>().unwrap().clone();
        (case, flow)
    }

    fn of(overrides: &[&str]) -> Vec<Row> {
        let (case, flow) = case(overrides);
        rows(&case, &flow)
    }

    fn row(overrides: &[&str], name: &str) -> String {
        let found: Vec<String> =
            of(overrides).into_iter().filter(|(other, _)| *other == name).map(|(_, text)| text).collect();
        found.join("; ")
    }

    #[test]
    fn spacings_are_in_wall_units() {
        assert_eq!(row(&[], "Reynolds numbers"), "Re_tau 180.0, U_b h/nu 2819.3, nominal");
        assert_eq!(row(&[], "box"), "2262 x 360 x 754 wall units");
        assert_eq!(row(&[], "modes"), "127 x 129 x 127 (two-thirds: |n_x| <= 63, |n_z| <= 63)");
        // Moser, Kim & Mansour: 17.7, 5.9; 0.054, 4.4 at Re_tau = 178, with one mode more.
        assert_eq!(row(&[], "spacing in x, z"), "modes dx+ 17.81, dz+ 5.94; points 11.78, 3.93");
        assert_eq!(row(&[], "spacing in y"), "dy+ 0.054 at the walls, 4.42 in the centre");
        assert_eq!(row(&[], "warning"), "");
        // What the drive says counts, not how the fluid is given.
        let twice = ["drive.gradient=4", "domain.grid=[384, 257, 384]"];
        assert_eq!(row(&twice, "spacing in y"), "dy+ 0.027 at the walls, 4.42 in the centre");
        assert!(row(&twice, "Reynolds numbers").starts_with("Re_tau 360.0, "));
        let flux = ["fluid.reynolds_bulk=2819.3", "drive={ kind = 'mass-flux' }"];
        assert_eq!(row(&flux, "Reynolds numbers"), "Re_tau 180.0, U_b h/nu 2819.3, nominal");
        assert_eq!(row(&flux, "spacing in y"), "dy+ 0.054 at the walls, 4.42 in the centre");
    }

    #[test]
    fn batches_of_averages_are_counted_and_too_few_are_warned_of() {
        // 52 profiles, 5 spectra over 64 k_x and 64 k_z and three mean profiles at 129 y.
        let numbers = 129 * (52 + 5 * 128 + 3);
        let (case, flow) = case(&[]);
        assert_eq!(Parameters::new(&case, &flow).batch_numbers(), numbers);
        let each = 8.0 * numbers as f64 / 1e6;
        let of = |sets: &[&str]| row(sets, "averages");
        assert_eq!(of(&[]), format!("from t = 0 in batches of 1, {each:.1} MB each; 10 whole until t = 10"));
        assert!(
            of(&["output.statistics={ from = 0.95, batch = 0.3 }"]).ends_with("; 29 whole until t = 10"),
            "from 1.2 to 9.9"
        );
        assert_eq!(of(&["output.statistics={}"]), "");
        assert_eq!(row(&["output.statistics.from=5"], "warning"), "");
        assert!(
            row(&["output.statistics.from=5.5"], "warning")
                .starts_with("sampling errors need 5 whole batches")
        );
    }

    #[test]
    fn coarse_grids_are_warned_of_one_by_one() {
        for (grid, what) in [
            ("[189, 129, 192]", "dx+ of the modes is 18.10, which is coarse: Moser, Kim & Mansour"),
            ("[192, 129, 140]", "dz+ of the modes is 8.11, which is coarse: Kim, Moin & Moser"),
            ("[192, 41, 192]", "dy+ at the walls is 0.55, which is coarse: Kim, Moin & Moser"),
        ] {
            let found = row(&[&format!("domain.grid={grid}")], "warning");
            assert!(found.starts_with(what), "{found}");
        }
        let centre = row(
            &[
                "domain.grid=[1152, 577, 1152]",
                "fluid.reynolds_tau=2000",
                "domain.size=['4 pi', 2, '4/3 pi']",
            ],
            "warning",
        );
        assert!(
            centre.ends_with(
                "dy+ in the centre is 10.91, which is coarse: Kim, Moin & Moser (1987) have \
                4.4, Hoyas & Jimenez (2006) 8.9"
            ),
            "{centre}"
        );
        let coarse = "domain.grid=[16, 9, 16]";
        assert_eq!(of(&[coarse]).iter().filter(|(name, _)| *name == "warning").count(), 4);
        // Wall units of a turbulent flow say nothing of a laminar one.
        assert_eq!(row(&[coarse, "initial={ kind = 'laminar' }"], "warning"), "");
        assert_eq!(row(&[coarse, "initial={ kind = 'eigenmode', wavenumber = [1, 0] }"], "warning"), "");
    }

    #[test]
    fn what_walls_and_rotation_do_is_said() {
        assert_eq!(
            row(&["walls.oscillation={ amplitude = 12, period = 0.5 }"], "oscillation"),
            "W+ 12.00, T+ 90.0"
        );
        let couette = ["fluid.viscosity=0.001", "drive.gradient=0", "walls.velocity=[-1, 1.6]"];
        assert_eq!(row(&couette, "walls"), "U_w h/nu 1300.0, where U_w is half their difference");
        assert_eq!(row(&couette, "velocities"), "u_tau 0.0793, U_b 0.3000 in the laboratory, frame 0.3000");
        assert_eq!(
            row(&couette, "Reynolds numbers"),
            "Re_tau 79.3, U_b h/nu 0.0, nominal; U_b is relative to the mean of the walls"
        );
        let flux = ["drive={ kind = 'mass-flux', bulk_velocity = 10, rotation = 5 }"];
        assert_eq!(row(&flux, "rotation"), "2 Omega h/U_b 1.0000");
        // The same flow, seen by another observer.
        let moving =
            ["drive={ kind = 'mass-flux', bulk_velocity = 13, rotation = 5 }", "walls.velocity=[3, 3]"];
        assert_eq!(row(&moving, "rotation"), row(&flux, "rotation"));
        assert_eq!(
            row(&moving, "Reynolds numbers"),
            row(&flux, "Reynolds numbers") + "; U_b is relative to the walls"
        );
        assert_eq!(row(&moving, "step"), row(&flux, "step"));
        assert_eq!(row(&[], "rotation") + &row(&[], "walls") + &row(&[], "oscillation"), "");
    }

    #[test]
    fn the_step_is_estimated_or_given() {
        assert_eq!(row(&["time.dt=0.001"], "step"), "dt = 0.001, until time 10");
        assert_eq!(
            row(&["time.steps=7"], "step"),
            "dt about 1.22e-3 where fluctuations reach 4 u_tau, until time 10 or step 7"
        );
        // Nothing moves: no step can be guessed.
        assert_eq!(row(&["drive.gradient=0"], "step"), "cfl = 0.8, until time 10");
        // In the frame at rest the fluid crosses more cells a time.
        let at_rest = row(&["numerics.frame_velocity=0"], "step");
        assert!(at_rest.starts_with("dt about 1.1"), "{at_rest}");
    }
}
