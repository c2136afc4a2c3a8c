//! Fields at places that are no grid points: those of a plane against those of single points, and both against
//! the exact field.

use crate::channel::new as new_channel;
use crate::collective::{Check, Outcome};
use crate::ensure;
use crate::flows::{advance, parameters, random, started};
use rogallo::channel::case::{ChannelInitial, Drive};
use rogallo::field::{Component, Modes, Plane, Quantity, at_points};
use rogallo::flow::Flow;
use rogallo::homogeneous::Parameters;
use rogallo::homogeneous::case::{Gradient, Initial, Mean};
use rogallo::parallel::World;
use rogallo::time::StepSize;
use std::rc::Rc;

pub static CHECKS: [Check; 4] = [
    Check { name: "planes_of_a_tilted_box_have_the_values_at_their_points", ranks: &[1, 3], run: tilted },
    Check { name: "planes_of_a_turned_box_have_the_values_at_their_points", ranks: &[1, 3], run: turned },
    Check { name: "planes_of_a_channel_have_the_values_at_their_points", ranks: &[1, 3], run: channel },
    Check { name: "quantities_of_an_abc_flow_are_exact", ranks: &[1, 4], run: abc },
];

/// Positions that are no grid points, of points that are more and fewer than those of the grid.
fn planes_agree_with_points(world: &Rc<World>, flow: &mut dyn Modes) -> Outcome {
    let wanted: Vec<Component> = (0..3)
        .flat_map(|field| [None, Some(0), Some(1), Some(2)].map(|along| Component { field, along }))
        .collect();
    let mut largest = 0.0f64;
    for normal in 0..3 {
        let plane = Plane { normal, position: 0.3, points: [7, 50] };
        let sheet = plane.evaluate(world, flow, &wanted).ok_or("not finite")?;
        let places: Vec<[f64; 3]> = [[0, 0], [6, 49], [3, 17], [5, 31]]
            .map(|[i, j]| {
                let mut place = [0.3; 3];
                let [right, up] = plane.axes();
                (place[right], place[up]) = (sheet.places[0][i], sheet.places[1][j]);
                place
            })
            .to_vec();
        let exact = at_points(world, flow, &wanted, &places).ok_or("not finite")?;
        for (c, values) in sheet.values.iter().enumerate() {
            for (p, point) in [0, 49 * 7 + 6, 17 * 7 + 3, 31 * 7 + 5].into_iter().enumerate() {
                let (found, exact) = (values[point], exact[p * wanted.len() + c]);
                largest = largest.max(exact.abs());
                ensure!(
                    (found - exact).abs() < 1e-11 * exact.abs().max(1.0),
                    "normal {normal}, {:?}, point {p}: {found}, not {exact}",
                    wanted[c]
                );
            }
        }
    }
    ensure!(largest > 0.1, "the field is {largest}");
    Ok(())
}

/// A field at the points of snapshots is that at the same places.
fn points_agree_with_snapshots(world: &Rc<World>, flow: &mut dyn Flow) -> Outcome {
    let ([x, y, z], slab) = (flow.coordinates(), flow.slab());
    for field in 0..3 {
        let rogallo::transform::Reals::F64(own) = flow.points(field) else { return Err("single".into()) };
        // The points of a rank, by their index among all.
        let mut all = vec![0.0; x.len() * y.len() * z.len()];
        let lines = slab.z.clone().flat_map(|k| slab.y.clone().map(move |j| (j, k)));
        for ((j, k), line) in lines.zip(own.chunks(x.len())) {
            all[(k * y.len() + j) * x.len()..][..x.len()].copy_from_slice(line);
        }
        world.assemble(&mut all);
        let picked = [[0, 0, 0], [3, 5, 1], [x.len() - 1, y.len() - 1, z.len() - 1], [1, y.len() / 2, 4]];
        let places = picked.map(|[i, j, k]| [x[i], y[j], z[k]]);
        let found =
            at_points(world, flow, &[Component { field, along: None }], &places).ok_or("not finite")?;
        for ([i, j, k], found) in picked.into_iter().zip(found) {
            let exact = all[(k * y.len() + j) * x.len() + i];
            ensure!((found - exact).abs() < 1e-12, "field {field} at {i} {j} {k}: {found}, not {exact}");
        }
    }
    Ok(())
}

fn of_box(world: &Rc<World>, gradient: Mean) -> Outcome {
    let own = parameters(16);
    let own = Parameters { mean: gradient, step_size: StepSize::Fixed(0.02), ..own };
    let mut flow = started(world, own, &random(0.5))?;
    advance(&mut flow, 0.3)?;
    points_agree_with_snapshots(world, &mut flow)?;
    planes_agree_with_points(world, &mut flow)
}

fn tilted(world: &Rc<World>) -> Outcome {
    of_box(world, Mean { gradient: Gradient::Shear { rate: 1.0 }, ..Mean::default() })
}

fn turned(world: &Rc<World>) -> Outcome {
    let gradient = Gradient::General([[0.0, 0.4, 0.0], [0.4, 0.0, 0.0], [0.0, 0.0, 0.0]]);
    of_box(world, Mean { gradient, ..Mean::default() })
}

