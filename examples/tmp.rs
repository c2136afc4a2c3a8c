use rogallo::flow::Flow;
use rogallo::homogeneous::*;
use rogallo::parallel::{Method, Session};
use rogallo::time::{RungeKutta, StepSize};
use std::rc::Rc;
fn main() {
    let session = Session::start().unwrap();
    let world = Rc::new(session.world());
    let p = Parameters { size: [std::f64::consts::TAU; 3], grid: [64; 3], viscosity: 1.0 / 1600.0, dealiasing: Dealiasing::TwoThirds,
        scheme: RungeKutta::Rk4, step_size: StepSize::Fixed(0.01), seed: 1, exchange: Method::AllToAll, process_grid: None };
    let mut f = Homogeneous::<f64>::new(world.clone(), p).unwrap();
    f.set(&Initial::TaylorGreen { amplitude: 1.0, planar: false }).unwrap();
    for i in 1..=500 {
        let s = f.advance(1.0).unwrap();
        if i % 100 == 0 { let o = f.observe(); if world.is_root() { println!("{i} {s:?} {o:?}"); } }
    }
}
