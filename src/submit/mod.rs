//! Batch jobs: filling in the job script of a case and submitting it to the batch system.

mod scheduler;
mod template;

pub use scheduler::Scheduler;

use crate::case::{self, Case};
use crate::definition::Flows;
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::parallel;
use crate::plan::{self, Demands};
use crate::run::{self, RunDirectory};
use std::fs;
use std::path::{self, Path, PathBuf};
use template::{Value, quoted};

/// The resources and options of a job.
#[derive(Clone, Debug, clap::Args)]
pub struct Request {
    /// MPI ranks, one per core
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub ranks: u32,
    /// Time limit of a job, in the forms of SLURM: H:MM:SS, MM:SS, D-HH:MM:SS, D-HH:MM or D-HH; a
    /// bare number means seconds, not minutes. The run writes a checkpoint and stops before the limit
    #[arg(long, value_parser = walltime)]
    pub walltime: u64,
    /// Batch system [default: the one whose sbatch, qsub or bsub is found first]
    #[arg(long)]
    pub scheduler: Option<Scheduler>,
    /// Your own job script, with the placeholders of jobs/README.md, instead of the built-in one
    #[arg(long)]
    pub template: Option<PathBuf>,
    /// Number of nodes, over which the ranks are spread evenly [default: the scheduler's choice]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub nodes: Option<u32>,
    /// Account or project to charge
    #[arg(long)]
    pub account: Option<String>,
    /// Partition, queue or class
    #[arg(long, visible_alias = "partition")]
    pub queue: Option<String>,
    /// Number of jobs to submit, each starting when the previous one has ended; those that find the
    /// case finished exit at once
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub chain: u32,
    /// Put a job that stops early back in the queue, until the case is done
    #[arg(long, conflicts_with = "chain")]
    pub requeue: bool,
    /// Run directory, also for the job script and the log of the job [default: output.directory of the
    /// case, or runs/NAME]
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// Print the job script without writing or submitting anything
    #[arg(long)]
    pub dry_run: bool,
}

/// Ratio of the requested memory to the predicted one.
const MEMORY_FACTOR: f64 = 1.1;
/// Additional memory per rank in bytes, for what MPI takes on a network.
const MEMORY_OF_NETWORK: f64 = 50e6;

/// Longest time reserved for the start of MPI and the end of the job, in seconds; a tenth of a short
/// job.
const MARGIN: u64 = 120;

/// Maximum number of ranks per node of a Blue Gene/Q.
const BLUEGENE_RANKS: u32 = 64;

/// Exit code of a run that has stopped early.
const STOPPED: &str = "3";

/// Submits the case at `path` with `overrides`. Returns the text for the user, which for a dry run is
/// the job script alone.
///
/// # Errors
/// A bad case; a request that does not fit the case, the batch system or the template; a job that the
/// batch system rejects.
pub fn submit(flows: Flows, path: &Path, overrides: &[String], request: &Request) -> Result<String> {
    let case = case::load(flows, path, overrides)?;
    let notes = run::notes(&case)?;
    let node = request.ranks_per_node().map_or_else(parallel::ranks_of_node, |ranks| ranks as usize);
    let demands = Demands::new(&case, request.ranks as usize, node)?;
    let scheduler = request.scheduler.map_or_else(Scheduler::find, Ok)?;
    request.refuse_impossible(scheduler)?;
    let directory = absolute(&RunDirectory::new(request.dir.as_deref(), &case).path)?;
    [&absolute(path)?, &directory].into_iter().try_for_each(|path| files::require_utf8(path))?;
    let command = run_command(path, overrides, &directory)?;
    let values = request.values(scheduler, &case, &demands, &directory, command)?;
    values.iter().try_for_each(refuse_control)?;
    let script = request.script(scheduler, &values)?;
    if request.dry_run {
        return Ok(script);
    }
    let file = write(&directory, &script)?;
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..request.chain {
        let id = scheduler
            .submit(&file, ids.last().map(String::as_str))
            .map_err(|error| add_submitted(error, &ids))?;
        ids.push(id);
    }
    Ok(plan::summary(&case, &demands, &notes)? + &summary(scheduler, request, &demands, &file, &ids))
}

impl Request {
    fn ranks_per_node(&self) -> Option<u32> {
        self.nodes.map(|nodes| self.ranks.div_ceil(nodes))
    }

