//! Exact solutions for one Fourier mode `(û, theta) exp(i k(t).x)` in a mean flow `U_i = A_ij x_j`
//! and a frame that turns with Omega (Kelvin modes: Moffatt 1967; Townsend 1976; Hunt & Carruthers
//! 1990). A mode alone solves the nonlinear equations too.
//!
//! ```text
//!     dk_i/dt   = -A_ji k_j
//!     dû_i/dt   = -A_ij û_j - (2 Omega x û)_i + b_i theta - nu k^2 û_i
//!                 + k_i [2 k.A û + k.(2 Omega x û) - k.b theta] / k^2
//!     dtheta/dt = -G_j û_j - D k^2 theta,                        dG_i/dt = -A_ji G_j
//! ```
//!
//! The closed forms are compared with [`Equations::integrate`] in `the_closed_forms_solve_the_equations`.

use num_complex::Complex;

pub type C = Complex<f64>;
pub type Vector = [f64; 3];
pub type Matrix = [[f64; 3]; 3];

pub const ZERO: C = Complex::new(0.0, 0.0);

/// One mode at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    pub k: Vector,
    pub u: [C; 3],
    pub theta: C,
}

pub fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// a.u of a real and a complex vector.
pub fn along(a: Vector, u: [C; 3]) -> C {
    u[0] * a[0] + u[1] * a[1] + u[2] * a[2]
}

pub fn cross(a: Vector, u: [C; 3]) -> [C; 3] {
    [u[2] * a[1] - u[1] * a[2], u[0] * a[2] - u[2] * a[0], u[1] * a[0] - u[0] * a[1]]
}

impl Wave {
    /// Velocity times one factor, scalar times another.
    fn scaled(self, velocity: f64, scalar: f64) -> Self {
        Self { u: self.u.map(|u| u * velocity), theta: self.theta * scalar, ..self }
    }

    /// 1/2 <u_i u_i> of this mode and its conjugate.
    pub fn energy(&self) -> f64 {
        self.u.iter().map(|u| u.norm_sqr()).sum()
    }
}

/// The equations of one mode, coefficients constant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Equations {
    /// A.
    pub gradient: Matrix,
    /// Omega.
    pub rotation: Vector,
    /// nu.
    pub viscosity: f64,
    /// D.
    pub diffusivity: f64,
    /// G at time zero.
    pub scalar_gradient: Vector,
    /// b.
    pub buoyancy: Vector,
}

impl Equations {
    /// By the classical Runge-Kutta scheme in so many steps: independent of the closed forms, and
    /// of the solver's way to treat viscosity and pressure.
    pub fn integrate(&self, wave: Wave, time: f64, steps: usize) -> Wave {
        let dt = time / steps as f64;
        let mut y = [ZERO; 10];
        for i in 0..3 {
            (y[i], y[3 + i], y[6 + i]) = (wave.k[i].into(), wave.u[i], self.scalar_gradient[i].into());
        }
        y[9] = wave.theta;
        for _ in 0..steps {
            let moved = |dy: [C; 10], by: f64| -> [C; 10] { std::array::from_fn(|i| y[i] + dy[i] * by) };
            let a = self.rates(y);
            let b = self.rates(moved(a, 0.5 * dt));
            let c = self.rates(moved(b, 0.5 * dt));
            let d = self.rates(moved(c, dt));
            y = std::array::from_fn(|i| y[i] + (a[i] + (b[i] + c[i]) * 2.0 + d[i]) * (dt / 6.0));
        }
        Wave { k: [y[0].re, y[1].re, y[2].re], u: [y[3], y[4], y[5]], theta: y[9] }
    }

    /// Of k, û, G and theta.
    fn rates(&self, y: [C; 10]) -> [C; 10] {
        let a = &self.gradient;
        let (k, u, g) = ([y[0].re, y[1].re, y[2].re], [y[3], y[4], y[5]], [y[6], y[7], y[8]]);
        let k2 = dot(k, k);
        let production: [C; 3] = std::array::from_fn(|i| along(a[i], u));
        let coriolis = cross(self.rotation, u).map(|c| c * 2.0);
        let buoyancy = self.buoyancy.map(|b| y[9] * b);
        let pressure = (along(k, production) * 2.0 + along(k, coriolis) - along(k, buoyancy)) / k2;
        let turned = |v: [C; 3], i: usize| -(v[0] * a[0][i] + v[1] * a[1][i] + v[2] * a[2][i]);
        let mut rates = [ZERO; 10];
        for i in 0..3 {
            rates[i] = turned([y[0], y[1], y[2]], i);
            rates[3 + i] =
                -production[i] - coriolis[i] + buoyancy[i] - u[i] * (self.viscosity * k2) + pressure * k[i];
            rates[6 + i] = turned(g, i);
        }
        rates[9] = -(g[0] * u[0] + g[1] * u[1] + g[2] * u[2]) - y[9] * (self.diffusivity * k2);
        rates
    }
}

