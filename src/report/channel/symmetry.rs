//! The two halves of a channel. Where walls and drive are the same seen from either wall, and
//! nothing turns, the mirrored flow is as good a sample as the flow: then averages are over both,
//! and one half is kept.

use super::samples::Averages;
use super::spectra::factors;
use crate::case::{Channel, ChannelScalar, ScalarBoundary};
use crate::error::Result;

/// Whether the halves are alike; with the scalars of the flow.
pub struct Symmetry {
    pub holds: bool,
    scalars: Vec<ChannelScalar>,
}

impl Symmetry {
    pub fn of(flow: &Channel) -> Self {
        let [lower, upper] = flow.walls.velocity;
        let holds = lower == upper && flow.walls.transpiration.is_empty() && flow.rotation == 0.0;
        Self { holds, scalars: flow.scalars.clone() }
    }

    /// Points that are kept of so many.
    pub fn kept(&self, points: usize) -> usize {
        if self.holds { points.div_ceil(2) } else { points }
    }

    /// The averages over both halves, if they are alike.
    pub fn average(&self, averages: &Averages) -> Result<Averages> {
        match self.holds {
            true => averages.with_mirror(|all, name, values| self.mirrored(all, name, values)),
            false => Ok(averages.clone()),
        }
    }

    /// What a fluctuation `a'b'` of a product of two fields, as "uv" or "u[dye]", is multiplied by
    /// in the mirror: v changes its sign, and a scalar with values at the walls.
    pub fn sign_of_fluctuations(&self, product: &str) -> f64 {
        let odd_scalars =
            self.scalars.iter().filter(|scalar| matches!(scalar.boundary, ScalarBoundary::Values { .. }));
        let odd = |factor: &&str| {
            *factor == "v" || odd_scalars.clone().any(|scalar| *factor == format!("[{}]", scalar.name))
        };
        if factors(product).iter().filter(|factor| odd(factor)).count() == 1 { -1.0 } else { 1.0 }
    }

    /// What a mean of u, w, p or a scalar is in the mirror.
    pub fn mirrored_mean(&self, name: &str, value: f64) -> f64 {
        match self
            .scalars
            .iter()
            .find(|scalar| name == format!("[{}]", scalar.name))
            .map(|scalar| scalar.boundary)
        {
            Some(ScalarBoundary::Values { lower, upper }) => lower + upper - value,
            _ => value,
        }
    }

    /// What the flow with y, v and d/dy reversed has in the place of an average. A scalar with
    /// values at the walls goes to `2 m - s`, m being the mean of the two values; then `<ss>` goes
    /// to `4 m^2 - 4 m <s> + <ss>`, and `<us>` to `2 m <u> - <us>`.
    fn mirrored(&self, all: &Averages, name: &str, values: &[f64]) -> Result<Vec<f64>> {
        let reversed = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
        let within = |scalar: &&ChannelScalar| name.contains(&format!("[{}]", scalar.name));
        let Some(scalar) = self.scalars.iter().find(within) else {
            let sign = sign(name);
            return Ok(values.iter().rev().map(|value| sign * value).collect());
        };
        let own = format!("[{}]", scalar.name);
        let moment = name.replace(&own, "s");
        let ScalarBoundary::Values { lower, upper } = scalar.boundary else {
            let sign = if moment == "vs" { -1.0 } else { 1.0 };
            return Ok(values.iter().rev().map(|value| sign * value).collect());
        };
        let twice = lower + upper;
        let (mean, u) = (reversed(all.get(&own)?), reversed(all.get("u")?));
        let of = |(value, (mean, u)): (&f64, (&f64, &f64))| match &*moment {
            "s" => twice - value,
            "ss" => twice * twice - 2.0 * twice * mean + value,
            "us" => twice * u - value,
            // v changes its sign, and so does what is left of s: that of 2 m <v> is nothing.
            _ => *value,
        };
        Ok(values.iter().rev().zip(mean.iter().zip(&u)).map(of).collect())
    }
}

/// Of an average of velocity and pressure: v and d/dy change their sign, `d_uv` being of
/// derivatives. The vorticity is a pseudovector.
fn sign(name: &str) -> f64 {
    let odd = match name {
        "ox" | "oz" => true,
        "oy" | "oxox" | "oyoy" | "ozoz" => false,
        _ => name.matches(['v', 'y']).count() % 2 == 1,
    };
    if odd { -1.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn signs_of_the_mirror() {
        let of = |names: &str| names.split(' ').map(sign).collect::<Vec<f64>>();
        assert_eq!(of("u w p uu vv uw pu uvv"), [1.0; 8]);
        assert_eq!(of("v uv vw uuv vvv vww pv e_uv d_vw p_uy p_wy p_vx p_vz ox oz"), [-1.0; 15]);
        assert_eq!(of("e_uu d_vv e_uw d_uw p_ux p_vy p_wz p_uz oxox oyoy ozoz vvvv uww"), [1.0; 13]);
    }
}
