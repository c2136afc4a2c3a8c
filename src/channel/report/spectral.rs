//! The figures of spectra and correlations: each component in each direction, at a few distances
//! from the wall, or at those of the published curves if there are any.

use super::density::Lines;
use super::lines::Directed;
use super::published_lines::{Kind, PublishedLine};
use crate::channel::catalogue::Field;
use crate::figure::palette::{CURVES, Colour};
use crate::figure::{Axis, Scale};
use crate::report::gallery::{axis, sparse};
use crate::report::plot::{Figure, Part, Plot, Points};
use crate::report::rows::significant;

/// y+ of the curves; the last one is the centre.
const PLACES: [f64; 5] = [5.0, 15.0, 30.0, 100.0, f64::INFINITY];
/// Stride of the points of a published correlation that are drawn.
const EACH: usize = 2;

/// The products that have figures, and their subscripts.
const FIGURES: [([Field; 2], &str); 4] = [
    ([Field::U, Field::U], "uu"),
    ([Field::V, Field::V], "vv"),
    ([Field::W, Field::W], "ww"),
    ([Field::U, Field::V], "uv"),
];

/// All figures. `y_plus` runs from the lower wall to the centre or beyond; points beyond the centre are not
/// drawn. Those of several runs (not `alone`) are at the same nominal y+.
pub fn figures(of: &[Directed; 2], y_plus: &[f64], published: &[PublishedLine], alone: bool) -> Vec<Figure> {
    let centre = (0..y_plus.len()).max_by(|&a, &b| y_plus[a].total_cmp(&y_plus[b])).unwrap_or(0);
    let half = &y_plus[..=centre];
    let mut figures = Vec::new();
    for (pair, subscripts) in FIGURES {
        for directed in of {
            for (kind, word, lines) in [
                (Kind::Spectrum, "spectra", &directed.spectra),
                (Kind::Correlation, "correlations", &directed.correlations),
            ] {
                let name = format!("{word}_{}_{subscripts}", directed.along.name());
                let Some(lines) = lines.iter().find(|lines| lines.pair == pair) else { continue };
                let is_laid_over = |line: &&PublishedLine| {
                    line.kind == kind && line.along == directed.along && line.find(pair).is_some()
                };
                let laid_over = published.iter().filter(is_laid_over).collect();
                let curves = Curves { name, subscripts, directed, kind, lines, half, laid_over, alone };
                figures.extend(curves.figure());
            }
        }
    }
    figures
}

struct Curves<'a> {
    name: String,
    subscripts: &'a str,
    directed: &'a Directed,
    kind: Kind,
    lines: &'a Lines,
    /// y+ from the wall to the centre.
    half: &'a [f64],
    laid_over: Vec<&'a PublishedLine>,
    alone: bool,
}

