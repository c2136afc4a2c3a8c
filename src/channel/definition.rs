//! The definition of this flow for a case before it is built.

use super::conversion::FromCase;
use super::{Channel, Parameters, plan, report};
use crate::case::general::General;
use crate::case::keys::Keys;
use crate::case::{Case, Precision, Sampling};
use crate::channel::case::{self, ChannelInitial};
use crate::conversion::{Change, Conversion};
use crate::definition::{Definition, Slowest};
use crate::error::{Error, Result};
use crate::flow::Flow;
use crate::parallel::World;
use crate::plan::{Memory, Row};
use crate::report::columns::FileColumns;
use crate::report::series::Table;
use crate::report::{Given, Recorded, Together};
use crate::table::TextTable;
use crate::time::{SPALART_MOSER_ROGERS, Schedule, Stability};
use crate::transform::{Load, Portion, Truncation};
use std::f64::consts::{FRAC_PI_2, TAU};
use std::path::Path;
use std::rc::Rc;

impl Definition for case::Channel {
    fn visit(&mut self, keys: &mut Keys, general: General, dir: &Path) {
        case::visit(keys, self, general, dir);
    }

    fn truncation(&self, case: &Case) -> Truncation {
        Parameters::new(case, self).truncation()
    }

    fn stability(&self, case: &Case) -> Stability {
        Parameters::new(case, self).stability()
    }

    /// Along y a sine from wall to wall.
    fn slowest(&self, case: &Case) -> Slowest {
        let [lx, _, lz] = case.domain.size;
        let k = (TAU / lx).min(TAU / lz);
        let name = format!("the largest fluctuations (k = {k:.3} along the walls)");
        Slowest { k2: k * k + FRAC_PI_2 * FRAC_PI_2, stages: SPALART_MOSER_ROGERS.len(), name }
    }

    fn load(&self, case: &Case) -> Load {
        Parameters::new(case, self).load()
    }

    fn fields(&self) -> usize {
        2 + self.scalars.len()
    }

    fn memory(&self, case: &Case, portion: &Portion) -> Memory {
        let parameters = Parameters::new(case, self);
        match case.numerics.precision {
            Precision::Double => parameters.memory::<f64>(portion),
            Precision::Single => parameters.memory::<f32>(portion),
        }
    }

    fn records(&self, case: &Case) -> usize {
        size_of::<f64>() * Parameters::new(case, self).batch_numbers()
    }

    fn reported(&self, case: &Case) -> usize {
        if self.sampling.schedule == Schedule::default() {
            return 0;
        }
        let parameters = Parameters::new(case, self);
        let maps = report::memory_of_maps(self, parameters.content().planes.len());
        parameters.reported(plan::most_batches(case, self)) + maps
    }

    fn rows(&self, case: &Case) -> Result<Vec<Row>> {
        Ok(plan::rows(case, self))
    }

    fn notes(&self, case: &Case) -> Result<Vec<String>> {
        Parameters::new(case, self).refuse_impossible().map(|()| Vec::new())
    }

    fn build(&self, world: &Rc<World>, case: &Case) -> Result<Box<dyn Flow>> {
        let (world, parameters) = (Rc::clone(world), Parameters::new(case, self));
        Ok(match case.numerics.precision {
            Precision::Double => Box::new(Channel::<f64>::new(world, parameters)?),
            Precision::Single => Box::new(Channel::<f32>::new(world, parameters)?),
        })
    }

    fn sampling(&self) -> Option<Sampling> {
        Some(self.sampling)
    }

    fn initial_file(&self) -> Option<&Path> {
        match &self.initial {
            ChannelInitial::File { path } => Some(path),
            _ => None,
        }
    }
    fn conversion(
        &self,
        from: (&Case, f64),
        (to, _): (&Case, f64),
        changes: [Change; 3],
    ) -> Result<Box<dyn Conversion>> {
        let of_from = from.0.flow.of().ok_or_else(|| Error::failure("a state of another flow"))?;
        Ok(Box::new(FromCase::new(from, to, [of_from, self], changes)))
    }

    fn columns(&self) -> Vec<FileColumns> {
        report::columns()
    }

    fn files(&self) -> &'static [&'static str] {
        &report::FILES
    }

    fn report(&self, run: &Recorded, references: &[Given]) -> Result<String> {
        report::report(run, references)
    }

    fn report_together(&self, runs: &[Recorded], how: Together, references: &[Given]) -> Result<String> {
        report::report_together(runs, how, references)
    }

    fn published(&self, file: &TextTable) -> Option<String> {
        report::holds_profiles(file).then(|| "profiles of a channel".to_owned())
    }

    fn watched(&self) -> &'static [&'static str] {
        &["re_tau"]
    }

    fn warnings(&self, series: &Table) -> Vec<String> {
        let at_rest = series.find("re_tau").and_then(<[f64]>::last) == Some(&0.0);
        if at_rest { vec!["there is no friction at the walls".to_owned()] } else { Vec::new() }
    }
}
