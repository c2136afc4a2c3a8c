//! The definition of this flow for a case before it is built.

use super::{Channel, Parameters, plan};
use crate::case::{self, Case, ChannelInitial, Precision, Sampling};
use crate::definition::{Definition, Slowest};
use crate::error::Result;
use crate::flow::Flow;
use crate::parallel::World;
use crate::plan::{Demands, Row};
use crate::time::{SPALART_MOSER_ROGERS, Stability};
use crate::transform::Truncation;
use std::f64::consts::{FRAC_PI_2, TAU};
use std::path::Path;
use std::rc::Rc;

impl Definition for case::Channel {
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

    fn demands(&self, case: &Case, ranks: usize) -> Result<Demands> {
        plan::demands(case, self, ranks)
    }

    fn rows(&self, case: &Case, ranks: usize) -> Result<Vec<Row>> {
        plan::rows(case, self, ranks)
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
}
