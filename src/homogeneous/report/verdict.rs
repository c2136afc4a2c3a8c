//! What the numbers of the table mean, in words, and what to try next.

use std::path::Path;

use super::balance::Closure;
use super::reference::References;
use crate::case::is_fast;
use crate::homogeneous::plan::{COARSE, FINE};
use crate::report::rows::{Row, number, significant};

/// Residual of the balance of energy, as part of the energy dissipated, that is no worse than other errors.
const CLOSED: f64 = 1e-3;
/// Points per direction beyond which no grid is proposed.
const LARGEST: usize = 1 << 20;

/// What the smallest k_max eta resolves on this grid, and the grid that would resolve more.
pub fn resolution(least: f64, grid: Option<[usize; 3]>) -> String {
    let found = number(significant(least, 2));
    let finer = |wanted: f64| {
        let points = grid
            .map(|grid| grid.map(|points| (points as f64 * wanted / least).ceil() as usize))
            .filter(|points| points.iter().all(|points| *points <= LARGEST));
        let next = |points: usize| (points..).find(|n| n % 2 == 0 && is_fast(*n, 0)).unwrap_or(points);
        match points.map(|points| points.map(next)) {
            Some([x, y, z]) if x == y && y == z => format!("{x}^3 would"),
            Some([x, y, z]) => format!("{x} x {y} x {z} would"),
            None => format!("{} times as many points in each direction would", number(wanted / least)),
        }
    };
    match least {
        least if least >= FINE => format!("k_max eta >= {FINE}: dissipation and derivatives are resolved"),
        least if least >= COARSE => {
            format!("k_max eta = {found}: dissipation is resolved, derivatives are not; {}", finer(FINE))
        }
        least if least > 0.0 => {
            format!("k_max eta = {found}: the dissipation is not resolved; {}", finer(COARSE))
        }
        _ => "k_max eta = 0: nothing is resolved".to_owned(),
    }
}

/// What the residual of the energy means.
pub fn balance(closure: &Closure) -> String {
    let what = "it is what the energy changed beyond the time integral of its terms";
    let verdict = match closure.worst {
        worst if worst <= CLOSED => "closed",
        _ if closure.is_of_the_samples() => "the samples are too far apart to tell",
        _ => "more than the samples explain: try a smaller time.cfl",
    };
    format!("{what}: {verdict}")
}

/// What to look at and to try next.
pub fn next(references: &References, figures: &Path) -> Option<Row> {
    let first = figures.join("dissipation.svg");
    let compare = "compare with published data by `rogallo stats DIR --reference NAME|FILE`";
    references.is_empty().then(|| ("next", format!("look at {}; {compare}", first.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarse_grid_is_told_with_the_one_that_would_do() {
        let cube = Some([64, 64, 64]);
        for (least, grid, text) in [
            (0.24, cube, "k_max eta = 0.24: the dissipation is not resolved; 270^3 would"),
            (1.2, cube, "k_max eta = 1.2: dissipation is resolved, derivatives are not; 80^3 would"),
            (1.51, cube, "k_max eta >= 1.5: dissipation and derivatives are resolved"),
            (
                0.5,
                Some([64, 32, 30]),
                "k_max eta = 0.5: the dissipation is not resolved; 128 x 64 x 60 would",
            ),
            (
                0.5,
                None,
                "k_max eta = 0.5: the dissipation is not resolved; 2 times as many points in each direction \
                 would",
            ),
        ] {
            assert_eq!(resolution(least, grid), text);
        }
        assert!(resolution(0.0, cube).contains("nothing"));
    }
}
