//! The fluid of a channel and what drives it. A Reynolds number says in what velocity the case is
//! written, so that the drive has a default.

use super::super::nominal::{bulk_reynolds, friction_reynolds};
use super::super::reader::Keys;
use super::super::types::*;
use super::super::values::*;

/// The velocity that is 1 in the case.
#[derive(Clone, Copy)]
pub enum Scale {
    /// u_tau, at this Re_tau.
    Friction(f64),
    /// U_b relative to the walls, at this Re_bulk = U_b h / nu.
    Bulk(f64),
    /// The case does not say: it gives the viscosity, on the command line in the place of this
    /// Reynolds number of the file.
    Open(Option<&'static str>),
    /// It could not be read.
    Unread,
}

/// `[fluid]`.
pub fn fluid(keys: &mut Keys) -> (Fluid, Scale) {
    let example = "reynolds_tau = 180, reynolds_bulk = 2800 or viscosity = 3.5e-4";
    let (viscosity, scale) = match keys.exactly_one(&["reynolds_tau", "reynolds_bulk", "viscosity"], example)
    {
        Some("reynolds_tau") => {
            let reynolds = keys.or("reynolds_tau", 1.0, positive);
            (1.0 / reynolds, Scale::Friction(reynolds))
        }
        Some("reynolds_bulk") => {
            let reynolds = keys.or("reynolds_bulk", 1.0, positive);
            (1.0 / reynolds, Scale::Bulk(reynolds))
        }
        Some(_) => {
            let displaced = ["reynolds_tau", "reynolds_bulk"].into_iter().find(|key| keys.has(key));
            (keys.or("viscosity", 1.0, positive), Scale::Open(displaced))
        }
        None => (1.0, Scale::Unread),
    };
    (Fluid { viscosity }, scale)
}

/// `[drive]`, with the rotation of the frame, and whether its bulk velocity is the default, which
/// is relative to the walls.
pub fn drive(keys: &mut Keys, scale: Scale) -> (Drive, f64, bool) {
    let mut by_default = false;
    let drive = match keys.variant("kind", &["mass-flux", "pressure-gradient"]) {
        "pressure-gradient" => {
            let default = match scale {
                Scale::Friction(_) => Some(1.0),
                Scale::Bulk(reynolds) => Some((friction_reynolds(reynolds) / reynolds).powi(2)),
                Scale::Open(_) => None,
                Scale::Unread => Some(0.0),
            };
            Drive::PressureGradient { gradient: given_or(keys, "gradient", default, scale) }
        }
        _ => {
            let default = match scale {
                Scale::Friction(reynolds) => Some(bulk_reynolds(reynolds) / reynolds),
                Scale::Bulk(_) => Some(1.0),
                Scale::Open(_) => None,
                Scale::Unread => Some(0.0),
            };
            by_default = !keys.has("bulk_velocity");
            Drive::MassFlux { bulk_velocity: given_or(keys, "bulk_velocity", default, scale) }
        }
    };
    (drive, keys.or("rotation", 0.0, number), by_default)
}

/// A number that must be given where it has no default.
fn given_or(keys: &mut Keys, key: &'static str, default: Option<f64>, scale: Scale) -> f64 {
    match (default, scale) {
        (Some(default), _) => keys.or(key, default, number),
        (None, Scale::Open(Some(reynolds))) if !keys.has(key) => {
            keys.missing_since(
                &[key],
                &format!(
                    "--set fluid.viscosity takes the place of fluid.{reynolds}, which says in what velocity \
                     the case is written: give \
                     --set fluid.{reynolds}=.. instead, or --set drive.{key}=.. as well"
                ),
            );
            0.0
        }
        (None, _) => keys.required(key, "1.0", number),
    }
}
