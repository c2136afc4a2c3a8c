use super::*;
use crate::test_data;
use Family::{OrrSommerfeld, Squire};
use std::f64::consts::PI;
use std::fs;

fn poiseuille(n: usize) -> Vec<f64> {
    let mut profile = vec![0.0; n + 1];
    (profile[0], profile[2]) = (0.5, -0.5);
    profile
}

/// The lines of numbers of a file.
fn reference(file: &str) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(test_data("stability").join(file)).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    // Words, such as the parity, are left out.
    rows.map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect()).collect()
}

fn largest(a: &[Complex<f64>]) -> f64 {
    a.iter().map(|a| a.norm()).fold(0.0, f64::max)
}

/// The largest difference of the coefficients, relative to the largest one, with the best complex
/// factor of the whole.
fn difference(a: &[Complex<f64>], b: &[Complex<f64>]) -> f64 {
    let product = |a: &[Complex<f64>], b: &[Complex<f64>]| -> Complex<f64> {
        a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
    };
    let factor = product(a, b) / product(a, a);
    a.iter().zip(b).map(|(a, b)| (a * factor - b).norm()).fold(0.0, f64::max) / largest(b)
}

/// 0.5 - 0.5 T_2 + odd parts: neither symmetric nor parabolic, at rest at no wall.
fn lopsided(n: usize) -> Vec<f64> {
    let mut profile = poiseuille(n);
    (profile[1], profile[3], profile[4]) = (0.3, -0.1, 0.05);
    profile
}

#[test]
fn eigenvalues_of_poiseuille_flow() {
    // The Squire table has 13 digits.
    for (file, family, tolerance) in
        [("os_table.dat", OrrSommerfeld, 1e-12), ("squire_table.dat", Squire, 5e-13)]
    {
        let mut worst = 0.0_f64;
        for row in reference(file) {
            let exact = Complex::new(row[5], row[6]);
            let mode = eigenmode(family, &poiseuille(128), 1.0 / row[0], [row[1], row[2]], 0).unwrap();
            let error = (mode.omega - exact).norm() / exact.norm();
            worst = worst.max(error);
            assert!(error < tolerance, "{file} {row:?}: {}", mode.omega);
        }
        println!("{file}: largest relative error {worst:.1e}");
    }
}

#[test]
fn whole_spectra_of_poiseuille_flow() {
    for (file, re) in [("os_spectrum_Re7500_a1_b0.dat", 7500.0), ("os_spectrum_Re10000_a1_b0.dat", 10000.0)] {
        let profile = poiseuille(128);
        let pencils: Vec<_> = parts(&profile)
            .iter()
            .map(|part| Linearised::new(&profile, 1.0 / re, [1.0, 0.0], part).orr_sommerfeld())
            .collect();
        let modes = sorted_spectrum(&pencils).unwrap();
        for (row, (guess, part)) in reference(file).iter().zip(&modes) {
            let (omega, _) = pencils[*part].nearest(*guess).unwrap();
            // The fourth number is the accuracy of the reference, which is that of a double
            // precision matrix.
            assert!(
                (omega - Complex::new(row[1], row[2])).norm() < 2e-12 + 2.0 * row[3],
                "{file} {row:?}: {omega}"
            );
        }
    }
}

/// More polynomials do no harm: the profile has more than are taken for the mode.
#[test]
fn fine_grids() {
    let modes = [128, 384].map(|n| eigenmode(OrrSommerfeld, &poiseuille(n), 1e-4, [1.0, 0.25], 0).unwrap());
    assert!((modes[0].omega - modes[1].omega).norm() < 1e-12, "{} {}", modes[0].omega, modes[1].omega);
    assert_eq!(modes[1].v.len(), 385);
    for (coarse, fine) in [(&modes[0].v, &modes[1].v), (&modes[0].eta, &modes[1].eta)] {
        assert!(difference(coarse, &fine[..129]) < 1e-10 && largest(&fine[129..]) < 1e-10);
    }
}

#[test]
fn stokes_modes() {
    let nu = 1e-3;
    let still = |n: usize| vec![0.0; n + 1];
    for pair in reference("stokes_table.dat").chunks(2) {
        let k = pair[0][0];
        let mut mu = [&pair[0][1..], &pair[1][1..]].concat();
        mu.sort_by(f64::total_cmp);
        for (profile, wavenumbers) in [(poiseuille(64), [0.0, k]), (still(64), [0.6 * k, -0.8 * k])] {
            for (index, mu) in mu.iter().enumerate() {
                let v = eigenmode(OrrSommerfeld, &profile, nu, wavenumbers, index).unwrap().omega;
                let exact = -I * nu * (mu * mu + k * k);
                assert!((v - exact).norm() < 1e-12 * exact.norm(), "k = {k}, v, {index}: {v} {exact}");
                let mu = 0.5 * PI * (index + 1) as f64;
                let eta = eigenmode(Squire, &profile, nu, wavenumbers, index).unwrap().omega;
                let exact = -I * nu * (mu * mu + k * k);
                assert!((eta - exact).norm() < 1e-12 * exact.norm(), "k = {k}, eta, {index}: {eta} {exact}");
            }
        }
    }
}

