//! The energy spectra that a random field may be given, and how much of one a box and a grid hold.

use super::wavenumbers::Wavenumbers;
use crate::homogeneous::case::Spectrum;
use crate::transform::{Shape, Truncation};
use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};

/// E(k); its constant is left open but for a table.
pub fn energy_density(spectrum: &Spectrum, k: f64) -> f64 {
    match spectrum {
        // k^4 exp(-2 (k / k_p)^2) (Passot & Pouquet 1987)
        Spectrum::PassotPouquet { peak_wavenumber } => {
            let x = k / peak_wavenumber;
            x.powi(4) * (-2.0 * x * x).exp()
        }
        // k^4 (1 + 12/5 (k / k_p)^2)^(-17/6), with its maximum at k_p (von Karman 1948; Pope 2000,
        // section 6.5.3), joined to Pao's (1965) exp(-3/2 alpha (k eta)^(4/3)), alpha = 1.5
        Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length } => {
            let x = k / peak_wavenumber;
            let eta = pao_length(*peak_wavenumber, *kolmogorov_length);
            x.powi(4) * (1.0 + 2.4 * x * x).powf(-17.0 / 6.0) * (-2.25 * (k * eta).powf(4.0 / 3.0)).exp()
        }
        Spectrum::Power { exponent, k_min, k_max } => {
            if (*k_min..=*k_max).contains(&k) {
                (k / k_min).powf(*exponent)
            } else {
                0.0
            }
        }
        Spectrum::Table { table } => interpolate(table, k),
    }
}

fn pao_length(peak_wavenumber: f64, kolmogorov_length: Option<f64>) -> f64 {
    kolmogorov_length.unwrap_or(1.0 / (50.0 * peak_wavenumber))
}

/// Interpolates in log k and log E between the rows of a table, linearly where an E is zero; zero
/// outside.
fn interpolate(table: &[(f64, f64)], k: f64) -> f64 {
    let above = table.partition_point(|(at, _)| *at < k);
    match (above.checked_sub(1).map(|below| table[below]), table.get(above)) {
        (_, Some(&(at, e))) if at == k => e,
        (Some((k0, e0)), Some(&(k1, e1))) if e0 > 0.0 && e1 > 0.0 => {
            e0 * (e1 / e0).powf((k / k0).ln() / (k1 / k0).ln())
        }
        (Some((k0, e0)), Some(&(k1, e1))) => e0 + (e1 - e0) * (k - k0) / (k1 - k0),
        _ => 0.0,
    }
}

/// The range of k where there is energy, but for what round-off would swallow.
fn extent(spectrum: &Spectrum) -> (f64, f64) {
    match spectrum {
        Spectrum::PassotPouquet { peak_wavenumber: peak } => (1e-3 * peak, 6.0 * peak),
        Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length } => {
            let dissipative = 1.0 / pao_length(*peak_wavenumber, *kolmogorov_length);
            (1e-3 * peak_wavenumber.min(dissipative), 15.0 * dissipative)
        }
        Spectrum::Power { k_min, k_max, .. } => (*k_min, *k_max),
        Spectrum::Table { table } => {
            (table.first().map_or(1.0, |(k, _)| *k), table.last().map_or(1.0, |(k, _)| *k))
        }
    }
}

/// `int_0^k E dk` and `int_0^k k^2 E dk`.
pub struct Cumulative {
    k: Vec<f64>,
    sums: Vec<[f64; 2]>,
}

/// Points of the integrals, in log k.
const POINTS: usize = 8192;

/// Directions in an eighth of all, by the cosine of one angle and by the other.
const DIRECTIONS: usize = 40;

impl Cumulative {
    pub fn new(spectrum: &Spectrum) -> Self {
        let (first, last) = extent(spectrum);
        let step = (last / first).ln() / POINTS as f64;
        let k: Vec<f64> =
            (0..=POINTS).map(|i| if i == POINTS { last } else { first * (step * i as f64).exp() }).collect();
        // dk = k d(log k)
        let integrand = |k: f64| {
            let e = k * energy_density(spectrum, k);
            [e, k * k * e]
        };
        let mut sums = vec![[0.0; 2]];
        for pair in k.windows(2) {
            let [a, b] = [integrand(pair[0]), integrand(pair[1])];
            let before = sums[sums.len() - 1];
            sums.push([0, 1].map(|q| before[q] + 0.5 * step * (a[q] + b[q])));
        }
        Self { k, sums }
    }

