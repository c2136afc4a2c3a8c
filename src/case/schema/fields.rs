//! The velocity and the scalars of a homogeneous case at time zero; what any scalar may be called.

use std::path::{Path, PathBuf};

use super::super::document::Node;
use super::super::reader::Keys;
use super::super::types::*;
use super::super::values::*;
use super::{RESCALES, check_band};

/// Most characters of a scalar's name: it heads columns of the output.
const LONGEST_NAME: usize = 24;

const OTHER_NAME: &str = "choose another name, such as temperature";

/// `[initial]`.
pub fn initial(keys: &mut Keys, dir: &Path, nonlinear: bool, viscosity: f64) -> Initial {
    match keys.variant("kind", &["taylor-green", "abc", "mode", "random", "file"]) {
        "abc" => Initial::Abc {
            a: keys.or("a", 1.0, number),
            b: keys.or("b", 1.0, number),
            c: keys.or("c", 1.0, number),
            wavenumber: keys.or("wavenumber", 1, at_least(1)),
        },
        "mode" => Initial::Mode {
            wavenumber: keys.required("wavenumber", "[1, 0, 0]", mode_labels),
            amplitude: keys.required("amplitude", "[0.0, 1.0, 0.0]", array(number)),
            phase: keys.or("phase", 0.0, number),
        },
        "random" => {
            let (energy, spectrum) = spectrum(keys, dir);
            let develop = keys.optional_table("develop", develop);
            if develop.is_some() && !nonlinear {
                keys.problem(
                    "develop",
                    "a linear run does not develop turbulence",
                    "remove develop, or set flow.nonlinear = true",
                );
            }
            if develop.is_some() && viscosity == 0.0 {
                keys.problem(
                    "develop",
                    "a fluid without viscosity does not decay to turbulence",
                    "remove develop, or set fluid.viscosity",
                );
            }
            Initial::Random { energy, spectrum, develop }
        }
        "file" => Initial::File { path: checkpoint_file(keys, dir) },
        _ => Initial::TaylorGreen {
            amplitude: keys.or("amplitude", 1.0, number),
            dimensions: keys.or("dimensions", 3, two_or_three),
        },
    }
}

/// The checkpoint that a run starts from: an absolute path, so that it means the same wherever the
/// resolved case is read.
pub fn checkpoint_file(keys: &mut Keys, dir: &Path) -> PathBuf {
    keys.required("file", "\"runs/NAME/checkpoints/latest\"", |node| {
        std::path::absolute(dir.join(text(node)?)).or_else(|error| node.wrong(error.to_string()))
    })
}

/// `[scalar]`, whose tables are the scalars.
pub fn scalars(keys: &mut Keys, dir: &Path) -> Vec<Scalar> {
    let mut scalars = Vec::new();
    for name in keys.names() {
        check_name(keys, name);
        if name == "remesh" {
            keys.problem(name, "remesh_dissipation is a column of the series already", OTHER_NAME);
        }
        scalars.push(keys.table(name, |keys| {
            Scalar {
                name: name.to_owned(),
                schmidt: keys.or("schmidt", 1.0, positive),
                gradient: keys.or("gradient", [0.0; 3], array(number)),
                buoyancy: keys.or("buoyancy", [0.0; 3], array(number)),
                initial: keys
                    .optional_table("initial", |keys| scalar_initial(keys, dir))
                    .unwrap_or(ScalarInitial::Zero),
            }
        }));
    }
    scalars
}

/// Notes what is wrong with the name of a scalar.
pub fn check_name<'a>(keys: &mut Keys<'a>, name: &'a str) {
    if let Some(wrong) = wrong_name(name) {
        keys.problem(name, &wrong, OTHER_NAME);
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

fn scalar_initial(keys: &mut Keys, dir: &Path) -> ScalarInitial {
    match keys.variant("kind", &["zero", "mode", "random"]) {
        "mode" => ScalarInitial::Mode {
            wavenumber: keys.required("wavenumber", "[1, 0, 0]", mode_labels),
            amplitude: keys.or("amplitude", 1.0, number),
            phase: keys.or("phase", 0.0, number),
        },
        "random" => {
            let (energy, spectrum) = spectrum(keys, dir);
            ScalarInitial::Random { energy, spectrum }
        }
        _ => ScalarInitial::Zero,
    }
}

/// The spectrum of a random field, and the energy it is scaled to.
fn spectrum(keys: &mut Keys, dir: &Path) -> (Option<f64>, Spectrum) {
    let spectrum = match keys
        .variant("spectrum", &["passot-pouquet", "von-karman-pao", "power", "top-hat", "table"])
    {
        "von-karman-pao" => Spectrum::VonKarmanPao {
            peak_wavenumber: keys.required("peak_wavenumber", "4.0", positive),
            kolmogorov_length: keys.optional("kolmogorov_length", positive),
        },
        "power" => {
            let exponent = keys.required("exponent", "-1.6667", number);
            power(keys, exponent)
        }
        "top-hat" => power(keys, 0.0),
        "table" => {
            let table = match keys.exactly_one(
                &["file", "table"],
                "file = \"spectrum.dat\" or table = [[1.0, 0.2], [2.0, 0.1]]",
            ) {
                Some("table") => keys.or("table", Vec::new(), spectrum_rows),
                _ => keys.or("file", Vec::new(), |node| spectrum_file(node, dir)),
            };
            Spectrum::Table { table }
        }
        _ => Spectrum::PassotPouquet { peak_wavenumber: keys.required("peak_wavenumber", "4.0", positive) },
    };
    let energy = keys.optional("energy", positive);
    if energy.is_none() && !keys.has("energy") && !matches!(spectrum, Spectrum::Table { .. }) {
        keys.missing(&["energy"], "energy = 0.5");
    }
    (energy, spectrum)
}

fn power(keys: &mut Keys, exponent: f64) -> Spectrum {
    let k_min = keys.required("k_min", "1.0", positive);
    let k_max = keys.required("k_max", "16.0", positive);
    check_band(keys, k_min, k_max, "E(k) lies between k_min and k_max");
    Spectrum::Power { exponent, k_min, k_max }
}

fn develop(keys: &mut Keys) -> Develop {
    Develop {
        skewness: keys.or("skewness", -0.4, skewness),
        rescale: keys.or("rescale", Rescale::Spectrum, one_of(RESCALES)),
    }
}

fn skewness(node: &Node) -> Read<f64> {
    match number(node)? {
        x if x > -1.0 && x < 0.0 => Ok(x),
        _ => Err(vec![
            node.problem("must lie between -1 and 0")
                .help("the skewness of du/dx in developed turbulence is about -0.5"),
        ]),
    }
}

fn mode_labels(node: &Node) -> Read<[i64; 3]> {
    match array(integer)(node)? {
        [0, 0, 0] => node.wrong("at least one of the labels must not be zero"),
        labels => Ok(labels),
    }
}

fn two_or_three(node: &Node) -> Read<usize> {
    match integer(node)? {
        dimensions @ (2 | 3) => Ok(dimensions),
        _ => node.wrong("must be 2 or 3"),
    }
}
