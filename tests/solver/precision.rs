//! What single precision must not lose: small gains of a large mean flow, small losses of large
//! scales, and a mean flow that moves with its walls.

use crate::collective::{Check, Outcome};
use crate::ensure;
use crate::flows::{advance, observed, parameters, started_in};
use rogallo::channel::case::{ChannelInitial, ChannelScalar, Drive, ScalarBoundary, Walls};
use rogallo::channel::{self, Channel};
use rogallo::flow::Flow;
use rogallo::homogeneous;
use rogallo::homogeneous::case::Initial;
use rogallo::parallel::World;
use rogallo::statistics::Record;
use rogallo::time::StepSize;
use rogallo::transform::Values;
use std::f64::consts::{FRAC_PI_2, PI};
use std::rc::Rc;

pub static CHECKS: [Check; 3] = [
    Check { name: "the_mean_of_a_channel_is_advanced_in_double", ranks: &[1, 2], run: mean_profiles },
    Check { name: "a_channel_does_not_know_how_fast_its_walls_move", ranks: &[2], run: galilean },
    Check { name: "planar_taylor_green_decays_at_its_rate", ranks: &[1], run: decay_rate },
];

const VISCOSITY: f64 = 0.02;

fn new(world: &Rc<World>, parameters: channel::Parameters) -> Result<Channel<f32>, String> {
    Channel::new(world.clone(), parameters).map_err(|error| error.to_string())
}

/// Laminar flow and conduction are steady, `tau = 3 nu U_b`, `theta = S (1 - y^2) / (2 nu)`,
/// however short the step is. All that is left is the round-off of double precision: 1e-16 of U_b a
/// substep, times the N^2 of a derivative.
fn mean_profiles(world: &Rc<World>) -> Outcome {
    let bulk_velocity = 10.0;
    let shear = 3.0 * VISCOSITY * bulk_velocity;
    for drive in [Drive::MassFlux { bulk_velocity }, Drive::PressureGradient { gradient: shear }] {
        let scalars = vec![ChannelScalar {
            name: "heat".into(),
            schmidt: 1.0,
            boundary: ScalarBoundary::Source { rate: shear },
        }];
        let own = channel::Parameters::at_rest([PI, 2.0, FRAC_PI_2], [8, 65, 8]);
        let (step_size, frame_velocity) = (StepSize::Fixed(1e-4), 10.0);
        let mut channel = new(
            world,
            channel::Parameters { viscosity: VISCOSITY, drive, scalars, step_size, frame_velocity, ..own },
        )?;
        channel.set(&ChannelInitial::Laminar).map_err(|error| error.to_string())?;
        advance(&mut channel, 0.02)?;
        let found = ["wall_shear_lower", "bulk_velocity", "pressure_gradient"]
            .map(|name| observed(&mut channel, name));
        for (found, exact) in found.into_iter().zip([shear, bulk_velocity, shear]) {
            ensure!((found / exact - 1.0).abs() < 1e-9, "{drive:?}: {found}, not {exact}");
        }
        let slope = mean_slope(&channel, "heat").map_or(0.0, |slope| slope / (shear / VISCOSITY) - 1.0);
        ensure!(world.max(slope.abs()) < 1e-9, "{drive:?}: the scalar's flux is off by {slope:e}");
    }
    Ok(())
}

/// The slope of a mean profile at the lower wall, on the rank that holds it. A coefficient is the
/// sum of its two parts.
fn mean_slope(channel: &Channel<f32>, field: &str) -> Option<f64> {
    let layout = channel.layout();
    let mean = layout.range(layout.columns.iter().position(|column| column.is_mean())?);
    let (_, Values::F32(modes)) = channel.state().into_iter().find(|(name, _)| *name == field)? else {
        return None;
    };
    let sign = |n: usize| if n.is_multiple_of(2) { -1.0 } else { 1.0 };
    Some(
        modes[mean]
            .iter()
            .enumerate()
            .map(|(n, a)| sign(n) * (n * n) as f64 * (f64::from(a.re) + f64::from(a.im)))
            .sum(),
    )
}

