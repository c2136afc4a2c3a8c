//! The invariants of the anisotropy in the Lumley triangle.

use super::super::Run;
use super::super::timescale::Timescale;
use crate::figure::palette::{BLACK, GREY};
use crate::figure::{Axis, Dash, Layer, Mark, Marker};
use crate::report::gallery::RUN;
use crate::report::plot::{Figure, Part, Plot, Points};
use crate::report::rows::significant;

/// Smallest eta that is seen at the size of the figure.
const LEAST: f64 = 2e-3;
/// Points of a side that is a curve.
const POINTS: u32 = 60;

/// The path of the Reynolds stresses in the plane of the invariants of their anisotropy (Pope 2000, section
/// 11.3.2),
///
/// ```text
///     6 eta^2 = b_ij b_ji,    6 xi^3 = b_ij b_jk b_ki,
/// ```
///
/// in which every possible state lies between axisymmetric ones, `eta = |xi|`, and those of two components,
/// `eta = (1/27 + 2 xi^3)^(1/2)`. None without all six components, or where the stresses stay isotropic.
pub fn triangle(of: &Run) -> Option<Figure> {
    let [xx, yy, zz, xy, xz, yz] = of.stresses.components()?;
    let invariants = |i: usize| {
        let b = [[xx[i], xy[i], xz[i]], [xy[i], yy[i], yz[i]], [xz[i], yz[i], zz[i]]];
        invariants(&b)
    };
    let times = &of.history.time;
    let known = |i: &usize| invariants(*i).1.is_finite();
    let samples: Vec<usize> = (0..times.len()).filter(known).collect();
    let path: Points = samples.iter().map(|&i| invariants(i)).collect();
    if path.len() < 2 || path.iter().all(|(_, eta)| *eta < LEAST) {
        return None;
    }
    let scale = Timescale::of(of);
    let symbol = match scale {
        Timescale::Case => "t",
        Timescale::Turnover(_) => "t / T",
        Timescale::Shear { .. } => "S t",
    };
    let end = |at: usize, marker: Marker| {
        let time = significant(scale.at(times[samples[at]]), 3);
        Layer::markers(format!("${symbol} = {time}$"), BLACK, marker, vec![path[at]])
    };
    let marks = vec![end(0, Marker::Circle), end(path.len() - 1, Marker::Square)];
    let part = Part::line("this run", RUN, path).keyed("path");
    let plot = Plot::new(
        Axis::linear("Third invariant  $ξ$").within(-0.2, 0.4),
        Axis::linear("Second invariant  $η$").within(0.0, 0.35),
        vec![part],
    );
    Some(Figure::of("lumley", Plot { laws: sides(), marks, ..plot }))
}

/// (xi, eta) of an anisotropy.
fn invariants(b: &[[f64; 3]; 3]) -> (f64, f64) {
    let mut square = [[0.0; 3]; 3];
    for (i, row) in square.iter_mut().enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            *value = (0..3).map(|l| b[i][l] * b[l][j]).sum();
        }
    }
    let trace = |of: &dyn Fn(usize, usize) -> f64| (0..9).map(|n| of(n / 3, n % 3)).sum::<f64>();
    let second = trace(&|i, j| b[i][j] * b[j][i]);
    let third = trace(&|i, j| square[i][j] * b[j][i]);
    ((third / 6.0).cbrt(), (second / 6.0).sqrt())
}

/// The sides of the triangle, and the names of its corners.
fn sides() -> Vec<Layer> {
    let (expansion, one) = (-1.0 / 6.0, 1.0 / 3.0);
    let straight = vec![(expansion, 1.0 / 6.0), (0.0, 0.0), (one, one)];
    let side = |n: u32| expansion + (one - expansion) * f64::from(n) / f64::from(POINTS);
    let curve = (0..=POINTS).map(side).map(|xi: f64| (xi, (1.0 / 27.0 + 2.0 * xi.powi(3)).max(0.0).sqrt()));
    let word = |text: &str, at: (f64, f64)| Layer {
        label: String::new(),
        colour: GREY,
        mark: Mark::Word(text.to_owned()),
        points: vec![at],
    };
    vec![
        Layer::thin("", Dash::Solid, straight),
        Layer::thin("", Dash::Solid, curve.collect()),
        word("isotropic", (0.03, 0.012)),
        word("one component", (0.19, 0.325)),
        word("two equal components", (-0.195, 0.205)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagonal(xx: f64, yy: f64, zz: f64) -> (f64, f64) {
        invariants(&[[xx, 0.0, 0.0], [0.0, yy, 0.0], [0.0, 0.0, zz]])
    }

    #[test]
    fn limiting_states_lie_at_the_corners_in_any_axes() {
        let third = 1.0 / 3.0;
        let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12;
        assert!(near(diagonal(2.0 * third, -third, -third), (third, third)));
        assert!(near(diagonal(third / 2.0, third / 2.0, -third), (-1.0 / 6.0, 1.0 / 6.0)));
        // Two components of the shares s and 1 - s lie on the curve.
        let (xi, eta) = diagonal(0.8 - third, 0.2 - third, -third);
        assert!((eta * eta - (1.0 / 27.0 + 2.0 * xi.powi(3))).abs() < 1e-12);
        // One component along (1, 1, 0).
        let turned = invariants(&[[0.5 - third, 0.5, 0.0], [0.5, 0.5 - third, 0.0], [0.0, 0.0, -third]]);
        assert!(near(turned, (third, third)), "{turned:?}");
    }
}
