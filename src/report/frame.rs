//! The frame of every figure: curves, axes, ticks, the legend in a free corner; SVG of 800 x 600
//! and PNG of twice that. The PNG is written with the font that comes with the plotting crate.

use std::path::Path;
use std::sync::Arc;

use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::plot::legend::{LegendEntry, LegendPosition, LegendShape};
pub use kuva::plot::scatter::MarkerShape;
use kuva::plot::{BandPlot, LinePlot, LineStyle, ScatterPlot};
use kuva::render::annotations::TextAnnotation;
use kuva::render::layout::{ComputedLayout, Layout, TickAlign, TickFormat, TickPos};
use kuva::render::plots::Plot;
use kuva::render::render::render_multiple;

use crate::error::{Error, Result};
use crate::files;

/// Colours that colour-blind readers can tell apart (Okabe and Ito 2008): the run, then the references.
pub const RUN: &str = "#56B4E9";
pub const REFERENCES: [(&str, MarkerShape); 4] = [
    ("#D55E00", MarkerShape::Circle),
    ("#009E73", MarkerShape::Square),
    ("#CC79A7", MarkerShape::Triangle),
    ("#E69F00", MarkerShape::Diamond),
];
/// Colours of the parts of a quantity: components of a tensor, terms of a budget.
pub const PARTS: [&str; 6] = ["#56B4E9", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#0072B2"];
/// Colour of lines that are not curves.
pub const GREY: &str = "#555555";

/// Approximate maximum number of points of a curve; more would not be visible.
const MOST_POINTS: usize = 2000;
/// Decades of a spectrum below its peak that are shown; what lies below is round-off.
const DECADES: f64 = 10.0;
/// Maximum number of markers per decade of wavenumbers.
const MARKERS_A_DECADE: f64 = 16.0;

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 600.0;
/// Pixels of the PNG for one unit of the SVG. At 1 the rotated labels of kuva look bold.
const PNG_SCALE: f32 = 2.0;

/// File and axis labels of a figure.
pub struct Frame<'a> {
    pub dir: &'a Path,
    pub name: &'a str,
    pub x: &'a str,
    pub y: &'a str,
}

/// Lines have a width. Only a line of two points may be dashed: the PNG starts the dashes anew at
/// every point.
#[derive(Clone, Copy)]
pub enum Stroke {
    Line(f64),
    Dashed(f64),
    Markers(MarkerShape),
    /// The area between two lines: the points of the lower one, then those of the upper one, at the same
    /// x.
    Band,
}

pub struct Curve {
    /// Label in the legend; a curve with an empty label has no entry.
    pub label: String,
    pub colour: &'static str,
    pub stroke: Stroke,
    /// Points (x, y); a curve without points is an entry of the legend only.
    pub points: Vec<(f64, f64)>,
}

pub fn curve(label: &str, colour: &'static str, stroke: Stroke, x: &[f64], y: &[f64]) -> Curve {
    let last = x.len().saturating_sub(1);
    let stride = x.len().div_ceil(MOST_POINTS).max(1);
    let shown = (0..x.len()).filter(|&i| (i % stride == 0 || i == last) && y[i].is_finite());
    let points = shown.map(|i| (x[i], y[i])).collect();
    Curve { label: label.into(), colour, stroke, points }
}

/// The range of `error` to either side of a curve.
pub fn band(colour: &'static str, x: &[f64], y: &[f64], error: &[f64]) -> Curve {
    let known = || (0..x.len()).filter(|&i| y[i].is_finite() && error[i].is_finite());
    let points =
        known().map(|i| (x[i], y[i] - error[i])).chain(known().map(|i| (x[i], y[i] + error[i]))).collect();
    Curve { label: String::new(), colour, stroke: Stroke::Band, points }
}

/// A dashed line at y = 0 across the figure.
pub fn zero(from: f64, to: f64) -> Curve {
    Curve {
        label: String::new(),
        colour: GREY,
        stroke: Stroke::Dashed(1.0),
        points: vec![(from, 0.0), (to, 0.0)],
    }
}

