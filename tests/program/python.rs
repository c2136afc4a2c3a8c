//! The Python package, by its own tests, which run the program under test.

use crate::ensure;
use crate::place::{Outcome, Place, binary, python};
use crate::support::mpirun::{Finished, Job};
use libtest_mimic::Trial;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("the_python_package_reads_what_the_program_writes", package)]
}

/// They take half a minute on two cores that are shared.
const LIMIT: Duration = Duration::from_secs(180);

fn package() -> Outcome {
    let (place, package) = (Place::new()?, Path::new(env!("CARGO_MANIFEST_DIR")).join("python"));
    let given = std::env::var_os("PYTHONPATH").into_iter();
    let paths: Vec<OsString> = [package.clone().into_os_string()].into_iter().chain(given).collect();
    let mut command = python();
    command
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", "pytest"])
        .arg(package.join("tests"))
        .current_dir(place.at(""))
        .envs([("PYTHONPATH", paths.join(":".as_ref())), ("PYTHONDONTWRITEBYTECODE", "1".into())])
        .env("ROGALLO", binary());
    let Finished { status, output } = Job::start(&mut command, LIMIT)?.finish()?;
    ensure!(status.success() && !output.contains("skipped"), "{output}");
    Ok(())
}
