//! Mean flow, rotation and scalars of the homogeneous flow against exact solutions and rapid
//! distortion theory, on several ranks.

mod balances;
mod closed_forms;
mod isotropic;
mod modes;
mod points;
mod remesh;
mod schedule;

use crate::collective::{Check, Outcome};
use crate::ensure;
use crate::exact::{C, Equations, Vector, Wave, ZERO};
use crate::flows::{advance, labels, larger, observed, started};
use rogallo::flow::Flow;
use rogallo::homogeneous::case::{Initial, Mean, Scalar, ScalarInitial};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::World;
use rogallo::transform::Values;
use std::collections::HashMap;
use std::f64::consts::TAU;

pub static CHECKS: [Check; 22] = [
    Check { name: "the_closed_forms_solve_the_equations", ranks: &[1], run: closed_forms::solve },
    Check { name: "strain_of_one_mode_is_exact_at_any_step", ranks: &[1, 3], run: modes::strain },
    Check { name: "strain_in_oblique_axes_is_exact_at_any_step", ranks: &[2], run: modes::oblique_strain },
    Check { name: "shear_of_one_mode", ranks: &[1, 3], run: modes::shear },
    Check { name: "rotation_of_one_mode", ranks: &[1, 3], run: modes::rotation },
    Check { name: "rotating_shear_of_one_mode", ranks: &[2], run: modes::rotating_shear },
    Check { name: "any_gradient_and_rotation_of_one_mode", ranks: &[2], run: modes::general },
    Check { name: "scalar_of_one_mode", ranks: &[2], run: modes::scalar },
    Check { name: "internal_wave_of_one_mode", ranks: &[2], run: modes::internal_wave },
    Check { name: "a_general_gradient_is_the_preset_it_equals", ranks: &[2], run: modes::presets },
    Check { name: "modes_go_through_remeshes", ranks: &[1, 3], run: remesh::retained },
    Check { name: "modes_that_leave_at_a_remesh_are_gone", ranks: &[1, 3], run: remesh::dropped },
    Check { name: "points_of_a_sheared_box_are_upright", ranks: &[1, 3], run: points::sheared },
    Check { name: "points_of_a_strained_box_stretch", ranks: &[1, 3], run: points::strained },
    Check { name: "strain_then_relaxation", ranks: &[2], run: schedule::strain },
    Check { name: "shear_by_a_schedule", ranks: &[2], run: schedule::shear },
    Check { name: "isotropic_turbulence_in_shear", ranks: &[2], run: isotropic::shear },
    Check { name: "isotropic_turbulence_in_plane_strain", ranks: &[2], run: isotropic::plane },
    Check { name: "isotropic_turbulence_in_axisymmetric_strain", ranks: &[2], run: isotropic::axisymmetric },
    Check { name: "energy_balance_holds_at_the_order", ranks: &[2], run: balances::energy },
    Check { name: "energy_balance_holds_across_remeshes", ranks: &[2], run: balances::across_remeshes },
    Check { name: "velocity_stays_solenoidal", ranks: &[2], run: balances::divergence },
];

/// The equations of a mode in the flow of these parameters, with its first scalar if there is one.
fn equations(parameters: &Parameters) -> Equations {
    let Parameters { mean: Mean { gradient, rotation, .. }, viscosity, scalars, .. } = parameters;
    let of_flow = Equations {
        gradient: gradient.matrix(),
        rotation: *rotation,
        viscosity: *viscosity,
        ..Equations::default()
    };
    match &scalars[..] {
        [] => of_flow,
        [scalar, ..] => Equations {
            diffusivity: viscosity / scalar.schmidt,
            scalar_gradient: scalar.gradient,
            buoyancy: scalar.buoyancy,
            ..of_flow
        },
    }
}

const AMPLITUDE: f64 = 0.3;
const PHASE: f64 = 0.4;
const SCALAR_AMPLITUDE: f64 = 0.2;
const SCALAR_PHASE: f64 = -1.1;

