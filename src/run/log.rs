//! The output of a run for the user, from the root only: plain lines in the log, and a progress bar
//! on a terminal.

use super::RunDirectory;
use super::appended::Appended;
use super::print::Printer;
use crate::case::{Case, Stop};
use crate::error::{Error, Result};
use crate::flow::{Clock, Flow, Step};
use crate::parallel::{World, library_version};
use crate::transform::instruction_set;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::Instant;

/// Lines on standard output and in `run.log`; nothing on ranks other than the root.
pub struct Log {
    file: Option<Appended>,
    printer: Option<Printer>,
    bar: Option<ProgressBar>,
    /// Time and clock at the first step, for the estimate of the time left.
    begin: Option<(Instant, Clock)>,
    latest: String,
}

/// Ratio of a step to its full length, below which the log says that it was cut short.
const CUT: f64 = 0.99;

/// Parts of the bar.
const PARTS: u64 = 1000;

impl Log {
    /// Opens `run.log` and writes the resolved case to `case.toml`; collective.
    pub fn new(world: &World, directory: &RunDirectory, case: &Case) -> Result<Self> {
        let mut log = Self { file: None, printer: None, bar: None, begin: None, latest: String::new() };
        directory.write_case(world, case)?;
        log.file = world.is_root().then(|| Appended::new(directory.file("run.log"), String::new()));
        // The bar is drawn on standard error. Standard output does not show whether there is a
        // terminal: Open MPI gives every rank one there.
        if world.is_root() && std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(PARTS);
            let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            log.bar = Some(bar);
        } else if world.is_root() {
            let printer = Printer::new();
            log.printer =
                Some(printer.map_err(|error| Error::io("cannot start the thread that prints", error))?);
        }
        Ok(log)
    }

    /// Writes the heading: program, ranks, libraries, case and flow.
    pub fn heading(&mut self, world: &World, case: &Case, flow: &dyn Flow) {
        self.line(&format!(
            "rogallo {}, {} rank{}, {}, {}, kernels in {}",
            world.program(),
            world.size(),
            if world.size() == 1 { "" } else { "s" },
            library_version(),
            crate::store::library_version(),
            instruction_set(),
        ));
        self.line(&format!(
            "case {}: {} flow, modes {}, {}",
            case.name,
            flow.name(),
            flow.modes().name,
            flow.decomposition()
        ));
    }

    /// Stops waiting for readers of the output, since the job may be killed within a second.
    pub fn hurry(&mut self) {
        self.printer.iter_mut().for_each(Printer::hurry);
    }

    /// Writes a line for the user.
    pub fn line(&mut self, text: &str) {
        let Some(file) = &mut self.file else { return };
        write(file, text);
        self.printer.iter().for_each(|printer| printer.line(text));
        // The reader of standard output may leave before the run ends (`| head`).
        self.bar.iter().for_each(|bar| bar.suspend(|| drop(writeln!(std::io::stdout(), "{text}"))));
    }

    /// Updates the bar after every step. `full` is the length that the step would have had if it had
    /// not been cut short to end at a given time.
    pub fn progress(&mut self, clock: Clock, stop: &Stop, step: &Step, full: f64) {
        if self.file.is_none() {
            return;
        }
        let (begin, first) = *self.begin.get_or_insert((Instant::now(), clock));
        let fraction = |clock: Clock| {
            let by_time = stop.end.map_or(0.0, |end| clock.time / end);
            let by_step = stop.steps.map_or(0.0, |steps| clock.step as f64 / steps as f64);
            by_time.max(by_step).min(1.0)
        };
        let (seconds, steps) = (begin.elapsed().as_secs_f64(), (clock.step - first.step).max(1));
        let (done, before) = (fraction(clock), fraction(first));
        let left = if done > before { seconds * (1.0 - done) / (done - before) } else { f64::NAN };
        let cut = if step.dt < CUT * full {
            format!("  (cut from dt {full:.3e} to end at this time)")
        } else {
            String::new()
        };
        self.latest = format!(
            "step {:>6}  time {:<10.5}  dt {:.3e}  cfl {:.3}  energy {:.6e}  {:.3} s/step  {} left{cut}",
            clock.step,
            clock.time,
            step.dt,
            step.cfl,
            step.energy,
            seconds / steps as f64,
            duration(left)
        );
        if let Some(bar) = &self.bar {
            bar.set_position((done * PARTS as f64) as u64);
            bar.set_message(self.latest.clone());
        }
    }

    /// Writes the latest progress as a plain line; on a terminal the bar shows it.
    pub fn sample(&mut self) {
        let text = std::mem::take(&mut self.latest);
        match (&self.bar, &mut self.file) {
            (Some(_), Some(file)) => write(file, &text),
            _ => self.line(&text),
        }
    }
}

/// Appends to the log file. A log that cannot be written costs no more than a message.
fn write(file: &mut Appended, text: &str) {
    if let Some(note) = file.append(&format!("{text}\n")) {
        let _ = writeln!(std::io::stderr(), "rogallo: {note}");
    }
}

/// Formats seconds as h:mm:ss.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "?".into();
    }
    let whole = seconds.round() as u64;
    format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
}
