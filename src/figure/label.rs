//! Text with mathematics, set in the outlines of the embedded fonts (STIX, SIL Open Font License).
//!
//! Text is upright. Between dollar signs it is mathematics: letters are italic (capital Greek letters and
//! digits are not), `^` and `_` raise and lower the next character or `{group}`, and `"words"` are upright:
//!
//! ```text
//!     Dissipation  $ε$          $u_"rms"^+$          $E(k) / (ε ν^5)^{1/4}$
//! ```
//!
//! `\$` is a dollar sign: see [`plain`] for text that is not markup, such as names of cases.

use super::scene::{Path, Point, Step};
use std::iter::Peekable;
use std::str::Chars;
use std::sync::LazyLock;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

static UPRIGHT: LazyLock<Typeface> =
    LazyLock::new(|| Typeface::new(include_bytes!("fonts/STIXGeneral-Regular.otf")));
static ITALIC: LazyLock<Typeface> =
    LazyLock::new(|| Typeface::new(include_bytes!("fonts/STIXGeneral-Italic.otf")));

/// Size of sub- and superscripts, and how far they are raised and lowered, in parts of the size.
const SCRIPT: f64 = 0.7;
const RAISED: f64 = 0.38;
const LOWERED: f64 = 0.2;

/// Height of capital letters and digits, in parts of the size.
pub const CAPITAL: f64 = 0.66;

/// A line of text as outlines: its baseline begins at (0, 0).
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub path: Path,
    pub width: f64,
    /// The text without markup but for `_` and `^`.
    pub text: String,
}

impl Label {
    /// Sets `markup` in letters of `size` points.
    pub fn new(markup: &str, size: f64) -> Self {
        let mut setter = Setter::default();
        setter.set(&mut markup.chars().peekable(), false, None, Position { size, baseline: 0.0 });
        setter.end_slope(true);
        Self { path: Path(setter.steps), width: setter.x, text: setter.text }
    }

    /// The outlines with the baseline beginning at this point.
    pub fn at(&self, (x, y): Point) -> Path {
        self.path.map(|(a, b)| (x + a, y + b))
    }

    /// The outlines turned to read upwards.
    pub fn upwards(&self, (x, y): Point) -> Path {
        self.path.map(|(a, b)| (x + b, y - a))
    }
}

/// The markup that shows `text` as it is.
pub fn plain(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$")
}

#[derive(Clone, Copy)]
struct Position {
    size: f64,
    /// Downwards.
    baseline: f64,
}

#[derive(Default)]
struct Setter {
    steps: Vec<Step>,
    x: f64,
    text: String,
    /// How far the last, italic glyph reaches beyond its advance.
    slope: f64,
}

impl Setter {
    /// Sets characters up to `end`, which is consumed.
    fn set(&mut self, source: &mut Peekable<Chars>, mut math: bool, end: Option<char>, position: Position) {
        while let Some(character) = source.next() {
            match character {
                c if Some(c) == end => return,
                '\\' => self.glyph(source.next().unwrap_or('\\'), false, position),
                '$' => math = !math,
                '"' if math => self.set(source, false, Some('"'), position),
                '{' if math => self.set(source, true, Some('}'), position),
                '^' | '_' if math => self.scripts(character, source, position),
                '-' if math => self.glyph('−', false, position),
                '\'' if math => self.glyph('′', false, position),
                c => self.glyph(c, math && is_italic(c), position),
            }
        }
    }

    /// Sets a sub- and a superscript above each other.
    fn scripts(&mut self, first: char, source: &mut Peekable<Chars>, position: Position) {
        let (start, slope) = (self.x, std::mem::take(&mut self.slope));
        let (mut which, mut end) = (first, start);
        loop {
            self.text.push(which);
            let size = SCRIPT * position.size;
            let (shift, x) = match which {
                '^' => (-RAISED * position.size, start + slope),
                _ => (LOWERED * position.size, start),
            };
            self.x = x;
            let position = Position { size, baseline: position.baseline + shift };
            match source.next() {
                Some('{') => self.set(source, true, Some('}'), position),
                Some('"') => self.set(source, false, Some('"'), position),
                Some(c) => self.set(&mut c.to_string().chars().peekable(), true, None, position),
                None => {}
            }
            self.end_slope(true);
            end = f64::max(end, self.x);
            match source.next_if(|c| matches!(c, '^' | '_')) {
                Some(next) => which = next,
                None => break,
            }
        }
        self.x = end + 0.04 * position.size;
    }

    /// Leaves room for the slope of the last glyph, if what follows is upright.
    fn end_slope(&mut self, upright: bool) {
        let slope = std::mem::take(&mut self.slope);
        if upright {
            self.x += slope;
        }
    }

