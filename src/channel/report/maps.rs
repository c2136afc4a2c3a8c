//! Maps of premultiplied spectra in wall units: over wavelength and y+, and over both wavelengths at the y of
//! two-dimensional spectra. The energy of a part of a map over wavelengths is proportional to its area times
//! its colour.

use std::f64::consts::TAU;

use super::density::Lines;
use super::lines::Directed;
use super::plane_spectra::PlaneSpectra;
use super::symmetry::Symmetry;
use crate::channel::case::{Channel, ChannelScalar};
use crate::channel::catalogue::Field;
use crate::figure::{Axis, Colours, Map, plain};
use crate::report::plot::{Figure, Plot};
use crate::report::rows::significant;

/// The products of velocities that are shown, and their subscripts.
const VELOCITIES: [([Field; 2], &str); 4] = [
    ([Field::U, Field::U], "uu"),
    ([Field::V, Field::V], "vv"),
    ([Field::W, Field::W], "ww"),
    ([Field::U, Field::V], "uv"),
];

/// Densities that are round-off.
const UNSEEN: f64 = 1e-20;
/// Bytes of a map, measured.
const MAP: usize = 1_300_000;
/// The y+ from which maps over y+ are drawn.
const NEAREST: f64 = 0.5;

/// The spectra over k_x and over k_z at all y up to the centre.
pub fn over_y(of: &[Directed; 2], y_plus: &[f64]) -> Vec<Figure> {
    let centre = (0..y_plus.len()).max_by(|&a, &b| y_plus[a].total_cmp(&y_plus[b])).unwrap_or(0);
    let rows: Vec<usize> = (0..=centre).filter(|&j| y_plus[j] >= NEAREST).collect();
    let places: Vec<f64> = rows.iter().map(|j| y_plus[*j]).collect();
    let figure = |directed: &Directed| {
        let Directed { along, k, wall_length, spectra, .. } = directed;
        let (along, k) = (along.name(), in_wall_units(k, *wall_length));
        if k.len() < 2 || places.len() < 2 {
            return None;
        }
        let plot = |(pair, name): ([Field; 2], &str)| {
            let lines = spectra.iter().find(|lines| lines.pair == pair)?;
            let cells = rows.iter().flat_map(|j| (1..k.len()).rev().map(move |n| (*j, n)));
            let (minus, sign) = sign(pair, true);
            let values = cells.map(|(j, n)| sign * k[n] * lines.at(j)[0][n]).collect();
            let label = format!("${minus}k_{along} E_{{{name}}} / u_τ^2$");
            let x = Axis::logarithmic(format!("Wavelength  $λ_{along} u_τ / ν$"));
            let y = Axis::logarithmic("Distance from the wall  $y^+$");
            let map = map([wavelengths(&k), between(&places)], values, label);
            Some(Plot::of_map(format!("${name}$"), x, y, map))
        };
        let plots = VELOCITIES.into_iter().filter_map(plot).collect();
        Some(Figure { name: format!("premultiplied_{along}"), plots })
    };
    of.iter().filter_map(figure).collect()
}

/// The spectra over k_x and k_z, a figure of each product with a map at each y.
pub fn over_both(of: &PlaneSpectra, scalars: &[ChannelScalar], symmetric: bool) -> Vec<Figure> {
    let [kx, kz] = of.k.each_ref().map(|k| in_wall_units(k, of.wall_length));
    if kx.len() < 2 || kz.len() < 2 {
        return Vec::new();
    }
    let of_velocity = VELOCITIES.map(|(pair, name)| (pair, name.to_owned(), name.to_owned(), "u_τ^2"));
    let of_scalars = scalars.iter().enumerate().map(|(s, ChannelScalar { name, .. })| {
        ([Field::Scalar(s); 2], format!("{name}_{name}"), "θθ".to_owned(), "θ_τ^2")
    });
    let figure = |(pair, name, subscript, unit): ([Field; 2], String, String, &str)| {
        let lines: &Lines = of.spectra.iter().find(|lines| lines.pair == pair)?;
        // Nothing is seen at a wall, nor of uv in the centre of alike halves.
        let seen = |line: &[f64]| line.iter().any(|value| value.abs() > UNSEEN);
        let shown = lines.values.chunks(lines.width).zip(&of.places).filter(|(line, _)| seen(line));
        let plot = |(line, [y, y_plus]): (&[f64], &[f64; 2])| {
            let cells = (1..kz.len()).rev().flat_map(|n| (1..kx.len()).rev().map(move |m| (m, n)));
            let (minus, sign) = sign(pair, *y <= 1.0);
            let value = |(m, n): (usize, usize)| sign * kx[m] * kz[n] * line[m * kz.len() + n];
            let label = format!("${minus}k_x k_z E_{{{subscript}}} / {unit}$");
            let map = map([wavelengths(&kx), wavelengths(&kz)], cells.map(value).collect(), label);
            let wall = match symmetric {
                true => "",
                false if *y < 1.0 => ", lower half",
                false => ", upper half",
            };
            let of_scalar = match pair[0] {
                Field::Scalar(s) => format!("{},  ", plain(&scalars[s].name)),
                _ => String::new(),
            };
            let title = format!("{of_scalar}$y^+ = {}${wall}", significant(*y_plus, 3));
            let axis = |along: &str| Axis::logarithmic(format!("Wavelength  $λ_{along} u_τ / ν$"));
            Plot::of_map(title, axis("x"), axis("z"), map)
        };
        let plots: Vec<Plot> = shown.map(plot).collect();
        (!plots.is_empty()).then(|| Figure { name: format!("spectra_xz_{name}"), plots })
    };
    of_velocity.into_iter().chain(of_scalars).filter_map(figure).collect()
}

/// Bytes of the maps in the largest figure, with two-dimensional spectra at a number of y, beyond those of a
/// page.
pub fn memory(flow: &Channel, planes: usize) -> usize {
    MAP * Symmetry::of(flow).kept(planes).saturating_sub(VELOCITIES.len())
}

fn map([x, y]: [Vec<f64>; 2], values: Vec<f64>, label: String) -> Map {
    let (axis, colours) = (Axis::linear(label), Colours::Sequential);
    Map { x, y, values, axis, colours, true_to_scale: false, in_levels: true }
}

/// The sign with which a product is shown, in letters and as a factor: uv is negative in the lower half.
fn sign(pair: [Field; 2], in_lower_half: bool) -> (&'static str, f64) {
    if pair == [Field::U, Field::V] && in_lower_half { ("-", -1.0) } else { ("", 1.0) }
}

fn in_wall_units(k: &[f64], wall_length: f64) -> Vec<f64> {
    k.iter().map(|k| k * wall_length).collect()
}

/// The edges of the cells of k = dk, 2 dk, .. in wavelengths, ascending.
fn wavelengths(k: &[f64]) -> Vec<f64> {
    (0..k.len()).rev().map(|n| TAU / ((n as f64 + 0.5) * k[1])).collect()
}

/// Edges halfway between ascending values > 0 on a logarithmic axis.
fn between(values: &[f64]) -> Vec<f64> {
    let last = values.len() - 1;
    let inner = values.windows(2).map(|pair| (pair[0] * pair[1]).sqrt());
    let first = values[0] * (values[0] / values[1]).sqrt();
    [first].into_iter().chain(inner).chain([values[last]]).collect()
}
