//! Profiles, budgets and numbers of a channel in wall units, from its averages. Velocities are in u_tau, with
//!
//! ```text
//!     u_tau^2 = (nu |dU/dy|_lower + nu |dU/dy|_upper) / 2,
//! ```
//!
//! lengths in nu / u_tau, and scalars in theta_tau, the mean of nu / Sc |d theta/dy| over both walls
//! divided by u_tau.
//!
//! U is `U - U_w`, relative to the nearer wall, and to the lower one in the centre; if the walls
//! move differently, it jumps there. The bulk velocity is relative to the mean of the walls. Neither
//! depends on the frame of reference.

use super::budgets::{Budget, TERMS, budgets};
use super::moments::{Moments, Spanwise, Third};
use super::phases::{self, AtPhase};
use super::round_off::RoundOff;
use super::samples::Averages;
use super::scalar_budgets::{self, Fluid};
use super::scalars::ScalarMoments;
use super::symmetry::Symmetry;
use crate::case::Precision;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::*;
use crate::chebyshev::{Differences, Points};
use crate::error::Result;
use crate::report::cubic::interpolate;

/// Distance from the centre below which a point is the centre: its cosine is not quite zero.
const CENTRE: f64 = 1e-9;

/// The parameters of a run that its findings depend on.
pub struct Setting {
    pub precision: Precision,
    pub viscosity: f64,
    pub rotation: f64,
    /// Velocity of the frame in which u is averaged.
    pub frame_velocity: f64,
    /// U of the lower and the upper wall.
    pub walls: [f64; 2],
    pub scalars: Vec<ChannelScalar>,
    pub symmetry: Symmetry,
    pub grid: Points,
    pub differences: Differences,
}

impl Setting {
    /// U of the wall nearer to the point of this index; the centre belongs to the lower one.
    pub fn nearer_wall(&self, j: usize) -> f64 {
        self.walls[usize::from(self.grid.y[j] > CENTRE)]
    }
}

/// A quantity at the points that are kept, from the lower wall on, or a single number.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub values: Vec<f64>,
    /// The standard errors of the values; NaN if unknown.
    pub errors: Vec<f64>,
}

/// Profiles, budgets and numbers of a channel.
pub struct Findings {
    pub profiles: Vec<Column>,
    pub budgets: Vec<Column>,
    /// Columns of one value each.
    pub numbers: Vec<Column>,
    /// Profiles at phases of oscillating walls.
    pub phases: Vec<AtPhase>,
}

pub fn find<'a>(columns: &'a [Column], name: &str) -> Option<&'a Column> {
    columns.iter().find(|column| column.name == name)
}

