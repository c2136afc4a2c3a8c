//! One mode in a mean flow: an exact solution with and without the nonlinear term.

use super::{Outcome, advance, equations, error, fields, one_mode, order, scalar_mode, started};
use crate::ensure;
use crate::exact::{self, Matrix, Vector, Wave};
use rogallo::homogeneous::Parameters;
use rogallo::homogeneous::case::{Gradient, Initial, Mean, Spectrum};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use std::rc::Rc;

/// The first remesh in this box is at S t = 1.25, after the end of these runs.
const SIZE: [f64; 3] = [5.0, 2.0, 7.0];
const GRID: [usize; 3] = [12, 20, 18];
const END: f64 = 1.0;
/// Of all directions, signs and planes.
const LABELS: [[i64; 3]; 6] = [[1, 2, -3], [2, -1, 1], [-1, 3, 2], [3, 0, 0], [0, 3, -2], [0, -2, 0]];
/// Of no symmetry.
const GENERAL: [[i64; 3]; 2] = [[1, 2, -3], [-1, 3, 2]];

const SCHEMES: [(RungeKutta, f64); 3] =
    [(RungeKutta::Rk2, 2.0), (RungeKutta::Rk3, 3.0), (RungeKutta::Rk4, 4.0)];
/// Round-off of a few steps.
const ROUND_OFF: f64 = 1e-12;
/// Of RK4 in `FINE` steps: with rates of change lambda <= 5, (lambda / FINE)^4 lambda / 120 is 1e-11.
const ACCURATE: f64 = 1e-10;
const FINE: u32 = 400;

fn parameters(gradient: Gradient, rotation: Vector, viscosity: f64, nonlinear: bool) -> Parameters {
    let mean = Mean { gradient, rotation, ..Mean::default() };
    Parameters { size: SIZE, viscosity, nonlinear, mean, ..Parameters::at_rest(GRID) }
}

/// Inviscid and linear, viscous and nonlinear, and so on.
const KINDS: [(f64, bool); 4] = [(0.0, false), (0.02, true), (0.02, false), (0.0, true)];

/// How far the flow is at `END` from the wave that it should be.
fn error_of(
    world: &Rc<World>,
    parameters: &Parameters,
    label: [i64; 3],
    exact: impl Fn(Wave) -> Wave,
) -> Result<f64, String> {
    let (initial, wave) = one_mode(parameters, label);
    let mut flow = started(world, parameters, &initial)?;
    advance(&mut flow, END)?;
    error(world, &flow, label, &exact(wave))
}

fn with_steps(parameters: &Parameters, scheme: RungeKutta, steps: u32) -> Parameters {
    Parameters { scheme, step_size: StepSize::Fixed(END / f64::from(steps)), ..parameters.clone() }
}

/// Round-off at a long step, with each scheme.
fn exactly(
    world: &Rc<World>,
    parameters: &Parameters,
    label: [i64; 3],
    exact: impl Fn(Wave) -> Wave,
) -> Outcome {
    for (scheme, _) in SCHEMES {
        let error = error_of(world, &with_steps(parameters, scheme, 4), label, &exact)?;
        ensure!(error < ROUND_OFF, "{scheme:?}, {:?}, {label:?}: off by {error:e}", parameters.mean);
    }
    Ok(())
}

fn accurately(
    world: &Rc<World>,
    parameters: &Parameters,
    label: [i64; 3],
    exact: impl Fn(Wave) -> Wave,
) -> Outcome {
    let error = error_of(world, &with_steps(parameters, RungeKutta::Rk4, FINE), label, exact)?;
    ensure!(error < ACCURATE, "{:?}, {label:?}: off by {error:e}", parameters.mean);
    Ok(())
}

/// The temporal order of each scheme.
fn at_the_order(
    world: &Rc<World>,
    parameters: &Parameters,
    label: [i64; 3],
    exact: impl Fn(Wave) -> Wave,
) -> Outcome {
    for (scheme, expected) in SCHEMES {
        let error = |steps| error_of(world, &with_steps(parameters, scheme, steps), label, &exact);
        let errors = [error(40)?, error(80)?];
        let measured = order(errors);
        println!(
            "{scheme:?}, {:?}, {label:?}: {:.2e}, {:.2e}, order {measured:.3}",
            parameters.mean, errors[0], errors[1]
        );
        ensure!(
            (measured - expected).abs() < 0.15,
            "{scheme:?}, {:?}, {label:?}: order {measured}",
            parameters.mean
        );
    }
    Ok(())
}

