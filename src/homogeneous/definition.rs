//! What a case of this flow is before it is built.

use super::{Homogeneous, Parameters, plan};
use crate::case::{self, Case, Initial, Precision};
use crate::definition::{Definition, Slowest};
use crate::error::Result;
use crate::flow::Flow;
use crate::parallel::World;
use crate::plan::{Demands, Row};
use crate::time::Stability;
use crate::transform::Truncation;
use std::f64::consts::TAU;
use std::path::Path;
use std::rc::Rc;

impl Definition for case::Homogeneous {
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

    fn demands(&self, case: &Case, ranks: usize) -> Result<Demands> {
        plan::demands(case, self, ranks)
    }

    fn rows(&self, case: &Case, ranks: usize) -> Result<Vec<Row>> {
        plan::rows(case, self, ranks)
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
}
