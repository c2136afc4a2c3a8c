//! Figures before they are drawn: quantities over an axis, each with a curve of one run or of several.
//!
//! The quantities of one run share a panel, and colours tell them apart. Of several runs each quantity has
//! a panel of its own, and colours tell the runs apart.

use super::gallery::{REFERENCES, extent, spectral_panel, zero};
use crate::figure::palette::{BLACK, CURVES, Colour, GREY};
use crate::figure::{Axis, Dash, Layer, Map, Marker, Panel, plain};

/// Points of a curve.
pub type Points = Vec<(f64, f64)>;

/// A figure of one plot or several.
#[derive(Clone, Debug)]
pub struct Figure {
    pub name: String,
    pub plots: Vec<Plot>,
}

/// Quantities over one axis.
#[derive(Clone, Debug)]
pub struct Plot {
    pub x: Axis,
    pub y: Axis,
    pub parts: Vec<Part>,
    /// Laws and limits, below the curves.
    pub laws: Vec<Layer>,
    /// What belongs to one run alone, such as the beginning of its averages; above the curves.
    pub marks: Vec<Layer>,
    /// Whether there is a line at zero.
    pub zero: bool,
    /// Whether both axes are those of a spectrum, with the line of the inertial range.
    pub spectral: bool,
    /// The citations of published data, to which the parts refer.
    pub sources: Vec<String>,
    /// Markup above the plot of one run.
    pub title: String,
    /// A map below the curves; only of one run.
    pub map: Option<Map>,
}

/// A quantity.
#[derive(Clone, Debug)]
pub struct Part {
    /// What is the same quantity in another run.
    key: String,
    /// Markup.
    label: String,
    colour: Colour,
    dash: Dash,
    width: f64,
    /// Markers at the points of its curves.
    marker: Option<Marker>,
    curves: Vec<Curve>,
    /// The index of a source, and its points.
    published: Vec<(usize, Points)>,
}

/// The values of one run.
#[derive(Clone, Debug)]
struct Curve {
    run: usize,
    points: Points,
    /// The sampling error as a layer of any colour, if it is known.
    band: Option<Layer>,
}

impl Figure {
    /// A figure of one plot.
    pub fn of(name: impl Into<String>, plot: Plot) -> Self {
        Self { name: name.into(), plots: vec![plot] }
    }
}

impl Plot {
    pub fn new(x: Axis, y: Axis, parts: Vec<Part>) -> Self {
        Self {
            x,
            y,
            parts,
            laws: Vec::new(),
            marks: Vec::new(),
            zero: false,
            spectral: false,
            sources: Vec::new(),
            title: String::new(),
            map: None,
        }
    }

    /// A map of one run, with a title.
    pub fn of_map(title: impl Into<String>, x: Axis, y: Axis, map: Map) -> Self {
        Self { title: title.into(), map: Some(map), ..Self::new(x, y, Vec::new()) }
    }

    /// With a line at zero.
    pub fn with_zero(self) -> Self {
        Self { zero: true, ..self }
    }

    /// The panels: one for one run, one for each part for several of these names.
    fn panels(&self, runs: &[String]) -> Vec<Panel> {
        if runs.len() < 2 {
            return vec![self.panel(self.layers())];
        }
        let parts = self.parts.iter().filter(|part| !part.curves.is_empty()).enumerate();
        let title = |part: &Part| if self.parts.len() > 1 { part.label.clone() } else { String::new() };
        parts
            .map(|(i, part)| Panel { title: title(part), ..self.panel(self.of_runs(part, runs, i == 0)) })
            .collect()
    }

    fn panel(&self, layers: Vec<Layer>) -> Panel {
        if self.spectral {
            return spectral_panel(&self.x.label, &self.y.label, layers);
        }
        let range = self.x.range.or_else(|| extent(&layers));
        let zero = range.filter(|_| self.zero).map(zero);
        let layers = zero.into_iter().chain(self.laws.clone()).chain(layers).collect();
        let (title, map) = (self.title.clone(), self.map.clone());
        Panel { title, map, ..Panel::new(Axis { range, ..self.x.clone() }, self.y.clone(), layers) }
    }

    /// The layers of all parts of one run.
    fn layers(&self) -> Vec<Layer> {
        let compared = self.parts.iter().filter(|part| !part.published.is_empty()).count();
        let mut layers = Vec::new();
        for part in &self.parts {
            layers.extend(part.curves.iter().flat_map(|curve| part.layers(curve, part.colour, &part.label)));
            for (source, points) in &part.published {
                let (own, marker) = REFERENCES[source % REFERENCES.len()];
                let (label, colour) = match compared {
                    1 => (plain(&self.sources[*source]), own),
                    _ => (String::new(), part.colour),
                };
                layers.push(Layer::markers(label, colour, marker, points.clone()));
            }
        }
        if compared > 1 {
            // Colours tell the quantities apart, markers the sources.
            layers.extend(self.sources_shown().map(|(source, marker)| {
                Layer::markers(plain(&self.sources[source]), GREY, marker, Vec::new())
            }));
        }
        layers.extend(self.marks.clone());
        layers
    }

