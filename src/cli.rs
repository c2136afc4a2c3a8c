//! The command line of a program that computes these flows.

use crate::case;
use crate::definition::Flows;
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::parallel::{self, Session, World};
use crate::program::Program;
use crate::run::{self, Options, Outcome, Target};
use crate::transform::choose_instructions;
use crate::{field, plan, report, store, submit, view};
use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

/// Pseudo-spectral direct numerical simulation of turbulence on any number of MPI ranks
#[derive(Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 3 stopped early (run the same command again); 2 bad input; 4 blow-up; 1 any other \
failure.";

#[derive(Subcommand)]
enum Command {
    /// Start a case, or continue from the checkpoint in its run directory
    Run {
        #[command(flatten)]
        case: CaseArguments,
        /// Run directory [default: output.directory of the case, or runs/NAME]
        #[arg(long)]
        dir: Option<PathBuf>,
        /// Start over: remove the results of an earlier run from the run directory
        #[arg(long, conflicts_with = "accept_changes")]
        fresh: bool,
        #[command(flatten)]
        job: JobArguments,
    },
    /// Continue a run from its directory, with the case recorded there
    Continue {
        /// The run directory
        directory: PathBuf,
        /// Override a key of the case, for example --set time.end=20; repeatable
        #[arg(long = "set", value_name = "KEY=VALUE")]
        overrides: Vec<String>,
        #[command(flatten)]
        job: JobArguments,
    },
    /// Validate a case without running it, and report its resolution, time step and memory
    Check {
        #[command(flatten)]
        case: CaseArguments,
        /// Print the case with every default filled in; keys that are not set appear as comments
        #[arg(long)]
        resolved: bool,
        /// Number of ranks for the memory estimate
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        ranks: u32,
    },
    /// Explain the keys of a case file: values, defaults, units
    Keys {
        /// Table to explain, for example checkpoint; all tables if it is not given
        #[arg(conflicts_with = "markdown")]
        table: Option<String>,
        /// Print the reference of all tables as Markdown
        #[arg(long)]
        markdown: bool,
    },
    /// Explain the columns of the tables of a run: units and meanings
    Columns {
        /// Table to explain, for example profiles.csv; all tables if it is not given
        #[arg(conflicts_with = "markdown")]
        file: Option<String>,
        /// Print the columns of all tables as Markdown
        #[arg(long)]
        markdown: bool,
    },
    /// Print a JSON Schema of case files, with which editors complete and check them
    Schema,
    /// Fill in a job script for a case and submit it
    Submit {
        #[command(flatten)]
        case: CaseArguments,
        #[command(flatten)]
        request: submit::Request,
    },
    /// Print the table of a run and draw its figures; with several runs, a column for each and figures
    /// with all of them
    Stats {
        /// The run directories
        #[arg(required_unless_present = "references")]
        directories: Vec<PathBuf>,
        /// Published histories, spectra, stresses or profiles to add to the figures and to compare
        /// with: the name of one that the program has, or a file; repeatable. The run directory
        /// remembers it
        #[arg(long, value_name = "NAME|FILE")]
        reference: Vec<PathBuf>,
        /// Column names for references without names or with wrong ones, such as y+,U+,uu+ or
        /// time,energy,dissipation; - skips a column. One list applies to all references; several
        /// lists apply to the references in turn, and a lone - keeps the names in the file
        #[arg(long, value_name = "NAMES", requires = "reference", allow_hyphen_values = true)]
        columns: Vec<String>,
        /// Forget the references that the run directories remember, or one of them
        #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "")]
        forget: Option<report::Forget>,
        /// List the references that the program has, with their sources
        #[arg(long, exclusive = true)]
        references: bool,
        /// Average the runs as members of an ensemble: one case from different random fields; errors are
        /// those between members
        #[arg(long)]
        ensemble: bool,
        /// Directory for tables and figures [default: that of the run; of several, `comparison` or
        /// `ensemble` in the first]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Begin of the averages: a time of the case (12.5), h/u_tau of a channel (5h/u_tau), turnover
        /// times of a box (3T)
        #[arg(long, value_name = "TIME")]
        from: Option<report::Instant>,
        /// End of the averages, as --from
        #[arg(long, value_name = "TIME")]
        to: Option<report::Instant>,
        /// Width on paper of a figure of one panel, in mm or in (85mm, 3.5in)
        #[arg(long, value_name = "WIDTH", default_value = "85mm")]
        width: report::Width,
    },
    /// Report the state of runs, including those in progress; with several, one line each
    Status {
        /// The run directories
        #[arg(required = true)]
        directories: Vec<PathBuf>,
    },
    /// List the contents of a checkpoint or statistics file and verify its checksums
    Inspect {
        /// The HDF5 file
        file: PathBuf,
    },
    /// Draw a quantity of a checkpoint or snapshot on a plane
    #[command(after_help = quantities())]
    Slice {
        /// The checkpoint or snapshot
        file: PathBuf,
        /// What to draw: a field such as u, a derivative such as du/dy, or a quantity of the list below
        #[arg(long, value_name = "NAME")]
        quantity: String,
        /// The plane, as an axis and a place on it, such as z=0.5; it need not be at a grid point
        #[arg(long, value_name = "AXIS=PLACE", allow_hyphen_values = true)]
        plane: view::At,
        /// The picture, NAME.png
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Values at both ends of the colours [default: those of the plane]
        #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true)]
        range: Option<view::Range>,
        /// Width on paper, at 300 dots per inch, in mm or in (85mm, 3.5in)
        #[arg(long, value_name = "WIDTH", default_value = "85mm")]
        width: report::Width,
    },
    /// Draw a quantity on a plane of a series of checkpoints or snapshots, as an animated PNG
    #[command(after_help = quantities())]
    Movie {
        /// The files, in the order of time
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What to draw, as in slice
        #[arg(long, value_name = "NAME")]
        quantity: String,
        /// The plane, as an axis and a place on it, such as z=0.5
        #[arg(long, value_name = "AXIS=PLACE", allow_hyphen_values = true)]
        plane: view::At,
        /// The movie, NAME.png
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Values at both ends of the colours [default: those of all files, which are then read twice]
        #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true)]
        range: Option<view::Range>,
        /// Pictures per second
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
        rate: u16,
        /// Width on paper, at 300 dots per inch, in mm or in (85mm, 3.5in)
        #[arg(long, value_name = "WIDTH", default_value = "85mm")]
        width: report::Width,
    },
    /// Evaluate quantities of a checkpoint or snapshot at points, from all its modes
    #[command(after_help = quantities())]
    Probe {
        /// The checkpoint or snapshot
        file: PathBuf,
        /// The points: a table with columns x, y, z
        #[arg(long, value_name = "FILE")]
        points: PathBuf,
        /// What to evaluate: fields such as u, derivatives such as du/dy, quantities of the list below
        #[arg(long, value_name = "NAME,..", value_delimiter = ',', required = true)]
        quantity: Vec<String>,
        /// The table to write: x, y, z and the quantities
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Write a quantity of a checkpoint or snapshot at the points of its grid for another program
    #[command(after_help = quantities())]
    Export {
        /// The checkpoint or snapshot
        file: PathBuf,
        /// The form of the file
        #[arg(long, value_enum)]
        to: view::Form,
        /// What to write: a field such as u, a derivative such as du/dy, or a quantity of the list below
        #[arg(long, value_name = "NAME")]
        quantity: String,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Convert a checkpoint to another grid or box
    Regrid {
        /// The checkpoint
        from: PathBuf,
        /// The new checkpoint; the file must not exist
        #[arg(required_unless_present = "to_run")]
        to: Option<PathBuf>,
        /// Write a new run directory, ready for `rogallo continue`, instead of a file
        #[arg(long, value_name = "DIR", conflicts_with = "to")]
        to_run: Option<PathBuf>,
        #[command(flatten)]
        domain: Domain,
    },
}

/// The new grid, the new box, or both.
#[derive(Args)]
#[group(required = true, multiple = true)]
struct Domain {
    /// Points in x, y, z
    #[arg(long, value_name = "NX,NY,NZ")]
    grid: Option<String>,
    /// Lengths in x, y, z, such as 12.5 or "4 pi": a whole multiple of the old length repeats the
    /// field, any other length stretches it
    #[arg(long, value_name = "LX,LY,LZ")]
    size: Option<String>,
}

impl Domain {
    /// The corresponding overrides of a case.
    fn overrides(&self) -> Vec<String> {
        let lengths = |size: &String| {
            size.split(',').map(|length| format!("{:?}", length.trim())).collect::<Vec<_>>().join(", ")
        };
        let grid = self.grid.as_ref().map(|grid| format!("domain.grid=[{grid}]"));
        grid.into_iter()
            .chain(self.size.as_ref().map(|size| format!("domain.size=[{}]", lengths(size))))
            .collect()
    }
}

/// Options of one job of a run.
#[derive(Args)]
struct JobArguments {
    /// Continue although the case has changed since the checkpoint; the log lists the changes
    #[arg(long)]
    accept_changes: bool,
    /// Time limit of the job, in the forms of SLURM: H:MM:SS, MM:SS, D-HH:MM:SS, D-HH:MM or D-HH; a
    /// bare number means seconds, not minutes. The run writes a checkpoint and stops before the limit
    #[arg(long, value_parser = submit::walltime)]
    walltime: Option<u64>,
}

impl JobArguments {
    fn options(self, overrides: Vec<String>, directory: Option<PathBuf>, fresh: bool) -> Options {
        let walltime = self.walltime.map(|seconds| seconds as f64);
        Options { overrides, directory, fresh, accept_changes: self.accept_changes, walltime }
    }
}

#[derive(Args)]
struct CaseArguments {
    /// The case file
    case: PathBuf,
    /// Override a key of the case, for example --set time.end=20; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
}

/// Executes the command of this process. Returns its exit code.
pub fn main(program: Program, flows: Flows) -> ExitCode {
    files::survive_size_limit();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let printed = if is_first_process() { error.print() } else { Ok(()) };
            wait_for_first_process(program);
            return exit(if error.use_stderr() { Kind::Input.exit_code() } else { code_after(printed) });
        }
    };
    exit(execute(program, flows, arguments.command).unwrap_or_else(|error| {
        let code = report_error(error);
        wait_for_first_process(program);
        code
    }))
}

