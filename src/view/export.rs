//! A quantity of a stored field at all points of its grid, for other programs.

use super::npy::Array;
use super::slice::values;
use super::{Stored, not_finite};
use crate::chebyshev::Points;
use crate::definition::Flows;
use crate::error::Result;
use crate::field::{Basis, Expansion, Plane};
use crate::files::Partial;
use crate::parallel::World;
use clap::ValueEnum;
use std::path::Path;
use std::rc::Rc;

/// The form of an exported field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A NumPy array of doubles, axes z, y, x
    Npy,
}

/// Writes a quantity of the checkpoint or snapshot at `path` to `out`, at the points that a snapshot of its run has,
/// plane by plane. Returns a line about it. Collective.
///
/// # Errors
/// The same on all ranks: a file that is neither; an unknown quantity; a file that cannot be written.
pub fn export(
    world: &Rc<World>,
    flows: Flows,
    path: &Path,
    quantity: &str,
    form: Form,
    out: &Path,
) -> Result<String> {
    let Form::Npy = form;
    let mut stored = Stored::read(world, flows, path)?;
    let quantity = stored.quantity(path, quantity)?;
    let [nx, ny, nz] = stored.grid;
    let mut file = None;
    world.root_does(|| Partial::create(out).map(|created| file = Some(created)))?;
    let mut array = None;
    world.root_does(|| {
        let Some(file) = &file else { return Ok(()) };
        array = Some(Array::begin(file.file(), [nz, ny, nx]).map_err(|error| file.failed(error))?);
        Ok(())
    })?;
    for (j, y) in heights(&stored.modes.expansion(), ny).into_iter().enumerate() {
        let plane = Plane { normal: 1, position: y, points: [nx, nz] };
        let sheet = plane
            .evaluate(world, stored.modes.as_mut(), &quantity.components)
            .ok_or_else(|| not_finite(path))?;
        world.root_does(|| {
            let Some((file, array)) = file.as_ref().zip(array.as_ref()) else { return Ok(()) };
            let values = values(&sheet, &quantity, stored.viscosity);
            let mut rows = values.chunks_exact(nx).enumerate();
            rows.try_for_each(|(k, row)| array.row([k, j], row)).map_err(|error| file.failed(error))
        })?;
    }
    world.root_text(|| {
        file.take().map_or(Ok(()), Partial::publish)?;
        Ok(format!("{}: {}, [z, y, x] = [{nz}, {ny}, {nx}]", out.display(), quantity.name))
    })
}

/// The y of the planes of a snapshot, ascending.
fn heights(expansion: &Expansion, points: usize) -> Vec<f64> {
    let [first, length] = expansion.extent(1);
    match expansion.basis {
        Basis::Fourier => (0..points).map(|j| first + length * j as f64 / points as f64).collect(),
        Basis::Chebyshev => Points::new(points).y.into_iter().rev().collect(),
    }
}
