//! Quantities at a point, from fields and their gradients there.

use crate::error::{Error, Result};
use nalgebra::Matrix3;

/// A field, or its derivative along an axis of space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    pub field: usize,
    pub along: Option<usize>,
}

/// A quantity that can be shown, probed and exported.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub name: String,
    kind: Kind,
    /// Its components, in the order in which [`Quantity::value`] takes them.
    pub components: Vec<Component>,
}

/// The quantities with one name each, their names, their symbols and what they are.
const NAMED: [(&str, Kind, &str, &str); 10] = [
    ("speed", Kind::Speed, "$|u|$", "magnitude of the velocity"),
    ("omega_x", Kind::Vorticity(0), "$ω_x$", "vorticity, x"),
    ("omega_y", Kind::Vorticity(1), "$ω_y$", "vorticity, y"),
    ("omega_z", Kind::Vorticity(2), "$ω_z$", "vorticity, z"),
    ("vorticity", Kind::VorticityMagnitude, "$|ω|$", "magnitude of the vorticity"),
    ("strain", Kind::Strain, "$|s| = (2 s_{ij} s_{ij})^{1/2}$", "magnitude of the strain rate"),
    ("Q", Kind::Q, "$Q$", "second invariant of the velocity gradient, -1/2 du_i/dx_j du_j/dx_i"),
    ("lambda_2", Kind::Lambda2, "$λ_2$", "middle eigenvalue of s_ik s_kj + W_ik W_kj"),
    ("dissipation", Kind::Dissipation, "$2 ν s_{ij} s_{ij}$", "dissipation, 2 nu s_ij s_ij"),
    ("helicity", Kind::Helicity, "$u_i ω_i$", "helicity, u_i omega_i"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A component itself.
    Plain,
    Speed,
    Vorticity(usize),
    VorticityMagnitude,
    Strain,
    Q,
    Lambda2,
    Dissipation,
    Helicity,
}

const VELOCITY: [&str; 3] = ["u", "v", "w"];
const AXES: [&str; 3] = ["x", "y", "z"];

impl Quantity {
    /// The quantity of this name, of a flow with these fields: a field, `dFIELD/dx` and its like, or one of
    /// the list.
    ///
    /// # Errors
    /// A name that is none of these.
    pub fn new(name: &str, fields: &[String]) -> Result<Self> {
        let find = |field: &str| fields.iter().position(|known| known == field);
        let made = |kind, components| Ok(Self { name: name.to_owned(), kind, components });
        let derived = |name: &str| {
            let (field, axis) = name.strip_prefix('d')?.rsplit_once("/d")?;
            Some(Component {
                field: find(field)?,
                along: Some(AXES.iter().position(|known| *known == axis)?),
            })
        };
        if let Some(field) = find(name) {
            return made(Kind::Plain, vec![Component { field, along: None }]);
        }
        if let Some(component) = derived(name) {
            return made(Kind::Plain, vec![component]);
        }
        let velocity: Option<Vec<usize>> = VELOCITY.into_iter().map(find).collect();
        let (Some((_, kind, ..)), Some(velocity)) = (NAMED.iter().find(|known| known.0 == name), &velocity)
        else {
            return Err(unknown(name, fields, velocity.is_some()));
        };
        let values = velocity.iter().map(|&field| Component { field, along: None });
        let gradient =
            velocity.iter().flat_map(|&field| (0..3).map(move |j| Component { field, along: Some(j) }));
        made(
            *kind,
            match kind {
                Kind::Speed => values.collect(),
                Kind::Helicity => gradient.chain(values).collect(),
                _ => gradient.collect(),
            },
        )
    }

    /// Whether it needs derivatives.
    pub fn is_derived(&self) -> bool {
        self.components.iter().any(|component| component.along.is_some())
    }

    /// Markup of its symbol.
    pub fn symbol(&self) -> String {
        match NAMED.iter().find(|known| known.1 == self.kind) {
            Some((_, _, symbol, _)) => (*symbol).to_owned(),
            None => format!("${}$", self.name),
        }
    }

    /// Its value at a point, from those of its components.
    pub fn value(&self, at: &[f64], viscosity: f64) -> f64 {
        let square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        // A_ij = du_i/dx_j
        let a = |i: usize, j: usize| at[3 * i + j];
        let vorticity = || [a(2, 1) - a(1, 2), a(0, 2) - a(2, 0), a(1, 0) - a(0, 1)];
        let strain_squared =
            || (0..9).map(|ij| (0.5 * (a(ij / 3, ij % 3) + a(ij % 3, ij / 3))).powi(2)).sum::<f64>();
        match self.kind {
            Kind::Plain => at[0],
            Kind::Speed => square(at).sqrt(),
            Kind::Vorticity(i) => vorticity()[i],
            Kind::VorticityMagnitude => square(&vorticity()).sqrt(),
            Kind::Strain => (2.0 * strain_squared()).sqrt(),
            Kind::Q => -0.5 * (0..9).map(|ij| a(ij / 3, ij % 3) * a(ij % 3, ij / 3)).sum::<f64>(),
            Kind::Lambda2 => lambda_2(&Matrix3::from_fn(a)),
            Kind::Dissipation => 2.0 * viscosity * strain_squared(),
            Kind::Helicity => vorticity().iter().zip(&at[9..]).map(|(omega, u)| omega * u).sum(),
        }
    }
}

/// The middle eigenvalue of `s_ik s_kj + W_ik W_kj`, with the symmetric and the antisymmetric part of the
/// velocity gradient (Jeong & Hussain, J. Fluid Mech. 285 (1995) 69). It is negative in a vortex.
fn lambda_2(gradient: &Matrix3<f64>) -> f64 {
    let (s, w) = (0.5 * (gradient + gradient.transpose()), 0.5 * (gradient - gradient.transpose()));
    let mut eigenvalues = (s * s + w * w).symmetric_eigenvalues();
    eigenvalues.as_mut_slice().sort_by(f64::total_cmp);
    eigenvalues[1]
}

fn unknown(name: &str, fields: &[String], has_velocity: bool) -> Error {
    let named = NAMED.iter().filter(|_| has_velocity).map(|known| known.0);
    let names: Vec<&str> = fields.iter().map(String::as_str).chain(named).collect();
    let near = names.iter().map(|known| (strsim::damerau_levenshtein(name, known), *known)).min();
    let meant =
        near.filter(|(distance, _)| *distance <= 2).map(|(_, known)| format!("; did you mean `{known}`?"));
    Error::input(format!(
        "there is no quantity `{name}`{}\nThere are {}, and derivatives such as d{}/dx.",
        meant.unwrap_or_default(),
        names.join(", "),
        fields.first().map_or("u", String::as_str)
    ))
}

/// The quantities as a table for `--help`: name and meaning.
pub fn list() -> String {
    NAMED.iter().map(|(name, _, _, says)| format!("  {name:12} {says}\n")).collect()
}
