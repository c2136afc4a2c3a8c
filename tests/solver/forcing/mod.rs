//! Forces, scalars and buoyancy against exact solutions, balances and the theory of random forces,
//! on several ranks.

mod band;
mod body;
mod memory;
mod random;
mod scalars;

use crate::balance::simpson;
use crate::collective::{Check, Outcome};
use crate::ensure;
use crate::exact::{C, Vector};
use crate::flows::{advance, labels, new, observed, started};
use rogallo::flow::Flow;
use rogallo::homogeneous::case::{Initial, Spectrum};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::{ExactSum, World};
use rogallo::time::{RungeKutta, StepSize};
use rogallo::transform::{Values, ValuesMut};
use std::collections::HashMap;
use std::f64::consts::TAU;

pub static CHECKS: [Check; 20] = [
    Check { name: "what_is_injected_is_told", ranks: &[1, 3], run: band::injection },
    Check { name: "constant_power_on_one_mode", ranks: &[1, 3], run: band::one_mode },
    Check { name: "constant_power_is_in_the_energy_balance", ranks: &[2], run: band::balance },
    Check { name: "constant_power_on_next_to_nothing", ranks: &[1], run: band::next_to_nothing },
    Check { name: "a_band_that_is_left_behind_ends_the_run", ranks: &[1, 3], run: band::left_behind },
    Check { name: "a_linear_force_is_exact_at_any_step", ranks: &[1, 3], run: band::linear },
    Check { name: "frozen_shells_keep_their_energy", ranks: &[1, 3], run: band::frozen },
    Check { name: "body_forces_are_what_is_asked_for", ranks: &[1, 3], run: body::impulses },
    Check { name: "kolmogorov_flow_relaxes_to_its_laminar_state", ranks: &[2], run: body::kolmogorov },
    Check { name: "steps_from_rest_are_short_enough", ranks: &[1], run: body::from_rest },
    Check { name: "runs_go_on_to_the_bit", ranks: &[1, 3], run: memory::goes_on },
    Check {
        name: "the_process_is_that_of_ornstein_and_uhlenbeck",
        ranks: &[1],
        run: random::process_of_two_steps,
    },
    Check { name: "the_random_force_is_the_process_projected", ranks: &[1, 3], run: random::force },
    Check { name: "the_random_force_goes_through_remeshes", ranks: &[1, 3], run: random::in_shear },
    Check { name: "the_power_of_the_random_force", ranks: &[1], run: random::power },
    Check {
        name: "a_scalar_is_the_third_velocity_of_a_plane_flow",
        ranks: &[1, 3],
        run: scalars::third_velocity,
    },
    Check { name: "scalar_variance_is_balanced_at_the_order", ranks: &[2], run: scalars::variance },
    Check { name: "fluxes_on_two_grids_have_no_aliases", ranks: &[1], run: scalars::no_aliases },
    Check { name: "scalars_do_not_know_of_each_other", ranks: &[1, 3], run: scalars::alone },
    Check { name: "stratified_energy_is_balanced_at_the_order", ranks: &[2], run: scalars::stratified },
];

const SCHEMES: [(RungeKutta, f64); 3] =
    [(RungeKutta::Rk2, 2.0), (RungeKutta::Rk3, 3.0), (RungeKutta::Rk4, 4.0)];

fn step(flow: &mut Homogeneous<f64>) -> Result<rogallo::flow::Step, String> {
    flow.advance(f64::INFINITY).map_err(|error| error.to_string())
}

fn with_step(parameters: &Parameters, scheme: RungeKutta, dt: f64) -> Parameters {
    Parameters { scheme, step_size: StepSize::Fixed(dt), ..parameters.clone() }
}

fn turbulence(energy: f64) -> Initial {
    turbulence_of(energy, 3.0)
}

fn turbulence_of(energy: f64, peak_wavenumber: f64) -> Initial {
    Initial::Random {
        energy: Some(energy),
        spectrum: Spectrum::PassotPouquet { peak_wavenumber },
        develop: None,
    }
}

/// A velocity of no energy.
fn rest() -> Initial {
    Initial::Mode { wavenumber: [1, 0, 0], amplitude: [0.0; 3], phase: 0.0 }
}

fn fields(flow: &Homogeneous<f64>) -> Vec<Vec<C>> {
    let of = |values| if let Values::F64(modes) = values { modes.to_vec() } else { Vec::new() };
    flow.state().into_iter().map(|(_, values)| of(values)).collect()
}

/// Overwrites the state of this rank by what `value(label, field)` gives.
fn put(flow: &mut Homogeneous<f64>, mut value: impl FnMut([i64; 3], usize) -> C) {
    let labels = labels(flow);
    for (f, (_, values)) in flow.state_mut().into_iter().enumerate() {
        if let ValuesMut::F64(modes) = values {
            modes.iter_mut().zip(&labels).for_each(|(mode, label)| *mode = value(*label, f));
        }
    }
}

/// All fields by label, and by the label of the conjugate; of this rank.
fn by_label(flow: &Homogeneous<f64>) -> HashMap<[i64; 3], Vec<C>> {
    let fields = fields(flow);
    let mut all = HashMap::new();
    for (mode, label) in labels(flow).into_iter().enumerate() {
        let values: Vec<C> = fields.iter().map(|field| field[mode]).collect();
        all.insert(label.map(|n| -n), values.iter().map(|u| u.conj()).collect());
        all.insert(label, values);
    }
    all
}

/// `k = B^T kappa`.
fn wavevector(flow: &Homogeneous<f64>, size: Vector, label: [i64; 3]) -> Vector {
    let b = flow.deformation();
    std::array::from_fn(|i| (0..3).map(|j| b[j][i] * TAU * label[j] as f64 / size[j]).sum())
}

/// The sum of `term(k, fields)` over all modes, conjugates included.
fn mean(world: &World, flow: &Homogeneous<f64>, size: Vector, term: impl Fn(Vector, &[C]) -> f64) -> f64 {
    let fields = fields(flow);
    let mut sum = ExactSum::default();
    for (mode, label) in labels(flow).into_iter().enumerate() {
        let weight = if label[0] == 0 && label[2] == 0 { 1.0 } else { 2.0 };
        let values: Vec<C> = fields.iter().map(|field| field[mode]).collect();
        sum.add(weight * term(wavevector(flow, size, label), &values));
    }
    sum.total(world)
}

/// The largest of all ranks; a NaN is infinite.
fn largest(world: &World, values: impl Iterator<Item = f64>) -> f64 {
    world.max(values.fold(0.0, |a: f64, b| if b <= a { a } else { b }).max(0.0)).max(0.0)
}

/// max |a - b| over all fields and ranks.
fn distance(world: &World, a: &[Vec<C>], b: &[Vec<C>]) -> f64 {
    largest(
        world,
        a.iter()
            .flatten()
            .zip(b.iter().flatten())
            .map(|(a, b)| if (a - b).is_finite() { (a - b).norm() } else { f64::INFINITY }),
    )
}

/// Fails unless the errors at a step and at half of it fall at the order of the scheme, or at the
/// next one where the leading term happens to vanish. Errors that fall faster still are not those
/// of the scheme: then the steps are too long to tell.
fn falls(what: &str, errors: [f64; 2], order: f64) -> Outcome {
    let measured = (errors[0] / errors[1]).log2();
    println!("{what}: {:.2e}, {:.2e}, order {measured:.2}", errors[0], errors[1]);
    ensure!(
        (order - 0.15..order + 1.15).contains(&measured),
        "{what}: order {measured}, not {order}: {errors:?}"
    );
    Ok(())
}