impl Curves<'_> {
    /// The point whose y+ is nearest to this one.
    fn nearest(&self, place: f64) -> usize {
        let off = |i: &usize| (self.half[*i] - place).abs();
        (0..self.half.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
    }

    /// The nominal y+ of the curves and the points in y that are drawn; infinite is the centre.
    fn chosen(&self) -> Vec<(f64, usize)> {
        let last = self.half.len() - 1;
        let mut chosen: Vec<(f64, usize)> = match self.laid_over.is_empty() {
            true => PLACES
                .iter()
                .map(|&place| (place, if place.is_finite() { self.nearest(place) } else { last }))
                .collect(),
            false => self.laid_over.iter().map(|line| (line.y_plus, self.nearest(line.y_plus))).collect(),
        };
        chosen.sort_by_key(|(_, point)| *point);
        chosen.dedup_by_key(|(_, point)| *point);
        chosen.truncate(CURVES.len());
        chosen
    }

    /// Premultiplied spectrum or correlation at a point in y.
    fn points(&self, j: usize) -> Points {
        let points = self.over(self.lines.at(j)[0]).into_iter();
        points.filter(|(_, value)| value.is_finite()).collect()
    }

    /// The factor with which a product is shown: that of u and v is negative in the lower half.
    fn sign(&self) -> f64 {
        if self.lines.pair[0] == self.lines.pair[1] { 1.0 } else { -1.0 }
    }

    /// Values at one y over wavenumbers, premultiplied, or over separations.
    fn over(&self, values: &[f64]) -> Points {
        let (Directed { k, r, wall_length, .. }, sign) = (self.directed, self.sign());
        let scaled = |(k, energy): (&f64, &f64)| (k * wall_length, sign * k * wall_length * energy);
        match self.kind {
            Kind::Spectrum => k.iter().zip(values).skip(1).map(scaled).collect(),
            Kind::Correlation => r.iter().zip(values).map(|(r, value)| (r / wall_length, *value)).collect(),
        }
    }

    /// The curve at a point in y, with the published ones nearest to it.
    fn part(&self, (place, j): (f64, usize), colour: Colour, sources: &[&str], range: (f64, f64)) -> Part {
        let shown = |place: f64| match place.is_finite() {
            true => format!("$y^+ = {}$", significant(place, 3)),
            false => "centre".to_owned(),
        };
        let label = shown(if self.alone { self.half[j] } else { place });
        let [values, errors] = self.lines.at(j).map(|values| self.over(values));
        let (x, values): (Vec<f64>, Vec<f64>) = values.into_iter().unzip();
        let errors: Vec<f64> = errors.into_iter().map(|point| point.1.abs()).collect();
        let part = Part::line(label, colour, self.points(j)).within(&x, &values, &errors);
        let mut part = part.keyed(shown(place));
        for line in self.laid_over.iter().filter(|line| self.nearest(line.y_plus) == j) {
            let Some(points) = line.find(self.lines.pair) else { continue };
            // Published boxes may be larger.
            let sign = self.sign();
            let points = points.iter().filter(|(x, _)| (range.0..=range.1).contains(x));
            let points = points.map(|(x, value)| (*x, sign * value));
            let points = match self.kind {
                Kind::Spectrum => sparse(points),
                Kind::Correlation => points.step_by(EACH).collect(),
            };
            let source = sources.iter().position(|label| *label == line.label).unwrap_or(0);
            part = part.published(source, points);
        }
        part
    }

    /// The figure; none if there is nothing to draw.
    fn figure(&self) -> Option<Figure> {
        let Self { name, subscripts, directed: Directed { along, .. }, .. } = self;
        let (along, chosen) = (along.name(), self.chosen());
        let (minus, letter) = (if self.sign() < 0.0 { "-" } else { "" }, &subscripts[..1]);
        let places = || chosen.iter().flat_map(|(_, j)| self.points(*j)).map(|point| point.0);
        places().next()?;
        let range = places().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let mut sources: Vec<&str> = self.laid_over.iter().map(|line| &*line.label).collect();
        sources.sort_unstable();
        sources.dedup();
        let parts = chosen.iter().zip(CURVES).map(|(at, colour)| self.part(*at, colour, &sources, range));
        let parts = parts.collect();
        let plot = match self.kind {
            Kind::Spectrum => Plot::new(
                axis(&format!("Wavenumber  $k_{along} ν / u_τ$"), Scale::Logarithmic, range),
                Axis::linear(format!("${minus}k_{along} E_{{{subscripts}}} / u_τ^2$")),
                parts,
            ),
            Kind::Correlation => Plot::new(
                axis(&format!("Distance  $Δ{along} u_τ / ν$"), Scale::Linear, range),
                Axis::linear(format!("$R_{{{subscripts}}} / ⟨{letter}'^2⟩$")),
                parts,
            )
            .with_zero(),
        };
        Some(Figure::of(
            name.clone(),
            Plot { sources: sources.into_iter().map(str::to_owned).collect(), ..plot },
        ))
    }
}
