//! Report of a blow-up and, if the case asks for it, a retry from the last checkpoint with shorter
//! steps.

use super::log::Log;
use super::{Run, blow_up};
use crate::error::{Error, Result};
use crate::files;
use crate::flow::Step;
use crate::ledger::Event;
use crate::statistics::Records;
use crate::time::StepSize;

/// Names of the numbers in a checkpoint.
const FACTOR: &str = "step_factor";
const RETRIES: &str = "retries";

/// Number of retries of a run, and the length of its steps since then relative to the case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortened {
    retries: u64,
    factor: f64,
}

impl Default for Shortened {
    fn default() -> Self {
        Self { retries: 0, factor: 1.0 }
    }
}

impl Shortened {
    /// Reads the numbers of a checkpoint; without any, the run has not been retried.
    ///
    /// # Errors
    /// Numbers that no run writes.
    pub fn of(numbers: &[(String, f64)]) -> std::result::Result<Self, String> {
        let value = |name: &str| numbers.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        let (retries, factor) = (value(RETRIES).unwrap_or(0.0), value(FACTOR).unwrap_or(1.0));
        let is_sound =
            (0.0..1e6).contains(&retries) && retries.fract() == 0.0 && factor > 0.0 && factor <= 1.0;
        match is_sound {
            true => Ok(Self { retries: retries as u64, factor }),
            false => Err(format!("{RETRIES} = {retries:?}, {FACTOR} = {factor:?}")),
        }
    }

    pub fn numbers(self) -> Vec<(String, f64)> {
        match self.retries {
            0 => Vec::new(),
            retries => vec![(RETRIES.into(), retries as f64), (FACTOR.into(), self.factor)],
        }
    }

    /// The step size `step` of the case, shortened.
    pub fn apply(self, step: StepSize) -> StepSize {
        match step {
            StepSize::Fixed(dt) => StepSize::Fixed(dt * self.factor),
            StepSize::Courant(number) => StepSize::Courant(number * self.factor),
        }
    }
}

impl Run {
    /// Reports the blow-up of the last step in the log and in `blowup.txt`. Returns the error that
    /// ends the run unless it is retried. Collective.
    pub(super) fn report_blow_up(&mut self, what: &str, step: &Step, log: &mut Log) -> Error {
        let diagnosis = self.flow.diagnose();
        let reason = blow_up::reason(&self.watch, &self.case, &diagnosis);
        let name = self.directory.file("blowup.txt");
        let report = blow_up::report(what, &reason, &self.watch, &diagnosis);
        let written = self.world.root_does(|| files::replace(&name, report.as_bytes()));
        let number = |value: f64| value.is_finite().then_some(value);
        let [dt, cfl, energy] = [step.dt, step.cfl, step.energy].map(number);
        self.note(Event::BlowUp { what: what.into(), reason: reason.clone(), dt, cfl, energy }, log);
        log.line(&format!("{what}\nLikely reason: {reason}"));
        diagnosis.places.iter().for_each(|place| log.line(&format!("Where: {place}")));
        let more = match written {
            Ok(()) => format!("the last steps and the end of the spectrum are in {}", name.display()),
            Err(error) => error.message,
        };
        let way_back = match self.saved {
            Some(step) => format!(
                "\nThe last good checkpoint is of step {step}, in {}/checkpoints",
                self.directory.path.display()
            ),
            None => String::new(),
        };
        Error::diverged(format!("{what}: {reason}; {more}{way_back}"))
    }

    /// Returns to the last checkpoint and shortens the steps, if the case still allows a retry. The
    /// shorter step is saved at once, so that a job that is killed continues with it. Collective.
    ///
    /// # Errors
    /// The blow-up itself, if there is to be no retry; no sound checkpoint.
    pub(super) fn go_back(self, blow_up: Error, log: &mut Log) -> Result<Self> {
        let Some(retry) =
            self.case.time.retry.filter(|retry| self.shortened.retries < retry.times && self.saved.is_some())
        else {
            return Err(blow_up);
        };
        let Self { world, case, directory, flow, control, tally, shortened, .. } = self;
        // Frees the memory for the next flow, which starts without any trace of the blow-up.
        drop(flow);
        let flow = case.flow.build(&world, &case)?;
        let mut run = Self::new(world, case, directory, flow, control, tally);
        // Changes of the case were accepted when the job began.
        let Some(resumed) = run.resume(true)? else { return Err(blow_up) };
        // A blow-up before the next checkpoint finds its own shortening in the last one, already multiplied.
        run.shorten(Shortened { retries: shortened.retries + 1, factor: shortened.factor * retry.factor });
        let from = run.continue_from(resumed).map_err(|error| Error {
            message: format!("{blow_up}\nIt is not tried again: {error}"),
            ..blow_up.clone()
        })?;
        let Shortened { retries, factor } = run.shortened;
        log.line(&format!(
            "retry {retries} of {}: {from}, with steps {factor} times as long as in the case",
            retry.times
        ));
        run.note(Event::Retry { number: retries, factor }, log);
        run.save(Records::default(), log)?;
        Ok(run)
    }

    /// Shortens all further steps.
    pub(super) fn shorten(&mut self, shortened: Shortened) {
        self.shortened = shortened;
        self.flow.set_step_size(shortened.apply(self.case.time.step));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_a_run_writes_are_remembered() {
        let of =
            |retries: f64, factor: f64| Shortened::of(&[(RETRIES.into(), retries), (FACTOR.into(), factor)]);
        assert_eq!(Shortened::of(&[]), Ok(Shortened::default()));
        assert_eq!(of(2.0, 0.25), Ok(Shortened { retries: 2, factor: 0.25 }));
        for (retries, factor) in
            [(1e300, 0.5), (-1.0, 0.5), (0.5, 0.5), (1.0, 0.0), (1.0, -1.0), (1.0, 1e308), (1.0, f64::NAN)]
        {
            assert_eq!(of(retries, factor), Err(format!("retries = {retries:?}, step_factor = {factor:?}")));
        }
    }
}
