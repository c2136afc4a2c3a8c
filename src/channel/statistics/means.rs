//! The mean profiles of a sample, in double precision. The planes hold only fluctuations, since in
//! single precision the variances would be lost in the rounding of `U^2`; this module adds the
//! contribution of the means, so that raw moments are exact sums of central ones:
//!
//! ```text
//!     <uu> = U^2 + <u'u'>,    <uuu> = U^3 + 3 U <u'u'> + <u'u'u'>,    <p du/dy> = P dU/dy + <p' du'/dy>, ..
//! ```

use super::super::Channel;
use super::super::catalogue::*;
use super::super::profiles::unpack;
use super::averages::{Averages, Profile};
use crate::chebyshev::derivative;
use crate::transform::Real;

/// Moments that the means alone determine, besides the means of the scalars.
pub const OF_MEANS: [Moment; 2] = [OMEGA_X, OMEGA_Z];

/// A mean profile at the points in y, and its derivative.
pub struct Mean {
    pub value: Vec<f64>,
    pub slope: Vec<f64>,
}

/// U in the moving frame, in which the moments are measured, W, and the means of the scalars; the
/// same on all ranks.
pub struct Means {
    pub u: Mean,
    pub w: Mean,
    pub scalars: Vec<Mean>,
}

impl<T: Real> Channel<T> {
    /// Those of the state. Collective.
    pub(in crate::channel) fn means(&self) -> Means {
        let mean = self.mean_column();
        let fields = self.state.iter().enumerate();
        let lines = fields.flat_map(|(f, field)| {
            let range = mean.clone().unwrap_or_default();
            let mut profile: Vec<f64> = field[range].iter().map(|packed| unpack(*packed)).collect();
            profile.iter_mut().take(usize::from(f == 0)).for_each(|u| *u -= self.parameters.frame_velocity);
            [self.grid.values(&profile), self.grid.values(&derivative(&profile))]
        });
        // The other ranks have zeros.
        let mut profiles: Vec<f64> = lines.flatten().collect();
        self.world.assemble(&mut profiles);
        let mut lines = profiles.chunks_exact(self.grid.y.len()).map(<[f64]>::to_vec);
        let mut next =
            || Mean { value: lines.next().unwrap_or_default(), slope: lines.next().unwrap_or_default() };
        Means { u: next(), w: next(), scalars: self.parameters.scalars.iter().map(|_| next()).collect() }
    }
}

impl Means {
    /// The mean of a field; v has none, and that of the pressure is averaged with its fluctuations.
    pub fn of(&self, field: Field) -> Option<&Mean> {
        match field {
            Field::U => Some(&self.u),
            Field::W => Some(&self.w),
            Field::Scalar(s) => self.scalars.get(s),
            Field::V | Field::P => None,
        }
    }

    /// Converts averages of fluctuations to raw averages.
    pub fn added_to(&self, of_fluctuations: Vec<Profile>) -> Averages {
        let points = self.u.value.len();
        let scalars = (0..self.scalars.len()).map(|s| S.of_scalar(s));
        let of_means = OF_MEANS.into_iter().chain(scalars).map(|mean| (mean, vec![0.0; points]));
        let mut averages = Averages::new(of_means.chain(of_fluctuations).collect());
        for y in 0..self.u.value.len() {
            let of = |moment| averages.line(moment).map_or(0.0, |line| line[y]);
            let [u, w, du, dw] =
                [&self.u.value, &self.w.value, &self.u.slope, &self.w.slope].map(|line| line[y]);
            let mut gains = vec![
                // What the fluctuations have is round-off.
                (U, u - of(U)),
                (W, w - of(W)),
                (UU, u * u),
                (UW, u * w),
                (WW, w * w),
                (UUU, u * (u * u + 3.0 * of(UU))),
                (UUV, 2.0 * u * of(UV)),
                (UUW, w * (u * u + of(UU)) + 2.0 * u * of(UW)),
                (UVV, u * of(VV)),
                (UVW, u * of(VW) + w * of(UV)),
                (VVW, w * of(VV)),
                (VWW, 2.0 * w * of(VW)),
                (UWW, u * (w * w + of(WW)) + 2.0 * w * of(UW)),
                (WWW, w * (w * w + 3.0 * of(WW))),
                (UUUU, u * (u * (u * u + 6.0 * of(UU)) + 4.0 * of(UUU))),
                (WWWW, w * (w * (w * w + 6.0 * of(WW)) + 4.0 * of(WWW))),
                (PU, of(P) * u),
                (PW, of(P) * w),
                (D_UU, du * du),
                (D_WW, dw * dw),
                (D_UW, du * dw),
                (P_DUDY, of(P) * du),
                (P_DWDY, of(P) * dw),
                // The mean vorticity is (W', 0, -U').
                (OMEGA_X, dw),
                (OMEGA_Z, -du),
                (OMEGA_X_SQUARED, dw * dw),
                (OMEGA_Z_SQUARED, du * du),
            ];
            for (number, Mean { value, slope }) in self.scalars.iter().enumerate() {
                let of = |moment: Moment| of(moment.of_scalar(number));
                let (s, ds) = (value[y], slope[y]);
                let own = [
                    (S, s),
                    (SS, s * s),
                    (US, u * s),
                    (WS, w * s),
                    (PS, of(P) * s),
                    (UVS, u * of(VS) + s * of(UV)),
                    (VVS, s * of(VV)),
                    (VWS, w * of(VS) + s * of(VW)),
                    (VSS, 2.0 * s * of(VS)),
                    (SSS, s * (s * s + 3.0 * of(SS))),
                    (SSSS, s * (s * (s * s + 6.0 * of(SS)) + 4.0 * of(SSS))),
                    (D_SS, ds * ds),
                    (D_US, du * ds),
                    (D_WS, dw * ds),
                    (P_DSDY, of(P) * ds),
                    (U_DSDY, u * ds),
                    (W_DSDY, w * ds),
                ];
                gains.extend(own.map(|(moment, gain)| (moment.of_scalar(number), gain)));
            }
            for (moment, gain) in gains {
                averages.line_mut(moment).into_iter().for_each(|line| line[y] += gain);
            }
        }
        averages
    }
}
