//! The time that a report averages, as given on the command line.

use std::str::FromStr;

use super::rows::number;
use crate::error::{Error, Result};
use crate::statistics::Window;

/// Units of time beside that of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// h/u_tau, with the nominal u_tau of the case.
    HalfHeights,
    /// T = L/u', the turnover time of the large eddies.
    Turnovers,
}

impl Unit {
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfHeights => "h/u_tau",
            Self::Turnovers => "T",
        }
    }
}

/// A time since the beginning of a run: `12.5` in the time of the case, `5h/u_tau`, `3T`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instant {
    value: f64,
    unit: Option<Unit>,
}

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let units = [Unit::HalfHeights, Unit::Turnovers];
        let with_unit =
            units.into_iter().find_map(|unit| Some((text.strip_suffix(unit.name())?, Some(unit))));
        let (number, unit) = with_unit.unwrap_or((text, None));
        match number.trim().parse::<f64>() {
            Ok(value) if value.is_finite() && value >= 0.0 => Ok(Self { value, unit }),
            _ => Err("give a time such as 12.5, 5h/u_tau (channel) or 3T (box, turnover times)".to_owned()),
        }
    }
}

/// The time to average: `--from` and `--to`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    pub from: Option<Instant>,
    pub to: Option<Instant>,
}

impl Span {
    pub fn is_given(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// The window in the time of the case, from `from` on by default, for a flow with this unit of time and
    /// its length.
    ///
    /// # Errors
    /// The unit of another flow, or an empty window.
    pub fn window(&self, from: f64, own: (Unit, f64)) -> Result<Window> {
        let time = |instant: Instant| match instant.unit {
            None => Ok(instant.value),
            Some(unit) if unit == own.0 => Ok(instant.value * own.1),
            Some(unit) => Err(Error::input(format!(
                "times of this flow cannot be given in {}: use {} or the time unit of the case",
                unit.name(),
                own.0.name()
            ))),
        };
        let window = Window {
            from: self.from.map(time).transpose()?.unwrap_or(from),
            to: self.to.map(time).transpose()?.unwrap_or(f64::INFINITY),
        };
        if window.from < window.to {
            return Ok(window);
        }
        let Window { from, to } = window;
        let begin = if self.from.is_some() { "--from" } else { "where averages begin by default" };
        let [from, to] = [from, to].map(number);
        Err(Error::input(format!("nothing to average: {begin} (t = {from}) is not before --to (t = {to})")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_units_of_the_flow() {
        let span = |from: &str, to: &str| Span { from: from.parse().ok(), to: to.parse().ok() };
        let channel = (Unit::HalfHeights, 15.0);
        let window = |from: &str, to: &str| span(from, to).window(1.0, channel);
        assert_eq!(window("2h/u_tau", "1e2").unwrap(), Window { from: 30.0, to: 100.0 });
        assert_eq!(window("", "4 h/u_tau").unwrap(), Window { from: 1.0, to: 60.0 });
        assert_eq!(window("3.5", "").unwrap(), Window { from: 3.5, to: f64::INFINITY });
        assert!(window("3T", "").unwrap_err().message.contains("cannot be given in T"));
        assert!(window("5", "5").unwrap_err().message.contains("--from (t = 5) is not before --to (t = 5)"));
        for wrong in ["", "-1", "nan", "inf", "3 turnovers", "T", "5u_tau"] {
            assert!(wrong.parse::<Instant>().is_err(), "{wrong}");
        }
    }
}
