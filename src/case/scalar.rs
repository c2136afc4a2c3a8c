//! What the scalars of all flows have: names and Schmidt numbers.

use super::codec::positive;
use super::keys::{Key, Keys};

/// Maximum number of characters of a scalar's name, which heads columns of the output.
const LONGEST_NAME: usize = 24;

pub const OTHER_NAME: &str = "choose another name, such as temperature";

/// The Schmidt number of a scalar.
pub fn schmidt(keys: &mut Keys, schmidt: &mut f64) {
    let key = Key::or("schmidt", positive(), 1.0);
    keys.key(schmidt, key.says("Schmidt number: viscosity over diffusivity."));
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
    } else if matches!(name, "time" | "velocity") {
        Some("snapshots have something else under this name".to_owned())
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