impl Findings {
    /// Computes the findings without their errors.
    pub fn new(averages: &Averages, setting: &Setting) -> Result<Self> {
        let averages = &setting.symmetry.average(averages)?;
        let Setting { viscosity: nu, rotation, walls, grid, differences, .. } = setting;
        let moments = Moments::new(averages, differences, setting.frame_velocity)?;
        let last = grid.y.len() - 1;
        let shear = [moments.mean.du[last], moments.mean.du[0]].map(|slope| nu * slope);
        let u_tau = (0.5 * (shear[0].abs() + shear[1].abs())).sqrt();
        let kept = setting.symmetry.kept(grid.y.len());
        // From the lower wall on, in units of `unit`.
        let column = |name: &str, unit: f64, value: &dyn Fn(usize) -> f64| {
            let values = (0..kept).map(|i| value(last - i) / unit).collect();
            Column { name: name.to_owned(), values, errors: Vec::new() }
        };
        let distance = column("y", 1.0, &|j| grid.y[j] + 1.0);
        let y_plus = column("y_plus", nu / u_tau, &|j| 1.0 - grid.y[j].abs());
        let mut profiles = vec![distance, y_plus];
        profiles.extend(of_velocity(&moments, setting, u_tau, shear, &column));
        let mut terms = profiles[..2].to_vec();
        let turns = *rotation != 0.0;
        let unit = u_tau.powi(4) / nu;
        for (stress, budget) in budgets(averages, &moments, differences, *nu, *rotation)? {
            let has = |term: &str| term != "rotation" || turns && stress != "k" && stress != "ww";
            terms.extend(of_budget(stress, TERMS, &budget, has, unit, &column));
        }
        let mut of_scalars = Vec::new();
        for (s, scalar) in setting.scalars.iter().enumerate() {
            let own = ScalarMoments::new(s, averages)?;
            let diffusivity = nu / scalar.schmidt;
            let unit = own.flux_at_walls(differences, diffusivity) / u_tau;
            profiles.extend(own.columns(&scalar.name, [u_tau, unit], setting, &column));
            of_scalars.push((format!("{}_tau", scalar.name), unit));
            let fluid = Fluid { differences, viscosity: *nu, diffusivity, rotation: *rotation };
            let budgets = scalar_budgets::budgets(s, averages, &moments, &own, &fluid)?;
            for (field, budget) in [&*scalar.name, "u", "v", "w"].into_iter().zip(budgets.iter().flatten()) {
                let (is_variance, factor) = if field == scalar.name { (true, unit) } else { (false, u_tau) };
                let has = |term: &str| match term {
                    "rotation" => turns && ["u", "v"].contains(&field),
                    _ => !(is_variance && term.starts_with("pressure")),
                };
                let (name, unit) = (format!("{field}_{}", scalar.name), factor * unit * u_tau.powi(2) / nu);
                terms.extend(of_budget(&name, scalar_budgets::TERMS, budget, has, unit, &column));
            }
        }
        let bulk: f64 = moments.mean.u.iter().zip(&grid.weights).map(|(u, weight)| u * weight).sum();
        let ascending = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
        let centre = interpolate(&ascending(&grid.y), &ascending(&moments.mean.u), 0.0);
        let (peak_at, peak) = find(&profiles, "u_rms")
            .map_or((f64::NAN, f64::NAN), |rms| peak(&profiles[1].values, &rms.values));
        let middle = 0.5 * (walls[0] + walls[1]);
        let relative = bulk - middle;
        let half = 0.5 * (walls[1] - walls[0]).abs();
        let of_drive = match half > 0.0 {
            true => vec![("friction_of_walls", 2.0 * (u_tau / half).powi(2))],
            false => vec![
                ("centre_over_bulk", (centre - middle) / relative),
                ("friction_of_bulk", 2.0 * (u_tau / relative).powi(2)),
            ],
        };
        let numbers = [
            ("u_tau", u_tau),
            ("re_tau", u_tau / nu),
            ("bulk", relative),
            ("re_bulk", relative / nu),
            ("peak_u_rms", peak),
            ("peak_at", peak_at),
            ("shear_lower", shear[0]),
            ("shear_upper", shear[1]),
            ("u_tau_lower", shear[0].abs().sqrt()),
            ("u_tau_upper", shear[1].abs().sqrt()),
        ];
        let number = |(name, value): (String, f64)| Column { name, values: vec![value], errors: Vec::new() };
        let numbers = numbers
            .into_iter()
            .chain(of_drive)
            .map(|(name, value)| (name.to_owned(), value))
            .chain(of_scalars);
        let phases = phases::profiles(averages, setting, u_tau, &column)?;
        Ok(Self { profiles, budgets: terms, numbers: numbers.map(number).collect(), phases })
    }

    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        let of_phases = self.phases.iter().flat_map(|phase| &phase.profiles);
        self.profiles.iter().chain(&self.budgets).chain(&self.numbers).chain(of_phases)
    }

    pub fn columns_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        let of_phases = self.phases.iter_mut().flat_map(|phase| &mut phase.profiles);
        self.profiles.iter_mut().chain(&mut self.budgets).chain(&mut self.numbers).chain(of_phases)
    }
}

/// A function that makes a column from a name, a unit and the values at the points.
pub type Make<'a> = dyn Fn(&str, f64, &dyn Fn(usize) -> f64) -> Column + 'a;

