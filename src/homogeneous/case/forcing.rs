//! The forcing of homogeneous turbulence.

use super::Gradient;
use crate::case::codec::*;
use crate::case::general::check_band;
use crate::case::keys::{Key, Keys, Variant, variant};

/// The force that sustains the turbulence.
#[derive(Clone, Debug, PartialEq)]
pub enum Forcing {
    /// `f = P / (2 E_band) u` on `k_min <= k <= k_max`: the injected power P is constant.
    ConstantPower { power: f64, k_min: f64, k_max: f64 },
    /// Eswaran & Pope (1988): an Ornstein-Uhlenbeck process of this variance (acceleration^2) and
    /// correlation time for each component of each mode with k_min <= k <= k_max, projected.
    OrnsteinUhlenbeck { variance: f64, correlation_time: f64, k_min: f64, k_max: f64 },
    /// `f = rate u` on all modes (Lundgren 2003; Rosales & Meneveau 2005).
    Linear { rate: f64 },
    /// The energy of each shell with `k_min <= k <= k_max` stays at its value at time zero (Chen et
    /// al. 1993).
    FrozenShells { k_min: f64, k_max: f64 },
    /// A steady body force `f`.
    Body(BodyForce),
}

/// Steady forces; wavenumbers are numbers of waves per box length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BodyForce {
    /// `f_x = F sin(k y)`.
    Kolmogorov { amplitude: f64, wavenumber: usize },
    /// `f = F (sin x cos y cos z, -cos x sin y cos z, 0)`.
    TaylorGreen { amplitude: f64, wavenumber: usize },
    /// `f = (A sin kz + C cos ky, B sin kx + A cos kz, C sin ky + B cos kx)`.
    Abc { a: f64, b: f64, c: f64, wavenumber: usize },
}

const KINDS: &[Variant<Forcing>] = &[
    variant!(
        "constant-power",
        "Force along the velocity of a band of wavenumbers that injects a constant power.",
        Forcing::ConstantPower { power, k_min, k_max }
    ),
    variant!(
        "ornstein-uhlenbeck",
        "Solenoidal random force with a correlation time on a band of wavenumbers (Eswaran & Pope 1988).",
        Forcing::OrnsteinUhlenbeck { variance, correlation_time, k_min, k_max }
    ),
    variant!(
        "linear",
        "Force proportional to the velocity, on all modes (Lundgren 2003).",
        Forcing::Linear { rate }
    ),
    variant!(
        "frozen-shells",
        "The energy of each shell of a band of wavenumbers is held constant (Chen et al. 1993).",
        Forcing::FrozenShells { k_min, k_max }
    ),
    variant!(
        "kolmogorov",
        "Steady force f_x = F sin(k y).",
        Forcing::Body(BodyForce::Kolmogorov { amplitude, wavenumber })
    ),
    variant!(
        "taylor-green",
        "Steady force F (sin x cos y cos z, -cos x sin y cos z, 0).",
        Forcing::Body(BodyForce::TaylorGreen { amplitude, wavenumber })
    ),
    variant!(
        "abc",
        "Steady Arnold-Beltrami-Childress force.",
        Forcing::Body(BodyForce::Abc { a, b, c, wavenumber })
    ),
];

impl Default for Forcing {
    fn default() -> Self {
        Self::Linear { rate: 0.0 }
    }
}

/// Visits the keys of `[forcing]`. `nonlinear` and `gradient` are those of the case.
pub fn visit(keys: &mut Keys, forcing: &mut Forcing, nonlinear: bool, gradient: Gradient) {
    keys.kind(forcing, "kind", "Kind of forcing.", KINDS, |forcing, _, keys| {
        match forcing {
            Forcing::ConstantPower { power, k_min, k_max } => {
                let key = Key::required("power", positive(), "0.1").unit("velocity^2 / time");
                keys.key(power, key.says("Power injected per unit mass."));
                band(keys, k_min, k_max);
            }
            Forcing::OrnsteinUhlenbeck { variance, correlation_time, k_min, k_max } => {
                let key = Key::required("variance", positive(), "0.01").unit("acceleration^2");
                keys.key(variance, key.says("Variance of each component of the process at each wavevector."));
                let key = Key::required("correlation_time", positive(), "1.0").unit("time");
                keys.key(correlation_time, key.says("Correlation time of the process."));
                band(keys, k_min, k_max);
            }
            Forcing::Linear { rate } => {
                let key = Key::required("rate", positive(), "0.1").unit("1 / time");
                keys.key(rate, key.says("Factor of the velocity in the force."));
            }
            Forcing::FrozenShells { k_min, k_max } => band(keys, k_min, k_max),
            Forcing::Body(
                BodyForce::Kolmogorov { amplitude, wavenumber }
                | BodyForce::TaylorGreen { amplitude, wavenumber },
            ) => {
                let key = Key::or("amplitude", number(), 1.0).unit("acceleration");
                keys.key(amplitude, key.says("Amplitude F of the force."));
                self::wavenumber(keys, wavenumber);
            }
            Forcing::Body(BodyForce::Abc { a, b, c, wavenumber }) => {
                for (name, value) in [("a", a), ("b", b), ("c", c)] {
                    let key = Key::or(name, number(), 1.0).unit("acceleration");
                    keys.key(value, key.says("Amplitude of one of the three waves of the force."));
                }
                self::wavenumber(keys, wavenumber);
            }
        }
        check(keys, forcing, nonlinear, gradient);
    });
}

/// Visits `k_min` and `k_max`.
fn band(keys: &mut Keys, k_min: &mut f64, k_max: &mut f64) {
    let key = Key::or("k_min", non_negative(), 0.0).unit("radians / length");
    keys.key(k_min, key.says("Lower limit of the forced wavenumbers |k|."));
    let key = Key::required("k_max", positive(), "2.5").unit("radians / length");
    keys.key(k_max, key.says("Upper limit of the forced wavenumbers |k|."));
    check_band(keys, *k_min, *k_max, "the force acts on the modes between k_min and k_max");
}

fn wavenumber(keys: &mut Keys, wavenumber: &mut usize) {
    keys.key(wavenumber, Key::or("wavenumber", at_least(1), 1).says("Number of waves in the box."));
}

/// Refuses a forcing that the equations or the mean flow do not allow.
fn check(keys: &mut Keys, forcing: &Forcing, nonlinear: bool, gradient: Gradient) {
    if !nonlinear {
        keys.problem(
            &["kind"],
            "a linear run takes no forcing",
            "remove [forcing], or set flow.nonlinear = true",
        );
    }
    // The box and its wavenumbers move with the mean flow.
    let needs_rest = match forcing {
        Forcing::Body(_) => "a steady force needs",
        Forcing::FrozenShells { .. } => "shells of constant energy need",
        Forcing::ConstantPower { .. } | Forcing::OrnsteinUhlenbeck { .. } | Forcing::Linear { .. } => return,
    };
    if gradient != Gradient::None {
        keys.problem(
            &["kind"],
            &format!("{needs_rest} a box at rest, and this mean flow deforms it"),
            "remove [mean], or choose constant-power, ornstein-uhlenbeck or linear",
        );
    }
}
