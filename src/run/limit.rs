//! When the job must be over: as the command line says, or the batch system in the environment.
//!
//! The wall clock is read once, here. From then on only the monotonic clock counts, so that a clock that is set does no harm.

use super::log::duration;
use std::fs;
use std::time::{Duration, Instant, UNIX_EPOCH};

/// The end of a job.
pub struct Limit {
    pub end: Option<Instant>,
    /// For the log: when, and who says so; or that nobody does.
    pub note: Option<String>,
}

impl Limit {
    /// For a program that began at `begin` and may take `walltime` seconds; without that, as the variables of the environment say.
    pub fn new(begin: Instant, walltime: Option<f64>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| variable(name)?.trim().parse::<u32>().ok();
        let left = |seconds: f64, source: &str| Self {
            end: begin.checked_add(Duration::from_secs_f64(seconds.max(0.0))),
            note: Some(format!("the job must be over in {} ({source})", duration(seconds))),
        };
        if let Some(seconds) = walltime {
            return left(seconds, "--walltime");
        }
        if let Some(end) = number("SLURM_JOB_END_TIME") {
            // An end that has passed is a clock that goes wrong: a job that is over does not run.
            if let Some(seconds) = since_epoch().map(|now| f64::from(end) - now).filter(|seconds| *seconds > 0.0) {
                return left(seconds, "SLURM_JOB_END_TIME");
            }
        }
        if let Some(seconds) = number("PBS_WALLTIME") {
            // PBS writes the list of nodes when the job starts.
            let started = variable("PBS_NODEFILE").and_then(|name| fs::metadata(name).ok()?.modified().ok()?.elapsed().ok());
            let source = if started.is_some() { "PBS_WALLTIME" } else { "PBS_WALLTIME, counted from the start of this program" };
            return left(f64::from(seconds) - started.unwrap_or_default().as_secs_f64(), source);
        }
        let job = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"].into_iter().find(|name| variable(name).is_some());
        let unknown =
            |name| format!("{name} is set, but not when the job must be over: give --walltime, or the run is killed at its limit");
        Self { end: None, note: job.map(unknown) }
    }
}

fn since_epoch() -> Option<f64> {
    UNIX_EPOCH.elapsed().ok().map(|since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(walltime: Option<f64>, variables: &[(&str, String)]) -> (Option<f64>, String) {
        let begin = Instant::now();
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let Limit { end, note } = Limit::new(begin, walltime, variable);
        (end.map(|end| end.duration_since(begin).as_secs_f64().round()), note.unwrap_or_default())
    }

    #[test]
    fn the_command_line_then_slurm_then_pbs_say_when_the_job_ends() {
        let slurm = |seconds: f64| ("SLURM_JOB_END_TIME", ((since_epoch().unwrap() + seconds) as u64).to_string());
        let pbs = ("PBS_WALLTIME", "7200".to_string());
        let both = [slurm(3600.5), pbs.clone()];
        assert_eq!(limit(Some(60.0), &both), (Some(60.0), "the job must be over in 0:01:00 (--walltime)".into()));
        let (end, note) = limit(None, &both);
        assert!(end.is_some_and(|end| (end - 3600.0).abs() < 2.0) && note.ends_with("(SLURM_JOB_END_TIME)"), "{end:?} {note}");
        assert_eq!(limit(None, std::slice::from_ref(&pbs)).0, Some(7200.0));
        // A job that started an hour ago.
        let nodes = tempfile::NamedTempFile::new().unwrap();
        nodes.as_file().set_modified(std::time::SystemTime::now() - Duration::from_secs(3600)).unwrap();
        let file = ("PBS_NODEFILE", nodes.path().display().to_string());
        assert_eq!(limit(None, &[pbs, file]), (Some(3600.0), "the job must be over in 1:00:00 (PBS_WALLTIME)".into()));
    }

    #[test]
    fn a_limit_that_nobody_tells_is_none_and_a_batch_job_says_so() {
        assert_eq!(limit(None, &[]), (None, String::new()));
        let (end, note) = limit(None, &[("LSB_JOBID", "12".into())]);
        assert!(end.is_none() && note.starts_with("LSB_JOBID is set, but not when"), "{note}");
        // Set to nothing, or long over.
        for value in ["", "1000"] {
            assert_eq!(limit(None, &[("SLURM_JOB_END_TIME", value.into())]), (None, String::new()));
        }
    }
}
