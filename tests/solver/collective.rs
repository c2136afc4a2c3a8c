//! Checks that run on several ranks. One that fails on any rank fails; one that hangs is ended, and fails.

use crate::support::mpirun::succeed;
use libtest_mimic::{Arguments, Trial};
use rogallo::error::Error;
use rogallo::parallel::{Session, World};
use rogallo::program::Program;
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
}

/// The checks of one subject.
pub struct Subject {
    pub name: &'static str,
    /// The longest that one of them may take on one number of ranks, in seconds.
    pub limit: u64,
    pub checks: &'static [Check],
}

/// The `main` of the test program: the checks of each subject, `subject::check` by name.
pub fn main(subjects: &'static [Subject]) -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let [_, inside, subject, check] = &words[..]
        && inside == "--inside"
    {
        let subject = subjects.iter().find(|found| found.name == subject).expect("a subject of this name");
        return inside_mpi(
            subject.checks.iter().find(|found| found.name == check).expect("a check of this name"),
        );
    }
    let trial = |subject: &'static Subject, check: &'static Check| {
        Trial::test(format!("{}::{}", subject.name, check.name), move || {
            let program = std::env::current_exe()?;
            let arguments = ["--inside", subject.name, check.name];
            Ok(check.ranks.iter().try_for_each(|&ranks| {
                succeed(ranks, &program, &arguments, Duration::from_secs(subject.limit))
            })?)
        })
    };
    let trials = subjects.iter().flat_map(|subject| subject.checks.iter().map(|check| trial(subject, check)));
    let mut arguments = Arguments::from_args();
    // A check on one rank leaves a core idle.
    arguments.test_threads = Some(2);
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// A file of published or exact numbers; `tests/data` says where they are from.
pub fn reference(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file)
}

fn inside_mpi(check: &Check) -> ExitCode {
    let session = Session::start(Program { version: "0.1.0", commit: "test" }).expect("MPI starts");
    let world = Rc::new(session.world());
    let result = world.agree((check.run)(&world).map_err(Error::failure));
    if let (Err(error), true) = (&result, world.is_root()) {
        println!("{}: {error}", check.name);
    }
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The least process grids first: every one of so many ranks.
pub fn process_grids(ranks: usize) -> Vec<[usize; 2]> {
    (1..=ranks).filter(|p| ranks.is_multiple_of(*p)).map(|p| [p, ranks / p]).collect()
}
