//! The Reynolds stresses of a run from its series, and its total shear if the mean flow is a shear.

use super::balance::COMPONENTS;
use crate::report::cubic::integrate;
use crate::report::series::{History, Table};

/// The anisotropy over the samples.
pub struct Stresses {
    /// Name (`xx`, .. `yz`) and values of each b that the series has.
    pub anisotropy: Vec<(&'static str, Vec<f64>)>,
    /// Total shear S t at each sample, if the mean flow is U = S y with S > 0 and nothing else.
    pub shear: Option<Vec<f64>>,
}

impl Stresses {
    pub fn of(series: &Table, run: &History) -> Self {
        let column = |c: &&'static str| Some((*c, series.find(&format!("b_{c}"))?.to_vec()));
        let total = shear_rate(series, run).map(|rate| integrate(&run.time, &rate));
        Self {
            anisotropy: COMPONENTS.iter().filter_map(column).collect(),
            shear: total.filter(|shear| shear.iter().all(|value| value.is_finite())),
        }
    }

    /// b_xx, b_yy, b_zz, b_xy, if the series has all of them.
    pub fn published(&self) -> Option<[&[f64]; 4]> {
        Some([self.find("xx")?, self.find("yy")?, self.find("zz")?, self.find("xy")?])
    }

    /// All six components, in the order of their names, if the series has them.
    pub fn components(&self) -> Option<[&[f64]; 6]> {
        let mut found = [&[][..]; 6];
        for (values, name) in found.iter_mut().zip(COMPONENTS) {
            *values = self.find(name)?;
        }
        Some(found)
    }

    fn find(&self, name: &str) -> Option<&[f64]> {
        self.anisotropy.iter().find(|(c, _)| *c == name).map(|(_, values)| &values[..])
    }
}

/// S at the samples, from `shear_parameter` = S q^2/eps. None if `production` is not `-S <uv>`, which
/// means that the mean flow is not a pure shear.
fn shear_rate(series: &Table, run: &History) -> Option<Vec<f64>> {
    let [parameter, production, uv] = ["shear_parameter", "production", "uv"].map(|name| series.find(name));
    let (parameter, production, uv) = (parameter?, production?, uv?);
    if run.time.len() < 2 || !run.time.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let rate: Vec<f64> =
        (0..run.time.len()).map(|i| parameter[i] * run.dissipation[i] / (2.0 * run.energy[i])).collect();
    let peak = production.iter().fold(0.0, |peak: f64, value| peak.max(value.abs()));
    let is_shear = (0..rate.len()).all(|i| (production[i] + rate[i] * uv[i]).abs() <= 1e-3 * peak);
    (is_shear && peak > 0.0).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A flow of S = `rate` and one in plane strain, whose production the shear stress does not explain.
    fn stresses(rate: f64, strain: f64) -> Stresses {
        let mut text =
            String::from("step,time,energy,dissipation,shear_parameter,production,uv,b_xx,b_yy,b_zz,b_xy\n");
        for i in 0..9 {
            let (t, energy, dissipation) = (0.5 * f64::from(i), 1.0 + f64::from(i), 0.3 + 0.1 * f64::from(i));
            let uv = -0.1 * energy * rate.signum() * t;
            let parameter = rate.abs().max(strain) * 2.0 * energy / dissipation;
            text += &format!(
                "{i},{t},{energy},{dissipation},{parameter},{},{uv},0,0,0,{}\n",
                -rate * uv + strain * t,
                uv / energy / 2.0
            );
        }
        let table = Table::parse("series.csv".as_ref(), &text).unwrap();
        Stresses::of(&table, &History::of(&table).unwrap())
    }

    #[test]
    fn the_total_shear_is_that_of_the_mean_flow() {
        let sheared = stresses(28.0, 0.0);
        let shear = sheared.shear.as_ref().unwrap();
        assert!(
            shear.iter().zip(0..).all(|(shear, i)| (shear - 14.0 * f64::from(i)).abs() < 1e-10),
            "{shear:?}"
        );
        assert!(sheared.published().unwrap()[3][8] < 0.0);
        for (rate, strain) in [(0.0, 2.0), (5.0, 2.0), (0.0, 0.0), (-28.0, 0.0)] {
            assert!(stresses(rate, strain).shear.is_none());
        }
    }
}
