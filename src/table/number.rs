//! Numbers in the formats of C, Fortran and spreadsheets.

/// The value of a word: `1.5`, `-2`, `.5`, `1.0E+01`, `1.0D+01`, and `1.234-123`, in which Fortran omits
/// the letter of a three-digit exponent; with `decimal_comma` also `1,5`. `nan` is a missing value.
///
/// # Errors
/// The reason why the word is not a number.
pub fn number(word: &str, decimal_comma: bool) -> Result<f64, String> {
    let plain = word.trim_matches(['"', '\'']).replace(MINUS, "-");
    if plain.trim_start_matches(['+', '-']).eq_ignore_ascii_case("nan") {
        return Ok(f64::NAN);
    }
    // In a table with decimal commas, a point may separate thousands.
    let digits = if decimal_comma { plain.replace('.', "?").replacen(',', ".", 1) } else { plain };
    let mut digits = digits.replace(['d', 'D', 'q', 'Q', 'E'], "e");
    if let Some(sign) = three_digit_exponent(&digits) {
        digits.insert(sign, 'e');
    }
    let value = if digits.contains(|c: char| !(c.is_ascii_digit() || "+-.e".contains(c))) {
        None
    } else {
        digits.parse().ok()
    };
    match value {
        Some(value) if f64::is_finite(value) => Ok(value),
        Some(_) => Err(format!("`{word}` is too large for a number")),
        None if is_stars(word) => {
            Err(format!("`{word}` is not a number but a Fortran field that was too narrow"))
        }
        None if decimal_comma && word.contains('.') => {
            Err(format!("`{word}` has a decimal point in a table with decimal commas"))
        }
        None => Err(format!("`{word}` is not a number")),
    }
}

/// Returns whether the word is meant as a number, even if it is damaged.
pub fn is_numeric(word: &str) -> bool {
    let plain = word.trim_matches(['"', '\'']);
    let letters = plain.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let of_a_number = |c: char| c.is_ascii_digit() || "+-.,*eEdDqQ".contains(c) || MINUS.contains(&c);
    matches!(&*letters, "nan" | "inf" | "infinity")
        || plain.contains(|c: char| c.is_ascii_digit() || c == '*')
            && !plain.starts_with(|c: char| c.is_ascii_alphabetic())
            && plain.chars().all(of_a_number)
}

/// Returns whether the word consists of stars, with which Fortran fills a field that is too narrow.
fn is_stars(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte == b'*')
}

/// Minus signs of typesetters.
const MINUS: [char; 2] = ['\u{2212}', '\u{2013}'];

/// The position of the sign in `1.234-123`.
fn three_digit_exponent(word: &str) -> Option<usize> {
    let sign = word.len().checked_sub(4).filter(|&sign| word.is_char_boundary(sign))?;
    let (mantissa, exponent) = word.split_at(sign);
    let is_exponent =
        exponent.starts_with(['+', '-']) && exponent[1..].bytes().all(|byte| byte.is_ascii_digit());
    let is_mantissa = mantissa.contains('.') && mantissa.ends_with(|c: char| c.is_ascii_digit() || c == '.');
    (is_exponent && is_mantissa && !mantissa.contains('e')).then_some(sign)
}

#[cfg(test)]
mod tests {
    use super::{is_numeric, number};

    #[test]
    fn numbers_of_fortran_and_of_spreadsheets_are_read() {
        let one = [
            ("1.0D+01", 10.0),
            ("1.5d-3", 1.5e-3),
            ("1.25-101", 1.25e-101),
            ("-1.0+100", -1e100),
            ("+.5", 0.5),
            ("5.", 5.0),
        ];
        for (word, value) in
            one.into_iter().chain([("\"2.5\"", 2.5), ("\u{2212}3", -3.0), ("1.0-400", 0.0), ("7Q0", 7.0)])
        {
            assert_eq!(number(word, false), Ok(value), "{word}");
            assert!(is_numeric(word), "{word}");
        }
        assert_eq!(number("-1,5E-2", true), Ok(-1.5e-2));
        assert!(number("-NaN", false).unwrap().is_nan());
    }

    #[test]
    fn what_is_not_a_number_is_named() {
        for (word, why) in [
            ("*****", "`*****` is not a number but a Fortran field that was too narrow"),
            ("Infinity", "`Infinity` is not a number"),
            ("1e999", "too large"),
            ("-1.#IND", "`-1.#IND` is not a number"),
            ("1,5", "`1,5` is not a number"),
        ] {
            assert!(number(word, false).unwrap_err().contains(why), "{word}: {:?}", number(word, false));
        }
        for word in [
            "1.0-2.0",
            "12-3",
            "1.0-12",
            "123-456",
            "1.0e",
            "1.0e-1-101",
            "2*0.0",
            "0x10",
            "",
            "-",
            "1.5x",
            "1_0",
            "é-101",
        ] {
            assert!(number(word, false).is_err(), "{word}");
        }
        assert!(
            number("1.5", true).unwrap_err().contains("decimal point") && number("1.234,5", true).is_err()
        );
        for word in ["512x512", "2nd", "e", "1:y", "-", "dE/dt", "E_uu", "E11"] {
            assert!(!is_numeric(word), "{word}");
        }
    }
}
