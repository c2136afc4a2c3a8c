//! Spalart, Moser & Rogers' scheme (J. Comput. Phys. 96 (1991) 297): explicit terms N by a
//! low-storage Runge-Kutta scheme of third order, linear terms L implicit, of second order:
//!
//! ```text
//!     f' = f + dt (L (alpha f + beta f') + gamma N(f) + zeta N(f of the substep before)),
//!     alpha + beta = gamma + zeta
//! ```

/// The coefficients of one substep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Substep {
    pub alpha: f64,
    pub beta: f64,
    pub gamma: f64,
    pub zeta: f64,
    /// Times of its beginning and its end, in steps from the beginning of the step.
    pub from: f64,
    pub to: f64,
}

/// The three substeps.
pub const SPALART_MOSER_ROGERS: [Substep; 3] = [
    Substep {
        alpha: 29.0 / 96.0,
        beta: 37.0 / 160.0,
        gamma: 8.0 / 15.0,
        zeta: 0.0,
        from: 0.0,
        to: 8.0 / 15.0,
    },
    Substep {
        alpha: -3.0 / 40.0,
        beta: 5.0 / 24.0,
        gamma: 5.0 / 12.0,
        zeta: -17.0 / 60.0,
        from: 8.0 / 15.0,
        to: 2.0 / 3.0,
    },
    Substep { alpha: 1.0 / 6.0, beta: 1.0 / 6.0, gamma: 0.75, zeta: -5.0 / 12.0, from: 2.0 / 3.0, to: 1.0 },
];

#[cfg(test)]
mod tests {
    use super::SPALART_MOSER_ROGERS;

    /// df/dt = -f + N(f, t) with N = f cos t + sin 3t, the first term implicit.
    fn integrate(steps: usize, linear: f64) -> f64 {
        let dt = 1.0 / steps as f64;
        let (mut f, mut before) = (1.0, 0.0);
        for step in 0..steps {
            for s in SPALART_MOSER_ROGERS {
                let t = (step as f64 + s.from) * dt;
                let n = f * t.cos() + (3.0 * t).sin();
                f = (f * (1.0 - s.alpha * dt * linear) + dt * (s.gamma * n + s.zeta * before))
                    / (1.0 + s.beta * dt * linear);
                before = n;
            }
        }
        f
    }

    #[test]
    fn the_order_is_three_explicit_and_two_implicit() {
        for (linear, order) in [(0.0, 3.0), (1.0, 2.0)] {
            let exact = integrate(40_000, linear);
            let error = |steps| (integrate(steps, linear) - exact).abs();
            let measured = (error(80) / error(160)).log2();
            assert!((measured - order).abs() < 0.1, "{measured} for {order}");
        }
        for s in SPALART_MOSER_ROGERS {
            assert!(
                (s.alpha + s.beta - s.gamma - s.zeta).abs() < 1e-15
                    && (s.to - s.from - s.gamma - s.zeta).abs() < 1e-15
            );
        }
    }
}