    /// Energy, and that times k^2, of the whole spectrum.
    pub fn total(&self) -> [f64; 2] {
        self.sums[self.sums.len() - 1]
    }

    fn up_to(&self, k: f64) -> [f64; 2] {
        let above = self.k.partition_point(|at| *at < k);
        match above {
            0 => [0.0; 2],
            _ if above == self.k.len() => self.total(),
            _ => {
                let (k0, k1) = (self.k[above - 1], self.k[above]);
                let part = (k - k0) / (k1 - k0);
                [0, 1]
                    .map(|q| self.sums[above - 1][q] + part * (self.sums[above][q] - self.sums[above - 1][q]))
            }
        }
    }

    /// The parts of energy and dissipation below the wavenumbers of the box, in the cell about k =
    /// 0 which has no mode, and beyond those that the grid keeps: `1 - <int_0^r E dk> / int E dk`,
    /// the mean over all directions, in each of which the modes reach to r.
    pub fn lost(&self, wavenumbers: &Wavenumbers, truncation: &Truncation) -> Lost {
        let unit = wavenumbers.unit;
        let cell = unit.map(|unit| 0.5 * unit);
        let largest = [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)];
        let reach: [f64; 3] = std::array::from_fn(|i| match truncation.shape {
            Shape::Ellipsoid => SQRT_2 / 3.0 * truncation.grid[i] as f64 * unit[i],
            _ => (largest[i] as f64 + 0.5) * unit[i],
        });
        let (mut below, mut held) = ([0.0; 2], [0.0; 2]);
        for i in 0..DIRECTIONS {
            let cosine = (i as f64 + 0.5) / DIRECTIONS as f64;
            let sine = (1.0 - cosine * cosine).sqrt();
            for j in 0..DIRECTIONS {
                let angle = FRAC_PI_2 * (j as f64 + 0.5) / DIRECTIONS as f64;
                let e = [sine * angle.cos(), sine * angle.sin(), cosine];
                let to_side =
                    |widths: &[f64; 3]| (0..3).map(|i| widths[i] / e[i]).fold(f64::INFINITY, f64::min);
                let to_end = match truncation.shape {
                    Shape::Ellipsoid => (0..3).map(|i| (e[i] / reach[i]).powi(2)).sum::<f64>().powf(-0.5),
                    _ => to_side(&reach),
                };
                let [under, inside] = [self.up_to(to_side(&cell)), self.up_to(to_end)];
                for q in 0..2 {
                    below[q] += under[q] / (DIRECTIONS * DIRECTIONS) as f64;
                    held[q] += inside[q] / (DIRECTIONS * DIRECTIONS) as f64;
                }
            }
        }
        let part = |of: f64, q: usize| (of / self.total()[q]).clamp(0.0, 1.0);
        Lost { below: [0, 1].map(|q| part(below[q], q)), beyond: [0, 1].map(|q| 1.0 - part(held[q], q)) }
    }
}

/// Parts, from 0 to 1, of the energy and of the dissipation of a spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lost {
    pub below: [f64; 2],
    pub beyond: [f64; 2],
}

/// Sums over the modes of a random field of a spectrum: `1/2 <u_i u_i>`, `<k^2 u_i u_i>` and `<u_i u_i / k>`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    pub energy: f64,
    pub gradient: f64,
    pub over_k: f64,
}

impl Sums {
    /// Adds modes with this `<u_i u_i>` in all.
    pub fn add(&mut self, k: f64, square: f64) {
        self.energy += 0.5 * square;
        self.gradient += k * k * square;
        self.over_k += square / k;
    }

    /// The sums of the field times a factor.
    pub fn scaled(self, factor: f64) -> Self {
        let square = factor * factor;
        Self { energy: square * self.energy, gradient: square * self.gradient, over_k: square * self.over_k }
    }
}

/// Labels that are summed one by one, and beyond them in runs of this part of their size.
const SINGLY: usize = 64;

