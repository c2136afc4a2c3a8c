//! The averages of a channel as types: a moment is the average over a plane of a product of factors.
//! Its name in files, its units, its formula and its parity about the centre plane follow from the
//! factors. The solver and the report index profiles by the same constants, and parse no name.
//!
//! The kernels in [`super::statistics`] decide which moments are sampled; any other can be expressed.

use crate::channel::case::ChannelScalar;
use Factor::{Dx, Dy, Dz, OmegaX, OmegaY, OmegaZ, Value};
use Moment::{InPlane, Product};

/// A field of the flow; scalars are counted in the order of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    U,
    V,
    W,
    P,
    Scalar(usize),
}

/// A factor of a product: the value of a field, a derivative of it, or a component of the vorticity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    Value(Field),
    Dx(Field),
    Dy(Field),
    Dz(Field),
    OmegaX,
    OmegaY,
    OmegaZ,
}

/// Maximum number of factors of a moment.
const MOST: usize = 4;

/// An average over a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// That of the product of the factors.
    Product([Option<Factor>; MOST]),
    /// `<da/dx db/dx + da/dz db/dz>`, the part of `<da/dx_k db/dx_k>` parallel to the walls.
    InPlane([Field; 2]),
}

/// Constants of products of fields: `UUV: U U V`.
macro_rules! of_fields {
    ($($name:ident: $($field:ident)+),+ $(,)?) => {
        $(pub const $name: Moment = Moment::product(&[$(Value(Field::$field)),+]);)+
    };
}

of_fields! {
    U: U, W: W, P: P,
    UU: U U, VV: V V, WW: W W, UV: U V, UW: U W, VW: V W, PP: P P, PU: P U, PV: P V, PW: P W,
    UUU: U U U, UUV: U U V, UUW: U U W, UVV: U V V, UVW: U V W, UWW: U W W,
    VVV: V V V, VVW: V V W, VWW: V W W, WWW: W W W,
    UUUU: U U U U, VVVV: V V V V, WWWW: W W W W,
    S: FIRST_SCALAR, SS: FIRST_SCALAR FIRST_SCALAR,
    US: U FIRST_SCALAR, VS: V FIRST_SCALAR, WS: W FIRST_SCALAR, PS: P FIRST_SCALAR,
    UVS: U V FIRST_SCALAR, VVS: V V FIRST_SCALAR, VWS: V W FIRST_SCALAR,
    VSS: V FIRST_SCALAR FIRST_SCALAR, SSS: FIRST_SCALAR FIRST_SCALAR FIRST_SCALAR,
    SSSS: FIRST_SCALAR FIRST_SCALAR FIRST_SCALAR FIRST_SCALAR,
}

/// Constants of the two parts of `<da/dx_k db/dx_k>`: parallel to the walls, and with k = y.
macro_rules! of_gradients {
    ($($parallel:ident, $across:ident: $a:ident $b:ident),+ $(,)?) => {
        $(
            pub const $parallel: Moment = InPlane([Field::$a, Field::$b]);
            pub const $across: Moment = Moment::product(&[Dy(Field::$a), Dy(Field::$b)]);
        )+
    };
}

of_gradients! {
    E_UU, D_UU: U U, E_VV, D_VV: V V, E_WW, D_WW: W W, E_UV, D_UV: U V, E_UW, D_UW: U W, E_VW, D_VW: V W,
    E_SS, D_SS: FIRST_SCALAR FIRST_SCALAR,
    E_US, D_US: U FIRST_SCALAR, E_VS, D_VS: V FIRST_SCALAR, E_WS, D_WS: W FIRST_SCALAR,
}

/// Constants of products of the value of a field and a derivative of one: `P_DUDX: P Dx U`.
macro_rules! of_values_and_slopes {
    ($($name:ident: $a:ident $slope:ident $b:ident),+ $(,)?) => {
        $(pub const $name: Moment = Moment::product(&[Value(Field::$a), $slope(Field::$b)]);)+
    };
}

of_values_and_slopes! {
    P_DUDX: P Dx U, P_DVDX: P Dx V, P_DWDX: P Dx W,
    P_DUDY: P Dy U, P_DVDY: P Dy V, P_DWDY: P Dy W,
    P_DUDZ: P Dz U, P_DVDZ: P Dz V, P_DWDZ: P Dz W,
    P_DSDX: P Dx FIRST_SCALAR, P_DSDY: P Dy FIRST_SCALAR, P_DSDZ: P Dz FIRST_SCALAR,
    U_DSDY: U Dy FIRST_SCALAR, V_DSDY: V Dy FIRST_SCALAR, W_DSDY: W Dy FIRST_SCALAR,
}