/// A strained mode has no source in the variables that move with the flow, so that no step is too long.
pub fn strain(world: &Rc<World>) -> Outcome {
    let (plane, squeezed) = (Gradient::PlaneStrain { rate: 0.8 }, Gradient::PlaneStrain { rate: -0.8 });
    let (contraction, expansion) =
        (Gradient::AxisymmetricContraction { rate: 0.9 }, Gradient::AxisymmetricExpansion { rate: 0.9 });
    for gradient in [plane, squeezed, contraction, expansion] {
        for (viscosity, nonlinear) in KINDS {
            for label in LABELS {
                let exact = |wave| exact::strain(gradient.matrix(), viscosity, wave, END);
                exactly(world, &parameters(gradient, [0.0; 3], viscosity, nonlinear), label, exact)?;
            }
        }
    }
    Ok(())
}

/// An irrotational mean flow in axes that are not those of the box.
const OBLIQUE: Matrix = [[0.5, 0.4, -0.3], [0.4, -0.7, 0.25], [-0.3, 0.25, 0.2]];

pub fn oblique_strain(world: &Rc<World>) -> Outcome {
    for (viscosity, nonlinear) in KINDS {
        for label in LABELS {
            let exact = |wave| exact::strain(OBLIQUE, viscosity, wave, END);
            exactly(
                world,
                &parameters(Gradient::General(OBLIQUE), [0.0; 3], viscosity, nonlinear),
                label,
                exact,
            )?;
        }
    }
    Ok(())
}

pub fn shear(world: &Rc<World>) -> Outcome {
    for rate in [1.2, -1.1] {
        for (viscosity, nonlinear) in &KINDS[..2] {
            let exact = |wave| exact::shear(rate, *viscosity, 0.0, wave, END);
            let parameters = parameters(Gradient::Shear { rate }, [0.0; 3], *viscosity, *nonlinear);
            LABELS.iter().try_for_each(|label| accurately(world, &parameters, *label, exact))?;
            GENERAL.iter().try_for_each(|label| at_the_order(world, &parameters, *label, exact))?;
        }
    }
    Ok(())
}

pub fn rotation(world: &Rc<World>) -> Outcome {
    for omega in [[1.5, 0.0, 0.0], [0.0, -1.4, 0.0], [0.0, 0.0, 1.3], [0.9, -1.0, 0.8]] {
        for (viscosity, nonlinear) in &KINDS[..2] {
            let exact = |wave| exact::rotation(omega, *viscosity, wave, END);
            let parameters = parameters(Gradient::None, omega, *viscosity, *nonlinear);
            LABELS.iter().try_for_each(|label| accurately(world, &parameters, *label, exact))?;
            GENERAL.iter().try_for_each(|label| at_the_order(world, &parameters, *label, exact))?;
        }
    }
    Ok(())
}

/// Stable and unstable rotation about z, and oblique axes.
pub fn rotating_shear(world: &Rc<World>) -> Outcome {
    let rate = 1.2;
    for (viscosity, nonlinear) in &KINDS[..2] {
        for omega in [0.3, -0.4, 1.5] {
            let parameters = parameters(Gradient::Shear { rate }, [0.0, 0.0, omega], *viscosity, *nonlinear);
            let exact = |wave| exact::rotating_shear(rate, omega, *viscosity, wave, END);
            accurately(world, &parameters, [0, 3, -2], exact)?;
            // At 1.5 the leading error of this mode all but vanishes, and the measured order is
            // that of the next one.
            if omega != 1.5 {
                at_the_order(world, &parameters, [0, 1, 3], exact)?;
            }
            by_the_equations(world, &parameters, [1, 2, -3])?;
        }
        by_the_equations(
            world,
            &parameters(Gradient::Shear { rate }, [0.7, 0.5, -0.6], *viscosity, *nonlinear),
            [-1, 3, 2],
        )?;
    }
    Ok(())
}

/// Against the equations of the mode, integrated in steps of its own.
fn by_the_equations(world: &Rc<World>, parameters: &Parameters, label: [i64; 3]) -> Outcome {
    accurately(world, parameters, label, |wave| equations(parameters).integrate(wave, END, 4000))
}

/// Any traceless A, also with rotation: shear in two planes, shear with strain, and a flow that turns.
pub fn general(world: &Rc<World>) -> Outcome {
    let gradients = [
        [[0.0, 0.0, 0.9], [0.0, 0.0, -0.6], [0.0; 3]],
        [[0.4, 0.8, 0.0], [0.0, -0.6, 0.3], [0.0, 0.0, 0.2]],
        [[0.1, 0.7, -0.2], [-0.9, -0.3, 0.5], [0.3, 0.1, 0.2]],
    ];
    for matrix in gradients {
        for (viscosity, nonlinear) in &KINDS[..2] {
            for omega in [[0.0; 3], [0.3, -0.5, 0.4]] {
                let parameters = parameters(Gradient::General(matrix), omega, *viscosity, *nonlinear);
                GENERAL.iter().try_for_each(|label| by_the_equations(world, &parameters, *label))?;
            }
        }
    }
    let sheared = parameters(Gradient::General(gradients[2]), [0.0; 3], 0.02, true);
    at_the_order(world, &sheared, GENERAL[0], |wave| equations(&sheared).integrate(wave, END, 4000))
}

