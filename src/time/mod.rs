//! Time: Runge-Kutta schemes, limits of the time step, and schedules.

mod low_storage;
mod rates;
mod runge_kutta;
mod step;

pub use low_storage::{SPALART_MOSER_ROGERS, Substep};
pub use rates::{Cause, Excess, Rates, Stability};
pub use runge_kutta::{RungeKutta, Stage};
pub use step::{Schedule, StepSize};