/// Draws curves over x, such as time, `from` one value `to` another.
pub fn linear(frame: &Frame, (from, to): (f64, f64), curves: Vec<Curve>) -> Result<()> {
    let to = if from < to { to } else { from + 1.0 };
    let layout = |range: (f64, f64)| {
        Layout::new((from, to), range).with_x_axis_min(from).with_x_axis_max(to).with_minor_ticks(2)
    };
    linear_y(frame, layout, curves)
}

/// Draws curves over the logarithm of a wavenumber.
pub fn semilogarithmic(frame: &Frame, (from, to): (f64, f64), curves: Vec<Curve>) -> Result<()> {
    let to = if from < to { to } else { 10.0 * from };
    let layout = |range: (f64, f64)| {
        Layout::new((from, to), range).with_log_x().with_x_axis_min(from).with_x_axis_max(to)
    };
    linear_y(frame, layout, curves)
}

/// Draws spectra given as (k, log10 E), since the logarithmic axis of kuva has no ticks below 1e-10.
/// `slope` adds the line of the inertial range above them.
pub fn logarithmic(frame: &Frame, slope: bool, mut curves: Vec<Curve>) -> Result<()> {
    let empty = [(1.0, 10.0), (-1.0, 0.0)];
    let [_, (_, peak)] = bounds(&curves).unwrap_or(empty);
    let floor = peak - DECADES;
    curves.iter_mut().for_each(|curve| curve.points.retain(|&(_, energy)| energy > floor));
    let [(first, last), (low, high)] = bounds(&curves).unwrap_or(empty);

    let mut layout = Layout::new((first, last), (low, high)).with_log_x();
    if let Some(slope) = slope.then(|| inertial_slope(&curves, first, last)).flatten() {
        let [(k0, e0), (k1, e1)] = slope;
        let name = TextAnnotation::new("k⁻⁵ᐟ³", 1.3 * (k0 * k1).sqrt(), 0.5 * (e0 + e1)).with_font_size(18);
        layout = layout.with_annotation(name);
        curves.push(Curve {
            label: String::new(),
            colour: GREY,
            stroke: Stroke::Dashed(1.5),
            points: slope.to_vec(),
        });
    }
    let [_, (_, top)] = bounds(&curves).unwrap_or(empty);
    let step = ((top - low) / 8.0).ceil().max(1.0);
    let layout = layout
        .with_x_axis_min(first)
        .with_x_axis_max(if first < last { last } else { 10.0 * first })
        .with_y_tick_format(TickFormat::Custom(Arc::new(|exponent| power_of_ten(exponent.round() as i32))));
    draw(frame, y_axis(layout, low, top, step), curves)
}

/// A line E ~ k^(-5/3) between twice the smallest and half the largest wavenumber, as (k, log10 E)
/// of its ends. It touches no curve: there it lies a factor of two above all of them. None if that
/// range is empty.
fn inertial_slope(curves: &[Curve], first: f64, last: f64) -> Option<[(f64, f64); 2]> {
    let (from, to) = (2.0 * first, 0.5 * last);
    let within = curves.iter().flat_map(|curve| &curve.points).filter(|(k, _)| (from..=to).contains(k));
    let compensated = within.map(|(k, energy)| energy + 5.0 / 3.0 * k.log10());
    let level = compensated.fold(f64::NEG_INFINITY, f64::max) + 2f64.log10();
    (level.is_finite() && from < to).then(|| [from, to].map(|k| (k, level - 5.0 / 3.0 * k.log10())))
}

fn linear_y(frame: &Frame, layout: impl Fn((f64, f64)) -> Layout, curves: Vec<Curve>) -> Result<()> {
    let [_, (least, most)] = bounds(&curves).unwrap_or([(0.0, 1.0), (0.0, 1.0)]);
    // The axis starts at zero unless that would flatten the curve.
    let low = if least > 0.0 && (least < 0.6 * most || least == most) { 0.0 } else { least };
    let high = if low < most { most } else { low + 1.0 };
    let step = round_step((high - low) / 7.0);
    let layout = layout((low, high)).with_y_tick_format(tick_format(step, low.abs().max(high.abs())));
    draw(frame, y_axis(layout, low, high, step), curves)
}

