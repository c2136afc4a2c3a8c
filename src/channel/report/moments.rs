//! Central moments from plane averages of the full fields: u' = u - U, w' = w - W, p' = p - P;
//! `<v>` and `<omega_y>` are zero. u is measured in a frame that moves along x. Central moments are
//! the same in every frame; U is converted to the laboratory frame here and nowhere else.

use super::samples::Averages;
use crate::channel::catalogue::*;
use crate::chebyshev::Differences;
use crate::error::Result;

/// Profiles of the mean flow and of central moments; a doubled letter is a variance.
pub struct Moments {
    pub mean: Mean,
    pub second: Second,
    pub third: Third,
    /// None in averages of earlier versions.
    pub spanwise: Option<Spanwise>,
    /// <u'^4>, <v'^4>, <w'^4>.
    pub fourth: [Vec<f64>; 3],
    /// <omega'^2> of the vorticity in x, y, z.
    pub vorticity: [Vec<f64>; 3],
}

/// The mean flow in the laboratory frame.
pub struct Mean {
    pub u: Vec<f64>,
    pub w: Vec<f64>,
    pub p: Vec<f64>,
    /// dU/dy and dW/dy.
    pub du: Vec<f64>,
    pub dw: Vec<f64>,
}

pub struct Second {
    pub uu: Vec<f64>,
    pub vv: Vec<f64>,
    pub ww: Vec<f64>,
    pub uv: Vec<f64>,
    pub uw: Vec<f64>,
    pub vw: Vec<f64>,
    pub pp: Vec<f64>,
    pub pu: Vec<f64>,
    pub pv: Vec<f64>,
}

pub struct Third {
    pub uuu: Vec<f64>,
    pub uuv: Vec<f64>,
    pub uvv: Vec<f64>,
    pub vvv: Vec<f64>,
    pub vww: Vec<f64>,
    pub uww: Vec<f64>,
    pub www: Vec<f64>,
}

/// Moments with w' once, of three factors or with the pressure: they vanish where z is like -z.
pub struct Spanwise {
    pub pw: Vec<f64>,
    pub uuw: Vec<f64>,
    pub uvw: Vec<f64>,
    pub vvw: Vec<f64>,
}

impl Moments {
    /// Computes the moments from averages in a frame of this velocity.
    pub fn new(averages: &Averages, differences: &Differences, frame_velocity: f64) -> Result<Self> {
        let raw = |moment| averages.get(moment);
        let (u, w, p) = (raw(U)?, raw(W)?, raw(P)?);
        let points = 0..u.len();
        let each = |value: &dyn Fn(usize) -> f64| -> Vec<f64> { points.clone().map(value).collect() };
        // <a'b'> = <ab> - <a><b>
        let product = |ab: Moment, a: &[f64], b: &[f64]| -> Result<Vec<f64>> {
            let ab = raw(ab)?;
            Ok(each(&|j| ab[j] - a[j] * b[j]))
        };
        let (uu, ww, uw) = (raw(UU)?, raw(WW)?, raw(UW)?);
        let (vv, uv, vw) = (raw(VV)?, raw(UV)?, raw(VW)?);
        let second = Second {
            uu: product(UU, u, u)?,
            vv: vv.to_vec(),
            ww: product(WW, w, w)?,
            uv: uv.to_vec(),
            uw: product(UW, u, w)?,
            vw: vw.to_vec(),
            pp: product(PP, p, p)?,
            pu: product(PU, p, u)?,
            pv: raw(PV)?.to_vec(),
        };
        let (uuu, vvv, www) = (raw(UUU)?, raw(VVV)?, raw(WWW)?);
        let (uuv, uvv, vww, uww) = (raw(UUV)?, raw(UVV)?, raw(VWW)?, raw(UWW)?);
        let third = Third {
            uuu: cube(uuu, uu, u),
            // <u'u'v> = <uuv> - 2 U <uv>, <u'vv> = <uvv> - U <vv>
            uuv: each(&|j| uuv[j] - 2.0 * u[j] * uv[j]),
            uvv: each(&|j| uvv[j] - u[j] * vv[j]),
            vvv: vvv.to_vec(),
            vww: each(&|j| vww[j] - 2.0 * w[j] * vw[j]),
            // <u'w'w'> = <uww> - 2 W <uw> - U <ww> + 2 U W^2
            uww: each(&|j| uww[j] - 2.0 * w[j] * uw[j] - u[j] * ww[j] + 2.0 * u[j] * w[j] * w[j]),
            www: cube(www, ww, w),
        };
        let spanwise = || {
            let [pw, uuw, uvw, vvw] = [PW, UUW, UVW, VVW].map(|moment| averages.find(moment));
            let (pw, uuw, uvw, vvw) = (pw?, uuw?, uvw?, vvw?);
            Some(Spanwise {
                pw: each(&|j| pw[j] - p[j] * w[j]),
                // <u'u'w'> = <uuw> - 2 U <uw> - W <uu> + 2 U^2 W, <u'vw'> = <uvw> - U <vw> - W <uv>
                uuw: each(&|j| uuw[j] - 2.0 * u[j] * uw[j] - w[j] * uu[j] + 2.0 * u[j] * u[j] * w[j]),
                uvw: each(&|j| uvw[j] - u[j] * vw[j] - w[j] * uv[j]),
                vvw: each(&|j| vvw[j] - w[j] * vv[j]),
            })
        };
        let spanwise = spanwise();
        let (ox, oz) = (raw(OMEGA_X)?, raw(OMEGA_Z)?);
        Ok(Self {
            fourth: [fourth(raw(UUUU)?, uuu, uu, u), raw(VVVV)?.to_vec(), fourth(raw(WWWW)?, www, ww, w)],
            vorticity: [
                product(OMEGA_X_SQUARED, ox, ox)?,
                raw(OMEGA_Y_SQUARED)?.to_vec(),
                product(OMEGA_Z_SQUARED, oz, oz)?,
            ],
            mean: Mean {
                du: differences.of(u),
                dw: differences.of(w),
                u: u.iter().map(|u| u + frame_velocity).collect(),
                w: w.to_vec(),
                p: p.to_vec(),
            },
            second,
            third,
            spanwise,
        })
    }
}

/// `<a'^3> = <aaa> - 3 A <aa> + 2 A^3`
pub fn cube(aaa: &[f64], aa: &[f64], a: &[f64]) -> Vec<f64> {
    (0..a.len()).map(|j| aaa[j] - 3.0 * a[j] * aa[j] + 2.0 * a[j].powi(3)).collect()
}

/// `<a'^4> = <aaaa> - 4 A <aaa> + 6 A^2 <aa> - 3 A^4`
pub fn fourth(aaaa: &[f64], aaa: &[f64], aa: &[f64], a: &[f64]) -> Vec<f64> {
    let at = |j: usize| aaaa[j] - 4.0 * a[j] * aaa[j] + 6.0 * a[j].powi(2) * aa[j] - 3.0 * a[j].powi(4);
    (0..a.len()).map(at).collect()
}
