//! The resolution of the smallest eddies of a homogeneous case: `k_max eta`,
//! `eta = (nu^3 / eps)^(1/4)`, at the start and at the peak of the dissipation. k_max is that of the
//! coarsest direction.

use super::super::{Survey, Wavenumbers};
use super::notes::figures;
use crate::case::Case;
use crate::homogeneous::case::{Forcing, Gradient, Homogeneous, Initial};
use crate::plan::Row;

/// The smallest k_max eta that resolves energy and dissipation, and the one that also resolves
/// derivatives (Pope 2000, section 9.1.2).
pub const COARSE: f64 = 1.0;
pub const FINE: f64 = 1.5;

/// Lines for the table: k_max eta, and warnings. None without viscosity, or if the field comes from a
/// file.
pub fn rows(case: &Case, flow: &Homogeneous, survey: Option<&Survey>, wavenumbers: &Wavenumbers) -> Vec<Row> {
    let nu = case.fluid.viscosity;
    let Some(survey) = survey.filter(|survey| nu > 0.0 && survey.sums.energy > 0.0) else {
        return Vec::new();
    };
    let k_max = wavenumbers.largest();
    let k_max_eta = |dissipation: f64| k_max * (nu.powi(3) / dissipation).powf(0.25);
    let start = nu * survey.sums.gradient;
    let mut text = format!("{} at the start", figures(k_max_eta(start)));
    let mut warnings = Vec::new();
    let coarse = |when: &str, found: f64| {
        format!(
            "k_max eta is {} {when}, which is coarse: {COARSE} resolves the dissipation, {FINE} the \
             derivatives",
            figures(found)
        )
    };
    if k_max_eta(start) < COARSE {
        warnings.push(coarse("at the start", k_max_eta(start)));
    }
    match later(flow, survey) {
        None => {}
        Some(Later::Balance(power)) => {
            text += &format!(", {} where the dissipation balances the power", figures(k_max_eta(power)));
            if k_max_eta(power) < COARSE {
                warnings.push(coarse("where the dissipation balances the power", k_max_eta(power)));
            }
        }
        Some(Later::Peak(largest)) if largest <= start => text += ", and more as it decays",
        Some(Later::Peak(largest)) => {
            let [least, most] = [largest, (0.5 * largest).max(start)].map(k_max_eta);
            text += &format!(
                ", {} to {} at the peak of the dissipation, if that is 0.5 to 1 u'^3/L (an estimate, good to \
                 a factor of two)",
                figures(least),
                figures(most)
            );
            if most < COARSE && k_max_eta(start) >= COARSE {
                warnings.push(coarse("or less at the peak of the dissipation, by estimate", most));
            }
        }
    }
    [("k_max eta", text)]
        .into_iter()
        .chain(warnings.into_iter().map(|warning| ("warning", warning)))
        .collect()
}

/// An estimate of the dissipation.
enum Later {
    /// The power of the force, on average.
    Balance(f64),
    /// A peak of at most about u'^3/L at the start, followed by decay.
    Peak(f64),
}

/// None if the energy grows without a known limit, or if there is no cascade.
fn later(flow: &Homogeneous, survey: &Survey) -> Option<Later> {
    let stratification: f64 =
        flow.scalars.iter().map(|s| s.buoyancy.iter().zip(s.gradient).map(|(b, g)| b * g).sum::<f64>()).sum();
    let buoyant = flow.scalars.iter().any(|scalar| scalar.buoyancy != [0.0; 3]);
    if !flow.nonlinear
        || flow.mean.gradient != Gradient::None
        || stratification < 0.0
        || buoyant && stratification == 0.0
    {
        return None;
    }
    match (&flow.forcing, &flow.initial) {
        (Some(Forcing::ConstantPower { power, .. }), _) => Some(Later::Balance(*power)),
        (Some(_), _) => None,
        (None, Initial::Random { .. } | Initial::TaylorGreen { dimensions: 3, .. }) => {
            Some(Later::Peak(survey.mean_square().powf(1.5) / survey.integral_length()))
        }
        (None, _) => None,
    }
}