/// A velocity of one mode, and the wave that it is: `a cos(k.x + phase)` is
/// `a/2 exp(i phase) exp(i k.x)` and its conjugate.
fn one_mode(parameters: &Parameters, label: [i64; 3]) -> (Initial, Wave) {
    let k: Vector = std::array::from_fn(|i| TAU * label[i] as f64 / parameters.size[i]);
    // Along no axis, and along none of the wavevectors.
    let oblique = [1.0, 0.7, -0.4];
    let across = [
        k[1] * oblique[2] - k[2] * oblique[1],
        k[2] * oblique[0] - k[0] * oblique[2],
        k[0] * oblique[1] - k[1] * oblique[0],
    ];
    let length = across.iter().map(|a| a * a).sum::<f64>().sqrt();
    let amplitude = across.map(|a| AMPLITUDE * a / length);
    let theta = if parameters.scalars.is_empty() {
        ZERO
    } else {
        C::from_polar(0.5 * SCALAR_AMPLITUDE, SCALAR_PHASE)
    };
    let wave = Wave { k, u: amplitude.map(|a| C::from_polar(0.5 * a, PHASE)), theta };
    (Initial::Mode { wavenumber: label, amplitude, phase: PHASE }, wave)
}

/// A scalar that begins as the same mode.
fn scalar_mode(label: [i64; 3], schmidt: f64, gradient: Vector, buoyancy: Vector) -> Scalar {
    let initial = ScalarInitial::Mode { wavenumber: label, amplitude: SCALAR_AMPLITUDE, phase: SCALAR_PHASE };
    Scalar { name: "theta".into(), schmidt, gradient, buoyancy, initial }
}

fn fields(flow: &Homogeneous<f64>) -> Result<Vec<&[C]>, String> {
    let of = |values| {
        if let Values::F64(modes) = values { Ok(modes) } else { Err("not in double precision".to_string()) }
    };
    flow.state().into_iter().map(|(_, values)| of(values)).collect()
}

/// Where the mode that began with this label is now: at S t L_y/L_x = 1/2, 3/2, .. a remesh takes
/// n_x from n_y.
fn relabelled(label: [i64; 3], parameters: &Parameters, strain: f64) -> [i64; 3] {
    let remeshes = (strain * parameters.size[1] / parameters.size[0]).round() as i64;
    [label[0], label[1] - remeshes * label[0], label[2]]
}

/// The largest error of any mode of the flow that should be this wave, over its amplitude: all
/// other modes should be zero.
fn error(world: &World, flow: &Homogeneous<f64>, label: [i64; 3], wave: &Wave) -> Result<f64, String> {
    let mut exact = vec![wave.u[0], wave.u[1], wave.u[2]];
    let fields = fields(flow)?;
    exact.resize(fields.len(), wave.theta);
    let conjugate = exact.iter().map(|u| u.conj()).collect();
    let all: HashMap<[i64; 3], Vec<C>> = [(label, exact), (label.map(|n| -n), conjugate)].into();
    let (mut largest, mut seen) = ([0.0_f64; 2], [0_u64]);
    for (mode, label) in labels(flow).into_iter().enumerate() {
        let exact = all.get(&label);
        seen[0] += u64::from(exact.is_some());
        for (field, values) in fields.iter().enumerate() {
            let exact = exact.map_or(ZERO, |exact| exact[field]);
            largest[0] = larger(largest[0], (values[mode] - exact).norm());
            largest[1] = largest[1].max(exact.norm());
        }
    }
    world.sum_u64(&mut seen);
    ensure!(seen[0] > 0, "the modes hold no {label:?}");
    let [error, amplitude] =
        largest.map(|value| world.max(if value.is_nan() { f64::INFINITY } else { value }));
    Ok(error / amplitude)
}

/// The order of errors at a step and at half of it.
fn order(errors: [f64; 2]) -> f64 {
    (errors[0] / errors[1]).log2()
}
