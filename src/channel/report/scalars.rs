//! Central moments of a scalar from plane averages of the full fields, `s' = s - S`, and their profiles.
//! As those of the velocity they do not depend on the frame in which u is measured.

use super::moments::{cube, fourth};
use super::profiles::{Column, Make, shape};
use super::samples::Averages;
use crate::case::Precision;
use crate::channel::catalogue::*;
use crate::chebyshev::Differences;
use crate::error::Result;

/// Profiles of the mean and of central moments of a scalar.
pub struct ScalarMoments {
    pub mean: Vec<f64>,
    pub ss: Vec<f64>,
    pub us: Vec<f64>,
    pub vs: Vec<f64>,
    /// None in averages of earlier versions.
    pub further: Option<Further>,
}

/// Further moments.
pub struct Further {
    pub ws: Vec<f64>,
    pub ps: Vec<f64>,
    pub uvs: Vec<f64>,
    pub vvs: Vec<f64>,
    pub vws: Vec<f64>,
    pub vss: Vec<f64>,
    pub sss: Vec<f64>,
    pub ssss: Vec<f64>,
}

impl ScalarMoments {
    /// Computes the moments of the scalar of this number.
    pub fn new(number: usize, averages: &Averages) -> Result<Self> {
        let raw = |moment: Moment| averages.get(moment.of_scalar(number));
        let [u, w, p, s] = [raw(U)?, raw(W)?, raw(P)?, raw(S)?];
        let [uv, vv, vw] = [raw(UV)?, raw(VV)?, raw(VW)?];
        let [ss, us, vs] = [raw(SS)?, raw(US)?, raw(VS)?];
        let each = |value: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..s.len()).map(value).collect() };
        let further = || {
            let all = [WS, PS, UVS, VVS, VWS, VSS, SSS, SSSS];
            let [ws, ps, uvs, vvs, vws, vss, sss, ssss] =
                all.map(|moment| averages.find(moment.of_scalar(number)));
            let (ws, ps, uvs, vvs, vws, vss, sss, ssss) = (ws?, ps?, uvs?, vvs?, vws?, vss?, sss?, ssss?);
            Some(Further {
                ws: each(&|j| ws[j] - w[j] * s[j]),
                ps: each(&|j| ps[j] - p[j] * s[j]),
                // <u'vs'> = <uvs> - U <vs> - S <uv>, <vvs'> = <vvs> - S <vv>, <vs's'> = <vss> - 2 S <vs>
                uvs: each(&|j| uvs[j] - u[j] * vs[j] - s[j] * uv[j]),
                vvs: each(&|j| vvs[j] - s[j] * vv[j]),
                vws: each(&|j| vws[j] - w[j] * vs[j] - s[j] * vw[j]),
                vss: each(&|j| vss[j] - 2.0 * s[j] * vs[j]),
                sss: cube(sss, ss, s),
                ssss: fourth(ssss, sss, ss, s),
            })
        };
        Ok(Self {
            mean: s.to_vec(),
            ss: each(&|j| ss[j] - s[j].powi(2)),
            us: each(&|j| us[j] - u[j] * s[j]),
            vs: vs.to_vec(),
            further: further(),
        })
    }

    /// The flux through the walls: `kappa |dS/dy|` with the diffusivity kappa, averaged over both.
    pub fn flux_at_walls(&self, differences: &Differences, diffusivity: f64) -> f64 {
        let slope = differences.of(&self.mean);
        0.5 * diffusivity * (slope[0].abs() + slope[slope.len() - 1].abs())
    }

    /// The profiles in units of u_tau and theta_tau.
    pub fn columns(
        &self,
        name: &str,
        [u_tau, unit]: [f64; 2],
        precision: Precision,
        column: &Make,
    ) -> Vec<Column> {
        let Self { mean, ss, us, vs, further } = self;
        let flux = unit * u_tau;
        let mut columns = vec![
            column(&format!("{name}_mean"), unit, &|j| mean[j]),
            column(&format!("{name}_rms"), unit, &|j| ss[j].max(0.0).sqrt()),
            column(&format!("u_{name}"), flux, &|j| us[j]),
            column(&format!("v_{name}"), flux, &|j| vs[j]),
        ];
        if let Some(Further { ws, ps, uvs, vvs, vws, vss, sss, ssss }) = further {
            let moments = [
                (format!("w_{name}"), ws, flux),
                (format!("p_{name}"), ps, flux * u_tau),
                (format!("uv_{name}"), uvs, flux * u_tau),
                (format!("vv_{name}"), vvs, flux * u_tau),
                (format!("vw_{name}"), vws, flux * u_tau),
                (format!("v_{name}_{name}"), vss, flux * unit),
            ];
            columns.extend(moments.map(|(name, values, unit)| column(&name, unit, &|j| values[j])));
            columns.extend(shape(name, [ss, sss, ssss], mean, precision, column));
        }
        columns
    }
}
