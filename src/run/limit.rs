//! The time limit of the job: from the command line, from the environment of the batch system, or
//! from a question to it.
//!
//! The wall clock is read once, here. From then on only the monotonic clock counts, so that setting
//! the system clock has no effect.

use super::log::duration;
use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Longest wait for `bjobs`.
const PATIENCE: Duration = Duration::from_secs(20);

/// The end of a job.
pub struct Limit {
    pub end: Option<Instant>,
    /// Message for the log: the end and its source, or that the end is unknown.
    pub note: Option<String>,
}

impl Limit {
    /// Limit of a program that began at `begin` and may take `walltime` seconds. Without that, the
    /// environment gives the limit or, for LSF, which has no variable for it, `bjobs(job)`.
    pub fn new(
        begin: Instant,
        walltime: Option<f64>,
        variable: impl Fn(&str) -> Option<String>,
        bjobs: impl FnOnce(&str) -> Option<String>,
    ) -> Self {
        let number = |name: &str| variable(name)?.trim().parse::<u32>().ok();
        let left = |seconds: f64, source: &str| Self {
            end: begin.checked_add(Duration::from_secs_f64(seconds.max(0.0))),
            note: Some(format!("the job must end within {} ({source})", duration(seconds))),
        };
        if let Some(seconds) = walltime {
            return left(seconds, "--walltime");
        }
        if let Some(end) = number("SLURM_JOB_END_TIME") {
            // An end in the past means a wrong clock: a job beyond its end does not run.
            if let Some(seconds) =
                since_epoch().map(|now| f64::from(end) - now).filter(|seconds| *seconds > 0.0)
            {
                return left(seconds, "SLURM_JOB_END_TIME");
            }
        }
        if let Some(seconds) = number("PBS_WALLTIME") {
            // PBS writes the list of nodes when the job starts.
            let started = variable("PBS_NODEFILE")
                .and_then(|name| fs::metadata(name).ok()?.modified().ok()?.elapsed().ok());
            let source = if started.is_some() {
                "PBS_WALLTIME"
            } else {
                "PBS_WALLTIME, counted from the start of this program"
            };
            return left(f64::from(seconds) - started.unwrap_or_default().as_secs_f64(), source);
        }
        if let Some(job) = variable("LSB_JOBID") {
            // The jobs of an array have one number.
            let index = variable("LSB_JOBINDEX").filter(|index| !matches!(index.as_str(), "" | "0"));
            let job = index.map_or(job.clone(), |index| format!("{job}[{index}]"));
            if let Some(seconds) = bjobs(&job).as_deref().and_then(time_left) {
                // Counted from now.
                return left(seconds + begin.elapsed().as_secs_f64(), "bjobs");
            }
        }
        let job =
            ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"].into_iter().find(|name| variable(name).is_some());
        let unknown = |name| {
            format!(
                "{name} is set, but the time limit of the job is unknown: give --walltime, or the batch \
                 system kills the run at its limit"
            )
        };
        Self { end: None, note: job.map(unknown) }
    }
}

