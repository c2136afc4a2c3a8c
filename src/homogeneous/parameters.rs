//! The parameters of homogeneous turbulence, and what follows from them without a rank: modes, room.

use super::forcing::{self, Forcing};
use super::{Band, MeanFlow, Survey, Wavenumbers, right_hand_side};
use crate::case::Case;
use crate::error::Result;
use crate::homogeneous::case::{self, Dealiasing, Initial, Mean, Rescale, Scalar};
use crate::parallel::Method;
use crate::time::{RungeKutta, StepSize};
use crate::transform::{Layout, Room, Truncation};

/// Everything that defines a run of this flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// L_x, L_y, L_z.
    pub size: [f64; 3],
    /// Points in x, y, z.
    pub grid: [usize; 3],
    /// nu.
    pub viscosity: f64,
    /// Without it the products of fluctuations are left out.
    pub nonlinear: bool,
    pub mean: Mean,
    pub scalars: Vec<Scalar>,
    pub forcing: Option<case::Forcing>,
    /// The velocity at time zero; `None` is a fluid at rest.
    pub initial: Option<Initial>,
    pub dealiasing: Dealiasing,
    pub scheme: RungeKutta,
    pub step_size: StepSize,
    pub seed: u64,
    pub exchange: Method,
    /// `[P_row, P_col]`, or the best.
    pub process_grid: Option<[usize; 2]>,
}

impl Parameters {
    /// The parameters of a case with this flow.
    pub fn new(case: &Case, flow: &case::Homogeneous) -> Self {
        Self {
            size: case.domain.size,
            grid: case.domain.grid,
            viscosity: case.fluid.viscosity,
            nonlinear: flow.nonlinear,
            mean: flow.mean.clone(),
            scalars: flow.scalars.clone(),
            forcing: flow.forcing.clone(),
            initial: Some(flow.initial.clone()),
            dealiasing: flow.dealiasing,
            scheme: flow.scheme,
            step_size: case.time.step,
            seed: case.numerics.seed,
            exchange: case.parallel.exchange,
            process_grid: case.parallel.process_grid,
        }
    }

    /// A box of side 2 pi at rest without viscosity and forcing, 2/3 rule, RK3, dt = 0.01.
    pub fn at_rest(grid: [usize; 3]) -> Self {
        Self {
            size: [std::f64::consts::TAU; 3],
            grid,
            viscosity: 0.0,
            nonlinear: true,
            mean: Mean::default(),
            scalars: Vec::new(),
            forcing: None,
            initial: None,
            dealiasing: Dealiasing::TwoThirds,
            scheme: RungeKutta::Rk3,
            step_size: StepSize::Fixed(0.01),
            seed: 1,
            exchange: Method::AllToAll,
            process_grid: None,
        }
    }

    pub fn truncation(&self) -> Truncation {
        Truncation { grid: self.grid, shape: self.dealiasing.shape() }
    }

    /// Refuses what [`super::Homogeneous`] would refuse when it is made and when it sets its fields.
    ///
    /// # Errors
    /// Fields or forces that the box or the grid cannot hold.
    pub fn refuse_impossible(&self) -> Result<Option<Survey>> {
        let truncation = self.truncation();
        if let Some(kind) = &self.forcing {
            // The modes are found on all ranks.
            Forcing::new(kind, &Layout::of_few(truncation), &Wavenumbers::new(self.size, &truncation))?;
        }
        let survey = Survey::new(self)?;
        // Developing fills the shells that the spectrum leaves empty, unless each is scaled back to
        // what it was.
        let develop = match self.initial {
            Some(Initial::Random { develop, .. }) => develop,
            _ => None,
        };
        let is_filled = develop.is_some_and(|develop| develop.rescale != Rescale::Spectrum);
        if !is_filled
            && let Some(
                case::Forcing::ConstantPower { k_min, k_max, .. }
                | case::Forcing::FrozenShells { k_min, k_max },
            ) = self.forcing
            && Band::new(self, k_min, k_max)?.is_some_and(|band| band.energy() == 0.0)
        {
            return Err(forcing::without_energy(k_min, k_max));
        }
        Ok(survey)
    }

    /// The room that the transform must have.
    pub(super) fn room(&self) -> Room {
        let (scalars, mean) = (self.scalars.len(), MeanFlow::new(&self.mean, self.size));
        right_hand_side::counts(scalars, mean.mixes_labels()).room(3 + scalars)
    }
}
