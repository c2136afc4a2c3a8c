//! A movie: the pictures of a series of files, one after the other, with the same colours.

use super::slice::{Range, Seen, Slice};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::figure::Animation;
use crate::files::Partial;
use crate::parallel::World;
use crate::report::rows::significant;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Draws a quantity on a plane of each of these checkpoints or snapshots, in the order of time, and writes an animated
/// PNG to `out`. Without a range all files are read twice: the colours span the values of all. Returns a line about
/// it. Collective.
///
/// # Errors
/// Those of [`super::slice()`]; files that are not in the order of time; pictures of different sizes.
pub fn movie(
    world: &Rc<World>,
    flows: Flows,
    paths: &[PathBuf],
    what: &Slice,
    per_second: u16,
    out: &Path,
) -> Result<String> {
    super::slice::require_png(out)?;
    let range = match what.range {
        Some(range) => range,
        None => range_of_all(world, flows, paths, what)?,
    };
    let mut file = None;
    world.root_does(|| Partial::create(out).map(|created| file = Some(created)))?;
    let mut animation = None;
    let mut times: Vec<f64> = Vec::new();
    for path in paths {
        let seen = Seen::new(world, flows, path, what)?;
        if times.last().is_some_and(|last| *last >= seen.time) {
            return Err(Error::input(format!(
                "{} has t = {}, and the file before it t = {}: give the files in the order of time",
                path.display(),
                seen.time,
                times[times.len() - 1]
            )));
        }
        times.push(seen.time);
        world.root_does(|| {
            let Some(file) = &file else { return Ok(()) };
            let figure = seen.figure(range, what.width, world);
            if animation.is_none() {
                animation = Some(Animation::begin(file.file(), &figure, paths.len(), per_second)?);
            }
            animation
                .as_mut()
                .map_or(Ok(()), |animation| animation.add(&figure))
                .map_err(|error| Error { message: format!("{}: {error}", path.display()), ..error })
        })?;
    }
    let finished = animation.map_or(Ok(()), Animation::finish);
    world.root_text(|| {
        finished?;
        file.take().map_or(Ok(()), Partial::publish)?;
        let [low, high] = [range.0, range.1].map(|value| significant(value, 4));
        let [first, last] = [times[0], times[times.len() - 1]].map(|time| significant(time, 6));
        let (out, count) = (out.display(), paths.len());
        Ok(format!("{out}: {count} pictures, t = {first} to {last}, colours from {low} to {high}"))
    })
}

/// The range of the values of all files.
fn range_of_all(world: &Rc<World>, flows: Flows, paths: &[PathBuf], what: &Slice) -> Result<Range> {
    let mut all: Option<Range> = None;
    for path in paths {
        let Range(low, high) = Seen::new(world, flows, path, what)?.range();
        let Range(least, most) = all.unwrap_or(Range(low, high));
        all = Some(Range(low.min(least), high.max(most)));
    }
    let Range(low, high) = all.ok_or_else(|| Error::input("a movie needs at least one file"))?;
    // A plane of one sign among planes of both.
    Ok(if low < 0.0 && high > 0.0 { Range(-high.max(-low), high.max(-low)) } else { Range(low, high) })
}
