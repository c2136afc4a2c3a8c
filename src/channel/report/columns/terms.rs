//! The terms of the budgets of a channel: units, and formulas for each quantity, as in
//! [`crate::channel::report::budgets`] and [`crate::channel::report::scalar_budgets`].

use super::unit;
use crate::channel::report::budgets::{STRESSES, TERMS};
use crate::channel::report::scalar_budgets;

/// What the sum of all terms is.
const RESIDUAL: &str = "sum of all terms, zero in a stationary flow that is resolved";

/// Unit and meaning of a term of the budget of a stress or of k.
pub(super) fn of_stresses(name: &str) -> Option<(String, String)> {
    let (term, stress) = name.rsplit_once('_')?;
    if !STRESSES.contains(&stress) || !TERMS.contains(&term) && term != "residual" {
        return None;
    }
    let says = match stress {
        "k" => format!("budget of k: {}", of_k(term)),
        _ => format!("budget of <{stress}>: {}", of_stress(term, &stress[..1], &stress[1..])),
    };
    Some((unit(&[("u_tau", 4), ("nu", -1)]), says))
}

/// A term of the budget of `<ab>`.
fn of_stress(term: &str, a: &str, b: &str) -> String {
    match term {
        "production" => {
            let gains = match (a, b) {
                ("u", "u") => "-2 <u v> dU/dy",
                ("w", "w") => "-2 <v w> dW/dy",
                ("u", "v") => "-<v v> dU/dy",
                ("u", "w") => "-<u v> dW/dy - <v w> dU/dy",
                ("v", "w") => "-<v v> dW/dy",
                _ => "zero",
            };
            format!("production, {gains}")
        }
        "transport" => format!("turbulent transport, -d<{a} {b} v>/dy"),
        "viscous" => format!("viscous diffusion, nu d^2<{a} {b}>/dy^2"),
        "pressure_strain" if a == b => format!("pressure strain, 2 <p d{a}/d{}>", along(a)),
        "pressure_strain" => format!("pressure strain, <p d{a}/d{}> + <p d{b}/d{}>", along(b), along(a)),
        "pressure_transport" => match (a, b) {
            ("v", "v") => "pressure transport, -2 d<p v>/dy".to_owned(),
            ("v", other) | (other, "v") => format!("pressure transport, -d<p {other}>/dy"),
            _ => "pressure transport, zero".to_owned(),
        },
        "dissipation" => format!("dissipation, -2 nu <d{a}/dx_k d{b}/dx_k>"),
        "rotation" => {
            let works = match (a, b) {
                ("u", "u") => "4 Omega <u v>",
                ("v", "v") => "-4 Omega <u v>",
                ("u", "v") => "2 Omega (<v v> - <u u>)",
                ("u", "w") => "2 Omega <v w>",
                ("v", "w") => "-2 Omega <u w>",
                _ => "zero",
            };
            format!("Coriolis force, {works}")
        }
        _ => RESIDUAL.to_owned(),
    }
}

/// A term of the budget of k, half the sum of those of uu, vv and ww.
fn of_k(term: &str) -> &str {
    match term {
        "production" => "production, -<u v> dU/dy - <v w> dW/dy",
        "transport" => "turbulent transport, -d<(u^2 + v^2 + w^2) v>/dy / 2",
        "viscous" => "viscous diffusion, nu d^2k/dy^2",
        "pressure_strain" => "pressure strain, zero where the divergence is",
        "pressure_transport" => "pressure transport, -d<p v>/dy",
        "dissipation" => "dissipation, -nu <du_i/dx_k du_i/dx_k>",
        "rotation" => "Coriolis force, zero",
        _ => RESIDUAL,
    }
}

/// The coordinate of a component.
fn along(component: &str) -> &str {
    match component {
        "u" => "x",
        "v" => "y",
        _ => "z",
    }
}

/// Unit and meaning of a term of the budget of the variance or of a flux of the scalar `own`; `name` is that
/// of the column before `_own`.
pub(super) fn of_scalar(name: &str, own: &str) -> Option<(String, String)> {
    let tau = &*format!("{own}_tau");
    if let Some(term) = name.strip_suffix(own).and_then(|term| term.strip_suffix('_')) {
        let says = match term {
            "production" => "production, -2 <v s> dS/dy",
            "transport" => "turbulent transport, -d<v s s>/dy",
            "molecular" => "molecular diffusion, kappa d^2<s s>/dy^2",
            "dissipation" => "dissipation, -2 kappa <ds/dx_k ds/dx_k>",
            "residual" => RESIDUAL,
            _ => return None,
        };
        let unit = unit(&[("u_tau", 2), (tau, 2), ("nu", -1)]);
        return Some((unit, format!("budget of <s s>, s = {own}: {says}")));
    }
    let (term, a) = name.rsplit_once('_')?;
    let is_term = scalar_budgets::TERMS.contains(&term) || term == "residual";
    if !is_term || !["u", "v", "w"].contains(&a) {
        return None;
    }
    let says = match term {
        "production" if a == "v" => "production, -<v v> dS/dy".to_owned(),
        "production" => format!("production, -<{a} v> dS/dy - <v s> d{}/dy", a.to_uppercase()),
        "transport" => format!("turbulent transport, -d<{a} v s>/dy"),
        "molecular" => format!("molecular diffusion, d(nu <s d{a}/dy> + kappa <{a} ds/dy>)/dy"),
        "pressure_scrambling" => format!("pressure scrambling, <p ds/d{}>", along(a)),
        "pressure_transport" if a == "v" => "pressure transport, -d<p s>/dy".to_owned(),
        "pressure_transport" => "pressure transport, zero".to_owned(),
        "dissipation" => format!("dissipation, -(nu + kappa) <d{a}/dx_k ds/dx_k>"),
        "rotation" => match a {
            "u" => "Coriolis force, 2 Omega <v s>".to_owned(),
            "v" => "Coriolis force, -2 Omega <u s>".to_owned(),
            _ => "Coriolis force, zero".to_owned(),
        },
        _ => RESIDUAL.to_owned(),
    };
    let unit = unit(&[("u_tau", 3), (tau, 1), ("nu", -1)]);
    Some((unit, format!("budget of <{a} s>, s = {own}: {says}")))
}
