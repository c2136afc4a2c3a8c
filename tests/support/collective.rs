//! Checks that run on several ranks: each trial starts the test program again under mpirun, where all ranks run the check
//! together. A check that fails on any rank fails; one that hangs is ended, and fails.

use super::mpirun::succeed;
use libtest_mimic::{Arguments, Trial};
use rogallo::error::Error;
use rogallo::parallel::{Session, World};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

/// What a check says when it fails.
pub type Outcome = Result<(), String>;

pub struct Check {
    pub name: &'static str,
    /// It runs on each of these numbers of ranks.
    pub ranks: &'static [usize],
    pub run: fn(&Rc<World>) -> Outcome,
    /// A file of `../shared/reference` without which it is ignored, and shown so.
    pub needs: Option<&'static str>,
}

/// Fails with the message unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        // A NaN compares as false, so it fails.
        let holds: bool = $condition;
        if !holds {
            Err::<(), _>(format!($($message)*))?;
        }
    };
}

/// The `main` of a test program: the `checks`, each with a time limit a number of ranks.
pub fn main(checks: &'static [Check], limit: Duration) -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let [_, inside, name] = &words[..]
        && inside == "--inside"
    {
        return inside_mpi(checks, name);
    }
    let trials = checks.iter().map(|check| {
        let missing = check.needs.is_some_and(|file| !reference(file).is_file());
        let trial = Trial::test(check.name, move || {
            let program = std::env::current_exe()?;
            Ok(check.ranks.iter().try_for_each(|&ranks| succeed(ranks, &program, &["--inside", check.name], limit))?)
        });
        trial.with_ignored_flag(missing)
    });
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// A file of the reference data, which lie beside the checkout where there are any.
pub fn reference(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference").join(file)
}

fn inside_mpi(checks: &[Check], name: &str) -> ExitCode {
    let session = Session::start().expect("MPI starts");
    let world = Rc::new(session.world());
    let check = checks.iter().find(|check| check.name == name).expect("a check of this name");
    let result = world.agree((check.run)(&world).map_err(Error::failure));
    if let (Err(error), true) = (&result, world.is_root()) {
        println!("{name}: {error}");
    }
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The least process grids first: every one of so many ranks.
pub fn process_grids(ranks: usize) -> Vec<[usize; 2]> {
    (1..=ranks).filter(|p| ranks.is_multiple_of(*p)).map(|p| [p, ranks / p]).collect()
}
