//! References that a report compares with: given on the command line, remembered in the run directory, or
//! shipped with the program.

mod citation;
mod given;
mod remembered;
mod shipped;

pub use citation::citation;
pub use given::{Given, quoted};
pub use remembered::{Forget, Remembered};
pub use shipped::list;

/// What several run directories remember, and what is given now; each once.
pub fn of_all(remembered: &[Remembered], given: &[Given]) -> Vec<Given> {
    let mut all: Vec<Given> = Vec::new();
    for one in remembered.iter().flat_map(|remembered| remembered.with(given)) {
        if all.iter().all(|other| other.place() != one.place()) {
            all.push(one);
        }
    }
    all
}
