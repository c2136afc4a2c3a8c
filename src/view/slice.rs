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
pub struct Range(pub(super) f64, pub(super) f64);

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
    require_png(out)?;
    let seen = Seen::new(world, flows, path, what)?;
    world.root_text(|| {
        let range = what.range.unwrap_or_else(|| seen.range());
        files::replace(out, &seen.figure(range, what.width, world).png()?)?;
        let (least, most) = ends(&seen.values);
        let [least, most] = [least, most].map(|value| significant(value, 4));
        let time = significant(seen.time, 6);
        let (out, name, place) = (out.display(), &seen.quantity.name, seen.place());
        Ok(format!("{out}: {name} at {place}, t = {time}, from {least} to {most}"))
    })
}

/// Refuses a name that is not that of a PNG file.
pub(super) fn require_png(out: &Path) -> Result<()> {
    match out.extension().is_some_and(|extension| extension == "png") {
        true => Ok(()),
        false => Err(Error::input(format!(
            "{}: the picture is a PNG file: give a name that ends in .png",
            out.display()
        ))),
    }
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

/// A quantity on a plane of a stored field.
pub(super) struct Seen {
    expansion: Expansion,
    plane: Plane,
    pub(super) quantity: Quantity,
    pub(super) values: Vec<f64>,
    name: String,
    grid: [usize; 3],
    pub(super) time: f64,
}

impl Seen {
    /// Evaluates it at every pixel of a picture. Collective.
    ///
    /// # Errors
    /// Those of [`slice`] but for its picture.
    pub(super) fn new(world: &Rc<World>, flows: Flows, path: &Path, what: &Slice) -> Result<Self> {
        let mut stored = Stored::read(world, flows, path)?;
        let quantity = stored.quantity(path, what.quantity)?;
        let expansion = stored.modes.expansion();
        let (normal, position) = (what.at.axis, what.at.position);
        within_walls(&expansion, normal, position)?;
        let mut plane = Plane { normal, position, points: [1, 1] };
        plane.points = pixels(&expansion, &plane, what.width);
        let sheet = plane
            .evaluate(world, stored.modes.as_mut(), &quantity.components)
            .ok_or_else(|| not_finite(path))?;
        let values = values(&sheet, &quantity, stored.viscosity);
        let Stored { name, grid, time, .. } = stored;
        Ok(Self { expansion, plane, quantity, values, name, grid, time })
    }

    /// The ends of the colours for all of its values; if they have both signs, zero is in the middle.
    pub(super) fn range(&self) -> Range {
        let (least, most) = ends(&self.values);
        if least < 0.0 && most > 0.0 {
            Range(-most.max(-least), most.max(-least))
        } else {
            Range(least, most)
        }
    }

    /// `z = 0.5`.
    pub(super) fn place(&self) -> String {
        format!("{} = {}", AXES[self.plane.normal], self.plane.position)
    }

    /// The picture, with these values at the ends of the colours.
    pub(super) fn figure(&self, Range(low, high): Range, width: Width, world: &World) -> Figure {
        let Self { expansion, plane, .. } = self;
        let colours = if low == -high { Colours::Diverging } else { Colours::Sequential };
        let name = |axis: usize| match expansion.in_space {
            true => format!("${}$", AXES[axis]),
            false => format!("$ξ_{}$", AXES[axis]),
        };
        let edges = |axis: usize, points: usize| -> Vec<f64> {
            let [first, length] = expansion.extent(axis);
            (0..=points).map(|i| first + length * i as f64 / points as f64).collect()
        };
        let [right, up] = plane.axes();
        let (x, y) = (edges(right, plane.points[0]), edges(up, plane.points[1]));
        let axis =
            |which: usize, edges: &[f64]| Axis::linear(name(which)).within(edges[0], edges[edges.len() - 1]);
        let mut panel = Panel::new(axis(right, &x), axis(up, &y), Vec::new());
        panel.map = Some(Map {
            x,
            y,
            values: self.values.clone(),
            axis: Axis::linear(self.quantity.symbol()).within(low, high),
            colours,
            true_to_scale: true,
            in_levels: false,
        });
        let note = [
            plain(&self.name),
            self.grid.map(|points| points.to_string()).join(" × "),
            format!("$t = {}$", significant(self.time, 4)),
            format!("{}$ = {}$", name(plane.normal), significant(plane.position, 4)),
            format!("rogallo {}", world.program()),
        ];
        Figure { panels: vec![panel], columns: 1, width: width.of_panel(), note: note.join(",  ") }
    }
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
