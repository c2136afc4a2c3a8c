//! The mean profiles of a sample, in double precision. Only fluctuations are put on the planes,
//! since in single precision the variances would be lost in the rounding of `U^2`; here what the
//! means give is added to the averages of fluctuations, so that raw moments are exact sums of
//! central ones:
//!
//! ```text
//!     <uu> = U^2 + <u'u'>,    <uuu> = U^3 + 3 U <u'u'> + <u'u'u'>,    <p du/dy> = P dU/dy + <p' du'/dy>, ..
//! ```

use super::super::Channel;
use super::super::profiles::unpack;
use super::of_scalar;
use crate::case::ChannelScalar;
use crate::chebyshev::derivative;
use crate::parallel::ExactSum;
use crate::transform::Real;

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
        let mut sums: Vec<ExactSum> = lines.flatten().map(sum_of).collect();
        let totals = ExactSum::totals(&mut sums, &self.world);
        let mut lines = totals.chunks_exact(self.grid.y.len()).map(<[f64]>::to_vec);
        let mut next =
            || Mean { value: lines.next().unwrap_or_default(), slope: lines.next().unwrap_or_default() };
        Means { u: next(), w: next(), scalars: self.parameters.scalars.iter().map(|_| next()).collect() }
    }
}

fn sum_of(value: f64) -> ExactSum {
    let mut sum = ExactSum::default();
    sum.add(value);
    sum
}

impl Means {
    /// Makes raw averages, by `names` and y, of those of fluctuations.
    pub fn add_to(&self, names: &[String], scalars: &[ChannelScalar], averages: &mut [f64]) {
        let points = self.u.value.len();
        for y in 0..points {
            let place = |name: &str| names.iter().position(|other| other == name).map(|i| i * points + y);
            let central = |averages: &[f64], name: &str| place(name).map_or(0.0, |at| averages[at]);
            let [u, w, du, dw] =
                [&self.u.value, &self.w.value, &self.u.slope, &self.w.slope].map(|line| line[y]);
            let of = |name: &str| central(averages, name);
            let (uu, uv, uw, vv, vw, ww, p) =
                (of("uu"), of("uv"), of("uw"), of("vv"), of("vw"), of("ww"), of("p"));
            let mut gains = vec![
                ("u".to_owned(), u - of("u")),
                ("w".to_owned(), w - of("w")),
                ("uuu".to_owned(), u * (u * u + 3.0 * uu)),
                ("uuv".to_owned(), 2.0 * u * uv),
                ("uvv".to_owned(), u * vv),
                ("vww".to_owned(), 2.0 * w * vw),
                ("uww".to_owned(), u * (w * w + ww) + 2.0 * w * uw),
                ("www".to_owned(), w * (w * w + 3.0 * ww)),
                ("uuuu".to_owned(), u * (u * (u * u + 6.0 * uu) + 4.0 * of("uuu"))),
                ("wwww".to_owned(), w * (w * (w * w + 6.0 * ww) + 4.0 * of("www"))),
                ("uu".to_owned(), u * u),
                ("uw".to_owned(), u * w),
                ("ww".to_owned(), w * w),
                ("pu".to_owned(), p * u),
                ("pw".to_owned(), p * w),
                ("d_uu".to_owned(), du * du),
                ("d_uw".to_owned(), du * dw),
                ("d_ww".to_owned(), dw * dw),
                ("p_uy".to_owned(), p * du),
                ("p_wy".to_owned(), p * dw),
                // The mean vorticity is (W', 0, -U').
                ("ox".to_owned(), dw - of("ox")),
                ("oz".to_owned(), -du - of("oz")),
                ("oxox".to_owned(), dw * dw),
                ("ozoz".to_owned(), du * du),
            ];
            for (scalar, Mean { value, slope }) in scalars.iter().zip(&self.scalars) {
                let name = |moment: &str| of_scalar(moment, scalar);
                let own = [
                    ("s", value[y] - of(&name("s"))),
                    ("ss", value[y] * value[y]),
                    ("us", u * value[y]),
                    ("d_ss", slope[y] * slope[y]),
                ];
                gains.extend(own.map(|(moment, gain)| (name(moment), gain)));
            }
            for (name, gain) in gains {
                place(&name).into_iter().for_each(|at| averages[at] += gain);
            }
        }
    }
}
