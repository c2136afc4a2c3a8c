//! The mean flow.

use crate::case::codec::*;
use crate::case::keys::{Change, Head, Key, Keys, Variant, variant};

/// Relative error up to which a matrix counts as traceless or symmetric: the rounding of numbers typed
/// by hand.
pub const ROUND_OFF: f64 = 1e-12;

/// The mean flow of a homogeneous case: `U_i = A_ij x_j` in a frame that rotates with Omega.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    pub gradient: Gradient,
    /// Omega, in radians per unit of time, in x, y, z.
    pub rotation: [f64; 3],
    /// Times and the factor of the gradient from each of them on, >= 0; times ascend from 0.
    pub schedule: Vec<(f64, f64)>,
}

impl Default for Mean {
    /// A fluid at rest.
    fn default() -> Self {
        Self { gradient: Gradient::None, rotation: [0.0; 3], schedule: vec![(0.0, 1.0)] }
    }
}

/// The mean velocity gradient `A_ij = dU_i / dx_j`; rates are 1 / time and may have either sign for
/// shear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gradient {
    None,
    /// U = S y: A_xy = S.
    Shear {
        rate: f64,
    },
    /// A = diag(a, -a, 0).
    PlaneStrain {
        rate: f64,
    },
    /// A = diag(a, -a/2, -a/2): stretched along x, as in a wind-tunnel contraction.
    AxisymmetricContraction {
        rate: f64,
    },
    /// A = diag(-a, a/2, a/2).
    AxisymmetricExpansion {
        rate: f64,
    },
    /// Any traceless A.
    General([[f64; 3]; 3]),
}

impl Gradient {
    /// A.
    pub fn matrix(self) -> [[f64; 3]; 3] {
        let diagonal = |a: [f64; 3]| [[a[0], 0.0, 0.0], [0.0, a[1], 0.0], [0.0, 0.0, a[2]]];
        match self {
            Self::None => diagonal([0.0; 3]),
            Self::Shear { rate } => [[0.0, rate, 0.0], [0.0; 3], [0.0; 3]],
            Self::PlaneStrain { rate } => diagonal([rate, -rate, 0.0]),
            Self::AxisymmetricContraction { rate } => diagonal([rate, -rate / 2.0, -rate / 2.0]),
            Self::AxisymmetricExpansion { rate } => diagonal([-rate, rate / 2.0, rate / 2.0]),
            Self::General(matrix) => matrix,
        }
    }
}

const KINDS: &[Variant<Gradient>] = &[
    Variant {
        word: "none",
        says: "Fluid at rest.",
        blank: || Gradient::None,
        // A fluid at rest is written without [mean].
        is: |_| false,
    },
    variant!("shear", "Homogeneous shear U = S y.", Gradient::Shear { rate }),
    variant!("plane-strain", "Plane strain A = diag(a, -a, 0).", Gradient::PlaneStrain { rate }),
    variant!(
        "axisymmetric-contraction",
        "Axisymmetric contraction A = diag(a, -a/2, -a/2).",
        Gradient::AxisymmetricContraction { rate }
    ),
    variant!(
        "axisymmetric-expansion",
        "Axisymmetric expansion A = diag(-a, a/2, a/2).",
        Gradient::AxisymmetricExpansion { rate }
    ),
    variant!("rotation", "Rotating frame without a mean flow.", Gradient::None),
    variant!("gradient", "Any mean velocity gradient A without divergence.", Gradient::General(_)),
];

/// Visits `[mean]`.
pub fn visit(keys: &mut Keys, mean: &mut Mean) {
    let mut given = Some(mean.clone()).filter(|mean| *mean != Mean::default());
    let says = "Mean flow U_i = A_ij x_j, in a frame that rotates; a fluid at rest if the table is absent.";
    let head = Head::new("mean", says).change(Change::Refused);
    keys.optional(&mut given, head, Mean::default(), |mean, keys| {
        let Mean { gradient, rotation, schedule } = mean;
        keys.kind(gradient, "kind", "Kind of mean flow.", KINDS, |gradient, word, keys| {
            self::gradient(keys, gradient);
            self::rotation(keys, rotation, word);
            if *gradient != Gradient::None {
                let key = Key::or("schedule", self::schedule(), vec![(0.0, 1.0)]);
                keys.key(
                    schedule,
                    key.says("Rows [time, factor]: from each time on, the gradient is A times this factor."),
                );
            }
        });
    });
    *mean = given.unwrap_or_default();
}

