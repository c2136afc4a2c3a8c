//! Explicit Runge-Kutta schemes with an integrating factor, in registers.
//!
//! `du/dt = N(u, t) - nu k(t)^2 u` is integrated for `u exp(nu int k^2 dt)`, so that the viscous
//! term is exact. Each stage turns the registers X = (u, r, ..) into
//!
//! ```text
//!     X <- F (M X + dt b N(u)),
//!     F = exp(-nu int k^2 dt) from the time of this stage to that of the next
//! ```

/// One stage: `M`, `b`, and the times of this stage and of the next one, in steps from the beginning of
/// the step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    pub mix: [[f64; RungeKutta::REGISTERS]; RungeKutta::REGISTERS],
    pub add: [f64; RungeKutta::REGISTERS],
    pub from: f64,
    pub to: f64,
}

/// The schemes that a case may name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RungeKutta {
    Rk2,
    #[default]
    Rk3,
    Rk4,
}

impl RungeKutta {
    /// Largest number of registers of any scheme; unused registers have zero rows and columns.
    pub const REGISTERS: usize = 3;

    /// Number of registers of this scheme, including u.
    pub fn registers(self) -> usize {
        match self {
            Self::Rk2 | Self::Rk3 => 2,
            Self::Rk4 => 3,
        }
    }

    /// The largest `omega dt` for which `du/dt = i omega u` does not grow: `3^(1/2)` for the scheme of
    /// third order and `8^(1/2)` for that of fourth. None for Heun's scheme, with which it grows at any
    /// step, by `(omega dt)^4 / 8` per step.
    pub fn imaginary_limit(self) -> Option<f64> {
        match self {
            Self::Rk2 => None,
            Self::Rk3 => Some(3.0_f64.sqrt()),
            Self::Rk4 => Some(8.0_f64.sqrt()),
        }
    }

    /// The `c dt` for which a step of `du/dt = c u` multiplies u by `factor` >= 1: the root of
    /// `sum_(j <= p) z^j / j! = factor`, where p is the order.
    pub fn exponent_of(self, factor: f64) -> f64 {
        let order = self.stages().len();
        let factorial: f64 = (1..=order).map(|j| j as f64).product();
        // The sum and its slope are convex: from above, Newton's method comes down to the root.
        let mut z = (factorial * factor).powf(1.0 / order as f64);
        loop {
            let slope = (1..order).rev().fold(1.0, |sum, j| 1.0 + sum * z / j as f64);
            let value = (1..=order).rev().fold(1.0, |sum, j| 1.0 + sum * z / j as f64);
            let next = z - (value - factor) / slope;
            if next > 0.0 && next < z {
                z = next;
            } else {
                return z;
            }
        }
    }

    pub fn stages(self) -> &'static [Stage] {
        match self {
            Self::Rk2 => &HEUN,
            Self::Rk3 => &WRAY,
            Self::Rk4 => &CLASSICAL,
        }
    }
}

const fn stage(mix: [[f64; 3]; 3], add: [f64; 3], from: f64, to: f64) -> Stage {
    Stage { mix, add, from, to }
}

/// Rogallo's (1981) second-order scheme, Heun's: the predictor in u, the corrector prepared in r.
const HEUN: [Stage; 2] = [
    stage([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0; 3]], [1.0, 0.5, 0.0], 0.0, 1.0),
    stage([[0.0, 1.0, 0.0], [0.0; 3], [0.0; 3]], [0.5, 0.0, 0.0], 1.0, 1.0),
];

/// Wray's third-order low-storage scheme (Spalart, Moser & Rogers 1991): gamma = 8/15, 5/12, 3/4;
/// zeta = 0, -17/60, -5/12; r holds dt N of the stage before.
const WRAY: [Stage; 3] = [
    stage([[1.0, 0.0, 0.0], [0.0; 3], [0.0; 3]], [8.0 / 15.0, 1.0, 0.0], 0.0, 8.0 / 15.0),
    stage([[1.0, -17.0 / 60.0, 0.0], [0.0; 3], [0.0; 3]], [5.0 / 12.0, 1.0, 0.0], 8.0 / 15.0, 2.0 / 3.0),
    stage([[1.0, -5.0 / 12.0, 0.0], [0.0; 3], [0.0; 3]], [0.75, 0.0, 0.0], 2.0 / 3.0, 1.0),
];

