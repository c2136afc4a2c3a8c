//! Lines that name the columns of a table.

/// Words before the names that are not names.
const LEADS: [&str; 14] = [
    "variables",
    "variable",
    "columns",
    "column",
    "names",
    "name",
    "labels",
    "fields",
    "header",
    "data",
    "of",
    "the",
    "are",
    "is",
];

/// The names in a line, for each way in which they may be parted: by commas or semicolons, by dashes
/// between blanks, by tabs or two blanks, by blanks. What is in brackets or quotes is one piece; numbering
/// and units that stand by themselves are left out.
pub fn candidates(line: &str, is_known: &dyn Fn(&str) -> bool) -> Vec<Vec<String>> {
    let line = without_lead(line, is_known);
    let split: [&dyn Fn(&str) -> bool; 4] = [
        &|rest| rest.starts_with([',', ';']),
        &|rest| rest.starts_with(" - "),
        &|rest| rest.starts_with("  ") || rest.starts_with('\t'),
        &|rest| rest.starts_with(|c: char| c.is_whitespace() || c == ',' || c == ';'),
    ];
    let ways = split.map(|ends| tidy(pieces(line, ends)));
    ways.into_iter()
        .enumerate()
        .filter(|(way, names)| *way == 3 || names.len() > 1)
        .map(|(_, names)| names)
        .collect()
}

/// The line after `VARIABLES =`, `columns:` and similar leads, and after any other word with a colon.
fn without_lead<'a>(line: &'a str, is_known: &dyn Fn(&str) -> bool) -> &'a str {
    let mut rest = line.trim();
    // Fortran's mark of a comment.
    if let Some(behind) = rest.strip_prefix(['c', 'C'])
        && behind.starts_with(char::is_whitespace)
    {
        rest = behind.trim();
    }
    loop {
        let end = rest.find(|c: char| c.is_whitespace() || c == ':' || c == '=').unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let has_colon = behind.starts_with(':') && word.contains(|c: char| c.is_alphabetic());
        let is_lead =
            word.is_empty() && !behind.is_empty() || LEADS.contains(&&*word.to_lowercase()) || has_colon;
        if !is_lead || is_known(word) {
            return rest;
        }
        rest = behind.trim_start_matches(|c: char| c.is_whitespace() || c == ':' || c == '=');
    }
}

/// Splits a line at the separators; `ends` says whether the remaining text begins with one.
fn pieces(line: &str, ends: &dyn Fn(&str) -> bool) -> Vec<String> {
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, c) in line.char_indices() {
        if depth == 0 && !quoted && ends(&line[at..]) {
            pieces.push(std::mem::take(&mut piece));
        }
        match c {
            '"' => quoted = !quoted,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        piece.push(c);
    }
    pieces.push(piece);
    pieces
}

