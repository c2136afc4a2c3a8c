//! The terms of the averages, each with its moment: at points, and of modes by Parseval's theorem.
//! The moments of these kernels are sampled.
//!
//! To add an average, add its line here and its constant to [`super::super::catalogue`] and, if the
//! mean flow contributes to it, its gain to [`super::means`].

use super::super::catalogue::*;
use super::means::OF_MEANS;
use crate::transform::Real;
use num_complex::Complex;

/// Values, each with the moment or the pair of fields to which it contributes.
pub struct Terms<K: 'static, T, const N: usize> {
    pub of: &'static [K; N],
    pub values: [T; N],
}

/// [`Terms`] of `moment => value, ..`.
macro_rules! terms {
    ($($of:expr => $value:expr),+ $(,)?) => { Terms { of: &[$($of),+], values: [$($value),+] } };
}

/// Re a b*.
#[inline(always)]
fn product<T: Real>(a: Complex<T>, b: Complex<T>) -> T {
    a.re * b.re + a.im * b.im
}

/// i a.
#[inline(always)]
fn times_i<T: Real>(a: Complex<T>) -> Complex<T> {
    Complex::new(-a.im, a.re)
}

/// Of the velocity at a point. The cubes are free of aliasing, the fourth powers are not quite.
#[inline(always)]
pub const fn at_points([u, v, w]: [f64; 3]) -> Terms<Moment, f64, 15> {
    let (uu, vv, ww) = (u * u, v * v, w * w);
    terms! {
        U => u,
        W => w,
        UUU => uu * u,
        UUV => uu * v,
        UUW => uu * w,
        UVV => u * vv,
        UVW => u * v * w,
        UWW => u * ww,
        VVV => vv * v,
        VVW => vv * w,
        VWW => v * ww,
        WWW => ww * w,
        UUUU => uu * uu,
        VVVV => vv * vv,
        WWWW => ww * ww,
    }
}

/// Of the velocity and a scalar at a point, as the first one; free of aliasing as [`at_points`].
#[inline(always)]
pub const fn of_scalar_at_points([u, v, w, s]: [f64; 4]) -> Terms<Moment, f64, 6> {
    let (vs, ss) = (v * s, s * s);
    terms! {
        UVS => u * vs,
        VVS => v * vs,
        VWS => w * vs,
        VSS => v * ss,
        SSS => ss * s,
        SSSS => ss * ss,
    }
}

/// Of the modes of velocity and pressure.
#[inline(always)]
pub fn of_velocity<T: Real>([kx, kz]: [T; 2], [u, v, w, p]: [Complex<T>; 4]) -> Terms<Moment, T, 24> {
    let k2 = kx * kx + kz * kz;
    let mean = |a: Complex<T>| if k2 == T::zero() { a.re } else { T::zero() };
    let (uu, vv, ww, uv) = (product(u, u), product(v, v), product(w, w), product(u, v));
    let (uw, vw) = (product(u, w), product(v, w));
    let omega_y = times_i(u.scale(kz) - w.scale(kx));
    terms! {
        UU => uu,
        VV => vv,
        WW => ww,
        UV => uv,
        UW => uw,
        VW => vw,
        P => mean(p),
        PP => product(p, p),
        PU => product(p, u),
        PV => product(p, v),
        PW => product(p, w),
        E_UU => k2 * uu,
        E_VV => k2 * vv,
        E_WW => k2 * ww,
        E_UV => k2 * uv,
        E_UW => k2 * uw,
        E_VW => k2 * vw,
        P_DUDX => kx * product(p, times_i(u)),
        P_DVDX => kx * product(p, times_i(v)),
        P_DWDX => kx * product(p, times_i(w)),
        P_DUDZ => kz * product(p, times_i(u)),
        P_DVDZ => kz * product(p, times_i(v)),
        P_DWDZ => kz * product(p, times_i(w)),
        OMEGA_Y_SQUARED => product(omega_y, omega_y),
    }
}

/// Of the modes of velocity, pressure, a scalar, as the first one, and its derivative along y.
#[inline(always)]
pub fn of_scalar<T: Real>([kx, kz]: [T; 2], [u, v, w, p, s, slope]: [Complex<T>; 6]) -> Terms<Moment, T, 16> {
    let k2 = kx * kx + kz * kz;
    let (ss, us, vs, ws) = (product(s, s), product(u, s), product(v, s), product(w, s));
    terms! {
        SS => ss,
        US => us,
        VS => vs,
        WS => ws,
        PS => product(p, s),
        E_SS => k2 * ss,
        E_US => k2 * us,
        E_VS => k2 * vs,
        E_WS => k2 * ws,
        D_SS => product(slope, slope),
        P_DSDX => kx * product(p, times_i(s)),
        P_DSDY => product(p, slope),
        P_DSDZ => kz * product(p, times_i(s)),
        U_DSDY => product(u, slope),
        V_DSDY => product(v, slope),
        W_DSDY => product(w, slope),
    }
}

