//! A picture of a quantity on a plane.

use super::{Stored, not_finite};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::field::{Basis, Expansion, Plane, Quantity, Sheet};
use crate::figure::{Axis, Colours, Figure, Map, Panel, plain};
use crate::files;
use crate::parallel::World;
use crate::report::Width;
use crate::report::rows::significant;
use std::path::Path;
use std::rc::Rc;
use std::str::FromStr;

const AXES: [&str; 3] = ["x", "y", "z"];
/// Points per millimetre of the longer axis: one per pixel of a figure.
const PER_MILLIMETRE: f64 = 300.0 / 25.4;
/// Points of the shorter axis at least.
const LEAST: usize = 16;

/// A place of an axis: `z=0.5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    axis: usize,
    position: f64,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (axis, position) = text.split_once('=').ok_or("a plane is an axis and a place, such as z=0.5")?;
        let axis =
            AXES.iter().position(|known| *known == axis.trim()).ok_or("the axis of a plane is x, y or z")?;
        match position.trim().parse::<f64>() {
            Ok(position) if position.is_finite() => Ok(Self { axis, position }),
            _ => Err(format!("the place of a plane is a number, not `{}`", position.trim())),
        }
    }
}

/// A range of values: `-1,1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range(f64, f64);

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let ends = text.split_once(',').and_then(|(low, high)| {
            Some((low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?))
        });
        match ends {
            Some((low, high)) if low < high && low.is_finite() && high.is_finite() => Ok(Self(low, high)),
            _ => Err("a range is two numbers, the smaller one first, such as -1,1".into()),
        }
    }
}

/// What is to be drawn.
pub struct Slice<'a> {
    pub quantity: &'a str,
    pub at: At,
    /// The values at both ends of the colours; those of the plane if not given.
    pub range: Option<Range>,
    pub width: Width,
}

/// Draws a quantity of the checkpoint or snapshot at `path` on a plane, and writes the picture to `out`. Returns a
/// line about it. The field is evaluated at every pixel from its modes. Collective.
///
/// # Errors
/// The same on all ranks: a file that is neither; an unknown quantity; a plane outside a channel; a picture that
/// cannot be written.
pub fn slice(world: &Rc<World>, flows: Flows, path: &Path, what: &Slice, out: &Path) -> Result<String> {
    if out.extension().is_none_or(|extension| extension != "png") {
        return Err(Error::input(format!(
            "{}: the picture is a PNG file: give a name that ends in .png",
            out.display()
        )));
    }
    let mut stored = Stored::read(world, flows, path)?;
    let quantity = stored.quantity(path, what.quantity)?;
    let expansion = stored.modes.expansion();
    let (axis, position) = (what.at.axis, what.at.position);
    within_walls(&expansion, axis, position)?;
    let mut plane = Plane { normal: axis, position, points: [1, 1] };
    plane.points = pixels(&expansion, &plane, what.width);
    let sheet =
        plane.evaluate(world, stored.modes.as_mut(), &quantity.components).ok_or_else(|| not_finite(path))?;
    world.root_text(|| {
        let values = values(&sheet, &quantity, stored.viscosity);
        let (least, most) = ends(&values);
        let figure = draw(&stored, &expansion, &plane, &quantity, what, values, world);
        files::replace(out, &figure.png()?)?;
        let [least, most] = [least, most].map(|value| significant(value, 4));
        let place = format!("{} = {position}", AXES[axis]);
        let time = significant(stored.time, 6);
        Ok(format!("{}: {} at {place}, t = {time}, from {least} to {most}", out.display(), quantity.name))
    })
}

/// Refuses a place beyond the walls of a channel.
pub(super) fn within_walls(expansion: &Expansion, axis: usize, position: f64) -> Result<()> {
    match axis == 1 && expansion.basis == Basis::Chebyshev && position.abs() > 1.0 {
        true => {
            Err(Error::input(format!("y = {position} is outside the channel, whose walls are at -1 and 1")))
        }
        false => Ok(()),
    }
}

