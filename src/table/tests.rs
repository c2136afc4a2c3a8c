//! One table in every dress, and damaged ones: its numbers are read as they are or refused, and none falls
//! on the column of another.

use super::*;
use crate::random::{Purpose, uniform};

const NAMES: [&str; 6] = ["y/h", "y+", "U+", "u'+", "v'+", "w'+"];
const ROWS: usize = 5;

fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Draws that are the same in every run.
struct Dice {
    seed: u64,
    drawn: i64,
}

impl Dice {
    /// Below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.drawn += 1;
        let [x, ..] = uniform(self.seed, Purpose::InitialField, [self.drawn, 0, 0]);
        (x * sides as f64) as usize
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

/// A number that says its row and its column: thousands are the column.
fn value(row: usize, column: usize) -> f64 {
    (1000 * (column + 1) + row) as f64 + 0.25
}

/// The number as somebody writes it.
fn written(value: f64, dice: &mut Dice, decimal_comma: bool) -> String {
    let (thousands, letter) = (value / 1000.0, dice.pick(&["E+03", "e3", "D+03", "d3", "+003", "", ""]));
    let digits = match letter {
        "" => format!("{value:.2}"),
        letter => format!("{thousands:.5}{letter}"),
    };
    if decimal_comma { digits.replace('.', ",") } else { digits }
}

/// The table as somebody writes it.
fn dressed(dice: &mut Dice) -> Vec<u8> {
    let (separator, decimal_comma) = dice.pick(&[
        (" ", false),
        ("\t", false),
        (",", false),
        (";", false),
        (", ", false),
        (";", true),
        ("  ", true),
        ("\t", true),
    ]);
    let mark = dice.pick(&["# ", "%", "! ", "#", "; ", "", "//", "c "]);
    let lead = dice.pick(&["", "", "columns: ", "VARIABLES = ", "Names of columns: "]);
    let between = if separator == "\t" { "\t" } else { dice.pick(&[" ", "  ", ", ", ","]) };
    let is_quoted = dice.roll(4) == 0;
    let unit = if between.contains(',') { "" } else { dice.pick(&["", " [-]"]) };
    let names =
        NAMES.map(|name| if is_quoted { format!("\"{name}\"{unit}") } else { format!("{name}{unit}") });
    let mut lines = vec![format!("{mark}{lead}{}", names.join(between))];
    if dice.roll(2) == 0 {
        lines.insert(0, "# del Álamo & Jiménez, Re_tau = 45".to_owned());
    }
    if dice.roll(2) == 0 {
        lines.push("#-----------".to_owned());
    }
    for row in 0..ROWS {
        let cells: Vec<String> =
            (0..NAMES.len()).map(|column| written(value(row, column), dice, decimal_comma)).collect();
        let end = dice.pick(&["", "", " ", "  # note", " ! 7 8"]);
        lines.push(format!("{}{}{end}", dice.pick(&["", "  "]), cells.join(separator)));
        if dice.roll(4) == 0 {
            lines.push(dice.pick(&["", "% 1 2 3", "   ", "# end of a zone"]).to_owned());
        }
    }
    let text = lines.join(dice.pick(&["\n", "\r\n", "\r"])) + dice.pick(&["", "\n"]);
    match dice.roll(4) {
        0 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        1 => text.chars().map(|c| c as u8).collect(),
        2 => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        _ => text.into_bytes(),
    }
}

fn dice(seed: u64) -> Dice {
    Dice { seed, drawn: 0 }
}

#[test]
fn a_table_in_any_dress_has_the_same_numbers() {
    for seed in 0..2000 {
        let bytes = dressed(&mut dice(seed));
        let shown = String::from_utf8_lossy(&bytes);
        let table =
            TextTable::parse("x.dat".as_ref(), &bytes).unwrap_or_else(|error| panic!("{error}\n{shown}"));
        let columns = table.columns(&is_known).unwrap_or_else(|error| panic!("{error}\n{shown}"));
        assert_eq!(columns.names, NAMES, "{shown}");
        for column in 0..NAMES.len() {
            let read: Vec<f64> = columns.values(column).collect();
            assert_eq!(read, [0, 1, 2, 3, 4].map(|row| value(row, column)), "{shown}");
        }
    }
}

/// One change of a text that a slip of a hand or a program makes. Digits stay, as nobody can see that they
/// were others; so do the letters of exponents.
fn damaged(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let at = dice.roll(lines.len());
    // Without a point anywhere the commas are decimal.
    let separators = [' ', ';', '\t', if text.contains('.') { ',' } else { ' ' }];
    let mut words: Vec<String> = lines[at].split_inclusive(separators).map(str::to_owned).collect();
    let word = dice.roll(words.len().max(1));
    let junk = dice.pick(&[
        "*****", "x", "# ", "% ", "! ", ", ", "; ", "\t", " ", "nan ", "--", "\"", "(", "]", "=", ":",
        "data ", "é", "12a ",
    ]);
    match dice.roll(7) {
        0 => drop(lines.remove(at)),
        1 if !words.is_empty() => drop(words.remove(word)),
        2 if !words.is_empty() => words.insert(word, words[word].clone()),
        3 if !words.is_empty() => words[word] = junk.to_owned(),
        4 if !words.is_empty() => words.insert(word, junk.to_owned()),
        5 if at + 1 < lines.len() => {
            let next = lines.remove(at + 1);
            words.push(next);
        }
        _ => return text.chars().take(dice.roll(text.chars().count() + 1)).collect(),
    }
    if at < lines.len() {
        lines[at] = words.concat();
    }
    lines.join("\n")
}

#[test]
fn no_damage_moves_a_number_to_another_column() {
    let (mut read, mut refused) = (0, 0);
    for seed in 0..20_000 {
        let dice = &mut dice(seed);
        let Ok(text) = String::from_utf8(dressed(dice)) else { continue };
        let text = damaged(&text.replace("\r\n", "\n").replace('\r', "\n"), dice);
        let Ok(table) = TextTable::parse("x.dat".as_ref(), text.as_bytes()) else {
            refused += 1;
            continue;
        };
        let Ok(columns) = table.columns(&is_known) else {
            refused += 1;
            continue;
        };
        read += 1;
        for (place, name) in columns.names.iter().enumerate() {
            let Some(column) = NAMES.iter().position(|own| own == name) else { continue };
            let mut before = -1.0;
            for (value, row) in columns.values(place).zip(table.rows()) {
                let of_row = value - 1000.0 * (column + 1) as f64 - 0.25;
                let is_own = value.is_nan() || (0..ROWS).any(|row| of_row == row as f64) && of_row > before;
                let cut_short =
                    row.line == table.rows()[table.rows().len() - 1].line && place + 1 == columns.names.len();
                assert!(is_own || cut_short, "`{name}` has {value} in line {}\n{text}", row.line);
                before = if value.is_nan() { before } else { of_row };
            }
        }
    }
    assert!(read > 2000 && refused > 2000, "{read} read, {refused} refused");
}

/// Bytes of any kind.
#[test]
fn no_bytes_make_the_reader_panic() {
    for seed in 0..3000 {
        let dice = &mut dice(seed);
        let mut bytes = dressed(dice);
        for _ in 0..1 + dice.roll(8) {
            let at = dice.roll(bytes.len());
            bytes[at] = dice.pick(b"\x00\xff\xe9\n\r\t ,;#%!*\"'()[]=:+-.0159eEdDnacy\xef\xbb\xbf");
        }
        if let Ok(table) = TextTable::parse("x.dat".as_ref(), &bytes) {
            let _ = (table.columns(&is_known), table.stated("Re_tau"));
        }
    }
}

#[test]
fn names_that_do_not_fit_are_refused() {
    for (text, part) in [
        ("# j y+ U+\n1 2\n", "x.dat:2: 2 numbers under 3 names of columns: line 1 has `j`, `y+`, `U+`"),
        ("# y/h y+\n1 2 3\n", "x.dat:2: 3 numbers under 2 names"),
        ("# y+ U+ U+\n1 2\n", "x.dat:1: two columns are named `U+`"),
        ("# y/h y+ U+\n1\t\t2\n", "2 numbers under 3 names"),
        ("# y/h y+ U+\n1          2\n1 2\n", "2 numbers under 3 names"),
        ("y/h;y+;U+\n1,5;2,5\n", "2 numbers under 3 names"),
        ("# y/h y+\n1 2\n1 2 3\n", "x.dat:3: 3 numbers where line 2 has 2"),
        ("# y/h y+\n1 2\nend of file\n", "x.dat:3: `end` is not a number; mark a line of text with #"),
        ("# y/h y+\n***** 2\n", "x.dat:2: `*****` is not a number but a Fortran field"),
        ("# y/h y+\n1,5;2.5\n", "`2.5` has a decimal point in a table with decimal commas"),
        ("# y/h y+\n", "x.dat has no row of numbers"),
    ] {
        let read = TextTable::parse("x.dat".as_ref(), text.as_bytes());
        let message =
            read.and_then(|table| table.columns(&is_known).map(|columns| columns.names)).unwrap_err().message;
        assert!(message.contains(part), "{message}");
    }
    let table = TextTable::parse("x.dat".as_ref(), b"# y/h y+ U+ u'+\n1 2\n3 4\n").unwrap();
    assert_eq!(table.columns(&is_known).unwrap().names, ["y/h", "y+"]);
    let by_hand = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        table.columns_named(&names, &is_known).map(|columns| columns.names).map_err(|error| error.message)
    };
    assert_eq!(by_hand(&["-", "y+"]).unwrap(), ["-", "y+"]);
    for (names, part) in [
        (&["y+"][..], "--columns for x.dat: 1 name for 2 columns"),
        (&["y+", "odd"], "`odd` is not a known column"),
        (&["y+", "y+"], "`y+` occurs twice"),
    ] {
        assert!(by_hand(names).unwrap_err().contains(part));
    }
}

