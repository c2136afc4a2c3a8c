//! The averages of a sample, of fluctuations: at points, what has three or more factors; of modes,
//! by Parseval's theorem, what has two.

use super::super::Channel;
use super::super::line::{Operators, copy_in, copy_in_one, copy_out};
use crate::parallel::{ExactSum, World};
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

impl<T: Real> Channel<T> {
    /// Averages of modes that are on the planes: `terms(k_x, k_z, modes)` of the modes of one
    /// wavenumber, of `FIELDS` fields. Collective.
    fn averages_of_modes<const FIELDS: usize, const TERMS: usize>(
        &mut self,
        terms: impl Fn(T, T, [Complex<T>; FIELDS]) -> [T; TERMS],
    ) -> Vec<f64> {
        let Self { pencils, wavenumbers, grid, world, .. } = self;
        let [kx, kz] = wavenumbers.lines();
        let mut sums = vec![ExactSum::default(); TERMS * grid.y.len()];
        pencils.visit_modes(FIELDS, |y, nx, lines: Pieces<'_, T>| {
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
        by_name(sums, TERMS, grid.y.len(), 1.0, world)
    }

    /// [`OF_VELOCITY`]; the pressure is where [`Channel::put_pressure`] put it.
    pub(super) fn averages_of_velocity(&mut self) -> Vec<f64> {
        self.fields_to_planes(|_, velocity, pressure, lines| {
            let [u, v, w, p] = lines;
            let [from_u, from_v, from_w] = velocity;
            for (to, from) in [(u, from_u), (v, from_v), (w, from_w), (p, pressure)] {
                to.copy_from_slice(from);
            }
        });
        self.averages_of_modes::<4, { OF_VELOCITY.len() }>(|kx, kz, [u, v, w, p]| {
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
        })
    }

    /// [`OF_DERIVATIVES`].
    pub(super) fn averages_of_derivatives(&mut self) -> Vec<f64> {
        let [mut line, mut derivative] = [self.operators.line(), self.operators.line()];
        self.fields_to_planes(|operators, velocity, pressure, lines| {
            let [u, v, w, p] = lines;
            p.copy_from_slice(pressure);
            for (to, from) in [u, v, w].into_iter().zip(velocity) {
                copy_in([from; NEIGHBOURS], &mut line);
                operators.differentiate(&line, &mut derivative);
                copy_out(&derivative, 0, to);
            }
        });
        self.averages_of_modes::<4, { OF_DERIVATIVES.len() }>(|_, _, [u, v, w, p]| {
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
        })
    }

    /// [`OF_VORTICITY`].
    pub(super) fn averages_of_vorticity(&mut self) -> Vec<f64> {
        self.vorticity_to_planes();
        self.averages_of_modes::<3, { OF_VORTICITY.len() }>(|kx, kz, [x, _, z]| {
            let mean = |a: Complex<T>| if kx == T::zero() && kz == T::zero() { a.re } else { T::zero() };
            [product(x, x), product(z, z), mean(x), mean(z)]
        })
    }

    /// [`OF_SCALAR`].
    pub(super) fn averages_of_scalar(&mut self, s: usize) -> Vec<f64> {
        let scalar = self.state[2 + s].clone();
        let layout = self.pencils.layout.clone();
        let [mut line, mut derivative] = [self.operators.line(), self.operators.line()];
        let nothing = vec![Complex::default(); self.operators.kept];
        let mut next = 0;
        self.fields_to_planes(|operators, [from_u, from_v, _], _, lines| {
            let [u, v, theta, slope] = lines;
            let modes = &scalar[layout.range(next)];
            let modes = if layout.columns[next].is_mean() { &nothing } else { modes };
            next += 1;
            copy_in([modes; NEIGHBOURS], &mut line);
            operators.differentiate(&line, &mut derivative);
            copy_out(&derivative, 0, slope);
            for (to, from) in [(u, from_u), (v, from_v), (theta, modes)] {
                to.copy_from_slice(from);
            }
        });
        self.averages_of_modes::<4, { OF_SCALAR.len() }>(|kx, kz, [u, v, s, slope]| {
            let k2 = kx * kx + kz * kz;
            let mean = if k2 == T::zero() { s.re } else { T::zero() };
            [mean, product(s, s), product(u, s), product(v, s), k2 * product(s, s), product(slope, slope)]
        })
    }

    /// Four fields to the planes: `fill(operators, velocity, pressure, lines)` makes the
    /// coefficients of a column of them from those of u, v, w and p. The mean velocity is left out
    /// ([`super::means`]).
    fn fields_to_planes(
        &mut self,
        mut fill: impl FnMut(&Operators<T>, [&[Complex<T>]; 3], &[Complex<T>], [&mut [Complex<T>]; 4]),
    ) {
        let Self { pencils, operators, wavenumbers, walls, state, before, velocity, clock, .. } = self;
        let kept = operators.kept;
        let of_field: &[Complex<T>] = cast_slice(&before[0]);
        let of_column = || vec![Complex::default(); kept];
        let (mut of_column, mut made): ([_; 3], [_; 4]) =
            (std::array::from_fn(|_| of_column()), std::array::from_fn(|_| of_column()));
        pencils.inverse(4, |columns, range, mut lines| {
            let [phi, eta] = [0, 1].map(|f: usize| &state[f][range.clone()]);
            velocity.solve(
                operators,
                wavenumbers.of_columns(columns),
                [phi, eta],
                walls.through(columns, clock.time),
            );
            for (c, column) in columns.iter().enumerate() {
                let own = c * kept..(c + 1) * kept;
                let of_column_mut = of_column.each_mut().map(|line| &mut line[..]);
                if column.is_mean() {
                    of_column_mut.into_iter().for_each(|line| line.fill(Complex::default()));
                } else {
                    velocity.copy_out(c, of_column_mut);
                }
                let pressure = &of_field[range.start + own.start..range.start + own.end];
                fill(
                    operators,
                    of_column.each_ref().map(|line| &line[..]),
                    pressure,
                    made.each_mut().map(|line| &mut line[..]),
                );
                made.iter().enumerate().for_each(|(f, made)| copy_in_one(made, c, lines.of(f)));
            }
        });
    }
}
