//! Matrices of 3 x 3.

pub type Matrix = [[f64; 3]; 3];

pub const ZERO: Matrix = [[0.0; 3]; 3];
pub const IDENTITY: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

/// The components of a symmetric matrix, in the order of all files.
pub const COMPONENTS: [(&str, usize, usize); 6] =
    [("xx", 0, 0), ("yy", 1, 1), ("zz", 2, 2), ("xy", 0, 1), ("xz", 0, 2), ("yz", 1, 2)];

pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub fn length(v: [f64; 3]) -> f64 {
    dot(v, v).sqrt()
}

pub fn product(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|l| a[i][l] * b[l][j]).sum()))
}

pub fn transpose(a: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| a[j][i]))
}

pub fn apply(a: &Matrix, v: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| (0..3).map(|j| a[i][j] * v[j]).sum())
}

pub fn is_diagonal(a: &Matrix) -> bool {
    (0..3).all(|i| (0..3).all(|j| i == j || a[i][j] == 0.0))
}

/// The eigenvalues of the symmetric part `(a + a^T) / 2`, in any order, by Jacobi's rotations.
pub fn principal_values(a: &Matrix) -> [f64; 3] {
    let mut s: Matrix = std::array::from_fn(|i| std::array::from_fn(|j| 0.5 * (a[i][j] + a[j][i])));
    // Quadratic convergence: six sweeps are to the last digit.
    for (p, q) in [(0, 1), (0, 2), (1, 2)].into_iter().cycle().take(18) {
        if s[p][q] != 0.0 {
            let (sin, cos) = (0.5 * (2.0 * s[p][q]).atan2(s[q][q] - s[p][p])).sin_cos();
            let mut turn = IDENTITY;
            (turn[p][p], turn[p][q], turn[q][p], turn[q][q]) = (cos, sin, -sin, cos);
            s = product(&transpose(&turn), &product(&s, &turn));
        }
    }
    [s[0][0], s[1][1], s[2][2]]
}

/// The largest sum of magnitudes of a row.
pub fn norm(a: &Matrix) -> f64 {
    a.iter().map(|row| row.iter().map(|a| a.abs()).sum()).fold(0.0, f64::max)
}

pub fn inverse(a: &Matrix) -> Matrix {
    let minor = |i: usize, j: usize| {
        let [i1, i2, j1, j2] = [(i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3];
        a[i1][j1] * a[i2][j2] - a[i1][j2] * a[i2][j1]
    };
    let determinant: f64 = (0..3).map(|j| a[0][j] * minor(0, j)).sum();
    std::array::from_fn(|i| std::array::from_fn(|j| minor(j, i) / determinant))
}

/// exp(a): entry by entry for a diagonal matrix, otherwise the Taylor series of `a / 2^s`, squared
/// s times. (The series of a shear ends by itself.)
pub fn exponential(a: &Matrix) -> Matrix {
    if is_diagonal(a) {
        return std::array::from_fn(|i| std::array::from_fn(|j| if i == j { a[i][i].exp() } else { 0.0 }));
    }
    if !norm(a).is_finite() {
        return [[f64::NAN; 3]; 3];
    }
    let nilpotent = product(a, a) == ZERO;
    let halvings = if nilpotent { 0 } else { (norm(a).log2().ceil() + 2.0).max(0.0) as i32 };
    let small = a.map(|row| row.map(|x| x / 2f64.powi(halvings)));
    // (1/4)^17 / 17! is far below round-off.
    let mut sum = IDENTITY;
    for n in (1..=16).rev() {
        sum = product(&small, &sum);
        for i in 0..3 {
            for j in 0..3 {
                sum[i][j] = sum[i][j] / f64::from(n) + IDENTITY[i][j];
            }
        }
    }
    (0..halvings).fold(sum, |power, _| product(&power, &power))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &Matrix, b: &Matrix) -> f64 {
        a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn principal_values_are_those_of_the_symmetric_part() {
        let close = |a: &Matrix, exact: [f64; 3]| {
            let mut found = principal_values(a);
            found.sort_by(|a, b| b.total_cmp(a));
            assert!(
                found.iter().zip(exact).all(|(a, b)| (a - b).abs() < 1e-14),
                "{found:?} are not {exact:?}"
            );
        };
        close(&[[0.0, 3.0, 0.0], [0.0; 3], [0.0; 3]], [1.5, 0.0, -1.5]);
        close(&[[-2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [1.0, 1.0, -2.0]);
        close(&[[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 5.0]], [5.0, 3.0, 1.0]);
        close(&IDENTITY, [1.0; 3]);
        // A rotation strains nothing.
        close(&[[0.0, -2.0, 7.0], [2.0, 0.0, 1.0], [-7.0, -1.0, 0.0]], [0.0; 3]);
    }

    #[test]
    fn exponentials_are_rotations_shears_and_inverses() {
        let turn = |angle: f64| [[0.0, -angle, 0.0], [angle, 0.0, 0.0], [0.0; 3]];
        for angle in [0.01_f64, 1.0, 7.0] {
            let (sin, cos) = angle.sin_cos();
            assert!(
                distance(&exponential(&turn(angle)), &[[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
                    < 1e-14
            );
        }
        let shear = [[0.0, 1e3, 0.0], [0.0; 3], [0.0; 3]];
        assert_eq!(exponential(&shear), [[1.0, 1e3, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        let a = [[0.3, 0.5, -0.2], [0.1, -0.7, 0.4], [0.6, 0.2, 0.4]];
        let back = exponential(&a.map(|row| row.map(|x: f64| -x)));
        assert!(distance(&product(&exponential(&a), &back), &IDENTITY) < 1e-14);
        assert!(distance(&inverse(&exponential(&a)), &back) < 1e-14);
    }
}