pub const OMEGA_X: Moment = Moment::product(&[OmegaX]);
pub const OMEGA_Z: Moment = Moment::product(&[OmegaZ]);
pub const OMEGA_X_SQUARED: Moment = Moment::product(&[OmegaX, OmegaX]);
pub const OMEGA_Y_SQUARED: Moment = Moment::product(&[OmegaY, OmegaY]);
pub const OMEGA_Z_SQUARED: Moment = Moment::product(&[OmegaZ, OmegaZ]);

/// Moments that earlier versions did not sample, of a scalar as the first one.
const ADDED: [Moment; 34] = [
    UUW, UVW, VVW, PW, E_UW, D_UW, E_VW, D_VW, P_DWDX, P_DWDY, P_DUDZ, P_DVDZ, //
    WS, PS, UVS, VVS, VWS, VSS, SSS, SSSS, E_SS, D_SS, E_US, D_US, E_VS, D_VS, E_WS, D_WS, //
    P_DSDX, P_DSDY, P_DSDZ, U_DSDY, V_DSDY, W_DSDY,
];

impl Field {
    pub const FIRST_SCALAR: Self = Self::Scalar(0);

    /// The same field; if it is a scalar, that of this number.
    pub const fn of_scalar(self, s: usize) -> Self {
        if let Self::Scalar(_) = self { Self::Scalar(s) } else { self }
    }

    /// Its average.
    pub const fn mean(self) -> Moment {
        Moment::product(&[Value(self)])
    }

    /// The average of its product with another one.
    pub const fn times(self, other: Self) -> Moment {
        Moment::product(&[Value(self), Value(other)])
    }

    /// The name as a word, "u" or "heat".
    pub fn plain_name(self, scalars: &[ChannelScalar]) -> &str {
        match self {
            Self::U => "u",
            Self::V => "v",
            Self::W => "w",
            Self::P => "p",
            Self::Scalar(s) => scalars.get(s).map_or("", |scalar| &scalar.name),
        }
    }

    /// The name within that of a moment: that of a scalar stands in brackets.
    fn name(self, scalars: &[ChannelScalar]) -> String {
        match self {
            Self::Scalar(_) => format!("[{}]", self.plain_name(scalars)),
            _ => self.plain_name(scalars).to_owned(),
        }
    }

    /// Whether its fluctuation changes sign in the mirror y -> -y; `odd` says so of a scalar.
    fn is_odd(self, odd: impl Fn(usize) -> bool) -> bool {
        match self {
            Self::V => true,
            Self::U | Self::W | Self::P => false,
            Self::Scalar(s) => odd(s),
        }
    }
}

impl Factor {
    fn of_scalar(self, s: usize) -> Self {
        match self {
            Value(field) => Value(field.of_scalar(s)),
            Dx(field) => Dx(field.of_scalar(s)),
            Dy(field) => Dy(field.of_scalar(s)),
            Dz(field) => Dz(field.of_scalar(s)),
            OmegaX | OmegaY | OmegaZ => self,
        }
    }

    /// Whether it changes sign in the mirror, as [`Field::is_odd`]; the vorticity is a pseudovector.
    fn is_odd(self, odd: impl Fn(usize) -> bool) -> bool {
        match self {
            Value(field) | Dx(field) | Dz(field) => field.is_odd(odd),
            Dy(field) => !field.is_odd(odd),
            OmegaX | OmegaZ => true,
            OmegaY => false,
        }
    }

    /// As it stands in a formula.
    fn formula(self, scalars: &[ChannelScalar]) -> String {
        match self {
            Value(field) => field.name(scalars),
            Dx(field) => format!("d{}/dx", field.name(scalars)),
            Dy(field) => format!("d{}/dy", field.name(scalars)),
            Dz(field) => format!("d{}/dz", field.name(scalars)),
            OmegaX => "omega_x".into(),
            OmegaY => "omega_y".into(),
            OmegaZ => "omega_z".into(),
        }
    }

    /// Exponents of velocity and length in its units, and its scalar. Pressure is that over the density.
    fn dimension(self) -> ([i32; 2], Option<usize>) {
        let of_field = |field: Field, length: i32| match field {
            Field::U | Field::V | Field::W => ([1, length], None),
            Field::P => ([2, length], None),
            Field::Scalar(s) => ([0, length], Some(s)),
        };
        match self {
            Value(field) => of_field(field, 0),
            Dx(field) | Dy(field) | Dz(field) => of_field(field, -1),
            OmegaX | OmegaY | OmegaZ => ([1, -1], None),
        }
    }
}

impl Moment {
    /// The average of a product of one to four factors.
    pub const fn product(factors: &[Factor]) -> Self {
        let mut all = [None; MOST];
        let mut i = 0;
        while i < factors.len() {
            all[i] = Some(factors[i]);
            i += 1;
        }
        Product(all)
    }

