//! Closure of the budgets of a run: the change of the energy and of the Reynolds stresses, compared
//! with the time integral of the terms of their equations.

use crate::report::cubic::integrate;
use crate::report::series::{History, Table};

/// Fewer samples say nothing about a time integral.
pub const LEAST_SAMPLES: usize = 5;

/// The terms of `dE/dt = production + injection + buoyancy flux - dissipation` at the samples; a
/// column that the series does not have is zero.
pub struct EnergyBudget {
    pub production: Vec<f64>,
    pub injection: Vec<f64>,
    pub buoyancy_flux: Vec<f64>,
    /// `E(t) - E(0) - int (production + .. - dissipation) dt`, with the energy that remeshing
    /// dropped given back. None for too few samples or times that do not increase.
    pub residual: Option<Vec<f64>>,
    /// `production + .. - dissipation`.
    rate: Vec<f64>,
}

impl EnergyBudget {
    pub fn of(series: &Table, run: &History) -> Self {
        let column =
            |name: &str| series.find(name).map_or_else(|| vec![0.0; run.time.len()], <[f64]>::to_vec);
        let (production, injection, buoyancy_flux) =
            (column("production"), column("injection"), column("buoyancy_flux"));
        let dropped = column("remesh_energy");
        let stored: Vec<f64> =
            run.energy.iter().zip(&dropped).map(|(energy, dropped)| energy + dropped).collect();
        let rate: Vec<f64> = (0..run.time.len())
            .map(|i| production[i] + injection[i] + buoyancy_flux[i] - run.dissipation[i])
            .collect();
        let residual = residual(&run.time, &stored, &rate);
        Self { production, injection, buoyancy_flux, residual, rate }
    }

    /// The terms by which energy may enter, with their names.
    pub fn gains(&self) -> [(&'static str, &[f64]); 3] {
        [
            ("production", &self.production),
            ("injection", &self.injection),
            ("buoyancy flux", &self.buoyancy_flux),
        ]
    }

    /// Whether the only term is the dissipation.
    pub fn only_dissipates(&self, run: &History) -> bool {
        let largest = self.gains().iter().map(|(_, values)| peak(values)).fold(0.0, f64::max);
        largest <= 1e-12 * peak(&run.dissipation) || largest == 0.0
    }

    /// The closure of the budget.
    pub fn closure(&self, run: &History) -> Option<Closure> {
        let dissipated = integrate(&run.time, &run.dissipation).last().copied().unwrap_or(0.0).abs();
        let scale = if dissipated > 0.0 { dissipated } else { run.energy[0].abs() };
        Closure::of(&run.time, self.residual.as_ref()?, &self.rate, scale)
    }
}

/// The largest finite magnitude.
pub fn peak(values: &[f64]) -> f64 {
    values.iter().filter(|value| value.is_finite()).fold(0.0, |peak: f64, value| peak.max(value.abs()))
}

/// The closure of a budget, in fractions of the energy dissipated (of the first energy, if there is no
/// dissipation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closure {
    /// The largest residual, and its time.
    pub worst: f64,
    pub time: f64,
    /// The largest difference between the time integral of the terms over all samples and that over
    /// every second one. Integrals of cubics have errors of the fourth order, so it is 15 times the
    /// error of the former where the samples resolve the terms, and of its size where they do not.
    pub halved: f64,
}

impl Closure {
    /// The closure from a residual; none if a value is not finite or the scale is zero.
    fn of(time: &[f64], residual: &[f64], rate: &[f64], scale: f64) -> Option<Self> {
        let fractions = residual.iter().zip(time).map(|(value, &time)| (value.abs() / scale, time));
        let (worst, time_of_worst) =
            fractions.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(fraction, _)| fraction.is_finite())?;
        let every_second = |values: &[f64]| values.iter().copied().step_by(2).collect::<Vec<_>>();
        let (all, coarse) = (integrate(time, rate), integrate(&every_second(time), &every_second(rate)));
        let differences =
            all.iter().step_by(2).zip(&coarse).map(|(fine, coarse)| (fine - coarse).abs() / scale);
        Some(Self { worst, time: time_of_worst, halved: differences.fold(0.0, f64::max) })
    }

    /// True if the samples are too far apart to tell the residual from the error of the time integral.
    pub fn is_of_the_samples(&self) -> bool {
        self.worst <= self.halved
    }
}

