//! A directory to run the program in, and what the tests ask of its files.

use crate::ensure;
use crate::support::mpirun::{Finished, Job, command};
use libtest_mimic::Failed;
use num_complex::Complex;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub type Outcome = Result<(), Failed>;

/// The longest that any run of these tests may take.
const LIMIT: Duration = Duration::from_secs(60);

/// A random field on a grid of three different sizes; the step is to be given.
pub const RANDOM: &str = r#"
[flow]
kind = "homogeneous"
[domain]
size = ["2 pi", "2 pi", "4/3 pi"]
grid = [24, 20, 18]
[fluid]
viscosity = 0.01
[initial]
kind = "random"
spectrum = "passot-pouquet"
peak_wavenumber = 2.0
energy = 0.5
[numerics]
seed = 7
[time]
cfl = 0.5
steps = 20
[output]
series = { every_steps = 5 }
spectra = { every_steps = 10 }
"#;

/// The path of the binary under test.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_rogallo"))
}

/// The Python of the tests.
pub fn python() -> Command {
    Command::new(std::env::var_os("ROGALLO_PYTHON").unwrap_or("/usr/bin/python3".into()))
}

/// A directory of its own, gone at the end.
pub struct Place(tempfile::TempDir);

impl Place {
    /// With the case `RANDOM` as `case.toml`.
    pub fn new() -> Result<Self, Failed> {
        let place = Self(tempfile::tempdir()?);
        fs::write(place.at("case.toml"), RANDOM)?;
        Ok(place)
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Starts `rogallo` with the words of `arguments`; on one rank without mpirun.
    pub fn start(&self, ranks: usize, arguments: &str) -> Result<Job, Failed> {
        self.start_in(ranks, arguments, &[])
    }

    /// With further environment variables.
    pub fn start_in(
        &self,
        ranks: usize,
        arguments: &str,
        environment: &[(&str, &str)],
    ) -> Result<Job, Failed> {
        let mut command = if ranks == 1 { Command::new(binary()) } else { command(ranks, binary()) };
        command
            .args(arguments.split_whitespace())
            .envs(environment.iter().copied())
            .current_dir(self.0.path());
        Ok(Job::start(&mut command, LIMIT)?)
    }

    pub fn rogallo(&self, ranks: usize, arguments: &str) -> Result<Finished, Failed> {
        Ok(self
            .start(ranks, arguments)?
            .finish()
            .map_err(|error| format!("`{arguments}` on {ranks} ranks: {error}"))?)
    }

    /// Runs `rogallo`, which must end with the exit code `code` and print each of `parts` once:
    /// from one rank, that is.
    pub fn ends(&self, ranks: usize, arguments: &str, code: i32, parts: &[&str]) -> Outcome {
        let finished = self.rogallo(ranks, arguments)?;
        check(&finished, code, parts).map_err(|error| {
            format!("`{arguments}` on {ranks} ranks: {}", error.message().unwrap_or_default()).into()
        })
    }

    /// Runs `case.toml` in the run directory `run`, to the end.
    pub fn run(&self, ranks: usize, run: &str, further: &str) -> Outcome {
        self.ends(ranks, &format!("run case.toml --dir {run} {further}"), 0, &["\ndone: step"])
    }

    pub fn read(&self, name: &str) -> Result<String, Failed> {
        let path = self.at(name);
        Ok(fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?)
    }

    /// The bits of the newest state of a run, all its fields.
    pub fn state(&self, run: &str) -> Result<Vec<[u64; 2]>, Failed> {
        let file = hdf5::File::open(self.at(run).join("checkpoints/latest"))?;
        let mut bits = Vec::new();
        for field in file.group("state")?.datasets()? {
            let values = field.read_raw::<Complex<f64>>()?;
            bits.extend(values.iter().map(|value| [value.re.to_bits(), value.im.to_bits()]));
        }
        Ok(bits)
    }

    /// Fails unless two runs have the same state to the bit, which is not the one they began with.
    pub fn same_state(&self, a: &str, b: &str) -> Outcome {
        let (of_a, of_b) = (self.state(a)?, self.state(b)?);
        let different = of_a.iter().zip(&of_b).filter(|(a, b)| a != b).count();
        ensure!(
            of_a.len() == of_b.len() && different == 0,
            "{different} of {} modes differ between {a} and {b}",
            of_a.len()
        );
        ensure!(of_a.iter().any(|value| f64::from_bits(value[0]).abs() > 1e-6), "{a} holds nothing");
        Ok(())
    }

    /// Fails unless two runs have written the same text to `file`, but for lines after `#`, which have the name
    /// of the run.
    pub fn same_text(&self, a: &str, b: &str, file: &str) -> Outcome {
        let text = |run: &str| -> Result<String, Failed> {
            let text = self.read(&format!("{run}/{file}"))?;
            Ok(text.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect())
        };
        let (of_a, of_b) = (text(a)?, text(b)?);
        ensure!(of_a == of_b && of_a.lines().count() > 2, "{file} of {a} and of {b} differ:\n{of_a}\n{of_b}");
        Ok(())
    }

    /// The step of the newest checkpoint.
    pub fn latest(&self, run: &str) -> Result<u64, Failed> {
        let target = fs::read_link(self.at(run).join("checkpoints/latest"))?;
        Ok(target.file_stem().and_then(|stem| stem.to_str()).ok_or("no name")?.parse()?)
    }

    /// Waits until a run has drawn the spectrum of `step`.
    pub fn wait_for(&self, run: &str, step: u64) -> Outcome {
        let begin = Instant::now();
        let reached = |text: String| {
            text.lines()
                .filter_map(|line| line.split(',').next()?.parse().ok())
                .any(|drawn: u64| drawn >= step)
        };
        while !self.read(&format!("{run}/spectra.csv")).is_ok_and(reached) {
            ensure!(begin.elapsed() < LIMIT, "{run} does not come to step {step}");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The process ids of the ranks that run here, ascending.
    pub fn ranks(&self) -> Result<Vec<i32>, Failed> {
        let here = fs::canonicalize(self.0.path())?;
        let mut ranks = Vec::new();
        for process in fs::read_dir("/proc")? {
            let process = process?;
            let Some(id) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let link = |name: &str| fs::read_link(process.path().join(name)).ok();
            if link("cwd").as_ref() == Some(&here) && link("exe").as_deref() == Some(binary()) {
                ranks.push(id);
            }
        }
        ranks.sort_unstable();
        Ok(ranks)
    }

    /// Name and content of every file of a run directory; of a link, its target.
    pub fn files(&self, run: &str) -> Result<Vec<(PathBuf, Vec<u8>)>, Failed> {
        let (mut files, mut folders) = (Vec::new(), vec![self.at(run)]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                match (fs::read_link(&path), path.is_dir()) {
                    (Ok(target), _) => files.push((path, target.to_string_lossy().into_owned().into_bytes())),
                    (Err(_), true) => folders.push(path),
                    (Err(_), false) => files.push((path.clone(), fs::read(&path)?)),
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// Runs a Python script here; it fails by an exception.
    pub fn python(&self, script: &str) -> Outcome {
        let output = python().args(["-c", script]).current_dir(self.0.path()).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}

/// Fails unless the program ended with the exit code `code` and printed each of `parts` once.
pub fn check(finished: &Finished, code: i32, parts: &[&str]) -> Outcome {
    let Finished { status, output } = finished;
    ensure!(status.code() == Some(code), "ended with {status}, not with {code}:\n{output}");
    for part in parts {
        let count = output.matches(part).count();
        ensure!(count == 1, "\"{part}\" stands {count} times in:\n{output}");
    }
    ensure!(!output.contains("panicked") && !output.contains("internal error"), "{output}");
    Ok(())
}
