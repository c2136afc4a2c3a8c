//! The figures of spectra and correlations: each component in each direction, at a few distances
//! from the wall, or at those of the published curves if there are any.

use super::lines::{Directed, Lines};
use super::published_lines::{Kind, PublishedLine};
use crate::channel::catalogue::Field;
use crate::error::Result;
use crate::figure::palette::{CURVES, Colour, GREY};
use crate::figure::{Axis, Layer, Panel, Scale, plain};
use crate::report::gallery::{Gallery, REFERENCES, axis, extent, sparse, zero};
use crate::report::rows::significant;

/// y+ of the curves; the last one is the centre.
const PLACES: [f64; 5] = [5.0, 15.0, 30.0, 100.0, f64::INFINITY];
/// Stride of the points of a published correlation that are drawn.
const EACH: usize = 2;

/// Component, its letter, and the figures of its spectra and correlations in x and z.
const FIGURES: [(Field, &str, [[&str; 2]; 2]); 3] = [
    (Field::U, "u", [["spectra_x_uu", "spectra_z_uu"], ["correlations_x_uu", "correlations_z_uu"]]),
    (Field::V, "v", [["spectra_x_vv", "spectra_z_vv"], ["correlations_x_vv", "correlations_z_vv"]]),
    (Field::W, "w", [["spectra_x_ww", "spectra_z_ww"], ["correlations_x_ww", "correlations_z_ww"]]),
];

/// Draws all figures and returns their names. `y_plus` runs from the lower wall to the centre or beyond;
/// points beyond the centre are not drawn.
pub fn draw(
    gallery: &Gallery,
    of: &[Directed; 2],
    y_plus: &[f64],
    published: &[PublishedLine],
) -> Result<Vec<&'static str>> {
    let centre = (0..y_plus.len()).max_by(|&a, &b| y_plus[a].total_cmp(&y_plus[b])).unwrap_or(0);
    let half = &y_plus[..=centre];
    let mut drawn = Vec::new();
    for (component, letter, names) in FIGURES {
        for (directed, axis) in of.iter().zip(0..) {
            for (kind, lines) in
                [(Kind::Spectrum, &directed.spectra), (Kind::Correlation, &directed.correlations)]
            {
                let name = names[kind as usize][axis];
                let Some(lines) = lines.iter().find(|lines| lines.pair == [component; 2]) else { continue };
                let laid_over: Vec<&PublishedLine> = published
                    .iter()
                    .filter(|line| {
                        line.kind == kind
                            && line.along == directed.along
                            && line.find([component; 2]).is_some()
                    })
                    .collect();
                if (Figure { gallery, name, letter, directed, kind, lines, half, laid_over }).draw()? {
                    drawn.push(name);
                }
            }
        }
    }
    Ok(drawn)
}

struct Figure<'a> {
    gallery: &'a Gallery<'a>,
    name: &'a str,
    letter: &'a str,
    directed: &'a Directed,
    kind: Kind,
    lines: &'a Lines,
    /// y+ from the wall to the centre.
    half: &'a [f64],
    laid_over: Vec<&'a PublishedLine>,
}

impl Figure<'_> {
    /// The point whose y+ is nearest to this one.
    fn nearest(&self, place: f64) -> usize {
        let off = |i: &usize| (self.half[*i] - place).abs();
        (0..self.half.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
    }

    /// The points in y that are drawn.
    fn chosen(&self) -> Vec<usize> {
        let last = self.half.len() - 1;
        let mut chosen: Vec<usize> = match self.laid_over.is_empty() {
            true => PLACES
                .iter()
                .map(|place| if place.is_finite() { self.nearest(*place) } else { last })
                .collect(),
            false => self.laid_over.iter().map(|line| self.nearest(line.y_plus)).collect(),
        };
        chosen.sort_unstable();
        chosen.dedup();
        chosen.truncate(CURVES.len());
        chosen
    }

    /// Premultiplied spectrum or correlation at a point in y.
    fn points(&self, j: usize) -> Vec<(f64, f64)> {
        let (Directed { k, r, wall_length, .. }, values) = (self.directed, self.lines.values[j].iter());
        let points: Vec<(f64, f64)> = match self.kind {
            Kind::Spectrum => k
                .iter()
                .zip(values)
                .skip(1)
                .map(|(k, energy)| (k * wall_length, k * wall_length * energy))
                .collect(),
            Kind::Correlation => r.iter().zip(values).map(|(r, value)| (r / wall_length, *value)).collect(),
        };
        points.into_iter().filter(|(_, value)| value.is_finite()).collect()
    }

    /// The published curves, in the colours of the nearest points, and a legend entry for each source.
    fn published(&self, chosen: &[usize]) -> Vec<Layer> {
        let mut labels: Vec<&str> = self.laid_over.iter().map(|line| &*line.label).collect();
        labels.sort_unstable();
        labels.dedup();
        let marker = |label: &str| {
            let source = labels.iter().position(|other| *other == label).unwrap_or(0);
            REFERENCES[source % REFERENCES.len()].1
        };
        let line = |line: &&PublishedLine| {
            let colour = CURVES[chosen.iter().position(|j| *j == self.nearest(line.y_plus))?];
            let points = line.find(self.lines.pair)?.iter().copied();
            let points = match self.kind {
                Kind::Spectrum => sparse(points),
                Kind::Correlation => points.step_by(EACH).collect(),
            };
            Some(Layer::markers("", colour, marker(&line.label), points))
        };
        let entry = |label: &&str| Layer::markers(plain(label), GREY, marker(label), Vec::new());
        self.laid_over.iter().filter_map(line).chain(labels.iter().map(entry)).collect()
    }

    /// Draws the figure; false if there is nothing to draw.
    fn draw(&self) -> Result<bool> {
        let Self { gallery, name, letter, directed: Directed { along, .. }, .. } = self;
        let (along, chosen) = (along.name(), self.chosen());
        let own = |(&j, colour): (&usize, Colour)| {
            Layer::line(format!("$y^+ = {}$", significant(self.half[j], 3)), colour, self.points(j))
        };
        let mut layers: Vec<Layer> = chosen.iter().zip(CURVES).map(own).collect();
        let Some(range) = extent(&layers) else { return Ok(false) };
        layers.extend(self.published(&chosen));
        // Published boxes may be larger.
        layers.iter_mut().for_each(|layer| layer.points.retain(|(x, _)| (range.0..=range.1).contains(x)));
        let panel = match self.kind {
            Kind::Spectrum => Panel::new(
                axis(&format!("Wavenumber  $k_{along} ν / u_τ$"), Scale::Logarithmic, range),
                Axis::linear(format!("$k_{along} E_{{{letter}{letter}}} / u_τ^2$")),
                layers,
            ),
            Kind::Correlation => {
                layers.insert(0, zero(range));
                Panel::new(
                    axis(&format!("Distance  $Δ{along} u_τ / ν$"), Scale::Linear, range),
                    Axis::linear(format!("$R_{{{letter}{letter}}} / ⟨{letter}'^2⟩$")),
                    layers,
                )
            }
        };
        gallery.draw(name, panel).map(|()| true)
    }
}
