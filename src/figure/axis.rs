//! Axes: range, ticks, and the place of a value.

/// How values are spread over an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    Logarithmic,
}

/// An axis as it is wanted.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Markup: see [`super::label`].
    pub label: String,
    pub scale: Scale,
    /// From where to where; the range of the values if it is not given.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), scale: Scale::Linear, range: None }
    }

    pub fn logarithmic(label: impl Into<String>) -> Self {
        Self { label: label.into(), scale: Scale::Logarithmic, range: None }
    }

    pub fn within(self, from: f64, to: f64) -> Self {
        Self { range: Some((from, to)), ..self }
    }
}

/// An axis with its range and ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruler {
    pub scale: Scale,
    pub low: f64,
    pub high: f64,
    /// Values and their markup.
    pub major: Vec<(f64, String)>,
    pub minor: Vec<f64>,
    /// Markup of the power of ten by which the ticks are to be multiplied, if not 1.
    pub factor: Option<String>,
}

impl Ruler {
    /// An axis for `values` with room for about `room` ticks. `whole` extends it to the next ticks, unless
    /// its range is given.
    pub fn new(axis: &Axis, values: impl Iterator<Item = f64>, room: f64, whole: bool) -> Self {
        let is_log = axis.scale == Scale::Logarithmic;
        let seen = values.filter(|value| value.is_finite() && (!is_log || *value > 0.0));
        let (least, most) =
            seen.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let known = |(low, high): (f64, f64)| low.is_finite() && high.is_finite() && (!is_log || low > 0.0);
        let range = axis.range.filter(|range| known(*range)).unwrap_or((least, most));
        let whole = whole && axis.range.is_none();
        let (low, high) = if known(range) { range } else { (1.0, 10.0) };
        if is_log { logarithmic(low, high, room, whole) } else { linear(low, high, room, whole) }
    }

    /// The place of a value between the ends, 0 to 1.
    pub fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }
}

/// Part of a tick step by which values may exceed the last tick, so that round-off adds none.
const UNSEEN: f64 = 0.01;

fn linear(least: f64, most: f64, room: f64, whole: bool) -> Ruler {
    // The axis starts at zero unless that would flatten the curve.
    let low = if whole && least > 0.0 && (least < 0.6 * most || least == most) { 0.0 } else { least };
    let high = if low < most { most } else { low + f64::max(1.0, low.abs()) };
    let (step, parts) = round_step((high - low) / room.max(2.0));
    let (low, high) = match whole {
        true => ((low / step + UNSEEN).floor() * step, (high / step - UNSEEN).ceil() * step),
        false => (low, high),
    };
    let ticks = |step: f64| {
        let (first, last) = ((low / step - UNSEEN).ceil() as i64, (high / step + UNSEEN).floor() as i64);
        (first..=last).map(move |i| i as f64 * step)
    };
    let largest = low.abs().max(high.abs());
    let exponent = if (1e-3..1e5).contains(&largest) { 0 } else { largest.log10().floor() as i32 };
    let unit = 10f64.powi(exponent);
    let decimals = (-(step / unit * (1.0 + 1e-9)).log10().floor()).max(0.0) as usize;
    let text = |value: f64| {
        let text = format!("{:.decimals$}", value / unit);
        if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
            "0".into()
        } else {
            format!("${text}$")
        }
    };
    Ruler {
        scale: Scale::Linear,
        low,
        high,
        major: ticks(step).map(|value| (value, text(value))).collect(),
        minor: ticks(step / f64::from(parts)).collect(),
        factor: (exponent != 0).then(|| format!("$× 10^{{{exponent}}}$")),
    }
}

/// The next of 1, 2, 5 times a power of ten, and into how many parts minor ticks divide it.
fn round_step(least: f64) -> (f64, u8) {
    let decade = 10f64.powf(least.log10().floor());
    [(1.0, 5), (2.0, 4), (5.0, 5)]
        .into_iter()
        .map(|(digit, parts)| (digit * decade, parts))
        .find(|(step, _)| *step >= least * (1.0 - 1e-9))
        .unwrap_or((10.0 * decade, 5))
}

