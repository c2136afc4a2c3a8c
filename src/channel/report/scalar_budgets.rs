//! The budgets of the variance and of the fluxes of a scalar s with the diffusivity kappa, in the units of
//! the case (Kasagi, Tomita & Kuroda 1992, J. Heat Transfer 114, 598; Johansson & Wikstroem 1999, Flow,
//! Turbulence and Combustion 63, 223):
//!
//! ```text
//!     d<s s>/dt   = production + transport + molecular + dissipation
//!     d<u_i s>/dt = production + transport + molecular + pressure_scrambling + pressure_transport
//!                   + dissipation + rotation
//!
//!     production           -2 <v s> dS/dy;   -<u_i v> dS/dy - <v s> dU_i/dy
//!     transport            -d<v s s>/dy;     -d<u_i v s>/dy
//!     molecular            kappa d^2<s s>/dy^2;   d(nu <s du_i/dy> + kappa <u_i ds/dy>)/dy
//!     pressure_scrambling  <p ds/dx_i>
//!     pressure_transport   -d<p s>/dy delta_i2
//!     dissipation          -2 kappa <ds/dx_k ds/dx_k>;   -(nu + kappa) <du_i/dx_k ds/dx_k>
//!     rotation             2 Omega <v s>, -2 Omega <u s>, 0 of us, vs, ws
//! ```
//!
//! All moments are those of fluctuations. A uniform source acts on the mean alone. The sum of all terms,
//! the residual, is as that of [`super::budgets`].

use super::budgets::Budget;
use super::moments::Moments;
use super::samples::Averages;
use super::scalars::ScalarMoments;
use crate::channel::catalogue::*;
use crate::chebyshev::Differences;
use crate::error::Result;

/// Names of the terms in the place of [`super::budgets::TERMS`].
pub const TERMS: [&str; 7] = [
    "production",
    "transport",
    "molecular",
    "pressure_scrambling",
    "pressure_transport",
    "dissipation",
    "rotation",
];

/// The velocities, density and diffusivities that the budgets of a scalar need.
pub struct Fluid<'a> {
    pub differences: &'a Differences,
    pub viscosity: f64,
    pub diffusivity: f64,
    pub rotation: f64,
}

/// The budgets of ss, us, vs and ws of the scalar of this number; none from averages of earlier versions.
pub fn budgets(
    number: usize,
    averages: &Averages,
    velocity: &Moments,
    scalar: &ScalarMoments,
    fluid: &Fluid,
) -> Result<Option<[Budget; 4]>> {
    let Some(further) = &scalar.further else { return Ok(None) };
    let raw = |moment: Moment| averages.get(moment.of_scalar(number));
    let Fluid { differences, viscosity: nu, diffusivity: kappa, rotation } = *fluid;
    let (mean, second, ds) = (&velocity.mean, &velocity.second, differences.of(&scalar.mean));
    let each = |value: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..ds.len()).map(value).collect() };
    let slope = |factor: f64, values: &[f64]| -> Vec<f64> {
        differences.of(values).iter().map(|d| factor * d).collect()
    };
    // e is the part of <da/dx_k ds/dx_k> with k = x and z, d that with k = y; d and <a ds/dy> still contain
    // the means, of which the slope is `da`.
    let dissipation = |factor: f64, [e, d]: [Moment; 2], da: &[f64]| -> Result<Vec<f64>> {
        let (along, across) = (raw(e)?, raw(d)?);
        Ok(each(&|j| factor * (along[j] + across[j] - da[j] * ds[j])))
    };
    // nu <s da/dy> + kappa <a ds/dy> = nu d<as>/dy + (kappa - nu) <a ds/dy>
    let molecular = |flux: &[f64], a_ds: Moment, a: &[f64]| -> Result<Vec<f64>> {
        let (flux, a_ds) = (differences.of(flux), raw(a_ds)?);
        Ok(slope(1.0, &each(&|j| nu * flux[j] + (kappa - nu) * (a_ds[j] - a[j] * ds[j]))))
    };
    let (u, w, p) = (raw(U)?, raw(W)?, raw(P)?);
    let zeros = vec![0.0; ds.len()];
    let nothing = || zeros.clone();
    let [p_sx, p_sy, p_sz] = [raw(P_DSDX)?, raw(P_DSDY)?, raw(P_DSDZ)?];
    let of_flux = -(nu + kappa);

    let ss = [
        each(&|j| -2.0 * scalar.vs[j] * ds[j]),
        slope(-1.0, &further.vss),
        slope(kappa, &differences.of(&scalar.ss)),
        nothing(),
        nothing(),
        dissipation(-2.0 * kappa, [E_SS, D_SS], &ds)?,
        nothing(),
    ];
    let us = [
        each(&|j| -second.uv[j] * ds[j] - scalar.vs[j] * mean.du[j]),
        slope(-1.0, &further.uvs),
        molecular(&scalar.us, U_DSDY, u)?,
        p_sx.to_vec(),
        nothing(),
        dissipation(of_flux, [E_US, D_US], &mean.du)?,
        each(&|j| 2.0 * rotation * scalar.vs[j]),
    ];
    let vs = [
        each(&|j| -second.vv[j] * ds[j]),
        slope(-1.0, &further.vvs),
        molecular(&scalar.vs, V_DSDY, &zeros)?,
        each(&|j| p_sy[j] - p[j] * ds[j]),
        slope(-1.0, &further.ps),
        dissipation(of_flux, [E_VS, D_VS], &zeros)?,
        each(&|j| -2.0 * rotation * scalar.us[j]),
    ];
    let ws = [
        each(&|j| -second.vw[j] * ds[j] - scalar.vs[j] * mean.dw[j]),
        slope(-1.0, &further.vws),
        molecular(&further.ws, W_DSDY, w)?,
        p_sz.to_vec(),
        nothing(),
        dissipation(of_flux, [E_WS, D_WS], &mean.dw)?,
        nothing(),
    ];
    Ok(Some([ss, us, vs, ws]))
}
