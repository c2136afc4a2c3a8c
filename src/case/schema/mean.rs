//! The mean flow.

use super::super::document::Node;
use super::super::reader::Keys;
use super::super::types::*;
use super::super::values::*;

/// Relative error up to which a matrix counts as traceless or symmetric: round-off of numbers that
/// were typed.
pub const ROUND_OFF: f64 = 1e-12;

/// `[mean]`.
pub fn mean(keys: &mut Keys) -> Mean {
    let at_rest = Mean::default();
    let kinds = &[
        "none",
        "shear",
        "plane-strain",
        "axisymmetric-contraction",
        "axisymmetric-expansion",
        "rotation",
        "gradient",
    ];
    let kind = keys.variant("kind", kinds);
    let gradient = match kind {
        "shear" => Gradient::Shear { rate: keys.required("rate", "1.0", non_zero) },
        "plane-strain" => Gradient::PlaneStrain { rate: strain(keys) },
        "axisymmetric-contraction" => Gradient::AxisymmetricContraction { rate: strain(keys) },
        "axisymmetric-expansion" => Gradient::AxisymmetricExpansion { rate: strain(keys) },
        "gradient" => Gradient::General(keys.required(
            "gradient",
            "[[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]",
            incompressible,
        )),
        _ => Gradient::None,
    };
    let rotation = match kind {
        "none" => {
            if keys.has("rotation") {
                keys.problem(
                    "rotation",
                    "a mean flow of kind \"none\" does not rotate",
                    "set kind = \"rotation\", or remove rotation",
                );
            }
            at_rest.rotation
        }
        "rotation" => keys.required("rotation", "[0.0, 0.0, 0.5]", some_rotation),
        _ => keys.or("rotation", at_rest.rotation, array(number)),
    };
    let schedule = match gradient {
        Gradient::None => at_rest.schedule,
        _ => keys.or("schedule", at_rest.schedule, schedule),
    };
    Mean { gradient, rotation, schedule }
}

fn strain(keys: &mut Keys) -> f64 {
    keys.required("rate", "1.0", positive)
}

/// A gradient with no divergence.
fn incompressible(node: &Node) -> Read<[[f64; 3]; 3]> {
    let gradient = array(array(number))(node)?;
    let trace = gradient[0][0] + gradient[1][1] + gradient[2][2];
    match largest(gradient.as_flattened()) {
        0.0 => Err(vec![
            node.problem("at least one of the numbers must not be 0")
                .help("a fluid at rest has kind = \"none\""),
        ]),
        scale if trace.abs() <= ROUND_OFF * scale => Ok(gradient),
        _ => {
            let problem = node
                .problem(format!("the diagonal adds up to {trace}: this mean flow is not incompressible"));
            Err(vec![problem.help("the diagonal of dU_i/dx_j must add up to 0")])
        }
    }
}

fn some_rotation(node: &Node) -> Read<[f64; 3]> {
    match array(number)(node)? {
        [0.0, 0.0, 0.0] => Err(vec![
            node.problem("at least one of the numbers must not be 0")
                .help("a fluid at rest has kind = \"none\""),
        ]),
        rotation => Ok(rotation),
    }
}

/// Rows of a time and a factor.
fn schedule(node: &Node) -> Read<Vec<(f64, f64)>> {
    let rows = pairs(node, "an array of rows [time, factor]")?;
    let wrong = |message: String| {
        Err(vec![node.problem(message).help("for instance schedule = [[0.0, 1.0], [2.0, 0.0]]")])
    };
    if rows.first().is_none_or(|(time, _)| *time != 0.0) {
        return wrong("the first row must have the time 0".to_owned());
    }
    for (n, (_, factor)) in rows.iter().enumerate() {
        if n > 0 && rows[n].0 <= rows[n - 1].0 {
            return wrong(format!("row {}: times must ascend", n + 1));
        }
        if *factor < 0.0 {
            return wrong(format!("row {}: a factor must not be negative", n + 1));
        }
    }
    Ok(rows)
}

pub fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}
