//! Time: Runge-Kutta schemes, the length of a step, and what is due when.

mod low_storage;
mod runge_kutta;
mod step;

pub use low_storage::{SPALART_MOSER_ROGERS, Substep};
pub use runge_kutta::{RungeKutta, Stage};
pub use step::{Schedule, StepSize};