/// The classical fourth-order scheme: the step's beginning in r, the result gathered in s.
const CLASSICAL: [Stage; 4] = [
    stage([[1.0, 0.0, 0.0]; 3], [0.5, 0.0, 1.0 / 6.0], 0.0, 0.5),
    stage([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [0.5, 0.0, 1.0 / 3.0], 0.5, 0.5),
    stage([[0.0, 1.0, 0.0], [0.0; 3], [0.0, 0.0, 1.0]], [1.0, 0.0, 1.0 / 3.0], 0.5, 1.0),
    stage([[0.0, 0.0, 1.0], [0.0; 3], [0.0; 3]], [1.0 / 6.0, 0.0, 0.0], 1.0, 1.0),
];

#[cfg(test)]
mod tests {
    use super::RungeKutta;

    /// du/dt = N(u, t) - nu k(t)^2 u with N = u cos(t) + sin(3 t), nu k^2 = 0.3 (1 + t^2), as the
    /// flows use the scheme.
    fn integrate(scheme: RungeKutta, steps: usize) -> f64 {
        let dt = 1.0 / steps as f64;
        let decay = |t: f64| 0.3 * (t + t.powi(3) / 3.0);
        let mut x = [1.0, 0.0, 0.0];
        for step in 0..steps {
            let t = step as f64 * dt;
            for stage in scheme.stages() {
                let (from, to) = (t + stage.from * dt, t + stage.to * dt);
                let n = x[0] * from.cos() + (3.0 * from).sin();
                let factor = (decay(from) - decay(to)).exp();
                x = std::array::from_fn(|r| {
                    factor
                        * (stage.mix[r].iter().zip(x).map(|(m, x)| m * x).sum::<f64>()
                            + dt * stage.add[r] * n)
                });
            }
        }
        x[0]
    }

    #[test]
    fn orders_are_two_three_and_four() {
        let exact = integrate(RungeKutta::Rk4, 20_000);
        for (scheme, order) in [(RungeKutta::Rk2, 2.0), (RungeKutta::Rk3, 3.0), (RungeKutta::Rk4, 4.0)] {
            let error = |steps| (integrate(scheme, steps) - exact).abs();
            let measured = (error(40) / error(80)).log2();
            assert!((measured - order).abs() < 0.1, "{scheme:?}: {measured}");
        }
    }

    #[test]
    fn the_exponent_gives_the_growth_of_a_step() {
        for scheme in [RungeKutta::Rk2, RungeKutta::Rk3, RungeKutta::Rk4] {
            for factor in [1.0, 1.2, 2.0, 1e4, 1e140] {
                let c = scheme.exponent_of(factor);
                let mut x = [1.0, 0.0, 0.0];
                for stage in scheme.stages() {
                    let n = c * x[0];
                    x = std::array::from_fn(|r| {
                        stage.mix[r].iter().zip(x).map(|(m, x)| m * x).sum::<f64>() + stage.add[r] * n
                    });
                }
                assert!((x[0] / factor - 1.0).abs() < 1e-13, "{scheme:?}: {} for {factor}", x[0]);
            }
        }
    }

    #[test]
    fn only_the_registers_of_a_scheme_are_used() {
        for scheme in [RungeKutta::Rk2, RungeKutta::Rk3, RungeKutta::Rk4] {
            for stage in scheme.stages() {
                for r in scheme.registers()..RungeKutta::REGISTERS {
                    assert!(stage.add[r] == 0.0 && stage.mix.iter().all(|row| row[r] == 0.0));
                }
            }
        }
    }
}