fn of_velocity(
    moments: &Moments,
    setting: &Setting,
    u_tau: f64,
    shear: [f64; 2],
    column: &Make,
) -> Vec<Column> {
    let Moments { mean, second, third, spanwise, fourth, vorticity } = moments;
    let (nu, y) = (setting.viscosity, &setting.grid.y);
    let (square, cube) = (u_tau.powi(2), u_tau.powi(3));
    let root = |values: &[f64], j: usize| values[j].max(0.0).sqrt();
    // In equilibrium, -<uv> + nu dU/dy is linear between its values at the walls.
    let total = |j: usize| nu * mean.du[j] - second.uv[j];
    let line = |j: usize| 0.5 * (shear[0] * (1.0 - y[j]) + shear[1] * (1.0 + y[j]));
    let mut columns = vec![
        column("U", u_tau, &|j| mean.u[j] - setting.nearer_wall(j)),
        column("W", u_tau, &|j| mean.w[j]),
        column("P", square, &|j| mean.p[j]),
        column("dU", square / nu, &|j| mean.du[j]),
        column("k", square, &|j| 0.5 * (second.uu[j] + second.vv[j] + second.ww[j])),
        column("total_stress", square, &total),
        column("stress_off_line", square, &|j| total(j) - line(j)),
    ];
    let moment =
        |(moment, values, unit): (Moment, &Vec<f64>, f64)| column(&moment.name(&[]), unit, &|j| values[j]);
    let stresses = [
        (UU, &second.uu, square),
        (VV, &second.vv, square),
        (WW, &second.ww, square),
        (UV, &second.uv, square),
        (UW, &second.uw, square),
        (VW, &second.vw, square),
    ];
    columns.extend(stresses.map(moment));
    let fluctuations = [
        ("u_rms", &second.uu, u_tau),
        ("v_rms", &second.vv, u_tau),
        ("w_rms", &second.ww, u_tau),
        ("p_rms", &second.pp, square),
    ];
    columns.extend(fluctuations.map(|(name, values, unit)| column(name, unit, &|j| root(values, j))));
    for (name, values) in ["omega_x_rms", "omega_y_rms", "omega_z_rms"].iter().zip(vorticity) {
        columns.push(column(name, square / nu, &|j| root(values, j)));
    }
    let u = |j: usize| mean.u[j] - setting.frame_velocity;
    let (v, w) = (|_: usize| 0.0, |j: usize| mean.w[j]);
    let components: [(_, &dyn Fn(usize) -> f64, _, _); 3] = [
        ("u", &u, &second.uu, &third.uuu),
        ("v", &v, &second.vv, &third.vvv),
        ("w", &w, &second.ww, &third.www),
    ];
    for ((name, mean, variance, cubes), fourth) in components.into_iter().zip(fourth) {
        columns.extend(shape(name, mean, [variance, cubes, fourth], setting.precision, column));
    }
    let Third { uuu, uuv, uvv, vvv, vww, uww, www } = third;
    let moments = [
        (UUU, uuu, cube),
        (UUV, uuv, cube),
        (UVV, uvv, cube),
        (VVV, vvv, cube),
        (VWW, vww, cube),
        (UWW, uww, cube),
        (WWW, www, cube),
        (PU, &second.pu, cube),
        (PV, &second.pv, cube),
    ];
    columns.extend(moments.map(moment));
    if let Some(Spanwise { pw, uuw, uvw, vvw }) = spanwise {
        columns.extend(
            [(UUW, uuw), (UVW, uvw), (VVW, vvw), (PW, pw)].map(|(of, values)| moment((of, values, cube))),
        );
    }
    columns
}

/// The terms of the budget of a quantity that it `has`, and their sum.
fn of_budget(
    quantity: &str,
    names: [&str; 7],
    terms: &Budget,
    has: impl Fn(&str) -> bool,
    unit: f64,
    column: &Make,
) -> Vec<Column> {
    let own = names.iter().zip(terms).filter(|(name, _)| has(name));
    let mut columns: Vec<Column> =
        own.map(|(name, values)| column(&format!("{name}_{quantity}"), unit, &|j| values[j])).collect();
    let sum = |j: usize| terms.iter().map(|term| term[j]).sum();
    columns.push(column(&format!("residual_{quantity}"), unit, &sum));
    columns
}

/// Skewness and flatness of a field from its second, third and fourth moment; NaN where they are
/// round-off. `mean` is that of the field whose powers are averaged.
pub fn shape(
    name: &str,
    mean: &dyn Fn(usize) -> f64,
    [variance, cubes, fourth]: [&[f64]; 3],
    precision: Precision,
    column: &Make,
) -> [Column; 2] {
    let round_off = RoundOff::new(precision, variance.iter().copied());
    let over = |moment: f64, j: usize, order: u8| match round_off.hides(order, variance[j], mean(j)) {
        true => f64::NAN,
        false => moment / variance[j].powf(0.5 * f64::from(order)),
    };
    [
        column(&format!("skewness_{name}"), 1.0, &|j| over(cubes[j], j, 3)),
        column(&format!("flatness_{name}"), 1.0, &|j| over(fourth[j], j, 4)),
    ]
}

/// Position and height of the vertex of the parabola through the largest value and its neighbours.
fn peak(x: &[f64], y: &[f64]) -> (f64, f64) {
    let Some(top) = (1..y.len().saturating_sub(1)).max_by(|&a, &b| y[a].total_cmp(&y[b])) else {
        return (f64::NAN, f64::NAN);
    };
    let before = (y[top] - y[top - 1]) / (x[top] - x[top - 1]);
    let after = (y[top + 1] - y[top]) / (x[top + 1] - x[top]);
    let curvature = (after - before) / (x[top + 1] - x[top - 1]);
    let at = 0.5 * (x[top - 1] + x[top]) - 0.5 * before / curvature;
    match curvature < 0.0 && (x[top - 1]..=x[top + 1]).contains(&at) {
        true => (at, y[top - 1] + (at - x[top - 1]) * (before + curvature * (at - x[top]))),
        false => (x[top], y[top]),
    }
}
