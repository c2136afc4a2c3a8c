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
    let history = Panel::new(
        Axis::linear("$t$"),
        Axis::linear("$ε$"),
        vec![Layer::line("", CURVES[0], sine(0.0).into_iter().map(|(x, y)| (x, 1e-5 * y)).collect())],
    );
    Figure {
        panels: vec![lines, spectra, history],
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
        svg::svg(&of(Panel::new(Axis::linear(""), Axis::linear(""), lines)).draw()).unwrap()
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

#[test]
fn a_map_has_the_colour_of_its_cell_at_every_pixel() {
    let mut panel = Panel::new(Axis::linear("x"), Axis::linear("y"), Vec::new());
    panel.map = Some(Map {
        x: vec![0.0, 1.0, 4.0],
        y: vec![0.0, 1.0, 2.0],
        // Upwards: the first row is the lower one.
        values: vec![0.0, 1.0, f64::NAN, 0.5],
        axis: Axis::linear("v").within(0.0, 1.0),
        colours: Colours::Sequential,
        true_to_scale: true,
        in_levels: false,
    });
    let scene = of(panel).draw();
    let image = &scene.images[0];
    assert!((image.place.width() / image.place.height() - 2.0).abs() < 1e-12, "4 by 2");
    let at = |right: f64, up: f64| {
        let row = ((1.0 - up) * image.rows() as f64) as usize;
        let pixel = row * image.columns + (right * image.columns as f64) as usize;
        let rgb = &image.pixels[3 * pixel..][..3];
        Colour(rgb[0], rgb[1], rgb[2])
    };
    let colour = |value| Colours::Sequential.at(value);
    // Cells of the widths 1 and 3.
    assert_eq!(
        [at(0.1, 0.1), at(0.24, 0.45), at(0.26, 0.1), at(0.9, 0.45)],
        [0.0, 0.0, 1.0, 1.0].map(colour)
    );
    assert_eq!([at(0.1, 0.9), at(0.9, 0.55)], [Colour(255, 255, 255), colour(0.5)]);
    // It is where the page shows it, under the ticks, in all formats.
    let bytes = png::png(&scene, RESOLUTION).unwrap();
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    let mut page = vec![0; reader.output_buffer_size().unwrap()];
    let width = reader.next_frame(&mut page).unwrap().width as usize;
    let pixel = |right: f64, up: f64| {
        let place = &image.place;
        let [x, y] = [place.left + right * place.width(), place.bottom - up * place.height()]
            .map(|points| (points * RESOLUTION / 72.0) as usize);
        Colour(page[3 * (y * width + x)], page[3 * (y * width + x) + 1], page[3 * (y * width + x) + 2])
    };
    assert_eq!([pixel(0.15, 0.3), pixel(0.6, 0.3), pixel(0.6, 0.7)], [0.0, 1.0, 0.5].map(colour));
    assert!(svg::svg(&scene).unwrap().contains("<image x="));
    assert!(pdf::pdf(&scene).unwrap().windows(6).any(|bytes| bytes == b"/Image"));
}

/// Values that are linear between the middles of cells; the bar goes from 0 to 4 in ticks of 1, with five
/// minor ones in each.
#[test]
fn levels_of_a_map_end_at_its_contours() {
    let mut panel = Panel::new(Axis::linear("x"), Axis::linear("y"), Vec::new());
    panel.map = Some(Map {
        x: vec![0.0, 2.0, 4.0],
        y: vec![0.0, 2.0, 4.0],
        values: vec![0.1, 1.9, 2.1, 3.9],
        axis: Axis::linear("v"),
        colours: Colours::Sequential,
        true_to_scale: true,
        in_levels: true,
    });
    let scene = of(panel).draw();
    let image = &scene.images[0];
    // From -1 to 1 between the middles along both axes.
    let at = |right: f64, up: f64| {
        let [column, row] =
            [(right + 2.0) / 4.0 * image.columns as f64, (2.0 - up) / 4.0 * image.rows() as f64];
        let rgb = &image.pixels[3 * (row as usize * image.columns + column as usize)..][..3];
        Colour(rgb[0], rgb[1], rgb[2])
    };
    for [right, up] in [[-1.0, -1.0], [-0.9, 0.1], [0.3, 0.7], [0.4, -0.3], [0.97, 0.97], [-1.9, 1.8]] {
        let [x, y] = [right, up].map(|place: f64| place.clamp(-1.0, 1.0));
        // 0.1 + 0.9 (x + 1) + (y + 1), in twenty levels of 0.2.
        let value: f64 = 0.1 + 0.9 * (x + 1.0) + (y + 1.0);
        let middle = ((5.0 * value).floor() + 0.5) / 20.0;
        assert_eq!(at(right, up), Colours::Sequential.at(middle), "{value} at {right}, {up}");
    }
}
