//! Quantities at points that a table lists.

use super::slice::within_walls;
use super::{Stored, not_finite};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::field::{Component, Quantity, at_points};
use crate::files;
use crate::parallel::World;
use crate::table::{Row, TextTable};
use std::fmt::Write;
use std::path::Path;
use std::rc::Rc;

const AXES: [&str; 3] = ["x", "y", "z"];

/// Evaluates quantities of the checkpoint or snapshot at `path` at the points of a table with columns x, y, z, from all
/// its modes, and writes them to `out` as CSV, with as many digits as tell numbers apart. Returns a line about it.
/// Collective.
///
/// # Errors
/// The same on all ranks: a file that is neither; a table without these columns; a point outside a channel; an
/// unknown quantity; a file that cannot be written.
pub fn probe(
    world: &Rc<World>,
    flows: Flows,
    path: &Path,
    points: &Path,
    quantities: &[String],
    out: &Path,
) -> Result<String> {
    let mut places = Vec::new();
    world.root_does(|| read_points(points).map(|points| places = points.concat()))?;
    world.broadcast(0, &mut places);
    let points = places.as_chunks::<3>().0;
    let mut stored = Stored::read(world, flows, path)?;
    let quantities =
        quantities.iter().map(|name| stored.quantity(path, name)).collect::<Result<Vec<Quantity>>>()?;
    let expansion = stored.modes.expansion();
    points.iter().try_for_each(|point| within_walls(&expansion, 1, point[1]))?;
    let wanted: Vec<Component> = quantities.iter().flat_map(|quantity| quantity.components.clone()).collect();
    let values = at_points(world, stored.modes.as_mut(), &wanted, points).ok_or_else(|| not_finite(path))?;
    world.root_text(|| {
        let names = AXES.into_iter().chain(quantities.iter().map(|quantity| &*quantity.name));
        let mut text = names.collect::<Vec<&str>>().join(",") + "\n";
        for ([x, y, z], mut values) in points.iter().zip(values.chunks_exact(wanted.len())) {
            // Writing to a String cannot fail.
            let _ = write!(text, "{x},{y},{z}");
            for quantity in &quantities {
                let own;
                (own, values) = values.split_at(quantity.components.len());
                let _ = write!(text, ",{}", quantity.value(own, stored.viscosity));
            }
            text.push('\n');
        }
        files::replace(out, text.as_bytes())?;
        Ok(format!("{}: {} points", out.display(), points.len()))
    })
}

/// The points of a table.
fn read_points(path: &Path) -> Result<Vec<[f64; 3]>> {
    let table = TextTable::read(path)?;
    let columns = table.columns(&|name| AXES.contains(&name))?;
    let missing = || {
        Error::input(format!(
            "{}: the points need columns x, y and z, named in the first line",
            path.display()
        ))
    };
    let mut places = [0; 3];
    for (place, axis) in places.iter_mut().zip(AXES) {
        *place = columns.find(|name| name == axis)?.ok_or_else(missing)?;
    }
    let point = |row: &Row| match places.map(|place| row.cells[place]) {
        point if point.iter().all(|place| place.is_finite()) => Ok(point),
        _ => Err(table.wrong(row.line, "a point needs numbers for x, y and z")),
    };
    table.rows().iter().map(point).collect()
}