/// Part of a tick step by which values may exceed the axis of y, so that round-off adds no ticks.
const UNSEEN: f64 = 0.01;

/// The axis of y from the last tick below `low` to the first above `high`.
fn y_axis(layout: Layout, low: f64, high: f64, step: f64) -> Layout {
    let (first, last) = ((low / step + UNSEEN).floor(), (high / step - UNSEEN).ceil());
    layout.with_y_axis_min(first * step).with_y_axis_max(last.max(first + 1.0) * step).with_y_tick_step(step)
}

/// The next of 1, 2, 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let decade = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0]
        .map(|digit| digit * decade)
        .into_iter()
        .find(|&step| step >= least)
        .unwrap_or(10.0 * decade)
}

/// The format of ticks: as many decimals as their spacing needs, or powers of ten if the largest value
/// is very small or large.
fn tick_format(step: f64, largest: f64) -> TickFormat {
    if (1e-3..1e5).contains(&largest) {
        return TickFormat::Fixed((-step.log10().floor()).max(0.0) as usize);
    }
    TickFormat::Custom(Arc::new(|value: f64| match value {
        0.0 => "0".into(),
        value => {
            let exponent = value.abs().log10().floor();
            format!("{}·{}", significant(value / 10f64.powf(exponent), 3), power_of_ten(exponent as i32))
        }
    }))
}

fn power_of_ten(exponent: i32) -> String {
    let raised = |digit| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    format!("10{}", exponent.to_string().chars().map(raised).collect::<String>())
}

/// `value` rounded to this number of significant digits.
pub fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Smallest and largest x and y of all points; none if there is no point.
pub fn bounds(curves: &[Curve]) -> Option<[(f64, f64); 2]> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    points().next()?;
    Some([range(&mut points().map(|point| point.0)), range(&mut points().map(|point| point.1))])
}

/// Points that are far enough apart on the axis of log k to be distinguished.
pub fn sparse(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut next = f64::NEG_INFINITY;
    let far = |&(k, _): &(f64, f64)| {
        let shown = k >= next;
        if shown {
            next = k * 10f64.powf(1.0 / MARKERS_A_DECADE);
        }
        shown
    };
    points.filter(far).collect()
}

/// Writes `name.svg` and `name.png`.
fn draw(frame: &Frame, layout: Layout, curves: Vec<Curve>) -> Result<()> {
    let Frame { dir, name, x, y } = frame;
    let named = curves.iter().filter(|curve| !curve.label.is_empty());
    let entries: Vec<LegendEntry> = named
        .map(|curve| {
            let shape = match curve.stroke {
                Stroke::Markers(marker) => LegendShape::Marker(marker),
                _ => LegendShape::Line,
            };
            LegendEntry { label: curve.label.clone(), color: curve.colour.into(), shape, dasharray: None }
        })
        .collect();
    let layout = layout
        .with_x_label(*x)
        .with_y_label(*y)
        .with_width(WIDTH)
        .with_height(HEIGHT)
        .with_tick_pos(TickPos::Both)
        .with_tick_align(TickAlign::Inside)
        .with_tick_length(7.0)
        .with_show_grid(false)
        .with_label_size(20)
        .with_tick_size(16)
        .with_body_size(16)
        .with_legend_box(false)
        .with_legend_entries(entries)
        .with_legend_position(LegendPosition::InsideTopRight);
    let position = free_place(&layout, &curves);
    let layout = layout.with_legend_position(position);

    let plots = curves.into_iter().filter(|curve| !curve.points.is_empty()).map(plot).collect();
    let scene = render_multiple(plots, layout);
    let write =
        |extension: &str, bytes: &[u8]| files::write(&dir.join(name).with_extension(extension), bytes);
    write("svg", SvgBackend::default().render_scene(&scene).as_bytes())?;
    let png = RasterBackend::new().with_scale(PNG_SCALE).render_scene(&scene);
    write("png", &png.map_err(|error| Error::failure(format!("cannot draw {name}.png: {error}")))?)
}