fn logarithmic(least: f64, most: f64, room: f64, whole: bool) -> Ruler {
    let (low, high) = if least < most { (least, most) } else { (least / 2.0, least * 2.0) };
    let power = |value: f64| value.log10();
    let (first, last) = (power(low * (1.0 + 1e-9)).floor() as i32, power(high * (1.0 - 1e-9)).ceil() as i32);
    let (low, high) = if whole { (10f64.powi(first), 10f64.powi(last)) } else { (low, high) };
    let within = |value: f64| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(&value);
    let every = (f64::from(last - first) / room.max(2.0)).ceil().max(1.0) as i32;
    let decades = (first..=last).filter(|n| within(10f64.powi(*n))).count();
    // With few decades, 2 and 5 are named too.
    let digits: &[u32] = if decades < 2 { &[1, 2, 5] } else { &[1] };
    // One style for all ticks: decimals if none is long, else powers of ten.
    let decimal = low >= 0.9e-2 && high <= 1.1e4;
    let text = |digit: u32, n: i32| match (decimal, digit) {
        (true, _) => format!("${:.*}$", n.min(0).unsigned_abs() as usize, f64::from(digit) * 10f64.powi(n)),
        (false, 1) => format!("$10^{{{n}}}$"),
        (false, _) => format!("${digit} × 10^{{{n}}}$"),
    };
    let places = || (first..=last).flat_map(|n| (1..10u32).map(move |digit| (digit, n)));
    let value = |(digit, n): (u32, i32)| f64::from(digit) * 10f64.powi(n);
    let major = places()
        .filter(|place| digits.contains(&place.0) && place.1.rem_euclid(every) == 0 && within(value(*place)))
        .map(|place| (value(place), text(place.0, place.1)))
        .collect();
    // Of decades that are not named, minor ticks would be too dense.
    let minor =
        places().filter(|place| (every == 1 || place.0 == 1) && within(value(*place))).map(value).collect();
    Ruler { scale: Scale::Logarithmic, low, high, major, minor, factor: None }
}

#[cfg(test)]
mod tests {
    use super::{Axis, Ruler};

    fn ticks(axis: Axis, values: &[f64]) -> (Vec<String>, Ruler) {
        let ruler = Ruler::new(&axis, values.iter().copied(), 6.0, true);
        (ruler.major.iter().map(|tick| tick.1.replace('$', "")).collect(), ruler)
    }

    #[test]
    fn ticks_are_round_and_of_one_style() {
        let linear = |values: &[f64]| ticks(Axis::linear(""), values).0;
        assert_eq!(linear(&[0.0, 1.0]), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(linear(&[-3.0, 17.0]), ["-5", "0", "5", "10", "15", "20"]);
        assert_eq!(linear(&[9.0, 10.0]), ["9.0", "9.2", "9.4", "9.6", "9.8", "10.0"]);
        let log = |values: &[f64]| ticks(Axis::logarithmic(""), values).0;
        assert_eq!(log(&[0.5, 180.0]), ["0.1", "1", "10", "100", "1000"]);
        assert_eq!(log(&[2e-5, 0.5]), ["10^{-5}", "10^{-4}", "10^{-3}", "10^{-2}", "10^{-1}", "10^{0}"]);
        assert_eq!(
            log(&[1e-12, 1.0]),
            ["10^{-12}", "10^{-10}", "10^{-8}", "10^{-6}", "10^{-4}", "10^{-2}", "10^{0}"]
        );
    }

    #[test]
    fn large_and_small_values_share_a_factor() {
        let (text, ruler) = ticks(Axis::linear(""), &[0.0, 3e-5]);
        assert_eq!(text.first().map(String::as_str), Some("0"));
        assert_eq!(ruler.factor.as_deref(), Some("$× 10^{-5}$"));
        assert!(text.iter().all(|tick| tick.len() <= 3), "{text:?}");
    }

    #[test]
    fn a_given_range_is_kept_and_an_empty_one_has_width() {
        let ruler = ticks(Axis::linear("").within(0.15, 0.95), &[0.0, 7.0]).1;
        assert_eq!((ruler.low, ruler.high), (0.15, 0.95));
        for (axis, values) in [
            (Axis::linear(""), &[2.0, 2.0][..]),
            (Axis::linear(""), &[]),
            (Axis::linear("").within(3.0, 3.0), &[]),
            (Axis::logarithmic(""), &[0.0, -1.0]),
            (Axis::logarithmic("").within(5.0, 5.0), &[]),
        ] {
            let ruler = ticks(axis, values).1;
            assert!(ruler.low < ruler.high, "{ruler:?}");
        }
    }
}
