//! The averages of a sample, of fluctuations: at points, what has three or more factors; of modes,
//! by Parseval's theorem, what has two.

use super::super::Channel;
use super::super::kinematics::{Kinematics, OnPlanes};
use super::super::line::{copy_in, copy_out};
use super::super::wavenumbers::Wavenumbers;
use crate::parallel::{ExactSum, World};
use crate::statistics::Weight;
use crate::transform::{MOST_ABREAST, NEIGHBOURS, Pieces, Real, vectorised};
use bytemuck::cast_slice;
use num_complex::Complex;

/// Of the velocity at points. The cubes are free of aliasing, the fourth powers are not quite.
pub const AT_POINTS: [&str; 13] =
    ["u", "v", "w", "uuu", "uuv", "uvv", "vvv", "vww", "uww", "www", "uuuu", "vvvv", "wwww"];

/// Of u, v, w and p. `e_uv` is the part of `<du_i/dx_k du_j/dx_k>` with k = x and z, `p_ux` is
/// `<p du/dx>`; `oy` is the vorticity.
pub const OF_VELOCITY: [&str; 25] = [
    "uu", "vv", "ww", "uv", "uw", "vw", "p", "pp", "pu", "pv", "pw", "e_uu", "e_vv", "e_ww", "e_uv", "e_uw",
    "e_vw", "p_ux", "p_vx", "p_wx", "p_uz", "p_vz", "p_wz", "oyoy", "oy",
];

/// Of du/dy, dv/dy, dw/dy and p: the part of `<du_i/dx_k du_j/dx_k>` with k = y, and `<p du_i/dy>`.
pub const OF_DERIVATIVES: [&str; 9] =
    ["d_uu", "d_vv", "d_ww", "d_uv", "d_uw", "d_vw", "p_uy", "p_vy", "p_wy"];

/// Of the vorticity in x and z.
pub const OF_VORTICITY: [&str; 4] = ["oxox", "ozoz", "ox", "oz"];

/// Of a scalar s: mean, variance, fluxes, and the two parts of `<ds/dx_k ds/dx_k>`.
pub const OF_SCALAR: [&str; 6] = ["s", "ss", "us", "vs", "e_ss", "d_ss"];

/// Adds what is averaged at the points of a group of lines of the velocity without the `mean` of u
/// and w, line by line ([`crate::convection::add_by_line`]).
pub fn add_at_points<T: Real>([u, v, w]: [&[T]; 3], [mean_u, mean_w]: [f64; 2], sums: &mut [ExactSum]) {
    let mut of_lines = [[0.0; MOST_ABREAST]; AT_POINTS.len()];
    // Missing lines are zeros, and must not become `-mean`.
    let mut there = [false; MOST_ABREAST];
    vectorised(
        #[inline(always)]
        || {
            for ((u, v), w) in
                u.chunks_exact(T::ABREAST).zip(v.chunks_exact(T::ABREAST)).zip(w.chunks_exact(T::ABREAST))
            {
                for (line, ((u, v), w)) in u.iter().zip(v).zip(w).enumerate() {
                    there[line] |= *u != T::zero() || *v != T::zero() || *w != T::zero();
                    let (u, v, w) = (u.wide() - mean_u, v.wide(), w.wide() - mean_w);
                    let (uu, vv, ww) = (u * u, v * v, w * w);
                    let terms = [
                        u,
                        v,
                        w,
                        uu * u,
                        uu * v,
                        u * vv,
                        vv * v,
                        v * ww,
                        u * ww,
                        ww * w,
                        uu * uu,
                        vv * vv,
                        ww * ww,
                    ];
                    of_lines.iter_mut().zip(terms).for_each(|(sums, term)| sums[line] += term);
                }
            }
        },
    );
    for (sum, of_lines) in sums.iter_mut().zip(of_lines) {
        of_lines[..T::ABREAST]
            .iter()
            .zip(there)
            .filter(|(_, there)| *there)
            .for_each(|(term, _)| sum.add(*term));
    }
}

