//! Budgets of published channels: which budget a file holds, and the sign of its dissipation.

use super::budgets::TERMS;
use super::reference::Profile;
use crate::table::TextTable;

/// Words in the head or the name of a file, and the budget that they identify.
const BALANCES: [(&str, &str); 25] = [
    ("balance equation for kinetic energy", "k"),
    ("balance equation forr_uu", "uu"),
    ("balance equation forr_vv", "vv"),
    ("balance equation forr_ww", "ww"),
    ("balance equation forr_uv", "uv"),
    ("t-diff= - \\partial_y (tp-kbal)", "k"),
    ("t-diff= - \\partial_y (u'u'v')", "uu"),
    ("t-diff= - \\partial_y (v'v'v')", "vv"),
    ("t-diff= - \\partial_y (w'w'v')", "ww"),
    ("t-diff= - \\partial_y (u'v'v')", "uv"),
    ("rste_k_prof", "k"),
    ("rste_uu_prof", "uu"),
    ("rste_vv_prof", "vv"),
    ("rste_ww_prof", "ww"),
    ("rste_uv_prof", "uv"),
    (".kbal", "k"),
    (".uubal", "uu"),
    (".vvbal", "vv"),
    (".wwbal", "ww"),
    (".uvbal", "uv"),
    (".bal.kbal", "k"),
    (".bal.uu", "uu"),
    (".bal.vv", "vv"),
    (".bal.ww", "ww"),
    (".bal.uv", "uv"),
];

/// The budget to which the terms of a file belong, from its head or its name.
pub fn balance(table: &TextTable) -> Option<&'static str> {
    let name =
        table.path().file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
    let head = || table.head().map(str::to_lowercase).chain([name.clone()]);
    let says = |(words, _): &&(&str, &str)| head().any(|line| line.contains(words));
    BALANCES.iter().find(says).map(|(_, stress)| *stress)
}

/// Makes the dissipation a term that is added, as in our budgets, if a source has it as a positive rate:
/// this is the case if the six terms add up to less with the other sign or, where the other terms are
/// missing, if the dissipation of k or of a variance is a gain.
pub fn sign_dissipation(profiles: &mut [Profile], stress: &str) {
    let find = |term: &str| profiles.iter().position(|profile| profile.name == format!("{term}_{stress}"));
    let Some(own) = find("dissipation") else { return };
    let others: Vec<usize> = TERMS[..5].iter().filter_map(|term| find(term)).collect();
    let values = |profile: usize| &profiles[profile].values;
    let is_rate = match others[..] {
        [..] if others.len() == 5 && others.iter().all(|&other| values(other).len() == values(own).len()) => {
            let off = |sign: f64| -> f64 {
                let sum = |i: usize| {
                    others.iter().map(|&other| values(other)[i]).sum::<f64>() + sign * values(own)[i]
                };
                (0..values(own).len()).map(|i| sum(i).abs()).sum()
            };
            off(-1.0) < off(1.0)
        }
        _ => !["uv", "uw", "vw"].contains(&stress) && values(own).iter().sum::<f64>() > 0.0,
    };
    if is_rate {
        profiles[own].values.iter_mut().for_each(|value| *value = -*value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::tests::read_as;

    /// Lee & Moser give the dissipation as a positive rate, others as a negative term.
    #[test]
    fn dissipation_is_a_term_that_closes_the_budget() {
        let names = "% y/delta y^+ Production Turbulent_Transport Viscous_Transport Pressure_Strain \
            Pressure_Transport Viscous_Dissipation Balance\n";
        for (stress, rate) in [("uu", 1.0), ("k", 1.0), ("uv", 1.0), ("uv", -1.0)] {
            // 3 + 1 - 2 + 0.5 - 0.25 = 2.25, which is dissipated.
            let rows =
                format!("0 0 0 0 0.25 0 0 {} 0\n1 180 3 1 -2 0.5 -0.25 {} 0\n", 0.25 * rate, 2.25 * rate);
            let budget =
                read_as(&format!("LM_Channel_0180_RSTE_{stress}_prof.dat"), &format!("{names}{rows}"))
                    .unwrap();
            assert_eq!(budget.find(&format!("transport_{stress}")).unwrap().values, [0.0, 1.0]);
            assert_eq!(
                budget.find(&format!("dissipation_{stress}")).unwrap().values,
                [-0.25, -2.25],
                "{stress} {rate}"
            );
        }
        let profile = |text: &str| read_as("published.dat", text).unwrap();
        for text in [
            "# y+ eps+(positive, nu/u_tau^4 units)\n0 0.25\n1 2.25\n",
            "y_plus,dissipation_k\n0,-0.25\n1,-2.25\n",
        ] {
            assert_eq!(profile(text).find("dissipation_k").unwrap().values, [-0.25, -2.25], "{text}");
        }
    }
}
