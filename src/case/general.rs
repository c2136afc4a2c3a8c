//! A case with every default filled in and every value checked, and the declaration of the keys that
//! every flow has. Units are those of the case (a length, a velocity, and their quotient for time);
//! nothing is made dimensionless.

use std::path::{Path, PathBuf};

use super::codec::*;
use super::keys::{Change, Form, Head, Key, Keys, Variant, variant};
use crate::definition::Chosen;
use crate::parallel::Method;
use crate::time::{Schedule, StepSize};

const PRECISIONS: &[(&str, Precision)] = &[("double", Precision::Double), ("single", Precision::Single)];
const EXCHANGES: &[(&str, Method)] = &[("all-to-all", Method::AllToAll), ("pairwise", Method::Pairwise)];

/// One case: what is computed, how, and what is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The stem of the case file.
    pub name: String,
    /// Which equations are solved, with all that belongs to them alone.
    pub flow: Chosen,
    pub domain: Domain,
    pub fluid: Fluid,
    pub numerics: Numerics,
    pub time: Time,
    pub parallel: Parallel,
    pub output: Output,
    pub checkpoint: Checkpoint,
}

impl Case {
    /// The case of a flow before its keys are read.
    pub fn blank(flow: Chosen) -> Self {
        let (name, domain, fluid, numerics, time, parallel, output, checkpoint) = Default::default();
        Self { name, flow, domain, fluid, numerics, time, parallel, output, checkpoint }
    }

    /// Visits every key in the order of the case file. Paths are relative to `dir`.
    pub fn visit(&mut self, keys: &mut Keys, dir: &Path) {
        let mut is_known = true;
        let head = Head::new("flow", "Equations to be solved.").change(Change::Refused);
        keys.table(head, |keys| {
            let Chosen { flows, definition } = &mut self.flow;
            let says = "Flow to be computed.";
            let chosen = keys.kind(definition, "kind", says, flows.0, |flow, _, keys| flow.equations(keys));
            let is_missing = !chosen && keys.given("kind") == Some(false);
            // Without it, the keys are checked as those of the first flow.
            if is_missing {
                definition.equations(keys);
            }
            is_known = chosen || is_missing;
        });
        if !is_known {
            // The other keys mean something else in another flow.
            return keys.ignore_others();
        }
        let Self { name: _, flow, domain, fluid, numerics, time, parallel, output, checkpoint } = self;
        flow.definition.visit(keys, General { domain, fluid, numerics, time, parallel, output }, dir);
        self::checkpoint(keys, checkpoint);
    }
}

/// The general tables to which a flow adds keys, defaults or limits.
pub struct General<'a> {
    pub domain: &'a mut Domain,
    pub fluid: &'a mut Fluid,
    pub numerics: &'a mut Numerics,
    pub time: &'a mut Time,
    pub parallel: &'a mut Parallel,
    pub output: &'a mut Output,
}

/// The box and its grid, in the order x, y, z.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domain {
    /// Length of the box, > 0; a channel has 2 in y.
    pub size: [f64; 3],
    /// Number of grid points, at least 4, with prime factors 2, 3, 5 and 7 only. A channel has at
    /// least 9 in y, `y_j = cos(pi j / (N_y - 1))`, and there N_y - 1 has these factors.
    pub grid: [usize; 3],
}

/// The fluid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fluid {
    /// Kinematic viscosity, length^2 / time, >= 0; in a channel > 0.
    pub viscosity: f64,
}

/// Numerical parameters of every flow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numerics {
    pub precision: Precision,
    /// Seed of all random numbers of the run.
    pub seed: u64,
}

/// Floating-point precision of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    #[default]
    Double,
    Single,
}

/// The heading of `[numerics]`, which has keys of the flow and these.
pub const NUMERICS: &str = "Discretisation.";

pub fn numerics(keys: &mut Keys, numerics: &mut Numerics) {
    let precision = Key::or("precision", one_of(PRECISIONS), Precision::Double).change(Change::Refused);
    keys.key(
        &mut numerics.precision,
        precision.says("Precision of the fields; statistics are summed in double."),
    );
    let seed = Key::or("seed", integer(), 1);
    keys.key(
        &mut numerics.seed,
        seed.says(
            "Seed of all random numbers: another seed gives another realisation of the same statistics.",
        ),
    );
}

/// Time stepping, and the end of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    pub step: StepSize,
    pub stop: Stop,
    /// Retries after a blow-up; `None` ends the run.
    pub retry: Option<Retry>,
}

impl Default for Time {
    fn default() -> Self {
        Self { step: StepSize::Fixed(0.0), stop: Stop::default(), retry: None }
    }
}

/// Retries of a run that blows up: it returns to its last checkpoint and continues with steps shorter
/// by `factor`, 0 < factor < 1, at most `times` times in all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Retry {
    pub factor: f64,
    pub times: u64,
}

