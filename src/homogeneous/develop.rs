//! From random phases to turbulence, before the run: the field decays by itself until the
//! derivatives have the skewness of turbulence, and is then brought back to its energy, shell by
//! shell or as a whole.

use super::wavenumbers::Wavenumbers;
use super::{Homogeneous, Parameters};
use crate::error::{Error, Result};
use crate::flow::{Between, Clock, Flow};
use crate::homogeneous::case::{Develop, Initial, Rescale};
use crate::parallel::{ExactSum, World};
use crate::transform::{Layout, Real, SpectralField};
use std::rc::Rc;

/// Steps between two looks at the skewness.
const LOOK_EVERY: usize = 5;

/// A field that has lost this part of its energy will not become what was asked for.
const MOST_LOST: f64 = 0.9;

/// The developed velocity that begins as `initial`; calls `between` after every step. Collective.
///
/// # Errors
/// A field that cannot be set, that blows up, or whose derivatives do not get the skewness; that of
/// `between`.
pub fn developed<T: Real>(
    world: &Rc<World>,
    run: &Parameters,
    initial: &Initial,
    develop: Develop,
    between: Between<'_>,
) -> Result<[SpectralField<T>; 3]> {
    let mut flow = Homogeneous::<T>::new(Rc::clone(world), run.alone())?;
    flow.set(initial)?;
    let before = flow.shell_energies();
    let energy: f64 = before.iter().sum();
    loop {
        let [skewness, _] = flow.derivative_moments();
        let mean = skewness.iter().sum::<f64>() / 3.0;
        if mean <= develop.skewness {
            break;
        }
        for _ in 0..LOOK_EVERY {
            if flow.advance(f64::INFINITY)?.broken.is_some() {
                return Err(Error::diverged(
                    "initial.develop: the velocity is no longer finite; try a smaller time.cfl or time.dt, \
                     or more points",
                ));
            }
            let Clock { step, time } = flow.clock();
            between(&format!(
                "initial.develop: step {step}, time {time:.4}, skewness {mean:.3} on its way to {}",
                develop.skewness
            ))?;
        }
        let left = flow.shell_energies().iter().sum::<f64>() / energy;
        if left < 1.0 - MOST_LOST {
            return Err(Error::input(format!(
                "initial.develop: at time {:.4} the field has lost {:.0} % of its energy, and the skewness \
                 of its derivatives is {mean:.3}, not yet {}: its \
                 Reynolds number is too low for that; choose a skewness nearer to 0, a smaller viscosity or \
                 larger scales",
                flow.clock().time,
                100.0 * (1.0 - left),
                develop.skewness
            )));
        }
    }
    let after = flow.shell_energies();
    let total: f64 = after.iter().sum();
    let factors: Vec<f64> = match develop.rescale {
        Rescale::Nothing => vec![1.0; after.len()],
        Rescale::Energy => vec![(energy / total).sqrt(); after.len()],
        Rescale::Spectrum => {
            before.iter().zip(&after).map(|(b, a)| if *a > 0.0 { (b / a).sqrt() } else { 0.0 }).collect()
        }
    };
    let Homogeneous { pencils, wavenumbers, mut velocity, .. } = flow;
    for (mode, shell) in shells(&pencils.layout, &wavenumbers) {
        velocity[0].iter_mut().for_each(|field| field[mode] = field[mode].scale(T::of(factors[shell])));
    }
    Ok(velocity.swap_remove(0))
}

impl<T: Real> Homogeneous<T> {
    /// The energy of each shell, as wide as those of the spectra; collective.
    fn shell_energies(&self) -> Vec<f64> {
        let (layout, wavenumbers) = (&self.pencils.layout, &self.wavenumbers);
        let mut sums =
            vec![ExactSum::default(); (wavenumbers.corner() / wavenumbers.shell_width() + 0.5) as usize + 1];
        let weights =
            layout.columns.iter().flat_map(|column| std::iter::repeat_n(column.weight(), column.len()));
        for ((mode, shell), weight) in shells(layout, wavenumbers).zip(weights) {
            let square: f64 = self.velocity[0]
                .iter()
                .map(|field| field[mode].re.wide().powi(2) + field[mode].im.wide().powi(2))
                .sum();
            sums[shell].add(0.5 * weight * square);
        }
        ExactSum::totals(&mut sums, &self.world)
    }
}

/// Every mode of this rank with its shell.
fn shells<'a>(layout: &'a Layout, wavenumbers: &'a Wavenumbers) -> impl Iterator<Item = (usize, usize)> + 'a {
    layout.columns.iter().enumerate().flat_map(move |(c, column)| {
        layout
            .range(c)
            .zip(column.labels())
            .map(move |(mode, ny)| (mode, wavenumbers.shell([column.nx as i64, ny, column.nz])))
    })
}
