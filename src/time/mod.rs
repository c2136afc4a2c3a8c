//! Time: Runge-Kutta schemes, the length of a step, and what is due when.

mod runge_kutta;
mod step;

pub use runge_kutta::{RungeKutta, Stage};
pub use step::{Schedule, StepSize};
