//! Homogeneous flows for the checks, and what is asked of all of them.

use crate::collective::Outcome;
use rogallo::flow::Flow;
use rogallo::homogeneous::case::{Initial, Spectrum};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::World;
use rogallo::transform::{Real, Reals};
use std::borrow::Borrow;
use std::rc::Rc;

/// n^3 points in a box of 2 pi.
pub fn parameters(n: usize) -> Parameters {
    Parameters { viscosity: 0.01, ..Parameters::at_rest([n; 3]) }
}

/// A random velocity.
pub fn random(energy: f64) -> Initial {
    Initial::Random {
        energy: Some(energy),
        spectrum: Spectrum::PassotPouquet { peak_wavenumber: 2.0 },
        develop: None,
    }
}

pub fn new(world: &Rc<World>, parameters: impl Borrow<Parameters>) -> Result<Homogeneous<f64>, String> {
    Homogeneous::new(world.clone(), parameters.borrow().clone()).map_err(|error| error.to_string())
}

/// With this initial field.
pub fn started(
    world: &Rc<World>,
    parameters: impl Borrow<Parameters>,
    initial: &Initial,
) -> Result<Homogeneous<f64>, String> {
    started_in::<f64>(world, parameters, initial)
}

/// In this precision.
pub fn started_in<T: Real>(
    world: &Rc<World>,
    parameters: impl Borrow<Parameters>,
    initial: &Initial,
) -> Result<Homogeneous<T>, String> {
    let mut flow =
        Homogeneous::new(world.clone(), parameters.borrow().clone()).map_err(|error| error.to_string())?;
    flow.set(initial).map_err(|error| error.to_string())?;
    Ok(flow)
}

/// Advances any flow to `time` with the steps of its parameters.
pub fn advance(flow: &mut impl Flow, time: f64) -> Outcome {
    while flow.clock().time < time {
        flow.advance(time).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A number of the series.
pub fn observed(flow: &mut impl Flow, name: &str) -> f64 {
    flow.observe().iter().find(|(n, _)| *n == name).map_or(f64::NAN, |(_, value)| *value)
}

/// The labels (n_x, n_y, n_z) of the modes of this rank, in the order of the fields.
pub fn labels<T: Real>(flow: &Homogeneous<T>) -> Vec<[i64; 3]> {
    let columns = flow.layout().columns.iter();
    columns.flat_map(|column| column.labels().map(move |ny| [column.nx as i64, ny, column.nz])).collect()
}

/// The largest error of a field at the points of this rank, which is to be `exact` of x, y, z.
pub fn error_at_points(
    flow: &mut impl Flow,
    field: usize,
    exact: impl Fn([f64; 3]) -> f64,
) -> Result<f64, String> {
    let ([x, y, z], slab) = (flow.coordinates(), flow.slab());
    let Reals::F64(values) = flow.points(field) else { return Err("not in double precision".into()) };
    let points = slab.z.flat_map(|k| slab.y.clone().map(move |j| (j, k)));
    let points = points.flat_map(|(j, k)| (0..x.len()).map(move |i| [i, j, k]));
    let errors = points.zip(values).map(|([i, j, k], value)| (value - exact([x[i], y[j], z[k]])).abs());
    Ok(errors.fold(0.0, larger))
}

/// The larger of two numbers; a NaN wins, from whichever side.
pub fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b <= a { a } else { b }
}