/// `U = (S y, 0, 0)`, and a scalar of gradient `G = (0, g, 0)` that diffuses as the velocity does.
///
/// ```text
///     k_2(t) = k_20 - S t k_1,   k_h^2 = k_1^2 + k_3^2,
///     dQ = k_2/k^2 - k_20/k_0^2,   dT = atan(k_2/k_h) - atan(k_20/k_h),
///     û = û_0 + v̂_0 k_0^2 [-k_1/k_h^2 dQ + k_3^2/(k_1 k_h^3) dT],  v̂ = v̂_0 k_0^2/k^2,
///     ŵ = ŵ_0 - v̂_0 k_0^2 k_3/k_h^2 [dQ + dT/k_h]
///     theta = theta_0 + g v̂_0 k_0^2 dT/(S k_1 k_h)
///     k_1 = 0:  û = û_0 - S t v̂_0,  theta = theta_0 - g t v̂_0
///     int k^2 dt = k_0^2 t - S k_1 k_20 t^2 + S^2 k_1^2 t^3/3
/// ```
pub fn shear(rate: f64, viscosity: f64, scalar: f64, wave: Wave, t: f64) -> Wave {
    let ([k1, k20, k3], [u, v, w]) = (wave.k, wave.u);
    let k = [k1, k20 - rate * t * k1, k3];
    let (q0, q) = (dot(wave.k, wave.k), dot(k, k));
    let (u, theta) = if k1 == 0.0 {
        ([u - v * (rate * t), v, w], wave.theta - v * (scalar * t))
    } else {
        let kh = k1.hypot(k3);
        let dq = k[1] / q - k20 / q0;
        let dt = (k[1] / kh).atan() - (k20 / kh).atan();
        let u = u + v * (q0 * (k3 * k3 * dt / (k1 * kh.powi(3)) - k1 * dq / (kh * kh)));
        let w = w - v * (q0 * k3 / (kh * kh) * (dq + dt / kh));
        ([u, v * (q0 / q), w], wave.theta + v * (scalar * q0 * dt / (rate * k1 * kh)))
    };
    let factor =
        (-viscosity * (q0 * t - rate * k1 * k20 * t * t + (rate * k1).powi(2) * t.powi(3) / 3.0)).exp();
    Wave { k, u, theta }.scaled(factor, factor)
}

/// A symmetric, without scalar. In the axes of A, `F = exp(A t)` is diagonal:
///
/// ```text
///     k = F^-T k_0,   û = (I - k k^T/k^2) F^-T û_0,   int k^2 dt = sum k_i0^2 (1 - exp(-2 a_i t)) / (2 a_i)
/// ```
pub fn strain(gradient: Matrix, viscosity: f64, wave: Wave, t: f64) -> Wave {
    let (rates, axes) = principal_axes(gradient);
    let (mut k, mut u, mut integral) = ([0.0; 3], [ZERO; 3], 0.0);
    for (rate, axis) in rates.into_iter().zip(axes) {
        let stretch = (-rate * t).exp();
        let (ki, ui) = (dot(axis, wave.k), along(axis, wave.u));
        for j in 0..3 {
            k[j] += stretch * ki * axis[j];
            u[j] += ui * (stretch * axis[j]);
        }
        // (1 - exp(-2 a t)) / 2 a, and its limit t.
        integral += ki * ki * if rate == 0.0 { t } else { -(-2.0 * rate * t).exp_m1() / (2.0 * rate) };
    }
    let compression = along(k, u) / dot(k, k);
    let u = std::array::from_fn(|i| u[i] - compression * k[i]);
    Wave { k, u, theta: wave.theta }.scaled((-viscosity * integral).exp(), 1.0)
}

