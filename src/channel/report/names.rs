//! Column names of published channels, in wall units: those of Moser, Kim & Mansour (1999), Hoyas &
//! Jimenez (2006, 2008), Lee & Moser (2015), Vreman & Kuerten (2014), and of this program.

use super::budgets::{STRESSES, TERMS};
use crate::table::{canonical, without_unit};

/// The meaning of a column name.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// y+.
    Place,
    /// y in half-heights.
    Height,
    /// A column of `profiles.csv` or `budgets.csv`.
    Value(String),
    /// The root of the column.
    Square(&'static str),
    /// The square of the column.
    Root(&'static str),
    /// The negative of the column.
    Negative(&'static str),
    /// A term of the budget in the file.
    Term(&'static str),
    /// A wavenumber or a distance along x or z.
    Along,
    /// A known quantity that is not compared.
    Other,
}

use Meaning::{Along, Height, Negative, Other, Place, Root, Square, Term};

/// Names in lower case, without TeX marks, underscores and a final plus, and their meanings.
const NAMES: [(&str, Meaning); 28] = [
    ("y+ yplus", Place),
    ("y y/h y/d y/delta y/delta99", Height),
    ("rpp p'p' pp", Square("p_rms")),
    ("wxx omx'omx' omxomx omegaxomegax omx'2", Square("omega_x_rms")),
    ("wyy omy'omy' omyomy omegayomegay omy'2", Square("omega_y_rms")),
    ("wzz omz'omz' omzomz omegazomegaz omz'2", Square("omega_z_rms")),
    ("u' urms rms(u) u'rms", Root("uu")),
    ("v' vrms rms(v) v'rms", Root("vv")),
    ("w' wrms rms(w) w'rms", Root("ww")),
    ("-uv -u'v' -ruv", Negative("uv")),
    ("dissip dissipation viscousdissipation", Term("dissipation")),
    ("produc production", Term("production")),
    ("p-strain pressurestrain pressure-strain", Term("pressure_strain")),
    ("p-diff pressuretransport pressurediffusion", Term("pressure_transport")),
    ("t-diff turbulenttransport turbulentdiffusion", Term("transport")),
    ("v-diff viscoustransport viscousdiffusion", Term("viscous")),
    ("kx kz dx dz", Along),
    ("w wmean dumean/dy dwmean/dy du/dy dw/dy", Other),
    ("ruw rvw u'w' v'w' uw vw uw' vw'", Other),
    ("wxy wxz wyz omx'omy' omx'omz' omy'omz'", Other),
    ("s(p) f(p) ps' psto' rup rvp rwp bal balance", Other),
    ("u'u'v' v'v'v' w'w'v' u'v'v' tp-kbal uuu uuv uvv vvv www uuw uvw vvw", Other),
    ("ruv1q ruv2q ruv3q ruv4q", Other),
    ("euu evv eww epp euv", Other),
    (
        "totalstress stressoffline residualk residualuu residualvv residualww residualuv residualuw residualvw",
        Other,
    ),
    ("pu pv pw vww uww", Other),
    ("wy wz", Other),
    ("uuuu vvvv wwww", Other),
];

/// Names of quantities that are columns of our own tables.
const VALUES: [(&str, &str); 19] = [
    ("u umean meanu ubar", "U"),
    ("p pmean meanp", "P"),
    ("uu ruu u'u' r11 u'2", "uu"),
    ("vv rvv v'v' r22 v'2", "vv"),
    ("ww rww w'w' r33 w'2", "ww"),
    ("uv ruv u'v' r12 uv'", "uv"),
    ("k tke", "k"),
    ("prms p' pr' rms(p) p'rms", "p_rms"),
    ("s(u) skewnessu", "skewness_u"),
    ("s(v) skewnessv", "skewness_v"),
    ("s(w) skewnessw", "skewness_w"),
    ("f(u) flatnessu", "flatness_u"),
    ("f(v) flatnessv", "flatness_v"),
    ("f(w) flatnessw", "flatness_w"),
    ("omx' omxrms omegaxrms rms(omx)", "omega_x_rms"),
    ("omy' omyrms omegayrms rms(omy)", "omega_y_rms"),
    ("omz' omzrms omegazrms rms(omz)", "omega_z_rms"),
    ("-omz du+/dy du", "dU"),
    ("eps epsilon", "dissipation_k"),
];

/// Returns the meaning of a name; None if it is unknown.
pub fn meaning(name: &str) -> Option<Meaning> {
    let whole = canonical(name);
    let bare = without_unit(&whole);
    [&*whole, whole.trim_end_matches('+'), bare, bare.trim_end_matches('+')].into_iter().find_map(of)
}

fn of(name: &str) -> Option<Meaning> {
    let is_in = |names: &str| names.split(' ').any(|other| other == name);
    let published = || NAMES.iter().find(|(names, _)| is_in(names)).map(|(_, meaning)| meaning.clone());
    let own =
        || VALUES.iter().find(|(names, _)| is_in(names)).map(|(_, own)| Meaning::Value((*own).to_owned()));
    let term = || {
        let all = TERMS.iter().flat_map(|term| STRESSES.map(|stress| format!("{term}_{stress}")));
        all.into_iter().find(|column| canonical(column) == name).map(Meaning::Value)
    };
    let error = || name.ends_with("error").then_some(Other);
    published().or_else(own).or_else(term).or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_sources_are_known() {
        let value = |own: &str| Some(Meaning::Value(own.to_owned()));
        for (name, expected) in [
            ("y+", Some(Place)),
            ("y^+", Some(Place)),
            ("$y^{+}$", Some(Place)),
            ("y_plus", Some(Place)),
            ("y/delta", Some(Height)),
            ("Umean", value("U")),
            ("U+", value("U")),
            ("u'u'", value("uu")),
            ("R_uu", value("uu")),
            ("<u'v'>+", value("uv")),
            ("-uv+", Some(Negative("uv"))),
            ("u'+", Some(Root("uu"))),
            ("urms+", Some(Root("uu"))),
            ("rms(u)", Some(Root("uu"))),
            ("pr'+", value("p_rms")),
            ("p'", value("p_rms")),
            ("-Om_z+", value("dU")),
            ("W_xx", Some(Square("omega_x_rms"))),
            ("Viscous_Dissipation", Some(Term("dissipation"))),
            ("eps+(positive, nu/u_tau^4 units)", value("dissipation_k")),
            ("pressure_strain_uv", value("pressure_strain_uv")),
            ("uu_error", Some(Other)),
            ("y+ [-]", Some(Place)),
            ("S(u)", value("skewness_u")),
            ("odd", None),
            ("columns:", None),
        ] {
            assert_eq!(meaning(name), expected, "{name}");
        }
    }
}