/// Of the modes of the derivatives of the velocity along y, and of the pressure.
#[inline(always)]
pub fn of_derivatives<T: Real>(_: [T; 2], [u, v, w, p]: [Complex<T>; 4]) -> Terms<Moment, T, 9> {
    terms! {
        D_UU => product(u, u),
        D_VV => product(v, v),
        D_WW => product(w, w),
        D_UV => product(u, v),
        D_UW => product(u, w),
        D_VW => product(v, w),
        P_DUDY => product(p, u),
        P_DVDY => product(p, v),
        P_DWDY => product(p, w),
    }
}

/// Of the modes of the derivatives of the velocity and of a scalar, as the first one, along y.
#[inline(always)]
pub fn of_scalar_derivatives<T: Real>(_: [T; 2], [u, v, w, s]: [Complex<T>; 4]) -> Terms<Moment, T, 3> {
    terms! { D_US => product(u, s), D_VS => product(v, s), D_WS => product(w, s) }
}

/// Of the modes of the vorticity.
#[inline(always)]
pub fn of_vorticity<T: Real>(_: [T; 2], [x, _, z]: [Complex<T>; 3]) -> Terms<Moment, T, 2> {
    terms! { OMEGA_X_SQUARED => product(x, x), OMEGA_Z_SQUARED => product(z, z) }
}

/// Of the spectra of velocity and pressure.
#[inline(always)]
pub fn spectra_of_velocity<T: Real>([u, v, w, p]: [Complex<T>; 4]) -> Terms<[Field; 2], T, 5> {
    terms! {
        [Field::U, Field::U] => product(u, u),
        [Field::V, Field::V] => product(v, v),
        [Field::W, Field::W] => product(w, w),
        [Field::U, Field::V] => product(u, v),
        [Field::P, Field::P] => product(p, p),
    }
}

/// Of the spectra of a scalar, as the first one.
#[inline(always)]
pub fn spectra_of_scalar<T: Real>([u, v, s]: [Complex<T>; 3]) -> Terms<[Field; 2], T, 3> {
    terms! {
        [Field::FIRST_SCALAR, Field::FIRST_SCALAR] => product(s, s),
        [Field::U, Field::FIRST_SCALAR] => product(u, s),
        [Field::V, Field::FIRST_SCALAR] => product(v, s),
    }
}

const NOTHING: Complex<f64> = Complex::new(0.0, 0.0);

/// The moments of one pass over points or modes: of the velocity, and of a scalar, as the first one.
pub struct Pass {
    of_velocity: &'static [Moment],
    of_scalar: &'static [Moment],
}

impl Pass {
    const OF_MEANS: Self = Self { of_velocity: &OF_MEANS, of_scalar: &[S] };

    /// That of [`at_points`] and [`of_scalar_at_points`].
    pub const POINTS: Self =
        Self { of_velocity: at_points([0.0; 3]).of, of_scalar: of_scalar_at_points([0.0; 4]).of };

    /// That of [`of_velocity`] and [`of_scalar`].
    pub fn modes() -> Self {
        Self {
            of_velocity: of_velocity([0.0; 2], [NOTHING; 4]).of,
            of_scalar: of_scalar([0.0; 2], [NOTHING; 6]).of,
        }
    }

    /// That of [`of_derivatives`] and [`of_scalar_derivatives`].
    pub fn derivatives() -> Self {
        Self {
            of_velocity: of_derivatives([0.0; 2], [NOTHING; 4]).of,
            of_scalar: of_scalar_derivatives([0.0; 2], [NOTHING; 4]).of,
        }
    }

    /// That of [`of_vorticity`].
    pub fn vorticity() -> Self {
        Self { of_velocity: of_vorticity([0.0; 2], [NOTHING; 3]).of, of_scalar: &[] }
    }

    /// The moments of a channel with `scalars` scalars, one scalar after the other.
    pub fn moments(&self, scalars: usize) -> Vec<Moment> {
        let of = |s: usize| self.of_scalar.iter().map(move |moment| moment.of_scalar(s));
        self.of_velocity.iter().copied().chain((0..scalars).flat_map(of)).collect()
    }

    /// The place of the first moment of a scalar.
    pub fn first_of(&self, s: usize) -> usize {
        self.of_velocity.len() + s * self.of_scalar.len()
    }
}

/// The passes of a sample.
fn passes() -> [Pass; 4] {
    [Pass::POINTS, Pass::modes(), Pass::derivatives(), Pass::vorticity()]
}

