//! Scalars, passive and not.

use super::{
    Outcome, SCHEMES, advance, by_label, distance, falls, fields, largest, mean, observed, put, simpson,
    started, step, turbulence, with_step,
};
use crate::ensure;
use crate::exact::{C, Vector, ZERO, dot};
use rogallo::homogeneous::case::{Dealiasing, Gradient, Mean, Scalar, ScalarInitial, Spectrum};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::World;
use rogallo::time::StepSize;
use std::rc::Rc;

const DEALIASINGS: [Dealiasing; 3] =
    [Dealiasing::TwoThirds, Dealiasing::PhaseShift, Dealiasing::PhaseShiftExact];

fn scalar(schmidt: f64, gradient: Vector, buoyancy: Vector) -> Scalar {
    let spectrum = Spectrum::PassotPouquet { peak_wavenumber: 2.0 };
    Scalar {
        name: "theta".into(),
        schmidt,
        gradient,
        buoyancy,
        initial: ScalarInitial::Random { energy: Some(0.3), spectrum },
    }
}

fn parameters(n: usize, scalar: Scalar) -> Parameters {
    Parameters { viscosity: 0.02, scalars: vec![scalar], ..Parameters::at_rest([n; 3]) }
}

/// Where nothing depends on z,
/// `dw/dt + u.grad w = -A_zj u_j - 2 (Omega_x v - Omega_y u) + nu lap w` has no pressure: it is a
/// scalar of Schmidt number 1 and the gradient `G = (A_zx - 2 Omega_y, A_zy + 2 Omega_x, 0)`, in
/// every mean flow of the plane.
pub fn third_velocity(world: &Rc<World>) -> Outcome {
    let flows = [
        (Gradient::None, [0.0; 3], [0.0; 3]),
        (Gradient::None, [0.4, -0.3, 0.7], [0.6, 0.8, 0.0]),
        (Gradient::Shear { rate: 1.0 }, [0.0, 0.0, 0.4], [0.0; 3]),
        (Gradient::PlaneStrain { rate: 0.6 }, [0.0, 0.0, 0.4], [0.0; 3]),
        (Gradient::General([[0.2, 0.7, 0.0], [-0.5, -0.2, 0.0], [0.0; 3]]), [0.0; 3], [0.0; 3]),
        (Gradient::General([[0.0; 3], [0.0; 3], [0.8, -0.5, 0.0]]), [0.0; 3], [0.8, -0.5, 0.0]),
    ];
    for (gradient, rotation, of_scalar) in flows {
        for dealiasing in DEALIASINGS {
            let mean = Mean { gradient, rotation, ..Mean::default() };
            let parameters = Parameters {
                mean,
                dealiasing,
                step_size: StepSize::Fixed(0.02),
                ..parameters(18, scalar(1.0, of_scalar, [0.0; 3]))
            };
            let mut flow = started(world, &parameters, &turbulence(20.0))?;
            let start = by_label(&flow);
            put(&mut flow, |label, field| if label[2] == 0 { start[&label][field.min(2)] } else { ZERO });
            let before = fields(&flow);
            // Past the remesh of the shear.
            advance(&mut flow, 0.7)?;
            let after = fields(&flow);
            let size = largest(world, after[2].iter().map(|w| w.norm()));
            let apart = distance(world, &after[2..3], &after[3..4]) / size;
            let moved = distance(world, &after[2..3], &before[2..3]) / size;
            println!("{gradient:?}, {dealiasing:?}: {apart:.1e} apart, moved by {moved:.2}");
            ensure!(moved > 0.1, "nothing happens");
            ensure!(apart < 1e-13, "{gradient:?}, {dealiasing:?}: theta and w are {apart:e} apart");
        }
    }
    Ok(())
}

/// <theta^2>, <|grad theta|^2> and <u theta>.
fn moments(world: &World, flow: &Homogeneous<f64>, size: Vector) -> (f64, f64, Vector) {
    let flux = |i: usize| mean(world, flow, size, |_, f| (f[i] * f[3].conj()).re);
    (
        mean(world, flow, size, |_, f| f[3].norm_sqr()),
        mean(world, flow, size, |k, f| dot(k, k) * f[3].norm_sqr()),
        [flux(0), flux(1), flux(2)],
    )
}

