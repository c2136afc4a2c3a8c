//! Convection at points, the same in all flows: the products of the velocity components and of the
//! scalars, and the Courant number.
//!
//! A multiple of delta_ij in u_i u_j is absorbed by the pressure, so that five products are enough
//! (Basdevant, J. Comput. Phys. 50 (1983) 209). `v^2` is taken off, since y is transformed last:
//!
//! ```text
//!     a = u^2 - v^2, b = uv, c = w^2 - v^2, d = vw, e = uw
//! ```

use crate::parallel::ExactSum;
use crate::transform::{LANES, Real, parts, vectorised};
use num_complex::Complex;

/// The products at points: `u, v, w` and the scalars in lines of this length give way to
/// `a, b, c, d, e` and to three products a scalar.
pub fn products<T: Real>(lines: &mut [T], length: usize, scalars: usize) {
    // From the last scalar down, so that none is overwritten before its turn.
    for s in (0..scalars).rev() {
        let (fields, fluxes) = lines.split_at_mut((5 + 3 * s) * length);
        let ([u, v, w], theta) =
            (std::array::from_fn(|i| &fields[i * length..][..length]), &fields[(3 + s) * length..][..length]);
        fluxes_of(parts(fluxes, length, length), [u, v, w], theta);
    }
    velocity_products(parts(lines, length, length));
}

fn velocity_products<T: Real>([a, b, c, d, e]: [&mut [T]; 5]) {
    vectorised(
        #[inline(always)]
        || {
            let n = a.len();
            let (b, c, d, e) = (&mut b[..n], &mut c[..n], &mut d[..n], &mut e[..n]);
            for j in 0..n {
                let (u, v, w) = (a[j], b[j], c[j]);
                let vv = v * v;
                a[j] = u * u - vv;
                b[j] = u * v;
                c[j] = w * w - vv;
                d[j] = v * w;
                e[j] = u * w;
            }
        },
    );
}

fn fluxes_of<T: Real>(fluxes: [&mut [T]; 3], velocity: [&[T]; 3], theta: &[T]) {
    vectorised(
        #[inline(always)]
        || {
            for (flux, u) in fluxes.into_iter().zip(velocity) {
                flux.iter_mut().zip(u).zip(theta).for_each(|((flux, u), theta)| *flux = *u * *theta);
            }
        },
    );
}

/// Adds `weight` times the sum of `term` over the points of some groups of lines to a total, line
/// by line: which lines make a group differs with the number of ranks.
pub fn add_by_line<T: Real>(groups: &[&[T]], term: impl Fn(f64) -> f64, weight: f64, total: &mut ExactSum) {
    for first in (0..T::ABREAST).step_by(LANES) {
        let sums = vectorised(
            #[inline(always)]
            || {
                let mut sums = [0.0; LANES];
                for group in groups {
                    for points in group.chunks_exact(T::ABREAST) {
                        for (sum, point) in sums.iter_mut().zip(&points[first..first + LANES]) {
                            *sum += term(point.wide());
                        }
                    }
                }
                sums
            },
        );
        sums.iter().for_each(|sum| total.add(weight * sum));
    }
}

/// `max(sum_j |B_ji u_i| / dxi_j)` over the points of some lines: cells of the moving grid a time.
/// `cells` is `B_ji / dxi_j`.
pub fn courant_rate<T: Real>([u, v, w]: [&[T]; 3], cells: &[[T; 3]; 3]) -> T {
    let larger = |a: T, b: T| if a > b { a } else { b };
    let upright = (0..3).all(|i| (0..3).all(|j| i == j || cells[i][j] == T::zero()));
    let [x, y, z] = [cells[0][0], cells[1][1], cells[2][2]];
    let rate_upright = |u: T, v: T, w: T| u.abs() * x + v.abs() * y + w.abs() * z;
    let across = |row: &[T; 3], u: T, v: T, w: T| (row[0] * u + row[1] * v + row[2] * w).abs();
    let rate = |u: T, v: T, w: T| {
        across(&cells[0], u, v, w) + across(&cells[1], u, v, w) + across(&cells[2], u, v, w)
    };
    vectorised(
        #[inline(always)]
        || {
            // Several running maxima, so that they do not wait for each other; a maximum is the
            // same in any order.
            let mut largest = [T::zero(); LANES];
            for ((u, v), w) in u.chunks(LANES).zip(v.chunks(LANES)).zip(w.chunks(LANES)) {
                let points = u.iter().zip(v).zip(w).zip(&mut largest);
                if upright {
                    points.for_each(|(((u, v), w), largest)| {
                        *largest = larger(*largest, rate_upright(*u, *v, *w))
                    });
                } else {
                    points.for_each(|(((u, v), w), largest)| *largest = larger(*largest, rate(*u, *v, *w)));
                }
            }
            largest.into_iter().fold(T::zero(), larger)
        },
    )
}

/// The largest |theta| of these.
pub fn largest_magnitude<T: Real>(values: &[T]) -> T {
    let larger = |a: T, b: T| if a > b { a } else { b };
    vectorised(
        #[inline(always)]
        || {
            let mut largest = [T::zero(); LANES];
            for values in values.chunks(LANES) {
                values
                    .iter()
                    .zip(&mut largest)
                    .for_each(|(value, largest)| *largest = larger(*largest, value.abs()));
            }
            largest.into_iter().fold(T::zero(), larger)
        },
    )
}

/// -i z.
#[inline(always)]
pub fn times_minus_i<T: Real>(z: Complex<T>) -> Complex<T> {
    Complex::new(z.im, -z.re)
}
