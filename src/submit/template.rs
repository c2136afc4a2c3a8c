//! Job scripts from templates: `@NAME@` stands for a value, and a line whose value is not given is
//! omitted.

use crate::error::{Error, Result};

/// A name in a template, without its `@`, and its value, if given.
pub type Value = (&'static str, Option<String>);

/// Splits a line at its first name: the text before it, the name, the text after it.
fn split(line: &str) -> Option<(&str, &str, &str)> {
    line.match_indices('@').find_map(|(start, _)| {
        let (before, (name, after)) = (&line[..start], line[start + 1..].split_once('@')?);
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        is_name.then_some((before, name, after))
    })
}

/// Fills in the values of a template. `origin` names the template in errors.
///
/// # Errors
/// A name in the template that is not among the values.
pub fn fill(origin: &str, template: &str, values: &[Value]) -> Result<String> {
    let mut filled = String::new();
    for (number, line) in template.lines().enumerate() {
        let (mut text, mut rest) = (Some(String::new()), line);
        while let Some((before, name, after)) = split(rest) {
            let Some((_, value)) = values.iter().find(|(known, _)| *known == name) else {
                let known: Vec<_> = values.iter().map(|(name, _)| format!("@{name}@")).collect();
                return Err(Error::input(format!(
                    "{origin}:{}: there is no value @{name}@, only {}; nothing was submitted",
                    number + 1,
                    known.join(", ")
                )));
            };
            text = text.zip(value.as_ref()).map(|(text, value)| text + before + value);
            rest = after;
        }
        filled.extend(text.map(|text| text + rest + "\n"));
    }
    Ok(filled)
}

/// Quotes a word for the shell, if necessary.
pub fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./=,:+".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{fill, quoted, split};

    #[test]
    fn a_name_stands_between_two_at_signs() {
        let line = "#SBATCH --signal=B:USR1@@MARGIN@ @@ a@b.c # @ x = @NODES@";
        assert_eq!(split(line), Some(("#SBATCH --signal=B:USR1@", "MARGIN", " @@ a@b.c # @ x = @NODES@")));
        assert_eq!(split(" @@ a@b.c # @ x = @NODES@"), Some((" @@ a@b.c # @ x = ", "NODES", "")));
        assert_eq!(split("# @ queue @ A@ @"), None);
    }

    #[test]
    fn values_take_their_places_and_lines_without_a_value_go() {
        // A value is not a template: an @ in it stays.
        let values = [("RANKS", Some("4".to_owned())), ("NAME", Some("@RANKS@".to_owned())), ("QUEUE", None)];
        let filled = fill("t.sh", "n @RANKS@ @RANKS@\n@QUEUE@ @RANKS@\nx@@NAME@ @RANKS@\n", &values);
        assert_eq!(filled, Ok("n 4 4\nx@@RANKS@ 4\n".to_owned()));
        let error = fill("t.sh", "\n@RANK@\n", &values).unwrap_err();
        assert!(
            error.message.starts_with("t.sh:2: there is no value @RANK@, only @RANKS@, @NAME@, @QUEUE@;"),
            "{error}"
        );
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(quoted("/a/b.toml"), "/a/b.toml");
        assert_eq!(quoted("domain.size=[\"2 pi\", 'x']"), r#"'domain.size=["2 pi", '\''x'\'']'"#);
        assert_eq!(quoted(""), "''");
    }
}
