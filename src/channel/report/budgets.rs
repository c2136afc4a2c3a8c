//! The budgets of the Reynolds stresses and of k, in the units of the case (Mansour, Kim & Moin 1988, J.
//! Fluid Mech. 194, 15; Pope 2000, section 7.4):
//!
//! ```text
//!     d<u_i u_j>/dt = production + transport + viscous + pressure_strain + pressure_transport
//!                     + dissipation + rotation
//!
//!     production          -<u_i v> dU_j/dy - <u_j v> dU_i/dy
//!     transport           -d<u_i u_j v>/dy
//!     viscous             nu d^2<u_i u_j>/dy^2
//!     pressure_strain     <p du_i/dx_j> + <p du_j/dx_i>
//!     pressure_transport  -d<p u_i>/dy delta_j2 - d<p u_j>/dy delta_i2
//!     dissipation         -2 nu <du_i/dx_k du_j/dx_k>
//!     rotation            4 Omega <uv>, -4 Omega <uv>, 0, 2 Omega (<vv> - <uu>), 2 Omega <vw>, -2 Omega <uw>
//!                         of uu, vv, ww, uv, uw, vw
//! ```
//!
//! All moments are those of fluctuations; k is half the sum of uu, vv and ww. Averaged over a long
//! time, the sum of all terms, the residual, vanishes. Over a finite time it is the change of the
//! stress and, at constant mass flux, the correlation of the pressure gradient with U.

use super::moments::{Moments, Spanwise};
use super::samples::Averages;
use crate::channel::catalogue::*;
use crate::chebyshev::Differences;
use crate::error::Result;

/// Names of the terms; rotation is the last.
pub const TERMS: [&str; 7] = [
    "production",
    "transport",
    "viscous",
    "pressure_strain",
    "pressure_transport",
    "dissipation",
    "rotation",
];

/// Names of the stresses; k is the last.
pub const STRESSES: [&str; 7] = ["uu", "vv", "ww", "uv", "uw", "vw", "k"];

/// The terms of one budget, in the order of [`TERMS`].
pub type Budget = [Vec<f64>; 7];

/// The budgets of [`STRESSES`], with viscosity nu and rotation Omega; those of uw and vw need averages
/// that earlier versions lack.
pub fn budgets(
    averages: &Averages,
    moments: &Moments,
    differences: &Differences,
    nu: f64,
    omega: f64,
) -> Result<Vec<(&'static str, Budget)>> {
    let raw = |moment| averages.get(moment);
    let Moments { mean, second, third, .. } = moments;
    let points = 0..mean.u.len();
    let each = |value: &dyn Fn(usize) -> f64| -> Vec<f64> { points.clone().map(value).collect() };
    let slope = |factor: f64, values: &[f64]| -> Vec<f64> {
        differences.of(values).iter().map(|d| factor * d).collect()
    };
    let viscous = |stress: &[f64]| slope(nu, &differences.of(stress));
    // e is the part of <du_i/dx_k du_j/dx_k> with k = x and z, d that with k = y; d and <p du/dy>
    // still contain the mean flow.
    let dissipation = |[e, d]: [Moment; 2], of_mean: &dyn Fn(usize) -> f64| -> Result<Vec<f64>> {
        let (along, across) = (raw(e)?, raw(d)?);
        Ok(each(&|j| -2.0 * nu * (along[j] + across[j] - of_mean(j))))
    };
    let strain = |moment| -> Result<Vec<f64>> { Ok(raw(moment)?.iter().map(|p| 2.0 * p).collect()) };
    let (p_uy, p_vx) = (raw(P_DUDY)?, raw(P_DVDX)?);
    let nothing = || each(&|_| 0.0);

    let uu = [
        each(&|j| -2.0 * second.uv[j] * mean.du[j]),
        slope(-1.0, &third.uuv),
        viscous(&second.uu),
        strain(P_DUDX)?,
        nothing(),
        dissipation([E_UU, D_UU], &|j| mean.du[j].powi(2))?,
        each(&|j| 4.0 * omega * second.uv[j]),
    ];
    let vv = [
        nothing(),
        slope(-1.0, &third.vvv),
        viscous(&second.vv),
        strain(P_DVDY)?,
        slope(-2.0, &second.pv),
        dissipation([E_VV, D_VV], &|_| 0.0)?,
        each(&|j| -4.0 * omega * second.uv[j]),
    ];
    let ww = [
        each(&|j| -2.0 * second.vw[j] * mean.dw[j]),
        slope(-1.0, &third.vww),
        viscous(&second.ww),
        strain(P_DWDZ)?,
        nothing(),
        dissipation([E_WW, D_WW], &|j| mean.dw[j].powi(2))?,
        nothing(),
    ];
    let uv = [
        each(&|j| -second.vv[j] * mean.du[j]),
        slope(-1.0, &third.uvv),
        viscous(&second.uv),
        each(&|j| p_uy[j] - mean.p[j] * mean.du[j] + p_vx[j]),
        slope(-1.0, &second.pu),
        dissipation([E_UV, D_UV], &|_| 0.0)?,
        each(&|j| 2.0 * omega * (second.vv[j] - second.uu[j])),
    ];
    let k = std::array::from_fn(|term| each(&|j| 0.5 * (uu[term][j] + vv[term][j] + ww[term][j])));
    let mut budgets = vec![("uu", uu), ("vv", vv), ("ww", ww), ("uv", uv)];
    if let Some(Spanwise { pw, uvw, vvw, .. }) = &moments.spanwise {
        let (p_uz, p_wx, p_vz, p_wy) = (raw(P_DUDZ)?, raw(P_DWDX)?, raw(P_DVDZ)?, raw(P_DWDY)?);
        let uw = [
            each(&|j| -second.uv[j] * mean.dw[j] - second.vw[j] * mean.du[j]),
            slope(-1.0, uvw),
            viscous(&second.uw),
            each(&|j| p_uz[j] + p_wx[j]),
            nothing(),
            dissipation([E_UW, D_UW], &|j| mean.du[j] * mean.dw[j])?,
            each(&|j| 2.0 * omega * second.vw[j]),
        ];
        let vw = [
            each(&|j| -second.vv[j] * mean.dw[j]),
            slope(-1.0, vvw),
            viscous(&second.vw),
            each(&|j| p_vz[j] + p_wy[j] - mean.p[j] * mean.dw[j]),
            slope(-1.0, pw),
            dissipation([E_VW, D_VW], &|_| 0.0)?,
            each(&|j| -2.0 * omega * second.uw[j]),
        ];
        budgets.extend([("uw", uw), ("vw", vw)]);
    }
    budgets.push(("k", k));
    Ok(budgets)
}