/// The moments that a channel with `scalars` scalars samples.
pub fn sampled(scalars: usize) -> Vec<Moment> {
    let all = [Pass::OF_MEANS].into_iter().chain(passes());
    all.flat_map(|pass| pass.moments(scalars)).collect()
}

/// The most moments whose sums a rank holds at a time.
pub fn most_together(scalars: usize) -> usize {
    passes().iter().map(|pass| pass.first_of(scalars)).max().unwrap_or(0)
}

/// The pairs of fields whose spectra and cospectra a channel with `scalars` scalars samples.
pub fn spectra(scalars: usize) -> Vec<[Field; 2]> {
    let of_scalar = spectra_of_scalar([NOTHING; 3]).of;
    let of_scalars = (0..scalars).flat_map(|s| of_scalar.map(|pair| pair.map(|field| field.of_scalar(s))));
    spectra_of_velocity([NOTHING; 4]).of.iter().copied().chain(of_scalars).collect()
}

/// The place among them of the first pair of the velocity, or of a scalar.
pub fn first_pair(scalar: Option<usize>) -> usize {
    let [of_velocity, of_scalar] =
        [spectra_of_velocity([NOTHING; 4]).of.len(), spectra_of_scalar([NOTHING; 3]).of.len()];
    scalar.map_or(0, |s| of_velocity + s * of_scalar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::philox;
    use std::f64::consts::TAU;

    /// Modes of a wavenumber [k_x, k_z]: of u, v, w, p, a scalar, and of their derivatives along y.
    struct Mode {
        k: [f64; 2],
        value: [Complex<f64>; 5],
        slope: [Complex<f64>; 5],
    }

    impl Mode {
        /// The mode of -k_x counts as well.
        fn weight(&self) -> f64 {
            if self.k[0] == 0.0 { 1.0 } else { 2.0 }
        }
    }

    /// Random modes; those of k = 0 are real, and v has none.
    fn modes() -> Vec<Mode> {
        let random = |n: u32, f: u32| {
            let [re, im, ..] = philox(3, [n, f, 0, 0]).map(|word| f64::from(word) / 2f64.powi(32) - 0.3);
            Complex::new(re, im)
        };
        let mut modes = vec![Mode { k: [0.0; 2], value: [NOTHING; 5], slope: [NOTHING; 5] }];
        for (f, mean) in [(0, 0.4), (2, -0.3), (3, 0.7)] {
            modes[0].value[f] = mean.into();
        }
        for (n, k) in [[0.0, 1.0], [1.0, 2.0], [2.0, -1.0], [1.0, -2.0], [3.0, 1.0]].into_iter().enumerate() {
            let of = |first| std::array::from_fn(|f| random(n as u32, first + f as u32));
            let mode = Mode { k, value: of(0), slope: of(5) };
            if k[0] == 0.0 {
                let conjugate = |modes: [Complex<f64>; 5]| modes.map(|mode| mode.conj());
                let [value, slope] = [mode.value, mode.slope].map(conjugate);
                modes.push(Mode { k: k.map(|k| -k), value, slope });
            }
            modes.push(mode);
        }
        modes
    }

    /// A factor at the point [x, z].
    fn at(modes: &[Mode], factor: Factor, [x, z]: [f64; 2]) -> f64 {
        let number = |field| match field {
            Field::U => 0,
            Field::V => 1,
            Field::W => 2,
            Field::P => 3,
            Field::Scalar(_) => 4,
        };
        let sum = |of: &dyn Fn(&Mode) -> Complex<f64>| -> f64 {
            let wave = |mode: &Mode| Complex::cis(mode.k[0] * x + mode.k[1] * z);
            modes.iter().map(|mode| mode.weight() * (of(mode) * wave(mode)).re).sum()
        };
        let other = |factor| at(modes, factor, [x, z]);
        match factor {
            Factor::Value(field) => sum(&|mode| mode.value[number(field)]),
            Factor::Dx(field) => sum(&|mode| times_i(mode.value[number(field)]).scale(mode.k[0])),
            Factor::Dz(field) => sum(&|mode| times_i(mode.value[number(field)]).scale(mode.k[1])),
            Factor::Dy(field) => sum(&|mode| mode.slope[number(field)]),
            Factor::OmegaX => other(Factor::Dy(Field::W)) - other(Factor::Dz(Field::V)),
            Factor::OmegaY => other(Factor::Dz(Field::U)) - other(Factor::Dx(Field::W)),
            Factor::OmegaZ => other(Factor::Dx(Field::V)) - other(Factor::Dy(Field::U)),
        }
    }

    /// The mean over the points of a plane, enough for products of four.
    fn mean(of: impl Fn([f64; 2]) -> f64) -> f64 {
        let points = (0..256).map(|i| [i / 16, i % 16].map(|j| TAU * f64::from(j) / 16.0));
        points.map(of).sum::<f64>() / 256.0
    }

    /// The average of the product of the factors at points.
    fn exact(modes: &[Mode], moment: Moment) -> f64 {
        let product =
            |factors: &[Factor], place| factors.iter().map(|f| at(modes, *f, place)).product::<f64>();
        mean(|place| match moment {
            Moment::Product(_) => product(&moment.factors().collect::<Vec<_>>(), place),
            Moment::InPlane([a, b]) => {
                product(&[Factor::Dx(a), Factor::Dx(b)], place)
                    + product(&[Factor::Dz(a), Factor::Dz(b)], place)
            }
        })
    }

    /// A kernel over all modes.
    fn of_modes<K: Copy + 'static, const N: usize>(
        modes: &[Mode],
        kernel: impl Fn(&Mode) -> Terms<K, f64, N>,
    ) -> Vec<(K, f64)> {
        let sum = |i: usize| modes.iter().map(|mode| mode.weight() * kernel(mode).values[i]).sum();
        kernel(&modes[0]).of.iter().enumerate().map(|(i, of)| (*of, sum(i))).collect()
    }

    #[test]
    fn each_term_averages_to_the_product_of_the_factors_of_its_moment() {
        let modes = &modes()[..];
        let point =
            |place| at_points([Field::U, Field::V, Field::W].map(|f| at(modes, Factor::Value(f), place)));
        let of_points = at_points([0.0; 3]).of.iter().enumerate();
        let mut sampled: Vec<(Moment, f64)> =
            of_points.map(|(i, moment)| (*moment, mean(|place| point(place).values[i]))).collect();
        let omega = |Mode { k: [kx, kz], value: [u, v, w, ..], slope: [du, _, dw, ..] }: &Mode| {
            [dw - times_i(*v) * kz, times_i(*u) * kz - times_i(*w) * kx, times_i(*v) * kx - du]
        };
        let uvwp = |[u, v, w, p, _]: [Complex<f64>; 5]| [u, v, w, p];
        let uvs = |[u, v, _, _, s]: [Complex<f64>; 5]| [u, v, s];
        let uvws = |place| {
            [Field::U, Field::V, Field::W, Field::Scalar(0)].map(|f| at(modes, Factor::Value(f), place))
        };
        let of_points = of_scalar_at_points([0.0; 4]).of.iter().enumerate();
        sampled.extend(
            of_points.map(|(i, moment)| (*moment, mean(|place| of_scalar_at_points(uvws(place)).values[i]))),
        );
        sampled.extend(of_modes(modes, |mode| of_velocity(mode.k, uvwp(mode.value))));
        sampled.extend(of_modes(modes, |mode| {
            let ([du, dv, dw, ..], [_, _, _, p, _]) = (mode.slope, mode.value);
            of_derivatives(mode.k, [du, dv, dw, p])
        }));
        sampled.extend(of_modes(modes, |mode| of_vorticity(mode.k, omega(mode))));
        sampled.extend(of_modes(modes, |mode| {
            let ([u, v, w, p, s], [_, _, _, _, slope]) = (mode.value, mode.slope);
            of_scalar(mode.k, [u, v, w, p, s, slope])
        }));
        sampled.extend(of_modes(modes, |mode| {
            let [u, v, w, _, s] = mode.slope;
            of_scalar_derivatives(mode.k, [u, v, w, s])
        }));
        assert_eq!(sampled.len() + OF_MEANS.len() + 1, super::sampled(1).len());
        let of_spectra = of_modes(modes, |mode| spectra_of_velocity(uvwp(mode.value)))
            .into_iter()
            .chain(of_modes(modes, |mode| spectra_of_scalar(uvs(mode.value))));
        sampled.extend(of_spectra.map(|([a, b], value)| (a.times(b), value)));
        for (moment, value) in sampled {
            let exact = exact(modes, moment);
            let near = (value - exact).abs() < 1e-12 * (1.0 + exact.abs());
            assert!(near && exact.abs() > 1e-3, "{}: {value}, not {exact}", moment.name(&[]));
        }
    }

    #[test]
    fn names_are_different() {
        let boundary = crate::channel::case::ScalarBoundary::Source { rate: 1.0 };
        let scalars = ["heat", "dye"].map(|name| crate::channel::case::ChannelScalar {
            name: name.into(),
            schmidt: 1.0,
            boundary,
        });
        let mut names: Vec<String> = super::sampled(2).iter().map(|moment| moment.name(&scalars)).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
