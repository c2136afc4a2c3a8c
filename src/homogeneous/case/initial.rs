//! The velocity of a homogeneous case at time zero.

use serde_json::json;
use std::path::{Path, PathBuf};

use super::Spectrum;
use super::spectrum;
use crate::case::codec::*;
use crate::case::document::Node;
use crate::case::general::checkpoint_file;
use crate::case::keys::{Head, Key, Keys, Variant, variant};

/// The velocity at time zero.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    /// Taylor-Green vortices of velocity `amplitude` in 3 or 2 `dimensions`, one wavelength in each
    /// direction of the box.
    TaylorGreen { amplitude: f64, dimensions: usize },
    /// The Arnold-Beltrami-Childress flow of velocities `a`, `b`, `c` with `wavenumber` >= 1 waves
    /// in the box.
    Abc { a: f64, b: f64, c: f64, wavenumber: usize },
    /// One Fourier mode: integer labels of its wavenumber (not all zero), velocity amplitude, phase
    /// in radians.
    Mode { wavenumber: [i64; 3], amplitude: [f64; 3], phase: f64 },
    /// A random solenoidal field of the given energy spectrum; its seed is `numerics.seed`.
    Random {
        /// Mean kinetic energy per unit mass to which the spectrum is scaled, velocity^2, > 0; `None`
        /// leaves a table unscaled.
        energy: Option<f64>,
        spectrum: Spectrum,
        /// Initial decay to developed turbulence, without mean flow, forcing and scalars.
        develop: Option<Develop>,
    },
    /// A checkpoint of this flow, on any grid and in any box.
    File { path: PathBuf },
}

impl Default for Initial {
    fn default() -> Self {
        Self::TaylorGreen { amplitude: 0.0, dimensions: 0 }
    }
}

/// A decay before time zero, from random phases to developed turbulence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Develop {
    /// Skewness of du/dx, averaged over the three directions, at which the decay ends; in (-1, 0).
    pub skewness: f64,
    /// Quantity of the random field that is restored afterwards.
    pub rescale: Rescale,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rescale {
    /// The initial spectrum, shell by shell.
    #[default]
    Spectrum,
    /// The initial energy.
    Energy,
    Nothing,
}

const RESCALES: &[(&str, Rescale)] =
    &[("spectrum", Rescale::Spectrum), ("energy", Rescale::Energy), ("nothing", Rescale::Nothing)];

const KINDS: &[Variant<Initial>] = &[
    variant!(
        "taylor-green",
        "Taylor-Green vortices, one wavelength in each direction of the box.",
        Initial::TaylorGreen { amplitude, dimensions }
    ),
    variant!("abc", "Arnold-Beltrami-Childress flow.", Initial::Abc { a, b, c, wavenumber }),
    variant!("mode", "A single Fourier mode.", Initial::Mode { wavenumber, amplitude, phase }),
    variant!(
        "random",
        "Random solenoidal field with a given energy spectrum.",
        Initial::Random { energy, spectrum, develop }
    ),
    variant!("file", "Checkpoint of this flow, on any grid and in any box.", Initial::File { path }),
];

/// Visits the keys of `[initial]`. `nonlinear` and `viscosity` are those of the case.
pub fn visit(keys: &mut Keys, initial: &mut Initial, dir: &Path, nonlinear: bool, viscosity: f64) {
    keys.kind(initial, "kind", "Kind of field.", KINDS, |initial, _, keys| match initial {
        Initial::TaylorGreen { amplitude, dimensions } => {
            let key = Key::or("amplitude", number(), 1.0).unit("velocity");
            keys.key(amplitude, key.says("Largest velocity of the vortices."));
            let key = Key::or("dimensions", two_or_three(), 3);
            keys.key(
                dimensions,
                key.says("Whether the vortices vary in three dimensions, or in x and y only."),
            );
        }
        Initial::Abc { a, b, c, wavenumber } => {
            for (name, value) in [("a", a), ("b", b), ("c", c)] {
                let key = Key::or(name, number(), 1.0).unit("velocity");
                keys.key(value, key.says("Amplitude of one of the three waves of the flow."));
            }
            keys.key(wavenumber, Key::or("wavenumber", at_least(1), 1).says("Number of waves in the box."));
        }
        Initial::Mode { wavenumber, amplitude, phase } => {
            self::wavenumber(keys, wavenumber);
            let key = Key::required("amplitude", array(number()), "[0.0, 1.0, 0.0]").unit("velocity");
            keys.key(amplitude, key.says("Amplitude of the velocity, normal to the wavevector."));
            self::phase(keys, phase);
        }
        Initial::Random { energy, spectrum, develop } => {
            spectrum::visit(keys, energy, spectrum, dir, "velocity^2");
            self::develop(keys, develop, nonlinear, viscosity);
        }
        Initial::File { path } => checkpoint_file(keys, path, dir),
    });
}

/// The labels of a Fourier mode.
pub fn wavenumber(keys: &mut Keys, wavenumber: &mut [i64; 3]) {
    let labels = array(integer()).checked(|node, labels| match labels {
        [0, 0, 0] => node.wrong("at least one of the labels must not be zero"),
        labels => Ok(labels),
    });
    let key = Key::required("wavenumber", labels, "[1, 0, 0]");
    keys.key(wavenumber, key.says("Number of waves in the box in x, y, z; not all of them 0."));
}

/// The phase of a Fourier mode.
pub fn phase(keys: &mut Keys, phase: &mut f64) {
    keys.key(phase, Key::or("phase", number(), 0.0).unit("radians").says("Phase of the wave at the origin."));
}

fn develop(keys: &mut Keys, develop: &mut Option<Develop>, nonlinear: bool, viscosity: f64) {
    let says = "Decay of a random field to developed turbulence before time zero; with kind = \"random\".";
    let head = Head::new("develop", says);
    keys.optional(develop, head, Develop::default(), |develop, keys| {
        let key = Key::or("skewness", skewness(), -0.4);
        keys.key(
            &mut develop.skewness,
            key.says("Skewness of du/dx, averaged over the directions, at which the decay ends."),
        );
        let key = Key::or("rescale", one_of(RESCALES), Rescale::Spectrum);
        keys.key(
            &mut develop.rescale,
            key.says("Quantity of the random field that is restored after the decay."),
        );
    });
    if develop.is_some() && !nonlinear {
        keys.problem(
            &["develop"],
            "a linear run does not develop turbulence",
            "remove develop, or set flow.nonlinear = true",
        );
    }
    if develop.is_some() && viscosity == 0.0 {
        keys.problem(
            &["develop"],
            "a fluid without viscosity does not decay to turbulence",
            "remove develop, or set fluid.viscosity",
        );
    }
}

fn skewness() -> Codec<f64> {
    let schema = json!({ "type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 0 });
    let check = |node: &Node, x| match x {
        x if x > -1.0 && x < 0.0 => Ok(x),
        _ => Err(vec![
            node.problem("must lie between -1 and 0")
                .help("the skewness of du/dx in developed turbulence is about -0.5"),
        ]),
    };
    number().checked(check).described("a number between -1 and 0", schema)
}

fn two_or_three() -> Codec<usize> {
    integer()
        .checked(|node, dimensions| match dimensions {
            2 | 3 => Ok(dimensions),
            _ => node.wrong("must be 2 or 3"),
        })
        .described("2 or 3", json!({ "enum": [2, 3] }))
}
