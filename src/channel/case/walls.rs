//! The walls of a channel: their motion, and flow through them.

use crate::case::codec::*;
use crate::case::document::Node;
use crate::case::keys::{Form, Head, Key, Keys};

/// Motion of the walls and flow through them, the lower wall first; none by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walls {
    /// U of each wall, in the laboratory.
    pub velocity: [f64; 2],
    pub oscillation: Option<Oscillation>,
    pub transpiration: Vec<Transpiration>,
}

impl Walls {
    /// The mean of U of both walls. Relative to it, the bulk velocity does not depend on the frame of
    /// reference.
    pub fn mean_velocity(&self) -> f64 {
        0.5 * (self.velocity[0] + self.velocity[1])
    }

    /// Whether the walls are the same seen in the mirror z -> -z, but for a shift: then averages with one w
    /// vanish. Oblique waves of transpiration are not.
    pub fn alike_in_z(&self) -> bool {
        let oblique = |wave: &Transpiration| wave.wavenumber.iter().all(|n| *n != 0);
        self.oscillation.is_none() && !self.transpiration.iter().any(oblique)
    }
}

/// Both walls move along z: `W = amplitude sin(2 pi t / period)`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Oscillation {
    pub amplitude: f64,
    /// Period, > 0.
    pub period: f64,
}

/// Steady blowing and suction without net flux:
/// `v = amplitude cos(2 pi (n_x x / L_x + n_z z / L_z) + phase)` at a wall, positive along +y.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Transpiration {
    pub wall: WallSide,
    pub amplitude: f64,
    /// n_x, n_z: not both zero; the grid must keep the mode.
    pub wavenumber: [i64; 2],
    /// Phase in radians.
    pub phase: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WallSide {
    Lower,
    Upper,
    #[default]
    Both,
}

const WALL_SIDES: &[(&str, WallSide)] =
    &[("lower", WallSide::Lower), ("upper", WallSide::Upper), ("both", WallSide::Both)];

/// Visits `[walls]`, on this grid.
pub fn visit(keys: &mut Keys, walls: &mut Walls, grid: [usize; 3]) {
    let head =
        Head::new("walls", "Motion of the walls, and flow through them; walls at rest if it is absent.");
    keys.whole(walls, head, Walls::default(), Walls::default(), |walls, keys| {
        let key = Key::or("velocity", array(number()), [0.0; 2]).unit("velocity");
        keys.key(&mut walls.velocity, key.says("Velocity along x of the lower and of the upper wall."));
        let says = "Oscillation of both walls along z: W = amplitude sin(2 pi t / period).";
        let head = Head::new("oscillation", says).form(Form::Inline);
        keys.optional(&mut walls.oscillation, head, Oscillation::default(), |oscillation, keys| {
            let key = Key::required("amplitude", number(), "12.0").unit("velocity");
            keys.key(&mut oscillation.amplitude, key.says("Amplitude of the velocity of the walls."));
            let key = Key::required("period", positive(), "0.5").unit("time");
            keys.key(&mut oscillation.period, key.says("Period of the oscillation."));
        });
        let says = "Steady blowing and suction: v = amplitude cos(2 pi (n_x x / L_x + n_z z / L_z) + phase), \
            summed over the tables of the array.";
        let head = Head::new("transpiration", says).form(Form::Array);
        keys.list(&mut walls.transpiration, head, Transpiration::default(), |wave, keys| {
            transpiration(keys, wave, grid);
        });
    });
}

fn transpiration(keys: &mut Keys, wave: &mut Transpiration, grid: [usize; 3]) {
    let key = Key::or("wall", one_of(WALL_SIDES), WallSide::Both);
    keys.key(&mut wave.wall, key.says("Wall through which the fluid passes."));
    let key = Key::required("amplitude", number(), "0.1").unit("velocity");
    keys.key(&mut wave.amplitude, key.says("Amplitude of v at the wall, positive along +y."));
    labels(keys, &mut wave.wavenumber, grid, "this has a net flux through the wall");
    let key = Key::or("phase", number(), 0.0).unit("radians");
    keys.key(&mut wave.phase, key.says("Phase of the wave at the origin."));
}

/// Visits `wavenumber`, the labels n_x and n_z, which the grid must keep; both zero are refused with
/// the message `wrong`.
pub fn labels(keys: &mut Keys, wavenumber: &mut [i64; 2], grid: [usize; 3], wrong: &'static str) {
    let largest = [grid[0], grid[2]].map(|points| (points.max(1) - 1) / 3);
    let check = move |node: &Node, labels: [i64; 2]| {
        if labels == [0, 0] {
            return Err(vec![node.problem(wrong).help("at least one of n_x, n_z must not be 0")]);
        }
        // A grid that could not be read is zero.
        if grid[0] > 0 && labels.iter().zip(largest).any(|(n, largest)| n.unsigned_abs() > largest as u64) {
            let [nx, nz] = largest;
            let message = format!("the grid does not keep this mode: only |n_x| <= {nx} and |n_z| <= {nz}");
            return Err(vec![node.problem(message).help(
                "a smaller wavenumber, or a larger domain.grid: modes below a third of the points are kept",
            )]);
        }
        Ok(labels)
    };
    let key = Key::required("wavenumber", array(integer()).checked(check), "[1, 0]");
    keys.key(wavenumber, key.says("Number of waves n_x, n_z in the box; not both 0."));
}