/// Extracts the names from the pieces.
fn tidy(pieces: Vec<String>) -> Vec<String> {
    let names =
        pieces.iter().map(|piece| piece.trim_matches(|c: char| c.is_whitespace() || ",;|".contains(c)));
    let names = names.map(|name| name.strip_prefix("- ").unwrap_or(name).trim_matches('"').trim());
    let is_apart = |name: &str| {
        name.starts_with(['[', '(']) && name.ends_with([']', ')']) && !name[1..].contains(['[', '('])
    };
    let names: Vec<&str> =
        names.filter(|name| name.contains(char::is_alphanumeric) && !is_apart(name)).collect();
    let names = without_numbering(names);
    names
        .into_iter()
        .map(|name| without_definition(name).to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// `E` of `E=<u.u>/2`.
fn without_definition(name: &str) -> &str {
    match name.find(['=', '(', '[']) {
        Some(at) if name[at..].starts_with('=') => name[..at].trim_end(),
        _ => name,
    }
}

/// `1 y 2 y+ 3 U+` and `1:y 2:y+ 3:U+` are `y y+ U+`.
fn without_numbering(names: Vec<&str>) -> Vec<&str> {
    let counts = |word: &str, n: usize| word.trim_end_matches([':', '.', ')', '=']) == n.to_string();
    if names.len() > 3 && names.chunks(2).zip(1..).all(|(pair, n)| pair.len() == 2 && counts(pair[0], n)) {
        return names.into_iter().skip(1).step_by(2).collect();
    }
    let behind = |(name, n): (&&'_ str, usize)| {
        name.strip_prefix(&n.to_string()).is_some_and(|rest| rest.starts_with([':', '.', ')', '=', '-']))
    };
    if names.len() > 1 && names.iter().zip(1..).all(behind) {
        let number = |n: usize| n.to_string().len() + 1;
        return names.into_iter().zip(1..).map(|(name, n)| name[number(n)..].trim()).collect();
    }
    names
}

/// A name in lower case, without TeX marks, blanks and angle brackets. Text in brackets after it stays.
pub fn canonical(name: &str) -> String {
    let plain = |c: char| match c {
        '\u{2032}' | '\u{2019}' | '`' => Some('\''),
        '\u{2212}' | '\u{2013}' => Some('-'),
        '^' | '_' | '{' | '}' | '$' | '\\' | '<' | '>' | '"' | '|' | '~' => None,
        c if c.is_whitespace() => None,
        c => Some(c),
    };
    let text: String = name.chars().filter_map(plain).flat_map(char::to_lowercase).collect();
    text.replace('\u{3b4}', "delta").replace('\u{3c9}', "om")
}

/// The name without text in brackets at its end, such as a unit or a remark.
pub fn without_unit(name: &str) -> &str {
    match name.find(['[', '(']) {
        Some(at) if at > 0 && name.ends_with([']', ')', ',']) => name[..at].trim_end(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["y/h", "y+", "U+"];

    #[test]
    fn names_are_found_between_other_words() {
        for line in [
            "y/h y+ U+",
            "columns: y/h y+ U+",
            "Names of the columns: y/h, y+, U+",
            "Spalten: y/h\ty+\tU+",
            "VARIABLES = \"y/h\" \"y+\", \"U+\"",
            "VARIABLES=y/h y+ U+",
            "y/h [-] y+ [-] U+ [m/s]",
            "(1) y/h (2) y+ (3) U+",
            "1 y/h 2 y+ 3 U+",
            "1:y/h 2:y+ 3:U+",
            "1. y/h, 2. y+, 3. U+",
            "y/h - y+ - U+",
            "y/h | y+ | U+",
            "y/h;y+;U+;",
        ] {
            let found = candidates(line, &|name| NAMES.contains(&name));
            assert!(found.iter().any(|names| names == &NAMES), "{line}: {found:?}");
        }
    }

    #[test]
    fn names_may_hold_blanks_and_definitions() {
        for (line, names) in [
            (
                "Time  -  Energy  -  Dissipation rate (-dE/dt) - Enstrophy",
                ["Time", "Energy", "Dissipation rate (-dE/dt)", "Enstrophy"],
            ),
            (
                "t  E=<u.u>/2  eps=2 nu Omega  energy in modes |k|>9",
                ["t", "E", "eps", "energy in modes |k|>9"],
            ),
            ("y,U mean,\"R, uu\",k", ["y", "U mean", "R, uu", "k"]),
            (
                "y+ U+ k+ eps+(positive, nu/u_tau^4 units)",
                ["y+", "U+", "k+", "eps+(positive, nu/u_tau^4 units)"],
            ),
        ] {
            let found = candidates(line, &|_| false);
            assert!(found.iter().any(|candidate| candidate == &names), "{line}: {found:?}");
        }
        assert_eq!(canonical("$\\overline{u'}^+$"), "overlineu'+");
        assert_eq!(
            (canonical("R_uu"), canonical("y^+"), canonical("<u'u'>")),
            ("ruu".into(), "y+".into(), "u'u'".into())
        );
        assert_eq!((without_unit("k[1/cm]"), without_unit("(-)"), without_unit("S(u)")), ("k", "(-)", "S"));
    }
}