/// The same turbulent start between walls at rest and at 3 and 100, all seen from a frame in which
/// the bulk is at rest. U is held to 2^-48 of itself, 4e-13 of the fastest one, which in this time
/// grows by a factor of order one: the fluctuations have the same bits but where that tips a
/// rounding, 1e-7 of them. So have the moments: at the walls nothing is left but four roundings of
/// U^2 in double precision, 4e-12, and the skewness of u at the first point, where <u'u'> is 5e-4,
/// is off by those of U^3, 4e-10 of 1e-5.
fn galilean(world: &Rc<World>) -> Outcome {
    let runs = [0.0, 3.0, 100.0].map(|wall| -> Result<([f64; 2], Vec<Record>), String> {
        let bulk_velocity = wall + 10.0;
        let walls = Walls { velocity: [wall; 2], ..Walls::default() };
        let own = channel::Parameters::at_rest([PI, 2.0, FRAC_PI_2], [16, 33, 16]);
        let drive = Drive::MassFlux { bulk_velocity };
        let step_size = StepSize::Fixed(1e-3);
        let mut channel = new(
            world,
            channel::Parameters {
                viscosity: VISCOSITY,
                drive,
                walls,
                step_size,
                frame_velocity: bulk_velocity,
                ..own
            },
        )?;
        channel.set(&ChannelInitial::Turbulent { amplitude: 0.1 }).map_err(|error| error.to_string())?;
        for time in [0.04, 0.045, 0.05] {
            advance(&mut channel, time)?;
            channel.sample();
        }
        Ok((
            ["wall_shear_lower", "wall_shear_upper"].map(|name| observed(&mut channel, name)),
            channel.records().whole,
        ))
    });
    let [at_rest, slow, fast] = runs;
    let (at_rest, records) = at_rest?;
    // Only the root has records.
    let skewness_of =
        |records: &[Record]| if world.is_root() { skewness_near_the_wall(records) } else { Ok(Vec::new()) };
    let skewness = skewness_of(&records)?;
    for (moving, records) in [slow?, fast?] {
        let error = at_rest.iter().zip(moving).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
        ensure!(error < 1e-6, "the friction changes by {error:e} of it: {at_rest:?}, {moving:?}");
        let found = skewness_of(&records)?;
        ensure!(
            skewness.iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-3),
            "skewness of u {found:?}, not {skewness:?}"
        );
    }
    Ok(())
}

/// That of u at the first points off the lower wall, at whose own `<u'u'>` it looks.
fn skewness_near_the_wall(records: &[Record]) -> Result<Vec<f64>, String> {
    let all = |name: &str| Record::values(records, name, 33).map_err(|error| error.to_string());
    let weight = Record::number(records, "weight").map_err(|error| error.to_string())?;
    let (u, uu, uuu) = (all("u")?, all("uu")?, all("uuu")?);
    let moments = |j: usize| {
        let [u, uu, uuu] = [u[j], uu[j], uuu[j]].map(|sum| sum / weight);
        (uu - u * u, uuu - 3.0 * u * uu + 2.0 * u.powi(3))
    };
    ensure!(moments(0).0.abs() < 1e-11, "<u'u'> is {:e} at the wall", moments(0).0);
    let skewness: Vec<f64> = (1..4).map(moments).map(|(second, third)| third / second.powf(1.5)).collect();
    ensure!(skewness.iter().all(|s| s.abs() < 3.0), "skewness {skewness:?}");
    Ok(skewness)
}

/// A stage rounds each mode once, by a part of the last place that is the same for as long as the
/// gain, counted in last places, keeps its fraction. Here a stage gains some 100 last places, and 2
/// % less at the end: the fraction runs through all values twice or more, and what is left of half
/// a last place is a tenth of it, 5e-4 of a gain at most, usually 1e-4.
fn decay_rate(world: &Rc<World>) -> Outcome {
    let (dt, steps, k2) = (1e-3, 1000.0, 2.0);
    let own =
        homogeneous::Parameters { viscosity: VISCOSITY, step_size: StepSize::Fixed(dt), ..parameters(8) };
    let mut flow = started_in::<f32>(world, own, &Initial::TaylorGreen { amplitude: 1.0, dimensions: 2 })?;
    let before = observed(&mut flow, "energy");
    advance(&mut flow, steps * dt)?;
    let rate = -(observed(&mut flow, "energy") / before).ln() / flow.clock().time;
    let error = rate / (2.0 * VISCOSITY * k2) - 1.0;
    println!("decay rate off by {error:e}");
    ensure!(error.abs() < 1e-4, "the decay rate is off by {error:e} of it");
    Ok(())
}