    fn glyph(&mut self, character: char, italic: bool, position: Position) {
        self.end_slope(!italic);
        self.text.push(character);
        let faces: [&Typeface; 2] = if italic { [&ITALIC, &UPRIGHT] } else { [&UPRIGHT, &ITALIC] };
        let found = faces.iter().find_map(|face| Some((face, face.face.glyph_index(character)?)));
        // The font's own mark for what it does not have.
        let (typeface, glyph) = found.unwrap_or((&faces[0], GlyphId(0)));
        let scale = position.size / f64::from(typeface.face.units_per_em());
        let mut outline = Outline {
            steps: &mut self.steps,
            origin: (self.x, position.baseline),
            scale,
            last: (self.x, position.baseline),
        };
        let reach = typeface.face.outline_glyph(glyph, &mut outline).map_or(0.0, |r| f64::from(r.x_max));
        let advance = f64::from(typeface.face.glyph_hor_advance(glyph).unwrap_or(0));
        self.x += scale * advance;
        if italic {
            self.slope = (scale * (reach - advance)).max(0.0);
        }
    }
}

/// Whether a letter is italic in mathematics.
fn is_italic(c: char) -> bool {
    c.is_ascii_alphabetic() || ('α'..='ω').contains(&c)
}

struct Typeface {
    face: Face<'static>,
}

impl Typeface {
    fn new(bytes: &'static [u8]) -> Self {
        // The bytes are compiled in, and the tests read both.
        Self { face: Face::parse(bytes, 0).expect("the embedded font is whole") }
    }
}

/// Appends the outline of a glyph.
struct Outline<'a> {
    steps: &'a mut Vec<Step>,
    origin: Point,
    scale: f64,
    last: Point,
}

impl Outline<'_> {
    fn point(&mut self, x: f32, y: f32) -> Point {
        (self.origin.0 + self.scale * f64::from(x), self.origin.1 - self.scale * f64::from(y))
    }
}

impl OutlineBuilder for Outline<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.last = self.point(x, y);
        self.steps.push(Step::Move(self.last));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.last = self.point(x, y);
        self.steps.push(Step::Line(self.last));
    }

    /// A quadratic curve, raised to a cubic one.
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (control, end) = (self.point(x1, y1), self.point(x, y));
        let towards = |from: Point| {
            (from.0 + 2.0 / 3.0 * (control.0 - from.0), from.1 + 2.0 / 3.0 * (control.1 - from.1))
        };
        self.steps.push(Step::Curve(towards(self.last), towards(end), end));
        self.last = end;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (a, b, c) = (self.point(x1, y1), self.point(x2, y2), self.point(x, y));
        self.steps.push(Step::Curve(a, b, c));
        self.last = c;
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::Step;
    use super::{ITALIC, Label, UPRIGHT, plain};

    #[test]
    fn fonts_hold_what_labels_use() {
        for c in "AZaz09 .,:;()[]/+−=<>|⟨⟩·×∂∇∞≈≤≥±√′°²³½ΔΓδεηθκλμνξπρστφχψωΛΠΦΨΩΣ∫".chars()
        {
            assert!(UPRIGHT.face.glyph_index(c).is_some(), "{c} is not in the upright font");
        }
        for c in ('a'..='z').chain('A'..='Z').chain('α'..='ω') {
            assert!(ITALIC.face.glyph_index(c).is_some(), "{c} is not in the italic font");
        }
    }

    #[test]
    fn scripts_are_small_raised_lowered_and_above_each_other() {
        let heights = |markup: &str| {
            let label = Label::new(markup, 10.0);
            let ys = label.path.0.iter().filter_map(|step| match *step {
                Step::Move((_, y)) | Step::Line((_, y)) | Step::Curve(_, _, (_, y)) => Some(y),
                Step::Close => None,
            });
            ys.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)))
        };
        let ((base_top, base_bottom), (sup_top, _), (_, sub_bottom)) =
            (heights("$x$"), heights("$x^2$"), heights("$x_2$"));
        assert!(sup_top < base_top - 2.0 && sub_bottom > base_bottom + 1.0);
        let width = |markup: &str| Label::new(markup, 10.0).width;
        assert!(width("$u_τ^2$") < width("$u_τ$") + width("$u^2$") - width("$u$"));
        assert!((width("$u^{2}$") - width("$u^2$")).abs() < 1e-12);
        assert_eq!(Label::new("$\"rms\"$", 10.0).path, Label::new("rms", 10.0).path);
    }

    #[test]
    fn text_without_markup_stays_as_it_is() {
        let name = r#"a $5 "case" \ x_1^2"#;
        assert_eq!(Label::new(&plain(name), 8.0).text, name);
        assert_eq!(Label::new("$a_\"rms\"'-1$", 8.0).text, "a_rms′−1");
        // An open group or script at the end is not an error.
        for markup in ["$x^", "$x_{2", "$\"open", "\\", "$"] {
            Label::new(markup, 8.0);
        }
    }
}
