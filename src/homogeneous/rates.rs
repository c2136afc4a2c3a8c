//! The rates that limit a step of this flow, but for those of the state: see
//! [`crate::time::Cause`].

use super::forcing::Forcing;
use super::matrix::{Matrix, length, principal_values};
use super::{MeanFlow, Parameters, Wavenumbers};
use crate::error::Result;
use crate::homogeneous::case::{Dealiasing, Scalar};
use crate::time::{Cause, Rates, Stability};
use crate::transform::Layout;
use std::f64::consts::PI;

impl Parameters {
    /// The largest rates at these times that the case alone knows.
    ///
    /// # Errors
    /// A force that this box or grid cannot have.
    pub fn rates(&self, times: &[f64]) -> Result<Rates> {
        let mean = MeanFlow::new(&self.mean, self.size);
        let truncation = self.truncation();
        let mut wavenumbers = Wavenumbers::new(self.size, &truncation);
        let layout = self.forcing.as_ref().map(|_| Layout::of_few(truncation));
        let mut rates = Rates::default();
        for time in times {
            wavenumbers.deformation = mean.deformation(*time, *time);
            let forcing = self
                .forcing
                .iter()
                .zip(&layout)
                .map(|(kind, layout)| Forcing::new(kind, layout, &wavenumbers));
            let forcing = forcing.collect::<Result<Vec<_>>>()?;
            rates = rates.or(&self.rates_at(*time, &mean, &wavenumbers.deformation, forcing.first()));
        }
        Ok(rates)
    }

    /// The rates at a time at which the moving coordinates are `xi = B x`.
    ///
    /// The linear terms are stepped explicitly. With `B_ij = sum b_i G_j` of the scalars, waves of
    /// the wavevector k have the frequency
    ///
    /// ```text
    ///     N^2 = tr B - k.B k / k^2,
    ///     |N^2| <= max_i |tr B - lambda_i|,    lambda_i the principal values of B
    /// ```
    ///
    /// which is `b.G` where both are parallel.
    pub(super) fn rates_at(
        &self,
        time: f64,
        mean: &MeanFlow,
        deformation: &Matrix,
        forcing: Option<&Forcing>,
    ) -> Rates {
        let mut rates = Rates::default();
        rates.raise(Cause::Vorticity, length(mean.absolute_vorticity(time)));
        if mean.deforms() {
            rates.raise(Cause::Strain, largest(principal_values(&mean.gradient(time))));
        }
        let mut waves = [[0.0; 3]; 3];
        for scalar in self.buoyant() {
            let gradient = mean.carried(scalar.gradient, time);
            waves
                .iter_mut()
                .zip(scalar.buoyancy)
                .for_each(|(row, b)| row.iter_mut().zip(gradient).for_each(|(entry, g)| *entry += b * g));
        }
        let trace = waves[0][0] + waves[1][1] + waves[2][2];
        rates.raise(
            Cause::Stratification,
            largest(principal_values(&waves).map(|value| trace - value)).sqrt(),
        );
        let cells = (0..3).map(|j| length(deformation[j]) * self.grid[j] as f64 / self.size[j]);
        let cells = cells.fold(0.0, f64::max);
        forcing.map_or(rates, |forcing| rates.or(&forcing.rates(cells)))
    }

    /// The scalars that act on the velocity.
    pub(super) fn buoyant(&self) -> impl Iterator<Item = &Scalar> {
        self.scalars.iter().filter(|scalar| scalar.buoyancy != [0.0; 3])
    }

    /// The limits of what scheme and truncation can follow: k_i is at most 2/3 of pi / dx_i, or in
    /// an ellipsoid `sqrt(2) / 3` of 2 pi / dx_i.
    pub fn stability(&self) -> Stability {
        let reach = match self.dealiasing {
            Dealiasing::TwoThirds => 2.0 / 3.0 * PI,
            Dealiasing::PhaseShift | Dealiasing::PhaseShiftExact => 2.0 * 2.0_f64.sqrt() / 3.0 * PI,
        };
        Stability { imaginary: self.scheme.imaginary_limit(), reach }
    }
}