/// Sums `[y][name]` to averages `[name][y]` over all ranks. Collective.
pub fn by_name(mut sums: Vec<ExactSum>, names: usize, points: usize, number: f64, world: &World) -> Vec<f64> {
    let totals = ExactSum::totals(&mut sums, world);
    (0..names)
        .flat_map(|name| (0..points).map(move |y| (name, y)))
        .map(|(name, y)| totals[y * names + name] / number)
        .collect()
}

/// Re a b*.
#[inline(always)]
pub fn product<T: Real>(a: Complex<T>, b: Complex<T>) -> T {
    a.re * b.re + a.im * b.im
}

/// Averages of modes that are on the planes: `terms(k_x, k_z, modes)` of the modes of one
/// wavenumber, of `FIELDS` fields. Collective.
fn averages_of_modes<T: Real, const FIELDS: usize, const TERMS: usize>(
    on_planes: &mut OnPlanes<'_, T>,
    wavenumbers: &Wavenumbers<T>,
    points: usize,
    world: &World,
    terms: impl Fn(T, T, [Complex<T>; FIELDS]) -> [T; TERMS],
) -> Vec<f64> {
    let [kx, kz] = wavenumbers.lines();
    let mut sums = vec![ExactSum::default(); TERMS * points];
    on_planes.visit_modes(|y, nx, lines: Pieces<'_, T>| {
        let lines: [&[Complex<T>]; FIELDS] = lines.from(0);
        // The modes of -n_x are the conjugates of those of n_x.
        let weight = if nx == 0 { 1.0 } else { 2.0 };
        let mut of_line = [0.0; TERMS];
        for (n, kz) in kz.iter().enumerate() {
            let of_mode = terms(kx[nx], *kz, std::array::from_fn(|f| lines[f][n]));
            of_line.iter_mut().zip(of_mode).for_each(|(sum, term)| *sum += term.wide());
        }
        sums[y * TERMS..][..TERMS].iter_mut().zip(of_line).for_each(|(sum, term)| sum.add(weight * term));
    });
    by_name(sums, TERMS, points, 1.0, world)
}

impl<T: Real> Channel<T> {
    /// [`OF_VELOCITY`], and adds the spectra of the velocity; the pressure is where
    /// [`Channel::put_pressure`] put it.
    pub(super) fn averages_of_velocity(&mut self, weight: &Weight) -> Vec<f64> {
        let Self {
            world,
            pencils,
            operators,
            grid,
            wavenumbers,
            walls,
            state,
            previous,
            velocity,
            statistics,
            clock,
            ..
        } = self;
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let pressure: &[Complex<T>] = cast_slice(&previous[0]);
        let mut on_planes = kinematics.fluctuations_to_planes(pencils, |_, range, velocity, fields| {
            let [u, v, w, p] = fields;
            let [from_u, from_v, from_w] = velocity;
            for (to, from) in [(u, from_u), (v, from_v), (w, from_w), (p, &pressure[range])] {
                to.copy_from_slice(from);
            }
        });
        statistics.spectra.add_velocity(&mut on_planes, weight);
        let terms = |kx: T, kz: T, [u, v, w, p]: [Complex<T>; 4]| -> [T; OF_VELOCITY.len()] {
            let k2 = kx * kx + kz * kz;
            let (uu, vv, ww) = (product(u, u), product(v, v), product(w, w));
            let (uv, uw, vw) = (product(u, v), product(u, w), product(v, w));
            let i = |a: Complex<T>| Complex::new(-a.im, a.re);
            let along = |a: Complex<T>| product(p, i(a));
            let (pu, pv, pw) = (along(u), along(v), along(w));
            let oy = i(u.scale(kz) - w.scale(kx));
            let mean = |a: Complex<T>| if k2 == T::zero() { a.re } else { T::zero() };
            [
                uu,
                vv,
                ww,
                uv,
                uw,
                vw,
                mean(p),
                product(p, p),
                product(p, u),
                product(p, v),
                product(p, w),
                k2 * uu,
                k2 * vv,
                k2 * ww,
                k2 * uv,
                k2 * uw,
                k2 * vw,
                kx * pu,
                kx * pv,
                kx * pw,
                kz * pu,
                kz * pv,
                kz * pw,
                product(oy, oy),
                mean(oy),
            ]
        };
        averages_of_modes(&mut on_planes, wavenumbers, grid.y.len(), world, terms)
    }