    /// Refuses a request that the batch system cannot fulfil.
    fn refuse_impossible(&self, scheduler: Scheduler) -> Result<()> {
        let refuse = |what: String| Err(Error::input(format!("{what}; nothing was submitted")));
        match (self.nodes, self.ranks_per_node()) {
            (None, _) if scheduler.needs_nodes() => {
                return refuse("this batch system needs the number of nodes: give --nodes".into());
            }
            (Some(nodes), _) if nodes > self.ranks => {
                return refuse(format!("{nodes} nodes are more than {} ranks", self.ranks));
            }
            (_, Some(ranks))
                if scheduler == Scheduler::Bluegene
                    && !(ranks.is_power_of_two() && ranks <= BLUEGENE_RANKS) =>
            {
                return refuse(format!(
                    "a node has {ranks} ranks; a Blue Gene/Q takes 1, 2, 4, .. {BLUEGENE_RANKS}"
                ));
            }
            _ => {}
        }
        if self.chain > 1 && !scheduler.has_chains() {
            return refuse(
                "--chain needs a batch system in which jobs can wait for each other: submit again when the \
                 job has ended"
                    .into(),
            );
        }
        if self.walltime == 0 { refuse("--walltime must not be zero".into()) } else { Ok(()) }
    }

    /// The values that a template may use.
    fn values(
        &self,
        scheduler: Scheduler,
        case: &Case,
        demands: &Demands,
        directory: &Path,
        command: String,
    ) -> Result<Vec<Value>> {
        let memory = memory(demands);
        let margin = MARGIN.min(self.walltime / 10);
        let given = |value: u64| Some(value.to_string());
        Ok(vec![
            ("NAME", Some(job_name(&case.name))),
            ("RANKS", given(self.ranks.into())),
            ("NODES", self.nodes.and_then(|nodes| given(nodes.into()))),
            ("RANKS_PER_NODE", self.ranks_per_node().and_then(|ranks| given(ranks.into()))),
            ("MEMORY", given(memory)),
            ("NODE_MEMORY", self.ranks_per_node().and_then(|ranks| given(memory * u64::from(ranks)))),
            ("WALLTIME", Some(scheduler.walltime(self.walltime))),
            ("RUN_SECONDS", given(self.walltime - margin)),
            ("MARGIN", given(margin)),
            ("ACCOUNT", self.account.clone()),
            ("QUEUE", self.queue.clone()),
            ("REQUEUE", self.requeue.then(|| STOPPED.to_owned())),
            ("DIRECTORY", Some(plain(directory)?)),
            ("COMMAND", Some(command)),
        ])
    }

    /// Fills in the template with these values.
    fn script(&self, scheduler: Scheduler, values: &[Value]) -> Result<String> {
        let own;
        let (origin, template) = match &self.template {
            None => scheduler.template(),
            Some(path) => {
                own = files::read_text(path, files::TEXT).map_err(|error| {
                    Error::input(format!("cannot read the template {}: {error}", path.display()))
                })?;
                (path.to_str().unwrap_or("--template"), own.as_str())
            }
        };
        let asked: [(&str, &[&str]); 5] = [
            ("--nodes", &["NODES", "RANKS_PER_NODE"]),
            ("--account", &["ACCOUNT"]),
            ("--queue", &["QUEUE"]),
            ("--requeue", &["REQUEUE"]),
            ("the run", &["COMMAND"]),
        ];
        for (option, names) in asked {
            let given = values.iter().any(|(known, value)| *known == names[0] && value.is_some());
            if given && !names.iter().any(|name| template.contains(&format!("@{name}@"))) {
                let what = format!("the template {origin} does not use {option} (@{}@)", names[0]);
                return Err(Error::input(format!("{what}; nothing was submitted")));
            }
        }
        template::fill(origin, template, values)
    }
}

/// Refuses a value with a line end or another control character, which could add lines to the script.
fn refuse_control((name, value): &Value) -> Result<()> {
    let Some(control) = value.iter().flat_map(|value| value.chars()).find(|c| c.is_control()) else {
        return Ok(());
    };
    let what = match *name {
        "ACCOUNT" => "--account",
        "QUEUE" => "--queue",
        _ => "the path of the case, the run directory or a --set",
    };
    Err(Error::input(format!(
        "{what} has the control character {control:?}, which a job script cannot contain; nothing was \
         submitted"
    )))
}

/// Requested memory per rank in MB: that of the rank that takes the most.
fn memory(demands: &Demands) -> u64 {
    ((MEMORY_FACTOR * demands.most() + MEMORY_OF_NETWORK) / 1e6).ceil() as u64
}

/// The command that runs the case from any directory.
fn run_command(path: &Path, overrides: &[String], directory: &Path) -> Result<String> {
    let program =
        std::env::current_exe().map_err(|error| Error::io("cannot find the path of this program", error))?;
    let [program, case, directory] =
        [program, absolute(path)?, directory.to_path_buf()].map(|path| quoted(&path.to_string_lossy()));
    let overrides: String = overrides.iter().map(|set| format!(" --set {}", quoted(set))).collect();
    Ok(format!("{program} run {case} --dir {directory}{overrides}"))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    path::absolute(path).map_err(|error| Error::io(format!("cannot resolve {}", path.display()), error))
}