/// The components of the budgets, as the names of the columns have them.
pub const COMPONENTS: [&str; 6] = ["xx", "yy", "zz", "xy", "xz", "yz"];

/// The closure of `dR/dt = production + rapid + slow + rotation + buoyancy + injection - dissipation`
/// for each Reynolds stress that `budget` has. Empty for too few samples.
pub fn stress_budgets(budget: &Table) -> Vec<(&'static str, Closure)> {
    let Some(time) = budget.find("time").filter(|time| time.len() >= LEAST_SAMPLES) else {
        return Vec::new();
    };
    let column = |term: &str, c: &str| budget.find(&format!("{term}_{c}"));
    let half_trace: Vec<f64> = (0..time.len())
        .map(|i| {
            0.5 * ["xx", "yy", "zz"]
                .iter()
                .filter_map(|c| column("dissipation", c))
                .map(|values| values[i])
                .sum::<f64>()
        })
        .collect();
    let dissipated = integrate(time, &half_trace).last().copied().unwrap_or(0.0).abs();
    let of = |c: &&'static str| {
        let stress = column("R", c)?;
        let gains = ["production", "rapid", "slow", "rotation", "buoyancy", "injection"];
        let gain =
            |i: usize| gains.iter().filter_map(|term| column(term, c)).map(|values| values[i]).sum::<f64>();
        let dissipation = column("dissipation", c)?;
        let rate: Vec<f64> = (0..time.len()).map(|i| gain(i) - dissipation[i]).collect();
        let first: f64 =
            ["xx", "yy", "zz"].iter().filter_map(|c| column("R", c)).map(|values| 0.5 * values[0]).sum();
        let scale = if dissipated > 0.0 { dissipated } else { first };
        Some((*c, Closure::of(time, &residual(time, stress, &rate)?, &rate, scale)?))
    };
    COMPONENTS.iter().filter_map(of).collect()
}