    /// [`OF_DERIVATIVES`].
    pub(super) fn averages_of_derivatives(&mut self) -> Vec<f64> {
        let Self {
            world,
            pencils,
            operators,
            grid,
            wavenumbers,
            walls,
            state,
            previous,
            velocity,
            clock,
            ..
        } = self;
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let pressure: &[Complex<T>] = cast_slice(&previous[0]);
        let [mut line, mut derivative] = [operators.line(), operators.line()];
        let mut on_planes = kinematics.fluctuations_to_planes(pencils, |_, range, velocity, fields| {
            let [u, v, w, p] = fields;
            p.copy_from_slice(&pressure[range]);
            for (to, from) in [u, v, w].into_iter().zip(velocity) {
                copy_in([from; NEIGHBOURS], &mut line);
                operators.differentiate(&line, &mut derivative);
                copy_out(&derivative, 0, to);
            }
        });
        let terms = |_, _, [u, v, w, p]: [Complex<T>; 4]| -> [T; OF_DERIVATIVES.len()] {
            [
                product(u, u),
                product(v, v),
                product(w, w),
                product(u, v),
                product(u, w),
                product(v, w),
                product(p, u),
                product(p, v),
                product(p, w),
            ]
        };
        averages_of_modes(&mut on_planes, wavenumbers, grid.y.len(), world, terms)
    }

    /// [`OF_VORTICITY`].
    pub(super) fn averages_of_vorticity(&mut self) -> Vec<f64> {
        let Self { world, pencils, operators, grid, wavenumbers, walls, state, velocity, clock, .. } = self;
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let mut on_planes = kinematics.vorticity_to_planes(pencils);
        let terms = |kx: T, kz: T, [x, _, z]: [Complex<T>; 3]| -> [T; OF_VORTICITY.len()] {
            let mean = |a: Complex<T>| if kx == T::zero() && kz == T::zero() { a.re } else { T::zero() };
            [product(x, x), product(z, z), mean(x), mean(z)]
        };
        averages_of_modes(&mut on_planes, wavenumbers, grid.y.len(), world, terms)
    }

    /// [`OF_SCALAR`], and adds the spectra of the scalar.
    pub(super) fn averages_of_scalar(&mut self, s: usize, weight: &Weight) -> Vec<f64> {
        let Self {
            world,
            pencils,
            operators,
            grid,
            wavenumbers,
            walls,
            state,
            velocity,
            statistics,
            clock,
            ..
        } = self;
        let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: clock.time };
        let scalar = &state[2 + s];
        let [mut line, mut derivative] = [operators.line(), operators.line()];
        let mut on_planes = kinematics.fluctuations_to_planes(pencils, |column, range, velocity, fields| {
            let [u, v, theta, slope] = fields;
            let [from_u, from_v, _] = velocity;
            u.copy_from_slice(from_u);
            v.copy_from_slice(from_v);
            if column.is_mean() {
                theta.fill(Complex::default());
            } else {
                theta.copy_from_slice(&scalar[range]);
            }
            copy_in([&*theta; NEIGHBOURS], &mut line);
            operators.differentiate(&line, &mut derivative);
            copy_out(&derivative, 0, slope);
        });
        statistics.spectra.add_scalar(s, &mut on_planes, weight);
        let terms = |kx: T, kz: T, [u, v, s, slope]: [Complex<T>; 4]| -> [T; OF_SCALAR.len()] {
            let k2 = kx * kx + kz * kz;
            let mean = if k2 == T::zero() { s.re } else { T::zero() };
            [mean, product(s, s), product(u, s), product(v, s), k2 * product(s, s), product(slope, slope)]
        };
        averages_of_modes(&mut on_planes, wavenumbers, grid.y.len(), world, terms)
    }
}