/// As many points as the picture has pixels.
fn pixels(expansion: &Expansion, plane: &Plane, width: Width) -> [usize; 2] {
    let lengths = plane.axes().map(|axis| expansion.extent(axis)[1]);
    let most = lengths[0].max(lengths[1]);
    let longest = width.of_panel() * PER_MILLIMETRE;
    lengths.map(|length| ((length / most * longest).round() as usize).max(LEAST))
}

/// The quantity at the points of a plane.
pub(super) fn values(sheet: &Sheet, quantity: &Quantity, viscosity: f64) -> Vec<f64> {
    let mut at = vec![0.0; sheet.values.len()];
    let points = 0..sheet.values[0].len();
    let value = |point: usize| {
        at.iter_mut().zip(&sheet.values).for_each(|(at, component)| *at = component[point]);
        quantity.value(&at, viscosity)
    };
    points.map(value).collect()
}

/// The least and the largest value.
fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), v| (least.min(*v), most.max(*v)))
}

fn draw(
    stored: &Stored,
    expansion: &Expansion,
    plane: &Plane,
    quantity: &Quantity,
    what: &Slice,
    values: Vec<f64>,
    world: &World,
) -> Figure {
    let (least, most) = ends(&values);
    // Values of both signs: white is zero.
    let signed = least < 0.0 && most > 0.0;
    let (colours, (low, high)) = match (signed, what.range) {
        (_, Some(Range(low, high))) => {
            (if low == -high { Colours::Diverging } else { Colours::Sequential }, (low, high))
        }
        (true, None) => (Colours::Diverging, (-most.max(-least), most.max(-least))),
        (false, None) => (Colours::Sequential, (least, most)),
    };
    let name = |axis: usize| match expansion.in_space {
        true => format!("${}$", AXES[axis]),
        false => format!("$ξ_{}$", AXES[axis]),
    };
    let [right, up] = plane.axes();
    let edges = |axis: usize, points: usize| -> Vec<f64> {
        let [first, length] = expansion.extent(axis);
        (0..=points).map(|i| first + length * i as f64 / points as f64).collect()
    };
    let (x, y) = (edges(right, plane.points[0]), edges(up, plane.points[1]));
    let ends = |edges: &[f64]| (edges[0], edges[edges.len() - 1]);
    let axis = |which: usize, (from, to): (f64, f64)| Axis::linear(name(which)).within(from, to);
    let mut panel = Panel::new(axis(right, ends(&x)), axis(up, ends(&y)), Vec::new());
    panel.map = Some(Map {
        x,
        y,
        values,
        axis: Axis::linear(quantity.symbol()).within(low, high),
        colours,
        true_to_scale: true,
    });
    let grid = stored.grid.map(|points| points.to_string()).join(" × ");
    let note = [
        plain(&stored.name),
        grid,
        format!("$t = {}$", significant(stored.time, 4)),
        format!("{}$ = {}$", name(plane.normal), significant(plane.position, 4)),
        format!("rogallo {}", world.program()),
    ];
    Figure { panels: vec![panel], columns: 1, width: what.width.of_panel(), note: note.join(",  ") }
}

#[cfg(test)]
mod tests {
    use super::{At, Range};

    #[test]
    fn planes_and_ranges_are_read_or_refused() {
        assert_eq!("z=0.5".parse(), Ok(At { axis: 2, position: 0.5 }));
        assert_eq!("y = -1".parse(), Ok(At { axis: 1, position: -1.0 }));
        assert_eq!("-1, 2.5".parse(), Ok(Range(-1.0, 2.5)));
        for wrong in ["z", "q=1", "z=", "z=nan", "z=1e999", "=1"] {
            assert!(wrong.parse::<At>().is_err(), "{wrong}");
        }
        for wrong in ["1", "1,1", "2,1", "0,inf", "a,b", ""] {
            assert!(wrong.parse::<Range>().is_err(), "{wrong}");
        }
    }
}