/// A scalar of any gradient, of its own diffusivity, in every mean flow.
pub fn scalar(world: &Rc<World>) -> Outcome {
    let label = [1, 2, -3];
    let sheared = Gradient::Shear { rate: 1.2 };
    for (viscosity, nonlinear) in &KINDS[..2] {
        for label in [[1, 2, -3], [-1, 3, 2], [0, 3, -2]] {
            let scalars = vec![scalar_mode(label, 1.0, [0.0, 0.8, 0.0], [0.0; 3])];
            let parameters = Parameters { scalars, ..parameters(sheared, [0.0; 3], *viscosity, *nonlinear) };
            let exact = |wave| exact::shear(1.2, *viscosity, 0.8, wave, END);
            accurately(world, &parameters, label, exact)?;
        }
        let others = [
            sheared,
            Gradient::None,
            Gradient::PlaneStrain { rate: 0.8 },
            Gradient::AxisymmetricContraction { rate: 0.9 },
            Gradient::AxisymmetricExpansion { rate: 0.9 },
            Gradient::General([[0.1, 0.7, -0.2], [-0.9, -0.3, 0.5], [0.3, 0.1, 0.2]]),
        ];
        for gradient in others {
            let scalars = vec![scalar_mode(label, 0.7, [0.5, -0.8, 0.6], [0.0; 3])];
            let parameters =
                Parameters { scalars, ..parameters(gradient, [0.2, 0.1, -0.3], *viscosity, *nonlinear) };
            by_the_equations(world, &parameters, label)?;
        }
    }
    let scalars = vec![scalar_mode(label, 0.7, [0.5, -0.8, 0.6], [0.0; 3])];
    let parameters = Parameters { scalars, ..parameters(sheared, [0.0; 3], 0.02, true) };
    at_the_order(world, &parameters, label, |wave| equations(&parameters).integrate(wave, END, 4000))
}

/// A scalar that acts on the flow: internal waves, and stratified shear.
pub fn internal_wave(world: &Rc<World>) -> Outcome {
    let (e, gamma, beta): (Vector, _, _) = ([0.36, 0.48, -0.8], 2.0, 1.4);
    let (gradient, buoyancy) = (e.map(|e| gamma * e), e.map(|e| beta * e));
    for (viscosity, nonlinear) in &KINDS[..2] {
        for label in [[1, 2, -3], [-1, 3, 2], [0, 3, -2], [3, 0, 0]] {
            let scalars = vec![scalar_mode(label, 1.0, gradient, buoyancy)];
            let parameters =
                Parameters { scalars, ..parameters(Gradient::None, [0.0; 3], *viscosity, *nonlinear) };
            accurately(world, &parameters, label, |wave| {
                exact::internal_wave(e, gamma, beta, *viscosity, wave, END)
            })?;
        }
        for mean in [Gradient::Shear { rate: 1.2 }, Gradient::PlaneStrain { rate: 0.8 }] {
            let label = [1, 2, -3];
            let scalars = vec![scalar_mode(label, 0.7, [0.0, 2.0, 0.0], [0.0, 1.4, 0.0])];
            let parameters =
                Parameters { scalars, ..parameters(mean, [0.2, 0.1, -0.3], *viscosity, *nonlinear) };
            by_the_equations(world, &parameters, label)?;
        }
    }
    Ok(())
}

/// The same mean flow by its name and by its matrix, on a field of many modes: up to round-off, the
/// same velocity.
pub fn presets(world: &Rc<World>) -> Outcome {
    let initial = Initial::Random {
        energy: Some(0.5),
        spectrum: Spectrum::PassotPouquet { peak_wavenumber: 4.0 },
        develop: None,
    };
    let presets = [
        Gradient::Shear { rate: 1.1 },
        Gradient::PlaneStrain { rate: 0.8 },
        Gradient::AxisymmetricContraction { rate: 0.9 },
        Gradient::AxisymmetricExpansion { rate: 0.9 },
    ];
    for preset in presets {
        let at_end = |gradient| -> Result<Vec<exact::C>, String> {
            let parameters = parameters(gradient, [0.1, 0.3, -0.2], 0.02, true);
            let mut flow = started(world, &parameters, &initial)?;
            advance(&mut flow, 0.2)?;
            Ok(fields(&flow)?.concat())
        };
        let (named, general) = (at_end(preset)?, at_end(Gradient::General(preset.matrix()))?);
        let largest = world.max(named.iter().map(|u| u.norm()).fold(0.0, f64::max));
        let apart = world.max(named.iter().zip(&general).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max));
        ensure!(apart <= ROUND_OFF * largest, "{preset:?} and its matrix are {:e} apart", apart / largest);
    }
    Ok(())
}