/// `d<theta^2>/dt = -2 G.<u theta> - 2 D <|grad theta|^2>`, without and with diffusion and a gradient.
pub fn variance(world: &Rc<World>) -> Outcome {
    for (dealiasing, viscosity, gradient) in [
        (Dealiasing::TwoThirds, 0.0, [0.0; 3]),
        (Dealiasing::TwoThirds, 0.02, [0.0; 3]),
        (Dealiasing::TwoThirds, 0.02, [0.5, -0.8, 0.6]),
        (Dealiasing::PhaseShiftExact, 0.0, [0.0; 3]),
        (Dealiasing::PhaseShiftExact, 0.02, [0.5, -0.8, 0.6]),
    ] {
        let parameters =
            Parameters { dealiasing, viscosity, ..parameters(16, scalar(0.7, gradient, [0.0; 3])) };
        for (scheme, order) in SCHEMES {
            let residual = |dt: f64| -> Result<f64, String> {
                let mut flow = started(world, with_step(&parameters, scheme, dt), &turbulence(0.5))?;
                let before = moments(world, &flow, parameters.size).0;
                let steps = (0.4 / dt).round() as usize;
                let gain = simpson(&mut flow, dt, steps, |flow| {
                    let (_, square, flux) = moments(world, flow, parameters.size);
                    -2.0 * dot(gradient, flux) - 2.0 * viscosity / 0.7 * square
                })?;
                Ok((moments(world, &flow, parameters.size).0 - before - gain).abs())
            };
            falls(
                &format!("{dealiasing:?}, {scheme:?}, nu {viscosity}, {gradient:?}"),
                [residual(0.02)?, residual(0.01)?],
                order,
            )?;
        }
    }
    Ok(())
}

/// Both grids of a stage against a grid so fine that no alias reaches the modes of the ellipsoid:
/// the same rates of change.
pub fn no_aliases(world: &Rc<World>) -> Outcome {
    let dt = 1e-7;
    let scalars = vec![scalar(0.7, [0.5, -0.8, 0.6], [0.0, 0.4, 0.0])];
    let coarse = |dealiasing| Parameters {
        scalars: scalars.clone(),
        dealiasing,
        viscosity: 0.02,
        step_size: StepSize::Fixed(dt),
        ..Parameters::at_rest([16; 3])
    };
    let fine = Parameters { grid: [48; 3], ..coarse(Dealiasing::TwoThirds) };
    // A flat spectrum, up to the ends of the ellipsoid, where the aliases are.
    let noise = |label: [i64; 3], field: usize| {
        let index = label.iter().fold(field as u64, |index, n| index * 64 + (n + 32) as u64);
        C::new(crate::noise(2 * index), crate::noise(2 * index + 1)) * 0.02
    };
    let draw = |label: [i64; 3], field: usize| {
        let positive = label > [0; 3];
        let n = if positive { label } else { label.map(|n| -n) };
        let value = if label == [0; 3] { ZERO } else { noise(n, field) };
        if positive { value } else { value.conj() }
    };
    let solenoidal = |label: [i64; 3], field: usize| {
        if field == 3 || label == [0; 3] {
            return draw(label, field);
        }
        let k = label.map(|n| n as f64);
        let along = (0..3).map(|i| draw(label, i) * k[i]).sum::<C>() / dot(k, k);
        draw(label, field) - along * k[field]
    };
    let rates = |parameters: &Parameters| -> Result<_, String> {
        let inside = coarse(Dealiasing::PhaseShiftExact).truncation();
        let mut flow = started(world, parameters, &turbulence(0.5))?;
        put(&mut flow, |label, field| if inside.holds(label) { solenoidal(label, field) } else { ZERO });
        let before = by_label(&flow);
        step(&mut flow)?;
        let mut after = by_label(&flow);
        after.retain(|label, _| inside.holds(*label));
        after.iter_mut().for_each(|(label, values)| {
            values.iter_mut().zip(&before[label]).for_each(|(new, old)| *new = (*new - old) / dt)
        });
        Ok(after)
    };
    let wanted = rates(&fine)?;
    for (dealiasing, exact) in [(Dealiasing::PhaseShiftExact, true), (Dealiasing::PhaseShift, false)] {
        let found = rates(&coarse(dealiasing))?;
        ensure!(found.len() == wanted.len(), "{} modes, not {}", found.len(), wanted.len());
        for field in 0..4 {
            let size = largest(world, wanted.values().map(|rate| rate[field].norm()));
            let apart =
                largest(world, found.iter().map(|(label, rate)| (rate[field] - wanted[label][field]).norm()))
                    / size;
            println!("{dealiasing:?}, field {field}: {apart:.1e}");
            // The second derivative counts dt times a rate of some tens; rounding 1e-17 / dt.
            ensure!((apart < 1e-5) == exact, "{dealiasing:?}, field {field}: aliases of {apart:e}");
        }
    }
    Ok(())
}