/// The end of the run: the limit that is reached first; at least one is given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stop {
    /// Simulated time, >= 0.
    pub end: Option<f64>,
    /// Number of steps from time zero.
    pub steps: Option<u64>,
}

/// The heading of `[time]`, which has keys of the flow and these.
pub const TIME: &str = "Time stepping, and the end of the run.";

const STEPS: &[Variant<StepSize>] = &[
    variant!("dt", "Steps of a fixed length.", StepSize::Fixed(_)),
    variant!("cfl", "Steps as long as a Courant number allows.", StepSize::Courant(_)),
];

pub fn time(keys: &mut Keys, time: &mut Time) {
    keys.one_of_keys(&mut time.step, "dt = 0.01 or cfl = 0.5", STEPS, |step, _, keys| match step {
        StepSize::Fixed(dt) => {
            let key = Key::required("dt", positive(), "0.01").unit("time").change(Change::Noted);
            keys.key(dt, key.says("Length of each time step; excludes cfl."));
        }
        StepSize::Courant(cfl) => {
            let key = Key::required("cfl", positive(), "0.5").change(Change::Noted);
            keys.key(
                cfl,
                key.says(
                    "Courant number dt max(|u_i| / dx_i) that sets the length of the steps; excludes dt.",
                ),
            );
        }
    });
    let end = Key::optional("end", non_negative(), "10.0").unit("time").change(Change::Free);
    keys.key(&mut time.stop.end, end.says("Time at which the run ends; this or steps is required."));
    let steps = Key::optional("steps", integer(), "100").change(Change::Free);
    keys.key(&mut time.stop.steps, steps.says("Number of steps, from time zero, after which the run ends."));
    keys.at_least_one(&["end", "steps"], "end = 10.0 or steps = 100");
    let head = Head::new("retry", "Retries after a blow-up, from the last checkpoint with shorter steps.");
    let head = head.form(Form::Inline).change(Change::Noted);
    keys.optional(&mut time.retry, head, Retry::default(), |retry, keys| {
        let factor = Key::or("factor", shrinking(), 0.5);
        keys.key(&mut retry.factor, factor.says("Factor by which each retry shortens the steps."));
        keys.key(
            &mut retry.times,
            Key::or("times", at_least(1), 3).says("Largest number of retries in a run."),
        );
    });
}

/// 0 < factor < 1.
fn shrinking() -> Codec<f64> {
    let schema = serde_json::json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 });
    let check = |node: &super::document::Node, factor| match factor {
        factor if factor < 1.0 => Ok(factor),
        _ => node.wrong("must be less than 1"),
    };
    positive().checked(check).described("a number between 0 and 1", schema)
}

/// Distribution of the fields over the ranks; it does not change a bit of the results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parallel {
    /// Rows and columns of the process grid, both >= 1; `None` lets the program choose.
    pub process_grid: Option<[usize; 2]>,
    pub exchange: Method,
    /// Minutes without progress after which the watchdog ends the job, > 0; `None` is never.
    pub hang_limit_minutes: Option<f64>,
}

pub fn parallel(keys: &mut Keys, parallel: &mut Parallel) {
    let says = "Distribution of the fields over the ranks; it does not change the results.";
    keys.table(Head::new("parallel", says).change(Change::Free), |keys| {
        let grid = Key::or("process_grid", word_or("auto", array(at_least(1))), None);
        keys.key(
            &mut parallel.process_grid,
            grid.says("Rows and columns of the process grid; their product is the number of ranks."),
        );
        let exchange = Key::or("exchange", one_of(EXCHANGES), Method::AllToAll);
        keys.key(
            &mut parallel.exchange,
            exchange.says("Exchange of data in a transform: one MPI_Alltoallv, or rounds of MPI_Sendrecv."),
        );
        let limit = Key::or("hang_limit_minutes", word_or("never", positive()), Some(30.0));
        keys.key(
            &mut parallel.hang_limit_minutes,
            limit.unit("minutes").says("Wall time without progress after which the job is ended as hung."),
        );
    });
}

/// Output of the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// The run directory; `None` is `runs/NAME`.
    pub directory: Option<PathBuf>,
    /// Rows of `series.csv`.
    pub series: Schedule,
    /// Rows of `budget.csv`, and all spectra; also written for the first and the last state.
    pub spectra: Schedule,
    /// Physical fields.
    pub snapshots: Schedule,
}

/// The heading of `[output]`, which has keys of the flow and these.
pub const OUTPUT: &str = "Output of the run, apart from checkpoints.";