fn channel(world: &Rc<World>) -> Outcome {
    let own = rogallo::channel::Parameters {
        viscosity: 1.0 / 180.0,
        drive: Drive::MassFlux { bulk_velocity: 15.6 },
        frame_velocity: 0.7,
        initial: Some(ChannelInitial::Turbulent { amplitude: 0.3 }),
        step_size: StepSize::Fixed(0.001),
        ..rogallo::channel::Parameters::at_rest([6.0, 2.0, 3.0], [16, 21, 12])
    };
    let mut flow = new_channel(world, own)?;
    flow.start(&mut |_| Ok(())).map_err(|error| error.to_string())?;
    advance(&mut flow, 0.003)?;
    points_agree_with_snapshots(world, &mut flow)?;
    planes_agree_with_points(world, &mut flow)
}

/// `u = (A sin z + C cos y, B sin x + A cos z, C sin y + B cos x)` is its own vorticity.
fn abc(world: &Rc<World>) -> Outcome {
    let [a, b, c] = [1.0, 0.7, 0.4];
    let mut flow = started(world, parameters(12), &Initial::Abc { a, b, c, wavenumber: 1 })?;
    let fields = flow.fields();
    let nu = 0.01;
    let points = [[0.1, 0.2, 0.3], [2.0, 5.0, 1.0], [-4.0, 9.0, 3.3]];
    let names = ["u", "v", "w", "omega_x", "omega_y", "omega_z", "helicity", "speed", "vorticity"];
    let more = ["Q", "dissipation", "strain", "lambda_2", "du/dy", "dw/dx"];
    for name in names.into_iter().chain(more) {
        let quantity = Quantity::new(name, &fields).map_err(|error| error.to_string())?;
        let count = quantity.components.len();
        let values = at_points(world, &mut flow, &quantity.components, &points).ok_or("not finite")?;
        for ([x, y, z], values) in points.into_iter().zip(values.chunks(count)) {
            let (s, k) = (f64::sin, f64::cos);
            let u = [a * s(z) + c * k(y), b * s(x) + a * k(z), c * s(y) + b * k(x)];
            // du/dy, du/dz, dv/dx, dv/dz, dw/dx, dw/dy; the diagonal is zero.
            let [uy, uz, vx, vz, wx, wy] = [-c * s(y), a * k(z), b * k(x), -a * s(z), -b * s(x), c * k(y)];
            let square: f64 = u.iter().map(|u| u * u).sum();
            let [sxy, sxz, syz] = [0.5 * (uy + vx), 0.5 * (uz + wx), 0.5 * (vz + wy)];
            let strain = 2.0 * (sxy * sxy + sxz * sxz + syz * syz);
            let exact = match name {
                "u" | "omega_x" => u[0],
                "v" | "omega_y" => u[1],
                "w" | "omega_z" => u[2],
                "helicity" => square,
                "speed" | "vorticity" => square.sqrt(),
                "Q" => -(uy * vx + uz * wx + vz * wy),
                "dissipation" => 2.0 * nu * strain,
                "strain" => (2.0 * strain).sqrt(),
                "du/dy" => uy,
                "dw/dx" => wx,
                _ => middle_root([[0.0, uy, uz], [vx, 0.0, vz], [wx, wy, 0.0]]),
            };
            let found = quantity.value(values, nu);
            ensure!((found - exact).abs() < 1e-12, "{name} at {x}, {y}, {z}: {found}, not {exact}");
        }
    }
    Ok(())
}

/// The middle root of the characteristic polynomial of `s s + W W` (Viete), which is 1/2 (A A + (A A)^T).
fn middle_root(a: [[f64; 3]; 3]) -> f64 {
    let square = |i: usize, j: usize| (0..3).map(|k| a[i][k] * a[k][j]).sum::<f64>();
    let m = |i: usize, j: usize| 0.5 * (square(i, j) + square(j, i));
    let mean = (m(0, 0) + m(1, 1) + m(2, 2)) / 3.0;
    let d = |i: usize, j: usize| m(i, j) - if i == j { mean } else { 0.0 };
    let p = ((0..9).map(|ij| d(ij / 3, ij % 3).powi(2)).sum::<f64>() / 6.0).sqrt();
    let determinant = d(0, 0) * (d(1, 1) * d(2, 2) - d(1, 2).powi(2))
        - d(0, 1) * (d(0, 1) * d(2, 2) - d(1, 2) * d(0, 2))
        + d(0, 2) * (d(0, 1) * d(1, 2) - d(1, 1) * d(0, 2));
    let angle = (0.5 * determinant / p.powi(3)).clamp(-1.0, 1.0).acos() / 3.0;
    let third = std::f64::consts::TAU / 3.0;
    let roots = [0.0, 1.0, 2.0].map(|n| mean + 2.0 * p * (angle + n * third).cos());
    roots.iter().sum::<f64>()
        - roots.iter().copied().fold(f64::MIN, f64::max)
        - roots.iter().copied().fold(f64::MAX, f64::min)
}