/// The path for a line of a batch system, which has no quotes and interprets `%` and `$`.
fn plain(directory: &Path) -> Result<String> {
    let text = directory.to_string_lossy().into_owned();
    match text.chars().find(|c| !c.is_alphanumeric() && !"/_-.+=~".contains(*c)) {
        None => Ok(text),
        Some(c) => Err(Error::input(format!(
            "batch systems do not accept {c:?} in the run directory {text}: use another one (--dir)"
        ))),
    }
}

/// The name of a job, which begins with a letter and has no blanks.
fn job_name(case: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '-' };
    format!("rogallo-{}", case.chars().map(plain).collect::<String>())
}

/// Writes the script to the run directory, and removes the file with which an earlier job ended the
/// remaining jobs of its chain.
fn write(directory: &Path, script: &str) -> Result<PathBuf> {
    let file = directory.join("job.sh");
    let failure = |error| Error::io(format!("cannot write the job script {}", file.display()), error);
    fs::create_dir_all(directory).map_err(failure)?;
    match fs::remove_file(directory.join("job.failed")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failure(error)),
        _ => {}
    }
    files::write(&file, script.as_bytes())?;
    Ok(file)
}

fn add_submitted(error: Error, ids: &[String]) -> Error {
    let before =
        if ids.is_empty() { String::new() } else { format!("\nsubmitted before that: {}", ids.join(", ")) };
    Error { kind: Kind::Failure, message: error.message + &before }
}

/// Describes the submitted job, and the commands to control it.
fn summary(
    scheduler: Scheduler,
    request: &Request,
    demands: &Demands,
    file: &Path,
    ids: &[String],
) -> String {
    let mut lines = vec![
        ("job script", file.display().to_string()),
        ("job", ids.join(", then ")),
        (
            "requested",
            format!("{} MB per rank, {} per job", memory(demands), scheduler.walltime(request.walltime)),
        ),
        ("logs", format!("{0}/job*.log, {0}/run.log", file.parent().unwrap_or(Path::new("")).display())),
    ];
    lines.extend(ids.first().into_iter().flat_map(|id| scheduler.commands(id)));
    lines.iter().map(|(name, text)| format!("{name:<16} {text}\n")).collect()
}

/// Parses a time in the forms of SLURM (`sbatch --time`, `squeue -o %L`): H:MM:SS, MM:SS, D-HH:MM:SS,
/// D-HH:MM, D-HH; or a bare number of seconds, which SLURM reads as minutes. Returns seconds.
///
/// # Errors
/// Anything else, with what is expected.
pub fn walltime(text: &str) -> std::result::Result<u64, String> {
    let wrong = || {
        "expected H:MM:SS, as in 11:30:00, or MM:SS, D-HH, D-HH:MM, D-HH:MM:SS, where D are days; a bare \
         number means seconds, not minutes"
            .to_owned()
    };
    let numbers = |text: &str| {
        let numbers = text
            .split(':')
            .map(|part| Some(u64::from(part.parse::<u32>().ok()?)))
            .collect::<Option<Vec<u64>>>();
        numbers.filter(|numbers| numbers.len() <= 3).ok_or_else(wrong)
    };
    match text.trim().split_once('-') {
        None => Ok(numbers(text.trim())?.iter().fold(0, |sum, part| sum * 60 + part)),
        Some((days, rest)) => {
            let units = [3600, 60, 1];
            let days = u64::from(days.parse::<u32>().map_err(|_| wrong())?);
            Ok(days * 86_400 + numbers(rest)?.iter().zip(units).map(|(part, unit)| part * unit).sum::<u64>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::walltime;

    #[test]
    fn time_limits_are_read_as_slurm_writes_them() {
        let read = [
            ("11:30:00", 41_400),
            ("90:00", 5400),
            ("90", 90),
            ("1-12:00:00", 129_600),
            ("2-03", 183_600),
            ("1-00:30", 88_200),
            (" 1:00 ", 60),
        ];
        for (text, seconds) in read {
            assert_eq!(walltime(text), Ok(seconds), "{text}");
        }
        for text in
            ["", "soon", "1-", "-1", "1-2-3", "1:2:3:4", "1-1:2:3:4", "1.5", "12h", "1-x", "99999999999"]
        {
            assert!(
                walltime(text).is_err_and(
                    |error| error.contains("expected H:MM:SS") && error.contains("seconds, not minutes")
                ),
                "{text}"
            );
        }
    }
}