/// The largest magnitude.
fn largest(values: [f64; 3]) -> f64 {
    values.into_iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::super::forcing::growth_by_power;
    use super::*;
    use crate::homogeneous::case::{Forcing, Gradient, Mean, ScalarInitial};
    use std::f64::consts::TAU;

    fn heat(gradient: [f64; 3], buoyancy: [f64; 3]) -> Scalar {
        Scalar { name: "heat".into(), schmidt: 1.0, gradient, buoyancy, initial: ScalarInitial::Zero }
    }

    fn of(parameters: &Parameters, cause: Cause) -> f64 {
        parameters.rates(&[0.0]).unwrap().of(cause)
    }

    #[test]
    fn waves_turn_with_the_buoyancy_frequency() {
        let at_rest = Parameters::at_rest([16; 3]);
        let stratified =
            |scalars: Vec<Scalar>| of(&Parameters { scalars, ..at_rest.clone() }, Cause::Stratification);
        assert!((stratified(vec![heat([0.0, 1e4, 0.0], [0.0, 1.0, 0.0])]) - 100.0).abs() < 1e-11);
        // Unstable; passive; a gradient across gravity, which tilted wavevectors feel: half of
        // |b||G|.
        assert!((stratified(vec![heat([0.0, -4.0, 0.0], [0.0, 1.0, 0.0])]) - 2.0).abs() < 1e-13);
        assert_eq!(stratified(vec![heat([0.0, 1e4, 0.0], [0.0; 3])]), 0.0);
        assert!((stratified(vec![heat([8.0, 0.0, 0.0], [0.0, 1.0, 0.0])]) - 2.0).abs() < 1e-13);
        // Two scalars that hold each other.
        assert!(
            stratified(vec![heat([0.0, 3.0, 0.0], [0.0, 1.0, 0.0]), heat([0.0, 1.0, 0.0], [0.0, -3.0, 0.0])])
                < 1e-7
        );
        assert_eq!(at_rest.rates(&[0.0]).unwrap(), Rates::default());
    }

    #[test]
    fn mean_flows_and_forces_have_their_rates() {
        let at_rest = Parameters::at_rest([16; 3]);
        let mean = |gradient, rotation, schedule: &[(f64, f64)]| Parameters {
            mean: Mean { gradient, rotation, schedule: schedule.to_vec() },
            ..at_rest.clone()
        };
        assert_eq!(of(&mean(Gradient::None, [0.0, 3.0, 4.0], &[(0.0, 1.0)]), Cause::Vorticity), 10.0);
        let strained = mean(Gradient::PlaneStrain { rate: 0.5 }, [0.0; 3], &[(0.0, 0.0), (2.0, 4.0)]);
        assert!(
            (strained.rates(&[0.0, 2.0]).unwrap().of(Cause::Strain) - 2.0).abs() < 1e-14
                && of(&strained, Cause::Strain) == 0.0
        );
        let forced = |forcing| Parameters { forcing: Some(forcing), ..at_rest.clone() };
        let random = forced(Forcing::OrnsteinUhlenbeck {
            variance: 0.1,
            correlation_time: 0.25,
            k_min: 0.5,
            k_max: 2.5,
        });
        assert_eq!(of(&random, Cause::Correlation), 4.0);
        // <|f|^2> = 4 sigma^2 for each mode of the band and its conjugate.
        let modes = (0..125).map(|i| [i / 25 - 2, i / 5 % 5 - 2, i % 5 - 2].map(|n: i32| n * n).iter().sum());
        let modes = modes.filter(|n2: &i32| (1..=6).contains(n2)).count() as f64;
        let strength = (4.0 * 0.1 * modes).sqrt();
        assert!((of(&random, Cause::Force) - (strength * 16.0 / TAU).sqrt()).abs() < 1e-13);
        let power = forced(Forcing::ConstantPower { power: 0.3, k_min: 0.5, k_max: 2.5 });
        let cells = 16.0 / TAU;
        assert!((of(&power, Cause::Force) - (0.3 * cells * cells).cbrt()).abs() < 1e-14);
        // In a strain the cells become narrower in y, by exp(-1/2).
        let gradient = Gradient::PlaneStrain { rate: 0.5 };
        let squeezed = Parameters { mean: Mean { gradient, ..Mean::default() }, ..power };
        let (rate, cells) = (squeezed.rates(&[1.0]).unwrap().of(Cause::Force), cells * 0.5_f64.exp());
        assert!((rate - (0.3 * cells * cells).cbrt()).abs() < 1e-14);
        let growth = [1e-12, 0.6].map(|energy| growth_by_power(0.3, energy, 2.0));
        assert!((growth[0] / 2e4 - 1.0).abs() < 1e-14 && growth[1] == 0.5, "{growth:?}");
        // A band that the box does not hold.
        assert!(forced(Forcing::FrozenShells { k_min: 0.1, k_max: 0.5 }).rates(&[0.0]).is_err());
    }
    #[test]
    fn the_reach_is_that_of_the_largest_wavenumber() {
        for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShift, Dealiasing::PhaseShiftExact] {
            let parameters = Parameters { dealiasing, ..Parameters::at_rest([96; 3]) };
            let dx = TAU / 96.0;
            let (largest, reach) = (parameters.truncation().nx_max() as f64, parameters.stability().reach);
            assert!((0.0..1.5 * dx).contains(&(reach - largest * dx)), "{dealiasing:?}: {largest}, {reach}");
        }
    }
}