fn gradient(keys: &mut Keys, gradient: &mut Gradient) {
    let rate = |codec| Key::required("rate", codec, "1.0").unit("1 / time");
    match gradient {
        Gradient::None => {}
        Gradient::Shear { rate: s } => keys.key(s, rate(non_zero()).says("Shear rate S = dU/dy.")),
        Gradient::PlaneStrain { rate: a }
        | Gradient::AxisymmetricContraction { rate: a }
        | Gradient::AxisymmetricExpansion { rate: a } => {
            keys.key(a, rate(positive()).says("Strain rate a."));
        }
        Gradient::General(matrix) => {
            let example = "[[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]";
            let key = Key::required("gradient", incompressible(), example).unit("1 / time");
            keys.key(matrix, key.says("Mean velocity gradient A_ij = dU_i / dx_j, by rows; its trace is 0."));
        }
    }
}

fn rotation(keys: &mut Keys, rotation: &mut [f64; 3], kind: &str) {
    let key = match kind {
        "none" => {
            if keys.given("rotation") == Some(true) {
                keys.problem(
                    &["rotation"],
                    "a mean flow of kind \"none\" does not rotate",
                    "set kind = \"rotation\", or remove rotation",
                );
            }
            return;
        }
        "rotation" => Key::required("rotation", some_rotation(), "[0.0, 0.0, 0.5]"),
        _ => Key::or("rotation", array(number()), [0.0; 3]),
    };
    keys.key(rotation, key.unit("radians / time").says("Angular velocity Omega of the frame, in x, y, z."));
}

/// A gradient with no divergence.
fn incompressible() -> Codec<[[f64; 3]; 3]> {
    array(array(number())).checked(|node, gradient: [[f64; 3]; 3]| {
        let trace = gradient[0][0] + gradient[1][1] + gradient[2][2];
        match largest(gradient.as_flattened()) {
            0.0 => Err(vec![
                node.problem("at least one of the numbers must not be 0")
                    .help("a fluid at rest has kind = \"none\""),
            ]),
            scale if trace.abs() <= ROUND_OFF * scale => Ok(gradient),
            _ => {
                let problem = node.problem(format!(
                    "the diagonal adds up to {trace}: this mean flow is not incompressible"
                ));
                Err(vec![problem.help("the diagonal of dU_i/dx_j must add up to 0")])
            }
        }
    })
}

fn some_rotation() -> Codec<[f64; 3]> {
    array(number()).checked(|node, rotation| match rotation {
        [0.0, 0.0, 0.0] => Err(vec![
            node.problem("at least one of the numbers must not be 0")
                .help("a fluid at rest has kind = \"none\""),
        ]),
        rotation => Ok(rotation),
    })
}

/// Rows of a time and a factor.
fn schedule() -> Codec<Vec<(f64, f64)>> {
    pairs("an array of rows [time, factor]").checked(|node, rows| {
        let wrong = |message: String| {
            Err(vec![node.problem(message).help("for instance schedule = [[0.0, 1.0], [2.0, 0.0]]")])
        };
        if rows.first().is_none_or(|(time, _)| *time != 0.0) {
            return wrong("the first row must have the time 0".to_owned());
        }
        for (n, (_, factor)) in rows.iter().enumerate() {
            if n > 0 && rows[n].0 <= rows[n - 1].0 {
                return wrong(format!("row {}: times must ascend", n + 1));
            }
            if *factor < 0.0 {
                return wrong(format!("row {}: a factor must not be negative", n + 1));
            }
        }
        Ok(rows)
    })
}

pub fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}
