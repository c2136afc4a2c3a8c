//! A quantity of a stored field at all points of its grid, for other programs.

use super::npy::Array;
use super::slice::values;
use super::{Stored, not_finite};
use crate::chebyshev::Points;
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::field::{Basis, Expansion, Plane};
use crate::files;
use crate::parallel::World;
use clap::ValueEnum;
use std::fs::OpenOptions;
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
    let partial = files::partial(out);
    let failed = |error| Error::io(format!("cannot write {}", out.display()), error);
    let mut file = None;
    world.root_does(|| {
        files::discard(&partial)?;
        file = Some(OpenOptions::new().write(true).create_new(true).open(&partial).map_err(failed)?);
        Ok(())
    })?;
    let mut array = None;
    world.root_does(|| {
        array = file.as_ref().map(|file| Array::begin(file, [nz, ny, nx])).transpose().map_err(failed)?;
        Ok(())
    })?;
    let heights = heights(&stored.modes.expansion(), ny);
    let written = heights.iter().enumerate().try_for_each(|(j, y)| {
        let plane = Plane { normal: 1, position: *y, points: [nx, nz] };
        let sheet = plane
            .evaluate(world, stored.modes.as_mut(), &quantity.components)
            .ok_or_else(|| not_finite(path))?;
        world.root_does(|| {
            let Some(array) = &array else { return Ok(()) };
            let values = values(&sheet, &quantity, stored.viscosity);
            let mut rows = values.chunks_exact(nx).enumerate();
            rows.try_for_each(|(k, row)| array.row([k, j], row)).map_err(failed)
        })
    });
    world.root_text(|| {
        let published = written
            .clone()
            .and_then(|()| file.as_ref().map_or(Ok(()), |file| file.sync_all().map_err(failed)))
            .and_then(|()| files::publish(&partial, out));
        if published.is_err() {
            // The first error is the one to report.
            let _ = files::discard(&partial);
        }
        published.map(|()| format!("{}: {}, [z, y, x] = [{nz}, {ny}, {nx}]", out.display(), quantity.name))
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
