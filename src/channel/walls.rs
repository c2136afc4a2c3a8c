//! The walls: motion in x, oscillation in z, and transpiration.

use super::line::{Group, by_parity};
use crate::channel::case::{Transpiration, WallSide, Walls};
use crate::transform::{Column, NEIGHBOURS, Real, Truncation};
use num_complex::Complex;
use std::f64::consts::TAU;

/// v at the walls in one column, in the laboratory.
struct Through {
    column: Column,
    kx: f64,
    kz: f64,
    /// The modes of v at the lower and at the upper wall.
    v: [Complex<f64>; 2],
}

/// The walls, as they are seen from the frame.
pub struct WallMotion {
    walls: Walls,
    frame_velocity: f64,
    through: Vec<Through>,
}

impl WallMotion {
    pub fn new(walls: &Walls, frame_velocity: f64, size: [f64; 3], truncation: &Truncation) -> Self {
        let mut through: Vec<Through> = Vec::new();
        let labels = walls
            .transpiration
            .iter()
            .flat_map(|Transpiration { wavenumber: [nx, nz], .. }| [[*nx, *nz], [-nx, -nz]]);
        for column in labels.filter_map(|label| truncation.find(label)) {
            if through.iter().any(|known| known.column == column) {
                continue;
            }
            let of = |t: &Transpiration| {
                let [nx, nz] = t.wavenumber;
                let amplitude = Complex::from_polar(0.5 * t.amplitude, t.phase);
                // A cos = the mode and its conjugate, one of which is kept.
                match (column.nx as i64, column.nz) {
                    label if label == (nx, nz) => Some(amplitude),
                    label if label == (-nx, -nz) => Some(amplitude.conj()),
                    _ => None,
                }
            };
            let at = |side: WallSide| -> Complex<f64> {
                let here = |t: &&Transpiration| t.wall == side || t.wall == WallSide::Both;
                walls.transpiration.iter().filter(here).filter_map(of).sum()
            };
            let v = [at(WallSide::Lower), at(WallSide::Upper)];
            if v != [Complex::default(); 2] {
                let [kx, kz] = [TAU / size[0] * column.nx as f64, TAU / size[2] * column.nz as f64];
                through.push(Through { column, kx, kz, v });
            }
        }
        Self { walls: walls.clone(), frame_velocity, through }
    }

    /// U at the walls; as of all these, half the sum and half the difference of upper and lower
    /// wall.
    pub fn streamwise<T: Real>(&self) -> Group<T> {
        let [lower, upper] = self.walls.velocity;
        ends(lower, upper)
    }

    /// W at the walls at a time.
    pub fn spanwise<T: Real>(&self, time: f64) -> Group<T> {
        let w = self.w(time);
        ends(w, w)
    }

    fn w(&self, time: f64) -> f64 {
        self.walls.oscillation.map_or(0.0, |o| o.amplitude * (TAU * time / o.period).sin())
    }

    /// v at the walls in neighbouring columns at a time. The frame moves past the
    /// walls.
    pub fn through<T: Real>(&self, columns: &[Column], time: f64) -> Group<T> {
        self.by_column(columns, time, |through| through.v, |sum, difference| [sum, difference])
    }

    /// `-d(U v)/dx - d(W v)/dz` at the walls in neighbouring columns at a time: half
    /// the difference and half the sum of upper and lower wall, as
    /// [`super::line::Operators::slopes`] has those of a slope.
    pub fn convection<T: Real>(&self, columns: &[Column], time: f64) -> Group<T> {
        let w = self.w(time);
        let of_walls = |Through { kx, kz, v, .. }: &Through| {
            std::array::from_fn(|wall| {
                v[wall] * Complex::new(0.0, -(kx * self.walls.velocity[wall] + kz * w))
            })
        };
        self.by_column(columns, time, of_walls, |sum, difference| [difference, sum])
    }

    /// Half the sum and half the difference of `[lower, upper]` of each column, in the order that
    /// `arrange(sum, difference)` gives them.
    fn by_column<T: Real>(
        &self,
        columns: &[Column],
        time: f64,
        of_walls: impl Fn(&Through) -> [Complex<f64>; 2],
        arrange: impl Fn(Complex<f64>, Complex<f64>) -> [Complex<f64>; 2],
    ) -> Group<T> {
        if self.through.is_empty() {
            return Group::all(T::zero());
        }
        let of = |column: &Column| {
            let found = self.through.iter().find(|through| through.column == *column);
            found.map_or([Complex::default(); 2], |through| {
                let turn = Complex::cis(through.kx * self.frame_velocity * time) * 0.5;
                let [lower, upper] = of_walls(through);
                arrange((upper + lower) * turn, (upper - lower) * turn)
                    .map(|value| Complex::new(T::of(value.re), T::of(value.im)))
            })
        };
        by_parity(std::array::from_fn(|c| columns.get(c).map_or([Complex::default(); 2], of)))
    }
}

/// A real field with these values at the walls, in all columns.
pub fn ends<T: Real>(lower: f64, upper: f64) -> Group<T> {
    let real = |value: f64| Complex::new(T::of(value), T::zero());
    by_parity([[real(0.5 * (upper + lower)), real(0.5 * (upper - lower))]; NEIGHBOURS])
}
