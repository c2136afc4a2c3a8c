//! The width of figures, as given on the command line.

use std::str::FromStr;

/// Millimetres per inch.
const INCH: f64 = 25.4;
/// The narrowest figure in which labels have room, and the widest paper, in millimetres.
const NARROWEST: f64 = 50.0;
const WIDEST: f64 = 600.0;

/// The width on paper of a figure of one panel, in millimetres: a column of a journal by default. Figures
/// of panels side by side are twice as wide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Width(f64);

impl Width {
    pub fn of_panel(self) -> f64 {
        self.0
    }

    pub fn of_page(self) -> f64 {
        2.0 * self.0
    }
}

impl Default for Width {
    fn default() -> Self {
        Self(85.0)
    }
}

impl FromStr for Width {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = match text.strip_suffix("in") {
            Some(number) => (number, INCH),
            None => (text.strip_suffix("mm").unwrap_or(text), 1.0),
        };
        match number.trim().parse::<f64>().map(|number| number * unit) {
            Ok(width) if (NARROWEST..=WIDEST).contains(&width) => Ok(Self(width)),
            _ => Err(format!("give a width from {NARROWEST}mm to {WIDEST}mm, such as 85mm or 3.5in")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Width;

    #[test]
    fn widths_have_units_and_limits() {
        assert_eq!(
            ["85mm", "85", " 85 mm"].map(|text| text.parse()),
            [Ok(Width(85.0)), Ok(Width(85.0)), Ok(Width(85.0))]
        );
        assert_eq!("4in".parse(), Ok(Width(101.6)));
        for text in ["49mm", "601", "0.5in", "wide", "", "mm", "NaN", "inf"] {
            assert!(text.parse::<Width>().unwrap_err().contains("from 50mm to 600mm"), "{text}");
        }
    }
}