#[test]
fn eigenfunctions_of_poiseuille_flow() {
    for (re, a, b) in
        [("10000", "1", "0"), ("5000", "1.12", "0"), ("7500", "1", "0"), ("5000", "1.12", "2.1")]
    {
        let rows = reference(&format!("os_eigfun_Re{re}_a{a}_b{b}.dat"));
        // v, and after it eta, with one factor
        let mut exact = vec![ZERO; 2 * 129];
        for row in &rows {
            for (offset, column) in [0, 129].into_iter().zip(row.chunks(3)) {
                if let Some(a) = exact[offset..offset + 129].get_mut(column[0] as usize) {
                    *a = Complex::new(column[1], column[2]);
                }
            }
        }
        let [re, a, b] = [re, a, b].map(|x| x.parse::<f64>().unwrap());
        let mode = eigenmode(OrrSommerfeld, &poiseuille(128), 1.0 / re, [a, b], 0).unwrap();
        let difference = difference(&[mode.v, mode.eta].concat(), &exact);
        println!("Re = {re}: difference {difference:.1e}");
        assert!(difference < 1e-11, "Re = {re}: {difference:e}");
    }
}

/// The equations as they are written, which are not what is solved: for a profile without symmetry,
/// and all signs of the wavenumbers.
#[test]
fn modes_solve_the_equations_at_all_points() {
    let (n, nu) = (48, 0.01);
    let profile = lopsided(n);
    let points = Points::new(n + 1);
    for [kx, kz] in [[1.0, 0.7], [-1.3, 0.4], [0.8, -1.1], [0.0, -1.5], [-0.9, 0.0]] {
        let l = |a: &[Complex<f64>]| -> Vec<_> {
            derivative(&derivative(a)).iter().zip(a).map(|(d, a)| d - a * (kx * kx + kz * kz)).collect()
        };
        let slope = derivative(&profile);
        let [u, du, ddu] = [&profile, &slope, &derivative(&slope)].map(|a| points.values(a));
        for (family, index) in [(OrrSommerfeld, 0), (OrrSommerfeld, 2), (Squire, 1)] {
            let Eigenmode { omega, v, eta } = eigenmode(family, &profile, nu, [kx, kz], index).unwrap();
            let lv = l(&v);
            let [llv, leta] = [l(&lv), l(&eta)].map(|a| points.values(&a));
            let [v, lv, eta] = [v, lv, eta].map(|a| points.values(&a));
            let scale = largest(&lv) + largest(&eta);
            for j in 0..=n {
                let rate = I * (kx * u[j] - omega);
                let orr_sommerfeld = rate * lv[j] - I * kx * ddu[j] * v[j] - llv[j] * nu;
                let squire = rate * eta[j] - leta[j] * nu + I * kz * du[j] * v[j];
                // Round-off of the fourth derivative: 1e-16 N^8 / 105 nu at the walls, times the
                // last coefficients, which are small.
                let error = orr_sommerfeld.norm().max(squire.norm()) / scale;
                assert!(error < 1e-7, "{family:?} {index} [{kx}, {kz}] at point {j}: {error:e}");
            }
        }
    }
}

/// k_x -> -k_x: omega -> -omega*, v -> v*, eta -> -eta*.  k_z -> -k_z: eta -> -eta.  U -> U + c:
/// omega -> omega + k_x c.
#[test]
fn symmetries() {
    let nu = 0.5e-3;
    for profile in [poiseuille(96), lopsided(96)] {
        let mode = |family, kx, kz| eigenmode(family, &profile, nu, [kx, kz], 1).unwrap();
        for family in [OrrSommerfeld, Squire] {
            let Eigenmode { omega, v, eta } = mode(family, 1.0, 0.6);
            let both = |sign: f64, v: &[Complex<f64>], eta: &[Complex<f64>]| -> Vec<_> {
                v.iter().copied().chain(eta.iter().map(|a| a * sign)).collect()
            };
            let own = both(1.0, &v, &eta);
            let conjugate: Vec<_> = own.iter().map(|a| a.conj()).collect();
            let back = mode(family, -1.0, 0.6);
            assert!((back.omega + omega.conj()).norm() < 1e-12, "{family:?}: {} {omega}", back.omega);
            assert!(difference(&both(-1.0, &back.v, &back.eta), &conjugate) < 1e-10, "{family:?}");
            let mirrored = mode(family, 1.0, -0.6);
            assert!((mirrored.omega - omega).norm() < 1e-12, "{family:?}: {} {omega}", mirrored.omega);
            assert!(difference(&both(-1.0, &mirrored.v, &mirrored.eta), &own) < 1e-10, "{family:?}");
            let mut moving = profile.clone();
            moving[0] += 0.7;
            let moving = eigenmode(family, &moving, nu, [1.0, 0.6], 1).unwrap();
            assert!((moving.omega - omega - 0.7).norm() < 1e-12, "{family:?}: {} {omega}", moving.omega);
            assert!(difference(&both(1.0, &moving.v, &moving.eta), &own) < 1e-10, "{family:?}");
        }
    }
}