/// Prints the error, once, and returns its exit code.
fn report_error(error: Error) -> i32 {
    if is_first_process() {
        // In one piece, since mpirun merges the output of the ranks as it comes.
        let text = format!("rogallo: {error}\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    error.kind.exit_code()
}

/// Executes a command. Returns its exit code.
fn execute(program: Program, flows: Flows, command: Command) -> Result<i32> {
    let text = match command {
        Command::Run { case, dir, fresh, job } => {
            let options = job.options(case.overrides, dir, fresh);
            return compute(program, |world| run::run(world, flows, &case.case, &options));
        }
        Command::Continue { directory, overrides, job } => {
            let options = job.options(overrides, None, false);
            return compute(program, |world| run::continue_run(world, flows, &directory, &options));
        }
        Command::Regrid { from, to, to_run, domain } => {
            let session = Session::start(program)?;
            let target = match (&to, &to_run) {
                (_, Some(directory)) => Target::Run(directory),
                (Some(file), None) => Target::File(file),
                (None, None) => return Err(Error::input("regrid needs a file to write, or --to-run")),
            };
            let text = run::regrid(&session.world(), flows, &from, target, &domain.overrides());
            return Ok(text.map_or_else(report_error, |text| print(&text)));
        }
        Command::Slice { file, quantity, plane: at, out, range, width } => {
            let what = view::Slice { quantity: &quantity, at, range, width };
            return look(program, |world| view::slice(world, flows, &file, &what, &out));
        }
        Command::Movie { files, quantity, plane: at, out, range, rate, width } => {
            let what = view::Slice { quantity: &quantity, at, range, width };
            return look(program, |world| view::movie(world, flows, &files, &what, rate, &out));
        }
        Command::Probe { file, points, quantity, out } => {
            return look(program, |world| view::probe(world, flows, &file, &points, &quantity, &out));
        }
        Command::Export { file, to, quantity, out } => {
            return look(program, |world| view::export(world, flows, &file, &quantity, to, &out));
        }
        Command::Check { case, resolved, ranks } => {
            let case = case::load(flows, &case.case, &case.overrides)?;
            if resolved {
                case.explained()
            } else {
                let demands = plan::Demands::new(&case, ranks as usize, parallel::ranks_of_node())?;
                plan::summary(&case, &demands, &run::notes(&case)?)?
            }
        }
        Command::Keys { markdown: true, .. } => case::keys_in_markdown(flows),
        Command::Keys { table, .. } => case::keys(flows, table.as_deref())?,
        Command::Columns { markdown: true, .. } => report::columns::markdown(flows),
        Command::Columns { file, .. } => report::columns::text(flows, file.as_deref())?,
        Command::Schema => format!("{:#}", case::schema(flows)),
        Command::Submit { case, request } => submit::submit(flows, &case.case, &case.overrides, &request)?,
        Command::Stats { references: true, .. } => report::references::list()?,
        Command::Stats {
            directories, reference, columns, forget, ensemble, out, from, to, width, ..
        } => {
            let given = report::Given::pair(reference, &columns)?;
            let options = report::Options { span: report::Span { from, to }, width, out, ensemble, program };
            report::report(flows, &directories, &given, forget.as_ref(), &options)?
        }
        Command::Status { directories } => report::status(flows, &directories)?,
        Command::Inspect { file } => store::inspect(&file)?,
    };
    Ok(print(&text))
}

/// Runs a case. Returns the exit code.
fn compute(program: Program, run: impl FnOnce(World) -> Result<Outcome>) -> Result<i32> {
    run::heed_signals();
    let session = Session::start(program)?;
    let world = session.world();
    // An error is printed before MPI ends: see `wait_for_first_process`.
    Ok(match choose_instructions(&world).and_then(|()| run(world)) {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Stopped) => 3,
        Err(error) => report_error(error),
    })
}

/// Looks at a stored field on all ranks, and prints what was found. Returns the exit code.
fn look(program: Program, look: impl FnOnce(&Rc<World>) -> Result<String>) -> Result<i32> {
    let session = Session::start(program)?;
    let world = Rc::new(session.world());
    let text = choose_instructions(&world).and_then(|()| look(&world));
    Ok(text.map_or_else(report_error, |text| print(&text)))
}

/// The quantities of stored fields, for the help.
fn quantities() -> String {
    format!(
        "Quantities of the velocity (of its fluctuations in a box):\n{}\nIt runs under mpirun as well; the result is \
         the same on any number of ranks.",
        field::list()
    )
}

/// Prints the text, once, and returns the exit code.
fn print(text: &str) -> i32 {
    if !is_first_process() {
        return 0;
    }
    let mut stdout = std::io::stdout();
    code_after(writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush()))
}

/// The exit code after printing. A reader that leaves early (`| head`) is not a failure.
fn code_after(printed: std::io::Result<()>) -> i32 {
    match printed {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            report_error(Error::io("cannot write to standard output", error))
        }
        _ => 0,
    }
}

fn exit(code: i32) -> ExitCode {
    ExitCode::from(code as u8)
}

/// The rank that mpirun or srun gave to this process.
fn launched_rank() -> Option<String> {
    ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
}

/// Returns whether this process prints: under mpirun or srun only that of rank 0 does. For commands
/// that do not start MPI, and for errors before it starts.
fn is_first_process() -> bool {
    launched_rank().is_none_or(|rank| rank == "0")
}

/// Waits until the process that prints has printed: the first rank to exit with an error makes mpirun
/// kill the others.
fn wait_for_first_process(program: Program) {
    if launched_rank().is_some()
        && let Ok(session) = Session::start(program)
    {
        session.world().barrier();
    }
}
