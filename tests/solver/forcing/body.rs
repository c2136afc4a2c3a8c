//! Steady body forces, and the choice of dt from rest.

use super::{Outcome, SCHEMES, advance, distance, falls, fields, rest, started, step, with_step};
use crate::ensure;
use rogallo::flow::Flow;
use rogallo::homogeneous::Parameters;
use rogallo::homogeneous::case::{BodyForce, Forcing, Gradient, Initial, Mean, Scalar, ScalarInitial};
use rogallo::parallel::World;
use rogallo::time::{RungeKutta, StepSize};
use rogallo::transform::Reals;
use std::f64::consts::TAU;
use std::rc::Rc;

/// From rest, u = f dt after a tiny step, at the points; the rest is O(nu k^2 dt).
pub fn impulses(world: &Rc<World>) -> Outcome {
    let n = 2.0;
    let (kolmogorov, taylor_green) = (
        BodyForce::Kolmogorov { amplitude: 0.7, wavenumber: 2 },
        BodyForce::TaylorGreen { amplitude: 0.6, wavenumber: 2 },
    );
    let abc = BodyForce::Abc { a: 0.9, b: -0.4, c: 0.3, wavenumber: 2 };
    let (cube, long) = ([TAU; 3], [TAU, TAU / 2.0, 3.0]);
    for (body, size) in [(kolmogorov, long), (taylor_green, cube), (taylor_green, long), (abc, cube)] {
        let dt = 1e-9;
        let forced = Parameters {
            size,
            viscosity: 0.1,
            forcing: Some(Forcing::Body(body)),
            ..Parameters::at_rest([16; 3])
        };
        for (scheme, _) in SCHEMES {
            let mut flow = started(world, with_step(&forced, scheme, dt), &rest())?;
            step(&mut flow)?;
            let ([xs, y, z], slab) = (flow.coordinates(), flow.slab());
            let velocity: Vec<_> = (0..3).map(|i| flow.points(i)).collect();
            let k = size.map(|length| n * TAU / length);
            let mut worst = 0.0_f64;
            for (iz, z) in z[slab.z.clone()].iter().enumerate() {
                for (iy, y) in y[slab.y.clone()].iter().enumerate() {
                    for (ix, x) in xs.iter().enumerate() {
                        let [(sx, cx), (sy, cy), (sz, cz)] = [k[0] * x, k[1] * y, k[2] * z].map(f64::sin_cos);
                        let f = match body {
                            BodyForce::Kolmogorov { amplitude, .. } => [amplitude * sy, 0.0, 0.0],
                            BodyForce::TaylorGreen { amplitude: f, .. } => {
                                [f * sx * cy * cz, -f * k[0] / k[1] * cx * sy * cz, 0.0]
                            }
                            BodyForce::Abc { a, b, c, .. } => {
                                [a * sz + c * cy, b * sx + a * cz, c * sy + b * cx]
                            }
                        };
                        for (field, f) in velocity.iter().zip(f) {
                            let Reals::F64(u) = field else { Err("not in double precision")? };
                            let error = (u[(iz * slab.y.len() + iy) * xs.len() + ix] / dt - f).abs();
                            worst = if error <= worst { worst } else { error };
                        }
                    }
                }
            }
            let worst = world.max(worst);
            ensure!(worst < 1e-7, "{scheme:?}, {body:?}: off by {worst:e}");
        }
    }
    Ok(())
}