    /// Whether batches and checkpoints of earlier versions lack it; what needs it is left out then.
    pub fn is_added(self) -> bool {
        ADDED.contains(&self.of_scalar(0))
    }

    /// The same moment with this scalar in the place of any other.
    pub fn of_scalar(self, s: usize) -> Self {
        match self {
            Product(factors) => Product(factors.map(|factor| factor.map(|factor| factor.of_scalar(s)))),
            InPlane(fields) => InPlane(fields.map(|field| field.of_scalar(s))),
        }
    }

    /// The factors of a product; of [`InPlane`] those of its first part.
    pub fn factors(self) -> impl Iterator<Item = Factor> + Clone {
        let factors = match self {
            Product(factors) => factors,
            InPlane([a, b]) => [Some(Dx(a)), Some(Dx(b)), None, None],
        };
        factors.into_iter().flatten()
    }

    /// The name of its profile in files.
    ///
    /// Fields follow each other, as in `uuv`, and so do components of the vorticity, as in `oxox`. A
    /// derivative stands behind an underscore, as in `p_uy`; `d_uv` is a product of two along y, `e_uv`
    /// is [`InPlane`].
    pub fn name(self, scalars: &[ChannelScalar]) -> String {
        let of = |field: Field| field.name(scalars);
        let of_factor = |factor| match factor {
            Value(field) => of(field),
            Dx(field) => format!("_{}x", of(field)),
            Dy(field) => format!("_{}y", of(field)),
            Dz(field) => format!("_{}z", of(field)),
            OmegaX => "ox".into(),
            OmegaY => "oy".into(),
            OmegaZ => "oz".into(),
        };
        match self {
            InPlane([a, b]) => format!("e_{}{}", of(a), of(b)),
            Product([Some(Dy(a)), Some(Dy(b)), None, None]) => format!("d_{}{}", of(a), of(b)),
            Product(factors) => factors.into_iter().flatten().map(of_factor).collect(),
        }
    }

    /// The average as a formula, `<p du/dy>`.
    pub fn formula(self, scalars: &[ChannelScalar]) -> String {
        let product = |factors: &[Factor]| {
            factors.iter().map(|factor| factor.formula(scalars)).collect::<Vec<_>>().join(" ")
        };
        match self {
            InPlane([a, b]) => format!("<{} + {}>", product(&[Dx(a), Dx(b)]), product(&[Dz(a), Dz(b)])),
            Product(_) => format!("<{}>", product(&self.factors().collect::<Vec<_>>())),
        }
    }

    /// Its units times a time, those of a sum weighted by time:
    /// `velocity^2 length^-1 [dye] time of the case`.
    pub fn units_of_sum(self, scalars: &[ChannelScalar]) -> String {
        let (mut velocity, mut length) = (0, 0);
        let mut own = vec![0; scalars.len()];
        for ([of_velocity, of_length], scalar) in self.factors().map(Factor::dimension) {
            (velocity, length) = (velocity + of_velocity, length + of_length);
            scalar.and_then(|s| own.get_mut(s)).into_iter().for_each(|power| *power += 1);
        }
        let named = scalars.iter().zip(own).map(|(scalar, power)| (format!("[{}]", scalar.name), power));
        let units =
            [("velocity".to_owned(), velocity), ("length".to_owned(), length)].into_iter().chain(named);
        let units = units.chain([("time".to_owned(), 1)]).filter(|(_, power)| *power != 0);
        let power = |(unit, power)| if power == 1 { unit } else { format!("{unit}^{power}") };
        units.map(power).collect::<Vec<_>>().join(" ") + " of the case"
    }

    /// Whether the average of fluctuations changes sign in the mirror y -> -y, v -> -v; `odd` says of a
    /// scalar whether its fluctuations do.
    pub fn is_odd(self, odd: impl Fn(usize) -> bool) -> bool {
        self.factors().filter(|factor| factor.is_odd(&odd)).count() % 2 == 1
    }
}

/// A direction of the wavenumbers of spectra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    X,
    Z,
}

impl Direction {
    pub const BOTH: [Self; 2] = [Self::X, Self::Z];

    pub const fn name(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Z => "z",
        }
    }

    /// The name of the wavenumbers in files.
    pub const fn wavenumbers(self) -> &'static str {
        match self {
            Self::X => "kx",
            Self::Z => "kz",
        }
    }

    /// The name of the spectrum or cospectrum of two fields in files.
    pub fn spectrum(self, [a, b]: [Field; 2], scalars: &[ChannelScalar]) -> String {
        format!("spectrum_{}_{}", self.name(), a.times(b).name(scalars))
    }
}

/// The name in files of the phases of oscillating walls at which there are averages.
pub const PHASE: &str = "phase";

