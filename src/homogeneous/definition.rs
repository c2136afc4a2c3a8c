//! What a case of this flow is before it is built.

use super::conversion::ToBox;
use super::stretch::Stretch;
use super::{Homogeneous, Parameters, plan, report};
use crate::case::general::General;
use crate::case::keys::Keys;
use crate::case::{Case, Precision};
use crate::conversion::{Change, Conversion};
use crate::definition::{Definition, Slowest};
use crate::error::{Error, Result};
use crate::flow::Flow;
use crate::homogeneous::case::{self, Initial};
use crate::parallel::World;
use crate::plan::{Memory, Row};
use crate::report::columns::FileColumns;
use crate::report::{Given, Recorded, Together};
use crate::table::TextTable;
use crate::time::Stability;
use crate::transform::{Load, Portion, Truncation};
use std::f64::consts::TAU;
use std::path::Path;
use std::rc::Rc;

impl Definition for case::Homogeneous {
    fn equations(&mut self, keys: &mut Keys) {
        case::equations(keys, self);
    }

    fn visit(&mut self, keys: &mut Keys, general: General, dir: &Path) {
        case::visit(keys, self, general, dir);
    }

    fn truncation(&self, case: &Case) -> Truncation {
        Parameters::new(case, self).truncation()
    }

    fn stability(&self, case: &Case) -> Stability {
        Parameters::new(case, self).stability()
    }

    fn slowest(&self, case: &Case) -> Slowest {
        let k = case.domain.size.map(|length| TAU / length).into_iter().fold(f64::INFINITY, f64::min);
        let name = format!("the largest scales (k = {k:.3})");
        Slowest { k2: k * k, stages: self.scheme.stages().len(), name }
    }

    fn load(&self, case: &Case) -> Load {
        Parameters::new(case, self).load()
    }

    fn fields(&self) -> usize {
        3 + self.scalars.len()
    }

    fn memory(&self, case: &Case, portion: &Portion) -> Memory {
        let parameters = Parameters::new(case, self);
        match case.numerics.precision {
            Precision::Double => parameters.memory::<f64>(portion),
            Precision::Single => parameters.memory::<f32>(portion),
        }
    }

    fn rows(&self, case: &Case) -> Result<Vec<Row>> {
        plan::rows(case, self)
    }

    fn notes(&self, case: &Case) -> Result<Vec<String>> {
        plan::notes(case, self)
    }

    fn build(&self, world: &Rc<World>, case: &Case) -> Result<Box<dyn Flow>> {
        let (world, parameters) = (Rc::clone(world), Parameters::new(case, self));
        Ok(match case.numerics.precision {
            Precision::Double => Box::new(Homogeneous::<f64>::new(world, parameters)?),
            Precision::Single => Box::new(Homogeneous::<f32>::new(world, parameters)?),
        })
    }

    fn initial_file(&self) -> Option<&Path> {
        match &self.initial {
            Initial::File { path } => Some(path),
            _ => None,
        }
    }
    fn conversion(
        &self,
        (from, old_time): (&Case, f64),
        (to, time): (&Case, f64),
        changes: [Change; 3],
    ) -> Result<Box<dyn Conversion>> {
        let of_from = from.flow.of().ok_or_else(|| Error::failure("a state of another flow"))?;
        let [old, new] = [Parameters::new(from, of_from), Parameters::new(to, self)];
        let stretch = Stretch::new((&old, old_time), (&new, time))?;
        Ok(Box::new(ToBox::new(stretch, from.domain.size != to.domain.size, changes)))
    }

    fn tables(&self) -> &'static [&'static str] {
        &["spectra", "spectra_1d", "budget"]
    }

    fn columns(&self) -> Vec<FileColumns> {
        report::columns()
    }

    fn files(&self) -> &'static [&'static str] {
        &report::FILES
    }

    fn report(&self, run: &Recorded, references: &[Given]) -> Result<String> {
        report::report(self, run, references)
    }

    fn report_together(&self, runs: &[Recorded], how: Together, references: &[Given]) -> Result<String> {
        report::report_together(runs, how, references)
    }

    fn published(&self, file: &TextTable) -> Option<String> {
        report::form(file).map(|form| format!("{form} of homogeneous turbulence"))
    }
}