    /// The layers of one part of several runs; `named` with their names.
    fn of_runs(&self, part: &Part, runs: &[String], named: bool) -> Vec<Layer> {
        let style = |run: usize| {
            let dash = [Dash::Solid, Dash::Dashed, Dash::Dotted][run / CURVES.len() % 3];
            (CURVES[run % CURVES.len()], dash)
        };
        let mut layers: Vec<Layer> = Vec::new();
        for curve in &part.curves {
            let (colour, dash) = style(curve.run);
            let label = if named { plain(&runs[curve.run]) } else { String::new() };
            let own = Part { dash, width: Part::WIDTH, marker: None, ..part.clone() };
            layers.extend(own.layers(curve, colour, &label));
        }
        for (source, points) in &part.published {
            let marker = REFERENCES[source % REFERENCES.len()].1;
            layers.push(Layer::markers("", BLACK, marker, points.clone()));
        }
        if named {
            layers.extend(self.sources_shown().map(|(source, marker)| {
                Layer::markers(plain(&self.sources[source]), BLACK, marker, Vec::new())
            }));
        }
        layers
    }

    /// The sources that some part has, and their markers.
    fn sources_shown(&self) -> impl Iterator<Item = (usize, Marker)> {
        let is_shown = |source: &usize| {
            self.parts.iter().flat_map(|part| &part.published).any(|(other, _)| other == source)
        };
        let marker = |source: usize| (source, REFERENCES[source % REFERENCES.len()].1);
        (0..self.sources.len()).filter(is_shown).map(marker)
    }

    /// Adds the curves of `run`, whose plot is this one of another run.
    fn add(&mut self, other: Self) {
        let ranges = self.x.range.zip(other.x.range);
        self.x.range = ranges.map(|(own, other)| (own.0.min(other.0), own.1.max(other.1)));
        for part in other.parts {
            match self.parts.iter_mut().find(|own| own.key == part.key) {
                Some(own) => own.curves.extend(part.curves),
                None => self.parts.push(part),
            }
        }
    }
}

impl Part {
    const WIDTH: f64 = 1.1;

    /// A quantity of this label and colour, still without values.
    pub fn new(label: impl Into<String>, colour: Colour) -> Self {
        let label = label.into();
        Self {
            key: label.clone(),
            label,
            colour,
            dash: Dash::Solid,
            width: Self::WIDTH,
            marker: None,
            curves: Vec::new(),
            published: Vec::new(),
        }
    }

    /// A quantity with its values.
    pub fn line(label: impl Into<String>, colour: Colour, points: Points) -> Self {
        Self::new(label, colour).with(points)
    }

    /// Adds the values of the run.
    pub fn with(mut self, points: Points) -> Self {
        self.curves.push(Curve { run: 0, points, band: None });
        self
    }

    /// Adds a band of the errors of y at x; none if there are no errors.
    pub fn within(mut self, x: &[f64], y: &[f64], errors: &[f64]) -> Self {
        if let Some(curve) = self.curves.last_mut().filter(|_| !errors.is_empty()) {
            curve.band = Some(Layer::band(BLACK, x, y, errors)).filter(|band| !band.points.is_empty());
        }
        self
    }

    /// The part is the same quantity as that of this key in another run, whatever its label says.
    pub fn keyed(self, key: impl Into<String>) -> Self {
        Self { key: key.into(), ..self }
    }

    pub fn dashed(self, dash: Dash) -> Self {
        Self { dash, ..self }
    }

    pub fn wide(self, width: f64) -> Self {
        Self { width, ..self }
    }

    pub fn marked(self, marker: Marker) -> Self {
        Self { marker: Some(marker), ..self }
    }

    /// Adds published values of the source of this index.
    pub fn published(mut self, source: usize, points: Points) -> Self {
        if !points.is_empty() {
            self.published.push((source, points));
        }
        self
    }

    fn layers(&self, curve: &Curve, colour: Colour, label: &str) -> Vec<Layer> {
        let Curve { points, band, .. } = curve;
        let band = band.clone().map(|band| Layer { colour, ..band });
        let line_label = if self.marker.is_some() { "" } else { label };
        let line = Layer::line(line_label, colour, points.clone()).wide(self.width).dashed(self.dash);
        let markers = self.marker.map(|marker| Layer::markers(label, colour, marker, points.clone()));
        band.into_iter().chain([line]).chain(markers).collect()
    }
}

