//! Time: Runge-Kutta schemes, what limits the length of a step, and what is due when.

mod low_storage;
mod rates;
mod runge_kutta;
mod step;

pub use low_storage::{SPALART_MOSER_ROGERS, Substep};
pub use rates::{Cause, Excess, Rates, Stability};
pub use runge_kutta::{RungeKutta, Stage};
pub use step::{Schedule, StepSize};