/// Three scalars have the same bits as each alone, and the velocity those that it has without.
pub fn alone(world: &Rc<World>) -> Outcome {
    let mode = |name: &str, schmidt, gradient, wavenumber| {
        let initial = ScalarInitial::Mode { wavenumber, amplitude: 0.3, phase: 0.2 };
        Scalar { name: name.into(), schmidt, gradient, buoyancy: [0.0; 3], initial }
    };
    let all = [
        mode("a", 0.7, [0.0, 1.0, 0.0], [1, 0, 2]),
        mode("b", 1.0, [0.3, 0.0, -0.5], [0, 2, 0]),
        mode("c", 4.0, [0.0; 3], [2, -1, 1]),
    ];
    let general = Gradient::General([[0.1, 0.7, -0.2], [-0.9, -0.3, 0.5], [0.3, 0.1, 0.2]]);
    for gradient in [Gradient::None, Gradient::Shear { rate: 1.0 }, general] {
        for dealiasing in DEALIASINGS {
            let at_end = |scalars: &[Scalar]| -> Result<Vec<Vec<C>>, String> {
                let mean = Mean { gradient, ..Mean::default() };
                let parameters = Parameters {
                    mean,
                    dealiasing,
                    viscosity: 0.02,
                    scalars: scalars.to_vec(),
                    step_size: StepSize::Fixed(0.05),
                    ..Parameters::at_rest([12; 3])
                };
                let mut flow = started(world, &parameters, &turbulence(0.5))?;
                advance(&mut flow, 0.6)?;
                Ok(fields(&flow))
            };
            let (together, none) = (at_end(&all)?, at_end(&[])?);
            ensure!(
                distance(world, &together[..3], &none) == 0.0,
                "{gradient:?}, {dealiasing:?}: the velocity knows of passive scalars"
            );
            for (s, scalar) in all.iter().enumerate() {
                let alone = at_end(std::slice::from_ref(scalar))?;
                let apart = distance(world, &together[3 + s..][..1], &alone[3..]);
                ensure!(
                    apart == 0.0,
                    "{gradient:?}, {dealiasing:?}: {} is {apart:e} from itself alone",
                    scalar.name
                );
            }
        }
    }
    Ok(())
}

/// `d/dt (1/2 q^2 + beta/(2 gamma) <theta^2>) = -eps - beta/gamma D <|grad theta|^2>` for
/// `b = beta e theta`, `G = gamma e`.
pub fn stratified(world: &Rc<World>) -> Outcome {
    let (e, gamma, beta, schmidt): (Vector, _, _, _) = ([0.36, 0.48, -0.8], 2.0, 1.4, 0.7);
    let stratified = scalar(schmidt, e.map(|e| gamma * e), e.map(|e| beta * e));
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShiftExact] {
        let parameters = Parameters { dealiasing, ..parameters(16, stratified.clone()) };
        for (scheme, order) in SCHEMES {
            let residual = |dt: f64| -> Result<f64, String> {
                let mut flow = started(world, with_step(&parameters, scheme, dt), &turbulence(0.5))?;
                let energy = |flow: &mut Homogeneous<f64>| {
                    observed(flow, "energy") + 0.5 * beta / gamma * moments(world, flow, parameters.size).0
                };
                let before = energy(&mut flow);
                let (steps, diffusivity) = ((0.4 / dt).round() as usize, parameters.viscosity / schmidt);
                let gain = simpson(&mut flow, dt, steps, |flow| {
                    -observed(flow, "dissipation")
                        - beta / gamma * diffusivity * moments(world, flow, parameters.size).1
                })?;
                Ok((energy(&mut flow) - before - gain).abs())
            };
            falls(&format!("{dealiasing:?}, {scheme:?}"), [residual(0.02)?, residual(0.01)?], order)?;
        }
    }
    Ok(())
}