pub fn output(keys: &mut Keys, output: &mut Output) {
    let directory = Key::optional("directory", path(|_, text| Ok(PathBuf::from(text))), "\"runs/NAME\"");
    keys.key(&mut output.directory, directory.says("Run directory; runs/NAME if it is not set."));
    let every_ten = Schedule { every_steps: Some(10), every_time: None };
    let schedules: [(_, _, _, &mut Schedule); 3] = [
        ("series", "Rows of series.csv; {} means never.", every_ten, &mut output.series),
        (
            "spectra",
            "Spectra and budgets; {} means at the start and at the end only.",
            Schedule::default(),
            &mut output.spectra,
        ),
        (
            "snapshots",
            "Physical fields, as HDF5; {} means never.",
            Schedule::default(),
            &mut output.snapshots,
        ),
    ];
    for (name, says, default, value) in schedules {
        let head = Head::new(name, says).form(Form::Inline);
        keys.whole(value, head, default, Schedule::default(), |value, keys| schedule(keys, value));
    }
}

/// `every_steps` and `every_time`.
pub fn schedule(keys: &mut Keys, schedule: &mut Schedule) {
    let every_steps = Key::optional("every_steps", at_least(1), "10");
    keys.key(&mut schedule.every_steps, every_steps.says("Number of steps from one output to the next."));
    let every_time = Key::optional("every_time", positive(), "0.5").unit("time");
    keys.key(
        &mut schedule.every_time,
        every_time.says("Time from one output to the next; steps are cut so that they end at its multiples."),
    );
}

/// Checkpoints for a restart; a run that ends or is stopped writes one in any case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkpoint {
    /// Wall time in minutes, > 0.
    pub every_minutes: Option<f64>,
    /// Number of steps, >= 1.
    pub every_steps: Option<u64>,
    /// Number of checkpoints kept, the newest ones; >= 1.
    pub keep: usize,
    /// Checkpoints that are written and kept besides.
    pub retain: Schedule,
    /// Minutes without a successful checkpoint after which the run ends, >= 0.
    pub give_up_after_minutes: Option<f64>,
    /// Number of ranks that write and read checkpoints and snapshots for all, >= 1; `None` is the usual
    /// number.
    pub aggregators: Option<usize>,
}

fn checkpoint(keys: &mut Keys, checkpoint: &mut Checkpoint) {
    let says = "Checkpoints for a restart; a run that ends or is stopped writes one in any case.";
    keys.table(Head::new("checkpoint", says).change(Change::Free), |keys| {
        let minutes = Key::or("every_minutes", word_or("never", positive()), Some(30.0)).unit("minutes");
        keys.key(&mut checkpoint.every_minutes, minutes.says("Wall time from one checkpoint to the next."));
        let steps = Key::optional("every_steps", at_least(1), "1000");
        keys.key(&mut checkpoint.every_steps, steps.says("Number of steps from one checkpoint to the next."));
        let keep = Key::or("keep", at_least(1), 2);
        keys.key(&mut checkpoint.keep, keep.says("Number of checkpoints kept, the newest ones."));
        let limit = Key::or("give_up_after_minutes", word_or("never", non_negative()), Some(120.0));
        keys.key(
            &mut checkpoint.give_up_after_minutes,
            limit.unit("minutes").says("Wall time without a successful checkpoint after which the run ends."),
        );
        let aggregators = Key::optional("aggregators", at_least(1), "16");
        keys.key(
            &mut checkpoint.aggregators,
            aggregators.says(
                "Number of ranks that write and read files for all; if it is not set, all up to four, then \
                 twice the square root of the ranks.",
            ),
        );
        let says = "Checkpoints written besides, from time zero on, and never deleted for newer ones; {} \
                    means none; where one cannot be written, the next one takes its place.";
        let head = Head::new("retain", says).form(Form::Inline).change(Change::Free);
        keys.whole(&mut checkpoint.retain, head, Schedule::default(), Schedule::default(), |retain, keys| {
            schedule(keys, retain);
        });
    });
}

/// Visits the path of the checkpoint from which the run starts. It is made absolute, so that the
/// resolved case can be read anywhere.
pub fn checkpoint_file(keys: &mut Keys, file: &mut PathBuf, dir: &Path) {
    let dir = dir.to_owned();
    let absolute = path(move |node, text| {
        std::path::absolute(dir.join(text)).or_else(|error| node.wrong(error.to_string()))
    });
    let key = Key::required("file", absolute, "\"runs/NAME/checkpoints/latest\"");
    keys.key(
        file,
        key.says("Checkpoint from which the run starts, at time zero; relative to the case file."),
    );
}

/// Checks that the limits of a band of wavenumbers ascend; `help` says what the band is.
pub fn check_band(keys: &mut Keys, k_min: f64, k_max: f64, help: &str) {
    // A limit that could not be read is zero.
    if k_max > 0.0 && k_max <= k_min {
        keys.problem(&["k_max"], &format!("must be greater than k_min = {k_min}"), help);
    }
}