/// The sums of a field of `|û|^2 = E(k) V / (2 pi k^2)` in each mode of the box as it is at time
/// zero, and whether every mode was visited: beyond the first labels one stands for a run of its
/// neighbours.
pub fn sums(spectrum: &Spectrum, wavenumbers: &Wavenumbers, truncation: &Truncation) -> (Sums, bool) {
    let unit = wavenumbers.unit;
    let volume: f64 = unit.iter().product();
    let largest = [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)];
    let [x, y, z] = largest.map(runs);
    let mut sums = Sums::default();
    for &(nx, count_x) in &x {
        for &(ny, count_y) in &y {
            for &(nz, count_z) in &z {
                if (nx, ny, nz) == (0, 0, 0) || !truncation.holds([nx, ny, nz].map(|n| n as i64)) {
                    continue;
                }
                let k = [nx, ny, nz]
                    .iter()
                    .zip(unit)
                    .map(|(n, unit)| (*n as f64 * unit).powi(2))
                    .sum::<f64>()
                    .sqrt();
                sums.add(
                    k,
                    count_x * count_y * count_z * energy_density(spectrum, k) * volume / (2.0 * PI * k * k),
                );
            }
        }
    }
    (sums, largest.iter().all(|n| *n < SINGLY))
}

/// The labels 0, 1, .. with how many each stands for, the negative ones among them.
fn runs(largest: usize) -> Vec<(usize, f64)> {
    let mut runs: Vec<(usize, f64)> =
        (0..=largest.min(SINGLY - 1)).map(|n| (n, if n == 0 { 1.0 } else { 2.0 })).collect();
    let mut next = SINGLY;
    while next <= largest {
        let length = (next / (SINGLY / 2)).min(largest + 1 - next);
        runs.push((next + (length - 1) / 2, 2.0 * length as f64));
        next += length;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_spectra_peak_at_the_peak_wavenumber() {
        for spectrum in [
            Spectrum::PassotPouquet { peak_wavenumber: 7.0 },
            Spectrum::VonKarmanPao { peak_wavenumber: 7.0, kolmogorov_length: None },
        ] {
            let e = |k| energy_density(&spectrum, k);
            assert!(e(7.0) > e(6.5) && e(7.0) > e(7.5), "{spectrum:?}");
            assert!((e(0.02) / e(0.01) / 16.0 - 1.0).abs() < 1e-3, "{spectrum:?} should rise as k^4");
        }
        let inertial = Spectrum::VonKarmanPao { peak_wavenumber: 0.01, kolmogorov_length: None };
        let slope =
            (energy_density(&inertial, 0.1) / energy_density(&inertial, 0.09)).ln() / (10.0_f64 / 9.0).ln();
        assert!((slope + 5.0 / 3.0).abs() < 0.35, "slope {slope}");
    }

    /// Of `E = 1.5 eps^(2/3) k^(-5/3)` Pao's function leaves the dissipation eps: `2 nu int k^2 E dk =
    /// eps`, where `nu = eta^(4/3)` for eps = 1.
    #[test]
    fn the_inertial_range_ends_where_it_has_dissipated_what_it_transfers() {
        let (peak_wavenumber, eta) = (0.01, 1e-3_f64);
        let spectrum = Spectrum::VonKarmanPao { peak_wavenumber, kolmogorov_length: Some(eta) };
        let inertial = |k: f64| energy_density(&spectrum, k) * k.powf(5.0 / 3.0);
        // At k eta = 1e-3 Pao's function is 1 - 2.25e-4; at k / k_p = 100 the other is within 2e-4.
        let [_, gradient] = Cumulative::new(&spectrum).total();
        let dissipation = 2.0 * eta.powf(4.0 / 3.0) * gradient * 1.5 / inertial(1.0);
        assert!((dissipation - 1.0).abs() < 1e-3, "{dissipation}");
    }

    #[test]
    fn tables_are_power_laws_between_their_rows() {
        let table = [(1.0, 8.0), (2.0, 1.0), (3.0, 0.0)];
        assert_eq!(
            [0.5, 1.0, 2.0, 2.5, 3.0, 3.5].map(|k| interpolate(&table, k)),
            [0.0, 8.0, 1.0, 0.5, 0.0, 0.0]
        );
        assert!((interpolate(&table, 1.5) - 8.0 * 1.5_f64.powi(-3)).abs() < 1e-14);
    }

    /// A box of 2 pi that keeps |n_i| < n.
    fn cube(n: usize) -> (Wavenumbers, Truncation) {
        let truncation = Truncation { grid: [3 * n; 3], shape: Shape::TwoThirds };
        (Wavenumbers::new([2.0 * PI; 3], &truncation), truncation)
    }

    #[test]
    fn integrals_are_those_of_known_functions() {
        // int x^4 exp(-2 x^2) = 3 sqrt(2 pi) / 64, int x^6 exp(-2 x^2) = 15 sqrt(2 pi) / 256, times
        // k_p and k_p^3.
        let [energy, gradient] = Cumulative::new(&Spectrum::PassotPouquet { peak_wavenumber: 5.0 }).total();
        let root = (2.0 * PI).sqrt();
        assert!(
            (energy / (5.0 * 3.0 / 64.0 * root) - 1.0).abs() < 1e-8
                && (gradient / (125.0 * 15.0 / 256.0 * root) - 1.0).abs() < 1e-8
        );
        let flat = Spectrum::Table { table: vec![(1.0, 0.1), (10.0, 0.1), (100.0, 0.1)] };
        let [energy, gradient] = Cumulative::new(&flat).total();
        assert!(
            (energy / 9.9 - 1.0).abs() < 1e-6 && (gradient / (0.1 / 3.0 * (1e6 - 1.0)) - 1.0).abs() < 1e-5
        );
    }

    /// Poisson's sum: the modes of a smooth spectrum hold its integral.
    #[test]
    fn the_modes_of_a_smooth_spectrum_hold_all_of_it() {
        for (peak, n) in [(3.0, 20), (8.0, 50), (30.0, 190)] {
            let spectrum = Spectrum::PassotPouquet { peak_wavenumber: peak };
            let (wavenumbers, truncation) = cube(n);
            let (sums, exact) = sums(&spectrum, &wavenumbers, &truncation);
            let [energy, gradient] = Cumulative::new(&spectrum).total();
            // Runs of labels are the midpoint rule of cells that are 1/32 of k wide.
            let tolerance = if exact { 1e-5 } else { 2e-3 };
            assert!((sums.energy / energy - 1.0).abs() < tolerance, "{peak}: {} of {energy}", sums.energy);
            assert!(
                (0.5 * sums.gradient / gradient - 1.0).abs() < tolerance,
                "{peak}: {} of {gradient}",
                sums.gradient
            );
            let lost = Cumulative::new(&spectrum).lost(&wavenumbers, &truncation);
            assert!(lost.beyond[1] < 1e-6 && lost.below[0] < 1e-3, "{lost:?}");
        }
    }

    #[test]
    fn what_is_lost_is_what_the_modes_do_not_hold() {
        // E = k^2 is uniform in k-space: a ball of radius 30 in a cube of side 41, of which the
        // cell of k = 0 is missing.
        let spectrum = Spectrum::Power { exponent: 2.0, k_min: 1e-3, k_max: 30.0 };
        let (wavenumbers, truncation) = cube(21);
        let lost = Cumulative::new(&spectrum).lost(&wavenumbers, &truncation);
        let ball = 4.0 / 3.0 * PI * 30.0_f64.powi(3);
        assert!((lost.below[0] * ball - 1.0).abs() < 2e-2, "{lost:?}");
        let (sums, exact) = sums(&spectrum, &wavenumbers, &truncation);
        let held = sums.energy / Cumulative::new(&spectrum).total()[0];
        // The ball is cut by the cells at its surface, of which there are 1e4: they scatter by the
        // root of that.
        assert!(exact && (1.0 - lost.beyond[0] - held).abs() < 1e-2, "{lost:?} {held}");
        let wide = Spectrum::Table { table: vec![(0.2, 1.0), (10.0, 1.0)] };
        let lost = Cumulative::new(&wide).lost(&wavenumbers, &truncation);
        // The mean distance of the sides of a cube of side 1 from its centre is 0.61.
        assert!((lost.below[0] - (0.61 - 0.2) / 9.8).abs() < 1e-3 && lost.beyond[0] < 1e-12, "{lost:?}");
    }
}