/// Eigenvalues of a symmetric matrix, and the eigenvector of each (Jacobi's method).
pub fn principal_axes(mut a: Matrix) -> (Vector, Matrix) {
    let mut axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for sweep in 0..30 {
        let (p, q) = [(0, 1), (0, 2), (1, 2)][sweep % 3];
        let angle = 0.5 * (2.0 * a[p][q]).atan2(a[p][p] - a[q][q]);
        if a[p][q] == 0.0 {
            continue;
        }
        let (s, c) = angle.sin_cos();
        for row in &mut a {
            (row[p], row[q]) = (c * row[p] + s * row[q], c * row[q] - s * row[p]);
        }
        for j in 0..3 {
            (a[p][j], a[q][j]) = (c * a[p][j] + s * a[q][j], c * a[q][j] - s * a[p][j]);
            (axes[p][j], axes[q][j]) = (c * axes[p][j] + s * axes[q][j], c * axes[q][j] - s * axes[p][j]);
        }
    }
    ([a[0][0], a[1][1], a[2][2]], axes)
}

/// Rotation alone: `û = [cos(sigma t) û_0 - sin(sigma t) k/|k| x û_0] exp(-nu k^2 t)`,
/// `sigma = 2 Omega.k/|k|`.
pub fn rotation(omega: Vector, viscosity: f64, wave: Wave, t: f64) -> Wave {
    let k2 = dot(wave.k, wave.k);
    let (s, c) = (2.0 * dot(omega, wave.k) / k2.sqrt() * t).sin_cos();
    let across = cross(wave.k.map(|k| k / k2.sqrt()), wave.u);
    let u = std::array::from_fn(|i| wave.u[i] * c - across[i] * s);
    Wave { u, ..wave }.scaled((-viscosity * k2 * t).exp(), 1.0)
}

/// Shear in a frame that turns about z, for `k_1 = 0` and `k_3 != 0` (Bradshaw 1969):
///
/// ```text
///     d(û, v̂)/dt = [[0, 2 Omega - S], [-2 Omega k_3^2/k^2, 0]] (û, v̂),    ŵ = -k_2 v̂/k_3
/// ```
pub fn rotating_shear(rate: f64, omega: f64, viscosity: f64, wave: Wave, t: f64) -> Wave {
    let [_, k2, k3] = wave.k;
    let kk = dot(wave.k, wave.k);
    let (upper, lower) = (2.0 * omega - rate, -2.0 * omega * k3 * k3 / kk);
    // exp(M t) = cosh(lambda t) + sinh(lambda t)/lambda M, with lambda imaginary or zero as the case may be.
    let square = upper * lower;
    let lambda = square.abs().sqrt();
    let (even, odd) = match square {
        0.0 => (1.0, t),
        s if s > 0.0 => ((lambda * t).cosh(), (lambda * t).sinh() / lambda),
        _ => ((lambda * t).cos(), (lambda * t).sin() / lambda),
    };
    let (u, v) = (wave.u[0] * even + wave.u[1] * (odd * upper), wave.u[1] * even + wave.u[0] * (odd * lower));
    Wave { u: [u, v, -v * (k2 / k3)], ..wave }.scaled((-viscosity * kk * t).exp(), 1.0)
}

/// Internal waves: a scalar of gradient `G = gamma e` that acts as `b = beta e theta`, diffusing as
/// the velocity does. With `p = e - k (k.e)/k^2`, `s = e.û` and `N^2 = beta gamma |p|^2 > 0`:
///
/// ```text
///     s = s_0 cos(N t) + beta |p|^2/N theta_0 sin(N t),
///     theta = theta_0 cos(N t) - gamma/N s_0 sin(N t),  û = û_0 + p (s - s_0)/|p|^2
/// ```
pub fn internal_wave(e: Vector, gamma: f64, beta: f64, viscosity: f64, wave: Wave, t: f64) -> Wave {
    let k2 = dot(wave.k, wave.k);
    let p: Vector = std::array::from_fn(|i| e[i] - wave.k[i] * dot(wave.k, e) / k2);
    let p2 = dot(p, p);
    let n = (beta * gamma * p2).sqrt();
    let (sin, cos) = (n * t).sin_cos();
    let s0 = along(e, wave.u);
    let s = s0 * cos + wave.theta * (beta * p2 / n * sin);
    let theta = wave.theta * cos - s0 * (gamma / n * sin);
    let u = std::array::from_fn(|i| wave.u[i] + (s - s0) * (p[i] / p2));
    let factor = (-viscosity * k2 * t).exp();
    Wave { u, theta, ..wave }.scaled(factor, factor)
}
