//! Skewness and flatness of the velocity.

use super::super::Averaged;
use super::Places;
use crate::figure::palette::CURVES;
use crate::figure::{Dash, Layer};
use crate::report::plot::{Figure, Plot};

/// `<u'^3> / <u'^2>^(3/2)` and `<u'^4> / <u'^2>^2` of the three components, with those of a normal
/// distribution, 0 and 3.
pub fn moments(averaged: &Averaged, places: &Places) -> Figure {
    let plot = |kind: &str, label: &str, normal: f64| {
        let names = ["u", "v", "w"].map(|component| format!("{kind}_{component}"));
        let labels = ["$u$", "$v$", "$w$"];
        let quantities: Vec<_> = (0..3).map(|i| (&*names[i], labels[i], CURVES[i], 1.0)).collect();
        let law = Layer::thin("", Dash::Dashed, vec![(0.0, normal), (places.to, normal)]);
        Plot { laws: vec![law], ..places.plot(label, &averaged.findings.profiles, &quantities) }
    };
    let plots = vec![plot("skewness", "Skewness", 0.0), plot("flatness", "Flatness", 3.0)];
    Figure { name: "moments".to_owned(), plots }
}