fn plot(curve: Curve) -> Plot {
    let line = |width| {
        LinePlot::new().with_data(curve.points.clone()).with_color(curve.colour).with_stroke_width(width)
    };
    match curve.stroke {
        Stroke::Line(width) => Plot::Line(line(width)),
        Stroke::Dashed(width) => Plot::Line(line(width).with_line_style(LineStyle::Custom("14 8".into()))),
        Stroke::Markers(marker) => Plot::Scatter(
            ScatterPlot::new()
                .with_data(curve.points.clone())
                .with_color(curve.colour)
                .with_marker(marker)
                .with_size(4.0),
        ),
        Stroke::Band => {
            let (lower, upper) = curve.points.split_at(curve.points.len() / 2);
            let of = |points: &[(f64, f64)]| points.iter().map(|point| point.1).collect::<Vec<f64>>();
            let x: Vec<f64> = lower.iter().map(|point| point.0).collect();
            Plot::Band(BandPlot::new(x, of(lower), of(upper)).with_color(curve.colour).with_opacity(0.3))
        }
    }
}

/// A corner, or else another place, where the legend covers no curve; outside the plot if there is
/// none. `layout` has its legend inside.
fn free_place(layout: &Layout, curves: &[Curve]) -> LegendPosition {
    let frame = ComputedLayout::from_layout(layout);
    let (left, right) = (frame.margin_left, frame.width - frame.margin_right);
    let (top, bottom) = (frame.margin_top, frame.height - frame.margin_bottom);
    let entries = layout.legend_entries.as_ref().map_or(0, Vec::len);
    let width = frame.legend_width + 3.0 * frame.legend_inset;
    let height =
        frame.legend_line_height * entries as f64 + 2.0 * frame.legend_padding + 2.0 * frame.legend_inset;

    let pixel = |&(x, y): &(f64, f64)| (frame.map_x(x), frame.map_y(y));
    // Points close enough on every segment that no curve crosses a legend unseen.
    let between = |pair: &[(f64, f64)]| {
        let ((x0, y0), (x1, y1)) = (pixel(&pair[0]), pixel(&pair[1]));
        (0..=20).map(move |i| (x0 + (x1 - x0) * i as f64 / 20.0, y0 + (y1 - y0) * i as f64 / 20.0))
    };
    let drawn: Vec<_> = curves.iter().flat_map(|curve| curve.points.windows(2)).flat_map(between).collect();
    let free = |x0: f64, y0: f64| {
        drawn.iter().all(|&(x, y)| !((x0..=x0 + width).contains(&x) && (y0..=y0 + height).contains(&y)))
    };
    let corners = [
        (LegendPosition::InsideTopRight, right - width, top),
        (LegendPosition::InsideTopLeft, left, top),
        (LegendPosition::InsideBottomLeft, left, bottom - height),
        (LegendPosition::InsideBottomRight, right - width, bottom - height),
    ];
    // Else anywhere in the frame, from the right.
    let steps = |from: f64, to: f64| (0..=20).map(move |i| from + (to - from) * f64::from(i) / 20.0);
    let inset = frame.legend_inset;
    let position =
        |x0: f64, y0: f64| LegendPosition::Custom(x0 + 2.0 * inset, y0 + inset + frame.legend_padding);
    let inner = steps(right - width, left).flat_map(|x0| steps(top, bottom - height).map(move |y0| (x0, y0)));
    let anywhere = inner.map(|(x0, y0)| (position(x0, y0), x0, y0));
    let found =
        corners.into_iter().chain(anywhere).find(|&(_, x0, y0)| x0 >= left && y0 >= top && free(x0, y0));
    found.map_or(LegendPosition::OutsideRightTop, |(position, ..)| position)
}