#[test]
fn wall_conditions_and_the_largest_velocity() {
    for profile in [poiseuille(128), lopsided(128)] {
        for family in [OrrSommerfeld, Squire] {
            let (kx, kz) = (1.12, 2.1);
            let mode = eigenmode(family, &profile, 1.0 / 5000.0, [kx, kz], 0).unwrap();
            assert_eq!((mode.v.len(), mode.eta.len()), (129, 129));
            for a in [&mode.v, &derivative(&mode.v), &mode.eta] {
                let even: Complex<f64> = a.iter().step_by(2).sum();
                let odd: Complex<f64> = a.iter().skip(1).step_by(2).sum();
                assert!((even + odd).norm() < 1e-12 && (even - odd).norm() < 1e-12, "{family:?}");
            }
            // i k_x u + v' + i k_z w = 0 and eta = i k_z u - i k_x w for u and w
            let points = Points::new(129);
            let [v, dv, eta] = [&mode.v, &derivative(&mode.v), &mode.eta].map(|a| points.values(a));
            let kk = kx * kx + kz * kz;
            let u = |j: usize| (dv[j] * I * kx - eta[j] * I * kz) / kk;
            let w = |j: usize| (dv[j] * I * kz + eta[j] * I * kx) / kk;
            let velocity: Vec<_> = (0..=128).flat_map(|j| [u(j), v[j], w(j)]).collect();
            assert!((largest(&velocity) - 1.0).abs() < 1e-12);
            assert!(
                velocity.iter().any(|u| (u - 1.0).norm() < 1e-5),
                "{family:?}: no real and positive maximum"
            );
        }
    }
}

/// The wall modes of Squire's equation are in pairs, one even and one odd, with the same omega to
/// round-off.
#[test]
fn pairs_of_modes_are_told_apart() {
    let mode = |index| eigenmode(Squire, &poiseuille(128), 1e-4, [1.0, 0.0], index).unwrap();
    let [odd, even] = [mode(6), mode(7)];
    assert!((odd.omega - even.omega).norm() < 1e-12, "{} {}", odd.omega, even.omega);
    for n in 0..=128 {
        assert_eq!(if n % 2 == 0 { odd.eta[n] } else { even.eta[n] }, ZERO);
    }
    // Couette flow: omega and -omega*, the downstream one first
    let mut couette = vec![0.0; 97];
    couette[1] = 1.0;
    let [first, second] =
        [0, 1].map(|index| eigenmode(OrrSommerfeld, &couette, 1e-3, [1.0, 0.0], index).unwrap().omega);
    assert!(first.re > 0.1 && (first + second.conj()).norm() < 1e-11, "{first} {second}");
}

#[test]
fn what_is_refused() {
    let refused = |family, n, re: f64, wavenumbers, index| {
        eigenmode(family, &poiseuille(n), 1.0 / re, wavenumbers, index).unwrap_err().message
    };
    for (message, part) in [
        (refused(OrrSommerfeld, 64, 1000.0, [0.0, 0.0], 0), "other than 0"),
        (refused(OrrSommerfeld, 4, 1000.0, [1.0, 0.0], 0), "at least 8"),
        (refused(OrrSommerfeld, 64, 1000.0, [1.0, 0.0], 61), "there are only 61"),
        (refused(Squire, 64, 1000.0, [1.0, 0.0], 63), "there are only 63"),
        (refused(OrrSommerfeld, 64, 1000.0, [1.0, 0.0], 60), "not resolved"),
        (refused(OrrSommerfeld, 32, 10000.0, [1.0, 0.0], 0), "not resolved"),
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn resonance_is_refused() {
    let profile = poiseuille(64);
    for part in parts(&profile) {
        let channel = Linearised::new(&profile, 1e-3, [1.0, 1.0], &part);
        let v = vec![Complex::from(1.0); 65];
        for near in channel.squire().spectrum().unwrap().iter().take(3) {
            let (omega, _) = channel.squire().nearest(*near).unwrap();
            assert!(
                channel.forced_vorticity(omega, &v).unwrap_err().message.contains("resonance"),
                "{omega}"
            );
            assert!(channel.forced_vorticity(omega + 1e-3, &v).is_ok(), "{omega}");
        }
    }
}
