//! The fluid of a channel and its drive. A Reynolds number defines the unit of velocity of the case,
//! so that the drive has a default.

use super::nominal::{bulk_reynolds, friction_reynolds};
use crate::case::codec::*;
use crate::case::general::Fluid;
use crate::case::keys::{Head, Key, Keys, Variant, variant};

/// The drive of the flow along x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drive {
    /// The mean over y of the mean velocity, in the laboratory; the pressure gradient follows.
    MassFlux { bulk_velocity: f64 },
    /// -dP/dx over the density, an acceleration; with 0 only the walls drive (Couette flow).
    PressureGradient { gradient: f64 },
}

impl Default for Drive {
    fn default() -> Self {
        Self::MassFlux { bulk_velocity: 0.0 }
    }
}

const KINDS: &[Variant<Drive>] = &[
    variant!("mass-flux", "Constant mass flux.", Drive::MassFlux { bulk_velocity }),
    variant!("pressure-gradient", "Constant mean pressure gradient.", Drive::PressureGradient { gradient }),
];

/// The unit of velocity of the case.
#[derive(Clone, Copy)]
pub enum Scale {
    /// u_tau, at this Re_tau.
    Friction(f64),
    /// U_b relative to the walls, at this Re_bulk = U_b h / nu.
    Bulk(f64),
    /// Not defined: the case gives the viscosity, on the command line instead of this Reynolds number
    /// of the file.
    Open(Option<&'static str>),
    /// It could not be read.
    Unread,
}

/// The parameter of the fluid: Re_tau, Re_bulk or the viscosity; a written case has the viscosity.
#[derive(Clone)]
enum Given {
    FrictionReynolds(f64),
    BulkReynolds(f64),
    Viscosity(f64),
}

const FLUIDS: &[Variant<Given>] = &[
    variant!("reynolds_tau", "Friction Reynolds number.", Given::FrictionReynolds(_)),
    variant!("reynolds_bulk", "Bulk Reynolds number.", Given::BulkReynolds(_)),
    variant!("viscosity", "Viscosity.", Given::Viscosity(_)),
];

/// `[fluid]`.
pub fn fluid(keys: &mut Keys, fluid: &mut Fluid) -> Scale {
    let mut scale = Scale::Unread;
    let example = "reynolds_tau = 180, reynolds_bulk = 2800 or viscosity = 3.5e-4";
    keys.table(Head::new("fluid", "Fluid, and the unit of velocity of the case."), |keys| {
        let mut given = Given::Viscosity(fluid.viscosity);
        let is_known = keys.one_of_keys(&mut given, example, FLUIDS, |given, _, keys| match given {
            Given::FrictionReynolds(reynolds) => {
                let key = Key::required("reynolds_tau", positive(), "180");
                keys.key(reynolds, key.says("Re_tau = u_tau h / nu: velocities are in units of u_tau."));
            }
            Given::BulkReynolds(reynolds) => {
                let key = Key::required("reynolds_bulk", positive(), "2800");
                keys.key(
                    reynolds,
                    key.says(
                        "Re_b = U_b h / nu, with U_b relative to the walls: velocities are in units of U_b.",
                    ),
                );
            }
            Given::Viscosity(viscosity) => {
                let key = Key::required("viscosity", positive(), "3.5e-4").unit("velocity half-height");
                keys.key(viscosity, key.says("Kinematic viscosity; the drive must then be given."));
            }
        });
        (fluid.viscosity, scale) = match given {
            _ if !is_known => (0.0, Scale::Unread),
            Given::FrictionReynolds(reynolds) => (1.0 / reynolds, Scale::Friction(reynolds)),
            Given::BulkReynolds(reynolds) => (1.0 / reynolds, Scale::Bulk(reynolds)),
            Given::Viscosity(viscosity) => {
                let displaced =
                    ["reynolds_tau", "reynolds_bulk"].into_iter().find(|key| keys.given(key) == Some(true));
                (viscosity, Scale::Open(displaced))
            }
        };
    });
    scale
}

/// Visits `[drive]`, with the rotation of the frame. Returns whether its bulk velocity is the default,
/// which is relative to the walls.
pub fn visit(keys: &mut Keys, drive: &mut Drive, rotation: &mut f64, scale: Scale) -> bool {
    let mut is_default = false;
    keys.table(Head::new("drive", "Driving of the flow along x, and rotation of the frame."), |keys| {
        keys.kind(drive, "kind", "Kind of drive.", KINDS, |drive, _, keys| match drive {
            Drive::MassFlux { bulk_velocity } => {
                let default = match scale {
                    Scale::Friction(reynolds) => Some(bulk_reynolds(reynolds) / reynolds),
                    Scale::Bulk(_) => Some(1.0),
                    Scale::Open(_) => None,
                    Scale::Unread => Some(0.0),
                };
                is_default = keys.given("bulk_velocity") == Some(false);
                let key = by_scale("bulk_velocity", default, scale).unit("velocity");
                let key = key.by_default(
                    "1 with reynolds_bulk, by a friction law with reynolds_tau, none with viscosity",
                );
                keys.key(
                    bulk_velocity,
                    key.says("Bulk velocity U_b: the mean over y of the mean velocity, in the laboratory."),
                );
            }
            Drive::PressureGradient { gradient } => {
                let default = match scale {
                    Scale::Friction(_) => Some(1.0),
                    Scale::Bulk(reynolds) => Some((friction_reynolds(reynolds) / reynolds).powi(2)),
                    Scale::Open(_) => None,
                    Scale::Unread => Some(0.0),
                };
                let key = by_scale("gradient", default, scale).unit("velocity^2 / half-height");
                let key = key.by_default(
                    "1 with reynolds_tau, by a friction law with reynolds_bulk, none with viscosity",
                );
                keys.key(
                    gradient,
                    key.says("Mean pressure gradient -dP/dx over the density; 0 for Couette flow."),
                );
            }
        });
        let key = Key::or("rotation", number(), 0.0).unit("radians / time");
        keys.key(rotation, key.says("Angular velocity Omega of the frame about z."));
    });
    is_default
}

/// A number that must be given if it has no default.
fn by_scale(name: &'static str, default: Option<f64>, scale: Scale) -> Key<f64> {
    if let Some(default) = default {
        return Key::or(name, number(), default);
    }
    let advice = match scale {
        Scale::Open(Some(reynolds)) => Some(format!(
            "--set fluid.viscosity replaces fluid.{reynolds}, which defines the unit of velocity: give \
             --set fluid.{reynolds}=.. instead, or --set drive.{name}=.. as well"
        )),
        _ => None,
    };
    Key::required(name, number(), "1.0").advice(advice)
}