/// The averages at phases.
pub const OF_PHASES: [Moment; 8] = [U, W, UU, VV, WW, UV, UW, VW];

/// The name in files of the profiles of a moment at phases.
pub fn at_phases(moment: Moment) -> String {
    format!("{PHASE}_{}", moment.name(&[]))
}

/// The name in files of the y of spectra over both directions.
pub const PLACES: &str = "spectra_y";

/// The name in files of the spectrum or cospectrum of two fields over both directions.
pub fn plane_spectrum([a, b]: [Field; 2], scalars: &[ChannelScalar]) -> String {
    format!("spectrum_xz_{}", a.times(b).name(scalars))
}

/// The name in files of the profile of a mean over the samples of the spectra.
pub fn mean_beside_spectra(mean: Moment, scalars: &[ChannelScalar]) -> String {
    format!("spectra_mean_{}", mean.name(scalars))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::case::ScalarBoundary;

    const S: Field = Field::Scalar(0);

    fn heat() -> [ChannelScalar; 1] {
        let boundary = ScalarBoundary::Values { lower: 0.0, upper: 1.0 };
        [ChannelScalar { name: "heat".into(), schmidt: 0.7, boundary }]
    }

    fn values<const N: usize>(fields: [Field; N]) -> Moment {
        Moment::product(&fields.map(Value))
    }

    #[test]
    fn names_units_and_formulas_follow_from_the_factors() {
        let p_times = |factor| Moment::product(&[Value(Field::P), factor]);
        for (moment, name, units, formula) in [
            (UUV, "uuv", "velocity^3", "<u u v>"),
            (PU, "pu", "velocity^3", "<p u>"),
            (P_DUDY, "p_uy", "velocity^3 length^-1", "<p du/dy>"),
            (D_UV, "d_uv", "velocity^2 length^-2", "<du/dy dv/dy>"),
            (E_UV, "e_uv", "velocity^2 length^-2", "<du/dx dv/dx + du/dz dv/dz>"),
            (OMEGA_Z, "oz", "velocity length^-1", "<omega_z>"),
            (OMEGA_X_SQUARED, "oxox", "velocity^2 length^-2", "<omega_x omega_x>"),
            // What further budgets need.
            (values([Field::U, Field::V, Field::W]), "uvw", "velocity^3", "<u v w>"),
            (values([Field::U, Field::V, S]), "uv[heat]", "velocity^2 [heat]", "<u v [heat]>"),
            (values([S; 4]), "[heat][heat][heat][heat]", "[heat]^4", "<[heat] [heat] [heat] [heat]>"),
            (p_times(Dz(S)), "p_[heat]z", "velocity^2 length^-1 [heat]", "<p d[heat]/dz>"),
            (p_times(Value(S)), "p[heat]", "velocity^2 [heat]", "<p [heat]>"),
            (
                InPlane([S, Field::V]),
                "e_[heat]v",
                "velocity length^-2 [heat]",
                "<d[heat]/dx dv/dx + d[heat]/dz dv/dz>",
            ),
        ] {
            assert_eq!(moment.name(&heat()), name);
            assert_eq!(moment.units_of_sum(&heat()), format!("{units} time of the case"));
            assert_eq!(moment.formula(&heat()), formula);
        }
        assert_eq!(Direction::X.spectrum([S, S], &heat()), "spectrum_x_[heat][heat]");
        assert_eq!(plane_spectrum([Field::U, S], &heat()), "spectrum_xz_u[heat]");
        assert_eq!(mean_beside_spectra(S.mean(), &heat()), "spectra_mean_[heat]");
    }

    #[test]
    fn parities_follow_from_the_factors() {
        let p_times = |factor| Moment::product(&[Value(Field::P), factor]);
        for (moments, odd) in [
            (&[U, W, P, UU, VV, UW, PU, UVV, VVVV, UWW, E_UU, D_VV, P_DUDX, P_DVDY, P_DWDZ][..], false),
            (&[OMEGA_X_SQUARED, OMEGA_Y_SQUARED, OMEGA_Z_SQUARED, Moment::product(&[OmegaY])], false),
            (&[UV, VW, UUV, VVV, VWW, PV, E_UV, D_UV, P_DUDY, P_DVDX, OMEGA_X, OMEGA_Z], true),
            (&[p_times(Dz(Field::V)), p_times(Dy(Field::W)), Field::V.mean()], true),
            (&[p_times(Dy(S)), Field::V.times(S)], false),
            (&[values([S; 3]), Field::U.times(S), p_times(Dx(S))], true),
        ] {
            for moment in moments {
                assert_eq!(moment.is_odd(|_| true), odd, "{}", moment.name(&heat()));
            }
        }
        assert!(Field::V.times(S).is_odd(|_| false) && !Field::U.times(S).is_odd(|_| false));
    }
}
