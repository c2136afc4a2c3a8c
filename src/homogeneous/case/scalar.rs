//! The scalars of a homogeneous case.

use std::path::Path;

use super::Spectrum;
use super::initial::{phase, wavenumber};
use super::spectrum;
use crate::case::codec::*;
use crate::case::keys::{Form, Head, Key, Keys, Variant, variant};
use crate::case::scalar::{OTHER_NAME, check_name, schmidt};

/// A scalar transported by the velocity: `d theta/dt + u.grad theta + G.u = nu/Sc lap theta`, and
/// `du/dt = .. + buoyancy theta`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scalar {
    /// Lower-case letters, digits and `_`; not one of u, v, w, x, y, z.
    pub name: String,
    /// Schmidt number, nu over the diffusivity, > 0.
    pub schmidt: f64,
    /// The mean gradient G at time zero; it deforms with the mean flow.
    pub gradient: [f64; 3],
    /// Acceleration per unit of the scalar; zero for a passive one.
    pub buoyancy: [f64; 3],
    pub initial: ScalarInitial,
}

/// A scalar at time zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ScalarInitial {
    #[default]
    Zero,
    /// `amplitude cos(k.x + phase)`.
    Mode { wavenumber: [i64; 3], amplitude: f64, phase: f64 },
    /// Random phases with a spectrum of this shape and `1/2 <theta^2> = energy`; `None` leaves a table
    /// unscaled.
    Random { energy: Option<f64>, spectrum: Spectrum },
}

const KINDS: &[Variant<ScalarInitial>] = &[
    variant!("zero", "No fluctuations.", ScalarInitial::Zero),
    variant!("mode", "A single Fourier mode.", ScalarInitial::Mode { wavenumber, amplitude, phase }),
    variant!("random", "Random phases with a given spectrum.", ScalarInitial::Random { energy, spectrum }),
];

/// Visits `[scalar]`, whose tables are the scalars.
pub fn visit(keys: &mut Keys, scalars: &mut Vec<Scalar>, dir: &Path) {
    let says = "Scalar of this name, transported by the velocity; passive unless it has a buoyancy.";
    let head = Head::new("scalar", says).form(Form::Named);
    let start = |name: &str| Scalar { name: name.to_owned(), ..Scalar::default() };
    keys.named(
        scalars,
        head,
        start,
        |scalar| &scalar.name,
        |scalar, keys| {
            let Scalar { name: _, schmidt, gradient, buoyancy, initial } = scalar;
            self::schmidt(keys, schmidt);
            let key = Key::or("gradient", array(number()), [0.0; 3]).unit("scalar / length");
            keys.key(gradient, key.says("Mean scalar gradient at time zero; it deforms with the mean flow."));
            let key = Key::or("buoyancy", array(number()), [0.0; 3]).unit("acceleration / scalar");
            keys.key(buoyancy, key.says("Acceleration of the fluid per unit of the scalar."));
            let head = Head::new("initial", "Fluctuations of the scalar at time zero.");
            keys.whole(initial, head, ScalarInitial::Zero, ScalarInitial::Zero, |initial, keys| {
                self::initial(keys, initial, dir);
            });
        },
    );
    for scalar in scalars {
        check_name(keys, &scalar.name);
        if scalar.name == "remesh" {
            let message = "remesh_dissipation is a column of the series already";
            keys.problem(&["scalar", &scalar.name], message, OTHER_NAME);
        }
    }
}

fn initial(keys: &mut Keys, initial: &mut ScalarInitial, dir: &Path) {
    keys.kind(initial, "kind", "Kind of field.", KINDS, |initial, _, keys| match initial {
        ScalarInitial::Zero => {}
        ScalarInitial::Mode { wavenumber, amplitude, phase } => {
            self::wavenumber(keys, wavenumber);
            let key = Key::or("amplitude", number(), 1.0).unit("scalar");
            keys.key(amplitude, key.says("Amplitude of the wave."));
            self::phase(keys, phase);
        }
        ScalarInitial::Random { energy, spectrum } => {
            spectrum::visit(keys, energy, spectrum, dir, "scalar^2")
        }
    });
}
