//! The effect of a mean flow on the box until the end of the run.

use super::super::{MeanFlow, Wavenumbers};
use crate::case::Case;
use crate::homogeneous::case::{Gradient, Mean};
use crate::plan::Row;
use crate::transform::Truncation;

/// Numbers from which on an exponent is easier to read.
const MANY: f64 = 1e9;

/// Lines for the table: name and value. None for a fluid at rest.
pub fn rows(case: &Case, mean: &Mean, truncation: &Truncation) -> Vec<Row> {
    let Mean { gradient, rotation, .. } = mean;
    let flow = MeanFlow::new(mean, case.domain.size);
    let mut rows = Vec::new();
    if *gradient != Gradient::None {
        let text = if flow.is_remeshed() {
            remeshes(case, &flow)
        } else if flow.stretches_along_axes() {
            strain(case, truncation, &flow)
        } else {
            "a general gradient: the axes of the box turn and stretch, and it is never remeshed".to_owned()
        };
        rows.push(("mean flow", text));
    }
    if let [_, jumps @ ..] = &mean.schedule[..]
        && !jumps.is_empty()
    {
        let times: Vec<String> = jumps.iter().map(|(time, _)| time.to_string()).collect();
        rows.push(("jumps", format!("a step ends where the gradient changes, at t = {}", times.join(", "))));
    }
    let omega = rotation.iter().map(|omega| omega * omega).sum::<f64>().sqrt();
    if omega > 0.0 {
        rows.push(("rotation", format!("one turn in {:.4}", std::f64::consts::TAU / omega)));
    }
    rows
}

/// Describes the remeshes of a sheared box, at tilts `S theta L_y / L_x` of 1/2, 3/2, ..
fn remeshes(case: &Case, flow: &MeanFlow) -> String {
    let aspect = case.domain.size[0] / case.domain.size[1];
    let tilts = flow.tilts().abs();
    let each = format!(
        "shear, remeshed at S t = {:.4} and then every {aspect:.4}, or {:.4} in time at the full rate",
        0.5 * aspect,
        1.0 / tilts
    );
    match case.time.stop.end {
        Some(end) => format!(
            "{each}: {} times until the end, at S t = {}",
            count(flow.remeshes(end) as f64, tilts * flow.theta(end)),
            decimal(tilts * aspect * flow.theta(end))
        ),
        None => each,
    }
}

/// Formats a count: exactly, or approximately if it is large.
fn count(exact: f64, about: f64) -> String {
    if about < MANY { exact.to_string() } else { format!("{about:.2e}") }
}

fn decimal(x: f64) -> String {
    if x.abs() < MANY { format!("{x:.4}") } else { format!("{x:.3e}") }
}

/// The sides of the box at the end are `L_i / B_ii`.
fn strain(case: &Case, truncation: &Truncation, flow: &MeanFlow) -> String {
    let Some(end) = case.time.stop.end else {
        return "strain; with time.end this line says what the box is like at the end".to_owned();
    };
    let mut wavenumbers = Wavenumbers::new(case.domain.size, truncation);
    wavenumbers.deformation = flow.deformation(end, end);
    let is_box = wavenumbers.deformation.as_flattened().iter().all(|b| b.is_normal() || *b == 0.0)
        && wavenumbers.largest() > 0.0;
    if !is_box {
        return format!("strain: no box is left at time {end}, the end of the run");
    }
    let side = |i: usize| case.domain.size[i] / wavenumbers.deformation[i][i];
    let spacing = |i: usize| side(i) / case.domain.grid[i] as f64;
    format!(
        "strain: at the end the box is {:.4} x {:.4} x {:.4}, spacing {:.4}, {:.4}, {:.4}, k_max {:.4}",
        side(0),
        side(1),
        side(2),
        spacing(0),
        spacing(1),
        spacing(2),
        wavenumbers.largest()
    )
}

#[cfg(test)]
mod tests {
    use super::{Row, rows};
    use crate::case;
    use crate::homogeneous::Parameters;
    use std::path::Path;

    fn of(text: &str) -> Vec<Row> {
        let text = format!(
            "flow.kind = \"homogeneous\"\ndomain = \
             {{ grid = [64, 32, 32], size = [\"4 pi\", \"2 pi\", \"2 pi\"] }}\nfluid.viscosity = 0.01\n\
             initial = {{ kind = \"taylor-green\" }}\ntime.dt = 0.01\n{text}"
        );
        let end = if text.contains("time.end") { Vec::new() } else { vec!["time.end=1.0".to_owned()] };
        let case = case::parse(crate::FLOWS, "case.toml", &text, Path::new(""), &end)
            .unwrap_or_else(|error| panic!("{error}"));
        let Some(flow) = case.flow.of::<crate::homogeneous::case::Homogeneous>() else {
            panic!("not homogeneous")
        };
        rows(&case, &flow.mean, &Parameters::new(&case, flow).truncation())
    }

    #[test]
    fn a_shear_is_remeshed_whenever_the_box_is_tilted_by_a_half() {
        // Remeshes at S t = 1, 3, 5, ..
        for (rate, count) in [(0.99, 0), (1.01, 1), (-2.99, 1), (10.0, 5)] {
            let [(_, text)] = &of(&format!("mean = {{ kind = \"shear\", rate = {rate} }}"))[..] else {
                panic!("not one line")
            };
            assert!(text.contains("remeshed at S t = 1.0000 and then every 2.0000"), "{text}");
            assert!(
                text.contains(&format!(": {count} times until the end, at S t = {:.4}", f64::abs(rate))),
                "{text}"
            );
        }
        let scheduled =
            of("mean = { kind = \"shear\", rate = 4.0, schedule = [[0.0, 0.0], [0.5, 2.0], [0.8, 0.0]] }");
        assert!(scheduled[0].1.ends_with("1 times until the end, at S t = 2.4000"), "{scheduled:?}");
        assert_eq!(
            scheduled[1],
            ("jumps", "a step ends where the gradient changes, at t = 0.5, 0.8".to_owned())
        );
    }

    #[test]
    fn an_end_that_is_never_reached_is_no_trouble() {
        let [(_, text)] = &of("mean = { kind = \"shear\", rate = 2.0 }\ntime.end = 1e20")[..] else {
            panic!("not one line")
        };
        assert!(text.ends_with(": 1.00e20 times until the end, at S t = 2.000e20"), "{text}");
        let [(_, text)] = &of("mean = { kind = \"plane-strain\", rate = 2.0 }\ntime.end = 1e20")[..] else {
            panic!("not one line")
        };
        assert_eq!(text, "strain: no box is left at time 100000000000000000000, the end of the run");
    }

    #[test]
    fn a_strain_stretches_the_box_and_its_cells() {
        let rows = of("mean = { kind = \"plane-strain\", rate = 0.6931471805599453 }");
        // Along x, 21 modes of 4 pi that is 8 pi at the end; those along y are finer, and those
        // along z have 10 modes of 2 pi.
        let expected = "strain: at the end the box is 25.1327 x 3.1416 x 6.2832, spacing 0.3927, 0.0982, \
            0.1963, k_max 5.2500";
        assert_eq!(rows, [("mean flow", expected.to_owned())]);
    }

    #[test]
    fn a_rotation_has_its_period() {
        assert_eq!(
            of("mean = { kind = \"rotation\", rotation = [3.0, 0.0, -4.0] }"),
            [("rotation", "one turn in 1.2566".to_owned())]
        );
        assert_eq!(of(""), []);
    }
}
