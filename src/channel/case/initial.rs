//! The velocity of a channel at time zero.

use std::path::{Path, PathBuf};

use super::walls::labels;
use crate::case::codec::*;
use crate::case::general::checkpoint_file;
use crate::case::keys::{Key, Keys, Variant, variant};

/// The velocity at time zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ChannelInitial {
    /// The laminar profile of drive and walls.
    #[default]
    Laminar,
    /// Reichardt's mean profile and random solenoidal disturbances with rms `amplitude`, a fraction of
    /// the bulk velocity, >= 0.
    Turbulent { amplitude: f64 },
    /// The laminar profile plus an eigenmode of the linear stability problem.
    Eigenmode {
        family: Eigenfamily,
        /// n_x, n_z: not both zero; the grid must keep the mode.
        wavenumber: [i64; 2],
        /// Position by growth rate; 0 is the least stable mode.
        index: usize,
        /// The largest velocity component of the mode.
        amplitude: f64,
    },
    /// A checkpoint of this flow, on any grid and in any box.
    File { path: PathBuf },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Eigenfamily {
    /// With a wall-normal velocity.
    #[default]
    OrrSommerfeld,
    /// Without one: only wall-normal vorticity.
    Squire,
}

const EIGENFAMILIES: &[(&str, Eigenfamily)] =
    &[("orr-sommerfeld", Eigenfamily::OrrSommerfeld), ("squire", Eigenfamily::Squire)];

const KINDS: &[Variant<ChannelInitial>] = &[
    variant!(
        "turbulent",
        "Reichardt's mean profile and random solenoidal disturbances.",
        ChannelInitial::Turbulent { amplitude }
    ),
    variant!("laminar", "Laminar profile of drive and walls.", ChannelInitial::Laminar),
    variant!(
        "eigenmode",
        "Eigenmode of the linear stability problem on top of the laminar profile.",
        ChannelInitial::Eigenmode { family, wavenumber, index, amplitude }
    ),
    variant!("file", "Checkpoint of this flow, on any grid and in any box.", ChannelInitial::File { path }),
];

/// The keys of `[initial]`, on this grid.
pub fn visit(keys: &mut Keys, initial: &mut ChannelInitial, dir: &Path, grid: [usize; 3]) {
    keys.kind(initial, "kind", "Kind of field.", KINDS, |initial, _, keys| match initial {
        ChannelInitial::Laminar => {}
        ChannelInitial::Turbulent { amplitude } => {
            let key = Key::or("amplitude", non_negative(), 0.1).unit("bulk velocity");
            keys.key(amplitude, key.says("Root mean square of the disturbances."));
        }
        ChannelInitial::Eigenmode { family, wavenumber, index, amplitude } => {
            let key = Key::or("family", one_of(EIGENFAMILIES), Eigenfamily::OrrSommerfeld);
            keys.key(
                family,
                key.says(
                    "Family of modes: with (Orr-Sommerfeld) or without (Squire) a wall-normal velocity.",
                ),
            );
            labels(keys, wavenumber, grid, "the mean flow has no eigenmodes");
            keys.key(
                index,
                Key::or("index", integer(), 0)
                    .says("Position of the mode by growth rate; 0 is the least stable."),
            );
            let key = Key::or("amplitude", non_zero(), 1e-4).unit("velocity");
            keys.key(amplitude, key.says("Largest velocity of the mode."));
        }
        ChannelInitial::File { path } => checkpoint_file(keys, path, dir),
    });
}
