//! Helpers of [`Flow::diagnose`], of a flow that has blown up: where its state is not finite or
//! largest, and how its spectrum ends. Asked once, so that it may be slow.

use crate::flow::{Flow, Tail};
use crate::parallel::{ExactSum, World};
use crate::transform::{Column, Layout, Real, Reals, SpectralField};

impl Tail {
    /// The spectrum of these sums of a rank, over all ranks; row n is at `unit n`. Collective.
    pub fn new(of: &str, unit: f64, sums: &mut [ExactSum], world: &World) -> Self {
        let totals = ExactSum::totals(sums, world);
        Self {
            of: of.into(),
            rows: totals.into_iter().enumerate().map(|(n, sum)| (unit * n as f64, sum)).collect(),
        }
    }

    /// The largest of the last three values over the largest of all: small where the smallest
    /// scales are resolved. None if the spectrum is not finite, or zero.
    pub fn end(&self) -> Option<f64> {
        let largest = self.rows.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        let last = self.rows.iter().rev().take(3).map(|(_, value)| *value).fold(0.0, f64::max);
        (self.rows.iter().all(|(_, value)| value.is_finite()) && largest > 0.0).then(|| last / largest)
    }
}

/// Says which value of the state is not finite, or else which is the largest. `name` names the mode
/// of a column at a place along it. Collective.
pub fn worst_mode<T: Real>(
    world: &World,
    layout: &Layout,
    fields: &[(&str, &SpectralField<T>)],
    name: impl Fn(&Column, usize) -> String,
) -> String {
    let (mut worst, mut place) = (0.0, None);
    let mut counts = [0; 2];
    for (field, values) in fields {
        for (c, column) in layout.columns.iter().enumerate() {
            for (j, value) in values[layout.range(c)].iter().enumerate() {
                let size = value.re.wide().abs() + value.im.wide().abs();
                let size = if size.is_finite() { size } else { f64::INFINITY };
                counts = [counts[0] + u64::from(size.is_infinite()), counts[1] + 1];
                if size > worst {
                    (worst, place) = (size, Some((field, column, j)));
                }
            }
        }
    }
    world.sum_u64(&mut counts);
    let [broken, all] = counts;
    world.text_of_largest(worst, || {
        let Some((field, column, j)) = place else { return "the state is zero".into() };
        let place = format!("{field} of {}, on rank {}", name(column, j), world.rank());
        match broken {
            0 => format!("the largest value of the state is {worst:.3e}, {place}"),
            _ => format!("{broken} of {all} values of the state are not finite, such as {place}"),
        }
    })
}

/// Says where the largest Courant rate is, `rate` of the index in y and the velocity. Collective.
pub fn fastest_point(world: &World, flow: &mut dyn Flow, rate: impl Fn(usize, [f64; 3]) -> f64) -> String {
    let [u, v, w] = [0, 1, 2].map(|field| match flow.points(field) {
        Reals::F32(values) => values.into_iter().map(f64::from).collect(),
        Reals::F64(values) => values,
    });
    let (slab, [x, y, z]) = (flow.slab(), flow.coordinates());
    let mut fastest = (0.0, 0, [0.0; 3]);
    for (i, ((u, v), w)) in u.iter().zip(&v).zip(&w).enumerate() {
        let here = rate(slab.y.start + i / x.len() % slab.y.len(), [*u, *v, *w]);
        if here > fastest.0 {
            fastest = (here, i, [*u, *v, *w]);
        }
    }
    let (largest, i, [u, v, w]) = fastest;
    world.text_of_largest(largest, || {
        let row = i / x.len();
        let at = [x[i % x.len()], y[slab.y.start + row % slab.y.len()], z[slab.z.start + row / slab.y.len()]];
        format!(
            "the largest Courant number per time, sum |u_i| / dx_i = {largest:.3e}, is at x = {:.4}, y = \
             {:.4}, z = {:.4}, where the velocity is ({u:.3e}, {v:.3e}, {w:.3e}), on rank {}",
            at[0],
            at[1],
            at[2],
            world.rank()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::Tail;

    #[test]
    fn the_end_of_a_spectrum_is_measured_by_its_peak() {
        let tail = |values: &[f64]| Tail {
            of: "k".into(),
            rows: values.iter().map(|value| (1.0, *value)).collect(),
        };
        assert_eq!(tail(&[1.0, 8.0, 4.0, 2.0, 1.0]).end(), Some(0.5));
        assert_eq!(tail(&[0.0, 0.0]).end(), None);
        assert_eq!(tail(&[1.0, f64::NAN]).end(), None);
    }
}
