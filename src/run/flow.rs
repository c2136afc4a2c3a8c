//! Construction of the flow of a case: one line per flow.

use crate::case::{Case, FlowKind, Precision};
use crate::channel::{self, Channel};
use crate::error::Result;
use crate::flow::Flow;
use crate::homogeneous::{self, Homogeneous};
use crate::parallel::World;
use crate::transform::{Real, Truncation};
use std::rc::Rc;

/// The modes of a case.
pub fn truncation(case: &Case) -> Truncation {
    match &case.flow {
        FlowKind::Homogeneous(flow) => homogeneous::Parameters::new(case, flow).truncation(),
        FlowKind::Channel(flow) => channel::Parameters::new(case, flow).truncation(),
    }
}

/// The flow of a case, at time zero; collective.
pub fn from_case(world: &Rc<World>, case: &Case) -> Result<Box<dyn Flow>> {
    match case.numerics.precision {
        Precision::Double => with_precision::<f64>(world, case),
        Precision::Single => with_precision::<f32>(world, case),
    }
}

fn with_precision<T: Real>(world: &Rc<World>, case: &Case) -> Result<Box<dyn Flow>> {
    match &case.flow {
        FlowKind::Homogeneous(flow) => {
            Ok(Box::new(Homogeneous::<T>::new(Rc::clone(world), homogeneous::Parameters::new(case, flow))?))
        }
        FlowKind::Channel(flow) => {
            Ok(Box::new(Channel::<T>::new(Rc::clone(world), channel::Parameters::new(case, flow))?))
        }
    }
}
