//! The scalars of a homogeneous case, and the names allowed for scalars of any flow.

use std::path::Path;

use super::super::codec::*;
use super::super::keys::{Form, Head, Key, Keys, Variant, variant};
use super::Spectrum;
use super::initial::{phase, wavenumber};
use super::spectrum;

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

/// Maximum number of characters of a scalar's name, which heads columns of the output.
const LONGEST_NAME: usize = 24;

const OTHER_NAME: &str = "choose another name, such as temperature";

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

/// The Schmidt number of a scalar.
pub fn schmidt(keys: &mut Keys, schmidt: &mut f64) {
    let key = Key::or("schmidt", positive(), 1.0);
    keys.key(schmidt, key.says("Schmidt number: viscosity over diffusivity."));
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

/// Records a problem with the name of a scalar.
pub fn check_name(keys: &mut Keys, name: &str) {
    if let Some(wrong) = wrong_name(name) {
        keys.problem(&["scalar", name], &wrong, OTHER_NAME);
    }
}

fn wrong_name(name: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if matches!(name, "u" | "v" | "w" | "x" | "y" | "z") {
        Some("a velocity or a direction has this name".to_owned())
    } else if matches!(name, "laplacian_v" | "omega_y") {
        Some("a field of the channel's state has this name".to_owned())
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(allowed) {
        Some("the name of a scalar is lower-case letters, digits and _, a letter first".to_owned())
    } else if name.len() > LONGEST_NAME {
        Some(format!("the name of a scalar has at most {LONGEST_NAME} characters"))
    } else {
        None
    }
}
