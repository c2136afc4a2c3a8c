//! The check that a mean state can be steady: a mean pressure must balance the mean flow, the rotation
//! and the buoyancy of the mean scalars.
//!
//! With `U_i = A_ij x_j` and `Theta = G_j x_j` the mean momentum balance is
//!
//! ```text
//!     dA_ij/dt + M_ij = -d2P/dx_i dx_j,    M_ij = A_il A_lj + 2 eps_ilm Omega_l A_mj - sum_s b_i G_j
//! ```
//!
//! Its right-hand side is symmetric; with dA/dt = 0, M must be symmetric at all times: `dG/dt = -A^T
//! G` must not turn G out of this balance.

use super::mean::{ROUND_OFF, largest};
use super::{Gradient, Mean, Scalar};
use crate::case::keys::Keys;

/// Refuses a mean flow or mean scalars that no mean pressure can balance at one of the factors of the
/// schedule.
pub fn check(keys: &mut Keys, mean: &Mean, scalars: &[Scalar]) {
    let buoyant: Vec<&Scalar> =
        scalars.iter().filter(|scalar| scalar.buoyancy != [0.0; 3] && scalar.gradient != [0.0; 3]).collect();
    let scaled = |factor: f64| mean.gradient.matrix().map(|row| row.map(|a| factor * a));
    let unbalanced =
        mean.schedule.iter().find(|(_, factor)| !is_balanced(scaled(*factor), mean.rotation, &buoyant));
    let Some(scalar) = buoyant.first() else {
        if let Some((_, factor)) = unbalanced {
            refuse_flow(keys, mean, *factor);
        }
        return;
    };
    if let Some((_, factor)) = unbalanced {
        let message = format!(
            "this mean state cannot be steady{}: no mean pressure balances the buoyancy of the mean scalar",
            at(*factor)
        );
        let help = match (mean.gradient, mean.rotation) {
            (Gradient::None, _) => "without a mean flow the gradient must be along the buoyancy",
            _ => {
                "A A + 2 Omega x A - buoyancy_i gradient_j must be symmetric for the gradient A of the mean \
                 flow (thermal wind)"
            }
        };
        refuse_scalar(keys, &scalar.name, &message, help);
    } else if mean.schedule.iter().any(|(_, factor)| *factor > 0.0)
        && !stays_balanced(mean.gradient.matrix(), &buoyant)
    {
        let message = "this mean state cannot stay steady: the mean flow turns the gradient, and no mean \
            pressure balances the buoyancy of \
                       the mean scalar then";
        let help = "the gradient G changes by dG_j/dt = -A_ij G_i; only what it gains along the buoyancy can \
            be balanced";
        refuse_scalar(keys, &scalar.name, message, help);
    }
}

fn at(factor: f64) -> String {
    if factor == 1.0 { String::new() } else { format!(" at the factor {factor} of its schedule") }
}

fn refuse_scalar(keys: &mut Keys, name: &str, message: &str, help: &str) {
    keys.problem(&["scalar", name, "gradient"], message, help);
}

fn refuse_flow(keys: &mut Keys, mean: &Mean, factor: f64) {
    let message = format!("this mean flow cannot be steady{}: no mean pressure balances it", at(factor));
    if mean.rotation == [0.0; 3] {
        let help = "A A must be symmetric for the gradient A: A times the mean vorticity must be 0";
        keys.problem(&["mean", "gradient"], &message, help);
    } else {
        let help = "A A + 2 Omega x A must be symmetric for the gradient A: shear takes Omega in the plane \
            of x and z, plane strain along z, axisymmetric strain none";
        keys.problem(&["mean", "rotation"], &message, help);
    }
}

/// Returns whether M is symmetric with the mean scalar gradients at time zero.
fn is_balanced(a: [[f64; 3]; 3], omega: [f64; 3], buoyant: &[&Scalar]) -> bool {
    let m = |i: usize, j: usize| {
        let (next, last) = ((i + 1) % 3, (i + 2) % 3);
        let convection: f64 = (0..3).map(|l| a[i][l] * a[l][j]).sum();
        convection + 2.0 * (omega[next] * a[last][j] - omega[last] * a[next][j])
    };
    let (turning, of_scalars) =
        baroclinicity(buoyant.iter().map(|scalar| (scalar.buoyancy, scalar.gradient)));
    // The terms may cancel: the scale is their size, not that of their sum.
    let scale = largest(a.as_flattened()) * (largest(a.as_flattened()) + 2.0 * largest(&omega)) + of_scalars;
    (0..3).all(|i| {
        let j = (i + 1) % 3;
        (m(i, j) - m(j, i) - turning[i]).abs() <= ROUND_OFF * scale
    })
}

/// Returns whether `sum_s (b_i G_j - b_j G_i)` is constant while `G(theta) = exp(-theta A^T) G`. Its
/// derivatives contain `(A^T)^n G`; all vanish if the first three do, since A satisfies its own
/// characteristic equation.
fn stays_balanced(a: [[f64; 3]; 3], buoyant: &[&Scalar]) -> bool {
    let transported = |g: [f64; 3]| std::array::from_fn(|j| (0..3).map(|i| a[i][j] * g[i]).sum());
    let mut gradients: Vec<[f64; 3]> = buoyant.iter().map(|scalar| scalar.gradient).collect();
    let (_, mut scale) = baroclinicity(buoyant.iter().map(|scalar| (scalar.buoyancy, scalar.gradient)));
    (0..3).all(|_| {
        gradients.iter_mut().for_each(|g| *g = transported(*g));
        scale *= largest(a.as_flattened());
        let (turning, _) =
            baroclinicity(buoyant.iter().map(|scalar| scalar.buoyancy).zip(gradients.iter().copied()));
        largest(&turning) <= ROUND_OFF * scale
    })
}

/// `sum_s (b_i G_j - b_j G_i)` for (i, j) = (x, y), (y, z), (z, x), and the size of its terms.
fn baroclinicity(scalars: impl Iterator<Item = ([f64; 3], [f64; 3])>) -> ([f64; 3], f64) {
    scalars.fold(([0.0; 3], 0.0), |(sum, scale), (b, g)| {
        let turning = |i: usize| {
            let j = (i + 1) % 3;
            sum[i] + b[i] * g[j] - b[j] * g[i]
        };
        (std::array::from_fn(turning), scale + largest(&b) * largest(&g))
    })
}