/// `stored(t) - stored(0) - int rate dt` at every sample.
fn residual(time: &[f64], stored: &[f64], rate: &[f64]) -> Option<Vec<f64>> {
    let meaningful = time.len() >= LEAST_SAMPLES && time.is_sorted_by(|a, b| a < b);
    meaningful.then(|| {
        stored
            .iter()
            .zip(integrate(time, rate))
            .map(|(value, integral)| value - stored[0] - integral)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series of n + 1 samples at uneven times up to 2 that satisfies the balance exactly: E =
    /// exp(-t) + P0 t + ..
    fn series(n: usize, dropped: f64) -> (tempfile::TempDir, Table) {
        let dir = tempfile::tempdir().unwrap();
        let mut text =
            String::from("step,time,energy,dissipation,production,injection,buoyancy_flux,remesh_energy\n");
        for i in 0..=n {
            let s = i as f64 / n as f64;
            let t = 2.0 * s + 0.1 * (9.0 * s).sin() * s * (1.0 - s);
            // dE/dt = (cos t) + (0.2) + (2 t exp(-t^2)) - exp(-t) / 2
            let lost = if t > 1.0 { dropped } else { 0.0 };
            let energy = 3.0 + t.sin() + 0.2 * t - (-t * t).exp() + 0.5 * (-t).exp() - lost;
            let dissipation = 0.5 * (-t).exp();
            text += &format!(
                "{i},{t:?},{energy:?},{dissipation:?},{:?},0.2,{:?},{lost:?}\n",
                t.cos(),
                2.0 * t * (-t * t).exp()
            );
        }
        let table = Table::parse(&dir.path().join("series.csv"), &text).unwrap();
        (dir, table)
    }

    fn closure(n: usize, dropped: f64) -> f64 {
        let (_dir, table) = series(n, dropped);
        let run = History::of(&table).unwrap();
        EnergyBudget::of(&table, &run).closure(&run).unwrap().worst
    }

    #[test]
    fn an_exact_balance_closes_at_fourth_order() {
        let errors = [20, 40, 80, 160].map(|n| closure(n, 0.0));
        for pair in errors.windows(2) {
            let order = (pair[0] / pair[1]).log2();
            assert!((3.7..4.7).contains(&order), "order {order} of {errors:?}");
        }
        // What remeshing drops is given back, whenever it was.
        assert!((closure(160, 0.3) - errors[3]).abs() < 1e-14);
    }

    #[test]
    fn a_wrong_term_is_seen() {
        let (_dir, table) = series(80, 0.0);
        let mut run = History::of(&table).unwrap();
        run.dissipation.iter_mut().for_each(|value| *value *= 1.01);
        let closure = EnergyBudget::of(&table, &run).closure(&run).unwrap();
        let Closure { worst, time, .. } = closure;
        assert!((worst - 0.01 / 1.01).abs() < 1e-6, "{worst}");
        assert_eq!(time, 2.0);
        assert!(!closure.is_of_the_samples(), "{closure:?}");
    }

    #[test]
    fn too_few_samples_or_times_that_stand_still_have_no_residual() {
        for times in [vec![0.0, 1.0, 2.0, 3.0], vec![0.0; 9]] {
            let text: String = times.iter().map(|t| format!("0,{t},1,1\n")).collect();
            let table = Table::parse("series.csv".as_ref(), &format!("step,time,energy,dissipation\n{text}"))
                .unwrap();
            let run = History::of(&table).unwrap();
            assert!(EnergyBudget::of(&table, &run).closure(&run).is_none());
        }
    }

    #[test]
    fn each_stress_closes_at_fourth_order_and_names_the_wrong_one() {
        let budget = |n: usize, wrong: f64| {
            let mut text = String::from("step,time");
            for c in ["xx", "yy", "xy"] {
                text += &format!(
                    ",R_{c},production_{c},rapid_{c},slow_{c},rotation_{c},buoyancy_{c},injection_{c},\
                     dissipation_{c}"
                );
            }
            for i in 0..=n {
                let t = 2.0 * i as f64 / n as f64;
                text += &format!("\n{i},{t:?}");
                for factor in [1.0, 0.5, -0.3] {
                    let slow = if factor < 0.0 { wrong } else { 0.0 } - t.sin();
                    // R = factor (5 + sin t + exp(-t) + cos t): the terms sum to cos t - exp(-t) - sin t.
                    let stress = factor * (5.0 + t.sin() + (-t).exp() + t.cos());
                    let terms = [t.cos(), 0.1, slow, -0.2, 0.05, 0.05, (-t).exp()]
                        .map(|term| format!("{:?}", factor * term));
                    text += &format!(",{stress:?},{}", terms.join(","));
                }
            }
            stress_budgets(&Table::parse("budget.csv".as_ref(), &(text + "\n")).unwrap())
        };
        let (coarse, fine) = (budget(20, 0.0), budget(40, 0.0));
        assert_eq!(fine.iter().map(|(c, _)| *c).collect::<Vec<_>>(), ["xx", "yy", "xy"]);
        for ((c, coarse), (_, fine)) in coarse.iter().zip(&fine) {
            let order = (coarse.worst / fine.worst).log2();
            assert!((3.5..4.7).contains(&order), "R_{c}: order {order}");
            assert!(coarse.is_of_the_samples() && fine.is_of_the_samples(), "{coarse:?}, {fine:?}");
        }
        let wrong = budget(40, 0.1);
        assert!(
            wrong[0].1.worst < 1e-5 && wrong[2].1.worst > 0.05 && !wrong[2].1.is_of_the_samples(),
            "{wrong:?}"
        );
        assert!(budget(3, 0.0).is_empty());
    }
}
