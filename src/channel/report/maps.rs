//! Maps of premultiplied spectra in wall units: over wavelength and y+, and over both wavelengths at the y of
//! two-dimensional spectra. The energy of a part of the page is proportional to its area times its colour.

use std::f64::consts::TAU;

use super::lines::{Directed, Lines};
use super::plane_spectra::PlaneSpectra;
use crate::channel::case::ChannelScalar;
use crate::channel::catalogue::Field;
use crate::error::Result;
use crate::figure::{Axis, Map, Panel, plain};
use crate::report::gallery::Gallery;
use crate::report::rows::significant;

/// The products of velocities that are shown, and their subscripts.
const VELOCITIES: [([Field; 2], &str); 4] = [
    ([Field::U, Field::U], "uu"),
    ([Field::V, Field::V], "vv"),
    ([Field::W, Field::W], "ww"),
    ([Field::U, Field::V], "uv"),
];

/// The y+ from which maps over y+ are drawn.
const NEAREST: f64 = 0.5;

/// Draws the spectra over k_x and over k_z at all y up to the centre, and returns the names of the figures.
pub fn draw_lines(gallery: &Gallery, of: &[Directed; 2], y_plus: &[f64]) -> Result<Vec<String>> {
    let centre = (0..y_plus.len()).max_by(|&a, &b| y_plus[a].total_cmp(&y_plus[b])).unwrap_or(0);
    let rows: Vec<usize> = (0..=centre).filter(|&j| y_plus[j] >= NEAREST).collect();
    let places: Vec<f64> = rows.iter().map(|j| y_plus[*j]).collect();
    let mut drawn = Vec::new();
    for Directed { along, k, wall_length, spectra, .. } in of {
        let (along, k) = (along.name(), in_wall_units(k, *wall_length));
        if k.len() < 2 || places.len() < 2 {
            continue;
        }
        let panel = |(pair, name): ([Field; 2], &str)| {
            let lines = spectra.iter().find(|lines| lines.pair == pair)?;
            let value = |j: usize, n: usize| sign(pair) * k[n] * lines.values[j][n];
            let values = rows.iter().flat_map(|j| (1..k.len()).rev().map(move |n| (*j, n)));
            let map = Map {
                x: wavelengths(&k),
                y: between(&places),
                values: values.map(|(j, n)| value(j, n)).collect(),
                axis: Axis::linear(format!("${}k_{along} E_{{{name}}} / u_τ^2$", minus(pair))),
            };
            let x = Axis::logarithmic(format!("Wavelength  $λ_{along} u_τ / ν$"));
            Some(Panel::of_map(x, Axis::logarithmic("Distance from the wall  $y^+$"), map))
        };
        let name = format!("premultiplied_{along}");
        gallery.draw_all(&name, VELOCITIES.into_iter().filter_map(panel).collect())?;
        drawn.push(name);
    }
    Ok(drawn)
}

/// Draws the spectra over k_x and k_z, a figure of each product with a panel of each y; returns the names.
pub fn draw_planes(gallery: &Gallery, of: &PlaneSpectra, scalars: &[ChannelScalar]) -> Result<Vec<String>> {
    let [kx, kz] = of.k.each_ref().map(|k| in_wall_units(k, of.wall_length));
    if kx.len() < 2 || kz.len() < 2 {
        return Ok(Vec::new());
    }
    let of_velocity = VELOCITIES.map(|(pair, name)| (pair, name.to_owned(), name.to_owned(), "u_τ^2"));
    let of_scalars = scalars.iter().enumerate().map(|(s, ChannelScalar { name, .. })| {
        ([Field::Scalar(s); 2], format!("{name}_{name}"), format!("\"{}\"", plain(name)), "θ_τ^2")
    });
    let mut drawn = Vec::new();
    for (pair, name, subscript, unit) in of_velocity.into_iter().chain(of_scalars) {
        let Some(Lines { values, .. }) = of.spectra.iter().find(|lines| lines.pair == pair) else { continue };
        let panel = |(line, [_, y_plus]): (&Vec<f64>, &[f64; 2])| {
            let value = |m: usize, n: usize| sign(pair) * kx[m] * kz[n] * line[m * kz.len() + n];
            let cells = (1..kz.len()).rev().flat_map(|n| (1..kx.len()).rev().map(move |m| (m, n)));
            let label = format!("${}k_x k_z E_{{{subscript}}} / {unit}$", minus(pair));
            let map = Map {
                x: wavelengths(&kx),
                y: wavelengths(&kz),
                values: cells.map(|(m, n)| value(m, n)).collect(),
                axis: Axis::linear(format!("{label}  at  $y^+ = {}$", significant(*y_plus, 3))),
            };
            let axis = |along: &str| Axis::logarithmic(format!("Wavelength  $λ_{along} u_τ / ν$"));
            Panel::of_map(axis("x"), axis("z"), map)
        };
        let figure = format!("spectra_xz_{name}");
        gallery.draw_all(&figure, values.iter().zip(&of.places).map(panel).collect())?;
        drawn.push(figure);
    }
    Ok(drawn)
}

/// -1 of uv, which is negative in the lower half.
fn sign(pair: [Field; 2]) -> f64 {
    if pair[0] == pair[1] { 1.0 } else { -1.0 }
}

fn minus(pair: [Field; 2]) -> &'static str {
    if pair[0] == pair[1] { "" } else { "-" }
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