/// `u = F / (nu k^2) (1 - exp(-nu k^2 t)) sin k y` from rest, and the laminar state, which an
/// integrating factor keeps up to the order of the scheme only.
pub fn kolmogorov(world: &Rc<World>) -> Outcome {
    let (amplitude, viscosity, end) = (0.7, 0.2, 1.0);
    let forcing = Some(Forcing::Body(BodyForce::Kolmogorov { amplitude, wavenumber: 2 }));
    let parameters = Parameters { viscosity, forcing, ..Parameters::at_rest([12; 3]) };
    let rate = 4.0 * viscosity;
    let laminar = |u| Initial::Mode { wavenumber: [0, 2, 0], amplitude: [u, 0.0, 0.0], phase: -0.25 * TAU };
    for (initial, decayed) in [(rest(), (-rate * end).exp()), (laminar(amplitude / rate), 0.0)] {
        let wanted = fields(&started(world, &parameters, &laminar(amplitude / rate * (1.0 - decayed)))?);
        let error = |scheme, dt| -> Result<f64, String> {
            let mut flow = started(world, with_step(&parameters, scheme, dt), &initial)?;
            advance(&mut flow, end)?;
            Ok(distance(world, &fields(&flow), &wanted))
        };
        for (scheme, order) in SCHEMES {
            falls(&format!("{scheme:?}"), [error(scheme, 0.1)?, error(scheme, 0.05)?], order)?;
        }
        // RK4: (nu k^2 dt)^4 / 2880 of the force's Simpson integral is 1e-13.
        let fine = error(RungeKutta::Rk4, 1.0 / 256.0)?;
        ensure!(fine < 1e-12, "off by {fine:e}");
    }
    Ok(())
}

/// With a Courant number, a fluid at rest must not be pushed far by its first step, and a
/// stratified one keeps to its own time.
pub fn from_rest(world: &Rc<World>) -> Outcome {
    let courant =
        Parameters { step_size: StepSize::Courant(0.5), viscosity: 0.01, ..Parameters::at_rest([24; 3]) };
    let kolmogorov = Forcing::Body(BodyForce::Kolmogorov { amplitude: 1.0, wavenumber: 1 });
    let random = Forcing::OrnsteinUhlenbeck { variance: 0.01, correlation_time: 0.5, k_min: 0.5, k_max: 2.5 };
    for forcing in [kolmogorov, random] {
        let mut flow =
            started(world, &Parameters { forcing: Some(forcing.clone()), ..courant.clone() }, &rest())?;
        // The Courant number of a step is that of its beginning: what it has become shows in the
        // next one. A fluid that was at rest has moved by less than a cell if `dt^2 f` is.
        let mut before = 0.0;
        for n in 0..20 {
            let step = flow.advance(100.0).map_err(|error| error.to_string())?;
            let became = before * step.cfl / step.dt;
            ensure!(became < 1.0, "{forcing:?}: a Courant number of {became} after step {n}");
            before = step.dt;
        }
    }
    let stratified = Scalar {
        name: "b".into(),
        schmidt: 1.0,
        gradient: [0.0, 8.0, 0.0],
        buoyancy: [0.0, 8.0, 0.0],
        initial: ScalarInitial::Zero,
    };
    let mut flow = started(world, &Parameters { scalars: vec![stratified], ..courant.clone() }, &rest())?;
    let dt = flow.advance(100.0).map_err(|error| error.to_string())?.dt;
    ensure!(dt <= 0.5 / 8.0, "a step of {dt} at a buoyancy frequency of 8");
    // Without a mean gradient: cells of 2 pi / 24 at the acceleration 3 x 2 cos x; with a mean
    // strain: its own time.
    let initial = ScalarInitial::Mode { wavenumber: [1, 0, 0], amplitude: 2.0, phase: 0.0 };
    let hot =
        Scalar { name: "b".into(), schmidt: 1.0, gradient: [0.0; 3], buoyancy: [0.0, 3.0, 0.0], initial };
    let mut flow = started(world, &Parameters { scalars: vec![hot], ..courant.clone() }, &rest())?;
    let dt = flow.advance(100.0).map_err(|error| error.to_string())?.dt;
    let wanted = 0.5 * (TAU / 24.0 / 6.0).sqrt();
    ensure!((dt / wanted - 1.0).abs() < 1e-12, "a step of {dt} from rest, not {wanted}");
    let strain = Mean { gradient: Gradient::PlaneStrain { rate: 5.0 }, ..Mean::default() };
    let mut flow = started(world, &Parameters { mean: strain, ..courant }, &rest())?;
    let dt = flow.advance(100.0).map_err(|error| error.to_string())?.dt;
    ensure!((dt - 0.1).abs() < 1e-14, "a step of {dt} at a rate of strain of 5");
    Ok(())
}