/// The answer of LSF to a question for the time left to a job; none if it cannot be asked.
pub fn bjobs(job: &str) -> Option<String> {
    let mut command = Command::new("bjobs");
    command
        .args(["-noheader", "-o", "time_left", job])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut asked = command.spawn().ok()?;
    let begin = Instant::now();
    while asked.try_wait().ok()?.is_none() {
        if begin.elapsed() > PATIENCE {
            // Whether this succeeds or not, the wait ends here.
            let _ = asked.kill().and_then(|()| asked.wait());
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut said = String::new();
    asked.stdout?.read_to_string(&mut said).ok()?;
    Some(said)
}

/// Seconds of `[H:]M L`, or of H:M:S where LSF is configured so. The letter gives the kind: L and X
/// for the limit at which the job is killed, E for an estimate of its owner (IBM Spectrum LSF 10.1,
/// bjobs -o).
fn time_left(answer: &str) -> Option<f64> {
    let (time, kind) = answer.trim().split_once(char::is_whitespace)?;
    let numbers = time.split(':').map(|number| number.parse::<u32>().ok()).collect::<Option<Vec<_>>>()?;
    let seconds = match numbers[..] {
        [minutes] => minutes * 60,
        [hours, minutes] => hours * 3600 + minutes * 60,
        [hours, minutes, seconds] => hours * 3600 + minutes * 60 + seconds,
        _ => return None,
    };
    matches!(kind.trim(), "L" | "X").then_some(f64::from(seconds))
}

fn since_epoch() -> Option<f64> {
    UNIX_EPOCH.elapsed().ok().map(|since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(walltime: Option<f64>, variables: &[(&str, String)]) -> (Option<f64>, String) {
        limit_of_lsf(walltime, variables, |_| None)
    }

    fn limit_of_lsf(
        walltime: Option<f64>,
        variables: &[(&str, String)],
        bjobs: impl FnOnce(&str) -> Option<String>,
    ) -> (Option<f64>, String) {
        let begin = Instant::now();
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let Limit { end, note } = Limit::new(begin, walltime, variable, bjobs);
        (end.map(|end| end.duration_since(begin).as_secs_f64().round()), note.unwrap_or_default())
    }

    #[test]
    fn the_command_line_then_slurm_then_pbs_say_when_the_job_ends() {
        let slurm =
            |seconds: f64| ("SLURM_JOB_END_TIME", ((since_epoch().unwrap() + seconds) as u64).to_string());
        let pbs = ("PBS_WALLTIME", "7200".to_string());
        let both = [slurm(3600.5), pbs.clone()];
        assert_eq!(
            limit(Some(60.0), &both),
            (Some(60.0), "the job must end within 0:01:00 (--walltime)".into())
        );
        let (end, note) = limit(None, &both);
        assert!(
            end.is_some_and(|end| (end - 3600.0).abs() < 2.0) && note.ends_with("(SLURM_JOB_END_TIME)"),
            "{end:?} {note}"
        );
        assert_eq!(limit(None, std::slice::from_ref(&pbs)).0, Some(7200.0));
        // A job that started an hour ago.
        let nodes = tempfile::NamedTempFile::new().unwrap();
        nodes.as_file().set_modified(std::time::SystemTime::now() - Duration::from_secs(3600)).unwrap();
        let file = ("PBS_NODEFILE", nodes.path().display().to_string());
        assert_eq!(
            limit(None, &[pbs, file]),
            (Some(3600.0), "the job must end within 1:00:00 (PBS_WALLTIME)".into())
        );
    }

    #[test]
    fn lsf_is_asked_when_the_job_ends() {
        let job = ("LSB_JOBID", "12".to_string());
        let said = |said: &'static str| {
            move |job: &str| {
                assert_eq!(job, "12");
                Some(said.to_owned())
            }
        };
        for (text, seconds) in [
            ("1:30 L\n", Some(5400.0)),
            ("7 X", Some(420.0)),
            ("0:00:50 L", Some(50.0)),
            ("10:00 E", None),
            ("-", None),
            ("", None),
        ] {
            let (end, note) = limit_of_lsf(None, std::slice::from_ref(&job), said(text));
            assert_eq!(end, seconds, "{text}: {note}");
            assert!(
                if seconds.is_some() {
                    note.ends_with("(bjobs)")
                } else {
                    note.starts_with("LSB_JOBID is set, but the time limit of the job is unknown")
                },
                "{note}"
            );
        }
        let of_array = [job, ("LSB_JOBINDEX", "3".into())];
        let asked = |job: &str| (job == "12[3]").then(|| "2 L".to_owned());
        assert_eq!(limit_of_lsf(None, &of_array, asked).0, Some(120.0));
        assert_eq!(
            limit_of_lsf(Some(60.0), &of_array, |_| panic!("the command line comes first")).0,
            Some(60.0)
        );
    }

    #[test]
    fn an_unknown_limit_is_none_and_a_batch_job_warns_of_it() {
        assert_eq!(limit(None, &[]), (None, String::new()));
        let (end, note) = limit(None, &[("LSB_JOBID", "12".into())]);
        assert!(end.is_none() && note.starts_with("LSB_JOBID is set, but the time limit"), "{note}");
        // Set to nothing, or long over.
        for value in ["", "1000"] {
            assert_eq!(limit(None, &[("SLURM_JOB_END_TIME", value.into())]), (None, String::new()));
        }
    }
}