#[test]
fn what_the_head_states_is_found() {
    let head = "# ny = 49,  Re_{\\tau} = 180\n# Re_tau     Re_tau =  543.496\n# viscosity nu = 1.0D-04, U0 = \
        10 m/s.\n# The viscosity = 3.5014006E-04.\n";
    let table = TextTable::parse("x.dat".as_ref(), format!("{head}1\n2\n").as_bytes()).unwrap();
    let found = ["Re_{\\tau}", "Re_tau", "nu", "viscosity", "U0", "u", "tau"].map(|key| table.stated(key));
    assert_eq!(found, [Some(180.0), Some(543.496), Some(1e-4), Some(3.5014006e-4), Some(10.0), None, None]);
}

#[test]
fn a_column_ascends_or_is_turned_round() {
    let columns = |text: &str| TextTable::parse("x.dat".as_ref(), text.as_bytes()).unwrap();
    let order = |text: &str| {
        let table = columns(text);
        let named = table.columns(&is_known).unwrap();
        named
            .ascending(0)
            .map(|rows| rows.iter().map(|row| row.cells[0]).collect::<Vec<_>>())
            .map_err(|error| error.message)
    };
    assert_eq!(order("# y+\n3\n2\n1\n").unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(order("# y+\n1\n2\n2\n"), Err("x.dat:4: `y+` must increase: 2 follows 2".into()));
    assert_eq!(order("# y+\n3\n2\n2.5\n"), Err("x.dat:4: `y+` must decrease: 2.5 follows 2".into()));
    assert_eq!(order("# y+\n1\nnan\n"), Err("x.dat:3: no value of `y+`".into()));
}