/// The figures of several runs as one set: what has the same name and axes is one plot.
pub fn together(of_runs: Vec<Vec<Figure>>) -> Vec<Figure> {
    let mut all: Vec<Figure> = Vec::new();
    for (run, figures) in of_runs.into_iter().enumerate() {
        for mut figure in figures {
            let curves = figure.plots.iter_mut().flat_map(|plot| &mut plot.parts);
            curves.flat_map(|part| &mut part.curves).for_each(|curve| curve.run = run);
            let Some(known) = all.iter_mut().find(|known| known.name == figure.name) else {
                all.push(figure);
                continue;
            };
            for plot in figure.plots {
                let same = |own: &&mut Plot| own.y.label == plot.y.label && own.x.label == plot.x.label;
                match known.plots.iter_mut().find(same) {
                    Some(own) => own.add(plot),
                    None => known.plots.push(plot),
                }
            }
        }
    }
    all
}

impl Figure {
    /// Its panels, for runs of these names.
    pub fn panels(&self, runs: &[String]) -> Vec<Panel> {
        self.plots.iter().flat_map(|plot| plot.panels(runs)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Mark;

    fn run(to: f64, label: &str) -> Vec<Figure> {
        let part = |label: &str, colour| Part::line(label, colour, vec![(0.0, 1.0), (to, 2.0)]);
        let time = || Axis::linear("t").within(0.0, to);
        let mut both =
            Plot::new(time(), Axis::linear("b"), vec![part(label, CURVES[0]), part("w", CURVES[1])]);
        both.parts[0] = both.parts[0].clone().keyed("u").published(1, vec![(0.5, 1.5)]);
        both.sources = vec!["a".into(), "b".into()];
        both.marks = vec![Layer::upright("begin", 0.5)];
        vec![
            Figure::of("one", Plot::new(time(), Axis::linear("E"), vec![part("this run", BLACK)])),
            Figure::of("two", both),
        ]
    }

    fn labels(panel: &Panel) -> Vec<&str> {
        panel.layers.iter().map(|layer| &*layer.label).filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn quantities_of_one_run_share_a_panel_and_runs_share_one_of_each_quantity() {
        let alone = run(1.0, "u at 5");
        let panels = alone[1].panels(&[]);
        assert_eq!((panels.len(), labels(&panels[0])), (1, vec!["u at 5", "b", "w", "begin"]));
        let names = ["A", "B$"].map(str::to_owned);
        let both = together(vec![run(1.0, "u at 5"), run(3.0, "u at 6")]);
        let one = both[0].panels(&names);
        assert_eq!((one.len(), labels(&one[0]), &*one[0].title), (1, vec!["A", "B\\$"], ""));
        assert_eq!(one[0].x.range, Some((0.0, 3.0)));
        let two = both[1].panels(&names);
        let titles: Vec<&str> = two.iter().map(|panel| &*panel.title).collect();
        assert_eq!(titles, ["u at 5", "w"]);
        // Names and sources stand in the first panel; marks belong to one run.
        assert_eq!((labels(&two[0]), labels(&two[1]).len()), (vec!["A", "B\\$", "b"], 0));
        let colours: Vec<Colour> = two[0].layers.iter().map(|layer| layer.colour).collect();
        assert_eq!(colours, [CURVES[0], CURVES[1], BLACK, BLACK]);
        let markers = two[0].layers.iter().filter(|layer| matches!(layer.mark, Mark::Markers(_))).count();
        assert_eq!((markers, two[1].layers.len()), (2, 2));
    }

    #[test]
    fn a_band_is_drawn_where_errors_are_known() {
        let (x, y) = ([0.0, 1.0, 2.0], [1.0, 2.0, 3.0]);
        let part = |errors: &[f64]| {
            let part = Part::line("", RUN_COLOUR, vec![(0.0, 1.0), (2.0, 3.0)]).within(&x, &y, errors);
            Plot::new(Axis::linear(""), Axis::linear(""), vec![part]).panels(&[]).remove(0).layers
        };
        assert_eq!(part(&[]).len(), 1);
        assert_eq!(part(&[f64::NAN; 3]).len(), 1);
        let layers = part(&[0.1, f64::NAN, 0.2]);
        assert_eq!((layers.len(), layers[0].points.len(), layers[0].colour), (2, 2, RUN_COLOUR));
    }

    const RUN_COLOUR: Colour = CURVES[2];
}
