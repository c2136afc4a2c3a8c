//! Whole figures: bytes, files, and what is in them.

use super::palette::{CURVES, GREY};
use super::*;

fn sine(phase: f64) -> Vec<(f64, f64)> {
    (0..=200).map(|i| f64::from(i) / 20.0).map(|x| (x, (x + phase).sin())).collect()
}

fn figure() -> Figure {
    let x: Vec<f64> = (0..=100).map(|i| f64::from(i) / 10.0).collect();
    let y: Vec<f64> = x.iter().map(|x| x.cos()).collect();
    let error: Vec<f64> = x.iter().map(|x| 0.02 * x).collect();
    let lines = Panel::new(
        Axis::linear("Time  $t u_τ / h$").within(0.0, 10.0),
        Axis::linear("$⟨u'^2⟩^{1/2} / u_τ$"),
        vec![
            Layer::band(CURVES[1], &x, &y, &error),
            Layer::line("$u_\"rms\"^+$", CURVES[1], x.iter().copied().zip(y).collect()),
            Layer::line("sine", CURVES[0], sine(0.0)),
            Layer::line("the same again", CURVES[2], sine(0.0)),
            Layer::markers(
                "Moser, Kim & Mansour 1999",
                GREY,
                Marker::Circle,
                sine(0.3).into_iter().step_by(10).collect(),
            ),
            Layer::thin("zero", Dash::Dashed, vec![(0.0, 0.0), (10.0, 0.0)]),
        ],
    );
    let spectrum = |k: f64| k.powf(-5.0 / 3.0) * (-k / 20.0).exp();
    let k = || (0..60).map(|i| 10f64.powf(f64::from(i) / 25.0));
    let spectra = Panel::new(
        Axis::logarithmic("$k η$"),
        Axis::logarithmic("$E(k) / (ε ν^5)^{1/4}$"),
        vec![
            Layer::line("$R_λ = 100$", CURVES[0], k().map(|k| (k, spectrum(k))).collect()),
            Layer {
                label: String::new(),
                colour: GREY,
                mark: Mark::Word("$k^{-5/3}$".into()),
                points: vec![(20.0, 0.05)],
            },
        ],
    );
    let edges = |n: usize| (0..=n).map(|i| 10f64.powf(i as f64 / 8.0)).collect::<Vec<f64>>();
    let map = Map {
        x: edges(24),
        y: edges(16),
        values: (0..16)
            .flat_map(|j| (0..24).map(move |i| (f64::from(i) / 4.0).sin() * (f64::from(j) / 5.0).cos()))
            .collect(),
        axis: Axis::linear("$k_x E_{uu} / u_τ^2$"),
    };
    let map = Panel::of_map(Axis::logarithmic("$λ_x^+$"), Axis::logarithmic("$y^+$"), map);
    let history = Panel::new(
        Axis::linear("$t$"),
        Axis::linear("$ε$"),
        vec![Layer::line("", CURVES[0], sine(0.0).into_iter().map(|(x, y)| (x, 1e-5 * y)).collect())],
    );
    Figure {
        panels: vec![lines, spectra, map, history],
        columns: 2,
        width: 170.0,
        note: "case  $Re_τ$ = 180".into(),
    }
}

/// A figure of one panel for a column of a journal.
fn of(panel: Panel) -> Figure {
    Figure { panels: vec![panel], columns: 1, width: 85.0, note: String::new() }
}

#[test]
fn the_same_figure_has_the_same_bytes_in_all_formats() {
    let (dir, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    figure().write(dir.path(), "f").unwrap();
    figure().write(again.path(), "f").unwrap();
    for file in ["f.svg", "f.png", "f.pdf"] {
        let bytes = std::fs::read(dir.path().join(file)).unwrap();
        assert!(bytes == std::fs::read(again.path().join(file)).unwrap(), "{file}");
    }
    if let Some(keep) = std::env::var_os("ROGALLO_KEEP_FIGURES") {
        figure().write(Path::new(&keep), "gallery").unwrap();
    }
    // 170 mm at 300 pixels per inch, and the file says so.
    let png = png::png(&figure().draw(), RESOLUTION).unwrap();
    let reader = ::png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.width, info.pixel_dims.map(|dims| dims.xppu)), (2008, Some(11811)));
}

#[test]
fn a_line_over_another_is_dashed() {
    let panel = |phase| {
        let lines = vec![Layer::line("", CURVES[0], sine(0.0)), Layer::line("", CURVES[1], sine(phase))];
        svg::svg(&of(Panel::new(Axis::linear(""), Axis::linear(""), lines)).draw())
    };
    assert!(panel(0.0).contains("stroke-dasharray"));
    assert!(!panel(0.5).contains("stroke-dasharray"));
}

#[test]
fn an_extreme_of_a_long_series_is_drawn() {
    let mut points: Vec<(f64, f64)> = (0..200_000).map(|i| (f64::from(i), 0.0)).collect();
    points[123_457].1 = 1.0;
    let draw = |points: Vec<(f64, f64)>| {
        let axes = (Axis::linear(""), Axis::linear("").within(0.0, 2.0));
        of(Panel::new(axes.0, axes.1, vec![Layer::line("", CURVES[0], points)])).draw()
    };
    let scene = draw(points);
    let line = scene
        .items
        .iter()
        .find(|item| matches!(item.paint, scene::Paint::Stroke { colour, .. } if colour == CURVES[0]))
        .unwrap();
    let heights: Vec<f64> = line
        .path
        .0
        .iter()
        .filter_map(|step| match step {
            scene::Step::Move((_, y)) | scene::Step::Line((_, y)) => Some(*y),
            _ => None,
        })
        .collect();
    assert!(heights.len() < 20_000, "{}", heights.len());
    let (top, bottom) = heights.iter().fold((f64::INFINITY, 0.0f64), |(a, b), y| (a.min(*y), b.max(*y)));
    assert!(bottom - top > 50.0, "the peak is missing");
}

#[test]
fn a_legend_without_room_stands_below() {
    let wild: Vec<(f64, f64)> = (0..4000).map(|i| (f64::from(i), f64::from(i * 37 % 101))).collect();
    let panel = |label: &str| {
        Panel::new(Axis::linear("x"), Axis::linear("y"), vec![Layer::line(label, CURVES[0], wild.clone())])
    };
    let height = |label| of(panel(label)).draw().height;
    assert!(height("a name") > height("") + 5.0);
}
